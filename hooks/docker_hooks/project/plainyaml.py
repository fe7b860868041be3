"""Reads the YAML that most people write: mappings and lists by indentation, of words, with comments and quotes.

PyYAML takes longer to load than a check takes to run. What is more than this, and what may be wrong, is left to it.
"""

from __future__ import annotations

import string

from docker_hooks.dockerfile.regex import regex
from docker_hooks.dockerfile.values import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

NULL = "tag:yaml.org,2002:null"
_NULLS = ("~", "null", "Null", "NULL")
_KEY = regex(r"([A-Za-z_][A-Za-z0-9_.-]{0,200}):(?: +(.*)|)\Z")
_QUOTED = regex(r"(?:\"([^\"\\]*)\"|'([^']*)')(?: +#.*)?\Z")
# What a plain scalar may begin with here; YAML allows some more.
_BEGINNINGS = frozenset(string.ascii_letters + string.digits + "./$_~")
_BLOCKS = ("|", "|-", ">", ">-")
_DEEPEST = 50


class Mark(NamedTuple):
    """Where a node begins: its line, from 0."""

    line: int


class Node(NamedTuple):
    """A node as PyYAML's, as far as it is used: `id` is scalar, sequence or mapping. Its tag tells null alone."""

    id: str
    tag: str
    value: Any
    start_mark: Mark


class _Open(NamedTuple):
    """A mapping or sequence that is being read: how far its entries are indented, and those so far."""

    indent: int
    is_sequence: bool
    entries: list[Any]


def plain_documents(text: str) -> tuple[Node, ...] | None:
    """The documents of a text without byte order mark; None for what is more than is read here."""
    if not text.isascii() or not text.endswith("\n") or not text.replace("\n", "").isprintable():
        return None
    lines = text.split("\n")
    root: Node | None = None
    opened: list[_Open] = []
    waiting: tuple[int, Node] | None = None  # a key without its value, and how far it is indented
    number = 0
    while number < len(lines):
        mark = Mark(number)
        line = lines[number]
        number += 1
        content = line.lstrip(" ")
        if not content or content[0] == "#":
            continue
        indent = len(line) - len(content)
        is_item = content.startswith("- ")
        is_same = waiting is not None and is_item and indent == waiting[0]
        if root is None or (waiting is not None and (indent > waiting[0] or is_same)):
            if len(opened) == _DEEPEST or (root is None and indent):
                return None
            entries: list[Any] = []
            node = Node("sequence" if is_item else "mapping", "", entries, mark)
            if waiting is not None:
                opened[-1].entries.append((waiting[1], node))
            root, waiting = root or node, None
            opened.append(_Open(indent, is_item, entries))
        elif waiting is not None:
            _end(opened, waiting)
            waiting = None
        while opened[-1].indent > indent or (opened[-1].indent == indent and opened[-1].is_sequence and not is_item):
            opened.pop()
            if not opened:
                return None
        here = opened[-1]
        if here.indent != indent or here.is_sequence != is_item:
            return None
        if is_item:
            item = _scalar(content[2:].lstrip(" "), mark)
            if item is None:
                return None
            here.entries.append(item)
            continue
        pair = _KEY.match(content)
        if pair is None:
            return None
        key, written = Node("scalar", "", pair[1], mark), (pair[2] or "").strip(" ")
        if not written or written[0] == "#":
            waiting = (indent, key)
            continue
        if written in _BLOCKS:
            block = _block(lines, number, indent)
            if block is None:
                return None
            joined = (" " if written[0] == ">" else "\n").join(block) + "\n" * (len(written) == 1)
            number += len(block)
            value: Node | None = Node("scalar", "", joined, mark)
        else:
            value = _scalar(written, mark)
        if value is None:
            return None
        here.entries.append((key, value))
    if waiting is not None:
        _end(opened, waiting)
    return (root,) if root is not None else ()


def _end(opened: list[_Open], waiting: tuple[int, Node]) -> None:
    """Give a key that has no value its null."""
    opened[-1].entries.append((waiting[1], Node("scalar", NULL, "", waiting[1].start_mark)))


def _scalar(written: str, mark: Mark) -> Node | None:
    if quoted := _QUOTED.match(written):
        return Node("scalar", "", quoted[1] if quoted[1] is not None else quoted[2], mark)
    text = written.partition(" #")[0].rstrip(" ")
    if text[:1] not in _BEGINNINGS or ": " in text or text.endswith(":"):
        return None
    return Node("scalar", NULL if text in _NULLS else "", text, mark)


def _block(lines: list[str], start: int, indent: int) -> list[str] | None:
    """The lines of a block scalar, all indented alike; None for any other."""
    found: list[str] = []
    own = len(lines[start]) - len(lines[start].lstrip(" "))
    if own <= indent:
        return None
    for line in lines[start:]:
        content = line.lstrip(" ")
        here = len(line) - len(content)
        if content and here == own:
            found.append(content)
        elif not content or here > indent:
            # An empty line may be the block's, where others follow.
            rest = next((other for other in lines[start + len(found) :] if other.strip(" ")), "")
            return found if len(rest) - len(rest.lstrip(" ")) <= indent else None
        else:
            break
    return found

"""The text of a compose file: the edit that drops its `version`, the proof of it, and the comments that silence.

Compose ignores the key and warns of it (compose-go, loader.go: "the attribute `version` is obsolete").
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence

from docker_hooks.dockerfile import pragma
from docker_hooks.dockerfile.edits import Edit, Unproven, applied
from docker_hooks.dockerfile.regex import regex
from docker_hooks.project.reading import Unreadable
from docker_hooks.project.yamlnodes import events, items, pairs, parse_yaml, scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from yaml import Node

BOM = "\ufeff"
_KEY = "version"
# A key with a plain or quoted value, and nothing that the rest of the file could refer to or depend on.
_LINE = regex(
    r"""(?P<entry>(?:version|"version"|'version')[ \t]*:(?:[ \t]+(?:[\w.+-]+|"[\w.+ -]*"|'[\w.+ -]*'))?)"""
    r"""(?P<blank>[ \t]*)(?P<comment>(?<=[ \t])\#[^\r\n]*)?(?P<break>\r?\n|\Z)"""
)


def parsed(text: str) -> tuple[Node, ...]:
    """The documents of a compose file's text; its places are those of the text without byte order mark."""
    return parse_yaml(text.removeprefix(BOM))


def line_of(text: str) -> Callable[[Node], int]:
    """What gives the line, from 1, on which a node of the text begins. YAML itself sees more line breaks than `\\n`."""
    breaks = [match.start() for match in re.finditer("\n", text.removeprefix(BOM))]
    return lambda node: bisect_left(breaks, node.start_mark.index) + 1


def versions(documents: Sequence[Node]) -> list[tuple[Node, Node, Node]]:
    """Each document that has a `version`, a scalar beside other keys, with its key and its value."""
    return [
        (document, key, value)
        for document in documents
        for key, value in pairs(document)
        if scalar(key) == _KEY and scalar(value) is not None and len(pairs(document)) > 1
    ]


def is_used_elsewhere(document: Node, key: Node, value: Node) -> bool:
    """Whether aliases elsewhere in the document refer to this key or its value, which stands here."""
    if value.start_mark.index < key.start_mark.index:
        return False
    seen: set[int] = set()
    waiting, uses = [document], 0
    while waiting:
        node = waiting.pop()
        if id(node) not in seen:
            seen.add(id(node))
            inside = [*items(node), *(part for pair in pairs(node) for part in pair)]
            uses += sum(part is key or part is value for part in inside)
            waiting += inside
    return uses > len((key, value))


def version_edit(text: str, document: Node, key: Node, value: Node) -> Edit | None:
    """What takes a `version` out; None where it does not stand on a line of its own and is to be left alone.

    The line goes, and nothing else; a comment behind the value stays as a line of its own.
    """
    from yaml import MappingNode

    if not isinstance(document, MappingNode) or document.flow_style:
        return None
    shift = len(text) - len(text.removeprefix(BOM))
    start = key.start_mark.index + shift
    match = _LINE.match(text, start)
    if (
        match is None
        or (start > shift and text[start - 1] != "\n")
        or value.end_mark.index + shift > match.end("entry")
    ):
        return None
    if match["comment"]:
        return Edit(start, match.start("comment"), "")
    if match["break"]:
        return Edit(start, match.end(), "")
    # The last line, without a newline at its end: the one before it goes, so that the file ends in none as before.
    return Edit(len(text[:start].removesuffix("\n").removesuffix("\r")), match.end(), "")


def proven(text: str, edits: Sequence[Edit]) -> str:
    """The text without the `version`s that the edits take out, if it says all else as before. Raises Unproven."""
    after = applied(text, edits)
    shift = len(text) - len(text.removeprefix(BOM))
    taken = sorted((edit.start - shift, edit.end - shift) for edit in edits)
    try:
        before = events(text.removeprefix(BOM))
        left = events(after.removeprefix(BOM))
    except Unreadable as error:
        raise Unproven(f"the file without it {error}") from None
    gone: set[int] = set()
    for index, event in enumerate(before):
        if event.kind == "ScalarEvent" and ("value", _KEY) in event.said:
            start, end = taken[max(bisect_right(taken, (event.start, len(text))) - 1, 0)]
            if start <= event.start < end:
                gone |= {index, index + 1}
    if [event[:2] for index, event in enumerate(before) if index not in gone] != [event[:2] for event in left]:
        raise Unproven("it would change what the file says")
    if text.startswith(BOM) != after.startswith(BOM) or text.endswith("\n") != after.endswith("\n"):
        raise Unproven("it would change the start or the end of the file")
    return after


def silenced_lines(text: str, hook_id: str) -> frozenset[int] | None:
    """The lines (from 1) below a comment that silences a hook; None if such a comment stands above the first key."""
    rows = (row.strip() for row in text.removeprefix(BOM).split("\n"))
    return pragma.silenced_rows(rows, hook_id, lambda row: row not in ("", "---") and not row.startswith("%"))

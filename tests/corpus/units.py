"""A Dockerfile as a row of units, read with Go's official parser and shfmt and nothing of the hooks' own.

A unit is a piece of a word, an operator or a piece of a comment, with what it is part of and where it stands.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

import dockerfile as official

from tests.corpus import shell

Key = tuple[object, ...]

_SCRIPTS = frozenset(("RUN", "CMD", "ENTRYPOINT"))
_ATOM = re.compile(r"[;&|<>()]|[^\s;&|<>()]+")
_DIRECTIVE = re.compile(r"\s*#\s*(syntax|escape|check)\s*=\s*(.+?)\s*\Z", re.IGNORECASE | re.ASCII)
_HEREDOC_ALONE = re.compile(r"<<-?\s*\S+")
# The official parser takes neither bytes that are no UTF-8 nor NUL.
_MASK = {0: 0xE000} | {0xDC80 + byte: 0xE100 + byte for byte in range(128)}


class Unit(NamedTuple):
    """A piece of text, what it is part of (`RUN/word`, `comment`), and its offsets in the file."""

    part_of: str
    text: str
    start: int
    end: int


def instructions(text: str) -> tuple[official.Command, ...]:
    """The instructions as the official parser reads them. Raises ValueError where it rejects the file."""
    return _instructions(text.translate(_MASK))


@lru_cache(maxsize=256)
def _instructions(text: str) -> tuple[official.Command, ...]:
    try:
        commands = official.parse_string(text)
    except official.GoParseError as error:
        raise ValueError(str(error)) from None
    # A line of nothing but continuations is an instruction without a name.
    return tuple(command._replace(cmd=command.cmd or "") for command in commands)


def key(command: official.Command) -> Key:
    """What tells an instruction from another, wherever it stands."""
    return (command.cmd, command.sub_cmd, command.flags, command.original)


def directives(text: str) -> dict[str, str]:
    """The parser directives at the top of a file."""
    found: dict[str, str] = {}
    for line in text.removeprefix("\ufeff").split("\n"):
        match = _DIRECTIVE.match(line)
        if match is None or match[1].lower() in found:
            break
        found[match[1].lower()] = match[2]
    return found


def script(command: official.Command) -> str | None:
    """The script of an instruction in shell form."""
    name = (command.sub_cmd or command.cmd).upper()
    if name not in _SCRIPTS or command.json or len(command.value) != 1:
        return None
    if _is_script_heredoc(command):
        return str(command.heredocs[0].content).replace("\r\n", " \n")
    return str(command.value[0])


def _is_script_heredoc(command: official.Command) -> bool:
    return len(command.heredocs) == 1 and _HEREDOC_ALONE.fullmatch(command.value[0]) is not None


def units(text: str, same: frozenset[Key]) -> list[Unit]:
    """The file from a unit for its beginning to one for its end, in order of place.

    The words of scripts are told from their operators and comments but in the instructions of `same`.
    Raises ValueError where the official parser rejects the file.
    """
    masked = text.translate(_MASK)
    commands = _instructions(masked)
    lines = _lines(masked)
    escape = directives(masked).get("escape", "\\")
    found = [unit for comment in comments(text) for unit in _pieces("comment", masked, comment.start, comment.end)]
    for command in commands:
        found += _of_head(command, lines, escape, tells_apart=key(command) not in same)
        if command.heredocs:
            found += _of_bodies(command, masked, lines, tells_apart=key(command) not in same)
    found.sort(key=lambda unit: unit.start)
    return [Unit("file", "begins", 0, 0), *found, Unit("file", "ends", len(text), len(text))]


def comments(text: str) -> list[Unit]:
    """Every line that begins with #, but for those of heredocs."""
    masked = text.translate(_MASK)
    elsewhere: set[int] = set()
    for command in _instructions(masked):
        elsewhere.add(command.start_line)
        elsewhere.update(range(_head_end(command) + 1, command.end_line + 1))
    found: list[Unit] = []
    for number, line in enumerate(_lines(masked), 1):
        content = line.text.strip()
        if content.startswith("#") and number not in elsewhere:
            start = line.start + line.text.index("#")
            found.append(Unit("comment", content, start, start + len(content)))
    return found


def words(texts: Iterable[str]) -> list[str]:
    """Words that a mend declares, in the pieces that units have."""
    return [piece for text in texts for piece in _ATOM.findall(text.translate(_MASK))]


class _Line(NamedTuple):
    text: str
    start: int


class _Joined(NamedTuple):
    """A logical line; `starts[i]` is where its i-th physical part begins, `places[i]` where that is in the file."""

    text: str
    starts: list[int]
    places: list[int]

    def place(self, offset: int) -> int:
        part = bisect_right(self.starts, offset) - 1
        return self.places[part] + offset - self.starts[part]


def _lines(text: str) -> list[_Line]:
    found: list[_Line] = []
    at = 0
    for line in text.split("\n"):
        mark = 1 if at == 0 and line.startswith("\ufeff") else 0
        found.append(_Line(line[mark:].rstrip("\r"), at + mark))
        at += len(line) + 1
    return found


def _head_end(command: official.Command) -> int:
    """The number of the last line before the bodies of the heredocs."""
    bodies: int = sum(heredoc.content.count("\n") + 1 for heredoc in command.heredocs)
    return int(command.end_line) - bodies


def _joined(lines: Iterable[_Line], escape: str) -> _Joined:
    parts: list[str] = []
    joined = _Joined("", [], [])
    length = 0
    for line in lines:
        content = line.text
        if parts and content.strip()[:1] in ("", "#"):
            continue
        stripped = content.rstrip(" \t")
        if stripped.endswith(escape) and not stripped[:-1].endswith(escape):
            content = stripped[:-1]
        joined.starts.append(length)
        joined.places.append(line.start)
        parts.append(content)
        length += len(content)
    return joined._replace(text="".join(parts))


def _pieces(part_of: str, text: str, start: int, end: int) -> Iterator[Unit]:
    for match in _ATOM.finditer(text, start, end):
        yield Unit(part_of, match.group(), match.start(), match.end())


def _of_head(command: official.Command, lines: Sequence[_Line], escape: str, *, tells_apart: bool) -> Iterator[Unit]:
    joined = _joined(lines[command.start_line - 1 : _head_end(command)], escape)
    if not command.original.lstrip().startswith(joined.text.strip()):
        raise ValueError(f"line {command.start_line} can't be followed")
    content = script(command) if tells_apart and not command.heredocs else None
    begin = joined.text.rindex(content) if content is not None else len(joined.text)
    kind_at = _kinds(content or "")
    for match in _ATOM.finditer(joined.text):
        kind = kind_at(match.start() - begin) if match.start() >= begin else "argument"
        start, end = joined.place(match.start()), joined.place(match.end() - 1) + 1
        yield Unit(f"{_name(command)}/{kind}", match.group(), start, end)


def _of_bodies(command: official.Command, text: str, lines: Sequence[_Line], *, tells_apart: bool) -> Iterator[Unit]:
    begin = lines[_head_end(command)].start
    end = lines[command.end_line - 1].start + len(lines[command.end_line - 1].text)
    content = script(command) if tells_apart and _is_script_heredoc(command) else None
    kind_at = _kinds(content or "")
    for unit in _pieces("", text, begin, end):
        # The body of a heredoc is the same text under ADD and COPY; as a script it is part of its instruction.
        is_script = content is not None
        yield unit._replace(part_of=f"{_name(command)}/{kind_at(unit.start - begin)}" if is_script else "heredoc")


def _kinds(content: str) -> _Kinds:
    return _Kinds(shell.parts(content) or () if content else ())


class _Kinds:
    """What stands at an offset of a script: a word, a comment, or else an operator."""

    def __init__(self, parts: Sequence[shell.Part]) -> None:
        self.parts = parts
        self.starts = [part.start for part in parts]

    def __call__(self, offset: int) -> str:
        index = bisect_right(self.starts, offset) - 1
        return self.parts[index].kind if index >= 0 and offset < self.parts[index].end else "operator"


def _name(command: official.Command) -> str:
    return f"{command.cmd} {command.sub_cmd or ''}".strip().upper()

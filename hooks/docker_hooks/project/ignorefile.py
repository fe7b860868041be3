"""An ignore file (`.dockerignore`): which paths of a build context it keeps back, and by which line.

The rules are those of moby's patternmatcher as BuildKit applies them in its walk from the root of the context down: a
path whose folder is excluded is excluded, unless a later pattern re-includes the path itself.
"""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path

from docker_hooks.dockerfile.values import NamedTuple
from docker_hooks.files import read_bytes
from docker_hooks.project import ignorepattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from docker_hooks.project.matcher import Matcher

# PATH_MAX of Linux, in bytes.
_LONGEST_PATH = 4096
# What may give another meaning to the text before it; Go drops a byte order mark.
_TAKES_BACK = frozenset("{}|^\ufeff")


class PatternLine(NamedTuple):
    """A line of an ignore file that holds a pattern.

    number: its line number, from 1
    text: the line as written, without line ending and byte order mark
    pattern: what Docker makes of it, without `!`; empty if `error` says why Docker makes nothing of it
    negated: whether it re-includes (`!`) what it matches
    error: why Docker rejects the line, or None
    """

    number: int
    text: str
    pattern: str
    negated: bool
    error: str | None


class Verdict(NamedTuple):
    """What becomes of a path.

    excluded: whether the path is kept back
    line: the line that decided, the last one to change the verdict; None if no line did
    matched: the patterns that count for all that lies below, a bit each in the order of the file
    """

    excluded: bool
    line: PatternLine | None
    matched: int


class _Index(NamedTuple):
    """The patterns, by their numbers in the order of the file.

    paths: those that match one path, by that
    names: those that match one name in any folder, by that
    others: all others, each with a text that the paths hold which it matches
    """

    paths: dict[str, list[int]]
    names: dict[str, list[int]]
    others: list[tuple[str, int, Matcher]]


# The verdict on the root of the context: nothing is excluded yet.
ROOT = Verdict(excluded=False, line=None, matched=0)


class IgnoreFile:
    """The patterns of an ignore file.

    lines: all lines with a pattern, wrong ones too

    A wrong line makes Docker refuse the whole file: at once, or when the first path gets as far as a pattern whose
    regular expression is wrong. The verdicts here are those of the file without its wrong lines.
    """

    def __init__(self, lines: tuple[PatternLine, ...]) -> None:
        self.lines = lines

    @property
    def errors(self) -> tuple[PatternLine, ...]:
        """The lines that make Docker reject the file."""
        return tuple(line for line in self.lines if line.error is not None)

    @cached_property
    def slow_count(self) -> int:
        """How many patterns take time of their own for each path; all the others together take one look."""
        return sum(not matcher.is_quick for _, matcher in self._matchers)

    def excludes(self, path: str) -> bool:
        """Say whether a path is kept back; see `verdict`."""
        return self.verdict(path).excluded

    def verdict(self, path: str) -> Verdict:
        """Judge a path (file or folder), relative to the context, clean, with `/` between folders.

        The context itself (".") is never excluded, nor is a path longer than any that can exist.
        """
        verdict = ROOT
        if path == "." or len(path) > _LONGEST_PATH:
            return verdict
        end = 0
        while end != len(path):
            end = path.find("/", end + 1)
            end = len(path) if end == -1 else end
            verdict = self.verdict_below(verdict, path[:end])
        return verdict

    def verdict_below(self, parent: Verdict, path: str) -> Verdict:
        """Judge a path, given the verdict on its folder (`ROOT` for one at the top). This is the step of a walk.

        After moby's MatchesUsingParentResults: a pattern that matched the folder counts for the path as well; another
        is only looked at if it could change the verdict so far.
        """
        matching = self._matching(path)
        if not matching:
            return parent
        excluded, decided_by, matched = False, None, parent.matched
        if matched:
            matching += (number for number in range(matched.bit_length()) if matched >> number & 1)
        for number in sorted(matching):
            line, _ = self._matchers[number]
            if line.negated == excluded:
                matched |= 1 << number
                excluded, decided_by = not excluded, line
        return Verdict(excluded, decided_by, matched)

    def may_reopen(self, folder: str, verdict: Verdict) -> bool:
        """Say whether something below an excluded folder might be sent all the same.

        That takes an exception (`!`) behind the last pattern that matched the folder.
        """
        behind = verdict.matched.bit_length()
        return any(
            line.negated and matcher.automaton.can_match_below(folder) for line, matcher in self._matchers[behind:]
        )

    def _matching(self, path: str) -> list[int]:
        """The patterns that match a path itself. Most paths hold no text that a pattern asks for."""
        paths, names, others = self._index
        matching = [number for text, number, matcher in others if text in path and matcher.matches(path)]
        if path in paths:
            matching += paths[path]
        if names:
            matching += names.get(path.rpartition("/")[2], ())
        return matching

    @cached_property
    def _index(self) -> _Index:
        index = _Index({}, {}, [])
        for number, (line, matcher) in enumerate(self._matchers):
            plain = matcher.plain
            path = plain.path if plain else None
            if plain is None or path is None or (plain.is_nested and "/" in path):
                index.others.append((_text_of(line.pattern), number, matcher))
            else:
                (index.names if plain.is_nested else index.paths).setdefault(path, []).append(number)
        return index

    @cached_property
    def _matchers(self) -> list[tuple[PatternLine, Matcher]]:
        from docker_hooks.project.matcher import Matcher

        return [(line, Matcher(line.pattern)) for line in self.lines if line.error is None]


def _text_of(pattern: str) -> str:
    """A text that all paths hold which the pattern matches; "" where it isn't plain that there is one."""
    if not _TAKES_BACK.isdisjoint(pattern):
        return ""
    plain = pattern.partition("[")[0].partition("\\")[0]
    return max(plain.replace("*", "/").replace("?", "/").split("/"), key=len)


def parse(text: str) -> IgnoreFile:
    r"""Read the text of an ignore file; only `\n` ends a line, and a `\r` before it belongs to the ending.

    Never raises: what Docker rejects stands in the `error` of its line.
    """
    lines = (
        _parse_line(number, line.removesuffix("\r"))
        for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), start=1)
    )
    return IgnoreFile(tuple(line for line in lines if line is not None))


def read(path: Path) -> IgnoreFile:
    """Read an ignore file. Bytes that are not UTF-8 stand for themselves. Raises OSError."""
    return parse(read_bytes(str(path)).decode("utf-8", "surrogateescape"))


def ignore_file_for(dockerfile: Path, context: Path) -> Path:
    """Return the ignore file that is in force, or the `.dockerignore` that would be if it existed.

    `<name of the Dockerfile>.dockerignore` beside the Dockerfile wins over `.dockerignore` at the root of the context:
    https://docs.docker.com/build/concepts/context/#filename-and-location
    """
    own = f"{dockerfile}.dockerignore"
    return Path(own) if os.path.isfile(own) else context / ".dockerignore"


def _parse_line(number: int, text: str) -> PatternLine | None:
    if len(text) > _LONGEST_LINE // 4 and len(text.encode("utf-8", "surrogateescape")) > _LONGEST_LINE:
        return PatternLine(number, text, "", False, f"token too long: the line has more than {_LONGEST_LINE} bytes")
    try:
        read = ignorepattern.read_line(text)
    except ignorepattern.PatternError as error:
        return PatternLine(number, text, "", False, str(error))
    return PatternLine(number, text, read.pattern, read.negated, None) if read else None


# In bytes; Go's bufio.Scanner takes no longer ones, comments included.
_LONGEST_LINE = 65_535

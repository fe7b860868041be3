"""Says of a Dockerfile that Docker rejects what is wrong and why, and undoes what a rendered page did to it.

Also says what ends the build of a file that Docker reads: a port or signal that is none, a COPY from the stage in
which it stands or from a later one, a COPY of a URL, an image with capital letters in its name.

Two backslashes at the end of a line, as in a file that was copied out of an article, continue nothing. Where the line
below can be nothing else than the continuation, one of them is taken away, if Docker accepts the whole file then. All
else is left to its author.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from docker_hooks import run
from docker_hooks.dockerfile.edits import Edit, Unproven, applied
from docker_hooks.dockerfile.failures import failures
from docker_hooks.dockerfile.reader import Dockerfile, Rejected, decode
from docker_hooks.dockerfile.regex import regex
from docker_hooks.dockerfile.rules import NAMES
from docker_hooks.entry_point import entry_point
from docker_hooks.files import read_file, repository_root
from docker_hooks.finding import Finding
from docker_hooks.subject import Subject

ID = "dockerfile-syntax"
# What Docker rejects can't be silenced.
HOOK_RULES = ("DL3011", "DL3023")

_LINE = regex(r"[^\n]*\n")
_DOUBLED = regex(r"(?:^|[^\\\n])\\(\\)[ \t\r]*\n\Z")
_HEALTHCHECK = regex(r"\s*HEALTHCHECK(?:\s+--\S+)*\s+\\\\\s", re.IGNORECASE)
_ONE_LESS = regex(r"\\(\\[ \t\r]*)\Z")


def check(subject: Subject) -> Iterator[Finding]:
    """What ends the build of a Dockerfile that Docker reads. What it rejects is text, see `findings`."""
    for failure in failures(subject.stages):
        yield Finding(failure.line, f"the build of this stage fails: {failure.message}", failure.advice)


@entry_point
def main(argv: Sequence[str]) -> int:
    """The command `dockerfile-syntax`."""
    options = run.options(argv, ID, __doc__)
    reports: list[run.Report] = []
    for path in dict.fromkeys(options.files):
        reports += examined(path, check_only=options.check)
    return run.show(reports)


def examined(path: str, *, check_only: bool) -> list[run.Report]:
    """Examine one file, and mend it unless `check_only`. Never raises: what goes wrong is reported."""
    return run.guarded(ID, path, lambda: _examined_once(path, check_only))


def findings(text: str) -> list[Finding]:
    """The one finding about the text of a file that Docker rejects; none about another."""
    try:
        run.accepted(text)
    except Rejected as rejected:
        edits = _one_backslash_each(text)
        if not edits:
            from docker_hooks.dockerfile.causes import cause

            found = cause(text, rejected)
            return [Finding(max(rejected.line, 1), f"Docker rejects this file: {found.message}", found.advice)]
        line = text.count("\n", 0, edits[0].start) + 1
        which = "this line ends" if len(edits) == 1 else f"{len(edits)} lines from here on end"
        message = f"Docker rejects this file: {which} in two backslashes, as copied out of a rendered page"
        return [Finding(line, message, done="one is left", edits=edits)]
    return []


def mended(text: str, find: Callable[[str], list[Finding]] = findings) -> run.Mended:
    """What becomes of the text of a file."""
    return run.mended(text, find, proven, str)


def _examined_once(path: str, check_only: bool) -> list[run.Report]:
    content = read_file(path)
    text = decode(content.data)
    root = repository_root(path)
    find = partial(_found, path, root)
    return run.outcome(content, root, lambda: find(text), lambda: mended(text, find), check_only=check_only)


def _found(path: str, root: str, text: str) -> list[Finding]:
    """What there is to say of the text of a file, whether Docker rejects it or not."""
    return findings(text) or run.found(run.Hook(ID, check, HOOK_RULES), Subject(path, root, run.accepted(text)))


def _one_backslash_each(text: str) -> tuple[Edit, ...]:
    """The edits that leave one backslash where two keep Docker from joining lines; none if it would still reject it."""
    places = _doubled(text)
    # What turns out to stand in the body of a heredoc stays; that is known once the file can be read.
    for _ in range(2):
        edits = tuple(Edit(place, place + 1, "") for place in places)
        try:
            after = run.accepted(applied(text, edits))
        except Rejected:
            return ()
        starts = [instruction.start for instruction in after.instructions]
        continuing = [place for index, place in enumerate(places) if _continues(after, starts, place - 1 - index)]
        if continuing == places:
            return edits
        places = continuing
    return ()


def _doubled(text: str) -> list[int]:
    """Where the second of two backslashes stands at the end of a line, if the line below begins no instruction.

    The CMD below a HEALTHCHECK that names none is part of it.
    """
    places: list[int] = []
    below = ""
    for line in reversed(list(_LINE.finditer(text if text.endswith("\n") else text + "\n"))):
        content = line.group().strip()
        if not content or content.startswith("#"):
            continue
        doubled = _DOUBLED.search(line.group()[-200:])
        if doubled and below and (below not in NAMES or (below == "CMD" and _HEALTHCHECK.match(line.group()))):
            places.append(line.end() - len(line.group()[-200:]) + doubled.start(1))
        below = content.split(maxsplit=1)[0].upper()
    return places[::-1]


def _continues(dockerfile: Dockerfile, starts: Sequence[int], place: int) -> bool:
    """Whether a backslash at the end of a line stands in an instruction, and not in a heredoc of it."""
    index = bisect_right(starts, place) - 1
    if index < 0:
        return False
    instruction = dockerfile.instructions[index]
    return place < instruction.end and not any(heredoc.start <= place < heredoc.end for heredoc in instruction.heredocs)


def proven(text: str, made: Sequence[Finding]) -> str:
    """The text after the edits. Raises Unproven unless Docker accepts it, with backslashes at line ends gone alone."""
    after = applied(text, [edit for finding in made for edit in finding.edits])
    lines, lines_after = text.split("\n"), after.split("\n")
    if len(lines) != len(lines_after) or any(
        line != line_after and _ONE_LESS.sub(r"\1", line) != line_after
        for line, line_after in zip(lines, lines_after, strict=True)
    ):
        raise Unproven("it would change more than backslashes at the ends of lines")
    try:
        run.accepted(after)
    except Rejected as rejected:
        raise Unproven(f"Docker would still reject the file: {rejected.message}") from None
    return after

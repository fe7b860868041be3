"""What of a build context goes to the builder: what its Dockerfiles take, less what the ignore file keeps back.

BuildKit, Docker's builder since Docker Engine 23, asks for no more of a context than COPY, ADD and bind mounts name
(dockerfile2llb, filterPaths): all of it for `COPY . .`, else those files and folders. The old builder sent the rest
too.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Sequence

from docker_hooks.dockerfile.regex import regex
from docker_hooks.dockerfile.values import NamedTuple
from docker_hooks.project.built import Built
from docker_hooks.project.context import Recipe
from docker_hooks.project.ignorefile import IgnoreFile, PatternLine, parse
from docker_hooks.project.ignoretext import Judge
from docker_hooks.project.sources import Source
from docker_hooks.project.walk import walk

# How much is judged, in paths times patterns; more takes minutes. A slow pattern takes as long as some other ones do.
_MOST_JUDGED = 60_000_000
_AS_SLOW_AS = 30
_SHORT_PATH = 200
_PLAIN = regex(r"[A-Za-z0-9._-][A-Za-z0-9._/-]{0,1000}")
_SPECIAL = regex(r"[\\*?\[\]{}|^]|\A[!#]")


class TooLarge(Exception):
    """There is more to judge than can be judged in seconds; the text says what."""


class Sender(NamedTuple):
    """An instruction that takes something from the context."""

    recipe: Recipe
    source: Source


class Sent(NamedTuple):
    """A file that would be sent, or a folder that can't be read.

    path: relative to the context, with `/` between folders
    size: in bytes
    sender: the first instruction that takes it
    exception: the line of the ignore file that re-includes (`!`) it, None if none does
    problem: why the folder can't be read, or None
    """

    path: str
    size: int
    sender: Sender
    exception: PatternLine | None
    problem: str | None


class Sending(NamedTuple):
    """What would be sent of a context, and the number and bytes of all files in it."""

    files: tuple[Sent, ...]
    unreadable: tuple[Sent, ...]
    whole_count: int
    whole_size: int

    @property
    def size(self) -> int:
        """The bytes that would be sent."""
        return sum(file.size for file in self.files)


def sending(built: Built, ignore: IgnoreFile, senders: Sequence[Sender], tick: Callable[[], None]) -> Sending:
    """Look through a context once; `tick` is called for each file. Raises TooLarge."""
    taken: dict[str, Sender] = {}
    for sender in senders:
        pattern = _pattern(sender.source)
        if pattern is not None:
            taken.setdefault(pattern, sender)
    by_line = dict(enumerate(taken.values(), 1))
    wants = parse("\n".join(taken))
    kept_back, wanted = Judge(ignore), Judge(wants)
    quick = len(ignore.lines) + len(wants.lines)
    slow = (ignore.slow_count + wants.slow_count) * _AS_SLOW_AS
    judged = 0
    files: list[Sent] = []
    unreadable: list[Sent] = []
    count = size = 0
    for file in walk(built.context, parse(""), built.tree):
        tick()
        count += 1
        size += file.size
        judged += quick + slow * (1 + len(file.path) // _SHORT_PATH)
        if judged > _MOST_JUDGED:
            raise TooLarge(f"it holds more than {count} files, too many for {quick} patterns")
        if file.path == ".":  # it can't be read
            unreadable.append(Sent(".", 0, senders[0], None, file.problem))
            continue
        verdict = kept_back.verdict(file.path)
        want = wanted.verdict(file.path)
        if verdict.excluded or want.line is None:
            continue
        sent = Sent(file.path, file.size, by_line[want.line.number], verdict.line, file.problem)
        (unreadable if file.problem else files).append(sent)
    return Sending(tuple(files), tuple(unreadable), count, size)


def line_for(path: str) -> str | None:
    """The line of an ignore file that names a path and no other, as far as a line can: `?` stands for what can't be
    written. None if there is no such line.
    """
    if _PLAIN.fullmatch(path) and posixpath.normpath(path) == path != ".":
        return path
    line = _SPECIAL.sub(r"\\\g<0>", path)
    line = "".join(character if character.isprintable() else "?" for character in line)
    inner = line.strip()
    line = "?" * (len(line) - len(line.lstrip())) + inner + "?" * (len(line) - len(line.rstrip()))
    return line if parse(line).excludes(path) else None


def _pattern(source: Source) -> str | None:
    """What a source names, as a line of an ignore file; None for what can't be known."""
    if not source.is_known:
        return None
    if source.is_whole:
        return "**"
    if not source.is_pattern:
        return line_for(source.path)
    pattern = "\\" + source.path if source.path.startswith(("!", "#")) else source.path
    lines = parse(pattern).lines
    return pattern if len(lines) == 1 and lines[0].error is None else None

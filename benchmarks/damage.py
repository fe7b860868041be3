"""What a mend damaged, judged in the same way for every tool, with Go's official parser and shfmt.

A tool of others declares nothing of what it means to change, so nothing is asked but what no mend may do, whatever it
is for. Where a thing can be read in the tool's favour, it is.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import chain
from typing import NamedTuple

import dockerfile as official

from tests.corpus import shell
from tests.corpus.units import Unit, instructions, script, units

PARSES, SCRIPTS, COMMENTS = "no longer parses", "scripts broken", "comments lost"
COMMANDS, HEREDOCS, ENDINGS = "commands made comments", "heredocs changed", "line endings changed"
COLUMNS = (PARSES, SCRIPTS, COMMENTS, COMMANDS, HEREDOCS, ENDINGS)

_NAMES = frozenset(
    ("ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "MAINTAINER")
    + ("ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR")
)


class Damage(NamedTuple):
    """The column that it counts in, and what happened."""

    column: str
    why: str


def parses(text: str) -> str:
    """Why Docker rejects a file, or nothing: the official parser, known instructions, FROM first."""
    try:
        names = [command.cmd.upper() for command in instructions(text)]
    except ValueError as error:
        return str(error)
    if unknown := [name for name in names if name not in _NAMES]:
        return f"unknown instruction: {unknown[0]}"
    first = next((name for name in names if name != "ARG"), "nothing")
    return "" if first == "FROM" else f"it begins with {first}"


def damage(before: str, after: str) -> Iterator[Damage]:
    """What a mend damaged of a file that parsed."""
    if before == after:
        return
    yield from _endings(before, after)
    if why := parses(after):
        yield Damage(PARSES, why)
        return
    old, new = instructions(before), instructions(after)
    if (count := _unreadable(new) - _unreadable(old)) > 0:
        yield Damage(SCRIPTS, f"shfmt can't read {count} of them any more")
    if lost := _lost_comments(before, after):
        yield Damage(COMMENTS, "; ".join(lost))
    if hidden := _hidden(before, after):
        yield Damage(COMMANDS, " ".join(hidden))
    if changed := _copied_heredocs(old) - _copied_heredocs(new):
        yield Damage(HEREDOCS, f"{changed.total()} heredocs of COPY or ADD")


def _endings(before: str, after: str) -> Iterator[Damage]:
    for name, had, has in zip(("CR LF", "LF"), _breaks(before), _breaks(after), strict=True):
        if has and not had:
            yield Damage(ENDINGS, f"lines that end in {name}, of which there were none")


def _breaks(text: str) -> tuple[int, int]:
    both = text.count("\r\n")
    return both, text.count("\n") - both


def _unreadable(commands: tuple[official.Command, ...]) -> int:
    scripts = [script(command) for command in commands]
    return sum(text is not None and shell.parts(text) is None for text in scripts)


def _lost_comments(before: str, after: str) -> list[str]:
    """The texts of lines that begin with # and stand nowhere behind a # any more, whatever the blank space."""
    squeezed = "".join(after.split())
    texts = (
        "".join(line.split()).strip("#\\") for line in before.removeprefix("\ufeff").splitlines() if _is_comment(line)
    )
    return [text for text, times in Counter(texts).items() if squeezed.count("#" + text) < times]


def _is_comment(line: str) -> bool:
    return line.lstrip().startswith("#")


def _hidden(before: str, after: str) -> Counter[str]:
    """The words that were part of a script, and now stand in a comment that has no word of the tool's own."""
    try:
        old, new = _words(before), _words(after)
    except ValueError:
        return Counter()  # What can't be followed unit by unit is not held against the tool.
    known = {unit.text for found in old for unit in found}
    comments: defaultdict[int, list[str]] = defaultdict(list)
    for unit in new.comments:
        comments[after.count("\n", 0, unit.start)].append(unit.text)
    gained = Counter(chain.from_iterable(words for words in comments.values() if known.issuperset(words)))
    lost = Counter(unit.text for unit in old.scripts) - Counter(unit.text for unit in new.scripts)
    return lost & (gained - Counter(unit.text for unit in old.comments))


class _Words(NamedTuple):
    scripts: list[Unit]
    comments: list[Unit]


def _words(text: str) -> _Words:
    """The words of scripts, and those of comments."""
    found = [unit for unit in units(text, frozenset()) if any(map(str.isalnum, unit.text))]
    return _Words(
        [unit for unit in found if unit.part_of == "RUN/word"],
        [unit for unit in found if unit.part_of.endswith("comment")],
    )


def _copied_heredocs(commands: tuple[official.Command, ...]) -> Counter[str]:
    """The contents of files that COPY and ADD write from heredocs."""
    return Counter(
        heredoc.content for command in commands if command.cmd.upper() != "RUN" for heredoc in command.heredocs
    )

"""The proof that mends of an ignore file are right for the contexts that it is in force for."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from itertools import islice

from docker_hooks.dockerfile.edits import Edit, Unproven, applied
from docker_hooks.finding import Finding
from docker_hooks.project.additions import examples_of
from docker_hooks.project.built import Built, Target
from docker_hooks.project.ignorefile import IgnoreFile, PatternLine, parse
from docker_hooks.project.ignoretext import proven
from docker_hooks.project.unwanted import PROFILES, sections

TOO_MUCH = "there is more to look through than can be done in seconds"
# No path that anyone has; what keeps it back keeps back everything that it does not name.
ANYTHING = ("zq6-anything", "zq6-folder/zq6-anything")
# Verdicts on a path by one pattern; some two million take a second or two.
_MOST_JUDGED = 2_000_000


def prove(text: str, mends: Sequence[Finding], target: Target) -> str:
    """The text after the mends, whose `adds` are the patterns that may keep back more. Raises Unproven."""
    if any(built.takes_too_much for built in target.builts):
        raise Unproven(TOO_MUCH)
    edits = _ordered(mends)
    adds = [pattern for mend in mends for pattern in mend.adds]

    def needed_by(path: str) -> str:
        return next(filter(None, (built.needed_by(path) for built in target.builts)), "")

    return proven(text, edits, adds, _paths(text, edits, target), needed_by)


def _ordered(mends: Sequence[Finding]) -> list[Edit]:
    """The edits by place; where two begin at one place, whole lines go first."""
    edits = [edit for mend in mends for edit in mend.edits]
    return sorted(edits, key=lambda edit: (edit.start, edit.end, not edit.text.endswith("\n")))


def _paths(text: str, edits: Sequence[Edit], target: Target) -> Iterator[str]:
    """The paths to judge: what the patterns are about, what is needed from the contexts, and what stands there."""
    after = parse(applied(text, edits))
    certainly = [path for built in target.builts for path in _always_judged(built)]
    others = budget(after) - len(certainly)
    if others < 0:
        raise Unproven(TOO_MUCH)
    yield from certainly
    yield from islice(_shadowed(after.lines), others // 2)
    for built in target.builts:
        yield from built.survey.files[: others // 2]


def _always_judged(built: Built) -> Iterator[str]:
    yield from (need.source.path for need in built.needs if not need.source.is_pattern and not need.is_word)
    for section in sections(frozenset(PROFILES)):
        for item in section.items:
            yield from examples_of(item, built, all_of_them=True)


def _shadowed(lines: Sequence[PatternLine]) -> Iterator[str]:
    """Paths that the lines are about, and such below them as an exception of ours might re-include."""
    reopened = {posixpath.basename(instances(line)[0]) for line in lines[:20] if line.negated and instances(line)}
    for line in lines:
        for path in instances(line):
            yield path
            if not is_file_name(line.pattern):
                yield from (f"{path}/{name}" for name in ("below", *reopened))


def budget(ignore: IgnoreFile) -> int:
    """How many paths can be judged within seconds."""
    return _MOST_JUDGED // (len(ignore.lines) + 1)


def is_file_name(pattern: str) -> bool:
    """Whether the last part of a pattern has an extension, as names of files have and those of folders seldom do."""
    return "." in pattern.rpartition("/")[2][1:]


def instances(line: PatternLine) -> list[str]:
    """Some paths that a pattern matches, at the root and below, if it is a simple one."""
    path = line.pattern.removeprefix("**/").replace("**", "x")
    if set(path) & set("[\\"):
        return []
    paths = dict.fromkeys(path.replace("*", filler).replace("?", "x") for filler in ("", "x"))
    nested = [f"some/folder/{path}" for path in paths] if line.pattern.startswith("**/") else []
    return [path for path in (*paths, *nested) if all(path.split("/"))]

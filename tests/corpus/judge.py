"""Compares a Dockerfile before and after a mend, on its own: nothing here is the hooks' own reader or prover.

- The file must still parse, its scripts too, and its parser directives be the same.
- The edits alone must make the one file out of the other; what none of them touches must be a part of what it was.
- No comment may be lost.
- The texts that came and went must be those declared, and no more places may have changed than were declared.
- Units whose text is not declared must be the same, in the same order, part of the same thing.
- What stands between two of those that were neighbours and still are must be the same to the byte.
- Line endings, the byte order mark and the end of the file must be as they were.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from tests.corpus import shell
from tests.corpus.units import Key, Unit, comments, directives, instructions, key, script, units, words

BROKEN, COMMENTS, WORDS, BYTES = "broken", "comments lost", "undeclared words", "bytes touched"

_NAMES = frozenset(
    ("ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "MAINTAINER")
    + ("ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR")
)


class Fault(NamedTuple):
    """A promise broken: the column of the table that it counts in, how often, and what happened."""

    column: str
    times: int
    why: str


class Declared(NamedTuple):
    """The words that a mend says come, go, or change their place."""

    adds: tuple[str, ...] = ()
    drops: tuple[str, ...] = ()
    moves: tuple[str, ...] = ()


def judge(before: str, after: str, declared: Declared, edits: Sequence[tuple[int, int, str]]) -> list[Fault]:
    """The promises that the mend from `before` to `after` breaks.

    Each of `edits` is said to have put a text in place of what stood between two offsets of `before`.

    Raises ValueError where `before` doesn't parse.
    """
    old_keys = _keys(before)
    if before == after:
        return []
    try:
        new_keys = _keys(after)
    except ValueError as error:
        return [Fault(BROKEN, 1, f"it no longer parses: {error}")]
    # What stands in both files equally often needs no look inside.
    same = frozenset(key for key, count in old_keys.items() if new_keys[key] == count)
    old, new = units(before, same), units(after, same)
    return [
        *_broken(before, after, same),
        *_frame(before, after),
        *_untouched(before, after, old, new, edits),
        *lost_comments(before, after),
        *_units(before, after, old, new, declared),
    ]


def judge_repair(before: str, after: str) -> list[Fault]:
    """The promises that the mend of a file that Docker rejects breaks: it may take a backslash from lines' ends."""
    if before == after:
        return []
    old, new = before.split("\n"), after.split("\n")
    faults = [
        Fault(WORDS, 1, f"{one!r} has become {other!r}")
        for one, other in zip(old, new, strict=False)
        if one != other and (_without_escape(one) != _without_escape(other) or len(one) != len(other) + 1)
    ]
    if len(old) != len(new):
        faults.append(Fault(BYTES, abs(len(old) - len(new)), "lines came or went"))
    try:
        instructions(after)
    except ValueError as error:
        faults.append(Fault(BROKEN, 1, f"the official parser rejects it: {error}"))
    return faults


def _without_escape(line: str) -> tuple[str, str]:
    """A line without the backslashes at its end, and the blank space behind them."""
    content = line.rstrip()
    return content.rstrip("\\"), line[len(content) :]


def lost_comments(before: str, after: str) -> Iterator[Fault]:
    """Comments of `before` that `after` does not hold."""
    lost = Counter(comment.text for comment in comments(before)) - Counter(comment.text for comment in comments(after))
    if lost:
        yield Fault(COMMENTS, lost.total(), f"lost: {'; '.join(lost)}")


def _keys(text: str) -> Counter[Key]:
    return Counter(key(command) for command in instructions(text))


def _broken(before: str, after: str, same: frozenset[Key]) -> Iterator[Fault]:
    if directives(before) != directives(after):
        yield Fault(BROKEN, 1, "a parser directive changed")
    old, new = instructions(before), instructions(after)
    names = [command.cmd.upper() for command in new]
    unknown = set(names) - {command.cmd.upper() for command in old} - _NAMES
    if unknown:
        yield Fault(BROKEN, 1, f"unknown instruction: {' '.join(sorted(unknown))}")
    if next(name for name in [*names, "nothing"] if name != "ARG") != "FROM":
        yield Fault(BROKEN, 1, "it no longer begins with FROM")
    if _unreadable(new, same) > _unreadable(old, same):
        yield Fault(BROKEN, 1, "shfmt can't read a script any more")


def _unreadable(commands: Iterable[object], same: frozenset[Key]) -> int:
    scripts = [script(command) for command in commands if key(command) not in same]
    return sum(text is not None and shell.parts(text) is None for text in scripts)


def _frame(before: str, after: str) -> Iterator[Fault]:
    if before.startswith("\ufeff") != after.startswith("\ufeff"):
        yield Fault(BYTES, 1, "the byte order mark came or went")
    if before.endswith("\n") != after.endswith("\n"):
        yield Fault(BYTES, 1, "the final newline came or went")
    for name, old, new in zip(("CR LF", "LF", "CR"), _breaks(before), _breaks(after), strict=True):
        if new > old and not old:
            yield Fault(BYTES, new, f"a line break of another kind came: {name}")


def _breaks(text: str) -> tuple[int, int, int]:
    """How many lines end in CR LF and in LF alone, and how many CR stand elsewhere."""
    both = text.count("\r\n")
    return both, text.count("\n") - both, text.count("\r") - both


def _untouched(
    before: str, after: str, old: Sequence[Unit], new: Sequence[Unit], edits: Sequence[tuple[int, int, str]]
) -> Iterator[Fault]:
    """What no edit touches must stand where the edits moved it, as a part of what it was part of."""
    ordered = sorted(edits, key=lambda edit: edit[:2])
    spliced = "".join(
        before[one[1] : other[0]] + other[2] for one, other in pairwise([(0, 0, ""), *ordered, (len(before), 0, "")])
    )
    if spliced != after:
        yield Fault(BYTES, 1, "the edits do not make it what it has become")
        return
    there = set(new)
    waiting = deque(ordered)
    shift = 0
    for unit in old[1:-1]:
        while waiting and waiting[0][1] <= unit.start:
            start, end, text = waiting.popleft()
            shift += len(text) - (end - start)
        moved = unit._replace(start=unit.start + shift, end=unit.end + shift)
        # Comments are judged as wholes. That a piece of a quoted word has grown is for the declared words to say.
        is_touched = unit.part_of == "comment" or (bool(waiting) and waiting[0][0] < unit.end)
        has_grown = _surroundings(after, moved) != _surroundings(before, unit)
        if not is_touched and not has_grown and moved not in there:
            yield Fault(WORDS, 1, f"no edit touches it, and yet it changed: {unit.text}")
            return


def _surroundings(text: str, unit: Unit) -> str:
    """A unit with the character before it and the one behind it, where they are no blank space."""
    return text[max(unit.start - 1, 0) : unit.end + 1].strip()


def _units(before: str, after: str, old: Sequence[Unit], new: Sequence[Unit], declared: Declared) -> Iterator[Fault]:
    adds, drops, moves = (Counter(words(texts)) for texts in declared)
    come = Counter(unit.text for unit in new)
    come.subtract(unit.text for unit in old)
    come.subtract(adds)
    come.update(drops)
    if wrong := {text: count for text, count in come.items() if count}:
        why = ", ".join(f"{count:+} {text}" for text, count in wrong.items())
        yield Fault(WORDS, sum(map(abs, wrong.values())), f"not as declared: {why}")
    places = adds.total() + drops.total() + 2 * moves.total()
    if not within_distance([unit[:2] for unit in old], [unit[:2] for unit in new], places):
        yield Fault(WORDS, 1, "more words changed their place than it declares")
    told = adds.keys() | drops.keys() | moves.keys()
    old_kept = [index for index, unit in enumerate(old) if unit.text not in told]
    new_kept = [index for index, unit in enumerate(new) if unit.text not in told]
    for one, other in zip(old_kept, new_kept, strict=False):
        if old[one][:2] != new[other][:2]:
            was, became = old[one], new[other]
            yield Fault(WORDS, 1, f"{was.text} ({was.part_of}) has become {became.text} ({became.part_of})")
            return
    if len(old_kept) != len(new_kept):
        yield Fault(WORDS, abs(len(old_kept) - len(new_kept)), "words came or went that it does not declare")
        return
    yield from _gaps(before, after, old, new, old_kept, new_kept)


def _gaps(
    before: str, after: str, old: Sequence[Unit], new: Sequence[Unit], old_kept: Sequence[int], new_kept: Sequence[int]
) -> Iterator[Fault]:
    for place in range(1, len(old_kept)):
        one, other = old_kept[place], new_kept[place]
        if one != old_kept[place - 1] + 1 or other != new_kept[place - 1] + 1:
            continue
        was = before[old[one - 1].end : old[one].start]
        became = after[new[other - 1].end : new[other].start]
        if was != became:
            yield Fault(BYTES, 1, f"{was!r} before {old[one].text} has become {became!r}")


def within_distance(old: Sequence[object], new: Sequence[object], most: int) -> bool:
    """Whether `most` insertions and deletions turn one row into the other (E. Myers' greedy algorithm, 1986)."""
    # What both begin and end with is no part of the way.
    begin = 0
    while begin < min(len(old), len(new)) and old[begin] == new[begin]:
        begin += 1
    old, new = old[begin:], new[begin:]
    end = 0
    while end < min(len(old), len(new)) and old[-1 - end] == new[-1 - end]:
        end += 1
    old, new = old[: len(old) - end], new[: len(new) - end]
    furthest = {1: 0}
    for distance in range(most + 1):
        for diagonal in range(-distance, distance + 1, 2):
            down, right = furthest.get(diagonal + 1, -1), furthest.get(diagonal - 1, -1) + 1
            x = down if diagonal == -distance or (diagonal != distance and down >= right) else right
            while x < len(old) and x - diagonal < len(new) and old[x] == new[x - diagonal]:
                x += 1
            furthest[diagonal] = x
            if x >= len(old) and x - diagonal >= len(new):
                return True
    return False

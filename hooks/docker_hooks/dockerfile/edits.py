"""Applies edits to a Dockerfile and proves that they change what was declared and nothing else.

The file is read again after the edits. Every word, comment and heredoc body that no edit touches must stand where
the edits moved it, in the same kind of instruction; what came and what went must be exactly the words declared.
The words are the shell's in RUN, CMD and ENTRYPOINT, so that a quote or an operator out of place shows.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterator, Sequence

from docker_hooks.dockerfile.reader import BOM, Dockerfile, Instruction, Rejected, pieces, read
from docker_hooks.dockerfile.rules import rejection
from docker_hooks.dockerfile.script import has_script, script_of
from docker_hooks.dockerfile.values import NamedTuple


class Edit(NamedTuple):
    """Put `text` in place of what stands from `start` to `end` (offsets in the file's text)."""

    start: int
    end: int
    text: str


class Unproven(ValueError):
    """The edits can't be shown to do what was declared; the text says why."""


class Declared(NamedTuple):
    """The words that may come, go, or change their place."""

    adds: tuple[str, ...] = ()
    drops: tuple[str, ...] = ()
    moves: tuple[str, ...] = ()


class Token(NamedTuple):
    """A word of an instruction, a comment or a heredoc body; `role` is what it is part of."""

    role: str
    text: str
    start: int
    end: int


def applied(text: str, edits: Sequence[Edit]) -> str:
    """`text` after the edits. Raises Unproven where two of them overlap."""
    parts: list[str] = []
    at = 0
    for edit in _sorted(edits):
        if edit.start < at:
            raise Unproven("two of its edits overlap")
        parts += (text[at : edit.start], edit.text)
        at = edit.end
    return "".join([*parts, text[at:]])


def proven(before: Dockerfile, edits: Sequence[Edit], declared: Declared) -> Dockerfile:
    """The Dockerfile after the edits. Raises Unproven where they can't be shown to be right."""
    text = applied(before.text, edits)
    try:
        after = read(text)
    except Rejected as error:
        raise Unproven(f"Docker would reject the file: {error.message}") from None
    rejected = rejection(after)
    if rejected is not None:
        raise Unproven(f"Docker would reject the file: {rejected.message}")
    _prove_frame(before, after)
    _prove_readable(before, edits)
    _prove_tokens(before, after, _sorted(edits), declared)
    return after


def words(instruction: Instruction, text: str) -> tuple[str, ...]:
    """The words of an instruction as the proof sees them, for a mend that moves or drops it whole."""
    return tuple(token.text for token in _instruction_tokens(instruction, text))


def _sorted(edits: Sequence[Edit]) -> list[Edit]:
    return sorted(edits, key=lambda edit: (edit.start, edit.end))


def _prove_frame(before: Dockerfile, after: Dockerfile) -> None:
    """The byte order mark, the final newline, the line endings and the directives stay."""
    if before.text.startswith(BOM) != after.text.startswith(BOM):
        raise Unproven("it would move the byte order mark")
    if before.text.endswith("\n") != after.text.endswith("\n"):
        raise Unproven("it would change the end of the file")
    if before.directives != after.directives:
        raise Unproven("it would change a parser directive")
    if "\r\n" in after.text and "\r\n" not in before.text:
        raise Unproven("it would mix line endings")
    if "\r\n" in before.text and _bare_newlines(after.text) > _bare_newlines(before.text):
        raise Unproven("it would mix line endings")


def _bare_newlines(text: str) -> int:
    return text.count("\n") - text.count("\r\n")


def _prove_readable(before: Dockerfile, edits: Sequence[Edit]) -> None:
    """No edit reaches into a script that the shell scanner can't read."""
    starts = [instruction.start for instruction in before.instructions]
    reasons: dict[int, str] = {}
    for edit in edits:
        index = bisect_right(starts, edit.start) - 1
        if index < 0:
            continue
        instruction = before.instructions[index]
        inside = instruction.start < edit.start and edit.end <= instruction.end and edit.start < instruction.end
        if inside and has_script(instruction) and edit.start >= instruction.joined.place(instruction.value_start):
            if index not in reasons:
                reasons[index] = script_of(instruction).reason
            if reasons[index]:
                raise Unproven(f"the command is more than can be read safely ({reasons[index]})")


def _prove_tokens(before: Dockerfile, after: Dockerfile, edits: Sequence[Edit], declared: Declared) -> None:
    places = _Places(edits)
    same = _same(before, after, places)
    expected: set[Token] = set()
    gone: list[Token] = []
    for token in _tokens(before, same):
        if places.touched(token.start, token.end):
            gone.append(token)
        else:
            shift = places.shift(token.start)
            expected.add(token._replace(start=token.start + shift, end=token.end + shift))
    come: list[Token] = []
    for token in _tokens(after, same.values()):
        if token in expected:
            expected.discard(token)
        else:
            come.append(token)
    if expected:
        lost = min(expected, key=lambda token: token.start)
        raise Unproven(f"it would change {_shown(lost.text)}, which it does not declare")
    moves = Counter(declared.moves)
    if (added := Counter(token.text for token in come)) != Counter(declared.adds) + moves:
        raise Unproven(f"it would add other words than it declares: {_difference(added, declared.adds, moves)}")
    if (dropped := Counter(token.text for token in gone)) != Counter(declared.drops) + moves:
        raise Unproven(f"it would drop other words than it declares: {_difference(dropped, declared.drops, moves)}")


def _difference(found: Counter[str], declared: Sequence[str], moves: Counter[str]) -> str:
    expected = Counter(declared) + moves
    return " ".join(_shown(word) for word in [*(found - expected), *(expected - found)][:5])


def _shown(text: str) -> str:
    return text if len(text) <= 40 else text[:37] + "..."


class _Places:
    """Where the edits move what they don't touch."""

    def __init__(self, edits: Sequence[Edit]) -> None:
        self.starts = [edit.start for edit in edits]
        self.ends = [edit.end for edit in edits]
        self.shifts = [0]
        for edit in edits:
            self.shifts.append(self.shifts[-1] + len(edit.text) - (edit.end - edit.start))

    def shift(self, start: int) -> int:
        """How far what begins at `start` has moved: by all edits that end there or before."""
        return self.shifts[bisect_right(self.ends, start)]

    def touched(self, start: int, end: int) -> bool:
        """Whether an edit changes something within."""
        index = bisect_right(self.ends, start)
        return index < len(self.starts) and self.starts[index] < end


def _same(before: Dockerfile, after: Dockerfile, places: _Places) -> dict[int, int]:
    """Where the instructions begin, before and after, whose text stands to the letter where the edits moved it.

    Their words are the same as well: nothing else bears on what an instruction is read to be, but for the directives.
    """
    ends = {instruction.start: instruction.end for instruction in after.instructions}
    found: dict[int, int] = {}
    for instruction in before.instructions:
        start, end = instruction.start, instruction.end
        shift = places.shift(start)
        is_moved = not places.touched(start, end) and ends.get(start + shift) == end + shift
        if is_moved and before.text[start:end] == after.text[start + shift : end + shift]:
            found[start] = start + shift
    return found


def _tokens(dockerfile: Dockerfile, known: Collection[int]) -> Iterator[Token]:
    """The tokens of a file without those of the instructions that begin at the offsets `known`."""
    for comment in dockerfile.comments:
        yield Token("#", comment.text, comment.start, comment.end)
    known = frozenset(known)
    for instruction in dockerfile.instructions:
        if instruction.start not in known:
            yield from _instruction_tokens(instruction, dockerfile.text)


def _instruction_tokens(instruction: Instruction, text: str) -> Iterator[Token]:
    """The keyword, the flags, the words; of a script also what stands between the words: operators."""
    joined = instruction.joined
    keyword_end = joined.text.index(instruction.keyword) + len(instruction.keyword)
    start, end = instruction.start, joined.place(keyword_end - 1) + 1 if keyword_end else instruction.start
    yield Token(f"{instruction.name}:", instruction.keyword, start, end)
    head = joined.text[keyword_end : instruction.value_start]
    for piece in pieces(head, "\\"):
        yield Token(instruction.name, piece.text, *joined.span(keyword_end + piece.start, keyword_end + piece.end))
    if has_script(instruction) and not (script := script_of(instruction)).reason:
        for start, end in script.parts():
            yield Token(instruction.name, script.text[start:end], *script.span(start, end))
        if script.heredoc is not None:
            heredoc = instruction.heredocs[0]
            yield Token("<<", heredoc.name, heredoc.start, heredoc.start)
            yield from _value_tokens(instruction)
            return
    else:
        yield from _value_tokens(instruction)
    for heredoc in instruction.heredocs:
        yield Token("<<", heredoc.content, heredoc.start, heredoc.end)


def _value_tokens(instruction: Instruction) -> Iterator[Token]:
    for piece in pieces(instruction.value, "\\"):
        yield Token(instruction.name, piece.text, *instruction.span(piece.start, piece.end))

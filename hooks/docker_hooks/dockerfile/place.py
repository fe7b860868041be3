"""Where new lines go in a Dockerfile, so that comments stay with what they are about, and how they look there.

They are indented as the instruction that they stand before, and their keyword is in lower case where all of the
file's are (BuildKit's ConsistentInstructionCasing).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from functools import lru_cache

from docker_hooks.dockerfile.edits import Edit, words
from docker_hooks.dockerfile.reader import Dockerfile, Instruction, read_lines

# So many instructions show the casing of a file.
_MOST = 1000


def above(dockerfile: Dockerfile, instruction: Instruction, text: str) -> Edit:
    """Insert an instruction, whole lines, above another and the comments right above that."""
    start = block_start(dockerfile, instruction)
    return Edit(start, start, _as_neighbour(dockerfile, instruction, text) + dockerfile.newline)


def below(dockerfile: Dockerfile, instruction: Instruction, text: str) -> Edit:
    """Insert an instruction, whole lines, below another; the end of the file keeps or lacks its line break."""
    index = bisect_right(dockerfile.instructions, instruction.start, key=lambda one: one.start)
    behind = dockerfile.instructions[index : index + 1]
    neighbour = behind[0] if behind and behind[0].name != "FROM" else instruction
    lines = _as_neighbour(dockerfile, neighbour, text)
    end = dockerfile.text.find("\n", instruction.end) + 1
    if not end:
        end = len(dockerfile.text)
        return Edit(end, end, dockerfile.newline + lines)
    return Edit(end, end, lines + dockerfile.newline)


def block_start(dockerfile: Dockerfile, instruction: Instruction) -> int:
    """Where the line begins on which the instruction, or the first of the comments right above it, stands."""
    comments = dockerfile.comments
    start = instruction.start
    line = instruction.start_line - 1
    index = bisect_left(comments, instruction.start_line, key=lambda comment: comment.line) - 1
    while index >= len(dockerfile.directives) and comments[index].line == line:
        start = comments[index].start
        line -= 1
        index -= 1
    return dockerfile.text.rfind("\n", 0, start) + 1


@lru_cache(maxsize=64)
def new_words(text: str, escape: str) -> tuple[str, ...]:
    """The words that lines of new instructions add, as the proof sees them."""
    snippet = read_lines(text, escape)
    found = [word for instruction in snippet.instructions for word in words(instruction, snippet.text)]
    return (*found, *(comment.text for comment in snippet.comments))


def _as_neighbour(dockerfile: Dockerfile, neighbour: Instruction, text: str) -> str:
    """An instruction in the file's own casing and line ends, indented as its neighbour."""
    keyword, blank, rest = text.partition(" ")
    if all(one.keyword.islower() for one in dockerfile.instructions[:_MOST]):
        keyword = keyword.lower()
    before = dockerfile.text[dockerfile.text.rfind("\n", 0, neighbour.start) + 1 : neighbour.start]
    indentation = "" if before.strip(" \t") else before
    return indentation + f"{keyword}{blank}{rest}".replace("\n", dockerfile.newline + indentation)

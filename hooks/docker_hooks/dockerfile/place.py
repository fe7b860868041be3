"""Where new lines go in a Dockerfile, so that comments stay with what they are about."""

from __future__ import annotations

from bisect import bisect_left
from functools import lru_cache

from docker_hooks.dockerfile.edits import Edit, words
from docker_hooks.dockerfile.reader import Dockerfile, Instruction, read_lines


def above(dockerfile: Dockerfile, instruction: Instruction, text: str) -> Edit:
    """Insert `text`, whole lines, above an instruction and the comments right above it."""
    start = block_start(dockerfile, instruction)
    return Edit(start, start, _with_newlines(text, dockerfile.newline) + dockerfile.newline)


def below(dockerfile: Dockerfile, instruction: Instruction, text: str) -> Edit:
    """Insert `text`, whole lines, below an instruction; the end of the file keeps or lacks its line break."""
    lines = _with_newlines(text, dockerfile.newline)
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


def _with_newlines(text: str, newline: str) -> str:
    return text.replace("\n", newline)

"""The lines of a text, by offsets."""

from __future__ import annotations

from bisect import bisect_right
from functools import lru_cache


def line_at(text: str, offset: int) -> int:
    """The line, from 1, on which the character at `offset` stands. The text is searched for its lines but once."""
    return bisect_right(line_starts(text), offset)


@lru_cache(maxsize=2)
def line_starts(text: str) -> tuple[int, ...]:
    """The offsets at which the lines begin, and where one would that follows the last line break."""
    starts = [0]
    at = text.find("\n")
    while at >= 0:
        starts.append(at + 1)
        at = text.find("\n", at + 1)
    return tuple(starts)

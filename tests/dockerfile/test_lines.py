"""The lines of a text."""

from __future__ import annotations

import pytest

from docker_hooks.dockerfile.lines import line_at, line_starts


@pytest.mark.parametrize(
    ("text", "starts"),
    [("", (0,)), ("a", (0,)), ("a\n", (0, 2)), ("\n\nb", (0, 1, 2)), ("a\r\nb\rc\n", (0, 3, 7))],
)
def test_where_lines_begin(text: str, starts: tuple[int, ...]) -> None:
    assert line_starts(text) == starts
    assert [line_at(text, offset) for offset in range(len(text))] == [
        text.count("\n", 0, offset) + 1 for offset in range(len(text))
    ]

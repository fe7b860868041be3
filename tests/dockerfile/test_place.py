"""New lines leave comments with what they are about."""

from __future__ import annotations

import pytest

from docker_hooks.dockerfile.edits import applied
from docker_hooks.dockerfile.place import above, below, new_words
from docker_hooks.dockerfile.reader import read


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("FROM a\nCMD b\n", "FROM a\nUSER x\nCMD b\n"),
        ("FROM a\n# b\n# c\nCMD b\n", "FROM a\nUSER x\n# b\n# c\nCMD b\n"),
        ("FROM a\n# b\n\n# c\nCMD b\n", "FROM a\n# b\n\nUSER x\n# c\nCMD b\n"),
        ("FROM a\n  CMD b\n", "FROM a\n  USER x\n  CMD b\n"),
        ("FROM a\r\n\t# b\r\n\tCMD b\r\n", "FROM a\r\n\tUSER x\r\n\t# b\r\n\tCMD b\r\n"),
        ("from a\ncmd b\n", "from a\nuser x\ncmd b\n"),
        ("from a\nCMD b\n", "from a\nUSER x\nCMD b\n"),
        ("FROM a\r\nCMD b", "FROM a\r\nUSER x\r\nCMD b"),
    ],
)
def test_above(text: str, after: str) -> None:
    dockerfile = read(text)
    assert applied(text, [above(dockerfile, dockerfile.instructions[-1], "USER x")]) == after


def test_directives_stay_at_the_top() -> None:
    text = "# syntax=docker/dockerfile:1\nFROM a\n"
    dockerfile = read(text)
    expected = "# syntax=docker/dockerfile:1\nARG x\nFROM a\n"
    assert applied(text, [above(dockerfile, dockerfile.instructions[0], "ARG x")]) == expected


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("FROM a\nRUN b\n", "FROM a\nRUN b\nUSER x\n"),
        ("FROM a\nRUN b", "FROM a\nRUN b\nUSER x"),
        ("FROM a\r\nRUN b", "FROM a\r\nRUN b\r\nUSER x"),
        ("FROM a\nRUN <<E\nb\nE\n", "FROM a\nRUN <<E\nb\nE\nUSER x\n"),
        ("FROM a\n  RUN b\n", "FROM a\n  RUN b\n  USER x\n"),
        ("from a\nrun b", "from a\nrun b\nuser x"),
        ("FROM a\nRUN b \\\n# c\n  d\n# e\n", "FROM a\nRUN b \\\n# c\n  d\nUSER x\n# e\n"),
    ],
)
def test_below(text: str, after: str) -> None:
    dockerfile = read(text)
    assert applied(text, [below(dockerfile, dockerfile.instructions[-1], "USER x")]) == after


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("FROM a\n  RUN b\n", "FROM a\n  RUN x \\\n      && y\n  RUN b\n"),
        ("  FROM a\nFROM b\n", "  FROM a\n  RUN x \\\n      && y\nFROM b\n"),
        ("\ufeffFROM a", "\ufeffFROM a\nRUN x \\\n    && y"),
    ],
)
def test_stands_as_its_neighbour(text: str, after: str) -> None:
    dockerfile = read(text)
    assert applied(text, [below(dockerfile, dockerfile.instructions[0], "RUN x \\\n    && y")]) == after


def test_new_words() -> None:
    assert new_words("# why\nRUN a && b\nUSER x", "\\") == ("RUN", "a", "&&", "b", "USER", "x", "# why")

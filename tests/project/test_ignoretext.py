"""Edits to an ignore file are made only where they do what they declare."""

from __future__ import annotations

import pytest

from docker_hooks.dockerfile.edits import Edit, Unproven, applied
from docker_hooks.project.ignorefile import parse
from docker_hooks.project.ignoretext import Judge, appended, inserted, line_starts, proven, silenced_lines


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a\n", "a\n\nx\ny\n"),
        ("a", "a\n\nx\ny"),
        ("a\n\n", "a\n\nx\ny\n"),
        ("a\r\n", "a\r\n\r\nx\r\ny\r\n"),
        ("a\r\nb", "a\r\nb\r\n\r\nx\r\ny"),
        ("", "x\ny\n"),
        ("\ufeff", "\ufeffx\ny\n"),
        ("\n", "\nx\ny\n"),
    ],
)
def test_appends(before: str, after: str) -> None:
    edit = appended(before, ["x", "y"])
    assert applied(before, [edit]) == after
    assert proven(before, [edit], ["x", "y"], ["a", "x", "b"], lambda path: "") == after


@pytest.mark.parametrize(
    ("before", "line", "after"),
    [
        ("a\n", 1, "x\n\na\n"),
        ("# h\n\n# c\na\nb\n", 5, "# h\n\nx\n\n# c\na\nb\n"),
        ("\ufeff# c\na", 2, "\ufeffx\n\n# c\na"),
        ("a\r\n\r\nb\r\n", 3, "a\r\n\r\nx\r\n\r\nb\r\n"),
        ("a\n  \nb\n", 3, "a\n  \nx\n\nb\n"),
    ],
)
def test_inserts_above_a_paragraph(before: str, line: int, after: str) -> None:
    edit = inserted(before, ["x"], line)
    assert applied(before, [edit]) == after
    assert proven(before, [edit], ["x"], ["a", "x", "b"], lambda path: "") == after


@pytest.mark.parametrize(
    ("before", "edit", "adds", "reason"),
    [
        ("a\nb\n", Edit(0, 1, "c"), ["c"], "a would be sent, which is kept back"),
        ("a\nb\n", Edit(0, 2, ""), [], "a would be sent, which is kept back"),
        ("a\n", Edit(2, 2, "!a\n"), [], "a would be sent, which is kept back"),
        ("a\n", Edit(2, 2, "b\n"), [], "b would be kept back"),
        ("a\n", Edit(2, 2, "b\n"), ["b/c"], "b would be kept back"),
        ("a\n", Edit(2, 2, "need\n"), ["need"], "need would be kept back, but it is needed"),
        ("b\n!b\n", Edit(5, 5, "b\n"), ["b"], "b would be kept back, which !b re-includes"),
        ("a\n", Edit(2, 2, "[\n"), ["["], "Docker would reject the file"),
        ("\ufeffa\n", Edit(0, 1, ""), [], "it would move the byte order mark"),
        ("a\n", Edit(1, 2, ""), [], "it would change the end of the file"),
        ("a\n", Edit(2, 2, "b\r\n"), ["b"], "it would mix line endings"),
    ],
)
def test_refuses_what_it_can_not_prove(before: str, edit: Edit, adds: list[str], reason: str) -> None:
    def needed_by(path: str) -> str:
        return "it is needed" if path == "need" else ""

    with pytest.raises(Unproven, match=reason.replace("[", r"\[")):
        proven(before, [edit], adds, ["a", "b", "need", "c"], needed_by)


def test_a_judge_agrees_with_the_ignore_file() -> None:
    ignore = parse("*\n!a\na/b/*\n!**/c\n")
    judge = Judge(ignore)
    for path in ("a", "x", "a/b", "a/b/c", "a/b/d", "x/c", "x/y/c", "a/b/d/c"):
        assert judge.verdict(path) == ignore.verdict(path)


def test_finds_where_lines_start() -> None:
    assert line_starts("\ufeffab\r\nc\n\nd") == [1, 5, 7, 8]
    assert line_starts("") == [0]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", frozenset()),
        ("a\n# docker-hooks: ignore=one why\nb\nc\n", {3}),
        ("a\r\n# docker-hooks: ignore=one\r\n# more\r\nb\r\n", {4}),
        ("a\n# docker-hooks: ignore=other\nb\n", frozenset()),
        ("a\n # docker-hooks: ignore=one\nb\n", frozenset()),
        ("\ufeff# docker-hooks: ignore=other,one\na\n", None),
        ("\n# docker-hooks: ignore=one", None),
    ],
)
def test_comments_silence_the_line_below_or_the_whole_file(text: str, lines: frozenset[int] | None) -> None:
    assert silenced_lines(text, "one") == lines

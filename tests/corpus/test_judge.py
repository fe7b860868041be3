"""The judge takes what a mend may do and names every way in which it can go wrong."""

from __future__ import annotations

import pytest

from tests.corpus.judge import BROKEN, BYTES, COMMENTS, WORDS, Declared, judge, within_distance
from tests.corpus.units import comments, units

TEXT = """\
# syntax=docker/dockerfile:1

# base
FROM python:3.12 AS base
ENV A="x  y" B=1
RUN apt-get update && \\
    # the compiler

    apt-get install gcc | tee log; rm -f 'a b'
COPY . /app
RUN <<EOF
pip install numpy # fast
echo done
EOF
COPY <<A <<B /etc/
# no comment
A
second
B
CMD python main.py
"""


def changes(text: str, *pairs: tuple[str, str]) -> tuple[str, list[tuple[int, int, str]]]:
    """The text with each first string replaced by the second, and the edits that do that."""
    edits = sorted((text.index(old), text.index(old) + len(old), new) for old, new in pairs)
    after = text
    for start, end, new in reversed(edits):
        after = after[:start] + new + after[end:]
    return after, edits


@pytest.mark.parametrize(
    ("pairs", "declared"),
    [
        ([("install gcc", "install -y gcc")], Declared(adds=("-y",))),
        ([("install gcc", "install -y gcc")], Declared(("install", "-y", "gcc"), ("install", "gcc"))),
        ([("numpy #", "--no-cache-dir numpy #")], Declared(adds=("--no-cache-dir",))),
        ([("CMD", "USER app\nCMD")], Declared(adds=("USER", "app"))),
        ([("rm -f 'a b'", "rm -f 'a b' && true")], Declared(adds=("&&", "true"))),
        (
            [("python main.py", '["python", "main.py"]')],
            Declared(('["python",', '"main.py"]'), ("python", "main.py")),
        ),
        ([("COPY . /app\n", ""), ("CMD", "COPY . /app\nCMD")], Declared(moves=("COPY", ".", "/app"))),
        ([("# base\nFROM", "FROM"), ("ENV", "# base\nENV")], Declared(moves=("# base",))),
        ([(" && \\\n", "\nRUN \\\n")], Declared(("RUN",), ("&&",))),
        ([('ENV A="x  y"', 'ENV C=2\nENV A="x  y"')], Declared(adds=("ENV", "C=2"))),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_takes_what_is_declared(pairs: list[tuple[str, str]], declared: Declared, newline: str, mark: str) -> None:
    text = mark + TEXT.replace("\n", newline)
    in_text = [(old.replace("\n", newline), new.replace("\n", newline)) for old, new in pairs]
    after, edits = changes(text, *in_text)
    assert judge(text, after, declared, edits) == []


@pytest.mark.parametrize(
    ("pairs", "declared", "column"),
    [
        ([("echo done\nEOF", "echo done\nEOG")], Declared(("EOG",), ("EOF",)), BROKEN),
        ([("CMD", "CMB")], Declared(("CMB",), ("CMD",)), BROKEN),
        ([("# base\nFROM", "RUN true\n# base\nFROM")], Declared(("RUN", "true")), BROKEN),
        ([("# syntax", "# first\n# syntax")], Declared(("# first",)), BROKEN),
        ([("install gcc", "install 'gcc")], Declared(("'gcc",), ("gcc",)), BROKEN),
        ([("rm -f", "rm -f (")], Declared(("(",)), BROKEN),
        ([("# the compiler", "")], Declared(drops=("# the compiler",)), COMMENTS),
        ([("# base", "# the base")], Declared(("the",)), COMMENTS),
        ([("install gcc", "install -y gcc")], Declared(), WORDS),
        ([("install gcc", "install -y gcc")], Declared(("-y", "-y")), WORDS),
        ([("install gcc", "install # gcc")], Declared(("#",)), WORDS),
        ([("install gcc", "installgcc")], Declared(("installgcc",), ("install",)), WORDS),
        ([("install gcc", "'install gcc'")], Declared(("'",)), WORDS),
        ([("install gcc", "gcc install")], Declared(), WORDS),
        ([("update &&", "update ||")], Declared(), WORDS),
        ([("gcc | tee log;", "gcc; tee log |")], Declared(), WORDS),
        ([("python main.py", "main.py python")], Declared(), WORDS),
        ([("COPY . /app\n", ""), ("CMD", "COPY . /app\nCMD")], Declared(), WORDS),
        ([("echo done\n", "")], Declared(), WORDS),
        ([("second", "first")], Declared(), WORDS),
        ([("x  y", "x y")], Declared(), BYTES),
        ([("'a b'", "'a  b'")], Declared(), BYTES),
        ([("RUN apt-get", "RUN  apt-get")], Declared(), BYTES),
        ([("COPY . /app\n", "COPY . /app\n\n")], Declared(), BYTES),
        ([("python main.py\n", "python main.py")], Declared(), BYTES),
        ([("COPY . /app\n", "COPY . /app\r\n")], Declared(), BYTES),
        ([("COPY . /app", "COPY . /app\r")], Declared(), BYTES),
        ([("# syntax", "\ufeff# syntax")], Declared(), BYTES),
        ([("    # the compiler\n\n", "    # the compiler\n")], Declared(), BYTES),
        ([("CMD", "USER app\r\nCMD")], Declared(("USER", "app")), BYTES),
    ],
)
def test_names_what_goes_wrong(pairs: list[tuple[str, str]], declared: Declared, column: str) -> None:
    after, edits = changes(TEXT, *pairs)
    assert column in {fault.column for fault in judge(TEXT, after, declared, edits)}


def test_holds_to_the_edits() -> None:
    after, _ = changes(TEXT, ("CMD", "USER app\nCMD"))
    place = TEXT.index("COPY . /app")
    assert [fault.column for fault in judge(TEXT, after, Declared(("USER", "app")), [(place, place, "")])] == [BYTES]


def test_holds_what_no_edit_touches_to_its_place() -> None:
    text = "FROM a\nRUN apt-get update && make apt-get\n"
    edits = [(text.index("apt-get"), text.index("update"), ""), (text.index("make"), text.index("make"), "apt-get ")]
    after = "FROM a\nRUN update && apt-get make apt-get\n"
    assert judge(text, after, Declared(moves=("apt-get",)), edits) == []
    quoting = [(text.index("apt-get"), text.index("apt-get"), "'"), (len(text) - 1, len(text) - 1, "'")]
    after = "FROM a\nRUN 'apt-get update && make apt-get'\n"
    faults = judge(text, after, Declared(("'apt-get", "apt-get'"), ("apt-get", "apt-get"), ("&", "&")), quoting)
    assert WORDS in {fault.column for fault in faults}


def test_does_not_judge_what_was_broken_before() -> None:
    with pytest.raises(ValueError, match="unterminated heredoc"):
        judge("FROM a\nRUN <<EOF\n", "FROM a\n", Declared(), [])


@pytest.mark.parametrize("text", [TEXT, TEXT.replace("\n", "\r\n"), "\ufeff" + TEXT, TEXT.rstrip("\n")])
def test_every_unit_stands_where_it_says(text: str) -> None:
    found = units(text, frozenset())
    assert [unit.start for unit in found] == sorted(unit.start for unit in found)
    assert all(text[unit.start : unit.end] == unit.text for unit in found[1:-1])
    assert "".join(unit.text for unit in found[1:-1]) == "".join(text.removeprefix("\ufeff").replace("\\", "").split())


def test_knows_words_from_operators_and_comments() -> None:
    kinds = {(unit.part_of, unit.text) for unit in units(TEXT, frozenset())}
    assert {("RUN/word", "gcc"), ("RUN/operator", "|"), ("RUN/word", "'a"), ("RUN/comment", "fast")} <= kinds
    assert {("heredoc", "second"), ("ENV/argument", 'A="x'), ("comment", "compiler")} <= kinds


def test_finds_comments_outside_heredocs() -> None:
    assert [comment.text for comment in comments(TEXT)] == ["# syntax=docker/dockerfile:1", "# base", "# the compiler"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FROM a\nRUN a\udcff b\x00\n", ["FROM", "a", "RUN", "a\ue17f", "b\ue000"]),
        ("# escape=`\nFROM a\nRUN dir C:\\ `\n  && b\\\n", ["#", "escape=`", "FROM", "a", "RUN", "dir", "C:\\"]),
        ("FROM a\nRUN ap\\\nt b\n", ["FROM", "a", "RUN", "apt", "b"]),
        ("FROM a\nONBUILD RUN b\\\n\n# c\n d", ["FROM", "a", "ONBUILD", "RUN", "b", "#", "c", "d"]),
        ("FROM a\nRUN b \\", ["FROM", "a", "RUN", "b"]),
    ],
)
def test_reads_odd_files(text: str, expected: list[str]) -> None:
    assert [unit.text for unit in units(text, frozenset())][1 : 1 + len(expected)] == expected


@pytest.mark.parametrize(
    ("old", "new", "distance"),
    [("", "", 0), ("abc", "abc", 0), ("abc", "axc", 2), ("abcabba", "cbabac", 5), ("", "ab", 2), ("ab", "", 2)],
)
def test_counts_insertions_and_deletions(old: str, new: str, distance: int) -> None:
    assert within_distance(old, new, distance)
    assert not within_distance(old, new, distance - 1)

"""Stages, what they inherit, and what variables stand for."""

from __future__ import annotations

import pytest

from docker_hooks.dockerfile.reader import read
from docker_hooks.dockerfile.stages import LONGEST_PATH, find, lineage, read_stages, sources


@pytest.mark.parametrize(
    ("text", "images"),
    [
        ("FROM python:3.12\n", ["python:3.12"]),
        ('FROM "python:3.12"\n', ["python:3.12"]),
        ("ARG V=3.12\nFROM python:$V\n", ["python:3.12"]),
        ("ARG V=3.12\nFROM python:${V}-slim\n", ["python:3.12-slim"]),
        ("FROM python:${V:-3.11}\n", ["python:3.11"]),
        ("ARG V\nFROM python:${V:-3.11}\n", ["python:3.11"]),
        ("ARG V=\nFROM python:${V:-3.11}\n", ["python:3.11"]),
        ("ARG V=3.12\nFROM python:${V:-3.11}\n", ["python:3.12"]),
        ("ARG V=3.12\nFROM python:${V:+3.11}\n", ["python:3.11"]),
        ("ARG V\nFROM python:$V\n", [None]),
        ("FROM $UNDECLARED\n", [None]),
        ("ARG A=python\nARG B=$A:3\nFROM $B\n", ["python:3"]),
        ("ARG A=python\nARG B=${A}:3\nFROM ${B}-slim AS a\nFROM $A\n", ["python:3-slim", "python"]),
        ("FROM python\nARG V=3.12\nFROM python:$V\n", ["python", None]),
        ("ARG V='3.12'\nFROM --platform=$BUILDPLATFORM python:$V AS a\n", ["python:3.12"]),
        ("FROM ${A\n", [None]),
        ("ARG V=3.12.1\nFROM python:${V%.1}\n", ["python:3.12"]),
        ('ARG V="a b"\nFROM $V\n', [None]),
    ],
)
def test_what_from_names(text: str, images: list[str | None]) -> None:
    assert [stage.image for stage in read_stages(read(text))] == images


@pytest.mark.parametrize(
    ("text", "user"),
    [
        ("FROM a\nUSER bob\n", "bob"),
        ("FROM a\nUSER bob\nFROM a\n", "-"),
        ("FROM a AS b\nUSER bob\nFROM b\n", "bob"),
        ("FROM a AS B\nUSER bob\nFROM b\nRUN x\n", "bob"),
        ("FROM a AS b\nUSER bob\nFROM b AS c\nFROM c\nUSER root\n", "root"),
        ("FROM a\nARG U=bob\nUSER $U\n", "bob"),
        ("ARG U=bob\nFROM a\nARG U\nUSER ${U}:${U}\n", "bob:bob"),
        ("ARG U=bob\nFROM a\nUSER $U\n", None),
        ("FROM a\nARG U\nUSER $U\n", None),
        ("FROM a\nARG U\nUSER ${U:-bob}\n", "bob"),
        ("FROM a\nENV U=ann\nARG U=bob\nUSER $U\n", "ann"),
        ("FROM a AS b\nENV U=ann\nFROM b\nUSER $U\n", "ann"),
        ("FROM a AS b\nARG U=ann\nFROM b\nUSER $U\n", None),
        ("FROM a\nENV U=$HOME\nUSER ${U:-bob}\n", None),
        ('FROM a\nUSER "bob"\n', "bob"),
        ("FROM a AS b\nONBUILD USER bob\nFROM b\n", "bob"),
        ("FROM a AS b\nONBUILD USER bob\n", "-"),
        ("FROM a AS b\nONBUILD USER bob\nFROM b AS c\nUSER ann\nFROM c\n", "ann"),
    ],
)
def test_which_user_the_last_stage_leaves(text: str, user: str | None) -> None:
    last = read_stages(read(text))[-1]
    assert (last.end.user.value if last.end.user else "-") == user


@pytest.mark.parametrize(
    ("text", "workdir"),
    [
        ("FROM a\nWORKDIR /a\nWORKDIR b\n", "/a/b"),
        ("FROM a\nWORKDIR b\n", None),
        ("FROM a\nWORKDIR b\nWORKDIR /c/../d/\n", "/d"),
        ("FROM a\nENV D=/x\nWORKDIR $D/y\n", "/x/y"),
        ("FROM a\nWORKDIR /a\nWORKDIR $HOME\nWORKDIR b\n", None),
        ("FROM a AS b\nWORKDIR /a\nFROM b\nWORKDIR c\n", "/a/c"),
    ],
)
def test_which_directory_the_last_stage_leaves(text: str, workdir: str | None) -> None:
    assert read_stages(read(text))[-1].end.workdir == workdir


def test_which_stages_reach_the_final_image() -> None:
    text = (
        "FROM a AS build\nFROM build AS more\nFROM b AS other\nFROM more\nCOPY --from=build x y\n"
        "COPY --from=2 x y\nCOPY --from=alpine x y\nRUN --mount=type=bind,from=OTHER,target=/x a\n"
    )
    stages = read_stages(read(text))
    assert [stage.number for stage in lineage(stages, stages[-1])] == [0, 1, 3]
    assert sources(stages)[-1] == {0, 2}


@pytest.mark.parametrize(
    ("reference", "index"), [("one", 0), ("ONE", 0), ("1", 1), ("2", None), ("x", None), (None, None)]
)
def test_finds_a_stage(reference: str | None, index: int | None) -> None:
    stages = read_stages(read("FROM a AS one\nFROM b AS two\n"))
    found = find(stages, reference)
    assert (found.number if found else None) == index


def test_shell_is_inherited() -> None:
    stages = read_stages(read('FROM a AS b\nSHELL ["/bin/bash", "-c"]\nFROM b\nRUN x\nFROM a\n'))
    assert stages[1].states[1].shell == ("/bin/bash", "-c")
    assert stages[2].end.shell is None


def test_a_scope_of_any_length_is_followed_in_bounded_time() -> None:
    text = "FROM a\n" + "".join(f"ENV V{number}=1\n" for number in range(20_000)) + "USER $V1\n"
    last = read_stages(read(text))[-1]
    assert last.end.user is not None
    assert last.end.user.value is None


@pytest.mark.parametrize(
    "text",
    [
        "FROM x\nENV A=1234567890\n" + "ENV A=$A$A\n" * 60 + "USER $A\n",
        "ARG A=1234567890\n" + "ARG A=$A$A\n" * 60 + "FROM x\nARG A\nUSER $A\n",
        f"FROM x\nENV A={'a' * 1000}\nUSER {'$A' * 3}\n",
        f"FROM x\nENV A={'a' * 1000}\nUSER {'${B:-$A}' * 3}\n",
    ],
)
def test_values_that_grow_without_end_are_unknown(text: str) -> None:
    (stage,) = read_stages(read(text))
    assert stage.end.user is not None
    assert stage.end.user.value is None


def test_paths_that_grow_without_end_are_unknown() -> None:
    (stage,) = read_stages(read("FROM x\nWORKDIR /a\n" + "WORKDIR b\n" * 5000))
    assert max(len(state.workdir or "") for state in stage.states) == LONGEST_PATH
    assert stage.end.workdir is None

"""Paths in the image are compared as far as they are known."""

from __future__ import annotations

import pytest

from docker_hooks.dockerfile import paths
from docker_hooks.dockerfile.reader import read
from docker_hooks.dockerfile.shell import scan
from docker_hooks.dockerfile.stages import read_stages


@pytest.mark.parametrize(
    ("path", "folder", "expected"),
    [
        ("/app", "/app", "same"),
        ("/app/x", "/app", "inside"),
        ("/app", "/app/x", "above"),
        ("/apple", "/app", "apart"),
        ("/app", "/", "inside"),
        ("/", "/app", "above"),
        ("/?0/x", "/?0", "inside"),
        ("/?0", "/app", "unknown"),
        ("/app", "/?0", "unknown"),
        ("/?0", "/?1", "unknown"),
        ("/", "/?0", "unknown"),
        ("/?$HOME/app/x", "/?$HOME/app", "inside"),
        ("/opt/$X/a", "/opt/$X/b", "apart"),
        ("/opt/$X/a", "/opt/b", "unknown"),
        ("/opt/$X", "/srv", "apart"),
    ],
)
def test_relation(path: str, folder: str, expected: str) -> None:
    assert paths.relation(path, folder) == expected


@pytest.mark.parametrize(
    ("workdir", "path", "expected"),
    [
        ("/app", "x", "/app/x"),
        ("/app", "./x/../y", "/app/y"),
        ("/app", "/x/", "/x"),
        ("/app", "//x", "/x"),
        ("/app", "../..", "/"),
        ("/?0", "x", "/?0/x"),
        ("/app", "~/x", "/?~/x"),
        ("/app", "$X/y", "/?$X/y"),
    ],
)
def test_joined(workdir: str, path: str, expected: str) -> None:
    assert paths.joined(workdir, path) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FROM x\nRUN a", "/?0"),
        ("FROM python:3.12\nRUN a", "/"),
        ("FROM x\nWORKDIR /app\nRUN a", "/app"),
        ("FROM x\nWORKDIR app\nWORKDIR lib\nRUN a", "/?0/app/lib"),
        ("FROM x\nWORKDIR $HOME/app\nRUN a", "/?$HOME/app"),
        ("FROM x\nWORKDIR ${HOME}/app\nWORKDIR lib\nRUN a", "/?$HOME/app/lib"),
        ("FROM x\nENV A=/a\nWORKDIR $A/b\nRUN a", "/a/b"),
        ("FROM x AS a\nWORKDIR b\nFROM a\nRUN a", "/?0/b"),
        ("FROM python AS a\nWORKDIR b\nFROM y\nRUN a", "/?1"),
    ],
)
def test_workdirs(text: str, expected: str) -> None:
    dockerfile = read(text)
    found = paths.workdirs(read_stages(dockerfile))
    assert found[dockerfile.instructions[-1].start] == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("a.txt", "a.txt"),
        ("$A/x", "/a/x"),
        ("${A}/x", "/a/x"),
        ('"$A"', "/a"),
        ("$UNSET", None),
        ("$(a)", None),
        ("`a`", None),
        ("$1", None),
        ("$B", None),
        ("$B/x.txt", "$B/x.txt"),
        ('"${HOME}/x.txt"', "$HOME/x.txt"),
        ("$HOME/$B", None),
        ("$S/x.txt", None),
        ("$C", None),
        ("$S", None),
    ],
)
def test_value(word: str, expected: str | None) -> None:
    dockerfile = read("ARG V=1\nFROM x:$V\nARG B=/b\nENV A=/a C=$B S=/s\nRUN a")
    (stage,) = paths.for_any_build(dockerfile, read_stages(dockerfile))
    assert paths.value(scan(f"x {word}").commands[0].words[1], stage.states[-1], frozenset("S")) == expected


def test_for_any_build() -> None:
    dockerfile = read("ARG V=1\nARG W=/w\nFROM x:$V\nARG B=/b\nARG W\nENV C=$B D=d\nWORKDIR $B\nRUN a")
    (stage,) = paths.for_any_build(dockerfile, read_stages(dockerfile))
    assert stage.image == "x:1"
    assert stage.end.workdir is None
    assert [stage.end.value(name)[1] for name in "BCDW"] == [None, None, "d", None]

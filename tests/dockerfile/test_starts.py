"""What images start: the ENTRYPOINT and CMD in force."""

from __future__ import annotations

import pytest

from docker_hooks.dockerfile.reader import Instruction, read
from docker_hooks.dockerfile.stages import read_stages
from docker_hooks.dockerfile.starts import hands_over, images_started, script_in, start, started, started_script


def _line(instruction: Instruction | None) -> int | None:
    return instruction.start_line if instruction is not None else None


@pytest.mark.parametrize(
    ("text", "entrypoint", "command"),
    [
        ("FROM a\n", None, None),
        ("FROM a\nCMD a\n", None, 2),
        ("FROM a\nCMD a\nCMD b\n", None, 3),
        ("FROM a\nENTRYPOINT a\n", 2, None),
        ("FROM a\nENTRYPOINT a\nCMD b\n", 2, 3),
        # An ENTRYPOINT keeps the CMD of its own stage, on whichever side it stands ...
        ("FROM a\nCMD b\nENTRYPOINT a\n", 3, 2),
        ("FROM a AS x\nENTRYPOINT a\nFROM x\nCMD b\n", 2, 4),
        # ... and takes away the inherited one.
        ("FROM a AS x\nCMD b\nFROM x\nENTRYPOINT a\n", 4, None),
        ("FROM a AS x\nCMD b\nFROM a\n", None, None),
    ],
)
def test_what_is_in_force(text: str, entrypoint: int | None, command: int | None) -> None:
    stages = read_stages(read(text))
    found = start(stages, stages[-1])
    assert (_line(found.entrypoint), _line(found.command)) == (entrypoint, command)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ('FROM a\nENTRYPOINT ["a"]\nCMD b\n', [2, 3]),
        ("FROM a\nENTRYPOINT a\nCMD b\n", [2]),
        ("FROM a\nCMD b\n", [2]),
        ("FROM a\n", []),
    ],
)
def test_what_is_heeded(text: str, lines: list[int]) -> None:
    stages = read_stages(read(text))
    assert [instruction.start_line for instruction in start(stages, stages[-1]).heeded] == lines


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("FROM a\n", [0]),
        ("FROM a AS x\nFROM x\n", [1]),
        ("FROM a AS x\nFROM b\nCOPY --from=x / /\n", [1]),
        ("FROM a AS x\nFROM b\nRUN --mount=from=x,target=/x ls /x\n", [1]),
        # What no other stage uses is there to be built by its name.
        ("FROM a AS dev\nFROM b\n", [0, 1]),
    ],
)
def test_which_images_are_run(text: str, numbers: list[int]) -> None:
    assert [stage.number for stage in images_started(read_stages(read(text)))] == numbers


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("FROM a\n", None),
        ("FROM a\nCMD b c\n", [["b", "c"]]),
        ("FROM a\nENTRYPOINT b && c\nCMD d\n", [["b"], ["c"]]),
        ('FROM a\nCMD ["sh", "-c", "b && c"]\n', [["b"], ["c"]]),
        ('FROM a\nENTRYPOINT ["tini", "-g", "--", "bash", "-lc"]\nCMD ["b; c"]\n', [["b"], ["c"]]),
        ('FROM a\nENTRYPOINT ["/e.sh"]\nCMD b > c\n', [["b"]]),
    ],
)
def test_the_script_that_is_started(text: str, words: list[list[str]] | None) -> None:
    stages = read_stages(read(text))
    script = started(start(stages, stages[-1]), None)
    found = [[word.text for word in command.words] for command in script.commands] if script is not None else None
    assert found == words


def test_a_single_command_is_its_words() -> None:
    stages = read_stages(read('FROM a\nENTRYPOINT ["tini", "--", "uv", "run"]\nCMD ["b"]\n'))
    script = started(start(stages, stages[-1]), None)
    assert script is not None
    assert script.instruction.arguments == ("uv", "run", "b")


@pytest.mark.parametrize(
    ("text", "commands"),
    [("#!/bin/sh\r\na\r\nb\r\n", 2), ("#!/usr/bin/env bash\na\n", 1), ("#!/usr/bin/env python3\na\n", 0), ("a\n", 1)],
)
def test_the_script_in_a_file(text: str, commands: int) -> None:
    script = script_in(text, read("FROM a\nCMD x\n").instructions[-1])
    assert len(script.commands) == commands
    assert bool(script.reason) is (commands == 0)


@pytest.mark.parametrize(
    ("words", "script"),
    [
        ("/entrypoint.sh", "/entrypoint.sh"),
        ("tini -- /entrypoint.sh python", "/entrypoint.sh"),
        ("bash /app/run.sh", "/app/run.sh"),
        ("sh start", "start"),
        ("bash -x serve", "serve"),
        ("docker-entrypoint serve", "docker-entrypoint"),
        ("exec ./run.sh", "./run.sh"),
        ("A=b ./run.sh", "./run.sh"),
        ("python main.py", None),
        ("bash -c run.sh", None),
        ("sh -ec run.sh", None),
        ("/bin/bash", None),
        ("gunicorn app:app", None),
        ("", None),
    ],
)
def test_started_script(words: str, script: str | None) -> None:
    assert started_script(words.split()) == script


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ('["tini", "--"]', True),
        ('["dumb-init", "env", "A=b"]', True),
        ('["/bin/sh", "-c"]', True),
        ('["/entrypoint.sh"]', True),
        ("[]", True),
        ('["flask"]', False),
        ('["tini", "--", "python", "-m", "flask"]', False),
    ],
)
def test_what_hands_over(words: str, expected: bool) -> None:
    assert hands_over(read(f"FROM a\nENTRYPOINT {words}\n").instructions[-1]) is expected

"""Edits are made only where they do what they declare."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from docker_hooks.dockerfile import edits
from docker_hooks.dockerfile.edits import Declared, Edit, Unproven, proven
from docker_hooks.dockerfile.reader import Instruction, read
from docker_hooks.dockerfile.script import InstructionScript, script_of

TEXT = (
    "# top\nFROM python:3\n\n# deps\nRUN apt-get update && \\\n    # inner\n    apt-get install gcc\n"
    "CMD python main.py\n"
)


def edit_of(text: str, old: str, new: str) -> Edit:
    start = text.index(old)
    return Edit(start, start + len(old), new)


@pytest.mark.parametrize(
    ("old", "new", "adds", "drops", "expected"),
    [
        ("install", "install -y", ("install", "-y"), ("install",), "apt-get install -y gcc"),
        (" gcc", " -y gcc", ("-y", "gcc"), ("gcc",), "apt-get install -y gcc"),
        ("CMD", "USER app\nCMD", ("USER", "app", "CMD"), ("CMD",), "USER app\nCMD python"),
        (
            "python main.py",
            '["python", "main.py"]',
            ('["python",', '"main.py"]'),
            ("python", "main.py"),
            'CMD ["python"',
        ),
    ],
)
def test_makes_what_is_declared(
    old: str, new: str, adds: tuple[str, ...], drops: tuple[str, ...], expected: str
) -> None:
    after = proven(read(TEXT), [edit_of(TEXT, old, new)], Declared(adds, drops))
    assert expected in after.text


@pytest.mark.parametrize(
    ("edit", "declared", "reason"),
    [
        (edit_of(TEXT, "install", "install -y"), Declared(("install",), ("install",)), "add other words"),
        (edit_of(TEXT, "# inner\n    ", ""), Declared(), "drop other words"),
        (edit_of(TEXT, "# deps\n", ""), Declared(), "drop other words"),
        (
            edit_of(TEXT, " && \\\n", " && \\ x\n"),
            Declared(("&&", "x"), ("&&",)),
            "Docker would reject|change|other words",
        ),
        (edit_of(TEXT, "RUN", "RUM"), Declared(("RUM",), ("RUN",)), "unknown instruction"),
        (edit_of(TEXT, "CMD", "    CMD"), Declared(("CMD",), ("CMD",)), ""),
        (edit_of(TEXT, "install", "'install"), Declared(("'install",), ("install",)), "change|add other|drop other"),
        (edit_of(TEXT, "gcc\nCMD", "gcc \\\nCMD"), Declared(("gcc", "CMD"), ("gcc", "CMD")), "change|add other"),
        (edit_of(TEXT, "main.py\n", "main.py"), Declared(("main.py",), ("main.py",)), "end of the file"),
        (
            edit_of(TEXT, "# top\n", "# escape=`\n# top\n"),
            Declared(("# escape=`", "# top"), ("# top",)),
            "directive|reject",
        ),
        (edit_of(TEXT, "FROM", "\r\nFROM"), Declared(("FROM",), ("FROM",)), "line endings"),
    ],
)
def test_refuses_what_is_not(edit: Edit, declared: Declared, reason: str) -> None:
    if not reason:
        assert proven(read(TEXT), [edit], declared)
        return
    with pytest.raises(Unproven, match=reason):
        proven(read(TEXT), [edit], declared)


def test_refuses_to_reach_into_a_script_that_can_not_be_read() -> None:
    text = "FROM a\nRUN case $x in a) apt-get install gcc;; esac\n"
    with pytest.raises(Unproven, match="more than can be read"):
        proven(read(text), [edit_of(text, "gcc", "-y gcc")], Declared(("-y", "gcc"), ("gcc",)))


def test_moves_an_instruction_with_its_comment() -> None:
    text = "FROM a\n# source\nCOPY . .\nRUN pip install x\n"
    edits = [edit_of(text, "# source\nCOPY . .\n", ""), Edit(len(text), len(text), "# source\nCOPY . .\n")]
    after = proven(read(text), edits, Declared(moves=("# source", "COPY", ".", ".")))
    assert after.text == "FROM a\nRUN pip install x\n# source\nCOPY . .\n"


def test_refuses_overlapping_edits() -> None:
    with pytest.raises(Unproven, match="overlap"):
        proven(read(TEXT), [edit_of(TEXT, "install gcc", "a"), edit_of(TEXT, "gcc", "b")], Declared())


def test_looks_at_touched_instructions_alone_and_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many edits there are in an instruction, and however many instructions beside it."""
    packages = " && ".join(f"pip install x{number}" for number in range(50))
    text = f"FROM x\nRUN {packages}\n" + "RUN echo done\n" * 50
    places = [match.end() for match in re.finditer("install", text)]
    scripts = Counter[str]()

    def counted(instruction: Instruction) -> InstructionScript:
        scripts[instruction.value[:4]] += 1
        return script_of(instruction)

    monkeypatch.setattr(edits, "script_of", counted)
    after = proven(read(text), [Edit(place, place, " -q") for place in places], Declared(adds=("-q",) * 50))
    assert after.text == text.replace("install", "install -q")
    assert scripts == {"pip ": 3}

"""Walking a build context: what would be sent, where the walk goes, and what it survives."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest

from docker_hooks.project.ignorefile import parse
from docker_hooks.project.walk import ContextFile, walk
from tests.project.trees import write_tree

TREE = {
    "Dockerfile": "FROM scratch",
    "app/__pycache__/main.pyc": "12345",
    "app/main.py": "1",
    "data/notes.md": "",
    "data/raw/a.csv": "1,2",
    "data/raw/keep/b.csv": "12",
    "z": "",
}
EVERYWHERE = {".", "app", "app/__pycache__", "data", "data/raw", "data/raw/keep"}


@pytest.mark.parametrize(
    ("text", "sent", "entered"),
    [
        ("", set(TREE), EVERYWHERE),
        ("data\n**/__pycache__\n", {"Dockerfile", "app/main.py", "z"}, {".", "app"}),
        ("data\n!data/raw/keep\n", set(TREE) - {"data/notes.md", "data/raw/a.csv"}, EVERYWHERE),
        (
            "data/raw\n!data/notes.md\n",
            set(TREE) - {"data/raw/a.csv", "data/raw/keep/b.csv"},
            EVERYWHERE - {"data/raw", "data/raw/keep"},
        ),
        ("*\n!app/*.py\n", {"app/main.py"}, {".", "app"}),
        ("*\n!app\napp/__pycache__\n", {"app/main.py"}, {".", "app"}),
        ("*\n!**/*.md\n", {"data/notes.md"}, EVERYWHERE),
        ("**\n", set(), {"."}),
    ],
)
def test_what_is_sent_and_where_the_walk_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, sent: set[str], entered: set[str]
) -> None:
    write_tree(tmp_path, TREE)
    scandir, scanned = os.scandir, set()

    def spy(path: str) -> Any:
        scanned.add(Path(path).relative_to(tmp_path).as_posix())
        return scandir(path)

    monkeypatch.setattr(os, "scandir", spy)
    ignore = parse(text)
    files = list(walk(tmp_path, ignore))
    assert {file.path for file in files if not file.excluded} == sent
    assert scanned == entered
    assert all(file == (file.path, len(TREE[file.path]), ignore.excludes(file.path), None) for file in files)


def test_files_of_a_folder_come_by_name_and_before_its_subfolders(tmp_path: Path) -> None:
    write_tree(tmp_path, TREE)
    assert [file.path for file in walk(tmp_path, parse(""))] == [
        "Dockerfile",
        "z",
        "app/main.py",
        "app/__pycache__/main.pyc",
        "data/notes.md",
        "data/raw/a.csv",
        "data/raw/keep/b.csv",
    ]


def test_links_are_sent_as_links(tmp_path: Path) -> None:
    context = write_tree(tmp_path / "context", {"a/b": "12345"})
    write_tree(tmp_path / "elsewhere", {"c": "123"})
    for name, target in [("a/loop", "."), ("up", ".."), ("file", "a/b"), ("out", "../elsewhere"), ("gone", "nowhere")]:
        (context / name).symlink_to(target)
    assert list(walk(context, parse("gone"))) == [
        ContextFile("file", 0, False),
        ContextFile("gone", 0, True),
        ContextFile("out", 0, False),
        ContextFile("up", 0, False),
        ContextFile("a/b", 5, False),
        ContextFile("a/loop", 0, False),
    ]


@pytest.mark.parametrize(("text", "reported"), [("", ["data/raw"]), ("data\n!data/notes.md\n!data/raw/x", [])])
def test_a_folder_that_cannot_be_read_is_reported_if_it_is_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, reported: list[str]
) -> None:
    write_tree(tmp_path, TREE)
    scandir = os.scandir

    def refuse(path: str) -> Any:
        if os.path.basename(path) == "raw":
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    files = list(walk(tmp_path, parse(text)))
    assert [file for file in files if file.problem] == [
        ContextFile(path, 0, False, "Permission denied") for path in reported
    ]
    assert "data/notes.md" in [file.path for file in files]


def test_a_context_that_is_not_there_is_reported(tmp_path: Path) -> None:
    assert [(file.path, bool(file.problem)) for file in walk(tmp_path / "gone", parse("**"))] == [(".", True)]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux takes any bytes for a name")
def test_names_of_any_bytes(tmp_path: Path) -> None:
    for name in [b"caf\xe9.txt", b"\xff\xfe", b"new\nline.txt", "état.txt".encode()]:
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).touch()
    files = walk(tmp_path, parse("*.txt\n!é*"))
    assert {os.fsencode(file.path): file.excluded for file in files} == {
        b"caf\xe9.txt": True,
        b"\xff\xfe": False,
        b"new\nline.txt": True,
        "état.txt".encode(): False,
    }


def test_a_deep_tree_ends(tmp_path: Path) -> None:
    names = "/".join(["d" * 10] * 300)
    write_tree(tmp_path, {names + "/file": ""})
    assert [(file.path, file.excluded) for file in walk(tmp_path, parse("**/e\n!**/file"))] == [
        (names + "/file", False)
    ]

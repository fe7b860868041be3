"""What lies in a build context."""

from __future__ import annotations

from pathlib import Path

import pytest

from docker_hooks.project.survey import is_environment, survey
from docker_hooks.project.tree import Listing, Tree


def make(root: Path, *names: str) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()


def test_finds_files_by_their_names(tmp_path: Path) -> None:
    make(tmp_path, "b.py", "a/Dockerfile", "a/x/compose.yaml", "Dockerfile.md", "a/x/.env", "c/.env/d", "z/y/last")
    (tmp_path / "link").symlink_to("a")
    found = survey(tmp_path, frozenset({".env", "nothing"}))
    assert found.top == ("Dockerfile.md", "a", "b.py", "c", "link", "z")
    assert found.dockerfiles == ("a/Dockerfile",)
    assert found.compose_files == ("a/x/compose.yaml",)
    assert found.named == {".env": ["c/.env", "a/x/.env"]}
    assert found.files[:3] == ("Dockerfile.md", "b.py", "link")
    assert "link/Dockerfile" not in found.files
    assert survey(tmp_path, most_files=2).files == ("Dockerfile.md", "b.py")


def test_does_not_go_into_what_holds_nothing_of_interest(tmp_path: Path) -> None:
    for folder in (".git", "a/__pycache__", "node_modules/x", "env", "a/conda", "x/.tox"):
        make(tmp_path, f"{folder}/Dockerfile", f"{folder}/lone.pyc")
    make(tmp_path, "env/pyvenv.cfg", "a/conda/conda-meta/history")
    found = survey(tmp_path, frozenset({".git", "__pycache__"}))
    assert found.dockerfiles == ()
    assert found.named == {".git": [".git"], "__pycache__": ["a/__pycache__"]}
    assert not found.has_lone_bytecode


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["a.py", "a.pyc"], False),
        (["a.pyc"], True),
        (["b/a.pyd"], True),
        (["__pycache__/a.cpython-312.pyc"], False),
        (["x.py", "x.cpython-312.pyc"], False),
    ],
)
def test_finds_lone_bytecode(tmp_path: Path, names: list[str], expected: bool) -> None:
    make(tmp_path, *names)
    assert survey(tmp_path).has_lone_bytecode is expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("pyvenv.cfg", True),
        ("bin/activate", True),
        ("Scripts/activate", True),
        ("conda-meta/history", True),
        ("__init__.py", False),
        ("bin/run", False),
    ],
)
def test_tells_environments(tmp_path: Path, name: str, expected: bool) -> None:
    make(tmp_path / "env", name)
    assert is_environment(tmp_path / "env") is expected
    assert not is_environment(tmp_path / "nothing")


def test_looks_into_each_folder_once(tmp_path: Path) -> None:
    looks: list[str] = []

    class Counted(Tree):
        def listing(self, folder: str) -> Listing:
            looks.append(folder)
            return super().listing(folder)

    for number in range(20):
        make(tmp_path, *(f"data/{number}/{index}.csv" for index in range(20)))
    assert len(survey(tmp_path, most_files=100, tree=Counted()).files) == 100
    assert len(looks) == len(set(looks)) == 22

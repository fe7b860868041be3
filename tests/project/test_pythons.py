"""The Pythons that a project's manifests allow."""

from __future__ import annotations

from pathlib import Path

import pytest

from docker_hooks.project.pythons import Wanted, excludes, misunderstood, wanted_pythons


@pytest.mark.parametrize(
    ("file", "content", "written"),
    [
        ("pyproject.toml", '[project]\nrequires-python = ">=3.10"\n', ">=3.10"),
        ("pyproject.toml", '[tool.poetry.dependencies]\npython = "^3.9"\n', "^3.9"),
        ("setup.cfg", "[options]\npython_requires = >=3.8\n", ">=3.8"),
        ("setup.cfg", "[options]\npython-requires = >=3.8\n", ">=3.8"),
        ("setup.py", "setup(\n    python_requires='>=3.7, <4',\n)\n", ">=3.7, <4"),
        ("setup.py", 'setup(python_requires = ">=3.7")\n', ">=3.7"),
        ("Pipfile", '[requires]\npython_version = "3.9"\n', "3.9"),
        (".python-version", "# ours\n3.11.4\n3.10.1\n", "3.11.4 3.10.1"),
        ("environment.yml", "dependencies:\n- python=3.11\n- numpy\n", "=3.11"),
        ("environment.yaml", "dependencies:\n  - conda-forge::python >=3.9,<3.12\n", ">=3.9,<3.12"),
        ("environment.yml", "dependencies:\n- python 3.9.*\n", "3.9.*"),
    ],
)
def test_reads(tmp_path: Path, file: str, content: str, written: str) -> None:
    (tmp_path / file).write_text(content)
    assert wanted_pythons(tmp_path, tmp_path) == (Wanted(file, written),)


def test_a_conda_environment_does_not_speak_against_the_others(tmp_path: Path) -> None:
    (tmp_path / "environment.yml").write_text("dependencies:\n- python=3.10\n")
    (tmp_path / ".python-version").write_text("3.12\n")
    assert wanted_pythons(tmp_path, tmp_path) == (Wanted(".python-version", "3.12"),)


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("pyproject.toml", "[project]\nname = 'x'\n"),
        ("pyproject.toml", "[project\n"),
        ("pyproject.toml", "[tool.poetry.dependencies]\npython = {version = '3.9'}\n"),
        ("setup.py", "setup(python_requires=REQUIRES)\n"),
        ("environment.yml", "dependencies:\n- python\n- python-dateutil=2.8\n- pythonnet=3.0\n"),
        ("environment.yml", "dependencies: {\n"),
        ("environment.yml", "dependencies:\n- pip:\n  - python=3.9\n"),
    ],
)
def test_reads_nothing(tmp_path: Path, file: str, content: str) -> None:
    (tmp_path / file).write_text(content)
    assert wanted_pythons(tmp_path, tmp_path) == ()


def test_reads_nothing_outside(tmp_path: Path) -> None:
    (tmp_path / "inside").mkdir()
    (tmp_path / ".python-version").write_text("3.11\n")
    (tmp_path / "inside" / ".python-version").symlink_to(tmp_path / ".python-version")
    assert wanted_pythons(tmp_path / "inside", tmp_path / "inside") == ()


def version(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split(".")))


@pytest.mark.parametrize(
    ("file", "written", "excluded", "allowed"),
    [
        ("pyproject.toml", ">=3.10", "3.9 3.9.18 2 2.7 3.1", "3.10 3.10.1 3 3.12 4"),
        ("pyproject.toml", ">= 3.10.4", "3.9 3.10.3", "3.10 3.10.4 3.11"),
        ("pyproject.toml", ">3.10", "3.9 3.10.0", "3.10 3.10.1 3.11"),
        ("pyproject.toml", "<3.12", "3.12 3.12.1 3.13 4", "3 3.11 3.11.9"),
        ("pyproject.toml", "<3.12.4", "3.12.4 3.13", "3.12 3.12.3"),
        ("pyproject.toml", "<=3.11", "3.12 3.11.1", "3.11 3.10"),
        ("pyproject.toml", ">=3.9,<3.12", "3.8 3.12", "3.9 3.10 3.11 3"),
        ("pyproject.toml", "==3.11.*", "3.10 3.12", "3.11 3.11.4 3"),
        ("pyproject.toml", "==3.11", "3.10 3.12 3.11.1", "3.11 3.11.0 3"),
        ("pyproject.toml", "===3.11.2", "3.11.1 3.12", "3.11 3.11.2"),
        ("pyproject.toml", "!=3.11.*", "3.11 3.11.4", "3.10 3.12 3"),
        ("pyproject.toml", "!=3.11.4", "3.11.4", "3.11 3.11.5"),
        ("pyproject.toml", ">=2.7, !=3.0.*, !=3.1.*", "2.6 3.0 3.1", "2.7 2 3 3.2"),
        ("pyproject.toml", "~=3.9", "3.8 4", "3.9 3.12 3"),
        ("pyproject.toml", "~=3.9.1", "3.8 3.9.0 3.10", "3.9 3.9.5"),
        ("pyproject.toml", "^3.9", "3.8 4 2.7", "3.9 3.12"),
        ("pyproject.toml", "~3.9", "3.8 3.10", "3.9 3.9.5"),
        ("pyproject.toml", "~2.7 || ^3.9", "3.8 2.6", "2.7 3.9"),
        ("pyproject.toml", "*", "", "2.7 3.12"),
        ("pyproject.toml", ">=3.11rc1", "", "3.10"),
        ("pyproject.toml", "whatever", "", "3.10"),
        ("Pipfile", "3.9", "3.8 3.10 2", "3.9 3.9.5 3"),
        (".python-version", "3.11.4", "3.10 3.12 2.7", "3.11 3.11.9 3"),
        (".python-version", "3.11 3.9", "3.10", "3.9 3.11"),
        (".python-version", "pypy3.9-7.3", "", "3.12"),
        (".python-version", "3.9 our-environment", "", "3.12"),
        (".python-version", "", "", "3.12"),
        ("environment.yml", "=3.11", "3.10 3.12", "3.11 3.11.4"),
        ("environment.yml", "=3.11.4=h955ad1f_0", "3.10 3.11.3", "3.11 3.11.4"),
        ("environment.yml", "==3.11.4", "3.11.3", "3.11 3.11.4"),
        ("environment.yml", ">=3.9,<3.12", "3.8 3.12", "3.9 3.11"),
        ("environment.yml", ">= 3.9, < 3.12", "3.8 3.12", "3.9 3.11"),
        ("environment.yml", "3.9", "3.8 3.10", "3.9 3.9.7"),
        ("environment.yml", "3.9.* h12debd9_1", "3.8 3.10", "3.9"),
        ("environment.yml", "=3.9|=3.11", "3.10", "3.9 3.11"),
    ],
)
def test_excludes(file: str, written: str, excluded: str, allowed: str) -> None:
    wanted = Wanted(file, written)
    assert [text for text in excluded.split() if not excludes(wanted, version(text))] == []
    assert [text for text in allowed.split() if excludes(wanted, version(text))] == []


@pytest.mark.parametrize(
    ("file", "written", "part"),
    [
        ("pyproject.toml", ">=3.9, <4 , !=3.10.*", ""),
        ("pyproject.toml", "~2.7 || ^3.9", ""),
        ("pyproject.toml", "*", ""),
        ("pyproject.toml", ">=3.9,", ""),
        ("pyproject.toml", ">=3.9,~=3.10; bogus", "~=3.10; bogus"),
        ("Pipfile", "3.9", ""),
        (".python-version", "3.12.1 3.11", ""),
        (".python-version", "3.12 pypy3.10", "pypy3.10"),
        (".python-version", "", ""),
        ("environment.yml", ">= 3.9, < 3.12", ""),
        ("environment.yml", "=3.11.4=h955ad1f_0", ""),
        ("setup.cfg", "three", "three"),
    ],
)
def test_says_what_is_misunderstood(file: str, written: str, part: str) -> None:
    assert misunderstood(Wanted(file, written)) == part

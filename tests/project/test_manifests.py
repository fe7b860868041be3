"""Which manifests a project has and what they need, for every tool, and for files that say nothing sensible."""

from __future__ import annotations

from pathlib import Path

import pytest

from docker_hooks.project.manifests import (
    dependency_manifests,
    installs_itself,
    manifest_references,
    requirements_closure,
)
from tests.project.trees import write_tree

PYPROJECT = """\
[project]
name = "job"
dependencies = ["pandas", "one @ file:///src/one", "two @ https://host/two.whl"]
dynamic = ["version"]
[project.optional-dependencies]
gpu = ["three @ file:///${PROJECT_ROOT}/three.whl"]
[dependency-groups]
dev = ["pytest", {include-group = "test"}, "four @ ./four"]
[tool.pdm.dev-dependencies]
local = ["-e file:///${PROJECT_ROOT}/five#egg=five"]
[tool.uv]
dev-dependencies = ["six @ ./six"]
find-links = ["./wheels", "https://host/links"]
[tool.uv.sources]
seven = {path = "../seven", editable = true}
eight = [{path = "eight-1.0.tar.gz", marker = "sys_platform == 'linux'"}, {git = "https://host/eight"}]
nine = {workspace = true}
ten = {url = "https://host/ten.whl"}
[tool.uv.workspace]
members = ["packages/*"]
[[tool.uv.index]]
url = "./simple"
[tool.poetry.dependencies]
python = "^3.11"
eleven = {path = "../eleven", develop = true}
twelve = [{file = "twelve.whl"}, {git = "https://host/twelve"}]
[tool.poetry.group.dev.dependencies]
thirteen = {path = "thirteen"}
[build-system]
requires = ["setuptools", "fourteen @ file:///src/fourteen"]
"""
HATCH_REQUIREMENTS = """\
[project]
dynamic = ["dependencies"]
[tool.hatch.metadata.hooks.requirements_txt]
filename = "a.txt"
[tool.hatch.metadata.hooks.requirements_txt.optional-dependencies]
x = ["b.txt"]
"""
PIPFILE = """\
[[source]]
url = "https://host/simple"
[packages]
a = "*"
b = {path = ".", editable = true}
c = {file = "https://host/c.whl"}
[dev-packages]
d = {path = "./d.whl"}
[docs]
e = {file = "e.zip"}
"""
ENVIRONMENT = """\
channels: [conda-forge, ./channel]
dependencies:
  - python=3.11
  - pip
  - pip:
    - -e .
    - -r file:requirements.txt
    - pandas
    - ./wheels/a.whl
"""


def test_references_of_pyproject(tmp_path: Path) -> None:
    write_tree(tmp_path, {"pyproject.toml": PYPROJECT})
    assert [tuple(reference) for reference in manifest_references(tmp_path, "pyproject.toml")] == [
        ("workspace", "nine", 0),
        ("local project", "/src/one", 3),
        ("local file", "./three.whl", 6),
        ("local project", "./four", 8),
        ("local project", "./five", 10),
        ("local project", "./six", 12),
        ("find-links", "./wheels", 13),
        ("local project", "../seven", 15),
        ("local file", "eight-1.0.tar.gz", 16),
        ("workspace", "packages/*", 20),
        ("find-links", "./simple", 22),
        ("local project", "../eleven", 25),
        ("local file", "twelve.whl", 26),
        ("local project", "thirteen", 28),
        ("local project", "/src/fourteen", 30),
    ]


@pytest.mark.parametrize(
    ("path", "text", "references"),
    [
        ("pyproject.toml", '[project]\nname = "a"\ndependencies = ["pandas>=2"]\n[tool.uv]\n', []),
        ("pyproject.toml", "[tool.ruff]\nline-length = 100\n", []),
        (
            "pyproject.toml",
            '[project]\ndynamic = ["dependencies"]\n[tool.setuptools.dynamic]\ndependencies = {file = ["a.txt"]}\n',
            [("requirements", "a.txt", 4)],
        ),
        (
            "pyproject.toml",
            '[tool.setuptools.dynamic.optional-dependencies]\ndev = {file = "dev.txt"}\n',
            [("requirements", "dev.txt", 2)],
        ),
        (
            "pyproject.toml",
            HATCH_REQUIREMENTS,
            [("requirements", "a.txt", 4), ("requirements", "b.txt", 6)],
        ),
        # setup.py knows them, and nobody else
        ("pyproject.toml", '[project]\ndynamic = ["dependencies"]\n', [("unknown", "dynamic dependencies", 2)]),
        ("pyproject.toml", '[project]\ndynamic = ["dependencies"]\n[tool.poetry.dependencies]\na = "*"\n', []),
        ("pyproject.toml", "[project]\ndependencies = 1\n[tool]\nuv = 2\npoetry = []\n", []),
        ("pyproject.toml", "[[", [("unknown", "pyproject.toml is not TOML", 0)]),
        (
            "Pipfile",
            PIPFILE,
            [("local project", ".", 5), ("local file", "./d.whl", 8), ("local file", "e.zip", 10)],
        ),
        ("Pipfile", '[packages]\na = {git = "https://host/a"}\nb = {version = "*", extras = ["x"]}\n', []),
        (
            "environment.yml",
            ENVIRONMENT,
            [
                ("find-links", "./channel", 1),
                ("local project", ".", 6),
                ("requirements", "requirements.txt", 7),
                ("local file", "./wheels/a.whl", 9),
            ],
        ),
        (
            "conda/dev.yaml",
            "dependencies:\n- pip:\n    -r requirements.txt\n",
            [("requirements", "requirements.txt", 3)],
        ),
        ("environment.yml", "dependencies: [python, {pip: [pandas]}]\n", []),
        ("environment.yml", "dependencies: python\n", []),
        ("environment.yml", "- a\n", []),
        ("environment.yml", "", []),
        ("environment.yml", "a: !!python/object/apply:os.system [ls]\ndependencies: [!x y]\n", []),
        ("environment.yml", "a: *b\n", [("unknown", "environment.yml is not YAML", 0)]),
        ("requirements.txt", "-r base.txt\n", [("requirements", "base.txt", 1)]),
        ("uv.lock", 'source = { path = "a" }\n', []),
        (".python-version", "3.11\n", []),
        # A lock of any size
        ("conda-lock.yml", "#" * 1_000_001, []),
    ],
)
def test_references(tmp_path: Path, path: str, text: str, references: list[tuple[str, str, int]]) -> None:
    write_tree(tmp_path, {path: text})
    found = manifest_references(tmp_path, path)
    assert len(found) == len(references)
    for reference, (kind, start, line) in zip(found, references, strict=True):
        assert (reference.kind, reference.line) == (kind, line)
        assert reference.path.startswith(start)


def test_aliases_in_an_environment_cost_nothing(tmp_path: Path) -> None:
    entries = ", ".join(["-e ."] * 1000)
    text = f"x: &x [{entries}]\ny: &y {{pip: *x}}\ndependencies: [{', '.join(['*y', '{pip: *x}'] * 5000)}]\n"
    write_tree(tmp_path, {"environment.yml": text})
    assert len(manifest_references(tmp_path, "environment.yml")) == 1000


@pytest.mark.parametrize(
    ("files", "path", "needed"),
    [
        ({"requirements.txt": "pandas\n"}, "requirements.txt", ["requirements.txt"]),
        ({"a.txt": "-r b.txt\n-c c.txt\n", "b.txt": "x", "c.txt": "x==1"}, "./a.txt", ["a.txt", "b.txt", "c.txt"]),
        # Each file is relative to the file that names it.
        (
            {"req/dev.txt": "-r base.txt\n-r ../all.txt\n", "req/base.txt": "", "all.txt": "-c req/base.txt"},
            "req/dev.txt",
            ["all.txt", "req/base.txt", "req/dev.txt"],
        ),
        ({"a.txt": "-r b.txt", "b.txt": "-r a.txt"}, "a.txt", ["a.txt", "b.txt"]),
        ({"a.txt": "-r a.txt"}, "a.txt", ["a.txt"]),
        (
            {"conda/environment.yml": "dependencies: [pip: [-r ../r.txt]]", "r.txt": "pandas"},
            "conda/environment.yml",
            ["conda/environment.yml", "r.txt"],
        ),
        ({"pyproject.toml": '[project]\ndependencies = ["a"]\n'}, "pyproject.toml", ["pyproject.toml"]),
        ({"a.txt": "\ufeff-r b.txt\r\n", "b.txt": ""}, "a.txt", ["a.txt", "b.txt"]),
    ],
)
def test_closure(tmp_path: Path, files: dict[str, str], path: str, needed: list[str]) -> None:
    closure = requirements_closure(write_tree(tmp_path, files), path)
    assert (sorted(closure.files), closure.reason) == (needed, None)


@pytest.mark.parametrize(
    ("files", "path", "reason"),
    [
        ({}, "requirements.txt", "requirements.txt does not exist"),
        ({"a.txt": "-r b/c.txt"}, "a.txt", "b/c.txt does not exist"),
        ({"a.txt": "x\n-e .\n"}, "a.txt", "a.txt:2 installs the local project ."),
        ({"a.txt": "-r b.txt", "b.txt": "./w.whl"}, "a.txt", "b.txt:1 installs the local file ./w.whl"),
        ({"a.txt": "--find-links wheels"}, "a.txt", "a.txt:1 looks for archives in wheels"),
        ({"a.txt": "-r ${X}.txt"}, "a.txt", "a.txt:1: ${X}.txt can't be known"),
        ({"a.txt": "-r ../b.txt"}, "a.txt", "../b.txt lies outside the build context"),
        ({"a.txt": "-r /etc/passwd"}, "a.txt", "/etc/passwd lies outside the build context"),
        ({}, "../a.txt", "../a.txt lies outside the build context"),
        ({"a.txt": "-r sub", "sub/x": ""}, "a.txt", "sub is not a regular file"),
        ({"a.txt": "-r b\0.txt"}, "a.txt", "b\0.txt lies outside the build context"),
        ({"a.txt": "x" * 1_000_001}, "a.txt", "a.txt is larger than 1000000 bytes"),
        (
            {f"{n}.txt": f"-r {n + 1}.txt" for n in range(200)},
            "0.txt",
            "0.txt needs more than 100 files",
        ),
        (
            {"pyproject.toml": "[tool.uv.workspace]\nmembers = ['p/*']\n"},
            "pyproject.toml",
            "pyproject.toml:2 needs the workspace member p/*",
        ),
    ],
)
def test_closure_that_cannot_be_known(tmp_path: Path, files: dict[str, str], path: str, reason: str) -> None:
    assert requirements_closure(write_tree(tmp_path, files), path).reason == reason


def test_closure_follows_no_link_out_of_the_project(tmp_path: Path) -> None:
    write_tree(tmp_path, {"secret.txt": "x", "project/a.txt": "-r link.txt", "project/b.txt": "-r inside.txt"})
    (tmp_path / "project/link.txt").symlink_to("../secret.txt")
    (tmp_path / "project/inside.txt").symlink_to("a.txt")
    assert requirements_closure(tmp_path / "project", "a.txt").reason == "link.txt lies outside the build context"


@pytest.mark.parametrize(
    ("files", "tools"),
    [
        ({}, {}),
        ({"pyproject.toml": "[project]\nname = 'a'\n", "setup.py": ""}, {}),
        ({"pyproject.toml": "", "uv.lock": ""}, {"uv": ("pyproject.toml", "uv.lock")}),
        (
            {"pyproject.toml": "[tool.uv]\npackage = false\n", ".python-version": "", "uv.toml": ""},
            {"uv": ("pyproject.toml", "uv.toml", ".python-version")},
        ),
        (
            {"pyproject.toml": "[tool.poetry]\nname = 'a'\n", "poetry.lock": "", "poetry.toml": ""},
            {"poetry": ("pyproject.toml", "poetry.lock", "poetry.toml")},
        ),
        ({"pyproject.toml": "[[", "pdm.lock": ""}, {"pdm": ("pyproject.toml", "pdm.lock")}),
        ({"uv.lock": "", "poetry.lock": "", "Pipfile.lock": ""}, {}),
        ({"Pipfile": "", "Pipfile.lock": ""}, {"pipenv": ("Pipfile", "Pipfile.lock")}),
        (
            dict.fromkeys(("requirements.txt", "requirements-dev.txt", "constraints.txt", "requirements.in"), ""),
            {"pip": ("constraints.txt", "requirements-dev.txt", "requirements.txt")},
        ),
        (
            {"dev-requirements.txt": "", "requirements/base.txt": "", "requirements/README": "", "notes.txt": ""},
            {"pip": ("dev-requirements.txt", "requirements/base.txt")},
        ),
        (
            dict.fromkeys(("environment.yml", "environment-gpu.yaml", "conda-lock.yml", "conda-linux-64.lock"), ""),
            {"conda": ("conda-linux-64.lock", "conda-lock.yml", "environment-gpu.yaml", "environment.yml")},
        ),
    ],
)
def test_tools(tmp_path: Path, files: dict[str, str], tools: dict[str, tuple[str, ...]]) -> None:
    assert dependency_manifests(write_tree(tmp_path, files)) == tools


@pytest.mark.parametrize(
    ("tool", "pyproject", "itself"),
    [
        ("uv", "[project]\nname = 'a'\n", False),
        ("uv", "[project]\nname = 'a'\n[build-system]\n", True),
        ("uv", "[build-system]\n[tool.uv]\npackage = false\n", False),
        ("uv", "[tool.uv]\npackage = true\n", True),
        ("poetry", "[tool.poetry]\nname = 'a'\n", True),
        ("poetry", "[tool.poetry]\npackage-mode = false\n", False),
        ("pdm", "[project]\nname = 'a'\n", True),
        ("pdm", "[project]\n", False),
        ("pdm", "[project]\nname = 'a'\n[tool.pdm]\ndistribution = false\n", False),
        ("pdm", "[project]\nname = 'a'\n[tool.pdm]\npackage-type = 'application'\n", False),
        ("pipenv", "[project]\nname = 'a'\n", False),
        ("conda", "", False),
        ("uv", "[[", None),
        ("poetry", None, None),
    ],
)
def test_installs_itself(tmp_path: Path, tool: str, pyproject: str | None, itself: bool | None) -> None:
    write_tree(tmp_path, {} if pyproject is None else {"pyproject.toml": pyproject})
    assert installs_itself(tmp_path, tool) is itself

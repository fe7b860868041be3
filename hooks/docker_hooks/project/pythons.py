"""Which Pythons a project runs on, as its manifests say, and whether they exclude the one of an image.

Read: `requires-python` and Poetry's `python` in pyproject.toml, `python_requires` in setup.cfg and, where it is a
literal, in setup.py (which is not run), Pipfile's `python_version`, `.python-version`, and `python` among the
dependencies of a conda environment. What can't be read or understood excludes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from docker_hooks.dockerfile.regex import regex
from docker_hooks.dockerfile.values import NamedTuple
from docker_hooks.project.reading import TOML_LIMIT, Unreadable, read_ini, read_text, read_toml, strings, table

PYTHON_FILES = (
    "pyproject.toml", "setup.cfg", "setup.py", "Pipfile", ".python-version", "environment.yml", "environment.yaml",
)  # fmt: skip

_SETUP_PY = regex(r"\bpython_requires\s{0,20}=\s{0,20}(?:\"([^\"\n]{1,200})\"|'([^'\n]{1,200})')")
_CONDA = regex(r"(?:[\w.-]+::)?python(?![\w.-])\s*(.*)")
_CONDA_BUILD = regex(r"\A(={0,2}[0-9.*]+)=\w*\Z")
_CLAUSE = regex(r"(===|==|!=|<=|>=|~=|<|>|\^|~|=)?\s*v?([0-9]{1,6}(?:\.[0-9]{1,6}){0,3})(\.\*|\*)?")
_INFINITE = float("inf")


class Wanted(NamedTuple):
    """The Pythons that a manifest allows: `file` is its name, `written` what it says."""

    file: str
    written: str


def wanted_pythons(folder: Path, root: Path) -> tuple[Wanted, ...]:
    """What the manifests in `folder` say, in the order of PYTHON_FILES. Files outside of `root` are not read.

    A conda environment, which brings a Python of its own, counts only where no other manifest says anything.
    """
    found: list[Wanted] = []
    for file in PYTHON_FILES:
        if found and file.startswith("environment."):
            break
        try:
            found += (Wanted(file, written.strip()) for written in _read(folder / file, root))
        except Unreadable:
            continue
    return tuple(found)


def excludes(wanted: Wanted, python: tuple[int, ...]) -> bool:
    """Whether the manifest certainly excludes a Python of which no more may be known than (3, 12) or (3,).

    The specifiers are PEP 440's, with Poetry's `^` and conda's `=`; pre-releases are left out of account.
    """
    alternatives = _alternatives(wanted)
    return bool(alternatives) and all(
        any(_excludes(clause, python) for clause in _clauses(alternative, wanted.file)) for alternative in alternatives
    )


def misunderstood(wanted: Wanted) -> str:
    """The first part of what a manifest says that asks for no Python known here (`pypy3.10`); "" where all do."""
    parts = (part for alternative in _alternatives(wanted) for part in _parts(alternative, wanted.file))
    return next((part for part in parts if _clause(part, wanted.file) is None and part != "*"), "")


def _alternatives(wanted: Wanted) -> list[str]:
    if wanted.file == ".python-version":
        return wanted.written.split()
    return wanted.written.split("||" if "||" in wanted.written else "|")


def _read(path: Path, root: Path) -> list[str]:
    if path.name == "pyproject.toml":
        pyproject = read_toml(path, root)
        poetry = table(pyproject, "tool", "poetry", "dependencies").get("python")
        return [*_texts(table(pyproject, "project").get("requires-python")), *_texts(poetry)]
    if path.name == "Pipfile":
        return _texts(table(read_toml(path, root), "requires").get("python_version"))
    if path.name == "setup.cfg":
        return _texts(read_ini(path, root).get("options", {}).get("python_requires"))
    if path.name == "setup.py":
        return [match[1] or match[2] for match in _SETUP_PY.finditer(read_text(path, root, TOML_LIMIT))][:1]
    if path.name == ".python-version":
        lines = (line.partition("#")[0].strip() for line in read_text(path, root, TOML_LIMIT).splitlines())
        return [" ".join(filter(None, lines))]
    return list(_conda_pythons(path, root))


def _texts(value: object) -> list[str]:
    return [text for text in strings(value) if isinstance(value, str) and text.strip()]


def _conda_pythons(path: Path, root: Path) -> Iterator[str]:
    from docker_hooks.project.yamlnodes import items, pairs, read_yaml, scalar

    for document in read_yaml(path, root):
        for key, value in pairs(document):
            for dependency in items(value) if scalar(key) == "dependencies" else ():
                match = _CONDA.fullmatch((scalar(dependency) or "").strip())
                if match and match[1]:
                    yield match[1]


class _Clause(NamedTuple):
    """A comparison with a version; with `is_prefix` its numbers are those that a version begins with."""

    operator: str
    version: tuple[int, ...]
    is_prefix: bool


def _clauses(text: str, file: str) -> Iterator[_Clause]:
    """The comparisons that a text makes at the same time; one that isn't understood is left out."""
    return filter(None, (_clause(part, file) for part in _parts(text, file)))


def _parts(text: str, file: str) -> list[str]:
    """The parts of a text that are to hold at the same time."""
    if file.startswith("environment."):
        # A version may follow behind a space, and a build behind that or behind a second `=`.
        text = re.sub(r"(?<=[<>=!~])\s+", "", text).replace(" ", ",")
    return [part.strip() for part in text.split(",") if part.strip()]


def _clause(part: str, file: str) -> _Clause | None:
    is_conda = file.startswith("environment.")
    match = _CLAUSE.fullmatch(_CONDA_BUILD.sub(r"\1", part) if is_conda else part)
    if match is None:
        return None
    version = tuple(map(int, match[2].split(".")))
    is_series = match[1] is None and (is_conda or file in (".python-version", "Pipfile"))
    if is_series and not is_conda:
        # Another patch release of the same series does as well.
        version = version[:2]
    return _Clause(match[1] or "==", version, match[3] is not None or match[1] == "=" or is_series)


def _excludes(clause: _Clause, python: tuple[int, ...]) -> bool:
    """Whether no Python that begins with the numbers `python` fulfils a clause."""
    operator, version, is_prefix = clause
    lowest = (*python, *(0,) * (4 - len(python)))
    highest = (*python, *(_INFINITE if len(python) < 3 else 0,) * (4 - len(python)))
    first = (*version, *(0,) * (4 - len(version)))
    last = (*version, *(_INFINITE,) * (4 - len(version)))
    if operator in ("==", "=", "==="):
        return highest < first or lowest > (last if is_prefix else first)
    if operator == "!=":
        return first <= lowest and highest <= (last if is_prefix else first)
    if operator == ">=":
        return highest < first
    if operator == ">":
        return highest <= first
    if operator == "<":
        return lowest >= first
    if operator == "<=":
        return lowest > (last if is_prefix else first)
    # `~=3.9` allows 3.x from 3.9, `~=3.9.1` 3.9.x; Poetry's `^3.9` allows 3.x, its `~3.9` 3.9.x.
    shared = {"~=": len(version) - 1, "^": 1, "~": min(len(version), 2)}[operator]
    return highest < first or lowest > (*version[: max(shared, 1)], *(_INFINITE,) * (4 - max(shared, 1)))

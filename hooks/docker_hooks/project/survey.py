"""One look at all that lies in a build context, whatever the ignore file says of it.

It reads names, not contents, and does not go into what holds nothing of interest: `.git`, environments, caches.
100,000 files take well under a second.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable
from pathlib import Path

from docker_hooks.dockerfile.values import NamedTuple
from docker_hooks.project.names import is_compose_file, is_dockerfile

# Folders that no Dockerfile stands in, or none that is built with this context.
_CLOSED = frozenset({".git", ".mypy_cache", ".nox", ".ruff_cache", ".tox", "__pycache__", "node_modules"})
# What the root of a virtual environment (PEP 405) or of conda's holds; the scripts are there without the former too.
_ENVIRONMENT_MARKS = frozenset({"pyvenv.cfg", "conda-meta"})
_ACTIVATE = (("bin", "activate"), ("Scripts", "activate"))
_COMPILED = (".pyc", ".pyo", ".pyd")


class Survey(NamedTuple):
    """What lies in a context, as paths relative to it with `/` between folders.

    top: the names at its root
    files: the first of its files, those near the root before those far from it
    dockerfiles, compose_files: all of them, by their names
    named: the files and folders that go by a name asked for, by that name
    has_lone_bytecode: whether compiled modules lie beside no source (such are run, not cached)
    """

    top: tuple[str, ...]
    files: tuple[str, ...]
    dockerfiles: tuple[str, ...]
    compose_files: tuple[str, ...]
    named: dict[str, list[str]]
    has_lone_bytecode: bool


def survey(context: Path, names: frozenset[str] = frozenset(), most_files: int = 3000) -> Survey:
    """Look through a context for files and folders of these names, and keep `most_files` of its files.

    Links are files, never followed; folders that can't be read count as empty.
    """
    files: list[str] = []
    dockerfiles: list[str] = []
    compose_files: list[str] = []
    named: dict[str, list[str]] = {}
    top: tuple[str, ...] = ()
    has_lone_bytecode = False
    folders = deque([""])
    while folders:
        folder = folders.popleft()
        entries = _entries(context / folder)
        here = {entry.name for entry in entries}
        if not folder:
            top = tuple(entry.name for entry in entries)
        elif here & _ENVIRONMENT_MARKS:
            continue
        for entry in entries:
            name = entry.name
            path = f"{folder}/{name}" if folder else name
            if name in names:
                named.setdefault(name, []).append(path)
            if entry.is_dir(follow_symlinks=False):
                if name not in _CLOSED:
                    folders.append(path)
                continue
            if len(files) < most_files:
                files.append(path)
            if is_dockerfile(name):
                dockerfiles.append(path)
            elif is_compose_file(name):
                compose_files.append(path)
            elif name.endswith(_COMPILED) and not _has_source(name, here):
                has_lone_bytecode = True
    return Survey(top, tuple(files), tuple(dockerfiles), tuple(compose_files), named, has_lone_bytecode)


def is_environment(folder: Path) -> bool:
    """Whether a folder is a virtual environment or conda's, rather than one that happens to be called `env`."""
    here = {entry.name for entry in _entries(folder)}
    return bool(here & _ENVIRONMENT_MARKS) or any(folder.joinpath(*script).is_file() for script in _ACTIVATE)


def _has_source(name: str, here: Iterable[str]) -> bool:
    return name.partition(".")[0] + ".py" in here


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as found:
            return sorted(found, key=lambda entry: entry.name)
    except (OSError, ValueError):
        return []

"""One look at all that lies in a build context, whatever the ignore file says of it.

It reads names, not contents, and does not go into what holds nothing of interest: `.git`, environments, caches.
100,000 files take well under a second.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Container
from pathlib import Path

from docker_hooks.dockerfile.values import NamedTuple
from docker_hooks.project.names import is_compose_file, is_dockerfile
from docker_hooks.project.tree import Tree

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


def survey(
    context: Path, names: frozenset[str] = frozenset(), most_files: int = 3000, tree: Tree | None = None
) -> Survey:
    """Look through a context for files and folders of these names, and keep `most_files` of its files.

    Links are files, never followed; folders that can't be read count as empty.
    """
    files: list[str] = []
    dockerfiles: list[str] = []
    compose_files: list[str] = []
    named: dict[str, list[str]] = {}
    top: tuple[str, ...] = ()
    has_lone_bytecode = False
    tree = tree or Tree()
    folders = deque([""])
    while folders:
        folder = folders.popleft()
        listing = tree.listing(os.path.join(context, folder) if folder else str(context))
        before = f"{folder}/" if folder else ""
        if not folder:
            top = tuple(sorted((*listing.folders, *listing.files)))
        elif not _ENVIRONMENT_MARKS.isdisjoint((*listing.folders, *listing.files)):
            continue
        for name in sorted(names.intersection((*listing.folders, *listing.files))):
            named.setdefault(name, []).append(before + name)
        folders += (before + name for name in listing.folders if name not in _CLOSED)
        files += (before + name for name in listing.files[: most_files - len(files)])
        here = frozenset(listing.files)
        for name in listing.files:
            if is_dockerfile(name):
                dockerfiles.append(before + name)
            elif is_compose_file(name):
                compose_files.append(before + name)
            elif name.endswith(_COMPILED) and not _has_source(name, here):
                has_lone_bytecode = True
    return Survey(top, tuple(files), tuple(dockerfiles), tuple(compose_files), named, has_lone_bytecode)


def is_environment(folder: Path) -> bool:
    """Whether a folder is a virtual environment or conda's, rather than one that happens to be called `env`."""
    is_marked = any(os.path.lexists(folder / mark) for mark in _ENVIRONMENT_MARKS)
    return is_marked or any(folder.joinpath(*script).is_file() for script in _ACTIVATE)


def _has_source(name: str, here: Container[str]) -> bool:
    return name.partition(".")[0] + ".py" in here

"""Finds the Dockerfiles, compose files and ignore files of a folder, leaving out what git ignores.

What others wrote is left out too, whatever git says: repositories within, virtual environments, `node_modules` ...
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from docker_hooks.files import repository_root
from docker_hooks.project.names import is_compose_file, is_dockerfile, is_ignore_file

_FOREIGN = frozenset((".git", ".hg", ".mypy_cache", ".nox", ".svn", ".tox", "__pycache__", "node_modules"))
# Names in folders that hold what others wrote: a repository of its own, a virtual environment.
_MARKS = frozenset((".git", "conda-meta", "pyvenv.cfg"))


def found_in(folder: str) -> list[str]:
    """The paths of the files in a folder and those below it, in order. Links to folders are not followed."""
    known = _known_to_git(folder)
    found = [name for name in (_walked(folder) if known is None else known) if _is_ours(name)]
    found = [name for name in found if not _is_foreign(folder, name)]
    if known is None:
        from docker_hooks.project.gitignore import is_ignored

        root = Path(repository_root(os.path.join(folder, "x")))
        found = [name for name in found if not is_ignored(Path(folder, name), root)]
    prefix = "" if folder == os.curdir else folder
    paths = (os.path.join(prefix, name) for name in found)
    return sorted(path for path in paths if os.path.isfile(path))


def _is_ours(path: str) -> bool:
    name = os.path.basename(path)
    return is_dockerfile(name) or is_compose_file(name) or is_ignore_file(name)


def _is_foreign(folder: str, name: str) -> bool:
    """Whether a file below a folder lies in one that holds what others wrote."""
    parents = name.replace(os.sep, "/").split("/")[:-1]
    if not _FOREIGN.isdisjoint(parents):
        return True
    above = (os.path.join(folder, *parents[:depth]) for depth in range(1, len(parents) + 1))
    return any(os.path.lexists(os.path.join(path, mark)) for path in above for mark in _MARKS)


def _known_to_git(folder: str) -> Iterable[str] | None:
    """The paths below a folder that git has or would take, relative to it; None if git can't say."""
    import subprocess

    # A repository's own settings could have git start a program of its choice.
    command = ["git", "-C", folder, "-c", "core.fsmonitor=false", "ls-files", "-z"]
    try:
        listed = subprocess.run(
            [*command, "--cached", "--others", "--exclude-standard"], capture_output=True, check=False
        )
    except OSError:
        return None
    if listed.returncode != 0:
        return None
    return dict.fromkeys(os.fsdecode(name) for name in listed.stdout.split(b"\0") if name)


def _walked(folder: str) -> Iterator[str]:
    for here, folders, files in os.walk(folder):
        if not _MARKS.isdisjoint((*folders, *files)) and here != folder:
            folders.clear()
            continue
        folders[:] = [name for name in folders if name not in _FOREIGN]
        for name in files:
            yield os.path.relpath(os.path.join(here, name), folder)

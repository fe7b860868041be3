"""Finds the Dockerfiles, compose files and ignore files of a folder, leaving out what git ignores."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

from docker_hooks.project.names import is_compose_file, is_dockerfile, is_ignore_file

# Where git can't be asked, these are not gone into: they hold what others wrote.
_FOREIGN = frozenset((".git", ".hg", ".mypy_cache", ".nox", ".svn", ".tox", "__pycache__", "node_modules"))
_MARKS_OF_ENVIRONMENTS = frozenset(("pyvenv.cfg", "conda-meta"))


def found_in(folder: str) -> list[str]:
    """The paths of the files in a folder and those below it, in order. Links to folders are not followed."""
    names = _known_to_git(folder)
    prefix = "" if folder == os.curdir else folder
    paths = (os.path.join(prefix, name) for name in (_walked(folder) if names is None else names) if _is_ours(name))
    return sorted(path for path in paths if os.path.isfile(path))


def _is_ours(path: str) -> bool:
    name = os.path.basename(path)
    return is_dockerfile(name) or is_compose_file(name) or is_ignore_file(name)


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
        folders[:] = [name for name in folders if name not in _FOREIGN]
        if not _MARKS_OF_ENVIRONMENTS.isdisjoint((*folders, *files)) and here != folder:
            folders.clear()
            continue
        for name in files:
            yield os.path.relpath(os.path.join(here, name), folder)

"""The files of a build context, as `docker build` would send them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from docker_hooks.dockerfile.values import NamedTuple
from docker_hooks.project.ignorefile import ROOT, IgnoreFile


class ContextFile(NamedTuple):
    """A file of a build context, or a folder that can't be read.

    path: relative to the context, with `/` between folders; "." is the context itself
    size: the bytes that would be sent; 0 for a link, of which only its target's name goes
    excluded: whether the ignore file keeps it back
    problem: why it could not be read, or None
    """

    path: str
    size: int
    excluded: bool
    problem: str | None = None


def walk(context: Path, ignore: IgnoreFile) -> Iterator[ContextFile]:
    """Yield the files below a folder: those of one folder by name, then those of its subfolders.

    Links are files, never followed. An excluded folder is entered only if an exception (`!`) might match something
    below it; of others, nothing is yielded. (BuildKit, by fsutil's filter, enters some more and finds nothing to send.)
    A folder that can't be read is yielded with its problem unless it is excluded.
    """
    folders = [("", ROOT)]
    while folders:
        folder, verdict = folders.pop()
        try:
            with os.scandir(context / folder) as found:
                entries = sorted(found, key=lambda entry: entry.name)
        except OSError as error:
            if not verdict.excluded:
                yield ContextFile(folder or ".", 0, False, error.strerror or str(error))
            continue
        subfolders = []
        for entry in entries:
            path = f"{folder}/{entry.name}" if folder else entry.name
            below = ignore.verdict_below(verdict, path)
            if _is_folder(entry):
                if not below.excluded or ignore.may_reopen(path, below):
                    subfolders.append((path, below))
            else:
                yield _file(path, entry, below.excluded)
        folders += reversed(subfolders)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    # A junction is Windows' link to a folder; Python 3.12 is the first to tell.
    is_junction = getattr(entry, "is_junction", None)
    return entry.is_dir(follow_symlinks=False) and not (is_junction and is_junction())


def _file(path: str, entry: os.DirEntry[str], excluded: bool) -> ContextFile:
    try:
        size = entry.stat(follow_symlinks=False).st_size if entry.is_file(follow_symlinks=False) else 0
    except OSError as error:
        return ContextFile(path, 0, excluded, error.strerror or str(error))
    return ContextFile(path, size, excluded)

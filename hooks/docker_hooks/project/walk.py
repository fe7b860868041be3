"""The files of a build context, as `docker build` would send them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from docker_hooks.dockerfile.values import NamedTuple
from docker_hooks.project.ignorefile import ROOT, IgnoreFile
from docker_hooks.project.tree import Tree


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


def walk(context: Path, ignore: IgnoreFile, tree: Tree | None = None) -> Iterator[ContextFile]:
    """Yield the files below a folder: those of one folder by name, then those of its subfolders.

    Links are files, never followed. An excluded folder is entered only if an exception (`!`) might match something
    below it; of others, nothing is yielded. (BuildKit, by fsutil's filter, enters some more and finds nothing to send.)
    A folder that can't be read is yielded with its problem unless it is excluded.
    """
    tree = tree or Tree()
    folders = [("", ROOT)]
    while folders:
        folder, verdict = folders.pop()
        place = os.path.join(context, folder) if folder else str(context)
        listing = tree.listing(place)
        if listing.problem is not None:
            if not verdict.excluded:
                yield ContextFile(folder or ".", 0, False, listing.problem)
            continue
        before, place = f"{folder}/" if folder else "", os.path.join(place, "")
        for name in listing.files:
            path = before + name
            excluded = ignore.verdict_below(verdict, path).excluded
            yield _file(path, "" if name in listing.others else place + name, excluded)
        below = [(before + name, ignore.verdict_below(verdict, before + name)) for name in listing.folders]
        folders += (
            (path, judged) for path, judged in reversed(below) if not judged.excluded or ignore.may_reopen(path, judged)
        )


def _file(path: str, place: str, excluded: bool) -> ContextFile:
    try:
        size = os.lstat(place).st_size if place else 0
    except OSError as error:
        return ContextFile(path, 0, excluded, error.strerror or str(error))
    return ContextFile(path, size, excluded)

"""What stands in the folders of build contexts: each is read once, however many look through it."""

from __future__ import annotations

import os

from docker_hooks.dockerfile.values import NamedTuple


class Listing(NamedTuple):
    """What stands in a folder, by name and in order: folders, and all else, which `others` that is no file is part of.

    Links are no folders. `problem` says why the folder can't be read.
    """

    folders: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    others: frozenset[str] = frozenset()
    problem: str | None = None


class Tree:
    """The folders below a context, or several."""

    def __init__(self) -> None:
        self._listings: dict[str, Listing] = {}

    def listing(self, folder: str) -> Listing:
        """What stands in a folder."""
        if folder not in self._listings:
            self._listings[folder] = _listing(folder)
        return self._listings[folder]


def _listing(folder: str) -> Listing:
    folders: list[str] = []
    files: list[str] = []
    others: list[str] = []
    try:
        with os.scandir(folder) as found:
            for entry in found:
                is_folder = _is_folder(entry)
                (folders if is_folder else files).append(entry.name)
                if not is_folder and not entry.is_file(follow_symlinks=False):
                    others.append(entry.name)
    except (OSError, ValueError) as error:
        return Listing(problem=getattr(error, "strerror", None) or str(error))
    return Listing(tuple(sorted(folders)), tuple(sorted(files)), frozenset(others))


def _is_folder(entry: os.DirEntry[str]) -> bool:
    # A junction is Windows' link to a folder; Python 3.12 is the first to tell.
    is_junction = getattr(entry, "is_junction", None)
    return entry.is_dir(follow_symlinks=False) and not (is_junction and is_junction())

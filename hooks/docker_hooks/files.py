"""Reads and writes the files under examination: whole or not at all, never outside the repository."""

from __future__ import annotations

import os
import stat

from docker_hooks.dockerfile.values import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path


class Unwritable(OSError):
    """A mend can't be written; the text says why, and the file is as it was."""


class Changed(Exception):
    """The file is not as it was read; it must be read again."""


class Content(NamedTuple):
    """A file as it was read; `target` is what the path names once links are followed."""

    path: str
    target: str
    data: bytes


def repository_root(path: str) -> str:
    """The absolute path of the folder that holds `.git`, above `path`; else the current folder or the file's own."""
    start = os.path.dirname(os.path.abspath(path))
    folder = start
    while True:
        if os.path.lexists(os.path.join(folder, ".git")):
            return folder
        parent = os.path.dirname(folder)
        if parent == folder:
            break
        folder = parent
    current = os.getcwd()
    return current if is_within(start, current) else start


def is_within(path: str, folder: str) -> bool:
    """Whether `path` is `folder` or lies in it, links followed on both sides."""
    real, base = os.path.realpath(path), os.path.realpath(folder)
    return real == base or real.startswith(base.rstrip(os.sep) + os.sep)


def shown_path(path: Path) -> str:
    """A path as it is printed: relative to the current folder if it lies there."""
    there, here = os.path.abspath(path), os.getcwd()
    return os.path.relpath(there, here) if there.startswith(here.rstrip(os.sep) + os.sep) else there


def in_repository(path: str) -> str:
    """A path as those who know the repository alone need it: relative to its root, with `/` between folders."""
    return os.path.relpath(os.path.abspath(path), repository_root(path)).replace(os.sep, "/")


def read_file(path: str) -> Content:
    """The bytes of a regular file, links followed. Raises OSError."""
    data = read_bytes(path)
    return Content(path, os.path.realpath(path), data)


def read_bytes(path: str) -> bytes:
    """As `read_file`, the bytes alone."""
    if not stat.S_ISREG(os.stat(path).st_mode):
        raise OSError("is not a regular file")
    with open(path, "rb") as file:
        return file.read()


def replace_file(content: Content, data: bytes, root: str) -> None:
    """Put `data` in the place of what was read, its mode kept, by a temporary file beside it and os.replace.

    Raises Unwritable (outside `root`, read-only, no space) or Changed; in either case the file stays as it is.
    """
    if not is_within(content.target, root):
        raise Unwritable("it is a link that leads out of the repository")
    try:
        status = os.stat(content.target)
        if not status.st_mode & stat.S_IWUSR:
            raise Unwritable("it is read-only")
        _write_beside(content.target, data, stat.S_IMODE(status.st_mode), (status.st_uid, status.st_gid), content.data)
    except (Unwritable, Changed):
        raise
    except OSError as error:
        raise Unwritable(error.strerror or str(error)) from None


def create_file(path: str, data: bytes, root: str) -> None:
    """Write a new file whole. Raises Unwritable, also where something by that name is there already."""
    if not is_within(os.path.dirname(os.path.abspath(path)), root):
        raise Unwritable("its folder is a link that leads out of the repository")
    if os.path.lexists(path):
        raise Unwritable("something by that name is there already")
    try:
        mask = os.umask(0)
        os.umask(mask)
        _write_beside(path, data, 0o666 & ~mask, None, None)
    except Unwritable:
        raise
    except OSError as error:
        raise Unwritable(error.strerror or str(error)) from None


class Change(NamedTuple):
    """A file that was written: its bytes before, None if it was not there, and after."""

    path: str
    before: bytes | None
    after: bytes


class Disk:
    """Writes mends, and remembers what it wrote."""

    def __init__(self) -> None:
        self.changes: list[Change] = []

    def replace(self, content: Content, data: bytes, root: str) -> None:
        """As `replace_file`."""
        replace_file(content, data, root)
        self.changes.append(Change(content.path, content.data, data))

    def create(self, path: str, data: bytes, root: str) -> None:
        """As `create_file`."""
        create_file(path, data, root)
        self.changes.append(Change(path, None, data))


class Rehearsal(Disk):
    """Writes nothing, and remembers what a Disk would have written."""

    def replace(self, content: Content, data: bytes, root: str) -> None:
        """Note the change."""
        self.changes.append(Change(content.path, content.data, data))

    def create(self, path: str, data: bytes, root: str) -> None:
        """Note the new file."""
        self.changes.append(Change(path, None, data))


def _write_beside(path: str, data: bytes, mode: int, owner: tuple[int, int] | None, expected: bytes | None) -> None:
    import tempfile

    descriptor, temporary = tempfile.mkstemp(prefix=".docker-hooks-", dir=os.path.dirname(path) or ".")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, mode)
        if (
            owner is not None
            and hasattr(os, "chown")
            and owner != (os.stat(temporary).st_uid, os.stat(temporary).st_gid)
        ):
            os.chown(temporary, *owner)
        if expected is not None and read_file(path).data != expected:
            raise Changed
        if expected is None and os.path.lexists(path):
            raise Unwritable("something by that name is there already")
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise

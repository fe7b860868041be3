"""Where the Dockerfiles of a run come from: a folder or an archive of Dockerfiles, or of whole project trees."""

from __future__ import annotations

import re
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import NamedTuple

_NAME = re.compile(r"(?:docker|container)file(?:[._-].*)?|.+\.(?:docker|container)file(?:\..*)?", re.IGNORECASE)
_OTHER = re.compile(r"\.(?:dockerignore|md|rst|py|j2|jinja2?|tmpl|tpl|template|sh|ya?ml|json|txt|tsv)$", re.IGNORECASE)
# A folder with more Dockerfiles than this, and more of them than of other files, is a collection and no project.
_MOST_OF_ONE_PROJECT = 10


class Source(NamedTuple):
    """A Dockerfile's content, or with `tree` the folder of a project that holds one or more at `paths`.

    `ignore` is the content of the ignore file beside it; None leaves that to the project made for it.
    """

    name: str
    data: bytes = b""
    tree: Path | None = None
    paths: tuple[str, ...] = ("Dockerfile",)
    ignore: bytes | None = None


def is_dockerfile(name: str) -> bool:
    """Whether a file of this name is a Dockerfile, by its name alone."""
    return _NAME.fullmatch(name) is not None and _OTHER.search(name) is None


@contextmanager
def opened(path: Path) -> Iterator[Path]:
    """The folder or file that `path` is, or a temporary folder with what the archive holds."""
    if path.is_dir() or not tarfile.is_tarfile(path):
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="docker-hooks-corpus-") as folder:
        with tarfile.open(path) as archive:
            for member in archive:
                _unpack(archive, member, Path(folder))
        yield Path(folder)


def _unpack(archive: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    """Write a file of the archive, nothing but files, and only where it says to be in the archive's own folder."""
    content = archive.extractfile(member) if member.isfile() else None
    target = folder / member.name
    if content is not None and not PurePosixPath(member.name).is_absolute() and ".." not in target.parts:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.read())


def sources(path: Path) -> Iterator[Source]:
    """The Dockerfiles of a folder or file, in order of name.

    A folder that holds a Dockerfile and other files is a project tree; one that holds nothing but Dockerfiles, or
    mostly, is a collection of them; one that holds none is looked into.
    """
    if path.is_file():
        yield Source(path.name, path.read_bytes())
        return
    for folder in _folders(path):
        files = sorted(entry for entry in folder.iterdir() if entry.is_file() and not entry.is_symlink())
        dockerfiles = [file for file in files if is_dockerfile(file.name)]
        if not _is_tree(folder, len(dockerfiles), len(files)):
            for file in dockerfiles:
                yield Source(str(file.relative_to(path)), file.read_bytes())
            continue
        found = sorted(
            str(file.relative_to(folder))
            for file in folder.rglob("*")
            if is_dockerfile(file.name) and file.is_file() and not file.is_symlink()
        )
        yield Source(str(folder.relative_to(path)), tree=folder, paths=tuple(found))


def _is_tree(folder: Path, dockerfiles: int, files: int) -> bool:
    others = files - dockerfiles
    if dockerfiles > _MOST_OF_ONE_PROJECT and dockerfiles > others:
        return False
    return dockerfiles > 0 and (others > 0 or any(entry.is_dir() for entry in folder.iterdir()))


def _folders(path: Path) -> Iterator[Path]:
    """`path` and the folders in it, but for what lies in a project tree."""
    yield path
    files = [entry.name for entry in path.iterdir() if entry.is_file()]
    if _is_tree(path, sum(map(is_dockerfile, files)), len(files)):
        return
    for entry in sorted(path.iterdir()):
        if entry.is_dir() and not entry.is_symlink() and entry.name != ".git":
            yield from _folders(entry)

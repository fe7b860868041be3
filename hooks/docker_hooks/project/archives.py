"""Which sources of an ADD are plain files or folders of the build context, with which it does what COPY does.

ADD downloads URLs, clones git repositories and unpacks a source that is itself a tar archive, compressed or not; it
looks at the content, not at the name (BuildKit, solver/llbsolver/file/unpack.go), and not into folders.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable

from docker_hooks.dockerfile.regex import regex
from docker_hooks.files import is_within

# URLs, git@host:path, and github.com/owner/name, as BuildKit's dfgitutil.ParseGitRef takes them.
_ELSEWHERE = regex(r"[A-Za-z0-9+.-]+://|[^/@:]+@[^/:]+:|github\.com/")
# tar and what it is usually compressed with; gem, crate, apk, ova and nemo are tar archives by another name.
_ARCHIVE_NAME = regex(
    r"\.(?:tar|t[abglxz]z2?|tbz2?|tzst|gz|bz2|xz|zst|lzma|lz|z|gem|crate|apk|ova|nemo)/?\Z", re.IGNORECASE
)
_BEHIND_WILDCARDS = regex(r"[^*?\[\]\\]*\.[A-Za-z0-9]+\Z")
# What gzip, bzip2, xz and zstd begin with.
_COMPRESSED = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd")
_HEADER = 512


def is_plain(source: str, folders: Iterable[str]) -> bool:
    """Whether a source, its variables replaced, is of the build context and no archive.

    A file that lies in one of `folders`, any of which may be the context, is looked at; else the name tells. A pattern
    has to end in letters that no archive ends in.
    """
    if _ELSEWHERE.match(source) or _ARCHIVE_NAME.search(source):
        return False
    wildcard = max(source.rfind(character) for character in "*?[]")
    if wildcard >= 0:
        return _BEHIND_WILDCARDS.match(source, wildcard + 1) is not None
    return not any(_is_archive(folder, source) for folder in folders)


def _is_archive(folder: str, source: str) -> bool:
    try:
        path = os.path.join(folder, *source.lstrip("/").split("/"))
        if not os.path.isfile(path) or not is_within(path, folder):
            return False
        with open(path, "rb") as file:
            head = file.read(_HEADER)
    except (OSError, ValueError):
        return False
    return head.startswith(_COMPRESSED) or _is_tar(head)


def _is_tar(head: bytes) -> bool:
    """Whether these bytes are the header of a tar archive's first file: its checksum says so."""
    import tarfile

    try:
        tarfile.TarInfo.frombuf(head, "utf-8", "surrogateescape")
    except tarfile.HeaderError:
        return False
    return True

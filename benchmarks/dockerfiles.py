"""The Dockerfiles that are measured over: those of a folder or an archive, or composed out of nasty parts."""

from __future__ import annotations

import argparse
from pathlib import Path

from tests.corpus.__main__ import composed
from tests.corpus.inputs import opened, sources

_BESIDE = Path(__file__).parents[2] / "shared" / "corpus" / "python-dockerfiles.tar.gz"
_COMPOSED = 500


def add_arguments(parser: argparse.ArgumentParser, most: int) -> None:
    """The arguments that say which files, and how many."""
    parser.add_argument("path", nargs="?", type=Path, metavar="PATH", help="a folder or a tar of Dockerfiles")
    parser.add_argument("--generate", type=int, metavar="N", help="compose N Dockerfiles instead")
    parser.add_argument("--files", type=int, default=most, metavar="N", help=f"take N of them, evenly ({most})")


def chosen(options: argparse.Namespace) -> list[tuple[str, bytes]]:
    """Name and content of the files. Without a path those beside the project, or else composed ones."""
    path = options.path or (_BESIDE if _BESIDE.exists() else None)
    if options.generate or path is None:
        return [(source.name, source.data) for source in composed(options.generate or _COMPOSED, 0)]
    with opened(path) as folder:
        found = [(source.name, source.data) for source in sources(folder) if source.tree is None]
    step = max(len(found) / options.files, 1)
    return [found[int(index * step)] for index in range(min(options.files, len(found)))]

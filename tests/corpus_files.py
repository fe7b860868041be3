"""The real Dockerfiles that lie beside the project where it is developed; elsewhere there are none."""

from __future__ import annotations

import tarfile
from functools import lru_cache
from pathlib import Path

SHARED = Path(__file__).parents[1].parent / "shared"
ARCHIVE = SHARED / "corpus" / "python-dockerfiles.tar.gz"


@lru_cache(maxsize=1)
def corpus() -> tuple[tuple[str, bytes], ...]:
    """Name and content of every file of the corpus; empty where it is not there."""
    if not ARCHIVE.exists():
        return ()
    with tarfile.open(ARCHIVE) as archive:
        members = [member for member in archive if member.isfile()]
        return tuple((member.name, archive.extractfile(member).read()) for member in members)  # type: ignore[union-attr]

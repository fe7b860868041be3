"""Which sources of an ADD COPY would treat alike."""

from __future__ import annotations

import gzip
import io
import tarfile
from pathlib import Path

import pytest

from docker_hooks.project.archives import is_plain


@pytest.mark.parametrize(
    ("source", "plain"),
    [
        ("main.py", True),
        (".", True),
        ("./src/", True),
        ("app", True),
        ("/etc/x.conf", True),
        ("model.zip", True),
        ("wheel-1.0-py3-none-any.whl", True),
        ("my.tar.py", True),
        ("*.py", True),
        ("requirements*.txt", True),
        ("src/*/main.[ch]", False),
        ("*", False),
        ("dist/*", False),
        ("*.tar.gz", False),
        ("data*.gz", False),
        ("a?", False),
        ("data.tar", False),
        ("data.TAR.GZ", False),
        ("data.tgz", False),
        ("data.txz", False),
        ("data.tar.zst", False),
        ("data.tar.bz2/", False),
        ("dump.sql.gz", False),
        ("model.nemo", False),
        ("https://example.com/main.py", False),
        ("ftp://example.com/main.py", False),
        ("git@example.com:me/it.git", False),
        ("me@example.com:it", False),
        ("github.com/me/it", False),
        ("me@2.py", True),
    ],
)
def test_names(source: str, plain: bool) -> None:
    assert is_plain(source, ()) is plain


def _tar() -> bytes:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("x"))
    return content.getvalue()


@pytest.mark.parametrize(
    ("content", "plain"),
    [
        (b"#!/bin/sh\n", True),
        (b"", True),
        (bytes(1024), True),
        (_tar(), False),
        (gzip.compress(_tar(), mtime=0), False),
        (b"BZh91AY", False),
        (b"\xfd7zXZ\x00\x00", False),
        (b"\x28\xb5\x2f\xfd\x00", False),
        (b"PK\x03\x04", True),
    ],
)
def test_files(tmp_path: Path, content: bytes, plain: bool) -> None:
    (tmp_path / "thing").write_bytes(content)
    other = tmp_path / "other"
    other.mkdir()
    assert is_plain("thing", [str(other), str(tmp_path)]) is plain
    assert is_plain("/thing", [str(tmp_path)]) is plain
    # What lies in a folder is not unpacked.
    assert is_plain(tmp_path.name, [str(tmp_path.parent)]) is True


def test_nothing_outside_is_read(tmp_path: Path) -> None:
    (tmp_path / "thing").write_bytes(_tar())
    (tmp_path / "context").mkdir()
    assert is_plain("../thing", [str(tmp_path / "context")]) is True

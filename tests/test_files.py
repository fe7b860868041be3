"""Files are written whole or not at all, and never outside the repository."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from docker_hooks.files import Changed, Unwritable, create_file, read_file, replace_file, repository_root


def test_keeps_the_mode(tmp_path: Path) -> None:
    path = tmp_path / "Dockerfile"
    path.write_bytes(b"a")
    path.chmod(0o750)
    replace_file(read_file(str(path)), b"b", str(tmp_path))
    assert path.read_bytes() == b"b"
    assert stat.S_IMODE(path.stat().st_mode) == 0o750
    assert os.listdir(tmp_path) == ["Dockerfile"]


def test_follows_a_link_inside_the_repository(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"a")
    (tmp_path / "link").symlink_to("real")
    replace_file(read_file(str(tmp_path / "link")), b"b", str(tmp_path))
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"b"


@pytest.mark.parametrize("by_folder", [False, True])
def test_refuses_a_link_out_of_the_repository(tmp_path: Path, by_folder: bool) -> None:
    repository, outside = tmp_path / "repository", tmp_path / "outside"
    repository.mkdir()
    outside.mkdir()
    (outside / "Dockerfile").write_bytes(b"a")
    if by_folder:
        (repository / "folder").symlink_to(outside)
        path = repository / "folder" / "Dockerfile"
    else:
        path = repository / "Dockerfile"
        path.symlink_to(outside / "Dockerfile")
    with pytest.raises(Unwritable, match="leads out of the repository"):
        replace_file(read_file(str(path)), b"b", str(repository))
    assert (outside / "Dockerfile").read_bytes() == b"a"
    if by_folder:
        with pytest.raises(Unwritable):
            create_file(str(repository / "folder" / "new"), b"b", str(repository))
        assert os.listdir(outside) == ["Dockerfile"]


def test_refuses_a_read_only_file(tmp_path: Path) -> None:
    path = tmp_path / "Dockerfile"
    path.write_bytes(b"a")
    path.chmod(0o444)
    with pytest.raises(Unwritable, match="read-only"):
        replace_file(read_file(str(path)), b"b", str(tmp_path))
    assert path.read_bytes() == b"a"


def test_notices_a_file_that_changed_meanwhile(tmp_path: Path) -> None:
    path = tmp_path / "Dockerfile"
    path.write_bytes(b"a")
    content = read_file(str(path))
    path.write_bytes(b"somebody else's")
    with pytest.raises(Changed):
        replace_file(content, b"b", str(tmp_path))
    assert path.read_bytes() == b"somebody else's"
    assert os.listdir(tmp_path) == ["Dockerfile"]


def test_a_full_disk_leaves_the_file_and_nothing_beside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "Dockerfile"
    path.write_bytes(b"a")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Unwritable, match="No space left on device"):
        replace_file(read_file(str(path)), b"b", str(tmp_path))
    assert path.read_bytes() == b"a"
    assert os.listdir(tmp_path) == ["Dockerfile"]


def test_does_not_overwrite_what_it_creates(tmp_path: Path) -> None:
    path = tmp_path / ".dockerignore"
    create_file(str(path), b"a", str(tmp_path))
    assert path.read_bytes() == b"a"
    with pytest.raises(Unwritable, match="there already"):
        create_file(str(path), b"b", str(tmp_path))
    (tmp_path / "dangling").symlink_to("nowhere")
    with pytest.raises(Unwritable):
        create_file(str(tmp_path / "dangling"), b"b", str(tmp_path))


@pytest.mark.parametrize("kind", ["folder", "pipe", "missing"])
def test_what_is_no_regular_file_can_not_be_read(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "Dockerfile"
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    with pytest.raises(OSError):  # noqa: PT011
        read_file(str(path))


def test_finds_the_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "a")
    assert repository_root("b/Dockerfile") == str(tmp_path / "a")
    (tmp_path / ".git").write_text("gitdir: elsewhere")
    assert repository_root("b/Dockerfile") == str(tmp_path)

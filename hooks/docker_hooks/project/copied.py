"""Reads the files of the build context that a Dockerfile copies to a given place in the image."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator, Sequence

from docker_hooks.dockerfile.ownership import destination as destination
from docker_hooks.dockerfile.stages import Stage
from docker_hooks.files import is_within
from docker_hooks.subject import Subject

_LARGEST = 256 * 1024


def read_copied(subject: Subject, chain: Sequence[Stage], path: str) -> str | None:
    """The text of the file that stands at `path` in the image, or of that name on PATH; None where it can't be read.

    The build context is looked for in the Dockerfile's folder and those above it, up to the repository's root.
    """
    for source in _sources(chain, path):
        for folder in context_folders(subject):
            text = _read(os.path.join(folder, *source.lstrip("/").split("/")), subject.root)
            if text is not None:
                return text
    return None


def _sources(chain: Sequence[Stage], path: str) -> Iterator[str]:
    """The paths in the build context that may have come to `path`, the latest first."""
    for stage in reversed(chain):
        for instruction, state in zip(reversed(stage.instructions), reversed(stage.states), strict=True):
            if instruction.name not in ("COPY", "ADD") or instruction.flag("from") is not None:
                continue
            target = destination(instruction, state)
            for source in (instruction.arguments or ())[:-1]:
                written = posixpath.normpath(source)
                is_named_so = posixpath.basename(written) == posixpath.basename(path)
                if target == path or (is_named_so and ("/" not in path or target == posixpath.dirname(path))):
                    yield written
                elif target is not None and path.startswith(target.rstrip("/") + "/"):
                    yield posixpath.normpath(posixpath.join(written, path[len(target.rstrip("/")) + 1 :]))


def context_folders(subject: Subject) -> tuple[str, ...]:
    """The folders that may be the build context: the Dockerfile's own and those above it, up to the root."""
    folder = os.path.dirname(os.path.abspath(subject.path))
    return subject.memory.once(_folders_up, folder, subject.root)


def _folders_up(folder: str, root: str) -> tuple[str, ...]:
    """A folder and those above it, up to the root."""
    found: list[str] = []
    while is_within(folder, root) and folder not in found:
        found.append(folder)
        folder = os.path.dirname(folder)
    return tuple(found)


def _read(path: str, root: str) -> str | None:
    try:
        if not os.path.isfile(path) or not is_within(path, root) or os.path.getsize(path) > _LARGEST:
            return None
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            return file.read()
    except (OSError, ValueError):
        return None

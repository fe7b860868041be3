"""Reads the files that a Dockerfile copies to a given place in the image, from the build context or a heredoc."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterator, Sequence

from docker_hooks.dockerfile.ownership import destination
from docker_hooks.dockerfile.reader import Heredoc, Instruction
from docker_hooks.dockerfile.regex import regex
from docker_hooks.dockerfile.stages import Stage
from docker_hooks.files import is_within
from docker_hooks.subject import Subject

_LARGEST = 256 * 1024
_HEREDOC = regex(r"[0-9]*<<")
_TABS = regex(r"^\t+", re.MULTILINE)


def read_copied(subject: Subject, chain: Sequence[Stage], path: str) -> str | None:
    """The text of the file that stands at `path` in the image, or of that name on PATH; None where it can't be read.

    The build context is looked for in the Dockerfile's folder and those above it, up to the repository's root.
    """
    for source in _sources(chain, path):
        if isinstance(source, Heredoc):
            return heredoc_text(source)
        for folder in context_folders(subject):
            text = _read(os.path.join(folder, *source.lstrip("/").split("/")), subject.root)
            if text is not None:
                return text
    return None


def read_started(subject: Subject, chain: Sequence[Stage], program: str, workdir: str | None) -> str | None:
    """The text of a program as a command in `workdir` names it: by a path, or by its name on PATH."""
    path = posixpath.normpath(posixpath.join(workdir or "/", program)) if "/" in program else program
    return read_copied(subject, chain, path)


def is_heredoc(copy: Instruction, word: str) -> bool:
    """Whether a source of a COPY or ADD is a heredoc."""
    return bool(copy.heredocs) and _HEREDOC.match(word) is not None


def heredoc_text(heredoc: Heredoc) -> str:
    """The text of the file that a heredoc of COPY becomes; what Docker makes of its variables is left as written."""
    return _TABS.sub("", heredoc.content) if heredoc.chomp else heredoc.content


def _sources(chain: Sequence[Stage], path: str) -> Iterator[str | Heredoc]:
    """The heredocs and paths in the build context that may have come to `path`, the latest first."""
    for stage in reversed(chain):
        for instruction, state in zip(reversed(stage.instructions), reversed(stage.states), strict=True):
            if instruction.name not in ("COPY", "ADD") or instruction.flag("from") is not None:
                continue
            target = destination(instruction, state)
            for heredoc in instruction.heredocs:
                if target == path or _is_in(target, path, heredoc.name):
                    yield heredoc
            for source in (instruction.arguments or ())[:-1]:
                if is_heredoc(instruction, source):
                    continue
                written = posixpath.normpath(source)
                if target == path or _is_in(target, path, written):
                    yield written
                elif target is not None and path.startswith(target.rstrip("/") + "/"):
                    yield posixpath.normpath(posixpath.join(written, path[len(target.rstrip("/")) + 1 :]))


def _is_in(target: str | None, path: str, source: str) -> bool:
    """Whether a source comes to `path`, or is a program of that name, if it is copied into the folder `target`."""
    is_named_so = posixpath.basename(source) == posixpath.basename(path)
    return is_named_so and ("/" not in path or target == posixpath.dirname(path))


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

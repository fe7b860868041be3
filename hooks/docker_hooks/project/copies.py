"""What a COPY or ADD brings from the build context, file by file, and where in the image it puts it."""

from __future__ import annotations

import fnmatch
import os
import posixpath
import re
from collections.abc import Iterator
from pathlib import Path

from docker_hooks.dockerfile.options import names
from docker_hooks.dockerfile.paths import below, is_known, located, relation
from docker_hooks.dockerfile.reader import Instruction
from docker_hooks.dockerfile.regex import regex
from docker_hooks.dockerfile.stages import State
from docker_hooks.dockerfile.values import NamedTuple
from docker_hooks.project import ignorefile
from docker_hooks.project.reading import is_inside
from docker_hooks.project.sources import ELSEWHERE, WILDCARD

# What is written by hand and changes from build to build.
_CODE = (".py", ".pyx", ".ipynb", ".r", ".jl", ".js", ".ts", ".html", ".c", ".cpp", ".rs", ".go")
# Python files that are settings of a tool, not code: setup.py, jupyter_notebook_config.py, gunicorn.conf.py.
_SETTINGS = regex(r"(?:(?:.*[_.-])?conf(?:ig)?|(?:.*_)?settings|setup|noxfile|conftest)\.py", re.IGNORECASE)
_MOST_ENTRIES = 20_000
# Folders of the system (Filesystem Hierarchy Standard), and those of them that programs are installed to.
_SYSTEM = names("bin boot dev etc home lib lib32 lib64 media mnt opt proc root run sbin srv sys tmp usr var")
_INSTALLED_TO = regex(
    r"/(?:bin|boot|dev|etc|lib\d*|proc|run|sbin|sys|tmp|usr/(?:bin|include|lib\d*|sbin|share)"
    r"|usr/local/(?:bin|include|lib\d*|share)|var/(?:cache|lib|log|tmp)|(?:\?~|root)/\.[^/]+)(?:/|\Z)"
)
_ARCHIVE = regex(r"\.(?:tar|tgz|tbz2?|txz|tar\.\w+)\Z", re.IGNORECASE)


class BuildContext:
    """A build context and the ignore file in force, if there is one; each folder of it is looked at once.

    Paths are relative to the context, clean, with `/`.
    """

    def __init__(self, folder: Path, ignore_file: Path) -> None:
        self.folder = folder
        self._code: dict[str, bool] = {}
        self._folders: dict[str, bool] = {}
        self._names: dict[str, list[str]] = {}
        try:
            self._ignore = ignorefile.read(ignore_file)
        except OSError:
            self._ignore = ignorefile.parse("")

    def exists(self, path: str) -> bool:
        """Whether anything stands there, sent or not."""
        return os.path.exists(os.path.join(self.folder, path))

    def is_file(self, path: str) -> bool:
        """Whether a file stands there, sent or not."""
        place = os.path.join(self.folder, path)
        return os.path.isfile(place) and is_inside(place, self.folder)

    def is_folder(self, path: str) -> bool:
        """Whether a folder stands there, sent or not."""
        if path not in self._folders:
            place = os.path.join(self.folder, path)
            self._folders[path] = os.path.isdir(place) and is_inside(place, self.folder)
        return self._folders[path]

    def names(self, folder: str) -> list[str]:
        """The names of what stands in a folder, sent or not, in order; none if it can't be read."""
        if folder not in self._names:
            try:
                self._names[folder] = sorted(os.listdir(os.path.join(self.folder, folder)))
            except (OSError, ValueError):
                self._names[folder] = []
        return self._names[folder]

    def excludes(self, path: str) -> bool:
        """Whether the ignore file keeps a path back, existing or not."""
        return self._ignore.excludes(path)

    def matching(self, pattern: str) -> tuple[str, ...]:
        """The paths that a COPY's pattern matches (Go's filepath.Match: no wildcard stands for a `/`)."""
        found = [""]
        for part in pattern.split("/"):
            found = [
                posixpath.join(folder, name)
                for folder in found[:_MOST_ENTRIES]
                for name in (self.names(folder) if WILDCARD.search(part) else [part])
                if fnmatch.fnmatchcase(name, part) or name == part
            ]
        return tuple(path for path in found if self.exists(path) and not self.excludes(path))

    def holds_code(self, folder: str) -> bool:
        """Whether code is sent from a folder: Python, notebooks, scripts. Folders that begin with a dot don't count."""
        if folder not in self._code:
            self._code[folder] = self._find_code(folder)
        return self._code[folder]

    def _find_code(self, folder: str) -> bool:
        seen = 0
        waiting = [folder]
        while waiting:
            here = waiting.pop()
            for name in self.names(here):
                seen += 1
                path = posixpath.normpath(posixpath.join(here, name))
                if seen > _MOST_ENTRIES:
                    return False
                if is_code(path) and self.is_file(path) and not self.excludes(path):
                    return True
                is_link = os.path.islink(os.path.join(self.folder, path))
                if not name.startswith(".") and not is_link and self.is_folder(path):
                    waiting.append(path)
        return False

    def sent(self, folder: str, names: frozenset[str]) -> Iterator[str]:
        """The names in a folder, among these, of what is sent."""
        for name in self.names(folder):
            if name in names and not self.excludes(posixpath.normpath(posixpath.join(folder, name))):
                yield name


class Copied(NamedTuple):
    """A COPY or ADD of files from the build context.

    `sources` are the paths in the context, patterns resolved, with the words that name them in `words`; of a folder its
    contents are copied. `target` is where they go, `is_folder` that it is named as a folder.
    """

    instruction: Instruction
    context: BuildContext
    sources: tuple[str, ...]
    words: tuple[str, ...]
    target: str
    is_folder: bool

    @property
    def is_code(self) -> bool:
        """Whether it brings code, other than programs for the system."""
        if _INSTALLED_TO.match(self.target + "/") and not self.target.startswith("/tmp"):
            return False
        return any(
            self.context.holds_code(source) if self.context.is_folder(source) else is_code(source)
            for source in self.sources
        )

    @property
    def is_whole(self) -> bool:
        """Whether it brings the whole context."""
        return "." in self.sources

    def origin(self, path: str) -> str | None:
        """The path in the context of what comes to `path` in the image, None if nothing does."""
        for found, _ in self.origins(path):
            return found
        return None

    def origins(self, path: str) -> Iterator[tuple[str, str]]:
        """All that comes to `path`, the last first, each with the word that names it."""
        how = relation(path, self.target)
        rest = below(path, self.target) if how == "inside" else ""
        for source, word in zip(reversed(self.sources), reversed(self.words), strict=True):
            if self.context.is_folder(source):
                found = posixpath.normpath(posixpath.join(source, rest))
                if how == "same" or (how == "inside" and self.context.exists(found)):
                    yield found, word
            elif (how == "same" and not self.is_folder) or (how == "inside" and rest == posixpath.basename(source)):
                yield source, word

    def might_bring(self, path: str) -> set[str]:
        """What in the context might come to `path`, if how it lies to the target isn't known."""
        if relation(path, self.target) != "unknown":
            return {found for found, _ in self.origins(path)}
        parts = [part for part in path.split("/") if part]
        ends = ["/".join(parts[index:]) for index in range(len(parts))]
        return {found for end in ends for found, _ in self.origins(posixpath.join(self.target, end))}

    def touches(self, path: str) -> bool:
        """Whether what reads or writes at `path` may come across what is copied here, or what stands beside it."""
        how = relation(path, self.target)
        if how == "unknown":
            return not _INSTALLED_TO.match(path)
        if how != "inside":
            return how != "apart"
        if not any(self.context.is_folder(source) for source in self.sources):
            return self.origin(path) is not None
        return self.target != "/" or path.split("/")[1] not in _SYSTEM

    def overlays_system(self) -> bool:
        """Whether it may put something among what programs are installed to."""
        if self.target != "/" and is_known(self.target):
            return False
        folders = [source for source in self.sources if self.context.is_folder(source)]
        return any(any(self.context.sent(folder, _SYSTEM)) for folder in folders)


def copied(instruction: Instruction, state: State, workdir: str, context: BuildContext) -> Copied | None:
    """What a COPY or ADD brings; None where it isn't from the context, unpacks, or can't be known."""
    arguments = instruction.arguments or ()
    if instruction.name not in ("COPY", "ADD") or instruction.flag("from") is not None or instruction.heredocs:
        return None
    if instruction.flag("parents") is not None:
        return None
    sources: list[str] = []
    words: list[str] = []
    for word in arguments[:-1]:
        path = word if instruction.json else state.expand(word)
        if path is None or ELSEWHERE.match(path) or (instruction.name == "ADD" and _ARCHIVE.search(path)):
            return None
        clean = posixpath.normpath("/" + path).lstrip("/") or "."
        found = context.matching(clean) if WILDCARD.search(clean) else (clean,)
        sources += found
        words += [word] * len(found)
    written = arguments[-1]
    is_folder = written.endswith("/") or posixpath.basename(written) in (".", "..") or len(arguments) > 2
    return Copied(instruction, context, tuple(sources), tuple(words), located(written, state, workdir), is_folder)


def is_code(path: str) -> bool:
    """Whether a file holds code, by its name; setup.py and the like are settings."""
    name = posixpath.basename(path)
    return name.lower().endswith(_CODE) and not _SETTINGS.fullmatch(name)

"""The build context: which folder a Dockerfile is built with, and which Dockerfiles are built with a folder.

Nothing in a Dockerfile names its context. What a compose file says of it counts most; else the folder, among the
Dockerfile's own and those above it up to the repository's root, in which what it copies exists, the nearest first;
else its own folder.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from docker_hooks.dockerfile.reader import Rejected, decode, read
from docker_hooks.dockerfile.rules import rejection
from docker_hooks.dockerfile.values import NamedTuple
from docker_hooks.files import read_bytes
from docker_hooks.memory import Memory
from docker_hooks.project.compose import builds, compose_names, context_folder
from docker_hooks.project.names import is_compose_file, is_dockerfile, is_ignore_file
from docker_hooks.project.sources import (
    Source,
    copied_sources,
    literal_parent,
    matches,
    named_by_commands,
    named_in_text,
)
from docker_hooks.project.survey import Survey, survey
from docker_hooks.project.tree import Tree
from docker_hooks.subject import Subject

_MOST_LOOKED_FOR = 100


class Recipe:
    """A Dockerfile as it lies there; `subject` is None if Docker rejects it, and `problem` says why."""

    def __init__(self, path: Path, text: str, subject: Subject | None, problem: Rejected | None = None) -> None:
        self.path = path
        self.text = text
        self.subject = subject
        self.problem = problem

    @cached_property
    def sources(self) -> tuple[Source, ...]:
        """What it takes from its build context."""
        return copied_sources(self.subject) if self.subject is not None else ()

    @cached_property
    def words(self) -> tuple[str, ...]:
        """What its commands name, or, where they can't be read, its text: perhaps files of the context."""
        return named_in_text(self.text) if self.subject is None else named_by_commands(self.subject)


def recipe_of(path: Path, root: Path, text: str, memory: Memory | None = None) -> Recipe:
    """The text of a Dockerfile of the repository `root`, which may be one that Docker rejects."""
    try:
        dockerfile = read(text)
        problem = rejection(dockerfile)
    except Rejected as error:
        return Recipe(path, text, None, error)
    subject = Subject(str(path), str(root), dockerfile, memory) if problem is None else None
    return Recipe(path, text, subject, problem)


def read_recipe(path: Path, root: Path, memory: Memory) -> Recipe:
    """Read a Dockerfile of the repository `root`, unless `memory` knows it with this very text. Raises OSError."""
    return memory.once(recipe_of, path, root, decode(read_bytes(str(path))), memory)


def real_path(path: str, memory: Memory) -> str:
    """As os.path.realpath, but `memory` keeps where folders really lie."""
    folder, name = os.path.split(path)
    if name in ("", os.curdir, os.pardir):
        return os.path.realpath(path)
    place = os.path.join(memory.once(_real_folder, folder), name)
    return os.path.realpath(place) if os.path.islink(place) else place


def _real_folder(folder: str) -> str:
    return os.path.realpath(folder)


def contexts_of(subject: Subject, override: Path | None = None) -> tuple[Path, ...]:
    """The folders that a Dockerfile is built with: several where compose files say so. `override` is `--context`."""
    contexts = subject.memory.once(Contexts, Path(subject.root), override)
    return contexts.of(Recipe(Path(subject.path), subject.dockerfile.text, subject))


class Contexts:
    """The Dockerfiles and contexts of one repository; each file and folder is looked at once, whoever asks."""

    def __init__(
        self,
        root: Path,
        override: Path | None = None,
        names: frozenset[str] = frozenset(),
        memory: Memory | None = None,
    ) -> None:
        """`override` is the context of every Dockerfile; `names` are files and folders for `survey` to look for.

        `memory` may know the Dockerfiles.
        """
        self.memory = memory or Memory()
        self.root = root
        self._override = override
        self._names = names
        self._contexts: dict[tuple[Path, str], tuple[Path, ...]] = {}
        self._recipes: dict[str, Recipe | None] = {}
        self._surveys: dict[str, Survey] = {}
        self.tree = Tree()
        self._composed: dict[str, list[_Composed]] = {}
        self._composed_by_context: dict[str, list[_Composed]] = {}
        self._told: dict[str, dict[Path, Recipe]] = {}
        self._known: dict[str, Recipe] = {}
        self._folders_by_path: dict[str, _Folder] = {}
        self._above: dict[str, list[_Folder]] = {}
        self._real_root = os.path.realpath(root)

    def of(self, recipe: Recipe) -> tuple[Path, ...]:
        """The folders that a Dockerfile is built with, as far as they lie in the repository."""
        key = (recipe.path, recipe.text)
        if key not in self._contexts:
            folders = {self._real(folder): folder for folder in self._find(recipe)}
            self._contexts[key] = tuple(folder for real, folder in folders.items() if self._is_inside(real))
        return self._contexts[key]

    def tell(self, recipe: Recipe, context: Path) -> None:
        """Remember that a Dockerfile is built with this context."""
        self._told.setdefault(self._real(context), {}).setdefault(recipe.path, recipe)
        self._known.setdefault(os.path.abspath(recipe.path), recipe)

    def recipes(self, context: Path) -> tuple[Recipe, ...]:
        """The Dockerfiles built with this context, and those below it that can't be read: they may be."""
        place = self._real(context)
        found = {self._real(recipe.path): recipe for recipe in self._told.get(place, {}).values()}
        composed = dict.fromkeys(build.dockerfile for build in self._composed_for(context) if build.dockerfile)
        below = (os.path.join(context, path) for path in self.survey(context).dockerfiles)
        for path in (*below, *composed):
            real = self._real(path)
            recipe = self._recipe(path, real) if real not in found else None
            if recipe and (recipe.subject is None or real in composed or place in map(self._real, self.of(recipe))):
                found[real] = recipe
        return tuple(found.values())

    def has_inline(self, context: Path) -> bool:
        """Whether a compose file builds this context by a Dockerfile of its own, which isn't read here."""
        return any(not composed.dockerfile for composed in self._composed_for(context))

    def is_said(self, recipe: Recipe, context: Path) -> bool:
        """Whether a compose file or the user says that the Dockerfile is built with this context."""
        if self._override is not None:
            return True
        composed = self._composed_for(context)
        real = self._real(recipe.path) if composed else ""
        return any(build.dockerfile == real for build in composed)

    def survey(self, context: Path) -> Survey:
        """What lies in a context."""
        place = self._real(context)
        if place not in self._surveys:
            self._surveys[place] = survey(context, self._names, tree=self.tree)
        return self._surveys[place]

    def _real(self, path: str | Path) -> str:
        return real_path(str(path), self.memory)

    def _is_inside(self, real: str) -> bool:
        """Whether a real path is one of the repository."""
        return real == self._real_root or real.startswith(self._real_root.rstrip(os.sep) + os.sep)

    def _recipe(self, path: str, real: str) -> Recipe | None:
        """A Dockerfile that perhaps nobody asked for; None if it can't be read or is no file of the repository."""
        if path not in self._recipes:
            try:
                self._recipes[path] = self._read(path) if self._is_inside(real) else None
            except OSError:
                self._recipes[path] = None
        return self._recipes[path]

    def _read(self, path: str) -> Recipe:
        return self._known.get(os.path.abspath(path)) or read_recipe(Path(path), self.root, self.memory)

    def _find(self, recipe: Recipe) -> Sequence[Path]:
        if self._override is not None:
            return (self._override,)
        folders = self._folders(recipe.path.parent)
        composed = [composed for folder in folders for composed in self._composed_in(str(folder.path))]
        real = self._real(recipe.path) if composed else ""
        said = [Path(build.context) for build in composed if build.dockerfile == real and os.path.isdir(build.context)]
        return said or (_best(folders, recipe).path,)

    def _folders(self, folder: Path) -> list[_Folder]:
        """A folder and those above it, up to the repository's root."""
        start = here = os.path.abspath(folder)
        if start not in self._above:
            found = [self._folder(here)]
            while self._real(here) != self._real_root and self._is_inside(self._real(os.path.dirname(here))):
                here = os.path.dirname(here)
                found.append(self._folder(here))
            self._above[start] = found
        return self._above[start]

    def _folder(self, path: str) -> _Folder:
        if path not in self._folders_by_path:
            self._folders_by_path[path] = _Folder(Path(path))
        return self._folders_by_path[path]

    def _composed_for(self, context: Path) -> list[_Composed]:
        """The builds of a context, by the compose files in it and in the folders above it."""
        place = self._real(context)
        if place not in self._composed_by_context:
            folders = dict.fromkeys(str((context / path).parent) for path in self.survey(context).compose_files)
            folders.update(dict.fromkeys(str(folder.path) for folder in self._folders(context)))
            self._composed_by_context[place] = [
                build for folder in folders for build in self._composed_in(folder) if build.context == place
            ]
        return self._composed_by_context[place]

    def _composed_in(self, folder: str) -> list[_Composed]:
        """What the compose files in a folder build from folders."""
        if folder not in self._composed:
            self._composed[folder] = [
                _Composed(os.path.realpath(context), _real_dockerfile(context, build.dockerfile))
                for name in compose_names(self._folder(folder).names)
                for build in builds(Path(folder, name), self.root)
                if (context := context_folder(build)) is not None and (build.inline or build.dockerfile)
            ]
        return self._composed[folder]


class _Composed(NamedTuple):
    """A build in a compose file: the real paths of its context and of its Dockerfile, "" for an inline one."""

    context: str
    dockerfile: str


def _real_dockerfile(context: Path, dockerfile: str | None) -> str:
    if dockerfile is None:
        return ""
    path = context / dockerfile
    # BuildKit takes the lower case name where the usual one is missing.
    if path.name == "Dockerfile" and not path.exists():
        path = path.with_name("dockerfile")
    return os.path.realpath(path)


class _Folder:
    """A folder that may be the context of the Dockerfiles in it and below it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @cached_property
    def names(self) -> frozenset[str]:
        """The names of what stands in it, none if it can't be read."""
        try:
            return frozenset(os.listdir(self.path))
        except OSError:
            return frozenset()

    @cached_property
    def is_filled(self) -> bool:
        """Whether there is more in it than Dockerfiles."""
        return ".dockerignore" in self.names or not all(map(_is_dockers, self.names))

    @cached_property
    def is_prepared(self) -> bool:
        """Whether it has an ignore file that is there for no Dockerfile beside it."""
        return ".dockerignore" in self.names and not any(map(is_dockerfile, self.names))

    def holds(self, source: Source) -> bool:
        """Whether a source exists in it. The whole of it does if there is more than Dockerfiles in it."""
        if source.is_whole:
            return self.is_filled
        if not source.is_pattern:
            return self.has(source.path)
        parent = literal_parent(source.path)
        try:
            if posixpath.dirname(source.path) == parent:
                names = os.listdir(self.path / parent) if parent else self.names
                before = f"{parent}/" if parent else ""
                return any(matches(source, before + name) for name in names)
            return parent != "" and os.path.isdir(self.path / parent)
        except (OSError, ValueError):
            return False

    def has(self, path: str) -> bool:
        """Whether anything stands there."""
        try:
            return os.path.lexists(os.path.join(self.path, path))
        except ValueError:
            return False


def _best(folders: Sequence[_Folder], recipe: Recipe) -> _Folder:
    """The folder in which most of what a Dockerfile copies exists, then most of what its commands name.

    Where it copies all there is, an ignore file above that is there for no Dockerfile beside it tells too.
    """
    if recipe.subject is None or len(folders) == 1:
        return folders[0]
    sources = list({source.path: source for source in recipe.sources}.values())[:_MOST_LOOKED_FOR]
    held = [sum(map(folder.holds, sources)) for folder in folders]
    if not any(held):
        return folders[0]
    best = [folder for folder, number in zip(folders, held, strict=True) if number == max(held)]
    if len(best) == 1:
        return best[0]
    names = recipe.words[:_MOST_LOOKED_FOR]
    is_all = all(source.is_whole for source in sources)
    return max(
        best,
        key=lambda folder: (
            sum(map(folder.has, names)),
            is_all and (folder.is_prepared or (folder is folders[0] and ".dockerignore" in folder.names)),
        ),
    )


def _is_dockers(name: str) -> bool:
    return is_dockerfile(name) or is_ignore_file(name) or is_compose_file(name)

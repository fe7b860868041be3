"""A build context together with the Dockerfiles that are built with it: what an ignore file is in force for.

From whatever file is given, a Dockerfile, an ignore file or a compose file, a search leads there.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from docker_hooks.dockerfile.values import NamedTuple
from docker_hooks.files import is_within, read_bytes
from docker_hooks.memory import Memory
from docker_hooks.project.compose import builds, context_folder
from docker_hooks.project.context import Contexts, Recipe, read_recipe, real_path
from docker_hooks.project.ignorefile import ignore_file_for
from docker_hooks.project.names import is_compose_file, is_ignore_file
from docker_hooks.project.needs import PROJECT_FILES, Need, needs_of
from docker_hooks.project.sources import Source, matches
from docker_hooks.project.survey import Survey

_NAME = ".dockerignore"
_MOST_SOURCES = 20_000
_MOST_PATTERNS = 1_000


class Built:
    """A context and the Dockerfiles that are built with it under one ignore file; the rest is read on demand."""

    def __init__(self, context: Path, recipes: Sequence[Recipe], contexts: Contexts) -> None:
        self.context = context
        self.recipes = tuple(recipes)
        self.root = contexts.root
        self.tree = contexts.tree
        self._contexts = contexts
        self._names: dict[Path, str] = {}

    @cached_property
    def survey(self) -> Survey:
        """What lies in the context."""
        return self._contexts.survey(self.context)

    @cached_property
    def takes_too_much(self) -> bool:
        """Whether the Dockerfiles name more than can be looked through in seconds; nobody writes such by hand."""
        sources = {source for recipe in self.recipes for source in recipe.sources}
        return len(sources) > _MOST_SOURCES or sum(source.is_pattern for source in sources) > _MOST_PATTERNS

    @cached_property
    def needs(self) -> tuple[Need, ...]:
        """What the builds need from the context, each need once."""
        needs: dict[tuple[str, bool, bool], Need] = {}
        for need in needs_of(self):
            needs.setdefault((need.source.path, need.source.is_pattern, need.is_word), need)
        return tuple(needs.values())

    def needed_by(self, path: str) -> str:
        """Who needs this very path, rather than a folder that it lies in; "" if nobody does."""
        return next((need.by for need in self._named if matches(need.source, path)), "")

    @property
    def has_inline_recipe(self) -> bool:
        """Whether a compose file builds the context by a Dockerfile inside of it, which isn't read."""
        return self._contexts.has_inline(self.context)

    @cached_property
    def takes_folders(self) -> bool:
        """Whether a build takes more than files by their names, so that what else lies in a folder goes along."""
        return any(
            recipe.subject is None or any(self._is_folder(source) for source in recipe.sources)
            for recipe in self.recipes
        )

    def name(self, recipe: Recipe) -> str:
        """A Dockerfile as messages name it: relative to the repository's root."""
        if recipe.path not in self._names:
            self._names[recipe.path] = os.path.relpath(os.path.abspath(recipe.path), os.path.abspath(self.root))
        return self._names[recipe.path]

    def place(self, recipe: Recipe, line: int) -> str:
        """A line of a Dockerfile as messages name it."""
        return f"{self.name(recipe)}:{line}"

    def is_surely_from_here(self, recipe: Recipe, source: Source) -> bool:
        """Whether a Dockerfile takes this from this very context: someone says so, or it stands here."""
        return (
            self._contexts.is_said(recipe, self.context)
            or os.path.realpath(recipe.path.parent) == os.path.realpath(self.context)
            or source.is_pattern
            or os.path.lexists(self.context / source.path)
        )

    def listed(self, folder: str) -> list[str]:
        """The paths of what stands in a folder of the context."""
        try:
            return [posixpath.join(folder, name) for name in sorted(os.listdir(self.context / folder))]
        except (OSError, ValueError):
            return []

    @cached_property
    def _named(self) -> list[Need]:
        return [need for need in self.needs if not (need.is_word or need.is_anything or need.source.is_whole)]

    def _is_folder(self, source: Source) -> bool:
        path = os.path.join(self.context, source.path)
        if source.is_pattern or source.is_whole or os.path.isdir(path):
            return True
        return not os.path.lexists(path) and "." not in posixpath.basename(source.path)


class Target(NamedTuple):
    """An ignore file, which may not exist, the root of its repository, and what is built under it."""

    path: Path
    root: Path
    builts: tuple[Built, ...]


class _Lead(NamedTuple):
    """An ignore file that a given file leads to, and the contexts that it is in force for."""

    path: Path
    contexts: Contexts
    folders: dict[str, Path]


class Search:
    """Finds the ignore files that files lead to; what was read for one file serves for the others."""

    def __init__(
        self,
        override: Path | None = None,
        names: frozenset[str] = frozenset(),
        memory: Memory | None = None,
    ) -> None:
        """`override` is the context of every Dockerfile; `names` is what surveys of contexts are to look for.

        `memory` may know the Dockerfiles.
        """
        self._memory = memory or Memory()
        self._override = override
        self._names = names | frozenset(PROJECT_FILES)
        self._contexts: dict[Path, Contexts] = {}
        self._leads: dict[str, _Lead] = {}
        self._targets: dict[str, Target] = {}

    def take(self, path: Path, root: Path) -> Recipe | None:
        """Note where a file of the repository `root` leads; the Dockerfile, if it is one. Raises OSError."""
        is_compose, is_ignore = is_compose_file(path.name), is_ignore_file(path.name)
        if not is_compose and not is_ignore:
            return self._take_dockerfile(path, root)
        read_bytes(str(path))
        if is_compose:
            self._take_compose_file(path, root)
            return None
        if path.name == _NAME:
            self._note(path, root, path.parent)
            return None
        dockerfile = path.with_name(path.name.removesuffix(_NAME))
        if dockerfile.is_file():
            self._take_dockerfile(dockerfile, root)
        self._note(path, root, None)
        return None

    def ignore_files(self) -> tuple[Path, ...]:
        """The ignore files found, which may not exist."""
        return tuple(lead.path for lead in self._leads.values())

    def target(self, path: Path) -> Target:
        """An ignore file with all that is built under it, also by Dockerfiles that nobody gave."""
        key = self._key(path)
        if key not in self._targets:
            lead = self._leads[key]
            builts = []
            for folder in lead.folders.values():
                recipes = [
                    recipe
                    for recipe in lead.contexts.recipes(folder)
                    if self._key(ignore_file_for(recipe.path, folder)) == key
                ]
                builts.append(Built(folder, recipes, lead.contexts))
            self._targets[key] = Target(lead.path, lead.contexts.root, tuple(builts))
        return self._targets[key]

    def _take_dockerfile(self, path: Path, root: Path, context: Path | None = None) -> Recipe:
        recipe = read_recipe(path, root, self._memory)
        contexts = self._in(root)
        for folder in contexts.of(recipe) if context is None else (context,):
            contexts.tell(recipe, folder)
            self._note(ignore_file_for(path, folder), root, folder)
        return recipe

    def _take_compose_file(self, path: Path, root: Path) -> None:
        for build in builds(path, root):
            folder = context_folder(build)
            if folder is None or build.dockerfile is None:
                continue
            dockerfile, context = folder / build.dockerfile, self._override or folder
            if dockerfile.is_file() and is_within(str(dockerfile), str(root)) and is_within(str(context), str(root)):
                self._take_dockerfile(dockerfile, root, context)

    def _note(self, path: Path, root: Path, context: Path | None) -> None:
        lead = self._leads.setdefault(self._key(path), _Lead(path, self._in(root), {}))
        self._targets.clear()
        if context is not None:
            lead.folders.setdefault(real_path(str(context), self._memory), context)

    def _in(self, root: Path) -> Contexts:
        if root not in self._contexts:
            self._contexts[root] = Contexts(root, self._override, self._names, self._memory)
        return self._contexts[root]

    def _key(self, path: Path) -> str:
        """One name for an ignore file, however it is reached; a link is not the file that it leads to."""
        return os.path.join(real_path(str(path.parent), self._memory), path.name)

"""What the builds of a context need from it, so that an ignore file may not keep it back.

That is what a Dockerfile copies or mounts, what its commands name, and what the project itself is built from. Where
any of it can't be known, the answer is the careful one.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from docker_hooks.dockerfile.values import NamedTuple
from docker_hooks.project.packaging import build_files, needs_git
from docker_hooks.project.reading import Unreadable, read_text
from docker_hooks.project.sources import Source, makes_environment, runs_git

TYPE_CHECKING = False
if TYPE_CHECKING:
    from docker_hooks.project.built import Built

# By these a Python project is known; a survey of the context must look for them.
PROJECT_FILES = ("pyproject.toml", "setup.py", "setup.cfg")
_MOST_PROJECTS = 50
_ENVIRONMENTS = frozenset({".venv", "ENV", "env", "venv"})


class Need(NamedTuple):
    """Something in the context that a build needs.

    by: who needs it, as the end of "it would be kept back, but ..."
    is_word: it is a word of a command, which may well be something else
    """

    source: Source
    by: str
    is_word: bool = False

    @property
    def is_anything(self) -> bool:
        """Whether it might be any file of the context."""
        return not self.source.is_known and not self.source.path.strip("*/")


def needs_of(built: Built) -> Iterator[Need]:
    """What the builds of a context need, some of it more than once."""
    for recipe in built.recipes:
        for source in recipe.sources:
            yield Need(source, f"{built.place(recipe, source.line)} {source.verb} it")
        name = built.name(recipe)
        made = _ENVIRONMENTS if makes_environment(recipe.text) else frozenset()
        for word in recipe.words:
            if made.isdisjoint(word.split("/")):
                yield Need(Source(word, 1, "names"), f"{name} names it", is_word=True)
        if recipe.subject and runs_git(recipe.subject):
            yield Need(Source(".git", 1, "reads"), f"{name} runs git")
    if built.has_inline_recipe:
        yield Need(Source("**", 1, "copies", True, False), "a Dockerfile inside a compose file may copy it")
    for folder in _projects(built):
        yield from _needed_to_build(built, folder)


def _projects(built: Built) -> list[str]:
    """The folders in which a Python project stands, those near the root first."""
    folders = {posixpath.dirname(path) for name in PROJECT_FILES for path in built.survey.named.get(name, ())}
    return sorted(folders, key=lambda folder: (folder.count("/"), folder))[:_MOST_PROJECTS]


def _needed_to_build(built: Built, folder: str) -> Iterator[Need]:
    project = built.context / folder
    by = f"the project in {folder or 'the context'} is built from it"
    for name in build_files(project):
        yield Need(Source(posixpath.normpath(posixpath.join(folder, name)), 1, "reads"), by)
    reason = needs_git(project)
    if reason:
        yield Need(Source(".git", 1, "reads"), reason)
    try:
        if "hatchling" in read_text(project / "pyproject.toml", built.root):
            # hatchling leaves out of a package what git ignores (Hatch, "Build", VCS).
            yield Need(Source(posixpath.join(folder, ".gitignore"), 1, "reads"), by)
    except Unreadable:
        return

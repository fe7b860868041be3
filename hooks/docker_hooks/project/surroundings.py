"""What lies around a compose file, each thing looked at once: its builds, their Dockerfiles, the files it names."""

from __future__ import annotations

import os
import posixpath
import re
from functools import cached_property
from pathlib import Path

from docker_hooks.dockerfile.reader import Rejected, read
from docker_hooks.dockerfile.regex import regex
from docker_hooks.dockerfile.rules import rejection
from docker_hooks.dockerfile.values import NamedTuple
from docker_hooks.project import services
from docker_hooks.project.compose import Build, builds, context_folder, main_file
from docker_hooks.project.gitignore import may_be_ignored
from docker_hooks.project.reading import Unreadable, is_inside, read_text
from docker_hooks.project.services import Service
from docker_hooks.project.workdir import Image, image
from docker_hooks.project.yamlnodes import Mappings, read_yaml
from docker_hooks.subject import Subject

# A Dockerfile by these names beside the missing one is what the latter is made from.
_TEMPLATE_ENDINGS = ("erb", "in", "j2", "jinja", "jinja2", "m4", "template", "tmpl", "tpl")

# Bytes of a Dockerfile; each service that is built by it looks at it.
_LARGEST = 100_000
# Portainer makes this env_file when it starts the services.
_MADE_LATER = frozenset(("stack.env",))
_EXAMPLE = regex(r"example|sample|template|dist|default", re.IGNORECASE)


class _Place(NamedTuple):
    """What is known of a build: its context, whether its Dockerfile is missing, and what that says."""

    context: Path | None
    lacks_dockerfile: bool
    recipe: Subject | None


class Surroundings:
    """What lies around the compose file at `path` in the repository (or folder) `root`."""

    def __init__(self, path: Path, root: Path) -> None:
        self.path = path
        self.root = root
        self._images: dict[tuple[str | None, ...], Image | None] = {}
        self._places: dict[tuple[str | None, ...], _Place] = {}

    @cached_property
    def builds(self) -> dict[str, Build]:
        """The builds by the names of their services, none where other files are needed that can't be read."""
        return {build.service: build for build in builds(self.path, self.root)}

    @cached_property
    def main(self) -> Path | None:
        """The main file that this one completes, as docker-compose.dev.yml does docker-compose.yml."""
        return main_file(self.path)

    @cached_property
    def below(self) -> dict[str, Service]:
        """The services of the main file."""
        try:
            found = services.services(read_yaml(self.main, self.root), Mappings()) if self.main else ()
        except Unreadable:
            return {}
        return {service.name: service for service in found}

    @cached_property
    def is_repository(self) -> bool:
        """Whether git watches over the files."""
        return os.path.lexists(self.root / ".git")

    @cached_property
    def folders(self) -> tuple[Path, ...]:
        """Where relative paths may start: the file's folder and those above, for `--project-directory` and `-f`."""
        folder = Path(os.path.abspath(self.path.parent))
        found = [folder]
        while folder.parent != folder and is_inside(folder.parent, self.root):
            folder = folder.parent
            found.append(folder)
        return tuple(found)

    def is_missing(self, path: str, *, is_folder: bool = False) -> bool:
        """Whether nothing is at a path of the project, wherever it starts, and git does not say that it comes later."""
        if "\\" in path or "\0" in path or path.startswith("~") or posixpath.basename(path) in _MADE_LATER:
            return False
        places = [Path(os.path.normpath(folder / path)) for folder in self.folders]
        return not any(map(os.path.lexists, places)) and self.is_ours(places[0] / "file" if is_folder else places[0])

    def is_ours(self, path: Path) -> bool:
        """Whether a path is one of the project that git does not ignore."""
        return is_inside(path, self.root) and not (self.is_repository and may_be_ignored(path, self.root))

    def has_example(self, path: str) -> bool:
        """Whether a file stands by from which a missing env_file is to be made: `.env.example`, `sample.env`."""
        try:
            names = os.listdir(os.path.normpath(self.path.parent / os.path.dirname(path)))
        except OSError:
            return False
        return any("env" in name.lower() and _EXAMPLE.search(name) for name in names)

    def committed(self, path: str) -> str:
        """The text of an env_file that git is to keep, and that is no example; "" for any other."""
        place = Path(os.path.normpath(self.path.parent / path))
        if not self.is_repository or _EXAMPLE.search(place.name) or not self.is_ours(place):
            return ""
        try:
            return read_text(place, self.root)
        except Unreadable:
            return ""

    def context(self, build: Build) -> Path | None:
        """The folder of the project that is the context of a build, be it there or not."""
        return self._place(build).context

    def lacks_dockerfile(self, build: Build) -> bool:
        """Whether a build's Dockerfile is not there, and no template or empty submodule says that it comes later."""
        return self._place(build).lacks_dockerfile

    def image(self, build: Build) -> Image | None:
        """What a build's Dockerfile says of its image; None if that isn't known, or there is no such stage."""
        recipe = self.recipe(build)
        if recipe is None or build.target is None:
            return None
        key = (build.context, build.dockerfile, build.inline_text, build.target)
        if key not in self._images:
            self._images[key] = image(recipe, build.target)
        return self._images[key]

    def recipe(self, build: Build) -> Subject | None:
        """A build's Dockerfile, inline or not; None if it can't be read, or is for another frontend than Docker's."""
        return self._place(build).recipe

    def _place(self, build: Build) -> _Place:
        """What the services that are built alike have in common."""
        key = (build.context, build.dockerfile, build.inline_text)
        if key not in self._places:
            folder = context_folder(build)
            ours = folder if folder is not None and is_inside(folder, self.root) else None
            self._places[key] = self._looked_at(build, ours)
        return self._places[key]

    def _looked_at(self, build: Build, folder: Path | None) -> _Place:
        if build.inline_text is not None:
            return _Place(folder, False, self._read(build.inline_text, self.path))
        if folder is None or build.dockerfile is None or "://" in build.dockerfile:
            return _Place(folder, False, None)
        path = folder / build.dockerfile
        # BuildKit looks for the lower case name, and Podman for its own, next.
        names = ("dockerfile", "Containerfile") if path.name == "Dockerfile" else ()
        found = next((place for place in (path, *map(path.with_name, names)) if os.path.lexists(place)), None)
        if found is None:
            return _Place(folder, self._is_lacking(build, folder, Path(os.path.normpath(path))), None)
        try:
            return _Place(folder, False, self._read(read_text(found, self.root, _LARGEST), found))
        except Unreadable:
            return _Place(folder, False, None)

    def _is_lacking(self, build: Build, folder: Path, path: Path) -> bool:
        """Whether the Dockerfile `path` is nowhere, nor what it is made from."""
        elsewhere = posixpath.join(build.context or ".", build.dockerfile or "Dockerfile")
        if any(os.path.lexists(os.path.normpath(above / elsewhere)) for above in self.folders):
            return False
        try:
            around = os.listdir(path.parent) if path.parent.is_dir() else []
            if not os.listdir(folder) or any(f"{path.name}.{ending}" in around for ending in _TEMPLATE_ENDINGS):
                return False
        except OSError:
            return False
        return self.is_ours(path)

    def _read(self, text: str, path: Path) -> Subject | None:
        try:
            dockerfile = read(text)
        except Rejected:
            return None
        syntax = dockerfile.directives.get("syntax", "")
        is_dockers = not syntax or syntax.startswith(("docker/dockerfile", "docker.io/docker/dockerfile"))
        return Subject(str(path), str(self.root), dockerfile) if is_dockers and rejection(dockerfile) is None else None

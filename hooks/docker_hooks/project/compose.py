"""Reads compose files for what they build: which Dockerfile, with which context, arguments and target.

The compose file is the surest word on a Dockerfile's build context. The rules are those of the Compose
specification ("Build", "Interpolation", "Merge", "Extends", "Include") and of compose-go, which Compose runs.
What depends on a variable without a default is unknown, and a file that Compose would reject builds nothing.
"""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from docker_hooks.dockerfile.values import NamedTuple
from docker_hooks.project.reading import Unreadable
from docker_hooks.project.yamlnodes import Mappings, items, read_yaml, scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from yaml import Node

# In Compose's order of preference (compose-go, cli/options.go); overrides and variants come after them.
_NAMES = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")
_VARIANT = r"(?:docker-)?compose[._-].*\.ya?ml"
_OVERRIDE = r"(?:docker-)?compose\.override\.ya?ml"
# compose-go, paths/context.go; these, and whatever holds `://`.
_REMOTE = ("github.com/", "git@", "service:")
_NULL = "tag:yaml.org,2002:null"
_MOST_FILES = 50
# compose-go, template/template.go: `$$`, `$NAME`, `${NAME`, and the `}` that ends what a `${NAME:-` began.
_MARKS = r"\$\$|\$[A-Za-z_][A-Za-z0-9_]*|\$\{([A-Za-z_][A-Za-z0-9_]*)?(:?-)?|[{}]"


_PLAIN = frozenset({"context", "dockerfile", "dockerfile_inline", "target"})


class Build(NamedTuple):
    """One service's build. Every text is as written, its variables replaced by their defaults.

    `file` is the compose file and `line` the place in it, counted from 1: of the service, or of the include
    that brings it. `context` is a path relative to the file's folder, or a URL; `dockerfile` a path relative to
    the context; both None where a variable without a default hides them. `dockerfile` is also None for an
    `inline` Dockerfile, whose text is `inline_text`. `target` is "" for the last stage, None if hidden. `args` and
    `additional_contexts` are names with their values, None for values from outside.
    """

    file: Path
    service: str
    context: str | None
    dockerfile: str | None
    target: str | None
    inline: bool
    inline_text: str | None
    additional_contexts: tuple[tuple[str, str | None], ...]
    args: tuple[tuple[str, str | None], ...]
    line: int


class ComposeFile(NamedTuple):
    """The builds of a compose file, or none and the `reason` why it can't be read."""

    builds: tuple[Build, ...]
    reason: str | None


def compose_names(names: Iterable[str]) -> tuple[str, ...]:
    """Those of the names of files that are compose files': main ones by Compose's names, then the others by name."""
    names = {name for name in names if "compose" in name}
    variants = sorted(name for name in names.difference(_NAMES) if re.fullmatch(_VARIANT, name))
    return (*(name for name in _NAMES if name in names), *variants)


def main_file(path: Path) -> Path | None:
    """The compose file that a variant or an override in the same folder completes; None for a main file itself."""
    if path.name in _NAMES:
        return None
    return next((path.parent / name for name in _NAMES if (path.parent / name).is_file()), None)


def read_compose(path: Path, root: Path) -> ComposeFile:
    """The builds that the compose file at `path` declares, for files inside `root`.

    `extends` and `include` are followed. A variant such as docker-compose.prod.yml is completed by the main
    file beside it where it changes a build without saying its context; compose.override.yml always is.
    """
    try:
        services = _Loader(root).services(path)
    except Unreadable as error:
        return ComposeFile((), str(error))
    return ComposeFile(tuple(_build(path, name, service) for name, service in services.items()), None)


def builds(path: Path, root: Path) -> tuple[Build, ...]:
    """The builds that the compose file at `path` declares, none if it can't be read."""
    return read_compose(path, root).builds


def context_folder(build: Build) -> Path | None:
    """The folder that a build sends to the builder; None for a URL, an unknown one, or one in someone's home."""
    if build.context is None or is_remote(build.context) or build.context.startswith("~"):
        return None
    return Path(os.path.normpath(build.file.parent / build.context))


class _Recipe(NamedTuple):
    """What one `build` key says: its plain values by key, absent where it says nothing, None where hidden."""

    values: dict[str, str | None]
    args: dict[str, str | None]
    contexts: dict[str, str | None]

    def over(self, base: _Recipe) -> _Recipe:
        """This recipe merged over another (Compose, "Merge")."""
        return _Recipe(*({**below, **above} for below, above in zip(base, self, strict=True)))

    def seen_from(self, folder: str) -> _Recipe:
        """This recipe with its paths, which are relative to `folder`, made relative to where `folder` is from."""
        contexts = {name: _join(folder, value) for name, value in self.contexts.items()}
        values = dict(self.values)
        if "context" in values:
            values["context"] = _join(folder, values["context"])
        return _Recipe(values, self.args, contexts)


class _Service(NamedTuple):
    """A service: the line to report, its recipe if it has one, and the (file, service) that it extends.

    `replaces` if `!reset` or `!override` says that nothing of what it extends or overrides is left.
    """

    line: int
    recipe: _Recipe | None
    extends: tuple[str | None, str] | None
    replaces: bool


class _Include(NamedTuple):
    line: int
    files: list[str]
    folder: str | None


class _Source(NamedTuple):
    """A compose file as it is written, nothing followed."""

    services: dict[str, _Service]
    includes: list[_Include]


class _Loader:
    """Loads compose files and what they extend and include, within the limits that keep it from taking long."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.mappings = Mappings()
        self.sources: dict[str, _Source] = {}

    def services(self, path: Path) -> dict[str, _Service]:
        """The services of the compose file at `path` that are built, their paths relative to its folder."""
        folder = str(path.parent)
        services = self._all(str(path), folder, ())
        main = main_file(path)
        if main is not None:
            try:
                below = self._all(str(main), folder, ())
            except Unreadable:
                below = {}
            always = re.fullmatch(_OVERRIDE, path.name)
            for name, service in services.items():
                if service.recipe and (always or "context" not in service.recipe.values):
                    services[name] = _merged(below.get(name), service)
        return {name: service for name, service in services.items() if service.recipe}

    def _all(self, path: str, folder: str, including: tuple[str, ...]) -> dict[str, _Service]:
        """The services of a file and of those that it includes, their paths relative to `folder`."""
        if path in including:
            raise Unreadable("includes itself")
        self.mappings.visit(1)
        source = self._source(path)
        services: dict[str, _Service] = {}
        for include in source.includes:
            files = [os.path.normpath(os.path.join(folder, file)) for file in include.files]
            there = os.path.join(folder, include.folder) if include.folder else os.path.dirname(files[0])
            for file in files:
                for name, service in self._all(file, there, (*including, path)).items():
                    recipe = service.recipe.seen_from(_relative(there, folder)) if service.recipe else None
                    services[name] = _merged(services.get(name), service._replace(line=include.line, recipe=recipe))
        included = dict(services)
        for name in source.services:
            services[name] = _merged(included.get(name), self._extended(path, folder, name, included))
        return services

    def _extended(self, path: str, folder: str, name: str, included: dict[str, _Service]) -> _Service:
        """A service merged over all that it extends, in this file, in another or `included` (Compose, "Extends")."""
        chain: list[_Service] = []
        seen: set[tuple[str, str]] = set()
        there = folder
        while (path, name) not in seen:
            seen.add((path, name))
            service = self._source(path).services.get(name) or included.get(name)
            if service is None:
                raise Unreadable(f"extends the service {name}, which isn't there")
            recipe = service.recipe.seen_from(_relative(there, folder)) if service.recipe else None
            self.mappings.visit(1 + (len(recipe.args) + len(recipe.contexts) if recipe else 0))
            chain.append(service._replace(recipe=recipe))
            if service.extends is None:
                break
            file, name = service.extends
            if file is not None:
                path = os.path.normpath(os.path.join(there, file))
                there, included = os.path.dirname(path), {}
        else:
            raise Unreadable(f"the service {name} extends itself")
        result = chain.pop()
        while chain:
            result = _merged(result, chain.pop())
        return result

    def _source(self, path: str) -> _Source:
        if path not in self.sources:
            if len(self.sources) == _MOST_FILES:
                raise Unreadable(f"needs more than {_MOST_FILES} files")
            try:
                self.sources[path] = self._read(Path(path))
            except Unreadable as error:
                # The caller knows which file it asked for, but not which others that one needs.
                raise Unreadable(f"{Path(path).name} {error}" if self.sources else str(error)) from error
        return self.sources[path]

    def _read(self, path: Path) -> _Source:
        source = _Source({}, [])
        for document in read_yaml(path, self.root):
            entries = self.mappings.entries(document)
            if not entries and document.tag != _NULL:
                raise Unreadable("is no compose file: its top level is no mapping")
            services = entries["services"][1] if "services" in entries else None
            for name, (key, node) in self.mappings.entries(services).items():
                service = self._service(key, node)
                source.services[name] = _merged(source.services.get(name), service)
            if "include" in entries:
                source.includes.extend(self._includes(entries["include"][1]))
        return source

    def _service(self, key: Node, node: Node) -> _Service:
        entries = self.mappings.entries(node)
        line, recipe, replaces = key.start_mark.line + 1, None, False
        if "build" in entries:
            key, build = entries["build"]
            line, replaces = key.start_mark.line + 1, build.tag in ("!reset", "!override")
            recipe = None if is_unset(build) else self._recipe(build)
        extends = None
        if "extends" in entries and not is_unset(entries["extends"][1]):
            node = entries["extends"][1]
            fields = {name: text_of(value) for name, (_, value) in self.mappings.entries(node).items()}
            base = fields.get("service") or text_of(node)
            if not base or ("file" in fields and not fields["file"]):
                raise Unreadable(f"line {node.start_mark.line + 1}: can't tell what is extended")
            extends = (fields.get("file"), base)
        return _Service(line, recipe, extends, replaces)

    def _recipe(self, node: Node) -> _Recipe:
        """The short form names the context, the long form is a mapping (Compose, "Build")."""
        if scalar(node) is not None:
            return _Recipe({"context": text_of(node)}, {}, {})
        entries = self.mappings.entries(node)
        values = {key: text_of(value) for key, (_, value) in entries.items() if key in _PLAIN and not is_unset(value)}
        return _Recipe(values, self._pairs(entries, "args"), self._pairs(entries, "additional_contexts"))

    def _pairs(self, entries: dict[str, tuple[Node, Node]], key: str) -> dict[str, str | None]:
        """A mapping, or a list of `NAME=VALUE`."""
        if key not in entries:
            return {}
        node = entries[key][1]
        listed = [text.partition("=") for text in map(text_of, items(node)) if text]
        self.mappings.visit(len(listed))
        return {name: text_of(value) for name, (_, value) in self.mappings.entries(node).items()} | {
            name: value if equals else None for name, equals, value in listed
        }

    def _includes(self, node: Node) -> Iterator[_Include]:
        """A list of paths, or of mappings with one or more paths and a project directory (Compose, "Include")."""
        for item in items(node):
            self.mappings.visit(1)
            fields = {name: value for name, (_, value) in self.mappings.entries(item).items()}
            paths = fields.get("path", item)
            texts = [text_of(path) for path in items(paths) or [paths]]
            folder = text_of(fields["project_directory"]) if "project_directory" in fields else None
            files = [text for text in texts if text and not is_remote(text)]
            if files and len(files) == len(texts):
                yield _Include(item.start_mark.line + 1, files, folder)


def _merged(below: _Service | None, above: _Service) -> _Service:
    if below is None or below.recipe is None or above.replaces:
        return above
    if above.recipe is None:
        return above._replace(recipe=below.recipe)
    return above._replace(recipe=above.recipe.over(below.recipe))


def _build(file: Path, name: str, service: _Service) -> Build:
    recipe = service.recipe or _Recipe({}, {}, {})
    values = recipe.values
    inline = "dockerfile_inline" in values
    return Build(
        file=file,
        service=name,
        # compose-go's normalize.go: these two have defaults.
        context="." if values.get("context", ".") == "" else values.get("context", "."),
        dockerfile=None if inline else values.get("dockerfile", "Dockerfile"),
        target=values.get("target", ""),
        inline=inline,
        inline_text=values.get("dockerfile_inline"),
        additional_contexts=tuple(recipe.contexts.items()),
        args=tuple(recipe.args.items()),
        line=service.line,
    )


def text_of(node: Node) -> str | None:
    """A scalar's text, its variables replaced by their defaults; None if it has none or a variable hides it."""
    text = None if node.tag == _NULL else scalar(node)
    return None if text is None or "\0" in text else interpolated(text)


def is_unset(node: Node) -> bool:
    """Whether a value says nothing, or takes back what was said (Compose, "Merge", reset value)."""
    return node.tag in (_NULL, "!reset")


def is_remote(location: str) -> bool:
    """Whether a context or a compose file lies elsewhere: a URL, a git repository, another service."""
    return "://" in location or location.startswith(_REMOTE)


def interpolated(text: str) -> str | None:
    """`$$` is a dollar sign, `${NAME:-default}` and `${NAME-default}` their default; any other variable is unknown.

    Defaults may hold variables (Compose, "Interpolation").
    """
    if "$" not in text:
        return text
    result: list[str] = []
    depth = end = 0
    for mark in re.finditer(_MARKS, text):
        result.append(text[end : mark.start()])
        end = mark.end()
        if mark[0] == "$$":
            result.append("$")
        elif mark[2]:
            depth += 1
        elif mark[0] == "}" and depth:
            depth -= 1
        elif mark[0] in "{}" and not depth:
            result.append(mark[0])
        else:
            return None
    return None if depth else "".join([*result, text[end:]])


def _join(folder: str, path: str | None) -> str | None:
    if path is None or folder == "." or path.startswith("~") or is_remote(path):
        return path
    return posixpath.normpath(posixpath.join(folder, path))


def _relative(folder: str, start: str) -> str:
    try:
        return os.path.relpath(folder, start).replace(os.sep, "/")
    except ValueError as error:  # Windows: another drive
        raise Unreadable("needs a file on another drive") from error

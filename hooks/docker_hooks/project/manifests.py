"""Which dependency manifests a project has, and what they need beside themselves to be installed.

`dockerfile-requirements-first` copies manifests into the image before the source. That is right only if they
are self-contained: no `-e .`, no path, no other file that isn't copied as well. Every function here answers
with a reason where the truth can't be known, and raises nothing, whatever the files hold.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from pathlib import Path

from docker_hooks.dockerfile.values import NamedTuple
from docker_hooks.project.reading import Unreadable, is_inside, read_text, read_toml, strings, table
from docker_hooks.project.requirements import (
    Reference,
    file_path,
    is_remote,
    path_reference,
    requirement_references,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from yaml import Node

# The files that each tool reads by itself: its manifest, its lock, its settings (the documentation of uv, Poetry
# and PDM on configuration; uv's on Python versions).
_FIXED_NAMES = {
    "uv": ("pyproject.toml", "uv.lock", "uv.toml", ".python-version"),
    "poetry": ("pyproject.toml", "poetry.lock", "poetry.toml"),
    "pdm": ("pyproject.toml", "pdm.lock", "pdm.toml"),
    "pipenv": ("Pipfile", "Pipfile.lock"),
}
# The files of tools that are told what to read, by the names that people give them.
_USUAL_NAMES = {
    "pip": r"(?:.*[-_.])?(?:requirements|constraints)(?:[-_.].*)?\.txt",
    "conda": r"(?:environment|conda)(?:[-_.].*)?\.ya?ml|conda[-_.].*\.lock",
}
_MOST_FILES = 100


class Closure(NamedTuple):
    """The files that a manifest needs, itself included, as paths relative to the root.

    `reason` says why these may not be all or not be enough, None if they are: only then can they be installed
    without the rest of the project.
    """

    files: frozenset[str]
    reason: str | None


def dependency_manifests(root: Path) -> dict[str, tuple[str, ...]]:
    """The tools whose manifests stand in `root`, each with its files as paths relative to `root`.

    Tools: "pip" (requirements files in `root` and in `root/requirements`), "conda", "uv", "poetry", "pdm",
    "pipenv". A pyproject.toml is a tool's own if the tool's lock file or its table is there.
    """
    names = _names(root)
    found = {
        tool: tuple(name for name in fixed if name in names)
        for tool, fixed in _FIXED_NAMES.items()
        if _uses(root, tool, names)
    }
    for tool, pattern in _USUAL_NAMES.items():
        files = [name for name in sorted(names) if re.fullmatch(pattern, name)]
        if tool == "pip":
            nested = sorted(_names(root / "requirements"))
            files += [f"requirements/{name}" for name in nested if name.endswith(".txt")]
        if files:
            found[tool] = tuple(files)
    return found


def installs_itself(root: Path, tool: str) -> bool | None:
    """Whether the tool's plain install command also installs the project in `root`, and so needs its source.

    uv: if a build system is declared, `tool.uv.package` decides (uv, "Project packaging"). Poetry: unless
    `package-mode = false`. PDM: if it has a name, `tool.pdm.distribution` decides. Others never do.
    None where pyproject.toml can't be read.
    """
    if tool not in ("uv", "poetry", "pdm"):
        return False
    try:
        pyproject = read_toml(root / "pyproject.toml", root)
    except Unreadable:
        return None
    settings = table(pyproject, "tool", tool)
    if tool == "uv":
        return bool(settings.get("package", "build-system" in pyproject))
    if tool == "poetry":
        return bool(settings.get("package-mode", True))
    distribution = settings.get("distribution", settings.get("package-type", "library") == "library")
    return bool(table(pyproject, "project").get("name")) and bool(distribution)


def manifest_references(root: Path, path: str) -> tuple[Reference, ...]:
    """What the manifest at `path`, relative to `root`, needs beside itself.

    Reads pyproject.toml (of every tool), Pipfile, conda's environment files (any .yml or .yaml), and takes
    every other file for pip's; lock files need nothing. One "unknown" reference if the file can't be read.
    """
    name = posixpath.basename(path)
    try:
        if name == "pyproject.toml":
            return tuple(sorted(_pyproject_references(root / path, root), key=lambda reference: reference.line))
        if name == "Pipfile":
            return tuple(_pipfile_references(root / path, root))
        if name.endswith((".lock", "conda-lock.yml", ".toml")) or name == ".python-version":
            return ()
        if name.endswith((".yml", ".yaml")):
            return tuple(_environment_references(root / path, root))
        return requirement_references(read_text(root / path, root))
    except Unreadable as error:
        return (Reference("unknown", f"{path} {error}", 0),)


def requirements_closure(root: Path, path: str) -> Closure:
    """The manifest at `path` and the files that it reads in turn (`-r`, `-c`), all relative to `root`.

    Each is found relative to the file that names it, as pip and conda do. Files that refer to each other are
    each named once.
    """
    files: set[str] = set()
    waiting = [posixpath.normpath(path)]
    while waiting:
        file = waiting.pop()
        if file in files:
            continue
        if len(files) == _MOST_FILES:
            return Closure(frozenset(files), f"{path} needs more than {_MOST_FILES} files")
        if file.startswith(("../", "/")) or file == ".." or not is_inside(root / file, root):
            return Closure(frozenset(files), f"{file} lies outside the build context")
        files.add(file)
        for reference in manifest_references(root, file):
            if reference.kind not in ("requirements", "constraint"):
                return Closure(frozenset(files), _reason(file, reference))
            waiting.append(posixpath.normpath(posixpath.join(posixpath.dirname(file), reference.path)))
    return Closure(frozenset(files), None)


_NEEDS = {
    "local project": "installs the local project",
    "local file": "installs the local file",
    "find-links": "looks for archives in",
    "workspace": "needs the workspace member",
}


def _reason(file: str, reference: Reference) -> str:
    place = f"{file}:{reference.line}" if reference.line else file
    if reference.kind in _NEEDS:
        return f"{place} {_NEEDS[reference.kind]} {reference.path}"
    return f"{place}: {reference.path} can't be known" if reference.line else reference.path


def _names(folder: Path) -> frozenset[str]:
    try:
        return frozenset(entry.name for entry in folder.iterdir())
    except OSError:
        return frozenset()


def _uses(root: Path, tool: str, names: frozenset[str]) -> bool:
    manifest, lock = _FIXED_NAMES[tool][:2]
    if manifest not in names:
        return False
    if lock in names or manifest != "pyproject.toml":
        return True
    try:
        return bool(table(read_toml(root / manifest, root), "tool", tool))
    except Unreadable:
        return False


def _pyproject_references(path: Path, root: Path) -> Iterator[Reference]:
    pyproject = read_toml(path, root)
    lines = _quoted_lines(read_text(path, root))
    project = table(pyproject, "project")
    uv = table(pyproject, "tool", "uv")
    pdm = table(pyproject, "tool", "pdm")
    poetry = table(pyproject, "tool", "poetry")
    # Lists of requirements (PEP 621, PEP 735, PEP 518), some of which take pip's `-e` (PDM).
    for requirements in (
        project.get("dependencies"),
        *table(project, "optional-dependencies").values(),
        *table(pyproject, "dependency-groups").values(),
        *table(pdm, "dev-dependencies").values(),
        uv.get("dev-dependencies"),
        uv.get("constraint-dependencies"),
        uv.get("override-dependencies"),
        table(pyproject, "build-system").get("requires"),
    ):
        for requirement in strings(requirements):
            for reference in requirement_references(requirement):
                yield reference._replace(line=lines.get(requirement, 0))
    # Tables of dependencies by name: `{path = ...}`, for poetry also `{file = ...}`.
    for dependencies in (
        table(uv, "sources"),
        table(poetry, "dependencies"),
        table(poetry, "dev-dependencies"),
        *(table(group, "dependencies") for group in table(poetry, "group").values()),
    ):
        yield from _path_dependencies(dependencies, lines)
    for member in strings(table(uv, "workspace").get("members")):
        yield Reference("workspace", member, lines.get(member, 0))
    for index in (*_tables(uv.get("index")), *_tables(poetry.get("source")), *_tables(pdm.get("source"))):
        yield from _indexes(index.get("url"), lines)
    for setting in ("find-links", "index-url", "extra-index-url"):
        yield from _indexes(uv.get(setting), lines)
    yield from _dynamic_dependencies(pyproject, lines)


def _dynamic_dependencies(pyproject: dict[str, Any], lines: dict[str, int]) -> Iterator[Reference]:
    """The files from which setuptools' `dynamic` table and hatch-requirements-txt read dependencies."""
    project = table(pyproject, "project")
    dynamic = table(pyproject, "tool", "setuptools", "dynamic")
    hook = table(pyproject, "tool", "hatch", "metadata", "hooks", "requirements_txt")
    tables = [dynamic.get("dependencies"), *table(dynamic, "optional-dependencies").values()]
    files = [file for directive in tables for file in strings(table(directive).get("file"))]
    files += strings(hook.get("files")) + strings(hook.get("filename"))
    files += [file for names in table(hook, "optional-dependencies").values() for file in strings(names)]
    for file in files:
        yield Reference("requirements", file, lines.get(file, 0))
    known = files or hook or "dependencies" in table(pyproject, "tool", "poetry")
    if "dependencies" in strings(project.get("dynamic")) and not known:
        yield Reference("unknown", "dynamic dependencies", lines.get("dependencies", 0))


def _pipfile_references(path: Path, root: Path) -> Iterator[Reference]:
    """`{path = ...}` and `{file = ...}` in any category of packages (Pipenv, "Pipfile & Pipfile.lock")."""
    pipfile = read_toml(path, root)
    lines = _quoted_lines(read_text(path, root))
    for name, packages in pipfile.items():
        if name not in ("source", "requires", "scripts", "pipenv"):
            yield from _path_dependencies(table(packages), lines)
    for source in _tables(pipfile.get("source")):
        yield from _indexes(source.get("url"), lines)


def _path_dependencies(dependencies: dict[str, Any], lines: dict[str, int]) -> Iterator[Reference]:
    for name, value in dependencies.items():
        for source in _tables(value):
            for path in strings(source.get("path")) + strings(source.get("file")):
                if not is_remote(path):
                    yield path_reference(file_path(path), lines.get(path, 0))
            workspace = source.get("workspace")
            if workspace:
                member = workspace if isinstance(workspace, str) else name
                yield Reference("workspace", member, lines.get(member, 0))


def _indexes(value: object, lines: dict[str, int]) -> Iterator[Reference]:
    for location in strings(value):
        if not is_remote(location):
            yield Reference("find-links", file_path(location), lines.get(location, 0))


def _tables(value: object) -> list[dict[str, Any]]:
    return [item for item in (value if isinstance(value, list) else [value]) if isinstance(item, dict)]


def _quoted_lines(text: str) -> dict[str, int]:
    """The line on which each quoted string of a TOML file first stands; tomllib keeps no places."""
    lines: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        for quoted in line.replace("'", '"').split('"')[1::2]:
            lines.setdefault(quoted, number)
    return lines


def _environment_references(path: Path, root: Path) -> Iterator[Reference]:
    """The `pip:` entries of a conda environment, which conda hands to pip in the file's own folder."""
    from docker_hooks.project.yamlnodes import items, pairs, read_yaml, scalar

    # By identity, since aliases may repeat a node any number of times.
    lists: dict[int, Node] = {}
    for document in read_yaml(path, root):
        environment = {scalar(key): value for key, value in pairs(document)}
        for channel in items(environment.get("channels", document)):
            location = scalar(channel) or ""
            if location.startswith((".", "/", "file:")):
                yield Reference("find-links", file_path(location), channel.start_mark.line + 1)
        dependencies = items(environment.get("dependencies", document))
        for dependency in {id(node): node for node in dependencies}.values():
            lists.update((id(value), value) for key, value in pairs(dependency) if scalar(key) == "pip")
    for entries in lists.values():
        for entry in items(entries) or [entries]:
            for reference in requirement_references(scalar(entry) or ""):
                yield reference._replace(line=entry.start_mark.line + 1)

"""What a build backend needs when the project itself is installed: `pip install .`, `poetry install`, `uv sync`.

An ignore file that leaves out the readme that pyproject.toml names, or `.git` where the version comes from it,
breaks the build; so does one that takes a package called `data` or `env` for data or an environment. Nothing
of the project is run: setup.py is searched as text. Where a file can't be read, the answer is the careful one.
"""

from __future__ import annotations

import fnmatch
import posixpath
import re
from collections.abc import Iterator
from pathlib import Path

from docker_hooks.project.reading import (
    TOML_LIMIT,
    Missing,
    Unreadable,
    is_inside,
    read_ini,
    read_text,
    read_toml,
    strings,
    table,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


# Patterns are compiled by `re` when they are first used, since most projects need few of them.

# The manifests that backends read themselves.
_MANIFESTS = ("pyproject.toml", "setup.cfg", "setup.py", "MANIFEST.in", "hatch.toml")
# What a backend may well read, if the manifest that would say so can't be read.
_USUAL_FILES = r"(?i:README|LICEN[CS]E|COPYING|NOTICE|AUTHORS|CHANGE|HISTORY|NEWS|VERSION|REQUIREMENTS).*"
# Distributions that ask git for the version, or for the list of files.
_GIT_TOOLS = frozenset(
    {
        "better-setuptools-git-version",
        "dunamai",
        "flit-scm",
        "gitpython",
        "hatch-vcs",
        "pbr",
        "poetry-dynamic-versioning",
        "poetry-git-version-plugin",
        "poetry-version-plugin",
        "setuptools-git",
        "setuptools-git-ver",
        "setuptools-git-versioning",
        "setuptools-scm",
        "setuptools-vcs-version",
        "uv-dynamic-versioning",
        "vcs-versioning",
        "versioneer",
        "versioningit",
    }
)
# What tells of them, or of git itself, in setup.py.
_GIT_WORDS = (
    r"(?m)\b(?:use_scm_version|setuptools[_-]scm|setuptools[_-]git\w*|versioneer|versioningit|vcversioner|dunamai"
    r"|git[ \"',]+(?:describe|rev-parse|rev-list|log|ls-files))\b"
    r"|\bpbr\s*=\s*True|[\"']pbr\b|^[ \t]*(?:import|from) git\b|\bversion_config\s*="
)
_LITERAL = r"\"([^\"\\\n]{1,200})\"|'([^'\\\n]{1,200})'"
_PACKAGES_ARGUMENT = r"\bpackages\s{0,20}=\s{0,20}\[([^\]]{0,2000})\]"
_PACKAGE_DIR_ARGUMENT = r"\bpackage_dir\s{0,20}=\s{0,20}\{\s{0,20}[\"']{2}\s{0,20}:\s{0,20}[\"'](\w+)"
_MOST_STRINGS = 20_000
_MOST_GLOBS = 20
_MOST_ENTRIES = 5_000


def build_files(root: Path) -> frozenset[str]:
    """The files (or folders) that the build backend of the project in `root` reads to build it, existing or not.

    As paths relative to `root`: the manifests, and what they name as readme, licence, version, requirements or
    data. If one of them can't be read, the usual files as well.
    """
    named = {name for name in _MANIFESTS if (root / name).is_file()}
    is_known = True
    for reader in (_pyproject_files, _setup_cfg_files, _setup_py_files):
        try:
            named.update(reader(root))
        except Missing:
            continue
        except Unreadable:
            is_known = False
    paths = {posixpath.normpath(name.strip().replace("\\", "/")) for name in named}
    inside = {path for path in paths if path not in (".", "..") and not path.startswith(("../", "/"))}
    globs = {path for path in inside if any(mark in path for mark in "*?[")}
    if not is_known or len(globs) > _MOST_GLOBS:
        inside.update(name for name in _names(root) if re.fullmatch(_USUAL_FILES, name))
    matches = {match for glob in sorted(globs)[:_MOST_GLOBS] for match in _glob(root, glob)}
    return frozenset(inside - globs | matches)


def needs_git(root: Path) -> str | None:
    """Why the project in `root` can't be built without `.git`, None if nothing says so.

    Its version comes from git: setuptools-scm, hatch-vcs and the like among the build requirements, in their
    own tables, or in setup.cfg and setup.py. A manifest that can't be read is a reason too.
    """
    for name, reader in (
        ("pyproject.toml", _pyproject_git),
        ("setup.cfg", _setup_cfg_git),
        ("setup.py", _setup_py_git),
    ):
        try:
            tool = reader(root)
        except Missing:
            continue
        except Unreadable as error:
            return f"{name} {error}, so it may need git"
        if tool:
            return f"{name} uses {tool}"
    return None


def is_package(root: Path, folder: str) -> bool:
    """Whether `folder`, relative to `root`, holds Python code to import, rather than data or an environment.

    It does if Python files stand in it (a folder needs no `__init__.py` to be imported, PEP 420) or if a
    manifest names it, or a folder below it, as a package.
    """
    folder = posixpath.normpath(folder)
    if folder.startswith(("../", "/")) or folder in ("..", ".") or not is_inside(root / folder, root):
        return False
    if any(name.endswith((".py", ".pyi")) for name in _names(root / folder)):
        return True
    for reader in (_pyproject_packages, _setup_cfg_packages, _setup_py_packages):
        try:
            if any(f"{package}/".startswith(f"{folder}/") for package in reader(root)):
                return True
        except Unreadable:
            continue
    return False


def _pyproject_files(root: Path) -> Iterator[str]:
    """`[project]` (PEP 621, PEP 639) and the tables of setuptools, Poetry, Hatch, Flit, PDM and uv_build."""
    pyproject = read_toml(root / "pyproject.toml", root)
    project = table(pyproject, "project")
    yield from strings(project.get("readme"))
    yield from strings(table(project, "readme").get("file"))
    yield from strings(table(project, "license").get("file"))
    licences = project.get("license-files")
    # A draft of PEP 639, which some backends took, has a table of paths and globs.
    for value in (licences, *table(licences).values()):
        yield from strings(value)
    tool = table(pyproject, "tool")
    yield from _setuptools_files(table(tool, "setuptools"))
    yield from _poetry_files(table(tool, "poetry"))
    yield from _hatch_files(table(tool, "hatch"))
    yield from strings(table(tool, "flit", "metadata").get("description-file"))
    yield from strings(table(tool, "pdm", "version").get("path"))
    yield from strings(table(tool, "pdm", "build").get("custom-hook"))
    yield from strings(table(tool, "pdm", "build").get("setup-script"))
    for value in table(tool, "uv", "build-backend", "data").values():
        yield from strings(value)
    try:
        yield from _hatch_files(read_toml(root / "hatch.toml", root))
    except Missing:
        return


def _setuptools_files(settings: dict[str, Any]) -> Iterator[str]:
    """Fields read from a `file`, licences, scripts, data (setuptools, "Configuring using pyproject.toml")."""
    dynamic = table(settings, "dynamic")
    for directive in (*dynamic.values(), *table(dynamic, "optional-dependencies").values()):
        yield from strings(table(directive).get("file"))
    yield from strings(settings.get("license-files"))
    yield from strings(settings.get("script-files"))
    for value in table(settings, "data-files").values():
        yield from strings(value)


def _poetry_files(settings: dict[str, Any]) -> Iterator[str]:
    """`readme`, `include`, `build` and scripts that are files (Poetry, "The pyproject.toml file")."""
    yield from strings(settings.get("readme"))
    includes = settings.get("include")
    for include in includes if isinstance(includes, list) else ():
        yield from strings(table(include).get("path") if isinstance(include, dict) else include)
    build = settings.get("build")
    yield from strings(build.get("script") if isinstance(build, dict) else build)
    for script in table(settings, "scripts").values():
        if table(script).get("type") == "file":
            yield from strings(script.get("reference"))


def _hatch_files(settings: dict[str, Any]) -> Iterator[str]:
    """The version's file, what hooks read, files included by force (Hatch, "Build" and "Versioning").

    Hooks: custom ones, hatch-fancy-pypi-readme's fragments, hatch-requirements-txt's files.
    """
    yield from strings(table(settings, "version").get("path"))
    build = table(settings, "build")
    targets = [table(target) for target in table(build, "targets").values()]
    metadata = table(settings, "metadata", "hooks")
    for hooks in (metadata, *(table(part, "hooks") for part in (build, *targets))):
        if "custom" in hooks:
            yield from strings(table(hooks, "custom").get("path", "hatch_build.py"))
    fragments = table(metadata, "fancy-pypi-readme").get("fragments")
    for fragment in fragments if isinstance(fragments, list) else ():
        yield from strings(table(fragment).get("path"))
    if "requirements_txt" in metadata:
        hook = table(metadata, "requirements_txt")
        yield from strings(hook.get("files", hook.get("filename", "requirements.txt")))
        for value in table(hook, "optional-dependencies").values():
            yield from strings(value)
    for part in (build, *targets):
        for key in ("force-include", "shared-data", "shared-scripts", "extra-metadata"):
            yield from table(part, key)


def _setup_cfg_files(root: Path) -> Iterator[str]:
    """`file:` values, licence files, scripts, data files (setuptools, "Declarative config"; pbr's readme)."""
    sections = read_ini(root / "setup.cfg", root)
    metadata, options = sections.get("metadata", {}), sections.get("options", {})
    for value in (*metadata.values(), *options.values(), *sections.get("options.extras_require", {}).values()):
        if value.startswith("file:"):
            yield from _listed(value[len("file:") :])
    for option in ("license_files", "license_file", "description_file"):
        yield from _listed(metadata.get(option, ""))
    yield from _listed(options.get("scripts", ""))
    for value in sections.get("options.data_files", {}).values():
        yield from _listed(value)


def _setup_py_files(root: Path) -> Iterator[str]:
    """Each string of setup.py that names a file, also joined with those before it: `join(here, "docs", "a.md")`."""
    text = read_text(root / "setup.py", root, TOML_LIMIT)
    tried: set[str] = set()
    row: list[str] = []
    end = 0
    for match in re.finditer(_LITERAL, text):
        literal = match[1] or match[2]
        row = [*row[-3:], literal] if text[end : match.start()].strip() in (",", "/") else [literal]
        end = match.end()
        tried.update("/".join(row[start:]) for start in range(len(row)))
        if len(tried) > _MOST_STRINGS:
            raise Unreadable("holds too many strings")
    yield from (name for name in sorted(tried) if _is_file(root, name))


def _pyproject_git(root: Path) -> str | None:
    pyproject = read_toml(root / "pyproject.toml", root)
    tool = table(pyproject, "tool")
    required = {_normal(name) for name in strings(table(pyproject, "build-system").get("requires"))}
    for name in sorted(required & _GIT_TOOLS):
        if table(tool, name).get("enable", True) is not False:
            return name
    for name in tool:
        if _normal(name) in _GIT_TOOLS and table(tool, name).get("enable", True) is not False:
            return _normal(name)
    # hatch-vcs and the like are among the build requirements; PDM and scikit-build bring their own.
    version = table(tool, "pdm", "version")
    if version.get("source") == "scm" or version.get("use_scm"):
        return "PDM's version source scm"
    provider = table(tool, "scikit-build", "metadata", "version").get("provider")
    return "setuptools-scm" if isinstance(provider, str) and provider.endswith("setuptools_scm") else None


def _setup_cfg_git(root: Path) -> str | None:
    sections = read_ini(root / "setup.cfg", root)
    required = re.split(r"[\n;]", sections.get("options", {}).get("setup_requires", ""))
    for name in sorted({_normal(name) for name in (*required, *sections)} & _GIT_TOOLS):
        return name
    return None


def _setup_py_git(root: Path) -> str | None:
    match = re.search(_GIT_WORDS, read_text(root / "setup.py", root, TOML_LIMIT))
    return re.sub(r"[\s\"',=]+", " ", match[0]).strip() if match else None


def _pyproject_packages(root: Path) -> Iterator[str]:
    """The folders of the packages that pyproject.toml names, by the tables of each backend."""
    pyproject = read_toml(root / "pyproject.toml", root)
    tool = table(pyproject, "tool")
    setuptools = table(tool, "setuptools")
    yield from _package_folders(strings(setuptools.get("packages")), table(setuptools, "package-dir"))
    poetry = table(tool, "poetry")
    packages = poetry.get("packages")
    for package in packages if isinstance(packages, list) else ():
        for include in strings(table(package).get("include")):
            yield posixpath.join(*strings(table(package).get("from")), include)
    for wheel in (table(tool, "hatch", "build"), table(tool, "hatch", "build", "targets", "wheel")):
        yield from (posixpath.normpath(path) for path in strings(wheel.get("packages")))
        yield from (posixpath.normpath(path) for path in strings(wheel.get("only-include")))
    uv = table(tool, "uv", "build-backend")
    uv_root = strings(uv.get("module-root", "src"))
    for name in strings(uv.get("module-name")):
        yield posixpath.normpath(posixpath.join(*uv_root, name.replace(".", "/")))
    names = strings(table(tool, "flit", "module").get("name"))
    names += strings(table(pyproject, "project").get("name")) + strings(poetry.get("name"))
    for name in names:
        module = name.replace("-", "_").replace(".", "_").lower()
        yield from (module, f"src/{module}")


def _setup_cfg_packages(root: Path) -> Iterator[str]:
    options = read_ini(root / "setup.cfg", root).get("options", {})
    folders = {}
    for item in _listed(options.get("package_dir", "")):
        package, _, folder = item.partition("=")
        folders[package.strip()] = folder.strip()
    return _package_folders(_listed(options.get("packages", "")), folders)


def _setup_py_packages(root: Path) -> Iterator[str]:
    text = read_text(root / "setup.py", root, TOML_LIMIT)
    source = re.search(_PACKAGE_DIR_ARGUMENT, text)
    for argument in re.finditer(_PACKAGES_ARGUMENT, text):
        names = [match[1] or match[2] for match in re.finditer(_LITERAL, argument[1])]
        yield from _package_folders(names, {"": source[1]} if source else {})


def _package_folders(packages: list[str], folders: dict[str, Any]) -> Iterator[str]:
    """Where setuptools looks for dotted packages: `package_dir` names folders of packages, "" that of all others."""
    for package in packages:
        path = package.replace(".", "/")
        above = next((name for name in (package, package.partition(".")[0], "") if name in folders), None)
        if above is None:
            yield path
        else:
            rest = path[len(above) :].lstrip("/")
            yield posixpath.normpath(posixpath.join(str(folders[above]), rest))


def _glob(root: Path, pattern: str) -> Iterator[str]:
    """The files below `root` that a pattern of `*`, `?`, `[...]` and `**` matches, of a limited number looked at."""
    parts = pattern.split("/")
    waiting = [("", 0)]
    seen = set(waiting)
    for folder, index in waiting:
        if index == len(parts):
            continue
        steps = [(folder, index + 1)] if parts[index] == "**" else []
        for name in sorted(_names(root / folder)):
            path = posixpath.join(folder, name)
            if parts[index] == "**" and not (root / path).is_symlink():
                steps.append((path, index))
            elif fnmatch.fnmatchcase(name, parts[index]):
                steps.append((path, index + 1))
        for step in steps:
            if step not in seen and len(seen) < _MOST_ENTRIES:
                seen.add(step)
                waiting.append(step)
    for path, index in seen:
        if index == len(parts) and _is_file(root, path):
            yield path


def _is_file(root: Path, name: str) -> bool:
    try:
        return (root / name).is_file() and is_inside(root / name, root)
    except (OSError, ValueError):
        return False


def _names(folder: Path) -> list[str]:
    try:
        return [entry.name for entry in folder.iterdir()]
    except (OSError, ValueError):
        return []


def _listed(value: str) -> list[str]:
    """The items of a value of setup.cfg: one a line, or separated by commas."""
    return [item.strip() for item in re.split(r"[\n,]", value) if item.strip()]


def _normal(requirement: str) -> str:
    """The normal form of the name at a requirement's start (PEP 503)."""
    name = re.match(r"\s*[A-Za-z0-9._-]*", requirement)
    return re.sub(r"[-_.]+", "-", name[0].strip().lower() if name else "")

"""What there is to know of a Python project before a Dockerfile can be written for it.

Its tool and manifests, its Python, what it starts, and which system packages it needs. Whatever the files hold, only
names out of tables of ours and names of plain characters come out of here.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from docker_hooks.dockerfile.regex import regex
from docker_hooks.dockerfile.values import NamedTuple
from docker_hooks.project.entrypoints import PACKAGE_MARKS, Entry, entry_point, has_python, package_folders
from docker_hooks.project.installable import (
    faults,
    is_built_by_default,
    lists_dependencies,
    says_how_it_is_built,
    unreadable,
    why_not_built,
)
from docker_hooks.project.manifests import dependency_manifests, installs_itself, requirements_closure
from docker_hooks.project.packaging import build_files, needs_git
from docker_hooks.project.pythons import excludes, misunderstood, wanted_pythons
from docker_hooks.project.reading import is_inside
from docker_hooks.project.systempackages import SystemPackages, python_packages, system_packages

# Taken where the project leaves the choice, the first first. As of 2026-11-23: the newest Python is 3.15, and the
# one before it has the wheels of data science; 3.10 and older get no updates (devguide.python.org/versions).
_PYTHONS = ("3.14", "3.13", "3.12", "3.11", "3.15", "3.10", "3.9")
_SUPPORTED = _PYTHONS[:5]
_LOCKS = {"uv": "uv.lock", "poetry": "poetry.lock", "pdm": "pdm.lock", "pipenv": "Pipfile.lock"}
_ENVIRONMENTS = ("environment.yml", "environment.yaml")
_REQUIREMENTS = (
    "requirements.txt", "requirements/production.txt", "requirements/prod.txt", "requirements/base.txt",
    "requirements/main.txt", "requirements/requirements.txt",
)  # fmt: skip
# What COPY takes for a plain path, and no shell for anything else.
_PLAIN_PATH = regex(r"[A-Za-z0-9_.][A-Za-z0-9_./-]{0,199}")
_JUPYTER = frozenset(("jupyter", "jupyterlab"))


class Blueprint(NamedTuple):
    """What a project's Dockerfile depends on.

    tool: "pip", "uv", "poetry", "pdm", "pipenv", "conda", or "" where there is nothing to install
    python: the version for the tag of the base image, such as "3.14"
    manifests: what is copied before the source, as paths relative to the project; of pip and conda the first is the
        file to install, and there may be none where the project itself is all that pip installs
    is_locked: whether the tool's lock file is there
    needs_source: whether the dependencies can't be installed without the source
    installs_project: whether the project itself is installed too
    needs_git: whether that takes `.git`, as the version comes from there
    adds_jupyter: whether a notebook server is started that no manifest names
    notes: what the user should know, in words
    """

    tool: str
    python: str
    manifests: tuple[str, ...]
    is_locked: bool
    needs_source: bool
    installs_project: bool
    needs_git: bool
    entry: Entry
    packages: SystemPackages
    adds_jupyter: bool
    notes: tuple[str, ...] = ()


def blueprint(root: Path) -> Blueprint | None:
    """What the Python project in `root` needs; None if there is none."""
    found = dependency_manifests(root)
    tool, to_install = _tool(root, found)
    if not tool and not has_python(root):
        return None
    notes = [*unreadable(root), *_about_tool(root, tool, to_install, found)]
    manifests, why_source = _copied_first(root, tool, to_install)
    notes += [f"{why}: {what}" for why, what in why_source if why not in notes]
    if tool in _LOCKS:
        installable = bool(installs_itself(root, tool))
    else:
        installable = tool == "pip" and (says_how_it_is_built(root) or is_built_by_default(root))
    read = manifests or (("pyproject.toml",) if tool else ())
    # What a lock file names beside these may be for development alone.
    named = python_packages(root, [path for path in read if not path.endswith(".lock")])
    entry, left_out = entry_point(root, is_installed=installable, has_jupyter=not named.isdisjoint(_JUPYTER))
    installs_project = installable and (tool in _LOCKS or entry.by_install or not manifests)
    with_git = installs_project and needs_git(root) is not None
    python, said = _python(root)
    if tool != "conda":
        notes += said
    return Blueprint(
        tool,
        python,
        manifests,
        tool in _LOCKS and os.path.isfile(root / _LOCKS[tool]),
        bool(why_source),
        installs_project,
        with_git,
        entry,
        _system_packages(root, tool, read, with_git=with_git),
        entry.is_notebook and named.isdisjoint(_JUPYTER),
        (*notes, *left_out),
    )


def _copied_first(
    root: Path, tool: str, manifests: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """The manifests with the files that they refer to; why the source has to be there too, each with what is done."""
    why_source: list[tuple[str, str]] = []
    if manifests and tool != "pipenv":
        closure = requirements_closure(root, manifests[0])
        manifests = (*manifests, *sorted(closure.files - set(manifests)))
        if closure.reason is not None:
            why_source.append((closure.reason, "the source is copied before the dependencies are installed"))
    unfit = [path for path in manifests if not _PLAIN_PATH.fullmatch(path)]
    if unfit:
        why = f"{unfit[0][:60]!r} has an unusual name"
        why_source.append((why, "the whole source is copied before the installation"))
    return tuple(path for path in manifests if path not in unfit), tuple(why_source)


def _system_packages(root: Path, tool: str, manifests: Iterable[str], *, with_git: bool) -> SystemPackages:
    if tool == "conda":
        # It brings the libraries of its own packages, and compilers are its business too.
        return SystemPackages()
    packages = system_packages(python_packages(root, manifests))
    return packages._replace(build=tuple(sorted({*packages.build, "git"}))) if with_git else packages


def needed_files(root: Path, project: Blueprint) -> dict[str, str]:
    """The files that its Dockerfile can't do without, each with what must be sent to the builder: it, or its package.

    They are relative to `root`. Files with unusual names are left out.
    """
    files = {path: path for path in project.manifests}
    command = project.entry.command
    if project.installs_project:
        files.update((path, path) for path in sorted(build_files(root)))
    if project.needs_git:
        files[".git"] = ".git"
    for folder, package in package_folders(root):
        if project.installs_project or command == ("python", "-m", package):
            path = f"{folder}/{package}" if folder else package
            files.update((f"{path}/{mark}", path) for mark in PACKAGE_MARKS)
    if command[0] == "python" and len(command) == 2:
        files[command[1]] = command[1]
    return {path: sent for path, sent in files.items() if _PLAIN_PATH.fullmatch(path) and (root / path).exists()}


def _about_tool(
    root: Path, tool: str, manifests: tuple[str, ...], found: Mapping[str, tuple[str, ...]]
) -> Iterator[str]:
    """What there is to say of the tool, or of the manifests that are there and not taken."""
    if tool == "uv" or not manifests:
        yield from faults(root)
    if tool == "uv" and tool not in found:
        yield f"{why_not_built(root)}: uv installs the dependencies alone"
    others = [path for paths in found.values() for path in paths]
    if not tool and others:
        yield f"{others[0][:60]!r} is not installed: its name says that it is for something else"


def _tool(root: Path, found: Mapping[str, tuple[str, ...]]) -> tuple[str, tuple[str, ...]]:
    """The tool that a project is installed with, and its manifests: that of a lock file, else the plainest."""
    for tool, lock in _LOCKS.items():
        if tool in found and lock in found[tool]:
            # The version of Python is that of the base image.
            return tool, tuple(path for path in found[tool] if path != ".python-version")
    if "pipenv" in found:
        return "pipenv", found["pipenv"]
    for tool, preferred in (("conda", _ENVIRONMENTS), ("pip", _REQUIREMENTS)):
        path = _first(root, found.get(tool, ()), preferred)
        if path:
            return tool, (path,)
    if says_how_it_is_built(root):
        return "pip", ()
    tool = next((tool for tool in _LOCKS if tool in found), "")
    if tool:
        return tool, tuple(path for path in found[tool] if path != ".python-version")
    if is_built_by_default(root):
        return "pip", ()
    # uv alone among the tools installs the dependencies of what is no package.
    return ("uv", ("pyproject.toml",)) if lists_dependencies(root) else ("", ())


def _first(root: Path, found: Iterable[str], preferred: Iterable[str]) -> str:
    there = set(found)
    return next((path for path in preferred if path in there and is_inside(root / path, root)), "")


def _python(root: Path) -> tuple[str, list[str]]:
    """The Python to take, and what there is to say of it."""
    wanted = wanted_pythons(root, root)
    said = [
        f"{one.file} asks for Python {part[:60]!r}, which is not understood: left out of account"
        for one in wanted
        if (part := misunderstood(one))
    ]
    for python in _PYTHONS:
        version = tuple(map(int, python.split(".")))
        if not any(excludes(one, version) for one in wanted):
            if python not in _SUPPORTED:
                said.append(f"the project allows no Python that gets updates: {python} is taken")
            return python, said
    return _PYTHONS[0], [*said, f"the project allows no Python that is known here: {_PYTHONS[0]} is taken"]

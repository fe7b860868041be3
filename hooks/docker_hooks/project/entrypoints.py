"""What a Python project starts: its own command, its package, its script, or a notebook server.

Names in manifests and of files are passed on only if they consist of letters, digits and a few marks.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from docker_hooks.dockerfile.regex import regex
from docker_hooks.dockerfile.values import NamedTuple
from docker_hooks.project.reading import Unreadable, is_inside, read_ini, read_toml, table

_COMMAND = regex(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,63}")
_PACKAGE = regex(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
PACKAGE_MARKS = ("__init__.py", "__main__.py")
_SCRIPTS = ("main.py", "app.py")
# Folders beside the code that may have a __main__.py for other purposes.
_NOT_THE_PROJECT = frozenset(("benchmarks", "docs", "examples", "scripts", "test", "tests", "tools"))
_MOST_ENTRIES = 10_000
NOTEBOOK_PORT = 8888


class Entry(NamedTuple):
    """What CMD starts, and what that is, in words for a comment.

    `by_install` is set where the command exists only once the project is installed; `folder` is where a package lies
    that must be found without that, "" for the project's own folder.
    """

    command: tuple[str, ...]
    what: str
    by_install: bool = False
    folder: str = ""

    @property
    def is_notebook(self) -> bool:
        """Whether a notebook server is started."""
        return self.command[0] == "jupyter"

    @property
    def is_interpreter(self) -> bool:
        """Whether nothing was found to start."""
        return self.command == ("python",)


INTERPRETER = Entry(("python",), "a Python interpreter")
_NOTEBOOK = Entry(
    ("jupyter", "lab", "--ip=0.0.0.0", f"--port={NOTEBOOK_PORT}", "--no-browser"),
    "a notebook server, which prints the address to open",
)


def entry_point(root: Path, *, is_installed: bool, has_jupyter: bool) -> tuple[Entry, tuple[str, ...]]:
    """What the project in `root` starts, the first that there is, and what had to be left out, in words.

    In this order: a command of `[project.scripts]`, Poetry's or setup.cfg's table if the project is installed into
    the image; a package with a `__main__.py`; main.py, app.py; a notebook server if there are notebooks, or if it is
    installed anyway; Python.
    """
    name, commands = _declared(root)
    fit = [command for command in commands if _COMMAND.fullmatch(command)]
    unfit = [command for command in commands if not _COMMAND.fullmatch(command)]
    more = f" (and {len(unfit) - 1} more)" if len(unfit) > 1 else ""
    left_out = (f"the command {unfit[0][:60]!r}{more} has an unusual name: left out",) if unfit else ()
    if fit and is_installed:
        command = name if name in fit else fit[0]
        return Entry((command,), "the command that the project declares", by_install=True), left_out
    runnable = list(_runnable(root))
    if runnable:
        folder, package = next((found for found in runnable if found[1] == name.replace("-", "_")), runnable[0])
        return Entry(("python", "-m", package), f"the package {package}", folder=folder), left_out
    for script in _SCRIPTS:
        if (root / script).is_file() and is_inside(root / script, root):
            return Entry(("python", script), script), left_out
    if has_jupyter or has_notebooks(root):
        return _NOTEBOOK, left_out
    return INTERPRETER, left_out


def has_python(root: Path) -> bool:
    """Whether Python code or notebooks stand in `root`, in one of its folders for them, or in a package."""
    in_folders = (file for folder in ("", "src", "notebooks") for file in listed(root / folder))
    return (
        any(file.endswith((".py", ".ipynb")) for file in in_folders)
        or any(package_folders(root))
        or has_notebooks(root)
    )


def has_notebooks(root: Path) -> bool:
    """Whether notebooks stand in `root` or in one of its folders, but for those that tell of the project."""
    folders = (name for name in listed(root) if not name.startswith(".") and name not in _NOT_THE_PROJECT)
    return any(file.endswith(".ipynb") for folder in ("", *folders) for file in listed(root / folder))


def _declared(root: Path) -> tuple[str, list[str]]:
    """The project's name, and its commands in the order of the file."""
    try:
        pyproject = read_toml(root / "pyproject.toml", root)
        project, poetry = table(pyproject, "project"), table(pyproject, "tool", "poetry")
        name = project.get("name") or poetry.get("name")
        commands = [*table(project, "scripts"), *table(poetry, "scripts")]
        if name or commands:
            return name if isinstance(name, str) else "", commands
    except Unreadable:
        pass
    try:
        settings = read_ini(root / "setup.cfg", root)
    except Unreadable:
        return "", []
    lines = settings.get("options.entry_points", {}).get("console_scripts", "").splitlines()
    commands = [line.partition("=")[0].strip() for line in lines if "=" in line]
    return settings.get("metadata", {}).get("name", ""), commands


def _runnable(root: Path) -> Iterator[tuple[str, str]]:
    """The packages with a `__main__.py`, each with the folder that it lies in: "" or "src"."""
    return package_folders(root, ("__main__.py",))


def package_folders(root: Path, marks: tuple[str, ...] = PACKAGE_MARKS) -> Iterator[tuple[str, str]]:
    """The packages that hold one of these files, each with the folder that it lies in: "" or "src"."""
    for folder in ("", "src"):
        for name in listed(root / folder):
            if _PACKAGE.fullmatch(name) and name not in _NOT_THE_PROJECT:
                files = [root / folder / name / mark for mark in marks]
                if any(file.is_file() and is_inside(file, root) for file in files):
                    yield folder, name


def listed(folder: Path) -> list[str]:
    """The names of what stands in a folder, in order; none where it can't be looked into."""
    try:
        with os.scandir(folder) as entries:
            return sorted(entry.name for entry, _ in zip(entries, range(_MOST_ENTRIES), strict=False))
    except OSError:
        return []

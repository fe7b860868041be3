"""Whether pip can install a Python project, by what its manifests say, and what is wrong with these.

pip builds what names no build system by setuptools (PEP 517), as far as that can tell what belongs to the package.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from docker_hooks.dockerfile.options import names
from docker_hooks.project.entrypoints import listed
from docker_hooks.project.reading import Missing, Unreadable, read_ini, read_toml, strings, table
from docker_hooks.project.survey import is_environment

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# Tables of [project] by which a project is more than a list of dependencies for the code beside it.
_PACKAGED = ("scripts", "gui-scripts", "entry-points")
# Folders that setuptools takes for no package where it looks for packages by itself (setuptools, "Package Discovery").
_NO_PACKAGES = names(
    "benchmark benchmarks bin build changelog ci debian doc docs documentation example examples exercise exercises "
    "htmlcov manpages news newsfragments python scripts test tests tools unit_test unit_tests util utils"
)


def says_how_it_is_built(root: Path) -> bool:
    """Whether pip can install the project in `root` since it names its build system, or has a setup.py."""
    if (root / "setup.py").is_file():
        return True
    pyproject = _pyproject(root)
    return bool(table(pyproject, "build-system")) and bool(
        table(pyproject, "project").get("name")
        or table(pyproject, "tool", "poetry").get("name")
        or (root / "setup.cfg").is_file()
    )


def is_built_by_default(root: Path) -> bool:
    """Whether pip can install the project in `root` as a package, though it names no build system."""
    pyproject = _pyproject(root)
    if not pyproject or table(pyproject, "build-system"):
        return False
    if not table(pyproject, "project"):
        return _is_named_in_setup_cfg(root)
    return _is_package(pyproject) and next(faults(root), None) is None and not _packages(root, pyproject)


def lists_dependencies(root: Path) -> bool:
    """Whether pyproject.toml lists dependencies in a `[project]` that tools accept."""
    dependencies = table(_pyproject(root), "project").get("dependencies")
    return bool(strings(dependencies)) and next(faults(root), None) is None


def why_not_built(root: Path) -> str:
    """Why pip doesn't install the project in `root` as a package, which lists dependencies."""
    pyproject = _pyproject(root)
    folders = _packages(root, pyproject) if _is_package(pyproject) else ()
    if not folders:
        return "pyproject.toml names no build system"
    shown = ", ".join(folders[:3]) + (" ..." if len(folders) > 3 else "")
    return f"setuptools, without [build-system], can't tell which of {shown} is the package"


def unreadable(root: Path) -> Iterator[str]:
    """The manifests in `root` that can't be read, each with the reason."""
    for file in ("pyproject.toml", "Pipfile"):
        try:
            read_toml(root / file, root)
        except Missing:
            continue
        except Unreadable as error:
            yield f"{file} {error}"


def faults(root: Path) -> Iterator[str]:
    """Why no tool installs the project in `root`: mostly what `[project]` (PEP 621) lacks.

    Poetry and PDM have tables of their own beside that one.
    """
    pyproject = _pyproject(root)
    project, tool = table(pyproject, "project"), table(pyproject, "tool")
    if _is_named_in_setup_cfg(root) and not any((root / name).is_file() for name in ("pyproject.toml", "setup.py")):
        yield "pip installs by setup.cfg only where a pyproject.toml or setup.py stands beside it"
    if not project or "poetry" in tool or "pdm" in tool:
        return
    dynamic = strings(project.get("dynamic"))
    for key in ("name", "version"):
        is_given = isinstance(project.get(key), str) and bool(project[key])
        if not is_given and (key == "name" or key not in dynamic):
            yield f"[project] in pyproject.toml has no {key}, and no tool installs what has none"
    if not isinstance(project.get("requires-python", ""), str):
        yield "requires-python in pyproject.toml is no string, and no tool installs such a project"


def _pyproject(root: Path) -> dict[str, Any]:
    """What stands in pyproject.toml, nothing where that can't be read."""
    try:
        return read_toml(root / "pyproject.toml", root)
    except Unreadable:
        return {}


def _is_package(pyproject: dict[str, Any]) -> bool:
    project = table(pyproject, "project")
    is_dynamic = "dependencies" in strings(project.get("dynamic"))
    return is_dynamic or bool(table(pyproject, "tool", "setuptools")) or any(map(project.get, _PACKAGED))


def _is_named_in_setup_cfg(root: Path) -> bool:
    try:
        return bool(read_ini(root / "setup.cfg", root).get("metadata", {}).get("name"))
    except Unreadable:
        return False


def _packages(root: Path, pyproject: dict[str, Any]) -> tuple[str, ...]:
    """The folders of which setuptools can't tell which is the package; none where it can."""
    settings = table(pyproject, "tool", "setuptools")
    if "packages" in settings or "py-modules" in settings or (root / "src").is_dir():
        return ()
    names = [name for name in listed(root) if name.isidentifier() and name not in _NO_PACKAGES]
    folders = tuple(name for name in names if (root / name).is_dir() and not is_environment(root / name))
    return folders if len(folders) > 1 else ()

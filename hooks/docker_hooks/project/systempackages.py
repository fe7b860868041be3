"""Which of Debian's packages a project's Python packages need, to run and to be built, by a table of known ones.

Most wheels bring all they need. The table holds those that don't, and those that are published as source alone. Names
in manifests are only looked up in it; nothing of a manifest is passed on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from docker_hooks.dockerfile.regex import regex
from docker_hooks.dockerfile.values import NamedTuple
from docker_hooks.project.reading import Unreadable, read_text, read_toml, strings, table


class SystemPackages(NamedTuple):
    """Debian's packages that must be there when Python packages run, and when they are built."""

    run: tuple[str, ...] = ()
    build: tuple[str, ...] = ()


# gcc only recommends libc6-dev, so --no-install-recommends would leave C's headers out.
_COMPILER = ("gcc", "libc6-dev")
_OPENCV = SystemPackages(("libgl1", "libglib2.0-0"))
_POSTGRES = SystemPackages(("libpq5",), (*_COMPILER, "libpq-dev"))
# By normalized name (PEP 503). Source of each: the installation page of the package's own documentation, where none
# else is named. Debian's names are those of 12; in 13, libglib2.0-0t64 and libmagic1t64 provide theirs. All were tried
# on 13: each installs there, and loads or runs with these packages and not without them (uwsgi needs none to run).
# Wheels of geopandas, rasterio, fiona, pyproj, shapely, xgboost and opencv-python-headless bring theirs.
_TABLE = {
    "cairosvg": SystemPackages(("libcairo2",)),
    "gitpython": SystemPackages(("git",)),
    "graphviz": SystemPackages(("graphviz",)),
    # Its wheel loads OpenMP's library from the system (LightGBM, Installation Guide, Linux).
    "lightgbm": SystemPackages(("libgomp1",)),
    "mysqlclient": SystemPackages(("libmariadb3",), (*_COMPILER, "default-libmysqlclient-dev", "pkg-config")),
    # The wheels load libGL and libgthread (opencv-python's README; its issues on "libGL.so.1").
    "opencv-contrib-python": _OPENCV,
    "opencv-python": _OPENCV,
    "pdf2image": SystemPackages(("poppler-utils",)),
    # psycopg 3 without its extra `binary` loads the system's libpq (psycopg 3, Installation).
    "psycopg": SystemPackages(("libpq5",)),
    "psycopg-c": _POSTGRES,
    # psycopg2 is source alone; psycopg2-binary is its wheel (psycopg2, Installation).
    "psycopg2": _POSTGRES,
    "pyaudio": SystemPackages(("libportaudio2",), (*_COMPILER, "portaudio19-dev")),
    "pycairo": SystemPackages(("libcairo2",), (*_COMPILER, "libcairo2-dev", "pkg-config")),
    "pydub": SystemPackages(("ffmpeg",)),
    "pygraphviz": SystemPackages(("graphviz",), (*_COMPILER, "libgraphviz-dev", "pkg-config")),
    "pytesseract": SystemPackages(("tesseract-ocr",)),
    "python-magic": SystemPackages(("libmagic1",)),
    "uwsgi": SystemPackages((), _COMPILER),
    "weasyprint": SystemPackages(("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0")),
}
_LOCKED_NAME = regex(r"^name = \"([A-Za-z0-9._-]{1,100})\"", re.MULTILINE)
_PIPENV_NAME = regex(r"^ {8}\"([A-Za-z0-9._-]{1,100})\": \{", re.MULTILINE)
_REQUIREMENT = regex(r"[\s\"']*(?:-\s+)?([A-Za-z0-9][A-Za-z0-9._-]{0,100})(?:\s*\[([A-Za-z0-9._, -]{1,200})\])?")
# Where a package or its source is fetched by git, git must be there.
_BY_GIT = ("git+", "git = ", '"git"')


def system_packages(names: Iterable[str]) -> SystemPackages:
    """What the Python packages of these names need, each package once, in alphabetical order."""
    known = set(names)
    if "psycopg-binary" in known:
        known.discard("psycopg")
    rows = [_TABLE[name] for name in known if name in _TABLE]
    run = {package for row in rows for package in row.run}
    build = {package for row in rows for package in row.build} | ({"git"} if "git+" in known else set())
    return SystemPackages(tuple(sorted(run)), tuple(sorted(build)))


def python_packages(root: Path, manifests: Iterable[str]) -> frozenset[str]:
    """The normalized names of the Python packages in manifests, as paths relative to `root`; of lock files if any.

    "git+" stands for any that git fetches. `name[extra]` is also named `name-extra`, as psycopg's extras are.
    """
    paths = sorted(manifests)
    locks = [path for path in paths if path.endswith(".lock")]
    names: set[str] = set()
    for path in locks or paths:
        try:
            names.update(_names(root, path))
        except Unreadable:
            continue
    return frozenset(re.sub(r"[-_.]+", "-", name).lower() for name in names)


def _names(root: Path, path: str) -> Iterator[str]:
    # Lock files of large projects are long, and read by a pattern alone.
    text = read_text(root / path, root, 10_000_000 if path.endswith(".lock") else 1_000_000)
    if any(word in text for word in _BY_GIT):
        yield "git+"
    if path.endswith(".lock"):
        yield from (_PIPENV_NAME if path.endswith("Pipfile.lock") else _LOCKED_NAME).findall(text)
    elif path.endswith(".toml"):
        pyproject = read_toml(root / path, root)
        yield from table(pyproject, "tool", "poetry", "dependencies")
        for requirement in strings(table(pyproject, "project").get("dependencies")):
            yield from _required(requirement)
    elif path.endswith("Pipfile"):
        yield from table(read_toml(root / path, root), "packages")
    else:
        for line in text.splitlines():
            yield from _required(line)


def _required(requirement: str) -> Iterator[str]:
    match = _REQUIREMENT.match(requirement[:500])
    if match:
        yield match[1]
        yield from (f"{match[1]}-{extra.strip()}" for extra in (match[2] or "").split(",") if extra.strip())

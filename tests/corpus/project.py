"""The project that stands around a Dockerfile while hooks run: a copy of its tree, or one made for it."""

from __future__ import annotations

import re
import shutil
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Final

from tests.corpus.inputs import Source
from tests.corpus.units import instructions

_MANIFEST = re.compile(
    r"[\w./-]*(?:requirements[\w.-]*\.(?:txt|in)|environment[\w.-]*\.ya?ml|pyproject\.toml|setup\.(?:py|cfg)"
    r"|poetry\.lock|uv\.lock|pdm\.lock|Pipfile(?:\.lock)?)\b"
)
_CONTENT = {
    "pyproject.toml": '[project]\nname = "job"\nversion = "1"\nreadme = "README.md"\ndependencies = ["numpy"]\n',
    "setup.py": 'from setuptools import setup\nsetup(name="job", version="1")\n',
    "setup.cfg": "[metadata]\nname = job\nversion = 1\n",
    "Pipfile": '[packages]\nnumpy = "*"\n',
    "Pipfile.lock": "{}\n",
    "poetry.lock": "",
    "uv.lock": "version = 1\n",
    "pdm.lock": "",
}
_ALWAYS = {
    "main.py": 'print("hello")\n',
    "README.md": "# job\n",
    ".env": "TOKEN=x\n",
    "data/table.csv": "a,b\n1,2\n",
    "notebook.ipynb": "{}\n",
    "src/__init__.py": "",
    "src/__pycache__/main.cpython-311.pyc": "",
    ".venv/pyvenv.cfg": "",
    ".git/HEAD": "ref: refs/heads/main\n",
}
# Ignore files as people write them; which one a project gets, if any, its Dockerfile decides.
_IGNORE_FILES: Final = (
    None,
    None,
    None,
    "",
    "__pycache__\n*.pyc\n.venv\n",
    "# keep it small\n.git\n\n# secrets\n.env\n!.env.example\n",
    "*.md # the docs\r\n.git\r\n\r\n  # indented\r\nnotebook.ipynb\r\n",
    "*\n!main.py\n!requirements*.txt\n!src\n",
    "\ufeff**/__pycache__\n/data\n[a-\n.git",
    "main.py\n!src/**\nsrc/__pycache__\n**/.env\n# end",
    "**\n!**/*.py\n",
    "/.git/\n./venv/\n**/*.pyc\n!src/keep.pyc\n\n\n",
)
_PLAIN_PATH = re.compile(r"[\w.@+-]+(?:/[\w.@+-]+)*/?")
# What a hook reads of a file is its beginning; what is larger is data.
_LARGEST_COPIED = 1 << 20


def set_up(source: Source, folder: Path, *, is_bare: bool) -> tuple[str, ...]:
    """Put the project into the empty `folder`; the paths of its Dockerfiles there."""
    if source.tree is not None:
        _copy(source.tree, folder)
        (folder / ".git").mkdir(exist_ok=True)
        return source.paths
    (folder / "Dockerfile").write_bytes(source.data)
    if not is_bare:
        for path, content in _made(source.data.decode("utf-8", "surrogateescape")):
            _write(folder, path, content)
        usual = _IGNORE_FILES[zlib.crc32(source.data) % len(_IGNORE_FILES)]
        ignore = usual.encode() if source.ignore is None and usual is not None else source.ignore
        if ignore is not None:
            (folder / ".dockerignore").write_bytes(ignore)
    return source.paths


def _copy(tree: Path, folder: Path) -> None:
    def copy(source: str, target: str) -> None:
        if Path(source).stat().st_size <= _LARGEST_COPIED:
            shutil.copy(source, target)
        else:
            Path(target).touch()

    ignored = shutil.ignore_patterns(".git")
    shutil.copytree(tree, folder, symlinks=True, dirs_exist_ok=True, ignore=ignored, copy_function=copy)


def _made(text: str) -> Iterator[tuple[str, str]]:
    """The files that a Dockerfile names, and those that every project has."""
    yield from _ALWAYS.items()
    for match in _MANIFEST.finditer(text):
        path = match.group()
        yield from ((name, _content(name)) for name in {path.lstrip("./"), PurePosixPath(path).name})
    for source in copied(text):
        path = source.removeprefix("./").lstrip("/").replace("*", "")
        if not _PLAIN_PATH.fullmatch(path) or path in (".", ".."):
            continue
        if path.endswith("/") or ("." not in PurePosixPath(path).name and PurePosixPath(path).name not in _CONTENT):
            yield f"{path.rstrip('/')}/module.py", ""
        else:
            yield path, _content(path)


def copied(text: str) -> Iterator[str]:
    """The sources of each COPY and ADD that takes files of the context."""
    try:
        commands = instructions(text)
    except ValueError:
        return
    for command in commands:
        copies = command.cmd.upper() in ("COPY", "ADD") and not any(flag.startswith("--from") for flag in command.flags)
        if copies and not command.heredocs:
            yield from (source for source in command.value[:-1] if "$" not in source and "://" not in source)


def _content(path: str) -> str:
    name = PurePosixPath(path).name
    if name in _CONTENT:
        return _CONTENT[name]
    if name.endswith((".yml", ".yaml")):
        return "name: job\ndependencies:\n  - numpy\n"
    return "numpy==1.26.4\npandas\n" if name.endswith((".txt", ".in")) else ""


def _write(folder: Path, path: str, content: str) -> None:
    target = folder / path
    if ".." in PurePosixPath(path).parts or not PurePosixPath(path).parts:
        return
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists():
            target.write_text(content)
    except (FileExistsError, NotADirectoryError):
        return  # The Dockerfile names a file and a folder alike.

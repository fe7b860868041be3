"""Environments of their own for docker-hooks and its peers, so that each runs as its users have it.

They lie under `environments/`, which git ignores. Those of the peers stay; ours is made of the working tree anew.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path
from typing import NamedTuple

_HERE = Path(__file__).parent
_PROJECT = _HERE.parent
_ENVIRONMENTS = _HERE / "environments"
_IDLE_SETUP = """\
    from setuptools import setup

    commands = ["do-nothing = idle:main"]
    setup(name="do-nothing", version="1", py_modules=["idle"], entry_points={"console_scripts": commands})
"""


class Environment(NamedTuple):
    """Where a tool is installed: its folder, the folder of its commands, and its version."""

    folder: Path
    bin: Path
    version: str

    def command(self, name: str) -> str:
        """The path of one of its commands."""
        return str(self.bin / name)


def variables() -> dict[str, str]:
    """The variables that measured processes get: ours, without those that change what Python does."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    return {**kept, "LC_ALL": "C.UTF-8", "NO_COLOR": "1"}


def peer(name: str) -> Environment:
    """The environment of a package that `peers.txt` names, with that version from the package index."""
    version = _versions()[name]
    folder = _ENVIRONMENTS / f"{name}-{version}"
    complete = folder / "complete"
    if not complete.exists():
        print(f"Installing {name} {version} ...", file=sys.stderr)
        _make(folder)
        _pip(folder, f"{name}=={version}")
        complete.touch()
    return Environment(folder, folder / "bin", version)


def dclint() -> Environment | None:
    """The environment of the peer from npm; None where there is no npm."""
    npm = shutil.which("npm")
    if npm is None:
        return None
    folder = _ENVIRONMENTS / "npm"
    if not (folder / "package-lock.json").exists():
        print("Installing dclint ...", file=sys.stderr)
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(_HERE / "package.json", folder)
        _run(npm, "install", "--silent", "--no-audit", "--no-fund", cwd=folder)
    commands = folder / "node_modules" / ".bin"
    shown = subprocess.run([commands / "dclint", "--version"], capture_output=True, text=True, check=True)
    return Environment(folder, commands, shown.stdout.split()[-1])


def ours() -> Environment:
    """A wheel of the working tree, installed beside a command `do-nothing` that does nothing."""
    folder = _ENVIRONMENTS / "docker-hooks"
    stamp = folder / "complete"
    digest = _digest()
    if not stamp.exists():
        _make(folder)
        with tempfile.TemporaryDirectory() as idle:
            Path(idle, "setup.py").write_text(textwrap.dedent(_IDLE_SETUP))
            Path(idle, "idle.py").write_text("def main() -> int:\n    return 0\n")
            _pip(folder, idle)
    if not stamp.exists() or stamp.read_text() != digest:
        print("Installing docker-hooks from the working tree ...", file=sys.stderr)
        _install_ours(folder)
        stamp.write_text(digest)
    [installed] = folder.glob("lib/python*/site-packages/docker_hooks-*.dist-info")
    return Environment(folder, folder / "bin", installed.name.removesuffix(".dist-info").partition("-")[2])


def _sources() -> list[Path]:
    """What our wheel is made of, relative to the project."""
    modules = [
        path.relative_to(_PROJECT) for path in sorted((_PROJECT / "hooks").rglob("*.py*")) if path.suffix != ".pyc"
    ]
    return [
        *modules,
        *map(Path, ("hooks/docker_hooks/py.typed", "setup.cfg", "pyproject.toml", "README.md", "LICENSE")),
    ]


def _digest() -> str:
    return hashlib.sha256(b"\0".join((_PROJECT / path).read_bytes() for path in _sources())).hexdigest()


def _install_ours(folder: Path) -> None:
    with tempfile.TemporaryDirectory() as name:
        # A copy, so that building leaves nothing in the working tree.
        copy = Path(name, "copy")
        for path in _sources():
            (copy / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(_PROJECT / path, copy / path)
        _run(str(folder / "bin" / "pip"), "wheel", "--quiet", "--no-deps", "--wheel-dir", name, str(copy))
        [wheel] = map(str, Path(name).glob("*.whl"))
        _pip(folder, wheel)
        # pip leaves what has the same version as it is, unless it is told.
        _pip(folder, "--force-reinstall", "--no-deps", wheel)


def _versions() -> dict[str, str]:
    lines = (_HERE / "peers.txt").read_text().splitlines()
    pairs = (line.partition("==") for line in lines if line and not line.startswith("#"))
    return {name: version for name, _, version in pairs}


def _make(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    _run(sys.executable, "-m", "venv", str(folder))


def _pip(folder: Path, *arguments: str) -> None:
    # pip compiles what it installs to bytecode.
    pip = str(folder / "bin" / "pip")
    _run(pip, "install", "--quiet", "--disable-pip-version-check", "--compile", *arguments)


def _run(*command: str, cwd: Path | None = None) -> None:
    subprocess.run(command, cwd=cwd, env=variables(), check=True)

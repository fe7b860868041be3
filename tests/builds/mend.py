"""Runs the hooks on a project's files as pre-commit does: those of the manifest, on the files that it gives them.

Each runs in a process of its own, forked off one that has imported them all: some thousand runs would else spend
minutes importing.
"""

import importlib
import multiprocessing
import os
import re
import sys
import tempfile
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import NamedTuple

import dockerfile as official
import yaml

from docker_hooks.dockerize import Options, dockerized

MANIFEST = Path(__file__).parents[2] / ".pre-commit-hooks.yaml"
# Would do again what the others do.
ALL_IN_ONE = "docker-hooks"
# The others leave a file alone until Docker accepts it: the README says to put this one first.
FOREMOST = "dockerfile-syntax"
STREAMS = ("stdout", "stderr")


class Hook(NamedTuple):
    """What the manifest says of a hook."""

    id: str
    files: str  # a file's path must match this
    exclude: str  # and not this


class Mended(NamedTuple):
    """What one hook did to a project."""

    hook: str  # its id
    output: str
    changed: bool  # any file
    crash: str = ""  # the last line of its traceback, if it did


def hooks() -> tuple[Hook, ...]:
    """The hooks of the manifest that run by themselves, in its order but for the foremost."""
    entries = yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))
    entries.sort(key=lambda entry: entry["id"] != FOREMOST)
    return tuple(
        Hook(entry["id"], entry.get("files", ""), entry.get("exclude", "^$"))
        for entry in entries
        if entry["id"] != ALL_IN_ONE and "manual" not in entry.get("stages", ())
    )


def run_hooks(folder: Path) -> tuple[Mended, ...]:
    """Run every hook once on the project in `folder`."""
    known = hooks()
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload([__name__, *(_module(hook) for hook in known)])
    return tuple(_run(folder, hook, processes) for hook in known)


def run_dockerize(folder: Path) -> None:
    """Have `dockerize` write the three files. Raises RuntimeError when one is missing, SyntaxError when Docker's
    official parser rejects the Dockerfile."""
    reports = dockerized(folder, Options())
    if any(not (folder / name).is_file() for name in ("Dockerfile", ".dockerignore", "compose.yaml")):
        raise RuntimeError(f"dockerize does not write all files: {reports}")
    official.parse_file(str(folder / "Dockerfile"))


def files_of(folder: Path) -> dict[str, bytes]:
    """Every file of a project by its path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def _run(folder: Path, hook: Hook, processes: ForkServerContext) -> Mended:
    before = files_of(folder)
    names = [name for name in before if re.search(hook.files, name) and not re.search(hook.exclude, name)]
    with tempfile.TemporaryDirectory() as written:
        process = processes.Process(target=_main, args=(_module(hook), folder, names, written))
        process.start()
        process.join()
        output, errors = (Path(written, stream).read_text(errors="replace") for stream in STREAMS)
    crashed = "Traceback" in errors or process.exitcode not in (0, 1)
    words = errors.strip().splitlines() or [f"exit code {process.exitcode}"]
    return Mended(hook.id, output, files_of(folder) != before, words[-1] if crashed else "")


def _module(hook: Hook) -> str:
    return f"docker_hooks.{hook.id.replace('-', '_')}"


def _main(module: str, folder: Path, names: list[str], written: str) -> None:
    """Run a hook's `main` in `folder`, its two streams going to files in the folder `written`."""
    os.chdir(folder)
    for number, stream in enumerate(STREAMS, 1):
        os.dup2(os.open(Path(written, stream), os.O_WRONLY | os.O_CREAT), number)
    sys.exit(importlib.import_module(module).main(names))

"""Runs the hooks on a project's files as pre-commit does: those of the manifest, on the files that it gives them."""

import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import yaml

MANIFEST = Path(__file__).parents[2] / ".pre-commit-hooks.yaml"
# Would do again what the others do.
ALL_IN_ONE = "docker-hooks"


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
    """The hooks of the manifest that run by themselves, in its order."""
    entries = yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))
    return tuple(
        Hook(entry["id"], entry.get("files", ""), entry.get("exclude", "^$"))
        for entry in entries
        if entry["id"] != ALL_IN_ONE and "manual" not in entry.get("stages", ())
    )


def run_hooks(folder: Path) -> tuple[Mended, ...]:
    """Run every hook once on the project in `folder`."""
    return tuple(_run(folder, hook) for hook in hooks())


def files_of(folder: Path) -> dict[str, bytes]:
    """Every file of a project by its path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def _run(folder: Path, hook: Hook) -> Mended:
    before = files_of(folder)
    names = [name for name in before if re.search(hook.files, name) and not re.search(hook.exclude, name)]
    program = f"import sys; from docker_hooks.{hook.id.replace('-', '_')} import main; sys.exit(main())"
    ran = subprocess.run(
        [sys.executable, "-c", program, *names], cwd=folder, capture_output=True, text=True, check=False
    )
    crashed = "Traceback" in ran.stderr or ran.returncode not in (0, 1)
    words = ran.stderr.strip().splitlines() or [f"exit code {ran.returncode}"]
    return Mended(hook.id, ran.stdout, files_of(folder) != before, words[-1] if crashed else "")

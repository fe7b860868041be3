"""Runs the hooks on a project's files, each as its own process as pre-commit does."""

import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

# The hooks that mend, by module, in the order of the manifest.
HOOKS = (
    "dockerignore",
    "dockerfile_non_root_user",
    "dockerfile_requirements_first",
)


class Mended(NamedTuple):
    """What one hook did to a project."""

    hook: str  # its id
    output: str
    changed: bool  # any file
    crash: str = ""  # the last line of its traceback, if it did


def run_hooks(folder: Path) -> tuple[Mended, ...]:
    """Run every hook once on the Docker files of the project in `folder`."""
    return tuple(_run(folder, module) for module in HOOKS)


def files_of(folder: Path) -> dict[str, bytes]:
    """Every file of a project by its path."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def _run(folder: Path, module: str) -> Mended:
    before = files_of(folder)
    names = [path for path in before if _takes(module, Path(path).name)]
    program = f"import sys; from docker_hooks.{module} import main; sys.exit(main())"
    ran = subprocess.run(
        [sys.executable, "-c", program, *names], cwd=folder, capture_output=True, text=True, check=False
    )
    crash = "Traceback" in ran.stderr or ran.returncode not in (0, 1)
    words = ran.stderr.strip().splitlines() or [f"exit code {ran.returncode}"]
    return Mended(module.replace("_", "-"), ran.stdout, files_of(folder) != before, words[-1] if crash else "")


def _takes(module: str, name: str) -> bool:
    """Whether pre-commit would give a file of this name to the hook."""
    if name.endswith(".dockerignore"):
        return module == "dockerignore"
    return "dockerfile" in name.lower()

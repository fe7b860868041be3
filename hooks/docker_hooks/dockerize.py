"""Write a Dockerfile, a .dockerignore and a compose.yaml for a Python project that has none.

They are for the project's own tool (pip, uv, Poetry, PDM, Pipenv, conda), its Python, its entry point and the system
packages that its dependencies are known to need. Each line has a comment that says what it is for; what is written is
clean under all the other hooks, and yours to change.

A file that is there is never overwritten; --force shows how each would change, and asks. Exit code 0: nothing to do,
or a dry run; 1: files were written, or could not be; 2: wrong usage.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from docker_hooks import run
from docker_hooks.dockerfile.reader import decode, encode
from docker_hooks.dockerfile.values import NamedTuple
from docker_hooks.entry_point import entry_point
from docker_hooks.files import Unwritable, create_file, is_within, read_file, replace_file, repository_root
from docker_hooks.project.blueprint import Blueprint, blueprint, needed_files
from docker_hooks.project.built import Built
from docker_hooks.project.context import Contexts, Recipe, recipe_of
from docker_hooks.project.dockertext import compose_text, dockerfile_text, working_directory
from docker_hooks.project.ignoreblock import new_text
from docker_hooks.project.ignorefile import ignore_file_for, parse
from docker_hooks.project.ignorelines import rejected
from docker_hooks.project.installable import faults, unreadable
from docker_hooks.project.needs import PROJECT_FILES
from docker_hooks.project.unwanted import NAMES

ID = "dockerize"
# The names under which each file may be there already; the first is what is written.
_DOCKERFILES = ("Dockerfile", "dockerfile", "Containerfile")
_IGNORE_FILES = (".dockerignore", "Dockerfile.dockerignore", ".containerignore")
_COMPOSE_FILES = ("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml")
# Bytes of a file that is there, beyond which it is neither read nor compared.
_LARGEST = 1_000_000


class Options(NamedTuple):
    """What the command was told: to print instead of writing; to ask for leave to overwrite."""

    dry_run: bool = False
    force: bool = False


class _Refused(Exception):
    """Nothing more can be written; the text says why."""


@entry_point
def main(argv: Sequence[str]) -> int:
    """Run the command."""
    arguments = argparse.ArgumentParser(
        prog=ID, description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("folder", nargs="?", default=".", metavar="DIR", help="the project's folder (default: .)")
    arguments.add_argument("--dry-run", action="store_true", help="print the files instead of writing them")
    arguments.add_argument("--force", action="store_true", help="show how files that are there would change, and ask")
    told = arguments.parse_args(argv)
    if not os.path.isdir(told.folder):
        arguments.error(f"{told.folder}: there is no such folder")
    if told.force and not told.dry_run and not sys.stdin.isatty():
        arguments.error("--force asks before it overwrites a file, and there is no terminal to ask at")
    options = Options(told.dry_run, told.force)
    return run.show(run.guarded(ID, told.folder, partial(dockerized, Path(told.folder), options)))


def dockerized(folder: Path, options: Options) -> list[run.Report]:
    """Write what the project in `folder` has not, and say what was written. Raises OSError."""
    if not options.force and all(_there(folder, names) for names in (_DOCKERFILES, _IGNORE_FILES, _COMPOSE_FILES)):
        return []
    project = blueprint(folder)
    if project is None:
        wrong = [*unreadable(folder), *faults(folder)]
        if not wrong:
            _print(f"{folder}: no Python project: neither dependencies nor code are found", to_errors=True)
        return [_report(folder, f"nothing is written: {fault}") for fault in wrong]
    return list(_written(folder, project, options))


def _written(folder: Path, project: Blueprint, options: Options) -> Iterator[run.Report]:
    dockerfile = folder / (_there(folder, _DOCKERFILES) or _DOCKERFILES[0])
    ours = dockerfile_text(project)
    try:
        is_new = _is_free(dockerfile, options)
        is_written = _put(dockerfile, ours, options)
        if is_written:
            yield _report(dockerfile, _summary(project))
        if is_written or (is_new and options.dry_run):
            yield from _said([_report(dockerfile, note) for note in project.notes], options)
        # What is built from now on: ours, or what was there and stays.
        text = ours if options.dry_run and is_new else _text(dockerfile) or ours
        recipe = recipe_of(dockerfile, Path(repository_root(str(dockerfile))), text)
        ignore_file = folder / (_there(folder, _IGNORE_FILES) or _IGNORE_FILES[0])
        if _is_free(ignore_file, options) and _put(ignore_file, _ignore_text(folder, recipe), options):
            yield _report(ignore_file, "created: keeps git, secrets, environments and caches out of the image")
        elif text == ours:
            yield from _said(_kept_back(ignore_file_for(dockerfile, folder), needed_files(folder, project)), options)
        compose_file = folder / (_there(folder, _COMPOSE_FILES) or _COMPOSE_FILES[0])
        if dockerfile.name != "Containerfile" and _put(compose_file, _compose(project, recipe, text == ours), options):
            yield _report(compose_file, "created: `docker compose up` builds and starts the project")
    except (_Refused, Unwritable) as error:
        yield _report(dockerfile.parent, f"not all files are written: {error}")


def _report(path: Path, message: str) -> run.Report:
    return run.Report(str(path), 1, message)


def _said(reports: Sequence[run.Report], options: Options) -> Sequence[run.Report]:
    """The reports; of a dry run, which has none, they are printed beside its files."""
    if not options.dry_run:
        return reports
    for report in reports:
        _print(f"{report.path}:{report.line}: {report.message}", to_errors=True)
    return ()


def _kept_back(ignore_file: Path, needed: Mapping[str, str]) -> list[run.Report]:
    """What an ignore file that stays as it is keeps back of the files `needed`, each with what to re-include."""
    if not ignore_file.is_file() or not is_within(str(ignore_file), repository_root(str(ignore_file))):
        return []
    ignore = parse(_text(ignore_file))
    if ignore.errors:
        return [run.Report(str(ignore_file), ignore.errors[0].number, rejected(ignore.errors[0]).message)]
    verdicts = {path: ignore.verdict(path) for path in needed}
    kept = [path for path, verdict in verdicts.items() if verdict.excluded]
    if not kept:
        return []
    lines = " ".join(dict.fromkeys(f"!{needed[path]}" for path in kept))
    first = verdicts[kept[0]].line
    message = f"keeps back {', '.join(kept)}, without which the image can't be built or started"
    return [run.Report(str(ignore_file), first.number if first else 1, f"{message}; add a line for each: {lines}")]


def _summary(project: Blueprint) -> str:
    tools = {"uv": "uv", "poetry": "Poetry", "pdm": "PDM", "pipenv": "Pipenv", "conda": "micromamba", "pip": "pip"}
    # Where there are notes, it may be these that say why.
    how = "installs nothing" if project.notes else "installs nothing, as no dependencies are found"
    if project.tool:
        how = f"installs with {tools[project.tool]}"
    python = "" if project.tool == "conda" else f", on Python {project.python}"
    return f"created: {how}{python}, starts {project.entry.what}"


def _there(folder: Path, names: Sequence[str]) -> str:
    """The first of the names that something in the folder goes by, "" if nothing does."""
    return next((name for name in names if os.path.lexists(folder / name)), "")


def _is_free(path: Path, options: Options) -> bool:
    return options.force or not os.path.lexists(path)


def _text(path: Path) -> str:
    """The text of a file, "" if it is not there. Raises _Refused."""
    try:
        if os.path.getsize(path) > _LARGEST:
            raise _Refused(f"{path.name} has more than {_LARGEST} bytes")
        return decode(read_file(str(path)).data)
    except FileNotFoundError:
        return ""


def _put(path: Path, text: str, options: Options) -> bool:
    """Write a file that is not there, or may be overwritten; whether it was. Raises OSError, _Refused."""
    if not _is_free(path, options):
        return False
    root = repository_root(str(path))
    if options.dry_run:
        _print(f"# --- {path} ---\n{text}")
        return False
    if not os.path.lexists(path):
        create_file(str(path), encode(text), root)
        return True
    before = _text(path)
    if before == text or not _is_wanted(path, before, text):
        return False
    replace_file(read_file(str(path)), encode(text), root)
    return True


def _is_wanted(path: Path, before: str, after: str) -> bool:
    """Show how a file would change, and ask."""
    import difflib

    lines = (before.splitlines(), after.splitlines())
    for line in difflib.unified_diff(*lines, f"{path} (there)", f"{path} (new)", lineterm=""):
        _print(line)
    try:
        return input(f"Overwrite {run.printable(str(path))}? [y/N] ").strip().lower() in ("y", "yes")
    except (EOFError, KeyboardInterrupt):
        return False


def _print(text: str, *, to_errors: bool = False) -> None:
    stream = sys.stderr if to_errors else sys.stdout
    for line in text.splitlines():
        stream.buffer.write(f"{run.printable(line)}\n".encode("utf-8", "backslashreplace"))
    stream.flush()


def _ignore_text(folder: Path, recipe: Recipe) -> str:
    """The ignore file for what the Dockerfile copies, with the sections of the hook `dockerignore`."""
    if recipe.problem is not None:
        raise _Refused(f"Docker rejects {recipe.path.name}: {recipe.problem.message}")
    recipe_root = Path(repository_root(str(recipe.path)))
    built = Built(folder, (recipe,), Contexts(recipe_root, folder, NAMES | frozenset(PROJECT_FILES)))
    if built.takes_too_much:
        raise _Refused(f"{recipe.path.name} takes more than can be looked through")
    text, _ = new_text((built,), frozenset())
    return text


def _compose(project: Blueprint, recipe: Recipe, is_ours: bool) -> str:
    """The compose file for a Dockerfile of ours, or for one that was there."""
    if is_ours:
        entry = project.entry
        return compose_text(
            working_directory(project),
            installed=entry.by_install or (project.installs_project and bool(entry.folder)),
            notebook=entry.is_notebook,
            terminal=entry.is_interpreter,
        )
    if recipe.subject is None or not recipe.subject.stages:
        raise _Refused(f"Docker rejects {recipe.path.name}")
    workdir = recipe.subject.stages[-1].end.workdir or ""
    is_plain = workdir.startswith("/") and all(letter.isalnum() or letter in "/._-" for letter in workdir)
    return compose_text(workdir if is_plain and workdir.strip("/") else "")

"""How fast: one file, hundreds of files, large files, large build contexts, and what pre-commit itself costs."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import cycle, islice
from pathlib import Path

from benchmarks import environments
from benchmarks.environments import Environment
from benchmarks.tables import Table
from benchmarks.timing import Command, Run, interleaved, run
from benchmarks.tools import OURS, Tool

_PROJECT = Path(__file__).parents[1]
_EXAMPLE = _PROJECT / "example"
_IDLE = "do-nothing"
_SIZES = (10_000, 100_000, 1_000_000, 10_000_000)
_NUMBERS = (50, 100, 200, 500, 1000, 2000)
_LONGEST = 120.0
_CONTEXT_FILES, _CONTEXT_FOLDERS = 100_000, 100
# Ordinary instructions, some of them faulty: what is said grows with the file.
_STAGE = """\
# What stage {number} is for
FROM python:3.12-slim AS stage{number}
ENV LEVEL={number} NAME="some value"
WORKDIR /app
COPY requirements.txt ./
RUN apt-get update && \\
    apt-get install -y --no-install-recommends gcc libc6-dev && \\
    rm -rf /var/lib/apt/lists/*
RUN pip install -r requirements.txt
COPY . .
RUN python -m compileall . && echo "done with {number}"
CMD ["python", "main.py"]
"""
_WHOLE_CONTEXT = 'FROM python:3.12-slim\nWORKDIR /app\nCOPY . .\nCMD ["python", "main.py"]\n'
# Runs a command's function, and prints how many folders it looked into.
_COUNTING = """\
import importlib, sys
folders = 0
def count(event, arguments):
    global folders
    folders += event in ("os.scandir", "os.listdir")
main = importlib.import_module("docker_hooks.docker_hooks").main
sys.addaudithook(count)
try:
    main(sys.argv[1:])
finally:
    print(folders, file=sys.stderr)
"""


def one_file(tools: Sequence[Tool], ours: Tool, times: int) -> Table:
    """Every tool on example/Dockerfile, beside Python that does nothing."""
    with _repository() as folder:
        shutil.copy(_EXAMPLE / "Dockerfile", folder)
        floor = {
            "python -c pass": Command((ours.environment.command("python"), "-c", "pass"), folder),
            _IDLE: Command((ours.environment.command(_IDLE),), folder),
        }
        checks = {tool.title: Command((*tool.check, "Dockerfile"), folder) for tool in tools}
        runs = interleaved({**floor, **checks}, times)
    rows = [(name, *_beside(one, runs[_IDLE], digits=3)) for name, one in runs.items()]
    note = (
        "Every check on `example/Dockerfile`, from start to end of the process. "
        f"`{_IDLE}` is an installed command of one empty function. Medians of {times} interleaved runs."
    )
    return Table("One file", note, ("", "seconds", f"times {_IDLE}", "processor seconds", "MB"), rows)


def many_files(tools: Sequence[Tool], ours: Tool, dockerfiles: Sequence[bytes], times: int) -> Table:
    """Every tool on many files in one call."""
    with _repository() as folder:
        paths = _written(folder, dockerfiles)
        runs = interleaved({tool.title: Command((*tool.check, *paths), folder) for tool in tools}, times)
    rows = [(name, *_beside(one, runs[ours.title], digits=2)) for name, one in runs.items()]
    note = (
        f"Every check on {len(dockerfiles)} files in one call, each in a folder of its own. Medians of {times} "
        "interleaved runs. MB is the memory of the largest process of the command."
    )
    return Table("Many files in one call", note, ("", "seconds", f"times {OURS}", "processor seconds", "MB"), rows)


def by_size(ours: Tool) -> Table:
    """The time and memory that files of several sizes take."""
    rows = []
    for size in _SIZES:
        with _repository() as folder:
            (folder / "Dockerfile").write_text(_of_size(size))
            check, mend = (run(Command((*line, "Dockerfile"), folder), _LONGEST) for line in (ours.check, ours.mend))
        rows.append((f"{size / 1e6:g} MB", *_each(check, size / 1e6), *_each(mend, size / 1e6)))
    heads = ("file", "check: seconds", "seconds / MB", "MB", "mend: seconds", "seconds / MB", "MB")
    return Table("Time against the size of a file", "Ordinary stages, over and over. One run each.", heads, rows)


def by_number(ours: Tool, dockerfiles: Sequence[bytes]) -> Table:
    """The time and memory that several numbers of files take."""
    rows = []
    for number in _NUMBERS:
        with _repository() as folder:
            paths = _written(folder, islice(cycle(dockerfiles), number))
            one = run(Command((*ours.check, *paths), folder))
        rows.append((f"{number}", f"{one.seconds:.2f}", f"{one.seconds / number * 1000:.2f}", _megabytes(one)))
    return Table("Time against the number of files", "One run each.", ("files", "seconds", "ms / file", "MB"), rows)


def large_context(ours: Tool) -> Table:
    """The time for Dockerfiles that share a large build context, and how many folders are looked into."""
    rows = []
    with _repository() as folder:
        for number in range(_CONTEXT_FOLDERS):
            part = folder / f"part{number}"
            part.mkdir()
            for file in range(_CONTEXT_FILES // _CONTEXT_FOLDERS):
                (part / f"{file}.txt").touch()
        names = [f"{name}.Dockerfile" for name in "abcdefghij"]
        for name in names:
            (folder / name).write_text(_WHOLE_CONTEXT)
        run(Command((*ours.check, *names[:1]), folder))
        for number in (1, len(names)):
            one = run(Command((*ours.check, *names[:number]), folder))
            counting = (ours.environment.command("python"), "-c", _COUNTING, "--check", *names[:number])
            counted = subprocess.run(
                counting, cwd=folder, env=environments.variables(), capture_output=True, text=True, check=False
            )
            folders = counted.stderr.split()[-1]
            rows.append((f"{number}", f"{one.seconds:.2f}", _megabytes(one), folders))
    note = f"{_CONTEXT_FILES:,} files in {_CONTEXT_FOLDERS} folders, and `COPY . .` in each Dockerfile. One run each."
    return Table("A large build context", note, ("Dockerfiles that share it", "seconds", "MB", "folders read"), rows)


def under_pre_commit(ours: Tool, times: int) -> Table:
    """pre-commit on example/ with every hook id, and with `docker-hooks` alone."""
    pre_commit = environments.peer("pre-commit")
    manifest = (_PROJECT / ".pre-commit-hooks.yaml").read_text()
    every: list[str] = []
    alone: list[str] = []
    for entry in re.split(r"^(?=- id: )", manifest, flags=re.MULTILINE)[1:]:
        if "stages: [manual]" not in entry:
            (alone if entry.startswith(f"- id: {OURS}\n") else every).append(entry)
    chosen = {f"{len(every)} ids": every, f"`{OURS}` alone": alone}
    with tempfile.TemporaryDirectory() as name:
        commands: dict[str, Command] = {}
        for title, entries in chosen.items():
            for state in ("mending", "nothing to mend"):
                folder = Path(name, str(len(commands)))
                again = partial(_set_up, folder, entries, ours.environment)
                line = (pre_commit.command("pre-commit"), "run", "--all-files")
                if state == "mending":
                    commands[f"{title}, {state}"] = Command(line, folder, again)
                else:
                    again()
                    run(Command(line, folder))
                    commands[f"{title}, {state}"] = Command(line, folder)
        runs = interleaved(commands, times)
    rows = [(title, f"{one.seconds:.2f}", f"{one.processor:.2f}") for title, one in runs.items()]
    note = f"`pre-commit run --all-files` on a copy of `example/`. Medians of {times} interleaved runs."
    return Table("Under pre-commit", note, ("", "seconds", "processor seconds"), rows)


def _set_up(folder: Path, entries: Sequence[str], ours: Environment) -> None:
    """A copy of example/ under git, with a configuration that runs the hooks as they are installed."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(_EXAMPLE, folder, ignore=shutil.ignore_patterns("run", "__pycache__"))
    hooks = "".join(entries).replace("language: python", "language: system").replace("entry: ", f"entry: {ours.bin}/")
    indented = "".join(f"  {line}\n" for line in hooks.splitlines())
    (folder / ".pre-commit-config.yaml").write_text(f"repos:\n- repo: local\n  hooks:\n{indented}")
    for arguments in (("init", "--quiet"), ("add", "--all")):
        subprocess.run(("git", *arguments), cwd=folder, check=True, stdout=subprocess.DEVNULL)


@contextmanager
def _repository() -> Iterator[Path]:
    """An empty temporary folder under git."""
    with tempfile.TemporaryDirectory() as name:
        subprocess.run(("git", "init", "--quiet", name), check=True)
        yield Path(name)


def _written(folder: Path, dockerfiles: Iterator[bytes] | Sequence[bytes]) -> list[str]:
    """The paths of Dockerfiles, each put into a folder of its own."""
    paths = []
    for number, data in enumerate(dockerfiles):
        (folder / f"{number:04}").mkdir()
        (folder / f"{number:04}" / "Dockerfile").write_bytes(data)
        paths.append(f"{number:04}/Dockerfile")
    return paths


def _of_size(size: int) -> str:
    """Ordinary stages that together have about so many characters."""
    stages: list[str] = []
    length = 0
    while length < size:
        stages.append(_STAGE.format(number=len(stages)))
        length += len(stages[-1])
    return "".join(stages)


def _beside(one: Run, other: Run, *, digits: int) -> tuple[str, ...]:
    times = f"{one.seconds / other.seconds:.2f}"
    return f"{one.seconds:.{digits}f}", times, f"{one.processor:.{digits}f}", _megabytes(one)


def _each(one: Run, parts: float) -> tuple[str, ...]:
    if one.code is None:
        return f"over {one.seconds:.0f}", "–", "–"
    return f"{one.seconds:.2f}", f"{one.seconds / parts:.2f}", _megabytes(one)


def _megabytes(one: Run) -> str:
    return f"{one.memory / 1e6:.0f}"

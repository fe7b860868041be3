"""What the fix modes of docker-hooks and its peers do to Dockerfiles, and writes safety.md.

python -m benchmarks.safety [PATH]         over the Dockerfiles of a folder or a tar
python -m benchmarks.safety --generate N   over N composed ones

Each tool gets each file by the name Dockerfile in a project of its own, and then once more what it made of it.
"""

from __future__ import annotations

import argparse
import difflib
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

from benchmarks import dockerfiles, tools
from benchmarks.damage import COLUMNS, Damage, damage, parses
from benchmarks.environments import variables
from benchmarks.tables import Table, machine, write
from docker_hooks.dockerfile.reader import decode
from tests.corpus.inputs import Source
from tests.corpus.project import set_up

_PAGE = Path(__file__).parent / "safety.md"
_LIMIT = 60.0
_SECOND_RUN, _CRASHES = "second-run changes", "crashes or hangs"
_EVERY_COLUMN = (*COLUMNS, _SECOND_RUN, _CRASHES)
_CRASHED = ("Traceback (most recent call last)", "panic: ", "failed on this file")


class Mender(NamedTuple):
    """A way to mend: its name in the table, and the command to which the name of the file is appended."""

    name: str
    command: tuple[str, ...]


class Treatment(NamedTuple):
    """What a mender made of a file: the texts before and after, what it damaged, and the seconds of one run."""

    mender: str
    file: str
    before: str
    after: str
    damage: tuple[Damage, ...]
    seconds: float


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.safety", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    dockerfiles.add_arguments(parser, 500)
    parser.add_argument("--show", type=int, default=0, metavar="N", help="print N examples of each kind of damage")
    parser.add_argument("--only", metavar="TOOL", help="try this tool alone, and write nothing")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, metavar="N")
    options = parser.parse_args(argv)
    found = menders(options.only)
    files = [(name, data) for name, data in dockerfiles.chosen(options) if not parses(decode(data))]
    treatments: defaultdict[str, list[Treatment]] = defaultdict(list)
    # Go's runtime, which the official parser brings, does not survive a fork.
    with ProcessPoolExecutor(options.jobs, get_context("spawn")) as pool:
        for treated in pool.map(partial(treat, found), files, chunksize=4):
            for treatment in treated:
                treatments[treatment.mender].append(treatment)
    table = summary(treatments)
    print(machine(), "", *table.plain(), sep="\n")
    for examples in treatments.values():
        print(*shown(examples, options.show), sep="\n", end="")
    if options.only is None:
        write(_PAGE, "Safety", "python -m benchmarks.safety", [table])
    return 0


def menders(only: str | None) -> list[Mender]:
    """The fix modes of all tools that have one."""
    found = [tool for tool in tools.dockerfile_tools() if tool.mend and only in (None, tool.name)]
    return [
        Mender(f"{tool.title}{options}", command)
        for tool in found
        for options, command in ((_options(tool.mend), tool.mend), (_options(tool.mend_more), tool.mend_more))
        if command
    ]


def _options(command: Sequence[str]) -> str:
    """The options that turn mending on."""
    return "".join(f" {word}" for word in command if "fix" in word and word.startswith("--"))


def treat(found: Sequence[Mender], file: tuple[str, bytes]) -> list[Treatment]:
    """What each mender makes of a file."""
    return [_treatment(mender, *file) for mender in found]


def _treatment(mender: Mender, name: str, data: bytes) -> Treatment:
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        set_up(Source(name, data), Path(folder), is_bare=False)
        path = Path(folder, "Dockerfile")
        begun = time.perf_counter()
        crash = _run(mender.command, folder)
        seconds = time.perf_counter() - begun
        after = path.read_bytes()
        found = [*crash, *damage(decode(data), decode(after))]
        if not crash:
            found += _run(mender.command, folder)
            if path.read_bytes() != after:
                found.append(Damage(_SECOND_RUN, "the second run changed it again"))
        return Treatment(mender.name, name, decode(data), decode(after), tuple(found), seconds)


def _run(command: Sequence[str], folder: str) -> list[Damage]:
    """Run the command in a folder, and say whether it crashed."""
    try:
        done = subprocess.run(
            (*command, "Dockerfile"), cwd=folder, env=variables(), capture_output=True, timeout=_LIMIT, check=False
        )
    except subprocess.TimeoutExpired:
        return [Damage(_CRASHES, f"no end after {_LIMIT:.0f} seconds")]
    output = (done.stdout + done.stderr).decode(errors="replace")
    if done.returncode < 0 or any(mark in output for mark in _CRASHED):
        return [Damage(_CRASHES, output.strip().rpartition("\n")[2])]
    return []


def summary(treatments: dict[str, list[Treatment]]) -> Table:
    """One row a mender."""
    rows = []
    for name, done in treatments.items():
        counts = Counter(column for one in done for column in {found.column for found in one.damage})
        changed = sum(one.before != one.after for one in done)
        seconds = sum(one.seconds for one in done) / len(done)
        rows.append((name, f"{changed}", *(f"{counts[column]}" for column in _EVERY_COLUMN), f"{seconds:.2f}"))
    number = len(next(iter(treatments.values())))
    note = f"In how many of {number} files that Docker accepts. What each column means stands in README.md."
    return Table("What fix modes do to files", note, ("", "changed", *_EVERY_COLUMN, "seconds / file"), rows)


def shown(treatments: Sequence[Treatment], number: int) -> Iterator[str]:
    """So many examples of each kind of damage that a mender did."""
    for column in _EVERY_COLUMN:
        examples = [(one, found) for one in treatments for found in one.damage if found.column == column]
        for one, found in examples[:number]:
            yield f"\n{one.mender}: {column}: {one.file}: {found.why}"
            yield from _diff(one.before, one.after)


def _diff(before: str, after: str) -> Iterator[str]:
    for line in list(difflib.unified_diff(before.splitlines(), after.splitlines(), n=1, lineterm=""))[2:]:
        yield f"    {line}"


if __name__ == "__main__":
    sys.exit(main())

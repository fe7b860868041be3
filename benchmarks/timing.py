"""Runs commands from start to end: how long each takes, and how much memory."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

from benchmarks.environments import variables

# ru_maxrss is in bytes on macOS, else in units of 1,024 bytes.
_MEMORY_UNIT = 1 if sys.platform == "darwin" else 1024
_LIMIT = 300.0
# A process counts the memory of the one that started it as its own, so a small Python starts what is measured.
# wait4 tells of this one process and of those that it waited for.
_STARTER = """\
import os, sys, time
nothing = [(os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_RDWR, 0) for number in range(3)]
begun = time.perf_counter()
_, status, usage = os.wait4(os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=nothing), 0)
print(time.perf_counter() - begun, usage.ru_utime + usage.ru_stime, usage.ru_maxrss, os.waitstatus_to_exitcode(status))
"""


class Command(NamedTuple):
    """A command line and the folder that it runs in; `prepare` is done before each run and not measured."""

    line: Sequence[str]
    folder: Path
    prepare: Callable[[], object] | None = None


class Run(NamedTuple):
    """What a process took: seconds from start to end, seconds of processors, bytes of its largest process, exit code.

    The code is None where it was ended because it took too long.
    """

    seconds: float
    processor: float
    memory: int
    code: int | None


def run(command: Command, limit: float = _LIMIT) -> Run:
    """Run a command to its end, or for `limit` seconds; what it prints is thrown away."""
    if command.prepare is not None:
        command.prepare()
    starter = subprocess.Popen(
        (sys.executable, "-I", "-S", "-c", _STARTER, *command.line),
        cwd=command.folder,
        env=variables(),
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        printed, _ = starter.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        return Run(limit, limit, 0, None)
    finally:
        if starter.poll() is None:
            os.killpg(starter.pid, signal.SIGKILL)
            starter.communicate()
    seconds, processor, memory, code = printed.split()
    return Run(float(seconds), float(processor), int(memory) * _MEMORY_UNIT, int(code))


def interleaved(commands: Mapping[str, Command], times: int) -> dict[str, Run]:
    """The medians of so many runs of each command, one of each in its turn, after a round that warms up."""
    for command in commands.values():
        run(command)
    runs: dict[str, list[Run]] = {name: [] for name in commands}
    for _ in range(times):
        for name, command in commands.items():
            runs[name].append(run(command))
    return {name: _medians(found) for name, found in runs.items()}


def _medians(runs: Sequence[Run]) -> Run:
    seconds, processor, memory = (median(values) for values in list(zip(*runs, strict=True))[:3])
    code = runs[0].code if all(one.code == runs[0].code for one in runs) else None
    return Run(seconds, processor, round(memory), code)

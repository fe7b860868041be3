"""The engine leaves nothing behind, and says why it can't run."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.builds.conftest import without_engine
from tests.builds.engine import NoEngine, running_engine

# Starts an engine, says where, and leaves it in one of several ways.
PROGRAM = """
import sys, time
from tests.builds.engine import NoEngine, running_engine
try:
    with running_engine() as engine:
        print(engine.folder, flush=True)
        if sys.argv[1] == "raises":
            raise ValueError
        if sys.argv[1] == "waits":
            time.sleep(60)
except NoEngine as reason:
    print("no engine:", reason, flush=True)
"""


@pytest.mark.builds
@pytest.mark.parametrize(
    ("way", "ended_by"),
    [
        ("returns", None),
        ("raises", None),
        ("waits", signal.SIGTERM),
        ("waits", signal.SIGINT),
        ("waits", signal.SIGKILL),
    ],
)
def test_nothing_is_left(way: str, ended_by: signal.Signals | None) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, way], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as program:
        assert program.stdout is not None
        said = program.stdout.readline().strip()
        if said.startswith("no engine: "):
            without_engine(said.removeprefix("no engine: "))
        if ended_by is not None:
            assert processes_of(said)
            program.send_signal(ended_by)
    deadline = time.monotonic() + 10
    while processes_of(said) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert processes_of(said) == []
    assert said not in Path("/proc/self/mounts").read_text()
    # Only a program that was killed can't remove its folder; nothing lives there.
    assert Path(said).exists() == (ended_by is signal.SIGKILL)
    subprocess.run(["rm", "-rf", said], check=True)


def processes_of(folder: str) -> list[str]:
    """The command lines of living processes that name a folder, or an engine's socket in it."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                command = (entry / "cmdline").read_bytes().decode(errors="replace")
            except OSError:
                continue
            if folder in command:
                found.append(command)
    return found


def test_reason_without_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(NoEngine, match="needs root"), running_engine():
        pass


def test_reason_without_programs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr("tests.builds.engine.SYSTEM_PATH", str(tmp_path))
    with pytest.raises(NoEngine, match=r"no dockerd, docker, .*apt-get install docker\.io"), running_engine():
        pass


@pytest.mark.parametrize(("ci", "outcome"), [("true", pytest.fail.Exception), ("", pytest.skip.Exception)])
def test_ci_does_not_skip(monkeypatch: pytest.MonkeyPatch, ci: str, outcome: type[BaseException]) -> None:
    monkeypatch.setenv("CI", ci)
    with pytest.raises(outcome, match="not root"):
        without_engine("not root")

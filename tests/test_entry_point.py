"""How commands end: by an exit code and one line, whatever happens to them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from docker_hooks.entry_point import entry_point

COMMANDS = ("docker_hooks", "dockerfile_apt_get", "dockerignore")


def started(command: str, arguments: Sequence[str], folder: Path, shell: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a shell that does something to it: `{}` stands for the command."""
    main = f"import sys; from docker_hooks.{command} import main; sys.exit(main())"
    line = " ".join((sys.executable, "-c", f"'{main}'", *arguments))
    return subprocess.run(
        ["sh", "-c", shell.format(line)], cwd=folder, capture_output=True, text=True, check=False, timeout=60
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a Dockerfile that every command has something to say of."""
    (tmp_path / "Dockerfile").write_text("FROM debian:12\nCOPY . .\nRUN apt-get install jq\n")
    return tmp_path


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    ("shell", "code", "error"),
    [
        ("{} >&-", 1, ""),
        ("{} >&- 2>&-", 1, ""),
        pytest.param(
            "{} >/dev/full",
            2,
            "No space left on device",
            marks=pytest.mark.skipif(not os.path.exists("/dev/full"), reason="Linux alone has /dev/full"),
        ),
    ],
)
def test_output_that_cant_be_written(folder: Path, command: str, shell: str, code: int, error: str) -> None:
    done = started(command, ["--check", "Dockerfile"], folder, shell)
    assert done.returncode == code
    assert done.stderr == (f"{command.replace('_', '-')}: {error}\n" if error else "")


def test_a_reader_that_leaves_early(folder: Path) -> None:
    done = started("docker_hooks", ["--check", "Dockerfile"], folder, "{} | true; exit 7")
    assert (done.returncode, done.stderr.count("Traceback")) == (7, 0)


def test_a_folder_that_is_gone(folder: Path) -> None:
    (folder / "gone").mkdir()
    done = started("docker_hooks", ["--check"], folder / "gone", "rmdir ../gone; {}")
    assert (done.returncode, done.stderr) == (2, "docker-hooks: No such file or directory\n")


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (KeyboardInterrupt(), 130, ""),
        (OSError(28, "No space left on device"), 2, "test-entry-point: No space left on device\n"),
        (ValueError("a\nb"), 2, "test-entry-point failed (ValueError: a\\nb); please report it\n"),
    ],
)
def test_what_goes_wrong_is_one_line(
    capfd: pytest.CaptureFixture[str], error: BaseException, code: int, said: str
) -> None:
    @entry_point
    def main(argv: Sequence[str]) -> int:
        raise error

    with open(os.devnull, "w") as kept:
        # What can't be written to is led nowhere; here that must not be the output of the tests.
        before, sys.stdout = sys.stdout, kept
        try:
            assert main([]) == code
        finally:
            sys.stdout = before
    assert capfd.readouterr().err == said

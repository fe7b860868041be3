"""Where package lists come from, and what needs them."""

from __future__ import annotations

from pathlib import Path

import pytest

from docker_hooks.project.apt_runs import installs_apart, needs, read_apt_runs
from tests.mends import subject_of


def first_need(text: str, root: Path | None = None) -> tuple[int, str] | None:
    """What needs the lists that the first RUN leaves."""
    subject = subject_of(text, root)
    runs = read_apt_runs(subject)
    return needs(subject, runs)[runs[0][0].instruction.start]


UPDATE = "FROM debian AS base\nRUN apt-get update\n"


@pytest.mark.parametrize(
    ("rest", "line"),
    [
        ("RUN make\n", None),
        ("RUN make\nRUN apt-get install x\n", 4),
        ("RUN apt-get update && apt-get install x\nRUN apt-get install y\n", None),
        ("RUN if a; then apt-get update; fi; apt-get install x\n", 3),
        ("RUN test -e x || apt-get update; apt-get install x\n", 3),
        ("RUN apt-get update || true; apt-get install x\n", None),
        ("RUN rm -rf /var/lib/apt/lists/*\nRUN apt-get install x\n", None),
        ("RUN --mount=type=cache,target=/var/lib/apt apt-get install x\n", None),
        ("FROM base\nRUN apt-get install x\n", 4),
        ("FROM base AS b\nFROM b\nRUN apt-get install x\n", 5),
        ("FROM base AS b\nRUN apt-get update\nFROM base\nRUN apt-get install x\n", 6),
        ("FROM debian\nRUN apt-get install x\n", None),
        ("RUN ./setup.sh\n", 3),
    ],
)
def test_needs(rest: str, line: int | None) -> None:
    need = first_need(UPDATE + rest)
    assert (need[0] if need else None) == line


@pytest.mark.parametrize(
    ("rest", "lines"),
    [
        ("RUN apt-get install x && apt-get install y\nRUN apt-get install z\n", [(3, 2), (4, 2)]),
        ("RUN make && apt-get update && apt-get install x\nRUN apt-get install y\n", [(4, 3)]),
        ("RUN ./setup.sh && apt-get install x\n", []),
        ("RUN rm -rf /var/lib/apt/lists/*\nRUN apt-get install x\n", []),
        ("FROM base\nRUN apt-get install x\n", [(4, 2)]),
        ("FROM base\nRUN apt-get update\nFROM base\nRUN apt-get install x\n", [(6, 2)]),
        ("FROM debian\nRUN apt-get install x\n", []),
        ("RUN case a in a) apt-get update;; esac\nRUN apt-get install x\n", []),
    ],
)
def test_installs_apart(rest: str, lines: list[tuple[int, int]]) -> None:
    subject = subject_of(UPDATE + rest)
    found = installs_apart(subject, read_apt_runs(subject))
    assert [(one.run.line(subject.dockerfile, one.step), one.origin.line) for one in found] == lines


def test_a_script_that_removes_the_lists(tmp_path: Path) -> None:
    (tmp_path / "setup.sh").write_text("apt-get update && apt-get install x && rm -rf /var/lib/apt/lists/*\n")
    rest = "WORKDIR /app\nCOPY setup.sh .\nRUN ./setup.sh\nRUN apt-get install x\n"
    assert first_need(UPDATE + rest, tmp_path) is None
    assert first_need(UPDATE + rest, tmp_path / "elsewhere") == (5, "runs a script that may install from them")


def test_no_more_than_some_scripts_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.sh").write_text("true\n")
    runs = "RUN /a.sh\n" * 30
    (found,) = read_apt_runs(subject_of(f"FROM debian\nCOPY a.sh /\n{runs}", tmp_path)).values()
    assert len(found) == 10

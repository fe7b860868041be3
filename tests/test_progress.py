"""Progress shows on a terminal, after a second, and leaves nothing behind."""

from __future__ import annotations

import io

import pytest

from docker_hooks.progress import Progress


class _Stream(io.StringIO):
    def __init__(self, *, is_terminal: bool) -> None:
        super().__init__()
        self._is_terminal = is_terminal

    def isatty(self) -> bool:
        return self._is_terminal


def shown(monkeypatch: pytest.MonkeyPatch, ticks: int, seconds: float, *, is_terminal: bool) -> str:
    """What is written in the course of so many ticks and seconds."""
    stream, now = _Stream(is_terminal=is_terminal), 0.0
    monkeypatch.setattr("sys.stderr", stream)
    monkeypatch.setattr("docker_hooks.progress.time.monotonic", lambda: now)
    with Progress("files") as counter:
        for _ in range(ticks):
            now += seconds / ticks
            counter.tick()
    return stream.getvalue()


def test_shows_a_count_after_a_second_and_wipes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    written = shown(monkeypatch, 2560, 2.5, is_terminal=True)
    assert written.startswith("\r1024 files\r1280 files")
    assert written.endswith("\r\x1b[K")


@pytest.mark.parametrize(("ticks", "seconds", "is_terminal"), [(2560, 0.9, True), (2560, 60, False), (10, 60, True)])
def test_shows_nothing(monkeypatch: pytest.MonkeyPatch, ticks: int, seconds: float, is_terminal: bool) -> None:
    assert shown(monkeypatch, ticks, seconds, is_terminal=is_terminal) == ""


def test_works_without_standard_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr", None)
    with Progress("files") as counter:
        counter.tick()

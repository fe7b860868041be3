"""Says on a terminal how far a long look at files has got; to a file or a pipe it says nothing."""

from __future__ import annotations

import sys
import time

_SILENT_FOR = 1.0
_PAUSE = 0.2
_LOOKS = 256


class Progress:
    """Counts, and shows the count on standard error once it takes more than a second. A context manager."""

    def __init__(self, what: str) -> None:
        """`what` is what is counted, and stands behind the number."""
        self._what = what
        self._count = 0
        self._is_shown = False
        self._is_terminal = sys.stderr is not None and sys.stderr.isatty()
        self._next = time.monotonic() + _SILENT_FOR

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *error: object) -> None:
        if self._is_shown:
            self._write("\r\x1b[K")

    def tick(self) -> None:
        """Count one more."""
        self._count += 1
        if self._is_terminal and self._count % _LOOKS == 0 and time.monotonic() >= self._next:
            self._next = time.monotonic() + _PAUSE
            self._is_shown = True
            self._write(f"\r{self._count} {self._what}")

    def _write(self, text: str) -> None:
        sys.stderr.write(text)
        sys.stderr.flush()

"""The edge of every command: what its process is given, and how it ends, which is never by a traceback."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from functools import wraps

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TextIO

# More than a look at a Dockerfile leaves behind.
_OBJECTS_BETWEEN_COLLECTIONS = 50_000
_WRONG_USAGE = 2
_INTERRUPTED = 130


def entry_point(main: Callable[[Sequence[str]], int]) -> Callable[[Sequence[str] | None], int]:
    """The command that hands its arguments to `main`, whose result is the exit code; None stands for the process's.

    What goes wrong on the way, such as output that can't be written, is one line on standard error and exit code 2.
    """
    name = main.__module__.rpartition(".")[2].replace("_", "-")

    @wraps(main)
    def guarded(argv: Sequence[str] | None = None) -> int:
        try:
            return main(_of_process() if argv is None else argv)
        except KeyboardInterrupt:
            return _INTERRUPTED
        except OSError as error:
            _leave_output()
            return _ended(f"{name}: {error.strerror or error}")
        except Exception as error:  # a fault of ours
            return _ended(f"{name} failed ({type(error).__name__}: {error}); please report it")

    return guarded


def _of_process() -> Sequence[str]:
    """The arguments of the process, which is made ready for the one thing that it will do."""
    import atexit
    import gc

    # Looking for garbage takes a tenth of the time of a command, and finds next to none.
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    atexit.register(gc.freeze)
    for stream in ("stdout", "stderr"):
        if getattr(sys, stream) is None:  # it was closed before the start
            setattr(sys, stream, _nowhere())
    return sys.argv[1:]


def _leave_output() -> None:
    """Lead standard output nowhere: what it holds would fail again when Python ends."""
    from contextlib import suppress

    with suppress(OSError, ValueError):
        os.dup2(_nowhere().fileno(), sys.stdout.fileno())


def _nowhere() -> TextIO:
    return open(os.devnull, "w", encoding="utf-8")


def _ended(why: str) -> int:
    from docker_hooks.run import printable

    sys.stderr.write(f"{printable(why)}\n")
    return _WRONG_USAGE

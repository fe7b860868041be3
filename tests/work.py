"""How much work something is, counted and not timed: the same on every machine, however busy."""

from __future__ import annotations

import sys
from collections.abc import Callable


def calls(run: Callable[[], object]) -> int:
    """How many functions are called, Python's and C's, until `run` is done."""
    count = 0

    def counted(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        run()
    finally:
        sys.setprofile(before)
    return count


def grows_linearly(work: Callable[[int], object], size: int) -> bool:
    """Whether `work` on four times the size takes at most five times the calls, so no quadratic number of them."""
    work(1)  # what is done but once, such as compiling a pattern, is not counted
    return calls(lambda: work(4 * size)) <= 5 * calls(lambda: work(size)) + 100

"""What a run has found out about the files around Dockerfiles, so that nothing is looked up twice.

It lasts as long as nothing but Dockerfiles is changed: whoever writes another file starts with a new one.
"""

from __future__ import annotations

from collections.abc import Callable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, ParamSpec, TypeVar

    P = ParamSpec("P")
    T = TypeVar("T")


class Memory:
    """Remembers what functions found, by the function and its arguments, which must be hashable."""

    def __init__(self) -> None:
        self._found: dict[tuple[object, ...], Any] = {}

    def once(self, find: Callable[P, T], *arguments: P.args, **options: P.kwargs) -> T:
        """What `find` returns for these arguments; it is asked the first time only."""
        key = (find, *arguments, *options.items())
        if key not in self._found:
            self._found[key] = find(*arguments, **options)
        found: T = self._found[key]
        return found

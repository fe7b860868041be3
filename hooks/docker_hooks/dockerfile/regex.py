"""Regular expressions that are compiled when they are first used.

A command loads the patterns of many checks, most of which a given file never needs; compiling them all takes longer
than reading the file.
"""

from __future__ import annotations

import re


class _Regex:
    """Stands for a compiled pattern, whose methods it takes over one by one as they are asked for."""

    def __init__(self, pattern: Any, flags: int = 0) -> None:
        self._written: tuple[Any, int] = pattern, flags

    def __getattr__(self, name: str) -> Any:
        value = getattr(re.compile(*self._written), name)
        setattr(self, name, value)
        return value


TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, AnyStr

    def regex(pattern: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
        """A regular expression; `flags` are those of `re`."""

else:
    regex = _Regex

"""What an ignore file keeps back, by Docker's documented rules alone: an independent reference for the hooks' own.

https://docs.docker.com/build/concepts/context/#dockerignore-files and moby/patternmatcher: patterns are rooted, `**`
stands for any number of folders, a pattern that matches a folder keeps back what is in it, the last that matches wins.
Character classes are read as regular expressions have them, which is close enough for what people write.
"""

from __future__ import annotations

import posixpath
import re
from typing import NamedTuple


class Rule(NamedTuple):
    """A pattern, and whether it lets through (`!`) what it matches."""

    pattern: re.Pattern[str]
    lets_through: bool


def rules(text: str) -> list[Rule]:
    """The rules of an ignore file. Raises ValueError where Docker rejects a pattern."""
    found: list[Rule] = []
    for line in text.removeprefix("\ufeff").split("\n"):
        pattern = line.strip()
        if line.startswith("#") or not pattern:
            continue
        lets_through = pattern.startswith("!")
        if lets_through:
            pattern = pattern[1:].strip()
            if not pattern:
                raise ValueError("a lone !")
        pattern = posixpath.normpath(pattern).lstrip("/")
        if pattern not in ("", "."):
            found.append(Rule(_compiled(pattern), lets_through))
    return found


def is_sent(found: list[Rule], path: str) -> bool:
    """Whether a file of the context reaches the builder, which looks at each folder above it first.

    A rule counts for a folder only where it would change what those above it say; where it counts, it counts for all
    in the folder.
    """
    parts = path.split("/")
    counting: set[int] = set()
    for number in range(1, len(parts) + 1):
        kept_back = False
        above, counting = counting, set()
        for index, rule in enumerate(found):
            here = "/".join(parts[:number])
            if index in above or (rule.lets_through == kept_back and rule.pattern.fullmatch(here)):
                kept_back = not rule.lets_through
                counting.add(index)
    return not kept_back


def _compiled(pattern: str) -> re.Pattern[str]:
    written: list[str] = []
    at = 0
    while at < len(pattern):
        character = pattern[at]
        if pattern.startswith("**/", at):
            written.append("(?:.*/)?")
            at += 3
        elif pattern.startswith("**", at):
            written.append(".*")
            at += 2
        elif character == "[":
            end = pattern.index("]", at)
            written.append(pattern[at : end + 1])
            at = end + 1
        elif character == "\\":
            if at + 1 == len(pattern):
                raise ValueError("a backslash at the end of a pattern")
            written.append(re.escape(pattern[at + 1]))
            at += 2
        else:
            written.append({"*": "[^/]*", "?": "[^/]"}.get(character) or re.escape(character))
            at += 1
    try:
        return re.compile("".join(written), re.DOTALL)
    except re.error as error:
        raise ValueError(str(error)) from None

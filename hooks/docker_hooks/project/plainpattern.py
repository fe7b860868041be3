"""Patterns of plain names and `*`, which most are: strings are compared, and no regular expression is needed."""

from __future__ import annotations

from collections.abc import Sequence

from docker_hooks.dockerfile.values import NamedTuple

# What has a meaning besides `*`, in Docker's patterns or in the regular expressions that it makes of them; and a byte
# order mark, which Go drops.
_SPECIAL = frozenset("?[]\\{}|^\ufeff")


class PlainPattern(NamedTuple):
    """A pattern of plain names and `*`.

    is_nested: whether it begins with `**/`, so that folders may stand in front
    names: the components behind that, each as the texts before, between and behind its `*`
    is_open: whether it ends with `**`, so that anything may follow the last component
    """

    is_nested: bool
    names: tuple[tuple[str, ...], ...]
    is_open: bool

    @property
    def path(self) -> str | None:
        """The only path that it matches, or, if it is nested, the end of all that it matches; None for more."""
        is_one = not self.is_open and all(len(texts) == 1 for texts in self.names)
        return "/".join(texts[0] for texts in self.names) if is_one else None

    def matches(self, path: str) -> bool:
        """Match a path relative to the build context, with `/` between folders, and no line feed in it."""
        if self.is_open:
            return path.startswith("/".join(texts[0] for texts in self.names))
        parts = path.split("/")
        if self.is_nested:
            parts = parts[-len(self.names) :]
        return len(parts) == len(self.names) and all(map(_fits, parts, self.names))


def read_plain(pattern: str) -> PlainPattern | None:
    """Read a pattern, cleaned and without `!`; None if it is more than this module knows of."""
    if not _SPECIAL.isdisjoint(pattern):
        return None
    is_nested = pattern.startswith("**/")
    rest = pattern[3:] if is_nested else pattern
    is_open = rest.endswith("**") and not is_nested
    rest = rest[:-2] if is_open else rest
    if "**" in rest or (is_open and "*" in rest):
        return None
    return PlainPattern(is_nested, tuple(tuple(name.split("*")) for name in rest.split("/")), is_open)


def _fits(name: str, texts: Sequence[str]) -> bool:
    """Whether a name consists of these texts, in this order, with anything between them."""
    if len(texts) == 1:
        return name == texts[0]
    at, end = len(texts[0]), len(name) - len(texts[-1])
    if at > end or not name.startswith(texts[0]) or not name.endswith(texts[-1]):
        return False
    for text in texts[1:-1]:
        at = name.find(text, at, end)
        if at == -1:
            return False
        at += len(text)
    return True

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
    start: what stands before a `**` at its end, behind which anything may follow; None without such
    """

    is_nested: bool
    names: tuple[tuple[str, ...], ...]
    start: str | None = None

    @property
    def path(self) -> str | None:
        """The only path that it matches, or, if it is nested, the end of all that it matches; None for more."""
        is_one = self.start is None and all(len(texts) == 1 for texts in self.names)
        return "/".join(texts[0] for texts in self.names) if is_one else None

    def matches(self, path: str) -> bool:
        """Match a path relative to the build context, with `/` between folders, and no line feed in it."""
        if self.start is not None:
            return path.startswith(self.start)
        parts = path.split("/")
        if self.is_nested:
            parts = parts[-len(self.names) :]
        return len(parts) == len(self.names) and all(map(_fits, parts, self.names))


def read_plain(pattern: str) -> PlainPattern | None:
    """Read a pattern, cleaned and without `!`; None if it is more than this module knows of."""
    if not _SPECIAL.isdisjoint(pattern):
        return None
    if pattern.endswith("**") and "*" not in pattern[:-2]:
        return PlainPattern(False, (), pattern[:-2])
    is_nested = pattern.startswith("**/")
    rest = pattern[3:] if is_nested else pattern
    if "**" in rest:
        return None
    return PlainPattern(is_nested, tuple(tuple(name.split("*")) for name in rest.split("/")))


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

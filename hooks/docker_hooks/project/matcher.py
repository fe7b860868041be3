"""Tells which paths a pattern of an ignore file matches, in linear time whatever the pattern."""

from __future__ import annotations

import re
from functools import cached_property

from docker_hooks.project import goregexp
from docker_hooks.project.automaton import Automaton
from docker_hooks.project.ignorepattern import translate
from docker_hooks.project.plainpattern import PlainPattern, read_plain


class Matcher:
    """A pattern, cleaned and without `!`, ready to be held against paths."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern

    @cached_property
    def plain(self) -> PlainPattern | None:
        """The pattern, if it is so simple that strings need but be compared."""
        return read_plain(self._pattern)

    @cached_property
    def _alternatives(self) -> goregexp.Alternatives:
        return translate(self._pattern)

    @cached_property
    def regexp(self) -> str:
        """The Python regular expression that matches the same. Raises PatternError if Docker rejects the pattern."""
        return goregexp.python_regex(self._alternatives)

    @cached_property
    def is_quick(self) -> bool:
        """Whether the automaton can be done without: strings are compared, or a regular expression of little time."""
        return self.plain is not None or goregexp.backtracks_little(self._alternatives)

    @cached_property
    def automaton(self) -> Automaton:
        """The same pattern, for what a regular expression can't do: keep the time down, match part of a path."""
        return Automaton(self._alternatives)

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self.regexp)

    def matches(self, path: str) -> bool:
        """Match a path relative to the build context, with `/` between folders."""
        if "\n" in path:
            return self.automaton.matches(path)
        if self.plain is not None:
            return self.plain.matches(path)
        return self._compiled.match(path) is not None if self.is_quick else self.automaton.matches(path)

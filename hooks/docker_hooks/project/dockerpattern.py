"""Docker's patterns for `pathspec`. Importing this module imports pathspec, which takes longer than most hooks run."""

from __future__ import annotations

from functools import cached_property

from pathspec.pattern import RegexMatchResult, RegexPattern

from docker_hooks.dockerfile.regex import regex
from docker_hooks.project import goregexp, ignorepattern
from docker_hooks.project.automaton import Automaton


class DockerPattern(RegexPattern):
    """A line of an ignore file as a pattern of pathspec, as in `PathSpec.from_lines(DockerPattern, lines)`.

    It tells which paths the line itself matches. Which paths are sent also depends on the folders above them; that is
    for `ignorefile.IgnoreFile` to say.
    """

    @cached_property
    def _alternatives(self) -> goregexp.Alternatives:
        read = ignorepattern.read_line(str(self.pattern))
        return ignorepattern.translate(read.pattern) if read else ()

    @cached_property
    def is_quick(self) -> bool:
        """Whether the regular expression can be used, since its time does not explode; without it, the automaton is."""
        return goregexp.backtracks_little(self._alternatives)

    @cached_property
    def automaton(self) -> Automaton:
        """The same pattern, for what a regular expression can't do: keep the time down, match part of a path."""
        return Automaton(self._alternatives)

    @classmethod
    def pattern_to_regex(cls, pattern: str) -> tuple[str | None, bool | None]:  # type: ignore[override]
        """Return a line as regular expression, and whether it excludes (False after `!`); twice None for no pattern."""
        read = ignorepattern.read_line(pattern)
        if read is None:
            return None, None
        return goregexp.python_regex(ignorepattern.translate(read.pattern)), not read.negated

    def match_file(self, file: str) -> RegexMatchResult | None:
        """Match a path relative to the build context, with `/` between folders."""
        if self.regex is None:
            return None
        if self.is_quick and "\n" not in file:
            match = self.regex.match(file)
        else:
            match = _ALL.match(file) if self.automaton.matches(file) else None
        return RegexMatchResult(match) if match else None


_ALL = regex(r"(?s:.*)")

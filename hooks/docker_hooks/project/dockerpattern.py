"""Docker's patterns for `pathspec`. Importing this module imports pathspec, which takes longer than most hooks run."""

from __future__ import annotations

from functools import cached_property

from pathspec.pattern import RegexMatchResult, RegexPattern

from docker_hooks.dockerfile.regex import regex
from docker_hooks.project.ignorepattern import read_line
from docker_hooks.project.matcher import Matcher


class DockerPattern(RegexPattern):
    """A line of an ignore file as a pattern of pathspec, as in `PathSpec.from_lines(DockerPattern, lines)`.

    It tells which paths the line itself matches. Which paths are sent also depends on the folders above them; that is
    for `ignorefile.IgnoreFile` to say.
    """

    @cached_property
    def matcher(self) -> Matcher | None:
        """What tells which paths the line matches, None for a line without a pattern."""
        read = read_line(str(self.pattern))
        return Matcher(read.pattern) if read else None

    @classmethod
    def pattern_to_regex(cls, pattern: str) -> tuple[str | None, bool | None]:  # type: ignore[override]
        """Return a line as regular expression, and whether it excludes (False after `!`); twice None for no pattern."""
        read = read_line(pattern)
        return (Matcher(read.pattern).regexp, not read.negated) if read else (None, None)

    def match_file(self, file: str) -> RegexMatchResult | None:
        """Match a path relative to the build context, with `/` between folders."""
        match = _ALL.match(file) if self.matcher is not None and self.matcher.matches(file) else None
        return RegexMatchResult(match) if match else None


_ALL = regex(r"(?s:.*)")

r"""One line of an ignore file: the pattern in it, by Docker's rules, and what that pattern matches.

Docker cleans the line as it would a path (moby's ignorefile.ReadAll, then patternmatcher.New), checks it with Go's
filepath.Match and translates it to a Go regular expression, without a look at what it copies: so `\d*` or
`[[:digit:]]*` mean here what Go's regular expressions make of them.

Bytes that are not UTF-8 are expected as `errors="surrogateescape"` decodes them, and stand for themselves.
"""

from __future__ import annotations

import posixpath

from docker_hooks.dockerfile.values import NamedTuple
from docker_hooks.project import goregexp
from docker_hooks.project.goregexp import ANY, END, FOLDERS, Alternatives, Element, any_number, literals


class PatternError(ValueError):
    """Docker rejects the pattern; the text says why, Docker's own words first."""


class IgnorePattern(NamedTuple):
    """A pattern as Docker uses it.

    pattern: without `!`, surrounding space and leading slash, as the shortest form of the path
    negated: whether it re-includes (`!`) what it matches
    """

    pattern: str
    negated: bool


def read_line(line: str) -> IgnorePattern | None:
    """Read a line of an ignore file, without its line ending, the first one without a byte order mark.

    Returns None for a comment and for a line that Docker passes over. Raises PatternError for a pattern that Docker
    rejects: at once, or, where only its regular expression is wrong, when the first path gets as far as this pattern.
    """
    if line.startswith("#"):
        return None
    text = line.strip(_SPACE)
    if not text:
        return None
    # What ReadAll made of the line is a new line to New: "/ foo" becomes "foo", "/!foo" a negation, "!/" a lone "!".
    negation = "!" if text[0] == "!" else ""
    text = negation + _without_root(text[len(negation) :].strip(_SPACE))
    text = text.strip(_SPACE)
    if not text:
        return None
    text = _clean(text)
    if text == "!":
        raise PatternError('illegal exclusion pattern: "!"')
    pattern = text.removeprefix("!")
    _check_syntax(pattern)
    if any(char in pattern for char in "[\\{"):
        translate(pattern)
    return IgnorePattern(pattern, text.startswith("!"))


def translate(pattern: str) -> Alternatives:
    """Say what a pattern, cleaned and without `!`, matches. Raises PatternError if its regular expression is wrong."""
    comparison, regexp = _go_regexp(pattern)
    if comparison == "exact":
        return (tuple(literals(pattern) + [Element(END)]),)
    if comparison == "prefix":  # name**
        return (tuple(literals(pattern[:-2])),)
    if comparison == "suffix" and pattern.startswith("**/"):
        return ((Element(FOLDERS, ANY), *literals(pattern[3:]), Element(END)),)
    if comparison == "suffix":  # **name
        # Go drops two bytes, which are no "**" behind a byte order mark.
        suffix = pattern.encode("utf-8", "surrogateescape")[2:].decode("utf-8", "surrogateescape")
        return ((any_number(ANY), *literals(suffix), Element(END)),)
    try:
        return tuple(_without_doubles(elements) for elements in goregexp.parse(regexp))
    except goregexp.RegexpError as error:
        raise _bad(str(error)) from None


# What Go's unicode.IsSpace holds for space. Python's str.strip() would take \x1c to \x1f as well.
_SPACE = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)


def _clean(path: str) -> str:
    """Do what Go's filepath.Clean does; Python's normpath would keep two leading slashes."""
    return posixpath.normpath("/" + path.lstrip("/") if path.startswith("/") else path)


def _without_root(path: str) -> str:
    cleaned = _clean(path) if path else ""
    return cleaned[1:] if len(cleaned) > 1 and cleaned[0] == "/" else cleaned


def _without_doubles(elements: tuple[Element, ...]) -> tuple[Element, ...]:
    """Drop a `*` or `**/` behind the same ("****"): it adds nothing but time."""
    kept: list[Element] = []
    for element in elements:
        is_star = element in (any_number(element.chars), Element(FOLDERS, element.chars))
        if not (is_star and kept[-1:] == [element]):
            kept.append(element)
    return tuple(kept)


def _bad(why: str) -> PatternError:
    return PatternError(f"syntax error in pattern: {why}")


def _check_syntax(pattern: str) -> None:
    """Raise PatternError where Go's filepath.Match(pattern, ".") does, which is how moby checks a pattern.

    It stops at the first `*` behind characters that don't match "."; what is wrong beyond is left to the regular
    expression, if that has the same idea of wrong.
    """
    at, matches_dot = _check_up_to_star(pattern, 0)
    if matches_dot:
        _check_up_to_star(pattern, at)


def _check_up_to_star(pattern: str, at: int) -> tuple[int, bool]:
    """Return where the next `*` (or the end) is behind those at `at`, and whether what is between matches "."."""
    while pattern.startswith("*", at):
        at += 1
    matched = []
    while at < len(pattern) and pattern[at] != "*":
        if pattern[at] == "[":
            at, is_dot = _check_class(pattern, at + 1)
            matched.append(is_dot)
            continue
        escaped = pattern[at] == "\\"
        at += escaped
        if at == len(pattern):
            raise _bad("nothing follows the last backslash")
        matched.append(pattern[at] == "." or (pattern[at] == "?" and not escaped))
        at += 1
    return at, matched == [True]


def _check_class(pattern: str, at: int) -> tuple[int, bool]:
    """Return where the class ends that starts before `at`, and whether "." is in it."""
    negated = pattern.startswith("^", at)
    at += negated
    start, has_dot = at, False
    while at == start or pattern[at] != "]":
        first, at = _class_member(pattern, at)
        last = first
        if pattern[at] == "-":
            last, at = _class_member(pattern, at + 1)
        has_dot = has_dot or first <= "." <= last
    return at + 1, has_dot != negated


def _class_member(pattern: str, at: int) -> tuple[str, int]:
    """Return the character of a class at `at`, and where it ends. Something must follow."""
    if pattern.startswith(("-", "]"), at):
        raise _bad(f"{pattern[at]} in [...] must be written \\{pattern[at]} here")
    at += 2 if pattern.startswith("\\", at) else 1
    if at >= len(pattern):
        raise _bad("[ is not closed by ]")
    if "\udc80" <= pattern[at - 1] <= "\udcff":
        raise _bad("a byte in [...] is not UTF-8")
    return pattern[at - 1], at


def _go_regexp(pattern: str) -> tuple[str, str]:
    """Do what Pattern.compile of moby's patternmatcher does, on a system with `/` between folders.

    Returns how a path is compared with the pattern ("exact", "prefix", "suffix" or "regexp"), and the Go regular
    expression, which counts for "regexp" alone. In that, `|`, `{`, `}` and `^` keep their meaning: moby means to escape
    the first three, but its table of what to escape has no room for them.
    """
    comparison, regexp = "exact", ["^"]
    first = at = 1 if pattern.startswith("\ufeff") else 0  # Go's text/scanner drops a byte order mark
    while at < len(pattern):
        char, following = pattern[at], pattern[at + 1 : at + 2]
        if char == "*" and following == "*":
            leads = at == first
            at += 3 if pattern.startswith("/", at + 2) else 2
            if at < len(pattern):
                regexp.append("(.*/)?")
                comparison = "regexp"
            else:
                regexp.append(".*")
                comparison = "prefix" if comparison == "exact" else "regexp"
            if leads:
                comparison = "suffix"
            continue
        if char == "*":
            regexp.append("[^/]*")
            comparison = "regexp"
        elif char == "?":
            regexp.append("[^/]")
            comparison = "regexp"
        elif char == "\\" and following:
            regexp.append(char + following)
            comparison = "regexp"
            at += 1
        elif char in "[]":
            regexp.append(char)
            comparison = "regexp"
        else:
            regexp.append("\\" + char if char in ".+()$" else char)
        at += 1
    return comparison, "".join([*regexp, "$"])

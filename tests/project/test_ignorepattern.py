"""What a single pattern means: cleaning, syntax, and matching against a plain reference, in linear time."""

from __future__ import annotations

import re
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docker_hooks.project import goregexp
from docker_hooks.project.automaton import Automaton
from docker_hooks.project.ignorepattern import PatternError, read_line, translate
from docker_hooks.project.matcher import Matcher
from docker_hooks.project.plainpattern import read_plain


@pytest.mark.parametrize(
    ("line", "pattern", "negated"),
    [
        ("foo", "foo", False),
        (" \t/foo// \u3000", "foo", False),
        ("\x1cfoo", "\x1cfoo", False),
        ("./a/./b/../c/", "a/c", False),
        ("../a", "../a", False),
        ("/../a", "a", False),
        ("//a", "a", False),
        ("/", "/", False),
        (".", ".", False),
        ("!foo", "foo", True),
        ("! /foo/", "foo", True),
        ("!!foo", "!foo", True),
        ("/ foo", "foo", False),
        ("!/ foo", " foo", True),
        ("/!foo", "foo", True),
        ("/#foo", "#foo", False),
        ("foo # bar", "foo # bar", False),
    ],
)
def test_cleaning(line: str, pattern: str, negated: bool) -> None:
    assert read_line(line) == (pattern, negated)


@pytest.mark.parametrize("line", ["", "#", "#foo", " \t", "\x85\xa0\u2003", "/ /"])
def test_lines_without_a_pattern(line: str) -> None:
    assert read_line(line) is None


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("!", 'illegal exclusion pattern: "!"'),
        ("!  ", 'illegal exclusion pattern: "!"'),
        ("!/", 'illegal exclusion pattern: "!"'),
        ("a\\", "nothing follows the last backslash"),
        ("[a", "[ is not closed by ]"),
        ("[", "[ is not closed by ]"),
        ("[^", "[ is not closed by ]"),
        ("[a-", "[ is not closed by ]"),
        ("[a\\]", "[ is not closed by ]"),
        ("[]a]", "] in [...] must be written \\] here"),
        ("[a-]", "] in [...] must be written \\] here"),
        ("[-a]", "- in [...] must be written \\- here"),
        ("[\udcff]", "a byte in [...] is not UTF-8"),
        ("[z-a]", "the range z-a runs backwards"),
        ("a*[b", "[ is not closed by ]"),
        ("\\y*", "\\y means nothing here"),
        ("\\x{110000}*", "\\x means nothing here"),
        ("[[:foo:]]", "[:foo:] is no class of characters"),
        ("\\pX", "\\pX names no class of characters"),
        ("*{2}", "{2} has nothing to repeat"),
        ("?{2}{3}", "{3} has nothing to repeat"),
        ("*|{2}", "{2} has nothing to repeat"),
        ("?{2,1}", "{2,1} is no number of repetitions"),
        ("?{99999999999}", "{99999999999} is no number of repetitions"),
        ("?{1000}" * 101, "its repetitions are too large"),
    ],
)
def test_errors(line: str, error: str) -> None:
    with pytest.raises(PatternError) as raised:
        read_line(line)
    assert str(raised.value).removeprefix("syntax error in pattern: ") == error


def matches(pattern: str, path: str) -> bool:
    """Match by the regular expression, and see that the automaton agrees, and what is chosen for the pattern."""
    alternatives = translate(pattern)
    matched = re.match(goregexp.python_regex(alternatives), path) is not None
    assert Automaton(alternatives).matches(path) == matched
    assert Matcher(pattern).matches(path) == matched
    return matched


def reference(pattern: str, path: str) -> bool:
    """Match by the set of all places in the path that can be reached; for paths without a line feed."""
    if re.fullmatch(r"\*\*[^*?]*", pattern):
        return path.endswith(pattern[2:]) or "/" + path == pattern[2:]
    if re.fullmatch(r"[^*?]*\*\*", pattern):
        return path.startswith(pattern[:-2])
    tokens = re.findall(r"\*\*/?|.", pattern)
    places = {0}
    for number, token in enumerate(tokens):
        reached: set[int] = set()
        for place in places:
            rest = range(place, len(path) + 1)
            if token == "*":
                reached.update(end for end in rest if "/" not in path[place:end])
            elif token.startswith("**") and number == len(tokens) - 1:
                reached.update(rest)
            elif token.startswith("**"):
                reached.update(end for end in rest if end == place or path[end - 1] == "/")
            elif place < len(path) and (path[place] == token or (token == "?" and path[place] != "/")):
                reached.add(place + 1)
        places = reached
    return len(path) in places


PIECES = st.sampled_from(["a", "b", "ab", ".", "/", "/", "*", "**", "**/", "/**", "?"])
PATTERNS = st.lists(PIECES, min_size=1, max_size=8).map("".join)


@settings(deadline=None, max_examples=500)
@given(PATTERNS, st.text("ab./", min_size=1, max_size=8))
def test_wildcards_match_as_the_reference(pattern: str, path: str) -> None:
    read = read_line(pattern)
    assert read is not None
    assert matches(read.pattern, path) == reference(read.pattern, path)


# Names and paths that often match: of few characters, and of those that mean something in regular expressions.
PLAIN_NAMES = st.text("ab*.", min_size=1, max_size=4).filter(lambda name: "**" not in name and name.strip("."))
PLAIN_PATTERNS = st.builds(
    lambda before, names, after: before + "/".join(names) + after,
    st.sampled_from(["", "**/"]),
    st.lists(PLAIN_NAMES | st.sampled_from(["a+b", "(a)", "$a", "é"]), min_size=1, max_size=3),
    st.sampled_from(["", "", "/**"]),
)
PATHS = st.lists(st.text("ab.", min_size=1, max_size=5) | st.sampled_from(["a+b", "(a)", "a\n", "é"]), min_size=1).map(
    "/".join
)


@settings(deadline=None, max_examples=1000)
@given(PLAIN_PATTERNS, PATHS)
def test_plain_patterns_match_as_their_regular_expressions(pattern: str, path: str) -> None:
    matches(pattern, path)


@pytest.mark.parametrize(
    ("pattern", "is_plain"),
    [
        ("a/b", True),
        ("**/a/b", True),
        ("a/**", True),
        ("**", True),
        ("docker-compose*.y*ml", True),
        ("**/*.egg-info/*", True),
        ("a*/**", False),
        ("**/a/**", False),
        ("a/**/b", False),
        ("**a", False),
        ("a?", False),
        ("*.py[co]", False),
        ("a\\*", False),
        ("a{2}*", False),
        ("\ufeffa", False),
    ],
)
def test_which_patterns_are_plain(pattern: str, is_plain: bool) -> None:
    assert (read_plain(pattern) is not None) == is_plain


ODD_PIECES = st.sampled_from(
    [r"[ab]", r"[^a]", r"[a*]", r"[?]", r"[[:alpha:]]", r"\d", r"\W", r"\b", r"\B", r"\Q", r"\E", r"\z", r"\x61"]
    + ["^", "|", "{2}", "{0,1}", "{1,}"]
)


@settings(deadline=None, max_examples=500)
@given(st.lists(PIECES | ODD_PIECES, min_size=1, max_size=8).map("".join), st.text("ab1_/\n$é", min_size=1, max_size=8))
def test_regular_expression_and_automaton_agree(pattern: str, path: str) -> None:
    try:
        read = read_line(pattern)
    except PatternError:
        return
    assert read is not None
    matches(read.pattern, path)


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("a*" * 30 + "b", "a" * 4000),
        ("a**" * 30 + "b", "a/" * 2000),
        ("**/**/**/x**y**z", "xy/" * 1300),
        ("**/" * 30 + "x", "a/" * 2000),
        ("**/" + "*/" * 300 + "x", "a/" * 2000),
        ("**/*a*b*c*d*", "abc" * 1300),
        ("*[^b]/" * 100 + "c", "a/" * 2000),
        ("[a*]" * 200 + "x", "a/" * 2000),
        ("?{0,1000}" * 20 + "x", "a" * 4000),
        ("x|" * 1000 + "?", "ab" * 2000),
        ("**/b/**", "b/" * 2000 + "\n"),
    ],
    ids=lambda text: text[:12],
)
def test_no_pattern_takes_long(pattern: str, path: str) -> None:
    start = process_time()
    Matcher(pattern).matches(path)
    assert process_time() - start < 20


@pytest.mark.parametrize(
    ("pattern", "is_quick"),
    [
        ("foo", True),
        ("**/foo", True),
        ("**/*.py", True),
        ("*/*/temp*", True),
        ("**/foo/**", True),
        ("**/.env*/*.local", True),
        ("**/*cache*", True),
        ("**/*cache*?", False),
        ("**/a/**/b", False),
        ("a**b*", False),
        ("*[^a]*", False),
        ("a*|b", False),
    ],
)
def test_which_patterns_are_quick(pattern: str, is_quick: bool) -> None:
    assert Matcher(pattern).is_quick == is_quick

"""Regular expressions that are compiled when they are used."""

from __future__ import annotations

import re

import pytest

from docker_hooks.dockerfile.regex import regex


def test_used_as_a_compiled_pattern() -> None:
    word = regex(r"[a-z]+", re.IGNORECASE)
    match = word.match("Ab 1")
    assert match is not None
    assert match[0] == "Ab"
    assert word.sub("x", "Ab c") == "x x"
    assert (word.pattern, word.groups) == (r"[a-z]+", 0)


def test_wrong_when_used() -> None:
    wrong = regex("(")
    with pytest.raises(re.error):
        wrong.match("")


def test_bytes() -> None:
    assert regex(rb"\d+").findall(b"1 23") == [b"1", b"23"]

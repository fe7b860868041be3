"""Docker's patterns inside pathspec, from its oldest supported release to the newest."""

from __future__ import annotations

import pytest
from pathspec import PathSpec
from pathspec.pattern import RegexPattern

from docker_hooks.project.dockerpattern import DockerPattern
from docker_hooks.project.ignorepattern import PatternError

FILES = ["a.py", "d/a.py", "d/e/a.py", "d/a.txt", "e"]


@pytest.mark.parametrize(
    ("lines", "matched"),
    [
        (["*.py"], ["a.py"]),
        (["# *", "", "  ./d/../**/*.py/  "], ["a.py", "d/a.py", "d/e/a.py"]),
        (["**/*.py", "!d/*.py"], ["a.py", "d/e/a.py"]),
        (["!e", "**/e"], ["e"]),
        (["**a**.*y"], ["a.py", "d/a.py", "d/e/a.py"]),
    ],
)
def test_a_path_spec_of_docker_lines(lines: list[str], matched: list[str]) -> None:
    assert list(PathSpec.from_lines(DockerPattern, lines).match_files(FILES)) == matched


@pytest.mark.parametrize(("line", "include"), [("a", True), ("!a", False), ("# a", None), ("", None)])
def test_what_a_line_does_with_its_paths(line: str, include: bool | None) -> None:
    pattern = DockerPattern(line)
    assert isinstance(pattern, RegexPattern)
    assert (pattern.include, pattern.match_file("a") is not None) == (include, include is not None)


def test_a_wrong_line_raises() -> None:
    with pytest.raises(PatternError, match="not closed"):
        DockerPattern("[a")

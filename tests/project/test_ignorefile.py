"""Reading ignore files and judging paths, held to what Docker's own code (moby, BuildKit's walk) answers."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docker_hooks.project.ignorefile import ROOT, IgnoreFile, PatternLine, ignore_file_for, parse, read

HERE = Path(__file__).parent
SHARED = HERE.parents[1] / "../shared/conformance/dockerignore.json"
VECTORS: dict[str, Any] = json.loads((HERE / "dockerignore_vectors.json").read_text())


def excluded(ignore: IgnoreFile, files: list[str]) -> list[str]:
    return [file for file in files if ignore.excludes(file)]


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["what"])
def test_answers_as_docker(case: dict[str, Any]) -> None:
    files = VECTORS["trees"][case["files"]] if isinstance(case["files"], int) else case["files"]
    ignore = parse(case["ignore"])
    if case["excluded"] is None:
        assert ignore.errors
    else:
        assert (ignore.errors, excluded(ignore, files)) == ((), case["excluded"])


@pytest.mark.skipif(not SHARED.exists(), reason="the shared conformance data are not here")
def test_answers_as_docker_on_the_shared_data() -> None:
    for case in json.loads(SHARED.read_text()):
        ignore = parse(case["dockerignore"])
        if "error" in case:
            assert ignore.errors, case
        else:
            assert (ignore.errors, excluded(ignore, case["files"])) == ((), case["excluded"]), case


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", []),
        ("# a\n\n  \n", []),
        (
            "#a\n  # b\n/c/\r\n\n!./d/../e",
            [(2, "  # b", "# b", False), (3, "/c/", "c", False), (5, "!./d/../e", "e", True)],
        ),
        ("\ufeff*.py\n\ufefffoo\n", [(1, "*.py", "*.py", False), (2, "\ufefffoo", "\ufefffoo", False)]),
        ("a\x0bb\x0c\x85\u2028c\rd\n", [(1, "a\x0bb\x0c\x85\u2028c\rd", "a\x0bb\x0c\x85\u2028c\rd", False)]),
        ("caf\udce9\n", [(1, "caf\udce9", "caf\udce9", False)]),
    ],
)
def test_lines_keep_number_and_text(text: str, lines: list[tuple[int, str, str, bool]]) -> None:
    assert parse(text).lines == tuple(PatternLine(*line, error=None) for line in lines)


def test_a_wrong_line_does_not_hide_the_others() -> None:
    ignore = parse("*.log\n[a\n!\n[z-a]\n!keep.log\n")
    assert [(line.number, line.text, line.error) for line in ignore.errors] == [
        (2, "[a", "syntax error in pattern: [ is not closed by ]"),
        (3, "!", 'illegal exclusion pattern: "!"'),
        (4, "[z-a]", "syntax error in pattern: the range z-a runs backwards"),
    ]
    assert [line.number for line in ignore.lines] == [1, 2, 3, 4, 5]
    assert (ignore.excludes("a.log"), ignore.excludes("keep.log")) == (True, False)


@pytest.mark.parametrize(
    ("line", "is_too_long"),
    [("a" * 65_535, False), ("a" * 65_536, True), ("#" * 65_536, True), ("é" * 32_768, True), ("é" * 32_767, False)],
)
@pytest.mark.parametrize("ending", ["", "\n"])
def test_lines_that_go_reads_no_further(line: str, is_too_long: bool, ending: str) -> None:
    assert [error.number for error in parse(f"x\n{line}{ending}").errors] == ([2] if is_too_long else [])


@pytest.mark.parametrize(
    ("text", "path", "number"),
    [
        ("*.md\n*.txt\n", "requirements.txt", 2),
        ("*.md\n*.txt\nrequirements.txt\n", "requirements.txt", 2),
        ("*\n!src\n", "src/a.py", 2),
        ("*\n!src\nsrc/data\n", "src/data/a.csv", 3),
        ("src\n!src/a.py\n**/*.py\n", "src/a.py", 3),
        ("src\n", "src/a/b.py", 1),
        ("src\n", "lib/a.py", None),
        ("!src\n", "src", None),
        ("*\n", ".", None),
    ],
)
def test_the_line_that_decides(text: str, path: str, number: int | None) -> None:
    line = parse(text).verdict(path).line
    assert (line and line.number) == number


def test_a_path_that_cannot_exist_costs_nothing() -> None:
    assert not parse("**\n").excludes("a/" * 500_000 + "a")


NAMES = st.sampled_from(["a", "b", "ab", "a.b", ".a"])
PATHS = st.lists(NAMES, min_size=1, max_size=4).map("/".join)
LINES = st.tuples(
    st.sampled_from(["", "", "!"]),
    st.lists(st.one_of(NAMES, st.sampled_from(["*", "**", "**/", "/", "?", "[ab]", "*.b"])), min_size=1, max_size=5),
).map(lambda parts: parts[0] + "".join(parts[1]))


@settings(deadline=None, max_examples=300)
@given(st.lists(LINES, max_size=6).map("\n".join), st.lists(PATHS, max_size=10))
def test_a_folder_passed_over_holds_nothing_that_is_sent(text: str, paths: list[str]) -> None:
    ignore = parse(text)
    for path in paths:
        verdict, names = ROOT, path.split("/")
        for depth in range(1, len(names) + 1):
            folder = "/".join(names[:depth])
            verdict = ignore.verdict_below(verdict, folder)
            assert verdict == ignore.verdict(folder)
            if verdict.excluded and not ignore.may_reopen(folder, verdict):
                assert ignore.excludes(path)


@pytest.mark.parametrize(
    ("text", "folder", "may_reopen"),
    [
        ("d\n", "d", False),
        ("d\n!e\n", "d", False),
        ("d\n!d/e/f\n", "d", True),
        ("d\n!d/e/f\n", "d/x", False),
        ("!d/e\nd\n", "d", False),
        ("d\n!d*\n", "d", False),
        ("d\n!**/f\n", "d/x", True),
        ("*\n!*/f\n", "d", True),
        ("*\n!*/f\n", "d/x", False),
        ("d\n!d/[a-c]*/f\n", "d/b", True),
        ("d\n!d/[a-c]*/f\n", "d/x", False),
    ],
)
def test_which_folders_need_a_look(text: str, folder: str, may_reopen: bool) -> None:
    ignore = parse(text)
    assert ignore.may_reopen(folder, ignore.verdict(folder)) == may_reopen


def test_reads_bytes_of_any_kind(tmp_path: Path) -> None:
    path = tmp_path / ".dockerignore"
    path.write_bytes(b"\xef\xbb\xbfdonn\xe9es*\r\nb\x00\xff\n")
    ignore = read(path)
    assert [line.pattern for line in ignore.lines] == ["donn\udce9es*", "b\x00\udcff"]
    assert ignore.excludes(b"donn\xe9es1".decode("utf-8", "surrogateescape"))


@pytest.mark.parametrize(
    ("files", "chosen"),
    [
        ([], ".dockerignore"),
        ([".dockerignore"], ".dockerignore"),
        (["docker/Dockerfile.dockerignore", ".dockerignore"], "docker/Dockerfile.dockerignore"),
        (["docker/Dockerfile.dockerignore"], "docker/Dockerfile.dockerignore"),
        (["docker/.dockerignore", "Dockerfile.dockerignore"], ".dockerignore"),
        (["docker/Dockerfile.dockerignore/a"], ".dockerignore"),
    ],
)
def test_the_ignore_file_in_force(tmp_path: Path, files: list[str], chosen: str) -> None:
    for file in ["docker/Dockerfile", *files]:
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).touch()
    assert ignore_file_for(tmp_path / "docker/Dockerfile", tmp_path) == tmp_path / chosen


@pytest.mark.parametrize("module", ["ignorefile", "walk"])
def test_importing_is_cheap(module: str) -> None:
    code = f"import sys, docker_hooks.project.{module} as m; print('pathspec' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"

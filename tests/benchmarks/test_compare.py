"""The published comparisons: what they say of docker-hooks is what it does. The peers need not be installed."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from benchmarks import compare, hadolint
from benchmarks.cases import COMPOSE, DOCKERFILES, OTHERS, Case
from benchmarks.environments import Environment
from benchmarks.tools import OURS, Tool

_COMMAND = (sys.executable, "-c", "import sys; from docker_hooks.docker_hooks import main; sys.exit(main())")
_HERE = Path(sys.executable).parent
TOOL = Tool(OURS, Environment(_HERE.parent, _HERE, "0"), (*_COMMAND, "--check"), _COMMAND)
CASES = (*DOCKERFILES, *COMPOSE, *OTHERS)
README = Path(__file__).parents[2] / "README.md"


def rows(page: str) -> dict[str, dict[str, str]]:
    """The cells of all tables of a page that have columns for docker-hooks and others, by row and column."""
    found: dict[str, dict[str, str]] = {}
    heads: list[str] = []
    for line in page.splitlines():
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if not cells:
            heads = []
        elif not heads:
            heads = cells
        elif OURS in heads and not set("".join(cells)) <= set("-: "):
            found[cells[0]] = dict(zip(heads[1:], cells[1:], strict=True))
    return found


PUBLISHED = rows(compare.PAGE.read_text())


@pytest.mark.parametrize("case", CASES, ids=[case.title for case in CASES])
def test_our_column_holds(case: Case) -> None:
    assert compare.verdict(TOOL, case) == PUBLISHED[case.title][OURS]


def test_the_readme_says_the_same() -> None:
    for title, cells in rows(README.read_text()).items():
        for tool, cell in cells.items():
            assert PUBLISHED.get(title, {}).get(tool) == cell, (title, tool)


@pytest.mark.parametrize("pair", hadolint.PAIRS, ids=[pair.rule for pair in hadolint.PAIRS])
def test_each_rule_of_hadolint_is_the_hook_that_is_named(pair: hadolint.Pair) -> None:
    [row] = [line for line in hadolint.PAGE.read_text().splitlines() if line.startswith(f"| {pair.rule} |")]
    assert f"`{pair.hook}`" in row
    assert hadolint.says(TOOL, pair, pair.hook)
    assert f"| {'mends' if hadolint.mends(TOOL, pair) else 'reports'} |" in row

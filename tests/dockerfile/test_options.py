"""Options and operands are parted as getopt and optparse part them."""

from __future__ import annotations

import pytest

from docker_hooks.dockerfile.options import parsed

VALUED = frozenset(("-r", "--requirement", "-n"))


@pytest.mark.parametrize(
    ("line", "given", "operands"),
    [
        ("install x", (), ("install", "x")),
        ("install -r a.txt x", (("-r", "a.txt"),), ("install", "x")),
        ("-ra.txt", (("-r", "a.txt"),), ()),
        ("-r=a.txt", (("-r", "a.txt"),), ()),
        ("-qr a.txt", (("-q", ""), ("-r", "a.txt")), ()),
        ("-qU", (("-q", ""), ("-U", "")), ()),
        ("--requirement=a.txt", (("--requirement", "a.txt"),), ()),
        ("--requirement a.txt", (("--requirement", "a.txt"),), ()),
        ("--quiet a.txt", (("--quiet", ""),), ("a.txt",)),
        ("-- -r a.txt", (), ("-r", "a.txt")),
        ("- x", (), ("-", "x")),
        ("x -r", (), ("x",)),
    ],
)
def test_parsed(line: str, given: tuple[tuple[str, str], ...], operands: tuple[str, ...]) -> None:
    assert parsed(line.split(), VALUED) == (given, operands)


def test_has_and_all() -> None:
    options = parsed(["-r", "a", "--requirement", "b", "-q"], VALUED)
    assert options.all("-r", "--requirement") == ("a", "b")
    assert options.has("-q")
    assert not options.has("-n")

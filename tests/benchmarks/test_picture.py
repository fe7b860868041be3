"""The picture of a run."""

from __future__ import annotations

from xml.etree import ElementTree

from benchmarks.picture import picture


def texts(drawn: str) -> list[str]:
    """The lines of a picture."""
    root = ElementTree.fromstring(drawn)
    return ["".join(node.itertext()).replace("\u00a0", " ") for node in root.iter("{http://www.w3.org/2000/svg}text")]


def test_shows_what_the_terminal_shows() -> None:
    assert texts(picture("\x1b[1mDockerfile\x1b[0m:1: <&>\r\n\n  \x1b[31m-a\x1b[m\n")) == [
        "Dockerfile:1: <&>",
        "",
        "  -a",
    ]


def test_styles_end_where_the_terminal_ends_them() -> None:
    drawn = picture("\x1b[1m\x1b[32ma\x1b[0mb\x1b[31mc\nd\x1b[0m")
    assert 'style="font-weight:bold;fill:#7ee787">a</tspan>b<tspan style="fill:#ff7b72">c</tspan>' in drawn
    assert '<tspan style="fill:#ff7b72">d</tspan>' in drawn


def test_long_lines_are_wrapped_at_words() -> None:
    first, second = texts(picture("word " * 30))
    assert first.strip() == " ".join(["word"] * 24)
    assert second.strip() == " ".join(["word"] * 6)
    assert len(texts(picture("x" * 250))) == 3

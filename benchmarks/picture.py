"""Draws docs/run.svg: what a terminal shows of a run of docker-hooks on a copy of example/.

python -m benchmarks.picture
"""

from __future__ import annotations

import argparse
import os
import pty
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple
from xml.sax.saxutils import escape

from benchmarks import tools
from benchmarks.environments import variables

_PROJECT = Path(__file__).parents[1]
_PICTURE = _PROJECT / "docs" / "run.svg"
_COMMAND = ("docker-hooks", "--diff", "--skip", "dockerignore", "Dockerfile")
_COLUMNS = 120
# The size of a character and of a line, and the space around the text, in pixels.
_WIDTH, _HEIGHT, _MARGIN = 7.3, 17.0, 16.0
_STYLE = re.compile(r"\x1b\[([\d;]*)m")
_OTHER_CONTROL = re.compile(r"\x1b\[[\d;?]*[A-Za-ln-z]|[\r\x00-\x08\x0b-\x1a]")
# What the numbers of terminal styles look like.
_LOOKS = {
    "1": "font-weight:bold",
    "2": "opacity:.6",
    "31": "fill:#ff7b72",
    "32": "fill:#7ee787",
    "33": "fill:#e3b341",
    "34": "fill:#79c0ff",
    "35": "fill:#d2a8ff",
    "36": "fill:#76e3ea",
}
_HEAD = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}" \
role="img" aria-label="A run of docker-hooks">
<rect width="100%" height="100%" rx="8" fill="#0d1117"/>
<g font-family="ui-monospace,Menlo,Consolas,monospace" font-size="12" fill="#e6edf3" xml:space="preserve">
"""


class Span(NamedTuple):
    """A piece of a line that looks the same throughout."""

    text: str
    look: str


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.picture", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.parse_args(argv)
    shown = f"\x1b[1m$ {' '.join(_COMMAND)}\x1b[0m\n{captured(tools.ours().environment.bin)}"
    _PICTURE.write_text(picture(shown), encoding="utf-8")
    return 0


def captured(commands: Path) -> str:
    """What a terminal gets from a run on a copy of example/."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name, "example")
        shutil.copytree(_PROJECT / "example", folder, ignore=shutil.ignore_patterns("run", "__pycache__"))
        subprocess.run(("git", "init", "--quiet"), cwd=folder, check=True)
        settings = {name: value for name, value in variables().items() if name != "NO_COLOR"}
        settings.update(TERM="xterm-256color", COLUMNS=str(_COLUMNS), PATH=f"{commands}{os.pathsep}{settings['PATH']}")
        reader, terminal = pty.openpty()
        process = subprocess.Popen(_COMMAND, cwd=folder, env=settings, stdout=terminal, stderr=terminal)
        os.close(terminal)
        output = b"".join(_read(reader))
        process.wait()
    return output.decode()


def _read(reader: int) -> Iterator[bytes]:
    with os.fdopen(reader, "rb", buffering=0) as file:
        while True:
            try:
                data = file.read(1 << 16)
            except OSError:  # so the end of a terminal shows on Linux
                return
            if not data:
                return
            yield data


def picture(text: str) -> str:
    """A terminal's text as a picture."""
    lines = list(_lines(text))
    width, height = _COLUMNS * _WIDTH + 2 * _MARGIN, len(lines) * _HEIGHT + 2 * _MARGIN
    drawn = [_HEAD.format(width=width, height=height)]
    for number, spans in enumerate(lines, 1):
        pieces = "".join(_drawn(span) for span in spans)
        drawn.append(f'<text x="{_MARGIN:g}" y="{_MARGIN / 2 + number * _HEIGHT:g}">{pieces}</text>\n')
    return "".join([*drawn, "</g>\n</svg>\n"])


def _drawn(span: Span) -> str:
    # In pictures within pages, browsers keep the spaces of a line only where they can't be taken for layout.
    text = escape(span.text).replace(" ", "\u00a0")
    return f'<tspan style="{span.look}">{text}</tspan>' if span.look else text


def _lines(text: str) -> Iterator[list[Span]]:
    """The lines as a terminal shows them, wrapped where they are too long."""
    looks: list[str] = []
    for line in _OTHER_CONTROL.sub("", text).rstrip("\n").split("\n"):
        spans: list[Span] = []
        room = _COLUMNS
        for index, piece in enumerate(_STYLE.split(line)):
            if index % 2:
                looks = _after(looks, piece)
                continue
            while len(piece) > room:
                # Broken at a space where there is one, for readers.
                end = piece.rfind(" ", 0, room + 1) + 1 or (0 if spans else room)
                yield [*spans, Span(piece[:end], ";".join(looks))]
                piece, spans, room = piece[end:], [], _COLUMNS
            if piece:
                spans.append(Span(piece, ";".join(looks)))
                room -= len(piece)
        yield spans


def _after(looks: Sequence[str], style: str) -> list[str]:
    """How text looks behind a style; 0 or nothing ends the ones before."""
    numbers = style.split(";")
    before = [] if "0" in numbers or not style else looks
    return [*before, *(_LOOKS[number] for number in numbers if number in _LOOKS)]


if __name__ == "__main__":
    sys.exit(main())

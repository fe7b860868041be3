"""Tables, as plain text and as Markdown, and the machine that they were made on."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple


class Table(NamedTuple):
    """A table with a title, what there is to know of it, its heads, and its rows."""

    title: str
    note: str
    heads: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]

    def plain(self) -> Iterator[str]:
        """The lines of plain text, in columns."""
        lines = [self.heads, *self.rows]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        yield from (self.title, "")
        for first, *others in lines:
            cells = [first.ljust(widths[0]), *map(str.rjust, others, widths[1:])]
            yield "  " + "  ".join(cells).rstrip()
        if self.note:
            yield from ("", f"  {self.note}")

    def markdown(self, level: int = 2) -> Iterator[str]:
        """The lines of Markdown, below a heading of a level."""
        yield from (f"{'#' * level} {self.title}", "")
        if self.note:
            yield from (self.note, "")
        yield from self.markdown_rows()

    def markdown_rows(self) -> Iterator[str]:
        """The table alone."""
        yield _line(self.heads)
        yield _line(("---", *("--:" if _is_number(cell) else "---" for cell in self.rows[0][1:])))
        yield from map(_line, self.rows)


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _is_number(cell: str) -> bool:
    return cell[:1].isdigit()


def machine() -> str:
    """The processor, the number of its cores, the system and the Python, in one line."""
    return f"{_processor()}, {os.cpu_count()} cores; {_system()}; Python {platform.python_version()}"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.machine()


def _system() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        return f"{platform.system()} {platform.release()}"


def write(path: Path, title: str, command: str, tables: Sequence[Table]) -> None:
    """Write the tables as a page of Markdown that says by which command, and where, it was made."""
    lines = [f"# {title}", "", f"Written by `{command}` on {machine()}."]
    for table in tables:
        lines += ["", *table.markdown()]
    path.write_text("\n".join(lines) + "\n")

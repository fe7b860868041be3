"""Measures how fast docker-hooks and its peers are, and writes speed.md.

python -m benchmarks [PATH]         over the Dockerfiles of a folder or a tar
python -m benchmarks --generate N   over N composed ones
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from benchmarks import dockerfiles, speed, tools
from benchmarks.tables import Table, machine, write

_PAGE = Path(__file__).parent / "speed.md"
_PARTS = ("one", "many", "size", "number", "context", "pre-commit")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    dockerfiles.add_arguments(parser, 500)
    parser.add_argument("--times", type=int, default=21, metavar="N", help="runs of one file (21)")
    parser.add_argument("--only", action="append", choices=_PARTS, help="measure this alone, and write nothing")
    options = parser.parse_args(argv)
    print(machine())
    tables = []
    for measure in _measurements(options):
        tables.append(measure())
        print("", *tables[-1].plain(), sep="\n", flush=True)
    if options.only is None:
        write(_PAGE, "Speed", "python -m benchmarks", tables)
    return 0


def _measurements(options: argparse.Namespace) -> list[Callable[[], Table]]:
    every = tools.dockerfile_tools()
    ours = every[-1]
    files = [data for _, data in dockerfiles.chosen(options)]
    parts: dict[str, Callable[[], Table]] = {
        "one": partial(speed.one_file, every, ours, options.times),
        "many": partial(speed.many_files, every, ours, files, max(options.times // 7, 1)),
        "size": partial(speed.by_size, ours),
        "number": partial(speed.by_number, ours, files),
        "context": partial(speed.large_context, ours),
        "pre-commit": partial(speed.under_pre_commit, ours, max(options.times // 4, 1)),
    }
    return [parts[name] for name in _PARTS if options.only is None or name in options.only]


if __name__ == "__main__":
    sys.exit(main())

"""Runs every hook over a corpus and prints what it did and which promises it broke.

    python -m tests.corpus PATH...            a folder, a tar, or a Dockerfile
    python -m tests.corpus --generate 1000    Dockerfiles composed out of nasty parts

Exit code 1 if any promise was broken: a file that no longer parses, a comment lost, a word that was not declared, a
byte touched outside the edits, a second run that changes something, a crash.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from functools import partial
from itertools import chain
from pathlib import Path

from docker_hooks.dockerfile.reader import encode
from tests.corpus.discovery import dockerfile_hooks, syntax_hook, with_options
from tests.corpus.ignore_runs import ID as IGNORE
from tests.corpus.ignore_runs import ignore_main
from tests.corpus.inputs import Source, opened, sources
from tests.corpus.pool import Hooks, examined, run
from tests.corpus.runs import TOGETHER, Outcome
from tests.corpus.table import Table, diff, spread


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command. Exit code 1: a promise was broken."""
    options = _parser().parse_args(argv)
    checks = dockerfile_hooks(options.only)
    hooks = Hooks(
        checks,
        tuple(with_options(checks)) if options.options else (),
        syntax_hook(options.only),
        ignore_main() if options.only is None or IGNORE in options.only else None,
    )
    examine = partial(examined, hooks=hooks, is_bare=options.project == "bare")
    begun = time.perf_counter()
    with ExitStack() as stack:
        paths = [stack.enter_context(opened(path)) for path in options.paths]
        found = [iter(composed(options.generate, options.seed)), *map(sources, paths)]
        results = run(chain.from_iterable(found), examine, jobs=options.jobs)
        table = report(results, samples=options.show, failures=options.failures)
    print(f"\n{time.perf_counter() - begun:.1f} seconds with {options.jobs} processes")
    return 1 if table.faults else 0


def _parser() -> argparse.ArgumentParser:
    arguments = argparse.ArgumentParser(
        prog="python -m tests.corpus", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("paths", nargs="*", type=Path, metavar="PATH")
    arguments.add_argument("--generate", type=int, default=0, metavar="N", help="compose N Dockerfiles more")
    arguments.add_argument("--seed", type=int, default=0, metavar="N", help="which ones to compose")
    arguments.add_argument(
        "--project", choices=("made", "bare"), default="made", help="what stands around a Dockerfile"
    )
    arguments.add_argument("--only", action="append", metavar="ID", help="this hook alone; can be repeated")
    arguments.add_argument("--options", action="store_true", help="also what hooks do on request")
    arguments.add_argument("--show", type=int, default=0, metavar="N", help="print N sample diffs")
    arguments.add_argument("--failures", type=Path, metavar="DIR", help="write what failed there, before and after")
    arguments.add_argument("--jobs", type=int, default=os.cpu_count() or 1, metavar="N")
    return arguments


def composed(number: int, start: int) -> list[Source]:
    """So many Dockerfiles composed out of nasty parts."""
    from tests.corpus.nasty import generated

    texts = generated(number, start) if number else []
    return [Source(f"{start}-{index}.Dockerfile", encode(text)) for index, text in enumerate(texts)]


def report(results: Iterable[list[Outcome]], *, samples: int, failures: Path | None) -> Table:
    """Print the table and the samples, and write the failures."""
    table = Table()
    shown: defaultdict[str, list[Outcome]] = defaultdict(list)
    rejected = 0
    for found in results:
        rejected += not any(outcome.hook == TOGETHER for outcome in found)
        for outcome in found:
            table.add(outcome)
            if outcome.mended and outcome.hook != TOGETHER and len(shown[outcome.hook]) < samples:
                shown[outcome.hook].append(outcome)
            for fault in outcome.faults:
                print(f"{outcome.name}: {outcome.hook}: {fault.column}: {fault.why}", file=sys.stderr)
            if outcome.faults and failures is not None:
                write_failure(outcome, failures)
    print(*table.lines(), sep="\n")
    if rejected:
        print(f"\n{rejected} without a Dockerfile that Docker accepts")
    for outcome in spread(shown, samples):
        print(f"\n{diff(outcome)}", end="")
    return table


def write_failure(outcome: Outcome, folder: Path) -> None:
    """Keep the file before and after, and the promises broken."""
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{outcome.name}.{outcome.hook}".replace("/", "_").replace(" ", "-")
    (folder / f"{name}.before").write_bytes(encode(outcome.before))
    (folder / f"{name}.after").write_bytes(encode(outcome.after))
    (folder / f"{name}.why").write_text("".join(f"{fault.column}: {fault.why}\n" for fault in outcome.faults))


if __name__ == "__main__":
    sys.exit(main())

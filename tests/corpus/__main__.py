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
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from functools import partial
from itertools import chain, islice
from multiprocessing import get_context
from pathlib import Path

from docker_hooks.dockerfile.reader import encode
from docker_hooks.run import Hook
from tests.corpus.discovery import dockerfile_hooks
from tests.corpus.ignore_runs import ID as IGNORE
from tests.corpus.ignore_runs import Main, ignore_main, ignore_outcome
from tests.corpus.inputs import Source, opened, sources
from tests.corpus.runs import TOGETHER, Outcome, outcomes
from tests.corpus.table import Table, diff, spread

_CHUNK = 16
# So many sources wait to be examined at a time, that their contents need no memory.
_BATCH = 2048


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command. Exit code 1: a promise was broken."""
    options = _parser().parse_args(argv)
    examine = partial(
        examined,
        hooks=dockerfile_hooks(options.only),
        ignore=ignore_main() if options.only is None or IGNORE in options.only else None,
        is_bare=options.project == "bare",
    )
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
    arguments.add_argument("--show", type=int, default=0, metavar="N", help="print N sample diffs")
    arguments.add_argument("--failures", type=Path, metavar="DIR", help="write what failed there, before and after")
    arguments.add_argument("--jobs", type=int, default=os.cpu_count() or 1, metavar="N")
    return arguments


def composed(number: int, start: int) -> list[Source]:
    """So many Dockerfiles composed out of nasty parts."""
    from tests.corpus.nasty import generated

    texts = generated(number, start) if number else []
    return [Source(f"{start}-{index}.Dockerfile", encode(text)) for index, text in enumerate(texts)]


def examined(source: Source, *, hooks: Sequence[Hook], ignore: Main | None, is_bare: bool) -> list[Outcome]:
    """What the hooks of Dockerfiles do to one source, and the command of the ignore files' hook if it is given.

    There are no outcomes where Docker rejects all its Dockerfiles.
    """
    found = outcomes(source, hooks, is_bare=is_bare) if hooks else []
    if ignore is not None and (found or not hooks):
        found.append(ignore_outcome(source, ignore, is_bare=is_bare))
    return found


def run(found: Iterable[Source], examine: Callable[[Source], list[Outcome]], *, jobs: int) -> Iterator[list[Outcome]]:
    """The outcomes of each source."""
    if jobs == 1:
        yield from map(examine, found)
        return
    waiting = iter(found)
    # Go's runtime, which the official parser brings, does not survive a fork.
    with ProcessPoolExecutor(jobs, get_context("spawn")) as pool:
        while batch := list(islice(waiting, _BATCH)):
            yield from pool.map(examine, batch, chunksize=_CHUNK)


def report(results: Iterable[list[Outcome]], *, samples: int, failures: Path | None) -> Table:
    """Print the table and the samples, and write the failures."""
    table = Table()
    shown: defaultdict[str, list[Outcome]] = defaultdict(list)
    rejected = 0
    for found in results:
        rejected += not found
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
        print(f"\n{rejected} that Docker rejects, left alone")
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

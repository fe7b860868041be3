"""Runs all hooks over many sources, with as many processes as there are cores."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from multiprocessing import get_context
from typing import NamedTuple

from docker_hooks.run import Hook
from tests.corpus.discovery import Repair
from tests.corpus.ignore_runs import Main, ignore_outcome
from tests.corpus.inputs import Source
from tests.corpus.runs import Outcome, outcomes

_CHUNK = 16
# So many sources wait to be examined at a time, that their contents need no memory.
_BATCH = 2048


class Hooks(NamedTuple):
    """The hooks of Dockerfiles, what they do on request, the one for rejected files, and the one for ignore files."""

    checks: Sequence[Hook]
    variants: Sequence[Hook] = ()
    repair: Repair | None = None
    ignore: Main | None = None


def examined(source: Source, *, hooks: Hooks, is_bare: bool) -> list[Outcome]:
    """What the hooks do to one source."""
    found: list[Outcome] = []
    if hooks.checks or hooks.repair:
        found += outcomes(source, hooks.checks, is_bare=is_bare, repair=hooks.repair, variants=hooks.variants)
    if hooks.ignore:
        found.append(ignore_outcome(source, hooks.ignore, is_bare=is_bare))
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

"""The table of a corpus run: one row a hook and one for all together."""

from __future__ import annotations

import difflib
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from tests.corpus.runs import FAULTS, TOGETHER, Outcome

_HEADS = ("hook", "files", "findings", "mended", "refused", *FAULTS, "seconds")


class Row:
    """What a hook did to all files."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.reasons: Counter[str] = Counter()
        self.seconds = 0.0

    def add(self, outcome: Outcome) -> None:
        """Count what the hook did to one more file."""
        self.counts.update(files=1, findings=outcome.findings, mended=outcome.mended, refused=outcome.reasons.total())
        self.reasons += outcome.reasons
        self.seconds += outcome.seconds
        for fault in outcome.faults:
            self.counts[fault.column] += fault.times


class Table:
    """The rows, in the order in which the hooks came."""

    def __init__(self) -> None:
        self.rows: defaultdict[str, Row] = defaultdict(Row)

    def add(self, outcome: Outcome) -> None:
        """Count one more outcome."""
        self.rows[outcome.hook].add(outcome)

    @property
    def faults(self) -> int:
        """How many promises were broken."""
        return sum(row.counts[column] for row in self.rows.values() for column in FAULTS)

    def lines(self) -> Iterator[str]:
        """The table, and below it why findings were not mended."""
        cells = [list(_HEADS), *(_cells(name, row) for name, row in self.rows.items())]
        widths = [max(len(line[column]) for line in cells) for column in range(len(_HEADS))]
        for line in cells:
            first, *others = (cell.rjust(width) for cell, width in zip(line, widths, strict=True))
            yield "  ".join([first.strip().ljust(widths[0]), *others])
        for name, row in self.rows.items():
            if row.reasons and name != TOGETHER:
                yield ""
                yield f"{name}: not mended, and why"
                yield from (f"{count:8}  {reason}" for reason, count in row.reasons.most_common())


def _cells(name: str, row: Row) -> list[str]:
    counted = [str(row.counts[head]) for head in _HEADS[1:-1]]
    return [name, *counted, f"{row.seconds:.1f}"]


def diff(outcome: Outcome) -> str:
    """What a hook changed, for a reader."""
    head = f"--- {outcome.name} ({outcome.hook})\n"
    before, after = (text.splitlines(keepends=True) for text in (outcome.before, outcome.after))
    lines = list(difflib.unified_diff(before, after, n=2))[2:]
    return head + "".join(line if line.endswith("\n") else line + "\n" for line in lines)


def spread(samples: dict[str, list[Outcome]], number: int) -> Sequence[Outcome]:
    """`number` samples, from each hook in its turn."""
    longest = max(map(len, samples.values()), default=0)
    turns = [outcomes[turn] for turn in range(longest) for outcomes in samples.values() if turn < len(outcomes)]
    return turns[:number]

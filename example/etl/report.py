"""What the report says of the measurements."""

import csv
from pathlib import Path


def column_means(path: Path) -> dict[str, float]:
    """The mean of each numeric column of a CSV file with a header."""
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    return {name: sum(float(row[name]) for row in rows) / len(rows) for name in rows[0]}

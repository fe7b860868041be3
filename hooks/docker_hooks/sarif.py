"""Findings as SARIF 2.1.0, the format of code scanning (OASIS, "Static Analysis Results Interchange Format").

Each hook that says something is a rule with its documentation as help; what could be mended carries the fix.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Sequence
from importlib.metadata import version
from urllib.parse import quote

from docker_hooks.catalogue import ALL, RULES, explained
from docker_hooks.dockerfile.edits import Edit
from docker_hooks.dockerfile.reader import BOM, decode
from docker_hooks.files import in_repository, read_file
from docker_hooks.run import Report, printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_HOME = "https://github.com/docker-hooks/docker-hooks"


def sarif(reports: Sequence[Report]) -> str:
    """The log of a run. The files must be as they were reported on: the places of fixes are counted in them."""
    said = {report.hook for report in reports}
    rules = [rule for rule in (ALL, *RULES) if rule in said]
    places: dict[str, _Places | None] = {}
    for path in {report.path for report in reports if report.edits}:
        places[path] = _Places.of(path)
    driver = {
        "name": ALL,
        "version": version(ALL),
        "informationUri": _HOME,
        "rules": [_rule(rule) for rule in rules],
    }
    results = [_result(report, rules.index(report.hook), places.get(report.path)) for report in reports]
    runs = [{"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}]
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": runs}, indent=2)


class _Places:
    """Lines and columns, both from 1, of offsets in the text of a file; its byte order mark does not count."""

    def __init__(self, text: str) -> None:
        self._shift = len(BOM) if text.startswith(BOM) else 0
        text = text[self._shift :]
        self._lines = [0, *(index + 1 for index, character in enumerate(text) if character == "\n")]

    @classmethod
    def of(cls, path: str) -> _Places | None:
        """Of the file at `path`, None if it can't be read or is not there."""
        try:
            return cls(decode(read_file(path).data))
        except OSError:
            return None

    def region(self, edit: Edit) -> dict[str, int]:
        """What an edit takes out."""
        (line, column), (end_line, end_column) = self._place(edit.start), self._place(edit.end)
        return {"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column}

    def _place(self, offset: int) -> tuple[int, int]:
        at = max(offset - self._shift, 0)
        line = bisect_right(self._lines, at)
        return line, at - self._lines[line - 1] + 1


def _rule(rule: str) -> dict[str, Any]:
    text = explained(rule)
    return {
        "id": rule,
        "shortDescription": {"text": text.partition("\n")[0]},
        "fullDescription": {"text": text},
        "help": {"text": text},
        "helpUri": f"{_HOME}#{rule}",
    }


def _result(report: Report, index: int, places: _Places | None) -> dict[str, Any]:
    location = {"uri": quote(in_repository(report.path), errors="surrogateescape")}
    result: dict[str, Any] = {
        "ruleId": report.hook,
        "ruleIndex": index,
        "level": "note" if report.is_mended else "warning",
        "message": {"text": printable(report.message)},
        "locations": [{"physicalLocation": {"artifactLocation": location, "region": {"startLine": report.line}}}],
    }
    if report.edits and places is not None:
        replacements = [
            {"deletedRegion": places.region(edit), "insertedContent": {"text": edit.text}} for edit in report.edits
        ]
        change = {"artifactLocation": location, "replacements": replacements}
        result["fixes"] = [{"description": {"text": report.message}, "artifactChanges": [change]}]
    return result

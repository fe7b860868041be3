"""What each tool says of the files in a folder, as findings that can be compared."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.environments import variables
from benchmarks.tools import Tool

_LIMIT = 60.0
_LINE = re.compile(r"(?P<path>.+?):(?P<line>\d+): (?P<message>.*?)(?: \[(?P<rule>[\w-]+)\])?", re.DOTALL)


class Said(NamedTuple):
    """A finding: the id of the rule, and the message."""

    rule: str
    message: str


def said(tool: Tool, folder: Path, paths: Sequence[str]) -> list[Said]:
    """What the tool's checks say of files in a folder."""
    options, read = _READERS[tool.name]
    line = (*tool.check[:1], *options, *tool.check[1:]) if tool.name == "checkov" else (*tool.check, *options)
    done = run((*line, *paths), folder)
    try:
        return list(read(done.stdout))
    except json.JSONDecodeError:
        # A tool that can't read a file says so in plain words.
        return [Said("", text) for text in (done.stdout + done.stderr).splitlines() if text]


def run(line: Sequence[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command to its end in a folder."""
    return subprocess.run(
        line, cwd=folder, env=variables(), capture_output=True, text=True, timeout=_LIMIT, check=False, errors="replace"
    )


def of_sarif(text: str) -> Iterator[Said]:
    """The results of a SARIF log."""
    for run in json.loads(text)["runs"]:
        for result in run["results"] or ():
            yield Said(result["ruleId"], result["message"]["text"])


def _of_checkov(text: str) -> Iterator[Said]:
    reports: Any = json.loads(text)
    for report in reports if isinstance(reports, list) else [reports]:
        for check in report.get("results", {}).get("failed_checks", ()):
            yield Said(check["check_id"], check["check_name"])


def _of_dclint(text: str) -> Iterator[Said]:
    for file in json.loads(text):
        for message in file["messages"]:
            yield Said(message["rule"], message["message"])


def of_lines(text: str) -> Iterator[Said]:
    """The lines that docker-hooks prints: path, line, message, and the id of the hook."""
    for line in text.splitlines():
        if match := _LINE.fullmatch(line):
            yield Said(match["rule"] or "", match["message"])


_READERS: dict[str, tuple[Sequence[str], Callable[[str], Iterator[Said]]]] = {
    "hadolint": (("--format", "sarif"), of_sarif),
    "tally": (("--format", "sarif"), of_sarif),
    "dockerfile-doctor": (("--format", "sarif"), of_sarif),
    "checkov": (("--output", "json"), _of_checkov),
    "dclint": (("--formatter", "json"), _of_dclint),
    "docker-hooks": ((), of_lines),
}

"""Says what was found: as text, as GitHub's workflow commands, as JSON, as SARIF; on a terminal with a summary."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence

from docker_hooks.dockerfile.reader import decode
from docker_hooks.files import Change, in_repository
from docker_hooks.run import Report, printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from docker_hooks.settings import Settings

_BOLD, _DIM, _RED, _GREEN, _CYAN, _PLAIN = "\x1b[1m", "\x1b[2m", "\x1b[31m", "\x1b[32m", "\x1b[36m", "\x1b[0m"


def shown(reports: Sequence[Report], changes: Sequence[Change], files: int, settings: Settings) -> int:
    """Print what there is to say of so many files; the exit code that it means."""
    is_terminal = sys.stdout.isatty()
    coloured = is_terminal and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
    if settings.format == "text":
        lines = [_text(report, coloured=coloured) for report in reports]
        if settings.diff:
            lines += diff(changes, coloured=coloured)
        if is_terminal:
            lines.append(_summary(reports, files))
    elif settings.format == "github":
        lines = [_github(report) for report in reports]
    elif settings.format == "json":
        lines = [_json(reports)]
    else:
        from docker_hooks.sarif import sarif

        lines = [sarif(reports)]
    sys.stdout.buffer.write("".join(f"{line}\n" for line in lines).encode("utf-8", "backslashreplace"))
    sys.stdout.flush()
    return 1 if reports else 0


def _text(report: Report, *, coloured: bool) -> str:
    path, message = printable(report.path), printable(report.message)
    if not coloured:
        return f"{path}:{report.line}: {message} [{report.hook}]"
    if report.is_mended:
        message = f"{_GREEN}fixed:{_PLAIN}{message.removeprefix('fixed:')}"
    return f"{_BOLD}{path}{_PLAIN}:{report.line}: {message} {_DIM}[{report.hook}]{_PLAIN}"


def _summary(reports: Sequence[Report], files: int) -> str:
    mended = sum(report.is_mended for report in reports)
    mendable = sum(bool(report.edits) for report in reports)
    left = len(reports) - mended - mendable
    counts = (
        (mended, "mended"),
        (mendable, "can be mended"),
        (left, "for you to decide"),
    )
    said = ", ".join(f"{count} {what}" for count, what in counts if count) or "nothing to say"
    return f"{files} {'file' if files == 1 else 'files'}: {said}."


def diff(changes: Sequence[Change], *, coloured: bool) -> Iterator[str]:
    """The lines of a unified diff of all changes to each file."""
    import difflib

    first: dict[str, bytes | None] = {}
    last: dict[str, bytes] = {}
    for change in changes:
        first.setdefault(change.path, change.before)
        last[change.path] = change.after
    for path, before in first.items():
        old = [] if before is None else decode(before).splitlines()
        names = ("/dev/null" if before is None else f"a/{path}", f"b/{path}")
        for line in difflib.unified_diff(old, decode(last[path]).splitlines(), *names, lineterm=""):
            yield _in_colour(printable(line)) if coloured else printable(line)


def _in_colour(line: str) -> str:
    if line.startswith(("---", "+++")):
        return f"{_BOLD}{line}{_PLAIN}"
    colour = {"-": _RED, "+": _GREEN, "@": _CYAN}.get(line[:1])
    return f"{colour}{line}{_PLAIN}" if colour else line


def _github(report: Report) -> str:
    """A workflow command (GitHub's documentation: "Workflow commands", "Setting an error message")."""
    level = "notice" if report.is_mended else "error"
    path = _escaped(printable(in_repository(report.path))).replace(":", "%3A").replace(",", "%2C")
    return f"::{level} file={path},line={report.line},title={report.hook}::{_escaped(printable(report.message))}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _json(reports: Sequence[Report]) -> str:
    import json

    findings = [
        {
            "path": os.fsencode(report.path).decode("utf-8", "backslashreplace"),
            "line": report.line,
            "hook": report.hook,
            "message": printable(report.message),
            "mended": report.is_mended,
            "mendable": bool(report.edits),
        }
        for report in reports
    ]
    return json.dumps({"version": 1, "findings": findings}, indent=2)

"""Appends a command to the script of a RUN, in the layout that is there.

The command runs where everything before it succeeded, and only there, and what the RUN comes to is otherwise the
same: `a; b` becomes `a; b && c`.
"""

from __future__ import annotations

from itertools import pairwise

from docker_hooks.dockerfile.edits import Edit
from docker_hooks.dockerfile.reader import Dockerfile
from docker_hooks.dockerfile.regex import regex
from docker_hooks.dockerfile.script import InstructionScript
from docker_hooks.dockerfile.shell import Command, scan

# What stands between two commands where a line ends: `&& \` at the end of one, or `\` there and `&&` on the next.
_LINE_BREAK = regex(r"[ \t]*(?:&&[ \t]*[\\`]?|[\\`])[ \t]*\r?\n[ \t]*(?:&&[ \t]*)?")


def appended(dockerfile: Dockerfile, script: InstructionScript, command: str) -> Edit | None:
    """The edit that appends a command; None where it would not run exactly if the script has succeeded so far."""
    text = _scannable(script)
    end = _end(script, text)
    if end is None or not _runs_last(script, f"{text[:end]} && {command}{text[end:]}", command):
        return None
    place = script.span(end - 1, end)[1]
    return Edit(place, place, joint(dockerfile, script) + command)


def joint(dockerfile: Dockerfile, script: InstructionScript) -> str:
    """How `&&` joins a further command behind the script, in the script's own layout."""
    broken = line_joint(dockerfile, script)
    if broken is not None:
        return broken
    end = _end(script, _scannable(script))
    if script.heredoc is not None or end is None:
        return " && "
    first, last = script.span(0, 1)[0], script.span(end - 1, end)[1]
    line = dockerfile.text.rfind("\n", first, last) + 1
    if not line:
        return " && "
    indentation = dockerfile.text[line : line + _blanks(dockerfile.text, line)]
    return f" {dockerfile.escape}{dockerfile.newline}{indentation}&& "


def line_joint(dockerfile: Dockerfile, script: InstructionScript) -> str | None:
    """What joins two commands of the script by `&&` across a line's end, as it is written; None where nothing does."""
    breaks = [gap for gap in _gaps(dockerfile, script) if gap.count("&&") == 1 and _LINE_BREAK.fullmatch(gap)]
    return f" {breaks[-1].lstrip()}" if breaks else None


def _scannable(script: InstructionScript) -> str:
    """The script as the scanner reads it, every character in its place."""
    return script.text.replace("\r\n", " \n") if script.heredoc is not None else script.text


def _outermost(script: InstructionScript) -> list[Command]:
    return [command for command in script.commands if not command.nesting]


def _end(script: InstructionScript, text: str) -> int | None:
    """The offset behind the last command, before a `;` that ends the script."""
    end = max((command.end for command in _outermost(script)), default=0)
    tail = text[end:]
    if tail.strip(" \t\n;"):
        end += len(tail.rstrip(" \t\n;"))
    return end or None


def _runs_last(script: InstructionScript, after: str, command: str) -> bool:
    """Whether the commands of `after` are those of the script, and then the new one, which is sure to be reached."""
    before = [[word.text for word in known.words] for known in script.commands]
    found = scan(after).commands
    if len(found) != len(before) + 1 or not found[-1].certain:
        return False
    return [[word.text for word in known.words] for known in found] == [*before, command.split()]


def _gaps(dockerfile: Dockerfile, script: InstructionScript) -> list[str]:
    """What stands in the file between neighbours joined by `&&`."""
    gaps: list[str] = []
    for one, other in pairwise(_outermost(script)):
        if one.operator_after == "&&" and other.operator_before == "&&":
            end, start = script.span(one.end - 1, one.end)[1], script.span(other.start, other.start + 1)[0]
            gaps.append(dockerfile.text[end:start])
    return gaps


def _blanks(text: str, start: int) -> int:
    return len(text[start : start + 200]) - len(text[start : start + 200].lstrip(" \t"))

"""Comments that silence a hook: ours, hadolint's and BuildKit's.

`# docker-hooks: ignore=<id>[,<id>] <reason>` above an instruction, or above a line within it, silences it there;
above the first instruction, for the whole file. `# hadolint ignore=DL3002`, `# hadolint global ignore=DL3002` and
the directive `# check=skip=SecretsUsedInArgOrEnv` (or `skip=all`) count for the hook that does the same.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Container, Iterable

from docker_hooks.dockerfile.reader import Comment, Dockerfile
from docker_hooks.dockerfile.regex import regex

_OURS = regex(r"#\s*docker-hooks:\s*ignore=([\w,-]+)", re.IGNORECASE)
_HADOLINT = regex(r"#\s*hadolint\s+(global\s+)?ignore\s*=\s*(\w+(?:\s*,\s*\w+)*)", re.IGNORECASE)


def silenced(dockerfile: Dockerfile, names: frozenset[str]) -> Container[int]:
    """The lines (from 1) for which comments silence the hook that goes by any of `names`.

    `names` holds the hook's id and the rules of hadolint and BuildKit that say the same.
    """
    everything = range(1, dockerfile.instructions[-1].end_line + 1)
    if _skipped(dockerfile.directives.get("check", ""), names):
        return everything
    if not any("gnore" in comment.text.lower() for comment in dockerfile.comments):
        return ()
    starts = [instruction.start_line for instruction in dockerfile.instructions]
    # Below the last comment of a block stands what the whole block speaks of.
    below: dict[int, int] = {}
    lines: set[int] = set()
    done = -1
    for comment in reversed(dockerfile.comments):
        following = below[comment.line] = below.get(comment.line + 1, comment.line + 1)
        reach = _reach(comment, names)
        if reach == "file" or (reach == "here, or file at the top" and comment.line < starts[0]):
            return everything
        if not reach:
            continue
        lines.add(following)
        index = bisect_right(starts, comment.line)
        is_between = index == 0 or dockerfile.instructions[index - 1].end_line < comment.line
        if is_between and index < len(starts) and index != done:
            lines.update(range(starts[index], dockerfile.instructions[index].end_line + 1))
            done = index
    return lines


def named(comment: str) -> frozenset[str]:
    """The ids of the hooks that one of our own comments silences; none for any other comment."""
    ours = _OURS.match(comment)
    return frozenset(ours[1].split(",")) if ours else frozenset()


def silenced_rows(rows: Iterable[str], hook_id: str, is_text: Callable[[str], bool]) -> frozenset[int] | None:
    """The lines (from 1) of another file of Docker's that stand below a comment of ours which silences a hook.

    None if such a comment stands above the first row for which `is_text`: it counts for the whole file.
    """
    lines: set[int] = set()
    is_below = is_inside = False
    for number, row in enumerate(rows, 1):
        if row.startswith("#"):
            is_below = is_below or hook_id in named(row)
            if is_below and not is_inside:
                return None
        else:
            if is_below:
                lines.add(number)
            is_below = False
            is_inside = is_inside or is_text(row)
    return frozenset(lines)


def _skipped(directive: str, names: frozenset[str]) -> bool:
    for option in directive.split(";"):
        key, _, rules = option.partition("=")
        if key.strip() == "skip":
            skipped = {rule.strip() for rule in rules.split(",")}
            # skip=all speaks of BuildKit's own rules: it counts for a hook that stands for one of them.
            if skipped & names or ("all" in skipped and any(name[:1].isupper() and name[:2] != "DL" for name in names)):
                return True
    return False


def _reach(comment: Comment, names: frozenset[str]) -> str:
    """How far a comment silences the hook: "file", "here", "here, or file at the top", or "" for not at all."""
    if names & named(comment.text):
        return "here, or file at the top"
    hadolint = _HADOLINT.match(comment.text)
    if hadolint and names & {rule.strip() for rule in hadolint[2].split(",")}:
        return "file" if hadolint[1] else "here"
    return ""

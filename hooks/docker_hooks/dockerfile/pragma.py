"""Comments that silence a hook: ours, hadolint's and BuildKit's.

`# docker-hooks: ignore=<id>[,<id>] <reason>` above an instruction, or above a line within it, silences it there;
above the first instruction, for the whole file. `# hadolint ignore=DL3002`, `# hadolint global ignore=DL3002` and
the directive `# check=skip=SecretsUsedInArgOrEnv` (or `skip=all`) count for the hook that does the same.
"""

from __future__ import annotations

import re

from docker_hooks.dockerfile.reader import Comment, Dockerfile

_OURS = re.compile(r"#\s*docker-hooks:\s*ignore=([\w,-]+)", re.IGNORECASE)
_HADOLINT = re.compile(r"#\s*hadolint\s+(global\s+)?ignore\s*=\s*(\w+(?:\s*,\s*\w+)*)", re.IGNORECASE)


def silenced(dockerfile: Dockerfile, line: int, names: frozenset[str]) -> bool:
    """Whether a comment silences a finding at `line` (from 1) of the hook that goes by any of `names`.

    `names` holds the hook's id and the rules of hadolint and BuildKit that say the same.
    """
    if _skipped(dockerfile.directives.get("check", ""), names):
        return True
    first_line = dockerfile.instructions[0].start_line
    near = _lines_above(dockerfile, line)
    return any(
        _silences(comment, names, for_all=comment.line < first_line, here=comment.line in near)
        for comment in dockerfile.comments
    )


def named(comment: str) -> frozenset[str]:
    """The ids of the hooks that one of our own comments silences; none for any other comment."""
    ours = _OURS.match(comment)
    return frozenset(ours[1].split(",")) if ours else frozenset()


def _skipped(directive: str, names: frozenset[str]) -> bool:
    for option in directive.split(";"):
        key, _, rules = option.partition("=")
        if key.strip() == "skip":
            skipped = {rule.strip() for rule in rules.split(",")}
            # skip=all speaks of BuildKit's own rules: it counts for a hook that stands for one of them.
            if skipped & names or ("all" in skipped and any(name[:1].isupper() and name[:2] != "DL" for name in names)):
                return True
    return False


def _lines_above(dockerfile: Dockerfile, line: int) -> range | frozenset[int]:
    """The lines on which a comment speaks for `line`: between its instruction and the one before, or right above it."""
    previous_end = 0
    lines: set[int] = set()
    for instruction in dockerfile.instructions:
        if instruction.end_line >= line:
            lines.update(range(previous_end + 1, instruction.start_line))
            break
        previous_end = instruction.end_line
    commented = {comment.line for comment in dockerfile.comments}
    above = line - 1
    while above in commented:
        lines.add(above)
        above -= 1
    return frozenset(lines)


def _silences(comment: Comment, names: frozenset[str], *, for_all: bool, here: bool) -> bool:
    if (for_all or here) and names & named(comment.text):
        return True
    hadolint = _HADOLINT.match(comment.text)
    if hadolint and (hadolint[1] or here):
        return bool(names & {rule.strip() for rule in hadolint[2].split(",")})
    return False

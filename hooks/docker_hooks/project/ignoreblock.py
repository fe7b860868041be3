"""What an ignore file misses, as one block of lines, or as a new file."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

from docker_hooks.dockerfile.edits import Edit, Unproven, applied
from docker_hooks.finding import Finding
from docker_hooks.project.additions import Additions, examples_of, is_settled
from docker_hooks.project.built import Built, Target
from docker_hooks.project.ignorefile import IgnoreFile, PatternLine, parse
from docker_hooks.project.ignoreproof import ANYTHING, instances, is_file_name, prove
from docker_hooks.project.ignoretext import appended, inserted
from docker_hooks.project.unwanted import IF_NEW, sections


def new_text(builts: Sequence[Built], profiles: frozenset[str]) -> tuple[str, list[str]]:
    """The text of a new ignore file, and the patterns in it that keep something back."""
    additions = Additions(builts, parse(""))
    paragraphs: list[str] = []
    adds: list[str] = []
    for section in sections(profiles):
        lines = [line for item in section.items for line in additions.lines(item)]
        if lines:
            paragraphs.append("\n".join((f"# {section.comment}", *lines)))
            adds += [line for line in lines if not line.startswith("!")]
    return "\n\n".join(paragraphs) + "\n", adds


def missing_block(
    text: str, before: IgnoreFile, edits: Sequence[Edit], target: Target, profiles: frozenset[str]
) -> Iterator[Finding]:
    """One block with what is missing once the edits are made; nothing for a list of what is allowed (`*` first)."""
    builts = [built for built in target.builts if built.recipes]
    ignore = parse(applied(text, edits)) if edits else before
    if not any(built.takes_folders for built in builts) or any(map(ignore.excludes, ANYTHING)):
        return
    if any(built.takes_too_much for built in builts):
        return
    additions = Additions(builts, ignore)
    lines: list[str] = []
    for section in sections(profiles):
        heading = [f"# {section.comment}"]
        for item in section.items:
            examples = [example for built in builts for example in examples_of(item, built)]
            if item.when == IF_NEW or all(is_settled(ignore, example) for example in examples):
                continue
            if added := additions.lines(item):
                lines += [*heading, *added]
                heading = []
    if not lines:
        return
    patterns = [line for line in lines if not line.startswith("#")]
    adds = tuple(pattern for pattern in patterns if not pattern.startswith("!"))
    message = "what no image needs would be sent to the builder"
    for edit in _places(text, lines, parse("\n".join(lines)), before, builts):
        finding = Finding(0, message, done=f"added {', '.join(patterns)}", edits=(edit,), adds=adds)
        try:
            prove(text, [finding], target)
        except Unproven:
            continue
        break
    yield finding


def _places(
    text: str, lines: Sequence[str], block: IgnoreFile, ignore: IgnoreFile, builts: Sequence[Built]
) -> Iterator[Edit]:
    """Where the block could go, the best place first: above the exceptions that it is not to undo.

    Its own exceptions must not undo what a line above it keeps back, so if they are for any folder it goes above all.
    """
    own = [line for line in block.lines if line.negated]
    is_on_top = any(line.pattern.startswith("**/") for line in own)
    reopened = [example for line in own for example in instances(line)]
    for line in ignore.lines:
        if line.negated:
            is_concerned = _may_reopen(line, block, builts)
        else:
            is_concerned = any(map(parse(line.text).excludes, reopened))
        if is_on_top or is_concerned:
            yield inserted(text, lines, line.number)
            break
    else:
        yield appended(text, lines)
    if ignore.lines:
        yield inserted(text, lines, ignore.lines[0].number)


def _may_reopen(line: PatternLine, block: IgnoreFile, builts: Sequence[Built]) -> bool:
    """Whether an exception may re-include something of the block's; not if it names a file of another kind."""
    return (
        not is_file_name(line.pattern)
        or bool(set(line.pattern) & set("*?[\\"))
        or block.excludes(line.pattern)
        or any(os.path.isdir(built.context / line.pattern) for built in builts)
    )

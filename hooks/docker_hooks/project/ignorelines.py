"""What is wrong with single lines of an ignore file, and the mends of it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from docker_hooks.dockerfile import pragma
from docker_hooks.dockerfile.edits import Edit
from docker_hooks.dockerfile.regex import regex
from docker_hooks.finding import Finding
from docker_hooks.project.additions import is_settled
from docker_hooks.project.built import Built, Target
from docker_hooks.project.ignorefile import IgnoreFile, PatternLine, parse
from docker_hooks.project.ignoreproof import ANYTHING, budget
from docker_hooks.project.ignoretext import line_starts, newline_of
from docker_hooks.project.packaging import is_package
from docker_hooks.project.sources import Source, matches
from docker_hooks.project.unwanted import LITTER


def rejected(line: PatternLine) -> Finding:
    """A pattern that Docker rejects."""
    return Finding(
        line.number,
        f"Docker rejects the pattern {_short(line.text)} ({line.error}), so every build with this file fails",
        "nothing else in it is looked at",
    )


# A comment: "#", a space, a word. Without the space it may be a name ("Report #1.pdf"), unless the rest says not.
_BEHIND = regex(r"(?P<pattern>\s*!?[^\s#]\S*)\s+(?P<comment>#.*)")
_SURELY_COMMENT = regex(r"#+\s+\S")
_SURELY_PATTERN = regex(r"\s*!?(?:\S*[*?]\S*|\S*/|\.\S+)")


def with_comment_behind(text: str, ignore: IgnoreFile, target: Target) -> Iterator[Finding]:
    """Comments behind a pattern, `data # big files`, which get a line of their own."""
    starts = line_starts(text)
    for line in ignore.lines:
        match = _BEHIND.fullmatch(line.text.rstrip())
        if not match:
            continue
        pattern, comment = match["pattern"], match["comment"]
        is_word = re.match(r"#[A-Za-z][^.]*\Z", comment) and _SURELY_PATTERN.fullmatch(pattern)
        if not (_SURELY_COMMENT.match(comment) or is_word) or _exists(line, target):
            continue
        message = f"Docker takes {_short(comment)} for a part of the pattern, which then matches nothing"
        alone = parse(pattern)
        if alone.errors or line.negated or any(_is_code(line.pattern, target) for line in alone.lines):
            yield Finding(line.number, message, "give the comment a line of its own, if the pattern is meant as it is")
            continue
        start = starts[line.number - 1]
        edit = Edit(start, start + len(line.text), comment + newline_of(text) + pattern)
        yield Finding(line.number, message, done="moved it to a line of its own", edits=(edit,), adds=(pattern,))


def _exists(line: PatternLine, target: Target) -> bool:
    """Whether something goes by the very name that the line spells."""
    named = Source(line.pattern, line.number, "", is_pattern=True)
    folders = [built.context for built in target.builts] or [target.path.parent]
    return any(os.path.lexists(folder / line.pattern) for folder in folders) or any(
        matches(named, name) for built in target.builts for name in built.survey.top
    )


def _is_code(pattern: str, target: Target) -> bool:
    return any(is_package(built.context, pattern) for built in target.builts)


def at_the_root_alone(text: str, ignore: IgnoreFile, target: Target) -> Iterator[Finding]:
    """Litter that is matched at the root alone, `__pycache__`, which gets its `**/`; unless other lines see to it."""
    starts = line_starts(text)
    settled: dict[str, bool] = {}
    for line in ignore.lines:
        written = line.text.strip()
        name, _, rest = line.pattern.partition("/")
        if line.negated or name not in LITTER or rest.strip("*") or not written.startswith(name):
            continue
        example = name.replace("[cod]", "c").replace("[co]", "c").replace("*", "module")
        if rest:
            example += "/file"
        if example not in settled:
            settled[example] = is_settled(ignore, f"some/folder/{example}")
        if settled[example]:
            continue
        if "*.py" in name and any(built.survey.has_lone_bytecode for built in target.builts):
            continue
        place = starts[line.number - 1] + line.text.index(written)
        yield Finding(
            line.number,
            f"{written} matches at the root of the build context alone",
            done=f"made it **/{written}",
            edits=(Edit(place, place, "**/"),),
            adds=(f"**/{written}",),
        )


def missing_sources(ignore: IgnoreFile, target: Target, names: frozenset[str]) -> Iterator[Finding]:
    """What a Dockerfile copies or mounts by name, and the ignore file keeps back: the build can't find it.

    Unless a comment above the instruction silences any of `names`.
    """
    for built in target.builts:
        for recipe in built.recipes:
            quiet = pragma.silenced(recipe.subject.dockerfile, names) if recipe.subject else ()
            for source in list(dict.fromkeys(recipe.sources))[: budget(ignore) // 10]:
                line = _kept_back_by(ignore, source, built)
                if line is None or not built.is_surely_from_here(recipe, source):
                    continue
                if source.line in quiet:
                    continue
                way_out = f"add !{source.path} below it"
                if not any(map(parse(line.text).excludes, ANYTHING)):
                    way_out = f"take the line out, or {way_out}"
                yield Finding(
                    line.number,
                    f"{_short(line.text)} keeps back {source.path}, which {built.place(recipe, source.line)} "
                    f"{source.verb}: the build does not find it",
                    way_out,
                )


def _kept_back_by(ignore: IgnoreFile, source: Source, built: Built) -> PatternLine | None:
    """The line that surely keeps a source back as a whole."""
    if source.is_whole or not source.is_known:
        return None
    paths = [source.path]
    if source.is_pattern:
        parent = source.path.rpartition("/")[0]
        paths = [path for path in built.listed(parent) if matches(source, path)]
    line = None
    for path in paths:
        verdict = ignore.verdict(path)
        is_file = os.path.isfile(built.context / path)
        if not verdict.excluded or (not is_file and ignore.may_reopen(path, verdict)):
            return None
        line = line or verdict.line
    return line


def _short(text: str) -> str:
    text = text.strip()
    return text if len(text) <= 60 else text[:57] + "..."

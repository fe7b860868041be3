"""Which lines keep something unwanted out of given contexts, and nothing that a build there needs."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property, lru_cache
from pathlib import Path

from docker_hooks.dockerfile.regex import regex
from docker_hooks.project.built import Built
from docker_hooks.project.ignorefile import IgnoreFile, parse
from docker_hooks.project.needs import Need
from docker_hooks.project.packaging import is_package
from docker_hooks.project.sources import Source, literal_parent, matches
from docker_hooks.project.survey import is_environment
from docker_hooks.project.unwanted import ALWAYS, SECTIONS, Item

# Where nested files are looked for: at depths that people spell out (`*/*/__pycache__`), and beyond.
_SOME_FOLDERS = ("folder", "some/folder/far/down/below")
_PLAIN = regex(r"[A-Za-z0-9._@+/*-]+")
_MOST_EXCEPTIONS = 5


def examples_of(item: Item, built: Built, *, all_of_them: bool = False) -> list[str]:
    """The paths by which an item shows in a context: what stands there, and wherever else it might."""
    if item.when == ALWAYS or all_of_them:
        folders = ["", *_SOME_FOLDERS] if item.is_nested and not item.is_at_root else [""]
        examples = [posixpath.join(folder, example) for folder in folders for example in item.examples]
    else:
        examples = []
    if not item.is_nested:
        pattern = Source(item.pattern, 1, "", is_pattern=True)
        return examples + [name for name in built.survey.top if matches(pattern, name)]
    tail = item.pattern.removeprefix("**/")
    for path in built.survey.named.get(item.name, ()) if item.name else ():
        folder = posixpath.dirname(path)
        if tail == item.name or os.path.lexists(built.context / folder / tail):
            examples += [posixpath.join(folder, example) for example in item.examples]
    return examples


def is_settled(ignore: IgnoreFile, path: str) -> bool:
    """Whether a path is kept back, or re-included by an exception that someone wrote on purpose."""
    verdict = ignore.verdict(path)
    return verdict.excluded or (verdict.line is not None and verdict.line.negated)


class Additions:
    """What may be added to an ignore file that is in force for some builds."""

    def __init__(self, builts: Sequence[Built], ignore: IgnoreFile) -> None:
        """What `ignore` keeps back already is taken for not needed."""
        self._builts = builts
        self._ignore = ignore

    @cached_property
    def _needs(self) -> dict[Path, list[Need]]:
        """What the builds need, by their contexts, as far as a line could keep it back."""
        everything = _parsed(tuple(item.pattern for section in SECTIONS for item in section.items))
        return {
            built.context: [
                need
                for need in built.needs
                if need.source.is_pattern
                or (everything.excludes(need.source.path) and not self._ignore.excludes(need.source.path))
            ]
            for built in self._builts
        }

    def lines(self, item: Item) -> tuple[str, ...]:
        """The lines that keep an item back and nothing that is needed, exceptions (`!`) among them; perhaps none."""
        if any(_speaks_against(item, built) for built in self._builts):
            return ()
        lines = (item.pattern, *item.exceptions)
        exceptions: dict[str, None] = {}
        for built in self._builts:
            needs = self._needs[built.context]
            examples = examples_of(item, built, all_of_them=True) if needs else []
            for need in needs:
                if need.is_anything and not item.is_litter:
                    return ()
                if not _takes(need, item, _parsed(lines), examples):
                    continue
                path = f"**/{need.source.path}" if need.is_word else need.source.path
                # Where folders are kept back, an exception in any folder would have Docker look into all of them.
                is_costly = path.startswith("**/") and not item.exceptions
                if is_costly or not _PLAIN.fullmatch(path) or len(exceptions) == _MOST_EXCEPTIONS:
                    return ()
                exceptions[f"!{path}"] = None
        if not exceptions:
            return lines
        lines = (*lines, *exceptions)
        return lines if _parsed(lines).excludes(item.examples[0]) else ()


@lru_cache(maxsize=256)
def _parsed(lines: tuple[str, ...]) -> IgnoreFile:
    return parse("\n".join(lines))


def _takes(need: Need, item: Item, alone: IgnoreFile, examples: Iterable[str]) -> bool:
    """Whether a build needs something that the item keeps back."""
    source = need.source
    if need.is_word and item.is_litter:
        return False  # commands delete such, and don't read it
    if not source.is_pattern:
        return alone.excludes(source.path)
    if source.is_whole or need.is_anything or (item.is_litter and not source.is_known):
        return False
    parent = literal_parent(source.path)
    if parent and alone.excludes(parent):
        return True
    if parent == posixpath.dirname(source.path):
        examples = [*examples, *(posixpath.join(parent, example) for example in item.examples)]
    return any(matches(source, above) for path in examples for above in _with_folders(path) if alone.excludes(above))


def _with_folders(path: str) -> Iterator[str]:
    while path:
        yield path
        path = path.rpartition("/")[0]


def _speaks_against(item: Item, built: Built) -> bool:
    there = built.survey.named.get(item.name, ()) if item.name else ()
    if item.unless == "package":
        return any(is_package(built.context, path) for path in there)
    if item.unless == "bytecode":
        return built.survey.has_lone_bytecode
    if item.unless == "other or nothing" and not there:
        return True
    return item.unless.startswith("other") and any(not is_environment(built.context / path) for path in there)

"""Keeps out of the image what nobody wants in it: makes or mends the ignore file of each build context.

FILEs are Dockerfiles, ignore files and compose files; each leads to the ignore files concerned. Where a Dockerfile
copies its whole context and no ignore file is in force, a .dockerignore is written. To one that is there, a block is
added with what it misses: git's files, secrets, virtual environments, caches, experiment stores, Docker's own files.
Patterns that match litter such as __pycache__ at the root alone get their **/, and comments behind a pattern, which
Docker takes for a part of it, a line of their own.

What a Dockerfile of the context copies or mounts is never kept back, nor what its project is built from, and an
exception (!) of the user's wins. Ignore files that list what is allowed (* first) are left as they are. Data, models
and notebooks are not this hook's business.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path

from docker_hooks import run
from docker_hooks.dockerfile import pragma
from docker_hooks.dockerfile.edits import Edit, Unproven
from docker_hooks.dockerfile.reader import decode, encode
from docker_hooks.dockerfile.values import NamedTuple
from docker_hooks.entry_point import entry_point
from docker_hooks.files import Disk, Unwritable, is_within, read_file, repository_root, shown_path
from docker_hooks.finding import Finding
from docker_hooks.project.built import Built, Search, Target
from docker_hooks.project.context import Recipe
from docker_hooks.project.ignoreblock import missing_block, new_text
from docker_hooks.project.ignorefile import parse
from docker_hooks.project.ignorelines import at_the_root_alone, missing_sources, rejected, with_comment_behind
from docker_hooks.project.ignoreproof import TOO_MUCH, prove
from docker_hooks.project.ignoretext import silenced_lines
from docker_hooks.project.unwanted import NAMES, PROFILES

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

ID = "dockerignore"
# By which comments name this hook; the second is BuildKit's check of the COPY sources that are kept back.
_NAMES = frozenset((ID, "CopyIgnoredFile"))
_NAME = ".dockerignore"
_LEADS_OUT = "it is a link that leads out of the repository: left alone"
# An ignore file beyond these is not examined: judging a path takes time for each of its patterns.
_LARGEST = 1_000_000
_MOST_LINES = 5_000
_MOST_MENDS = 100


class Options(NamedTuple):
    """What the command was told: only to check, the context of all Dockerfiles, the optional sections."""

    check_only: bool = False
    context: Path | None = None
    profiles: frozenset[str] = frozenset()


@entry_point
def main(argv: Sequence[str]) -> int:
    """Run the command."""
    plain = run.plain(argv)
    if plain is not None:
        return run.show(examined(plain.files, Options(plain.check)))
    told = arguments().parse_args(argv)
    return run.show(examined(told.files, options_of(told)))


def options_of(told: argparse.Namespace) -> Options:
    """What the command was told."""
    return Options(told.check, told.context, frozenset(told.profile))


def arguments() -> argparse.ArgumentParser:
    """The command's arguments."""
    arguments = run.parser(ID, __doc__ or "")
    arguments.add_argument(
        "--context", type=run.folder, metavar="DIR", help="the build context of the Dockerfiles given"
    )
    arguments.add_argument(
        "--profile",
        action="append",
        default=[],
        choices=PROFILES,
        help="also keep back docs (readme, licence, docs/), tests, ci (what runs in CI) or editors (their files)",
    )
    return arguments


def examined(paths: Iterable[str], options: Options) -> list[run.Report]:
    """Examine the ignore files that the given files lead to, and mend them unless told only to check."""
    search = Search(options.context, NAMES)
    reports: list[run.Report] = []
    for path in dict.fromkeys(paths):
        reports += run.guarded(ID, path, partial(_taken, search, path))
    return run.in_order([*reports, *judged(search, options, Disk())])


def judged(search: Search, options: Options, disk: Disk) -> list[run.Report]:
    """Examine the ignore files that a search has found, and mend them on `disk` unless told only to check."""
    reports: list[run.Report] = []
    for ignore_file in search.ignore_files():
        examine = partial(_examined, search, ignore_file, options, disk)
        reports += run.guarded(ID, shown_path(ignore_file), examine)
    return reports


def _taken(search: Search, path: str) -> list[run.Report]:
    root = repository_root(path)
    if os.path.lexists(path) and not is_within(path, root):
        return [run.Report(path, 1, _LEADS_OUT)]
    recipe = search.take(Path(path), Path(root))
    if recipe is None or recipe.problem is None:
        return []
    message = "Docker rejects this file, so what it copies can't be known"
    return [run.Report(path, max(recipe.problem.line, 1), message)]


def _examined(search: Search, path: Path, options: Options, disk: Disk) -> list[run.Report]:
    target, shown = search.target(path), shown_path(path)
    if not os.path.lexists(path):
        return _created(target, options, disk)
    if not is_within(str(path), str(target.root)):
        return [run.Report(shown, 1, _LEADS_OUT)]
    content = read_file(shown)
    text = decode(content.data)
    if unfit := _unfit(text):
        return [run.Report(shown, 1, f"{unfit}: left alone")]
    find = partial(findings, target=target, options=options)
    return run.outcome(
        content,
        str(target.root),
        partial(find, text),
        lambda: run.mended(text, find, partial(prove, target=target), lambda current: current),
        check_only=options.check_only,
        disk=disk,
    )


def _unfit(text: str) -> str:
    """Why an ignore file is not examined, "" if it is."""
    if len(text) > _LARGEST:
        return f"it has more than {_LARGEST} characters"
    if "\0" in text:
        return "it holds null characters, so it is no UTF-8 text, the only one that Docker reads"
    if text.count("\n") > _MOST_LINES:
        return f"it has more than {_MOST_LINES} lines"
    return ""


def findings(text: str, target: Target, options: Options) -> list[Finding]:
    """What is wrong with the text of an ignore file, in order of place, less what comments silence."""
    ignore = parse(text)
    quiet = silenced_lines(text, ID)
    if quiet is None:
        return []
    if ignore.errors:
        return [rejected(line) for line in ignore.errors if line.number not in quiet]
    wrong = [*with_comment_behind(text, ignore, target), *at_the_root_alone(text, ignore, target)]
    found = [finding for finding in wrong if finding.line not in quiet]
    if len(found) > _MOST_MENDS:
        found = [finding._replace(edits=(), advice="there are too many like this to mend them") for finding in found]
    edits = [edit for finding in found for edit in finding.edits]
    found += missing_block(text, ignore, edits, target, options.profiles)
    found += [finding for finding in missing_sources(ignore, target, _NAMES) if finding.line not in quiet]
    return sorted(found, key=lambda finding: finding.line)


def _created(target: Target, options: Options, disk: Disk) -> list[run.Report]:
    """Write an ignore file where a Dockerfile copies its whole context and none is in force."""
    place = next(filter(None, map(_whole_copy, target.builts)), None)
    # Podman's own ignore file goes before Docker's.
    if place is None or os.path.lexists(target.path.with_name(".containerignore")):
        return []
    recipe, line = place
    message = "copies the whole build context, and no ignore file keeps anything back"
    if any(built.takes_too_much for built in target.builts):
        return [run.Report(shown_path(recipe.path), line, f"{message}; no {_NAME} is created: {TOO_MUCH}")]
    text, adds = new_text(target.builts, options.profiles)
    done = f"created {shown_path(target.path)} with {', '.join(adds)}"
    finding = Finding(line, message, done=done, edits=(Edit(0, 0, text),), adds=tuple(adds))
    shown = shown_path(recipe.path)
    if options.check_only:
        return [run.Report(shown, line, run.would(finding))]
    try:
        prove("", [finding], target)
        if any(again.edits for again in findings(text, target, options)):
            raise Unproven("a second run would change the file again")
        disk.create(shown_path(target.path), encode(text), str(target.root))
    except (Unproven, Unwritable) as error:
        return [run.Report(shown, line, f"{message}; no {_NAME} is created: {error}")]
    return [run.Report(shown, line, run.fixed(finding), is_mended=True)]


def _whole_copy(built: Built) -> tuple[Recipe, int] | None:
    """The first place at which a Dockerfile copies or mounts the whole context, and no comment silences this hook."""
    for recipe in built.recipes:
        silenced = pragma.silenced(recipe.subject.dockerfile, frozenset((ID,))) if recipe.subject else frozenset()
        for source in recipe.sources:
            if source.is_whole and source.line not in silenced:
                return recipe, source.line
    return None

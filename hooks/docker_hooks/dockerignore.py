"""Keep out of the image what nobody wants in it: make or mend the ignore file of each build context.

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
import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from docker_hooks import run
from docker_hooks.dockerfile import pragma
from docker_hooks.dockerfile.edits import Edit, Unproven, applied
from docker_hooks.dockerfile.reader import decode, encode
from docker_hooks.files import Unwritable, create_file, is_within, read_file, repository_root
from docker_hooks.finding import Finding
from docker_hooks.project.additions import Additions, examples_of, is_settled
from docker_hooks.project.built import Built, Search, Target
from docker_hooks.project.context import Recipe
from docker_hooks.project.ignorefile import IgnoreFile, PatternLine, parse
from docker_hooks.project.ignoretext import appended, inserted, line_starts, newline_of, proven
from docker_hooks.project.packaging import is_package
from docker_hooks.project.sources import Source, matches
from docker_hooks.project.unwanted import IF_NEW, LITTER, NAMES, PROFILES, sections

ID = "dockerignore"
# BuildKit's check that says the same of a COPY source that is kept back.
_SAME_AS = ("CopyIgnoredFile",)
_NAME = ".dockerignore"
_TOO_MUCH = "there is more to look through than can be done in seconds"
_LEADS_OUT = "it is a link that leads out of the repository: left alone"
# An ignore file beyond these is not examined: judging a path takes time for each of its patterns.
_LARGEST = 1_000_000
_MOST_LINES = 5_000
_MOST_JUDGED = 2_000_000
_MOST_MENDS = 100
# No path that anyone has; what keeps it back keeps back everything that it does not name.
_ANYTHING = ("zq6-anything", "zq6-folder/zq6-anything")


class Options(NamedTuple):
    """What the command was told: only to check, the context of all Dockerfiles, the optional sections."""

    check_only: bool = False
    context: Path | None = None
    profiles: frozenset[str] = frozenset()


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command."""
    arguments = run.parser(ID, __doc__ or "")
    arguments.add_argument("--context", metavar="DIR", help="the build context of the Dockerfiles given")
    arguments.add_argument(
        "--profile",
        action="append",
        default=[],
        choices=PROFILES,
        help="also keep back docs (readme, licence, docs/), tests, ci (what runs in CI) or editors (their files)",
    )
    options = arguments.parse_args(argv)
    if options.context is not None and not os.path.isdir(options.context):
        arguments.error(f"--context {options.context}: there is no such folder")
    context = Path(options.context) if options.context is not None else None
    return run.show(examined(options.files, Options(options.check, context, frozenset(options.profile))))


def examined(paths: Iterable[str], options: Options) -> list[run.Report]:
    """Examine the ignore files that the given files lead to, and mend them unless told only to check."""
    search = Search(options.context, NAMES)
    reports: list[run.Report] = []
    for path in dict.fromkeys(paths):
        reports += run.guarded(ID, path, partial(_taken, search, path))
    for ignore_file in search.ignore_files():
        reports += run.guarded(ID, _shown(ignore_file), partial(_examined, search, ignore_file, options))
    return sorted(reports, key=lambda report: (report.path, report.line))


def _taken(search: Search, path: str) -> list[run.Report]:
    root = repository_root(path)
    if os.path.lexists(path) and not is_within(path, root):
        return [run.Report(path, 1, _LEADS_OUT)]
    recipe = search.take(Path(path), Path(root))
    if recipe is None or recipe.problem is None:
        return []
    message = "Docker rejects this file, so what it copies can't be known"
    return [run.Report(path, max(recipe.problem.line, 1), message)]


def _shown(path: Path) -> str:
    """A path as it is printed: relative to the current folder if it lies there."""
    there, here = os.path.abspath(path), os.getcwd()
    return os.path.relpath(there, here) if there.startswith(here.rstrip(os.sep) + os.sep) else there


def _examined(search: Search, path: Path, options: Options) -> list[run.Report]:
    target, shown = search.target(path), _shown(path)
    if not os.path.lexists(path):
        return _created(target, options)
    if not is_within(str(path), str(target.root)):
        return [run.Report(shown, 1, _LEADS_OUT)]
    content = read_file(shown)
    text = decode(content.data)
    if unfit := _unfit(text):
        return [run.Report(shown, 1, f"{unfit}: left alone")]
    find = partial(findings, target=target, options=options)
    prove = partial(_proven, target=target)
    return run.outcome(
        content,
        str(target.root),
        partial(find, text),
        lambda: run.mended(text, find, prove, lambda current: current),
        check_only=options.check_only,
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
    silenced = _silenced(text, ignore)
    if silenced is None:
        return []
    if ignore.errors:
        return [_rejected(line) for line in ignore.errors if line.number not in silenced]
    wrong = [*_with_comment_behind(text, ignore, target), *_at_the_root_alone(text, ignore, target)]
    found = [finding for finding in wrong if finding.line not in silenced]
    if len(found) > _MOST_MENDS:
        found = [finding._replace(edits=(), advice="there are too many like this to mend them") for finding in found]
    found += _block(text, ignore, [edit for finding in found for edit in finding.edits], target, options)
    found += [finding for finding in _missing_sources(ignore, target) if finding.line not in silenced]
    return sorted(found, key=lambda finding: finding.line)


def _silenced(text: str, ignore: IgnoreFile) -> set[int] | None:
    """The lines below a comment that silences this hook; None if such a comment stands above all patterns."""
    first = ignore.lines[0].number if ignore.lines else len(text)
    silenced: set[int] = set()
    above = False
    for number, row in enumerate(text.removeprefix("\ufeff").split("\n"), 1):
        if row.startswith("#"):
            above = above or ID in pragma.named(row)
            if above and number < first:
                return None
        else:
            if above:
                silenced.add(number)
            above = False
    return silenced


def _rejected(line: PatternLine) -> Finding:
    return Finding(
        line.number,
        f"Docker rejects the pattern {_short(line.text)} ({line.error}), so every build with this file fails",
        "nothing else in it is looked at",
    )


# A comment: "#", a space, a word. Without the space it may be a name ("Report #1.pdf"), unless the rest says not.
_BEHIND = re.compile(r"(?P<pattern>\s*!?[^\s#]\S*)\s+(?P<comment>#.*)")
_SURELY_COMMENT = re.compile(r"#+\s+\S")
_SURELY_PATTERN = re.compile(r"\s*!?(?:\S*[*?]\S*|\S*/|\.\S+)")


def _with_comment_behind(text: str, ignore: IgnoreFile, target: Target) -> Iterator[Finding]:
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
        if alone.errors or line.negated or _is_code(alone.lines[0].pattern, target):
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


def _at_the_root_alone(text: str, ignore: IgnoreFile, target: Target) -> Iterator[Finding]:
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


def _block(text: str, before: IgnoreFile, edits: Sequence[Edit], target: Target, options: Options) -> Iterator[Finding]:
    """One block with what is missing once the edits are made."""
    builts = [built for built in target.builts if built.recipes]
    ignore = parse(applied(text, edits)) if edits else before
    if not any(built.takes_folders for built in builts) or any(map(ignore.excludes, _ANYTHING)):
        return
    if any(built.takes_too_much for built in builts):
        return
    additions = Additions(builts, ignore)
    lines: list[str] = []
    for section in sections(options.profiles):
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
            _proven(text, [finding], target)
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
    reopened = [example for line in own for example in _instances(line)]
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
        not _is_file_name(line.pattern)
        or bool(set(line.pattern) & set("*?[\\"))
        or block.excludes(line.pattern)
        or any(os.path.isdir(built.context / line.pattern) for built in builts)
    )


def _is_file_name(pattern: str) -> bool:
    """Whether the last part of a pattern has an extension, as names of files have and those of folders seldom do."""
    return "." in pattern.rpartition("/")[2][1:]


def _instances(line: PatternLine) -> list[str]:
    """Some paths that a pattern matches, at the root and below, if it is a simple one."""
    path = line.pattern.removeprefix("**/").replace("**", "x")
    if set(path) & set("[\\"):
        return []
    paths = dict.fromkeys(path.replace("*", filler).replace("?", "x") for filler in ("", "x"))
    nested = [f"some/folder/{path}" for path in paths] if line.pattern.startswith("**/") else []
    return [path for path in (*paths, *nested) if all(path.split("/"))]


def _missing_sources(ignore: IgnoreFile, target: Target) -> Iterator[Finding]:
    """What a Dockerfile copies or mounts by name, and the ignore file keeps back: the build can't find it."""
    for built in target.builts:
        for recipe in built.recipes:
            subject = recipe.subject
            for source in list(dict.fromkeys(recipe.sources))[: _budget(ignore) // 10]:
                line = _kept_back_by(ignore, source, built)
                if line is None or not built.is_surely_from_here(recipe, source):
                    continue
                if subject and source.line in pragma.silenced(subject.dockerfile, frozenset((ID, *_SAME_AS))):
                    continue
                way_out = f"add !{source.path} below it"
                if not any(map(parse(line.text).excludes, _ANYTHING)):
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


def _budget(ignore: IgnoreFile) -> int:
    """How many paths can be judged within seconds."""
    return _MOST_JUDGED // (len(ignore.lines) + 1)


def _short(text: str) -> str:
    text = text.strip()
    return text if len(text) <= 60 else text[:57] + "..."


# The proof


def _proven(text: str, mends: Sequence[Finding], target: Target) -> str:
    """The text after the mends. Raises Unproven."""
    if any(built.takes_too_much for built in target.builts):
        raise Unproven(_TOO_MUCH)
    edits = _ordered(mends)
    adds = [pattern for mend in mends for pattern in mend.adds]

    def needed_by(path: str) -> str:
        return next(filter(None, (built.needed_by(path) for built in target.builts)), "")

    return proven(text, edits, adds, _paths(text, edits, target), needed_by)


def _ordered(mends: Sequence[Finding]) -> list[Edit]:
    """The edits by place; where two begin at one place, whole lines go first."""
    edits = [edit for mend in mends for edit in mend.edits]
    return sorted(edits, key=lambda edit: (edit.start, edit.end, not edit.text.endswith("\n")))


def _paths(text: str, edits: Sequence[Edit], target: Target) -> Iterator[str]:
    """The paths to judge: what the patterns are about, what is needed from the contexts, and what stands there."""
    after = parse(applied(text, edits))
    certainly = [path for built in target.builts for path in _always_judged(built)]
    budget = _budget(after) - len(certainly)
    if budget < 0:
        raise Unproven(_TOO_MUCH)
    yield from certainly
    yield from islice(_shadowed(after.lines), budget // 2)
    for built in target.builts:
        yield from built.survey.files[: budget // 2]


def _always_judged(built: Built) -> Iterator[str]:
    yield from (need.source.path for need in built.needs if not need.source.is_pattern and not need.is_word)
    for section in sections(frozenset(PROFILES)):
        for item in section.items:
            yield from examples_of(item, built, all_of_them=True)


def _shadowed(lines: Sequence[PatternLine]) -> Iterator[str]:
    """Paths that the lines are about, and such below them as an exception of ours might re-include."""
    reopened = {posixpath.basename(_instances(line)[0]) for line in lines[:20] if line.negated and _instances(line)}
    for line in lines:
        for path in _instances(line):
            yield path
            if not _is_file_name(line.pattern):
                yield from (f"{path}/{name}" for name in ("below", *reopened))


# A new ignore file


def _created(target: Target, options: Options) -> list[run.Report]:
    """Write an ignore file where a Dockerfile copies its whole context and none is in force."""
    place = next(filter(None, map(_whole_copy, target.builts)), None)
    # Podman's own ignore file goes before Docker's.
    if place is None or os.path.lexists(target.path.with_name(".containerignore")):
        return []
    recipe, line = place
    message = "copies the whole build context, and no ignore file keeps anything back"
    if any(built.takes_too_much for built in target.builts):
        return [run.Report(_shown(recipe.path), line, f"{message}; no {_NAME} is created: {_TOO_MUCH}")]
    text, adds = _new_text(target.builts, options)
    finding = Finding(line, message, "", f"created {_shown(target.path)} with {', '.join(adds)}", (Edit(0, 0, text),))
    finding = finding._replace(adds=tuple(adds))
    shown = _shown(recipe.path)
    if options.check_only:
        return [run.Report(shown, line, run.would(finding))]
    try:
        _proven("", [finding], target)
        if any(again.edits for again in findings(text, target, options)):
            raise Unproven("a second run would change the file again")
        create_file(str(target.path), encode(text), str(target.root))
    except (Unproven, Unwritable) as error:
        return [run.Report(shown, line, f"{message}; no {_NAME} is created: {error}")]
    return [run.Report(shown, line, run.fixed(finding))]


def _whole_copy(built: Built) -> tuple[Recipe, int] | None:
    """The first place at which a Dockerfile copies or mounts the whole context, and no comment silences this hook."""
    for recipe in built.recipes:
        for source in recipe.sources:
            if source.is_whole and source.line not in pragma.silenced(recipe.subject.dockerfile, frozenset((ID,))):  # type: ignore[union-attr]
                return recipe, source.line
    return None


def _new_text(builts: Sequence[Built], options: Options) -> tuple[str, list[str]]:
    """The text of a new ignore file, and the patterns in it that keep something back."""
    additions = Additions(builts, parse(""))
    paragraphs: list[str] = []
    adds: list[str] = []
    for section in sections(options.profiles):
        lines = [line for item in section.items for line in additions.lines(item)]
        if lines:
            paragraphs.append("\n".join((f"# {section.comment}", *lines)))
            adds += [line for line in lines if not line.startswith("!")]
    return "\n\n".join(paragraphs) + "\n", adds

"""Installs dependencies before the source is copied, so that a change of the source doesn't install them again.

Looks for a COPY or ADD of code (the whole context, or a folder or file that holds some) in front of an install by
pip, uv, Poetry, Pipenv, PDM, conda, mamba or micromamba. It puts a COPY of the manifests alone in the place of the
source's, and moves that behind the last install that can do without it. Whatever stands between must be known not to
need the source, and the manifests must be found in the build context and need no other part of it; else it says why.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from docker_hooks import run
from docker_hooks.dockerfile import images, paths
from docker_hooks.dockerfile.calls import Call
from docker_hooks.dockerfile.edits import Edit, words
from docker_hooks.dockerfile.footprint import footprint
from docker_hooks.dockerfile.installs import PROGRAMS, Install
from docker_hooks.dockerfile.place import block_start, new_words
from docker_hooks.dockerfile.reader import Dockerfile, Instruction
from docker_hooks.dockerfile.regex import regex
from docker_hooks.dockerfile.stages import Stage, lineage, sources
from docker_hooks.dockerfile.values import NamedTuple
from docker_hooks.entry_point import entry_point
from docker_hooks.finding import Finding
from docker_hooks.project.context import contexts_of
from docker_hooks.project.copies import Copied
from docker_hooks.project.independence import Build, DependentError, ExcludedError, Independence, Need
from docker_hooks.subject import Subject

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

ID = "dockerfile-requirements-first"
# Neither hadolint nor BuildKit has a rule for it.
HOOK_RULES: tuple[str, ...] = ()
# Names that need no quotes in a Dockerfile.
_PLAIN = regex(r"[\w./+@:$={}-]+")
# A comment that speaks of what stays in its place.
_OF_INSTALLING = regex(r"\b(?:install|dependenc|requirements?\b)", re.IGNORECASE)
_OF_COPYING = regex(r"\b(?:copy|copies|add|source|code)\b", re.IGNORECASE)
# A COPY from another stage that brings what was installed there.
_ENVIRONMENT = regex(r"env\b|site-packages|/usr/local\b|/root/\.local|/install\b|/opt/conda")
_MOST_STAGES = 100
_MOST_STEPS = 1000


def check(subject: Subject, *, context: str | None = None) -> Iterator[Finding]:
    """What is installed behind the source. `context` is the build context, None to look for it."""
    steps = subject.dockerfile.instructions
    copied = next((index for index, step in enumerate(steps) if step.name in ("ADD", "COPY")), len(steps))
    if not any(step.name == "RUN" and step.mentions(*PROGRAMS) for step in steps[copied:]):
        return
    # Windows' escape character means Windows' paths, as Windows' images do.
    if subject.dockerfile.escape != "\\" or len(subject.stages) > _MOST_STAGES:
        return
    folders = contexts_of(subject, Path(context) if context is not None else None)
    said = [tuple(_findings(Build(subject, folder))) for folder in folders]
    if len(set(said)) == 1:
        yield from said[0]
    for findings in said if len(set(said)) > 1 else ():
        yield from (_refused(finding, "it is built with several contexts") for finding in findings)
        if findings:
            return


@entry_point
def main(argv: Sequence[str]) -> int:
    """The command `dockerfile-requirements-first`."""
    return run.run_told(argv, run.Hook(ID, check, HOOK_RULES), arguments, hook)


def hook(options: argparse.Namespace) -> run.Hook:
    """The hook with the options that its command was given."""
    return run.Hook(ID, partial(check, context=options.context), HOOK_RULES)


def arguments() -> argparse.ArgumentParser:
    """The command's arguments."""
    arguments = run.parser(ID, __doc__ or "")
    arguments.add_argument("--context", metavar="DIR", help="the build context, instead of the one that is found")
    return arguments


def _findings(build: Build) -> Iterator[Finding]:
    """At most one finding for each stage that the final image is made from."""
    stages = build.subject.stages
    for number in sorted(_used(stages)):
        chain = lineage(stages, stages[number])
        image = images.known(images.parse(chain[0].image or ""))
        if image is not None and image.family == "windows":
            continue
        inherited = [instruction for stage in chain[:-1] for instruction in stage.instructions]
        if len(inherited) + len(stages[number].instructions) > _MOST_STEPS:
            continue
        try:
            finding = _finding(build, inherited, stages[number])
        except ExcludedError:
            continue
        if finding is not None:
            yield finding


def _used(stages: Sequence[Stage]) -> frozenset[int]:
    """The stages whose layers or files the final one is made from."""
    found: set[int] = set()
    copied = sources(stages)
    waiting = [len(stages) - 1]
    while waiting:
        number = waiting.pop()
        if number in found:
            continue
        found.add(number)
        parent = stages[number].parent
        waiting += [*copied[number], *([parent] if parent is not None else [])]
    return frozenset(found)


def _finding(build: Build, inherited: list[Instruction], stage: Stage) -> Finding | None:
    own = stage.instructions
    first = next((step for step in inherited if _is_source(build, step, (*inherited, *own))), None)
    if first is not None:
        wanted = _wanted(build, [*inherited[: inherited.index(first)]], own)
        if not wanted:
            return None
        return Finding(
            wanted[0].start_line,
            f"dependencies are installed on top of a stage that has the source (line {first.start_line}): "
            "every change to it installs them again",
            "install them in a stage without the source, and copy that after it",
        )
    index, wanted = _first_source(build, inherited, own)
    if not wanted:
        return None
    finding = Finding(
        own[index].start_line,
        "the source is copied before the dependencies are installed: every change to it installs them again",
        f"copy the manifests alone, install (line {wanted[0].start_line}), then copy the source",
    )
    try:
        plan = _plan(build, [*inherited, *own[:index]], own[index:], wanted)
        return _mended(build.subject.dockerfile, finding, plan)
    except DependentError as error:
        return _refused(finding, str(error))


def _refused(finding: Finding, reason: str) -> Finding:
    advice = f"{finding.advice} (not mended: {reason})"
    return finding._replace(advice=advice, done="", edits=(), adds=(), drops=(), moves=())


def _first_source(
    build: Build, inherited: list[Instruction], own: Sequence[Instruction]
) -> tuple[int, list[Instruction]]:
    """The index of the first step that copies source, and the installs behind it; none where there is no such step."""
    for index, step in enumerate(own):
        copy = build.copied(step) if step.name in ("ADD", "COPY") else None
        if copy is not None and copy.is_code:
            wanted = _wanted(build, [*inherited, *own[:index]], own[index:])
            if not wanted or _is_source(build, step, own[index:], wanted):
                return index, wanted
    return len(own), []


def _is_source(
    build: Build, step: Instruction, steps: Sequence[Instruction], wanted: Sequence[Instruction] = ()
) -> bool:
    """Whether a step copies code, other than files that a step behind it, up to the next install, runs to build."""
    copy = build.copied(step) if step.name in ("ADD", "COPY") else None
    if copy is None or not copy.is_code:
        return False
    last = next((install.start for install in wanted if install.start > step.start), steps[-1].start)
    behind = [other for other in steps if step.start < other.start <= last]
    return copy.is_whole or not any(_is_run(build, copy, other) for other in behind)


def _is_run(build: Build, copy: Copied, step: Instruction) -> bool:
    """Whether a RUN runs, or installs, something that the COPY brings."""
    for call in build.calls(step).calls:
        if call.install is None and footprint(call.program, call.words) is not None:
            continue
        used = call.install.projects if call.install else (*call.started, *(word for word in call.words if word))
        for word in used:
            place = paths.joined(call.workdir, word)
            if paths.relation(place, copy.target) in ("same", "inside") and copy.origin(place) is not None:
                return True
    return False


def _wanted(build: Build, before: Sequence[Instruction], steps: Sequence[Instruction]) -> list[Instruction]:
    """The RUNs among the steps that install dependencies which none of the steps before has installed."""
    installed = [call.install for step in before for call in build.calls(step).calls if call.install is not None]
    found: list[Instruction] = []
    brought = any(_brings_environment(step) for step in before)
    for step in steps:
        brought = brought or _brings_environment(step)
        for call in build.calls(step).calls:
            if call.install is not None and _installs_more(build, call, call.install, installed, brought):
                found.append(step)
                break
    return found


def _brings_environment(step: Instruction) -> bool:
    return step.name == "COPY" and step.flag("from") is not None and _ENVIRONMENT.search(step.value) is not None


def _installs_more(build: Build, call: Call, install: Install, installed: Sequence[Install], brought: bool) -> bool:
    """Whether an install does more than to install the project beside what is `installed` or `brought` already."""
    if install in installed:
        return False
    if install.reads_project:
        return not brought and not any(other.tool == install.tool and other.reads_project for other in installed)
    if install.manifests or install.packages:
        return True
    if not install.projects or not install.with_dependencies or installed or brought:
        return False
    return any(build.declares_dependencies(paths.joined(call.workdir, project)) for project in install.projects)


class _Plan(NamedTuple):
    """The COPYs to move, behind which step, and what is needed ahead of it."""

    moving: tuple[Copied, ...]
    behind: Instruction
    needs: tuple[Need, ...]


def _plan(build: Build, earlier: list[Instruction], steps: Sequence[Instruction], wanted: list[Instruction]) -> _Plan:
    """How far the first of the steps, and the source copied behind it, can move. Raises DependentError."""
    order = Independence(build, list(earlier))
    needs: list[Need] = []
    ahead: list[Need] = []
    behind: Instruction | None = None
    reason = "it is the last step"
    for step in steps:
        try:
            copy = build.copied(step)
            if copy is not None and _is_source(build, step, steps, wanted):
                order.move(copy)
            else:
                needs += order.pass_by(step)
        except DependentError as error:
            reason = str(error)
            break
        if step in wanted:
            behind, ahead = step, list(needs)
    if behind is None:
        raise DependentError(reason)
    moving = tuple(copy for copy in order.moving if copy.instruction.start < behind.start)
    for copy in moving:
        line = order.made.get(copy.instruction.start)
        if line is not None and line < behind.start_line and not any(need.copy is copy for need in ahead):
            raise DependentError(f"line {line} would make the folder of the source, with another owner")
    return _Plan(moving, behind, tuple(dict.fromkeys(ahead)))


def _mended(dockerfile: Dockerfile, finding: Finding, plan: _Plan) -> Finding:
    """The finding with its edits. Raises DependentError for names that a COPY can't hold as they are."""
    edits: list[Edit] = []
    adds: list[str] = []
    moves: list[str] = []
    blocks: list[str] = []
    for copy in plan.moving:
        block = _block(dockerfile, copy.instruction)
        lines = _manifest_copies(copy, [need for need in plan.needs if need.copy is copy])
        # A paragraph that leaves nothing in its place takes an empty line with it.
        end = dockerfile.text.find("\n", block.end) + 1 if block.is_paragraph and not lines else block.end
        edits.append(Edit(block.start, end, "".join(f"{block.indent}{line}{dockerfile.newline}" for line in lines)))
        adds += [word for line in lines for word in new_words(line, dockerfile.escape)]
        moves += [*block.comments, *words(copy.instruction, dockerfile.text)]
        blocks.append(dockerfile.newline * block.is_paragraph + dockerfile.text[block.start : block.end])
    names = list(dict.fromkeys(posixpath.basename(need.origin) for need in plan.needs))
    first = f"{_enumerated(names)} {'are' if len(names) > 1 else 'is'} copied first, " if names else ""
    return finding._replace(
        done=f"{first}the source after the install",
        edits=(*edits, _behind(dockerfile, plan.behind, "".join(blocks))),
        adds=tuple(adds),
        moves=tuple(moves),
    )


class _Block(NamedTuple):
    """A COPY with the comments above it: its offsets, the texts of the comments, the indentation of the COPY.

    `is_paragraph` says that an empty line stands above it and another below.
    """

    start: int
    end: int
    comments: tuple[str, ...]
    indent: str
    is_paragraph: bool


def _block(dockerfile: Dockerfile, copy: Instruction) -> _Block:
    text = dockerfile.text
    line_start = text.rfind("\n", 0, copy.start) + 1
    start = block_start(dockerfile, copy)
    comments = tuple(comment.text for comment in dockerfile.comments_within(start, line_start))
    of_installing = any(map(_OF_INSTALLING.search, comments)) and not any(map(_OF_COPYING.search, comments))
    if of_installing:
        start, comments = line_start, ()
    end = text.find("\n", copy.end) + 1
    below = text[end : text.find("\n", end) + 1]
    above = text[text.rfind("\n", 0, start - 1) + 1 : start]
    is_paragraph = bool(below and above) and not below.strip() and not above.strip()
    inner = tuple(comment.text for comment in dockerfile.comments_within(copy.start, copy.end))
    return _Block(start, end, (*comments, *inner), text[line_start : copy.start], is_paragraph)


def _manifest_copies(copy: Copied, needs: Sequence[Need]) -> list[str]:
    """The COPYs that bring the manifests alone to where the COPY of the source puts them, one for each folder."""
    instruction = copy.instruction
    folders: dict[str, list[str]] = {}
    written = (instruction.arguments or (".",))[-1]
    for need in needs:
        folder = posixpath.dirname(paths.below(need.path, copy.target))
        target = posixpath.join(f"{written.rstrip('/')}/", f"{folder}/" if folder else "")
        folders.setdefault(target, []).append(_source_word(copy, need))
    keyword = "copy" if instruction.keyword.islower() else "COPY"
    flags = [flag for flag in instruction.flags if flag.startswith(("--chown=", "--chmod="))]
    for word in (*flags, *folders, *(name for names in folders.values() for name in names)):
        if not _PLAIN.fullmatch(word):
            raise DependentError(f"{word} would have to be quoted in another COPY")
    return [" ".join((keyword, *flags, *names, target)) for target, names in folders.items()]


def _source_word(copy: Copied, need: Need) -> str:
    """How to name a manifest, in the manner of the word that names it or its folder in the COPY."""
    if "$" in need.word or "$" in need.origin or need.origin.startswith("-"):
        raise DependentError("the COPY names its source by a variable")
    named = posixpath.normpath("/" + need.word).lstrip("/") or "."
    if named == "." or not copy.context.exists(named):
        return need.origin
    if copy.context.is_folder(named):
        return posixpath.join(need.word, posixpath.relpath(need.origin, named))
    return need.word


def _behind(dockerfile: Dockerfile, step: Instruction, text: str) -> Edit:
    """Insert lines below a step; the end of the file keeps or lacks its line break."""
    end = dockerfile.text.find("\n", step.end) + 1
    if end:
        return Edit(end, end, text)
    end = len(dockerfile.text)
    return Edit(end, end, dockerfile.newline + text.removesuffix("\n").removesuffix("\r"))


def _enumerated(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]

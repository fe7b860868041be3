"""Makes ENV DEBIAN_FRONTEND=noninteractive an ARG, so that it doesn't stay in the image.

As ENV it is set in every container too, where somebody may want to be asked; ARG lasts for the build of its stage
(Docker's FAQ on build). Stages that build on that one and run apt get the ARG as well. Nothing is said where a later
ENV sets it back, and it is never added to a file that has none: current Debian and Ubuntu need none
(moby/buildkit#6510).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import takewhile

from docker_hooks import run
from docker_hooks.dockerfile.edits import Edit, words
from docker_hooks.dockerfile.place import above, below, new_words
from docker_hooks.dockerfile.reader import Dockerfile, Instruction, Piece, pieces
from docker_hooks.dockerfile.regex import regex
from docker_hooks.dockerfile.stages import Stage, lineage
from docker_hooks.dockerfile.values import NamedTuple
from docker_hooks.entry_point import entry_point
from docker_hooks.finding import Finding
from docker_hooks.subject import Subject

ID = "dockerfile-debian-frontend"
HOOK_RULES: tuple[str, ...] = ()

_NAME = "DEBIAN_FRONTEND"
_VALUES = ("noninteractive", '"noninteractive"', "'noninteractive'")
# What may set up packages: apt and its kin, and scripts.
_SETS_UP = regex(r"\bapt|\bdpkg|\bdeb|sh\b|\bplaywright\b|\brosdep\b|\btasksel\b|\bmake\b|\bansible")
_INSTALLS_LATER = regex(r"\bapt\b|\bdpkg\b")
_ADVICE = f"use ARG {_NAME}=noninteractive"


class _Refused(Exception):
    """The mend can't be shown to be right; the text says why."""


class _Reach:
    """Where the variable of an ENV is in force, apart from its own stage.

    `heirs` are the stages that need it, by the offset at which the ENV begins, and `later` the lines of what may
    install packages when the build of a stage in which it is in force is over.
    """

    def __init__(self, stages: Sequence[Stage]) -> None:
        self.heirs: defaultdict[int, list[Stage]] = defaultdict(list)
        self.later: dict[int, int] = {}
        at_end: dict[int, Instruction | None] = {}
        for stage in stages:
            inherited = at_end[stage.parent] if stage.parent is not None else None
            own = [instruction for instruction in stage.instructions if _sets(instruction, "ENV")]
            until_set = takewhile(lambda one: not (_sets(one, "ENV") or _sets(one, "ARG")), stage.instructions)
            if inherited is not None and any(map(_uses, until_set)):
                self.heirs[inherited.start].append(stage)
            at_end[stage.number] = in_force = own[-1] if own else inherited
            later = next((one.start_line for one in stage.instructions if _may_install_later(one)), None)
            if in_force is not None and later is not None:
                self.later[in_force.start] = later


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for each ENV that sets it in what becomes the final image."""
    stages = subject.stages
    is_set, value = stages[-1].end.environment.get(_NAME)
    if not is_set or value != "noninteractive":
        return
    settings = [
        instruction
        for stage in lineage(stages, stages[-1])
        for instruction in stage.instructions
        if _sets(instruction, "ENV")
    ]
    other = next((one.start_line for one in settings if _written(one) is None), None)
    reach = _Reach(stages)
    for setting in (one for one in settings if _written(one) is not None or one is settings[-1]):
        finding = Finding(setting.start_line, f"ENV {_NAME} stays in the image, and only the build needs it", _ADVICE)
        try:
            if other is not None:
                raise _Refused(f"line {other} sets it in another way")
            yield _mended(subject.dockerfile, setting, reach, finding)
        except _Refused as reason:
            yield finding._replace(advice=f"{_ADVICE} (not mended: {reason})")


@entry_point
def main(argv: Sequence[str]) -> int:
    """The command `dockerfile-debian-frontend`."""
    return run.run(run.Hook(ID, check, HOOK_RULES), run.options(argv, ID, __doc__))


def _sets(instruction: Instruction, name: str) -> bool:
    """Whether it is an ENV (or ARG, as `name` says) that sets the variable."""
    arguments = instruction.arguments or ()
    if name == "ENV":
        return instruction.name == "ENV" and _NAME in arguments[::3]
    return instruction.name == "ARG" and any(argument.startswith(f"{_NAME}=") for argument in arguments)


def _uses(instruction: Instruction) -> bool:
    """Whether the variable may matter to an instruction: it names it, or may set up packages."""
    texts = (instruction.value, *(heredoc.content for heredoc in instruction.heredocs))
    return any(_NAME in text or (instruction.name == "RUN" and _SETS_UP.search(text)) for text in texts)


def _may_install_later(instruction: Instruction) -> bool:
    """Whether it may install packages when the build of the stage is over."""
    value = instruction.value
    is_for_later = instruction.name in ("CMD", "ENTRYPOINT", "ONBUILD") and ("apt" in value or "dpkg" in value)
    return is_for_later and _INSTALLS_LATER.search(value) is not None


def _written(setting: Instruction) -> str | None:
    """The value as it is written, quotes included; None for others than `noninteractive`."""
    arguments = setting.arguments or ()
    values = [value for name, value in zip(arguments[::3], arguments[1::3], strict=True) if name == _NAME]
    return values[0] if len(values) == 1 and values[0] in _VALUES else None


def _mended(dockerfile: Dockerfile, setting: Instruction, reach: _Reach, finding: Finding) -> Finding:
    """The finding with the edits that mend it. Raises _Refused."""
    if setting.start in reach.later:
        raise _Refused(f"line {reach.later[setting.start]} may install packages when the build is over")
    heirs = reach.heirs[setting.start]
    argument = f"{_NAME}={_written(setting)}"
    own = _replaced(dockerfile, setting, argument)
    inherited = tuple(below(dockerfile, heir.start, f"ARG {argument}") for heir in heirs)
    return finding._replace(
        done="it is an ARG, also in what builds on this stage and needs it" if heirs else "it is an ARG",
        edits=(*own.edits, *inherited),
        adds=(*own.adds, *(word for edit in inherited for word in new_words(edit.text, dockerfile.escape))),
        drops=own.drops,
        moves=own.moves,
    )


class _Part(NamedTuple):
    """Edits with the words that they declare."""

    edits: tuple[Edit, ...]
    adds: tuple[str, ...]
    drops: tuple[str, ...]
    moves: tuple[str, ...]


def _replaced(dockerfile: Dockerfile, instruction: Instruction, argument: str) -> _Part:
    """An ARG instead of the ENV, or above one that sets other variables too. Raises _Refused."""
    keyword = "arg" if instruction.keyword.islower() else "ARG"
    if len(instruction.arguments or ()) == 3:
        if "#" in dockerfile.text[instruction.start : instruction.end]:
            raise _Refused("there are comments in it")
        old = words(instruction, dockerfile.text)
        end = instruction.span(0, len(instruction.value))[1]
        edit = Edit(instruction.start, end, f"{keyword} {argument}")
        if argument in old:
            return _Part((edit,), (keyword,), (instruction.keyword,), (argument,))
        return _Part((edit,), (keyword, argument), old, ())
    found = pieces(instruction.value, dockerfile.escape)
    index = [piece.text for piece in found].index(argument)
    if sum(_NAME in piece.text for piece in found) > 1:
        raise _Refused("its other variables use it")
    edits = (above(dockerfile, instruction, f"{keyword} {argument}"), _without(dockerfile, instruction, found, index))
    return _Part(edits, (keyword,), (), (argument,))


def _without(dockerfile: Dockerfile, instruction: Instruction, found: Sequence[Piece], index: int) -> Edit:
    """The edit that takes one variable out of an ENV of several; comments stay. Raises _Refused."""
    text = dockerfile.text
    blank = f" \t\r\n{dockerfile.escape}"
    start, end = instruction.span(found[index].start, found[index].end)
    if index == len(found) - 1:
        before = instruction.span(found[index - 1].start, found[index - 1].end)[1]
        if text[before:start].strip(blank):
            raise _Refused("there is a comment above its last variable")
        return Edit(before, end, "")
    line_start, line_end = text.rfind("\n", 0, start) + 1, text.find("\n", end) + 1
    if not text[line_start:start].strip() and not text[end:line_end].strip(blank):
        return Edit(line_start, line_end, "")
    behind = instruction.span(found[index + 1].start, found[index + 1].end)[0]
    if not text[end:behind].strip(blank):
        return Edit(start, behind, "")
    return Edit(line_start + len(text[line_start:start].rstrip()), end, "")

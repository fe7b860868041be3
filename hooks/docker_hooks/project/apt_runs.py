"""Where the package lists that apt installs from come from, and what needs them, over all stages of a Dockerfile."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from docker_hooks.dockerfile.apt import CACHES, LISTS, Step, steps, text_kind
from docker_hooks.dockerfile.calls import json_commands
from docker_hooks.dockerfile.mounts import is_mounted, mounts
from docker_hooks.dockerfile.paths import joined
from docker_hooks.dockerfile.reader import Dockerfile, Instruction
from docker_hooks.dockerfile.script import InstructionScript
from docker_hooks.dockerfile.stages import Stage, State, lineage
from docker_hooks.dockerfile.values import NamedTuple
from docker_hooks.project.copied import read_copied
from docker_hooks.subject import Subject

_MOST_SCRIPTS = 20


class AptRun(NamedTuple):
    """A RUN that has to do with apt, or another instruction that may.

    `before` is the instruction before it in its stage. `steps` are what its commands do; where they can't be read
    there is one guess, without a command. `script` is None then, and in exec form. With `is_cached`, the lists or what
    apt downloads lie on a mount.
    """

    instruction: Instruction
    before: Instruction
    script: InstructionScript | None
    steps: tuple[Step, ...]
    is_cached: bool = False

    def line(self, dockerfile: Dockerfile, step: Step) -> int:
        """The line of a step."""
        if self.script is None or step.command is None:
            return self.instruction.start_line
        return self.script.line(dockerfile.text, step.command.start)

    @property
    def last_update(self) -> Step | None:
        """The last step that fills the lists."""
        return next((step for step in reversed(self.steps) if step.kind == "update"), None)

    @property
    def removes_lists(self) -> bool:
        """Whether the lists are removed in it."""
        return any(step.kind == "removal" for step in self.steps)

    @property
    def leaves_lists(self) -> bool:
        """Whether the lists are in its layer, for certain."""
        kinds = self._kinds_behind_update()
        update = self.last_update
        last_use = max((index for index, kind in enumerate(kinds) if kind in ("install", "use")), default=-1)
        may_remove = "removal" in kinds or "script" in kinds[last_use + 1 :]
        return update is not None and update.command is not None and not (self.is_cached or may_remove)

    @property
    def installs(self) -> bool:
        """Whether something is installed from the lists that it fills."""
        return any(kind in ("install", "use") for kind in self._kinds_behind_update())

    def _kinds_behind_update(self) -> list[str]:
        updates = [index for index, step in enumerate(self.steps) if step.kind == "update"]
        return [step.kind for step in self.steps[updates[-1] + 1 :]] if updates else []


class Origin(NamedTuple):
    """The RUN, and the line in it, that filled the lists."""

    run: AptRun
    line: int


class Apart(NamedTuple):
    """An install from the lists that an earlier RUN left."""

    run: AptRun
    step: Step
    origin: Origin


class Need(NamedTuple):
    """What needs the lists that an earlier RUN leaves: its line, and what it does."""

    line: int
    what: str


# The runs of each stage, by its number.
AptRuns = Mapping[int, tuple[AptRun, ...]]


def read_apt_runs(subject: Subject) -> AptRuns:
    """What the stages do with apt. Scripts that the image is given are looked into, as far as they can be read."""
    scripts = _Scripts(subject)
    return {stage.number: tuple(_read(subject, stage, scripts)) for stage in subject.stages}


def installs_apart(subject: Subject, runs: AptRuns) -> Iterator[Apart]:
    """The first install of each RUN that uses the lists of an earlier one, in its stage or those that builds on."""
    at_end: dict[int, Origin | None] = {}
    for stage in subject.stages:
        origin = at_end[stage.parent] if stage.parent is not None else None
        for one in runs[stage.number]:
            may_have_lists = one.instruction.name != "RUN"
            for step in () if one.is_cached else one.steps:
                if step.kind == "update":
                    origin = Origin(one, one.line(subject.dockerfile, step)) if one.script is not None else None
                    may_have_lists = True
                elif step.kind == "removal":
                    origin = None
                elif step.kind in ("installer", "script"):
                    may_have_lists = True
                elif step.kind == "install" and origin is not None and not may_have_lists:
                    yield Apart(one, step, origin)
                    may_have_lists = True
        at_end[stage.number] = origin


def needs(subject: Subject, runs: AptRuns) -> dict[int, Need | None]:
    """What comes behind each RUN and needs the lists that are there then; by the offset at which the RUN begins."""
    found: dict[int, Need | None] = {}
    in_children: dict[int, Need] = {}
    for stage in reversed(subject.stages):
        need = in_children.get(stage.number)
        for one in reversed(runs[stage.number]):
            found[one.instruction.start] = need
            need = need if one.is_cached else _need(subject.dockerfile, one, need)
        if need is not None and stage.parent is not None:
            in_children[stage.parent] = need
    return found


def _need(dockerfile: Dockerfile, one: AptRun, behind: Need | None) -> Need | None:
    for step in one.steps:
        if step.kind in ("update", "removal") and not _may_be_skipped(step):
            return None
        if step.kind in ("install", "use"):
            return Need(one.line(dockerfile, step), "installs from them")
        if step.kind == "script":
            return Need(one.line(dockerfile, step), "runs a script that may install from them")
    return behind


def _may_be_skipped(step: Step) -> bool:
    return step.command is not None and (bool(step.command.nesting) or step.command.operator_before == "||")


class _Scripts:
    """Reads scripts that the image is given; so many of them, that a file of nothing else costs little."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self.left = _MOST_SCRIPTS

    def known(self, stage: Stage, state: State, found: Iterable[Step]) -> Iterator[Step]:
        """The steps; instead of a script that can be read, what it does."""
        for step in found:
            if step.kind != "script" or not self.left:
                yield step
                continue
            self.left -= 1
            path = joined(state.workdir or "/", step.script)
            text = read_copied(self.subject, lineage(self.subject.stages, stage), path)
            kind = text_kind(text) if text is not None else "script"
            if kind is not None:
                # Whether it gets to its `apt-get update` isn't known.
                yield step._replace(kind="installer" if kind == "update" else kind)


def _read(subject: Subject, stage: Stage, scripts: _Scripts) -> Iterator[AptRun]:
    pairs = zip(stage.instructions, stage.states, strict=True)
    for (before, _), (instruction, state) in pairwise(pairs):
        if instruction.name not in ("RUN", "CMD", "ENTRYPOINT", "ONBUILD"):
            continue
        script = subject.script(instruction) if instruction.name == "RUN" and not instruction.json else None
        if script is not None and script.reason:
            script = None
        is_json_run = instruction.name == "RUN" and instruction.json
        found = tuple(
            scripts.known(stage, state, steps(script, state))
            if script is not None
            else (_json_steps(instruction, state) if is_json_run else ())
        )
        if found:
            mounted = mounts(instruction, state)
            is_cached = is_mounted(LISTS, mounted) or is_mounted(CACHES, mounted)
            yield AptRun(instruction, before, script, found, is_cached)
        elif script is None and (kind := text_kind(_text(instruction))) is not None:
            yield AptRun(instruction, before, None, (Step(kind),))


def _json_steps(instruction: Instruction, state: State) -> tuple[Step, ...]:
    """What a RUN in exec form does, if it is apt's or a shell's: no other expands a pattern such as `lists/*`."""
    read = json_commands(instruction)
    found = tuple(steps(InstructionScript(instruction, "", None, read.commands, read.reason), state))
    return found if len(read.commands) > 1 or any(step.apt is not None for step in found) else ()


def _text(instruction: Instruction) -> str:
    holder = instruction.child or instruction
    words = holder.arguments or () if holder.json else (instruction.value,)
    return "\n".join((" ".join(words), *(heredoc.content for heredoc in instruction.heredocs)))

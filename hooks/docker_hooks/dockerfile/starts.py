"""What the images of a Dockerfile start: the ENTRYPOINT and the CMD in force at the end of a stage."""

from __future__ import annotations

from collections.abc import Sequence

from docker_hooks.dockerfile.reader import Instruction
from docker_hooks.dockerfile.stages import Stage, lineage, sources
from docker_hooks.dockerfile.values import NamedTuple


class Start(NamedTuple):
    """The ENTRYPOINT and the CMD of an image, as far as the file sets them; the base image's own are None."""

    entrypoint: Instruction | None
    command: Instruction | None

    @property
    def heeded(self) -> tuple[Instruction, ...]:
        """Those of the two that take effect: no CMD does behind an ENTRYPOINT in shell form."""
        if self.entrypoint is not None and not self.entrypoint.json:
            return (self.entrypoint,)
        return tuple(instruction for instruction in self if instruction is not None)


_NOTHING = Start(None, None)


def start(stages: Sequence[Stage], stage: Stage) -> Start:
    """What is in force at the end of `stage`, what it builds on included.

    An ENTRYPOINT takes away the CMD that was inherited, and not one of its own stage (BuildKit, dispatchEntrypoint).
    """
    found = _NOTHING
    for link in lineage(stages, stage):
        found = _behind(found, link)
    return found


def starts(stages: Sequence[Stage]) -> tuple[Start, ...]:
    """The same for each of the stages."""
    found: list[Start] = []
    for stage in stages:
        found.append(_behind(found[stage.parent] if stage.parent is not None else _NOTHING, stage))
    return tuple(found)


def images_started(stages: Sequence[Stage]) -> tuple[Stage, ...]:
    """The stages whose images are run: the last one, and each that no other uses, which is there for `--target`."""
    used = {stage.parent for stage in stages}.union(*sources(stages))
    return tuple(stage for stage in stages if stage is stages[-1] or stage.number not in used)


def _behind(inherited: Start, stage: Stage) -> Start:
    """What is in force at the end of a stage, given what it inherits."""
    entrypoint, command = inherited
    has_command = False
    for instruction in stage.instructions:
        if instruction.name == "CMD":
            command, has_command = instruction, True
        elif instruction.name == "ENTRYPOINT":
            entrypoint, command = instruction, command if has_command else None
    return Start(entrypoint, command)

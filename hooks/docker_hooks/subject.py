"""A Dockerfile under examination: read once, however many checks look at it."""

from __future__ import annotations

from functools import cached_property

from docker_hooks.dockerfile.reader import Dockerfile, Instruction
from docker_hooks.dockerfile.script import InstructionScript, script_of
from docker_hooks.dockerfile.stages import Stage, State, read_stages
from docker_hooks.memory import Memory


class Subject:
    """A Dockerfile, where it lies, and what is read from it on demand.

    `path` is the file's path, `root` the absolute path of the repository (or folder) that it belongs to, `memory` what
    is known of the files around it.
    """

    def __init__(self, path: str, root: str, dockerfile: Dockerfile, memory: Memory | None = None) -> None:
        self.path = path
        self.root = root
        self.dockerfile = dockerfile
        self.memory = memory or Memory()
        self._scripts: dict[int, InstructionScript] = {}

    @cached_property
    def stages(self) -> tuple[Stage, ...]:
        """The build stages."""
        return read_stages(self.dockerfile)

    @cached_property
    def _states(self) -> dict[int, State]:
        return {
            instruction.start: state
            for stage in self.stages
            for instruction, state in zip(stage.instructions, stage.states, strict=True)
        }

    def state(self, instruction: Instruction) -> State:
        """What is in force before an instruction; nothing is before the first FROM."""
        return self._states.get(instruction.start, State())

    def script(self, instruction: Instruction) -> InstructionScript:
        """The shell commands of a RUN, CMD or ENTRYPOINT in shell form."""
        script = self._scripts.get(instruction.start)
        if script is None:
            script = self._scripts[instruction.start] = script_of(instruction, self.state(instruction).shell)
        return script

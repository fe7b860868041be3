"""What the images of a Dockerfile start: the ENTRYPOINT and the CMD in force at the end of a stage, and what these run.

A program is looked for behind those that only start it, and a script in the words that a shell is given.
"""

from __future__ import annotations

import posixpath
from collections.abc import Sequence

from docker_hooks.dockerfile.programs import SHELLS, takes_script
from docker_hooks.dockerfile.reader import Instruction
from docker_hooks.dockerfile.regex import regex
from docker_hooks.dockerfile.script import InstructionScript, script_of
from docker_hooks.dockerfile.shell import scan
from docker_hooks.dockerfile.stages import Stage, lineage, sources
from docker_hooks.dockerfile.values import NamedTuple

# Programs that start the one named behind their options ...
_INITS = frozenset(("catchsegv", "dumb-init", "tini"))
# ... and those of them and of the shell's own that may stand in front of a script.
_WRAPPERS = _INITS | {"env", "exec", "nohup"}
# Names of scripts that are as well what programs are told to do: `flask run`.
SUBCOMMANDS = ("run", "start")
_FOR_ANOTHER = regex(r"#!(?![^\n]*\b(?:ash|bash|dash|sh)\b)")


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


def started(start: Start, shell: tuple[str, ...] | None) -> InstructionScript | None:
    """What a container runs first: ENTRYPOINT and CMD as one, or the script that they have a shell run; None without.

    `shell` is the SHELL in force. A single command in JSON form has its words in `instruction.arguments`.
    """
    if not start.heeded:
        return None
    first = start.heeded[0]
    if not first.json:
        return script_of(first, shell)
    words: list[str] = []
    for instruction in start.heeded:
        words += (instruction.arguments or ()) if instruction.json else ("/bin/sh", "-c", instruction.value)
    if words and words[0].rpartition("/")[2] in _INITS:
        words = words[next((at for at, word in enumerate(words) if at and not word.startswith("-")), len(words)) :]
    for at, word in enumerate(words[:-2]):
        if word.rpartition("/")[2] in SHELLS and takes_script(words[at + 1]):
            return script_in(words[at + 2], first)
    return InstructionScript(first._replace(arguments=tuple(words)), " ".join(words), None, (), "")


def script_in(text: str, instruction: Instruction) -> InstructionScript:
    """The shell script in a text that an instruction starts, such as that of a file; its places are not the file's."""
    plain = text.replace("\r\n", "\n")
    script = scan(plain)
    reason = "a script for another interpreter" if _FOR_ANOTHER.match(plain) else script.reason
    commands = () if reason else script.commands
    return InstructionScript(instruction._replace(json=False), plain, None, commands, reason)


def start_words(instruction: Instruction) -> tuple[str, ...]:
    """The words of a CMD or ENTRYPOINT; in shell form as they stand between spaces and semicolons."""
    arguments = instruction.arguments or ()
    return arguments if instruction.json else tuple(" ".join(arguments).replace(";", " ; ").split())


def started_script(words: Sequence[str]) -> str | None:
    """The shell script that a start command runs, as it is named; None where it runs something else."""
    is_for_shell = False
    for word in words:
        name = posixpath.basename(word)
        if name in SHELLS:
            is_for_shell = True
        elif is_for_shell and takes_script(word):
            return None
        elif name not in _WRAPPERS and not word.startswith("-") and "=" not in word:
            looks_like_one = name.endswith((".sh", ".bash")) or "entrypoint" in name or name in SUBCOMMANDS
            return word if is_for_shell or looks_like_one else None
    return None


def hands_over(entrypoint: Instruction) -> bool:
    """Whether an ENTRYPOINT may start the words of CMD as a command of their own, as tini and most scripts do."""
    words = start_words(entrypoint)
    programs = {posixpath.basename(word) for word in words if not word.startswith("-") and "=" not in word}
    return started_script(words) is not None or programs <= _WRAPPERS | SHELLS


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

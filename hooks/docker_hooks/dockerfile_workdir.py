"""Reports a working directory that isn't where it seems to be.

A relative WORKDIR lies in the base image's own working directory, wherever that is, unless an absolute one stands
before it; `~` is not expanded there. And each RUN starts in the WORKDIR again: the effect of a `cd` that ends a RUN is
lost for what follows. A `cd` within a RUN for the commands behind it is right.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence

from docker_hooks import run
from docker_hooks.dockerfile import images, paths
from docker_hooks.dockerfile.reader import Instruction
from docker_hooks.dockerfile.regex import regex
from docker_hooks.dockerfile.shell import Command
from docker_hooks.dockerfile.stages import Stage, State, base_images
from docker_hooks.entry_point import entry_point
from docker_hooks.finding import Finding
from docker_hooks.subject import Subject

ID = "dockerfile-workdir"
HOOK_RULES = ("DL3000", "DL3003", "WorkdirRelativePath")

# Where a script goes when it is done with another folder.
_BACK = regex(r"(?:\.\.(?:/\.\.)*/?|/|~|-|\$\{?(?:HOME|OLDPWD)\}?)")
_RUNNING = ("", ";", "&&", "\n")


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for each WORKDIR that depends on the base image's, and for each `cd` whose effect is lost."""
    stages = subject.stages
    workdirs = paths.workdirs(stages)
    setting: set[int] = set()
    for stage, base in zip(stages, base_images(stages), strict=True):
        is_set = stage.parent is not None and stage.parent in setting
        if is_set or _sets_workdir(stage):
            setting.add(stage.number)
        image = images.known(images.parse(base or ""))
        if image is not None and image.family == "windows":
            continue
        depends_on_base = base != "scratch" and not is_set
        for index, (instruction, state) in enumerate(zip(stage.instructions, stage.states, strict=True)):
            if instruction.name == "WORKDIR":
                yield from _workdir(instruction, state, depends_on_base)
                # What comes behind a relative one is mended with it, as BuildKit's WorkdirRelativePath has it.
                depends_on_base = False
            elif instruction.name == "RUN" and not instruction.json and not _is_set_again(stage, index + 1):
                yield from _lost(subject, instruction, state, workdirs[instruction.start])


@entry_point
def main(argv: Sequence[str]) -> int:
    """The command `dockerfile-workdir`."""
    return run.run(run.Hook(ID, check, HOOK_RULES), run.options(argv, ID, __doc__))


def _sets_workdir(stage: Stage) -> bool:
    return any(instruction.name == "WORKDIR" for instruction in stage.instructions)


def _workdir(instruction: Instruction, state: State, depends_on_base: bool) -> Iterator[Finding]:
    path = state.expand(instruction.value)
    if not path or posixpath.normpath(path) == ".":
        return
    if path == "~" or path.startswith("~/"):
        message = "WORKDIR doesn't expand ~: this is a folder of that name"
        yield Finding(instruction.start_line, message, advice="write the path of the home, such as /root")
    elif depends_on_base and not _is_absolute(path):
        message = f"WORKDIR {path} is relative: where it lies depends on the base image"
        yield Finding(instruction.start_line, message, advice=f"write an absolute path, such as /{path.lstrip('./')}")


def _is_absolute(path: str) -> bool:
    """Whether the path is absolute, on Windows too."""
    return path.startswith(("/", "\\")) or path[1:2] == ":"


def _is_set_again(stage: Stage, index: int) -> bool:
    """Whether the next instruction to which the working directory matters sets it to an absolute path."""
    for at in range(index, len(stage.instructions)):
        instruction, state = stage.instructions[at], stage.states[at]
        if instruction.name == "WORKDIR":
            return (state.expand(instruction.value) or "/").startswith("/")
        if instruction.name in ("RUN", "CMD", "ENTRYPOINT"):
            return False
        if instruction.name in ("COPY", "ADD"):
            destination = state.expand((instruction.arguments or ("/",))[-1])
            if destination is not None and not destination.startswith("/"):
                return False
    return False


def _lost(subject: Subject, instruction: Instruction, state: State, workdir: str) -> Iterator[Finding]:
    """A finding where the last thing that a RUN does is to go to another folder."""
    if not instruction.mentions("cd"):
        return
    script = subject.script(instruction)
    commands = [command for command in script.commands if command.nesting[:1] not in (("(",), ("$(",))]
    if not commands or not commands[-1].words or commands[-1].words[0].value != "cd":
        return
    changes = [command for command in commands if command.words and command.words[0].value in ("cd", "pushd", "popd")]
    last = commands[-1]
    if last.operator_before not in _RUNNING or last.operator_after not in _RUNNING or last.nesting:
        return
    target = _target(last)
    if target is None:
        return
    if len(changes) > 1 and (_BACK.fullmatch(target) or not _is_elsewhere(changes, state, workdir)):
        return
    if paths.joined(workdir, target) == workdir:
        return
    then = workdir if paths.is_known(workdir) else "the working directory"
    yield Finding(
        script.line(subject.dockerfile.text, last.start),
        f"cd {target} is lost at the end of this RUN: what follows is in {then} again",
        advice="set the folder for what follows with WORKDIR",
    )


def _target(command: Command) -> str | None:
    """Where a `cd` goes, as it is written without quotes; None where it names more or less than a folder."""
    operands = [word for word in command.words[1:] if word.text not in ("-L", "-P", "--")]
    if len(operands) != 1:
        return None
    return operands[0].value if operands[0].value is not None else operands[0].text.strip('"')


def _is_elsewhere(changes: Sequence[Command], state: State, workdir: str) -> bool:
    """Whether it is certain that the folder in the end is another than in the beginning."""
    folder = workdir
    for command in changes:
        target = paths.value(command.words[-1], state, frozenset())
        is_certain = not command.nesting and command.operator_before in _RUNNING and len(command.words) == 2
        if target is None or target == "-" or command.words[0].value != "cd" or not is_certain:
            return False
        folder = paths.joined(folder, target)
    return paths.relation(folder, workdir) not in ("same", "unknown")

"""Which programs a RUN starts, in which folder, with which words: what the build's shell would see."""

from __future__ import annotations

from collections.abc import Callable

from docker_hooks.dockerfile import paths
from docker_hooks.dockerfile.installs import Install, install, within_environment
from docker_hooks.dockerfile.programs import Invocation, invocation
from docker_hooks.dockerfile.reader import Instruction
from docker_hooks.dockerfile.script import InstructionScript
from docker_hooks.dockerfile.shell import Command, Script, Word, scan
from docker_hooks.dockerfile.stages import State
from docker_hooks.dockerfile.values import NamedTuple

_SHELLS = ("ash", "bash", "dash", "sh")
_HEREDOCS = ("<<", "<<-", "<<<")
_BLOCKS = frozenset(("if", "while", "until", "for", "(", "{"))
_EXPORTS = ("declare", "export", "local", "read", "readonly", "typeset")


class Call(NamedTuple):
    """A command of a RUN.

    `program` is "" where it isn't known or nothing is run; `started` are the words that start it, up to its name, as in
    `venv/bin/python -m pip`. `words` are the values of its arguments, None for what only a running shell knows; `files`
    those of its redirections and `writes` those of them that it writes to; `settings` the variables set for it alone.
    `workdir` is the folder it runs in. `install` is what it installs. `is_piped` says that its input comes from another
    command.
    """

    program: str
    started: tuple[str, ...]
    words: tuple[str | None, ...]
    files: tuple[str | None, ...]
    writes: tuple[str | None, ...]
    settings: tuple[tuple[str, str | None], ...]
    workdir: str
    install: Install | None
    is_piped: bool
    is_empty: bool


class Calls(NamedTuple):
    """The calls of a RUN in order of place; or none, and the `reason` why it can't be read."""

    calls: tuple[Call, ...]
    reason: str = ""


def calls_of(script: InstructionScript, state: State, workdir: str) -> Calls:
    """The calls of a RUN. `state` and `workdir` are in force before it."""
    instruction = script.instruction
    read = json_commands(instruction) if instruction.json else Script(script.commands, script.reason)
    if not read.reason and not instruction.json and _redirects_blocks(script):
        return Calls((), "a redirection of a whole block")
    if read.reason:
        return Calls((), read.reason)
    assigned = _assigned(read.commands)
    found: list[Call] = []
    for command in read.commands:
        call = _call(command, state, workdir, assigned)
        found.append(call)
        if call.program in ("pushd", "popd"):
            return Calls((), "it changes its folder with pushd")
        if call.program == "cd":
            target = call.words[0] if call.words else None
            if target in (None, "-", "") or command.nesting or command.operator_after in ("|", "|&", "&"):
                return Calls((), "it changes its folder to one that can't be known")
            workdir = paths.joined(workdir, target or "")
    return Calls(tuple(found))


def json_commands(instruction: Instruction) -> Script:
    """The command of a RUN in JSON form, or the commands that it has a shell run."""
    arguments = instruction.arguments or ()
    if len(arguments) == 3 and arguments[0].rpartition("/")[2] in _SHELLS and arguments[1] in ("-c", "-ec", "-exc"):
        return scan(arguments[2])
    words = tuple(Word(argument, 0, 0, argument) for argument in arguments)
    return Script((Command((), words, (), 0, 0, "", "", ()),))


def _redirects_blocks(script: InstructionScript) -> bool:
    """Whether a loop, a group or a condition may have redirections of its own, which no command shows."""
    if not any(_BLOCKS.intersection(command.nesting) for command in script.commands):
        return False
    known = {place for command in script.commands for one in command.redirects for place in range(one.start, one.end)}
    words = {word.start for command in script.commands for word in (*command.assignments, *command.words)}
    return any(
        start not in words and start not in known and not {"<", ">"}.isdisjoint(script.text[start:end])
        for start, end in script.parts()
    )


def _assigned(commands: tuple[Command, ...]) -> frozenset[str]:
    names = {word.text.partition("=")[0].rstrip("+") for command in commands for word in command.assignments}
    for command in commands:
        if command.words and command.words[0].value in _EXPORTS:
            names.update(word.text.partition("=")[0] for word in command.words[1:])
    return frozenset(names)


def _call(command: Command, state: State, workdir: str, assigned: frozenset[str]) -> Call:
    def value(word: Word) -> str | None:
        return word.value if "for" in command.nesting else paths.value(word, state, assigned)

    run = _invocation(command)
    files = [
        redirect
        for redirect in command.redirects
        if redirect.operator not in _HEREDOCS and not (redirect.target.value or "").isdigit()
    ]
    settings = run.assignments if run else command.assignments
    if run and run.program == "export":
        settings = (*settings, *run.arguments)
    return Call(
        program=run.program if run else "",
        started=tuple(value(word) or word.text.strip('"') for word in _up_to(command, run.name)) if run else (),
        words=tuple(value(word) for word in run.arguments) if run else (),
        files=tuple(value(redirect.target) for redirect in files),
        writes=tuple(value(redirect.target) for redirect in files if redirect.operator not in ("<", "<&")),
        settings=tuple(_setting(word, value) for word in settings),
        workdir=workdir,
        install=install(run, value) if run else None,
        is_piped=command.operator_before in ("|", "|&"),
        is_empty=not command.words,
    )


def _invocation(command: Command) -> Invocation | None:
    run = invocation(command)
    inner = within_environment(run) if run else None
    return invocation(command._replace(words=inner)) if inner else run


def _up_to(command: Command, name: Word) -> tuple[Word, ...]:
    last = next(index for index, word in enumerate(command.words) if word is name)
    return command.words[: last + 1]


def _setting(word: Word, value: Callable[[Word], str | None]) -> tuple[str, str | None]:
    name, _, text = (value(word) or word.text).partition("=")
    return name, text if value(word) is not None else None

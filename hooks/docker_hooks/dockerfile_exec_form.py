"""Writes CMD and ENTRYPOINT in JSON form, so that the program itself gets the signal that stops its container.

In shell form Docker starts `/bin/sh -c`, and it depends on that shell whether SIGTERM reaches the program. A command
of plain words alone is written as JSON; one that needs the shell is only reported, and not where `exec` hands over to
the program. Says also where CMD and ENTRYPOINT don't fit together, and where what looks like JSON is none.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence

from docker_hooks import run
from docker_hooks.dockerfile import images
from docker_hooks.dockerfile.edits import Edit, words
from docker_hooks.dockerfile.known_images import KnownImage
from docker_hooks.dockerfile.options import names
from docker_hooks.dockerfile.place import new_words
from docker_hooks.dockerfile.programs import SHELLS, takes_script
from docker_hooks.dockerfile.reader import Dockerfile, Instruction, Rejected, read_lines
from docker_hooks.dockerfile.regex import regex
from docker_hooks.dockerfile.script import InstructionScript
from docker_hooks.dockerfile.shell import Command, Word
from docker_hooks.dockerfile.stages import Stage, base_images, lineage
from docker_hooks.dockerfile.starts import Start, images_started, started_script, starts
from docker_hooks.dockerfile.values import NamedTuple
from docker_hooks.entry_point import entry_point
from docker_hooks.finding import Finding
from docker_hooks.project.copied import read_started
from docker_hooks.subject import Subject

TYPE_CHECKING = False
if TYPE_CHECKING:
    from docker_hooks.project.executables import Executables

ID = "dockerfile-exec-form"
HOOK_RULES = ("DL3025", "JSONArgsRecommended")

# What no shell changes: no quote, no expansion, no pattern.
_PLAIN = regex(r"[\w@%+=:,./-]+")
_VARIABLES = regex(r"[\w$\{}\"./-]+")
_QUOTED = regex(r"'[^']*'|\"[^\"]*\"|\\.")
_PATTERN = regex(r"[*?\[~]")
# What the shell does itself (POSIX 2.14 and 1.6, the manuals of dash and bash): no other program needs the signal.
_BUILTINS = names(
    ". : [ alias bg break builtin caller cd command complete continue declare dirs disown echo enable eval exit "
    "export false fc fg getopts hash history jobs kill local logout mapfile popd printf pushd pwd read readarray "
    "readonly return set shift shopt source suspend test time times trap true type typeset ulimit umask unalias "
    "unset wait"
)
_SHELLS = SHELLS | {"ksh"}
_PIPES = ("|", "|&")
_MOST_PROGRAMS = 100
# Programs that start what is written behind them and their options, which begin with "-" ...
_STARTERS = frozenset(("catatonit", "docker-init", "dumb-init", "env", "nice", "nohup", "tini", "tini-static"))
# ... behind a user ...
_STARTERS_AS_USER = frozenset(("gosu", "su-exec"))
# ... and behind `run`, as in `conda run --name env`.
_RUNNERS = frozenset(("conda", "mamba", "micromamba", "pdm", "pipenv", "poetry"))
_RUNNER_VALUES = frozenset(("-n", "--name", "-p", "--prefix", "--cwd"))
_PYTHON = regex(r"python[0-9.]*")
_PYTHON_FLAG = regex(r"-[bBdEiIOPqsSuvx]+")
# An entrypoint script that ends in what it was given, and doesn't look at it before.
_HANDS_OVER = regex(r'^\s*exec\s+(?:(?:gosu|su-exec|setpriv|tini|dumb-init)\b[^"\n]*\s)?"\$@"', re.MULTILINE)
_LOOKS_AT_ARGUMENTS = regex(r"\$\{?[0-9#*]|\bshift\b")
_ARGUMENTS = regex(r"\$\{?[0-9@*#]")
# `[` begins JSON that is none, and not the program `[`: quotes or words, with commas between them.
_WOULD_BE_JSON = regex(r"\[(?!\[)(?:[^\s\]]|\s*['\"\u2018-\u201f][^,]*,)")


class _RefusedError(Exception):
    """The mend can't be shown to be right; the text says why."""


class _Programs:
    """Reads programs that the file copies; so many of them, that a file of nothing else costs little."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self._left = _MOST_PROGRAMS

    def read(self, stage: Stage, program: str) -> str | None:
        """The text of a program that a stage starts; None where it can't be read."""
        self._left -= 1
        if self._left < 0:
            return None
        return read_started(self._subject, lineage(self._subject.stages, stage), program, stage.end.workdir)


class _Case(NamedTuple):
    """A CMD or ENTRYPOINT in shell form, the stage it stands in, its base image, and what starts with it.

    `ends` are the stages whose images start so, one for each of `starts`.
    """

    subject: Subject
    programs: _Programs
    executables: Executables
    instruction: Instruction
    stage: Stage
    image: KnownImage | None
    starts: tuple[Start, ...]
    ends: tuple[Stage, ...]

    def takers(self) -> Iterator[tuple[Instruction, tuple[str, ...]]]:
        """The ENTRYPOINTs that take this CMD for arguments of their own, with their words."""
        for one in self.starts:
            entrypoint = one.entrypoint if one.command is self.instruction else None
            if entrypoint is not None and not _starts_what_follows(self, entrypoint.arguments or ()):
                yield entrypoint, entrypoint.arguments or ()

    def started_in(self) -> Iterator[Stage]:
        """The stages whose images start the program that it names: not where an ENTRYPOINT takes it for an argument."""
        takers = {entrypoint.start for entrypoint, _ in self.takers()}
        for one, end in zip(self.starts, self.ends, strict=True):
            if one.entrypoint is None or one.entrypoint.start not in takers:
                yield end

    def read_program(self, program: str) -> str | None:
        """The text of a program that the file copies; None where it can't be read."""
        return self.programs.read(self.stage, program)


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for each CMD and ENTRYPOINT in force that is in shell form without need, or that is ignored."""
    stages = subject.stages
    at_end = starts(stages)
    started: dict[int, list[tuple[Start, Stage]]] = {}
    for last in images_started(stages):
        one = at_end[last.number]
        for instruction in one.heeded:
            started.setdefault(instruction.start, []).append((one, last))
    shell_forms = [
        (instruction, stage, base)
        for stage, base in zip(stages, base_images(stages), strict=True)
        for instruction in stage.instructions
        if instruction.start in started and not instruction.json and instruction.value
    ]
    if not shell_forms:
        return
    from docker_hooks.project.executables import Executables

    programs, executables = _Programs(subject), Executables(subject)
    for instruction, stage, base in shell_forms:
        image = images.known(images.parse(base or ""))
        if image is None or image.family != "windows":
            found, ends = zip(*started[instruction.start], strict=True)
            yield from _findings(_Case(subject, programs, executables, instruction, stage, image, found, ends))


@entry_point
def main(argv: Sequence[str]) -> int:
    """The command `dockerfile-exec-form`."""
    return run.run(run.Hook(ID, check, HOOK_RULES), run.options(argv, ID, __doc__))


def _findings(case: _Case) -> Iterator[Finding]:
    name, line = case.instruction.name, case.instruction.start_line
    if case.instruction.value.startswith("[") and _WOULD_BE_JSON.match(case.instruction.value):
        message = f"{name} looks like JSON and is none, so that a shell runs it as it stands"
        yield Finding(line, message, advice=_why_no_json(case.instruction.value))
        return
    script = case.subject.script(case.instruction)
    if script.reason:
        return
    ignored = next((one.command for one in case.starts if one.entrypoint is case.instruction and one.command), None)
    if ignored is not None:
        if not _ARGUMENTS.search(script.text):
            message = f"ENTRYPOINT in shell form ignores the CMD in line {ignored.start_line}"
            yield Finding(line, message, advice="write ENTRYPOINT as JSON if CMD is its arguments, else leave CMD out")
        return
    # Who sets SHELL chooses shell form with it (BuildKit's JSONArgsRecommended takes it so too).
    if case.subject.state(case.instruction).shell or (case.image is not None and case.image.shell):
        return
    command = _last_started(script)
    if command is not None:
        yield _finding(case, script, command)


def _finding(case: _Case, script: InstructionScript, command: Command) -> Finding:
    """What is to be said of `command`, which a shell starts."""
    name, program = case.instruction.name, _program(command.words[0])
    if len(program.split()) > 1:
        message = f"{name} is all in quotes, so that a shell looks for a program of that name"
        return Finding(case.instruction.start_line, message, advice=f'write {name} ["program", "argument", ...]')
    message = f"{name} in shell form: a shell starts {program}, and may not hand on the signal that stops it"
    is_plain = len(_commands(script)) == 1 and _is_plain(command)
    advice = f'write {name} ["{program}", ...]' if is_plain else _by_hand(name, script, command, program)
    refusal = ""
    for entrypoint, entry_words in case.takers():
        message = "CMD in shell form: the ENTRYPOINT gets /bin/sh -c as arguments"
        if _takes_script(entry_words):
            advice = f'that shell takes all of it in one word: write CMD ["{_with_exec(script, command, program)}"]'
            return Finding(case.instruction.start_line, message, advice)
        advice = f'write CMD ["{program}", ...]' + ("" if is_plain else ": no shell reads what it holds")
        if not _can_but_take(entry_words, command.words[0].text):
            refusal = f"what the ENTRYPOINT in line {entrypoint.start_line} makes of its arguments isn't known"
    finding = Finding(case.instruction.start_line, message, advice)
    if not refusal and not is_plain:
        return finding
    try:
        if refusal:
            raise _RefusedError(refusal)
        return _mended(case, finding, script, command)
    except _RefusedError as reason:
        return finding._replace(advice=f"{finding.advice} (not mended: {reason})")


def _program(word: Word) -> str:
    """The word that names a program as it may be shown: a substitution could hold anything."""
    if word.value is not None:
        return word.value
    return word.text if _VARIABLES.fullmatch(word.text) else "program"


def _why_no_json(value: str) -> str:
    if any("\u2018" <= character <= "\u201f" for character in value):
        return "its quotes are typographic ones, as copied out of a rendered page"
    if "]" in value and not value.endswith("]"):
        return "nothing may follow the ]; a comment stands on a line of its own"
    if "'" in value:
        return "JSON knows double quotes alone"
    return "JSON wants each word in double quotes, with commas between them and none behind the last"


def _last_started(script: InstructionScript) -> Command | None:
    """The command that the shell waits for in the end; None where it is the shell's own, or gets the signals."""
    commands = _commands(script)
    if not commands or any(command.words and command.words[0].value == "trap" for command in commands):
        return None
    index = len(commands) - 1
    if commands[index].operator_after == "&":
        return None
    while index and commands[index].operator_before in _PIPES:
        index -= 1
    command = commands[index]
    if any(command.nesting for command in commands[index:]) or not command.words:
        return None
    return None if command.words[0].value in ("exec", *_BUILTINS) else command


def _commands(script: InstructionScript) -> list[Command]:
    """The commands of a script without those that stand within words, in substitutions."""
    return [command for command in script.commands if command.nesting[:1] != ("$(",)]


def _is_plain(command: Command) -> bool:
    """Whether the command is words alone that no shell changes."""
    if command.assignments or command.redirects or command.operator_after:
        return False
    return all(word.value == word.text and _PLAIN.fullmatch(word.text) for word in command.words)


def _by_hand(name: str, script: InstructionScript, command: Command, program: str) -> str:
    """How to write what needs the shell so that the program gets the signals. No word but the program's is shown."""
    if command.operator_after in _PIPES:
        return (
            "the shell waits for all of a pipeline: leave the pipe out, or start it from a script that handles signals"
        )
    if command.assignments:
        return f'set the variables with ENV, and write {name} ["{program}", ...]'
    if len(_commands(script)) == 1 and not command.redirects and all(_is_known(word) for word in command.words):
        return f'write {name} ["{program}", ...], each word in double quotes as the program is to get it'
    written = _with_exec(script, command, program)
    return f'put exec before it: {name} {written}, or {name} ["sh", "-c", "{written}"]'


def _with_exec(script: InstructionScript, command: Command, program: str) -> str:
    """The outline of a script that hands over to a command in the end."""
    joint = command.operator_before if command.operator_before in ("&", ";") else "&&"
    before = "" if len(_commands(script)) == 1 else f"... {joint} "
    return f"{before}exec {program} ..."


def _is_known(word: Word) -> bool:
    """Whether the word is what it says once its quotes are taken off."""
    return word.value is not None and not _PATTERN.search(_QUOTED.sub("", word.text))


def _mended(case: _Case, finding: Finding, script: InstructionScript, command: Command) -> Finding:
    """The finding with the edit that mends it. Raises _RefusedError."""
    instruction, dockerfile = case.instruction, case.subject.dockerfile
    if dockerfile.comments_within(instruction.start, instruction.end) or script.text[command.end :].strip():
        raise _RefusedError("a comment stands within it")
    if case.image is None:
        raise _RefusedError("whether its base image has a SHELL of its own isn't known")
    is_base_entrypoints = instruction.name == "CMD" and any(one.entrypoint is None for one in case.starts)
    if case.image.ruled_by == "entrypoint" and is_base_entrypoints:
        raise _RefusedError("the base image's ENTRYPOINT looks at what it is to start")
    for stage in case.started_in():
        if why_not := case.executables.why_not(stage, command.words[0].text):
            raise _RefusedError(why_not)
    written = _as_json(dockerfile, script, command)
    text = f"{instruction.name} {written}"
    if _arguments(text, dockerfile.escape) != tuple(word.text for word in command.words):
        raise _RefusedError("it can't be written as JSON")
    start, end = script.span(command.start, command.end)
    return finding._replace(
        done="written as JSON",
        edits=(Edit(start, end, written),),
        adds=new_words(text, dockerfile.escape)[1:],
        drops=words(instruction, dockerfile.text)[1:],
    )


def _arguments(text: str, escape: str) -> tuple[str, ...] | None:
    """The words of an instruction in JSON form; None where Docker takes it for another, or for none."""
    try:
        instruction = read_lines(text, escape).instructions[0]
    except Rejected:
        return None
    return instruction.arguments if instruction.json else None


def _as_json(dockerfile: Dockerfile, script: InstructionScript, command: Command) -> str:
    """A plain command as a JSON array; what stands between its words, blanks and continuations, is left as it is."""
    parts: list[str] = []
    at = script.span(command.start, command.end)[0]
    for word in command.words:
        start, end = script.span(word.start, word.end)
        parts += (dockerfile.text[at:start], "[" if word is command.words[0] else "")
        # No character of a plain word needs escaping, so that json is spared, which takes long to load.
        parts += (f'"{word.text}"', "]" if word is command.words[-1] else ",")
        at = end
    return "".join(parts)


def _starts_what_follows(case: _Case, entrypoint: Sequence[str]) -> bool:
    """Whether an ENTRYPOINT of these words starts the program that is written behind them, whatever it is."""
    words = list(entrypoint)
    while words:
        name, *rest = posixpath.basename(words[0]), *words[1:]
        if name in _STARTERS_AS_USER or (name in _RUNNERS and rest[:1] == ["run"]):
            del rest[:1]
        elif name not in _STARTERS:
            script = started_script(words)
            text = case.read_program(script) if script is not None and len(words) == 1 else None
            return text is not None and bool(_HANDS_OVER.search(text)) and not _LOOKS_AT_ARGUMENTS.search(text)
        while rest and rest[0].startswith("-"):
            rest = rest[2:] if name in _RUNNERS and rest[0] in _RUNNER_VALUES else rest[1:]
        words = rest
    return True


def _takes_script(entrypoint: Sequence[str]) -> bool:
    """Whether it is a shell that takes the next word for its script, and further ones for that script's arguments."""
    names = {posixpath.basename(word) for word in entrypoint}
    return not _SHELLS.isdisjoint(names) and takes_script(entrypoint[-1])


def _can_but_take(entrypoint: Sequence[str], first: str) -> bool:
    """Whether words that begin with `first` can be nothing else than the ENTRYPOINT's own arguments.

    No shell runs a program whose name begins with "-", and a Python given /bin/sh to run fails.
    """
    names = [posixpath.basename(word) for word in entrypoint]
    if first.startswith("-"):
        return _SHELLS.isdisjoint(names)
    is_python = bool(_PYTHON.fullmatch(names[0])) and all(_PYTHON_FLAG.fullmatch(word) for word in entrypoint[1:])
    return is_python and first.endswith(".py")

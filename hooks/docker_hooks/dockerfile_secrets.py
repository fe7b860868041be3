"""Says where a Dockerfile puts secrets into an image, its history, or itself. It never prints the value of one.

Looked at: ARG and ENV by the names of their variables; tokens, private keys and credentials in URLs, wherever they
stand; what the commands of RUN, CMD and ENTRYPOINT assign and pass as options; COPY and ADD of files that hold secrets.
What stands in the file itself is said of every stage, what comes from outside only where the final image has it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence, Set
from functools import cached_property
from pathlib import Path

from docker_hooks import run
from docker_hooks.dockerfile.lines import line_at
from docker_hooks.dockerfile.paths import names_in
from docker_hooks.dockerfile.programs import invocation
from docker_hooks.dockerfile.reader import Instruction, pieces
from docker_hooks.dockerfile.secrets import (
    credentials,
    is_no_secret,
    is_placeholder,
    is_secret_name,
    known_words,
    may_be_in_commands,
    may_be_secret_name,
    without_variables,
)
from docker_hooks.dockerfile.shell import Command, Word
from docker_hooks.dockerfile.stages import lineage
from docker_hooks.dockerfile.values import NamedTuple
from docker_hooks.entry_point import entry_point
from docker_hooks.finding import Finding
from docker_hooks.project.reading import Missing, Unreadable, read_text
from docker_hooks.project.secret_files import SETTINGS, may_hold_secrets, secret_kind
from docker_hooks.subject import Subject

ID = "dockerfile-secrets"
HOOK_RULES = ("DL3064", "SecretsUsedInArgOrEnv")

_MOUNT = "hand it to the RUN that needs it by --mount=type=secret"
_START = f"set it when the container starts, or {_MOUNT}"
# Of a file: settings may come as variables too.
_START_FILE = "mount it when the container starts"
_START_SETTINGS = "hand it over when the container starts (docker run --env-file, env_file of Compose, or a mount)"
_CHANGE = "who has the file has it, so change it, and"
# Django wants a key even for steps of the build that make no use of it.
_WANT_ANY_KEY = ("manage.py", "django-admin")
# Programs whose --password asks for one, or whose --secret names one.
_ASKING = frozenset(("buildah", "createdb", "createuser", "docker", "pg_dump", "pg_restore", "podman", "psql"))
_SETTING = frozenset(("declare", "env", "export", "readonly", "typeset"))
# Of a password of fewer characters than these a part may be a word of another kind.
_LONG = 16
# Azure's App Service asks for this very password in its images.
_ASKED_FOR = "root:Docker!"
_LARGEST = 64 * 1024


class _Secret(NamedTuple):
    """Something to report, and from where to where it stands in the file."""

    start: int
    end: int
    message: str
    advice: str


class _Step(NamedTuple):
    """An instruction (an ONBUILD's own), and what there is to know of it.

    is_final: whether the final image has what it does
    declared: the ARGs declared before it
    guesses: words of the file that anyone would try as a password
    """

    subject: Subject
    instruction: Instruction
    is_final: bool
    declared: Set[str]
    guesses: Sequence[str]


def check(subject: Subject) -> Iterator[Finding]:
    """What is secret and would not stay so."""
    final = {
        instruction.start for stage in lineage(subject.stages, subject.stages[-1]) for instruction in stage.instructions
    }
    steps = subject.dockerfile.instructions
    context = _Context(subject)
    # What parts the texts is in no credential, so that there are some in a text only if there are in all together.
    together = "\n\0\n".join(text for step in steps for text, _ in _texts(step))
    has_credentials = next(credentials(together), None) is not None
    guesses = known_words([pair for step in steps for pair in _pairs(step.child or step)])
    last_run = max((step.start for step in steps if step.name == "RUN" and step.start in final), default=0)
    declared: set[str] = set()
    for instruction in steps:
        holder = instruction.child or instruction
        if holder.name == "FROM":
            declared.clear()
        said: set[tuple[int, str]] = set()
        step = _Step(subject, holder, instruction.start in final, declared, guesses)
        for secret in _secrets(step, context, has_credentials, is_read_later=instruction.start < last_run):
            line = line_at(subject.dockerfile.text, secret.start)
            if (line, secret.message) not in said:
                said.add((line, secret.message))
                yield Finding(line, secret.message, secret.advice)
        if holder.name == "ARG":
            declared.update(word.partition("=")[0] for word in holder.arguments or ())


@entry_point
def main(argv: Sequence[str]) -> int:
    """The command `dockerfile-secrets`."""
    return run.run(run.Hook(ID, check, HOOK_RULES), run.options(argv, ID, __doc__))


class _Context:
    """The build context, looked for when a file of it has to be read."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject

    @cached_property
    def _folders(self) -> tuple[Path, ...]:
        from docker_hooks.project.context import contexts_of

        return contexts_of(self._subject)

    def read(self, path: str) -> str | None:
        """What stands in a file of the context, "" for a folder of code; None where that can't be read."""
        for folder in self._folders:
            found = folder / path.lstrip("/")
            try:
                if found.is_dir():
                    return "" if any(entry.suffix == ".py" for entry in found.iterdir()) else None
                return read_text(found, Path(self._subject.root), _LARGEST)
            except Missing:
                continue
            except (OSError, ValueError, Unreadable):
                return None
        return None


def _secrets(step: _Step, context: _Context, has_credentials: bool, *, is_read_later: bool) -> Iterator[_Secret]:
    named = sorted(_variables(step) if step.instruction.name in ("ENV", "ARG") else _commands(step))
    yield from named
    starts = [secret.start for secret in named]
    for secret in _credentials(step) if has_credentials else ():
        index = bisect_right(starts, secret.start) - 1
        if index < 0 or named[index].end <= secret.start:
            yield secret
    if step.instruction.name in ("COPY", "ADD") and step.is_final:
        yield from _files(step, context, is_read_later)


def _variables(step: _Step) -> Iterator[_Secret]:
    """ENV and ARG by the names of their variables."""
    instruction = step.instruction
    pairs = _pairs(instruction)
    about = [_about_variable(step, name, value) for name, value in pairs]
    if not any(about):
        return
    places = [(piece.start, piece.end) for piece in pieces(instruction.value, step.subject.dockerfile.escape)]
    if len(places) != len(pairs):  # `ENV name value`
        places = [(0, len(instruction.value))]
    for said, place in zip(about, places, strict=False):
        if said is not None:
            yield _Secret(*instruction.span(*place), *said)


def _pairs(instruction: Instruction) -> list[tuple[str, str | None]]:
    """The variables that ENV and ARG set, each with its value, None where it comes from outside."""
    arguments = instruction.arguments or ()
    if instruction.name == "ENV":
        return [*zip(arguments[::3], arguments[1::3], strict=True)]
    if instruction.name == "ARG":
        return [(name, value if equals else None) for name, equals, value in (a.partition("=") for a in arguments)]
    return []


def _about_variable(step: _Step, name: str, value: str | None) -> tuple[str, str] | None:
    """The message and the advice about a variable that ENV or ARG sets, None where there is nothing to say."""
    if value is None:
        is_meant = step.is_final and is_secret_name(name)
        return (f"ARG {name} would leave a secret in the image's history", _MOUNT) if is_meant else None
    if not may_be_secret_name(name):
        return None
    if not step.declared.isdisjoint(names_in(value)):
        is_kept = step.is_final and step.instruction.name == "ENV"
        return (f"ENV {name} keeps a build argument as a secret in the image", _START) if is_kept else None
    known = step.subject.state(step.instruction).expand(value, step.subject.dockerfile.escape)
    if known is None:
        # A `$` in a secret that is written out, or a variable that the base image may set.
        rest = without_variables(value)
        known = rest if len(rest) >= _LONG else ""
    if is_no_secret(known, name, step.guesses):
        return None
    if step.instruction.name == "ENV":
        return f"ENV {name} holds a secret, in this file and in the image", f"{_CHANGE} {_START}"
    return f"ARG {name} has a secret as its default, in this file and in the image's history", f"{_CHANGE} {_MOUNT}"


def _commands(step: _Step) -> Iterator[_Secret]:
    """What the commands of RUN, CMD and ENTRYPOINT assign, and what they pass as options."""
    instruction = step.instruction
    if instruction.name not in ("RUN", "CMD", "ENTRYPOINT"):
        return
    if instruction.json:
        words = tuple(Word(argument, 0, 0, argument) for argument in instruction.arguments or ())
        place = instruction.span(0, len(instruction.value))
        for _, said in _about_command(instruction.name, Command((), words, (), 0, 0, "", "", ())):
            yield _Secret(*place, *said)
        return
    if not any(may_be_in_commands(text) for text, _ in _texts(instruction)):
        return
    script = step.subject.script(instruction)
    for command, follower in zip(script.commands, (*script.commands[1:], None), strict=False):
        for word, said in (*_about_command(instruction.name, command), *_about_account(command, follower)):
            yield _Secret(*script.span(word.start, word.end), *said)


def _about_account(command: Command, follower: Command | None) -> Iterator[tuple[Word, tuple[str, str]]]:
    """The password that `echo 'root:hunter2' | chpasswd` sets."""
    call = invocation(follower) if follower is not None and command.operator_after == "|" else None
    if call is not None and call.program == "chpasswd" and command.words:
        word = command.words[-1]
        user, colon, password = (word.value or "").partition(":")
        # One that everyone tries is no secret, but lets everyone in; nobody means one that is the user's name.
        if colon and password != user and not is_placeholder(password) and word.value != _ASKED_FOR:
            message = "RUN sets an account's password to one that stands in this file"
            yield word, (message, "leave the account without a password, and change this one")


def _about_command(name: str, command: Command) -> Iterator[tuple[Word, tuple[str, str]]]:
    """The words of a command that hold secrets, each with message and advice."""
    call = invocation(command)
    advice = f"{_CHANGE} {_MOUNT if name == 'RUN' else _START}"
    settings = [*command.assignments, *(call.assignments if call is not None else ())]
    if call is not None and call.program in _SETTING:
        settings += call.arguments
    for word in dict.fromkeys(settings):
        variable, equals, value = (word.value or "").partition("=")
        if not (equals and may_be_secret_name(variable)) or is_no_secret(value, variable):
            continue
        if not any(program in word.text for word in command.words for program in _WANT_ANY_KEY):
            yield word, (f"{name} sets {variable} to a secret that stands in this file", advice)
    if call is None or call.program in _ASKING:
        return
    followers = (*call.arguments[1:], None)
    for word, follower in zip(call.arguments, followers, strict=False):
        option, equals, value = (word.value or "").partition("=")
        if not option.startswith("-"):
            continue
        holder = word
        if not equals and follower is not None:
            holder, value = follower, follower.value or ""
        if _is_secret_option(call.program, option, value):
            yield holder, (f"{name} passes a secret that stands in this file as {option}", advice)


def _is_secret_option(program: str, option: str, value: str) -> bool:
    """Whether an option of a program passes a secret: `--password hunter2`, curl's `-u me:hunter2`."""
    if program == "curl" and option in ("-u", "--user"):
        _, colon, password = value.partition(":")
        return bool(colon) and not is_no_secret(password)
    is_named = option.startswith("--") and is_secret_name(option.rpartition(".")[2])
    return is_named and not value.startswith("-") and not is_no_secret(value, option)


def _credentials(step: _Step) -> Iterator[_Secret]:
    """Tokens, private keys and credentials in URLs, wherever in an instruction they stand."""
    instruction = step.instruction
    for text, place_of in _texts(instruction):
        for credential in credentials(text, step.guesses):
            place = place_of(credential.start)
            if not credential.variables:
                yield _Secret(place, place + 1, f"{credential.kind} in this file", f"{_CHANGE} {_MOUNT}")
                continue
            passed = credential.variables & step.declared
            if step.is_final and passed and instruction.name == "ENV":
                message = f"ENV keeps {credential.kind} in the image, from a build argument"
                yield _Secret(place, place + 1, message, _START)
            # An ARG that is a secret by its name has been spoken of already.
            elif step.is_final and instruction.name == "RUN" and any(not is_secret_name(name) for name in passed):
                message = f"RUN takes {credential.kind} from a build argument, which stays in the image's history"
                yield _Secret(place, place + 1, message, _MOUNT)


def _texts(instruction: Instruction) -> Iterator[tuple[str, Callable[[int], int]]]:
    """The texts of an instruction, each with what gives the place in the file of a character in it."""
    yield instruction.joined.text, instruction.joined.place
    for heredoc in instruction.heredocs:
        yield heredoc.content, heredoc.start.__add__


def _files(step: _Step, context: _Context, is_read_later: bool) -> Iterator[_Secret]:
    """Files of the build context that hold secrets. `is_read_later`: a RUN stands behind, which may read them."""
    instruction = step.instruction
    if instruction.flag("from") is not None:
        return
    state = step.subject.state(instruction)
    for source in (instruction.arguments or ())[:-1]:
        path = state.expand(source, step.subject.dockerfile.escape)
        if not path or "://" in path or "<<" in path or not may_hold_secrets(path):
            continue
        kind = secret_kind(path, context.read(path))
        if kind is not None:
            place = (instruction.start, instruction.start + 1)
            message = (
                f"{instruction.name} brings {path} into the image, and {kind} with it, even if it is deleted later"
            )
            start = _START_SETTINGS if kind == SETTINGS else _START_FILE
            yield _Secret(*place, message, f"{_MOUNT}, or {start}" if is_read_later else start)

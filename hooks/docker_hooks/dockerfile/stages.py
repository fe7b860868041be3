"""The build stages of a Dockerfile, and what is in force at each instruction.

A stage begins with FROM and inherits the user, environment, working directory and shell of the stage it builds
on. What can't be known from the file (an ARG without default, a variable of the base image) is None.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence

from docker_hooks.dockerfile.lexer import LexError, lex
from docker_hooks.dockerfile.reader import Dockerfile, Instruction
from docker_hooks.dockerfile.values import NamedTuple

# A file whose ENV and ARG lines are more than this is not followed further back; its values count as unknown.
_FARTHEST = 500
# Linux takes no path that is longer (PATH_MAX).
LONGEST_PATH = 4096


class Scope(NamedTuple):
    """Names set by ENV or ARG, newest first: a linked list, so that a state costs no copy."""

    names: dict[str, str | None]
    outer: Scope | None

    def get(self, name: str) -> tuple[bool, str | None]:
        """Whether `name` is set, and its value (None: set to what can't be known)."""
        scope: Scope | None = self
        for _ in range(_FARTHEST):
            if scope is None:
                return False, None
            if name in scope.names:
                return True, scope.names[name]
            scope = scope.outer
        return True, None

    def known(self) -> dict[str, str]:
        """The names whose values are known; of an overlong scope the newest alone."""
        names: dict[str, str | None] = {}
        scope: Scope | None = self
        for _ in range(_FARTHEST):
            if scope is None:
                break
            names = {**scope.names, **names}
            scope = scope.outer
        return {name: value for name, value in names.items() if value is not None}


EMPTY = Scope({}, None)


class User(NamedTuple):
    """A USER in force: its value (None where it can't be known) and the instruction that set it."""

    value: str | None
    instruction: Instruction


class State(NamedTuple):
    """What is in force before an instruction.

    `user` is None where the base image's own is in force. `workdir` is an absolute path, None where it depends on
    the base image. `shell` is None for the default, `("/bin/sh", "-c")` on Linux.
    """

    user: User | None = None
    workdir: str | None = None
    environment: Scope = EMPTY
    arguments: Scope = EMPTY
    shell: tuple[str, ...] | None = None

    def value(self, name: str) -> tuple[bool, str | None]:
        """Whether ENV or ARG sets `name`, and to what; ENV wins over ARG, as in BuildKit."""
        found, value = self.environment.get(name)
        return (found, value) if found else self.arguments.get(name)

    def expand(self, text: str, escape: str = "\\") -> str | None:
        """`text` with quotes removed and variables replaced; None where a value can't be known."""
        return _expand(text, self, escape)


class Stage(NamedTuple):
    """A build stage.

    `number` counts from 0, as for `--from`. `image` is what FROM names with its variables replaced (None where they
    can't be known), `parent` the number of the earlier stage that it builds on. `instructions` begins with FROM;
    `states` holds the state before each of them, `end` the state the stage leaves.
    """

    number: int
    name: str | None
    image: str | None
    parent: int | None
    instructions: tuple[Instruction, ...]
    states: tuple[State, ...]
    end: State

    @property
    def start(self) -> Instruction:
        """The stage's FROM."""
        return self.instructions[0]


def read_stages(dockerfile: Dockerfile) -> tuple[Stage, ...]:
    """The stages in their order; instructions before the first FROM belong to none."""
    escape = dockerfile.escape
    groups: list[list[Instruction]] = []
    global_state = State()
    for instruction in dockerfile.instructions:
        if instruction.name == "FROM":
            groups.append([instruction])
        elif groups:
            groups[-1].append(instruction)
        elif instruction.name == "ARG":
            global_state = _after_argument(global_state, instruction, EMPTY, escape)
    stages: list[Stage] = []
    numbers: dict[str, int] = {}
    # What builds on a stage begins with: the state after the triggers that the stage leaves.
    inherited: dict[int, State] = {}
    images = _images([group[0] for group in groups], global_state.arguments, escape)
    for group, image in zip(groups, images, strict=True):
        words = group[0].arguments or ()
        parent = numbers.get(image.lower()) if image is not None else None
        state = State()
        if parent is not None and parent not in inherited:
            # A trigger is spent on the stage that builds on it, and not handed on to the next.
            state = stages[parent].end._replace(arguments=EMPTY)
            for instruction in stages[parent].instructions:
                if instruction.child is not None:
                    state = _after(state, instruction.child, global_state.arguments, escape)
            inherited[parent] = state
        elif parent is not None:
            state = inherited[parent]
        states = []
        for instruction in group:
            states.append(state)
            state = _after(state, instruction, global_state.arguments, escape)
        name = words[2].lower() if len(words) == 3 else None
        number = len(stages)
        stages.append(Stage(number, name, image, parent, tuple(group), tuple(states), state))
        if name is not None:
            numbers[name] = number
    return tuple(stages)


def find(stages: Sequence[Stage], reference: str | None) -> Stage | None:
    """The stage that `--from` or `--target` names, by name or number; None where it is an image or unknown."""
    if reference is None:
        return None
    number = _number(reference, {stage.name: stage.number for stage in stages if stage.name is not None})
    return stages[number] if number is not None and number < len(stages) else None


def _number(reference: str, named: Mapping[str, int]) -> int | None:
    """The number of a stage by its name, of those in `named`, or the number that it is referred to by."""
    if reference.isdecimal() and reference.isascii() and len(reference) < 9:
        return int(reference)
    return named.get(reference.lower())


def lineage(stages: Sequence[Stage], stage: Stage) -> tuple[Stage, ...]:
    """The stages whose layers the image of `stage` holds: the first is built on an image, the last is `stage`."""
    chain = [stage]
    while chain[-1].parent is not None:
        chain.append(stages[chain[-1].parent])
    return tuple(reversed(chain))


def base_images(stages: Sequence[Stage]) -> tuple[str | None, ...]:
    """The image below each stage: what FROM names in the first of the stages that it builds on."""
    found: list[str | None] = []
    for stage in stages:
        found.append(stage.image if stage.parent is None else found[stage.parent])
    return tuple(found)


def sources(stages: Sequence[Stage]) -> tuple[frozenset[int], ...]:
    """Numbers of the stages that each stage copies or mounts files from."""
    found: list[frozenset[int]] = []
    numbers: dict[str, int] = {}
    for stage in stages:
        origins = (_number(name, numbers) for instruction in stage.instructions for name in _origins(instruction))
        found.append(frozenset(number for number in origins if number is not None and number < stage.number))
        if stage.name is not None:
            numbers[stage.name] = stage.number
    return tuple(found)


def _origins(instruction: Instruction) -> Iterator[str]:
    """What the flags of an instruction name to copy or mount from."""
    for flag in (instruction.child or instruction).flags:
        if flag.startswith("--from="):
            yield flag[len("--from=") :]
        elif flag.startswith("--mount="):
            options = flag[len("--mount=") :].split(",")
            yield from (option[len("from=") :] for option in options if option.startswith("from="))


def _after(state: State, instruction: Instruction, outer: Scope, escape: str) -> State:
    name = instruction.name
    arguments = instruction.arguments or ()
    if name == "ENV":
        values = {
            _expand(key, state, escape) or key: _expand(value, state, escape)
            for key, value in zip(arguments[::3], arguments[1::3], strict=True)
        }
        return state._replace(environment=Scope(values, state.environment))
    if name == "ARG":
        return _after_argument(state, instruction, outer, escape)
    if name == "USER" and arguments:
        return state._replace(user=User(_expand(arguments[0], state, escape), instruction))
    if name == "WORKDIR" and arguments:
        path = _expand(arguments[0], state, escape)
        if path is None or (not path.startswith("/") and state.workdir is None):
            return state._replace(workdir=None)
        workdir = posixpath.normpath(posixpath.join(state.workdir or "/", path))
        return state._replace(workdir=workdir if len(workdir) <= LONGEST_PATH else None)
    if name == "SHELL" and instruction.json and arguments:
        return state._replace(shell=arguments)
    return state


def _after_argument(state: State, instruction: Instruction, outer: Scope, escape: str) -> State:
    values: dict[str, str | None] = {}
    for word in instruction.arguments or ():
        name, equals, default = word.partition("=")
        if equals:
            values[name] = _expand(default, state, escape)
        else:
            found, value = outer.get(name)
            if found:
                values[name] = value
    return state._replace(arguments=Scope(values, state.arguments)) if values else state


class _Values:
    """The values in force, as the lexer asks for them; notes whether one can't be known."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.unknown = False

    def get(self, name: str) -> str | None:
        found, value = self.state.value(name)
        self.unknown = self.unknown or (found and value is None)
        return value


def _expand(text: str, state: State, escape: str) -> str | None:
    if "$" not in text and not any(mark in text for mark in ("'", '"', escape)):
        return text
    values = _Values(state)
    try:
        lexed = lex(text, values, escape=escape)
    except LexError:
        return None
    return None if values.unknown or lexed.unset else lexed.text


def _images(starts: Sequence[Instruction], arguments: Scope, escape: str) -> list[str | None]:
    """What each FROM names, its variables replaced by the ARGs above the first FROM."""
    written = [(start.arguments or ("",))[0] for start in starts]
    if any("$" in image for image in written):
        from docker_hooks.dockerfile.variables import resolved_images

        return resolved_images(written, arguments.known(), escape)
    return [_expand(image, State(), escape) or None for image in written]

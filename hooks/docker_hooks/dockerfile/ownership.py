"""Whose the folders of an image are, as far as its Dockerfile tells.

What COPY and ADD bring is root's, whichever USER is in force, unless --chown says otherwise (Docker's reference,
"COPY --chown"). A WORKDIR that isn't there yet is made for the user in force, with the folders above it (BuildKit's
dispatchWorkdir).
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Mapping, Sequence

from docker_hooks.dockerfile import paths
from docker_hooks.dockerfile.known_images import Account
from docker_hooks.dockerfile.options import names
from docker_hooks.dockerfile.programs import invocation
from docker_hooks.dockerfile.reader import Instruction
from docker_hooks.dockerfile.regex import regex
from docker_hooks.dockerfile.script import InstructionScript
from docker_hooks.dockerfile.stages import LONGEST_PATH, Stage, State
from docker_hooks.dockerfile.users import is_root
from docker_hooks.dockerfile.values import NamedTuple

ScriptOf = Callable[[Instruction], InstructionScript]
# Of each folder the users whose it is made, by name, number or ANYONE, with the position of the step that does so.
Claims = Mapping[str, Mapping[str, int]]

# Directories of the system: to make one a user's own is no mend.
SYSTEM_FOLDERS = names(
    "/ /bin /boot /dev /etc /home /lib /lib64 /media /proc /root /run /sbin /sys /usr /usr/bin /usr/lib /usr/local "
    "/usr/local/bin /usr/local/lib /usr/share /usr/src /var /var/lib /var/log /var/run /var/www"
)
# What else every image has (Filesystem Hierarchy Standard), so that no WORKDIR makes it.
THERE = SYSTEM_FOLDERS | {"/mnt", "/opt", "/srv", "/tmp"}
# A user that a command hands a folder to, by words that only a running shell knows.
ANYONE = "*"

# Files that an install reads and nothing writes.
_MANIFEST = regex(
    r"(?:^|/)(?:[\w.*-]*requirements[\w.*-]*|constraints\.txt|pyproject\.toml|[\w.-]*\.lock\*?|Pipfile(?:\.lock)?\*?"
    r"|setup\.(?:py|cfg)|environment[\w.*-]*\.ya?ml)\Z"
)
# Programs to which it makes no difference whose the files around them are; git and those that call it are not.
_INDIFFERENT = names(
    "apk apt apt-get cat cd chmod conda echo export find ln ls mamba micromamba mkdir mv pip pip-sync rm set test "
    "true uv"
)
# Folders nest no deeper in a file that people wrote.
_DEEPEST = 64


class Step(NamedTuple):
    """An instruction, with what is in force before and behind it."""

    instruction: Instruction
    before: State
    after: State


def steps(chain: Sequence[Stage]) -> tuple[Step, ...]:
    """The instructions of stages that build on one another."""
    return tuple(
        Step(*step)
        for stage in chain
        for step in zip(stage.instructions, stage.states, (*stage.states[1:], stage.end), strict=True)
    )


def destination(instruction: Instruction, state: State) -> str | None:
    """Where a COPY or ADD puts its sources: an absolute path; None where that can't be known."""
    path = state.expand((instruction.arguments or ("",))[-1])
    if not path:
        return None
    if not path.startswith("/"):
        if state.workdir is None:
            return None
        path = posixpath.join(state.workdir, path)
    return posixpath.normpath(path)


def is_manifest(source: str) -> bool:
    """Whether a COPY's source is a file that an install reads and nothing writes, such as requirements.txt."""
    return source != "." and _MANIFEST.search(source) is not None


def claims(path: Sequence[Step], script_of: ScriptOf, default: Account | None) -> Claims:
    """What the steps make whose own. `default` is the base image's user, None where it isn't known.

    A folder becomes a user's own where the user makes it, by WORKDIR or by a command, and where chown or install say
    so. A WORKDIR changes nothing of what is there already.
    """
    found: dict[str, dict[str, int]] = {}
    there = set(THERE)
    for position, step in enumerate(path):
        name = step.instruction.name
        target: str | None = None
        made: list[tuple[str | None, str]] = []
        if name == "WORKDIR" and (workdir := step.after.workdir) is not None:
            target = workdir
            maker = _user(step.before, default)
            made = [(maker, folder) for folder in with_parents(workdir) if folder not in there]
        elif name in ("COPY", "ADD"):
            target = destination(step.instruction, step.before)
        elif name == "RUN":
            made = list(_made(step, script_of(step.instruction), _user(step.before, default)))
        for user, folder in made:
            if user is not None:
                found.setdefault(folder, {}).setdefault(user, position)
            there.update(with_parents(folder))
        if target is not None:
            there.update(with_parents(target))
    return found


def is_owned(found: Claims, account: Account, folder: str, before: int) -> bool:
    """Whether a folder is the account's own, home included, at position `before` of the steps."""
    users = found.get(folder, {})
    names = (account.name, str(account.uid), ANYONE)
    return folder == account.home or any(users.get(name, before) < before for name in names if name is not None)


def depends_on_owner(instruction: Instruction, script_of: ScriptOf) -> bool:
    """Whether what an instruction does may depend on whose the files are.

    git, for one, refuses to work in a repository of another user's, and installs of the project may ask git.
    """
    if instruction.name != "RUN":
        return False
    if instruction.json or script_of(instruction).reason:
        return True
    for command in script_of(instruction).commands:
        call = invocation(command)
        if call is None or call.program not in _INDIFFERENT:
            return True
        if any((word.value or ".").startswith((".", "/", "-e", "--editable", "git")) for word in call.arguments) and (
            call.program in ("pip", "uv")
        ):
            return True
    return False


def with_parents(folder: str) -> Iterator[str]:
    """A folder and those above it, the root left out; of one that nests too deep the innermost alone."""
    for _ in range(_DEEPEST):
        if folder in ("/", ""):
            return
        yield folder
        folder = posixpath.dirname(folder)


def _user(state: State, default: Account | None) -> str | None:
    """The user in force, by name or number; ANYONE where a variable hides it, None for root and for no one known."""
    if state.user is None:
        number = str(default.uid) if default is not None and default.uid is not None else None
        return None if default is None or default.uid == 0 else default.name or number
    if state.user.value is None:
        return ANYONE
    return None if is_root(state.user.value) else state.user.value.partition(":")[0]


def _made(step: Step, script: InstructionScript, user: str | None) -> Iterator[tuple[str | None, str]]:
    """The folders that a RUN makes or hands over, each with the user whose it becomes (None for root)."""
    if script.reason:
        if "chown" in script.text:
            named = (_absolute(step.before.expand(word), step.before.workdir) for word in script.text.split())
            yield from ((ANYONE, folder) for folder in named if folder is not None)
        return
    workdir = step.before.workdir
    for command in script.commands:
        call = invocation(command)
        if call is None:
            continue
        words = [paths.value(word, step.before, frozenset()) for word in call.arguments]
        if call.program == "cd":
            workdir = _absolute(words[0], workdir) if words else None
        owner, operands = _handed(call.program, words, user)
        for operand in operands:
            folder = _absolute(operand, workdir)
            if folder is not None:
                yield owner, folder


def _handed(program: str, words: Sequence[str | None], user: str | None) -> tuple[str | None, Sequence[str | None]]:
    """Whose it becomes what a command makes or hands over, and the words that name it."""
    operands = [word for word in words if word is None or not word.startswith("-")]
    if program == "chown" and operands:
        owner = operands[0].partition(":")[0] if operands[0] is not None else ANYONE
        return owner or None, operands[1:]
    if program == "install":
        owners = (words[at + 1] for at, word in enumerate(words[:-1]) if word in ("-o", "--owner"))
        return next(owners, user), operands
    if program == "mkdir":
        return user, operands
    if program in ("cp", "mv"):
        return user, operands[-1:]
    return user, operands[2:3] if program == "git" else ()


def _absolute(path: str | None, workdir: str | None) -> str | None:
    if not path or path.startswith("~") or (workdir is None and not path.startswith("/")):
        return None
    found = posixpath.normpath(posixpath.join(workdir or "/", path))
    return found if len(found) <= LONGEST_PATH else None

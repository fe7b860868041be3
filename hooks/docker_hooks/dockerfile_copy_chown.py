"""Gives what COPY and ADD bring under a non-root user to that user, with --chown.

USER changes nothing for COPY: what it brings is root's (Docker's reference, "COPY --chown"), and the program that
runs as the user can't write it. Looks at the final stage and those it builds on, for what goes into a folder of the
user in force: the home, a folder that the user makes, one that chown hands over. The group comes from USER, from the
command that creates the user, or from what is known of the base image.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence

from docker_hooks import run
from docker_hooks.dockerfile import images, paths
from docker_hooks.dockerfile.edits import Edit
from docker_hooks.dockerfile.known_images import Account, KnownImage
from docker_hooks.dockerfile.ownership import (
    SYSTEM_FOLDERS,
    Claims,
    Step,
    claims,
    depends_on_owner,
    destination,
    is_manifest,
    is_owned,
    steps,
    with_parents,
)
from docker_hooks.dockerfile.programs import Invocation, invocation
from docker_hooks.dockerfile.reader import Instruction
from docker_hooks.dockerfile.regex import regex
from docker_hooks.dockerfile.shell import Word
from docker_hooks.dockerfile.stages import LONGEST_PATH, State, User, lineage
from docker_hooks.dockerfile.users import created, created_group, is_root
from docker_hooks.dockerfile.values import NamedTuple
from docker_hooks.entry_point import entry_point
from docker_hooks.finding import Finding
from docker_hooks.subject import Subject

ID = "dockerfile-copy-chown"
HOOK_RULES = ()

_ADVICE = "give it to the user with --chown=user:group"
# Variables that base images document for --chown: docker-stacks' user guide ("Recipes"), micromamba-docker's README.
_DOCUMENTED = {"jovyan:users": ("NB_UID", "NB_GID"), "mambauser:mambauser": ("MAMBA_USER", "MAMBA_USER")}
_DOCUMENTED_USERS = regex(r"\$(\{)?(NB_UID|NB_USER|MAMBA_USER)(?(1)\})")
_PLAIN = r"[\w.-]+|\$\w+|\$\{\w+\}"
_SPELLED = regex(rf"({_PLAIN})(?::({_PLAIN}))?")
_WRITTEN_VARIABLE = regex(r"\"?(\$\w+|\$\{\w+\})\"?")
_HOME = regex(r"(?:\$HOME|\$\{HOME\})(?=/|\Z)")
_NUMBERS = regex(r"[0-9]+:[0-9]+")
# Programs that change whose files are, or what others may do with them; the last is docker-stacks' own.
_HANDING_OVER = regex(r"\b(?:chown|chgrp|chmod|fix-permissions)\b")


class _Created(NamedTuple):
    """A user that a RUN creates; in `written` the variables among its words stand as they are written."""

    account: Account
    written: Account


class _Users(NamedTuple):
    """What is known of the users of the image: those created, the groups created, those of the base image."""

    created: Mapping[str, _Created]
    groups: Mapping[str, int | None]
    image: KnownImage | None


class _Owner(NamedTuple):
    """The user in force, and what --chown takes for it; where that can't be known, `why_not` says so.

    `values` is what the variables in `chown` stand for when USER is read, "" where the base image alone knows.
    """

    account: Account
    chown: str
    values: str = ""
    why_not: str = ""

    @property
    def name(self) -> str:
        """How messages speak of the user."""
        return self.account.name or f"user {self.account.uid}"


class _Later(NamedTuple):
    """The positions of the last steps that hand over a folder, something in it, or nobody knows what."""

    folders: Mapping[str, int]
    contents: Mapping[str, int]
    unknown: int

    def handles(self, target: str, position: int) -> bool:
        """Whether a step behind `position` changes whose what was copied to `target` is."""
        whole = (self.folders.get(folder, -1) for folder in with_parents(target))
        return max(self.unknown, self.contents.get(target, -1), *whole) > position


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for each COPY and ADD that leaves root's files in a folder of the user in force."""
    chain = lineage(subject.stages, subject.stages[-1])
    image = images.known(images.parse(chain[0].image or ""))
    if image is not None and image.family == "windows":
        return
    path = steps(chain)
    if not any(_is_meant(step.instruction) for step in path):
        return
    if _base_owner(image) is None and all(step.before.user is None for step in path):
        return
    users = _users(subject, path, image)
    folders = claims(path, subject.script, image.runs_as if image is not None else None)
    later = _later(subject, path)
    last_dependent = _last_dependent(subject, path, users)
    for position, step in enumerate(path):
        copy = step.instruction
        if not _is_meant(copy):
            continue
        owner = _owner(step.before, users)
        target = _target(copy, step.before, image)
        if owner is None or target is None or later.handles(target, position):
            continue
        folder = _own_folder(folders, owner.account, target, position)
        if folder is None or (copy.flag("from") is not None and "bin" in target.split("/")):
            continue
        message = f"{copy.name} puts root's files into {folder}, which is {owner.name}'s own"
        finding = Finding(copy.start_line, message, _ADVICE)
        owner = _chown(subject, copy, owner, users)
        why_not = owner.why_not
        if not why_not and last_dependent > position:
            line = path[last_dependent].instruction.start_line
            why_not = f"line {line} works on the files as root and may depend on whose they are"
        if why_not:
            yield finding._replace(advice=f"{_ADVICE} (not mended: {why_not})")
            continue
        end = copy.start + len(copy.keyword)
        flag = f"--chown={owner.chown}"
        yield finding._replace(done=f"it is {owner.name}'s ({flag})", edits=(Edit(end, end, f" {flag}"),), adds=(flag,))


@entry_point
def main(argv: Sequence[str]) -> int:
    """The command `dockerfile-copy-chown`."""
    return run.run(run.Hook(ID, check, HOOK_RULES), run.options(argv, ID, __doc__))


def _is_meant(copy: Instruction) -> bool:
    """Whether an instruction copies files, by their names alone, and says nothing of whose they are."""
    if copy.name not in ("COPY", "ADD") or copy.heredocs:
        return False
    if copy.flag("chown") is not None or copy.flag("chmod") is not None:
        return False
    return not all(is_manifest(source) for source in (copy.arguments or ())[:-1])


def _target(copy: Instruction, state: State, image: KnownImage | None) -> str | None:
    """Where a COPY or ADD puts its sources, also where it names the home that the base image sets: `$HOME/app`."""
    target = destination(copy, state)
    home = _HOME.match((copy.arguments or ("",))[-1])
    if target is None and home is not None and image is not None and "HOME" in image.environment:
        rest = copy.arguments[-1][home.end() :] if copy.arguments else ""
        target = None if "$" in rest else posixpath.normpath(image.environment["HOME"] + rest)
    return target


def _own_folder(folders: Claims, account: Account, target: str, position: int) -> str | None:
    """The outermost folder of the user's own in which `target` lies."""
    own = [
        folder
        for folder in with_parents(target)
        if folder not in SYSTEM_FOLDERS and is_owned(folders, account, folder, position)
    ]
    return own[-1] if own else None


def _users(subject: Subject, path: Sequence[Step], image: KnownImage | None) -> _Users:
    made: dict[str, _Created] = {}
    groups: dict[str, int | None] = {}
    for step in path:
        if step.instruction.name != "RUN" or step.instruction.json or not step.instruction.mentions("add"):
            continue
        for command in subject.script(step.instruction).commands:
            call = invocation(command)
            if call is None or call.program not in ("useradd", "adduser", "groupadd", "addgroup"):
                continue
            known = _with_words(call, [paths.value(word, step.before, frozenset()) for word in call.arguments])
            account = created(known)
            group = created_group(known)
            if group is not None:
                groups[group[0]] = group[1]
            if account is None:
                continue
            written = created(_with_words(call, [_as_written(word) for word in call.arguments])) or account
            if not command.certain:
                account, written = account._replace(group=None), written._replace(group=None)
            for name in (account.name, account.uid):
                if name is not None:
                    made[str(name)] = _Created(account, written)
    return _Users(made, groups, image)


def _with_words(call: Invocation, values: Sequence[str | None]) -> Invocation:
    words = zip(call.arguments, values, strict=True)
    return call._replace(arguments=tuple(word._replace(value=value) for word, value in words))


def _as_written(word: Word) -> str | None:
    match = _WRITTEN_VARIABLE.fullmatch(word.text)
    return word.value if match is None else match[1]


def _owner(state: State, users: _Users) -> _Owner | None:
    """The user in force, None for root and where that can't be known."""
    if state.user is None:
        return _base_owner(users.image)
    if state.user.value is None:
        return _documented_owner(state.user, users.image)
    if is_root(state.user.value):
        return None
    name, _, group = state.user.value.partition(":")
    spelled = _SPELLED.fullmatch(_written(state.user))
    made = users.created.get(name)
    known = users.image.account(name) if users.image is not None else None
    number = int(name) if name.isdecimal() and len(name) < 10 else None
    account = Account(None if number is not None else name, number, None, None, None if number else f"/home/{name}")
    if made is not None:
        account = made.account
    elif known is not None:
        account = known
    if spelled is None:
        return _Owner(account, "", why_not="USER holds more than a plain variable")
    if group:
        is_there = made is not None or known is not None or number is not None or users.image is None
        why_not = "" if is_there else f"nothing here creates {name}"
        return _Owner(account, f"{spelled[1]}:{spelled[2]}", f"{name}:{group}", why_not)
    written = group = account.group or ("" if account.gid is None else str(account.gid))
    if made is not None and group:
        written = made.written.group or group
    elif name in users.groups:
        written = group = name
    if not group:
        return _Owner(account, "", why_not=f"the group of {account.name or name} isn't known")
    return _Owner(account, f"{spelled[1]}:{written}", f"{name}:{group}")


def _base_owner(image: KnownImage | None) -> _Owner | None:
    if image is None or image.is_root:
        return None
    account = image.runs_as
    name, group = account.name or account.uid, account.group or account.gid
    if name is None:
        return None
    if group is None:
        return _Owner(account, "", why_not=f"the group of {name} isn't known")
    return _Owner(account, f"{name}:{group}", f"{name}:{group}")


def _documented_owner(user: User, image: KnownImage | None) -> _Owner | None:
    """The base image's user, by a variable that the image sets: `USER ${NB_UID}`."""
    variable = _DOCUMENTED_USERS.fullmatch(_written(user))
    if variable is None or image is None:
        return None
    account = image.runs_as
    names = _DOCUMENTED.get(f"{account.name}:{account.group}", ())
    if not any(name.partition("_")[0] == variable[2].partition("_")[0] for name in names):
        return None
    return _Owner(account, ":".join(f"${{{name}}}" if variable[1] else f"${name}" for name in names))


def _written(user: User) -> str:
    return (user.instruction.arguments or ("",))[0].strip("\"'")


def _chown(subject: Subject, copy: Instruction, owner: _Owner, users: _Users) -> _Owner:
    """The owner with what --chown takes at this COPY: numbers where names are no good."""
    if owner.why_not:
        return owner
    if subject.dockerfile.text[copy.start : copy.start + len(copy.keyword)] != copy.keyword:
        return owner._replace(why_not="its keyword stands on two lines")
    if owner.values and subject.state(copy).expand(owner.chown) != owner.values:
        return owner._replace(why_not="the variables that name the user aren't in force here")
    if _NUMBERS.fullmatch(owner.values):
        return owner
    if copy.flag("link") in (None, "false"):
        is_scratch = users.image is not None and users.image.family == "scratch"
        return owner._replace(why_not="scratch knows no users by name") if is_scratch else owner
    # With --link the names of the image aren't there to be looked up (moby/buildkit#2987).
    name, _, group = owner.values.partition(":")
    account = owner.account
    uid = int(name) if name.isdecimal() else account.uid
    gid = int(group) if group.isdecimal() else users.groups.get(group)
    if gid is None and (not group or group == account.group):
        gid = account.gid
    if uid is None or gid is None:
        return owner._replace(why_not=f"--link takes numbers alone, and those of {owner.name} aren't known")
    return owner._replace(chown=f"{uid}:{gid}")


def _later(subject: Subject, path: Sequence[Step]) -> _Later:
    """What the steps hand over with chown, chmod and their like, whoever runs them."""
    folders: dict[str, int] = {}
    contents: dict[str, int] = {}
    unknown = -1
    for position, step in enumerate(path):
        if step.instruction.name != "RUN":
            continue
        script = subject.script(step.instruction)
        if _HANDING_OVER.search(script.text) is None:
            continue
        found = None if script.reason or step.instruction.json else _handed_over(subject, step)
        if found is None:
            unknown = position
            continue
        for folder in found:
            folders[folder] = position
            contents.update((parent, position) for parent in with_parents(folder))
    return _Later(folders, contents, unknown)


def _handed_over(subject: Subject, step: Step) -> list[str] | None:
    """The folders that a RUN changes the owner or the rights of; None where that can't be known."""
    found: list[str] = []
    workdir = step.before.workdir
    for command in subject.script(step.instruction).commands:
        call = invocation(command)
        if call is None:
            continue
        words = [paths.value(word, step.before, frozenset()) for word in call.arguments]
        if call.program == "cd":
            workdir = posixpath.join(workdir or "/", words[0]) if words and words[0] is not None else None
            workdir = workdir if workdir is not None and len(workdir) <= LONGEST_PATH else None
        elif call.program in ("chown", "chgrp", "chmod", "fix-permissions"):
            operands = [word for word in words if word is None or not word.startswith("-")]
            is_narrow = call.program == "chmod" and not any((word or "").startswith(("-R", "--rec")) for word in words)
            for operand in () if is_narrow else operands[call.program != "fix-permissions" :]:
                if operand is None or operand.startswith("~") or (workdir is None and not operand.startswith("/")):
                    return None
                found.append(posixpath.normpath(posixpath.join(workdir or "/", operand.removesuffix("/*") or "/")))
        elif any(_HANDING_OVER.search(word.text) for word in call.arguments):
            return None
    return found


def _last_dependent(subject: Subject, path: Sequence[Step], users: _Users) -> int:
    """The position of the last step that works as root, or may, and depends on whose the files are; -1 for none."""
    for position in range(len(path) - 1, -1, -1):
        step = path[position]
        if _owner(step.before, users) is None and depends_on_owner(step.instruction, subject.script):
            return position
    return -1

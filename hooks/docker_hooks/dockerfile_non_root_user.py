"""Makes the final stage run as a user of its own instead of root.

Looks at the user in force at the end of the final stage (or of --target): the last USER, one inherited from the
stage it builds on, or the base image's own. Where that is root, it switches to a user that the file creates or the
base image is known to have; else it creates one with a free id, a home, and the working directory as its own. USER
goes before CMD and ENTRYPOINT. What has to start as root, and what keeps its programs in /root, is left alone.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from functools import partial

from docker_hooks import run
from docker_hooks.dockerfile import images
from docker_hooks.dockerfile.edits import Edit, words
from docker_hooks.dockerfile.known_images import Account
from docker_hooks.dockerfile.ownership import (
    SYSTEM_FOLDERS,
    claims,
    depends_on_owner,
    destination,
    is_manifest,
    is_owned,
    steps,
)
from docker_hooks.dockerfile.place import above, below, new_words
from docker_hooks.dockerfile.programs import invocation
from docker_hooks.dockerfile.reader import Instruction
from docker_hooks.dockerfile.regex import regex
from docker_hooks.dockerfile.stages import State, find, lineage
from docker_hooks.dockerfile.users import created
from docker_hooks.dockerfile.values import NamedTuple
from docker_hooks.entry_point import entry_point
from docker_hooks.finding import Finding
from docker_hooks.project.root_stages import (
    RefusedError,
    RootStage,
    is_ruled_elsewhere,
    refuse_what_may_need_root,
    refuse_what_stays_roots,
)
from docker_hooks.subject import Subject

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

ID = "dockerfile-non-root-user"
HOOK_RULES = ("DL3002",)

_WORK = frozenset(("RUN", "COPY", "ADD", "WORKDIR"))
# The last is micromamba-docker's, which activates an environment and hands over to bash.
_SHELLS = frozenset(("sh", "bash", "dash", "ash", "_dockerfile_shell.sh"))
# How base images' documentation has USER written: docker-stacks' user guide ("Recipes"), micromamba-docker's README.
_DOCUMENTED = {"jovyan": "${NB_UID}", "mambauser": "$MAMBA_USER"}
_USER_PROGRAMS = ("useradd", "adduser", "groupadd", "addgroup")
_NEW_NAME = "app"
# More would make one line of them that nobody reads.
_MOST_FOLDERS = 50
_BY_VARIABLE = regex(r"(?:/[^$]*)?\$")
_PLAIN_PATH = regex(r"(?:[A-Za-z0-9_./-]|\$[A-Za-z_]\w*|\$\{[A-Za-z_]\w*\})+")


class _Candidate(NamedTuple):
    """A user to switch to, there behind position `made_at` of the stage (0: from its beginning), or to be made."""

    account: Account
    made_at: int = 0
    is_new: bool = False


def check(subject: Subject, *, target: str | None = None, numeric: bool = False) -> Iterator[Finding]:
    """A finding where the final stage (or `target`) runs as root. `numeric` writes ids instead of names."""
    stages = subject.stages
    stage = find(stages, target) if target else stages[-1]
    if stage is None or ".devcontainer" in subject.path.replace("\\", "/").split("/"):
        return
    chain = lineage(stages, stage)
    image = images.known(images.parse(chain[0].image or ""))
    case = RootStage(subject, stage, chain, image)
    if not case.runs_as_root(stage.end) or is_ruled_elsewhere(case):
        return
    finding = Finding(_line(case), _message(case), advice=_advice(case))
    try:
        yield _mended(case, finding, numeric=numeric)
    except RefusedError as reason:
        yield finding._replace(advice=f"{finding.advice} (not mended: {reason})")


@entry_point
def main(argv: Sequence[str]) -> int:
    """The command `dockerfile-non-root-user`."""
    return run.run_told(argv, run.Hook(ID, check, HOOK_RULES), arguments, hook)


def hook(options: argparse.Namespace) -> run.Hook:
    """The hook with the options that its command was given."""
    return run.Hook(ID, partial(check, target=options.target, numeric=options.numeric), HOOK_RULES)


def arguments() -> argparse.ArgumentParser:
    """The command's arguments."""
    arguments = run.parser(ID, __doc__ or "")
    arguments.add_argument("--target", metavar="STAGE", help="examine this stage instead of the last one")
    arguments.add_argument(
        "--numeric", action="store_true", help="write users as numbers, which Kubernetes' runAsNonRoot can verify"
    )
    return arguments


def _line(case: RootStage) -> int:
    user = case.stage.end.user
    if user is not None and user.instruction in case.stage.instructions:
        return user.instruction.start_line
    return case.stage.start.start_line


def _message(case: RootStage) -> str:
    user = case.stage.end.user
    if user is None:
        return f"the final stage runs as root: it has no USER, and {case.chain[0].image} runs as root"
    if user.instruction in case.stage.instructions:
        return f"the final stage runs as root: USER {user.value}"
    return f"the final stage runs as root: the stage it builds on ends with USER {user.value}"


def _advice(case: RootStage) -> str:
    """What to do by hand."""
    start = next((one.name for one in case.stage.instructions if one.name in ("CMD", "ENTRYPOINT")), None)
    where = f"before {start}" if start is not None else "at its end"
    image, base = case.image, case.chain[0].image
    try:
        made = tuple(account.name for account, _ in _created(case))
    except RefusedError:
        made = ()
    if made:
        which = f"the user {made[0]}" if len(made) == 1 else "one of the users"
        return f"switch to {which} that it creates, with USER {where}"
    if image is None:
        return f"switch with USER {where} to the base image's own user, or to one that you create"
    account = next((one for one in (image.runs_as, *image.users) if one.uid != 0 and one.name is not None), None)
    if account is not None:
        user = _DOCUMENTED.get(account.name or "", account.name)
        return f"switch to the user {account.name} that {base} has, with USER {user} {where}"
    if image.family in ("distroless", "scratch"):
        return f"switch to a user by number, such as USER 65532:65532, {where}: {base} has no program to create one"
    return f"create a user and switch to it with USER {where}"


def _mended(case: RootStage, finding: Finding, *, numeric: bool) -> Finding:
    """The finding with the edits that mend it. Raises RefusedError."""
    refuse_what_may_need_root(case)
    candidate = _candidate(case)
    workdir = case.stage.end.workdir
    if workdir is None and (case.image is None or case.image.is_root):
        raise RefusedError("there is no WORKDIR that the user could own")
    folders = _folders(case, candidate, workdir)
    owner = _owner(candidate.account, numeric)
    copies = tuple(_copies_to_own(case, workdir)) if workdir is not None else ()
    refuse_what_stays_roots(case, candidate.account, folders, copies)
    if (copies or workdir) and ":" not in owner:
        raise RefusedError(f"the group of {candidate.account.name} isn't known")
    name = _user(candidate.account, numeric)
    done = f"it runs as {name}"
    parts = [_chown(case, copy, candidate.account, owner) for copy in copies]
    if candidate.is_new:
        parts.append(_creation(case, candidate.account, owner, folders, copies))
        done += f", a new user (id {candidate.account.uid}) with a home, who owns {' and '.join(folders)}"
    elif workdir is not None and not _is_owned(case, candidate.account, workdir):
        parts.append(_handing_over(case, candidate, workdir, owner))
        done += f", who owns {workdir}"
    # Edits at one place are made in this order, and root has its work to do before USER.
    parts.append(_switch(case, name))
    return finding._replace(
        done=done,
        edits=tuple(part.edit for part in parts),
        adds=tuple(word for part in parts for word in part.adds),
        drops=tuple(word for part in parts for word in part.drops),
    )


class _Part(NamedTuple):
    """An edit with the words that it declares."""

    edit: Edit
    adds: tuple[str, ...]
    drops: tuple[str, ...] = ()


def _folders(case: RootStage, candidate: _Candidate, workdir: str | None) -> tuple[str, ...]:
    """What the user has to own: the working directory and the folders of volumes. Raises RefusedError."""
    folders = [workdir] if workdir is not None else []
    for stage in case.chain:
        for instruction, state in zip(stage.instructions, stage.states, strict=True):
            if instruction.name != "VOLUME":
                continue
            if not candidate.is_new or stage is not case.stage:
                raise RefusedError("the folder of a volume would stay root's (VOLUME)")
            folders += (state.expand(path) or "" for path in instruction.arguments or ())
            if len(folders) > _MOST_FOLDERS:
                raise RefusedError("it has too many volumes")
    for folder in folders:
        if not folder.startswith("/") or folder in SYSTEM_FOLDERS or folder.startswith("/root/"):
            raise RefusedError(f"the folder {folder} can't be the user's own")
    return tuple(dict.fromkeys(folders))


def _candidate(case: RootStage) -> _Candidate:
    """The user to switch to: one that the file uses or creates, the base image's, or a new one."""
    made = tuple(_created(case))
    used = [
        (index, state.user.value)
        for index, state in enumerate(case.stage.states)
        if state.user is not None and not case.runs_as_root(state)
    ]
    if used:
        index, value = used[-1]
        name, _, group = (value or "").partition(":")
        known = next((account for account, _ in made if account.name == name), None)
        known = known or (case.image.account(name) if case.image is not None and name else None)
        if known is None:
            raise RefusedError(f"what the user {name or 'in force before'} owns isn't known")
        return _Candidate(_with_home(known._replace(group=group or known.group)), index)
    if len(made) > 1:
        raise RefusedError("it creates several users")
    if made:
        return _Candidate(_with_home(made[0][0]), made[0][1])
    if case.image is None:
        raise RefusedError("what users its base image has isn't known")
    for account in (case.image.runs_as, *case.image.users):
        if account.uid != 0 and account.name is not None:
            return _Candidate(account)
    if case.image.user_program is None:
        raise RefusedError(f"no program that adds users is known to be in {case.chain[0].image}")
    uid = case.image.free_uid()
    return _Candidate(Account(_NEW_NAME, uid, uid, _NEW_NAME, f"/home/{_NEW_NAME}"), is_new=True)


def _with_home(account: Account) -> Account:
    if account.home == "":
        raise RefusedError(f"its user {account.name} has no home directory: create it with --create-home")
    return account


def _created(case: RootStage) -> Iterator[tuple[Account, int]]:
    """The users that the chain's commands create for certain, with their positions in the stage (0: before it)."""
    for stage in case.chain:
        for index, instruction in enumerate(stage.instructions):
            if instruction.name != "RUN" or instruction.json or not instruction.mentions(*_USER_PROGRAMS):
                continue
            for command in case.subject.script(instruction).commands:
                call = invocation(command)
                if call is None or call.program not in _USER_PROGRAMS:
                    continue
                account = created(call)
                if account is not None and command.certain:
                    yield account, index if stage is case.stage else 0
                elif call.program in ("useradd", "adduser"):
                    raise RefusedError(f"whether line {instruction.start_line} creates a user can't be told")


def _user(account: Account, numeric: bool) -> str:
    if not numeric:
        return account.name or str(account.uid)
    if account.uid is None or account.gid is None:
        raise RefusedError(f"the ids of {account.name} aren't known")
    return f"{account.uid}:{account.gid}"


def _owner(account: Account, numeric: bool) -> str:
    """What --chown and chown take; without a colon where the group isn't known."""
    if numeric:
        return _user(account, numeric)
    group = account.group or (str(account.gid) if account.gid is not None else None)
    return f"{account.name}:{group}" if group else f"{account.name}"


def _switch(case: RootStage, user: str) -> _Part:
    """USER before the CMD and ENTRYPOINT that follow the last step; in the place of a USER root that stands there."""
    dockerfile = case.subject.dockerfile
    instructions = case.stage.instructions
    last_step = max((index for index, instruction in enumerate(instructions) if instruction.name in _WORK), default=0)
    rest = instructions[last_step + 1 :]
    switch = next((instruction for instruction in reversed(rest) if instruction.name == "USER"), None)
    if switch is not None:
        old = words(switch, dockerfile.text)[1:]
        return _Part(Edit(*switch.span(0, len(switch.value)), user), (user,), old)
    text = f"USER {user}"
    start = next((instruction for instruction in rest if instruction.name in ("CMD", "ENTRYPOINT")), None)
    edit = above(dockerfile, start, text) if start else below(dockerfile, instructions[-1], text)
    return _Part(edit, new_words(edit.text, dockerfile.escape))


def _last_dependent(case: RootStage) -> int:
    """The position of the last step in the stage that may depend on whose the files are; 0 where there is none.

    git, for one, refuses to work in a repository of another user's, and installs of the project may ask git.
    """
    steps = enumerate(case.stage.instructions)
    return max((index for index, step in steps if depends_on_owner(step, case.subject.script)), default=0)


def _copies_to_own(case: RootStage, workdir: str) -> Iterator[Instruction]:
    """COPY and ADD into the working directory behind the last step that may depend on whose the files are."""
    pairs = tuple(zip(case.stage.instructions, case.stage.states, strict=True))
    for instruction, state in pairs[_last_dependent(case) + 1 :]:
        if instruction.name not in ("COPY", "ADD") or instruction.flag("chown") is not None:
            continue
        if all(is_manifest(source) for source in (instruction.arguments or ())[:-1]):
            continue
        target = destination(instruction, state)
        if target is not None and (target == workdir or target.startswith(workdir + "/")):
            yield instruction


def _chown(case: RootStage, copy: Instruction, account: Account, owner: str) -> _Part:
    if copy.flag("link") is not None:
        # With --link the names of the image aren't there to be looked up (moby/buildkit#2987).
        owner = _user(account, numeric=True)
    end = copy.start + len(copy.keyword)
    flag = f"--chown={owner}"
    if case.subject.dockerfile.text[copy.start : end] != copy.keyword:
        raise RefusedError(f"the keyword in line {copy.start_line} stands on two lines")
    return _Part(Edit(end, end, f" {flag}"), (flag,))


def _creation(
    case: RootStage, account: Account, owner: str, folders: Sequence[str], copies: Sequence[Instruction]
) -> _Part:
    """A RUN that makes the user and its folders, before the first step that needs either."""
    dockerfile = case.subject.dockerfile
    pairs = tuple(zip(case.stage.instructions, (*case.stage.states[1:], case.stage.end), strict=True))
    first = next(
        (
            index
            for index, (instruction, after) in enumerate(pairs)
            if instruction in copies
            or instruction.name == "VOLUME"
            or (instruction.name == "WORKDIR" and after.workdir == folders[0])
        ),
        1,
    )
    last_dependent = _last_dependent(case)
    if last_dependent >= first:
        if any(instruction.name == "VOLUME" for instruction in case.stage.instructions[: last_dependent + 1]):
            raise RefusedError("the folder of a volume would stay root's (VOLUME)")
        first = last_dependent + 1
    _refuse_other_than_root_shell(case, pairs[first - 1][1])
    add_user = (
        (f"addgroup -g {account.gid} {account.group}", f"adduser -D -u {account.uid} -G {account.group} {account.name}")
        if case.image is not None and case.image.user_program == "adduser"
        else (
            f"groupadd --gid {account.gid} {account.group}",
            f"useradd --uid {account.uid} --gid {account.group} --create-home {account.name}",
        )
    )
    paths = " ".join(_plain(_as_written(case, folder)) for folder in folders)
    commands = (*add_user, f"mkdir -p {paths}", f"chown {owner} {paths}")
    text = "RUN " + f" {dockerfile.escape}\n    && ".join(commands)
    instructions = case.stage.instructions
    is_inside = first < len(instructions)
    edit = above(dockerfile, instructions[first], text) if is_inside else below(dockerfile, instructions[-1], text)
    return _Part(edit, new_words(edit.text, dockerfile.escape))


def _is_owned(case: RootStage, account: Account, workdir: str) -> bool:
    """Whether the working directory is the user's already."""
    path = steps(case.chain)
    default = case.image.runs_as if case.image is not None else None
    return workdir == "/tmp" or is_owned(claims(path, case.subject.script, default), account, workdir, len(path))


def _handing_over(case: RootStage, candidate: _Candidate, workdir: str, owner: str) -> _Part:
    """A RUN that makes the working directory, and not what lies in it, the user's own."""
    dockerfile = case.subject.dockerfile
    afters = (*case.stage.states[1:], case.stage.end)
    there = next((index for index, after in enumerate(afters) if after.workdir == workdir), 0)
    position = max(there, candidate.made_at, _last_dependent(case))
    _refuse_other_than_root_shell(case, afters[position])
    text = f"RUN chown {owner} {_plain(_as_written(case, workdir))}"
    edit = below(dockerfile, case.stage.instructions[position], text)
    return _Part(edit, new_words(edit.text, dockerfile.escape))


def _refuse_other_than_root_shell(case: RootStage, state: State) -> None:
    if not case.runs_as_root(state):
        raise RefusedError("another user than root is in force where the working directory is made")
    if case.image is not None and case.image.family in ("distroless", "scratch"):
        raise RefusedError(f"{case.chain[0].image} has no shell to make the working directory the user's own")
    shell = state.shell or (case.image.shell if case.image is not None else None)
    if shell is not None and not any(posixpath.basename(word) in _SHELLS for word in shell):
        raise RefusedError("its SHELL isn't sh or bash")


def _as_written(case: RootStage, folder: str) -> str:
    """How a WORKDIR of the stage names the folder: by a variable, it may be another under another --build-arg."""
    for instruction, after in zip(case.stage.instructions, (*case.stage.states[1:], case.stage.end), strict=True):
        if (
            instruction.name == "WORKDIR"
            and "$" in instruction.value
            and after.workdir == folder
            and _BY_VARIABLE.match(instruction.value)
        ):
            return instruction.value.rstrip("/")
    return folder


def _plain(path: str) -> str:
    """A path that needs no quotes in a shell. Raises RefusedError for another."""
    if _PLAIN_PATH.fullmatch(path) is None:
        raise RefusedError("a folder that the user would own has an unusual name")
    return path

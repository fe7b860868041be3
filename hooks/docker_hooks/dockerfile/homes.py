"""The home directory of the user whom a build step runs as: where programs keep their caches and settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from docker_hooks.dockerfile.known_images import KnownImage
from docker_hooks.dockerfile.programs import invocation
from docker_hooks.dockerfile.reader import Instruction
from docker_hooks.dockerfile.script import InstructionScript
from docker_hooks.dockerfile.stages import Stage, State
from docker_hooks.dockerfile.users import created, is_root


def home(state: State, image: KnownImage | None, made: Mapping[str, str]) -> str | None:
    """The value of HOME in a step; None where it can't be known.

    `state` is what is in force before the step, `image` what is known of the base image, `made` the homes of the users
    that the file creates (see `homes_made`). Docker sets HOME from /etc/passwd unless ENV sets it.
    """
    found, value = state.environment.get("HOME")
    if found:
        return value
    if image is not None and "HOME" in image.environment:
        return image.environment["HOME"]
    if state.user is None:
        return image.runs_as.home if image is not None else None
    if state.user.value is None:
        return None
    name = state.user.value.partition(":")[0]
    if is_root(name):
        return "/root"
    account = image.account(name) if image is not None else None
    return made.get(name) or (account.home if account is not None else None)


def homes_made(chain: Sequence[Stage], script_of: Callable[[Instruction], InstructionScript]) -> dict[str, str]:
    """The homes of the users that the stages create, by name and by number; `script_of` reads the script of a RUN."""
    homes: dict[str, str] = {}
    for stage in chain:
        for instruction in stage.instructions:
            if instruction.name != "RUN" or instruction.json or not instruction.mentions("add"):
                continue
            for command in script_of(instruction).commands:
                call = invocation(command)
                account = created(call) if call is not None else None
                if account is not None and account.home:
                    homes.update({str(name): account.home for name in (account.name, account.uid) if name is not None})
    return homes

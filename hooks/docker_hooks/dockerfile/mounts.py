"""The mounts of a RUN: what is written below one is no part of the layer.

As BuildKit reads `--mount` (frontend/dockerfile/instructions/commands_runmount.go): fields parted by commas, keys
in any case, `bind` where no type is given.
"""

from __future__ import annotations

import posixpath

from docker_hooks.dockerfile.reader import Instruction
from docker_hooks.dockerfile.stages import State
from docker_hooks.dockerfile.values import NamedTuple


class Mount(NamedTuple):
    """One `--mount`. `target` is an absolute path, None where it can't be known."""

    type: str
    target: str | None


def mounts(instruction: Instruction, state: State) -> tuple[Mount, ...]:
    """The mounts of a RUN; `state` is what is in force before it."""
    values = (flag[len("--mount=") :] for flag in instruction.flags if flag.startswith("--mount="))
    return tuple(_mount(value, state) for value in values)


def is_mounted(path: str, found: tuple[Mount, ...]) -> bool:
    """Whether a folder of the image lies on a mount to which a RUN writes instead: a cache or a tmpfs."""
    targets = (mount.target for mount in found if mount.type in ("cache", "tmpfs"))
    return any(target is not None and f"{path}/".startswith(f"{target.rstrip('/')}/") for target in targets)


def _mount(value: str, state: State) -> Mount:
    kind, target = "bind", None
    for field in value.split(","):
        key, _, text = field.strip('"').partition("=")
        if key.lower() == "type":
            kind = text.lower()
        elif key.lower() in ("target", "dst", "destination"):
            target = text
    path = state.expand(target) if target else None
    if path and not path.startswith("/"):
        path = posixpath.join(state.workdir, path) if state.workdir is not None else None
    return Mount(kind, posixpath.normpath(path) if path else None)

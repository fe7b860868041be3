"""What a check says of a file, and the edits that would mend it."""

from __future__ import annotations

from docker_hooks.dockerfile.edits import Edit
from docker_hooks.dockerfile.values import NamedTuple


class Finding(NamedTuple):
    """Something wrong.

    `line` counts from 1; 0 is the file as a whole. `message` says what is wrong, `advice` what to do by hand. With
    `edits` it can be mended: `done` says how, and `adds`, `drops` and `moves` declare the words that come, go, or go
    from one place to another; nothing else may change. Other lines are named in `advice` alone: what a mend says is
    printed when it and later ones have moved them, or taken them away. `rule` is the hook that says it, where several
    look at one file.
    """

    line: int
    message: str
    advice: str = ""
    done: str = ""
    edits: tuple[Edit, ...] = ()
    adds: tuple[str, ...] = ()
    drops: tuple[str, ...] = ()
    moves: tuple[str, ...] = ()
    rule: str = ""

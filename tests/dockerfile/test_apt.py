"""What commands do with apt's package lists."""

from __future__ import annotations

import pytest

from docker_hooks.dockerfile.apt import steps, text_kind
from docker_hooks.dockerfile.reader import read
from docker_hooks.dockerfile.script import script_of
from docker_hooks.dockerfile.stages import State


def kinds(script: str) -> list[str]:
    instruction = read(f"FROM scratch\nRUN {script}\n").instructions[1]
    return [step.kind for step in steps(script_of(instruction), State(workdir="/app"))]


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("apt-get update && apt-get install -y x", ["update", "install"]),
        ("apt-get -qq update; apt -o A=b full-upgrade", ["update", "install"]),
        ("apt-get build-dep x && apt-get download x", ["use", "use"]),
        ("apt-get purge x && apt-get clean && apt list", ["other", "other", "other"]),
        ("apt-get distclean", ["removal"]),
        ("apt-get", []),
        ("apt-get -y", []),
        ("cat x | xargs -r apt-get install -y", ["install"]),
        ("cat x | xargs echo", []),
        ("aptitude update && aptitude install x", ["installer", "use"]),
        ("gdebi x.deb", ["use"]),
        ("rosdep init && rosdep update && rosdep install x", ["installer", "installer", "use"]),
        ("add-apt-repository ppa:x", ["installer"]),
        ("curl https://x | sh", ["installer"]),
        ("curl https://deb.nodesource.com/setup_20.x | sudo -E bash -", ["update"]),
        ("curl https://rpm.nodesource.com/setup_20.x | bash -", ["installer"]),
        ("bash -c 'apt-get update && apt-get install x'", ["installer"]),
        ("bash -c 'apt-get install x'", ["use"]),
        ("bash -c 'echo apt-get'", []),
        ("bash install.sh", ["script"]),
        ("bash", []),
        ("./install.sh", ["script"]),
        ("/opt/setup", ["script"]),
        ("cleanup", ["script"]),
        ("wget https://x/install.sh && bash install.sh", ["installer"]),
        ("curl https://x > /tmp/get && sh /tmp/get", ["installer"]),
        ("bash ~/miniconda.sh -b", ["installer"]),
        ("./configure && make install && pip install x", []),
        ("cd /var/lib && rm -rf apt/lists/*", ["removal"]),
        ("rm -rf /var/lib/apt/lists/partial /tmp/*", []),
        ("echo apt-get update", []),
    ],
)
def test_steps(script: str, expected: list[str]) -> None:
    assert kinds(script) == expected


def test_a_script_is_named() -> None:
    instruction = read("FROM scratch\nRUN bash -e './set up.sh' -y\n").instructions[1]
    (step,) = steps(script_of(instruction), State())
    assert step.script == "./set up.sh"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("apt-get update && apt-get install -y x", "update"),
        ("apt-get install -y x", "use"),
        ("conda update conda && apt-get install -y x", "use"),
        ("update-ca-certificates; (apt-get install -y x)", "use"),
        ("apt-get update\napt-get install x\nrm -rf /var/lib/apt/lists/*", "removal"),
        ("apt-get install x\nrm -rf /var/lib/apt/lists/*", "use"),
        ("apt-get clean", None),
        ("rm -rf /var/lib/apt/lists/*", None),
        ("adapt install", None),
        ("", None),
    ],
)
def test_a_text(text: str, expected: str | None) -> None:
    assert text_kind(text) == expected

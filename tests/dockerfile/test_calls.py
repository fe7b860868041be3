"""A RUN's programs are followed through the folders in which they run."""

from __future__ import annotations

import pytest

from docker_hooks.dockerfile.calls import Calls, calls_of
from docker_hooks.dockerfile.reader import read
from docker_hooks.dockerfile.script import script_of
from docker_hooks.dockerfile.stages import read_stages


def calls_in(run: str) -> Calls:
    dockerfile = read(f"FROM x\nENV A=/a\n{run}")
    instruction = dockerfile.instructions[-1]
    return calls_of(script_of(instruction), read_stages(dockerfile)[0].states[-1], "/app")


@pytest.mark.parametrize(
    ("run", "expected"),
    [
        ("RUN pip install x", [("pip", "/app")]),
        ("RUN cd /opt && pip list && cd a && ls", [("cd", "/app"), ("pip", "/opt"), ("cd", "/opt"), ("ls", "/opt/a")]),
        ("RUN cd $A; ls", [("cd", "/app"), ("ls", "/a")]),
        ("RUN sudo -H pip install x", [("pip", "/app")]),
        ("RUN conda run -n y pip install x", [("pip", "/app")]),
        ("RUN A=b", [("", "/app")]),
        ('RUN ["pip", "install", "x"]', [("pip", "/app")]),
        ('RUN ["/bin/bash", "-c", "cd lib && pip install x"]', [("cd", "/app"), ("pip", "/app/lib")]),
        ("RUN <<EOF\ncd lib\npip install x\nEOF", [("cd", "/app"), ("pip", "/app/lib")]),
    ],
)  # fmt: skip
def test_folders(run: str, expected: list[tuple[str, str]]) -> None:
    assert [(call.program, call.workdir) for call in calls_in(run).calls] == expected


@pytest.mark.parametrize(
    "run",
    [
        "RUN cd $X && ls",
        "RUN cd - && ls",
        "RUN cd && ls",
        "RUN (cd lib && ls)",
        "RUN if true; then cd lib; fi",
        "RUN pushd lib && ls",
        "RUN case $X in a) b;; esac",
        "RUN while true; do ls; done < names.txt",
        "RUN { ls; pwd; } > out.txt",
        "RUN if true; then ls; fi >> out.txt",
    ],
)
def test_lost(run: str) -> None:
    assert calls_in(run).calls == ()
    assert calls_in(run).reason


def test_values_files_and_settings() -> None:
    call = calls_in("RUN PIP_X=$A B=$X pip install $A $C > $A/log 2>&1 < /dev/null").calls[0]
    assert call.words == ("install", "/a", None)
    assert call.files == ("/a/log", "/dev/null")
    assert call.settings == (("PIP_X", "/a"), ("B", None))
    assert call.install is not None
    assert call.install.projects == ("/a",)
    assert call.install.unknown == ("$C",)


@pytest.mark.parametrize(
    ("run", "expected"),
    [
        ("RUN pip install x", ("pip",)),
        ("RUN venv/bin/python -m pip install x", ("venv/bin/python", "-m", "pip")),
        ("RUN sudo ./pip install x", ("sudo", "./pip")),
        ("RUN conda run -n x pip install y", ("conda", "run", "-n", "x", "pip")),
        ("RUN $A/bin/pip install x", ("/a/bin/pip",)),
        ("RUN if true > log; then ls; fi", ("true",)),
    ],
)
def test_started(run: str, expected: tuple[str, ...]) -> None:
    assert calls_in(run).calls[0].started == expected


def test_what_the_script_sets_is_not_known() -> None:
    calls = calls_in("RUN A=b; export C=d; cat $A; for x in y; do cat $x $A; done").calls
    assert [call.words for call in calls if call.program == "cat"] == [(None,), (None, None)]

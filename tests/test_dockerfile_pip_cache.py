"""What dockerfile-pip-cache mends, reports, and leaves alone."""
# ruff: noqa: E501

from __future__ import annotations

from pathlib import Path

import pytest

from docker_hooks.dockerfile_pip_cache import HOOK_RULES, ID, check, main
from docker_hooks.run import Hook
from tests.mends import findings_of, mended

HOOK = Hook(ID, check, HOOK_RULES)
FROM = "FROM python:3.12-slim\n"

# What stands behind FROM: before and after.
REWRITE = {
    "pip": ("RUN pip install -r requirements.txt\n", "RUN pip install --no-cache-dir -r requirements.txt\n"),
    "pip3": ("RUN pip3 install numpy\n", "RUN pip3 install --no-cache-dir numpy\n"),
    "a version": ("RUN pip3.11 install numpy\n", "RUN pip3.11 install --no-cache-dir numpy\n"),
    "python -m pip": ("RUN python3 -m pip install numpy\n", "RUN python3 -m pip install --no-cache-dir numpy\n"),
    "a virtual environment's": ("RUN /opt/venv/bin/pip install numpy\n", "RUN /opt/venv/bin/pip install --no-cache-dir numpy\n"),
    "a variable's": ("RUN $VENV/bin/pip install numpy\n", "RUN $VENV/bin/pip install --no-cache-dir numpy\n"),
    "options before the subcommand": ("RUN pip --proxy http://p --quiet install numpy\n", "RUN pip --proxy http://p --quiet install --no-cache-dir numpy\n"),
    "pip itself": ("RUN pip install --upgrade pip\n", "RUN pip install --no-cache-dir --upgrade pip\n"),
    "download and wheel": (
        "RUN pip download -d /w numpy && pip wheel -w /w numpy\n",
        "RUN pip download --no-cache-dir -d /w numpy && pip wheel --no-cache-dir -w /w numpy\n",
    ),
    "only what is not right": (
        "RUN pip install --no-cache-dir a && pip install b \\\n    && pip3 install --no-cache c && pip install d\n",
        "RUN pip install --no-cache-dir a && pip install --no-cache-dir b \\\n    && pip3 install --no-cache c && pip install --no-cache-dir d\n",
    ),
    "a package on each line, and comments": (
        "RUN pip install \\\n    # arrays\n    numpy \\\n\n    pandas  # not a comment of Docker's\n",
        "RUN pip install --no-cache-dir \\\n    # arrays\n    numpy \\\n\n    pandas  # not a comment of Docker's\n",
    ),
    "conditions and loops": (
        "RUN if [ -f r.txt ]; then pip install -r r.txt; fi; for p in a b; do pip install $p || true; done\n",
        "RUN if [ -f r.txt ]; then pip install --no-cache-dir -r r.txt; fi; for p in a b; do pip install --no-cache-dir $p || true; done\n",
    ),
    "a heredoc": ("RUN <<EOF\nset -e\npip install numpy\nEOF\n", "RUN <<EOF\nset -e\npip install --no-cache-dir numpy\nEOF\n"),
    "sudo and variables": ("RUN A=b sudo -H pip install numpy\n", "RUN A=b sudo -H pip install --no-cache-dir numpy\n"),
    "within an environment": (
        "RUN conda run -n work pip install numpy\nRUN poetry run pip install numpy\n",
        "RUN conda run -n work pip install --no-cache-dir numpy\nRUN poetry run pip install --no-cache-dir numpy\n",
    ),
    "xargs": ("RUN cat r.txt | xargs -n 1 pip install\n", "RUN cat r.txt | xargs -n 1 pip install --no-cache-dir\n"),
    "JSON form": ('RUN ["pip", "install", "numpy"]\n', 'RUN ["pip", "install", "--no-cache-dir", "numpy"]\n'),
    "ONBUILD": ("ONBUILD RUN pip install -r r.txt\n", "ONBUILD RUN pip install --no-cache-dir -r r.txt\n"),
    "uv": (
        "RUN uv pip install --system numpy\nRUN uv pip sync r.txt\nRUN uv sync --frozen\nRUN uv add numpy\nRUN uv tool install ruff\n",
        "RUN uv pip install --no-cache --system numpy\nRUN uv pip sync --no-cache r.txt\nRUN uv sync --no-cache --frozen\nRUN uv add --no-cache numpy\nRUN uv tool install --no-cache ruff\n",
    ),
    "uv from pip": ("RUN pip install uv && uv sync\n", "RUN pip install --no-cache-dir uv && uv sync --no-cache\n"),
    "a stage that the final one builds on": (
        "RUN pip install numpy\nRUN true\n",
        "RUN pip install --no-cache-dir numpy\nRUN true\n",
    ),
    "a variable that says the opposite": ("ENV PIP_NO_CACHE_DIR=\nRUN pip install a\n", "ENV PIP_NO_CACHE_DIR=\nRUN pip install --no-cache-dir a\n"),
    "uv's variable that says the opposite": ("ENV UV_NO_CACHE=0\nRUN uv sync\n", "ENV UV_NO_CACHE=0\nRUN uv sync --no-cache\n"),
    "the other tool's variable": ("ENV UV_NO_CACHE=1\nRUN pip install a\n", "ENV UV_NO_CACHE=1\nRUN pip install --no-cache-dir a\n"),
    "a variable that comes too late": (
        "RUN pip install a\nENV PIP_NO_CACHE_DIR=1\nRUN pip install b\n",
        "RUN pip install --no-cache-dir a\nENV PIP_NO_CACHE_DIR=1\nRUN pip install b\n",
    ),
    "a clean-up that comes too early": (
        "RUN rm -rf /root/.cache && pip install a\n",
        "RUN rm -rf /root/.cache && pip install --no-cache-dir a\n",
    ),
    "a clean-up in a later layer": (
        "RUN pip install a\nRUN rm -rf /root/.cache\n",
        "RUN pip install --no-cache-dir a\nRUN rm -rf /root/.cache\n",
    ),
    "a clean-up of something else": (
        "RUN pip install a && rm -rf /root/.cache/yarn && find . -name __pycache__ -delete\n",
        "RUN pip install --no-cache-dir a && rm -rf /root/.cache/yarn && find . -name __pycache__ -delete\n",
    ),
    "the other tool's clean-up": ("RUN pip install a && uv cache clean\n", "RUN pip install --no-cache-dir a && uv cache clean\n"),
    "a mount for something else": (
        "RUN --mount=type=cache,target=/var/cache/apt pip install a\n",
        "RUN --mount=type=cache,target=/var/cache/apt pip install --no-cache-dir a\n",
    ),
    "a bind mount": (
        "RUN --mount=type=bind,source=r.txt,target=r.txt pip install -r r.txt\n",
        "RUN --mount=type=bind,source=r.txt,target=r.txt pip install --no-cache-dir -r r.txt\n",
    ),
    "pip config about something else": (
        "RUN pip config set global.index-url https://example.com/simple && pip install --no-cache-dir a\nRUN pip install b\n",
        "RUN pip config set global.index-url https://example.com/simple && pip install --no-cache-dir a\nRUN pip install --no-cache-dir b\n",
    ),
    "a virtualenv, pinned": ("RUN pip install virtualenv==16.2.0\n", "RUN pip install --no-cache-dir virtualenv==16.2.0\n"),
    "wheels with what they need": ("RUN pip install *.whl\n", "RUN pip install --no-cache-dir *.whl\n"),
}  # fmt: skip


@pytest.mark.parametrize(("before", "after"), REWRITE.values(), ids=REWRITE)
def test_mends(before: str, after: str) -> None:
    assert mended(HOOK, FROM + before) == FROM + after


NOOP = {
    "the option": "RUN pip install --no-cache-dir a\n",
    "the option, shortened": "RUN pip install --no-cache a\n",
    "the option behind": "RUN pip install a --no-cache-dir\n",
    "the option before": "RUN pip --no-cache-dir install a\n",
    "the option in a variable": "ENV OPTIONS='-q --no-cache-dir'\nRUN pip install $OPTIONS a\n",
    "a variable that may hold it": "RUN pip install ${PIP_INSTALL_ARGS} a\n",
    "a folder of the user's choice": "RUN pip install --cache-dir /w a\n",
    "uv's options": "RUN uv pip install --no-cache-dir a && uv --no-cache sync && uv sync -n && uv sync -qn && uv sync --cache-dir /w\n",
    "another subcommand": "RUN pip uninstall -y a && pip freeze && pip list && pip check && pip config list && uv run x && uv python install\n",
    "no subcommand": "RUN pip --version && python -m pip && pip\n",
    "no network": "RUN pip install --no-index --find-links /w a && pip install --no-deps /w/a.whl\n",
    "pipx": "RUN pipx install a\n",
    "pipenv": "RUN pipenv install a\n",
    "a word inside quotes": "RUN echo 'pip install a' && sh -c \"pip install a\"\n",
    "another program's word": "RUN conda install pip && apk add py3-pip && echo pip install a\n",
    "a comment": "# RUN pip install a\nRUN true \\\n    # pip install a\n    && true\n",
    "a heredoc file": "COPY <<EOF /run.sh\npip install a\nEOF\n",
    "a script for Python": "RUN <<EOF python3\npip install a\nEOF\n",
    "ENV": "ENV PIP_NO_CACHE_DIR=1\nRUN pip install a\n",
    "ENV in the old form": "ENV PIP_NO_CACHE_DIR 1\nRUN pip install a\n",
    "ENV, false: pip takes it for true": "ENV PIP_NO_CACHE_DIR=off\nRUN pip install a\n",
    "ENV by a variable": "ARG C\nENV PIP_NO_CACHE_DIR=$C\nRUN pip install a\n",
    "ARG": "ARG PIP_NO_CACHE_DIR=1\nRUN pip install a\n",
    "on the command": "RUN PIP_NO_CACHE_DIR=1 pip install a && env PIP_NO_CACHE_DIR=1 pip install b\n",
    "exported": "RUN export PIP_NO_CACHE_DIR=1 && pip install a && pip install b\n",
    "exported to what can't be known": "RUN export PIP_NO_CACHE_DIR=$X; pip install a\n",
    "the folder in ENV": "ENV PIP_CACHE_DIR=/tmp/pip\nRUN pip install a\n",
    "the settings in ENV": "ENV PIP_CONFIG_FILE=/etc/my.conf\nRUN pip install a\n",
    "pip config": "RUN pip config set global.no-cache-dir true\nRUN pip install a\n",
    "pip.conf written": "RUN printf '[global]\\nno-cache-dir = true\\n' > /etc/pip.conf\nRUN pip install a\n",
    "pip.conf in a heredoc": "COPY <<EOF /etc/pip.conf\n[global]\nno-cache-dir = true\nEOF\nRUN pip install a\n",
    "pip.conf that is not there": "COPY pip.conf /etc/\nRUN pip install a\n",
    "UV_NO_CACHE": "ENV UV_NO_CACHE=true\nRUN uv sync\n",
    "UV_CACHE_DIR": "ENV UV_CACHE_DIR=/w\nRUN uv sync\n",
    "pip cache purge": "RUN pip install a && pip install b && pip cache purge\n",
    "uv cache clean": "RUN uv sync && uv cache clean\n",
    "rm": "RUN pip install a && rm -rf ~/.cache/pip\n",
    "rm of all": "RUN pip install a; rm -rf /tmp/* /root/.cache\n",
    "rm of all in it": 'RUN pip install a && rm -r "$HOME"/.cache/*\n',
    "rm where it is asked for": "RUN pip install a && rm -rf $(pip cache dir)\n",
    "find": "RUN pip install a && find /root/.cache -type f -delete\n",
    "a script that cleans": "RUN pip install a && clean-layer.sh\n",
    "a mount": "RUN --mount=type=cache,target=/root/.cache/pip pip install a\n",
    "a mount of all": "RUN --mount=type=cache,target=/root/.cache pip install a && uv sync\n",
    "tmpfs": "RUN --mount=type=tmpfs,target=/root/.cache pip install a\n",
    "uv's mount": "RUN --mount=type=cache,target=/root/.cache/uv uv sync\n",
    "a mount by a variable": "RUN --mount=type=cache,target=$CACHE pip install a\n",
    "a mount at ENV HOME": "ENV HOME=/work\nRUN --mount=type=cache,target=/work/.cache/pip pip install a\n",
    "a mount by ENV HOME": "ENV HOME=/work\nRUN --mount=type=cache,target=$HOME/.cache/pip pip install a\n",
    "a mount at XDG_CACHE_HOME": "ENV XDG_CACHE_HOME=/c\nRUN --mount=type=cache,target=/c/pip pip install a\n",
    "a mount for the user in force": "RUN useradd -m app\nUSER app\nRUN --mount=type=cache,target=/home/app/.cache/pip,uid=1000 pip install a\n",
    "a mount for a user with a home of its own": "RUN useradd -m -d /srv/app app\nUSER app\nRUN --mount=type=cache,target=/srv/app/.cache pip install a\n",
    "a mount for a user of whom nothing is known": "USER somebody\nRUN --mount=type=cache,target=/x/.cache/pip pip install a\n",
    "an old pip, pinned": "RUN pip install pip==1.5.6\nRUN pip install a\n",
    "an old virtualenv, pinned": "RUN pip install virtualenv==1.11.4 && virtualenv /v && /v/bin/pip install a\n",
    "a script that can't be read": "RUN case a in b) pip install a;; esac\n",
}  # fmt: skip


@pytest.mark.parametrize("text", NOOP.values(), ids=NOOP)
def test_leaves_alone(text: str) -> None:
    assert findings_of(check, FROM + text) == []
    assert mended(HOOK, FROM + text) == FROM + text


@pytest.mark.parametrize(
    "text",
    [
        "FROM python:3.12 AS build\nRUN pip install a\nFROM python:3.12-slim\nCOPY --from=build /x /x\n",
        "FROM python:3.12 AS base\nENV PIP_NO_CACHE_DIR=1\nFROM base AS app\nFROM app\nRUN pip install a\n",
        "FROM registry.access.redhat.com/ubi9/python-312\nRUN pip install a\n",
        "FROM meltano/meltano\nRUN pip install a\n",
        "FROM ubuntu:14.04\nRUN pip install a\n",
        "FROM debian:jessie-slim\nRUN pip install a\n",
        "FROM example.com/base:trusty\nRUN pip install a\n",
        "FROM mcr.microsoft.com/windows/servercore:ltsc2022\nRUN pip install a\n",
        "FROM python:3.6-windowsservercore\nRUN pip install a\n",
        "FROM python:3.12\nSHELL [\"pwsh\", \"-Command\"]\nRUN pip install a\n",
    ],
)  # fmt: skip
def test_leaves_images_alone(text: str) -> None:
    assert findings_of(check, text) == []


@pytest.mark.parametrize(
    "text",
    [
        "FROM python:3.12 AS base\nRUN pip install a\nFROM base\n",
        "FROM python:3.12\nENV PIP_NO_CACHE_DIR=1\nFROM python:3.12\nRUN pip install a\n",
        "FROM python:3.4-jessie\nRUN pip install a\n",
        "FROM example.com/base\nRUN pip install a\n",
        "FROM ubuntu:24.04\nRUN pip install a\n",
    ],
)
def test_finds_by_image(text: str) -> None:
    assert mended(HOOK, text) == text.replace("pip install", "pip install --no-cache-dir")


REPORT = {
    "a mount that does not help": (
        "RUN useradd -m app\nUSER app\nRUN --mount=type=cache,target=/root/.cache/pip pip install a\n",
        "it is /home/app/.cache/pip, not /root/.cache/pip",
    ),
    "a mount of root's elsewhere": ("RUN --mount=type=cache,target=/pip pip install a\n", "it is /root/.cache/pip, not /pip"),
    "a mount of ~": ("WORKDIR /w\nRUN --mount=type=cache,target=~/.cache/pip pip install a\n", "not /w/~/.cache/pip"),
    "a command substitution": ("RUN X=$(pip install a | tail -1) && true\n", "add --no-cache-dir behind install"),
    "JSON form without spaces": ('RUN ["pip","install","a"]\n', 'add "--no-cache-dir" behind "install"'),
}  # fmt: skip


@pytest.mark.parametrize(("text", "words"), REPORT.values(), ids=REPORT)
def test_reports(text: str, words: str) -> None:
    (finding,) = findings_of(check, FROM + text)
    assert not finding.edits
    assert words in f"{finding.message} {finding.advice}"
    assert mended(HOOK, FROM + text) == FROM + text


@pytest.mark.parametrize(
    ("settings", "is_right"), [("[global]\nno-cache-dir = true\n", True), ("[global]\nindex-url = https://x/\n", False)]
)
@pytest.mark.parametrize("copy", ["COPY pip.conf /etc/pip.conf", "ADD ./conf/pip.conf /root/.config/pip/"])
def test_reads_the_settings(tmp_path: Path, settings: str, is_right: bool, copy: str) -> None:
    (tmp_path / "conf").mkdir()
    (tmp_path / "pip.conf").write_text(settings)
    (tmp_path / "conf" / "pip.conf").write_text(settings)
    assert (findings_of(check, f"{FROM}{copy}\nRUN pip install a\n", tmp_path) == []) is is_right


@pytest.mark.parametrize("pragma", [f"docker-hooks: ignore={ID} for the next layer", "hadolint ignore=DL3042"])
def test_pragmas(pragma: str) -> None:
    text = f"{FROM}# {pragma}\nRUN pip install a\nRUN pip install b\n"
    assert mended(HOOK, text) == text.replace("install b", "install --no-cache-dir b")


def test_names_the_line_of_each() -> None:
    findings = findings_of(check, f"{FROM}RUN true \\\n  && pip install a \\\n  && true \\\n  && pip install b\n")
    assert [finding.line for finding in findings] == [3, 5]


def test_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "Dockerfile"
    path.write_text(f"{FROM}RUN pip install a\n")
    assert main(["--check", str(path)]) == 1
    assert capsys.readouterr().out == f"{path}:2: pip leaves its cache in the layer; can be mended: --no-cache-dir\n"
    assert main([str(path)]) == 1
    assert capsys.readouterr().out == f"{path}:2: fixed: pip leaves its cache in the layer: --no-cache-dir\n"
    assert path.read_text() == f"{FROM}RUN pip install --no-cache-dir a\n"
    assert main([str(path)]) == 0

"""What dockerfile-copy-chown mends, reports, and leaves alone."""
# ruff: noqa: E501

from __future__ import annotations

from pathlib import Path

import pytest

from docker_hooks.dockerfile_copy_chown import HOOK_RULES, ID, check, main
from docker_hooks.run import Hook
from tests.mends import findings_of, mended

HOOK = Hook(ID, check, HOOK_RULES)

# What --chown is to say in the place of the `@`.
REWRITE = {
    "the article's": (
        ("FROM python:3.11-slim\nRUN groupadd -r myuser && useradd -m -r -g myuser myuser\nUSER myuser\n"
        "RUN mkdir /home/myuser/app\nWORKDIR /home/myuser/app\nUSER root\nRUN apt-get clean\nUSER myuser\n"
        'COPY @./ ./\nCMD ["python3"]\n'),
        "--chown=myuser:myuser",
    ),
    "a comment and a continuation": (
        "FROM python:3.12\nRUN useradd -m app\nUSER app\nWORKDIR /home/app\n# the code\nCOPY @main.py \\\n  # and more\n  lib.py ./\n",
        "--chown=app:app",
    ),
    "a working directory that the user makes": (
        "FROM python:3.12\nRUN useradd app\nUSER app\nWORKDIR /app\nCOPY @. .\n",
        "--chown=app:app",
    ),
    "one that chown hands over": (
        "FROM python:3.12\nRUN useradd app && mkdir /app && chown app /app\nWORKDIR /app\nUSER app\nCOPY @. /app/src\n",
        "--chown=app:app",
    ),
    "a group of another name": (
        "FROM python:3.12\nRUN groupadd staff2 && useradd -m -g staff2 app\nUSER app\nADD @. /home/app/\n",
        "--chown=app:staff2",
    ),
    "Alpine's adduser": (
        "FROM python:3.12-alpine\nRUN addgroup -S web && adduser -S -G web app\nUSER app\nWORKDIR /srv/app\nCOPY @. .\n",
        "--chown=app:web",
    ),
    "a group by its own name": (
        "FROM python:3.12\nRUN groupadd app && useradd -m -N app\nUSER app\nCOPY @. /home/app\n",
        "--chown=app:app",
    ),
    "a group that USER names": (
        "FROM python:3.12\nRUN useradd -m app\nUSER app:users\nCOPY @. /home/app\n",
        "--chown=app:users",
    ),
    "numbers": ("FROM python:3.12\nUSER 1000:1000\nWORKDIR /app\nCOPY @. .\n", "--chown=1000:1000"),
    "a number whose group is known": (
        "FROM python:3.12\nRUN useradd -m -u 1000 app\nUSER 1000\nWORKDIR /app\nCOPY @. .\n",
        "--chown=1000:app",
    ),
    "a user of the base image": ("FROM node:22\nUSER node\nCOPY @. /home/node/app\n", "--chown=node:node"),
    "the base image's own user": ("FROM quay.io/jupyter/scipy-notebook:2024-05-27\nCOPY @. /home/jovyan/work\n", "--chown=jovyan:users"),
    "the home that the base image sets": ("FROM quay.io/jupyter/scipy-notebook:2024-05-27\nCOPY @. ${HOME}/work\n", "--chown=jovyan:users"),
    "a number of the base image's": (
        "FROM gcr.io/distroless/python3-debian12:nonroot\nWORKDIR /app\nCOPY @. .\n",
        "--chown=nonroot:nonroot",
    ),
    "OpenShift's": ("FROM registry.access.redhat.com/ubi9/python-312\nCOPY @. /opt/app-root/src\n", "--chown=1001:root"),
    "docker-stacks' variables": (
        "FROM quay.io/jupyter/scipy-notebook:2024-05-27\nUSER root\nRUN apt-get update\nUSER ${NB_UID}\nCOPY @. /home/jovyan/\n",
        "--chown=${NB_UID}:${NB_GID}",
    ),
    "docker-stacks' variables without braces": (
        "FROM quay.io/jupyter/scipy-notebook:2024-05-27\nUSER $NB_USER\nCOPY @. /home/jovyan/\n",
        "--chown=$NB_UID:$NB_GID",
    ),
    "micromamba's variable": (
        "FROM mambaorg/micromamba:1.5.8\nUSER $MAMBA_USER\nWORKDIR /app\nCOPY @. .\n",
        "--chown=$MAMBA_USER:$MAMBA_USER",
    ),
    "an ARG": (
        ("FROM python:3.12\nARG USERNAME=app\nARG GID=1000\nRUN groupadd -g ${GID} $USERNAME && useradd -m -g ${GID} \"$USERNAME\"\n"
        "USER $USERNAME\nCOPY @. /home/$USERNAME/\n"),
        "--chown=$USERNAME:${GID}",
    ),
    "ARGs in USER": (
        "FROM python:3.12\nARG UID=1000 GID=1000\nUSER ${UID}:${GID}\nWORKDIR /app\nCOPY @. .\n",
        "--chown=${UID}:${GID}",
    ),
    "an ENV": ("FROM python:3.12\nENV U=app\nRUN useradd -m $U\nUSER $U\nCOPY @. /home/app/\n", "--chown=$U:$U"),
    "--from": (
        "FROM python:3.12 AS b\nRUN make\nFROM python:3.12\nRUN useradd -m app\nUSER app\nCOPY @--from=b /x /home/app/x\n",
        "--chown=app:app",
    ),
    "--link takes numbers alone": (
        "FROM node:22\nUSER node\nCOPY @--link . /home/node/app\n",
        "--chown=1000:1000",
    ),
    "--link, and numbers from the commands": (
        "FROM python:3.12\nRUN groupadd -g 2000 app && useradd -m -u 1500 -g app app\nUSER app\nCOPY @--link . /home/app\n",
        "--chown=1500:2000",
    ),
    "JSON": ('FROM node:22\nUSER node\nCOPY @["a b", "/home/node/"]\n', "--chown=node:node"),
    "a URL": ("FROM node:22\nUSER node\nADD @https://example.com/x /home/node/\n", "--chown=node:node"),
    "the stage it builds on": (
        "FROM python:3.12 AS base\nRUN useradd -m app\nUSER app\nWORKDIR /app\nCOPY @. .\nFROM base\nCMD [\"x\"]\n",
        "--chown=app:app",
    ),
    "a manifest and more": ("FROM node:22\nUSER node\nCOPY @requirements.txt main.py /home/node/\n", "--chown=node:node"),
    "chown before, not after": (
        "FROM python:3.12\nRUN useradd -m app && chown -R app /home/app\nUSER app\nCOPY @. /home/app\n",
        "--chown=app:app",
    ),
    "chmod of one file behind": (
        "FROM python:3.12\nRUN useradd -m app\nUSER app\nCOPY @. /home/app/src\nUSER root\nRUN chmod +x /home/app/src/x\nUSER app\n",
        "--chown=app:app",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "flag"), REWRITE.values(), ids=REWRITE)
def test_mends(text: str, flag: str) -> None:
    before = text.replace("@", "")
    assert mended(HOOK, before) == text.replace("@", f"{flag} ")


APP = "FROM python:3.12\nRUN useradd -m app\nUSER app\n"
NOOP = {
    "root": "FROM python:3.12\nWORKDIR /app\nCOPY . .\n",
    "root again": APP + "USER root\nCOPY . /home/app\n",
    "root by ARG": "FROM python:3.12\nARG U=root\nUSER $U\nCOPY . /root\n",
    "an unknown user": "FROM python:3.12\nARG U\nUSER $U\nWORKDIR /app\nCOPY . .\n",
    "an unknown base image": "FROM example.com/base\nWORKDIR /app\nCOPY . .\n",
    "--chown": APP + "COPY --chown=app . /home/app\n",
    "--chmod": APP + "COPY --chmod=644 . /home/app\n",
    "a heredoc": APP + "COPY <<EOF /home/app/x\nhello\nEOF\n",
    "manifests": APP + "COPY requirements.txt requirements-dev.txt /home/app/\n",
    "manifests by a pattern": APP + "COPY requirements*.txt pyproject.toml poetry.lock* /home/app/\n",
    "a folder of root's": APP.replace("USER", "WORKDIR /app\nUSER") + "COPY . .\n",
    "a folder that root makes": APP.replace("USER", "RUN mkdir /app\nUSER") + "WORKDIR /app\nCOPY . .\n",
    "a folder that COPY makes": APP.replace("USER", "COPY a /app/\nUSER") + "WORKDIR /app\nCOPY . .\n",
    "/usr/local/bin": APP + "COPY run.sh /usr/local/bin/\n",
    "/etc": APP + "COPY app.conf /etc/app.conf\n",
    "the root": APP + "COPY run.sh /\n",
    "/tmp": APP + "WORKDIR /tmp\nCOPY run.sh .\n",
    "an unknown destination": APP + "COPY . $WHERE/\n",
    "an unknown working directory": "FROM quay.io/jupyter/scipy-notebook:2024-05-27\nCOPY . .\n",
    "a program for PATH": APP + "COPY --from=ghcr.io/astral-sh/uv:0.5.1 /uv /home/app/.local/bin/\n",
    "chown of it later": APP + "COPY . /home/app/src\nUSER root\nRUN chown -R app:app /home/app\nUSER app\n",
    "chown of what is in it later": APP + "COPY . /home/app\nUSER root\nRUN chown -R app /home/app/data\nUSER app\n",
    "chown of all of it by a pattern": APP + "COPY . /home/app/src\nUSER root\nRUN chown -R app /home/app/src/*\n",
    "chown by sudo": APP + "WORKDIR /home/app/x\nCOPY . .\nRUN sudo chown -R app:app .\n",
    "chown behind cd": APP + "COPY . /home/app/x\nUSER root\nRUN cd /home/app && chown -R app x\n",
    "chown by find": APP + "COPY . /home/app/x\nUSER root\nRUN find / -name x -exec chown app {} +\n",
    "chown of what can't be known": APP + "COPY . /home/app/x\nUSER root\nRUN chown app $(pwd)\n",
    "chown in a script that can't be read": APP + "COPY . /home/app/x\nUSER root\nRUN case x in y) chown app x ;; esac\n",
    "chown in the next stage": APP.replace("12\n", "12 AS a\n") + "COPY . /home/app/x\nFROM a\nUSER root\nRUN chown -R app /home/app\n",
    "rights for all": APP + "COPY . /home/app/x\nUSER root\nRUN chmod -R a+rwX /home/app\n",
    "docker-stacks' fix-permissions": (
        "FROM quay.io/jupyter/scipy-notebook:2024-05-27\nCOPY . /home/jovyan/x\nUSER root\nRUN fix-permissions /home/jovyan\n"
    ),
    "a stage that the final image is not built on": APP.replace("12\n", "12 AS a\n") + "COPY . /home/app\nFROM python:3.12\n",
    "Windows": "FROM mcr.microsoft.com/windows/servercore:ltsc2022\nUSER app\nCOPY . /home/app\n",
    "ONBUILD": APP + "ONBUILD COPY . /home/app\n",
}  # fmt: skip


@pytest.mark.parametrize("text", NOOP.values(), ids=NOOP)
def test_is_silent(text: str) -> None:
    assert findings_of(check, text) == []
    assert mended(HOOK, text) == text


REPORT = {
    "no group": ("FROM python:3.12\nRUN useradd -m -N app\nUSER app\nCOPY . /home/app\n", "the group of app isn't known"),
    "no user": ("FROM python:3.12\nUSER app\nCOPY . /home/app\n", "the group of app isn't known"),
    "no such user": ("FROM python:3.12\nUSER app:app\nCOPY . /home/app\n", "nothing here creates app"),
    "a system user": ("FROM python:3.12-alpine\nRUN adduser -S app\nUSER app\nWORKDIR /app\nCOPY . .\n", "the group of app isn't known"),
    "a user that may be another": (
        "FROM python:3.12\nRUN id app || useradd -m app\nUSER app\nCOPY . /home/app\n", "the group of app isn't known",
    ),
    "a number": ("FROM python:3.12\nUSER 1000\nWORKDIR /app\nCOPY . .\n", "the group of 1000 isn't known"),
    "the base image's, of no known group": ("FROM odoo:17\nWORKDIR /app\nCOPY . .\n", "the group of odoo isn't known"),
    "names where there are none": ("FROM scratch\nUSER 1000:app\nWORKDIR /app\nCOPY . .\n", "scratch knows no users"),
    "--link without numbers": ("FROM python:3.12\nRUN useradd -m app\nUSER app\nCOPY --link . /home/app\n", "--link takes numbers alone"),
    "more than a variable": (
        "FROM python:3.12\nARG U=x\nUSER app${U}\nCOPY . /home/appx\n", "more than a plain variable",
    ),
    "an ARG of the stage before": (
        "FROM python:3.12 AS a\nARG U=app\nRUN useradd -m $U\nUSER $U\nFROM a\nCOPY . /home/app\n", "aren't in force",
    ),
    "work as root behind it": (
        APP + "COPY . /home/app\nUSER root\nRUN pip install /home/app\nUSER app\n", "line 6 works on the files as root",
    ),
    "a keyword on two lines": (APP + "CO\\\nPY . /home/app\n", "stands on two lines"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "words"), REPORT.values(), ids=REPORT)
def test_reports(text: str, words: str) -> None:
    (finding,) = findings_of(check, text)
    assert not finding.edits
    assert words in finding.advice
    assert mended(HOOK, text) == text


def test_one_finding_for_each_copy() -> None:
    text = APP + "COPY a /home/app/\nCOPY b /opt/\nADD c /home/app/\n"
    findings = findings_of(check, text)
    assert [finding.line for finding in findings] == [4, 6]
    assert findings[0].message == "COPY puts root's files into /home/app, which is app's own"


def test_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "Dockerfile"
    path.write_text(APP + "COPY . /home/app\n")
    assert main(["--check", str(path)]) == 1
    assert f"{path}:4: COPY puts root's files into /home/app" in capsys.readouterr().out
    assert main([str(path)]) == 1
    assert path.read_text() == APP + "COPY --chown=app:app . /home/app\n"
    capsys.readouterr()
    assert main([str(path)]) == 0
    assert capsys.readouterr().out == ""

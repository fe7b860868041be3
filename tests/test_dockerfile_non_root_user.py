"""What dockerfile-non-root-user mends, reports, and leaves alone."""
# ruff: noqa: E501

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from docker_hooks.dockerfile_non_root_user import HOOK_RULES, ID, check, main
from docker_hooks.run import Hook
from tests.mends import findings_of, mended

HOOK = Hook(ID, check, HOOK_RULES)

REWRITE = {
    "in the file's own casing and indentation": (
        """\
from python:3.12-slim
    workdir /app
    cmd ["python", "main.py"]
""",
        """\
from python:3.12-slim
    run groupadd --gid 1000 app \\
        && useradd --uid 1000 --gid app --create-home app \\
        && mkdir -p /app \\
        && chown app:app /app
    workdir /app
    user app
    cmd ["python", "main.py"]
""",
    ),
    "the usual file": (
        """\
FROM python:3.12-slim
# where the code lives
WORKDIR /app
COPY requirements.txt .
RUN pip install -r requirements.txt
COPY . .
# start
CMD ["python", "main.py"]
""",
        """\
FROM python:3.12-slim
RUN groupadd --gid 1000 app \\
    && useradd --uid 1000 --gid app --create-home app \\
    && mkdir -p /app \\
    && chown app:app /app
# where the code lives
WORKDIR /app
COPY requirements.txt .
RUN pip install -r requirements.txt
COPY --chown=app:app . .
USER app
# start
CMD ["python", "main.py"]
""",
    ),
    "Alpine": (
        "FROM python:3.12-alpine\nWORKDIR /app\nCOPY . .\nCMD python main.py\n",
        """\
FROM python:3.12-alpine
RUN addgroup -g 1000 app \\
    && adduser -D -u 1000 -G app app \\
    && mkdir -p /app \\
    && chown app:app /app
WORKDIR /app
COPY --chown=app:app . .
USER app
CMD python main.py
""",
    ),
    "a user that the file creates and never uses": (
        """\
FROM python:3.12
RUN useradd -m worker
WORKDIR /app
RUN pip install numpy
COPY . .
CMD ["python", "main.py"]
""",
        """\
FROM python:3.12
RUN useradd -m worker
WORKDIR /app
RUN chown worker:worker /app
RUN pip install numpy
COPY --chown=worker:worker . .
USER worker
CMD ["python", "main.py"]
""",
    ),
    "a user that is left again": (
        """\
FROM python:3.12
RUN groupadd -r me && useradd -m -r -g me me
USER me
WORKDIR /home/me/app
USER root
RUN apt-get update
COPY . .
CMD ["python3"]
""",
        """\
FROM python:3.12
RUN groupadd -r me && useradd -m -r -g me me
USER me
WORKDIR /home/me/app
USER root
RUN apt-get update
COPY --chown=me:me . .
USER me
CMD ["python3"]
""",
    ),
    "USER root at the end": (
        'FROM python:3.12\nRUN useradd -m worker\nWORKDIR /home/worker\nUSER root\nCMD ["python"]\n',
        'FROM python:3.12\nRUN useradd -m worker\nWORKDIR /home/worker\nUSER worker\nCMD ["python"]\n',
    ),
    "a user that the base image has": (
        'FROM node:22\nWORKDIR /app\nCOPY . .\nCMD ["node", "x.js"]\n',
        'FROM node:22\nWORKDIR /app\nRUN chown node:node /app\nCOPY --chown=node:node . .\nUSER node\nCMD ["node", "x.js"]\n',
    ),
    "a base image that is not root, left as root": (
        'FROM quay.io/jupyter/scipy-notebook:2024-05-27\nUSER root\nRUN apt-get update\nCMD ["start-notebook.py"]\n',
        'FROM quay.io/jupyter/scipy-notebook:2024-05-27\nUSER root\nRUN apt-get update\nUSER jovyan\nCMD ["start-notebook.py"]\n',
    ),
    "more than one stage": (
        """\
FROM python:3.12 AS build
WORKDIR /app
RUN pip install --target=/deps numpy
FROM python:3.12-slim
WORKDIR /app
COPY --from=build /deps /deps
COPY main.py .
ENTRYPOINT ["python", "main.py"]
""",
        """\
FROM python:3.12 AS build
WORKDIR /app
RUN pip install --target=/deps numpy
FROM python:3.12-slim
RUN groupadd --gid 1000 app \\
    && useradd --uid 1000 --gid app --create-home app \\
    && mkdir -p /app \\
    && chown app:app /app
WORKDIR /app
COPY --from=build /deps /deps
COPY --chown=app:app main.py .
USER app
ENTRYPOINT ["python", "main.py"]
""",
    ),
    "a working directory that comes from the stage before": (
        'FROM python:3.12 AS base\nWORKDIR /app\nFROM base\nCOPY . .\nCMD ["python"]\n',
        """\
FROM python:3.12 AS base
WORKDIR /app
FROM base
RUN groupadd --gid 1000 app \\
    && useradd --uid 1000 --gid app --create-home app \\
    && mkdir -p /app \\
    && chown app:app /app
COPY --chown=app:app . .
USER app
CMD ["python"]
""",
    ),
    "files copied before the working directory is set": (
        'FROM python:3.12\nCOPY . /app\nWORKDIR /app\nCMD ["python"]\n',
        """\
FROM python:3.12
RUN groupadd --gid 1000 app \\
    && useradd --uid 1000 --gid app --create-home app \\
    && mkdir -p /app \\
    && chown app:app /app
COPY --chown=app:app . /app
WORKDIR /app
USER app
CMD ["python"]
""",
    ),
    "CMD before the last step": (
        'FROM python:3.12\nWORKDIR /app\nCMD ["python"]\nCOPY . .\n',
        """\
FROM python:3.12
RUN groupadd --gid 1000 app \\
    && useradd --uid 1000 --gid app --create-home app \\
    && mkdir -p /app \\
    && chown app:app /app
WORKDIR /app
CMD ["python"]
COPY --chown=app:app . .
USER app
""",
    ),
    "another escape character": (
        '# escape=`\nFROM python:3.12\nWORKDIR /app\nCMD ["python"]\n',
        """\
# escape=`
FROM python:3.12
RUN groupadd --gid 1000 app `
    && useradd --uid 1000 --gid app --create-home app `
    && mkdir -p /app `
    && chown app:app /app
WORKDIR /app
USER app
CMD ["python"]
""",
    ),
    "nothing between WORKDIR and CMD": (
        'FROM node:22\nWORKDIR /app\nCMD ["node"]\n',
        'FROM node:22\nWORKDIR /app\nRUN chown node:node /app\nUSER node\nCMD ["node"]\n',
    ),
    "a volume": (
        'FROM python:3.12-slim\nVOLUME ["/data"]\nWORKDIR /app\nCMD ["python"]\n',
        """\
FROM python:3.12-slim
RUN groupadd --gid 1000 app \\
    && useradd --uid 1000 --gid app --create-home app \\
    && mkdir -p /app /data \\
    && chown app:app /app /data
VOLUME ["/data"]
WORKDIR /app
USER app
CMD ["python"]
""",
    ),
    "a step that may ask git whose the files are": (
        'FROM python:3.12\nWORKDIR /app\nCOPY . .\nRUN pip install .\nCOPY main.py .\nCMD ["python"]\n',
        """\
FROM python:3.12
WORKDIR /app
COPY . .
RUN pip install .
RUN groupadd --gid 1000 app \\
    && useradd --uid 1000 --gid app --create-home app \\
    && mkdir -p /app \\
    && chown app:app /app
COPY --chown=app:app main.py .
USER app
CMD ["python"]
""",
    ),
    "steps that don't care": (
        'FROM node:22\nWORKDIR /app\nCOPY . .\nRUN pip install -r requirements.txt\nCMD ["x"]\n',
        """\
FROM node:22
WORKDIR /app
RUN chown node:node /app
COPY --chown=node:node . .
RUN pip install -r requirements.txt
USER node
CMD ["x"]
""",
    ),
    "a working directory by ARG": (
        'FROM node:22\nARG APP=/app\nWORKDIR ${APP}/\nCOPY . .\nCMD ["node"]\n',
        """\
FROM node:22
ARG APP=/app
WORKDIR ${APP}/
RUN chown node:node ${APP}
COPY --chown=node:node . .
USER node
CMD ["node"]
""",
    ),
    "JSON form, and comments in the middle": (
        'FROM node:22\nWORKDIR /home/node\nCOPY \\\n  # why\n  ["a b", "./"]\nCMD ["node"]\n',
        'FROM node:22\nWORKDIR /home/node\nCOPY --chown=node:node \\\n  # why\n  ["a b", "./"]\nUSER node\nCMD ["node"]\n',
    ),
    "--link takes numbers alone": (
        'FROM node:22\nWORKDIR /home/node\nCOPY --link . .\nCMD ["node"]\n',
        'FROM node:22\nWORKDIR /home/node\nCOPY --chown=1000:1000 --link . .\nUSER node\nCMD ["node"]\n',
    ),
    "ARG as user": (
        'FROM node:22\nARG U=root\nWORKDIR /home/node\nUSER $U\nCMD ["node"]\n',
        'FROM node:22\nARG U=root\nWORKDIR /home/node\nUSER node\nCMD ["node"]\n',
    ),
}


@pytest.mark.parametrize(("before", "after"), REWRITE.values(), ids=REWRITE)
def test_mends(before: str, after: str) -> None:
    assert mended(HOOK, before) == after


def test_writes_numbers() -> None:
    hook = Hook(ID, partial(check, numeric=True))
    before = 'FROM python:3.12\nWORKDIR /app\nCOPY . .\nCMD ["python"]\n'
    after = mended(hook, before)
    assert "COPY --chown=1000:1000 . .\nUSER 1000:1000\n" in after


NOOP = {
    "a user": 'FROM python:3.12\nUSER app\nCMD ["python"]\n',
    "a number": "FROM python:3.12\nUSER 1000:1000\n",
    "inherited": 'FROM python:3.12 AS a\nUSER app\nFROM a\nCMD ["python"]\n',
    "ARG user": "FROM python:3.12\nARG U=app\nUSER $U\n",
    "unknown user": "FROM python:3.12\nARG U\nUSER $U\n",
    "unknown base": 'FROM example.com/base:1\nCMD ["python"]\n',
    "unknown base by variable": 'ARG B\nFROM $B\nCMD ["python"]\n',
    "jupyter": "FROM jupyter/scipy-notebook\nRUN pip install numpy\n",
    "micromamba": "FROM mambaorg/micromamba:1.5.8\nRUN micromamba install -y numpy\n",
    "distroless nonroot": "FROM gcr.io/distroless/python3-debian12:nonroot\nCOPY . /app\n",
    "chainguard": "FROM cgr.dev/chainguard/python:latest\nCOPY . /app\n",
    "airflow": "FROM apache/airflow:2.9.0\nRUN pip install x\n",
    "lambda": 'FROM public.ecr.aws/lambda/python:3.12\nCMD ["app.handler"]\n',
    "gosu": 'FROM python:3.12\nENTRYPOINT ["gosu", "app", "python"]\n',
    "su-exec in shell form": "FROM python:3.12-alpine\nCMD su-exec app python main.py\n",
    "setpriv": 'FROM python:3.12\nCMD ["tini", "--", "setpriv", "--reuid=1", "python"]\n',
    "gosu and an entrypoint that is not there": (
        "FROM python:3.12\nRUN apt-get update && apt-get install -y gosu\nCOPY entrypoint.sh /\n"
        'ENTRYPOINT ["/entrypoint.sh"]\n'
    ),
    "supervisord": 'FROM python:3.12\nCMD ["/usr/bin/supervisord", "-n"]\n',
    "cron": "FROM python:3.12\nCMD cron && tail -f /var/log/cron.log\n",
    "ours": "FROM python:3.12\n# docker-hooks: ignore=dockerfile-non-root-user the device needs it\nUSER root\n",
    "hadolint's": 'FROM python:3.12\n# hadolint ignore=DL3002\nUSER root\nCMD ["python"]\n',
    "for the whole file": '# docker-hooks: ignore=dockerfile-non-root-user\nFROM python:3.12\nCMD ["python"]\n',
    "earlier stages": "FROM python:3.12 AS build\nUSER root\nRUN make\nFROM gcr.io/distroless/python3:nonroot\n",
}


@pytest.mark.parametrize("text", NOOP.values(), ids=NOOP)
def test_is_silent(text: str) -> None:
    assert findings_of(check, text) == [] or _silenced(text)


def _silenced(text: str) -> bool:
    from docker_hooks.run import found
    from tests.mends import subject_of

    return found(HOOK, subject_of(text)) == []


REPORT = {
    "no CMD": ("FROM python:3.12\nWORKDIR /app\nRUN pip install x\n", "neither CMD nor ENTRYPOINT"),
    "no WORKDIR": ("FROM python:3.12\nCOPY main.py /\nCMD [\"python\", \"/main.py\"]\n", "no WORKDIR"),
    "WORKDIR in /root": ("FROM python:3.12\nWORKDIR /root\nCMD [\"python\"]\n", "names root's home"),
    "WORKDIR of the system": ("FROM python:3.12\nWORKDIR /usr/src\nCMD [\"python\"]\n", "/usr/src"),
    "pip --user": ("FROM python:3.12\nWORKDIR /a\nRUN pip install --user x\nCMD [\"python\"]\n", "--user"),
    "poetry": ("FROM python:3.12\nWORKDIR /a\nRUN poetry install\nCMD [\"python\"]\n", "poetry"),
    "pipenv": ("FROM python:3.12\nWORKDIR /a\nRUN pipenv install\nCMD [\"pipenv\"]\n", "pipenv"),
    "an installer": ("FROM python:3.12\nWORKDIR /a\nRUN curl x | sh\nCMD [\"python\"]\n", "installer"),
    "home": ("FROM python:3.12\nWORKDIR /a\nRUN mkdir ~/.ssh\nCMD [\"python\"]\n", "root's home"),
    "a variable of it": ("FROM python:3.12\nWORKDIR /a\nENV PATH=/root/.local/bin:$PATH\nCMD [\"x\"]\n", "root's home"),
    "models": (
        "FROM python:3.12\nWORKDIR /a\nRUN python -c \"from x import A; A.from_pretrained('b')\"\nCMD [\"x\"]\n",
        "cached in root's home",
    ),
    "a script that can't be read": ("FROM python:3.12\nWORKDIR /a\nRUN case a in b) c;; esac\nCMD [\"x\"]\n", "can't be read"),
    "an entrypoint that is not there": ("FROM python:3.12\nWORKDIR /a\nENTRYPOINT [\"/run.sh\"]\n", "/run.sh"),
    "port 80": ("FROM python:3.12\nWORKDIR /a\nEXPOSE 80\nCMD [\"x\"]\n", "port 80"),
    "port 443 of a program": ("FROM python:3.12\nWORKDIR /a\nCMD [\"gunicorn\", \"-b\", \"0.0.0.0:443\"]\n", "port 443"),
    "a volume before a step that may ask git": (
        "FROM python:3.12\nWORKDIR /a\nVOLUME /data\nCOPY . .\nRUN pip install .\nCMD [\"x\"]\n",
        "VOLUME",
    ),
    "a folder of root's": ("FROM python:3.12\nWORKDIR /a\nRUN mkdir -p logs\nCMD [\"x\"]\n", "makes folders"),
    "a volume of the system": ("FROM python:3.12\nWORKDIR /a\nVOLUME /var/lib\nCMD [\"x\"]\n", "/var/lib"),
    "ONBUILD": ("FROM python:3.12\nWORKDIR /a\nONBUILD COPY . .\nCMD [\"x\"]\n", "ONBUILD"),
    "a user without home": ("FROM python:3.12\nRUN useradd u\nWORKDIR /a\nCMD [\"x\"]\n", "no home"),
    "a user that may not be there": ("FROM python:3.12\nRUN useradd -m u || true\nWORKDIR /a\nCMD [\"x\"]\n", "can't be told"),
    "two users": ("FROM python:3.12\nRUN useradd -m u && useradd -m v\nWORKDIR /a\nCMD [\"x\"]\n", "several users"),
    "an unknown base, made root": ("FROM example.com/base\nUSER root\nWORKDIR /a\nCMD [\"x\"]\n", "isn't known"),
    "root by number": ("FROM example.com/base\nUSER 0:0\nWORKDIR /a\nCMD [\"x\"]\n", "USER 0:0"),
    "root by ARG": ("FROM example.com/base\nARG U=root\nUSER ${U}\nWORKDIR /a\nCMD [\"x\"]\n", "USER root"),
    "root inherited": (
        "FROM example.com/base AS b\nUSER root\nFROM b\nWORKDIR /a\nCMD [\"x\"]\n", "the stage it builds on",
    ),
    "distroless": ("FROM gcr.io/distroless/python3-debian12\nWORKDIR /a\nCMD [\"x\"]\n", "runs as root"),
    "scratch": ("FROM scratch\nWORKDIR /a\nCOPY x /x\nCMD [\"/x\"]\n", "scratch"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "words"), REPORT.values(), ids=REPORT)
def test_reports(text: str, words: str) -> None:
    (finding,) = findings_of(check, text)
    assert not finding.edits
    assert words in f"{finding.message} {finding.advice}"
    assert mended(HOOK, text) == text


@pytest.mark.parametrize(
    ("entrypoint", "outcome"),
    [
        ("#!/bin/sh\nexec python main.py\n", "mended"),
        ("#!/bin/sh\nchown -R app /data\nexec gosu app python main.py\n", "silent"),
        ("#!/bin/sh\ncp /root/.netrc .\nexec python main.py\n", "silent"),
    ],
)
@pytest.mark.parametrize(
    "copy", ["COPY entrypoint.sh /app/", "COPY . /app", "COPY --chmod=755 ./entrypoint.sh /app/entrypoint.sh"]
)
def test_reads_the_entrypoint(tmp_path: Path, entrypoint: str, outcome: str, copy: str) -> None:
    (tmp_path / "entrypoint.sh").write_text(entrypoint)
    text = f'FROM python:3.12\nWORKDIR /app\n{copy}\nENTRYPOINT ["./entrypoint.sh"]\n'
    findings = findings_of(check, text, tmp_path)
    assert {0: "silent", 1: "mended"}[len(findings)] == outcome
    assert all(finding.edits for finding in findings)


@pytest.mark.parametrize(
    ("last", "is_mended"), [("exec python main.py", True), ("exec gosu app python main.py", False)]
)
def test_reads_an_entrypoint_in_a_heredoc(last: str, is_mended: bool) -> None:
    script = f"COPY --chmod=755 <<E /app/entrypoint.sh\n#!/bin/sh\n{last}\nE\n"
    findings = findings_of(check, f'FROM python:3.12\nWORKDIR /app\n{script}ENTRYPOINT ["./entrypoint.sh"]\n')
    assert [bool(finding.edits) for finding in findings] == ([True] if is_mended else [])


def test_target(tmp_path: Path) -> None:
    text = 'FROM python:3.12 AS prod\nWORKDIR /a\nCMD ["x"]\nFROM prod AS dev\nUSER dev\n'
    assert findings_of(check, text) == []
    (finding,) = findings_of(partial(check, target="prod"), text)
    assert finding.line == 1
    assert findings_of(partial(check, target="nothing"), text) == []


def test_devcontainers_are_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / ".devcontainer"
    folder.mkdir()
    (folder / "Dockerfile").write_text('FROM python:3.12\nCMD ["x"]\n')
    assert main([str(folder / "Dockerfile")]) == 0
    assert capsys.readouterr().out == ""


def test_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "Dockerfile"
    path.write_text(REWRITE["the usual file"][0])
    assert main(["--check", str(path)]) == 1
    assert path.read_text() == REWRITE["the usual file"][0]
    assert f"{path}:1: the final stage runs as root" in capsys.readouterr().out
    assert main([str(path)]) == 1
    assert path.read_text() == REWRITE["the usual file"][1]
    assert f"{path}:1: fixed: the final stage runs as root" in capsys.readouterr().out
    assert main([str(path)]) == 0
    assert capsys.readouterr().out == ""

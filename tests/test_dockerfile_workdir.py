"""What dockerfile-workdir reports, and what it is silent about."""

from __future__ import annotations

from pathlib import Path

import pytest

from docker_hooks.dockerfile_workdir import HOOK_RULES, ID, check, main
from docker_hooks.run import Hook, found
from tests.mends import findings_of, subject_of

HOOK = Hook(ID, check, HOOK_RULES)
PYTHON = "FROM python:3.13-slim\n"

REPORT = {
    "relative": ("WORKDIR app", 2, "WORKDIR app is relative: where it lies depends on the base image"),
    "relative with a dot": ("WORKDIR ./app", 2, "write an absolute path, such as /app"),
    "relative by a variable": ("ARG D=app\nWORKDIR $D/x", 3, "WORKDIR app/x is relative"),
    "the first of two": ("WORKDIR app\nWORKDIR src", 2, "WORKDIR app is relative"),
    "the first of two stages": ("FROM a AS b\nWORKDIR app\nFROM b\nWORKDIR src", 3, "WORKDIR app is relative"),
    "a home": ("WORKDIR ~/app", 2, "WORKDIR doesn't expand ~"),
    "a home behind an absolute one": ("WORKDIR /app\nWORKDIR ~", 3, "WORKDIR doesn't expand ~"),
    "cd alone": ("RUN cd /app\nCOPY . .", 2, "cd /app is lost at the end of this RUN: what follows is in / again"),
    "cd in the end": ("WORKDIR /a\nRUN git clone u && cd u\nRUN make", 3, "what follows is in /a again"),
    "cd in the last line": ("RUN x \\\n  # why\n  && cd /y", 4, "cd /y is lost"),
    "cd in a heredoc": ("RUN <<EOF\nmkdir x\ncd x\nEOF\nRUN y", 4, "cd x is lost"),
    "cd of a variable": ("RUN cd $X\nRUN a", 2, "cd $X is lost"),
    "cd behind an unknown base": ("FROM example.com/base\nRUN cd /a\nRUN b", 3, "is in the working directory again"),
    "another cd in the end": ("WORKDIR /a\nRUN cd /b && make && cd /c\nRUN d", 3, "cd /c is lost"),
    "cd and a COPY before WORKDIR": ("RUN cd /a\nCOPY b .\nWORKDIR /a", 2, "cd /a is lost"),
    "cd and a relative WORKDIR": ("WORKDIR /\nRUN cd /a\nWORKDIR b", 3, "cd /a is lost"),
    "cd before CMD": ("RUN cd /a\nCMD [\"b\"]", 2, "set the folder for what follows with WORKDIR"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "line", "words"), REPORT.values(), ids=REPORT)
def test_reports(text: str, line: int, words: str) -> None:
    (finding,) = findings_of(check, f"{PYTHON}{text}\n")
    assert finding.line == line
    assert words in f"{finding.message}; {finding.advice}"
    assert not finding.edits


NOOP = {
    "absolute": "WORKDIR /app",
    "relative behind an absolute one": "WORKDIR /app\nWORKDIR src",
    "relative behind an absolute one of the stage before": "FROM a AS b\nWORKDIR /app\nFROM b\nWORKDIR src",
    "on nothing": "FROM scratch\nWORKDIR app",
    "on Windows": "FROM mcr.microsoft.com/windows/nanoserver:ltsc2022\nWORKDIR app",
    "a drive": "FROM example.com/base\nWORKDIR C:/app",
    "a share": "FROM example.com/base\nWORKDIR \\\\\\\\app",
    "a variable that isn't known": "WORKDIR $HOME/app",
    "here": "WORKDIR .",
    "cd for what is behind it": "RUN cd /tmp && make",
    "cd and back": "RUN cd x && make && cd ..",
    "cd and back two": "RUN cd x/y && make && cd ../..",
    "cd and back to the one before": "RUN cd x && make && cd -",
    "cd and back home": "RUN cd x && make && cd ~",
    "cd and back to the root": "WORKDIR /app\nRUN cd x && make && cd /\nRUN y",
    "cd and back by name": "WORKDIR /app\nRUN cd /tmp/x && make && cd /app\nRUN y",
    "cd and back by variable": "ENV APP=/app\nWORKDIR $APP\nRUN cd /tmp/x && make && cd ${APP}\nRUN y",
    "cd and to what isn't known": "RUN cd /tmp/x && make && cd $Y\nRUN y",
    "cd and perhaps back": "FROM example.com/base\nRUN cd /tmp/x && make && cd /app\nRUN y",
    "cd to where it is": "WORKDIR /app\nRUN cd /app\nRUN y",
    "cd and WORKDIR": "RUN mkdir /a && cd /a\nWORKDIR /a",
    "cd and what doesn't care": "RUN cd /a\nENV B=c\nCOPY b /c\nWORKDIR /a",
    "cd in a subshell": "RUN (cd x && make)\nRUN y",
    "cd in a substitution": "RUN x=$(cd y && pwd)\nRUN y",
    "cd on a condition": "RUN if [ -d x ]; then cd x; fi\nRUN y",
    "cd or not": "RUN cd x || true\nRUN y",
    "cd in a pipe": "RUN cat x | cd y\nRUN z",
    "cd home": "RUN cd\nRUN y",
    "pushd": "RUN pushd x && make && cd y && popd\nRUN y",
    "cd of another shell": 'SHELL ["powershell", "-c"]\nRUN cd x\nRUN y',
    "JSON": 'RUN ["cd", "x"]\nRUN y',
    "what can't be read": "RUN case x in y) cd z;; esac\nRUN y",
    "silenced": "# hadolint ignore=DL3000\nWORKDIR app",
    "silenced cd": "# hadolint ignore=DL3003\nRUN cd /x\nRUN y",
}


@pytest.mark.parametrize("text", NOOP.values(), ids=NOOP)
def test_is_silent(text: str) -> None:
    assert found(HOOK, subject_of(f"{PYTHON}{text}\n")) == []


def test_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "Dockerfile"
    path.write_text(f"{PYTHON}WORKDIR app\n")
    assert main([str(path)]) == 1
    message = "WORKDIR app is relative: where it lies depends on the base image; write an absolute path, such as /app"
    assert capsys.readouterr().out == f"{path}:2: {message}\n"
    assert path.read_text() == f"{PYTHON}WORKDIR app\n"

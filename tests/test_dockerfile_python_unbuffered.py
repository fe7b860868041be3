"""What dockerfile-python-unbuffered mends, reports, and leaves alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from docker_hooks.dockerfile_python_unbuffered import HOOK_RULES, ID, check, main
from docker_hooks.run import Hook
from tests.mends import findings_of, mended

HOOK = Hook(ID, check, HOOK_RULES)

REWRITE = {
    "the usual file": (
        '# base\nFROM python:3.12-slim\n# code\nCOPY . .\nCMD ["python", "main.py"]\n',
        '# base\nFROM python:3.12-slim\nENV PYTHONUNBUFFERED=1\n# code\nCOPY . .\nCMD ["python", "main.py"]\n',
    ),
    "in the file's own casing and indentation": (
        "from python:3.12\n  copy . .\n  cmd python main.py\n",
        "from python:3.12\n  env PYTHONUNBUFFERED=1\n  copy . .\n  cmd python main.py\n",
    ),
    "the final stage, not the builder": (
        "FROM python:3.12\nENV PYTHONUNBUFFERED=1\nFROM python:3.12\nCMD python main.py\n",
        "FROM python:3.12\nENV PYTHONUNBUFFERED=1\nFROM python:3.12\nENV PYTHONUNBUFFERED=1\nCMD python main.py\n",
    ),
    "a stage on another": (
        'FROM python:3.12 AS base\nCMD ["python", "main.py"]\nFROM base\nRUN true\n',
        'FROM python:3.12 AS base\nCMD ["python", "main.py"]\nFROM base\nENV PYTHONUNBUFFERED=1\nRUN true\n',
    ),
    "ARG, which is not there when the image runs": (
        'FROM python:3.12\nARG PYTHONUNBUFFERED=1\nCMD ["python"]\n',
        'FROM python:3.12\nENV PYTHONUNBUFFERED=1\nARG PYTHONUNBUFFERED=1\nCMD ["python"]\n',
    ),
    "a FROM on two lines": (
        'FROM \\\n  python:3.12\nCMD ["python"]\n',
        'FROM \\\n  python:3.12\nENV PYTHONUNBUFFERED=1\nCMD ["python"]\n',
    ),
}


@pytest.mark.parametrize(("before", "after"), REWRITE.values(), ids=REWRITE)
def test_mends(before: str, after: str) -> None:
    assert mended(HOOK, before) == after


STARTS_PYTHON = [
    'CMD ["python3"]',
    'CMD ["/usr/local/bin/python3.12", "main.py"]',
    'CMD ["python", "-m", "app"]',
    'CMD ["python", "main.py", "-u", "x"]',
    'CMD ["python", "-m", "unittest", "-u"]',
    "CMD python main.py",
    "CMD exec gunicorn --bind :$PORT main:app",
    "CMD cd /app && python manage.py migrate && python manage.py runserver",
    'CMD ["sh", "-c", "exec uvicorn main:app --port $PORT"]',
    'CMD ["/bin/bash", "-o", "pipefail", "-lc", "streamlit run app.py"]',
    'CMD ["env", "A=b", "celery", "-A", "app", "worker"]',
    'ENTRYPOINT ["python"]\nCMD ["main.py"]',
    'ENTRYPOINT ["tini", "-g", "--"]\nCMD ["python", "main.py"]',
    'ENTRYPOINT ["/usr/bin/dumb-init", "--"]\nCMD python main.py',
    "ENTRYPOINT python main.py",
    'CMD ["bash"]\nENTRYPOINT python main.py',
    'CMD ["poetry", "run", "python", "main.py"]',
    'CMD ["uv", "run", "--no-sync", "main.py"]',
    'CMD ["conda", "run", "--no-capture-output", "-n", "work", "python", "main.py"]',
    'CMD ["gosu", "app", "python", "main.py"]',
]
STARTS_NONE = [
    "RUN python main.py",
    'CMD ["bash"]',
    "CMD bash",
    'CMD ["nginx", "-g", "daemon off;"]',
    'CMD ["jupyter", "lab"]',
    'CMD ["my-tool", "python"]',
    'CMD ["echo", "python main.py"]',
    'CMD ["./main.py"]',
    'CMD ["/entrypoint.sh", "python", "main.py"]',
    'ENTRYPOINT ["/entrypoint.sh"]\nCMD ["python", "main.py"]',
    'CMD ["tini"]',
    'CMD ["sh", "-c"]',
    "CMD []",
    "CMD case $A in a) python main.py;; esac",
    'CMD ["python", "main.py"]\nCMD ["bash"]',
    'CMD ["python", "main.py"]\nENTRYPOINT bash',
    'HEALTHCHECK CMD ["python", "check.py"]',
    # Python, and not held back.
    'CMD ["python", "-u", "main.py"]',
    'CMD ["python3", "-Bu", "-m", "app"]',
    "CMD python -W ignore -u main.py",
    "CMD python migrate.py && exec python -u main.py",
    "CMD PYTHONUNBUFFERED=1 python main.py",
    "CMD export PYTHONUNBUFFERED=1 && python main.py",
    'CMD ["env", "PYTHONUNBUFFERED=1", "python", "main.py"]',
    'ENTRYPOINT ["python"]\nCMD ["-u", "main.py"]',
    'ENV PYTHONUNBUFFERED=1\nCMD ["python", "main.py"]',
    'ENV PYTHONUNBUFFERED 1\nCMD ["python", "main.py"]',
    'ENV A=b PYTHONUNBUFFERED=true\nCMD ["python", "main.py"]',
    'ENV PYTHONUNBUFFERED=0\nCMD ["python", "main.py"]',
    'ARG X\nENV PYTHONUNBUFFERED=$X\nCMD ["python", "main.py"]',
]


@pytest.mark.parametrize("start", STARTS_PYTHON)
@pytest.mark.parametrize("image", ["python:3.12", "ubuntu:24.04", "condaforge/miniforge3"])
def test_knows_what_starts_python(image: str, start: str) -> None:
    (finding,) = findings_of(check, f"FROM {image}\n{start}\n")
    assert finding.edits
    assert finding.line == 1


@pytest.mark.parametrize("start", STARTS_NONE)
def test_leaves_alone(start: str) -> None:
    text = f"FROM python:3.12\n{start}\n"
    assert findings_of(check, text) == []
    assert mended(HOOK, text) == text


@pytest.mark.parametrize(
    "image",
    [
        "example.com/python",
        "frolvlad/alpine-python3",
        "registry.access.redhat.com/ubi9/python-312",
        "runpod/base",
        "public.ecr.aws/lambda/python:3.12",
        "tiangolo/uwsgi-nginx:python3.11",
        "python:3.12-windowsservercore",
        "$IMAGE",
    ],
)
def test_leaves_images_alone(image: str) -> None:
    assert findings_of(check, f'FROM {image}\nCMD ["python", "main.py"]\n') == []


@pytest.mark.parametrize(
    ("words", "is_found"), [('"main.py"', True), ('"-m", "app"', True), ('"-u", "main.py"', False), ('"python3"', True)]
)
def test_knows_images_that_start_python_themselves(words: str, is_found: bool) -> None:
    findings = findings_of(check, f"FROM gcr.io/distroless/python3-debian12\nCMD [{words}]\n")
    assert bool(findings) is is_found


def test_an_ancestor_sets_it() -> None:
    text = 'FROM python:3.12 AS base\nENV PYTHONUNBUFFERED=1\nFROM base\nCMD ["python"]\n'
    assert findings_of(check, text) == []


def test_set_to_nothing() -> None:
    text = 'FROM python:3.12\nENV PYTHONUNBUFFERED=\nCMD ["python"]\n'
    (finding,) = findings_of(check, text)
    assert "set it to 1" in finding.advice
    assert mended(HOOK, text) == text


@pytest.mark.parametrize(
    ("script", "is_found"),
    [
        ("#!/bin/sh\npython manage.py migrate\nexec gunicorn app\n", True),
        ('#!/bin/sh\nset -e\nexec "$@"\n', True),
        ("#!/usr/bin/env python3\nprint(1)\n", True),
        ("#!/usr/bin/python3 -u\nprint(1)\n", False),
        ("#!/bin/sh\nexec /opt/venv/bin/python3 -u main.py\n", False),
        ('#!/bin/sh\nexport PYTHONUNBUFFERED=1\nexec "$@"\n', False),
        ("#!/bin/sh\n# runs no python\nexec nginx\n", False),
        ("#!/bin/sh\nls /usr/lib/python3.12/site-packages ./my-python\n", False),
    ],
)
@pytest.mark.parametrize(
    "start",
    ['ENTRYPOINT ["./start.sh"]', 'ENTRYPOINT ["tini", "--", "/app/start.sh"]', 'ENTRYPOINT ["sh", "start.sh"]'],
)
def test_reads_the_script(tmp_path: Path, script: str, is_found: bool, start: str) -> None:
    (tmp_path / "start.sh").write_text(script)
    text = f'FROM python:3.12\nWORKDIR /app\nCOPY . .\n{start}\nCMD ["python", "main.py"]\n'
    assert bool(findings_of(check, text, tmp_path)) is is_found


def test_a_script_that_starts_itself_comes_to_an_end(tmp_path: Path) -> None:
    (tmp_path / "start.sh").write_text('#!/bin/sh\nexec "$@"\n')
    words = ", ".join(['"/app/start.sh"'] * 100)
    assert findings_of(check, f"FROM python:3.12\nCOPY . /app\nCMD [{words}]\n", tmp_path) == []


def test_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "Dockerfile"
    path.write_text('FROM python:3.12\nCMD ["python"]\n')
    said = "the final stage starts Python without PYTHONUNBUFFERED: its output is held back"
    assert main(["--check", str(path)]) == 1
    assert capsys.readouterr().out == f"{path}:1: {said}; can be mended: ENV PYTHONUNBUFFERED=1\n"
    assert main([str(path)]) == 1
    assert capsys.readouterr().out == f"{path}:1: fixed: {said}: ENV PYTHONUNBUFFERED=1\n"
    assert main([str(path)]) == 0

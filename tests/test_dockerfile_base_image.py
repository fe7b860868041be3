"""What dockerfile-base-image says, and of what it says nothing."""
# ruff: noqa: E501

from __future__ import annotations

from pathlib import Path

import pytest

from docker_hooks.dockerfile_base_image import HOOK_RULES, ID, check, main
from docker_hooks.run import Hook, found
from tests.mends import findings_of, mended, subject_of

HOOK = Hook(ID, check, HOOK_RULES)
TRAIN = 'COPY train.py .\nCMD ["python3", "train.py"]\n'

REPORT = {
    "no tag": ("FROM python\n", "python has no tag: each build takes whatever is latest"),
    "no tag, by a platform": ("FROM --platform=linux/amd64 python AS x\n", "has no tag"),
    "no tag of someone's": ("FROM someone/image\n", "has no tag"),
    "no tag of a registry": ("FROM localhost:5000/image\n", "has no tag"),
    "no tag by ARG": ("ARG BASE=python\nFROM ${BASE}\n", "python has no tag: each build takes whatever is latest, unless"),
    "latest": ("FROM python:latest\n", "python:latest moves: each build takes whatever is latest"),
    "latest by ARG": ("ARG TAG=latest\nFROM python:${TAG}\n", "unless the build passes another"),
    "latest by a default": ("ARG TAG\nFROM python:${TAG:-latest}\n", "python:latest moves"),
    "latest of a kind": ("FROM tensorflow/tensorflow:latest-gpu\n", "latest-gpu moves"),
    "the end of Python": ("FROM python:3.8-slim\n", "Python 3.8 reached its end of life in 2024-10"),
    "the end of Python 2": ("FROM python:2.7\n", "Python 2 reached its end of life in 2020-01"),
    "the end of Debian": ("FROM python:3.12-slim-buster\n", "gets no security updates: Debian 10 (buster) reached its end of life in 2024-06"),
    "the end of both": ("FROM python:3.6-slim-stretch\n", "Python 3.6 reached its end of life in 2021-12, Debian 9 (stretch) reached"),
    "the end of Ubuntu": ("FROM ubuntu:18.04\n", "Ubuntu 18.04 (bionic)"),
    "the end of Ubuntu under CUDA": ("FROM nvidia/cuda:11.0-base-ubuntu18.04\n", "Ubuntu 18.04 (bionic)"),
    "the end of Alpine": ("FROM alpine:3.15\n", "Alpine 3.15"),
    "the end by ARG": ("ARG PYTHON=3.7\nFROM python:${PYTHON}-slim\n", "Python 3.7"),
    "the end in a digest's tag": ("FROM python:3.7@sha256:" + "0" * 64 + "\n", "Python 3.7"),
    "an earlier stage": ("FROM debian:buster AS build\nFROM python:3.12\n", "Debian 10 (buster)"),
    "devel": ("FROM nvidia/cuda:12.4.1-devel-ubuntu22.04\nRUN pip install torch\n" + TRAIN, "nothing here compiles"),
    "PyTorch's devel": ("FROM pytorch/pytorch:2.4.0-cuda12.4-cudnn9-devel\nRUN pip install --no-cache-dir transformers\n" + TRAIN, "nothing here compiles"),
    "devel in the lineage": ("FROM nvidia/cuda:12.4.1-devel-ubuntu22.04 AS base\nRUN apt-get update && apt-get install -y python3-pip git wget\nFROM base\n" + TRAIN, "nothing here compiles"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "words"), REPORT.values(), ids=REPORT)
def test_reports(text: str, words: str) -> None:
    (finding,) = findings_of(check, text)
    assert words in finding.message
    assert finding.advice
    assert mended(HOOK, text) == text


NOOP = {
    "a tag": "FROM python:3.12-slim\n",
    "a digest": "FROM python@sha256:" + "0" * 64 + "\n",
    "scratch": "FROM scratch\n",
    "a stage": "FROM python:3.12 AS base\nFROM base\nFROM Base\n",
    "an ARG that resolves": "ARG TAG=3.12\nFROM python:${TAG}\n",
    "an ARG with a default": "ARG TAG\nFROM python:${TAG:-3.12}\n",
    "an ARG without a default": "ARG TAG\nFROM python:$TAG\n",
    "an ARG without a default for all of it": "ARG BASE\nFROM $BASE\n",
    "what is no reference": "FROM Python\n",
    "a build context by name, or an image of one's own": "FROM base-of-ours\n",
    "distroless, which has no other tags": "FROM gcr.io/distroless/python3-debian12\n",
    "Chainguard's, which are free as latest alone": "FROM cgr.dev/chainguard/python:latest\n",
    "unknown images": "FROM someone/python:3.6-buster\n",
    "the last that get updates": "FROM debian:bookworm\nFROM ubuntu:22.04\nFROM alpine:3.22\nFROM python:3.11\n",
    "COPY --from": "FROM python:3.12\nCOPY --from=ghcr.io/astral-sh/uv:latest /uv /bin/\n",
    "runtime": "FROM nvidia/cuda:12.4.1-runtime-ubuntu22.04\n" + TRAIN,
    "devel of others": "FROM someone/image:1-devel\n" + TRAIN,
    "devel that starts nothing": "FROM nvidia/cuda:12.4.1-devel-ubuntu22.04\nRUN pip install torch\n",
    "devel that starts a shell": 'FROM nvidia/cuda:12.4.1-devel-ubuntu22.04\nCMD ["/bin/bash"]\n',
    "devel that builds only": "FROM nvidia/cuda:12.4.1-devel-ubuntu22.04 AS build\nRUN pip install torch\nFROM python:3.12\n" + TRAIN,
}  # fmt: skip


@pytest.mark.parametrize("text", NOOP.values(), ids=NOOP)
def test_is_silent(text: str) -> None:
    assert findings_of(check, text) == []


@pytest.mark.parametrize(
    "step",
    [
        "RUN nvcc -o x x.cu",
        "RUN apt-get install -y build-essential",
        "RUN apt-get install -y gcc",
        "RUN cmake . && make",
        "RUN python3 setup.py install",
        "RUN pip install .",
        "RUN pip install -e ./ext",
        "RUN pip install git+https://example.com/ext",
        "RUN pip install flash-attn --no-build-isolation",
        "RUN pip install deepspeed",
        "RUN pip install -r requirements.txt",
        "RUN uv sync",
        "RUN poetry install",
        "RUN conda env create -f environment.yml",
        "RUN ./install.sh",
        "RUN bash install.sh",
        "RUN curl https://example.com | sh",
        "RUN python3 build.py",
        "RUN case x in y) ls ;; esac",
        'RUN ["x"]',
        "ENV TORCH_CUDA_ARCH_LIST=8.0",
        "RUN <<EOF\nnvcc x.cu\nEOF",
    ],
)
def test_says_nothing_of_devel_where_something_may_compile(step: str) -> None:
    assert findings_of(check, f"FROM nvidia/cuda:12.4.1-devel-ubuntu22.04\nWORKDIR /app\n{step}\n{TRAIN}") == []


@pytest.mark.parametrize(
    ("requirements", "count"), [("torch==2.4\n--extra-index-url https://x\n", 1), ("flash-attn\n", 0), ("-e .\n", 0)]
)
def test_reads_the_requirements(tmp_path: Path, requirements: str, count: int) -> None:
    (tmp_path / "requirements.txt").write_text(requirements)
    text = (
        "FROM nvidia/cuda:12.4.1-devel-ubuntu22.04\nWORKDIR /app\nCOPY requirements.txt .\n"
        f"RUN pip install -r requirements.txt\n{TRAIN}"
    )
    assert len(findings_of(check, text, tmp_path)) == count


PYPROJECT = '[project]\nname = "x"\nrequires-python = ">=3.12"\n'


@pytest.mark.parametrize(
    ("files", "text", "words"),
    [
        (
            {"pyproject.toml": PYPROJECT},
            "FROM python:3.11\nCOPY . .\n",
            "Python 3.11, which pyproject.toml excludes (>=3.12)",
        ),
        ({"pyproject.toml": PYPROJECT}, "FROM python:3.11\nCOPY pyproject.toml uv.lock ./\n", "pyproject.toml"),
        ({"pyproject.toml": PYPROJECT}, "FROM python:3.11\nCOPY *.toml ./\n", "pyproject.toml"),
        ({"pyproject.toml": PYPROJECT}, "FROM python:3.11\nCOPY main.py ./\n", "pyproject.toml"),
        ({"pyproject.toml": PYPROJECT, "src/x.py": ""}, "FROM python:3.11\nCOPY src src\n", "pyproject.toml"),
        ({"pyproject.toml": PYPROJECT, "x/__init__.py": ""}, "FROM python:3.11\nCOPY x x\n", "pyproject.toml"),
        (
            {"pyproject.toml": PYPROJECT},
            "FROM python:3.11\nRUN --mount=type=bind,source=pyproject.toml,target=p.toml ls\n",
            "pyproject.toml",
        ),
        ({"pyproject.toml": PYPROJECT}, "FROM python:3.11 AS a\nFROM a\nCOPY . .\n", "pyproject.toml"),
        ({"api/pyproject.toml": PYPROJECT}, "FROM python:3.11\nCOPY api /api\n", "pyproject.toml"),
        ({"setup.cfg": "[options]\npython_requires = >=3.12\n"}, "FROM python:3.11\nCOPY . .\n", "setup.cfg"),
        ({"setup.py": "setup(python_requires='>=3.12')\n"}, "FROM python:3.11\nCOPY . .\n", "setup.py"),
        ({".python-version": "3.12.4\n"}, "FROM python:3.11\nCOPY . .\n", ".python-version"),
        ({"environment.yml": "dependencies:\n- python=3.12\n"}, "FROM python:3.11\nCOPY . .\n", "environment.yml"),
    ],
)
def test_reports_a_python_that_the_project_excludes(
    tmp_path: Path, files: dict[str, str], text: str, words: str
) -> None:
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content)
    (finding,) = findings_of(check, text, tmp_path)
    assert finding.line == 1
    assert words in finding.message


@pytest.mark.parametrize(
    ("files", "text"),
    [
        ({"pyproject.toml": PYPROJECT}, "FROM python:3.12\nCOPY . .\n"),
        ({"pyproject.toml": PYPROJECT}, "FROM python:3-slim\nCOPY . .\n"),
        ({"pyproject.toml": PYPROJECT}, "FROM python:3.11\nRUN pip install mkdocs\n"),
        ({"pyproject.toml": PYPROJECT, "docs/index.md": ""}, "FROM python:3.11\nCOPY docs /docs\n"),
        ({"pyproject.toml": PYPROJECT}, "FROM python:3.11\nCOPY --from=x . .\n"),
        ({"pyproject.toml": PYPROJECT}, "FROM python:3.11 AS a\nFROM python:3.12\nCOPY . .\n"),
        ({"pyproject.toml": PYPROJECT}, "FROM someone/python:3.11\nCOPY . .\n"),
        ({"pyproject.toml": PYPROJECT}, "FROM python:3.11\nCOPY . .\nRUN uv python install 3.12\n"),
        ({"pyproject.toml": PYPROJECT}, "FROM python:3.11\nCOPY . .\nRUN uv venv --python 3.12\n"),
        ({"pyproject.toml": "[project\n"}, "FROM python:3.11\nCOPY . .\n"),
        ({"environment.yml": "dependencies:\n- python=3.12\n"}, "FROM python:3.11\nCOPY . .\nRUN conda env create\n"),
        ({"other/pyproject.toml": PYPROJECT}, "FROM python:3.11\nCOPY . .\n"),
    ],
)
def test_says_nothing_where_it_does_not(tmp_path: Path, files: dict[str, str], text: str) -> None:
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content)
    assert findings_of(check, text, tmp_path) == []


def test_one_of_a_kind_for_each_from(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(PYPROJECT)
    (tmp_path / ".python-version").write_text("3.12\n")
    text = "FROM python:3.8-slim-buster\nCOPY . .\nFROM alpine\nFROM python:3.9\n"
    findings = findings_of(check, text, tmp_path)
    assert [finding.line for finding in findings] == [1, 1, 3, 4]


@pytest.mark.parametrize(
    "text",
    [
        "# hadolint ignore=DL3006\nFROM python\n",
        "# hadolint ignore=DL3007\nFROM python:latest\n",
        "# docker-hooks: ignore=dockerfile-base-image we build it ourselves\nFROM someone/image\n",
    ],
)
def test_comments_silence_it(text: str) -> None:
    assert found(HOOK, subject_of(text)) == []


def test_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "Dockerfile"
    path.write_text("FROM python:latest\n")
    assert main([str(path)]) == 1
    assert capsys.readouterr().out == (
        f"{path}:1: python:latest moves: each build takes whatever is latest; name the version that you have tested\n"
    )
    assert path.read_text() == "FROM python:latest\n"

"""Dockerfiles of data-science projects, each with something that trips readers: what every hook has to bear."""

from __future__ import annotations

from typing import Final

SAMPLES: Final[dict[str, str]] = {
    "plain": """\
FROM python:3.11-slim
WORKDIR /app
COPY . .
RUN pip install -r requirements.txt
CMD python main.py
""",
    "comments-in-continuations": """\
FROM python:3.10
# system packages
RUN apt-get update && \\
    # compilers
    apt-get install \\
        gcc \\
    # fortran, for scipy

        gfortran \\
    && rm -rf /var/lib/apt/lists/*
WORKDIR /srv
COPY . /srv
RUN pip install --upgrade pip && \\
    # the project's own
    pip install -r requirements.txt
ENTRYPOINT ["python", "-m", "job"]
""",
    "comment-ends-continuation": "FROM debian:12\nRUN apt-get install \\\n  git \\\n  # the last word\n\nCOPY . /src\n",
    "empty-continuations": 'FROM python:3\nRUN pip install \\\n\n\n  numpy \\\n   \\\n  pandas\nCMD ["python"]\n',
    "space-behind-backslash": "FROM python:3\nRUN pip install \\  \n  numpy \\\t\n  pandas\nCOPY main.py .\n"
    "CMD python main.py\n",
    "continuation-at-the-end": "FROM python:3.9\nCOPY . .\nRUN pip install -r requirements.txt \\",
    "windows-line-endings": "FROM python:3.11\r\nCOPY . /app\r\nWORKDIR /app\r\nRUN pip install \\\r\n    # why\r\n"
    "    -r requirements.txt\r\nCMD python main.py\r\n",
    "mixed-line-endings": "FROM python:3.11\r\nCOPY . /app\nRUN pip install \\\r\n  numpy \\\n  pandas\r\n"
    "CMD python main.py\n",
    "byte-order-mark": "\ufeffFROM python:3.11\nCOPY . /app\nRUN pip install -r /app/requirements.txt\n",
    "no-final-newline": "FROM python:3.12\nWORKDIR /app\nADD . .\nRUN pip3 install numpy\nCMD python3 main.py",
    "latin-1": "FROM python:3.8\n# prot\udce9ge la m\udce9moire\nRUN apt-get install gcc # \udce9\nCOPY . .\n"
    "RUN pip install -r requirements.txt\n",
    "heredoc-script": """\
# syntax=docker/dockerfile:1.4
FROM python:3.12
COPY . /app
RUN <<EOF
set -e
# the system
apt-get update
apt-get install gcc
pip install -r /app/requirements.txt
EOF
CMD ["python", "/app/main.py"]
""",
    "heredoc-file": """\
FROM python:3.12
COPY <<'EOF' /etc/pip.conf
[global]
# no comment of Docker's
no-cache-dir = false
RUN pip install nothing
EOF
COPY . .
RUN cat <<-END > /run.sh && chmod +x /run.sh
\t#!/bin/sh
\tpip install numpy
\tEND
RUN pip install -r requirements.txt
ENTRYPOINT /run.sh
""",
    "two-heredocs": """\
FROM python:3.12
COPY <<one.txt <<two.txt /lists/
numpy
one.txt
pandas
two.txt
RUN pip install -r /lists/one.txt -r /lists/two.txt
RUN <<EOF python3
print("pip install x")
EOF
""",
    "stages": """\
ARG PYTHON=3.11
FROM python:${PYTHON} AS build
COPY . /src
RUN pip wheel -w /wheels -r /src/requirements.txt

FROM build AS test
RUN pip install pytest && pytest /src

FROM python:${PYTHON}-slim
COPY --from=build /wheels /wheels
RUN pip install /wheels/*.whl
COPY --from=build /src /app
CMD ["python", "/app/main.py"]
""",
    "inherited-user": """\
FROM python:3.11 AS base
RUN useradd -m -u 1000 runner
USER runner
WORKDIR /home/runner

FROM base AS final
COPY --chown=runner:runner . .
RUN pip install --user -r requirements.txt
CMD python main.py
""",
    "argument-user": """\
FROM jupyter/scipy-notebook
ARG NB_USER=jovyan
USER root
RUN apt-get update && apt-get install -y graphviz
USER ${NB_USER}
COPY environment.yml .
RUN mamba env update -f environment.yml
""",
    "onbuild": """\
FROM python:3.7
ONBUILD COPY . /app
ONBUILD RUN pip install -r /app/requirements.txt
CMD python /app/main.py
""",
    "shell-instruction": """\
FROM python:3.11
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
RUN apt-get update | tee log && apt-get install curl
COPY . .
RUN pip install -r requirements.txt
CMD source /env && exec python main.py
""",
    "windows-image": """\
# escape=`
FROM mcr.microsoft.com/windows/servercore:ltsc2022
SHELL ["powershell", "-Command"]
WORKDIR C:\\app
COPY . C:\\app\\
RUN pip install `
    -r requirements.txt
CMD python main.py
""",
    "conda": """\
FROM continuumio/miniconda3:latest
COPY . /project
WORKDIR /project
RUN conda env create -f environment.yml && conda clean -afy
ENV PATH /opt/conda/envs/project/bin:$PATH
RUN echo "conda activate project" >> ~/.bashrc
ENTRYPOINT ["conda", "run", "--no-capture-output", "-n", "project", "python", "main.py"]
""",
    "micromamba": """\
FROM mambaorg/micromamba:1.5
COPY --chown=$MAMBA_USER:$MAMBA_USER environment.yml /tmp/env.yaml
RUN micromamba install -y -n base -f /tmp/env.yaml && micromamba clean --all --yes
COPY . /app
""",
    "cuda": """\
FROM nvidia/cuda:12.1.0-devel-ubuntu22.04
ENV DEBIAN_FRONTEND noninteractive
RUN apt-get update \\
 && apt-get install -y --no-install-recommends python3 python3-pip git \\
 && rm -rf /var/lib/apt/lists/*
RUN pip3 install torch==2.1.0 --index-url https://example.org/whl/cu121
COPY ["requirements.txt", "train.py", "/workspace/"]
WORKDIR /workspace
RUN pip3 install -r requirements.txt
CMD ["python3", "train.py"]
""",
    "cache-mounts": """\
# syntax=docker/dockerfile:1
FROM python:3.12-slim
RUN rm -f /etc/apt/apt.conf.d/docker-clean
RUN --mount=type=cache,target=/var/cache/apt,sharing=locked --mount=type=cache,target=/var/lib/apt \\
    apt-get update && apt-get install -y gcc
COPY . /app
RUN --mount=type=cache,target=/root/.cache/pip \\
    --mount=type=bind,source=requirements.txt,target=/tmp/r.txt pip install -r /tmp/r.txt
""",
    "uv": """\
FROM ghcr.io/astral-sh/uv:python3.12-bookworm-slim
WORKDIR /app
ENV UV_LINK_MODE=copy
COPY . .
RUN uv sync --locked
CMD ["uv", "run", "main.py"]
""",
    "poetry": """\
FROM python:3.11
RUN pip install poetry==1.8 && poetry config virtualenvs.create false
COPY . /code
WORKDIR /code
RUN poetry install --no-interaction
CMD poetry run python -m code
""",
    "alpine": """\
FROM python:3.11-alpine
RUN apk add --no-cache build-base && adduser -D worker
COPY . /home/worker/app
RUN cd /home/worker/app && pip install .
""",
    "root-again": """\
FROM python:3.11
USER app
USER root
RUN useradd app
COPY . /app
WORKDIR /app
CMD gunicorn main:app
""",
    "shell-constructs": """\
FROM ubuntu:22.04
RUN if [ "$(uname -m)" = "x86_64" ]; then apt-get install -y gcc; else apt-get install -y clang; fi
RUN for p in numpy 'pandas<3' "scipy"; do pip install $p; done
RUN case "$X" in a) pip install a;; *) pip install b;; esac
RUN (cd /tmp && pip install x) || { echo failed; exit 1; }
RUN pip install `cat list` $(cat more) "${A:-b c}" > /log 2>&1 & wait
RUN test -f x \\
 && echo 'a # b' # pip install y
COPY . .
""",
    "quotes": """\
FROM "python:3.11"
ENV A "x y" B
ENV C='it''s' D=a\\ b "E"="f g"
LABEL maintainer "Somebody <somebody@example.org>" note="two \\
lines"
RUN echo "pip install \\"numpy\\"" && bash -c "apt-get install gcc"
COPY "a b.txt" /x/
CMD exec python -c 'print("a")'
""",
    "odd-spelling": "from python:3.11 as Base\n  workdir  app\n\tCopy\t.  .\nrun\tpip  install   -r  requirements.txt\n"
    "Cmd [ \"python\" , 'main.py' ]\n",
    "pragmas": """\
# docker-hooks: ignore=dockerfile-non-root-user it needs a device
FROM python:3.11
# hadolint ignore=DL3002
USER root
COPY . .
# docker-hooks: ignore=dockerfile-requirements-first
RUN pip install -r requirements.txt
""",
    "trailing-backslash-words": """\
FROM python:3
RUN pip inst\\
all nu\\
mpy
RUN echo a \\\\
COPY . .
CMD python main.py
""",
    "long-argument-list": "FROM python:3.11\nCOPY . .\nRUN pip install "
    + " ".join(f"package{number}" for number in range(400))
    + "\nCMD python main.py\n",
    "rendered-page": """\
FROM python:3.11
WORKDIR /app
COPY . .
RUN apt-get update && \\\\
    # what numpy needs
    apt-get install -y gcc && \\\\
    pip install -r requirements.txt
CMD python main.py
""",
    "scratch": 'FROM golang AS go\nRUN go build -o /x\nFROM scratch\nCOPY --from=go /x /x\nENTRYPOINT ["/x"]\n',
}

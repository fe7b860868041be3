"""The cases of the comparison: small projects with one fault each, and the same without it.

`wrong` has the fault, `right` looks alike and has it not, so that a tool which says the same of both is told from one
that knows. `about` tells which findings are about it, whatever a tool calls them; `mended` tells the file without it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

Files = Mapping[str, str]
Mended = Callable[[Files], bool]

_PYTHON = "FROM python:3.12-slim\n"
_RUN = 'CMD ["python", "main.py"]\n'
_USER = "RUN useradd --create-home app\nUSER app\n"
_PROJECT = {
    "requirements.txt": "numpy==2.1.0\n",
    "main.py": "print('hello')\n",
    ".dockerignore": ".git\n.env\n**/.venv\n",
}


class Case(NamedTuple):
    """A fault: what it is, the files with it and without it, and how findings and mends are known.

    `paths` are the files that tools are given. Without `mended` there is nothing to mend.
    """

    title: str
    about: str
    wrong: Files
    right: Files = MappingProxyType({})
    mended: Mended | None = None
    paths: tuple[str, ...] = ("Dockerfile",)


def holds(*patterns: str, lacks: str = r"(?!)", path: str = "Dockerfile") -> Mended:
    """Whether a file holds all of some patterns and lacks another."""

    def are_held(files: Files) -> bool:
        text = files.get(path, "")
        return all(re.search(pattern, text, re.M) for pattern in patterns) and not re.search(lacks, text, re.M)

    return are_held


def dockerfile(text: str, **others: str) -> Files:
    """A Dockerfile with its project around it."""
    return {**_PROJECT, **others, "Dockerfile": text}


_ROOT = r"non-root-user|DL3002|root-runtime|DD008|CKV_DOCKER_[38]\b"
_CACHE = r"(?i)cache"
_DEPENDENCIES = r"(?i)requirements-first|before depend|dependenc"
_IGNORE = r"(?i)dockerignore|build context|secret"
_SECRET = r"(?i)secret|credential|password|token|sensitive"

DOCKERFILES = (
    Case(
        "No `USER`: it runs as root",
        _ROOT,
        dockerfile(f"{_PYTHON}WORKDIR /app\nCOPY main.py ./\n{_RUN}"),
        dockerfile(f"{_PYTHON}WORKDIR /app\nCOPY --chown=app:app main.py ./\n{_USER}{_RUN}"),
        holds(r"^USER (?!root|0)"),
    ),
    Case(
        "Root inherited from another stage",
        _ROOT,
        dockerfile(f"{_PYTHON[:-1]} AS base\nUSER root\nWORKDIR /app\nFROM base\nCOPY main.py ./\n{_RUN}"),
        dockerfile(f"{_PYTHON[:-1]} AS base\n{_USER}WORKDIR /app\nFROM base\nCOPY main.py ./\n{_RUN}"),
        holds(r"^USER (?!root|0)"),
    ),
    Case(
        "The base image's own user (Jupyter's)",
        _ROOT,
        dockerfile(f"FROM jupyter/scipy-notebook:2023-10-20\nUSER root\n{_RUN}"),
        dockerfile(f"FROM jupyter/scipy-notebook:2023-10-20\n{_RUN}"),
        holds(r"^USER (?!root|0)"),
    ),
    Case(
        "Root's files in the user's folder",
        r"(?i)chown|owner",
        dockerfile(f"{_PYTHON}{_USER}WORKDIR /home/app/job\nCOPY main.py ./\n{_RUN}"),
        dockerfile(f"{_PYTHON}{_USER}WORKDIR /home/app/job\nCOPY --chown=app main.py ./\n{_RUN}"),
        holds(r"--chown=app"),
    ),
    Case(
        "Source copied before the dependencies are installed",
        _DEPENDENCIES,
        dockerfile(f"{_PYTHON}WORKDIR /app\nCOPY . .\nRUN pip install --no-cache-dir -r requirements.txt\n{_RUN}"),
        dockerfile(
            f"{_PYTHON}WORKDIR /app\nCOPY requirements.txt ./\n"
            f"RUN pip install --no-cache-dir -r requirements.txt\nCOPY . .\n{_RUN}"
        ),
        holds(r"COPY requirements.txt[^\0]*pip install[^\0]*COPY (--chown=\S+ )?\. \."),
    ),
    Case(
        "pip's cache stays in the layer; with a cache mount it does not",
        _CACHE,
        dockerfile(f"{_PYTHON}RUN pip install numpy==2.1.0\n{_RUN}"),
        dockerfile(f"{_PYTHON}RUN --mount=type=cache,target=/root/.cache/pip pip install numpy==2.1.0\n{_RUN}"),
        holds(r"--no-cache-dir|--mount=type=cache,target=/root/.cache/pip|PIP_NO_CACHE_DIR"),
    ),
    Case(
        "pip's cache; `PIP_NO_CACHE_DIR` turns it off",
        _CACHE,
        dockerfile(f"{_PYTHON}RUN pip install numpy==2.1.0\n{_RUN}"),
        dockerfile(f"{_PYTHON}ENV PIP_NO_CACHE_DIR=1\nRUN pip install numpy==2.1.0\n{_RUN}"),
        holds(r"--no-cache-dir|--mount=type=cache,target=/root/.cache/pip|PIP_NO_CACHE_DIR"),
    ),
    Case(
        "pip's cache in a build stage is left behind",
        _CACHE,
        dockerfile(f"{_PYTHON}RUN pip install numpy==2.1.0\n{_RUN}"),
        dockerfile(
            f"{_PYTHON[:-1]} AS build\nRUN pip install --target /opt/libraries numpy==2.1.0\n"
            f"{_PYTHON}COPY --from=build /opt/libraries /opt/libraries\n{_RUN}"
        ),
        holds(r"--no-cache-dir|--mount=type=cache,target=/root/.cache/pip|PIP_NO_CACHE_DIR"),
    ),
    Case(
        "pip's cache, in a heredoc",
        _CACHE,
        dockerfile(f"{_PYTHON}RUN <<EOF\npip install numpy==2.1.0\nEOF\n{_RUN}"),
        dockerfile(f"{_PYTHON}RUN <<EOF\npip install --no-cache-dir numpy==2.1.0\nEOF\n{_RUN}"),
        holds(r"--no-cache-dir|--mount=type=cache,target=/root/.cache/pip|PIP_NO_CACHE_DIR"),
    ),
    Case(
        "conda's package cache stays in the layer",
        r"(?i)conda.clean|cache",
        dockerfile(f"FROM condaforge/miniforge3:24.9.2-0\nRUN conda install --yes numpy=2.1\n{_RUN}"),
        dockerfile(
            f"FROM condaforge/miniforge3:24.9.2-0\nRUN conda install --yes numpy=2.1 && conda clean -afy\n{_RUN}"
        ),
        holds(r"conda clean|--mount=type=cache,target=/opt/conda/pkgs"),
    ),
    Case(
        "apt's package lists, removed in a later layer",
        r"(?i)lists|clean|cache",
        dockerfile(
            f"{_PYTHON}RUN apt-get update && apt-get install -y --no-install-recommends gcc\n"
            f"RUN rm -rf /var/lib/apt/lists/*\n{_RUN}"
        ),
        dockerfile(
            f"{_PYTHON}RUN apt-get update && apt-get install -y --no-install-recommends gcc "
            f"&& rm -rf /var/lib/apt/lists/*\n{_RUN}"
        ),
        holds(r"install[^\n]*(\\\n[^\n]*)*rm -rf /var/lib/apt/lists|--mount=type=cache,target=/var/lib/apt"),
    ),
    Case(
        "`apt-get install` without `-y`",
        r"(?i)-y\b|--yes|assume",
        dockerfile(
            f"{_PYTHON}RUN apt-get update && apt-get install --no-install-recommends gcc "
            f"&& rm -rf /var/lib/apt/lists/*\n{_RUN}"
        ),
        dockerfile(
            f"{_PYTHON}RUN apt-get update && apt-get install -y --no-install-recommends gcc "
            f"&& rm -rf /var/lib/apt/lists/*\n{_RUN}"
        ),
        holds(r"-y\b|--assume-yes"),
    ),
    Case(
        "The same with a comment inside the `RUN`",
        r"(?i)-y\b|--yes|assume",
        dockerfile(
            f"{_PYTHON}RUN apt-get update && \\\n    # to compile\n"
            f"    apt-get install --no-install-recommends gcc && \\\n"
            f"    rm -rf /var/lib/apt/lists/*\n{_RUN}"
        ),
        dockerfile(
            f"{_PYTHON}RUN apt-get update && \\\n    # to compile\n"
            f"    apt-get install -y --no-install-recommends gcc && \\\n"
            f"    rm -rf /var/lib/apt/lists/*\n{_RUN}"
        ),
        holds(r"-y\b|--assume-yes", r"# to compile"),
    ),
    Case(
        "Recommended packages that come along",
        r"(?i)recommends",
        dockerfile(f"{_PYTHON}RUN apt-get update && apt-get install -y gcc && rm -rf /var/lib/apt/lists/*\n{_RUN}"),
        dockerfile(
            f"{_PYTHON}RUN apt-get update && apt-get install -y --no-install-recommends gcc "
            f"&& rm -rf /var/lib/apt/lists/*\n{_RUN}"
        ),
        holds(r"--no-install-recommends"),
    ),
    Case(
        "`ENV DEBIAN_FRONTEND` stays in the image",
        r"DEBIAN_FRONTEND",
        dockerfile(f"{_PYTHON}ENV DEBIAN_FRONTEND=noninteractive\n{_RUN}"),
        dockerfile(f"{_PYTHON}ARG DEBIAN_FRONTEND=noninteractive\n{_RUN}"),
        holds(lacks=r"^ENV DEBIAN_FRONTEND"),
    ),
    Case(
        "Python holds its log back",
        r"(?i)unbuffered|python env",
        dockerfile(f"{_PYTHON}{_RUN}"),
        dockerfile(f"{_PYTHON}ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1\n{_RUN}"),
        holds(r"^ENV.*PYTHONUNBUFFERED"),
    ),
    Case(
        "`CMD` in shell form",
        r"(?i)json|shell|exec",
        dockerfile(f"{_PYTHON}CMD python main.py\n"),
        dockerfile(f"{_PYTHON}{_RUN}"),
        holds(r'^CMD \["python", *"main.py"\]'),
    ),
    Case(
        "The tag `latest`",
        r"(?i)latest|\btag",
        dockerfile(f"FROM python:latest\n{_RUN}"),
        dockerfile(f"FROM python:3.12-slim\n{_RUN}"),
    ),
    Case(
        "The tag `latest`, where an `ARG` stands for it",
        r"(?i)latest|\btag",
        dockerfile(f"ARG TAG=latest\nFROM python:${{TAG}}\n{_RUN}"),
        dockerfile(f"ARG TAG=3.12-slim\nFROM python:${{TAG}}\n{_RUN}"),
    ),
    Case(
        "A base image past its end of life",
        r"(?i)end[- ]of[- ]life|\beol\b|no longer|unsupported|deprecated|outdated",
        dockerfile(f"FROM python:3.7-slim\n{_RUN}"),
        dockerfile(f"{_PYTHON}{_RUN}"),
    ),
    Case(
        "`ADD` of local files",
        r"(?i)\bADD\b",
        dockerfile(f"{_PYTHON}ADD main.py /app/\n{_RUN}"),
        dockerfile(f"{_PYTHON}COPY main.py /app/\n{_RUN}"),
        holds(r"^COPY main.py"),
    ),
    Case(
        '`ENV k v` and `LABEL k "v"`, with the same value',
        r"(?i)legacy|modern-syntax",
        dockerfile(f'{_PYTHON}ENV PLACE some where\nLABEL maintainer "Some One"\n{_RUN}'),
        dockerfile(f'{_PYTHON}ENV PLACE="some where"\nLABEL maintainer="Some One"\n{_RUN}'),
        holds(r'^ENV PLACE=("some where"|some\\ where)$', r'^LABEL maintainer="Some One"$'),
    ),
    Case(
        "A relative `WORKDIR`",
        r"dockerfile-workdir|DL3000|WorkdirRelativePath|DD011|CKV_DOCKER_10",
        dockerfile(f"{_PYTHON}WORKDIR app\n{_RUN}"),
        dockerfile(f"{_PYTHON}WORKDIR /srv\nWORKDIR app\n{_RUN}"),
        holds(r"^WORKDIR /app"),
    ),
    Case(
        "A secret in `ENV`, and names that only look like one",
        _SECRET,
        dockerfile(f"{_PYTHON}ENV DB_PASSWORD=sUp3r-s3cr3t\n{_RUN}"),
        dockerfile(f"{_PYTHON}ENV DB_PASSWORD_FILE=/run/secrets/db MAX_TOKENS=512\n{_RUN}"),
    ),
    Case(
        "A file of secrets, copied",
        r"(?i)secret|\.env\b|credential",
        dockerfile(
            f"{_PYTHON}COPY .env ./\n{_RUN}", **{".env": "DB_PASSWORD=sUp3r-s3cr3t\n", ".dockerignore": ".git\n"}
        ),
        dockerfile(f"{_PYTHON}COPY main.py ./\n{_RUN}"),
    ),
    Case(
        "No `.dockerignore` where all is copied",
        _IGNORE,
        {name: text for name, text in dockerfile(f"{_PYTHON}COPY . .\n{_RUN}").items() if name != ".dockerignore"},
        dockerfile(f"{_PYTHON}COPY . .\n{_RUN}", **{".dockerignore": "*\n!main.py\n!requirements.txt\n"}),
        holds(r"\.env", path=".dockerignore"),
    ),
    Case(
        "A `.dockerignore` that lets `.env` through (`.env # secret`)",
        r"(?i)dockerignore|pattern|\.env|secret",
        dockerfile(f"{_PYTHON}COPY . .\n{_RUN}", **{".dockerignore": "*.md\n.env # secret\n", ".env": "TOKEN=1\n"}),
        dockerfile(f"{_PYTHON}COPY . .\n{_RUN}", **{".dockerignore": "*\n!main.py\n", ".env": "TOKEN=1\n"}),
        holds(r"^(\*\*/)?\.env$", path=".dockerignore"),
    ),
    Case(
        "A data file of 12 MB in the build context",
        r"(?i)\bMB\b|large|data",
        dockerfile(f"{_PYTHON}COPY . .\n{_RUN}", **{"data/rows.csv": "1,2,3\n" * 2_000_000}),
        dockerfile(f"{_PYTHON}COPY . .\n{_RUN}"),
    ),
    Case(
        "What Docker rejects: the doubled backslash of a copied page",
        r"(?i)backslash|\\\\|unknown|unexpected|pars|invalid",
        dockerfile(f"{_PYTHON}RUN apt-get update && \\\\\n    apt-get install -y gcc\n{_RUN}"),
        dockerfile(f"{_PYTHON}RUN apt-get update && \\\n    apt-get install -y gcc\n{_RUN}"),
        holds(r"&& \\\n"),
    ),
)

COMPOSE = (
    Case(
        "An obsolete `version:`",
        r"(?i)version",
        {"compose.yaml": 'version: "3"\nservices:\n  job:\n    image: python:3.12-slim\n'},
        {"compose.yaml": "services:\n  job:\n    image: python:3.12-slim\n"},
        holds(lacks=r"^version", path="compose.yaml"),
        ("compose.yaml",),
    ),
    Case(
        "The same, and the comments stay",
        r"(?i)version",
        {"compose.yaml": 'version: "3"\n\nservices:\n  # the job\n  job:\n    image: python:3.12-slim # small\n'},
        {"compose.yaml": "services:\n  # the job\n  job:\n    image: python:3.12-slim # small\n"},
        holds(r"# the job", r"# small", lacks=r"^version", path="compose.yaml"),
        ("compose.yaml",),
    ),
    Case(
        "A build of a stage that is not there",
        r"(?i)target|stage",
        {
            **dockerfile(f"{_PYTHON[:-1]} AS run\n{_RUN}"),
            "compose.yaml": "services:\n  job:\n    build:\n      context: .\n      target: runn\n",
        },
        {
            **dockerfile(f"{_PYTHON[:-1]} AS run\n{_RUN}"),
            "compose.yaml": "services:\n  job:\n    build:\n      context: .\n      target: run\n",
        },
        None,
        ("compose.yaml",),
    ),
)

# What others find and docker-hooks does not.
OTHERS = (
    Case(
        "Scripts: what a command prints, without quotes (ShellCheck)",
        r"(?i)SC2046|quote",
        dockerfile(f"{_PYTHON}RUN rm -r /tmp/$(cat /name)\n{_RUN}"),
        dockerfile(f'{_PYTHON}RUN rm -r "/tmp/$(cat /name)"\n{_RUN}'),
    ),
    Case(
        "Scripts: a pipe that hides a failure",
        r"(?i)pipefail",
        dockerfile(f"{_PYTHON}RUN python -V | tee /version\n{_RUN}"),
        dockerfile(f"{_PYTHON}RUN python -V > /version\n{_RUN}"),
    ),
    Case(
        "Versions of system packages that are not pinned",
        r"(?i)pin|version",
        dockerfile(f"{_PYTHON}RUN apt-get update && apt-get install -y gcc && rm -rf /var/lib/apt/lists/*\n{_RUN}"),
        dockerfile(
            f"{_PYTHON}RUN apt-get update && apt-get install -y gcc=4:12.2.0-3 && rm -rf /var/lib/apt/lists/*\n{_RUN}"
        ),
    ),
    Case(
        "dnf's cache stays in the layer",
        r"(?i)cache|clean",
        dockerfile(f"FROM almalinux:9.4\nRUN dnf install -y gcc\n{_RUN}"),
        dockerfile(f"FROM almalinux:9.4\nRUN dnf install -y gcc && dnf clean all\n{_RUN}"),
        holds(r"dnf clean|--mount=type=cache"),
    ),
    Case(
        "`sudo` in a build",
        r"(?i)sudo",
        dockerfile(f"{_PYTHON}RUN sudo python -V\n{_RUN}"),
        dockerfile(f"{_PYTHON}RUN python -V\n{_RUN}"),
    ),
    Case(
        "A variable that is nowhere defined",
        r"(?i)undefined|not defined|unset|not declared",
        dockerfile(f"{_PYTHON}COPY main.py $TARGT\n{_RUN}"),
        dockerfile(f"{_PYTHON}ARG TARGT=/app\nCOPY main.py $TARGT\n{_RUN}"),
    ),
    Case(
        "Two `CMD`s in a stage",
        r"(?i)multiple|\bCMD\b.*(more|two|last|one)",
        dockerfile(f"{_PYTHON}{_RUN}{_RUN}"),
        dockerfile(f"{_PYTHON}{_RUN}"),
        holds(lacks=r"^CMD[^\0]*^CMD"),
    ),
    Case(
        "No `HEALTHCHECK`",
        r"DL3057|HEALTHCHECK instruction",
        dockerfile(f"{_PYTHON}{_RUN}"),
        dockerfile(f"{_PYTHON}HEALTHCHECK CMD python -V\n{_RUN}"),
    ),
    Case(
        "Kubernetes: a privileged container",
        r"(?i)privileged",
        {
            "pod.yaml": "apiVersion: v1\nkind: Pod\nmetadata:\n  name: job\nspec:\n  containers:\n  - name: job\n"
            "    image: python:3.12-slim\n    securityContext:\n      privileged: true\n"
        },
        {
            "pod.yaml": "apiVersion: v1\nkind: Pod\nmetadata:\n  name: job\nspec:\n  containers:\n  - name: job\n"
            "    image: python:3.12-slim\n    securityContext:\n      privileged: false\n"
        },
        None,
        ("pod.yaml",),
    ),
)

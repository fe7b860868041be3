"""The table: small projects, each with a faulty Dockerfile of a kind met in the field, and what must become of it.

To add a project, add a `Project`; for one without a Dockerfile, `dockerize` writes it first. Those `FROM` the real
Debian image (images.REAL) show what real programs do; all others build on stand-ins in about a second each. A `{index}`
in a file becomes the address of the package index.
"""

from pathlib import Path
from typing import NamedTuple

from tests.builds.images import REAL


class Probe(NamedTuple):
    """A shell command to run in the image as its user, and what it must print."""

    command: str
    before: str
    after: str


class Project(NamedTuple):
    """A project and what the hooks must do to it."""

    name: str  # lower case and dashes: it names the images too
    files: dict[str, str]  # path -> text
    faults: tuple[str, ...]  # ids of just those hooks that must mend it
    reports: tuple[str, ...] = ()  # ids of just those hooks that still have something to say once it is mended
    kept_out: tuple[str, ...] = ()  # files that reach the image before, and must not once it is mended
    needed: tuple[str, ...] = ("main.py",)  # files that the mended image must hold
    dependency_step: str = (
        "pip install"  # words of the RUN that installs dependencies; "" where its cache is not looked at
    )
    source: str = "main.py"  # the file that a developer changes
    build_options: tuple[str, ...] = ()  # of `docker build`
    prepare: tuple[str, ...] = ()  # shell commands run on the project before all else, in the real base image
    probes: tuple[Probe, ...] = ()
    builds_before: bool = True
    prints: str | None = None  # what the mended image must print; None: what it printed before
    saves: int | None = None  # bytes that the mended image must at least be smaller by; None: any size will do

    @property
    def dockerfile(self) -> str:
        """The text of its Dockerfile, "" if `dockerize` is to write one."""
        return next((text for path, text in self.files.items() if path.endswith("Dockerfile")), "")

    @property
    def base(self) -> str:
        """The base image of its first stage."""
        lines = self.dockerfile.splitlines()
        return next((line.split()[1] for line in lines if line.startswith("FROM ")), "of dockerize")


NON_ROOT = "dockerfile-non-root-user"
FIRST = "dockerfile-requirements-first"
IGNORE = "dockerignore"
APT_GET = "dockerfile-apt-get"
BASE_IMAGE = "dockerfile-base-image"
COMPOSE = "compose-file"
CHOWN = "dockerfile-copy-chown"
CONDA_CLEAN = "dockerfile-conda-clean"
EXEC_FORM = "dockerfile-exec-form"
FRONTEND = "dockerfile-debian-frontend"
MODERN = "dockerfile-modern-syntax"
PIP_CACHE = "dockerfile-pip-cache"
SECRETS = "dockerfile-secrets"
SYNTAX = "dockerfile-syntax"
UNBUFFERED = "dockerfile-python-unbuffered"
WORKDIR = "dockerfile-workdir"
# What the first three hooks mend.
ALL = (IGNORE, NON_ROOT, FIRST)

# It uses what it depends on, and writes into the working directory, as jobs do. The stand-in Python can run it too.
MAIN = """\
from pathlib import Path

import iniconfig

Path("results.txt").write_text("42")
print("the job ran")
"""
REQUIREMENTS = {"requirements.txt": "iniconfig==2.0.0\n"}
JOB = {"main.py": MAIN} | REQUIREMENTS

# What lies about in a project and belongs in no image.
CLUTTER = {
    ".env": "TOKEN=not-a-real-one\n",
    "conf/.env": "TOKEN=not-a-real-one\n",
    ".git/HEAD": "ref: refs/heads/main\n",
    ".git/objects/pack/pack-1.pack": "x" * 200_000,
    ".venv/lib/python3.12/site-packages/six.py": "x" * 100_000,
    "jobs/__pycache__/load.cpython-312.pyc": "x" * 10_000,
    "notebooks/.ipynb_checkpoints/study-checkpoint.ipynb": "{}",
    ".pytest_cache/v/cache/lastfailed": "{}",
    "mlruns/0/meta.yaml": "name: Default\n",
}
# What lies beside it and must come along.
DATA = {"jobs/load.py": "", "data/table.csv": "a,b\n1,2\n", "notebooks/study.ipynb": "{}"}
MESSY_JOB = JOB | CLUTTER | DATA
# For projects about something else than the ignore file: one that needs no mend.
IGNORE_FILE = {
    ".dockerignore": """\
.dockerignore
Dockerfile*
**/.git
**/.env*
**/id_rsa
**/id_ed25519
**/.venv
**/venv
**/__pycache__
**/*.py[cod]
**/.ipynb_checkpoints
**/.mypy_cache
**/.pytest_cache
**/.ruff_cache
**/mlruns
**/wandb
"""
}

# The article's own files.
ARTICLE = JOB | {
    "Dockerfile": """\
FROM python:3.11-slim

# Do not prompt during apt-get commands
ARG DEBIAN_FRONTEND=noninteractive

# Ensure output to stdout and stderr are written to the terminal without a buffer
ENV PYTHONUNBUFFERED 1

# Add library dependencies for compiling data science python packages
RUN apt-get update && \\
    apt-get install --no-install-recommends -y gcc libc-dev build-essential python3-dev

# Create a user so that we don't run as root
RUN groupadd -r myuser && useradd -m -r -g myuser myuser
USER myuser

# Set the working directory where Python code will be stored
RUN mkdir /home/myuser/app
WORKDIR /home/myuser/app

# Install Python dependencies
COPY ./requirements.txt /requirements.txt
RUN pip3 install -r /requirements.txt

# Switch back to root to clean up after the build process
USER root
RUN apt-get clean autoclean && apt-get autoremove --yes && \\
    rm -rf /var/lib/apt/lists/*

# Switch back to non-root user and copy Python code
USER myuser
COPY ./ ./

# Default command is a python3 interpreter
CMD ["python3"]
""",
    ".dockerignore": """\
# Ignore docker specific files
.dockerignore
docker-compose.yml
Dockerfile

# Ignore git directory and files
.gitignore
.git

# Ignore text files at the root of the project (optional)
LICENSE
README.md
DESCRIPTION.md
CONTRIBUTING.md
SECURITY.txt

# Ignore local environment and secrets
.python-version
.env
.env.template
.secret
""",
    "docker-compose.yml": """\
version: "3"

services:
  app:
    build:
      context: .
    volumes:
      - .:/home/myuser/app
    command: >
      sh -c "python3 main.py"
""",
}
ARTICLE_FAULTS = (IGNORE, CHOWN, PIP_CACHE, APT_GET, MODERN, COMPOSE)
THE_JOB = Probe("python3 main.py", "the job ran", "the job ran")

_EXAMPLE = Path(__file__).parents[2] / "example"
EXAMPLE = {
    path.relative_to(_EXAMPLE).as_posix(): path.read_text(encoding="utf-8")
    for path in sorted(_EXAMPLE.rglob("*"))
    if path.is_file() and path.name != "run" and "__pycache__" not in path.parts
}
EXAMPLE_FAULTS = (*ALL, PIP_CACHE, APT_GET, FRONTEND, EXEC_FORM, UNBUFFERED, COMPOSE)


# What `dockerize` takes for the Python of the real base image.
PYTHON = {".python-version": "3.11\n"}
RAN = "print('the job ran')\n"
PACKAGE = {"src/job/__init__.py": "import iniconfig\n\n\ndef main():\n    print('the job ran')\n"}
POETRY_INDEX = """
[[tool.poetry.source]]
name = "here"
url = "{index}"
priority = "primary"
"""


def _messy(name: str, dockerfile: str, *more_faults: str) -> Project:
    """A project with the three faults of ALL and some more, whose whole folder is copied without an ignore file."""
    files = {"Dockerfile": dockerfile} | MESSY_JOB
    return Project(name, files, (*ALL, *more_faults), kept_out=tuple(CLUTTER), needed=("main.py", *DATA), saves=300_000)


def _undockerized(
    name: str, files: dict[str, str], dependency_step: str, source: str = "main.py", prepare: str = ""
) -> Project:
    """A project without Docker files, for which `dockerize` must write some that no hook has anything to say of."""
    return Project(
        name,
        files | CLUTTER | DATA,
        (),
        kept_out=tuple(CLUTTER),
        needed=(source, *DATA),
        dependency_step=dependency_step,
        source=source,
        prepare=(prepare,) if prepare else (),
        prints="the job ran\n",
    )


def _pyproject(backend: str, module: str, scripts: str = 'job = "job:main"') -> str:
    return f"""\
[build-system]
requires = ["{backend}"]
build-backend = "{module}"

[project]
name = "job"
version = "1"
requires-python = ">=3.11,<3.12"
dependencies = ["iniconfig==2.0.0"]

[project.scripts]
{scripts}
"""


PROJECTS = (
    # --- stand-ins ---
    _messy(
        "pip",
        """\
FROM python:3.12-slim
WORKDIR /app
COPY . .
RUN pip install -r requirements.txt
CMD ["python3", "main.py"]
""",
        PIP_CACHE,
        UNBUFFERED,
    ),
    _messy(
        "pip-alpine",
        """\
FROM python:3.12-alpine
RUN apk add --no-cache gcc
WORKDIR /app
COPY . /app
RUN pip install --no-cache-dir -r requirements.txt
ENTRYPOINT ["python3", "main.py"]
""",
        UNBUFFERED,
    ),
    _messy(
        "pip-with-apt-and-comments",
        """\
# A job.
FROM python:3.12-slim

# compilers
RUN apt-get update && apt-get install -y --no-install-recommends \\
        # for numpy
        gcc \\
    && rm -rf /var/lib/apt/lists/*

WORKDIR /srv/job

COPY . .
# dependencies
RUN python3 -m pip install \\
    # quietly
    --quiet -r requirements.txt

# the job itself
CMD ["python3", "main.py"]
""",
        PIP_CACHE,
        UNBUFFERED,
    ),
    _messy(
        "windows-line-endings",
        "FROM python:3.12-slim\r\nWORKDIR /app\r\nCOPY . .\r\nRUN pip install \\\r\n    -r requirements.txt\r\n"
        'CMD ["python3", "main.py"]',
        PIP_CACHE,
        UNBUFFERED,
    ),
    Project(
        "root-alone",
        JOB
        | IGNORE_FILE
        | {
            "Dockerfile": """\
FROM python:3.12-slim
WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
COPY . .
CMD ["python3", "main.py"]
"""
        },
        (NON_ROOT, UNBUFFERED),
    ),
    Project(
        "user-made-but-not-used",
        JOB
        | IGNORE_FILE
        | {
            "Dockerfile": """\
FROM python:3.12-slim
RUN groupadd --system worker && useradd --system --create-home --gid worker worker
WORKDIR /home/worker/app
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
COPY . .
CMD ["python3", "main.py"]
"""
        },
        (NON_ROOT, UNBUFFERED),
        probes=(Probe("id -un", "root", "worker"),),
    ),
    Project(
        "user-made-but-not-used-alpine",
        JOB
        | IGNORE_FILE
        | {
            "Dockerfile": """\
FROM python:3.12-alpine
RUN addgroup -S worker && adduser -S -G worker worker
WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
COPY . .
CMD ["python3", "main.py"]
"""
        },
        (NON_ROOT, UNBUFFERED),
    ),
    # A user who can write the working directory alone could not do what this job does.
    Project(
        "results-written-beside-the-data",
        JOB
        | IGNORE_FILE
        | {
            "Dockerfile": """\
FROM python:3.12-slim
WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
COPY data/ data/
COPY main.py run.sh ./
ENTRYPOINT ["./run.sh"]
""",
            "main.py": MAIN.replace("results.txt", "data/results.txt"),
            "data/table.csv": "a,b\n1,2\n",
            "run.sh": '#!/bin/sh\nexec python3 main.py "$@"\n',
        },
        (NON_ROOT, UNBUFFERED),
        needed=("main.py", "run.sh", "data/table.csv"),
        probes=(Probe("stat -c %u:%g data data/table.csv | uniq", "0:0", "1000:1000"),),
    ),
    Project(
        "base-image-by-argument",
        JOB
        | IGNORE_FILE
        | {
            "Dockerfile": """\
ARG VERSION=3.12
FROM python:${VERSION}-slim
ARG APP=/srv/app
WORKDIR $APP
COPY . $APP
RUN pip install --no-cache-dir -r $APP/requirements.txt
CMD ["python3", "main.py"]
"""
        },
        (NON_ROOT, FIRST, UNBUFFERED),
    ),
    Project(
        "mounts",
        JOB
        | {
            "Dockerfile": """\
FROM python:3.12-slim
WORKDIR /app
RUN --mount=type=cache,target=/root/.cache/pip \\
    --mount=type=bind,source=requirements.txt,target=requirements.txt \\
    pip install -r requirements.txt
COPY . .
CMD ["python3", "main.py"]
"""
        }
        | CLUTTER,
        (IGNORE, NON_ROOT, UNBUFFERED),
        kept_out=tuple(CLUTTER),
    ),
    Project(
        "root-again-at-the-end",
        JOB
        | IGNORE_FILE
        | {
            "Dockerfile": """\
FROM python:3.12-slim
RUN useradd -m worker
WORKDIR /home/worker
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
USER worker
COPY . .
USER root
RUN apt-get update && apt-get install -y tini && rm -rf /var/lib/apt/lists/*
CMD ["python3", "main.py"]
"""
        },
        (NON_ROOT, UNBUFFERED),
        reports=(APT_GET,),
    ),
    Project(
        "root-by-number",
        JOB
        | IGNORE_FILE
        | {
            "Dockerfile": """\
FROM python:3.12-slim
WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
COPY . .
USER 0:0
CMD ["python3", "main.py"]
"""
        },
        (NON_ROOT, UNBUFFERED),
    ),
    Project(
        "root-by-variable",
        JOB
        | IGNORE_FILE
        | {
            "Dockerfile": """\
FROM python:3.12-slim
ARG RUN_AS=root
WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
COPY . .
USER ${RUN_AS}
CMD ["python3", "main.py"]
"""
        },
        (NON_ROOT, UNBUFFERED),
    ),
    Project(
        "root-inherited-from-a-stage",
        JOB
        | IGNORE_FILE
        | {
            "Dockerfile": """\
FROM python:3.12-slim AS base
WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt

FROM base AS test
RUN useradd tester
USER tester

FROM base
COPY . .
CMD ["python3", "main.py"]
"""
        },
        (NON_ROOT, UNBUFFERED),
    ),
    Project(
        "two-stages",
        {
            "Dockerfile": """\
FROM python:3.12-slim AS build
WORKDIR /src
COPY . .
RUN pip install --no-cache-dir -r requirements.txt

FROM python:3.12-slim
COPY --from=build /usr/local/lib/python3 /usr/local/lib/python3
WORKDIR /app
COPY --from=build /src ./
CMD ["python3", "main.py"]
"""
        }
        | MESSY_JOB,
        (*ALL, UNBUFFERED),
        kept_out=tuple(CLUTTER),
        needed=("main.py", *DATA),
    ),
    Project(
        "requirements-that-name-others",
        {
            "Dockerfile": """\
FROM python:3.12-slim
RUN useradd -m worker
WORKDIR /home/worker
COPY . .
RUN pip install --no-cache-dir -r requirements/prod.txt
USER worker
CMD ["python3", "main.py"]
""",
            "main.py": MAIN,
            "requirements/prod.txt": "-r base.txt\n-c constraints.txt\nsix\n",
            "requirements/base.txt": "iniconfig\n",
            "requirements/constraints.txt": "iniconfig==2.0.0\n",
        }
        | IGNORE_FILE,
        (FIRST, UNBUFFERED),
    ),
    Project(
        "source-in-front-of-requirements",
        JOB
        | IGNORE_FILE
        | {
            "Dockerfile": """\
FROM python:3.12-slim
RUN useradd -m worker
WORKDIR /home/worker
COPY main.py ./
COPY requirements.txt ./
RUN pip install --no-cache-dir -r requirements.txt
USER worker
CMD ["python3", "main.py"]
"""
        },
        (FIRST, UNBUFFERED),
    ),
    Project(
        "requirements-that-need-the-source",
        {
            "Dockerfile": """\
FROM python:3.12-slim
ENV PYTHONUNBUFFERED=1
RUN useradd -m worker
WORKDIR /home/worker
COPY . .
RUN pip install --no-cache-dir -r requirements.txt
USER worker
CMD ["python3", "main.py"]
""",
            "main.py": MAIN,
            "requirements.txt": "iniconfig==2.0.0\n-e .\n",
            "pyproject.toml": '[project]\nname = "job"\nversion = "1"\n',
        }
        | IGNORE_FILE,
        (),
        reports=(FIRST,),
        dependency_step="",
    ),
    Project(
        "ignore-file-for-the-root-alone",
        MESSY_JOB
        | {
            "Dockerfile": """\
FROM python:3.12-slim
RUN useradd -m worker
WORKDIR /home/worker
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
COPY . .
USER worker
CMD ["python3", "main.py"]
""",
            ".dockerignore": """\
# as in .gitignore
.git
.env  # secrets
__pycache__
*.pyc
.venv/
.ipynb_checkpoints/
.pytest_cache
mlruns
data/
!data/table.csv
""",
        },
        (IGNORE, UNBUFFERED),
        kept_out=(
            "conf/.env",
            "jobs/__pycache__/load.cpython-312.pyc",
            "notebooks/.ipynb_checkpoints/study-checkpoint.ipynb",
        ),
        needed=("main.py", *DATA),
    ),
    Project(
        "ignore-file-that-names-what-is-wanted",
        MESSY_JOB
        | {
            "Dockerfile": """\
FROM python:3.12-slim
ENV PYTHONUNBUFFERED=1
RUN useradd -m worker
WORKDIR /home/worker
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
COPY . .
USER worker
CMD ["python3", "main.py"]
""",
            ".dockerignore": "*\n!main.py\n!requirements.txt\n",
        },
        (),
    ),
    Project(
        "environment-file-that-is-copied",
        JOB
        | {
            "Dockerfile": """\
FROM python:3.12-slim
RUN useradd -m worker
WORKDIR /home/worker
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
COPY .env.example settings/.env ./
COPY . .
USER worker
CMD ["python3", "main.py"]
""",
            ".env": "TOKEN=not-a-real-one\n",
            ".env.example": "TOKEN=\n",
            "settings/.env": "LEVEL=info\n",
            ".git/HEAD": "ref: refs/heads/main\n",
        },
        (IGNORE, UNBUFFERED),
        kept_out=(".git/HEAD",),
        needed=("main.py", ".env.example", "settings/.env"),
    ),
    Project(
        "dockerfile-in-a-folder",
        {
            "docker/Dockerfile": """\
FROM python:3.12-slim
WORKDIR /app
COPY requirements.txt main.py ./
COPY jobs ./jobs
COPY . .
RUN pip install --no-cache-dir -r requirements.txt
CMD ["python3", "main.py"]
"""
        }
        | MESSY_JOB,
        (*ALL, UNBUFFERED),
        kept_out=tuple(CLUTTER),
        needed=("main.py", *DATA),
        build_options=("--file=docker/Dockerfile",),
    ),
    Project(
        "ignore-file-beside-the-dockerfile",
        MESSY_JOB
        | {
            "build/job.Dockerfile": """\
FROM python:3.12-slim
RUN useradd -m worker
WORKDIR /home/worker
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
COPY . .
USER worker
CMD ["python3", "main.py"]
""",
            "build/job.Dockerfile.dockerignore": "".join(IGNORE_FILE.values()).replace(
                "**/__pycache__\n**/*.py[cod]\n", ""
            ),
            # Not read: the file beside the Dockerfile wins.
            ".dockerignore": "*\n",
        },
        (IGNORE, UNBUFFERED),
        kept_out=("jobs/__pycache__/load.cpython-312.pyc",),
        needed=("main.py", *DATA),
        build_options=("--file=build/job.Dockerfile",),
    ),
    Project(
        "conda",
        {
            "Dockerfile": """\
FROM continuumio/miniconda3:latest
WORKDIR /app
COPY . .
RUN conda env update -n base -f environment.yml
CMD ["python3", "main.py"]
""",
            "environment.yml": "channels:\n  - conda-forge\ndependencies:\n  - iniconfig=2.0.0\n",
        }
        | (MESSY_JOB),
        (*ALL, CONDA_CLEAN, UNBUFFERED),
        reports=(BASE_IMAGE,),
        kept_out=tuple(CLUTTER),
        needed=("main.py", "environment.yml", *DATA),
        dependency_step="conda env update",
        saves=1_300_000,  # conda's cache and what is ignored
    ),
    Project(
        "micromamba",
        {
            "Dockerfile": """\
FROM mambaorg/micromamba:2.0
COPY . .
RUN micromamba install --yes --name base --file environment.yml && micromamba clean --all --yes
CMD ["python3", "main.py"]
""",
            "environment.yml": "channels:\n  - conda-forge\ndependencies:\n  - iniconfig=2.0.0\n",
        }
        | MESSY_JOB,
        (IGNORE, FIRST, UNBUFFERED),
        kept_out=tuple(CLUTTER),
        needed=("main.py", "environment.yml", *DATA),
        dependency_step="micromamba install",
    ),
    Project(
        "jupyter",
        {
            "Dockerfile": """\
FROM jupyter/minimal-notebook:latest
COPY . .
RUN pip install --no-cache-dir -r requirements.txt
CMD ["python3", "main.py"]
"""
        }
        | MESSY_JOB,
        (IGNORE, FIRST, UNBUFFERED),
        reports=(BASE_IMAGE,),
        kept_out=tuple(CLUTTER),
        needed=("main.py", *DATA),
    ),
    Project(
        "article-as-printed",
        ARTICLE | {"Dockerfile": ARTICLE["Dockerfile"].replace("\\\n", "\\\\\n")},
        (SYNTAX, *ARTICLE_FAULTS),
        reports=(COMPOSE,),
        dependency_step="pip3 install",
        probes=(THE_JOB,),
        builds_before=False,
    ),
    Project(
        "article",
        ARTICLE | CLUTTER | DATA,
        ARTICLE_FAULTS,
        reports=(COMPOSE,),
        kept_out=tuple(path for path in CLUTTER if path != ".env" and not path.startswith(".git/")),
        needed=("main.py", *DATA),
        dependency_step="pip3 install",
        probes=(THE_JOB,),
        saves=3_000_000,
    ),
    Project(
        "example",
        EXAMPLE,
        EXAMPLE_FAULTS,
        reports=(COMPOSE,),
        needed=("main.py", "data/measurements.csv"),
        dependency_step="pip3 install",
        builds_before=False,  # apt-get asks whether to go on
    ),
    Project(
        "example-whose-apt-get-does-not-ask",
        EXAMPLE | {"Dockerfile": EXAMPLE["Dockerfile"].replace("apt-get install", "apt-get install -y")},
        EXAMPLE_FAULTS,
        reports=(COMPOSE,),
        kept_out=(".env",),
        needed=("main.py", "data/measurements.csv"),
        dependency_step="pip3 install",
        saves=3_000_000,
    ),
    Project(
        "old-manners",
        JOB
        | IGNORE_FILE
        | {
            "Dockerfile": """\
FROM python:3.12-slim
MAINTAINER A Worker <worker@example.org>
ENV DEBIAN_FRONTEND noninteractive
ENV PYTHONUNBUFFERED 1
RUN apt-get update
RUN apt-get install -y --no-install-recommends gcc
RUN useradd -m worker
WORKDIR /home/worker/job
RUN chown worker .
ADD requirements.txt /tmp/
RUN pip install -r /tmp/requirements.txt
USER worker
ADD main.py ./
CMD python3 main.py --size 3
"""
        },
        (APT_GET, CHOWN, EXEC_FORM, FRONTEND, MODERN, PIP_CACHE),
        probes=(
            Probe("echo ${DEBIAN_FRONTEND:-unset}", "noninteractive", "unset"),
            Probe("stat -c %U main.py", "root", "worker"),
        ),
        saves=3_000_000,
    ),
    Project(
        "entrypoint-in-a-shell",
        JOB
        | IGNORE_FILE
        | {
            "Dockerfile": """\
FROM python:3.12-slim
ENV PYTHONUNBUFFERED=1
RUN useradd -m worker
WORKDIR /home/worker
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
COPY --chown=worker:worker . .
USER worker
ENTRYPOINT python3 main.py \\
    --size 3
"""
        },
        (EXEC_FORM,),
    ),
    Project(
        "what-only-people-can-mend",
        JOB
        | IGNORE_FILE
        | {
            "Dockerfile": """\
FROM continuumio/miniconda3:latest
ENV PYTHONUNBUFFERED=1
ENV DATABASE_PASSWORD=correct-horse-battery
RUN useradd -m worker
WORKDIR work
RUN chown worker .
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
COPY --chown=worker:worker . .
USER worker
CMD python3 main.py | cat
"""
        },
        (),
        reports=(BASE_IMAGE, EXEC_FORM, SECRETS, WORKDIR),
    ),
    Project(
        "right-already",
        MESSY_JOB
        | IGNORE_FILE
        | {
            "Dockerfile": """\
FROM python:3.12-slim
ENV PYTHONUNBUFFERED=1
RUN groupadd --gid 1000 worker && useradd --create-home --uid 1000 --gid worker worker
WORKDIR /home/worker/app
RUN chown worker:worker .
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
COPY --chown=worker:worker . .
USER worker
CMD ["python3", "main.py"]
"""
        },
        (),
    ),
    # --- the real Debian, pip, uv and poetry ---
    _messy(
        "real-pip",
        f"""\
FROM {REAL}
WORKDIR /app
COPY . .
RUN pip install -r requirements.txt
CMD ["python", "main.py"]
""",
        PIP_CACHE,
        UNBUFFERED,
    ),
    Project(
        "real-article",
        ARTICLE | {"Dockerfile": ARTICLE["Dockerfile"].replace("python:3.11-slim", REAL)},
        ARTICLE_FAULTS,
        reports=(COMPOSE,),
        dependency_step="pip3 install",
        probes=(THE_JOB,),
        saves=10_000_000,  # apt's package lists
    ),
    Project(
        "real-example",
        EXAMPLE
        | {
            "Dockerfile": EXAMPLE["Dockerfile"]
            .replace("python:3.11-slim", REAL)
            .replace("apt-get install", "apt-get install -y")
        },
        EXAMPLE_FAULTS,
        reports=(COMPOSE,),
        kept_out=(".env",),
        needed=("main.py", "data/measurements.csv"),
        dependency_step="pip3 install",
        saves=10_000_000,  # apt's package lists, and pip's cache of pandas
    ),
    Project(
        "real-numpy-and-home",
        {
            "Dockerfile": f"""\
FROM {REAL}
RUN apt-get update && apt-get install -y --no-install-recommends libgomp1 && rm -rf /var/lib/apt/lists/*
ENV PYTHONUNBUFFERED=1
WORKDIR /work
COPY . .
RUN pip install -r requirements.txt
ENTRYPOINT ["python", "-m", "job"]
CMD ["--size", "3"]
""",
            "requirements.txt": "numpy==2.2.6\n",
            "job/__init__.py": "",
            "job/__main__.py": """\
import sys
from pathlib import Path

import numpy

settings = Path.home() / ".config" / "job"
settings.mkdir(parents=True, exist_ok=True)
Path("results").mkdir(exist_ok=True)
numpy.save("results/eye.npy", numpy.eye(int(sys.argv[2])))
print(numpy.load("results/eye.npy").sum())
""",
        }
        | CLUTTER,
        (*ALL, PIP_CACHE),
        kept_out=tuple(CLUTTER),
        needed=("job/__main__.py",),
        source="job/__main__.py",
    ),
    _messy(
        "real-virtual-environment-in-two-stages",
        f"""\
FROM {REAL} AS build
RUN python3 -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
COPY . /src
WORKDIR /src
RUN pip install --no-cache-dir -r requirements.txt

FROM {REAL}
COPY --from=build /opt/venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
WORKDIR /app
COPY . .
CMD ["python", "main.py"]
""",
        UNBUFFERED,
    ),
    Project(
        "real-package",
        {
            "Dockerfile": f"""\
FROM {REAL}
WORKDIR /app
COPY . .
RUN pip install --no-cache-dir .
CMD ["job"]
""",
            "pyproject.toml": """\
[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"

[project]
name = "job"
version = "1"
readme = "README.md"
dependencies = ["iniconfig==2.0.0"]
scripts = { job = "job:main" }

[tool.setuptools]
packages = ["job"]
package-dir = { "" = "src" }
""",
            "README.md": "# A job\n",
            "src/job/__init__.py": "import iniconfig\n\n\ndef main():\n    print('the job ran')\n",
        }
        | CLUTTER,
        (IGNORE, NON_ROOT),
        reports=(FIRST,),
        kept_out=tuple(CLUTTER),
        needed=("README.md", "src/job/__init__.py"),
        dependency_step="",
        source="src/job/__init__.py",
    ),
    Project(
        "real-uv-sync",
        {
            "Dockerfile": f"""\
FROM {REAL}
RUN pip install --no-cache-dir uv
WORKDIR /app
COPY . .
RUN uv sync --locked --no-install-project
ENV PATH=/app/.venv/bin:$PATH
CMD ["python", "main.py"]
""",
            "main.py": MAIN,
            "pyproject.toml": """\
[project]
name = "job"
version = "1"
requires-python = ">=3.10"
dependencies = ["iniconfig==2.0.0"]
""",
        },
        (*ALL, PIP_CACHE, UNBUFFERED),
        dependency_step="uv sync",
        prepare=("pip install --quiet uv && uv lock",),
    ),
    Project(
        "real-uv-pip",
        {
            "Dockerfile": f"""\
FROM {REAL}
RUN pip install --no-cache-dir uv
WORKDIR /app
COPY . .
RUN uv pip install --system --break-system-packages -r requirements.txt
CMD ["python", "main.py"]
""",
        }
        | JOB
        | IGNORE_FILE,
        (NON_ROOT, FIRST, PIP_CACHE, UNBUFFERED),
        dependency_step="uv pip install",
    ),
    Project(
        "real-poetry",
        {
            "Dockerfile": f"""\
FROM {REAL}
RUN pip install --no-cache-dir poetry
WORKDIR /app
COPY . .
RUN poetry config virtualenvs.create false && poetry install --no-root --no-interaction
CMD ["python", "main.py"]
""",
            "main.py": MAIN,
            "pyproject.toml": """\
[project]
name = "job"
version = "1"
requires-python = ">=3.10,<4"
dependencies = ["iniconfig==2.0.0"]

[tool.poetry]
package-mode = false
"""
            + POETRY_INDEX,
        }
        | IGNORE_FILE,
        (NON_ROOT, FIRST, UNBUFFERED),
        dependency_step="poetry install",
        prepare=("pip install --quiet poetry && poetry lock",),
    ),
    # --- no Docker files: what `dockerize` writes, on the real Debian with the real tools ---
    _undockerized("dockerize-pip", JOB | PYTHON, "-r requirements.txt"),
    _undockerized(
        "dockerize-pip-with-libraries",
        {
            "requirements.txt": "psycopg==3.3.9\npython-magic==0.4.27\n",
            "main.py": f"import magic\nimport psycopg\n\nmagic.from_buffer(b'text')\n{RAN}",
        }
        | PYTHON,
        "-r requirements.txt",
    ),
    _undockerized(
        "dockerize-pip-with-compilers",
        {
            "requirements.txt": "pyaudio==0.2.14\n",
            "main.py": f"import pyaudio\n\npyaudio.get_portaudio_version()\n{RAN}",
        }
        | PYTHON,
        "-r requirements.txt",
    ),
    _undockerized(
        "dockerize-package",
        PACKAGE | {"pyproject.toml": _pyproject("setuptools", "setuptools.build_meta")},
        "",
        "src/job/__init__.py",
    ),
    _undockerized(
        "dockerize-package-with-version-from-git",
        {
            "src/job/__init__.py": f"""\
import importlib.metadata


def main():
    assert importlib.metadata.version("job") == "1.2"
    {RAN}""",
            "pyproject.toml": """\
[build-system]
requires = ["setuptools", "setuptools-scm"]
build-backend = "setuptools.build_meta"

[project]
name = "job"
dynamic = ["version"]
requires-python = ">=3.11,<3.12"
scripts = { job = "job:main" }

[tool.setuptools_scm]
""",
        },
        "",
        "src/job/__init__.py",
        prepare="apt-get update -qq && apt-get install -qq --no-install-recommends git >/dev/null && rm -r .git "
        "&& git init -q && git add pyproject.toml src "
        "&& git -c user.name=job -c user.email=job@example.org commit -qm job && git tag v1.2",
    ),
    _undockerized(
        "dockerize-uv",
        PACKAGE | {"pyproject.toml": _pyproject("hatchling", "hatchling.build")},
        "--no-install-project",
        "src/job/__init__.py",
        prepare="pip install --quiet uv && uv lock",
    ),
    _undockerized(
        "dockerize-poetry",
        {
            "job/__init__.py": "",
            "job/__main__.py": MAIN,
            "pyproject.toml": _pyproject("poetry-core", "poetry.core.masonry.api", scripts="") + POETRY_INDEX,
        },
        "poetry install",
        "job/__main__.py",
        prepare="pip install --quiet poetry && poetry lock",
    ),
    _undockerized(
        "dockerize-pdm",
        PACKAGE | {"pyproject.toml": _pyproject("pdm-backend", "pdm.backend")},
        "pdm sync",
        "src/job/__init__.py",
        prepare="pip install --quiet 'pdm[locked]' && pdm lock",
    ),
    _undockerized(
        "dockerize-pipenv",
        {"Pipfile": '[packages]\niniconfig = "==2.0.0"\n\n[requires]\npython_version = "3.11"\n', "main.py": MAIN},
        "pipenv sync",
        prepare="pip install --quiet pipenv && pipenv lock",
    ),
    # conda can be had as a stand-in alone.
    _undockerized(
        "dockerize-conda",
        {
            "environment.yml": "channels:\n  - conda-forge\ndependencies:\n  - python=3.12\n  - iniconfig=2.0.0\n",
            "main.py": MAIN,
        },
        "micromamba install",
    ),
)

"""What dockerfile-requirements-first mends, reports, and leaves alone."""
# ruff: noqa: E501

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

import pytest

from docker_hooks.dockerfile_requirements_first import ID, check, main
from docker_hooks.run import Hook
from tests.mends import findings_of, mended

HOOK = Hook(ID, check)
Files = dict[str, str]

# The project that most cases are about.
USUAL: Files = {"main.py": "", "requirements.txt": "numpy\n", "Dockerfile": ""}
PYPROJECT = '[project]\nname = "x"\nversion = "1"\ndependencies = ["numpy"]\n'
PACKAGE = PYPROJECT + '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
POETRY = '[tool.poetry]\nname = "x"\nversion = "1"\n[tool.poetry.dependencies]\npython = "^3.12"\nnumpy = "*"\n'
UV: Files = {"main.py": "", "pyproject.toml": PACKAGE, "uv.lock": "", ".dockerignore": "**/.venv\n"}


def project(root: Path, files: Files) -> Path:
    (root / ".git").mkdir()
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


HEAD = "FROM python:3.12\nWORKDIR /app\n"

# Before, after, and the files of the project.
REWRITE: dict[str, tuple[str, str, Files]] = {
    "the usual file": (
        """\
FROM python:3.12-slim
WORKDIR /app
# copy source
COPY . .
RUN pip install -r requirements.txt
CMD ["python", "main.py"]
""",
        """\
FROM python:3.12-slim
WORKDIR /app
COPY requirements.txt ./
RUN pip install -r requirements.txt
# copy source
COPY . .
CMD ["python", "main.py"]
""",
        USUAL,
    ),
    "an absolute destination, and WORKDIR behind it": (
        "FROM python:3.12\nCOPY . /app\nWORKDIR /app\nRUN pip install -r requirements.txt\n",
        "FROM python:3.12\nCOPY requirements.txt /app/\nWORKDIR /app\nRUN pip install -r requirements.txt\nCOPY . /app\n",
        USUAL,
    ),
    "an absolute path of the manifest": (
        "FROM python:3.12\nADD . /app/\nRUN pip3.12 install -r /app/requirements.txt\n",
        "FROM python:3.12\nCOPY requirements.txt /app/\nRUN pip3.12 install -r /app/requirements.txt\nADD . /app/\n",
        USUAL,
    ),
    "a base image whose WORKDIR isn't known": (
        "FROM somebody/image\nCOPY . .\nRUN python3 -m pip install -r requirements.txt\n",
        "FROM somebody/image\nCOPY requirements.txt ./\nRUN python3 -m pip install -r requirements.txt\nCOPY . .\n",
        USUAL,
    ),
    "a folder of the context": (
        "FROM python:3.12\nWORKDIR /app\nCOPY ./src /app\nRUN pip install -r requirements.txt\n",
        "FROM python:3.12\nWORKDIR /app\nCOPY ./src/requirements.txt /app/\nRUN pip install -r requirements.txt\nCOPY ./src /app\n",
        {"src/main.py": "", "src/requirements.txt": "numpy\n"},
    ),
    "JSON form, with owner and mode": (
        'FROM python:3.12\nRUN useradd app\nWORKDIR /app\nCOPY --chown=app:app --chmod=755 [".", "."]\nUSER app\nRUN pip install -r requirements.txt\n',
        'FROM python:3.12\nRUN useradd app\nWORKDIR /app\nCOPY --chown=app:app --chmod=755 requirements.txt ./\nUSER app\nRUN pip install -r requirements.txt\nCOPY --chown=app:app --chmod=755 [".", "."]\n',
        USUAL,
    ),
    "paragraphs stay paragraphs": (
        """\
FROM python:3.12

# The code
# and all the rest
COPY . /app

# The dependencies
RUN pip install \\
    # from the list
    -r /app/requirements.txt

CMD python /app/main.py
""",
        """\
FROM python:3.12

COPY requirements.txt /app/

# The dependencies
RUN pip install \\
    # from the list
    -r /app/requirements.txt

# The code
# and all the rest
COPY . /app

CMD python /app/main.py
""",
        USUAL,
    ),
    "a comment on the install stays above it": (
        "FROM python:3.12\nWORKDIR /app\n# Install requirements\nCOPY . .\nRUN pip install -r requirements.txt\n",
        "FROM python:3.12\nWORKDIR /app\n# Install requirements\nCOPY requirements.txt ./\nRUN pip install -r requirements.txt\nCOPY . .\n",
        USUAL,
    ),
    "plain names need no manifest": (
        "FROM python:3.12\n\nCOPY . /app\n\nRUN pip install numpy\n\nCMD x\n",
        "FROM python:3.12\n\nRUN pip install numpy\n\nCOPY . /app\n\nCMD x\n",
        USUAL,
    ),
    "manifests that name others": (
        "FROM python:3.12\nWORKDIR /app\nCOPY . .\nRUN pip install -r requirements/prod.txt -c constraints.txt\n",
        "FROM python:3.12\nWORKDIR /app\nCOPY requirements/prod.txt requirements/base.txt ./requirements/\nCOPY constraints.txt ./\nRUN pip install -r requirements/prod.txt -c constraints.txt\nCOPY . .\n",
        {
            "main.py": "",
            "requirements/base.txt": "numpy\n",
            "requirements/prod.txt": "-r base.txt\n-c ../constraints.txt\n",
            "constraints.txt": "numpy<2\n",
        },
    ),
    "several installs": (
        "FROM python:3.12\nWORKDIR /app\nCOPY . .\nRUN pip install --upgrade pip\nRUN pip install -r requirements.txt\nRUN pip install -r requirements-dev.txt\nRUN make\n",
        "FROM python:3.12\nWORKDIR /app\nCOPY requirements.txt requirements-dev.txt ./\nRUN pip install --upgrade pip\nRUN pip install -r requirements.txt\nRUN pip install -r requirements-dev.txt\nCOPY . .\nRUN make\n",
        USUAL | {"requirements-dev.txt": "pytest\n"},
    ),
    "what the source is needed for stays behind it": (
        "FROM python:3.12\nWORKDIR /app\nCOPY . .\nRUN pip install -r requirements.txt\nRUN npm install\nRUN pip install gunicorn\n",
        "FROM python:3.12\nWORKDIR /app\nCOPY requirements.txt ./\nRUN pip install -r requirements.txt\nCOPY . .\nRUN npm install\nRUN pip install gunicorn\n",
        USUAL,
    ),
    "the manifest is copied alone, but too late": (
        "FROM python:3.12\nWORKDIR /app\nCOPY . .\nCOPY requirements.txt ./\nRUN pip install -r requirements.txt\n",
        "FROM python:3.12\nWORKDIR /app\nCOPY requirements.txt ./\nRUN pip install -r requirements.txt\nCOPY . .\n",
        USUAL,
    ),
    "the manifest is copied alone, then the source": (
        "FROM python:3.12\nWORKDIR /app\nCOPY requirements.txt .\nCOPY . .\nRUN pip install -r requirements.txt\n",
        "FROM python:3.12\nWORKDIR /app\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\nCOPY . .\n",
        USUAL,
    ),
    "the manifest is copied alone, and changed": (
        "FROM python:3.12\nWORKDIR /app\nCOPY requirements.txt .\nRUN sed -i s/a/b/ requirements.txt\nCOPY . .\nRUN pip install -r requirements.txt\n",
        "FROM python:3.12\nWORKDIR /app\nCOPY requirements.txt .\nRUN sed -i s/a/b/ requirements.txt\nCOPY requirements.txt ./\nRUN pip install -r requirements.txt\nCOPY . .\n",
        USUAL,
    ),
    "the manifest is copied alone, then something else is done": (
        "FROM python:3.12\nWORKDIR /app\nCOPY requirements.txt .\nRUN apt-get update && pip install -U pip\nCOPY . .\nRUN pip install -r requirements.txt\n",
        "FROM python:3.12\nWORKDIR /app\nCOPY requirements.txt .\nRUN apt-get update && pip install -U pip\nRUN pip install -r requirements.txt\nCOPY . .\n",
        USUAL,
    ),
    "manifest and source in one COPY": (
        "FROM python:3.12\nCOPY requirements.txt main.py /app/\nRUN pip install -r /app/requirements.txt\n",
        "FROM python:3.12\nCOPY requirements.txt /app/\nRUN pip install -r /app/requirements.txt\nCOPY requirements.txt main.py /app/\n",
        USUAL,
    ),
    "several COPYs of source": (
        "FROM python:3.12\nWORKDIR /app\nCOPY pkg ./pkg\nCOPY requirements.txt .\nCOPY *.py ./\nRUN pip install -r requirements.txt\n",
        "FROM python:3.12\nWORKDIR /app\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\nCOPY pkg ./pkg\nCOPY *.py ./\n",
        USUAL | {"pkg/a.py": ""},
    ),
    "steps that need no source": (
        """\
FROM debian:12
COPY . /srv/app
ENV A=b
LABEL a=b
EXPOSE 80
RUN apt-get update && apt-get install -y --no-install-recommends python3-pip \\
    && rm -rf /var/lib/apt/lists/*
RUN groupadd app && useradd -g app app && mkdir -p /data /srv/app/log
RUN curl -fsSL https://example.org/install.sh | sh -s -- -y
COPY docker/entrypoint.sh /usr/local/bin/
RUN /bin/chmod +x /usr/local/bin/entrypoint.sh
ARG B
USER app
WORKDIR /srv/app
RUN pip install -r requirements.txt
""",
        """\
FROM debian:12
COPY requirements.txt /srv/app/
ENV A=b
LABEL a=b
EXPOSE 80
RUN apt-get update && apt-get install -y --no-install-recommends python3-pip \\
    && rm -rf /var/lib/apt/lists/*
RUN groupadd app && useradd -g app app && mkdir -p /data /srv/app/log
RUN curl -fsSL https://example.org/install.sh | sh -s -- -y
COPY docker/entrypoint.sh /usr/local/bin/
RUN /bin/chmod +x /usr/local/bin/entrypoint.sh
ARG B
USER app
WORKDIR /srv/app
RUN pip install -r requirements.txt
COPY . /srv/app
""",
        USUAL | {"docker/entrypoint.sh": ""},
    ),
    "conditions on a manifest": (
        'FROM python:3.12\nWORKDIR /app\nCOPY . .\nRUN set -e; if [ -n "$DEV" ]; then pip install -r dev.txt; else pip install -r requirements.txt; fi\n',
        'FROM python:3.12\nWORKDIR /app\nCOPY dev.txt requirements.txt ./\nRUN set -e; if [ -n "$DEV" ]; then pip install -r dev.txt; else pip install -r requirements.txt; fi\nCOPY . .\n',
        USUAL | {"dev.txt": "pytest\n"},
    ),
    "going to the folder of the source": (
        "FROM python:3.12\nCOPY . /app\nRUN cd /app && pip install -r requirements.txt\n",
        "FROM python:3.12\nCOPY requirements.txt /app/\nRUN cd /app && pip install -r requirements.txt\nCOPY . /app\n",
        USUAL,
    ),
    "a heredoc, a cache mount, a variable": (
        "FROM python:3.12\nENV HOME_OF=/srv/app\nWORKDIR $HOME_OF\nCOPY . $HOME_OF\nRUN --mount=type=cache,target=/root/.cache/pip <<EOF\npip install -r $HOME_OF/requirements.txt\nEOF\n",
        "FROM python:3.12\nENV HOME_OF=/srv/app\nWORKDIR $HOME_OF\nCOPY requirements.txt $HOME_OF/\nRUN --mount=type=cache,target=/root/.cache/pip <<EOF\npip install -r $HOME_OF/requirements.txt\nEOF\nCOPY . $HOME_OF\n",
        USUAL,
    ),
    "a variable of the base image": (
        "FROM somebody/image\nWORKDIR ${HOME}/app\nCOPY . $HOME/app\nRUN pip install -r requirements.txt\n",
        "FROM somebody/image\nWORKDIR ${HOME}/app\nCOPY requirements.txt $HOME/app/\nRUN pip install -r requirements.txt\nCOPY . $HOME/app\n",
        USUAL,
    ),
    "a build argument": (
        "ARG VERSION=3.12\nFROM python:${VERSION}\nARG APP=/app\nWORKDIR $APP\nCOPY . $APP\nRUN pip install -r ${APP}/requirements.txt\n",
        "ARG VERSION=3.12\nFROM python:${VERSION}\nARG APP=/app\nWORKDIR $APP\nCOPY requirements.txt $APP/\nRUN pip install -r ${APP}/requirements.txt\nCOPY . $APP\n",
        USUAL,
    ),
    "JSON form of RUN": (
        'FROM python:3.12\nWORKDIR /app\nCOPY . .\nRUN ["pip", "install", "-r", "requirements.txt"]\n',
        'FROM python:3.12\nWORKDIR /app\nCOPY requirements.txt ./\nRUN ["pip", "install", "-r", "requirements.txt"]\nCOPY . .\n',
        USUAL,
    ),
    "lower case, indented, continued": (
        "from python:3.12\nworkdir /app\n  copy . \\\n  # here\n  .\nrun pip install -r requirements.txt\n",
        "from python:3.12\nworkdir /app\n  copy requirements.txt ./\nrun pip install -r requirements.txt\n  copy . \\\n  # here\n  .\n",
        USUAL,
    ),
    "a virtual environment elsewhere": (
        "FROM python:3.12\nWORKDIR /app\nCOPY . .\nRUN python -m venv /opt/venv && /opt/venv/bin/pip install -r requirements.txt\n",
        "FROM python:3.12\nWORKDIR /app\nCOPY requirements.txt ./\nRUN python -m venv /opt/venv && /opt/venv/bin/pip install -r requirements.txt\nCOPY . .\n",
        USUAL,
    ),
    "a virtual environment beside the source, which the ignore file knows": (
        "FROM python:3.12\nWORKDIR /app\nCOPY . .\nRUN python -m venv venv && . venv/bin/activate && pip install -r requirements.txt\n",
        "FROM python:3.12\nWORKDIR /app\nCOPY requirements.txt ./\nRUN python -m venv venv && . venv/bin/activate && pip install -r requirements.txt\nCOPY . .\n",
        USUAL | {".dockerignore": "venv\n"},
    ),
    "a manifest mounted, the source copied": (
        "FROM python:3.12\nWORKDIR /app\nCOPY . .\nRUN --mount=type=bind,source=requirements.txt,target=/tmp/r.txt pip install -r /tmp/r.txt\n",
        "FROM python:3.12\nWORKDIR /app\nRUN --mount=type=bind,source=requirements.txt,target=/tmp/r.txt pip install -r /tmp/r.txt\nCOPY . .\n",
        USUAL,
    ),
    "a stage that the final one copies from": (
        "FROM python:3.12 AS build\nWORKDIR /app\nCOPY . .\nRUN pip wheel -w /wheels -r requirements.txt\nFROM python:3.12-slim\nCOPY --from=build /wheels /wheels\nRUN pip install /wheels/*.whl\nCOPY . /app\n",
        "FROM python:3.12 AS build\nWORKDIR /app\nCOPY requirements.txt ./\nRUN pip wheel -w /wheels -r requirements.txt\nCOPY . .\nFROM python:3.12-slim\nCOPY --from=build /wheels /wheels\nRUN pip install /wheels/*.whl\nCOPY . /app\n",
        USUAL,
    ),
    "uv pip": (
        "FROM python:3.12\nCOPY --from=ghcr.io/astral-sh/uv:latest /uv /bin/\nWORKDIR /app\nCOPY . .\nRUN uv venv /opt/venv && uv pip install --python /opt/venv -r requirements.txt\n",
        "FROM python:3.12\nCOPY --from=ghcr.io/astral-sh/uv:latest /uv /bin/\nWORKDIR /app\nCOPY uv.toml requirements.txt ./\nRUN uv venv /opt/venv && uv pip install --python /opt/venv -r requirements.txt\nCOPY . .\n",
        USUAL | {"uv.toml": ""},
    ),
    "uv pip sync": (
        "FROM python:3.12\nWORKDIR /app\nCOPY . .\nRUN uv pip sync --system requirements.txt\n",
        "FROM python:3.12\nWORKDIR /app\nCOPY requirements.txt ./\nRUN uv pip sync --system requirements.txt\nCOPY . .\n",
        USUAL,
    ),
    "uv sync without the project": (
        "FROM python:3.12\nWORKDIR /app\nCOPY . .\nRUN uv sync --locked --no-install-project\nRUN uv sync --locked\n",
        "FROM python:3.12\nWORKDIR /app\nCOPY pyproject.toml uv.lock .python-version ./\nRUN uv sync --locked --no-install-project\nCOPY . .\nRUN uv sync --locked\n",
        UV | {".python-version": "3.12\n"},
    ),
    "uv sync of a project that is no package": (
        'FROM python:3.12\nWORKDIR /app\nCOPY . .\nRUN uv sync\nCMD ["/app/.venv/bin/python", "main.py"]\n',
        'FROM python:3.12\nWORKDIR /app\nCOPY pyproject.toml uv.lock ./\nRUN uv sync\nCOPY . .\nCMD ["/app/.venv/bin/python", "main.py"]\n',
        UV | {"pyproject.toml": PYPROJECT},
    ),
    "uv sync with an environment elsewhere": (
        "FROM python:3.12\nENV UV_PROJECT_ENVIRONMENT=/opt/venv\nWORKDIR /app\nCOPY . .\nRUN uv sync --frozen --no-install-project\n",
        "FROM python:3.12\nENV UV_PROJECT_ENVIRONMENT=/opt/venv\nWORKDIR /app\nCOPY pyproject.toml uv.lock ./\nRUN uv sync --frozen --no-install-project\nCOPY . .\n",
        {"main.py": "", "pyproject.toml": PACKAGE, "uv.lock": ""},
    ),
    "poetry without the project": (
        "FROM python:3.12\nWORKDIR /app\nCOPY . .\nRUN pip install poetry && poetry config virtualenvs.create false && poetry install --only main --no-root\n",
        "FROM python:3.12\nWORKDIR /app\nCOPY pyproject.toml poetry.lock ./\nRUN pip install poetry && poetry config virtualenvs.create false && poetry install --only main --no-root\nCOPY . .\n",
        {"main.py": "", "pyproject.toml": POETRY, "poetry.lock": ""},
    ),
    "poetry in no package mode": (
        "FROM python:3.12\nWORKDIR /app\nCOPY . /app\nRUN poetry install\n",
        "FROM python:3.12\nWORKDIR /app\nCOPY pyproject.toml poetry.lock /app/\nRUN poetry install\nCOPY . /app\n",
        {
            "main.py": "",
            "pyproject.toml": POETRY.replace("[tool.poetry]", "[tool.poetry]\npackage-mode = false"),
            "poetry.lock": "",
        },
    ),
    "pipenv": (
        "FROM python:3.12\nWORKDIR /app\nCOPY . .\nRUN pip install pipenv\nRUN pipenv install --system --deploy\n",
        "FROM python:3.12\nWORKDIR /app\nCOPY Pipfile Pipfile.lock ./\nRUN pip install pipenv\nRUN pipenv install --system --deploy\nCOPY . .\n",
        {"main.py": "", "Pipfile": '[packages]\nnumpy = "*"\n', "Pipfile.lock": "{}"},
    ),
    "pdm": (
        "FROM python:3.12\nWORKDIR /app\nCOPY . .\nRUN pdm sync --prod --no-self\n",
        "FROM python:3.12\nWORKDIR /app\nCOPY pyproject.toml pdm.lock ./\nRUN pdm sync --prod --no-self\nCOPY . .\n",
        {"main.py": "", "pyproject.toml": PACKAGE, "pdm.lock": "", ".dockerignore": ".venv\n"},
    ),
    "conda": (
        "FROM continuumio/miniconda3\nCOPY . /app\nRUN conda env create -f /app/environment.yml && conda clean --all --yes\n",
        "FROM continuumio/miniconda3\nCOPY environment.yml requirements.txt /app/\nRUN conda env create -f /app/environment.yml && conda clean --all --yes\nCOPY . /app\n",
        USUAL | {"environment.yml": "dependencies:\n  - numpy\n  - pip:\n    - -r requirements.txt\n"},
    ),
    "micromamba": (
        "FROM mambaorg/micromamba\nCOPY --chown=$MAMBA_USER:$MAMBA_USER . /tmp/app\nRUN micromamba install -y -n base -f /tmp/app/env.yaml\n",
        "FROM mambaorg/micromamba\nCOPY --chown=$MAMBA_USER:$MAMBA_USER env.yaml /tmp/app/\nRUN micromamba install -y -n base -f /tmp/app/env.yaml\nCOPY --chown=$MAMBA_USER:$MAMBA_USER . /tmp/app\n",
        {"main.py": "", "env.yaml": "dependencies:\n  - numpy\n"},
    ),
    "conda run": (
        "FROM continuumio/miniconda3\nWORKDIR /app\nCOPY . .\nRUN conda create -n x python=3.12\nRUN conda run -n x pip install -r requirements.txt\n",
        "FROM continuumio/miniconda3\nWORKDIR /app\nCOPY requirements.txt ./\nRUN conda create -n x python=3.12\nRUN conda run -n x pip install -r requirements.txt\nCOPY . .\n",
        USUAL,
    ),
    "source that a later step installs": (
        HEAD
        + "COPY src requirements.txt setup.cfg ./\nCOPY tests tests\nRUN pip install -r requirements.txt\nCOPY . .\nRUN pip install -e .[dev]\n",
        HEAD
        + "COPY requirements.txt ./\nRUN pip install -r requirements.txt\nCOPY src requirements.txt setup.cfg ./\nCOPY tests tests\nCOPY . .\nRUN pip install -e .[dev]\n",
        USUAL | {"src/a.py": "", "setup.cfg": "", "tests/test_a.py": ""},
    ),
    "source that a later step runs": (
        HEAD + "COPY tools/ ./\nRUN pip install numpy\nRUN ./tool.py\n",
        HEAD + "RUN pip install numpy\nCOPY tools/ ./\nRUN ./tool.py\n",
        USUAL | {"tools/tool.py": ""},
    ),
}


@pytest.mark.parametrize("name", REWRITE)
def test_mends(name: str, tmp_path: Path) -> None:
    before, after, files = REWRITE[name]
    root = project(tmp_path, files)
    assert mended(HOOK, before, root) == after


# Texts that are right already, or of which nothing can be said, with the files of the project.
NOOP: dict[str, tuple[str, Files]] = {
    "manifests first": (HEAD + "COPY requirements.txt ./\nRUN pip install -r requirements.txt\nCOPY . .\n", USUAL),
    "no install": (HEAD + "COPY . .\nRUN make\n", USUAL),
    "no source": (HEAD + "RUN pip install numpy\n", USUAL),
    "source from another stage": (
        "FROM alpine AS src\nRUN apk add git\nFROM python:3.12\nCOPY --from=src /app /app\nRUN pip install numpy\n",
        USUAL,
    ),
    "the project installed after its dependencies": (
        HEAD + "COPY requirements.txt ./\nRUN pip install -r requirements.txt\nCOPY . .\nRUN pip install .\n",
        USUAL | {"pyproject.toml": PYPROJECT},
    ),
    "the project without its dependencies": (
        HEAD + "COPY . .\nRUN pip install --no-deps -e .\n",
        USUAL | {"pyproject.toml": PYPROJECT},
    ),
    "a project without dependencies": (
        HEAD + "COPY . .\nRUN pip install .\n",
        {"main.py": "", "pyproject.toml": '[project]\nname = "x"\nversion = "1"\n'},
    ),
    "uv, as its guide has it": (
        HEAD
        + "RUN --mount=type=cache,target=/root/.cache/uv --mount=type=bind,source=uv.lock,target=uv.lock --mount=type=bind,source=pyproject.toml,target=pyproject.toml uv sync --locked --no-install-project\nCOPY . /app\nRUN --mount=type=cache,target=/root/.cache/uv uv sync --locked\n",
        UV,
    ),
    "poetry in two steps": (
        HEAD
        + "COPY pyproject.toml poetry.lock ./\nRUN poetry install --no-root\nCOPY . .\nRUN poetry install --only-root\nRUN poetry install\n",
        {"main.py": "", "pyproject.toml": POETRY, "poetry.lock": ""},
    ),
    "the environment comes from another stage": (
        "FROM python:3.12 AS build\nCOPY pyproject.toml uv.lock ./\nRUN uv sync --locked --no-install-project\nFROM python:3.12\nWORKDIR /app\nCOPY --from=build /.venv /app/.venv\nCOPY . .\nRUN uv sync --locked\n",
        UV,
    ),
    "settings and archives that the install needs": (
        HEAD
        + "COPY pip.conf /etc/pip.conf\nCOPY wheels/ /wheels/\nCOPY constraints.txt setup.py requirements.txt ./\nRUN pip install --find-links /wheels -c constraints.txt -r requirements.txt\nCOPY . .\n",
        USUAL | {"pip.conf": "", "wheels/a.whl": "", "constraints.txt": "", "setup.py": ""},
    ),
    "settings in Python": (
        HEAD + "COPY jupyter_notebook_config.py /root/.jupyter/\nCOPY gunicorn.conf.py ./\nRUN pip install numpy\n",
        {"jupyter_notebook_config.py": "", "gunicorn.conf.py": ""},
    ),
    "programs of the system": (
        HEAD + "COPY scripts/ /usr/local/bin/\nRUN pip install numpy\n",
        {"scripts/a.py": ""},
    ),
    "a script of the build": (
        HEAD + "COPY get-pip.py /tmp/\nRUN python /tmp/get-pip.py && pip install numpy\n",
        {"get-pip.py": ""},
    ),
    "a folder of the build": (
        HEAD + "COPY build/ /build/\nRUN /build/install.py\nRUN pip install numpy\n",
        {"build/install.py": ""},
    ),
    "a local dependency": (
        HEAD + "COPY vendor/lib /vendor/lib\nRUN pip install /vendor/lib\nRUN pip install numpy\n",
        {"vendor/lib/a.py": "", "vendor/lib/setup.py": ""},
    ),
    "a folder without code": (HEAD + "COPY data/ /data/\nRUN pip install numpy\n", {"data/a.csv": "", "main.py": ""}),
    "a folder that isn't there": (HEAD + "COPY src/ /src/\nRUN pip install numpy\n", {}),
    "a context without code": (HEAD + "COPY . .\nRUN pip install -r requirements.txt\n", {"requirements.txt": "x\n"}),
    "a context whose code is kept back": (
        HEAD + "COPY . .\nRUN pip install -r requirements.txt\n",
        USUAL | {".dockerignore": "*\n!requirements.txt\n"},
    ),
    "a manifest that is kept back": (
        HEAD + "COPY . .\nRUN pip install -r requirements.txt\n",
        USUAL | {".dockerignore": "requirements.txt\n"},
    ),
    "a stage that nothing uses": (
        "FROM python:3.12 AS test\nCOPY . .\nRUN pip install numpy\nFROM python:3.12\nRUN pip install numpy\nCOPY . .\n",
        USUAL,
    ),
    "ONBUILD": (HEAD + "ONBUILD COPY . .\nONBUILD RUN pip install -r requirements.txt\n", USUAL),
    "not a command": (HEAD + "COPY . .\nRUN echo 'pip install numpy'\n", USUAL),
    "what can't be read": (HEAD + "COPY . .\nRUN case $X in a) pip install numpy;; esac\n", USUAL),
    "other tools": (HEAD + "COPY . .\nRUN apt-get install -y python3-numpy && npm ci && pipx install x\n", USUAL),
    "an inline file": (HEAD + "COPY <<EOF main.py\nprint()\nEOF\nRUN pip install numpy\n", USUAL),
    "an archive and a URL": (
        HEAD + "ADD source.tar.gz /app/\nADD https://example.org/x.py /app/\nRUN pip install numpy\n",
        USUAL | {"source.tar.gz": ""},
    ),
    "the same install again": (
        HEAD
        + "COPY requirements.txt ./\nRUN pip install -r requirements.txt\nCOPY . .\nRUN pip install -r requirements.txt\n",
        USUAL,
    ),
    "Windows, with the escape character of others": (
        "FROM python:3.11-windowsservercore\nWORKDIR C:/app\nCOPY . .\nRUN pip install -r requirements.txt\n",
        USUAL,
    ),
    "Windows": ("# escape=`\nFROM windows\nCOPY . C:\\app\nRUN pip install numpy\n", USUAL),
}


@pytest.mark.parametrize("name", NOOP)
def test_says_nothing(name: str, tmp_path: Path) -> None:
    text, files = NOOP[name]
    root = project(tmp_path, files)
    assert findings_of(check, text, root) == []


# What follows HEAD, a part of what is said, and the files beside the usual ones.
REPORT: dict[str, tuple[str, str, Files]] = {
    "no manifest": ("COPY . .\nRUN pip install -r r.txt\n", "line 4 needs /app/r.txt, which is not found in the build context", {}),
    "a manifest from elsewhere": (
        "RUN curl -o /tmp/r.txt https://example.org/r.txt\nCOPY . .\nRUN pip install -r /tmp/r.txt\n",
        "line 5 installs /tmp/r.txt, and what that needs can't be known",
        {},
    ),
    "the project": (
        "COPY . .\nRUN pip install -e .[dev]\n",
        "line 4 installs the project itself, which needs the source",
        {"pyproject.toml": PYPROJECT},
    ),
    "an editable project in the manifest": (
        "COPY . .\nRUN pip install -r r.txt\n",
        "line 4 can't be done without the source: r.txt:2 installs the local project .",
        {"r.txt": "numpy\n-e .\n"},
    ),
    "a manifest that is missing": (
        "COPY . .\nRUN pip install -r r.txt\n",
        "line 4 can't be done without the source: b.txt does not exist",
        {"r.txt": "-r b.txt\n"},
    ),
    "a manifest that isn't copied": (
        "COPY r.txt ./\nCOPY pkg pkg\nRUN pip install -r r.txt\n",
        "line 5 needs b.txt, which is not copied to /app/b.txt",
        {"r.txt": "-r b.txt\n", "b.txt": "", "pkg/a.py": ""},
    ),
    "sources that pip checks out into src": (
        "COPY . .\nRUN pip install -r r.txt\n",
        "line 4 uses /app/src, which the source may bring",
        {"r.txt": "-e git+https://example.org/a#egg=a\n"},
    ),
    "poetry with the project": (
        "COPY . .\nRUN poetry install\n",
        "put `poetry install --no-root` before the COPY as well",
        {"pyproject.toml": POETRY, "poetry.lock": ""},
    ),
    "poetry without lock": (
        "COPY . .\nRUN poetry install --no-root\n",
        "line 4 would write poetry.lock, which is not there",
        {"pyproject.toml": POETRY},
    ),
    "uv with the project": (
        "COPY . .\nRUN uv sync --frozen\n",
        "put `uv sync --no-install-project` before the COPY as well",
        UV,
    ),
    "a uv workspace": (
        "COPY . .\nRUN uv sync --frozen --no-install-project\n",
        "needs the workspace member libs/*",
        UV | {"pyproject.toml": PYPROJECT + '[tool.uv.workspace]\nmembers = ["libs/*"]\n'},
    ),
    "an environment that isn't ignored": (
        "COPY . .\nRUN uv sync --frozen --no-install-project\n",
        "line 4 makes the environment /app/.venv, and the source copied after it might bring another: put **/.venv into .dockerignore",
        UV | {".dockerignore": ""},
    ),
    "a lock that uv may write": (
        'COPY . .\nRUN uv sync --no-install-project\nCMD ["uv", "run", "main.py"]\n',
        "line 4 may change uv.lock, which a later uv would find unchanged: add --locked",
        UV,
    ),
    "an install and more in one step": (
        "COPY . .\nRUN pip install -r requirements.txt && python manage.py collectstatic\n",
        "line 4 runs what may need the source (python)",
        {},
    ),
    "a script in between": ("COPY . .\nRUN ./setup.sh\nRUN pip install numpy\n", "line 4 uses /app/setup.sh, which the source may bring", {}),
    "a mode in between": ("COPY . .\nRUN chmod +x run.sh\nRUN pip install numpy\n", "line 4 uses /app/run.sh", {}),
    "an owner in between": ("COPY . .\nRUN chown -R 1000 /app\nRUN pip install numpy\n", "line 4 uses /app,", {}),
    "an unreadable step in between": (
        "COPY . .\nRUN case $X in a) b;; esac\nRUN pip install numpy\n",
        "line 4 may need the source: it is more than can be read safely (a case statement)",
        {},
    ),
    "a manifest removed": (
        "COPY . .\nRUN pip install -r requirements.txt && rm requirements.txt\n",
        "line 4 uses /app/requirements.txt",
        {},
    ),
    "a subfolder as WORKDIR": (
        "COPY . /app\nWORKDIR /app/src\nRUN pip install -r ../requirements.txt\n",
        "line 4 goes into a folder that the source brings",
        {"src/a.py": ""},
    ),
    "another WORKDIR for a relative destination": (
        "COPY . .\nWORKDIR /srv\nRUN pip install -r /app/requirements.txt\n",
        "line 4 changes the folder that the source is copied to",
        {},
    ),
    "a variable set in between": (
        "ENV D=/app\nCOPY . $D\nENV D=/srv\nRUN pip install numpy\n",
        "line 5 sets a variable that the COPY uses",
        {},
    ),
    "another file for the same place": (
        "COPY . /app\nCOPY docker/conf.ini /app/conf.ini\nRUN pip install numpy\n",
        "line 4 copies something else to where the source is copied too",
        {"conf.ini": "", "docker/conf.ini": ""},
    ),
    "files of another stage for the same place": (
        "COPY . /app\nCOPY --from=node /dist /app/dist\nRUN pip install numpy\n",
        "line 4 copies to where the source is copied too",
        {},
    ),
    "a volume": ("COPY . /app\nVOLUME /app\nRUN pip install numpy\n", "line 4 uses /app", {}),
    "settings of the install": (
        "ENV PIP_CONFIG_FILE=/app/pip.conf\nCOPY . .\nRUN pip install numpy\n",
        "line 5 uses /app/pip.conf",
        {"pip.conf": ""},
    ),
    "settings of the user": ("COPY . .\nRUN pip install numpy\n", "settings that the install reads (.netrc)", {".netrc": ""}),
    "archives in the source": (
        "COPY . .\nRUN pip install --find-links wheels numpy\n",
        "line 4 uses /app/wheels",
        {"wheels/a.whl": ""},
    ),
    "a target in the source": ("COPY . .\nRUN pip install -t lib numpy\n", "line 4 uses /app/lib", {}),
    "words that can't be known": (
        "COPY . .\nRUN pip install $PACKAGES -r requirements.txt\n",
        "line 4 has $PACKAGES, whose value can't be known",
        {},
    ),
    "a manifest that a build argument names": (
        "ARG R=requirements.txt\nCOPY . .\nRUN pip install numpy -r $R\n",
        "line 5 has $R, whose value can't be known",
        {},
    ),
    "a program of the source": ("COPY . .\nRUN ./tools/pip install numpy\n", "line 4 uses /app/tools/pip", {}),
    "a Python of the source": (
        "COPY . .\nRUN env/bin/python -m pip install numpy\n",
        "line 4 makes the environment /app/env, and the source copied after it might bring another",
        {},
    ),
    "a loop that reads a file": (
        "COPY . .\nRUN while read p; do pip install $p; done < names.txt\nRUN pip install numpy\n",
        "it is more than can be read safely (a redirection of a whole block)",
        {},
    ),
    "a shell that reads a file": (
        "ENV BASH_ENV=/app/env.sh\nCOPY . .\nRUN apt-get update\nRUN pip install numpy\n",
        "line 5 uses /app/env.sh",
        {},
    ),
    "a manager of Python versions": (
        "RUN curl https://pyenv.run | bash\nCOPY . .\nRUN pip install numpy\n",
        "settings that the install reads (.python-version)",
        {".python-version": "3.12"},
    ),
    "scripts that PDM runs": (
        "COPY . .\nRUN pdm sync --no-self\n",
        "line 4 may run scripts of the project",
        {"pyproject.toml": PYPROJECT + "[tool.pdm.scripts]\npost_install = 'x.py'\n", "pdm.lock": "", ".dockerignore": ".venv"},
    ),
    "--exclude": ("COPY --exclude=*.md . .\nRUN pip install numpy\n", "its --exclude isn't followed here", {}),
    "a name with a space": (
        'COPY [".", "/my app/"]\nRUN cd "/my app" && pip install -r requirements.txt\n',
        "/my app/ would have to be quoted in another COPY",
        {},
    ),
    "a source named by a variable": (
        "ENV S=src\nCOPY $S /app\nRUN pip install -r requirements.txt\n",
        "the COPY names its source by a variable",
        {"src/a.py": "", "src/requirements.txt": ""},
    ),
    "a folder made by another user": (
        "RUN useradd app\nUSER app\nCOPY . /srv\nWORKDIR /srv\nRUN pip install numpy\n",
        "line 6 would make the folder of the source, with another owner",
        {},
    ),
    "a subshell that changes its folder": (
        "COPY . .\nRUN (cd src && pip install numpy)\nRUN pip install numpy\n",
        "it changes its folder to one that can't be known",
        {},
    ),
    "a step that uses the folder of the source": (
        "COPY . .\nRUN chown -R 1001:0 ./\nRUN pip install -r requirements.txt\n",
        "line 4 uses /app, into which the source is copied",
        {},
    ),
    "a wrong ignore of the root": (
        "WORKDIR /\nCOPY . .\nRUN pip install numpy\n",
        "it may copy into folders of the system",
        {"etc/a": ""},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REPORT)
def test_reports(name: str, tmp_path: Path) -> None:
    text, said, files = REPORT[name]
    root = project(tmp_path, USUAL | files)
    (finding,) = findings_of(check, HEAD + text, root)
    assert not finding.edits
    assert said in finding.advice
    assert mended(HOOK, HEAD + text, root) == HEAD + text


# What tells an install of a file of the source, set in the image and in front of the install.
TOLD_BY_ENV = [
    "REQUESTS_CA_BUNDLE=/app/certs/ca.crt",
    "SSL_CERT_FILE=/app/ca.pem",
    "SSL_CERT_DIR=certs",
    "PIP_CERT=ca.pem",
    "PIP_CLIENT_CERT=./c.pem",
    "PIP_INDEX_URL=file:///app/pypi",
    'PIP_EXTRA_INDEX_URL="https://example.org/simple /app/pypi"',
    "PIP_FIND_LINKS=file:///app/wheels",
    "PYTHONHOME=/app/python",
    "TMPDIR=/app/tmp",
    "HOME=/app/home",
    "XDG_CONFIG_HOME=/app/config",
    "MY_CA_CERT=/app/ca.pem",
    'CFLAGS="-O2 -I/app/inc"',
    "LIBRARY_PATH=/opt/lib:/app/lib",
    'GIT_SSH_COMMAND="ssh -i /app/key"',
]
TOLD_BY_RUN = [
    "pip install --cert certs/ca.crt",
    "pip install --cert=$CERT",
    "pip install --client-cert c.pem",
    "pip install -i file:///app/pypi",
    "pip install --extra-index-url file:pypi",
    "pip install --find-links file:///app/wheels",
    "pip install -c file:///app/constraints.txt",
    "pip install --global-option=-I/app/inc",
    "uv pip install --index local=/app/pypi",
    "PIP_CERT=ca.pem pip install",
    "env SSL_CERT_FILE=ca.pem pip install",
    "export SSL_CERT_FILE=ca.pem; pip install",
    "cd / && CFLAGS=-I/app/inc pip install",
    "pip config set global.cert /app/ca.pem && pip install",
    "pip config set global.cert certs/ca.pem && pip install",
    "pip config set global.index-url file:///app/pypi && pip install",
    "git config --global http.sslCAInfo /app/ca.pem && pip install",
    "poetry config certificates.x.cert ./ca.pem && pip install",
    "conda config --set ssl_verify ca.pem && pip install",
]


@pytest.mark.parametrize(
    "text",
    [
        *(f"ENV {variable}\nCOPY . .\nRUN pip install -r requirements.txt\n" for variable in TOLD_BY_ENV),
        *(f"COPY . .\nRUN {command} numpy\n" for command in TOLD_BY_RUN),
        "COPY . .\nENV PIP_CERT=/app/ca.pem\nRUN pip install numpy\n",
        "ARG PIP_INDEX_URL=file:///app/pypi\nCOPY . .\nRUN pip install numpy\n",
        "ENV PIP_CERT=ca.pem\nCOPY . /app\nWORKDIR /\nRUN cd /app && pip install numpy\n",
    ],
)
def test_a_file_of_which_the_install_is_told_may_be_the_sources(text: str, tmp_path: Path) -> None:
    root = project(tmp_path, USUAL)
    text = HEAD + text
    (finding,) = findings_of(check, text, root)
    assert not finding.edits
    assert mended(HOOK, text, root) == text


@pytest.mark.parametrize(
    "line",
    [
        "ENV APP_HOME=/app PYTHONPATH=/app/src PATH=/opt/venv/bin:$PATH FLASK_APP=/app/main.py HOME=/app",
        "ENV DJANGO_SETTINGS_MODULE=job.settings LOG_CONFIG=/app/log.ini STATIC_ROOT=/app/static ENV=production",
        "ENV PIP_NO_CACHE_DIR=off POETRY_VERSION=1.8.3 PIP_CACHE_DIR=/app/.cache UV_LINK_MODE=copy PYTHONUNBUFFERED=1",
        "ENV PIP_INDEX_URL=https://example.org/app/simple SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt TMPDIR=/tmp",
        "ARG PIP_INDEX_URL",
        "RUN pip config set global.index-url https://example.org/simple && pip config set global.cert /etc/ssl/ca.pem",
        "RUN pip config set global.timeout 60 && git config --global --add safe.directory /app",
        "COPY ca.pem /app/ca.pem\nENV PIP_CERT=/app/ca.pem",
        "RUN --mount=type=bind,source=ca.pem,target=/app/ca.pem PIP_CERT=/app/ca.pem pip install torch",
    ],
)
def test_what_tells_the_install_of_no_file_of_the_source(line: str, tmp_path: Path) -> None:
    root = project(tmp_path, USUAL | {"ca.pem": "", "static/a.css": "", "log.ini": "", ".condarc": ""})
    before = HEAD + f"{line}\nCOPY . .\nRUN pip install -r requirements.txt\n"
    after = HEAD + f"{line}\nCOPY requirements.txt ./\nRUN pip install -r requirements.txt\nCOPY . .\n"
    assert mended(HOOK, before, root) == after


def test_a_file_mounted_for_one_install_is_not_there_for_the_next(tmp_path: Path) -> None:
    root = project(tmp_path, USUAL | {"ca.pem": ""})
    mounted = "RUN --mount=type=bind,source=ca.pem,target=/app/ca.pem pip install torch\n"
    before = HEAD + f"ENV PIP_CERT=/app/ca.pem\nCOPY . .\n{mounted}RUN pip install numpy\n"
    after = HEAD + f"ENV PIP_CERT=/app/ca.pem\n{mounted}COPY . .\nRUN pip install numpy\n"
    assert mended(HOOK, before, root) == after


@pytest.mark.parametrize(
    ("step", "is_mended"),
    [("pip install numpy", True), ("conda run -n x pip install numpy", True), ("mamba install -y numpy", False)],
)
def test_settings_of_conda(step: str, is_mended: bool, tmp_path: Path) -> None:
    root = project(tmp_path, USUAL | {".condarc": "channels: [a]\n"})
    text = HEAD + f"COPY . .\nRUN {step}\n"
    (finding,) = findings_of(check, text, root)
    assert bool(finding.edits) is is_mended
    assert is_mended or "settings that the install reads (.condarc)" in finding.advice


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ("chown -R 1001:0 ./", "line 3 uses the WORKDIR of the base image, into which the source is copied"),
        ("chmod +x a.py", "line 3 uses a.py, which the source may bring"),
    ],
)
def test_names_places_in_the_workdir_of_the_base_image(step: str, said: str, tmp_path: Path) -> None:
    root = project(tmp_path, USUAL | {"src/a.py": ""})
    text = f"FROM registry.example/python\nCOPY src .\nRUN {step}\nRUN pip install -r requirements.txt\n"
    (finding,) = findings_of(check, text, root)
    assert said in finding.advice


def test_what_is_left_is_reported(tmp_path: Path) -> None:
    root = project(tmp_path, USUAL)
    before = HEAD + "COPY . .\nRUN pip install -r requirements.txt\nRUN make\nRUN pip install torch\n"
    after = mended(HOOK, before, root)
    assert after == HEAD + (
        "COPY requirements.txt ./\nRUN pip install -r requirements.txt\nCOPY . .\nRUN make\nRUN pip install torch\n"
    )
    (finding,) = findings_of(check, after, root)
    assert "line 6 runs what may need the source" in finding.advice


def test_says_what_is_wrong_and_what_was_done(tmp_path: Path) -> None:
    root = project(tmp_path, USUAL)
    (finding,) = findings_of(check, HEAD + "COPY . .\nRUN pip install -r requirements.txt\n", root)
    assert finding.line == 3
    assert finding.message == (
        "the source is copied before the dependencies are installed: every change to it installs them again"
    )
    assert finding.advice == "copy the manifests alone, install (line 4), then copy the source"
    assert finding.done == "requirements.txt is copied first, the source after the install"


def test_a_pragma(tmp_path: Path) -> None:
    root = project(tmp_path, USUAL)
    text = HEAD + f"# docker-hooks: ignore={ID} it is small\nCOPY . .\nRUN pip install -r requirements.txt\n"
    assert mended(HOOK, text, root) == text


def test_a_stage_on_top_of_the_source(tmp_path: Path) -> None:
    text = "FROM python:3.12 AS base\nCOPY . /app\nFROM base\nRUN pip install numpy\nFROM base AS unused\nRUN pip install x\nFROM base\nRUN pip install y\n"
    root = project(tmp_path, USUAL)
    (finding,) = findings_of(check, text, root)
    assert finding.line == 8
    assert "on top of a stage that has the source (line 2)" in finding.message
    assert not finding.edits


@pytest.mark.parametrize("context", [None, "."])
def test_the_context_of_a_dockerfile_in_a_folder(context: str | None, tmp_path: Path) -> None:
    root = project(tmp_path, USUAL | {"docker/Dockerfile": ""})
    hook = Hook(ID, partial(check, context=context and str(root)))
    before = "FROM python:3.12\nWORKDIR /app\nCOPY main.py .\nCOPY . .\nRUN pip install -r requirements.txt\n"
    after = "FROM python:3.12\nWORKDIR /app\nCOPY requirements.txt ./\nRUN pip install -r requirements.txt\nCOPY main.py .\nCOPY . .\n"
    assert mended(hook, before, root, "docker/Dockerfile") == after


def test_several_contexts_that_differ(tmp_path: Path) -> None:
    compose = "services:\n  a:\n    build: {context: a, dockerfile: ../Dockerfile}\n  b:\n    build: {context: b, dockerfile: ../Dockerfile}\n"
    files = {"compose.yaml": compose, "a/main.py": "", "a/requirements.txt": "numpy\n", "b/main.py": ""}
    root = project(tmp_path, files | {"Dockerfile": ""})
    (finding,) = findings_of(check, HEAD + "COPY . .\nRUN pip install -r requirements.txt\n", root)
    assert not finding.edits
    assert "it is built with several contexts" in finding.advice


def test_a_link_out_of_the_context_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "outside.txt").write_text("numpy\n")
    (tmp_path / "repository").mkdir()
    root = project(tmp_path / "repository", {"main.py": ""})
    os.symlink(tmp_path / "outside.txt", root / "requirements.txt")
    (finding,) = findings_of(check, HEAD + "COPY . .\nRUN pip install -r requirements.txt\n", root)
    assert not finding.edits


def test_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = project(tmp_path, USUAL)
    path = root / "Dockerfile"
    path.write_text(HEAD + "COPY . .\nRUN pip install -r requirements.txt\n")
    assert main(["--check", "--context", str(root), str(path)]) == 1
    assert "can be mended: requirements.txt is copied first" in capsys.readouterr().out
    assert main([str(path)]) == 1
    assert "fixed: the source is copied before" in capsys.readouterr().out
    assert path.read_text() == HEAD + "COPY requirements.txt ./\nRUN pip install -r requirements.txt\nCOPY . .\n"
    assert main([str(path)]) == 0
    assert capsys.readouterr().out == ""

"""Writes a project's Dockerfile and compose file, each line with a short comment saying what it is for.

What is written for all tools is written once; a tool adds how it installs. Where a tool or compilers are needed only
to build, they stay in a stage of their own, and the final image takes over what they built.
"""

from __future__ import annotations

import json
import posixpath
from collections.abc import Iterator, Sequence

from docker_hooks.dockerfile.values import NamedTuple
from docker_hooks.project.blueprint import Blueprint
from docker_hooks.project.entrypoints import NOTEBOOK_PORT

# The releases that were current on 2026-11-23.
_UV = "uv==0.13.9"
_POETRY = "poetry==2.5.1"
# With the versions that it was tested with: PDM does not bound hishel, whose next major release broke it.
_PDM = '"pdm[locked]==2.29.3"'
_PIPENV = "pipenv==2026.10.3"
_JUPYTERLAB = "jupyterlab==4.6.6"
_MICROMAMBA = "mambaorg/micromamba:2.8.1"
# Debian 13, on which the table in systempackages was tried.
_DEBIAN = "slim-trixie"

_ENVIRONMENT = "/opt/venv"
_FOLDER = "/home/app/app"
_CONDA_FOLDER = "/home/mambauser/app"


class _Installer(NamedTuple):
    """How a tool is had, and how it installs into the environment at /opt/venv.

    `variables` are for ENV; `makes_environment` says whether it makes the environment itself; `locked` and `unlocked`
    install the dependencies, `project` the project beside them.
    """

    title: str
    package: str
    variables: tuple[str, ...]
    makes_environment: bool
    locked: str
    unlocked: str
    project: str


_VENV = (f"VIRTUAL_ENV={_ENVIRONMENT}", f"PATH={_ENVIRONMENT}/bin:$PATH")
_PIP_PROJECT = "pip install --no-cache-dir --no-deps ."
# uv, "Using uv in Docker"; Poetry, "I want to use Poetry in Docker" and its use of an activated environment; PDM, "Use
# PDM in a multi-stage Dockerfile"; Pipenv, "Docker Containers". Each installs into the environment that is activated.
_INSTALLERS = {
    "uv": _Installer(
        "uv",
        _UV,
        (
            f"UV_PROJECT_ENVIRONMENT={_ENVIRONMENT}",
            "UV_PYTHON=/usr/local/bin/python",
            "UV_LINK_MODE=copy",
            f"PATH={_ENVIRONMENT}/bin:$PATH",
        ),
        True,
        "uv sync --locked --no-cache --no-dev --no-install-project",
        "uv sync --no-cache --no-dev --no-install-project",
        "uv sync --locked --no-cache --no-dev --no-editable",
    ),
    "poetry": _Installer(
        "Poetry",
        _POETRY,
        _VENV,
        False,
        "poetry install --only main --no-root --no-interaction --no-cache",
        "poetry install --only main --no-root --no-interaction --no-cache",
        _PIP_PROJECT,
    ),
    "pdm": _Installer(
        "PDM", _PDM, _VENV, False, "pdm sync --prod --no-self", "pdm install --prod --no-self", _PIP_PROJECT
    ),
    "pipenv": _Installer("Pipenv", _PIPENV, _VENV, False, "pipenv sync", "pipenv install --skip-lock", _PIP_PROJECT),
}


def working_directory(project: Blueprint) -> str:
    """Where the image keeps the source."""
    return _CONDA_FOLDER if project.tool == "conda" else _FOLDER


def dockerfile_text(project: Blueprint) -> str:
    """The project's Dockerfile."""
    if project.tool == "conda":
        blocks = _conda(project)
    elif project.tool in _INSTALLERS or project.installs_project or project.packages.build:
        blocks = _two_stages(project)
    else:
        blocks = _one_stage(project)
    return "\n".join(blocks)


def compose_text(
    working_directory: str, *, installed: bool = False, notebook: bool = False, terminal: bool = False
) -> str:
    """The compose file; `working_directory` is "" where the image's is not known.

    `installed` says that what starts is the project as installed, which does not change with the source.
    """
    lines = [
        "services:",
        "  app:",
        "    # Build the image from the Dockerfile in this folder",
        "    build: .",
        "    # Start an init process that passes signals on and reaps zombies",
        "    init: true",
    ]
    if working_directory:
        seen = (
            "; changes of the package itself need a build"
            if installed
            else ", so that changes are seen without a build"
        )
        lines += [
            f"    # Link the local directory to the working directory{seen}",
            "    volumes:",
            f"      - .:{working_directory}",
        ]
    if notebook:
        lines += [
            "    # Open the notebook server to this machine alone",
            "    ports:",
            f'      - "127.0.0.1:{NOTEBOOK_PORT}:{NOTEBOOK_PORT}"',
        ]
    if terminal:
        lines += ["    # Give the interpreter a terminal", "    stdin_open: true", "    tty: true"]
    return "\n".join(lines) + "\n"


# The parts


def _block(comment: str, *lines: str) -> str:
    """A comment and the instructions that it is about."""
    return "\n".join((f"# {comment}", *lines)) + "\n"


def _run(*commands: str) -> str:
    """One RUN, so that nothing that a command removes stays in a layer."""
    return "RUN " + " && \\\n    ".join(commands)


def _apt(packages: Sequence[str], purpose: str) -> Iterator[str]:
    if packages:
        yield _block(
            purpose,
            _run(
                "apt-get update",
                f"apt-get install --no-install-recommends -y {' '.join(packages)}",
                "rm -rf /var/lib/apt/lists/*",
            ),
        )


def _variables(*variables: str) -> str:
    return "ENV " + " \\\n    ".join(variables)


_BASE = "Start from a small image of the project's Python"
_UNBUFFERED = "Ensure output to stdout and stderr are written to the terminal without a buffer"
_LIBRARIES = "Add the libraries and programs that Python packages need when they run"
_CODE = "Copy Python code as the user's, and switch to the user"
_COMPILERS = "Add what Python packages are built with; it stays in this stage"


def _user(project: Blueprint) -> Iterator[str]:
    yield _block(
        "Create a user so that we don't run as root, with a home for the caches of libraries",
        _run(
            "groupadd --gid 1000 app",
            "useradd --uid 1000 --gid app --create-home app",
            f"mkdir {_FOLDER}",
            f"chown app:app {_FOLDER}",
        ),
    )
    yield _block("Set the working directory where Python code will be stored", f"WORKDIR {_FOLDER}")


def _manifests(project: Blueprint, owner: str = "") -> Iterator[str]:
    """Copies of the manifests, each into the folder that it lies in."""
    folders: dict[str, list[str]] = {}
    for path in project.manifests:
        folders.setdefault(posixpath.dirname(path), []).append(path)
    chown = f"--chown={owner} " if owner else ""
    for folder, paths in folders.items():
        yield f"COPY {chown}{' '.join(paths)} ./{folder}{'/' if folder else ''}"


_FIRST = "Install Python dependencies before the code is copied, so that a change of code reinstalls nothing"
_WITH_SOURCE = "Install Python dependencies"
_PRAGMA = "# docker-hooks: ignore=dockerfile-requirements-first the dependencies need the code"


def _install(project: Blueprint, command: str, owner: str = "") -> Iterator[str]:
    """The step that installs the dependencies."""
    if project.needs_source:
        yield _block(_WITH_SOURCE, _PRAGMA, _whole(owner), command)
    elif project.manifests:
        yield _block(_FIRST, *_manifests(project, owner), command)


def _whole(owner: str) -> str:
    return f"COPY --chown={owner} . ." if owner else "COPY . ."


def _end(project: Blueprint, folder: str = _FOLDER) -> Iterator[str]:
    entry = project.entry
    if entry.folder and not project.installs_project:
        yield _block(f"Let Python find the package in {entry.folder}", f"ENV PYTHONPATH={folder}/{entry.folder}")
    if entry.is_notebook:
        yield _block("The port that the notebook server listens to", f"EXPOSE {NOTEBOOK_PORT}")
    default = f"Default command is {entry.what}"
    yield _block(default, f"CMD {json.dumps(list(entry.command))}")


# The kinds of files


def _one_stage(project: Blueprint) -> Iterator[str]:
    """pip installs into the image's own Python."""
    yield _block(_BASE, f"FROM python:{project.python}-{_DEBIAN}")
    yield _block(_UNBUFFERED, "ENV PYTHONUNBUFFERED=1")
    yield from _apt(project.packages.run, _LIBRARIES)
    yield from _user(project)
    if project.tool:
        yield from _install(project, f"RUN pip install --no-cache-dir -r {project.manifests[0]}", "app:app")
    if project.adds_jupyter:
        yield _block("Install the notebook server", f"RUN pip install --no-cache-dir {_JUPYTERLAB}")
    if project.tool and project.needs_source:
        yield _block("Switch to the user", "USER app")
    else:
        yield _block(_CODE, _whole("app:app"), "USER app")
    yield from _end(project)


def _two_stages(project: Blueprint) -> Iterator[str]:
    """A build stage fills an environment, which the final stage takes over."""
    image = f"python:{project.python}-{_DEBIAN}"
    yield from _build_stage(project, image)
    yield _block(_BASE, f"FROM {image}")
    yield _block(_UNBUFFERED, "ENV PYTHONUNBUFFERED=1")
    yield from _apt(project.packages.run, _LIBRARIES)
    yield from _user(project)
    yield _block(
        "Take over the environment, and let its programs be found first",
        f"COPY --from=build {_ENVIRONMENT} {_ENVIRONMENT}",
        f"ENV PATH={_ENVIRONMENT}/bin:$PATH",
    )
    code = f"COPY --from=build --chown=app:app {_FOLDER} ./" if project.needs_git else _whole("app:app")
    yield _block(_CODE, code, "USER app")
    yield from _end(project)


def _build_stage(project: Blueprint, image: str) -> Iterator[str]:
    installer = _INSTALLERS.get(project.tool)
    yield _block(
        "Build the environment in a stage of its own, which the image does not contain", f"FROM {image} AS build"
    )
    yield from _apt(project.packages.build, _COMPILERS)
    if installer:
        get = f"RUN pip install --no-cache-dir {installer.package}"
        yield _block(f"Install {installer.title}, for this stage alone", get)
    if installer and installer.makes_environment:
        yield _block(f"Let {installer.title} install into {_ENVIRONMENT}", _variables(*installer.variables))
    else:
        yield _block(f"Install into {_ENVIRONMENT}", f"RUN python -m venv {_ENVIRONMENT}", _variables(*_VENV))
    yield _block("Use the path that the code will have in the image", f"WORKDIR {_FOLDER}")
    if installer:
        command = installer.locked if project.is_locked else installer.unlocked
    else:
        command = f"pip install --no-cache-dir -r {project.manifests[0]}" if project.manifests else ""
    if command:
        yield from _install(project, f"RUN {command}")
    if project.installs_project:
        install = installer.project if installer else "pip install --no-cache-dir ."
        if installer and not project.is_locked:
            install = install.replace(" --locked", "")
        if not command:
            yield _block("Install the project and its dependencies", _PRAGMA, _whole(""), f"RUN {install}")
        elif project.needs_source:
            yield _block("Install the project itself", f"RUN {install}")
        else:
            yield _block("Install the project itself", _whole(""), f"RUN {install}")
    if project.adds_jupyter:
        pip = "uv pip install --no-cache" if project.tool == "uv" else "pip install --no-cache-dir"
        into = f" --python {_ENVIRONMENT}" if project.tool == "uv" else ""
        yield _block("Install the notebook server", f"RUN {pip}{into} {_JUPYTERLAB}")
    if project.needs_git:
        yield _block("Leave git's history, from which the version is known, out of the image", "RUN rm -rf .git")


def _conda(project: Blueprint) -> Iterator[str]:
    """micromamba's image has a user already, and an entrypoint that activates the environment."""
    owner = "$MAMBA_USER:$MAMBA_USER"
    yield _block("Start from a small image with micromamba, which installs what conda does", f"FROM {_MICROMAMBA}")
    yield _block(_UNBUFFERED, "ENV PYTHONUNBUFFERED=1")
    yield _block("Let pip, which installs what conda has not, keep no cache", "ENV PIP_NO_CACHE_DIR=1")
    yield _block(
        "Set the working directory where Python code will be stored, made by the image's own user, who is not root",
        f"RUN mkdir {_CONDA_FOLDER}",
        f"WORKDIR {_CONDA_FOLDER}",
    )
    clean = "micromamba clean --all --yes"
    install = f"micromamba install --yes --name base --file {project.manifests[0]}"
    yield from _install(project, _run(install, clean), owner)
    if project.adds_jupyter:
        jupyter = "micromamba install --yes --name base --channel conda-forge jupyterlab=4"
        yield _block("Install the notebook server", _run(jupyter, clean))
    if not project.needs_source:
        yield _block("Copy Python code as the user's", _whole(owner))
    yield from _end(project, _CONDA_FOLDER)

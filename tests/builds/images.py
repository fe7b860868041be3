"""Base images made on this machine, since no registry can be reached: `FROM python:3.12-slim` finds them by name.

Two kinds. The stand-ins hold busybox and, in `standins/`, scripts in place of apt-get, pip, useradd and so on, which
leave the traces of the real programs and fail where those fail; 2 MB, built in no time, for what layers, caches, sizes
and ignore files show. The real one is Debian with its Python and pip, made by mmdebstrap from the package source that
this machine is configured with, for what only real programs show. Debian's release is this machine's own, whatever the
name of the image says.

Conda can't be had without its own channels, and Alpine's packages neither: both exist as stand-ins alone.
"""

import hashlib
import io
import os
import re
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from tests.builds.engine import SYSTEM_PATH, Engine, NoEngine
from tests.builds.wheels import SOURCES, WHEELS, fetch_wheels, served

STANDINS = Path(__file__).parent / "standins"
REAL = "python:3.11-slim-bookworm"
# What `dockerize` starts from where a project wants this Python: the same image by another name.
REAL_OF_DOCKERIZE = "python:3.11-slim-trixie"
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class User(NamedTuple):
    """A user that a base image brings along."""

    name: str
    uid: int
    gid: int


class StandIn(NamedTuple):
    """A base image of busybox and stand-in programs."""

    name: str  # what FROM says
    programs: tuple[str, ...]  # folders of standins/
    user: User | None = None  # the image's own user, where that is not root
    settings: tuple[str, ...] = ()  # instructions for its configuration


_MAMBA = ("ENV MAMBA_USER=mambauser MAMBA_ROOT_PREFIX=/opt/conda",)
STAND_INS = (
    StandIn("python:3.12-slim", ("any", "debian")),
    StandIn("python:3.11-slim", ("any", "debian")),
    StandIn("debian:bookworm-slim", ("any", "debian")),
    StandIn("python:3.12-alpine", ("any", "alpine")),
    StandIn("continuumio/miniconda3:latest", ("any", "debian", "conda")),
    # The image's own Dockerfile: ARG MAMBA_USER=mambauser, MAMBA_USER_ID=57439.
    StandIn("mambaorg/micromamba:2.0", ("any", "debian", "conda"), User("mambauser", 57439, 57439), _MAMBA),
    StandIn("mambaorg/micromamba:2.8.1", ("any", "debian", "conda"), User("mambauser", 57439, 57439), _MAMBA),
    # docker-stacks-foundation: NB_USER=jovyan, NB_UID=1000, NB_GID=100.
    StandIn("jupyter/minimal-notebook:latest", ("any", "debian"), User("jovyan", 1000, 100)),
)

DEBIAN = (
    *("mmdebstrap", "--quiet", "--variant=minbase", "--include=python3,python3-pip,python3-venv"),
    # As in Debian's own slim images: no documentation, and no packages kept once they are installed.
    *("--dpkgopt=path-exclude=/usr/share/doc/*", "--dpkgopt=path-exclude=/usr/share/man/*"),
    "--dpkgopt=path-exclude=/usr/share/locale/*",
    """--customize-hook=echo 'APT::Keep-Downloaded-Packages "false";' >"$1"/etc/apt/apt.conf.d/docker-clean""",
    # As in Python's own images: `python` is there, and pip installs without a virtual environment.
    '--customize-hook=rm -f "$1"/usr/lib/python3*/EXTERNALLY-MANAGED',
    # ... and so are Python's headers, without the packages that Debian's need.
    """--customize-hook=chroot "$1" sh -c '
        cd /tmp && apt-get download "lib$(readlink /usr/bin/python3)-dev" && dpkg -x lib*.deb / && rm lib*.deb'""",
    '--customize-hook=ln -s /usr/bin/python3 "$1"/usr/local/bin/python',
)


@contextmanager
def base_images(engine: Engine) -> Iterator[str]:
    """All base images in the engine, and a package index for their tools; gives the index's address.

    What takes long to make is kept in the user's cache folder, under a name that changes with its recipe.
    Raises NoEngine when a program is missing.
    """
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "docker-hooks-builds"
    cache.mkdir(parents=True, exist_ok=True)
    debian = debian_root(cache)
    python = python_version(debian)
    wheels = cache / f"wheels-{_digest(python, *chain(*WHEELS), *SOURCES)}"
    fetch_wheels(wheels, python)
    with served(wheels) as index:
        indexes = (
            f"{name}={index}" for name in ("PIP_INDEX_URL", "UV_DEFAULT_INDEX", "PDM_PYPI_URL", "PIPENV_PYPI_MIRROR")
        )
        _import(engine, debian, REAL, f"ENV PIP_TRUSTED_HOST=127.0.0.1 {' '.join(indexes)}")
        engine.docker("tag", REAL, REAL_OF_DOCKERIZE)
        for image in STAND_INS:
            root = engine.folder / "stand-in.tar"
            root.write_bytes(stand_in_root(image))
            user = (f"USER {image.user.name}", f"WORKDIR /home/{image.user.name}") if image.user else ()
            _import(engine, root, image.name, *user, *image.settings)
        yield index


def debian_root(cache: Path) -> Path:
    """The root file system of the real base image, as a tar file in `cache`. Raises NoEngine when it can't be made."""
    maker = shutil.which(DEBIAN[0], path=SYSTEM_PATH)
    if maker is None:
        raise NoEngine("no mmdebstrap (apt-get install mmdebstrap)")
    # What apt itself reads, so that this file names no package source.
    targets = subprocess.run(
        [
            *("apt-get", "indextargets", "Created-By: Packages", "Origin: Debian"),
            *("--format", "deb $(REPO_URI) $(RELEASE) $(COMPONENT)"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    sources = sorted(set(targets.stdout.splitlines()))
    if not sources:
        raise NoEngine(f"apt knows no Debian package source (apt-get update) {targets.stderr.strip()}")
    release = min((source.split()[2] for source in sources), key=len)  # bookworm, not bookworm-updates
    root = cache / f"debian-{_digest(*DEBIAN, *sources)}.tar"
    if not root.exists():
        partial = root.with_suffix(f".{os.getpid()}.tar")
        made = subprocess.run(
            [maker, *DEBIAN[1:], release, str(partial), *sources],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if made.returncode:
            partial.unlink(missing_ok=True)
            raise NoEngine(f"mmdebstrap fails: {' / '.join(made.stderr.strip().splitlines()[-3:])}")
        partial.rename(root)
    return root


def python_version(root: Path) -> str:
    """The version of the Python in a root file system, such as "3.11"."""
    with tarfile.open(root) as tar:
        programs = (re.fullmatch(r"\./usr/bin/python(3\.\d+)", member.name) for member in tar)
        return next(program[1] for program in programs if program)


def stand_in_root(image: StandIn) -> bytes:
    """The root file system of a stand-in as a tar file: busybox, its commands, the scripts and the image's user."""
    busybox = shutil.which("busybox", path=SYSTEM_PATH)
    if busybox is None:
        raise NoEngine("no busybox (apt-get install busybox-static)")
    commands = subprocess.run([busybox, "--list"], capture_output=True, text=True, check=True).stdout.split()
    scripts = {script.name: script for folder in image.programs for script in sorted((STANDINS / folder).iterdir())}
    links = {"pip3": "pip", "python": "python3"}
    if "conda" in scripts:
        links |= {"mamba": "conda", "micromamba": "conda"}
    users = [User("root", 0, 0), User("nobody", 65534, 65534)] + ([image.user] if image.user else [])
    passwd = "".join(
        f"{u.name}:x:{u.uid}:{u.gid}::{'/root' if u.uid == 0 else f'/home/{u.name}'}:/bin/sh\n" for u in users
    )
    groups = "root:x:0:\nusers:x:100:\nnogroup:x:65534:\n"
    if image.user and image.user.gid != 100:
        groups += f"{image.user.name}:x:{image.user.gid}:\n"

    result = io.BytesIO()
    with tarfile.open(fileobj=result, mode="w") as tar:

        def add(
            path: str, content: bytes | None = None, link: str = "", mode: int = 0o755, uid: int = 0, gid: int = 0
        ) -> None:
            member = tarfile.TarInfo(path)
            member.mode, member.uid, member.gid, member.linkname = mode, uid, gid, link
            member.type = tarfile.SYMTYPE if link else tarfile.DIRTYPE if content is None else tarfile.REGTYPE
            member.size = len(content or b"")
            tar.addfile(member, io.BytesIO(content or b""))

        for folder in (
            "bin",
            "etc",
            "usr/local/bin",
            "usr/local/lib/python3/site-packages",
            "home",
            "var/lib/apt/lists",
        ):
            add(folder)
        add("root", mode=0o700)
        add("tmp", mode=0o1777)
        if image.user:
            add(f"home/{image.user.name}", uid=image.user.uid, gid=image.user.gid)
            add("opt")
            add("opt/conda", uid=image.user.uid, gid=image.user.gid)
        add("bin/busybox", Path(busybox).read_bytes())
        for command in commands:
            if command != "busybox":
                add(f"bin/{command}", link="busybox")
        for name, script in scripts.items():
            add(f"usr/local/bin/{name}", script.read_bytes())
        for name, target in links.items():
            add(f"usr/local/bin/{name}", link=target)
        add("etc/passwd", passwd.encode(), mode=0o644)
        add("etc/group", groups.encode(), mode=0o644)
    return result.getvalue()


def _import(engine: Engine, root: Path, name: str, *changes: str) -> None:
    """Make the image `name` out of a root file system, with Dockerfile instructions for its configuration."""
    options = [
        option for change in (f"ENV PATH={PATH}", 'CMD ["python3"]', *changes) for option in ("--change", change)
    ]
    imported = engine.docker("import", *options, str(root), name)
    if imported.returncode:
        raise NoEngine(f"docker import fails for {name}: {imported.stderr.strip()}")


def _digest(*recipe: str) -> str:
    return hashlib.sha256("\n".join(recipe).encode()).hexdigest()[:16]

"""The packages that builds install: fetched once by this machine's own pip, served to builds on the loopback.

Builds run with the host's network but without its pip configuration, so that no index is named in the project: pip, uv,
poetry, pdm and pipenv inside a build all ask the one server here, and what they leave in their caches is what they
always leave.
"""

import contextlib
import functools
import http.server
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

from tests.builds.engine import NoEngine

# What the projects of the table install, and the tools that they install it with, which don't agree on what they need.
WHEELS = (
    (
        *("iniconfig==2.0.0", "six==1.17.0", "numpy==2.2.6", "pandas==2.2.3", "matplotlib==3.9.2"),
        *("python-magic==0.4.27", "psycopg==3.3.9"),
        *("setuptools==80.9.0", "hatchling==1.33.0", "pdm-backend==2.5.0", "wheel==0.45.1", "setuptools-scm==8.3.1"),
    ),
    ("uv==0.13.9",),
    ("poetry==2.5.1",),
    ("pdm[locked]==2.29.3",),
    ("pipenv==2026.10.3",),
)
# Published as source alone: what compilers are needed for.
SOURCES = ("pyaudio==0.2.14",)


def fetch_wheels(folder: Path, python: str) -> None:
    """Put the packages and all that they need into `folder`, one folder each, for a CPython such as "3.11" on Linux.

    Raises NoEngine when pip can't have them.
    """
    if folder.exists():
        return
    partial = folder.with_name(f"{folder.name}.{os.getpid()}")
    machine = os.uname().machine
    platforms = [f"--platform=manylinux_2_{glibc}_{machine}" for glibc in (17, 26, 27, 28, 34)]
    wheels = ("--only-binary=:all:", "--implementation=cp", f"--python-version={python}")
    for together in WHEELS:
        _download(partial, *wheels, f"--platform=manylinux2014_{machine}", *platforms, *together)
    _download(partial, "--no-binary=:all:", "--no-deps", *SOURCES)
    for file in [*partial.glob("*.whl"), *partial.glob("*.tar.gz")]:
        package = re.sub(r"[-_.]+", "-", file.name.split("-")[0]).lower()
        (partial / package).mkdir(exist_ok=True)
        file.rename(partial / package / file.name)
    partial.rename(folder)


def _download(folder: Path, *words: str) -> None:
    fetched = subprocess.run(
        [sys.executable, "-m", "pip", "download", "--quiet", "--dest", str(folder), *words],
        capture_output=True,
        text=True,
        check=False,
    )
    if fetched.returncode:
        raise NoEngine(f"pip can't fetch the packages: {fetched.stderr.strip()[-500:]}")


class _Index(http.server.SimpleHTTPRequestHandler):
    """The listing of a folder of wheels is a page of the simple index as it stands (PEP 503)."""

    def end_headers(self) -> None:
        """Packages never change: without this pip would not keep them in its cache, as it does with a real index's."""
        if self.path.endswith((".whl", ".tar.gz")):
            self.send_header("Cache-Control", "max-age=365000000, immutable")
        super().end_headers()

    def log_message(self, *words: object) -> None:
        """Say nothing: the builder's log tells what was asked for."""


@contextlib.contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve `folder` as a package index as long as the block runs; gives the index's address."""
    handler = functools.partial(_Index, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()

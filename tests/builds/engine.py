"""A Docker engine of our own for a few minutes: Debian's `docker.io`, without a service manager and without a trace.

`running_engine()` starts the daemon in mount and process namespaces of its own. Whatever it starts (containerd, builds,
containers) lives in that process namespace, and the kernel ends it all with the daemon, even when this program is
killed; whatever it mounts is mounted for itself alone. So nothing is left to clean but a folder and empty control
groups.

It needs root and Debian's docker.io. Tried with 20.10; the builder is that engine's own BuildKit, which knows cache
mounts and ignore files beside a Dockerfile, but no heredocs. Control groups may be of version 1, version 2, read-only
or not mounted.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

# Debian's own programs: another client earlier on PATH may need a plugin to build.
SYSTEM_PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
STARTS_WITHIN = 60  # seconds
ENDS_WITHIN = 30  # seconds
COMMAND_LIMIT = 600  # seconds for one client command

# Runs as the first process of the namespaces, then becomes the daemon.
PREPARE = r"""
set -eu
# A /run for the daemons' sockets; the resolver's file may be a link into the hidden one.
resolver=$(cat /etc/resolv.conf 2>/dev/null || :)
mount -t tmpfs none /run
if [ -n "$resolver" ] && [ ! -e /etc/resolv.conf ]; then
    mkdir -p "$(dirname "$(readlink -m /etc/resolv.conf)")"
    echo "$resolver" >/etc/resolv.conf
fi
# Control groups are read-only or absent in many containers.
for point in $(awk '$2 ~ "^/sys/fs/cgroup" && $4 ~ /^ro(,|$)/ { print $2 }' /proc/self/mounts); do
    mount -o remount,bind,rw "$point"
done
mountpoint -q /sys/fs/cgroup || mount -t cgroup2 none /sys/fs/cgroup
exec "$@"
"""


class NoEngine(Exception):
    """No engine can run here; the message says why and, where that helps, what to install."""


class Engine(NamedTuple):
    """A running engine."""

    client: str  # path of the docker client that speaks to it
    folder: Path  # everything it writes
    driver: str  # storage driver: "overlay2", or "vfs" where that is impossible (slower, sizes are the same)

    def docker(self, *arguments: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
        """Run one docker command in `folder`; the caller looks at its exit code."""
        environment = {
            "PATH": SYSTEM_PATH,
            "HOME": str(self.folder),
            "DOCKER_CONFIG": str(self.folder / "client"),
            "DOCKER_HOST": f"unix://{self.folder / 'socket'}",
            "DOCKER_BUILDKIT": "1",
        }
        return subprocess.run(
            [self.client, *arguments],
            cwd=folder or self.folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=COMMAND_LIMIT,
            check=False,
        )


@contextlib.contextmanager
def running_engine() -> Iterator[Engine]:
    """An engine that answers, ended when the block is left: also by an exception, Ctrl-C or a termination signal.

    Raises NoEngine where none can run.
    """
    daemon, client, enter = _programs()
    # Not the user's TMPDIR: the path of a unix socket has at most 107 bytes.
    folder = Path(tempfile.mkdtemp(prefix="docker-hooks-engine-", dir="/tmp"))
    terminated = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        reason = ""
        for driver in ("overlay2", "vfs"):
            engine = Engine(client, folder, driver)
            with _daemon([*enter, daemon], engine) as process:
                reason = _wait_until_it_answers(process, engine)
                if not reason:
                    yield engine
                    return
        raise NoEngine(f"dockerd does not start: {reason}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        signal.signal(signal.SIGTERM, terminated)


def _programs() -> tuple[str, str, list[str]]:
    """The daemon, its client and the command that enters the namespaces. Raises NoEngine when one can't be had."""
    if not sys.platform.startswith("linux"):
        raise NoEngine("a Docker engine of our own needs Linux")
    if os.geteuid() != 0:
        raise NoEngine("a Docker engine of our own needs root")
    found = {name: shutil.which(name, path=SYSTEM_PATH) for name in ("dockerd", "docker", "setpriv", "unshare")}
    missing = [name for name, path in found.items() if path is None]
    if missing:
        raise NoEngine(f"no {', '.join(missing)} in {SYSTEM_PATH} (apt-get install docker.io util-linux)")
    # setpriv: the namespaces end with this program, however it ends.
    enter = (
        f"{found['setpriv']} --pdeathsig KILL {found['unshare']} --mount --pid --fork --kill-child --mount-proc".split()
    )
    trial = subprocess.run(
        [*enter, "mount", "-t", "tmpfs", "none", "/run"], capture_output=True, text=True, check=False
    )
    if trial.returncode:
        raise NoEngine(f"no namespace or mount is permitted here: {trial.stderr.strip()}")
    return str(found["dockerd"]), str(found["docker"]), enter


@contextlib.contextmanager
def _daemon(command: list[str], engine: Engine) -> Iterator[subprocess.Popen[bytes]]:
    """The daemon's process: `command` enters the namespaces and names the daemon. Ends it with all that it started."""
    *enter, daemon = command
    folder = engine.folder
    control_group = folder.name
    (folder / "daemon.json").write_text("{}")
    options = [
        *(
            "--host",
            f"unix://{folder / 'socket'}",
            "--pidfile",
            f"{folder / 'pid'}",
            "--config-file",
            f"{folder / 'daemon.json'}",
        ),
        *(
            "--data-root",
            f"{folder / 'data'}",
            "--exec-root",
            "/run/docker",
            "--storage-driver",
            engine.driver,
        ),
        *(
            "--iptables=false",
            "--ip6tables=false",
            "--ip-forward=false",
            "--bridge=none",
            "--shutdown-timeout=1",
        ),
        *("--cgroup-parent", f"/{control_group}"),
    ]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [*enter, "sh", "-c", PREPARE, "sh", daemon, *options],
            env={"PATH": SYSTEM_PATH, "HOME": str(folder)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is for us; we end the daemon
        )
    try:
        yield process
    finally:
        for how in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, how)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(ENDS_WITHIN)
                break
        _remove_control_groups(control_group)


def _wait_until_it_answers(process: subprocess.Popen[bytes], engine: Engine) -> str:
    """Empty once the daemon answers, else why it doesn't: the end of what it wrote."""
    deadline = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < deadline and process.poll() is None:
        if engine.docker("version").returncode == 0:
            return ""
        time.sleep(0.1)
    written = (engine.folder / "log").read_text(errors="replace").strip().splitlines()
    return f"no answer; its last words: {' / '.join(written[-3:])}"


def _remove_control_groups(name: str) -> None:
    """Remove the empty control groups that the engine leaves, in every hierarchy."""
    root = Path("/sys/fs/cgroup")
    for top in [root / name, *root.glob(f"*/{name}")]:
        for folder, _, _ in os.walk(top, topdown=False):
            with contextlib.suppress(OSError):
                Path(folder).rmdir()

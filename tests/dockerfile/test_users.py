"""Users that commands create, and values of USER that mean root."""

from __future__ import annotations

import pytest

from docker_hooks.dockerfile.known_images import Account
from docker_hooks.dockerfile.programs import invocation
from docker_hooks.dockerfile.shell import scan
from docker_hooks.dockerfile.users import created, created_group, is_root


@pytest.mark.parametrize("user", ["root", "0", "0:0", "root:root", "00", "0:1000", "root:app"])
def test_root(user: str) -> None:
    assert is_root(user)


@pytest.mark.parametrize("user", ["app", "1000", "10:0", "rooty", "", "app:root", "-0", "０"])
def test_not_root(user: str) -> None:
    assert not is_root(user)


@pytest.mark.parametrize(
    ("command", "account"),
    [
        ("useradd app", Account("app", None, None, "app", "")),
        ("useradd -m app", Account("app", None, None, "app", "/home/app")),
        ("useradd -ms /bin/bash -u 1001 app", Account("app", 1001, None, "app", "/home/app")),
        ("useradd -u1001 -g staff -m app", Account("app", 1001, None, "staff", "/home/app")),
        ("useradd --uid=1001 --gid staff --create-home app", Account("app", 1001, None, "staff", "/home/app")),
        ("useradd -m -d /srv/app app", Account("app", None, None, "app", "/srv/app")),
        ("useradd -m -b /srv app", Account("app", None, None, "app", "/srv/app")),
        ("useradd -N -m app", Account("app", None, None, None, "/home/app")),
        ("useradd -m -u $UID app", Account("app", None, None, "app", "/home/app")),
        ("useradd -m -g ${GID} app", Account("app", None, None, None, "/home/app")),
        ("sudo useradd -m app", Account("app", None, None, "app", "/home/app")),
        ("useradd -D", None),
        ("useradd $NAME", None),
        ("adduser -D app", Account("app", None, None, "app", "/home/app")),
        ("adduser -D -u 1001 -G staff app", Account("app", 1001, None, "staff", "/home/app")),
        ("adduser -D -H app", Account("app", None, None, "app", "")),
        ("adduser -D -h /srv/app app", Account("app", None, None, "app", "/srv/app")),
        ("adduser -S app", Account("app", None, None, None, None)),
        ("adduser -S -G staff app", Account("app", None, None, "staff", None)),
        ("adduser --disabled-password --gecos '' app", Account("app", None, None, "app", "/home/app")),
        ("adduser --system --group app", Account("app", None, None, "app", None)),
        ("adduser app staff", None),
        ("groupadd app", None),
    ],
)
def test_created(command: str, account: Account | None) -> None:
    call = invocation(scan(command).commands[0])
    assert call is not None
    assert created(call) == account


@pytest.mark.parametrize(
    ("command", "group"),
    [
        ("groupadd app", ("app", None)),
        ("groupadd -r -g 1001 app", ("app", 1001)),
        ("groupadd --gid=1001 app", ("app", 1001)),
        ("addgroup -S app", ("app", None)),
        ("addgroup -g 1001 app", ("app", 1001)),
        ("addgroup app staff", None),
        ("groupadd $NAME", None),
        ("useradd app", None),
    ],
)
def test_created_group(command: str, group: tuple[str, int | None] | None) -> None:
    call = invocation(scan(command).commands[0])
    assert call is not None
    assert created_group(call) == group

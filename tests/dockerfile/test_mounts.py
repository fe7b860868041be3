"""What the mounts of a RUN are read as."""

from __future__ import annotations

import pytest

from docker_hooks.dockerfile.mounts import Mount, is_mounted, mounts
from docker_hooks.dockerfile.reader import read
from docker_hooks.dockerfile.stages import read_stages


def mounts_of(flags: str, above: str = "") -> tuple[Mount, ...]:
    (stage,) = read_stages(read(f"FROM scratch\n{above}RUN {flags} true\n"))
    return mounts(stage.instructions[-1], stage.states[-1])


@pytest.mark.parametrize(
    ("flags", "above", "expected"),
    [
        ("", "", ()),
        ("--mount=type=cache,target=/root/.cache/pip", "", (Mount("cache", "/root/.cache/pip"),)),
        ("--mount=target=/a/,type=cache,sharing=locked", "", (Mount("cache", "/a"),)),
        ("--mount=TYPE=Cache,dst=/a --mount=destination=/b", "", (Mount("cache", "/a"), Mount("bind", "/b"))),
        ('--mount="type=cache","target=/a"', "", (Mount("cache", "/a"),)),
        ("--mount=type=cache,target=${HOME}/.cache", "ENV HOME=/home/app\n", (Mount("cache", "/home/app/.cache"),)),
        ("--mount=type=cache,target=$HOME/.cache", "", (Mount("cache", None),)),
        ("--mount=type=cache,target=cache", "WORKDIR /srv\n", (Mount("cache", "/srv/cache"),)),
        ("--mount=type=cache,target=cache", "", (Mount("cache", None),)),
        ("--mount=type=secret,id=token", "", (Mount("secret", None),)),
        ("--network=none --mount=type=tmpfs,target=/tmp", "", (Mount("tmpfs", "/tmp"),)),
    ],
)
def test_reads(flags: str, above: str, expected: tuple[Mount, ...]) -> None:
    assert mounts_of(flags, above) == expected


@pytest.mark.parametrize(
    ("path", "mount", "expected"),
    [
        ("/var/lib/apt/lists", Mount("cache", "/var/lib/apt"), True),
        ("/var/lib/apt/lists", Mount("cache", "/var/lib/apt/lists"), True),
        ("/var/lib/apt/lists", Mount("tmpfs", "/"), True),
        ("/var/lib/apt/lists", Mount("cache", "/var/lib/apt/lists/partial"), False),
        ("/var/lib/apt", Mount("cache", "/var/lib/ap"), False),
        ("/var/lib/apt", Mount("bind", "/var/lib/apt"), False),
        ("/var/lib/apt", Mount("cache", None), False),
    ],
)
def test_what_lies_on_a_mount(path: str, mount: Mount, expected: bool) -> None:
    assert is_mounted(path, (mount,)) is expected

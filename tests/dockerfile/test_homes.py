"""What HOME is in a step."""

from __future__ import annotations

import pytest

from docker_hooks.dockerfile import images
from docker_hooks.dockerfile.homes import home, homes_made
from docker_hooks.dockerfile.reader import read
from docker_hooks.dockerfile.script import script_of
from docker_hooks.dockerfile.stages import lineage, read_stages


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("FROM python:3.12", "/root"),
        ("FROM example.com/base", None),
        ("FROM example.com/base\nUSER root", "/root"),
        ("FROM example.com/base\nUSER 0:0", "/root"),
        ("FROM example.com/base\nENV HOME=/h\nUSER app", "/h"),
        ("FROM example.com/base\nENV HOME=$H", None),
        ("FROM quay.io/jupyter/base-notebook", "/home/jovyan"),
        ("FROM quay.io/jupyter/base-notebook\nUSER root", "/home/jovyan"),
        ("FROM node:22\nUSER node", "/home/node"),
        ("FROM node:22\nUSER 1000", "/home/node"),
        ("FROM python:3.12\nUSER app", None),
        ("FROM python:3.12\nUSER $U", None),
        ("FROM python:3.12\nRUN useradd -m app\nUSER app", "/home/app"),
        ("FROM python:3.12\nRUN useradd -u 1234 -d /srv/app -m app\nUSER 1234:1234", "/srv/app"),
        ("FROM python:3.12\nRUN useradd app\nUSER app", None),
        ("FROM python:3.12 AS base\nRUN useradd -m app\nFROM base\nUSER app", "/home/app"),
        ('FROM python:3.12\nRUN ["useradd", "-m", "app"]\nUSER app', None),
    ],
)
def test_home(lines: str, expected: str | None) -> None:
    stages = read_stages(read(f"{lines}\n"))
    chain = lineage(stages, stages[-1])
    image = images.known(images.parse(chain[0].image or ""))
    assert home(chain[-1].end, image, homes_made(chain, script_of)) == expected

"""Which releases an image is made of, by its name, and which of them have ended."""

from __future__ import annotations

import pytest

from docker_hooks.dockerfile import lifecycles
from docker_hooks.dockerfile.images import parse
from docker_hooks.dockerfile.lifecycles import ended, python_version


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        ("python:3.12", (3, 12)),
        ("python:3.12.1-slim-bookworm", (3, 12, 1)),
        ("python:3-slim", (3,)),
        ("python:2.7", (2, 7)),
        ("docker.io/library/python:3.9", (3, 9)),
        ("python:3.9@sha256:" + "0" * 64, (3, 9)),
        ("public.ecr.aws/lambda/python:3.11", (3, 11)),
        ("ghcr.io/astral-sh/uv:python3.12-bookworm-slim", (3, 12)),
        ("tiangolo/uvicorn-gunicorn-fastapi:python3.11-slim", (3, 11)),
        ("quay.io/jupyter/scipy-notebook:python-3.11.6", (3, 11, 6)),
        ("python", None),
        ("python:latest", None),
        ("python:slim", None),
        ("python:alpine3.20", None),
        ("python:3.15-rc-slim", None),
        ("python:3.14.0b2", None),
        ("python:3.14.0rc1-slim", None),
        ("ghcr.io/astral-sh/uv:0.5.1", None),
        ("example.com/python:3.9", None),
        ("someone/app:python3.9", None),
        ("ubuntu:22.04", None),
    ],
)
def test_python_version(image: str, expected: tuple[int, ...] | None) -> None:
    reference = parse(image)
    assert reference is not None
    assert python_version(reference) == expected


@pytest.mark.parametrize(
    ("image", "releases"),
    [
        ("python:3.8-slim", ["Python 3.8"]),
        ("python:3.10.4", ["Python 3.10"]),
        ("python:2", ["Python 2"]),
        ("python:2.7.18-slim", ["Python 2"]),
        ("python:3.12-slim-buster", ["Debian 10 (buster)"]),
        ("python:3.7.3-alpine3.9", ["Python 3.7", "Alpine 3.9"]),
        ("debian:buster", ["Debian 10 (buster)"]),
        ("debian:buster-20200803-slim", ["Debian 10 (buster)"]),
        ("debian:10.3", ["Debian 10 (buster)"]),
        ("debian:bullseye-slim", ["Debian 11 (bullseye)"]),
        ("ubuntu:18.04", ["Ubuntu 18.04 (bionic)"]),
        ("ubuntu:14.04.3", ["Ubuntu 14.04 (trusty)"]),
        ("ubuntu:focal-20240123", ["Ubuntu 20.04 (focal)"]),
        ("alpine:3.15", ["Alpine 3.15"]),
        ("alpine:3.15.4", ["Alpine 3.15"]),
        ("gliderlabs/alpine:3.4", ["Alpine 3.4"]),
        ("nvidia/cuda:11.0-base-ubuntu18.04", ["Ubuntu 18.04 (bionic)"]),
        ("nvidia/cuda:11.0-base-ubuntu1804", ["Ubuntu 18.04 (bionic)"]),
        ("node:8-stretch", ["Debian 9 (stretch)"]),
        ("gcr.io/distroless/python3-debian10", ["Debian 10 (buster)"]),
        ("mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu20.04", ["Ubuntu 20.04 (focal)"]),
        ("python:3.12-slim-bookworm", []),
        ("python:3.11", []),
        ("python:3", []),
        ("python:3.12-alpine3.22", []),
        ("debian:12", []),
        ("debian:trixie", []),
        ("debian:stable", []),
        ("ubuntu:22.04", []),
        ("ubuntu:24.04", []),
        ("ubuntu", []),
        ("alpine:3.22", []),
        ("alpine:edge", []),
        ("nvidia/cuda:12.4.1-runtime-ubuntu22.04", []),
        ("someone/app:buster", []),
        ("buster:3.8", []),
        ("continuumio/miniconda3:4.8.2", []),
    ],
)
def test_ended(image: str, releases: list[str]) -> None:
    reference = parse(image)
    assert reference is not None
    assert [release.release for release in ended(reference)] == releases


def test_says_when() -> None:
    reference = parse("python:3.8-slim-buster")
    assert reference is not None
    assert [release.month for release in ended(reference)] == ["2024-10", "2024-06"]


def test_the_table_holds_what_had_ended_on_its_date() -> None:
    date = "2026-11-23"
    assert date in (lifecycles.__doc__ or "")
    months = [
        *lifecycles._PYTHON.values(),
        *lifecycles._ALPINE.values(),
        *(month for _, month in (*lifecycles._DEBIAN.values(), *lifecycles._UBUNTU.values())),
    ]
    assert max(months) <= date[:7]

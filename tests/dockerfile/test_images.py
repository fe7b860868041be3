"""References to base images, and the table of what is known of them."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docker_hooks.dockerfile.images import Reference, known, parse
from docker_hooks.dockerfile.known_images import TABLE, Account, KnownImage

DIGEST = "sha256:" + "0123456789abcdef" * 4


def image(reference: str) -> KnownImage:
    found = known(parse(reference))
    assert found, reference
    return found


@pytest.mark.parametrize(
    ("text", "registry", "repository", "tag", "digest"),
    [
        ("python", "docker.io", "library/python", None, None),
        ("python:3.12", "docker.io", "library/python", "3.12", None),
        ("library/python", "docker.io", "library/python", None, None),
        ("docker.io/python", "docker.io", "library/python", None, None),
        ("docker.io/library/python:3", "docker.io", "library/python", "3", None),
        ("index.docker.io/library/python", "docker.io", "library/python", None, None),
        ("index.docker.io/python", "docker.io", "library/python", None, None),
        ("registry-1.docker.io/library/python", "docker.io", "library/python", None, None),
        ("registry.hub.docker.com/library/python", "docker.io", "library/python", None, None),
        ("public.ecr.aws/docker/library/python:3", "docker.io", "library/python", "3", None),
        ("mirror.gcr.io/library/python", "docker.io", "library/python", None, None),
        ("mirror.gcr.io/jupyter/base-notebook", "docker.io", "jupyter/base-notebook", None, None),
        ("mcr.microsoft.com/mirror/docker/library/python", "docker.io", "library/python", None, None),
        ("arm32v7/python:3.12-slim", "docker.io", "library/python", "3.12-slim", None),
        ("index.docker.io/amd64/node", "docker.io", "library/node", None, None),
        ("redhat/ubi9:9.4", "registry.access.redhat.com", "ubi9", "9.4", None),
        ("registry.redhat.io/ubi9/python-312", "registry.access.redhat.com", "ubi9/python-312", None, None),
        ("jupyter/base-notebook:latest", "docker.io", "jupyter/base-notebook", "latest", None),
        ("ghcr.io/astral-sh/uv:0.5.1", "ghcr.io", "astral-sh/uv", "0.5.1", None),
        ("nvcr.io/nvidia/pytorch:24.07-py3", "nvcr.io", "nvidia/pytorch", "24.07-py3", None),
        ("localhost/app", "localhost", "app", None, None),
        ("localhost:5000/python:3", "localhost:5000", "python", "3", None),
        ("registry.example.com:5000/team/app:1.0_x", "registry.example.com:5000", "team/app", "1.0_x", None),
        ("Example/app", "Example", "app", None, None),
        ("1.2.3.4:80/app", "1.2.3.4:80", "app", None, None),
        ("[::1]:5000/app:1", "[::1]:5000", "app", "1", None),
        ("[2001:db8::1]/app", "[2001:db8::1]", "app", None, None),
        (f"python@{DIGEST}", "docker.io", "library/python", None, DIGEST),
        (f"python:3.12-slim@{DIGEST}", "docker.io", "library/python", "3.12-slim", DIGEST),
        ("python@sha512:" + "0" * 128, "docker.io", "library/python", None, "sha512:" + "0" * 128),
        ("a__b/c-d--e.f:T", "docker.io", "a__b/c-d--e.f", "T", None),
        ("1/2", "docker.io", "1/2", None, None),
        ("python:" + "a" * 128, "docker.io", "library/python", "a" * 128, None),
        ("scratch", "", "scratch", None, None),
        ("scratch:latest", "docker.io", "library/scratch", "latest", None),
    ],
)
def test_reference(text: str, registry: str, repository: str, tag: str | None, digest: str | None) -> None:
    assert parse(text) == Reference(registry, repository, tag, digest)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " python",
        "python ",
        "python\n",
        "Python",
        "docker.io/Python",
        "owner/Python:3",
        "python:",
        "python:-3",
        "python:.3",
        "python:3:4",
        "python:ü",
        "python:" + "a" * 129,
        "python@",
        "python@sha256:",
        "python@sha256:abc",
        "python@" + DIGEST.upper(),
        "python@md5:" + "0" * 32,
        f"python@{DIGEST}@{DIGEST}",
        "python:$TAG",
        "${IMAGE}",
        "python:${V:-3}",
        "/python",
        "python/",
        "a//b",
        "a___b",
        "a..b",
        "a._b",
        "-a",
        "a-",
        "_/a",
        "https://example.com/a",
        "example.com:/a",
        "example.com:x/a",
        "example.com:²/a",
        "-example.com/a",
        "example-.com/a",
        "example..com/a",
        "[]/a",
        "[::1/a",
        "[::g]/a",
        "exämple.com/a",
        "a" * 256,
        "0123456789abcdef" * 4,
        "python:3 AS x",
    ],
)
def test_no_reference(text: str) -> None:
    assert parse(text) is None


@pytest.mark.parametrize(
    "text",
    ["a-" * 500_000, "a" * 1_000_000, "a.b" * 300_000 + "/", "-" * 1_000_000, "a/" * 500_000, ("[" + ":" * 999_999)],
)
def test_a_long_reference_takes_no_time(text: str) -> None:
    start = time.process_time()
    assert parse(text) is None
    assert parse(f"{text}/x:{text}@{text}") is None
    assert time.process_time() - start < 20


@given(st.text(alphabet="ab.:/@-_[]$A0", max_size=30))
def test_a_reference_written_out_is_the_same(text: str) -> None:
    reference = parse(text)
    if reference:
        tag = f":{reference.tag}" if reference.tag else ""
        assert parse(f"{reference.name}{tag}") == reference


@pytest.mark.parametrize(
    ("reference", "user", "family"),
    [
        ("python", "root", "debian"),
        ("python:3.12", "root", "debian"),
        ("python:2.7", "root", "debian"),
        ("python:3.12-slim-bookworm", "root", "debian"),
        ("python:3.12-alpine", "root", "alpine"),
        ("python:3.12-alpine3.20", "root", "alpine"),
        ("python:alpine", "root", "alpine"),
        ("arm32v7/python:2.7-alpine", "root", "alpine"),
        ("public.ecr.aws/docker/library/python:3.12-slim", "root", "debian"),
        ("python:3.12-windowsservercore-ltsc2022", None, "windows"),
        (f"python:3.12-slim@{DIGEST}", "root", "debian"),
        (f"python@{DIGEST}", "root", None),
        ("debian:bookworm-slim", "root", "debian"),
        ("ubuntu", "root", "debian"),
        ("ubuntu:22.04", "root", "debian"),
        ("alpine:3.20", "root", "alpine"),
        ("busybox", "root", "alpine"),
        ("scratch", None, "scratch"),
        ("fedora:40", "root", "redhat"),
        ("centos:7", "root", "redhat"),
        ("rockylinux:9", "root", "redhat"),
        ("amazonlinux:2023", "root", "redhat"),
        ("opensuse/leap:15.6", "root", "suse"),
        ("archlinux", "root", None),
        ("node:20-alpine", "root", "alpine"),
        ("node:20", "root", "debian"),
        ("eclipse-temurin:21-jre-alpine", "root", "alpine"),
        ("eclipse-temurin:21-ubi9-minimal", "root", "redhat"),
        ("openjdk:8-jdk", "root", "debian"),
        ("openjdk:8u191-jdk", "root", "debian"),
        ("openjdk:17", "root", None),
        ("openjdk:17-slim", "root", "debian"),
        ("openjdk:17-oraclelinux8", "root", "redhat"),
        ("nvidia/cuda:12.4.1-devel-ubuntu22.04", "root", "debian"),
        ("nvidia/cuda:12.4.1-base-ubi8", "root", "redhat"),
        ("nvidia/cuda:12.4.1-base-rockylinux8", "root", "redhat"),
        ("nvidia/cuda:13.0.2-runtime-amzn2023", "root", "redhat"),
        ("nvcr.io/nvidia/cuda:12.4.1-base-ubuntu22.04", "root", "debian"),
        ("pytorch/pytorch:2.4.0-cuda12.4-cudnn9-runtime", "root", "debian"),
        ("tensorflow/tensorflow:2.16.1-gpu-jupyter", "root", "debian"),
        ("ghcr.io/astral-sh/uv:0.5.1", "root", "distroless"),
        ("ghcr.io/astral-sh/uv", "root", "distroless"),
        ("ghcr.io/astral-sh/uv:python3.12-bookworm-slim", "root", "debian"),
        ("ghcr.io/astral-sh/uv:0.5.1-python3.12-alpine", "root", "alpine"),
        ("ghcr.io/astral-sh/uv:debian-slim", "root", "debian"),
        ("ghcr.io/astral-sh/uv:python3.12-dhi", "nonroot", None),
        ("gcr.io/distroless/python3-debian12", "root", "distroless"),
        ("gcr.io/distroless/python3-debian12:nonroot", "nonroot", "distroless"),
        ("gcr.io/distroless/python3:debug-nonroot", "nonroot", "distroless"),
        ("gcr.io/distroless/base-debian12:nonroot-amd64", "nonroot", "distroless"),
        ("cgr.dev/chainguard/python:latest", "nonroot", "distroless"),
        ("cgr.dev/chainguard/python:latest-dev", "nonroot", "alpine"),
        ("cgr.dev/chainguard/wolfi-base", "root", "alpine"),
        ("dhi.io/python:3.12", "nonroot", "distroless"),
        ("dhi.io/python:3.12-debian13-dev", "root", "debian"),
        ("dhi.io/python:3.12-alpine3.22-dev", "root", "alpine"),
        ("quay.io/jupyter/scipy-notebook:2024-10-07", "jovyan", "debian"),
        ("jupyter/datascience-notebook", "jovyan", "debian"),
        ("pangeo/pangeo-notebook:2024.10.01", "jovyan", "debian"),
        ("mambaorg/micromamba", "mambauser", "debian"),
        ("mambaorg/micromamba:1.5.8-alpine", "mambauser", "alpine"),
        ("ghcr.io/mamba-org/micromamba:2.0.5-amazon2023", "mambauser", "redhat"),
        ("continuumio/miniconda3", "root", "debian"),
        ("continuumio/anaconda3:2024.06-1", "root", "debian"),
        ("condaforge/miniforge3:24.3.0-0", "root", "debian"),
        ("quay.io/condaforge/mambaforge", "root", "debian"),
        ("apache/airflow:2.9.3-python3.11", "airflow", "debian"),
        ("rayproject/ray:2.9.0", "ray", "debian"),
        ("apache/superset", "superset", "debian"),
        ("prefecthq/prefect:3-latest", "root", "debian"),
        ("registry.access.redhat.com/ubi9/ubi:9.4", "root", "redhat"),
        ("registry.access.redhat.com/ubi9/python-312", None, "redhat"),
        ("redhat/ubi9-minimal", "root", "redhat"),
        ("selenium/standalone-chrome:4.25.0", "seluser", "debian"),
        ("mcr.microsoft.com/playwright/python:v1.48.0-jammy", "root", "debian"),
        ("jenkins/jenkins:lts-alpine", "jenkins", "alpine"),
        ("gitpod/workspace-full", "gitpod", "debian"),
        ("docker:dind-rootless", "rootless", "alpine"),
        ("quay.io/pypa/manylinux_2_28_x86_64", "root", "redhat"),
        ("quay.io/pypa/manylinux_2_35_armv7l", "root", "debian"),
        ("quay.io/pypa/musllinux_1_2_x86_64", "root", "alpine"),
        ("linuxserver/radarr", "root", None),
        ("lsiobase/alpine:3.9", "root", "alpine"),
    ],
)
def test_known_image(reference: str, user: str | None, family: str | None) -> None:
    assert (image(reference).runs_as.name, image(reference).family) == (user, family)


@pytest.mark.parametrize(
    ("reference", "account"),
    [
        ("quay.io/jupyter/base-notebook", Account("jovyan", 1000, 100, "users", "/home/jovyan")),
        ("mambaorg/micromamba:0.24.0", Account("mambauser", 1000, 1000, "mambauser", "/home/mambauser")),
        ("mambaorg/micromamba:1.4.9", Account("mambauser", 1000, 1000, "mambauser", "/home/mambauser")),
        ("mambaorg/micromamba:1.5.8", Account("mambauser", 57439, 57439, "mambauser", "/home/mambauser")),
        ("mambaorg/micromamba:2.0.5-ubuntu22.04", Account("mambauser", 57439, 57439, "mambauser", "/home/mambauser")),
        ("apache/airflow:2.9.3", Account("airflow", 50000, 0, "root", "/home/airflow")),
        ("apache/airflow:2.0.0", Account("airflow", 50000, None, None, "/home/airflow")),
        ("rayproject/ray", Account("ray", 1000, 100, "users", "/home/ray")),
        ("gcr.io/distroless/python3:nonroot", Account("nonroot", 65532, 65532, "nonroot", "/home/nonroot")),
        ("registry.access.redhat.com/ubi9/python-312", Account(None, 1001, 0, "root", "/opt/app-root/src")),
        ("selenium/standalone-firefox", Account("seluser", 1200, 1201, "seluser", "/home/seluser")),
        ("gitpod/workspace-python", Account("gitpod", 33333, 33333, "gitpod", "/home/gitpod")),
        ("bitnami/pytorch", Account(None, 1001, None, None, "/")),
        ("nginxinc/nginx-unprivileged", Account("nginx", 101, 101, "nginx", None)),
    ],
)
def test_default_account(reference: str, account: Account) -> None:
    assert image(reference).runs_as == account
    assert not image(reference).is_root


@pytest.mark.parametrize(
    ("reference", "users", "free"),
    [
        ("python:3.12", [], 1000),
        ("ubuntu:22.04", [], 1000),
        ("ubuntu:jammy-20240808", [], 1000),
        ("ubuntu:14.04.5", [], 1000),
        ("ubuntu:24.04", ["ubuntu"], 1001),
        ("ubuntu:noble-20240904", ["ubuntu"], 1001),
        ("ubuntu", ["ubuntu"], 1001),
        ("ubuntu:28.04", ["ubuntu"], 1001),
        ("buildpack-deps:noble-scm", ["ubuntu"], 1001),
        ("buildpack-deps:bookworm", [], 1000),
        ("nvidia/cuda:12.6.2-runtime-ubuntu24.04", ["ubuntu"], 1001),
        ("nvidia/cuda:12.6.2-runtime-ubuntu22.04", [], 1000),
        ("nvidia/cuda:9.0-base-ubuntu16.04", [], 1000),
        ("mambaorg/micromamba:2.0.5-ubuntu24.04", ["ubuntu"], 1001),
        ("nvcr.io/nvidia/pytorch:24.04-py3", [], 1001),
        ("condaforge/miniforge3", [], 1001),
        ("node:20", ["node"], 1001),
        ("node:0.12", [], 1001),
        ("nikolaik/python-nodejs:python3.12-nodejs22", ["pn"], 1001),
        ("mcr.microsoft.com/playwright/python:v1.48.0-jammy", ["pwuser"], 1001),
        ("mcr.microsoft.com/playwright/python:v1.48.0-noble", ["pwuser", "ubuntu"], 1002),
        ("mcr.microsoft.com/playwright/python:v1.48.0", ["pwuser"], 1002),
        ("gcr.io/distroless/python3", ["nonroot"], 1000),
        ("quay.io/jupyter/base-notebook", [], 1001),
        ("rapidsai/base:24.10-cuda12.5-py3.12", [], 1002),
    ],
)
def test_users_and_free_uid(reference: str, users: list[str], free: int) -> None:
    found = image(reference)
    assert [user.name for user in found.users] == users
    assert found.free_uid() == free
    assert found.free_uid([free, free + 1]) == free + 2


@pytest.mark.parametrize(
    ("reference", "user", "home"),
    [
        ("node:20", "node", "/home/node"),
        ("node:20", "1000", "/home/node"),
        ("quay.io/jupyter/base-notebook", "jovyan", "/home/jovyan"),
        ("python:3", "root", "/root"),
        ("python:3", "0", "/root"),
        ("python:3", "app", None),
        ("python:3", "1000", None),
        ("mcr.microsoft.com/playwright/python", "1000", None),
    ],
)
def test_account_that_a_user_stands_for(reference: str, user: str, home: str | None) -> None:
    account = image(reference).account(user)
    assert (account and account.home) == home


@pytest.mark.parametrize(
    ("reference", "program"),
    [
        ("python:3.12-slim", "useradd"),
        ("python:3.12-alpine", "adduser"),
        ("centos:7", "useradd"),
        ("rockylinux:9-minimal", None),
        ("amazonlinux:2023", None),
        ("nvidia/cuda:13.0.2-runtime-amzn2023", None),
        ("eclipse-temurin:21-ubi9-minimal", None),
        ("redhat/ubi9", "useradd"),
        ("redhat/ubi9-minimal", None),
        ("public.ecr.aws/lambda/python:3.12", None),
        ("gcr.io/distroless/python3", None),
        ("dhi.io/python:3.12-dev", None),
        ("scratch", None),
        ("python:3.12-windowsservercore", None),
        ("opensuse/leap", None),
        (f"python@{DIGEST}", None),
    ],
)
def test_program_that_adds_a_user(reference: str, program: str | None) -> None:
    assert image(reference).user_program == program


@pytest.mark.parametrize(
    ("reference", "ruler"),
    [
        ("public.ecr.aws/lambda/python:3.12", "platform"),
        ("public.ecr.aws/lambda/provided:al2023", "platform"),
        ("mcr.microsoft.com/devcontainers/python:3.12", "platform"),
        ("mcr.microsoft.com/vscode/devcontainers/python:0-3.9", "platform"),
        ("gitpod/workspace-full", "platform"),
        ("postgres:16", "entrypoint"),
        ("nginx:alpine", "entrypoint"),
        ("php:8.3-fpm", "entrypoint"),
        ("php:8.3-cli", None),
        ("tiangolo/uwsgi-nginx-flask:python3.11", "init"),
        ("phusion/baseimage:noble-1.0.0", "init"),
        ("linuxserver/radarr", "init"),
        ("docker:dind", "init"),
        ("python:3.12", None),
        ("quay.io/jupyter/base-notebook", None),
    ],
)
def test_who_decides_about_the_user(reference: str, ruler: str | None) -> None:
    assert image(reference).ruled_by == ruler


@pytest.mark.parametrize(
    ("reference", "python", "environment"),
    [
        ("python:3.12", True, {}),
        ("debian", False, {}),
        ("mambaorg/micromamba", False, {}),
        ("continuumio/miniconda3", True, {}),
        ("ghcr.io/astral-sh/uv:python3.12-alpine", True, {}),
        ("ghcr.io/astral-sh/uv:alpine", False, {}),
        ("frolvlad/alpine-python3", True, {"PYTHONUNBUFFERED": "1"}),
        ("tiangolo/uvicorn-gunicorn-fastapi:python3.11", True, {"PYTHONUNBUFFERED": "1"}),
        ("tiangolo/uvicorn-gunicorn-fastapi:python3.7", True, {}),
        (
            "registry.access.redhat.com/ubi9/python-312",
            True,
            {"PYTHONUNBUFFERED": "1", "PIP_NO_CACHE_DIR": "off", "HOME": "/opt/app-root/src"},
        ),
        ("jupyter/base-notebook", True, {"DEBIAN_FRONTEND": "noninteractive", "HOME": "/home/jovyan"}),
        ("apache/airflow:2.9.3", True, {"DEBIAN_FRONTEND": "noninteractive"}),
    ],
)
def test_python_and_environment(reference: str, python: bool, environment: dict[str, str]) -> None:
    assert (image(reference).python, image(reference).environment) == (python, environment)


def test_shell() -> None:
    assert image("python:3").shell is None
    assert image("quay.io/jupyter/base-notebook").shell == ("/bin/bash", "-o", "pipefail", "-c")
    assert image(f"rapidsai/base@{DIGEST}").shell == ("/bin/bash", "-euo", "pipefail", "-c")


@pytest.mark.parametrize(
    "reference",
    [
        "example/python:3.12-alpine",
        "ghcr.io/example/python",
        "registry.example.com/library/python",
        "localhost:5000/python",
        "quay.io/library/python",
        "jupyter/notebook",
        "mambaorg/micromamba:0.17.0",
        "continuumio/miniconda3:4.5.12",
        "continuumio/miniconda3:4.7.12-alpine",
        "continuumio/anaconda3:2018.12",
        "dhi.io/miniconda3:26",
        "scratch:latest",
        f"mambaorg/micromamba@{DIGEST}",
        f"gcr.io/distroless/python3@{DIGEST}",
        f"ghcr.io/astral-sh/uv@{DIGEST}",
        "python:$TAG",
    ],
)
def test_unknown_image(reference: str) -> None:
    assert known(parse(reference)) is None


def test_every_row_says_where_it_is_from() -> None:
    for row in TABLE:
        assert row.image is None or row.image.source.strip(), row.repositories
        assert row.image or row.tags, "a repository with nothing known needs no row"


def test_every_repository_is_written_as_references_are_normalised() -> None:
    for row in TABLE:
        for repository in row.repositories:
            reference = parse(repository.replace("*", "x"))
            assert reference
            assert reference.name == repository.replace("*", "x")
            assert "*" not in repository[:-1]


def test_every_row_can_be_reached() -> None:
    complete = set()
    for row in TABLE:
        for repository in row.repositories:
            assert repository not in complete, f"an earlier row of {repository} holds for all tags"
            if not row.tags:
                complete.add(repository)


def test_every_account_of_an_image_has_a_name_of_its_own() -> None:
    for row in TABLE:
        if row.image:
            names = [account.name for account in (row.image.runs_as, *row.image.users)]
            assert len(names) == len(set(names)), row.repositories

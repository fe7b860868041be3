"""Whose the folders of an image are."""

from __future__ import annotations

import pytest

from docker_hooks.dockerfile.known_images import ROOT, Account
from docker_hooks.dockerfile.ownership import claims, depends_on_owner, destination, is_manifest, is_owned, steps
from tests.mends import subject_of

APP = Account("app", 1000, 1000, "app", "/home/app")
JOVYAN = Account("jovyan", 1000, 100, "users", "/home/jovyan")


def owned(text: str, folder: str, account: Account = APP, default: Account | None = ROOT) -> bool:
    """Whether the folder is the account's own at the end of a stage of these instructions."""
    subject = subject_of(f"FROM x\n{text}\n")
    path = steps(subject.stages)
    return is_owned(claims(path, subject.script, default), account, folder, len(path))


@pytest.mark.parametrize(
    ("text", "folder"),
    [
        ("USER app", "/home/app"),
        ("USER app\nWORKDIR /app", "/app"),
        ("USER 1000\nWORKDIR /app", "/app"),
        ("USER app\nWORKDIR /code/src", "/code"),
        ("USER app\nWORKDIR /opt/app", "/opt/app"),
        ("USER app\nRUN mkdir -p /data/x", "/data/x"),
        ("USER app\nRUN git clone https://example.com/x /data/x", "/data/x"),
        ("RUN mkdir /app && chown app:app /app\nUSER app", "/app"),
        ("RUN mkdir /app && chown -R 1000 /app", "/app"),
        ("RUN install -d -o app -g app /app", "/app"),
        ("WORKDIR /app\nRUN chown app .", "/app"),
        ("WORKDIR /app\nRUN chown app ./data", "/app/data"),
        ("RUN cd /srv/x && mkdir data && chown app data", "/srv/x/data"),
        ("ENV D=/app U=app\nRUN chown $U:$U ${D}/data", "/app/data"),
        ("RUN chown $(id -u app) /app", "/app"),
        ("RUN case x in y) chown app /app ;; esac", "/app"),
        ("ARG U\nUSER $U\nWORKDIR /app", "/app"),
    ],
)
def test_is_the_users_own(text: str, folder: str) -> None:
    assert owned(text, folder)


@pytest.mark.parametrize(
    ("text", "folder"),
    [
        ("WORKDIR /app\nUSER app", "/app"),
        ("WORKDIR /app\nUSER app\nWORKDIR /app", "/app"),
        ("RUN mkdir /app\nUSER app\nWORKDIR /app", "/app"),
        ("COPY . /app/\nUSER app\nWORKDIR /app", "/app"),
        ("USER app\nWORKDIR /opt/app", "/opt"),
        ("USER other\nWORKDIR /app", "/app"),
        ("RUN chown other /app", "/app"),
        ("RUN chown app /application", "/app"),
        ("RUN chown app", "/app"),
        ("RUN chown :app /app", "/app"),
        ("USER app\nRUN ls /app", "/app"),
        ("USER app\nRUN mkdir ~/x", "/x"),
        ("USER app\nRUN cd $(pwd) && mkdir x", "/x"),
    ],
)
def test_is_not(text: str, folder: str) -> None:
    assert not owned(text, folder)


def test_the_base_image_has_a_user_of_its_own() -> None:
    assert owned("WORKDIR /app", "/app", JOVYAN, JOVYAN)
    assert not owned("WORKDIR /app", "/app", JOVYAN, None)


def test_counts_what_comes_before() -> None:
    subject = subject_of("FROM x\nUSER app\nWORKDIR /app\nCOPY . .\n")
    found = claims(steps(subject.stages), subject.script, ROOT)
    assert not is_owned(found, APP, "/app", 2)
    assert is_owned(found, APP, "/app", 3)


@pytest.mark.parametrize(
    ("instruction", "expected"),
    [
        ("COPY a /b/", "/b"),
        ("COPY a b", "/w/b"),
        ("COPY a $V/c", "/v/c"),
        ("COPY a $W/c", None),
        ('COPY ["a", "../b"]', "/b"),
    ],
)
def test_destination(instruction: str, expected: str | None) -> None:
    subject = subject_of(f"FROM x\nWORKDIR /w\nENV V=/v\n{instruction}\n")
    copy = subject.dockerfile.instructions[-1]
    assert destination(copy, subject.state(copy)) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("requirements.txt", True),
        ("./docker/requirements-dev.txt", True),
        ("requirements*.txt", True),
        ("requirements", True),
        ("poetry.lock*", True),
        ("Pipfile*", True),
        ("environment-gpu.yml", True),
        ("setup.py", True),
        ("main.py", False),
        ("config.yml", False),
        (".", False),
    ],
)
def test_is_manifest(source: str, expected: bool) -> None:
    assert is_manifest(source) is expected


@pytest.mark.parametrize(
    ("instruction", "expected"),
    [
        ("RUN apt-get update && rm -rf /x", False),
        ("RUN pip install -r requirements.txt", False),
        ("RUN pip install .", True),
        ("RUN git describe", True),
        ("RUN make", True),
        ('RUN ["ls"]', True),
        ("RUN case x in y) ls ;; esac", True),
        ("COPY a b", False),
    ],
)
def test_depends_on_owner(instruction: str, expected: bool) -> None:
    subject = subject_of(f"FROM x\n{instruction}\n")
    assert depends_on_owner(subject.dockerfile.instructions[-1], subject.script) is expected


def test_deep_paths_take_no_time() -> None:
    assert not owned("\n".join(["USER app", *["WORKDIR " + "/a" * 30_000] * 50]), "/a")

"""What a COPY brings, and to where, is told from what lies in the build context."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from docker_hooks.dockerfile.paths import workdirs
from docker_hooks.dockerfile.reader import read
from docker_hooks.dockerfile.stages import read_stages
from docker_hooks.project.copies import BuildContext, Copied, copied, is_code


@pytest.fixture
def context(tmp_path: Path) -> BuildContext:
    for name in ("main.py", "r.txt", "src/a.py", "src/r.txt", "data/a.csv", "kept/a.py", "kept/b.txt", "tests/x.py"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("")
    (tmp_path / ".dockerignore").write_text("kept/*.py\n")
    return BuildContext(tmp_path, tmp_path / ".dockerignore")


def copied_by(line: str, context: BuildContext, image: str = "python") -> Copied | None:
    dockerfile = read(f"FROM {image}\nENV D=/srv\n{line}")
    stages = read_stages(dockerfile)
    instruction = dockerfile.instructions[-1]
    return copied(instruction, stages[0].states[-1], workdirs(stages)[instruction.start], context)


@pytest.mark.parametrize(
    ("line", "path", "expected"),
    [
        ("COPY . /app", "/app/r.txt", "r.txt"),
        ("COPY . /app", "/app/src/a.py", "src/a.py"),
        ("COPY . /app", "/app", "."),
        ("COPY . /app", "/app/none", None),
        ("COPY . /app", "/srv/r.txt", None),
        ("COPY ./src/ $D", "/srv/r.txt", "src/r.txt"),
        ("COPY src r.txt /app/", "/app/r.txt", "r.txt"),
        ("COPY r.txt src /app/", "/app/r.txt", "src/r.txt"),
        ("COPY r.txt /app/", "/app/r.txt", "r.txt"),
        ("COPY r.txt /app/x.txt", "/app/x.txt", "r.txt"),
        ("COPY r.txt /app", "/app/r.txt", "r.txt"),
        ("COPY *.txt /app/", "/app/r.txt", "r.txt"),
        ("COPY sr? /app/", "/app/a.py", "src/a.py"),
        ("COPY s*/*.txt /app/", "/app/r.txt", "src/r.txt"),
        ('COPY ["src", "/my app"]', "/my app/r.txt", "src/r.txt"),
        ("ADD ../../src /app", "/app/r.txt", "src/r.txt"),
        ("COPY . .", "/r.txt", "r.txt"),
    ],
)
def test_origin(line: str, path: str, expected: str | None, context: BuildContext) -> None:
    copy = copied_by(line, context)
    assert copy is not None
    assert copy.origin(path) == expected


@pytest.mark.parametrize(
    "line",
    [
        "COPY --from=x . .",
        "COPY --parents src/a.py .",
        "COPY $UNKNOWN .",
        "COPY <<EOF /app/x\nEOF",
        "ADD https://example.org/x.py .",
        "ADD git@example.org:x .",
        "ADD x.tar.gz .",
        "RUN x",
    ],
)
def test_not_from_the_context(line: str, context: BuildContext) -> None:
    assert copied_by(line, context) is None


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("COPY . /app", True),
        ("COPY src /app", True),
        ("COPY main.py /app/", True),
        ("COPY *.py /app/", True),
        ("COPY data /app", False),
        ("COPY kept /app", False),
        ("COPY r.txt /app/", False),
        ("COPY none /app", False),
        ("COPY src /usr/local/bin", False),
        ("COPY src /tmp/src", True),
    ],
)
def test_code(line: str, expected: bool, context: BuildContext) -> None:
    copy = copied_by(line, context)
    assert copy is not None
    assert copy.is_code is expected


def test_names_of_code() -> None:
    names = ("a.py", "a.ipynb", "setup.py", "conftest.py", "gunicorn.conf.py", "config.py", "settings.py", "a.csv")
    assert [name for name in names if is_code(f"x/{name}")] == ["a.py", "a.ipynb"]


@pytest.mark.parametrize(
    ("image", "line", "path", "expected"),
    [
        ("python", "COPY . /app", "/app", True),
        ("python", "COPY . /app", "/app/none", True),
        ("python", "COPY . /app", "/", True),
        ("python", "COPY . /app", "/srv", False),
        ("python", "COPY main.py /app/", "/app/main.py", True),
        ("python", "COPY main.py /app/", "/app/other.py", False),
        ("python", "COPY . .", "/none", True),
        ("python", "COPY . .", "/usr/local/lib", False),
        ("somebody/x", "COPY . .", "/data", True),
        ("somebody/x", "COPY . .", "/var/lib/apt/lists", False),
        ("somebody/x", "COPY . .", "/?~/.cache", False),
    ],
)
def test_touches(image: str, line: str, path: str, expected: bool, context: BuildContext) -> None:
    copy = copied_by(line, context, image)
    assert copy is not None
    assert copy.touches(path) is expected


def test_what_might_come_where_the_target_is_not_known(context: BuildContext) -> None:
    copy = copied_by("COPY . .", context, "somebody/x")
    assert copy is not None
    assert copy.might_bring("/opt/src/a.py") == {"src/a.py"}
    assert copy.might_bring("/opt/src/b.py") == set()


def test_folders_of_the_system(context: BuildContext) -> None:
    copies = [copied_by(line, context) for line in ("COPY . /app", "COPY . /")]
    assert [copy is not None and copy.overlays_system() for copy in copies] == [False, False]
    (context.folder / "etc").mkdir()
    context = BuildContext(context.folder, context.folder / ".dockerignore")
    copies = [copied_by(line, context) for line in ("COPY . /app", "COPY . /")]
    assert [copy is not None and copy.overlays_system() for copy in copies] == [False, True]


def test_links_are_not_followed_out_of_the_context(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "a.py").write_text("")
    (tmp_path / "context").mkdir()
    os.symlink(tmp_path / "outside", tmp_path / "context" / "link")
    os.symlink(tmp_path / "outside" / "a.py", tmp_path / "context" / "a.py")
    context = BuildContext(tmp_path / "context", tmp_path / ".dockerignore")
    assert not context.is_folder("link")
    assert not context.holds_code(".")

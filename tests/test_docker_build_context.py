"""The hook `docker-build-context`, over small projects with large files: what it says, and of what it is silent."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from docker_hooks import dockerignore
from docker_hooks.docker_build_context import Options, examined, main
from docker_hooks.project.groups import Limits
from docker_hooks.project.ignorefile import parse

WHOLE = "FROM python:3.12\nWORKDIR /app\nCOPY . .\n"
KEY = "-----BEGIN RSA " + "PRIVATE KEY-----\nMIIE\n"
ENV = "API_KEY=" + "sk-d41d8cd98f00b204e9800998ecf8427e\n"
ACCOUNT = '{"type": "service_account", "private_key": "' + KEY.replace("\n", "\\n") + '"}'
WITH_OUTPUT = '{"cells": [{"outputs": [{"data": 1}]}]}'
WITHOUT_OUTPUT = '{"cells": [{"outputs": []}]}'
# In bytes: what counts as large in these tests, where nothing says otherwise.
LIMITS = Limits(100_000, 10_000)

# A file by its size in bytes (filled with zeros, which takes no room), or by its text, and how large it is.
Content = int | str | tuple[str, int]


def make(root: Path, files: Mapping[str, Content]) -> None:
    """Write files into a repository."""
    (root / ".git").mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        text, size = (
            content if isinstance(content, tuple) else ("", content) if isinstance(content, int) else (content, 0)
        )
        path.write_text(text, "utf-8")
        if size:
            os.truncate(path, size)


def said(root: Path, *paths: str, limits: Limits = LIMITS, context: str | None = None) -> list[str]:
    """What the hook says; it is held to leave everything as it is."""
    before = {path: path.lstat().st_mtime_ns for path in root.rglob("*")}
    options = Options(root / context if context else None, limits)
    reports = examined([str(root / path) for path in paths or ("Dockerfile",)], options)
    assert {path: path.lstat().st_mtime_ns for path in root.rglob("*")} == before
    return [f"{os.path.relpath(report.path, root)}:{report.line}: {report.message}" for report in reports]


def suggested(root: Path, *paths: str, limits: Limits = LIMITS) -> list[str]:
    """The lines that the hook suggests; each is held to leave something out, and all are held to do what they say."""
    found = said(root, *paths, limits=limits)
    lines = [line for row in found if "; " in row and ": add to " not in row for line in _lines(row)]
    ignore = root / ".dockerignore"
    before = ignore.read_text("utf-8") if ignore.exists() else ""
    everything = [path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()]
    for line in lines:
        after = parse(f"{before}\n{line}")
        assert not after.errors
        assert any(after.excludes(path) and not parse(before).excludes(path) for path in everything), line
    if lines:
        ignore.write_text("\n".join((before, *lines)), "utf-8")
        promised = re.search(r"with these lines ([\d.,]+ \w+)", found[0])
        again = said(root, *paths, limits=limits)
        assert not any("add to .dockerignore" in row for row in again), again
        if promised and again:
            assert again[0].split(": ", 1)[1].startswith(promised[1])
        ignore.write_text(before, "utf-8")
    return lines


def _lines(row: str) -> list[str]:
    match = re.search(r"add to \.dockerignore: (.*?)(?:; else COPY them by name|; mount what .*)?$", row)
    return match[1].split(", ") if match else []


# What is named


@pytest.mark.parametrize(
    ("files", "group", "lines"),
    [
        ({"data/raw/a.csv": 20_000, "data/b.parquet": 100}, "data files", ["data"]),
        ({"data/a.csv": 20_000, "data/load.py": 10}, "data files", ["data/a.csv"]),
        ({"a.feather": 20_000}, "data files", ["a.feather"]),
        ({"backup/dump.sql": 20_000}, "data files", ["backup/dump.sql"]),
        ({"train.h5": 20_000}, "data files", ["train.h5"]),
        ({"x/data.tar.gz": 20_000, "x/y.py": 1}, "data files", ["x/data.tar.gz"]),
        ({"photos/1/a.jpg": 9_000, "photos/2/b.png": 20_000}, "data files", ["photos"]),
        ({"raw data/a [1].csv": 20_000, "raw data/b.csv": 1}, "data files", ["raw data"]),
        ({"x/a [1].csv": 20_000, "x/y.py": 1}, "data files", ["x/a \\[1\\].csv"]),
        ({"models/m.pkl": 20_000, "models/config.json": 10}, "models", ["models"]),
        ({"m.safetensors": 20_000}, "models", ["m.safetensors"]),
        ({"src/app/__init__.py": 0, "src/app/w.onnx": 20_000}, "models", ["src/app/w.onnx"]),
        ({"model_weights.h5": 20_000}, "models", ["model_weights.h5"]),
        ({"a.ipynb": (WITH_OUTPUT, 20_000)}, "notebooks with output", ["a.ipynb"]),
        ({"n/a.ipynb": (WITH_OUTPUT, 20_000), "n/b.ipynb": 1}, "notebooks with output", ["n"]),
        ({".git/objects/pack/a.pack": 20_000}, "git directory and files", ["**/.git"]),
        ({".venv/lib/x.so": 9_000, ".venv/lib/y.so": 9_000}, "local environments", ["**/.venv"]),
        ({"py/pyvenv.cfg": 0, "py/lib/x.so": 9_000, "py/lib/y.py": 9_000}, "local environments", ["py"]),
        ({"envs/ds/conda-meta/history": 1, "envs/ds/lib/x.so": 20_000}, "local environments", ["envs/ds"]),
        ({"web/node_modules/a/b.js": 20_000}, "local environments", ["**/node_modules"]),
        ({"mlruns/0/a/artifacts/m.txt": 20_000}, "experiment stores", ["**/mlruns"]),
        ({"a/wandb/run-1/x": 20_000}, "experiment stores", ["**/wandb"]),
        ({".dvc/cache/files/md5/00/1": 20_000}, "experiment stores", ["**/.dvc/cache"]),
        ({"runs/1/events.out.tfevents.1": 9_000, "runs/2/events.out.tfevents.2": 9_000}, "experiment stores", ["runs"]),
        ({"a/__pycache__/x.pyc": 9_000, "b/__pycache__/x.pyc": 9_000}, "caches", ["**/__pycache__"]),
        ({"core": 20_000}, "large files", ["core"]),
        ({"a/film.mp4": 20_000, "a/b.py": 1}, "large files", ["a/film.mp4"]),
    ],
)  # fmt: skip
def test_names_what_takes_up_room(tmp_path: Path, files: dict[str, Content], group: str, lines: list[str]) -> None:
    make(tmp_path, {"Dockerfile": WHOLE, "main.py": "print()\n", **files})
    total, named = said(tmp_path)
    assert total.startswith("Dockerfile:3: ")
    assert " would be sent to the builder, " in total
    assert "; with these lines " in total
    assert named.startswith(f"Dockerfile:3: {group} would be sent to the builder: ")
    assert suggested(tmp_path) == lines


def test_says_how_much_would_be_sent_and_how_much_is_left(tmp_path: Path) -> None:
    make(
        tmp_path,
        {
            "Dockerfile": ("FROM x\nCOPY . .\n#", 1_000),
            ".dockerignore": ("old\n", 0),
            "old/a.csv": 500_000_000,
            "data/a.csv": 300_000_000,
            "data/b.csv": 4_000_000,
            "m.pt": 12_300_000,
            "main.py": 1_996,
        },
    )
    (tmp_path / ".dockerignore").write_text("old\n")
    sent = "would be sent to the builder:"
    unless = "unless the image needs them, add to .dockerignore:"
    assert said(tmp_path, limits=Options().limits) == [
        "Dockerfile:2: 316 MB of 816 MB would be sent to the builder, 6 of 7 files; with these lines 3 kB",
        f"Dockerfile:2: data files {sent} data (304 MB in 2 files); {unless} data; else COPY them by name",
        f"Dockerfile:2: models {sent} m.pt (12.3 MB); {unless} m.pt; else COPY them by name",
    ]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (".env", ENV),
        ("deploy/.env.production", ENV),
        ("id_rsa", KEY),
        ("certs/server.key", KEY),
        ("certs/any.pem", KEY),
        ("gcp-key.json", ACCOUNT),
        ("service-account.json", ACCOUNT),
        ("conf/credentials.json", ACCOUNT),
        (".aws/credentials", "[default]\naws_secret_access_key = d41d8cd98f00b204e9800998ecf8427e\n"),
    ],
)
def test_secret_files_are_always_named(tmp_path: Path, name: str, content: str) -> None:
    make(tmp_path, {"Dockerfile": WHOLE, "main.py": "", name: content})
    mount = "mount what the program reads when it runs"
    assert said(tmp_path, limits=Options().limits) == [
        f"Dockerfile:3: secret files would be sent to the builder: {name}; add to .dockerignore: {name}; {mount}"
    ]
    assert suggested(tmp_path) == [name]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (".env", ""),
        (".env.example", ENV),
        ("certs/ca.pem", "-----BEGIN CERTIFICATE-----\n"),
        ("tests/fixtures/server.key", KEY),
        ("pkg/testdata/app/.env", ENV),
        ("config.json", '{"name": "x"}'),
        ("src/keys.py", "KEY = 1\n"),
        ("id_rsa.pub", "ssh-rsa AAAA"),
    ],
)
def test_what_is_no_secret_is_not_named(tmp_path: Path, name: str, content: str) -> None:
    make(tmp_path, {"Dockerfile": WHOLE, "main.py": "", name: content})
    assert said(tmp_path) == []


def test_no_value_of_a_secret_is_printed(tmp_path: Path) -> None:
    make(tmp_path, {"Dockerfile": WHOLE, ".env": ENV, "a.json.key": KEY})
    assert "d41d8" not in "".join(said(tmp_path))


# The limits


@pytest.mark.parametrize(
    ("files", "limits"),
    [
        ({"data/a.csv": 10_000, "m.pkl": 10_000, ".git/x": 10_000}, LIMITS),
        ({f"data/{number}.csv": 9_000 for number in range(11)}, LIMITS),
        ({"src/big.py": 50_000, "web/app.js": 50_000, "x.whl": 50_000}, Limits(200_000, 10_000)),
        ({"a.ipynb": (WITHOUT_OUTPUT, 20_000)}, LIMITS),
        ({"data/a.csv": 9_900_000, "m.pkl": 9_900_000, ".venv/x": 9_900_000}, Options().limits),
    ],
)
def test_is_silent_below_the_limits(tmp_path: Path, files: dict[str, Content], limits: Limits) -> None:
    make(tmp_path, {"Dockerfile": WHOLE, "main.py": "", **files})
    assert said(tmp_path, limits=limits) == []


@pytest.mark.parametrize(
    ("files", "lines"),
    [
        ({f"data/{number}.csv": 9_000 for number in range(12)}, ["data"]),
        ({f"{number}.csv": 9_000 for number in range(12)}, ["*.csv"]),
        ({"a/x.py": 1} | {f"a/{number}.npy": 9_000 for number in range(12)}, ["a/*.npy"]),
        ({f"a/{number}/x.csv": 9_000 for number in range(12)} | {"a/b/x.py": 1}, None),
        ({"a.ipynb": (WITH_OUTPUT, 2_000), "x.csv": 100_000}, ["x.csv", "a.ipynb"]),
        ({"a.ipynb": (WITHOUT_OUTPUT, 2_000), "x.csv": 100_000}, ["x.csv"]),
        ({".git/x": 2_000, "x.csv": 100_000}, ["x.csv", "**/.git"]),
        ({".git/x": 500, "x.csv": 100_000}, ["x.csv"]),
    ],
)  # fmt: skip
def test_much_that_is_small_is_named_if_all_of_it_is_large(
    tmp_path: Path, files: dict[str, Content], lines: list[str] | None
) -> None:
    make(tmp_path, {"Dockerfile": WHOLE, "main.py": "", **files})
    found = suggested(tmp_path)
    if lines is None:
        assert len(found) == 5
        assert found == sorted(found)
    else:
        assert found == lines


def test_what_no_line_is_known_for_is_named_by_folders(tmp_path: Path) -> None:
    make(tmp_path, {"Dockerfile": WHOLE, **{f"src/p/{number}.py": 9_000 for number in range(12)}, "x.py": 100})
    (row,) = said(tmp_path)
    assert row == (
        "Dockerfile:3: 108 kB of 108 kB would be sent to the builder, 14 of 14 files; "
        "large are src/ (108 kB), x.py (100 bytes), Dockerfile (39 bytes)"
    )


def test_at_most_five_of_a_group_are_listed(tmp_path: Path) -> None:
    make(
        tmp_path,
        {"Dockerfile": WHOLE, **{f"{n}/x.csv": 20_000 + n for n in range(8)}, **{f"{n}/x.py": 1 for n in range(8)}},
    )
    total, named = said(tmp_path)
    assert "7/x.csv (20 kB), 6/x.csv (20 kB), " in named
    assert ", and 3 more (60 kB); " in named
    assert len(_lines(named)) == 5
    assert "; with these lines 60 kB" in total.replace("60.0", "60")


# What is meant


@pytest.mark.parametrize(
    "dockerfile",
    [
        WHOLE + "COPY data/a.csv /x\n",
        WHOLE + "COPY data /data\n",
        WHOLE + "COPY data/ /data/\n",
        WHOLE + "COPY data/* /data/\n",
        WHOLE + "COPY data/*.csv /data/\n",
        WHOLE + "COPY */a.csv /data/\n",
        WHOLE + 'ADD ["data/a.csv", "/x"]\n',
        WHOLE + "RUN --mount=type=bind,source=data/a.csv,target=/x cat /x\n",
        WHOLE + "RUN --mount=type=bind,source=data,target=/x ls /x\n",
        WHOLE + "CMD python main.py data/a.csv\n",
        WHOLE + 'CMD ["python", "main.py", "--data=/app/data"]\n',
        WHOLE + "ENV DATA=data/a.csv\n",
        WHOLE + "ARG WHAT\nCOPY $WHAT /x\n",
        WHOLE + "ARG WHICH\nCOPY data/$WHICH /x\n",
        "FROM x\nCOPY data/a.csv /x\n",
        "FROM x\nCOPY data /data\nCOPY main.py /\n",
        "FROM x\nCOPY src /src\n",
        "FROM x\nRUN pip install pandas\n",
        "FROM x AS a\nFROM y\nCOPY --from=a . .\n",
        "FROM x\nONBUILD COPY . .\n",
        "FROM x\nARG WHAT\nCOPY $WHAT .\n",
        "FROM x\n# docker-hooks: ignore=docker-build-context all of it is meant\nCOPY . .\n",
        "# docker-hooks: ignore=docker-build-context all of it is meant\n" + WHOLE,
    ],
)
@pytest.mark.parametrize("size", [20_000, 200_000])
def test_what_is_copied_by_name_is_meant(tmp_path: Path, dockerfile: str, size: int) -> None:
    make(tmp_path, {"Dockerfile": dockerfile, "main.py": "", "data/a.csv": size, "src/a.py": ""})
    rows = [row for row in said(tmp_path) if "add to" in row]
    assert rows == []
    if "$WHAT /x" not in dockerfile and "CMD" not in dockerfile and "$WHICH" not in dockerfile:
        assert said(tmp_path) == []


@pytest.mark.parametrize(
    ("files", "lines"),
    [
        ({"Dockerfile": WHOLE + "COPY data/b.csv /x\n"}, ["data/a.csv"]),
        ({"Dockerfile": WHOLE + "COPY data/sub /x\n", "data/sub/x.csv": 1}, ["data/a.csv"]),
        ({"Dockerfile": WHOLE + "COPY requirements.txt *.toml /x/\n"}, ["data"]),
        ({"Dockerfile": "FROM x\nCOPY app /app\n", "app/data/a.csv": 20_000}, ["app/data/a.csv"]),
        ({"Dockerfile": "FROM x\nCOPY app/* /app\n", "app/data/a.csv": 20_000}, ["app/data/a.csv"]),
        ({"Dockerfile": "FROM x\nCOPY * /app\n"}, ["data"]),
        ({"Dockerfile": "FROM x\nRUN --mount=target=/x cp -r /x /y\n"}, ["data"]),
    ],
)
def test_what_is_only_copied_along_is_named(tmp_path: Path, files: dict[str, Content], lines: list[str]) -> None:
    make(tmp_path, {"main.py": "", "data/a.csv": 20_000, "data/b.csv": 10, **files})
    assert suggested(tmp_path) == lines


@pytest.mark.parametrize(
    "files",
    [
        {"gpu.Dockerfile": "FROM x\nCOPY data/a.csv /\n"},
        {"docker/job.dockerfile": "FROM x\nCOPY main.py data /x/\n"},
        {"old.Dockerfile": "FROM x\nnonsense data/a.csv\n"},
        {"compose.yaml": "services:\n  a:\n    build:\n      dockerfile_inline: |\n        FROM x\n"},
        {"pyproject.toml": '[project]\nname = "x"\nreadme = "data/a.csv"\n'},
    ],
)
def test_all_builds_of_the_context_are_asked(tmp_path: Path, files: dict[str, Content]) -> None:
    make(tmp_path, {"Dockerfile": WHOLE, "main.py": "", "data/a.csv": 20_000, **files})
    assert said(tmp_path) == []


def test_a_package_keeps_its_small_data(tmp_path: Path) -> None:
    files = {f"src/app/data/{number}.csv": 9_000 for number in range(12)}
    make(tmp_path, {"Dockerfile": WHOLE, "src/app/__init__.py": "", **files})
    assert suggested(tmp_path) == []


@pytest.mark.parametrize(
    ("line", "files"),
    [
        ("COPY .git /x/.git", {".git/objects/a": 200_000}),
        ("RUN git describe", {".git/objects/a": 200_000}),
        ("", {".git/objects/a": 200_000, "setup.py": "setup(use_scm_version=True)\n"}),
        ('CMD [".venv/bin/python"]', {".venv/lib/a.so": 200_000}),
        ("COPY mlruns/1 /m", {"mlruns/1/a": 200_000}),
        ("COPY .env /app/.env", {".env": ENV}),
        ("COPY deploy/*.pem /app/", {"deploy/a.pem": KEY}),
        ("", {"wandb/__init__.py": "", "wandb/a.so": 200_000}),
    ],
)  # fmt: skip
def test_what_the_build_needs_is_not_too_much(tmp_path: Path, line: str, files: dict[str, Content]) -> None:
    make(tmp_path, {"Dockerfile": WHOLE + line + "\n", "main.py": "", **files})
    assert suggested(tmp_path) == []


@pytest.mark.parametrize(
    ("ignore", "found"),
    [
        ("data\n", []),
        ("**/*.csv\n", []),
        ("*\n!main.py\n", []),
        ("*\n!data\n", []),
        ("*\n!data/**\n", []),
        ("*\n!data/a.csv\n", []),
        ("**/*.csv\n!data/*.csv\n", []),
        ("data/*\n!data/a.csv\n", []),
        ("*\n\n!app\n!main.py\n", [".dockerignore:3"]),
        ("# docker-hooks: ignore=docker-build-context we want it\ndocs\n", []),
        ("docs\n", ["Dockerfile:3"]),
    ],
)
def test_the_ignore_file_and_its_exceptions_count(tmp_path: Path, ignore: str, found: list[str]) -> None:
    files: dict[str, Content] = {"app/data/a.csv": 20_000} if "!app" in ignore else {"data/a.csv": 20_000}
    make(tmp_path, {"Dockerfile": WHOLE, "main.py": "", ".dockerignore": ignore, **files})
    rows = said(tmp_path)
    assert sorted({row.partition(": ")[0] for row in rows}) == found
    suggested(tmp_path)


def test_only_what_is_copied_counts(tmp_path: Path) -> None:
    make(tmp_path, {"Dockerfile": "FROM x\nCOPY src /src\n", "src/a.csv": 20_000, "data/b.csv": 300_000, ".env": ENV})
    total, named = said(tmp_path)
    assert total.startswith(
        "Dockerfile:2: 20 kB of 320 kB would be sent to the builder, 1 of 4 files; with these lines 0 b"
    )
    assert _lines(named) == ["src/a.csv"]


# Which contexts are examined


def test_dockerfiles_that_share_a_context_walk_it_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, {"Dockerfile": WHOLE, "dev.Dockerfile": WHOLE, "data/a.csv": 20_000, ".dockerignore": "x\n"})
    scandir, scanned = os.scandir, []

    def spy(path: Path) -> Any:
        scanned.append(os.fspath(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", spy)
    files = [str(tmp_path / name) for name in ("Dockerfile", "dev.Dockerfile", ".dockerignore")]
    assert len(examined(files, Options(None, LIMITS))) == 2
    assert scanned.count(str(tmp_path / "data")) == 1


def test_each_ignore_file_has_its_own_say(tmp_path: Path) -> None:
    make(
        tmp_path,
        {
            "Dockerfile": WHOLE,
            "gpu.Dockerfile": WHOLE,
            "gpu.Dockerfile.dockerignore": "data\n",
            "data/a.csv": 20_000,
            "m.pt": 30_000,
        },
    )
    rows = said(tmp_path, "Dockerfile", "gpu.Dockerfile")
    assert [row.partition(" would")[0] for row in rows] == [
        "Dockerfile:3: 50.1 kB of 50.1 kB",
        "Dockerfile:3: data files",
        "Dockerfile:3: models",
        "gpu.Dockerfile:3: 30.1 kB of 50.1 kB",
        "gpu.Dockerfile:3: models",
    ]
    assert "add to gpu.Dockerfile.dockerignore: m.pt" in rows[-1]


def test_a_compose_file_leads_to_its_contexts(tmp_path: Path) -> None:
    compose = "services:\n  a:\n    build: api\n  b:\n    build:\n      context: .\n      dockerfile: docker/job\n"
    make(tmp_path, {"compose.yaml": compose, "api/Dockerfile": WHOLE, "docker/job": WHOLE, "api/a.csv": 20_000})
    assert [row.partition(": ")[0] for row in said(tmp_path, "compose.yaml")] == 2 * ["api/Dockerfile:3"] + 2 * [
        "docker/job:3"
    ]


def test_the_context_can_be_given(tmp_path: Path) -> None:
    make(tmp_path, {"docker/Dockerfile": WHOLE, "docker/a.py": "", "data/a.csv": 20_000})
    assert said(tmp_path, "docker/Dockerfile") == []
    assert len(said(tmp_path, "docker/Dockerfile", context=".")) == 2


def test_a_context_outside_of_the_repository_is_left_alone(tmp_path: Path) -> None:
    root = tmp_path / "root"
    make(root, {"Dockerfile": WHOLE, "sub/Dockerfile": WHOLE, "compose.yaml": "services:\n  a:\n    build: ../other\n"})
    make(tmp_path / "other", {"Dockerfile": WHOLE, "secret.csv": 20_000})
    (tmp_path / "other/.git").rmdir()
    (root / "link").symlink_to(tmp_path / "other", target_is_directory=True)
    assert said(root, "Dockerfile", "compose.yaml") == []
    (row,) = said(root, "Dockerfile", context="../other")
    assert "lies outside of the repository" in row
    (row,) = said(root, "link/Dockerfile")
    assert "leads out of the repository" in row


def test_links_are_sent_as_links(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    make(outside, {"a.csv": 200_000})
    make(tmp_path / "root", {"Dockerfile": WHOLE, "main.py": ""})
    for name, target in (("data", outside), ("a.csv", outside / "a.csv"), ("loop", tmp_path / "root"), ("gone", "x")):
        (tmp_path / "root" / name).symlink_to(target)
    assert said(tmp_path / "root") == []


def test_a_folder_that_can_not_be_read_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, {"Dockerfile": WHOLE, "main.py": "", "closed/a.csv": 20_000, "shut/a": 1})
    scandir = os.scandir

    def refuse(path: Path) -> Any:
        if os.path.basename(path) in ("closed", "shut"):
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    (row,) = said(tmp_path)
    assert row.startswith("Dockerfile:3: closed and 1 more can't be read (Permission denied)")
    make(tmp_path, {".dockerignore": "closed\nshut\n"})
    assert said(tmp_path) == []


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux takes any bytes for a name")
def test_names_of_any_bytes_are_printed_on_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    make(tmp_path, {"Dockerfile": WHOLE, "main.py": ""})
    for name in (b"new\nline.csv", b"\x1b[31m.csv", b"caf\xe9.csv", b" .csv", b"!a#.csv"):
        path = os.fsencode(tmp_path) + b"/" + name
        with open(path, "wb") as file:
            file.truncate(20_000)
    monkeypatch.chdir(tmp_path)
    assert main(["--max-file", "10", "Dockerfile"]) == 1
    output = capfdbinary.readouterr().out
    assert output.count(b"\n") == 2
    assert b"\x1b" not in output
    assert b"new\\nline.csv" in output
    assert b"new?line.csv" in output
    lines = suggested(tmp_path)
    assert sorted(lines) == [
        "? .csv".replace(" ", "", 1),
        "?[31m.csv".replace("[", "\\["),
        "\\!a#.csv",
        "caf?.csv",
        "new?line.csv",
    ]


def test_a_rejected_file_is_said_and_the_others_go_on(tmp_path: Path) -> None:
    make(
        tmp_path,
        {
            "a/Dockerfile": "FROM x\nnonsense\n",
            "b/Dockerfile": WHOLE,
            "b/a.csv": 20_000,
            "c/Dockerfile": WHOLE,
            "c/a.csv": 20_000,
            "c/.dockerignore": "a\n[x\n",
        },
    )
    rows = said(tmp_path, "a/Dockerfile", "b/Dockerfile", "c/Dockerfile", "none")
    assert [row.partition(": ")[0] for row in rows] == [
        "a/Dockerfile:2", "b/Dockerfile:3", "b/Dockerfile:3", "c/.dockerignore:2", "none:1",
    ]  # fmt: skip


def test_what_would_take_minutes_to_judge_is_not_judged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("docker_hooks.project.sent._MOST_JUDGED", 2_000)
    make(tmp_path, {"Dockerfile": WHOLE, **{f"{number:0240}": 0 for number in range(100)}})
    assert said(tmp_path) == []
    make(tmp_path, {".dockerignore": "".join(f"**/*a*a*a*{number}[b]\n" for number in range(20))})
    (row,) = said(tmp_path)
    assert row == (
        "Dockerfile:3: the build context is not examined: it holds more than 3 files, too many for 21 patterns"
    )


def test_after_dockerignore_and_these_lines_nothing_is_left_to_say(tmp_path: Path) -> None:
    files: dict[str, Content] = {
        "Dockerfile": WHOLE,
        "main.py": "",
        "data/a.csv": 90_000,
        "models/m.pt": 90_000,
        ".git/objects/a": 90_000,
        ".venv/lib/a.so": 90_000,
        "mlruns/0/a": 90_000,
        ".env": ENV,
    }
    make(tmp_path, files)
    assert len(said(tmp_path)) == 7
    dockerignore.examined([str(tmp_path / "Dockerfile")], dockerignore.Options())
    assert [row.partition(" would")[0] for row in said(tmp_path)] == [
        "Dockerfile:3: 180 kB of 451 kB",
        "Dockerfile:3: data files",
        "Dockerfile:3: models",
    ]
    assert suggested(tmp_path) == ["data/a.csv", "models/m.pt"]


def test_exit_codes_and_options(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    make(tmp_path, {"Dockerfile": WHOLE, "a.csv": 11_000_000})
    monkeypatch.chdir(tmp_path)
    assert main(["Dockerfile"]) == 1
    assert main(["--check", "Dockerfile"]) == 1
    assert main(["--max-file", "11000", "Dockerfile"]) == 0
    assert main(["--max-file", "11000", "--max-size", "11000", "Dockerfile"]) == 1
    assert main([]) == 0
    for wrong in (["--max-file", "-1"], ["--max-size", "x"], ["--context", "nowhere"]):
        with pytest.raises(SystemExit) as stop:
            main(wrong)
        assert stop.value.code == 2
    assert "with these lines" in capsys.readouterr().out

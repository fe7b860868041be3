"""The hook `dockerignore`, over small projects: what it writes, what it leaves, what it says."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path

import pytest

from docker_hooks.dockerignore import Options, examined, main
from docker_hooks.project.ignorefile import parse
from docker_hooks.run import Report

WHOLE = "FROM python:3.12\nWORKDIR /app\nCOPY . .\n"
# The article's own, and Docker's from `docker init`.
ARTICLE = """\
# Ignore docker specific files
.dockerignore
docker-compose.yml
Dockerfile

# Ignore git directory and files
.gitignore
.git

# Ignore text files at the root of the project (optional)
LICENSE
README.md
DESCRIPTION.md
CONTRIBUTING.md
SECURITY.txt

# Ignore local environment and secrets
.python-version
.env
.env.template
.secret
"""
DOCKER_INIT = """\
# Include any files or directories that you don't want to be copied to your
# container here (e.g., local build artifacts, temporary files, etc.).

**/.DS_Store
**/__pycache__
**/.venv
**/.dockerignore
**/.env
**/.git
**/.gitignore
**/.vscode
**/bin
**/docker-compose*
**/compose.y*ml
**/Dockerfile*
**/node_modules
**/secrets.dev.yaml
LICENSE
README.md
"""
COMPOSE = "services:\n  a:\n    build:\n      context: .\n      dockerfile: other/job\n"
GITIGNORE_LIKE = """\
# Byte-compiled / optimized / DLL files
__pycache__/
*.py[cod]
*$py.class

# Distribution / packaging
build/
dist/
*.egg-info/

# Jupyter Notebook
.ipynb_checkpoints

# Environments
.env
.venv
env/
venv/

.mypy_cache/
.ruff_cache/
.pytest_cache/
"""


class Link(str):
    """A link to this path."""


def make(root: Path, files: Mapping[str, str | bytes | None]) -> None:
    """Write files; None is an empty folder."""
    (root / ".git").mkdir(parents=True, exist_ok=True)
    (root / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if content is None:
            path.mkdir(exist_ok=True)
        elif isinstance(content, Link):
            path.symlink_to(str(content))
        else:
            path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "surrogateescape"))


def snapshot(root: Path) -> dict[str, bytes]:
    """All files with their contents."""
    found = {}
    for folder, _, names in os.walk(root):
        for name in names:
            path = Path(folder, name)
            if path.is_file():
                found[path.relative_to(root).as_posix()] = path.read_bytes()
    return found


def examine(
    root: Path,
    *paths: str,
    check: bool = False,
    context: str | None = None,
    profiles: tuple[str, ...] = (),
) -> list[str]:
    """What the hook says, and what it says again: the second run is held to change nothing, and fix nothing."""
    options = Options(check, root / context if context else None, frozenset(profiles))
    files = [str(root / path) for path in paths]
    before = snapshot(root)
    reports = examined(files, options)
    after = snapshot(root)
    assert {name for name in after if after[name] != before.get(name)} <= {
        name for name in after if name.endswith(".dockerignore")
    }
    assert not (check and after != before)
    if not check:
        again = examined(files, options)
        assert snapshot(root) == after, "a second run changes the file again"
        assert [report for report in again if "fixed" in report.message] == []
        assert [_said(root, report) for report in again] == [
            _said(root, report) for report in reports if "fixed" not in report.message
        ]
    return [_said(root, report) for report in reports]


def _said(root: Path, report: Report) -> str:
    path = os.path.relpath(report.path, root) if os.path.isabs(report.path) else report.path
    return f"{path}:{report.line}: {report.message}"


def kept_back(root: Path, *paths: str, ignore: str = ".dockerignore") -> list[str]:
    """Those of the paths that the ignore file keeps back."""
    file = parse((root / ignore).read_text("utf-8"))
    assert not file.errors
    return [path for path in paths if file.excludes(path)]


# New files

UNWANTED = (
    ".env", "sub/.env", ".env.local", "a/b/c/.env.production", ".git/config", "__pycache__/x.pyc",
    "a/b/__pycache__/x.pyc", "old.pyc", "a/old.pyc", ".venv/bin/python", "venv/bin/python", "sub/venv/bin/python",
    ".ipynb_checkpoints/a.ipynb", "notebooks/.ipynb_checkpoints/a.ipynb", ".pytest_cache/v", "x/.mypy_cache/3",
    ".ruff_cache/0", "mlruns/0/meta.yaml", "train/wandb/run-1/x", ".dvc/cache/00/11", "Dockerfile", "Dockerfile.gpu",
    ".dockerignore", "docker-compose.yml", "compose.yaml", "compose.override.yml", "id_rsa", "keys/id_ed25519",
    ".aws/credentials", "x/.config/gcloud/a.db", ".netrc", ".DS_Store", "a/.DS_Store", ".tox/py312/x", ".coverage",
)  # fmt: skip
WANTED = (
    "main.py", "requirements.txt", "README.md", "LICENSE", "pyproject.toml", "src/app/__init__.py", "data/a.csv",
    "models/a.pt", "notebooks/a.ipynb", ".env.example", "sub/.env.template", ".env.prod.sample", ".env.dist",
    "id_rsa.pub", "certs/ca.pem", "src/env/__init__.py", "env/dev.yaml", "src/models/__init__.py", "docs/index.md",
    "tests/test_a.py", "entrypoint.sh", ".python-version", ".streamlit/config.toml", ".dvc/config", "data.dvc",
    "composer.json", "src/Dockerfile.j2", "environment.yml", ".npmrc",
)  # fmt: skip


@pytest.mark.parametrize(
    ("dockerfile", "line"),
    [
        (WHOLE, 3),
        ("FROM python\nADD ./ /app\n", 2),
        ('FROM python\nCOPY ["./", "/app"]\n', 2),
        ("FROM python\nCOPY requirements.txt .\nCOPY --chown=1000:1000 . /app/\n", 3),
        ("FROM python\nCOPY * /app/\n", 2),
        ("FROM python\nCOPY ./* /app/\n", 2),
        ("FROM python\nCOPY main.py ./ /app/\n", 2),
        ("FROM python\nCOPY / /app/\n", 2),
        ("FROM python\nCOPY .. /app/\n", 2),
        ("FROM python\nARG HERE=.\nCOPY $HERE /app/\n", 3),
        ("FROM python AS build\nCOPY . /src\nFROM python\nCOPY --from=build /src/dist /dist\n", 2),
        ("FROM python\nRUN --mount=type=bind,target=/src pip install /src\n", 2),
        ("FROM python\nRUN --mount=source=.,target=/src,rw \\\n pip install /src\n", 2),
    ],
)
def test_creates_a_file_where_the_whole_context_is_copied(tmp_path: Path, dockerfile: str, line: int) -> None:
    make(tmp_path, {"Dockerfile": dockerfile, "main.py": "", "requirements.txt": "pandas\n"})
    (said,) = examine(tmp_path, "Dockerfile")
    assert said.startswith(f"Dockerfile:{line}: fixed: copies the whole build context"), said
    assert "**/.env" in said
    assert kept_back(tmp_path, *UNWANTED) == list(UNWANTED)
    assert kept_back(tmp_path, *WANTED) == []


def test_a_new_file_reads_like_the_article(tmp_path: Path) -> None:
    make(tmp_path, {"Dockerfile": WHOLE, "main.py": ""})
    examine(tmp_path, "Dockerfile")
    text = (tmp_path / ".dockerignore").read_text()
    assert text.startswith("# Ignore secrets\n**/.env.*\n!**/.env*.example\n")
    assert "\n\n# Ignore docker specific files\n.dockerignore\nDockerfile*\n" in text
    assert "\n\n# Ignore git directory and files\n**/.git\n" in text
    assert text.endswith("\n")
    assert "\n\n\n" not in text
    mask = os.umask(0)
    os.umask(mask)
    assert stat.S_IMODE((tmp_path / ".dockerignore").stat().st_mode) == 0o666 & ~mask


@pytest.mark.parametrize(
    "dockerfile",
    [
        "FROM python\nCOPY main.py .\n",
        "FROM python\nCOPY src/ /app/src/\n",
        "FROM python\nCOPY *.py /app/\n",
        "FROM python\nRUN pip install pandas\n",
        "FROM python AS a\nFROM python\nCOPY --from=a . .\n",
        "FROM python\nONBUILD COPY . /app\n",
        "FROM python\nCOPY <<EOF /app/.\nx\nEOF\n",
        "FROM python\nADD https://example.com/. /app/\n",
        "FROM python\nARG SOMEWHERE\nCOPY $SOMEWHERE /app/\n",
        "FROM python\nRUN --mount=type=cache,target=/root/.cache pip install pandas\n",
        "FROM python\nRUN --mount=type=secret,id=a --mount=type=tmpfs,target=/x pip install pandas\n",
        "FROM python\nRUN --mount=type=bind,from=a,target=/x pip install pandas\n",
        "FROM python\nRUN --mount=type=bind,source=uv.lock,target=uv.lock uv sync\n",
        "# docker-hooks: ignore=dockerignore the context is made by a script\n" + WHOLE,
        "FROM python\n# docker-hooks: ignore=dockerignore all of it is meant\nCOPY . .\n",
    ],
)
def test_creates_no_file(tmp_path: Path, dockerfile: str) -> None:
    make(tmp_path, {"Dockerfile": dockerfile, "main.py": "", "src/a.py": "", "uv.lock": ""})
    assert examine(tmp_path, "Dockerfile") == []
    assert not (tmp_path / ".dockerignore").exists()


def test_podmans_own_ignore_file_is_one(tmp_path: Path) -> None:
    make(tmp_path, {"Dockerfile": WHOLE, ".containerignore": ".env\n", "main.py": ""})
    assert examine(tmp_path, "Dockerfile") == []


def test_check_writes_nothing(tmp_path: Path) -> None:
    make(tmp_path, {"Dockerfile": WHOLE, "main.py": "", "sub/Dockerfile": WHOLE, "sub/.dockerignore": "__pycache__\n"})
    said = examine(tmp_path, "Dockerfile", "sub/Dockerfile", check=True)
    assert [line.partition(": ")[0] for line in said] == ["Dockerfile:3", "sub/.dockerignore:1", "sub/.dockerignore:1"]
    assert all("can be mended" in line for line in said)


# What is there is patched


def patched(root: Path, ignore: str, **files: str) -> str:
    """The ignore file after the hook, in all its spellings."""
    tree: dict[str, str | bytes | None] = {"Dockerfile": WHOLE, "main.py": "", "data/a.csv": "", "src/app/a.py": ""}
    tree.update(files)
    results = {}
    for name, spelled in {
        "LF": ignore,
        "CRLF": ignore.replace("\n", "\r\n"),
        "BOM": "\ufeff" + ignore,
        "no newline": ignore.rstrip("\n"),
        "CRLF, no newline": ignore.replace("\n", "\r\n").rstrip("\r\n"),
    }.items():
        folder = root / name
        make(folder, tree | {".dockerignore": spelled})
        (folder / ".dockerignore").chmod(0o640)
        examine(folder, "Dockerfile", ".dockerignore")
        after = (folder / ".dockerignore").read_bytes().decode()
        assert stat.S_IMODE((folder / ".dockerignore").stat().st_mode) == 0o640
        assert after.startswith("\ufeff") == (name == "BOM")
        assert after.count("\r\n") == (after.count("\n") if "\r\n" in spelled else 0)
        assert after.endswith("\n") == spelled.endswith("\n")
        results[name] = after.removeprefix("\ufeff").replace("\r\n", "\n").rstrip("\n")
    assert len(set(results.values())) == 1, results
    before_file, after_file = parse(ignore), parse(results["LF"])
    for path in (*UNWANTED, *WANTED, *tree):
        assert not before_file.excludes(path) or after_file.excludes(path), f"{path} is sent, which was kept back"
    return (root / "LF" / ".dockerignore").read_text()


@pytest.mark.parametrize("ignore", [ARTICLE, DOCKER_INIT, GITIGNORE_LIKE, "# nothing yet\n", "data\n", "*.log\n"])
def test_adds_what_is_missing(tmp_path: Path, ignore: str) -> None:
    after = patched(tmp_path, ignore)
    surely = [path for path in UNWANTED if path.rpartition("/")[2] not in (".netrc", ".DS_Store", ".coverage")]
    surely = [path for path in surely if not path.startswith((".tox", ".aws", "x/.config", ".dvc"))]
    surely = [path for path in surely if not path.startswith(("docker-compose", "compose", "Dockerfile.gpu"))]
    assert kept_back(tmp_path / "LF", *surely) == surely
    wanted = [path for path in WANTED if not parse(ignore).excludes(path)]
    assert kept_back(tmp_path / "LF", *wanted) == []
    rows = iter(after.splitlines())
    for row in ignore.splitlines():
        assert any(row in (new, new.removeprefix("**/")) for new in rows), f"{row} is gone or out of order"


def test_the_article_gains_what_it_misses(tmp_path: Path) -> None:
    after = patched(tmp_path, ARTICLE)
    block = after[: after.index("\n\n# Ignore docker specific files")]
    assert "\n\n" not in block
    assert "**/__pycache__" in block
    assert "**/.env" in block
    assert ".dockerignore" not in block
    assert "**/.git" not in block
    # The user keeps this one back, which the block would re-include if it stood below.
    assert kept_back(tmp_path / "LF", ".env.template", ".env.example") == [".env.template"]
    assert after.replace(block + "\n\n", "") == ARTICLE


def test_only_what_is_missing_is_added(tmp_path: Path) -> None:
    make(tmp_path, {"Dockerfile": WHOLE, "main.py": ""})
    examine(tmp_path, "Dockerfile")
    complete = (tmp_path / ".dockerignore").read_text()
    for line in ("**/__pycache__\n", "**/.env\n", "**/mlruns\n", "Dockerfile*\n"):
        (tmp_path / ".dockerignore").write_text(complete.replace(line, ""))
        (said,) = examine(tmp_path, ".dockerignore")
        assert said.endswith(f": added {line.strip()}")


@pytest.mark.parametrize(
    ("ignore", "sent"),
    [
        ("*.md\n!README.md\n", ["README.md"]),
        ("**/.env\n!.env\n", [".env"]),
        ("!.env.production\n", [".env.production"]),
        ("*.log\n\n# we need these\n!deploy/.env\n", ["deploy/.env"]),
        ("build\n!**/.env.ci\n", [".env.ci", "x/.env.ci"]),
        ("build\n!build/keep\n", ["build/keep/__pycache__/a.pyc", "build/keep/.env"]),
        (".git\n!.git/HEAD\n", [".git/HEAD"]),
        ("!mlruns\n", ["mlruns/0/meta.yaml"]),
        ("tmp\n!v1.2\n", []),
    ],
)
def test_the_users_exceptions_win(tmp_path: Path, ignore: str, sent: list[str]) -> None:
    patched(tmp_path, ignore)
    assert kept_back(tmp_path / "LF", *sent) == []
    assert kept_back(tmp_path / "LF", "__pycache__/x.pyc", "x/.env") == ["__pycache__/x.pyc", "x/.env"]


@pytest.mark.parametrize(
    "ignore",
    [
        "*\n!main.py\n",
        "**\n!src\n!requirements.txt\n",
        "*\n",
        "**/*\n!src/**\n",
        "/*\n!/src\n",
        "# only these\n*\n\n!src/\n__pycache__\n",
        "*/*\n!src/app\n",
    ],
)
def test_lists_of_what_is_allowed_are_left_alone(tmp_path: Path, ignore: str) -> None:
    assert patched(tmp_path, ignore) == ignore


@pytest.mark.parametrize(
    "dockerfile",
    ["FROM python\nCOPY main.py .\n", "FROM python\nRUN pip install pandas\n", "FROM a AS b\nCOPY --from=b . .\n"],
)
def test_nothing_is_missing_where_files_are_copied_by_name(tmp_path: Path, dockerfile: str) -> None:
    assert patched(tmp_path, "data\n", Dockerfile=dockerfile) == "data\n"


def test_a_copied_folder_takes_what_lies_in_it_along(tmp_path: Path) -> None:
    assert "**/__pycache__" in patched(tmp_path, "data\n", Dockerfile="FROM python\nCOPY src /src\n")


# What builds need


@pytest.mark.parametrize(
    ("lines", "files", "needed"),
    [
        ("COPY .env.production .env", {}, [".env.production"]),
        ("COPY .env .", {}, [".env"]),
        ("COPY deploy/.env .env", {}, ["deploy/.env"]),
        ("COPY .env* ./", {}, [".env", ".env.local"]),
        ("COPY config/.env.* ./", {}, ["config/.env.prod"]),
        ('COPY ["venv", "/venv"]', {}, ["venv/bin/python"]),
        ("COPY venv/lib/x.py /x", {}, ["venv/lib/x.py"]),
        ('CMD [".venv/bin/python", "main.py"]', {}, [".venv/bin/python"]),
        ("COPY .git /app/.git", {}, [".git/HEAD"]),
        ("COPY .git/HEAD .git/", {}, [".git/HEAD"]),
        ("COPY mlruns/0/model /model", {}, ["mlruns/0/model"]),
        ("COPY mlruns/*/model /model", {}, ["mlruns/0/model"]),
        ("ADD id_rsa /root/.ssh/", {}, ["id_rsa"]),
        ("COPY Dockerfile /", {}, ["Dockerfile"]),
        ("COPY docker-compose.yml /", {}, ["docker-compose.yml"]),
        ("COPY notebooks/ ./", {}, ["notebooks/a.ipynb"]),
        ("COPY lib/fast.pyc /x", {}, ["lib/fast.pyc"]),
        ("ARG F=.env\nCOPY ${F} /x", {}, [".env"]),
        ("ARG F\nCOPY ${F} /x", {}, [".env", "venv/x", ".git/x", "mlruns/x", "id_rsa", "Dockerfile"]),
        ("ARG F\nCOPY .env.${F} /x", {}, [".env.local", ".env.any"]),
        ("RUN --mount=type=bind,source=.env,target=/x cat /x", {}, [".env"]),
        ("RUN --mount=type=bind,src=.git,target=.git make", {}, [".git/HEAD"]),
        ("RUN --mount=type=bind,source=.aws,target=/x cat /x", {}, [".aws/config"]),
        ("RUN . ./.env && make", {}, [".env"]),
        ("RUN cat sub/.env.prod", {}, ["sub/.env.prod"]),
        ('CMD ["uvicorn", "--env-file", ".env", "app:app"]', {}, [".env"]),
        ("CMD uvicorn --env-file=/app/.env app:app", {}, [".env"]),
        ("ENV DOTENV=.env", {}, [".env"]),
        ("CMD mlflow ui --backend-store-uri ./mlruns", {}, ["mlruns/0/meta.yaml"]),
        ("RUN case a in a) cat .env ;; esac", {}, [".env"]),
        ("RUN <<EOF\ncat .env\nEOF", {}, [".env"]),
        ("RUN git describe --tags > /version", {}, [".git/HEAD"]),
        ('RUN echo "v=$(git rev-parse HEAD)" > /version', {}, [".git/HEAD"]),
        ("RUN git -c core.x=y log -1", {}, [".git/HEAD"]),
        ("RUN dvc pull", {}, [".git/HEAD", ".dvc/cache/x"]),
        ("RUN pre-commit install-hooks", {}, [".git/HEAD"]),
        ("RUN case a in a) git describe ;; esac", {}, [".git/HEAD"]),
        ("RUN pip install .", {"pyproject.toml": '[build-system]\nrequires = ["setuptools-scm"]\n'}, [".git/HEAD"]),
        ("RUN pip install .", {"pyproject.toml": '[build-system]\nrequires = ["hatch-vcs"]\n'}, [".git/HEAD"]),
        ("RUN pip install .", {"setup.py": "setup(use_scm_version=True)\n"}, [".git/HEAD"]),
        ("RUN pip install api", {"api/pyproject.toml": '[build-system]\nrequires = ["versioningit"]\n'}, [".git/HEAD"]),
        (
            "RUN pip install .",
            {"pyproject.toml": '[build-system]\nbuild-backend = "hatchling.build"\n'},
            [".gitignore"],
        ),
        ("RUN pip install .", {"pyproject.toml": '[project]\nreadme = ".env.md"\n'}, [".env.md"]),
        ("", {"venv/__init__.py": ""}, ["venv/__init__.py"]),
        ("", {"src/venv/__init__.py": ""}, ["src/venv/__init__.py"]),
        ("", {"wandb/__init__.py": ""}, ["wandb/__init__.py"]),
        ("", {"lib/secret.pyc": ""}, ["lib/secret.pyc"]),
        ("", {"env": "A=b\n"}, ["env"]),
    ],
)
@pytest.mark.parametrize("ignore", [None, "# one\n\n*.log\n!keep.log\n"])
def test_what_a_build_needs_is_sent(
    tmp_path: Path, ignore: str | None, lines: str, files: dict[str, str], needed: list[str]
) -> None:
    tree: dict[str, str | bytes | None] = {"Dockerfile": WHOLE + lines + "\n", "main.py": ""}
    make(tmp_path, tree | files | ({} if ignore is None else {".dockerignore": ignore}))
    examine(tmp_path, "Dockerfile")
    assert kept_back(tmp_path, *needed) == []
    assert kept_back(tmp_path, "__pycache__/x.pyc", "a/.ipynb_checkpoints/x") == [
        "__pycache__/x.pyc",
        "a/.ipynb_checkpoints/x",
    ]


@pytest.mark.parametrize(
    ("line", "unwanted"),
    [
        ("COPY .env.production .env", [".env", ".env.local", "x/.env.production"]),
        ("COPY .git/HEAD .git/", [".git/config"]),
        ("RUN cp .env.example .env", [".env"]),
        ("RUN touch .env && rm -rf .git", [".env", ".git/HEAD"]),
        ("RUN echo A=b > .env", [".env"]),
        ("RUN python -m venv venv && . venv/bin/activate", ["venv/bin/python"]),
        ('RUN uv sync\nCMD [".venv/bin/python", "main.py"]', [".venv/bin/python"]),
        ("RUN pip install wandb && wandb login", ["wandb/run/x"]),
        ("RUN find . -name '*.pyc' -delete", ["a.pyc", "__pycache__/a.pyc"]),
        ("RUN rm -rf __pycache__", ["__pycache__/a.pyc"]),
        ("RUN git clone https://example.com/x.git /x && cd /x && git checkout v1", [".git/HEAD"]),
        ("RUN git clone https://example.com/x.git /x\nRUN cd /x && git checkout v1", [".git/HEAD"]),
        ("RUN git config --global user.name me", [".git/HEAD"]),
        ("RUN apt-get install -y git", [".git/HEAD"]),
        ("RUN --mount=type=secret,id=netrc,target=/root/.netrc pip install x", [".netrc"]),
        ("RUN mkdir -p /root/.ssh && chmod 600 /root/.ssh/id_rsa", ["id_rsa"]),
        ("COPY requirements*.txt pyproject.toml ./", [".env", ".git/HEAD", "venv/x"]),
        ("ARG V\nCOPY dist/app-${V}.whl /x", [".env", ".git/HEAD", "venv/x"]),
        ("ARG V\nCOPY ${V}/requirements.txt /x", [".env", ".git/HEAD", "venv/x"]),
        ("COPY [^.]* /x/", [".git/HEAD", ".env"]),
    ],
)
def test_what_only_looks_needed_is_kept_back(tmp_path: Path, line: str, unwanted: list[str]) -> None:
    make(tmp_path, {"Dockerfile": WHOLE + line + "\n", "main.py": ""})
    examine(tmp_path, "Dockerfile")
    assert kept_back(tmp_path, *unwanted) == unwanted


def test_an_environment_by_another_name_is_kept_back(tmp_path: Path) -> None:
    make(tmp_path, {"Dockerfile": WHOLE, "main.py": "", "env/pyvenv.cfg": "", "ENV/bin/activate": "", "x/env/a": ""})
    examine(tmp_path, "Dockerfile")
    assert kept_back(tmp_path, "ENV/bin/python") == ["ENV/bin/python"]
    # One `env` is an environment, the other is not.
    assert kept_back(tmp_path, "env/bin/python", "x/env/a") == []


@pytest.mark.parametrize(
    ("other", "needed"),
    [
        ({"Dockerfile.gpu": "FROM x\nCOPY .env /x\n"}, ".env"),
        ({"docker/gpu.Dockerfile": "FROM x\nCOPY main.py .env /x/\n"}, ".env"),
        ({"a/b/c/Dockerfile": "FROM x\nCOPY main.py mlruns /x/\n"}, "mlruns/x"),
        ({"Dockerfile.old": "FROM x\nCOPY {{ files }} /x\nnonsense .env\n"}, ".env"),
        ({"other/job": "FROM x\nCOPY .env /\n", "compose.yaml": COMPOSE}, ".env"),
        ({"compose.yaml": "services:\n  a:\n    build:\n      dockerfile_inline: |\n        FROM x\n"}, ".env"),
    ],
)
def test_dockerfiles_that_nobody_gave_are_looked_at(tmp_path: Path, other: dict[str, str], needed: str) -> None:
    make(tmp_path, {"Dockerfile": WHOLE, "main.py": "", **other})
    examine(tmp_path, "Dockerfile")
    assert kept_back(tmp_path, needed, "__pycache__/x") == ["__pycache__/x"]


def test_a_dockerfile_of_another_context_is_not_asked(tmp_path: Path) -> None:
    make(
        tmp_path,
        {"Dockerfile": WHOLE, "main.py": "", "api/Dockerfile": "FROM x\nCOPY .env app.py /\n", "api/app.py": ""},
    )
    examine(tmp_path, "Dockerfile")
    assert kept_back(tmp_path, ".env") == [".env"]


# Lines that are wrong


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("__pycache__", "**/__pycache__"),
        ("__pycache__/", "**/__pycache__/"),
        ("__pycache__/*", "**/__pycache__/*"),
        ("  __pycache__  ", "  **/__pycache__  "),
        ("*.pyc", "**/*.pyc"),
        ("*.py[cod]", "**/*.py[cod]"),
        ("*.py[co]", "**/*.py[co]"),
        ("*$py.class", "**/*$py.class"),
        (".ipynb_checkpoints", "**/.ipynb_checkpoints"),
        (".pytest_cache/**", "**/.pytest_cache/**"),
        (".mypy_cache", "**/.mypy_cache"),
        (".ruff_cache", "**/.ruff_cache"),
        (".DS_Store", "**/.DS_Store"),
        ("Thumbs.db", "**/Thumbs.db"),
        ("data # big files", "# big files\ndata"),
        ("data/raw\t# big", "# big\ndata/raw"),
        ("*.csv #big", "#big\n*.csv"),
        ("/ # all", "# all\n/"),
        ("./ # all", "# all\n./"),
        ("data/ ## all of it", "## all of it\ndata/"),
        ("__pycache__ # caches", "# caches\n**/__pycache__"),
    ],
)
def test_rewrites_lines(tmp_path: Path, before: str, after: str) -> None:
    for dockerfile in ({}, {"Dockerfile": "FROM x\nCOPY main.py /\n"}):
        folder = tmp_path / str(len(dockerfile))
        make(folder, {".dockerignore": f"# top\nlogs\n{before}\n# end\n", "main.py": "", **dockerfile})
        (folder / ".dockerignore").chmod(0o600)
        said = examine(folder, ".dockerignore")
        assert (folder / ".dockerignore").read_text() == f"# top\nlogs\n{after}\n# end\n"
        assert all(line.startswith((".dockerignore:3: fixed:", ".dockerignore:4: fixed:")) for line in said)


@pytest.mark.parametrize(
    "line",
    [
        "**/__pycache__",
        "__pycache__\n**/__pycache__",
        "!__pycache__",
        "/__pycache__",
        "./__pycache__",
        "src/__pycache__",
        "*.pyc\n**/*.py[cod]",
        "node_modules",
        ".env",
        ".git",
        "venv",
        "*.log",
        "# data # big",
        "Report #1.pdf",
        "a #b",
        "C#",
        "file\\ #name",
        "there # is",
        "dist #",
    ],
)
def test_leaves_lines(tmp_path: Path, line: str) -> None:
    make(tmp_path, {".dockerignore": line + "\n", "there # is": "", "main.py": ""})
    assert examine(tmp_path, ".dockerignore") == []
    assert (tmp_path / ".dockerignore").read_text() == line + "\n"


@pytest.mark.parametrize(
    ("ignore", "dockerfile", "said"),
    [
        ("data\n[x\n", "COPY main.py /", "2: Docker rejects the pattern [x ("),
        ("a\n!\n__pycache__\n", "COPY . /", "2: Docker rejects the pattern ! ("),
        ("x[]\n", "", "1: Docker rejects the pattern x[] ("),
        ("*.txt\n", "COPY requirements.txt /", "1: *.txt keeps back requirements.txt, which Dockerfile:2 copies"),
        ("a\n\n/req*\n", "COPY ./requirements.txt /", "3: /req* keeps back requirements.txt, which Dockerfile:2 "),
        ("main.*\n", "RUN --mount=source=main.py,target=/x ls", "1: main.* keeps back main.py, which Dockerfile:2 m"),
        ("*\n", "COPY main.py /", "1: * keeps back main.py, which Dockerfile:2 copies"),
        ("*\n!main.py\nmain*\n", "ADD main.py /", "3: main* keeps back main.py, which Dockerfile:2 copies"),
        ("*\n", "COPY *.py /x/", "1: * keeps back *.py, which Dockerfile:2 copies"),
        ("dist\n", "COPY dist/app.whl /", "1: dist keeps back dist/app.whl, which Dockerfile:2 copies"),
        ("!main.py # needed\n", "COPY main.py /", "1: Docker takes # needed for a part of the pattern"),
        ("src/app # code\n", "COPY main.py /", "1: Docker takes # code for a part of the pattern"),
        ("main.py # x\n", "COPY main.py /", "1: Docker takes # x for a part of the pattern"),
    ],
)  # fmt: skip
def test_reports(tmp_path: Path, ignore: str, dockerfile: str, said: str) -> None:
    files = {"Dockerfile": f"FROM x\n{dockerfile}\n", "requirements.txt": "", "main.py": "", "src/app/__init__.py": ""}
    make(tmp_path, {".dockerignore": ignore, **files})
    (line,) = examine(tmp_path, "Dockerfile", ".dockerignore")
    assert line.startswith(f".dockerignore:{said}")
    assert (tmp_path / ".dockerignore").read_text() == ignore
    assert examine(tmp_path, ".dockerignore") == [line]


def test_a_missing_source_is_said_beside_what_is_mended(tmp_path: Path) -> None:
    make(tmp_path, {".dockerignore": "src\n", "Dockerfile": "FROM x\nCOPY src/app /\n", "src/app/a.py": ""})
    fixed, left = examine(tmp_path, "Dockerfile")
    assert "fixed: what no image needs" in fixed
    line = (tmp_path / ".dockerignore").read_text().splitlines().index("src") + 1
    assert left.startswith(f".dockerignore:{line}: src keeps back src/app, which Dockerfile:2 copies")


@pytest.mark.parametrize(
    ("ignore", "dockerfile"),
    [
        ("src\n!src/app\n", "COPY src /"),
        ("src/**\n!src/app/**\n", "COPY src/ /"),
        ("*.md\n", "COPY main.py /"),
        ("*.py\n!main.py\n", "COPY *.py /x/"),
        ("main.py\n", "COPY --from=a main.py /"),
        ("main.py\n", "ADD https://example.com/main.py /"),
        ("main.py\n", "COPY <<main.py /x\nmain.py\n"),
        ("main.py\n", "ARG X\nCOPY $X/main.py /"),
        ("main.py\n", "ONBUILD COPY main.py /"),
        ("nothing*\n", "COPY nothing*.txt main.py /x/"),
        ("main.py\n", "# check=skip=CopyIgnoredFile\n# docker-hooks: ignore=dockerignore made later\nCOPY main.py /"),
        ("# docker-hooks: ignore=dockerignore a reason\nmain.py\n[x\n", "COPY main.py /"),
        ("a\n# docker-hooks: ignore=dockerignore\nmain.py\n", "COPY main.py /"),
    ],
)
def test_says_nothing(tmp_path: Path, ignore: str, dockerfile: str) -> None:
    make(
        tmp_path, {".dockerignore": ignore, "Dockerfile": f"FROM x\n{dockerfile}\n", "main.py": "", "src/app/a.py": ""}
    )
    said = examine(tmp_path, "Dockerfile", check=True)
    assert [line for line in said if "what no image needs" not in line] == []


def test_what_a_comment_silences_is_not_taken_for_mended(tmp_path: Path) -> None:
    text = "data\n# docker-hooks: ignore=dockerignore only here\n__pycache__\n"
    make(tmp_path, {".dockerignore": text, "Dockerfile": WHOLE, "main.py": ""})
    (line,) = examine(tmp_path, "Dockerfile")
    assert "**/__pycache__" in line
    assert (tmp_path / ".dockerignore").read_text().endswith("\n" + text)


def test_what_a_mend_would_break_is_not_mended(tmp_path: Path) -> None:
    make(
        tmp_path,
        {".dockerignore": "*.pyc\n", "Dockerfile": "FROM x\nCOPY lib/a.pyc /\n", "lib/a.pyc": "", "lib/a.py": ""},
    )
    (line,) = examine(tmp_path, "Dockerfile")
    assert line.endswith("not mended: lib/a.pyc would be kept back, but Dockerfile:2 copies it")


# Which file leads where


def test_a_dockerfiles_own_ignore_file_wins(tmp_path: Path) -> None:
    own = "gpu.Dockerfile.dockerignore"
    make(tmp_path, {"gpu.Dockerfile": WHOLE, own: "__pycache__\n", ".dockerignore": "*.pyc\n", "main.py": ""})
    said = examine(tmp_path, "gpu.Dockerfile")
    assert all(line.startswith(own) for line in said)
    assert "**/.env" in (tmp_path / own).read_text()
    assert (tmp_path / ".dockerignore").read_text() == "*.pyc\n"
    # No Dockerfile uses the other one, but its lines are still looked at.
    assert examine(tmp_path, ".dockerignore")[0].startswith(".dockerignore:1: fixed: *.pyc")
    assert (tmp_path / ".dockerignore").read_text() == "**/*.pyc\n"
    (tmp_path / own).write_text("data\n")
    assert examine(tmp_path, own)[0].startswith(f"{own}:1: fixed: what no image needs")


def test_a_compose_file_leads_to_its_contexts(tmp_path: Path) -> None:
    compose = "services:\n  a:\n    build: api\n  b:\n    build:\n      context: .\n      dockerfile: docker/job\n"
    files = {"api/Dockerfile": WHOLE, "docker/job": WHOLE, "api/a.py": "", "main.py": "", "docker/run.sh": ""}
    make(tmp_path, {"compose.yaml": compose, **files})
    said = examine(tmp_path, "compose.yaml")
    assert [line.partition(": ")[0] for line in said] == ["api/Dockerfile:3", "docker/job:3"]
    assert sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob(".dockerignore")) == [
        ".dockerignore",
        "api/.dockerignore",
    ]


def test_one_dockerfile_with_two_contexts(tmp_path: Path) -> None:
    compose = "services:\n" + "".join(
        f"  {name}:\n    build:\n      context: {name}\n      dockerfile: ../Dockerfile\n" for name in ("a", "b")
    )
    make(tmp_path, {"compose.yaml": compose, "Dockerfile": WHOLE, "a/x.py": "", "b/y.py": ""})
    assert len(examine(tmp_path, "Dockerfile")) == 2
    assert (tmp_path / "a/.dockerignore").exists()
    assert (tmp_path / "b/.dockerignore").exists()
    assert not (tmp_path / ".dockerignore").exists()


def test_two_dockerfiles_of_one_context_make_one_file(tmp_path: Path) -> None:
    make(tmp_path, {"Dockerfile": WHOLE, "dev.Dockerfile": WHOLE, "main.py": ""})
    assert len(examine(tmp_path, "Dockerfile", "dev.Dockerfile")) == 1


def test_the_context_can_be_given(tmp_path: Path) -> None:
    make(tmp_path, {"docker/Dockerfile": WHOLE, "docker/main.py": "", "main.py": ""})
    examine(tmp_path, "docker/Dockerfile", context=".")
    assert (tmp_path / ".dockerignore").exists()
    assert not (tmp_path / "docker/.dockerignore").exists()


@pytest.mark.parametrize(
    ("profile", "unwanted"),
    [
        ("docs", ["README.md", "LICENSE", "docs/index.md", "CHANGELOG.md"]),
        ("tests", ["tests/test_a.py", "conftest.py"]),
        ("ci", [".github/workflows/a.yml"]),
        ("editors", [".vscode/settings.json", "a/.idea/x"]),
    ],
)
def test_profiles_choose_optional_sections(tmp_path: Path, profile: str, unwanted: list[str]) -> None:
    for name, ignore in (("new", None), ("old", "data\n")):
        folder = tmp_path / name
        make(folder, {"Dockerfile": WHOLE, "main.py": "", "docs/conf.py": "", "tests/test_a.py": ""})
        if ignore:
            make(folder, {".dockerignore": ignore})
        examine(folder, "Dockerfile")
        assert kept_back(folder, *unwanted) == []
        if not ignore:
            (folder / ".dockerignore").unlink()
        examine(folder, "Dockerfile", profiles=(profile,))
        assert kept_back(folder, *unwanted) == unwanted


@pytest.mark.parametrize(
    ("files", "needed"),
    [
        ({"pyproject.toml": '[project]\nlicense = {file = "LICENSE"}\n'}, ["LICENSE"]),
        ({"setup.py": 'long_description=open("README.md").read()\n'}, ["README.md"]),
        ({"setup.cfg": "[metadata]\ndescription = file: README.md, CHANGELOG.md\n"}, ["README.md", "CHANGELOG.md"]),
        ({"Dockerfile": WHOLE + "COPY README.md /\n"}, ["README.md"]),
        ({"Dockerfile": WHOLE + "RUN pytest tests\n"}, ["tests/test_a.py"]),
    ],
)  # fmt: skip
def test_profiles_keep_what_is_needed(tmp_path: Path, files: dict[str, str], needed: list[str]) -> None:
    make(tmp_path, {"Dockerfile": WHOLE, "main.py": "", "README.md": "", "LICENSE": "", "CHANGELOG.md": "", **files})
    examine(tmp_path, "Dockerfile", profiles=("docs", "tests"))
    assert kept_back(tmp_path, *needed) == []
    assert kept_back(tmp_path, "SECURITY.md") == ["SECURITY.md"]


# Manners, and strangers' files


def test_a_rejected_dockerfile_is_said_and_the_others_go_on(tmp_path: Path) -> None:
    make(tmp_path, {"a/Dockerfile": "FROM x\nnonsense\n", "a/x.py": "", "b/Dockerfile": WHOLE, "b/x.py": ""})
    said = examine(tmp_path, "a/Dockerfile", "b/Dockerfile", "none", "a/.dockerignore")
    assert [line.partition(": ")[0] for line in said] == [
        "a/.dockerignore:1",
        "a/Dockerfile:2",
        "b/Dockerfile:3",
        "none:1",
    ]
    assert "Docker rejects this file" in said[1]
    assert "can't be read" in said[3]
    assert not (tmp_path / "a/.dockerignore").exists()


def test_links_never_lead_a_write_out_of_the_repository(tmp_path: Path) -> None:
    outside, root = tmp_path / "outside", tmp_path / "root"
    make(outside, {"secret": "password: [x\n", "there/x.py": ""})
    make(
        root,
        {
            "a/Dockerfile": WHOLE,
            "a/.dockerignore": Link(str(outside / "secret")),
            "a/x.py": "",
            "b/Dockerfile": WHOLE,
            "b/x.py": "",
            "b/.dockerignore": Link("nowhere"),
            "compose.yaml": "services:\n  c:\n    build:\n      context: c\n      dockerfile: ../a/Dockerfile\n",
            "c": Link(str(outside / "there")),
        },
    )
    before = snapshot(outside)
    said = examine(root, "a/Dockerfile", "b/Dockerfile", "compose.yaml", "a/.dockerignore")
    assert snapshot(outside) == before
    assert "password" not in "".join(said)
    assert "it is a link that leads out of the repository" in said[0]
    assert not (root / "b/nowhere").exists()
    assert not (outside / "there/.dockerignore").exists()


def test_a_link_inside_the_repository_is_followed(tmp_path: Path) -> None:
    make(tmp_path, {"Dockerfile": WHOLE, "x.py": "", "real": "*.pyc\n", ".dockerignore": Link("real")})
    examined([str(tmp_path / "Dockerfile")], Options())
    assert (tmp_path / ".dockerignore").is_symlink()
    assert "**/__pycache__" in (tmp_path / "real").read_text()


def test_a_file_that_can_not_be_written_is_reported(tmp_path: Path) -> None:
    make(tmp_path, {"Dockerfile": WHOLE, "x.py": "", ".dockerignore": "__pycache__\n"})
    (tmp_path / ".dockerignore").chmod(0o400)
    said = examine(tmp_path, "Dockerfile")
    assert all(line.endswith("not mended: it is read-only") for line in said)


def test_names_and_patterns_are_printed_on_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    make(tmp_path, {"a\n\x1b[31m/Dockerfile": "FROM x\nCOPY main.py /\n", "a\n\x1b[31m/main.py": ""})
    make(tmp_path, {"a\n\x1b[31m/.dockerignore": b"[\x1b[2J\xff\n"})
    monkeypatch.chdir(tmp_path)
    assert main(["a\n\x1b[31m/Dockerfile"]) == 1
    output = capfdbinary.readouterr().out
    assert output.count(b"\n") == 1
    assert b"\x1b" not in output
    assert output.startswith(b"a\\n\\x1b[31m/.dockerignore:1: Docker rejects the pattern ")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"x\n" * 5_001, "it has more than 5000 lines"),
        (b"x" * 1_000_001, "it has more than 1000000 characters"),
        ("__pycache__\n".encode("utf-16"), "it holds null characters"),
    ],
)
def test_what_is_no_ignore_file_of_a_human_is_left_alone(tmp_path: Path, data: bytes, said: str) -> None:
    make(tmp_path, {"Dockerfile": WHOLE, "x.py": "", ".dockerignore": data})
    (line,) = examine(tmp_path, "Dockerfile")
    assert said in line
    assert (tmp_path / ".dockerignore").read_bytes() == data


def test_bytes_that_are_no_utf_8_survive(tmp_path: Path) -> None:
    make(tmp_path, {"Dockerfile": WHOLE, "x.py": "", ".dockerignore": b"# caf\xe9\n__pycache__\nd\xe9j\xe0\n"})
    examine(tmp_path, "Dockerfile")
    assert (tmp_path / ".dockerignore").read_bytes().endswith(b"\n\n# caf\xe9\n**/__pycache__\nd\xe9j\xe0\n")


def test_exit_codes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    make(tmp_path, {"Dockerfile": WHOLE, "x.py": ""})
    monkeypatch.chdir(tmp_path)
    assert main(["--check", "Dockerfile"]) == 1
    assert main(["Dockerfile"]) == 1
    assert main(["Dockerfile", ".dockerignore"]) == 0
    assert main([]) == 0
    for wrong in (["--profile", "nonsense"], ["--context", "nowhere", "Dockerfile"]):
        with pytest.raises(SystemExit) as stop:
            main(wrong)
        assert stop.value.code == 2
    assert "docs" in capsys.readouterr().err

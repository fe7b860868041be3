"""The hooks as users run them: by pre-commit and by prek, from a clone of this repository."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

import pytest

pytestmark = pytest.mark.installed
ROOT = Path(__file__).parents[1]
VERSION = version("docker-hooks")
# What the README says to paste: all in one, or these.
ALL, *IDS = re.findall(r"^  - id: ([\w-]+)$", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)


def run(folder: Path, *command: str, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder; what it prints is kept."""
    return subprocess.run(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )


def git(folder: Path, *arguments: str) -> str:
    """Run git, which must succeed."""
    identity = ("-c", "user.name=A Tester", "-c", "user.email=tester@example.com", "-c", "commit.gpgsign=false")
    result = run(folder, "git", *identity, *arguments)
    assert result.returncode == 0, result.stdout
    return result.stdout


@pytest.fixture(scope="module")
def hooks_repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This checkout, as it is now, in a repository of its own."""
    folder = tmp_path_factory.mktemp("hooks")
    names = run(ROOT, "git", "ls-files", "--cached", "--others", "--exclude-standard").stdout.splitlines()
    for name in names:
        if name.split("/")[0] in (
            "hooks",
            "setup.cfg",
            "pyproject.toml",
            ".pre-commit-hooks.yaml",
            "README.md",
            "LICENSE",
        ):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "The hooks")
    return folder


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """One cache of installed hooks for the whole module, apart from the user's."""
    cache = tmp_path_factory.mktemp("cache")
    programs = str(Path(sys.executable).parent)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "PRE_COMMIT", "PREK"))}
    return {
        **kept,
        "PATH": os.pathsep.join((programs, os.environ["PATH"])),
        "PRE_COMMIT_HOME": str(cache / "pre-commit"),
        "PREK_HOME": str(cache / "prek"),
        "GIT_AUTHOR_NAME": "A Tester",
        "GIT_AUTHOR_EMAIL": "tester@example.com",
        "GIT_COMMITTER_NAME": "A Tester",
        "GIT_COMMITTER_EMAIL": "tester@example.com",
    }


@pytest.fixture
def project(tmp_path: Path, hooks_repository: Path) -> Path:
    """A scratch repository with the example in it, configured as the README says."""
    folder = tmp_path / "project"
    shutil.copytree(ROOT / "example", folder)
    configure(folder, hooks_repository, IDS)
    git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    return folder


def configure(folder: Path, hooks_repository: Path, ids: Sequence[str]) -> None:
    """Write a configuration with these hooks."""
    revision = git(hooks_repository, "rev-parse", "HEAD").strip()
    hooks = "".join(f"  - id: {hook_id}\n" for hook_id in ids)
    (folder / ".pre-commit-config.yaml").write_text(
        f"repos:\n- repo: {hooks_repository}\n  rev: {revision}\n  hooks:\n{hooks}"
    )


@pytest.mark.parametrize("ids", [[ALL], IDS], ids=["all in one", "one by one"])
@pytest.mark.parametrize("program", ["pre-commit", "prek"])
def test_first_run_mends_and_second_run_passes(
    project: Path, hooks_repository: Path, environment: dict[str, str], program: str, ids: Sequence[str]
) -> None:
    configure(project, hooks_repository, ids)
    git(project, "add", "--all")
    git(project, "commit", "--quiet", "--no-verify", "--message", "The example")
    first = run(project, program, "run", "--all-files", environment=environment)
    assert first.returncode == 1, first.stdout
    assert "Dockerfile:1: fixed: the final stage runs as root" in first.stdout
    assert ".dockerignore:1: fixed:" in first.stdout
    difference = git(project, "diff")
    assert "+USER " in difference
    assert "+COPY requirements.txt ./" in difference
    assert "+COPY --chown=app:app . ." in difference
    assert "+**/__pycache__" in difference
    assert git(project, "diff", "--name-only").splitlines() == [".dockerignore", "Dockerfile", "docker-compose.yml"]
    assert "# TODO: report the last month alone" in (project / "Dockerfile").read_text()
    # What is left is for the user to decide.
    decide(project)
    difference = git(project, "diff")
    second = run(project, program, "run", "--all-files", environment=environment)
    assert second.returncode == 0, second.stdout
    assert git(project, "diff") == difference


def decide(project: Path) -> None:
    """Do by hand what the example's one report advises."""
    compose_file = project / "docker-compose.yml"
    text = compose_file.read_text()
    assert text.count('>\n      sh -c "python3 main.py"') == 1
    compose_file.write_text(text.replace('>\n      sh -c "python3 main.py"', '["python3", "main.py"]'))


def test_can_be_tried_from_a_clone(project: Path, hooks_repository: Path, environment: dict[str, str]) -> None:
    tried = run(project, "pre-commit", "try-repo", str(hooks_repository), ALL, "--all-files", environment=environment)
    assert tried.returncode == 1
    assert "Dockerfile:1: fixed: the final stage runs as root" in tried.stdout


def test_wheel_and_sdist_install_and_run(project: Path, hooks_repository: Path, tmp_path: Path) -> None:
    built = run(hooks_repository, sys.executable, "-m", "build", "--outdir", str(tmp_path / "dist"))
    assert built.returncode == 0, built.stdout
    archives = sorted((tmp_path / "dist").iterdir())
    assert [path.name.partition("-")[2] for path in archives] == [f"{VERSION}-py3-none-any.whl", f"{VERSION}.tar.gz"]
    for number, archive in enumerate(archives):
        programs = tmp_path / f"environment{number}" / "bin"
        run(tmp_path, sys.executable, "-m", "venv", str(programs.parent))
        installed = run(tmp_path, str(programs / "pip"), "install", "--quiet", str(archive))
        assert installed.returncode == 0, installed.stdout
        assert run(tmp_path, str(programs / ALL), "--version").stdout == f"docker-hooks {VERSION}\n"
        checked = run(project, str(programs / ALL), "--check")
        assert checked.returncode == 1
        assert "Dockerfile:1: the final stage runs as root" in checked.stdout


def test_a_mended_file_stops_the_commit(project: Path, environment: dict[str, str]) -> None:
    assert run(project, "pre-commit", "install", environment=environment).returncode == 0
    stopped = run(project, "git", "commit", "--message", "The example", environment=environment)
    assert stopped.returncode != 0
    assert "fixed:" in stopped.stdout
    decide(project)
    git(project, "add", "--all")
    accepted = run(project, "git", "commit", "--message", "The example", environment=environment)
    assert accepted.returncode == 0, accepted.stdout
    assert git(project, "status", "--porcelain") == ""


def test_a_created_ignore_file_stops_the_commit(project: Path, environment: dict[str, str]) -> None:
    git(project, "rm", "--quiet", "--cached", ".dockerignore")
    (project / ".dockerignore").unlink()
    result = run(project, "pre-commit", "run", "dockerignore", "--all-files", environment=environment)
    assert result.returncode == 1
    assert ".dockerignore" in git(project, "ls-files", "--others", "--exclude-standard")
    git(project, "add", "--all")
    again = run(project, "pre-commit", "run", "dockerignore", "--all-files", environment=environment)
    assert again.returncode == 0, again.stdout

"""The manifest: which file names each hook takes, and that nothing a hook needs is missing."""

from __future__ import annotations

import configparser
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[1]
MANIFEST: dict[str, dict[str, Any]] = {
    entry["id"]: entry for entry in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
}
IDS = sorted(MANIFEST)
DOCKERFILES = [
    "Dockerfile",
    "dockerfile",
    "Containerfile",
    "containerfile",
    "docker/Dockerfile",
    "Dockerfile.gpu",
    "Dockerfile-gpu",
    "Dockerfile_gpu",
    "Dockerfile.3.12",
    "gpu.Dockerfile",
    "gpu.dockerfile",
    "gpu-Dockerfile",
    "services/api/dev.dockerfile",
    "Containerfile.dev",
]
IGNORE_FILES = [".dockerignore", "docker/.dockerignore", "Dockerfile.dockerignore", "gpu.Dockerfile.dockerignore"]
COMPOSE_FILES = [
    "compose.yaml",
    "compose.yml",
    "docker-compose.yml",
    "docker-compose.yaml",
    "docker-compose.override.yml",
    "compose.dev.yaml",
    "deploy/docker-compose-prod.yml",
]
OTHERS = [
    "Dockerfile.md",
    "Dockerfile.j2",
    "Dockerfile.jinja",
    "Dockerfile.py",
    "Dockerfile.tmpl",
    "Dockerfile.template",
    "Dockerfile.in",
    "Dockerfile.bak",
    "Dockerfile.orig",
    "test_dockerfile.py",
    "dockerfile.rst",
    "Dockerfiles/readme",
    "mydockerfile",
    "dockerfiles",
    "main.py",
    ".gitignore",
    "dockerignore",
]


def takes(hook_id: str, name: str) -> bool:
    """Whether pre-commit passes a file of that name to the hook."""
    entry = MANIFEST[hook_id]
    if not entry.get("pass_filenames", True):
        return False
    return bool(re.search(entry["files"], name)) and not re.search(entry.get("exclude", "^$"), name)


def taken(hook_id: str) -> set[str]:
    """The names that a hook is for."""
    if hook_id == "dockerize":
        return set()
    if hook_id in ("dockerignore", "docker-build-context", "docker-hooks"):
        return {*DOCKERFILES, *IGNORE_FILES, *COMPOSE_FILES}
    return {*COMPOSE_FILES} if hook_id == "compose-file" else {*DOCKERFILES}


@pytest.mark.parametrize("hook_id", IDS)
@pytest.mark.parametrize("name", [*DOCKERFILES, *IGNORE_FILES, *COMPOSE_FILES, *OTHERS])
def test_takes_the_names_it_is_for(hook_id: str, name: str) -> None:
    assert takes(hook_id, name) is (name in taken(hook_id))


@pytest.mark.parametrize("hook_id", IDS)
def test_every_hook_has_all_its_parts(hook_id: str) -> None:
    module = hook_id.replace("-", "_")
    assert (ROOT / "hooks" / "docker_hooks" / f"{module}.py").is_file()
    assert (ROOT / "tests" / f"test_{module}.py").is_file()
    assert f"\n### `{hook_id}`\n" in (ROOT / "README.md").read_text("utf-8")
    assert MANIFEST[hook_id]["entry"] == hook_id
    assert MANIFEST[hook_id]["language"] == "python"
    assert MANIFEST[hook_id]["description"]


def test_every_command_is_a_hook() -> None:
    settings = configparser.ConfigParser()
    settings.read(ROOT / "setup.cfg")
    scripts = dict(
        line.split(" = ") for line in settings["options.entry_points"]["console_scripts"].strip().splitlines()
    )
    assert sorted(scripts) == IDS
    for hook_id, target in scripts.items():
        assert target == f"docker_hooks.{hook_id.replace('-', '_')}:main"

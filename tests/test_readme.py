"""The README's examples: what is shown as mended is what the hook makes of it."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

from docker_hooks import dockerfile_syntax, dockerignore
from docker_hooks.run import Hook
from tests.mends import findings_of, mended

README = (Path(__file__).parents[1] / "README.md").read_text("utf-8")
SECTIONS = {
    match[1]: match[2] for match in re.finditer(r"^### `([\w-]+)`\n(.*?)(?=^##|\Z)", README, re.MULTILINE | re.DOTALL)
}
EXAMPLE = re.compile(r"Before:\n\n```dockerfile\n(.*?)```\n\nAfter:\n\n```dockerfile\n(.*?)```", re.DOTALL)
EXAMPLES = [(hook_id, before, after) for hook_id, text in SECTIONS.items() for before, after in EXAMPLE.findall(text)]
REPORTED = re.compile(r"Reported:\n\n```dockerfile\n(.*?)```\n\nBy hand:\n\n```dockerfile\n(.*?)```", re.DOTALL)
REPORTS = [(hook_id, before, after) for hook_id, text in SECTIONS.items() for before, after in REPORTED.findall(text)]
# The manifests that the examples speak of, so that a hook can look at them.
FILES = {
    "requirements.txt": "numpy==2.1.0\n",
    "main.py": "print('hello')\n",
    "environment.yml": "dependencies:\n- numpy\n",
}


@pytest.mark.parametrize(("hook_id", "before", "after"), EXAMPLES, ids=[example[0] for example in EXAMPLES])
def test_the_example_is_what_the_hook_makes(tmp_path: Path, hook_id: str, before: str, after: str) -> None:
    if hook_id == dockerfile_syntax.ID:
        # Docker rejects what this one mends.
        assert dockerfile_syntax.mended(before).text == after
        return
    for name, content in FILES.items():
        (tmp_path / name).write_text(content)
    module = importlib.import_module(f"docker_hooks.{hook_id.replace('-', '_')}")
    assert mended(Hook(module.ID, module.check, module.HOOK_RULES), before, tmp_path) == after


@pytest.mark.parametrize(("hook_id", "before", "after"), REPORTS, ids=[report[0] for report in REPORTS])
def test_what_is_reported_is_mended_by_hand(hook_id: str, before: str, after: str) -> None:
    module = importlib.import_module(f"docker_hooks.{hook_id.replace('-', '_')}")
    findings = findings_of(module.check, before)
    assert findings
    assert not any(finding.edits for finding in findings)
    assert findings_of(module.check, after) == []


def test_the_ignore_file_is_what_the_hook_makes(tmp_path: Path) -> None:
    match = re.search(
        r"Before:\n\n```gitignore\n(.*?)```\n\nAfter:\n\n```gitignore\n(.*?)```", SECTIONS["dockerignore"], re.DOTALL
    )
    assert match
    (tmp_path / ".git").mkdir()
    (tmp_path / "main.py").write_text("")
    (tmp_path / "Dockerfile").write_text("FROM python:3.12-slim\nWORKDIR /app\nCOPY . .\n")
    (tmp_path / ".dockerignore").write_text(match[1])
    assert dockerignore.main([str(tmp_path / "Dockerfile")]) == 1
    assert (tmp_path / ".dockerignore").read_text() == match[2]


def test_the_hooks_that_are_pasted_are_in_the_manifest() -> None:
    pasted = re.findall(r"^  - id: ([\w-]+)$", README, re.MULTILINE)
    manifest = re.findall(r"^- id: ([\w-]+)$", (Path(__file__).parents[1] / ".pre-commit-hooks.yaml").read_text(), re.M)
    assert pasted
    assert set(pasted) <= set(manifest)

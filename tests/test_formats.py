"""The forms in which findings are said: GitHub's workflow commands, JSON, SARIF."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from docker_hooks.docker_hooks import main
from docker_hooks.dockerfile.edits import Edit, applied
from docker_hooks.formats import shown
from docker_hooks.run import Report
from docker_hooks.sarif import sarif
from docker_hooks.settings import Settings

# OASIS's own, unchanged: sarif-spec, sarif-2.1/schema/sarif-schema-2.1.0.json.
SCHEMA = json.loads((Path(__file__).parent / "data" / "sarif-schema-2.1.0.json").read_text("utf-8"))
REPORTS = [
    Report("a:b,c%.Dockerfile", 3, "100% wrong\nindeed", "dockerfile-apt-get"),
    Report("Dockerfile", 1, "fixed: all", "dockerignore", is_mended=True),
]


def test_github(capfd: pytest.CaptureFixture[str]) -> None:
    assert shown(REPORTS, [], 2, Settings(format="github")) == 1
    assert capfd.readouterr().out == (
        "::error file=a%3Ab%2Cc%25.Dockerfile,line=3,title=dockerfile-apt-get::100%25 wrong\\nindeed\n"
        "::notice file=Dockerfile,line=1,title=dockerignore::fixed: all\n"
    )


def test_json(capfd: pytest.CaptureFixture[str]) -> None:
    assert shown(REPORTS, [], 2, Settings(format="json")) == 1
    assert json.loads(capfd.readouterr().out) == {
        "version": 1,
        "findings": [
            {
                "path": "a:b,c%.Dockerfile",
                "line": 3,
                "hook": "dockerfile-apt-get",
                "message": "100% wrong\\nindeed",
                "mended": False,
                "mendable": False,
            },
            {
                "path": "Dockerfile",
                "line": 1,
                "hook": "dockerignore",
                "message": "fixed: all",
                "mended": True,
                "mendable": False,
            },
        ],
    }
    assert shown([], [], 2, Settings(format="json")) == 0
    assert json.loads(capfd.readouterr().out) == {"version": 1, "findings": []}


def log_of(capfd: pytest.CaptureFixture[str], arguments: list[str]) -> Any:
    """The SARIF log of a run, valid against the schema."""
    main([*arguments, "--format", "sarif"])
    log = json.loads(capfd.readouterr().out)
    jsonschema.validate(log, SCHEMA)
    return log["runs"][0]


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_the_fixes_of_sarif_are_the_mends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], mark: str, newline: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    path = tmp_path / "a file.Dockerfile"
    text = "FROM python:3.12-slim\n# Größe 🐳 über alles\nENV größe  1\nLABEL a b\nRUN pip install \\\n  numpy\n"
    path.write_bytes((mark + text.replace("\n", newline)).encode())
    log = log_of(capfd, ["--check", path.name, "--only", "dockerfile-modern-syntax,dockerfile-pip-cache"])
    assert [rule["id"] for rule in log["tool"]["driver"]["rules"]] == [
        "dockerfile-modern-syntax",
        "dockerfile-pip-cache",
    ]
    assert all(rule["help"]["text"] for rule in log["tool"]["driver"]["rules"])
    edits = []
    lines = path.read_bytes().decode().removeprefix("\ufeff").split("\n")
    offsets = [sum(len(line) + 1 for line in lines[:number]) for number in range(len(lines))]
    for result in log["results"]:
        assert log["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        (fix,) = result["fixes"]
        (change,) = fix["artifactChanges"]
        assert change["artifactLocation"]["uri"] == "a%20file.Dockerfile"
        for replacement in change["replacements"]:
            region = replacement["deletedRegion"]
            start = offsets[region["startLine"] - 1] + region["startColumn"] - 1
            end = offsets[region["endLine"] - 1] + region["endColumn"] - 1
            edits.append(Edit(start, end, replacement["insertedContent"]["text"]))
    expected = applied("\n".join(lines), edits)
    main([path.name, "--only", "dockerfile-modern-syntax,dockerfile-pip-cache"])
    assert path.read_bytes().decode() == mark + expected


def test_sarif_of_the_example(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    example = Path(__file__).parents[1] / "example"
    for name in ("Dockerfile", ".dockerignore", "docker-compose.yml", "requirements.txt", "main.py"):
        (tmp_path / name).write_bytes((example / name).read_bytes())
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    monkeypatch.chdir(tmp_path)
    checked = log_of(capfd, ["--check"])
    assert sum("fixes" in result for result in checked["results"]) > 5
    mended = log_of(capfd, [])
    assert {result["level"] for result in mended["results"]} == {"note", "warning"}
    assert not any("fixes" in result for result in mended["results"])


def test_sarif_of_nothing_and_of_strange_names() -> None:
    for reports in ([], [Report("\udcff\x1b.Dockerfile", 1, "\udcff\x1b", "docker-hooks")]):
        log = sarif(reports)
        jsonschema.validate(json.loads(log), SCHEMA)
        assert log.isascii()

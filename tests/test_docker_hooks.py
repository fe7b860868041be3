"""All checks in one process: what is found, mended and printed, for files, folders and repositories."""

from __future__ import annotations

import io
import os
import re
import stat
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from docker_hooks import docker_hooks, dockerfile_modern_syntax
from docker_hooks.catalogue import REPORTS_ONLY, RULES
from docker_hooks.docker_hooks import Together, main
from docker_hooks.dockerfile.edits import Edit
from docker_hooks.finding import Finding
from docker_hooks.memory import Memory
from docker_hooks.run import Hook
from docker_hooks.subject import Subject
from tests.test_manifest import MANIFEST, ROOT

DRIFTED = """\
FROM python:3.12-slim

# Libraries that the packages need
RUN apt-get update && apt-get install --no-install-recommends gcc

WORKDIR /app
COPY . .
RUN pip install -r requirements.txt
ENV MODE fast
CMD ["python", "main.py"]
"""
RIGHT = """\
FROM python:3.12-slim
ENV PYTHONUNBUFFERED=1

RUN useradd --create-home --uid 1000 app
WORKDIR /home/app/work
COPY requirements.txt ./
RUN pip install --no-cache-dir -r requirements.txt
COPY --chown=app:app . .
USER app
CMD ["python", "main.py"]
"""
COMPOSE = "version: '3'\n# the app\nservices:\n  app:\n    build: .\n"
IGNORED = "**/.git\n**/.env\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a Dockerfile, a compose file and what they speak of; the current folder."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "requirements.txt").write_text("numpy==2.1.0\n")
    (tmp_path / "main.py").write_text("print('hello')\n")
    (tmp_path / "Dockerfile").write_text(DRIFTED)
    (tmp_path / "compose.yaml").write_text(COMPOSE)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def said(capfd: pytest.CaptureFixture[str], arguments: Sequence[str]) -> tuple[int, str]:
    """The exit code and what was printed."""
    code = main(arguments)
    return code, capfd.readouterr().out


def test_mends_everything_and_is_silent_then(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code, output = said(capfd, [])
    assert code == 1
    mended_by = set(re.findall(r"^[^\n]*: fixed: [^\n]*\[([\w-]+)\]$", output, re.M))
    assert mended_by == {
        "dockerfile-modern-syntax",
        "dockerfile-apt-get",
        "dockerfile-requirements-first",
        "dockerfile-pip-cache",
        "dockerfile-python-unbuffered",
        "dockerfile-non-root-user",
        "compose-file",
        "dockerignore",
    }
    assert "# Libraries that the packages need\n" in (project / "Dockerfile").read_text()
    assert (project / "compose.yaml").read_text() == COMPOSE.partition("\n")[2]
    assert ".git" in (project / ".dockerignore").read_text()
    after = {path: path.read_bytes() for path in project.iterdir() if path.is_file()}
    assert said(capfd, []) == (0, "")
    assert {path: path.read_bytes() for path in project.iterdir() if path.is_file()} == after


def test_the_lines_that_messages_name_are_those_of_the_file_as_it_is(
    project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    text = (
        "FROM python:3.12-slim\nRUN apt-get update && apt-get install --no-install-recommends gcc\n"
        "RUN rm -rf /var/lib/apt/lists/*\nWORKDIR /app\nCOPY . .\nRUN make\nRUN pip install -r requirements.txt\n"
        'CMD ["python", "main.py"]\n'
    )
    (project / "Dockerfile").write_text(text)
    for arguments in (["--check"], [], ["--check"]):
        _, output = said(capfd, arguments)
        assert not re.search(r": fixed: .*\blines? \d", output)
        lines = (project / "Dockerfile").read_text().splitlines()
        (place, install, between) = re.findall(
            r"Dockerfile:(\d+): the source is .*install \(line (\d+)\).*not mended: line (\d+) ", output
        )[0]
        assert lines[int(place) - 1].startswith("COPY ")
        assert lines[int(install) - 1].startswith("RUN pip install ")
        assert lines[int(between) - 1] == "RUN make"
    assert len(lines) != len(text.splitlines())


def test_a_check_changes_nothing_and_says_the_same(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    before = {path: path.read_bytes() for path in project.iterdir() if path.is_file()}
    code, output = said(capfd, ["--check"])
    assert code == 1
    assert "fixed:" not in output
    assert "`apt-get install` without -y asks before it goes on" in output
    code, with_diff = said(capfd, ["--check", "--diff"])
    assert with_diff.startswith(output)
    difference = with_diff.removeprefix(output)
    assert "+++ b/Dockerfile\n" in difference
    assert "--- /dev/null\n+++ b/.dockerignore\n" in difference
    assert "-version: '3'\n" in difference
    assert {path: path.read_bytes() for path in project.iterdir() if path.is_file()} == before
    # What a check announces is what a run does.
    main(["--diff"])
    assert difference in capfd.readouterr().out


def test_what_is_right_is_passed_over_in_silence(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (project / "Dockerfile").write_text(RIGHT)
    (project / "compose.yaml").unlink()
    main([])
    capfd.readouterr()
    assert said(capfd, []) == (0, "")
    assert (project / "Dockerfile").read_text() == RIGHT


@pytest.mark.parametrize(
    ("arguments", "hooks"),
    [
        (["--only", "dockerfile-apt-get"], {"dockerfile-apt-get"}),
        (["--only=dockerfile-apt-get,compose-file"], {"dockerfile-apt-get", "compose-file"}),
        (["--only", "compose-file", "--only", "dockerignore"], {"compose-file", "dockerignore"}),
        (["--only", "dockerfile-apt-get,compose-file", "--skip", "compose-file"], {"dockerfile-apt-get"}),
        (["--only", "docker-build-context"], set()),
    ],
)
def test_runs_the_checks_asked_for(
    project: Path, capfd: pytest.CaptureFixture[str], arguments: list[str], hooks: set[str]
) -> None:
    code, output = said(capfd, ["--check", *arguments])
    assert set(re.findall(r"\[([\w-]+)\]$", output, re.M)) == hooks
    assert code == bool(hooks)


def test_skips(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    _, everything = said(capfd, ["--check"])
    _, rest = said(capfd, ["--check", "--skip", "dockerfile-apt-get,dockerignore"])
    hooks = set(re.findall(r"\[([\w-]+)\]$", everything, re.M))
    assert set(re.findall(r"\[([\w-]+)\]$", rest, re.M)) == hooks - {"dockerfile-apt-get", "dockerignore"}


REJECTED = "FROM python:3.12-slim\nRUN apt-get update && \\\\\n    apt-get install -y gcc\nENV A b\n"


def test_what_docker_rejects_is_mended_first(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (project / "Dockerfile").write_text(REJECTED)
    code, output = said(capfd, ["Dockerfile"])
    assert code == 1
    assert "Dockerfile:2: fixed: Docker rejects this file" in output
    text = (project / "Dockerfile").read_text()
    assert "update && \\\n" in text
    assert "ENV A=b\n" in text


@pytest.mark.parametrize("arguments", [[], ["--skip", "dockerfile-syntax"], ["--only", "dockerfile-apt-get"]])
def test_what_can_not_be_read_is_said_once_and_stays(
    project: Path, capfd: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    text = "FROM python:3.12-slim\nRNU true\n"
    (project / "Dockerfile").write_text(text)
    (project / "good.Dockerfile").write_text(DRIFTED)
    code, output = said(capfd, [*arguments, "Dockerfile", "good.Dockerfile"])
    assert code == 1
    assert len(re.findall(r"^Dockerfile:\d+: .*rejects", output, re.M)) == 1
    assert re.search(r"^good.Dockerfile:\d+: fixed: .*\[dockerfile-apt-get\]$", output, re.M)
    assert (project / "Dockerfile").read_text() == text


def test_without_the_hook_for_it_a_rejected_file_stays(project: Path) -> None:
    (project / "Dockerfile").write_text(REJECTED)
    assert main(["--skip", "dockerfile-syntax", "Dockerfile"]) == 1
    assert (project / "Dockerfile").read_text() == REJECTED


def test_a_file_that_is_not_there_is_a_finding(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code, output = said(capfd, ["--check", "nowhere.Dockerfile", "Dockerfile"])
    assert code == 1
    assert output.count("nowhere.Dockerfile:1: can't be read: No such file or directory [docker-hooks]") == 1
    assert "Dockerfile:4: " in output


def test_folders_are_searched_without_what_git_ignores(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    subprocess.run(["git", "init", "--quiet", str(project)], check=True)
    (project / ".gitignore").write_text("build/\n")
    for folder in ("build", "service", ".venv", "service/node_modules"):
        (project / folder).mkdir()
        (project / folder / "Dockerfile").write_text(DRIFTED)
    (project / ".venv" / "pyvenv.cfg").write_text("")
    _, output = said(capfd, ["--check", "--only", "dockerfile-apt-get"])
    assert sorted(set(re.findall(r"^([^:]+):", output, re.M))) == ["Dockerfile", "service/Dockerfile"]
    _, output = said(capfd, ["--check", "--only", "dockerfile-apt-get", "service", "build/Dockerfile"])
    assert sorted(set(re.findall(r"^([^:]+):", output, re.M))) == ["build/Dockerfile", "service/Dockerfile"]


@pytest.mark.parametrize("has_repository", [True, False])
def test_folders_are_searched_without_git(
    project: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, has_repository: bool
) -> None:
    """The same files where there is no git, or no repository: a folder `.git` alone is none."""
    if not has_repository:
        (project / ".git").rmdir()
    monkeypatch.setenv("PATH", str(project / "nothing"))
    (project / ".gitignore").write_text("build/\n*.bak.dockerfile\n")
    (project / "service.bak.dockerfile").write_text(DRIFTED)
    for folder in ("service", "service/build", ".venv", "node_modules", "other", "other/.git"):
        (project / folder).mkdir()
        (project / folder / "Dockerfile").write_text(DRIFTED)
    (project / ".venv" / "pyvenv.cfg").write_text("")
    for path in (".", "service"):
        _, output = said(capfd, ["--check", "--only", "dockerfile-apt-get", path])
        found = ["service/Dockerfile"] if path == "service" else ["Dockerfile", "service/Dockerfile"]
        assert sorted(set(re.findall(r"^([^:]+):", output, re.M))) == found


def test_what_git_may_ignore_is_searched_where_that_is_unknown(
    project: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(project / "nothing"))
    (project / ".gitignore").write_text("x\n" * 5001)
    assert said(capfd, ["--check", "--only", "dockerfile-apt-get", "."])[0] == 1


def test_without_paths_it_is_the_whole_repository(
    project: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "etl").mkdir()
    monkeypatch.chdir(project / "etl")
    _, output = said(capfd, ["--check", "--only", "dockerfile-apt-get"])
    assert output.startswith(f"..{os.sep}Dockerfile:4: ")


def test_git_is_not_led_to_start_programs(project: Path, tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet", str(project)], check=True)
    trap = tmp_path / "trap"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\n")
    trap.chmod(0o755)
    subprocess.run(["git", "-C", str(project), "config", "core.fsmonitor", str(trap)], check=True)
    assert main(["--check"]) == 1
    assert not (tmp_path / "sprung").exists()


def test_many_files_say_what_each_says_alone(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    texts = (DRIFTED, "FROM", RIGHT, "RUN apt-get install jq\n")
    for number in range(docker_hooks._MANY + 3):
        (project / f"{number:03}").mkdir()
        (project / f"{number:03}" / "Dockerfile").write_text(texts[number % len(texts)])
    paths = sorted(str(path.relative_to(project)) for path in project.glob("*/Dockerfile"))
    together = said(capfd, ["--check", "--skip", "dockerignore,docker-build-context", *paths])
    alone = [said(capfd, ["--check", "--skip", "dockerignore,docker-build-context", path]) for path in paths]
    assert together == (1, "".join(output for _, output in alone))
    for _ in range(3):
        everything = said(capfd, ["--check", *paths])
        assert "failed" not in everything[1]
        assert set(together[1].splitlines()) <= set(everything[1].splitlines())


def test_many_files_are_shared_out(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    for number in range(docker_hooks._MANY + 3):
        (project / f"{number:03}.Dockerfile").write_text(DRIFTED)
    (project / "007.Dockerfile").chmod(0o751)
    code, output = said(capfd, ["--only", "dockerfile-apt-get", "--diff"])
    assert code == 1
    lines = [line for line in output.splitlines() if ": fixed: " in line]
    assert lines == sorted(lines)
    assert len({line.partition(":")[0] for line in lines}) == docker_hooks._MANY + 4
    assert output.count("+++ b/") == docker_hooks._MANY + 4
    assert stat.S_IMODE((project / "007.Dockerfile").stat().st_mode) == 0o751
    assert said(capfd, ["--only", "dockerfile-apt-get"]) == (0, "")


def test_a_hook_that_fails_does_not_keep_the_others_from_their_work() -> None:
    def fail(_: Subject) -> list[Finding]:
        raise KeyError("oops")

    hooks = [Hook("bad", fail), Hook("good", dockerfile_modern_syntax.check)]
    result = Together("Dockerfile", "/nowhere", hooks, Memory(), mends_rejected=True).mended("FROM a\nENV b c\n")
    assert result.text == "FROM a\nENV b=c\n"
    assert [finding.message for finding in result.left] == [
        "bad failed on this file (KeyError: 'oops'); please report it"
    ]


def toggling(name: str, old: str, new: str) -> Hook:
    """A hook that writes one word for another."""

    def check(subject: Subject) -> list[Finding]:
        at = subject.dockerfile.text.find(old)
        edit = Edit(at, at + len(old), new)
        return [Finding(2, f"{old} is wrong", edits=(edit,), adds=(new,), drops=(old,))] if at >= 0 else []

    return Hook(name, check)


def test_hooks_that_undo_one_another_come_to_an_end() -> None:
    hooks = [toggling("one", "aa", "bb"), toggling("two", "bb", "aa"), Hook("rest", dockerfile_modern_syntax.check)]
    together = Together("Dockerfile", "/nowhere", hooks, Memory(), mends_rejected=True)
    result = together.mended("FROM x\nRUN aa\nENV b c\n")
    assert result.text in ("FROM x\nRUN aa\nENV b=c\n", "FROM x\nRUN bb\nENV b=c\n")
    assert together.mended(result.text).text == result.text
    assert any("a second run would change the file again" in finding.advice for finding in result.left)


def test_the_checks_are_those_of_the_manifest() -> None:
    assert {*RULES, "dockerize", "docker-hooks"} == set(MANIFEST)
    assert set(RULES) > REPORTS_ONLY
    table = dict(re.findall(r"^\| `([\w-]+)` \|.*\| ([^|]+) \|$", (ROOT / "README.md").read_text("utf-8"), re.M))
    assert {rule for rule in RULES if table[rule] == "reports"} == REPORTS_ONLY


class _Terminal(io.TextIOWrapper):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("variables", "is_coloured"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)]
)
def test_a_terminal_gets_a_summary_and_colour(
    project: Path, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], is_coloured: bool
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    written = io.BytesIO()
    monkeypatch.setattr("sys.stdout", _Terminal(written, "utf-8"))
    assert main(["--check", "--diff", "--only", "compose-file"]) == 1
    text = written.getvalue().decode()
    assert ("\x1b[31m-version: '3'\x1b[0m\n" in text) is is_coloured
    assert ("\x1b" in text) is is_coloured
    assert text.endswith("2 files: 1 can be mended.\n")
    assert main(["--only", "compose-file"]) == 1
    assert written.getvalue().decode().endswith("2 files: 1 mended.\n")
    assert main(["--only", "compose-file"]) == 0
    assert written.getvalue().decode().endswith("2 files: nothing to say.\n")


def test_looks_again_once_an_ignore_file_is_written(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (project / "Dockerfile").write_text(
        "FROM python:3.12-slim\nWORKDIR /app\nCOPY . .\n"
        "RUN python -m venv venv && venv/bin/pip install --no-cache-dir -r requirements.txt\n"
        'CMD ["venv/bin/python", "-u", "main.py"]\n'
    )
    _, output = said(capfd, [])
    assert re.search(r"^Dockerfile:\d+: fixed: .* \[dockerfile-requirements-first\]$", output, re.M)
    assert "put **/venv into .dockerignore" not in output
    before = {path: path.read_bytes() for path in project.iterdir() if path.is_file()}
    said(capfd, [])
    assert {path: path.read_bytes() for path in project.iterdir() if path.is_file()} == before


def test_examines_a_file_once_however_it_is_called(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    once = said(capfd, ["--check", "Dockerfile"])
    assert said(capfd, ["--check", "Dockerfile", "./Dockerfile", str(project / "Dockerfile")]) == once


@pytest.mark.parametrize("name", ["pyproject.toml", ".dockerignore", "requirements.txt", "main.py", "compose.yaml"])
@pytest.mark.skipif(not os.path.exists("/dev/zero"), reason="the link leads to a device of Unix")
def test_links_that_lead_to_endless_files(project: Path, name: str) -> None:
    (project / name).unlink(missing_ok=True)
    (project / name).symlink_to("/dev/zero")
    main = "import sys; from docker_hooks.docker_hooks import main; sys.exit(main())"
    limited = f"ulimit -v 1000000; {sys.executable} -c '{main}' --check"
    done = subprocess.run(["sh", "-c", limited], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (1, "")
    assert "[dockerfile-apt-get]" in done.stdout
    assert "failed" not in done.stdout

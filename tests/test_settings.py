"""What `docker-hooks` is told, by arguments and by pyproject.toml."""

from __future__ import annotations

from pathlib import Path

import pytest

from docker_hooks.catalogue import RULES
from docker_hooks.docker_hooks import main
from docker_hooks.settings import Settings, WrongUsage, _parser, _plain, settings

ALL = frozenset(RULES)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository, the current folder."""
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("argv", "expected"),
    [
        ([], Settings()),
        (["Dockerfile", "--check", "api"], Settings(("Dockerfile", "api"), check=True)),
        (["--diff"], Settings(diff=True)),
        (["--format=json", "--check"], Settings(check=True, format="json")),
        (["--", "--check"], Settings(("--check",))),
        (["--only=compose-file"], Settings(rules=frozenset(("compose-file",)))),
        (["--skip", "compose-file", "x"], Settings(("x",), ALL - {"compose-file"})),
    ],
)
def test_arguments(argv: list[str], expected: Settings) -> None:
    assert settings(argv) == expected


@pytest.mark.parametrize(
    ("table", "argv", "expected"),
    [
        ("", [], Settings()),
        ("check = true\ndiff = true\nformat = 'github'", [], Settings(check=True, diff=True, format="github")),
        ("format = 'github'", ["--format", "text"], Settings()),
        ("only = 'compose-file'", [], Settings(rules=frozenset(("compose-file",)))),
        ("skip = ['compose-file']", ["x"], Settings(("x",), ALL - {"compose-file"})),
        ("skip = ['compose-file']", ["--skip", "dockerignore"], Settings(rules=ALL - {"dockerignore"})),
        (
            "[tool.docker-hooks.dockerfile-non-root-user]\nnumeric = true\ntarget = 'api'",
            [],
            Settings(tables=(("dockerfile-non-root-user", ("--numeric", "--target=api")),)),
        ),
        (
            "dockerignore = {profile = ['docs', 'tests']}\ndocker-build-context = {max-size = 5}",
            [],
            Settings(
                tables=(
                    ("dockerignore", ("--profile=docs", "--profile=tests")),
                    ("docker-build-context", ("--max-size=5",)),
                )
            ),
        ),
    ],
)
def test_the_table_of_pyproject(here: Path, table: str, argv: list[str], expected: Settings) -> None:
    (here / "pyproject.toml").write_text(f"[tool.docker-hooks]\n{table}\n")
    assert settings(argv) == expected


def test_the_nearest_table_counts(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "pyproject.toml").write_text("[tool.docker-hooks]\ncheck = true\n")
    (here / "service" / "sub").mkdir(parents=True)
    (here / "service" / "pyproject.toml").write_text("[project]\nname = 'docker-hooks-user'\n")
    monkeypatch.chdir(here / "service" / "sub")
    assert settings([]).check
    (here / "service" / "pyproject.toml").write_text("[tool.docker-hooks]\ndiff = true\n")
    assert settings([]) == Settings(diff=True)


@pytest.mark.parametrize(
    ("table", "fault"),
    [
        ("only = ['nothing']", "there is no check called nothing"),
        ("only = 3", "only is no list of ids"),
        ("skip = [3]", "skip is no list of ids"),
        ("check = 'yes'", "check is neither true nor false"),
        ("format = 'xml'", "format is none of text, github, json, sarif"),
        ("chek = true", "chek is neither an option nor a check"),
        ("dockerignore = true", "dockerignore is no table"),
        ("[tool.docker-hooks.dockerignore]\nprofile = {}", "profile is no option of dockerignore"),
        ("only = []", "no check is left to run"),
        ("[tool.docker-hooks.dockerignore]\ncheck = true", "check is no option of dockerignore"),
        ("check = ", "is not TOML"),
    ],
)
def test_a_wrong_table_is_a_clear_error(here: Path, capfd: pytest.CaptureFixture[str], table: str, fault: str) -> None:
    (here / "pyproject.toml").write_text(f"[tool.docker-hooks]\n{table}\n")
    with pytest.raises(WrongUsage, match=fault):
        settings([])
    assert main([]) == 2
    assert fault in capfd.readouterr().err


@pytest.mark.parametrize(
    ("table", "fault"),
    [
        ("[tool.docker-hooks.dockerfile-apt-get]\nrecommended = true", "unrecognized arguments: --recommended"),
        ("[tool.docker-hooks.dockerfile-pip-cache]\nx = true", "dockerfile-pip-cache takes no options"),
        ("[tool.docker-hooks.docker-build-context]\nmax-size = -1", "-1: a size in kB is a number"),
        ("[tool.docker-hooks.docker-build-context]\nmax-size = 1.5", "1.5: a size in kB is a number"),
        ("[tool.docker-hooks.docker-build-context]\nmax = 1", "unrecognized arguments: --max=1"),
        ("[tool.docker-hooks.dockerignore]\ncontext = 'nowhere'", "nowhere: there is no such folder"),
    ],
)
def test_what_a_hook_does_not_take_is_a_clear_error(
    here: Path, capfd: pytest.CaptureFixture[str], table: str, fault: str
) -> None:
    (here / "pyproject.toml").write_text(table)
    (here / "Dockerfile").write_text("FROM scratch\n")
    assert main(["Dockerfile"]) == 2
    assert fault in capfd.readouterr().err


def test_a_table_reaches_its_hook(here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (here / "pyproject.toml").write_text("[tool.docker-hooks.dockerfile-apt-get]\nno-recommends = true\n")
    (here / "Dockerfile").write_text(
        "FROM debian:12\nRUN apt-get update && apt-get install -y jq && rm -rf /var/lib/apt/lists/*\n"
    )
    assert main(["--only", "dockerfile-apt-get"]) == 1
    assert "install --no-install-recommends -y jq" in (here / "Dockerfile").read_text()


def test_lists_and_explains(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["--list"]) == 0
    rows = capfd.readouterr().out.splitlines()
    assert tuple(row.split()[0] for row in rows) == RULES
    assert {row.split()[1] for row in rows} == {"mends", "reports"}
    for rule in RULES:
        assert main(["--explain", rule]) == 0
        first = capfd.readouterr().out.partition("\n")[0]
        assert first.startswith(f"{rule}: ")
        assert first.endswith(".")
    assert main(["--explain", "nothing"]) == 2
    assert "there is no check called nothing" in capfd.readouterr().err


def test_says_its_version(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capfd.readouterr().out.startswith("docker-hooks 0.")


@pytest.mark.parametrize(
    "argv",
    [
        [],
        ["a", "b"],
        ["--check", "--diff", "a"],
        ["a", "--check"],
        ["--only", "dockerfile-secrets,dockerignore", "--skip", "dockerignore", "--only", "compose-file", "a"],
        ["--skip", "", "--format", "json", "--format", "sarif", "", "a"],
    ],
)
def test_plain_arguments_mean_what_argparse_reads(argv: list[str]) -> None:
    read = vars(_parser().parse_args(argv))
    assert _plain(argv) == {name: value for name, value in read.items() if value is not None}


@pytest.mark.parametrize(
    "argv",
    [
        ["-h"],
        ["--chec"],
        ["--", "a"],
        ["check", "--check=1"],
        ["--only"],
        ["--only=compose-file"],
        ["--skip", "--check"],
        ["--format", "xml"],
        ["--format"],
        ["--list"],
        ["-check"],
    ],
)
def test_other_arguments_are_left_to_argparse(argv: list[str]) -> None:
    assert _plain(argv) is None

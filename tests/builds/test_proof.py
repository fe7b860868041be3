"""How the builder's log is read, and how before and after are judged."""

import pytest

from tests.builds.measure import HOME, USER, WORKDIR, Failed, Image, cached_steps, started
from tests.builds.mend import Mended
from tests.builds.projects import ALL, PROJECTS, Probe, Project
from tests.builds.proof import Row, problems, table

LOG = """\
#4 [internal] load build context
#4 sha256:1234
#4 transferring context: 32B done
#4 DONE 0.0s

#5 [build 1/3] FROM docker.io/library/python:3.12-slim
#5 CACHED

#7 [build 2/3] RUN pip install six
#7 sha256:5678
#7 CACHED

#8 [build 3/3] COPY . .
#8 0.060 [1/3] looks like a step
#8 DONE 0.1s
"""


def test_cached_steps() -> None:
    assert cached_steps(LOG) == {
        "[internal] load build context": False,
        "[build 1/3] FROM docker.io/library/python:3.12-slim": True,
        "[build 2/3] RUN pip install six": True,
        "[build 3/3] COPY . .": False,
    }


@pytest.mark.parametrize(
    ("entrypoint", "command", "words"),
    [
        (None, ["python3", "main.py"], ("python3", "main.py")),
        (["python3"], ["main.py"], ("python3", "main.py")),
        (["python3"], None, ("python3",)),
        (None, ["/bin/sh", "-c", "python3 'main.py'"], ("python3", "main.py")),
        (["/bin/sh", "-c", "python3 main.py"], ["ignored"], ("python3", "main.py")),
    ],
)
def test_started(entrypoint: list[str] | None, command: list[str] | None, words: tuple[str, ...]) -> None:
    assert started({"Entrypoint": entrypoint, "Cmd": command}) == words


PROJECT = Project(
    "job",
    {"Dockerfile": "FROM python:3.12-slim\n"},
    ALL,
    kept_out=("conf/.env",),
    probes=(Probe("stat -c %U .", "root", "app"),),
    saves=50,
)
BEFORE = Image(
    size=1_000,
    starts=("python3", "main.py"),
    exit_code=0,
    output="42\n",
    answers={USER: "0", HOME: "writable", WORKDIR: "writable", "stat -c %U .": "root"},
    files=frozenset({"/app/main.py", "/app/conf/.env"}),
    cached=False,
)
AFTER = BEFORE._replace(
    size=900,
    answers={USER: "1000", HOME: "writable", WORKDIR: "writable", "stat -c %U .": "app"},
    files=frozenset({"/app/main.py"}),
    cached=True,
)
REPORT = Mended("dockerfile-workdir", "Dockerfile:1: WORKDIR app is relative", False)
ROW = Row(PROJECT, BEFORE, AFTER, tuple(Mended(hook, "", True) for hook in ALL), (Mended(ALL[0], "", False),), 1.0)


def _answers(image: Image, **changed: str) -> Image:
    return image._replace(answers=dict(image.answers) | changed)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (ROW, []),
        (ROW._replace(mended=ROW.mended[1:]), [f"mended by {ALL[1]}, {ALL[2]}, not by"]),
        (ROW._replace(again=(Mended(ALL[0], "", False, "KeyError: 1"),)), ["dockerignore crashes: KeyError: 1"]),
        (ROW._replace(again=ROW.mended[:1]), ["the second run of dockerignore changes files"]),
        (ROW._replace(again=(REPORT,)), [f"the second run reports {REPORT.hook}, not nothing"]),
        (ROW._replace(project=PROJECT._replace(reports=(REPORT.hook,)), again=(REPORT,)), []),
        (ROW._replace(after=AFTER._replace(starts=("main.py",))), ["starts otherwise"]),
        (ROW._replace(after=Failed("#5 RUN\nexit code: 1")), ["does not build once mended: exit code: 1"]),
        (ROW._replace(after=Failed("")), ["does not build once mended: the builder said nothing"]),
        (ROW._replace(before=Failed("no")), ["does not build as it is: no", "saves +0 bytes"]),
        (
            ROW._replace(project=PROJECT._replace(builds_before=False, saves=None), before=Failed("no")),
            [],
        ),
        (ROW._replace(after=AFTER._replace(output="41\n")), ["runs otherwise"]),
        (ROW._replace(after=AFTER._replace(exit_code=1)), ["runs otherwise"]),
        (ROW._replace(project=PROJECT._replace(prints="42\n")), []),
        (ROW._replace(project=PROJECT._replace(prints="41\n")), ["prints '42\\n' and exits with 0, not '41\\n'"]),
        (ROW._replace(after=AFTER._replace(cached=False)), ["dependencies are installed again"]),
        (ROW._replace(after=AFTER._replace(cached=None)), ["no step has 'pip install'"]),
        (ROW._replace(after=AFTER._replace(size=1_000)), ["saves +0 bytes, not +50"]),
        (ROW._replace(after=AFTER._replace(size=1_200)), ["saves -200 bytes, not +50"]),
        (ROW._replace(after=AFTER._replace(files=frozenset())), ["missing in the image: main.py"]),
        (ROW._replace(after=AFTER._replace(files=BEFORE.files)), ["still in the image: conf/.env"]),
        (ROW._replace(after=_answers(AFTER, **{USER: "0"})), ["runs as root"]),
        (ROW._replace(after=AFTER._replace(answers={})), ["runs as root", "HOME is", "WORKDIR is", "'stat -c"]),
        (ROW._replace(after=_answers(AFTER, **{HOME: "touch: denied"})), ["HOME is not writable: touch: denied"]),
        (ROW._replace(after=_answers(AFTER, **{WORKDIR: ""})), ["WORKDIR is not writable"]),
        (ROW._replace(before=_answers(BEFORE, **{USER: "1000"})), ["not faulty: runs as 1000"]),
        (ROW._replace(before=BEFORE._replace(cached=True)), ["not faulty: dependencies stay cached"]),
        (ROW._replace(before=BEFORE._replace(files=AFTER.files)), ["not faulty: only nothing in the image"]),
        (ROW._replace(before=_answers(BEFORE, **{"stat -c %U .": "app"})), ["before: 'stat -c %U .' prints 'app'"]),
    ],
)
def test_problems(row: Row, expected: list[str]) -> None:
    found = problems(row)
    assert len(found) == len(expected), found
    for line, start in zip(found, expected, strict=True):
        assert line.startswith(start)


def test_table_counts_failures_and_signs() -> None:
    larger = ROW._replace(project=PROJECT._replace(name="larger"), after=AFTER._replace(size=3_000))
    failed = ROW._replace(project=PROJECT._replace(name="failed"), after=Failed("exit code: 1"))
    text = table([ROW, larger, failed])
    assert "3 projects, 3 mended; of these 1 do not build, 1 are smaller, 1 larger; -1,900 bytes saved in all" in text
    lines = text.splitlines()
    assert lines[1].split()[-8:] == ["0>1000", "yes", "yes", "no>yes", "1>0", "+100", "1", "ok"]
    assert "-2,000" in lines[2]
    assert "yes>NO" in lines[3]
    assert lines[3].endswith("FAILED")
    assert "failed: does not build once mended: exit code: 1" in lines


def test_projects_have_names_of_their_own() -> None:
    names = [project.name for project in PROJECTS]
    assert len(set(names)) == len(names)
    assert all(name == name.lower() and name.replace("-", "").isalnum() for name in names)

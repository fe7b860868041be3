"""What dockerfile-debian-frontend mends, reports, and leaves alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from docker_hooks.dockerfile_debian_frontend import HOOK_RULES, ID, check, main
from docker_hooks.run import Hook, found
from tests.mends import findings_of, mended, subject_of

HOOK = Hook(ID, check, HOOK_RULES)
SET = "ENV DEBIAN_FRONTEND=noninteractive"
ARG = "ARG DEBIAN_FRONTEND=noninteractive"

REWRITE = {
    "in the file's own casing, where a stage inherited it": (
        f"from debian as a\nenv {SET[4:]}\nfrom a\nrun apt-get install -y x\n",
        f"from debian as a\narg {ARG[4:]}\nfrom a\narg {ARG[4:]}\nrun apt-get install -y x\n",
    ),
    "alone": (f"FROM debian\n# don't ask\n{SET}\nRUN x\n", f"FROM debian\n# don't ask\n{ARG}\nRUN x\n"),
    "legacy form": ("FROM debian\nENV DEBIAN_FRONTEND noninteractive\n", f"FROM debian\n{ARG}\n"),
    "legacy form, continued": ("FROM debian\nENV DEBIAN_FRONTEND \\\n  noninteractive\n", f"FROM debian\n{ARG}\n"),
    "legacy form, quoted": (
        'FROM debian\nENV  DEBIAN_FRONTEND\t"noninteractive"  \n',
        'FROM debian\nARG DEBIAN_FRONTEND="noninteractive"  \n',
    ),
    "quoted": (
        "FROM debian\nENV DEBIAN_FRONTEND='noninteractive'\n",
        "FROM debian\nARG DEBIAN_FRONTEND='noninteractive'\n",
    ),
    "lower case": (
        "from debian\nenv DEBIAN_FRONTEND=noninteractive\n",
        "from debian\narg DEBIAN_FRONTEND=noninteractive\n",
    ),
    "indented": (f"FROM debian\n  {SET}\n", f"FROM debian\n  {ARG}\n"),
    "first of a line": (f"FROM debian\n{SET} A=1 B=2\n", f"FROM debian\n{ARG}\nENV A=1 B=2\n"),
    "amid a line": (
        'FROM debian\nENV A="x y" DEBIAN_FRONTEND=noninteractive B=2\n',
        f'FROM debian\n{ARG}\nENV A="x y" B=2\n',
    ),
    "last of a line": (
        "FROM debian\nENV A=1 DEBIAN_FRONTEND=noninteractive\n",
        f"FROM debian\n{ARG}\nENV A=1\n",
    ),
    "first of several lines": (
        f"FROM debian\n# settings\n{SET} \\\n    A=1 \\\n    # two\n    B=2\n",
        f"FROM debian\n{ARG}\n# settings\nENV A=1 \\\n    # two\n    B=2\n",
    ),
    "first of several lines, with a comment behind": (
        f"FROM debian\n{SET} \\\n    # one\n    A=1\n",
        f"FROM debian\n{ARG}\nENV \\\n    # one\n    A=1\n",
    ),
    "a line of its own behind the keyword's": (
        "FROM debian\nENV \\\n    DEBIAN_FRONTEND=noninteractive \\\n    A=1\n",
        f"FROM debian\n{ARG}\nENV \\\n    A=1\n",
    ),
    "amid several lines, with comments": (
        "FROM debian\nENV A=1 \\\n    # don't ask\n    DEBIAN_FRONTEND=noninteractive \\\n    # two\n    B=2\n",
        f"FROM debian\n{ARG}\nENV A=1 \\\n    # don't ask\n    # two\n    B=2\n",
    ),
    "amid several lines, not alone on its own": (
        "FROM debian\nENV A=1 DEBIAN_FRONTEND=noninteractive \\\n    B=2\n",
        f"FROM debian\n{ARG}\nENV A=1 B=2\n",
    ),
    "amid several lines, not alone, with a comment behind": (
        "FROM debian\nENV A=1 DEBIAN_FRONTEND=noninteractive \\\n    # two\n    B=2\n",
        f"FROM debian\n{ARG}\nENV A=1 \\\n    # two\n    B=2\n",
    ),
    "last of several lines": (
        "FROM debian\nENV A=1 \\\n    B=2 \\\n    DEBIAN_FRONTEND=noninteractive\n",
        f"FROM debian\n{ARG}\nENV A=1 \\\n    B=2\n",
    ),
    "another escape character": (
        "# escape=`\nFROM debian\nENV A=1 `\n    DEBIAN_FRONTEND=noninteractive\n",
        f"# escape=`\nFROM debian\n{ARG}\nENV A=1\n",
    ),
    "twice": (f"FROM debian\n{SET}\nRUN x\n{SET}\n", f"FROM debian\n{ARG}\nRUN x\n{ARG}\n"),
    "a stage builds on it and runs apt": (
        f"FROM debian AS base\n{SET}\nRUN apt-get update\nFROM base\n# tools\nRUN apt-get install -y x\n",
        f"FROM debian AS base\n{ARG}\nRUN apt-get update\nFROM base\n{ARG}\n# tools\nRUN apt-get install -y x\n",
    ),
    "a stage builds on it and runs no apt": (
        f"FROM debian AS base\n{SET}\nFROM base\nRUN pip install x\n",
        f"FROM debian AS base\n{ARG}\nFROM base\nRUN pip install x\n",
    ),
    "a stage builds on it by another stage": (
        f"FROM debian AS a\n{SET}\nFROM a AS b\nFROM b\nRUN dpkg -i x.deb\n",
        f"FROM debian AS a\n{ARG}\nFROM a AS b\nFROM b\n{ARG}\nRUN dpkg -i x.deb\n",
    ),
    "stages build on it and set it themselves": (
        f"FROM debian AS a\n{SET}\nFROM a AS b\n{ARG}\nRUN apt-get install -y x\nFROM a\nRUN y\n{SET}\nRUN ./x.sh\n",
        f"FROM debian AS a\n{ARG}\nFROM a AS b\n{ARG}\nRUN apt-get install -y x\nFROM a\nRUN y\n{ARG}\nRUN ./x.sh\n",
    ),
    "a stage that the image lacks builds on it": (
        f"FROM debian AS a\n{SET}\nFROM a AS b\nRUN <<EOF\napt-get install -y x\nEOF\nFROM a\nRUN y\n",
        f"FROM debian AS a\n{ARG}\nFROM a AS b\n{ARG}\nRUN <<EOF\napt-get install -y x\nEOF\nFROM a\nRUN y\n",
    ),
    "a stage builds on it and names it": (
        f"FROM debian AS a\n{SET}\nFROM a\nENV A=$DEBIAN_FRONTEND\n",
        f"FROM debian AS a\n{ARG}\nFROM a\n{ARG}\nENV A=$DEBIAN_FRONTEND\n",
    ),
    "an ARG before": (f"FROM debian\n{ARG}\nRUN x\n{SET}\n", f"FROM debian\n{ARG}\nRUN x\n{ARG}\n"),
}


@pytest.mark.parametrize(("before", "after"), REWRITE.values(), ids=REWRITE)
def test_mends(before: str, after: str) -> None:
    assert mended(HOOK, before) == after


NOOP = {
    "none": "FROM debian\nRUN apt-get update && apt-get install -y x\n",
    "an ARG": f"FROM debian\n{ARG}\nRUN apt-get install -y x\n",
    "for one command": "FROM debian\nRUN DEBIAN_FRONTEND=noninteractive apt-get install -y x\n",
    "set back to nothing": f"FROM debian\n{SET}\nRUN apt-get install -y x\nENV DEBIAN_FRONTEND=\n",
    "set back to newt": f"FROM debian\n{SET}\nRUN apt-get install -y x\nENV DEBIAN_FRONTEND newt\n",
    "set back to dialog": f'FROM debian\n{SET}\nRUN apt-get install -y x\nENV A=1 DEBIAN_FRONTEND="dialog"\n',
    "set back by the stage that builds on it": f"FROM debian AS a\n{SET}\nFROM a\nENV DEBIAN_FRONTEND=readline\n",
    "a stage that the image lacks": f"FROM debian AS a\n{SET}\nFROM debian\nCOPY --from=a /x /x\n",
    "another variable": "FROM debian\nENV DEBIAN_FRONTEND_X=noninteractive\n",
    "a value that isn't known": "FROM debian\nARG F\nENV DEBIAN_FRONTEND=$F\n",
    "a pragma": f"FROM debian\n# docker-hooks: ignore=dockerfile-debian-frontend for those who build on it\n{SET}\n",
}


@pytest.mark.parametrize("text", NOOP.values(), ids=NOOP)
def test_is_silent(text: str) -> None:
    assert found(HOOK, subject_of(text)) == []


REPORT = {
    "a comment above the last variable": (
        "FROM debian\nENV A=1 \\\n    # don't ask\n    DEBIAN_FRONTEND=noninteractive\n",
        "a comment above its last variable",
    ),
    "a comment within": ("FROM debian\nENV DEBIAN_FRONTEND \\\n# don't ask\n  noninteractive\n", "comments in it"),
    "used by its neighbours": (
        "FROM debian\nENV DEBIAN_FRONTEND=noninteractive A=$DEBIAN_FRONTEND\n",
        "its other variables use it",
    ),
    "a value of variables": (
        "FROM debian\nARG F=noninteractive\nENV DEBIAN_FRONTEND=$F\n",
        "line 3 sets it in another way",
    ),
    "set back and set again": (
        f"FROM debian\nENV DEBIAN_FRONTEND=newt\n{SET}\n",
        "line 2 sets it in another way",
    ),
    "apt when the image runs": (f"FROM debian\n{SET}\nCMD apt-get install -y x\n", "line 3 may install packages"),
    "apt in images that build on it": (f"FROM debian\n{SET}\nONBUILD RUN apt-get install -y x\n", "line 3 may install"),
    "apt when the image of a stage that builds on it runs": (
        f'FROM debian AS a\n{SET}\nFROM a\nENTRYPOINT ["apt-get", "install"]\n',
        "line 4 may install",
    ),
}


@pytest.mark.parametrize(("text", "words"), REPORT.values(), ids=REPORT)
def test_reports(text: str, words: str) -> None:
    (finding,) = findings_of(check, text)
    assert words in finding.advice
    assert not finding.edits
    assert mended(HOOK, text) == text


def test_says_that_other_stages_get_it() -> None:
    text = f"FROM debian AS a\n{SET}\nFROM a AS b\nRUN apt-get install x\nFROM a\nRUN apt-get install y\n"
    (finding,) = findings_of(check, text)
    assert finding.line == 2
    assert mended(HOOK, text).count("ARG DEBIAN_FRONTEND") == 3
    assert finding.done == "it is an ARG, also in what builds on this stage and needs it"


def test_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "Dockerfile"
    path.write_text(f"FROM debian\n{SET}\n")
    assert main(["--check", str(path)]) == 1
    assert f"{path}:2: ENV DEBIAN_FRONTEND stays in the image" in capsys.readouterr().out
    assert main([str(path)]) == 1
    assert path.read_text() == f"FROM debian\n{ARG}\n"
    assert main([str(path)]) == 0

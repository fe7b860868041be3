"""What dockerfile-syntax says of files that Docker rejects, and the one thing that it mends."""

from __future__ import annotations

import json
from pathlib import Path

import dockerfile as official
import pytest

from docker_hooks.dockerfile.reader import Rejected
from docker_hooks.dockerfile_syntax import check, findings, main, mended
from docker_hooks.run import accepted, said
from tests.mends import findings_of

REWRITE = {
    "a continued line": ("RUN a && \\\\\n    b\n", "RUN a && \\\n    b\n"),
    "several": ("RUN a \\\\\n  b \\\\\n  c\nRUN d \\\\\n  e\n", "RUN a \\\n  b \\\n  c\nRUN d \\\n  e\n"),
    "blanks behind": ("RUN a \\\\ \t\n  b\n", "RUN a \\ \t\n  b\n"),
    "nothing before": ("RUN a \\\\\n\\\\\n  b\n", "RUN a \\\n\\\n  b\n"),
    "comments and empty lines between": ("RUN a \\\\\n# why\n\n  b\n", "RUN a \\\n# why\n\n  b\n"),
    "ENV": ("ENV A=b \\\\\n    C=d\n", "ENV A=b \\\n    C=d\n"),
    "one of each": ("RUN a \\\\\n  b \\\n  c\n", "RUN a \\\n  b \\\n  c\n"),
    "HEALTHCHECK": (
        "HEALTHCHECK --interval=5m --timeout=3s \\\\\n  CMD curl x\n",
        "HEALTHCHECK --interval=5m --timeout=3s \\\n  CMD curl x\n",
    ),
    "HEALTHCHECK alone": ("HEALTHCHECK \\\\\nCMD curl x\n", "HEALTHCHECK \\\nCMD curl x\n"),
    # A heredoc's text and a comment are nobody's to change.
    "a heredoc": ("RUN <<EOF\na \\\\\n  b\nEOF\nRUN c \\\\\n  d\n", "RUN <<EOF\na \\\\\n  b\nEOF\nRUN c \\\n  d\n"),
    "a comment": ("# a \\\\\nRUN a \\\\\n  b\n", "# a \\\\\nRUN a \\\n  b\n"),
    # Docker reads `add x y` as an instruction, so that nothing shows which is meant.
    "an instruction below": ("RUN a \\\\\n  b\nRUN git \\\\\n  add x y\n", "RUN a \\\n  b\nRUN git \\\\\n  add x y\n"),
}


@pytest.mark.parametrize(("before", "after"), REWRITE.values(), ids=REWRITE)
@pytest.mark.parametrize("form", ["{}", "\ufeff{}", "# syntax=docker/dockerfile:1\n{}"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_mends(before: str, after: str, form: str, newline: str) -> None:
    for tail in ("\n", ""):
        text, wanted = (
            form.format(f"FROM alpine\n{part}").rstrip("\n").replace("\n", newline) + tail.replace("\n", newline)
            for part in (before, after)
        )
        result = mended(text)
        assert result.text == wanted
        assert not result.left
        assert len(result.fixed) == 1
        official.parse_string(result.text.removeprefix("\ufeff"))
        assert mended(wanted).fixed == ()


LEFT = {
    "what Docker accepts": "RUN a \\\\\nRUN b\n",
    "what Docker accepts, otherwise than meant": "RUN git \\\\\n  add x y\n",
    "a HEALTHCHECK that has its command": "HEALTHCHECK CMD a \\\\\nCMD b\n",
    "the end of a heredoc's line": "RUN <<EOF\na \\\\\nb\nEOF\n",
}


@pytest.mark.parametrize("text", LEFT.values(), ids=LEFT)
def test_leaves_what_docker_accepts(text: str) -> None:
    assert mended(f"FROM alpine\n{text}").text == f"FROM alpine\n{text}"
    assert findings(f"FROM alpine\n{text}") == []
    assert findings_of(check, f"FROM alpine\n{text}") == []


NOT_MENDED = {
    "another fault": "FROM alpine\nRUN a \\\\\n  b\nRUM c\n",
    "a word that is an instruction": "FROM alpine\nRUN pip install \\\\\n  user\n",
    "three backslashes": "FROM alpine\nRUN a \\\\\\\n  b\n",
    "four backslashes": "FROM alpine\nRUN a \\\\\\\\\n  b\n",
    "backslashes that continue nothing here": "# escape=`\nFROM alpine\nRUN a \\\\\n  b\n",
}


@pytest.mark.parametrize("text", NOT_MENDED.values(), ids=NOT_MENDED)
def test_reports_what_it_cannot_mend(text: str) -> None:
    result = mended(text)
    assert result.text == text
    assert not result.fixed
    (finding,) = result.left
    assert "Docker rejects this file: " in finding.message


# The text, the line, and what is said: for each message of the reader's and of dockerfile/rules.py, with its causes.
REJECTED = {
    "empty": ("", 1, "the file is empty"),
    "empty lines": ("\n\n", 2, "the file is empty"),
    "comments": ("# x\n", 1, "holds nothing but comments"),
    "a long line": (f"FROM a\nRUN {'x' * 70000}\n", 2, "longer than 65,535 bytes"),
    "a directive twice": ("# syntax=a\n# syntax=b\nFROM a\n", 2, "# syntax= stands here twice"),
    "a wrong directive": ("# escape=x\nFROM a\n", 1, "knows \\ and ` alone"),
    "numbers in an array": ('FROM a\nCMD ["a", 1]\n', 2, "put each word in double quotes"),
    "an array of arrays": ('FROM a\nRUN [["a"]]\n', 2, "something else than strings"),
    "a heredoc without its end": ("FROM a\nRUN <<EOF\nx\n", 2, "end it with a line that holds nothing but EOF"),
    "blanks before its end": ("FROM a\nRUN <<EOF\nx\n  EOF\n", 2, "in line 4 blanks stand before EOF"),
    "blanks behind its end": ("FROM a\nRUN <<EOF\nx\nEOF  \n", 2, "in line 4 more than EOF stands on the line"),
    "blanks before its end in quotes": ("FROM a\nRUN <<-'E'\nx\n  E\n", 2, "in line 4 blanks stand before E"),
    "the second of two heredocs": ("FROM a\nCOPY <<A <<B /x\nA\nA\n", 2, "the heredoc B has no end"),
    "a heredoc on the second line": ("FROM a\nRUN cat \\\n  <<EOF\nx\n", 2, "the heredoc EOF has no end"),
    "a shift": ("FROM a\nRUN x=$((1 << 2))\n", 2, "put it in quotes if it isn't meant so"),
    "ENV without value": ("FROM a\nENV A\n", 2, "write ENV A=value, or ARG A"),
    "LABEL without value": ("FROM a\nLABEL a\n", 2, "write LABEL a=value"),
    "ENV of two backslashes": ("FROM a\nENV \\\\\n", 2, "more than one backslash"),
    "a value with blanks": ("FROM a\nENV A=x y\n", 2, 'ENV NAME="two words"'),
    "a comment behind ENV": ("FROM a\nENV A=x # why\n", 2, "a comment can't stand behind an instruction"),
    "typographic quotes": ("FROM a\nLABEL a=“x y”\n", 2, "typographic"),
    "ENV on two lines, doubled, and more": ("FROM a\nENV A=b \\\\\n  C=d\nX\n", 2, "more than one backslash"),
    "no FROM": ("RUN a\n", 1, "begin with the image to build on"),
    "no FROM behind ARG": ("ARG A=b\n", 1, "begin with the image to build on"),
    "before FROM": ("ARG A\nRUN a\nFROM b\n", 2, "only ARG may stand there"),
    "a comment behind FROM": ("FROM a # why\n", 1, "a comment stands behind FROM"),
    "no stage name": ("FROM a AS\n", 1, "lacks the name of the stage"),
    "no image": ("FROM\n", 1, "FROM names no image"),
    "a blank in FROM": ("FROM python 3.13\n", 1, "write FROM image, or FROM image AS name"),
    "a bad stage name": ("FROM a AS 1b\n", 1, "use letters, digits, - _ and . behind a letter"),
    "COPY without destination": ("FROM a\nCOPY b\n", 2, "write COPY source destination"),
    "ADD of nothing": ("FROM a\nADD\n", 2, "ADD names no destination"),
    "a heredoc as destination": ("FROM a\nCOPY b <<EOF\nEOF\n", 2, "write COPY <<EOF destination"),
    "ENV without name": ("FROM a\nENV =b\n", 2, "ENV has nothing before a ="),
    "LABEL without name": ("FROM a\nLABEL a= =b\n", 2, "LABEL has nothing before a ="),
    "ARG without name": ("FROM a\nARG =b\n", 2, "ARG has nothing before a ="),
    "an empty VOLUME": ('FROM a\nVOLUME [""]\n', 2, "VOLUME names an empty path"),
    "SHELL of nothing": ("FROM a\nSHELL\n", 2, "SHELL names no shell"),
    "SHELL of words": ("FROM a\nSHELL /bin/bash -c\n", 2, "SHELL is no JSON array"),
    "ENV of nothing": ("FROM a\nENV\n", 2, "ENV has nothing behind it"),
    "LABEL of nothing": ("FROM a\nLABEL\n", 2, "LABEL has nothing behind it"),
    "ARG of nothing": ("FROM a\nARG\n", 2, "ARG has nothing behind it"),
    "EXPOSE of nothing": ("FROM a\nEXPOSE\n", 2, "EXPOSE has nothing behind it"),
    "VOLUME of nothing": ("FROM a\nVOLUME\n", 2, "VOLUME has nothing behind it"),
    "HEALTHCHECK of nothing": ("FROM a\nHEALTHCHECK\n", 2, "HEALTHCHECK has nothing behind it"),
    "MAINTAINER of nothing": ("FROM a\nMAINTAINER\n", 2, "MAINTAINER has nothing behind it"),
    "WORKDIR of nothing": ("FROM a\nWORKDIR\n", 2, "WORKDIR has nothing behind it"),
    "USER of nothing": ("FROM a\nUSER\n", 2, "say what it is for, or leave it out"),
    "STOPSIGNAL of nothing": ("FROM a\nSTOPSIGNAL\n", 2, "STOPSIGNAL has nothing behind it"),
    "ONBUILD of nothing": ("FROM a\nONBUILD\n", 2, "ONBUILD has nothing behind it"),
    "a word that is an instruction": ("FROM a\nRUN pip install\n  user\n", 3, "line 2 lacks a backslash at its end"),
    "a word that is one, below two": ("FROM a\nRUN x \\\\\n  user\n", 3, "line 2 ends in more than one backslash"),
    "ONBUILD twice": ("FROM a\nONBUILD ONBUILD RUN b\n", 2, "ONBUILD stands behind ONBUILD"),
    "ONBUILD FROM": ("FROM a\nONBUILD FROM b\n", 2, "FROM can't stand behind ONBUILD"),
    "ONBUILD MAINTAINER": ("FROM a\nONBUILD MAINTAINER b\n", 2, "MAINTAINER can't stand behind ONBUILD"),
    "HEALTHCHECK NONE and more": ("FROM a\nHEALTHCHECK NONE b\n", 2, "more stands behind HEALTHCHECK NONE"),
    "HEALTHCHECK of a command": ("FROM a\nHEALTHCHECK curl b\n", 2, "write HEALTHCHECK CMD command"),
    "HEALTHCHECK without command": ("FROM a\nHEALTHCHECK CMD\n", 2, "HEALTHCHECK CMD names no command"),
    "an unknown flag": ("FROM a\nCOPY --chwon=b c d\n", 2, "did you mean --chown?"),
    "a flag of COPY": ("FROM a\nADD --from=b c d\n", 2, "ADD knows no --from; COPY does"),
    "a flag of nobody's": ("FROM a\nRUN --verbose b\n", 2, "it knows --mount, --network"),
    "a flag where there are none": ("FROM a\nENV --b c=d\n", 2, "ENV takes no flags"),
    "an option as CMD": ("FROM a\nCMD --port 80\n", 2, 'write CMD ["--port", ...]'),
    "a flag twice": ("FROM a\nCOPY --chown=b --chown=c d e\n", 2, "--chown stands here twice"),
    "a flag without value": ("FROM a\nCOPY --chown b c d\n", 2, "write --chown=value, with = and no blank"),
    "a flag that is neither": ("FROM a\nCOPY --link=maybe b c\n", 2, "--link is either true or false"),
    # Unknown instructions, by their likely causes.
    "a typing error": ("FROM a\nRUM b\n", 2, "did you mean RUN?"),
    "another": ("FORM a\n", 1, "did you mean FROM?"),
    "one of a long word": ("FROM a\n  entrypont b\n", 2, "did you mean ENTRYPOINT?"),
    "no blank": ('FROM a\nCMD["b"]\n', 2, "put a blank behind CMD"),
    "a colon": ("FROM a\nRUN: b\n", 2, "put a blank behind RUN"),
    "a blank that is none": ("FROM a\nRUN\u00a0b\n", 2, "an invisible character"),
    "an invention": ("FROM a\nINCLUDE b\n", 2, "Docker knows ADD, ARG"),
    "two backslashes, and more": ("FROM a\nRUN b \\\\\n  c\n&& d\n", 3, "line 2 ends in more than one backslash"),
    "no backslash": ("FROM a\nRUN pip install \\\n  b\n  c\n", 4, "line 3 lacks a backslash at its end"),
    "no backslash before an option": ("FROM a\nRUN pip install b\n  --no-cache-dir\n", 3, "line 2 lacks a backslash"),
    "no backslash before &&": ("FROM a\nRUN b\n  && c\n", 3, "a line begins with &&; line 2 lacks a backslash"),
    "no backslash behind &&": ("FROM a\nRUN b &&\n  c\n", 3, "line 2 lacks a backslash"),
    "a comment behind the backslash": ("FROM a\nRUN b && \\ # why\n  c\n", 3, "not even a comment"),
    "an invisible character behind it": ("FROM a\nRUN b \\\u00a0\n  c\n", 3, "an invisible character stands behind"),
    "a slash": ("FROM a\nRUN b /\n  c\n", 3, "line 2 ends in /, but a \\ continues a line"),
    "a backtick": ("FROM a\nRUN b `\n  c\n", 3, "line 2 ends in `, but a \\ continues a line"),
    "a backslash, with a backtick": ("# escape=`\nFROM a\nRUN b \\\n  c\n", 4, "ends in \\, but a ` continues a line"),
    "a directive that comes too late": ("# x\n# escape=`\nFROM a\nRUN b `\n  c\n", 5, "but a \\ continues a line"),
    "a stray &&": ("FROM a\n&& b\n", 2, "take it away, or put RUN before it"),
    "an && in the first line": ("&& b\nFROM a\n", 1, "take it away"),
    "another language's comment": ("FROM a\n// why\n", 2, "write # instead"),
    "a heredoc of CMD": ("FROM a\nCMD <<EOF\nb\nEOF\n", 3, "only RUN, COPY and ADD know heredocs"),
    "a time without unit": ("FROM a\nHEALTHCHECK --interval=5 CMD b\n", 2, "such as --interval=30s"),
    "a unit that is none": ("FROM a\nHEALTHCHECK --timeout=5min CMD b\n", 2, "--timeout is given no time"),
    "a time too short": ("FROM a\nHEALTHCHECK --interval=10us CMD b\n", 2, "--interval is given no time"),
    "a time before now": ("FROM a\nHEALTHCHECK --start-period=-5s CMD b\n", 2, "--start-period is given no time"),
    "retries in words": ("FROM a\nHEALTHCHECK --retries=three CMD b\n", 2, "such as --retries=3"),
    "retries below 0": ("FROM a\nHEALTHCHECK --retries=-1 CMD b\n", 2, "--retries is given no number"),
    "a network that is none": ("FROM a\nRUN --network=bridge b\n", 2, "--network is default, none or host"),
    "a security that is none": ("FROM a\nRUN --security=no b\n", 2, "--security is insecure or sandbox"),
    "a merge conflict": ("FROM a\n<<<<<<< HEAD\nRUN b\n=======\nRUN c\n>>>>>>> d\n", 2, "merge conflict"),
    "what is left of one": ("FROM a\n=======\nRUN c\n", 2, "merge conflict"),
    "a template": ("FROM {{ base }}\nRUN b\n", 1, "Dockerfile.j2"),
    "a template's statement": ("FROM a\n{% if b %}\nRUN c\n{% endif %}\n", 2, "Dockerfile.j2"),
    "Markdown": ("```dockerfile\nFROM a\n```\n", 1, "Markdown"),
    "a compose file": ("services:\n  app:\n    image: a\n", 1, "this is no Dockerfile"),
    "a script": ("#!/bin/sh\nset -e\n", 2, "this is no Dockerfile"),
    "UTF-16": ("\udcff\udcfeF\0R\0O\0M\0", 1, "save it as UTF-8"),
    "UTF-16, without its mark": ("F\0R\0O\0M\0 \0a\0\n\0", 1, "save it as UTF-8"),
    "UTF-16, the other way round": ("\0F\0R\0O\0M\0 \0a\0\n", 1, "save it as UTF-8"),
    "a null byte": ("\0", 1, "nothing but null bytes"),
    "null bytes": ("\0" * 4096, 1, "nothing but null bytes"),
    "a null byte within a word": ("FR\0OM a\n", 1, "a null byte stands in line 1"),
    "a null byte at the beginning": ("\0FROM a\n", 1, "a null byte stands in line 1"),
    "a null byte further down": ("FROM a\nRU\0N b\n", 2, "a null byte stands in line 2"),
    "a null byte in a line of its own": ("FROM a\n\0\n", 2, "a null byte stands in line 2"),
    "a null byte elsewhere": ("FROM a\0b\nRUM c\n", 2, "did you mean RUN?"),
    "carriage returns": ("FROM a\rRUN b\r", 1, "carriage returns alone"),
    "a value": (f"FROM a\nRUN b\nTOKEN={'s3cret' * 9}\n", 3, "TOKEN is no instruction"),
    "a long word": (f"FROM a\nRUN b\n  {'s3cret' * 9}\n", 3, "s3crets3cret... is no instruction"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "line", "words"), REJECTED.values(), ids=REJECTED)
def test_explains(text: str, line: int, words: str) -> None:
    (finding,) = findings(text)
    assert finding.line == line
    assert said(finding).startswith("Docker rejects this file: ")
    assert words in said(finding)
    assert "s3cret" * 3 not in said(finding)
    assert not finding.edits
    with pytest.raises(Rejected) as rejected:
        accepted(text)
    assert rejected.value.message not in said(finding)


@pytest.mark.parametrize(
    "text",
    [
        "HEALTHCHECK --interval=1.5m30s --timeout=500ms --start-period=0 --start-interval=+1h --retries=+3 CMD b\n",
        f"HEALTHCHECK --interval= --timeout=.5s --retries=0 CMD b\nHEALTHCHECK --timeout={'1' * 60000} CMD b\n",
        "HEALTHCHECK --interval=5 NONE\nRUN --network=none b\nRUN --network=host --security=insecure b\n",
    ],
)
def test_accepts_values_of_flags(text: str) -> None:
    assert findings(f"FROM a\n{text}") == []


def test_another_frontend_may_know_other_networks() -> None:
    assert findings("# syntax=example.com/frontend\nFROM a\nRUN --network=bridge b\n") == []


ARTICLE = """\
FROM python:3.11-slim

ENV PYTHONUNBUFFERED 1

# Add library dependencies
RUN apt-get update && \\\\
    apt-get install --no-install-recommends -y gcc libc-dev

RUN apt-get clean autoclean && apt-get autoremove --yes && \\\\
    rm -rf /var/lib/apt/lists/*

CMD ["python3"]
"""


def test_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "Dockerfile"
    path.write_text(ARTICLE)
    message = (
        f"{path}:6: {{}}Docker rejects this file: 2 lines from here on end in two backslashes, as copied out of a "
        "rendered page{}\n"
    )
    assert main(["--check", str(path)]) == 1
    assert capsys.readouterr().out == message.format("", "; can be mended: one is left")
    assert path.read_text() == ARTICLE
    assert main([str(path)]) == 1
    assert capsys.readouterr().out == message.format("fixed: ", ": one is left")
    assert path.read_text() == ARTICLE.replace("\\\\\n", "\\\n")
    assert main([str(path)]) == 0
    assert capsys.readouterr().out == ""


def test_says_what_ends_a_build(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "Dockerfile"
    path.write_text(f"{ARTICLE}EXPOSE 80, 81\n# hadolint ignore=DL3011\nEXPOSE 80000\n")
    assert main([str(path)]) == 1
    mended_line, exposed = capsys.readouterr().out.splitlines()
    assert ": fixed: " in mended_line
    assert exposed == f"{path}:13: the build of this stage fails: EXPOSE 80, is no port; leave out the commas"
    text = path.read_text()
    assert main(["--check", str(path)]) == 1
    assert capsys.readouterr().out.count(":13: the build of this stage fails: ") == 1
    assert path.read_text() == text


def test_explains_all_that_the_conformance_vectors_hold() -> None:
    vectors = Path(__file__).parents[2] / "shared" / "conformance" / "dockerfile.json"
    if not vectors.is_file():
        pytest.skip("the vectors aren't here")
    texts = [vector["dockerfile"] for vector in json.loads(vectors.read_text("utf-8"))]
    messages = {text: message for text in texts if (message := _rejection(text))}
    assert len(messages) > 5
    for text, message in messages.items():
        (finding,) = findings(text)
        assert message not in finding.message


def _rejection(text: str) -> str:
    """What BuildKit says of a text; "" where it accepts it."""
    try:
        accepted(text)
    except Rejected as rejected:
        return rejected.message
    return ""


def test_the_article_itself() -> None:
    article = Path(__file__).parents[2] / "shared" / "article.md"
    if not article.is_file():
        pytest.skip("the article isn't here")
    text = article.read_text("utf-8").partition("```dockerfile\n")[2].partition("```")[0]
    result = mended(text)
    assert result.text == text.replace("\\\\\n", "\\\n") != text
    accepted(result.text)


def test_a_missing_file_and_a_link_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    inside = tmp_path / "inside"
    (inside / ".git").mkdir(parents=True)
    (tmp_path / "Dockerfile").write_text(ARTICLE)
    (inside / "Dockerfile").symlink_to(tmp_path / "Dockerfile")
    assert main([str(inside / "Dockerfile"), str(inside / "nothing")]) == 1
    output = capsys.readouterr().out
    assert "not mended: it is a link that leads out of the repository" in output
    assert "can't be read" in output
    assert (tmp_path / "Dockerfile").read_text() == ARTICLE

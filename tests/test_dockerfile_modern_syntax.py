"""What dockerfile-modern-syntax mends, reports, and leaves alone."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from docker_hooks.dockerfile.lexer import LexError, lex
from docker_hooks.dockerfile.reader import Rejected
from docker_hooks.dockerfile_modern_syntax import HOOK_RULES, ID, check, main
from docker_hooks.run import Hook, found, mend
from tests.mends import findings_of, mended, subject_of

HOOK = Hook(ID, check, HOOK_RULES)
PYTHON = "FROM python:3.13-slim\n"
AUTHORS = "LABEL org.opencontainers.image.authors"

REWRITE = {
    "a word": ("ENV A b", "ENV A=b"),
    "more blanks": ("ENV  A \t b ", "ENV  A=b "),
    "a keyword in lower case": ("env A b", "env A=b"),
    "blanks": ("ENV A x y", 'ENV A="x y"'),
    "double quotes": ('ENV A "x y"', 'ENV A="x y"'),
    "single quotes": ("ENV A 'x y'", "ENV A='x y'"),
    "quotes of nothing": ('ENV A ""', 'ENV A=""'),
    "quotes within": ('ENV A -D"x y"z', 'ENV A=-D"x y"z'),
    "quotes and blanks": ('ENV A x "y" z', 'ENV A="x y z"'),
    "quotes, blanks and a variable": ('ENV A "x $Y" z', 'ENV A="x $Y"\\ z'),
    "an escaped blank": ("ENV A a\\ b", "ENV A=a\\ b"),
    "an escaped blank and another": ("ENV A a\\ b c", 'ENV A="a b c"'),
    "an escaped quote": ("ENV A it\\'s so", 'ENV A="it\'s so"'),
    "both quotes": ('ENV A \\"it\\\'s\\" so', 'ENV A="\\"it\'s\\" so"'),
    "a backslash": ("ENV A C:\\\\x y", 'ENV A="C:\\\\x y"'),
    "a variable": ("ENV A /x:$A", "ENV A=/x:$A"),
    "a variable and blanks": ("ENV A $B ${C:-d e}", 'ENV A="$B ${C:-d e}"'),
    "an escaped variable": ("ENV A \\$B c", 'ENV A="\\$B c"'),
    "a number sign": ("ENV A #fff #000", 'ENV A="#fff #000"'),
    "an equals sign within": ("ENV A b=c d=e", 'ENV A="b=c d=e"'),
    "JSON without its quotes": ('ENV A {"b": 1}', 'ENV A="{b: 1}"'),
    "several lines": ("ENV A x \\\n    y \\\n    z", 'ENV A="x \\\n    y \\\n    z"'),
    "a comment in several lines": ("ENV A x \\\n# why\n  y", 'ENV A="x \\\n# why\n  y"'),
    "a value on the next line": ("ENV A \\\n  b", "ENV A=b"),
    "a value that a line ends in": ("ENV A b\\\nc", "ENV A=b\\\nc"),
    "LABEL": ("LABEL maintainer me <me@example.com>", 'LABEL maintainer="me <me@example.com>"'),
    "LABEL in quotes": ('LABEL maintainer "me"', 'LABEL maintainer="me"'),
    "a trigger": ("ONBUILD ENV A b c", 'ONBUILD ENV A="b c"'),
    "MAINTAINER": ("MAINTAINER Me <me@example.com>", f'{AUTHORS}="Me <me@example.com>"'),
    "maintainer": ("maintainer me", 'label org.opencontainers.image.authors="me"'),
    # No quote of MAINTAINER's, and no $, is anything but a character.
    "MAINTAINER in quotes": ('MAINTAINER "Me" <me@example.com>', f"{AUTHORS}='\"Me\" <me@example.com>'"),
    "MAINTAINER with an apostrophe": ("MAINTAINER O'Me", f'{AUTHORS}="O\'Me"'),
    "MAINTAINER with both": ('MAINTAINER O\'Me "x" $y \\ z', f'{AUTHORS}="O\'Me \\"x\\" \\$y \\\\ z"'),
    "MAINTAINER with a dollar": ("MAINTAINER a$b", f"{AUTHORS}='a$b'"),
    "MAINTAINER on two lines": ("MAINTAINER a, \\\n  b", f'{AUTHORS}="a,   b"'),
    "two MAINTAINERs": ("MAINTAINER a\nMAINTAINER b", f'{AUTHORS}="a"\n{AUTHORS}="b"'),
    "ADD of a file": ("ADD main.py /app/", "COPY main.py /app/"),
    "ADD of a folder": ("ADD  .  /app", "COPY  .  /app"),
    "add": ("add a b /c/", "copy a b /c/"),
    "ADD of a zip file, which isn't unpacked": ("ADD x.zip /", "COPY x.zip /"),
    "ADD with flags": ("ADD --chown=a:b --chmod=644 --link x.py /", "COPY --chown=a:b --chmod=644 --link x.py /"),
    "ADD in JSON form": ('ADD ["a b", "/c d/"]', 'COPY ["a b", "/c d/"]'),
    "ADD on several lines": ("ADD a \\\n  # why\n  b /c/", "COPY a \\\n  # why\n  b /c/"),
    "ADD of a pattern": ("ADD *.py requirements*.txt /app/", "COPY *.py requirements*.txt /app/"),
    "ADD of a heredoc": ("ADD <<EOF /x\nADD y /\nEOF", "COPY <<EOF /x\nADD y /\nEOF"),
    "ADD of a variable": ("ARG F=main.py\nADD $F /", "ARG F=main.py\nCOPY $F /"),
    "ADD by a trigger": ("ONBUILD ADD . /app", "ONBUILD COPY . /app"),
}


@pytest.mark.parametrize(("before", "after"), REWRITE.values(), ids=REWRITE)
def test_mends(before: str, after: str) -> None:
    assert mended(HOOK, f"{PYTHON}{before}\n") == f"{PYTHON}{after}\n"


def test_mends_with_the_escape_character_of_the_file() -> None:
    before = '# escape=`\nFROM x\nENV A C:\\x y\nENV B a` b\nENV C a`"b c\nMAINTAINER `me` x\n'
    after = '# escape=`\nFROM x\nENV A="C:\\x y"\nENV B=a` b\nENV C=\'a"b c\'\n' + f"{AUTHORS}='`me` x'\n"
    assert mended(HOOK, before) == after


def test_bytes_that_are_no_utf8_stay() -> None:
    text = mend(HOOK, subject_of(f"{PYTHON}MAINTAINER Ren\udce9\n")).text
    assert text == f'{PYTHON}{AUTHORS}="Ren\udce9"\n'


NOOP = {
    "ENV with =": "ENV A=b C='d e'",
    "LABEL with =": 'LABEL a="b c" d=e',
    "COPY": "COPY . /app",
    "ADD of a URL": "ADD https://example.com/x.py /app/",
    "ADD of a repository": "ADD git@example.com:me/it.git /app",
    "ADD of an archive": "ADD rootfs.tar.gz /",
    "ADD of an archive among files": "ADD a.py b.tgz /",
    "ADD of a pattern that may match archives": "ADD dist/* /dist/",
    "ADD of a pattern of archives": "ADD *.tar.* /",
    "ADD of a variable that isn't known": "ARG F\nADD $F /",
    "ADD of a variable that is an archive": "ARG F=x.tar\nADD $F /",
    "ADD of a variable that is a URL": "ENV U=https://example.com\nADD ${U}/x.py /",
    "ADD that checks": f"ADD --checksum=sha256:{'0' * 64} https://example.com/x.py /",
    "ADD that keeps": "ADD --keep-git-dir=true x /",
    "ADD that says whether to unpack": "ADD --unpack=false x /",
    "ADD of a variable by a trigger": "ARG F=x.py\nONBUILD ADD $F /",
    "silenced": "# hadolint ignore=DL3020\nADD . /app",
    "silenced by us": "# docker-hooks: ignore=dockerfile-modern-syntax old\nENV A b",
}


@pytest.mark.parametrize("text", NOOP.values(), ids=NOOP)
def test_is_silent(text: str) -> None:
    assert found(HOOK, subject_of(f"{PYTHON}{text}\n")) == []


REPORT = {
    "an = between blanks": ("ENV A = b", "the = behind ENV A is taken for the beginning of the value"),
    "an = behind a blank": ('LABEL maintainer ="me"', "without blanks around the ="),
    "a quote that isn't closed": ("ENV A it's me", "Docker can't read its value"),
    "a comment before the value": ("ENV A \\\n# why\n  b", "not mended: it would"),
    "a comment in MAINTAINER": ("MAINTAINER a \\\n# why\n  b", "not mended: it would"),
    "a label that is there": (f"MAINTAINER a\n{AUTHORS}=b", "leave it out, the image has a label"),
    "a keyword on two lines": ("AD\\\nD . /app", "write COPY"),
}


@pytest.mark.parametrize(("text", "words"), REPORT.values(), ids=REPORT)
def test_reports(text: str, words: str) -> None:
    result = mend(HOOK, subject_of(f"{PYTHON}{text}\n"))
    (finding,) = result.left
    assert words in f"{finding.message}; {finding.advice}"
    assert mended(HOOK, f"{PYTHON}{text}\n") == f"{PYTHON}{text}\n"


def test_a_label_of_the_stage_before_counts() -> None:
    text = f"FROM alpine AS a\n{AUTHORS}=b\nFROM a\nMAINTAINER c\n"
    (finding,) = findings_of(check, text)
    assert not finding.edits


def test_looks_into_files_that_are_there(tmp_path: Path) -> None:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as archive:
        archive.addfile(tarfile.TarInfo("x"))
    (tmp_path / "rootfs").write_bytes(content.getvalue())
    (tmp_path / "script").write_text("#!/bin/sh\n")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "inner.tar.gz").write_bytes(content.getvalue())
    text = f"{PYTHON}ADD rootfs /\nADD script /\nADD folder /folder\n"
    assert mended(HOOK, text, tmp_path) == f"{PYTHON}ADD rootfs /\nCOPY script /\nCOPY folder /folder\n"


class _Values:
    """Every variable has a value that shows its name."""

    def __init__(self, form: str) -> None:
        self.form = form

    def get(self, name: str) -> str | None:
        return self.form + name if self.form else None


def _values(text: str, form: str) -> list[str]:
    """What ENV and LABEL set in a file, as BuildKit would."""
    found = []
    for instruction in subject_of(text).dockerfile.instructions:
        if instruction.name in ("ENV", "LABEL"):
            found += [lex(value, _Values(form)).text for value in (instruction.arguments or ())[1::3]]
    return found


@settings(max_examples=400)
@given(st.text(alphabet="ab$A{}:-\"'\\#= \t<é", min_size=1, max_size=12), st.sampled_from(["ENV", "LABEL"]))
def test_every_value_stays_the_same(value: str, keyword: str) -> None:
    text = f"{PYTHON}{keyword} NAME {value}\n"
    try:
        before = [_values(text, form) for form in ("", "<", "x y")]
    except (Rejected, LexError):
        assume(False)
    after = mended(HOOK, text)
    assert [_values(after, form) for form in ("", "<", "x y")] == before


@settings(max_examples=200)
@given(st.text(alphabet="ab$A{}\"'\\#= \té<>@", min_size=1, max_size=12))
def test_every_maintainer_stays_the_same(value: str) -> None:
    text = f"{PYTHON}MAINTAINER {value}\n"
    try:
        (maintainer,) = subject_of(text).dockerfile.instructions[1].arguments or ("",)
    except Rejected:
        assume(False)
    assert _values(mended(HOOK, text), "x") == [maintainer]


def test_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "Dockerfile"
    path.write_text(f"{PYTHON}ENV A b\nADD . /app\n")
    assert main([str(path)]) == 1
    assert path.read_text() == f"{PYTHON}ENV A=b\nCOPY . /app\n"
    legacy = "ENV A is written without =, which Docker calls a legacy form"
    assert capsys.readouterr().out.splitlines() == [
        f"{path}:2: fixed: {legacy}: written ENV A=..., the same value",
        f"{path}:3: fixed: ADD of files that are neither downloaded nor unpacked: written COPY",
    ]
    assert main([str(path)]) == 0

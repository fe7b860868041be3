"""Where and how a further command is joined to the script of a RUN."""
# ruff: noqa: E501

from __future__ import annotations

import pytest

from docker_hooks.dockerfile.appending import appended
from docker_hooks.dockerfile.edits import Declared, proven
from docker_hooks.dockerfile.reader import read
from docker_hooks.dockerfile.script import script_of


def with_command(text: str) -> str | None:
    """The RUN with `new -x /y/*` appended, proven; None where it can't be."""
    head = "FROM scratch\r\n" if "\r\n" in text else "FROM scratch\n"
    dockerfile = read(head + text)
    edit = appended(dockerfile, script_of(dockerfile.instructions[1]), "new -x /y/*")
    if edit is None:
        return None
    after = proven(dockerfile, [edit], Declared(adds=("&&", "new", "-x", "/y/*")))
    return after.text.removeprefix(head)


LAYOUTS = {
    "one line": ("RUN a", "RUN a && new -x /y/*"),
    "one line of several commands": ("RUN a && b; c", "RUN a && b; c && new -x /y/*"),
    "operators at the end": ("RUN a && \\\n    b\n", "RUN a && \\\n    b && \\\n    new -x /y/*\n"),
    "operators at the beginning": ("RUN a \\\n && b\n", "RUN a \\\n && b \\\n && new -x /y/*\n"),
    "the last of two layouts": (
        "RUN a && b \\\n && c && \\\n  d\n",
        "RUN a && b \\\n && c && \\\n  d && \\\n  new -x /y/*\n",
    ),
    "two blanks": ("RUN a  && \\\n  b\n", "RUN a  && \\\n  b && \\\n  new -x /y/*\n"),
    "no blank": ("RUN a\\\n  && b\n", "RUN a\\\n  && b \\\n  && new -x /y/*\n"),
    "a word a line": ("RUN a \\\n    b \\\n    c\n", "RUN a \\\n    b \\\n    c \\\n    && new -x /y/*\n"),
    "tabs": ("RUN a \\\n\tb\n", "RUN a \\\n\tb \\\n\t&& new -x /y/*\n"),
    "comments between": (
        "RUN a \\\n    # why\n    b \\\n    # not c\n",
        "RUN a \\\n    # why\n    b \\\n    && new -x /y/* \\\n    # not c\n",
    ),
    "a comment behind an operator": ("RUN a && \\\n    # why\n    b\n", "RUN a && \\\n    # why\n    b \\\n    && new -x /y/*\n"),
    "a semicolon at the end": ("RUN a; b;\n", "RUN a; b && new -x /y/*;\n"),
    "a semicolon on its own line": ("RUN a; \\\n    b; \\\n    c\n", "RUN a; \\\n    b; \\\n    c \\\n    && new -x /y/*\n"),
    "white space at the end": ("RUN a  \n", "RUN a && new -x /y/*  \n"),
    "a compound command": ("RUN if a; then b; fi\n", "RUN if a; then b; fi && new -x /y/*\n"),
    "an alternative that is over": ("RUN a || b; c\n", "RUN a || b; c && new -x /y/*\n"),
    "an escaped semicolon at the end": ("RUN find -exec a {} \\;\n", "RUN find -exec a {} \\; && new -x /y/*\n"),
    "an escaped semicolon": ("RUN find -exec a {} \\; -print\n", "RUN find -exec a {} \\; -print && new -x /y/*\n"),
    "a heredoc": ("RUN <<EOF\na\nb\n\nEOF\n", "RUN <<EOF\na\nb && new -x /y/*\n\nEOF\n"),
    "a heredoc with its own joints": ("RUN <<EOF\na &&\n  b\nEOF\n", "RUN <<EOF\na &&\n  b &&\n  new -x /y/*\nEOF\n"),
    "CR LF": ("RUN a \\\r\n  b\r\n", "RUN a \\\r\n  b \\\r\n  && new -x /y/*\r\n"),
    "CR LF in a heredoc": ("RUN <<EOF\r\na\r\nEOF\r\n", "RUN <<EOF\r\na && new -x /y/*\r\nEOF\r\n"),
}  # fmt: skip


@pytest.mark.parametrize(("before", "after"), LAYOUTS.values(), ids=LAYOUTS)
def test_keeps_the_layout(before: str, after: str) -> None:
    assert with_command(before) == after


def test_knows_the_escape_character() -> None:
    dockerfile = read("# escape=`\nFROM scratch\nRUN a `\n  b\n")
    edit = appended(dockerfile, script_of(dockerfile.instructions[1]), "new")
    assert edit is not None
    assert edit.text == " `\n  && new"


@pytest.mark.parametrize(
    "text",
    [
        "RUN a || true\n",
        "RUN a && b || c\n",
        "RUN a &\n",
        "RUN a; exit 0\n",
        "RUN exec a\n",
        "RUN a # and nothing else\n",
        "RUN a && exit; b\n",
        "RUN case a in b) c;; esac\n",
        "RUN <<EOF\na\n# the end\nEOF\n",
    ],
)
def test_leaves_what_may_not_get_there(text: str) -> None:
    assert with_command(text) is None

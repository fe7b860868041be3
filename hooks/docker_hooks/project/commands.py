"""What is wrong with a command of a compose file: a shell that it does not need, or one that it needs and lacks."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Sequence

from docker_hooks.dockerfile.options import names
from docker_hooks.dockerfile.programs import SHELLS
from docker_hooks.dockerfile.regex import regex
from docker_hooks.dockerfile.shell import scan
from docker_hooks.dockerfile.values import NamedTuple
from docker_hooks.project.services import Words

_SHELLS = SHELLS | {"ksh"}
# What the shell does itself (the manuals of dash and bash), whether or not the image holds another program for it.
_BUILTINS = names(
    ". : [ alias bg break builtin cd command continue declare dirs echo eval exec exit export false fc fg getopts "
    "hash history jobs kill let local logout mapfile popd printf pushd pwd read readonly return set shift shopt "
    "source test time times trap true type typeset ulimit umask unalias unset wait"
)
_CHANGED_BY_SHELL = regex(r"[*?\[~]")


class Fault(NamedTuple):
    """What is wrong, and how to write it."""

    message: str
    advice: str


def fault(key: str, words: Words) -> Fault | None:
    """What is wrong with the `command` or `entrypoint` that consists of these words, if anything is for sure."""
    if words.left_out:
        return Fault(
            f"no shell reads a {key} that is a string: Compose leaves out what stands from {words.left_out[0]} on",
            'write ["sh", "-c", "..."] if it needs a shell, else put quotes around it',
        )
    if len(words.words) < 3 or not _is_shell(words.words[0]) or words.words[1] != "-c":
        return None
    script, *behind = words.words[2:]
    if "$" in script:
        return None
    if not behind:
        return _needless(key, script)
    if len(script.split()) != 1:
        return None
    return Fault(
        f"the shell runs {posixpath.basename(script)} without the words behind it: its script is one word",
        "put quotes around the whole script, or leave the shell out",
    )


def _needless(key: str, script: str) -> Fault | None:
    """A shell for a command of plain words, which are no business of a shell's."""
    plain = _plain_words(script)
    # A program alone may be one that the image's entrypoint would take for itself; a script without `#!` needs a shell.
    program = plain[0] if len(plain) > 1 else ""
    if not program or program in _BUILTINS or _is_shell(program) or "/" in program or program.endswith(".sh"):
        return None
    return Fault(
        f"a shell is started for {program}, which needs none",
        f"write {key}: {json.dumps(plain, ensure_ascii=False)}",
    )


def _plain_words(script: str) -> Sequence[str]:
    read = scan(script.strip())
    if read.reason or len(read.commands) != 1:
        return ()
    (command,) = read.commands
    if command.assignments or command.redirects or command.nesting or command.operator_before or command.operator_after:
        return ()
    plain = [word.value for word in command.words if word.value is not None and not _CHANGED_BY_SHELL.search(word.text)]
    return plain if len(plain) == len(command.words) else ()


def _is_shell(word: str) -> bool:
    return posixpath.basename(word) in _SHELLS

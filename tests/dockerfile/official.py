"""Holds our reader against PyPI's `dockerfile`: Go's official parser, of an older BuildKit."""

from __future__ import annotations

import json
from typing import Any

import dockerfile

from docker_hooks.dockerfile.reader import Dockerfile, Instruction, Rejected, read

_JSON_FORMS = ("RUN", "CMD", "ENTRYPOINT", "SHELL", "COPY", "ADD", "VOLUME")


def described(instruction: Instruction) -> tuple[Any, ...]:
    """An instruction as `dockerfile` describes one.

    Two things differ by its age: BuildKit has since taken a JSON form followed by other text for shell form, and
    keeps the separator of ENV and LABEL. `dockerfile` leaves out the flags of what ONBUILD holds.
    """
    holder = instruction.child or instruction
    arguments = holder.arguments or ()
    is_json = holder.json
    if holder.name in ("ENV", "LABEL"):
        arguments = tuple(word for index, word in enumerate(arguments) if index % 3 != 2)
    if not is_json and holder.name in _JSON_FORMS and holder.value.startswith("["):
        strings = _leading_json(holder.value)
        if strings is not None:
            arguments, is_json = strings, True
    heredocs = tuple((heredoc.name, heredoc.descriptor, heredoc.content) for heredoc in instruction.heredocs)
    child = instruction.child.keyword if instruction.child else None
    lines = (instruction.start_line, instruction.end_line)
    return (instruction.keyword or None, child, is_json, *lines, instruction.flags, arguments, heredocs)


def _leading_json(value: str) -> tuple[str, ...] | None:
    try:
        strings, _ = json.JSONDecoder().raw_decode(value)
    except (ValueError, RecursionError):
        return None
    return tuple(strings) if all(isinstance(string, str) for string in strings) else None


def ours(text: str) -> list[tuple[Any, ...]] | str:
    """What our reader makes of a text: the instructions, or why it rejects it."""
    try:
        return [described(instruction) for instruction in read(text).instructions]
    except Rejected as error:
        return error.message


def theirs(text: str) -> list[tuple[Any, ...]] | str:
    """The same of the official parser."""
    try:
        commands = dockerfile.parse_string(text)
    except dockerfile.GoParseError as error:
        return str(error)
    return [
        (
            command.cmd,
            command.sub_cmd,
            command.json,
            command.start_line,
            command.end_line,
            command.flags,
            command.value,
            tuple((heredoc.name, heredoc.file_descriptor, heredoc.content) for heredoc in command.heredocs),
        )
        for command in commands
    ]


def disagreement(text: str) -> str | None:
    """How the two differ on a text, or None."""
    own, official = ours(text), theirs(text)
    if isinstance(own, str) and isinstance(official, str):
        return None if own in official else f"{own!r} for {official!r}"
    if isinstance(own, str) or isinstance(official, str):
        return f"{own!r} for {official!r}"
    for mine, other in zip(own, official, strict=False):
        if mine != other:
            return f"{mine!r} for {other!r}"
    return None if len(own) == len(official) else f"{len(own)} instructions for {len(official)}"


def misplaced(dockerfile_read: Dockerfile) -> str | None:
    """A character of a joined line that does not stand where it is said to stand in the file, or None."""
    for instruction in dockerfile_read.instructions:
        joined = instruction.joined
        for offset, character in enumerate(joined.text):
            if dockerfile_read.text[joined.place(offset)] != character:
                return f"{instruction.keyword} at line {instruction.start_line}, character {offset}"
    return None

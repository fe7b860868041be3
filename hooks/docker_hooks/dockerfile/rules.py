"""What BuildKit rejects in a Dockerfile that its parser accepts (frontend/dockerfile/instructions/parse.go).

Unknown instructions and flags, missing arguments, bad stage names, instructions before the first FROM.
"""

from __future__ import annotations

from collections.abc import Mapping

from docker_hooks.dockerfile.reader import Dockerfile, Instruction, Rejected
from docker_hooks.dockerfile.regex import regex

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final


NAMES: Final = (
    "ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "MAINTAINER",
    "ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR",
)  # fmt: skip

_BOOLEAN, _ONE, _MANY = "boolean", "one", "many"
FLAGS: Final[Mapping[str, Mapping[str, str]]] = {
    "ADD": {
        "chown": _ONE, "chmod": _ONE, "link": _BOOLEAN, "keep-git-dir": _BOOLEAN, "checksum": _ONE,
        "unpack": _BOOLEAN, "exclude": _MANY,
    },
    "COPY": {
        "chown": _ONE, "from": _ONE, "chmod": _ONE, "link": _BOOLEAN, "exclude": _MANY, "parents": _BOOLEAN,
    },
    "FROM": {"platform": _ONE},
    "HEALTHCHECK": {
        "interval": _ONE, "timeout": _ONE, "start-period": _ONE, "start-interval": _ONE, "retries": _ONE,
    },
    "RUN": {"mount": _MANY, "network": _ONE, "security": _ONE, "device": _MANY},
}  # fmt: skip
_UNCHECKED_FLAGS: Final = ("ARG", "STOPSIGNAL")
_STAGE_NAME: Final = regex(r"[a-z][a-z0-9\-_.]*\Z")
_TIMES: Final = ("interval", "timeout", "start-period", "start-interval")
# As Go's time.ParseDuration takes it, in milliseconds.
_UNITS: Final = {"ns": 1e-6, "us": 1e-3, "\u00b5s": 1e-3, "\u03bcs": 1e-3, "ms": 1.0, "s": 1e3, "m": 6e4, "h": 3.6e6}
_TIME: Final = regex(rf"([0-9]+(?:\.[0-9]*)?|\.[0-9]+)({'|'.join(sorted(_UNITS, key=len, reverse=True))})")
_LONG: Final = 100
_CHOICES: Final = {"network": ("default", "none", "host"), "security": ("insecure", "sandbox")}
_HEREDOC_WORD: Final = regex(r"[0-9]*<<-?[\t\n\f\r ]*[^<\t\n\f\r ]+\Z")


def rejection(dockerfile: Dockerfile) -> Rejected | None:
    """The first thing for which Docker refuses to build the file, or None."""
    staged = False
    for instruction in dockerfile.instructions:
        message = _problem(instruction, dockerfile.directives)
        if message is None and not staged and instruction.name not in ("ARG", "FROM"):
            message = "no build stage in current context"
        if message is not None:
            return Rejected(instruction.start_line, message)
        staged = staged or instruction.name == "FROM"
    if not staged:
        return Rejected(dockerfile.instructions[-1].start_line, "dockerfile contains no stages to build")
    return None


def _problem(instruction: Instruction, directives: Mapping[str, str]) -> str | None:
    name = instruction.name
    if name not in NAMES:
        return f"unknown instruction: {instruction.keyword}"
    arguments = instruction.arguments or ()
    for message in (
        _arguments_problem(name, arguments, instruction),
        _flags_problem(name, instruction, directives),
        _values_problem(name, instruction, directives),
    ):
        if message is not None:
            return message
    return None


def _arguments_problem(name: str, arguments: tuple[str, ...], instruction: Instruction) -> str | None:
    if name in ("ENV", "LABEL", "EXPOSE", "VOLUME", "ARG", "HEALTHCHECK") and not arguments:
        return f"{name} requires at least one argument"
    if name == "ONBUILD":
        return _trigger_problem(instruction.child)
    if name in ("MAINTAINER", "WORKDIR", "USER", "STOPSIGNAL") and len(arguments) != 1:
        return f"{name} requires exactly one argument"
    if name in ("ADD", "COPY"):
        if len(arguments) < 2:
            return (
                f"{name} requires at least two arguments, but only one was provided. "
                "Destination could not be determined"
            )
        if not instruction.json and "<<" in arguments[-1] and _HEREDOC_WORD.match(arguments[-1]):
            return f"{name} cannot accept a heredoc as a destination"
    if name == "FROM":
        return _from_problem(arguments)
    if name in ("ENV", "LABEL") and any(not key for key in arguments[::3]):
        return f"{name} names can not be blank"
    if name == "ARG" and any(word.startswith("=") for word in arguments):
        return "ARG names can not be blank"
    if name == "VOLUME" and any(not volume.strip() for volume in arguments):
        return "VOLUME specified can not be an empty string"
    if name == "SHELL":
        if not arguments:
            return "SHELL requires at least one argument"
        if not instruction.json:
            return "SHELL requires the arguments to be in JSON form"
    if name == "HEALTHCHECK":
        return _healthcheck_problem(arguments)
    return None


def _trigger_problem(child: Instruction | None) -> str | None:
    if child is None:
        return "ONBUILD requires at least one argument"
    if child.name == "ONBUILD":
        return "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed"
    if child.name in ("MAINTAINER", "FROM"):
        return f"{child.name} isn't allowed as an ONBUILD trigger"
    return None


def _from_problem(arguments: tuple[str, ...]) -> str | None:
    if len(arguments) == 3 and arguments[1].lower() == "as":
        if not _STAGE_NAME.match(arguments[2].lower()):
            return f'invalid name for build stage: "{arguments[2]}", name can\'t start with a number or contain symbols'
        return None
    return None if len(arguments) == 1 else "FROM requires either one or three arguments"


def _healthcheck_problem(arguments: tuple[str, ...]) -> str | None:
    kind = arguments[0].upper()
    if kind == "NONE":
        return "HEALTHCHECK NONE takes no arguments" if len(arguments) > 1 else None
    if kind != "CMD":
        return f'Unknown type "{kind}" in HEALTHCHECK (try CMD)'
    return None if len(arguments) > 1 else "Missing command after HEALTHCHECK CMD"


def _flags_problem(name: str, instruction: Instruction, directives: Mapping[str, str]) -> str | None:
    """Flags are checked against those of docker/dockerfile:1; another frontend may know more."""
    if name in _UNCHECKED_FLAGS or (name == "HEALTHCHECK" and instruction.arguments == ("NONE",)):
        return None
    known = FLAGS.get(name, {})
    used: set[str] = set()
    for flag in instruction.flags:
        written, equals, value = flag.partition("=")
        kind = known.get(written[2:])
        if kind is None:
            if "syntax" in directives:
                continue
            return f"unknown flag: {written}"
        if written in used and kind != _MANY:
            return f"duplicate flag specified: {written}"
        used.add(written)
        if (kind != _BOOLEAN and not equals) or (kind == _BOOLEAN and equals and not value):
            return f"missing a value on flag: {written}"
        if kind == _BOOLEAN and value.lower() not in ("", "true", "false"):
            return f"expecting boolean value for flag {written}, not: {value}"
    return None


def _values_problem(name: str, instruction: Instruction, directives: Mapping[str, str]) -> str | None:
    """The values of flags that no variable can stand for."""
    if name == "HEALTHCHECK" and instruction.arguments != ("NONE",):
        for flag in _TIMES:
            value = instruction.flag(flag)
            if value and not _is_time(value):
                return f"invalid duration on flag: --{flag}"
        retries = instruction.flag("retries")
        if retries and not _is_count(retries):
            return "invalid number on flag: --retries"
    if name == "RUN" and "syntax" not in directives:
        for flag, choices in _CHOICES.items():
            value = instruction.flag(flag)
            if value is not None and value not in choices:
                return f"invalid value on flag: --{flag}"
    return None


def _is_time(text: str) -> bool:
    """Whether it is 0, or a time of at least a millisecond; of what is too long to be one it isn't asked."""
    if len(text) > _LONG:
        return True
    number = text[1:] if text[0] in "+-" else text
    total = sum(float(amount) * _UNITS[unit] for amount, unit in _TIME.findall(number))
    return number == "0" or (not _TIME.sub("", number) and (total >= 1 or not total) and (text[0] != "-" or not total))


def _is_count(text: str) -> bool:
    """Whether it is a whole number that isn't negative, of 32 bits."""
    digits = text[1:] if text[0] in "+-" else text
    if not (digits.isascii() and digits.isdecimal()):
        return False
    number = digits.lstrip("0")
    return not number or (text[0] != "-" and len(number) <= 10 and int(number) < 2**31)

"""What ends the build of a file that BuildKit can read, whatever its build arguments are.

Found when the instructions of a stage are turned into what is to be done (frontend/dockerfile/dockerfile2llb).
Values with variables are not judged, nor what some version of the frontend takes: several sources without a / at the
end of the destination (which become one file), modes that are no octal number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from docker_hooks.dockerfile.options import names
from docker_hooks.dockerfile.reader import Instruction
from docker_hooks.dockerfile.regex import regex
from docker_hooks.dockerfile.stages import Stage
from docker_hooks.dockerfile.values import NamedTuple

_DIGITS = regex(r"\+?0*([0-9]{1,5})")
_SHOWN = 30
# The signals of Linux (moby/sys/signal) that have no number in their name.
_SIGNALS = names(
    "ABRT ALRM BUS CHLD CLD CONT FPE HUP ILL INT IO IOT KILL PIPE POLL PROF PWR QUIT RTMAX RTMIN SEGV STKFLT STOP "
    "SYS TERM TRAP TSTP TTIN TTOU URG USR1 USR2 VTALRM WINCH XCPU XFSZ EMT"
)
_REAL_TIME = regex(r"RTMIN\+(?:[1-9]|1[0-5])|RTMAX-(?:[1-9]|1[0-4])")
_NUMBER = regex(r"[+-]?[0-9]+")
_OF_MOUNT = regex(r"(?:^|,)(?:[fF][rR][oO][mM])=([^,\"]+)")


class Failure(NamedTuple):
    """Why the build of a stage ends, in which line, and what to write instead."""

    line: int
    message: str
    advice: str


def failures(stages: Sequence[Stage]) -> Iterator[Failure]:
    """What ends the build of the stages, stage by stage."""
    places: dict[str, int] = {}
    for stage in stages:
        places.setdefault(stage.name or str(stage.number), stage.number)
        places.setdefault(str(stage.number), stage.number)
    for stage in stages:
        for message, advice in _of_from(stage, places):
            yield Failure(stage.start.start_line, message, advice)
        for instruction in stage.instructions:
            for message, advice in _of_instruction(instruction):
                yield Failure(instruction.start_line, message, advice)
            for reference in _references(instruction):
                message, advice = _of_reference(reference, stage, places)
                if message:
                    yield Failure(instruction.start_line, f"{instruction.name} takes files from {message}", advice)


def _of_from(stage: Stage, places: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    """The names of images hold no capital letters; FROM finds a stage by its name in small letters alone."""
    image = stage.image or ""
    first, slash, rest = image.partition("/")
    # Up to the first / it is a registry, if it looks like one or has capital letters itself (distribution/reference).
    is_registry = slash and (any(mark in first for mark in ".:") or first == "localhost" or first != first.lower())
    name = (rest if is_registry else image).partition("@")[0].partition(":")[0]
    if name == name.lower() or not image.isascii() or "$" in stage.start.value:
        return
    if places.get(image.lower(), stage.number) < stage.number:
        yield "FROM finds a stage by its name in small letters alone", f"write FROM {_shown(image.lower())}"
    else:
        yield "the name of an image has no capital letters", "write it in small letters"


def _of_instruction(instruction: Instruction) -> Iterator[tuple[str, str]]:
    arguments = instruction.arguments or ()
    name = instruction.name
    if name == "EXPOSE":
        wrong = next((word for word in arguments if _is_literal(word) and not _is_port(word)), None)
        if wrong is not None:
            yield _no_port(wrong)
    elif name == "STOPSIGNAL":
        if _is_literal(arguments[0]) and not _is_signal(arguments[0]):
            yield f"STOPSIGNAL {_shown(arguments[0])} is no signal of Linux", "write its name, such as SIGINT"
    elif name in ("ADD", "COPY"):
        yield from _of_copy(instruction, arguments[:-1])


def _is_literal(word: str) -> bool:
    """Whether a word stands for itself: without variables, quotes and escape characters."""
    return not any(mark in word for mark in "$'\"\\`")


def _shown(word: str) -> str:
    return word if len(word) <= _SHOWN else f"{word[:_SHOWN]}..."


def _no_port(word: str) -> tuple[str, str]:
    if word.startswith("#"):
        return "a comment stands behind EXPOSE, which takes it for a port", "give it a line of its own"
    advice = "write ports with blanks between them, each a number up to 65535, a range or a number and /udp"
    return f"EXPOSE {_shown(word)} is no port", "leave out the commas" if "," in word else advice


def _is_port(word: str) -> bool:
    """Whether EXPOSE takes a word, as [[address:]port:]port[/protocol]; the address is not looked at."""
    *before, container = word.split(":")
    port, _, protocol = container.partition("/")
    host = before[-1] if before else ""
    is_known = protocol.partition("/")[0].lower() in ("", "tcp", "udp", "sctp")
    return is_known and _is_range(port) and (not host or _is_range(host))


def _is_range(text: str) -> bool:
    start, dash, end = text.partition("-")
    first, last = _DIGITS.fullmatch(start), _DIGITS.fullmatch(end if dash else start)
    return first is not None and last is not None and int(first[1]) <= int(last[1]) <= 65535


def _is_signal(word: str) -> bool:
    name = word.upper().removeprefix("SIG")
    if _NUMBER.fullmatch(word):
        return bool(word.strip("+-0"))
    return name in _SIGNALS or _REAL_TIME.fullmatch(name) is not None


def _of_copy(instruction: Instruction, sources: Sequence[str]) -> Iterator[tuple[str, str]]:
    if instruction.name == "COPY" and any(source.startswith(("http://", "https://")) for source in sources):
        yield "COPY downloads nothing", "write ADD for what has a URL"
    if instruction.name == "ADD" and instruction.flag("checksum"):
        paths = sources if instruction.json else [source for source in sources if "<<" not in source]
        if len(paths) > 1:
            yield "--checksum stands before several sources", "write an ADD for each"
        elif len(paths) == 1 and _is_literal(paths[0]) and not _may_be_remote(paths[0]):
            yield "--checksum stands before a local file", "only what is downloaded has one"


def _may_be_remote(source: str) -> bool:
    """Whether ADD may fetch it: URLs, git@host:path, github.com/owner/name."""
    return "://" in source or "@" in source or source.startswith("github.com/")


def _references(instruction: Instruction) -> Iterator[str]:
    """What the flags of a COPY or RUN take files from."""
    if instruction.name == "COPY":
        yield from filter(None, [instruction.flag("from")])
    elif instruction.name == "RUN":
        for flag in instruction.flags:
            if flag.startswith("--mount="):
                # By its name alone: to a mount a number is the name of an image.
                yield from (name for name in _OF_MOUNT.findall(flag[len("--mount=") :]) if not name.isdecimal())


def _of_reference(reference: str, stage: Stage, places: Mapping[str, int]) -> tuple[str, str]:
    """Why a stage can't take files from what it names, and what to do; "" where it can."""
    if "$" in reference[:-1]:
        return (
            "what a variable names, which isn't looked up there",
            "write FROM $VARIABLE AS name, and name that",
        )
    place = places.get(reference.lower(), -1)
    if place < stage.number:
        return "", ""
    if reference.lower() in (stage.name, str(stage.number)):
        return "the stage in which it stands", "name the stage that made them"
    return "a stage that comes later", "put that stage before this one"

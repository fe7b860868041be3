"""Which steps of a build leave files that nobody but their owner can read or run."""

from __future__ import annotations

from collections.abc import Iterator

from docker_hooks.dockerfile import paths
from docker_hooks.dockerfile.calls import Call
from docker_hooks.dockerfile.reader import Instruction
from docker_hooks.dockerfile.regex import regex
from docker_hooks.dockerfile.writes import options_of, written

_MODE = regex(r"[0-7]{3,4}")
_TAKEN = regex(r"(?:u=\w+,)?g?o=(?!r)|g?o-\w*[rx]|u\+\w*x")
_GIT = regex(r"(?:\.git|\.git[#/?][^\s]*)\Z")


def is_private(instruction: Instruction) -> bool:
    """Whether a COPY or ADD brings what its owner alone can read or run.

    What ADD downloads has the permissions 600 (Docker's reference, "ADD", "Adding files from a URL").
    """
    mode = instruction.flag("chmod")
    if mode is not None:
        return hides(mode)
    sources = (instruction.arguments or ())[:-1]
    return instruction.name == "ADD" and any(
        source.startswith(("http://", "https://")) and _GIT.search(source) is None for source in sources
    )


def hides(mode: str) -> bool:
    """Whether a mode, as --chmod and chmod take it, lets others neither read nor run what the owner can."""
    if _MODE.fullmatch(mode) is None:
        return _TAKEN.match(mode) is not None
    return bool(int(mode[-3]) & ~int(mode[-1]) & 0o5)


def opens(mode: str) -> bool:
    """Whether a mode lets everyone write."""
    if _MODE.fullmatch(mode) is not None:
        return bool(int(mode[-1]) & 0o2)
    who, plus, what = mode.replace("=", "+").partition("+")
    return bool(plus) and "w" in what and (not who or "o" in who or "a" in who)


def changed(call: Call) -> Iterator[tuple[str, str]]:
    """The modes that a command sets, each with the absolute path of what it sets it for, as far as they are known."""
    words = [word for word in call.words if word is not None and (not word.startswith("-") or word[1:2] in "rwxXst")]
    if call.program == "chmod" and words:
        yield from ((words[0], paths.joined(call.workdir, word)) for word in words[1:])
    elif call.program in ("install", "mkdir"):
        for mode in options_of(call).all("-m", "--mode")[-1:]:
            yield from ((mode, path) for path in written(call) if path is not None)

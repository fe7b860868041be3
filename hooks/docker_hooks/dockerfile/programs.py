"""Which program a command really runs: `sudo -E env A=b /opt/venv/bin/python -m pip install x` runs pip.

It looks through programs that run what stands behind them in the same environment, as long as it knows their
options. What chooses another environment (`conda run`, `poetry run`, `uv run`) or user (`su`, `gosu`) is a program
of its own.
"""

from __future__ import annotations

from collections.abc import Sequence

from docker_hooks.dockerfile.regex import regex
from docker_hooks.dockerfile.shell import Command, Word
from docker_hooks.dockerfile.values import NamedTuple

# The shells that read scripts alike, by the names they have in images.
SHELLS = frozenset(("ash", "bash", "dash", "sh", "zsh"))
_TAKES_SCRIPT = regex(r"-[a-z]*c")


class Invocation(NamedTuple):
    """A program and what it gets.

    program
        Its name without folder, and for Python, PyPy and pip without version: "pip" for `/opt/venv/bin/pip3.11` as
        for `python3 -m pip`. `uv pip` is "uv", `pipx` and `pipenv` are themselves.
    name
        The word that names it; in `python -m pip` that is `pip`. What starts it again in the same way is the script
        from the command's first word up to the end of this one.
    arguments
        The words behind that one.
    assignments
        The variables set for it alone, by the shell or by `env` and `sudo`: words of the form NAME=value.
    """

    program: str
    name: Word
    arguments: tuple[Word, ...]
    assignments: tuple[Word, ...]


def invocation(command: Command) -> Invocation | None:
    """What a command runs; None where it runs nothing, or what it runs is known to a running shell alone."""
    assignments, words = command.assignments, command.words
    while words:
        program = _program(words[0])
        behind = _behind_options(words[1:], _WRAPPERS[program]) if program in _WRAPPERS else None
        if behind is None:
            return _invocation(program, words, assignments)
        set_here = _leading_assignments(behind)
        if len(set_here) == len(behind):
            return _invocation(program, words, assignments)
        assignments += set_here
        words = behind[len(set_here) :]
    return None


def takes_script(option: str) -> bool:
    """Whether a shell takes the word behind an option for its script: -c, -ec."""
    return _TAKES_SCRIPT.fullmatch(option) is not None


class _Wrapper(NamedTuple):
    """The options of a program that runs another; a letter of `flags` stands alone, one of `valued` takes a word."""

    flags: str = ""
    valued: str = ""
    long_flags: tuple[str, ...] = ()
    long_valued: tuple[str, ...] = ()
    operands: int = 0


# From the manual pages: sudo(8), env(1), nice(1), time(1) and timeout(1) of GNU, the shells' own of POSIX and bash.
_WRAPPERS = {
    "command": _Wrapper(flags="p"),
    "eatmydata": _Wrapper(),
    "env": _Wrapper("i", "uC", ("--ignore-environment",), ("--unset", "--chdir")),
    "exec": _Wrapper("cl", "a"),
    "ionice": _Wrapper("t", "cn", ("--ignore",), ("--class", "--classdata")),
    "nice": _Wrapper("0123456789", "n", (), ("--adjustment",)),
    "nohup": _Wrapper(),
    "sudo": _Wrapper(
        "AbEHinPSs",
        "CDgprTtu",
        ("--preserve-env", "--set-home", "--login", "--non-interactive", "--background"),
        ("--user", "--group", "--chdir"),
    ),
    "time": _Wrapper("apqv", "fo", ("--append", "--portability", "--verbose"), ("--format", "--output")),
    "timeout": _Wrapper(
        "v", "ks", ("--foreground", "--preserve-status", "--verbose"), ("--kill-after", "--signal"), operands=1
    ),
}
_PYTHON_FLAGS = "bBdEiIOPqsSuvx"
_PYTHON_VALUED = "WX"
# Modules whose `python -m NAME` is the program NAME.
_MODULES = ("conda", "pdm", "pip", "pipenv", "pipx", "playwright", "poetry", "uv", "virtualenv")
_VERSIONED = regex(r"(python|pypy|pip)(?:-?[0-9][0-9.]*)?")
_LAST_PART = regex(r"/([A-Za-z0-9_.+-]+)\"?\Z")
_ASSIGNMENT = regex(r"[A-Za-z_][A-Za-z0-9_]*=")


def _program(word: Word) -> str:
    """The program's canonical name, or ""."""
    if word.value is not None:
        return _without_version(word.value.rpartition("/")[2])
    last = _LAST_PART.search(word.text)
    return _without_version(last[1]) if last else ""


def _without_version(name: str) -> str:
    # Most programs are others.
    versioned = _VERSIONED.fullmatch(name) if name.startswith(("py", "pip")) else None
    return versioned[1] if versioned else name


def _invocation(program: str, words: tuple[Word, ...], assignments: tuple[Word, ...]) -> Invocation | None:
    index = 0
    # Nothing but a Python takes `-m pip`, so that `$PYTHON -m pip` is known too.
    if program in ("python", "pypy", ""):
        module, index = _module(words)
        program = module or program
    if not program:
        return None
    return Invocation(program, words[index], words[index + 1 :], assignments)


def _module(words: Sequence[Word]) -> tuple[str, int]:
    """The tool that `python -m` runs and the index of the word that names it, or ("", 0)."""
    index = 1
    while index < len(words):
        value = words[index].value or ""
        letters = value[1:].lstrip(_PYTHON_FLAGS)
        if value[:1] != "-" or value[1:2] in ("", "-"):
            return "", 0
        if letters[:1] == "m":
            index += letters == "m"
            module = letters[1:] or (words[index].value if index < len(words) else "")
            return (module, index) if module in _MODULES else ("", 0)
        if letters and letters[0] not in _PYTHON_VALUED:
            return "", 0
        index += 2 if len(letters) == 1 else 1
    return "", 0


def _behind_options(words: Sequence[Word], wrapper: _Wrapper) -> tuple[Word, ...] | None:
    """The words behind a wrapper's options and operands; None where an option is not known."""
    index = 0
    while index < len(words):
        value = words[index].value or ""
        if not value.startswith("-"):
            break
        index += 1
        if value == "--":
            break
        if value.startswith("--"):
            name, has_value, _ = value.partition("=")
            if name not in (*wrapper.long_flags, *wrapper.long_valued):
                return None
            index += name in wrapper.long_valued and not has_value
        else:
            letters = value[1:].lstrip(wrapper.flags)
            if letters and letters[0] not in wrapper.valued:
                return None
            index += len(letters) == 1
    return tuple(words[index + wrapper.operands :])


def _leading_assignments(words: Sequence[Word]) -> tuple[Word, ...]:
    found: list[Word] = []
    for word in words:
        if not _ASSIGNMENT.match(word.text):
            break
        found.append(word)
    return tuple(found)

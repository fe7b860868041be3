"""The users that the commands of a Dockerfile create, and whether a USER means root.

Sources: useradd(8), groupadd(8), Debian's adduser(8), BusyBox's adduser and addgroup; for the defaults of groups
Debian's login.defs (USERGROUPS_ENAB) and BusyBox's loginutils.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from docker_hooks.dockerfile.known_images import Account
from docker_hooks.dockerfile.programs import Invocation
from docker_hooks.dockerfile.values import NamedTuple


class _Options(NamedTuple):
    given: dict[str, str]
    operands: tuple[str, ...]


_USERADD_VALUES = (
    "b", "base-dir", "c", "comment", "d", "home-dir", "home", "e", "expiredate", "f", "inactive", "F",
    "add-subids-for-system",
    "g", "gid", "G", "groups", "k", "skel", "K", "key", "p", "password", "R", "root", "P", "prefix", "s", "shell",
    "u", "uid", "Z", "selinux-user",
)  # fmt: skip
_GROUPADD_VALUES = ("g", "gid", "K", "key", "p", "password", "R", "root", "P", "prefix", "U", "users")
_ADDUSER_VALUES = (
    "h", "home", "g", "gecos", "comment", "s", "shell", "G", "ingroup", "u", "uid", "k", "gid", "firstuid", "lastuid",
    "firstgid", "lastgid", "conf", "extrausers", "add_extra_groups",
)  # fmt: skip


def is_root(user: str) -> bool:
    """Whether the value of a USER means root: `root`, `0`, `00`, with or without a group."""
    name = user.partition(":")[0]
    return name == "root" or (name.isdecimal() and name.isascii() and int(name[:20]) == 0)


def created(invocation: Invocation) -> Account | None:
    """The user that a command creates, or None where it creates none or that can't be told.

    What the command leaves open is None; `home` is "" where it makes none.
    """
    words = [word.value for word in invocation.arguments]
    if invocation.program == "useradd":
        return _useradd(words)
    if invocation.program == "adduser":
        return _adduser(words)
    return None


def created_group(invocation: Invocation) -> tuple[str, int | None] | None:
    """The group that a command creates, with its number if it says one; None where it creates none for sure."""
    if invocation.program not in ("groupadd", "addgroup"):
        return None
    options = _options([word.value for word in invocation.arguments], _GROUPADD_VALUES)
    # With two names, addgroup adds a user to a group.
    if options is None or len(options.operands) != 1:
        return None
    return options.operands[0], _number(_given(options, "g", "gid"))


def _useradd(words: Sequence[str | None]) -> Account | None:
    options = _options(words, _USERADD_VALUES)
    if options is None or len(options.operands) != 1 or _given(options, "D", "defaults") is not None:
        return None
    name = options.operands[0]
    group = _given(options, "g", "gid")
    if group is None and _given(options, "N", "no-user-group") is None:
        group = name
    home = _given(options, "d", "home-dir", "home") or f"{_given(options, 'b', 'base-dir') or '/home'}/{name}"
    # useradd makes no home unless told to: Debian's login.defs has no CREATE_HOME.
    if _given(options, "m", "create-home") is None:
        home = ""
    return Account(name, _number(_given(options, "u", "uid")), None, group or None, home)


def _adduser(words: Sequence[str | None]) -> Account | None:
    """Debian's adduser and BusyBox's share their name; the options that they share mean the same."""
    options = _options(words, _ADDUSER_VALUES)
    if options is None or len(options.operands) != 1:
        return None
    name = options.operands[0]
    system = _given(options, "S", "system", "r") is not None
    group = _given(options, "G", "ingroup")
    if group is None and _given(options, "gid") is None and (not system or _given(options, "group") is not None):
        group = name
    home = _given(options, "h", "home") or (None if system else f"/home/{name}")
    if _given(options, "H", "no-create-home") is not None:
        home = ""
    return Account(name, _number(_given(options, "u", "uid")), None, group or None, home)


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and text.isdecimal() and len(text) < 10 else None


def _given(options: _Options, *names: str) -> str | None:
    """The value of the first option that was given ("" for one without value)."""
    for name in names:
        if name in options.given:
            return options.given[name]
    return None


def _options(words: Iterable[str | None], with_value: Sequence[str]) -> _Options | None:
    """Options and operands of a command line in getopt_long's form; None where an operand can't be known.

    The value of an option that can't be known is "".
    """
    given: dict[str, str] = {}
    operands: list[str] = []
    waiting = ""
    for word in words:
        if waiting:
            given[waiting] = word or ""
            waiting = ""
        elif word is None:
            return None
        elif word.startswith("--"):
            name, equals, value = word[2:].partition("=")
            given[name] = value
            if not equals and name in with_value:
                waiting = name
        elif word.startswith("-") and len(word) > 1:
            for index, letter in enumerate(word[1:], start=2):
                given[letter] = ""
                if letter in with_value:
                    given[letter] = word[index:]
                    waiting = "" if word[index:] else letter
                    break
        else:
            operands.append(word)
    return _Options(given, tuple(operands))

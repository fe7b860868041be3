"""What the commands of a RUN do with apt, and with the package lists that apt keeps in /var/lib/apt/lists.

The options are those of apt-get(8) and apt(8). `update` fills the lists, an install needs them. Programs that
install by apt (aptitude, gdebi, rosdep ...) need them too, and scripts may do anything.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterator, Sequence
from fnmatch import fnmatchcase

from docker_hooks.dockerfile.options import Options, names, parsed
from docker_hooks.dockerfile.programs import SHELLS, Invocation, invocation
from docker_hooks.dockerfile.regex import regex
from docker_hooks.dockerfile.script import InstructionScript
from docker_hooks.dockerfile.shell import Command, Word
from docker_hooks.dockerfile.stages import LONGEST_PATH, State
from docker_hooks.dockerfile.values import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    # What a step does:
    #   update    fills the package lists
    #   install   installs or upgrades from them, by apt or apt-get
    #   other     another command of apt or apt-get: remove, clean ...
    #   use       needs the lists in another way: build-dep, aptitude, gdebi, rosdep ...
    #   removal   removes them
    #   script    runs a script that may do any of these; `script` is its path
    #   installer runs what brings its own lists, if it needs any: `curl ... | sh`, add-apt-repository
    Kind = Literal["update", "install", "other", "use", "removal", "script", "installer"]

LISTS = "/var/lib/apt/lists"
CACHES = "/var/cache/apt"

_VALUED = names(
    "-o --option -c --config-file -t --target-release --default-release -a --host-architecture -P --build-profiles "
    "--with-source"
)
_INSTALLS = names("install reinstall upgrade dist-upgrade full-upgrade")
_USES = names("build-dep download source satisfy dselect-upgrade changelog")
_ASKS = _INSTALLS | names("remove purge autoremove auto-remove autopurge")
_TRUE = ("true", "yes", "1", "on", "with", "enable")
# Stands for a word that a running shell knows alone.
_HIDDEN = "\0"
_HOLDS_OPTIONS = regex(r"\$\{?\w*(?:opt|flag|arg|param|yes)", re.IGNORECASE)
# Such is the name of every file of the lists.
_A_LIST = f"{LISTS}/deb.debian.org_debian_dists_bookworm_main_binary-amd64_Packages.lz4".split("/")
_BRACES = regex(r"\{[^{}]*\}")
_INSTALLERS = names("add-apt-repository apt-add-repository extrepo")
_USERS = names("apt-cache apt-fast apt-install aptitude gdebi mk-build-deps nala rosdep tasksel ansible-playbook")
# Scripts by whose names one knows that they install by other means, or update the lists themselves.
_OWN_MEANS = regex(
    r"autogen|awscli|conda|cmake|cuda|forge|get-docker|google-cloud|mamba|nodesource|nvm|poetry|pyenv|rustup|sdkman",
    re.IGNORECASE,
)
_INSTALLS_SOMETHING = regex(r"install|setup|dep|provision|bootstrap", re.I)
_DOWNLOADERS = names("aria2c curl wget")
_APT = names("apt apt-get apt-fast aptitude")
# What stands between commands, roughly.
_PARTING = regex(r"[\n;&|(){}'\"`]+")


class Apt(NamedTuple):
    """A command of apt or apt-get.

    `word` is that of its action. `packages` are the operands behind it, without those that only a running shell
    knows. With `is_open`, more options may hide in a variable.
    """

    program: str
    action: str
    word: Word
    options: Options
    packages: tuple[str, ...]
    is_open: bool

    @property
    def asks(self) -> bool:
        """Whether it asks before it goes on."""
        return self.action in _ASKS and not (
            self.options.has("-y", "--yes", "--assume-yes", "--assume-no")
            or self.options.has("-s", "--simulate", "--just-print", "--dry-run", "--recon", "--no-act", "--print-uris")
            or self._quiet() >= 2
            or self._is_set("apt::get::assume-yes", _TRUE)
        )

    @property
    def takes_recommended(self) -> bool:
        """Whether it installs what packages recommend, without having been told to."""
        is_told = self.options.has("--no-install-recommends", "--install-recommends")
        return self.action == "install" and not is_told and not self._is_set("apt::install-recommends")

    def _quiet(self) -> int:
        """The level of -q; the second implies -y, as apt-get(8) says."""
        levels = [value for name, value in self.options.given if name in ("-q", "--quiet")]
        return 2 if "2" in levels or self.options.has("-2") else len(levels)

    def _is_set(self, key: str, values: Sequence[str] = ()) -> bool:
        settings = (setting.lower().partition("=") for setting in self.options.all("-o", "--option"))
        return any(name == key and (not values or value.strip("\"'") in values) for name, _, value in settings)


class Step(NamedTuple):
    """A command that has to do with apt or its lists; of an instruction that can't be read, `command` is None."""

    kind: Kind
    command: Command | None = None
    apt: Apt | None = None
    script: str = ""


def steps(script: InstructionScript, state: State) -> Iterator[Step]:
    """What the commands of a script do, in order; `state` is what is in force before its instruction."""
    folder = state.workdir or "/"
    fetched: set[str] = set()
    previous: Command | None = None
    for command in script.commands:
        call = _behind_xargs(invocation(command))
        if call is None:
            pass
        elif call.program == "cd":
            folder = posixpath.join(folder, *(_path(word, state) for word in call.arguments[:1]))[:LONGEST_PATH]
        elif call.program in ("rm", "find"):
            if _removes_lists(call, command, folder, state):
                yield Step("removal", command)
        elif call.program in ("apt", "apt-get"):
            found = read(call, state)
            if found is not None:
                yield Step(_kind(found.action), command, found)
        elif call.program in _DOWNLOADERS:
            targets = (redirect.target for redirect in command.redirects)
            fetched.update(posixpath.basename(word.value or "") for word in (*call.arguments, *targets))
        else:
            step = _other(command, call, previous, fetched)
            if step is not None:
                yield step
        previous = command


def _behind_xargs(call: Invocation | None) -> Invocation | None:
    """What xargs runs, where that is apt: it reads the packages and not the answers."""
    if call is None or call.program != "xargs":
        return call
    at = next((index for index, word in enumerate(call.arguments) if word.value in ("apt", "apt-get")), None)
    if at is None:
        return call
    name = call.arguments[at]
    return call._replace(program=name.text, name=name, arguments=call.arguments[at + 1 :])


def read(call: Invocation, state: State) -> Apt | None:
    """The command of apt or apt-get; None where its action isn't known."""
    values: list[str] = []
    is_open = False
    for word in call.arguments:
        value = word.value
        if value is None and not word.text.startswith(('"', "'")):
            value = state.expand(word.text)
            is_open = is_open or (value is None and _HOLDS_OPTIONS.search(word.text) is not None)
            values += (value or _HIDDEN).split()
        else:
            values.append(_HIDDEN if value is None else value)
    options = parsed(values, _VALUED)
    operands = [operand for operand in options.operands if operand != _HIDDEN]
    action = operands[0] if operands else ""
    at = next((word for word in call.arguments if word.value == action), None)
    if at is None:
        return None
    return Apt(call.program, action, at, options, tuple(operands[1:]), is_open or options.operands[0] == _HIDDEN)


def text_kind(text: str) -> Kind | None:
    """What a text that isn't read as a script does with the lists in the end: "use", "removal" or "update"."""
    if "apt" not in text:
        return None
    actions: set[str] = set()
    for part in _PARTING.split(text):
        words = part.split()
        if not _APT.isdisjoint(words):
            actions.update(words)
    if "update" not in actions:
        return None if actions.isdisjoint(_INSTALLS | _USES) else "use"
    return "removal" if LISTS in text and "rm " in text else "update"


def removed_paths(call: Invocation, folder: str, state: State) -> list[str]:
    """The paths that `rm` or `find` is given, as patterns; `folder` is where it runs."""
    return [
        posixpath.normpath(posixpath.join(folder, path))
        for path in (_path(word, state) for word in call.arguments)
        if path and not path.startswith("-")
    ]


def _kind(action: str) -> Kind:
    if action == "update":
        return "update"
    if action in ("distclean", "dist-clean"):
        return "removal"
    if action in _INSTALLS:
        return "install"
    return "use" if action in _USES else "other"


def _other(command: Command, call: Invocation, previous: Command | None, fetched: Collection[str]) -> Step | None:
    """What is known of programs other than apt. `fetched` are the names of files that come from the net."""
    values = [word.value or "" for word in call.arguments]
    path = _unquoted(call.name)
    if call.program in SHELLS:
        if "-c" in values:
            kind = text_kind(" ".join(word.text for word in call.arguments))
            return Step("installer" if kind == "update" else kind, command) if kind is not None else None
        if previous is not None and command.operator_before in ("|", "|&"):
            # NodeSource's set-up script is known to run `apt-get update`.
            updates = any("deb.nodesource.com/setup" in word.text for word in previous.words)
            return Step("update" if updates else "installer", command)
        path = next((_unquoted(word) for word in call.arguments if not word.text.startswith("-")), "")
        if not path:
            return None
    elif call.program in _USERS:
        is_update = "update" in values or (call.program == "rosdep" and "install" not in values)
        return Step("installer" if is_update else "use", command)
    elif call.program in _INSTALLERS:
        return Step("installer", command)
    elif not _looks_like_installer(path):
        return None
    if posixpath.basename(path) in fetched or _OWN_MEANS.search(path):
        return Step("installer", command)
    return Step("script", command, script=path)


def _looks_like_installer(path: str) -> bool:
    """Whether a program's path is that of a script, or of something else that may install packages or clean up."""
    folder, _, name = path.rpartition("/")
    is_installer = bool(folder) and _INSTALLS_SOMETHING.search(name) is not None
    return name.endswith((".sh", ".bash")) or "clean" in name or is_installer


def _unquoted(word: Word) -> str:
    return word.text.strip("\"'")


def _path(word: Word, state: State) -> str:
    if word.value is not None:
        return word.value
    # Braces are for the shell to expand; a variable is the state's.
    return state.expand(word.text) or _unquoted(word)


def _removes_lists(call: Invocation, command: Command, folder: str, state: State) -> bool:
    if call.program == "find":
        acts = any((word.value or "") in ("-delete", "-exec", "-execdir") for word in call.arguments)
        if not acts and command.operator_after not in ("|", "|&"):
            return False
    return any(_holds_lists(path) for path in removed_paths(call, folder, state))


def _holds_lists(pattern: str) -> bool:
    """Whether a pattern matches the files of the lists, or a folder that they are in."""
    if "{" in pattern and "apt" in pattern:
        pattern = _BRACES.sub("*", pattern)
    parts = pattern.rstrip("/").split("/")
    return 1 < len(parts) <= len(_A_LIST) and all(
        name == part or fnmatchcase(name, part) for name, part in zip(_A_LIST, parts, strict=False)
    )

"""Keeps the caches of pip and uv out of the image: `--no-cache-dir` and `--no-cache`.

What pip and uv download stays in ~/.cache, in the layer of the RUN, where nothing reads it again. Right already is an
install whose cache is turned off (by option, variable or pip.conf), lies on a mount, is cleared in the same RUN, or
was sent to a folder of the user's choice. What happens in stages that the final image is not built on costs nothing.

Sources: pip's "Caching" and cmdoptions.py; uv's "Caching" and "Using uv in Docker".
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, partial

from docker_hooks import run
from docker_hooks.dockerfile import images
from docker_hooks.dockerfile.edits import Edit
from docker_hooks.dockerfile.homes import home, homes_made
from docker_hooks.dockerfile.known_images import KnownImage
from docker_hooks.dockerfile.mounts import is_mounted, mounts
from docker_hooks.dockerfile.options import Options, names, parsed
from docker_hooks.dockerfile.ownership import destination
from docker_hooks.dockerfile.programs import Invocation, invocation
from docker_hooks.dockerfile.reader import Instruction
from docker_hooks.dockerfile.regex import regex
from docker_hooks.dockerfile.shell import Command, Word
from docker_hooks.dockerfile.stages import Stage, State, lineage
from docker_hooks.dockerfile.values import NamedTuple
from docker_hooks.entry_point import entry_point
from docker_hooks.finding import Finding
from docker_hooks.project.copied import read_copied
from docker_hooks.run import Hook
from docker_hooks.subject import Subject

ID = "dockerfile-pip-cache"
HOOK_RULES = ("DL3042",)


class _Tool(NamedTuple):
    """An installer: the subcommands that fill its cache, the option and the variables that keep it from doing so.

    `settings` is the file that may do so too, `clearing` are the subcommands that empty the cache.
    """

    name: str
    subcommands: tuple[tuple[str, ...], ...]
    flag: str
    switch: str
    folder: str
    settings: str
    clearing: tuple[tuple[str, ...], ...]


_TOOLS = {
    "pip": _Tool(
        "pip",
        (("install",), ("download",), ("wheel",)),
        "--no-cache-dir",
        "PIP_NO_CACHE_DIR",
        "PIP_CACHE_DIR",
        "pip.conf",
        (("cache", "purge"), ("cache", "remove")),
    ),
    "uv": _Tool(
        "uv",
        (("pip", "install"), ("pip", "sync"), ("sync",), ("add",), ("tool", "install")),
        "--no-cache",
        "UV_NO_CACHE",
        "UV_CACHE_DIR",
        "uv.toml",
        (("cache", "clean"), ("cache", "prune"), ("clean",)),
    ),
}
_VARIABLES = frozenset(name for tool in _TOOLS.values() for name in (tool.switch, tool.folder)) | names(
    "PIP_CONFIG_FILE XDG_CACHE_HOME"
)
# Options with which nothing is cached, or the cache is where the user wants it. pip's may be cut short as long as they
# can't be taken for others.
_WITHOUT_CACHE = names("--no-cache --no-cache-dir --cache-dir --no-index --offline --help -h")
_SHORTENED = "--no-ca"
# Options that take a value: of pip and uv before the subcommand, and of uv the letters, among which -n is --no-cache.
_VALUED = names(
    "--log --proxy --retries --timeout --default-timeout --exists-action --trusted-host --cert --client-cert --python "
    "--keyring-provider --use-feature --use-deprecated --color --directory --project --config-file "
    "--allow-insecure-host -r -c -e -f -i -b -p -P -C -t"
)
# Programs that run another one which stands among their words.
_RUNNERS = names("conda linux32 linux64 mamba micromamba pdm pipenv poetry xargs xvfb-run")
_FARTHEST = 10
# A variable that stands for options may well hold the one that is looked for.
_OPTIONS = regex(r"[\"']?\$\{?\w*(?:opt|arg|flag|cache)", re.IGNORECASE)
# What clap's BoolishValueParser takes for true.
_TRUE = names("1 t true y yes on")
# Ubuntu 12.04 and 14.04, Debian 7 and 8 install a pip older than 6.0, which has neither such a cache nor the option.
_OLD_RELEASES = regex(
    r"(?<![0-9])1[24]\.04(?![0-9])|(?<![a-z])(?:precise|trusty|wheezy|jessie)(?![a-z])|debian:[78](?![0-9])"
    r"|dockerfile/(?:python|ubuntu)|phusion/baseimage:0\.9\.1[0-8]"
)
# As in pip.conf and uv.toml, and as `pip config set` takes it.
_SETTING = regex(r"(?<!--)no-cache(?:-dir)?[ \t]*=|\.no-cache-dir\b")
# A pin on a pip of that age, or on a virtualenv that brings one.
_OLD_PIP = regex(r"(?<![\w-])(?:pip==[01]|virtualenv==1)\.")


class _Case(NamedTuple):
    """The stages that the final image consists of, and what is known of the image below them."""

    subject: Subject
    chain: tuple[Stage, ...]
    image: KnownImage | None
    homes: Callable[[], Mapping[str, str]]


class _Install(NamedTuple):
    """An install of a tool's in a RUN: the word that says so, and the variables that its script sets for it.

    A variable whose value can't be known is None. `is_within_word` where the install stands in a command substitution,
    which is a part of a word.
    """

    case: _Case
    instruction: Instruction
    state: State
    tool: _Tool
    subcommand: Word
    variables: Mapping[str, str | None]
    is_within_word: bool

    def setting(self, name: str) -> tuple[bool, str | None]:
        """Whether a variable is set for the install, and to what (None: to what can't be known)."""
        if name in self.variables:
            return True, self.variables[name]
        found, value = self.state.value(name)
        if not found and self.case.image is not None and name in self.case.image.environment:
            return True, self.case.image.environment[name]
        return found, value


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for each install that leaves its cache in a layer of the final image."""
    if not any(name in subject.dockerfile.text for name in _TOOLS):
        return
    chain = lineage(subject.stages, subject.stages[-1])
    reference = chain[0].image or ""
    case = _Case(
        subject, chain, images.known(images.parse(reference)), cache(partial(homes_made, chain, subject.script))
    )
    if case.image is not None and case.image.family == "windows":
        return
    silent = {"pip"} if _has_old_pip(reference, case.image) else set()
    for stage in chain:
        for written, before in zip(stage.instructions, stage.states, strict=True):
            # A trigger runs in the images that are built on this one.
            instruction, state = (written, before) if written.child is None else (written.child, stage.end)
            silent |= {tool.name for tool in _TOOLS.values() if _is_set_up(case, instruction, state, tool)}
            if instruction.name == "RUN" and instruction.mentions(*_TOOLS):
                installs = (found for found in _installs(case, instruction, state) if found.tool.name not in silent)
                yield from filter(None, map(_finding, installs))


@entry_point
def main(argv: Sequence[str]) -> int:
    """The command `dockerfile-pip-cache`."""
    return run.run(Hook(ID, check, HOOK_RULES), run.options(argv, ID, __doc__))


def _has_old_pip(reference: str, image: KnownImage | None) -> bool:
    has_own_pip = image is not None and image.python
    return not has_own_pip and _OLD_RELEASES.search(reference.lower()) is not None


def _is_set_up(case: _Case, instruction: Instruction, state: State, tool: _Tool) -> bool:
    """Whether from here on a tool's cache may be off: by settings that are brought, or by a pip that has none."""
    if instruction.name == "RUN":
        if not instruction.mentions("no-cache", "pip==", "virtualenv=="):
            return False
        written = "".join((instruction.value, *(heredoc.content for heredoc in instruction.heredocs)))
        has_old_pip = tool.name == "pip" and "==" in written and _OLD_PIP.search(written) is not None
        return has_old_pip or ("no-cache" in written and _SETTING.search(written) is not None)
    arguments = instruction.arguments or ()
    if instruction.name not in ("COPY", "ADD") or tool.settings not in map(posixpath.basename, arguments):
        return False
    if instruction.heredocs:
        return any(_SETTING.search(heredoc.content) for heredoc in instruction.heredocs)
    target = destination(instruction, state) or tool.settings
    path = target if posixpath.basename(target) == tool.settings else posixpath.join(target, tool.settings)
    text = read_copied(case.subject, case.chain, path)
    return text is None or _SETTING.search(text) is not None


def _installs(case: _Case, instruction: Instruction, state: State) -> Iterator[_Install]:
    """The installs of a RUN that fill a cache which the same RUN does not empty."""
    commands = _commands(case.subject, instruction)
    calls = [_call(command) for command in commands]
    cleared = {name: _last_clearing(calls, tool) for name, tool in _TOOLS.items()}
    exported: dict[str, str | None] = {}
    for index, (command, call) in enumerate(zip(commands, calls, strict=True)):
        if not command.words or command.words[0].value in ("export", "declare", "typeset"):
            exported.update(_variables((*command.assignments, *command.words[1:])))
        if call is None or call.program not in _TOOLS:
            continue
        tool = _TOOLS[call.program]
        subcommand = _subcommand(call, tool, state)
        if subcommand is not None and index > cleared[tool.name]:
            variables = {**exported, **dict(_variables(call.assignments))}
            yield _Install(case, instruction, state, tool, subcommand, variables, "$(" in command.nesting)


def _variables(words: Iterable[Word]) -> Iterator[tuple[str, str | None]]:
    """The variables set by words of the form NAME=value, of those that bear on a cache."""
    for word in words:
        name, equals, _ = word.text.partition("=")
        if equals and name in _VARIABLES:
            yield name, word.value[len(name) + 1 :] if word.value is not None else None


def _commands(subject: Subject, instruction: Instruction) -> tuple[Command, ...]:
    if not instruction.json:
        return subject.script(instruction).commands
    words = tuple(Word(argument, 0, 0, argument) for argument in instruction.arguments or ())
    return (Command((), words, (), 0, 0, "", "", ()),) if words else ()


def _call(command: Command) -> Invocation | None:
    """What a command runs, also behind `conda run`, `xargs` and their like."""
    call = invocation(command)
    if call is None or call.program not in _RUNNERS:
        return call
    for index in range(min(len(call.arguments), _FARTHEST)):
        inner = invocation(command._replace(assignments=call.assignments, words=call.arguments[index:]))
        if inner is not None and inner.program in _TOOLS:
            return inner
    return call


def _subcommand(call: Invocation, tool: _Tool, state: State) -> Word | None:
    """The word that says install, of a call that fills the cache."""
    options = parsed([word.text if word.value is None else word.value for word in call.arguments], _VALUED)
    wanted = next((names for names in tool.subcommands if options.operands[: len(names)] == names), None)
    if (
        wanted is None
        or _is_without_cache(options, tool)
        or any(_may_be_option(word, state) for word in call.arguments)
    ):
        return None
    return next((word for word in call.arguments if word.value == wanted[-1]), None)


def _is_without_cache(options: Options, tool: _Tool) -> bool:
    """Whether the options turn the cache off, put it elsewhere, or leave nothing that would be cached."""
    named_elsewhere = options.has("-r", "--requirement", "-e", "--editable")
    is_from_wheels = not named_elsewhere and all(name.endswith(".whl") for name in options.operands[1:])
    return (
        (is_from_wheels and options.has("--no-deps"))
        or options.has(*_WITHOUT_CACHE)
        or (tool.name == "pip" and any(name.startswith(_SHORTENED) for name, _ in options.given))
        or (tool.name == "uv" and options.has("-n"))
    )


def _may_be_option(word: Word, state: State) -> bool:
    """Whether a variable among the words holds the option, or may hold it."""
    if word.value is not None or "$" not in word.text:
        return False
    text = state.expand(word.text)
    return "--no-cache" in text if text is not None else _OPTIONS.match(word.text) is not None


def _finding(install: _Install) -> Finding | None:
    """The finding for an install, unless its cache is off or elsewhere."""
    tool, instruction = install.tool, install.instruction
    is_set, value = install.setting(tool.switch)
    if is_set and (value is None or _turns_off(tool, value)):
        return None
    if install.setting(tool.folder)[0] or (tool.name == "pip" and install.setting("PIP_CONFIG_FILE")[0]):
        return None
    finding = Finding(instruction.start_line, f"{tool.name} leaves its cache in the layer")
    found = tuple(mount for mount in mounts(instruction, install.state) if mount.type in ("cache", "tmpfs"))
    meant = [mount.target for mount in found if mount.target is None or _is_meant(mount.target, tool)]
    folder = _cache(install) if found else None
    if (meant and (folder is None or None in meant)) or (folder is not None and is_mounted(folder, found)):
        return None
    if meant:
        advice = f"mount the cache there (for a user other than root with uid=), or install with {tool.flag}"
        return finding._replace(message=f"{finding.message}: it is {folder}, not {meant[0]}", advice=advice)
    return _with_mend(install, finding)


def _with_mend(install: _Install, finding: Finding) -> Finding:
    """The finding with the edit that puts the option right behind the subcommand."""
    tool, instruction, word = install.tool, install.instruction, install.subcommand
    if instruction.json:
        # In the JSON form a word with its comma is one to the proof, if a space follows.
        written, flag = f'"{word.value}",', f'"{tool.flag}",'
        at = instruction.value.find(f"{written} ")
        if at < 0:
            return finding._replace(advice=f'add "{tool.flag}" behind "{word.value}"')
        end = instruction.span(at, at + len(written))[1]
    else:
        script, flag = install.case.subject.script(instruction), tool.flag
        finding = finding._replace(line=script.line(install.case.subject.dockerfile.text, word.start))
        if install.is_within_word:
            return finding._replace(advice=f"add {tool.flag} behind {word.value}")
        end = script.span(word.start, word.end)[1]
    return finding._replace(done=tool.flag, edits=(Edit(end, end, f" {flag}"),), adds=(flag,))


def _turns_off(tool: _Tool, value: str) -> bool:
    """Whether a value of PIP_NO_CACHE_DIR or UV_NO_CACHE turns the cache off.

    pip takes any value for that, even `false` and `off`: those alone turned the cache off before 19.0, and still do
    for compatibility's sake (cmdoptions.py, _handle_no_cache_dir). An empty one it ignores.
    """
    return value != "" if tool.name == "pip" else value.lower() in _TRUE


def _cache(install: _Install) -> str | None:
    """The folder of the tool's cache; None where it can't be known."""
    is_set, base = install.setting("XDG_CACHE_HOME")
    if not is_set:
        at = home(install.state, install.case.image, install.case.homes())
        base = at and posixpath.join(at, ".cache")
    return base and posixpath.normpath(posixpath.join(base, install.tool.name))


def _is_meant(target: str, tool: _Tool) -> bool:
    """Whether a mount is there for the tool's cache, be it in the right place or not."""
    parts = target.split("/")
    return tool.name in parts or parts[-1] == ".cache"


def _last_clearing(calls: Sequence[Invocation | None], tool: _Tool) -> int:
    """The index of the last call that empties the tool's cache, or -1."""
    return max((index for index, call in enumerate(calls) if call is not None and _clears(call, tool)), default=-1)


def _clears(call: Invocation, tool: _Tool) -> bool:
    if call.program == tool.name:
        operands = parsed([word.value or "" for word in call.arguments], _VALUED).operands
        return any(operands[: len(names)] == names for names in tool.clearing)
    if call.program == "rm" or (
        call.program == "find" and any(word.value in ("-delete", "rm") for word in call.arguments)
    ):
        return any(_is_cache(word, tool) for word in call.arguments)
    # A script of the image's own, such as clean-layer.sh.
    return "clean" in call.program


def _is_cache(word: Word, tool: _Tool) -> bool:
    """Whether a word names the tool's cache or all of ~/.cache, also by a variable or as in `$(pip cache dir)`."""
    if "$" in word.text and any(name in word.text for name in (tool.folder, "XDG_CACHE_HOME", "cache dir")):
        return True
    parts = word.text.replace('"', "").replace("'", "").rstrip("*").split("/")
    behind = parts[parts.index(".cache") + 1 :] if ".cache" in parts else ["other"]
    return behind[:1] in ([], [""], [tool.name])

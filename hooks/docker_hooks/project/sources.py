"""What a Dockerfile takes from its build context: by COPY, ADD and bind mounts, and by the commands that it runs.

An ignore file that keeps any of it back breaks the build, or what the image does when it runs.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from docker_hooks.dockerfile.programs import Invocation, invocation
from docker_hooks.dockerfile.reader import Instruction
from docker_hooks.dockerfile.regex import regex
from docker_hooks.dockerfile.stages import State
from docker_hooks.dockerfile.values import NamedTuple
from docker_hooks.subject import Subject

TYPE_CHECKING = False
if TYPE_CHECKING:
    from docker_hooks.project.matcher import Matcher

# What BuildKit's ADD fetches rather than copies ("ADD", "Source"), and a heredoc in place of a file.
ELSEWHERE = regex(r"[A-Za-z][A-Za-z0-9+.-]*://|git@|github\.com/|[0-9]*<<")
WILDCARD = regex(r"[*?\[]")


class Source(NamedTuple):
    """Something that an instruction takes from the build context.

    path: relative to the context, clean; "." is all of it. With `is_pattern`, a pattern as in an ignore file
    line: of the instruction, counted from 1
    verb: "copies" or "mounts"
    is_pattern: whether it holds wildcards; `**` stands for what a variable hides
    is_known: whether no variable hides any of it
    """

    path: str
    line: int
    verb: str
    is_pattern: bool = False
    is_known: bool = True

    @property
    def is_whole(self) -> bool:
        """Whether it is the whole context: `.`, or everything that stands in it (`*`)."""
        return self.is_known and (self.path == "." or (self.is_pattern and not self.path.strip("*")))


def copied_sources(subject: Subject) -> tuple[Source, ...]:
    """What the COPYs, ADDs and bind mounts of all stages take from the build context, in order.

    An ONBUILD trigger takes from the context of the image that is built on this one, so it doesn't count.
    """
    return tuple(
        source
        for stage in subject.stages
        for instruction, state in zip(stage.instructions, stage.states, strict=True)
        for source in _sources(instruction, state, subject.dockerfile.escape)
    )


def matches(source: Source, path: str) -> bool:
    """Whether a path in the context is one that the source names, rather than lies in a folder that it names."""
    if not source.is_pattern:
        return source.path == path
    matcher = _matcher(source.path)
    return matcher is not None and matcher.matches(path)


def literal_parent(pattern: str) -> str:
    """The folders at the start of a source's pattern that hold no wildcard."""
    parts = pattern.split("/")[:-1]
    plain = next((index for index, part in enumerate(parts) if set(part) & set("*?[\\")), len(parts))
    return "/".join(parts[:plain])


def named_by_commands(subject: Subject) -> tuple[str, ...]:
    """Words of RUN, CMD, ENTRYPOINT and ENV that may name a file in the context, as relative paths.

    Not those that a command makes or deletes rather than reads: `touch .env`, `cp .env.example .env`. The working
    directory and the places that all of the context is copied to stand for the context.
    """
    found: dict[str, None] = {}
    places: list[str] = []
    for stage in subject.stages:
        for instruction, state in zip(stage.instructions, stage.states, strict=True):
            if instruction.name in ("COPY", "ADD"):
                sources = _sources(instruction, state, subject.dockerfile.escape)
                target = state.expand((instruction.arguments or ("",))[-1])
                if target and target.startswith("/") and any(source.is_whole for source in sources):
                    places.append(posixpath.normpath(target))
            for word in _named(subject, instruction):
                path = _relative(word, (state.workdir or "", *places))
                if path:
                    found[path] = None
    return tuple(found)


def named_in_text(text: str) -> tuple[str, ...]:
    """Whatever looks like a path in a Dockerfile that can't be read, as relative paths."""
    return tuple(dict.fromkeys(filter(None, (_relative(word, ()) for word in _paths_in(text)))))


def makes_environment(text: str) -> bool:
    """Whether a Dockerfile's commands seem to make a virtual environment, rather than use one that is copied."""
    return _ENVIRONMENT_MAKER.search(text) is not None


def runs_git(subject: Subject) -> bool:
    """Whether a RUN reads the git repository that the context holds, by git or by a tool that asks it."""
    has_cloned = False
    for instruction in subject.dockerfile.instructions:
        if instruction.name != "RUN":
            continue
        script = subject.script(instruction)
        if script.reason:
            if _GIT_IN_TEXT.search(script.text):
                return True
            continue
        run = [found for command in script.commands if (found := invocation(command)) is not None]
        moves = any(found.program in ("cd", "pushd") for found in run)
        for found in run:
            if found.program in _ASK_GIT:
                return True
            if found.program == "git":
                action, elsewhere = _git_action(found)
                if action in ("clone", "init"):
                    has_cloned = elsewhere = moves = True
                if action not in _GIT_ALONE and not (has_cloned and (elsewhere or moves)):
                    return True
    return False


_VARIABLE = regex(r"\$(?:\{[^{}]*\}|[A-Za-z_][A-Za-z0-9_]*)")
# What regular expressions read a meaning into, so that ignore patterns do too (see ignorepattern); COPY does not.
_SPECIAL = regex(r"[{}|]|(?<!\[)\^")


def _sources(instruction: Instruction, state: State, escape: str) -> Iterator[Source]:
    line = instruction.start_line
    if instruction.name in ("COPY", "ADD") and instruction.flag("from") is None:
        for word in (instruction.arguments or ())[:-1]:
            if not ELSEWHERE.match(word.strip("\"'")):
                source = _source(word, line, "copies", state, escape, wildcards=True)
                # There is no `**` in COPY, for it is Go's filepath.Match that matches; but with --parents there is.
                is_simple = source.is_known and source.is_pattern and instruction.flag("parents") is None
                yield source._replace(path=re.sub(r"\*+", "*", source.path)) if is_simple else source
    elif instruction.name == "RUN":
        for flag in instruction.flags:
            if flag.startswith("--mount="):
                mount = _mount(flag[len("--mount=") :])
                if mount.get("type", "bind").lower() == "bind" and not mount.get("from"):
                    written = mount.get("source", "") or "."
                    yield _source(written, line, "mounts", state, escape, wildcards=False)


def _mount(options: str) -> dict[str, str]:
    """The options of a mount (BuildKit, parseMount), keys in lower case."""
    mount = {}
    for option in options.split(","):
        key, _, value = option.partition("=")
        key = key.lower()
        mount["source" if key == "src" else key] = value
    return mount


def _source(word: str, line: int, verb: str, state: State, escape: str, *, wildcards: bool) -> Source:
    """Paths are cleaned as paths from the root of the context, which they can't leave (`../x` is `x`)."""
    path = state.expand(word, escape)
    is_known = path is not None
    if path is None:
        path = _VARIABLE.sub(lambda variable: state.expand(variable[0], escape) or "**", word).strip("\"'")
        if "$" in path:
            path = "**"
    elif ELSEWHERE.match(path):
        return Source("**", line, verb, is_pattern=True, is_known=False)
    if escape == "`":  # Windows
        path = path.replace("\\", "/")
    path = posixpath.normpath("/" + path).lstrip("/") or "."
    if is_known and not (wildcards and WILDCARD.search(path)):
        return Source(path, line, verb)
    return Source(_SPECIAL.sub(r"\\\g<0>", path), line, verb, is_pattern=True, is_known=is_known)


@lru_cache(maxsize=1024)
def _matcher(pattern: str) -> Matcher | None:
    from docker_hooks.project.ignorepattern import PatternError, read_line
    from docker_hooks.project.matcher import Matcher

    try:
        line = read_line("\\" + pattern if pattern.startswith(("!", "#")) else pattern)
        return Matcher(line.pattern) if line is not None else None
    except PatternError:
        return None


_ENVIRONMENT_MAKER = regex(r"\b(?:conda|hatch|mamba|micromamba|pdm|pipenv|poetry|uv|virtualenv)\b|-m\s+venv\b")
_PATH = regex(r"[^\s\"'`=,;:()<>&|$\[\]{}@%]+")
_IN_HOME = regex(r"(?:\$HOME|\$\{HOME\}|~)/[^\s\"';]*")
_IN_VARIABLE_FOLDER = regex(r"\$(?:\w+|\{\w+\})/")
# Programs whose words are no files that they read, and those whose last word is a place that they write to.
_READ_NOTHING = frozenset({"[", "[[", "cd", "echo", "export", "mkdir", "printf", "rm", "rmdir", "test", "touch"})
_WRITE_LAST = frozenset({"cp", "install", "ln", "mv", "rsync"})
# Programs whose plain words are names of packages and the like.
_NAME_PACKAGES = frozenset(
    {"apk", "apt", "apt-get", "conda", "dnf", "mamba", "micromamba", "npm", "pdm", "pip", "pipenv", "pipx", "poetry"}
    | {"uv", "yum"}
)


def _named(subject: Subject, instruction: Instruction) -> Iterator[str]:
    if instruction.name == "ENV":
        for value in (instruction.arguments or ())[1::3]:
            yield from _paths_in(value)
    elif instruction.name in ("RUN", "CMD", "ENTRYPOINT"):
        if instruction.json:
            for word in instruction.arguments or ():
                yield from _words_in(word, plain=True)
            return
        script = subject.script(instruction)
        if script.reason:
            yield from _paths_in(script.text)
        for command in script.commands:
            run = invocation(command)
            if run is not None and run.program not in _READ_NOTHING:
                yield from _read_by(run)
        if instruction.heredocs:
            for heredoc in instruction.heredocs:
                yield from _paths_in(heredoc.content)


def _read_by(run: Invocation) -> Iterator[str]:
    words = [word.text if word.value is None else word.value for word in run.arguments]
    if run.program == "dvc":
        yield ".dvc/cache/files"
    if "/" in run.name.text:
        yield run.name.text
    if run.program in _WRITE_LAST:
        words = words[:-1]
    previous = ""
    for word in words:
        yield from _words_in(word, plain=run.program not in _NAME_PACKAGES and previous != "-m")
        previous = word


def _words_in(word: str, *, plain: bool) -> Iterable[str]:
    """The word itself where it could be a name, else the paths in it."""
    if plain and _PATH.fullmatch(word) and not word.startswith("-"):
        return (word,)
    return _paths_in(word)


def _paths_in(text: str) -> list[str]:
    """The words that look like paths. A variable may stand for any folder, but for home, which no context is."""
    text = _IN_VARIABLE_FOLDER.sub("", _IN_HOME.sub(" ", text))
    return [word for word in _PATH.findall(text) if "." in word or "/" in word]


def _relative(word: str, places: Sequence[str]) -> str:
    """A path as one in the context, which lies at any of the places in the image; "" for others."""
    if word.startswith("/"):
        place = next((place for place in places if place not in ("", "/") and word.startswith(place + "/")), None)
        if place is None:
            return ""
        word = word[len(place) :].lstrip("/")
    path = posixpath.normpath(word)
    return "" if path.startswith(("../", "~", "-", "/")) or path in (".", "..") else path


# Actions of git that need no repository, or make one.
_GIT_ALONE = frozenset({"", "clone", "config", "credential", "help", "init", "ls-remote", "lfs install", "version"})
# Tools that fail where there is no git repository: DVC unless told otherwise, pre-commit always.
_ASK_GIT = frozenset({"dvc", "pre-commit"})
_GIT_VALUED = ("-c", "-C", "--git-dir", "--work-tree", "--exec-path", "--namespace")
_GIT_IN_TEXT = regex(
    r"\b(?:dvc|pre-commit)\s+\w|\bgit\s+(?:-\S+\s+){0,4}"
    r"(?:checkout|describe|diff|fetch|log|ls-files|pull|rev-list|rev-parse|show|status|submodule|symbolic-ref|tag)\b"
)


def _git_action(run: Invocation) -> tuple[str, bool]:
    """What git is to do, "" if nothing, and whether it is told to do it in another folder."""
    words = [word.value or "?" for word in run.arguments]
    elsewhere = False
    index = 0
    while index < len(words) and words[index].startswith("-"):
        elsewhere = elsewhere or words[index].startswith(("-C", "--git-dir"))
        index += 2 if words[index] in _GIT_VALUED else 1
    action = " ".join(words[index : index + 1])
    if action == "lfs":
        action = " ".join(words[index : index + 2])
    return action, elsewhere

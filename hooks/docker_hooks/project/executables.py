"""Whether Docker can start by itself what a CMD or ENTRYPOINT names, or a shell alone can.

A shell takes a file that is no program and doesn't begin with `#!` for a script of its own (POSIX, "Command Search and
Execution"); Docker says "exec format error". So it is followed how a Dockerfile may bring the file to its place: COPY
from the build context, of a heredoc or from another stage, cp, mv, ln, install, and what a RUN writes there.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from functools import cached_property
from itertools import pairwise

from docker_hooks.dockerfile import paths
from docker_hooks.dockerfile.calls import Call, Calls, calls_of
from docker_hooks.dockerfile.footprint import footprint
from docker_hooks.dockerfile.options import names, parsed
from docker_hooks.dockerfile.reader import Instruction
from docker_hooks.dockerfile.regex import regex
from docker_hooks.dockerfile.shell import Command
from docker_hooks.dockerfile.stages import Stage, State, find, lineage
from docker_hooks.dockerfile.starts import started_script
from docker_hooks.files import is_within
from docker_hooks.project.copied import context_folders, heredoc_text, is_heredoc
from docker_hooks.project.sources import WILDCARD
from docker_hooks.subject import Subject

# The PATH of a container for which nothing sets another (moby, system.DefaultPathEnv), and conda's folder.
_PATH = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin", "/opt/conda/bin")
_STARTABLE = ("#!", "\x7fELF")
_NO_SCRIPT = "{} doesn't begin with #!, as it then must"
_UNSEEN = "whether {} begins with #!, as a script then must, can't be seen from here"
_ELSEWHERE = regex(r"[A-Za-z][A-Za-z0-9+.-]*://|git@")
_COPIERS = names("cp install ln mv")
_VALUED = names("-t --target-directory -m --mode -o --owner -g --group -S --suffix")
_COMPILERS = names("c++ cc clang clang++ g++ gcc gfortran go nvcc rustc")
_WRITERS = names("curl tee wget")
# What in front of a path, in a script that can't be read, says that it may be written.
_WRITES = regex(r">|\b(?:cp|curl|install|ln|mv|perl|sed|tee|wget)\b")
# Programs that leave the first line of a file that they name as it is, and those that run it.
_KEEPERS = names(
    "[ [[ cat cd chgrp chmod chown cp dos2unix echo exec export file grep head install ldd ln ls md5sum mkdir mv "
    "printf rm setcap sha1sum sha256sum sha512sum stat strip tail test touch update-alternatives wc which"
)
_FIND_RUNS = names("-exec -execdir -ok -okdir")
_RUNNERS = names(". bash dash python sh source")
# What sed may look for: it ends the line, or can't begin before the third character of `#!`.
_BEHIND_START = regex(r"(?:\\r|\r|\w[\w :=./@-]*)\$?")
_SED_FLAGS = frozenset("gIi0123456789")
_FAR = 200
_DEEPEST = 20
_MOST_STEPS = 100_000


class Executables:
    """The files that the images of one Dockerfile start."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self._stages = subject.stages
        self._calls: dict[int, Calls] = {}
        self._verdicts: dict[tuple[int, str], list[str]] = {}
        self._covered: set[str] = set()
        self._left = _MOST_STEPS

    @cached_property
    def _workdirs(self) -> dict[int, str]:
        return paths.workdirs(self._stages)

    @cached_property
    def _folders(self) -> tuple[str, ...]:
        return context_folders(self._subject)

    def why_not(self, stage: Stage, program: str) -> str:
        """Why Docker may not be able to start `program` in the image of a stage; "" where it is."""
        if self._left < 0:
            return _UNSEEN.format(program)
        workdir = stage.end.workdir or self._workdirs[stage.instructions[-1].start]
        is_path = "/" in program
        places = [paths.joined(workdir, program)] if is_path else self._on_path(stage, program)
        found = [verdict for place in places for verdict in self._of(stage, place)]
        if not found and (started_script([program]) is not None or (is_path and not self._is_installed(places[0]))):
            found = [_UNSEEN]
        return next(filter(None, found), "").format(program)

    def _on_path(self, stage: Stage, program: str) -> list[str]:
        """The places where a program may stand that is named without its folder."""
        chain = lineage(self._stages, stage)
        self._left -= len(chain)
        set_here = (folder for link in chain for folder in self._set_path.get(link.number, ()))
        return [paths.joined("/", posixpath.join(folder, program)) for folder in dict.fromkeys((*_PATH, *set_here))]

    @cached_property
    def _set_path(self) -> dict[int, list[str]]:
        """The folders that each stage, by its number, puts on PATH, as far as they are known."""
        found: dict[int, list[str]] = {}
        for stage in self._stages:
            for instruction, state in zip(stage.instructions, stage.states, strict=True):
                arguments = (instruction.arguments or ()) if instruction.name == "ENV" else ()
                for name, value in zip(arguments[::3], arguments[1::3], strict=True):
                    parts = value.strip("\"'").split(":")[:_FAR] if name == "PATH" else []
                    found.setdefault(stage.number, []).extend(filter(None, map(state.expand, parts)))
        return found

    def _is_installed(self, place: str) -> bool:
        """Whether it stands where programs are installed to, and the build context doesn't bring the folder."""
        folder = posixpath.dirname(place)
        above, kind = posixpath.split(folder)
        if folder in _PATH or kind not in ("bin", "sbin"):
            return folder in _PATH
        return place not in self._covered or "env" in posixpath.basename(above)

    def _of(self, stage: Stage, place: str, depth: int = 0) -> list[str]:
        """A verdict for each step that brings the file: "" if Docker can start it, else why not."""
        key = (stage.number, place)
        if key in self._verdicts:
            return self._verdicts[key]
        found = self._verdicts[key] = []
        chain = lineage(self._stages, stage)
        self._left -= len(chain)
        for link in chain:
            self._left -= len(link.instructions)
            if depth > _DEEPEST or self._left < 0:
                return [_UNSEEN]
            for instruction, state in zip(link.instructions, link.states, strict=True):
                if instruction.name in ("COPY", "ADD"):
                    found += self._by_copy(link, instruction, state, place, depth)
                elif instruction.name == "RUN":
                    found += self._by_run(link, instruction, state, place, depth, is_there=bool(found))
        return found

    def _followed(self, stage: Stage, place: str, depth: int, *, is_named: bool) -> list[str]:
        """The verdicts on what a step copies within the image, or from that of a stage."""
        found = self._of(stage, place, depth + 1)
        if found or not is_named:
            return found
        return [""] if self._is_installed(place) else [_UNSEEN]

    def _by_copy(self, stage: Stage, copy: Instruction, state: State, place: str, depth: int) -> Iterator[str]:
        *sources, last = copy.arguments or ("", "")
        target = paths.located(last, state, self._workdirs[copy.start])
        for heredoc in copy.heredocs:
            if any(is_named for _, is_named in _candidates(f"/{heredoc.name}", target, place)):
                yield _verdict(heredoc_text(heredoc))
        reference = copy.flag("from")
        for word in (word for word in sources if not is_heredoc(copy, word)):
            source = paths.joined("/", state.expand(word) or word)
            for candidate, is_named in _candidates(source, target, place):
                origin = find(self._stages[: stage.number], reference)
                if origin is not None:
                    yield from self._followed(origin, candidate, depth, is_named=is_named)
                elif reference is not None:
                    # What another image holds is made to be started.
                    yield from [""] if is_named else []
                elif not _ELSEWHERE.match(word):
                    yield from self._in_context(source, candidate, place, is_named=is_named)
                elif is_named:
                    yield _UNSEEN

    def _in_context(self, source: str, path: str, place: str, *, is_named: bool) -> list[str]:
        folders = self._folders
        found = [_verdict(head) for folder in folders if (head := self._head(folder, path))]
        if not found and any(os.path.isdir(_file_path(folder, source)) for folder in folders):
            self._covered.add(place)
        return found or ([_UNSEEN] if is_named else [])

    def _head(self, folder: str, path: str) -> str | None:
        """How a file of the build context begins; a line break for an empty one, None for what isn't there."""
        try:
            file_path = _file_path(folder, path)
            if not os.path.isfile(file_path) or not is_within(file_path, self._subject.root):
                return None
            with open(file_path, "rb") as file:
                return file.read(4).decode("latin-1") or "\n"
        except (OSError, ValueError):
            return None

    def _by_run(
        self, stage: Stage, step: Instruction, state: State, place: str, depth: int, *, is_there: bool
    ) -> list[str]:
        if not step.mentions(posixpath.basename(place), *_COPIERS, *("*" if is_there else ())):
            return []
        script = self._subject.script(step)
        if step.start not in self._calls:
            self._calls[step.start] = calls_of(script, state, self._workdirs[step.start])
        calls = self._calls[step.start]
        if calls.reason:
            texts = (step.value, *(heredoc.content for heredoc in step.heredocs))
            return [_UNSEEN] if any(_may_write(text, place) for text in texts) else []
        found: list[str] = []
        for index, call in enumerate(calls.calls):
            if not step.json:
                found += _written(script.commands[index], call, state, place, is_there=is_there or bool(found))
            for candidate, is_named in _copied(call, place):
                found += self._followed(stage, candidate, depth, is_named=is_named)
            found += _made(call, place)
            if (is_there or found) and _names(call, place) and not _keeps_start(call.program, call.words):
                found.append(_UNSEEN)
        return found


def _file_path(folder: str, path: str) -> str:
    return os.path.join(folder, *path.strip("/").split("/"))


def _verdict(head: str) -> str:
    return "" if head.startswith(_STARTABLE) else _NO_SCRIPT


def _candidates(source: str, target: str, place: str, *, keeps_folder: bool = False) -> Iterator[tuple[str, bool]]:
    """What comes to `place` if `source` is copied to `target`, and whether `source` names the file itself.

    With `keeps_folder`, a folder comes into the target, as by `cp`, and not only what it holds, as by COPY.
    """
    if place == target:
        yield source, True
        return
    if not place.startswith(target.rstrip("/") + "/"):
        return
    rest = place[len(target.rstrip("/")) + 1 :]
    folder, name = posixpath.split(source)
    first, slash, _ = rest.partition("/")
    if fnmatchcase(first, name) and (keeps_folder or not slash):
        yield posixpath.join(folder, rest), rest == name
    if rest != name and not WILDCARD.search(name):
        yield posixpath.normpath(posixpath.join(source, rest)), False


def _copied(call: Call, place: str) -> Iterator[tuple[str, bool]]:
    """What a command copies, moves or links to `place`, and whether it names the file itself."""
    if call.program not in _COPIERS:
        return
    options = parsed(["?" if word is None else word for word in call.words], _VALUED)
    folders = options.all("-t", "--target-directory")
    *sources, last = (*options.operands, *folders[:1]) or ("",)
    target = paths.joined(call.workdir, last)
    for source in sources:
        is_link = call.program == "ln" and options.has("-s", "--symbolic")
        path = paths.joined(posixpath.dirname(place) if is_link else call.workdir, source)
        yield from _candidates(path, target, place, keeps_folder=True)


def _written(command: Command, call: Call, state: State, place: str, *, is_there: bool) -> Iterator[str]:
    """The verdict on what a command writes to `place`; what it appends counts if nothing `is_there`."""
    for redirect in command.redirects:
        target = paths.value(redirect.target, state, frozenset())
        if ">" not in redirect.operator or target is None or paths.joined(call.workdir, target) != place:
            continue
        if redirect.operator.endswith(">>") and is_there:
            continue
        # What echo makes of options depends on the shell: dash writes `-e` into the file.
        words = call.words[1:] if call.program == "printf" and call.words[:1] == ("--",) else call.words
        is_said = call.program in ("echo", "printf") and bool(words) and (words[0] or "").startswith("#!")
        yield "" if is_said else _UNSEEN


def _made(call: Call, place: str) -> list[str]:
    """The verdict on what a program makes at `place`: one that compiles, or one that writes what it is given."""
    if call.program in _COMPILERS:
        outputs = parsed([word or "" for word in call.words], ("-o",)).all("-o")
        return [""] if any(paths.joined(call.workdir, path) == place for path in outputs) else []
    touched = footprint(call.program, call.words) if call.program in _WRITERS else None
    is_written = touched is not None and any(paths.joined(call.workdir, path) == place for path in touched.paths)
    return [_UNSEEN] if is_written else []


def _names(call: Call, place: str) -> bool:
    """Whether a command names a file, be it by a pattern; what an interpreter runs first is no argument."""
    words = call.words[1:] if call.program in _RUNNERS else call.words
    folder = posixpath.dirname(place) if call.program == "find" else call.workdir
    known = (paths.joined(folder, word) for word in words if word)
    return any(path == place or (WILDCARD.search(path) and fnmatchcase(place, path)) for path in known)


def _keeps_start(program: str, words: Sequence[str | None]) -> bool:
    """Whether a program that names a file leaves it beginning with `#!`, if it does."""
    if program != "find":
        return program in _KEEPERS | _WRITERS | _COMPILERS or (program == "sed" and _sed_keeps_start(words))
    runs = [index for index, word in enumerate(words) if word in _FIND_RUNS]
    commands = [words[index + 1 : end] for index, end in pairwise((*runs, len(words)))]
    return all(command and command[0] != "find" and _keeps_start(command[0] or "", command[1:]) for command in commands)


def _sed_keeps_start(words: Sequence[str | None]) -> bool:
    """Whether sed changes no file, or substitutes what stands behind the `#!`, such as carriage returns."""
    options = parsed(["" if word is None else word for word in words], names("-e --expression -f --file"))
    if not options.has("-i", "--in-place"):
        return True
    scripts = options.all("-e", "--expression") or options.operands[:1]
    return not options.has("-f", "--file", "-n", "--quiet", "--silent") and all(map(_substitutes_behind, scripts))


def _substitutes_behind(script: str) -> bool:
    parts = script[2:].split(script[1]) if script[:1] == "s" and script[1:] else []
    return len(parts) == 3 and _BEHIND_START.fullmatch(parts[0]) is not None and _SED_FLAGS.issuperset(parts[2])


def _may_write(text: str, place: str) -> bool:
    """Whether a script that can't be read may write a file, or copy one to it."""
    at = text.find(place)
    while at >= 0:
        line = text[max(0, at - _FAR) : at].rpartition("\n")[2]
        if _WRITES.search(line):
            return True
        at = text.find(place, at + len(place))
    return False

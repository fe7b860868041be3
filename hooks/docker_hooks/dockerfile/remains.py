"""What a build leaves to the user of its image, and what stays root's: who can write, read and run what."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Sequence

from docker_hooks.dockerfile import paths
from docker_hooks.dockerfile.calls import Call
from docker_hooks.dockerfile.modes import changed, hides, is_private, opens
from docker_hooks.dockerfile.options import names
from docker_hooks.dockerfile.ownership import THERE, Step, destination, is_manifest, with_parents
from docker_hooks.dockerfile.reader import Instruction
from docker_hooks.dockerfile.regex import regex
from docker_hooks.dockerfile.values import NamedTuple
from docker_hooks.dockerfile.writes import Named, written

# Where everyone can write.
_EVERYONES = ("/dev", "/proc", "/tmp", "/var/tmp")
# What root's own programs alone read.
_ROOTS_ALONE = ("/etc/cron", "/etc/init.d", "/etc/ssh", "/etc/sudoers", "/root", "/run", "/var/lib", "/var/spool")
_NAMES = regex(r"[\w.+-]+")
# Programs that bring no files, neither to what they name nor to the folder they run in.
_BRINGS_NOTHING = names("apk apt apt-get cd chmod chown conda echo export mamba mkdir pip rm set touch true uv")


class Built(NamedTuple):
    """A step of the build; `given` says that what it copies becomes the user's, `calls` are those of a RUN."""

    step: Step
    is_roots: bool
    given: bool
    calls: tuple[Call, ...]


class Private(NamedTuple):
    """A file that its owner alone can read or run, and the line that makes it so."""

    path: str
    line: int


class Remains(NamedTuple):
    """What the build leaves to whom; all paths are absolute.

    owned
        Whether a folder is the user's own.
    open
        What everyone can write to.
    made, above
        Folders and files that root made without putting anything into them, and the folders that were made with them.
    brought
        What was put there, and the folders where something was.
    private
        What root alone may be able to read or run.
    mixed
        The user's own folder if what lies in it may be root's.
    """

    owned: Callable[[str], bool]
    open: frozenset[str]
    made: frozenset[str]
    above: frozenset[str]
    brought: frozenset[str]
    private: tuple[Private, ...]
    mixed: str | None

    def is_writable(self, path: str) -> bool:
        """Whether the user can write to a path, or make it."""
        # Hidden is the home of the user, whoever it is, or the base image's own WORKDIR.
        if not paths.is_known(path):
            return path.startswith(("/?$HOME", "/?~")) or path[2:3].isdigit()
        for folder in with_parents(path):
            if folder == self.mixed and posixpath.dirname(path) != folder:
                return False
            if folder in self.open or self.owned(folder):
                return True
            if folder in self.made or folder in self.above:
                return False
        return False

    def may_be_denied(self, named: Named) -> bool:
        """Whether a program may write to a path that it is given, and the user can't."""
        if self.is_writable(named.path):
            return False
        above = tuple(with_parents(named.path))
        is_empty = self.brought.isdisjoint(above)
        return named.is_written or (is_empty and (named.is_hinted or not self.made.isdisjoint(above)))

    def first_private(self) -> Private | None:
        """The first file that stays root's and that no other user can read or run, or None."""
        for private in self.private:
            if not self.is_writable(private.path) or self.mixed in tuple(with_parents(private.path)):
                return private
        return None


def remains(builds: Sequence[Built], owned: Callable[[str], bool], workdir: str | None) -> Remains:
    """What the steps of a build leave to a user, whose own are the folders that `owned` says, `workdir` among them."""
    everyones = set(_EVERYONES)
    made: set[str] = set()
    above: set[str] = set()
    brought: set[str] = set()
    private: list[Private] = []
    mixed = None
    seen_to = _seen_to(builds)
    for position, (step, is_roots, given, calls) in enumerate(builds):
        instruction = step.instruction
        if instruction.name == "WORKDIR" and step.after.workdir is not None and is_roots:
            above.update(folder for folder in with_parents(step.after.workdir) if folder not in THERE)
            made.update(above & {step.after.workdir})
        elif instruction.name in ("COPY", "ADD"):
            targets = _targets(step)
            brought.update(targets)
            if given or instruction.flag("chown") is not None or not targets:
                continue
            if is_private(instruction) and position not in seen_to:
                private.append(Private(targets[0], instruction.start_line))
            is_source = not all(is_manifest(source) for source in (instruction.arguments or ())[:-1])
            if is_source and workdir in tuple(with_parents(targets[0])):
                mixed = workdir
        for call in calls:
            brought.update(_brought(call))
            if call.program in ("mkdir", "touch"):
                made.update(path for path in written(call) if path is not None and is_roots)
            for mode, path in changed(call):
                if opens(mode):
                    everyones.add(path)
                elif is_roots and hides(mode) and not path.startswith(_ROOTS_ALONE):
                    private.append(Private(path, instruction.start_line))
    return Remains(
        owned, frozenset(everyones), frozenset(made), frozenset(above), frozenset(brought), tuple(private), mixed
    )


def _brought(call: Call) -> Iterator[str]:
    """The paths where a command may put something: those it names, and the folder it runs in."""
    if call.program not in _BRINGS_NOTHING:
        for word in (*call.words, *call.files, call.workdir):
            if word and not word.startswith("-"):
                yield paths.joined(call.workdir, word)


def _targets(step: Step) -> tuple[str, ...]:
    """Where a COPY or ADD may put its sources: the destination, and each source in it; first what it must be."""
    target = destination(step.instruction, step.before)
    if target is None:
        return ()
    within = tuple(posixpath.join(target, name) for name in _names(step.instruction))
    is_folder = (step.instruction.arguments or ("",))[-1].endswith(("/", "."))
    return (*within, target) if is_folder else (target, *within)


def _names(copy: Instruction) -> Iterator[str]:
    """The names of the sources, those of whole folders left out."""
    for source in (copy.arguments or ())[:-1]:
        name = posixpath.basename(source.rstrip("/"))
        if name not in ("", ".", ".."):
            yield name


def _seen_to(builds: Sequence[Built]) -> frozenset[int]:
    """The positions of the COPYs and ADDs whose mode a later RUN changes, or which nothing but a later RUN needs."""
    started: set[str] = set()
    handled: set[str] = set()
    used: set[str] = set()
    found: set[int] = set()
    for instruction in (built.step.instruction for built in builds):
        if instruction.name in ("CMD", "ENTRYPOINT"):
            started.update(_NAMES.findall(instruction.value))
    for position in range(len(builds) - 1, -1, -1):
        instruction = builds[position].step.instruction
        if instruction.name == "RUN":
            names = _NAMES.findall(instruction.value)
            used.update(names)
            if "chmod" in names or "chown" in names:
                handled.update(names)
        elif instruction.name in ("COPY", "ADD"):
            own = {*_names(instruction), posixpath.basename((instruction.arguments or ("",))[-1])}
            if not own.isdisjoint(handled) or (not own.isdisjoint(used) and own.isdisjoint(started)):
                found.add(position)
    return frozenset(found)

"""Runs every check over Dockerfiles, compose files, ignore files and build contexts, in one process.

PATHs are files, or folders in which the files are found (what git ignores is left out); without any it is the whole
repository. Each Dockerfile is read once for all checks. Mends are made check by check in the order of --list, each
proven, until none has anything to mend; then compose files, ignore files and build contexts have their turn.

What is said here by options can stand in [tool.docker-hooks] of pyproject.toml: only, skip, check, diff, format. The
options of single hooks go into tables of their own: [tool.docker-hooks.dockerfile-non-root-user] numeric = true.
Exit code 0: nothing to say; 1: findings, mended or not; 2: wrong usage.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from docker_hooks import catalogue, run
from docker_hooks.catalogue import COMPOSE, CONTEXT, IGNORE, RULES, SYNTAX, module_of
from docker_hooks.dockerfile.reader import decode
from docker_hooks.dockerfile.values import NamedTuple
from docker_hooks.entry_point import entry_point
from docker_hooks.files import Change, Disk, Rehearsal, read_file, repository_root
from docker_hooks.finding import Finding
from docker_hooks.memory import Memory
from docker_hooks.project.context import recipe_of
from docker_hooks.project.names import is_compose_file, is_ignore_file
from docker_hooks.run import Hook, Report
from docker_hooks.settings import Settings, WrongUsage, settings
from docker_hooks.subject import Subject

TYPE_CHECKING = False
if TYPE_CHECKING:
    from concurrent.futures import Executor

    from docker_hooks.project.built import Search

ID = catalogue.ALL
_NOT_OF_DOCKERFILES = frozenset((COMPOSE, IGNORE, CONTEXT))
# From this many Dockerfiles on, starting other processes costs less than they save.
_MANY = 48
_MOST_LOOKS = 3


class Examined(NamedTuple):
    """What there is to say of some files, and what was written (or would be)."""

    reports: list[Report]
    changes: list[Change]


class _Judge(NamedTuple):
    """What there is to say of the contexts found, and the context that is meant where the user names one."""

    context: Path | None
    reports: Callable[[Search], Iterable[Report]]


@entry_point
def main(argv: Sequence[str]) -> int:
    """The command `docker-hooks`."""
    try:
        told = settings(argv)
        if told.answer is not None:
            sys.stdout.write(told.answer)
            return 0
        paths = list(_files(told.paths))
        done = examined(paths, told, Disk)
        if told.diff and told.check:
            done = done._replace(changes=examined(paths, told._replace(check=False), Rehearsal).changes)
    except WrongUsage as error:
        sys.stderr.write(f"{ID}: {run.printable(str(error))}\n")
        return 2
    from docker_hooks.formats import shown

    return shown(done.reports, done.changes, len(paths), told)


def _files(paths: Sequence[str]) -> Iterator[str]:
    """The files to examine, each once: those given, and those of ours in the folders given."""
    given = paths or [os.path.relpath(repository_root(os.path.join(os.getcwd(), "x")))]
    seen: dict[str, str] = {}
    for path in (path for path in given if not os.path.isdir(path)):
        seen.setdefault(os.path.abspath(path), path)
    for folder in filter(os.path.isdir, given):
        from docker_hooks.discovery import found_in

        for path in found_in(folder):
            seen.setdefault(os.path.abspath(path), path)
    yield from seen.values()


def examined(paths: Sequence[str], settings: Settings, kind_of_disk: type[Disk]) -> Examined:
    """Examine the files, and mend them on a disk of this kind unless only a check is asked for.

    Once an ignore file is written they are examined again: what it keeps back may let more of a Dockerfile be mended.
    """
    done = _examined(paths, settings, kind_of_disk)
    changes = done.changes
    for _ in range(_MOST_LOOKS - 1):
        if kind_of_disk is Rehearsal or not any(is_ignore_file(os.path.basename(path)) for path, *_ in changes):
            break
        again = _examined(paths, settings, kind_of_disk)
        mended = [report for report in done.reports if report.is_mended]
        changes = again.changes
        done = Examined(run.in_order([*mended, *again.reports]), [*done.changes, *changes])
    return done


def _examined(paths: Sequence[str], settings: Settings, kind_of_disk: type[Disk]) -> Examined:
    composes = [path for path in paths if is_compose_file(os.path.basename(path))]
    others = frozenset(composes)
    dockerfiles = [path for path in paths if path not in others and not is_ignore_file(os.path.basename(path))]
    chosen = [rule for rule in RULES if rule in settings.rules]
    disk, memory = kind_of_disk(), Memory()
    judges = _judges(settings, disk)
    begun: Iterator[Examined] = iter(())
    if dockerfiles and not settings.rules <= _NOT_OF_DOCKERFILES:
        hooks = [_hook(rule, settings) for rule in chosen if rule not in _NOT_OF_DOCKERFILES]
        begun = _shared_out(partial(_dockerfiles_examined, hooks, settings, kind_of_disk), memory, dockerfiles)

    def of_dockerfiles() -> list[Report]:
        reports: list[Report] = []
        for done in begun:
            reports += done.reports
            disk.changes += done.changes
        return reports

    def of_others() -> list[Report]:
        reports = _composes_examined(composes, settings, disk) if COMPOSE in chosen else []
        return reports + (_contexts_examined(paths, judges, memory) if judges else [])

    # Where nothing is mended, the others need not wait for other processes.
    parts = (of_others, of_dockerfiles) if settings.check else (of_dockerfiles, of_others)
    reports = [report for part in parts for report in run.guarded(ID, os.curdir, part)]
    return Examined(run.in_order(reports), disk.changes)


def _shared_out(
    work: Callable[[Memory, Sequence[str]], Examined], memory: Memory, paths: Sequence[str]
) -> Iterator[Examined]:
    """`work` over the paths; over parts of many paths in as many processes as there are cores, which begin at once.

    Those processes remember for themselves: what this one learns meanwhile can't be handed over.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if len(paths) < _MANY or cores == 1 or not hasattr(os, "fork"):
        return map(work, [memory], [paths])
    import signal
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    # An interrupt ends them at once; this process says so.
    quietly = (signal.SIGINT, signal.SIG_DFL)
    processes = ProcessPoolExecutor(cores, get_context("fork"), signal.signal, quietly)
    begun = processes.map(partial(work, Memory()), [paths[start::cores] for start in range(cores)])
    return _until_ended(processes, begun)


def _until_ended(processes: Executor, begun: Iterator[Examined]) -> Iterator[Examined]:
    with processes:
        yield from begun


def _composes_examined(paths: Sequence[str], settings: Settings, disk: Disk) -> list[Report]:
    reports: list[Report] = []
    for path in paths:
        from docker_hooks import compose_file

        found = compose_file.examined(path, disk, check_only=settings.check)
        reports += (report._replace(hook=COMPOSE) for report in found)
    return reports


def _dockerfiles_examined(
    hooks: Sequence[Hook], settings: Settings, kind_of_disk: type[Disk], memory: Memory, paths: Sequence[str]
) -> Examined:
    disk = kind_of_disk()
    reports: list[Report] = []
    for path in paths:
        once = partial(_examined_once, path, hooks, settings, disk, memory)
        reports += (report._replace(hook=report.hook or ID) for report in run.guarded(ID, path, once))
    return Examined(reports, disk.changes)


def _hook(rule: str, settings: Settings) -> Hook:
    module = module_of(rule)
    told = settings.of(rule, module)
    hook: Hook = Hook(rule, module.check, module.HOOK_RULES) if told is None else module.hook(told)
    return hook


def _examined_once(path: str, hooks: Sequence[Hook], settings: Settings, disk: Disk, memory: Memory) -> list[Report]:
    content, root = read_file(path), memory.once(repository_root, path)
    together = Together(path, root, hooks, memory, mends_rejected=SYNTAX in settings.rules)
    text = decode(content.data)
    return run.outcome(
        content,
        root,
        lambda: together.find(together.document(text)),
        lambda: together.mended(text),
        check_only=settings.check,
        disk=disk,
    )


class Together:
    """Several hooks on one Dockerfile; where Docker rejects it, the hook for such files alone."""

    def __init__(self, path: str, root: str, hooks: Sequence[Hook], memory: Memory, *, mends_rejected: bool) -> None:
        self._path = path
        self._root = root
        self._hooks = hooks
        self._memory = memory
        self._mends_rejected = mends_rejected

    def mended(self, text: str) -> run.Mended:
        """What becomes of the text of the file."""
        return run.mended(self.document(text), self.find, self.prove, _text)

    def document(self, text: str) -> Subject | str:
        """A Dockerfile; the mere text of what Docker rejects."""
        recipe = self._memory.once(recipe_of, Path(self._path), Path(self._root), text, self._memory)
        return recipe.subject or text

    def find(self, document: Subject | str) -> list[Finding]:
        """What the hooks say of it, one after the other."""
        if isinstance(document, str):
            return self._of_rejected(document)
        return [finding for hook in self._hooks for finding in _found(hook, document)]

    def prove(self, document: Subject | str, findings: Sequence[Finding]) -> Subject | str:
        """The document after the edits of some findings. Raises Unproven."""
        if isinstance(document, str):
            from docker_hooks.dockerfile_syntax import proven

            return self.document(proven(document, findings))
        return run.prove(document, findings)

    def _of_rejected(self, text: str) -> list[Finding]:
        from docker_hooks.dockerfile_syntax import findings

        found = (finding._replace(rule=SYNTAX) for finding in findings(text))
        if self._mends_rejected:
            return list(found)
        return [finding._replace(edits=(), advice=finding.advice or "it is left as it is") for finding in found]


def _text(document: Subject | str) -> str:
    return document if isinstance(document, str) else document.dockerfile.text


def _found(hook: Hook, subject: Subject) -> Iterator[Finding]:
    """What a hook says of a Dockerfile; where it fails, that it does: the others go on."""
    try:
        for finding in run.found(hook, subject):
            yield finding._replace(rule=hook.id)
    except Exception as error:
        message = f"{hook.id} failed on this file ({type(error).__name__}: {error}); please report it"
        yield Finding(0, message, rule=hook.id)


def _judges(settings: Settings, disk: Disk) -> dict[str, _Judge]:
    """The checks of ignore files and contexts that are asked for, as they are told to judge. Raises WrongUsage."""
    judges: dict[str, _Judge] = {}
    if IGNORE in settings.rules:
        from docker_hooks import dockerignore

        told = settings.of(IGNORE, dockerignore)
        ignoring = dockerignore.Options() if told is None else dockerignore.options_of(told)
        ignoring = ignoring._replace(check_only=settings.check)
        judges[IGNORE] = _Judge(ignoring.context, lambda search: dockerignore.judged(search, ignoring, disk))
    if CONTEXT in settings.rules:
        from docker_hooks import docker_build_context

        told = settings.of(CONTEXT, docker_build_context)
        limits = docker_build_context.Options() if told is None else docker_build_context.options_of(told)
        judges[CONTEXT] = _Judge(limits.context, lambda search: docker_build_context.judged(search, limits))
    return judges


def _contexts_examined(paths: Sequence[str], judges: Mapping[str, _Judge], memory: Memory) -> list[Report]:
    """Examine the ignore files and build contexts that the files lead to; the checks share one look at them."""
    from docker_hooks.project.built import Search
    from docker_hooks.project.unwanted import NAMES

    contexts = [judge.context for judge in judges.values() if judge.context]
    search = Search(contexts[0] if contexts else None, NAMES, memory)
    reports: list[Report] = []
    for path in paths:
        taken = run.guarded(ID, path, partial(_taken, search, path, memory))
        # What is wrong with other files is said where these are examined.
        reports += (report._replace(hook=IGNORE) for report in taken if is_ignore_file(os.path.basename(path)))
    for rule, judge in judges.items():
        reports += (report._replace(hook=rule) for report in judge.reports(search))
    return reports


def _taken(search: Search, path: str, memory: Memory) -> list[Report]:
    search.take(Path(path), Path(memory.once(repository_root, path)))
    return []

"""Runs the hooks over one project, each alone and all together, and judges what they did."""

from __future__ import annotations

import os
import re
import stat
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from docker_hooks.catalogue import ALL
from docker_hooks.docker_hooks import Together
from docker_hooks.dockerfile.reader import Rejected, decode, encode
from docker_hooks.finding import Finding
from docker_hooks.memory import Memory
from docker_hooks.run import Hook, Mended, accepted, examined, mend
from docker_hooks.subject import Subject
from tests.corpus.discovery import SYNTAX, Repair
from tests.corpus.inputs import Source
from tests.corpus.judge import BROKEN, BYTES, COMMENTS, WORDS, Declared, Fault, judge, judge_repair, lost_comments
from tests.corpus.project import set_up

SECOND_RUN, CRASHES = "second-run changes", "crashes"
FAULTS = (BROKEN, COMMENTS, WORDS, BYTES, SECOND_RUN, CRASHES)
TOGETHER = ALL
_FAILED = "failed on this file"
# A mode that no umask gives, so that losing it shows.
_MODE = 0o751
_NAMED = re.compile(r"(?<!\w)'[^']*'(?!\w)|\"[^\"]*\"|`[^`]*`|[^\s(),;]*[/_\[0-9$][^\s(),;]*|[^\s(),;]+\.\w[^\s(),;]*")
_ENDS_COMMAND = re.compile(r"[&|;\n]")
_NOT_MENDED = "not mended: "


class Outcome(NamedTuple):
    """What one hook did to one file; `after` is the text it left, `reasons` why what is left was not mended."""

    name: str
    hook: str
    before: str
    after: str
    findings: int
    mended: int
    reasons: Counter[str]
    faults: tuple[Fault, ...]
    seconds: float


class Step(NamedTuple):
    """One round of mends: the texts before and after, and the findings that were mended."""

    before: str
    after: str
    made: tuple[Finding, ...]


class _Done(NamedTuple):
    result: Mended
    steps: tuple[Step, ...]
    faults: tuple[Fault, ...]
    seconds: float


def outcomes(
    source: Source, hooks: Sequence[Hook], *, is_bare: bool, repair: Repair | None = None, variants: Sequence[Hook] = ()
) -> list[Outcome]:
    """What every hook does to every Dockerfile of a project; `variants` are run alone, and not together with others.

    `repair` is what the hook for files that Docker rejects does to a text. The others have no outcomes for such a
    file, but together where it could be repaired.
    """
    with tempfile.TemporaryDirectory(prefix="docker-hooks-corpus-") as folder:
        root = Path(folder)
        found: list[Outcome] = []
        for path in set_up(source, root, is_bare=is_bare):
            name = source.name if source.tree is None else f"{source.name}/{path}"
            found += _Examination(name, root / path, root, hooks).outcomes(repair, variants)
        return found


class _Examination:
    """Every hook on one Dockerfile."""

    def __init__(self, name: str, path: Path, root: Path, hooks: Sequence[Hook]) -> None:
        self.name = name
        self.path = path
        self.root = root
        self.hooks = hooks
        self.text = decode(path.read_bytes())
        self.subjects: dict[str, Subject] = {}
        self.done: dict[tuple[str, str], _Done] = {}

    def outcomes(self, repair: Repair | None, variants: Sequence[Hook]) -> list[Outcome]:
        repaired = [self.repaired(repair)] if repair is not None else []
        try:
            self.subject(self.text)
        except Rejected:
            return [*repaired, *(self.together() for outcome in repaired if outcome.mended)]
        except Exception as error:
            crash = Fault(CRASHES, 1, f"the reader: {_described(error)}")
            return [*repaired, Outcome(self.name, TOGETHER, self.text, self.text, 0, 0, Counter(), (crash,), 0.0)]
        alone = [self.alone(hook) for hook in (*self.hooks, *variants)]
        return [*repaired, *alone, self.together()]

    def repaired(self, repair: Repair) -> Outcome:
        """What becomes of a file that Docker rejects; nothing of another."""
        done = self.guarded(lambda: (repair(self.text), ()), self.text)
        after = done.result.text
        again = self.guarded(lambda: (repair(after), ()), after)
        faults = [*done.faults, *_judged(lambda: judge_repair(self.text, after)), *second_run_faults(again)]
        return self.outcome(SYNTAX, [done], done.result.left, faults)

    def subject(self, text: str) -> Subject:
        if text not in self.subjects:
            self.subjects[text] = Subject(str(self.path), str(self.root), accepted(text))
        return self.subjects[text]

    def run(self, hook: Hook, text: str) -> _Done:
        """Mend a text, and judge each round of mends by itself."""
        if (hook.id, text) not in self.done:
            self.done[hook.id, text] = self._run(hook, text)
        return self.done[hook.id, text]

    def _run(self, hook: Hook, text: str) -> _Done:
        done = self.guarded(lambda: mended_in_steps(hook, self.subject(text)), text)
        return done._replace(faults=(*done.faults, *judged(done.steps)))

    def guarded(self, mending: Callable[[], tuple[Mended, tuple[Step, ...]]], text: str = "") -> _Done:
        """What mending did, or how it failed; then `text` stays."""
        begun = time.perf_counter()
        try:
            result, steps = mending()
            faults: tuple[Fault, ...] = ()
        except Rejected as error:
            result, steps, faults = Mended(text, (), ()), (), (Fault(BROKEN, 1, f"it is rejected: {error.message}"),)
        except Exception as error:
            result, steps, faults = Mended(text, (), ()), (), (Fault(CRASHES, 1, _described(error)),)
        return _Done(result, steps, faults, time.perf_counter() - begun)

    def alone(self, hook: Hook) -> Outcome:
        done = self.run(hook, self.text)
        after = done.result.text
        faults = list(done.faults)
        if after != self.text:
            faults += lost_comments_of(self.text, after)
            faults += second_run_faults(self.run(hook, after))
            faults += self.file_faults(hook, after)
        return self.outcome(hook.id, [done], done.result.left, faults)

    def together(self) -> Outcome:
        """What `docker-hooks` makes of the file, with all hooks."""
        done = self._together(self.text)
        after = done.result.text
        faults = list(done.faults)
        for finding in done.result.left:
            if _FAILED in finding.message:
                faults.append(Fault(CRASHES, 1, finding.message))
        if after != self.text:
            faults += lost_comments_of(self.text, after)
            faults += second_run_faults(self._together(after))
        return self.outcome(TOGETHER, [done], done.result.left, faults)

    def _together(self, text: str) -> _Done:
        looks = _Looks(str(self.path), str(self.root), self.hooks, Memory(), mends_rejected=True)
        done = self.guarded(lambda: looks.mended_in_steps(text), text)
        return done._replace(faults=(*done.faults, *judged(done.steps)))

    def outcome(
        self, hook: str, all_done: Sequence[_Done], left: Iterable[Finding], faults: Iterable[Fault]
    ) -> Outcome:
        after = all_done[-1].result.text if all_done else self.text
        mended = sum(len(done.result.fixed) for done in all_done)
        reasons = Counter(reason(finding) for finding in left)
        seconds = sum(done.seconds for done in all_done)
        findings = mended + reasons.total()
        return Outcome(self.name, hook, self.text, after, findings, mended, reasons, tuple(faults), seconds)

    def file_faults(self, hook: Hook, expected: str) -> list[Fault]:
        """Let the hook mend the file itself, and look at its bytes and mode; the file is put back afterwards."""
        data = self.path.read_bytes()
        self.path.chmod(_MODE)
        neighbours = set(os.listdir(self.path.parent))
        try:
            reports = examined(hook, str(self.path), check_only=False)
            faults: list[Fault] = []
            if self.path.read_bytes() != encode(expected):
                faults.append(Fault(BYTES, 1, f"the file does not hold what was proven: {reports}"))
            if stat.S_IMODE(self.path.stat().st_mode) != _MODE:
                faults.append(Fault(BYTES, 1, "the file's mode changed"))
            if set(os.listdir(self.path.parent)) != neighbours:
                faults.append(Fault(BYTES, 1, "other files came or went beside it"))
            return faults
        finally:
            self.path.write_bytes(data)


class _Looks(Together):
    """Remembers at which texts it looked, and what it found there."""

    def mended_in_steps(self, text: str) -> tuple[Mended, tuple[Step, ...]]:
        """What becomes of a text, and by which rounds of mends."""
        self.looks: list[_Look] = []
        result = self.mended(text)
        return result, _steps(self.looks, result)

    def find(self, document: Subject | str) -> list[Finding]:
        findings = super().find(document)
        text = document if isinstance(document, str) else document.dockerfile.text
        if self.looks and text == self.looks[0].text:
            self.looks.clear()
        self.looks.append(_Look(text, tuple(findings)))
        return findings


def mended_in_steps(hook: Hook, subject: Subject) -> tuple[Mended, tuple[Step, ...]]:
    """A hook's mends, and the rounds in which they were made."""
    looks: list[_Look] = []

    def check(looked_at: Subject) -> Iterable[Finding]:
        findings = tuple(hook.check(looked_at))
        looks.append(_Look(looked_at.dockerfile.text, findings))
        return findings

    result = mend(hook._replace(check=check), subject)
    return result, () if result.text == subject.dockerfile.text else _steps(looks, result)


class _Look(NamedTuple):
    """What was found in a text."""

    text: str
    findings: tuple[Finding, ...]


def _steps(looks: Sequence[_Look], result: Mended) -> tuple[Step, ...]:
    """The rounds of mends: each is what stands between two looks."""
    fixed = {id(finding) for _, finding in result.fixed}
    texts = [look.text for look in looks[1:]] + [result.text]
    rounds = [
        Step(look.text, after, tuple(finding for finding in look.findings if id(finding) in fixed))
        for look, after in zip(looks, texts, strict=True)
    ]
    return tuple(step for step in rounds if step.before != step.after)


def judged(steps: Iterable[Step]) -> list[Fault]:
    """The promises that the rounds of a mend break."""
    return [fault for step in steps for fault in _judged(partial(judged_step, step))]


def judged_step(step: Step) -> list[Fault]:
    """The promises that one round breaks. Raises ValueError where the official parser can't follow."""
    if any(finding.rule == SYNTAX for finding in step.made):
        return judge_repair(step.before, step.after)
    declared = Declared(
        tuple(word for finding in step.made for word in finding.adds),
        tuple(word for finding in step.made for word in finding.drops),
        tuple(word for finding in step.made for word in finding.moves),
    )
    faults = judge(step.before, step.after, declared, [edit for finding in step.made for edit in finding.edits])
    if _in_one_place(step.made):
        faults.append(Fault(WORDS, 1, "two mends put words in one place, and which come first matters"))
    return faults


def _in_one_place(made: Sequence[Finding]) -> bool:
    """Whether two put something between the same two characters, and not just options of one command."""
    put: dict[int, dict[int, str]] = {}
    for number, finding in enumerate(made):
        for start, end, text in finding.edits:
            if start == end:
                put.setdefault(start, {})[number] = text
    return any(len(texts) > 1 and _ENDS_COMMAND.search("".join(texts.values())) for texts in put.values())


def lost_comments_of(before: str, after: str) -> list[Fault]:
    """The comments lost over all rounds together."""
    return _judged(lambda: list(lost_comments(before, after)))


def _judged(judging: Callable[[], list[Fault]]) -> list[Fault]:
    """What a judgement says; that there can be none is a fault as well."""
    try:
        return judging()
    except ValueError as error:
        return [Fault(BROKEN, 1, f"the official parser can't follow: {error}")]


def second_run_faults(again: _Done) -> list[Fault]:
    """What a second run did, which ought to be nothing."""
    if again.result.fixed:
        return [Fault(SECOND_RUN, 1, f"mends again: {again.result.fixed[0][1].message}")]
    return list(again.faults)


def reason(finding: Finding) -> str:
    """Why a finding was not mended."""
    text = finding.advice or finding.message
    return generalised(text.partition(_NOT_MENDED)[2].rstrip(")") if _NOT_MENDED in text else text)


def generalised(text: str) -> str:
    """A message without the names and numbers of the one file."""
    return _NAMED.sub("…", text)


def _described(error: Exception) -> str:
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    where = f" at {Path(place.tb_frame.f_code.co_filename).name}:{place.tb_lineno}" if place is not None else ""
    return f"{type(error).__name__}: {error}{where}"

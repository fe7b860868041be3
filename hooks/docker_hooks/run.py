"""Files in, findings out: what every hook's command does.

Nothing else reads arguments, reads or writes the files under examination, or prints.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Container, Iterable, Sequence
from functools import partial
from itertools import pairwise

from docker_hooks.dockerfile.edits import Declared, Edit, Unproven, proven
from docker_hooks.dockerfile.lines import line_starts
from docker_hooks.dockerfile.pragma import silenced
from docker_hooks.dockerfile.reader import Dockerfile, Rejected, decode, encode, read
from docker_hooks.dockerfile.rules import rejection
from docker_hooks.dockerfile.values import NamedTuple
from docker_hooks.files import Changed, Content, Disk, Unwritable, read_file, repository_root
from docker_hooks.finding import Finding
from docker_hooks.memory import Memory
from docker_hooks.subject import Subject

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from pathlib import Path
    from typing import TypeVar

    Document = TypeVar("Document")

Check = Callable[[Subject], Iterable[Finding]]
# Why a mend was not made, by the rule, line and message of its finding.
Refusals = dict[tuple[str, int, str], str]
_MOST_ROUNDS = 12
# So many proofs of a file may fail before the mends of a rule are refused together, and not told apart.
_MOST_FAILED = 100
_MOST_READS = 3


class Hook(NamedTuple):
    """A check of Dockerfiles. `same_as` are the rules of hadolint and BuildKit that say the same, for pragmas."""

    id: str
    check: Check
    same_as: tuple[str, ...] = ()


class Report(NamedTuple):
    """One line of output.

    `hook` is the id of the hook that says it, where several run; `is_mended` is whether it was mended, `edits` what
    would mend it (offsets in the text of the file).
    """

    path: str
    line: int
    message: str
    hook: str = ""
    is_mended: bool = False
    edits: tuple[Edit, ...] = ()


class Mended(NamedTuple):
    """What became of a file: its text after the mends, the lines mended, and what is left to say."""

    text: str
    fixed: tuple[tuple[int, Finding], ...]
    left: tuple[Finding, ...]


class Plain(NamedTuple):
    """Arguments that name files and say at most --check, under the names that argparse gives them."""

    files: Sequence[str]
    check: bool


def plain(argv: Sequence[str]) -> Plain | None:
    """What `[--check] [FILE ...]` says; None for other arguments, which argparse must read: it takes long to load."""
    check = argv[:1] == ["--check"]
    files = argv[1:] if check else argv
    return None if any(file.startswith("-") for file in files) else Plain(files, check)


def options(argv: Sequence[str], hook_id: str, description: str | None) -> Plain | argparse.Namespace:
    """What the command of a hook that takes no options of its own is told."""
    return plain(argv) or parser(hook_id, description or "").parse_args(argv)


def parser(hook_id: str, description: str) -> argparse.ArgumentParser:
    """The arguments that every hook takes; a hook adds its own."""
    import argparse

    arguments = argparse.ArgumentParser(
        prog=hook_id,
        description=description,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    arguments.add_argument("--check", action="store_true", help="say what is wrong, and leave the files as they are")
    arguments.add_argument("files", nargs="*", metavar="FILE")
    return arguments


def folder(text: str) -> Path:
    """What an argument that must name a folder names."""
    import argparse
    from pathlib import Path

    if not os.path.isdir(text):
        raise argparse.ArgumentTypeError(f"{text}: there is no such folder")
    return Path(text)


def run(hook: Hook, options: Plain | argparse.Namespace) -> int:
    """Examine the files that the command was given. Exit code 0: nothing to say; 1: findings, mended or not."""
    reports: list[Report] = []
    memory = Memory()
    for path in dict.fromkeys(options.files):
        reports += examined(hook, path, memory, check_only=options.check)
    return show(reports)


def run_told(
    argv: Sequence[str],
    default: Hook,
    arguments: Callable[[], argparse.ArgumentParser],
    hook: Callable[[argparse.Namespace], Hook],
) -> int:
    """As `run`, for a hook that takes options of its own: `hook` makes it of them, and without any it is `default`."""
    files = plain(argv)
    if files is not None:
        return run(default, files)
    told = arguments().parse_args(argv)
    return run(hook(told), told)


def show(reports: Sequence[Report]) -> int:
    """Print the reports; the exit code that they mean."""
    for report in reports:
        line = f"{printable(report.path)}:{report.line}: {printable(report.message)}\n"
        sys.stdout.buffer.write(line.encode("utf-8", "backslashreplace"))
    sys.stdout.flush()
    return 1 if reports else 0


def printable(text: str) -> str:
    """`text` with control characters, line breaks, marks of direction and undecodable bytes escaped."""
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else _escaped(character) for character in text)


def _escaped(character: str) -> str:
    if "\udc80" <= character <= "\udcff":
        return f"\\x{ord(character) - 0xDC00:02x}"
    return character.encode("unicode_escape", "backslashreplace").decode("ascii")


def examined(hook: Hook, path: str, memory: Memory | None = None, *, check_only: bool) -> list[Report]:
    """Examine one file, and mend it unless `check_only`. Never raises: what goes wrong is reported."""
    return guarded(hook.id, path, lambda: _examined_once(hook, path, memory, check_only))


def guarded(hook_id: str, path: str, examine: Callable[[], list[Report]]) -> list[Report]:
    """What `examine` has to say of the file at `path`; again where the file Changed meanwhile. Never raises."""
    try:
        for _ in range(_MOST_READS):
            try:
                return examine()
            except Changed:
                continue
        return [Report(path, 1, "the file keeps changing while it is read: left as it is")]
    except OSError as error:
        return [Report(path, 1, f"can't be read: {error.strerror or error}")]
    except Exception as error:  # a fault of ours must not keep the other files from being examined
        return [Report(path, 1, f"{hook_id} failed on this file ({type(error).__name__}: {error}); please report it")]


def _examined_once(hook: Hook, path: str, memory: Memory | None, check_only: bool) -> list[Report]:
    content = read_file(path)
    root = repository_root(path)
    try:
        dockerfile = accepted(decode(content.data))
    except Rejected as error:
        return [Report(path, max(error.line, 1), f"Docker rejects this file: {why_rejected(content, error)}")]
    subject = Subject(path, root, dockerfile, memory)
    return outcome(content, root, partial(found, hook, subject), lambda: mend(hook, subject), check_only=check_only)


def outcome(
    content: Content,
    root: str,
    find: Callable[[], list[Finding]],
    mend_all: Callable[[], Mended],
    *,
    check_only: bool,
    disk: Disk | None = None,
) -> list[Report]:
    """What there is to say of a file that was read, which is mended unless `check_only`. Raises Changed."""
    path = content.path
    if check_only:
        return in_order(_report(path, finding, would(finding)) for finding in find())
    result = mend_all()
    if result.text != decode(content.data):
        try:
            (disk or Disk()).replace(content, encode(result.text), root)
        except Unwritable as error:
            left = (_refusal(finding, {_key(finding): str(error)}) for finding in find())
            return in_order(_report(path, finding, said(finding)) for finding in left)
    reports = [
        _report(path, finding._replace(line=line, edits=()), fixed(finding))._replace(is_mended=True)
        for line, finding in result.fixed
    ]
    reports += [_report(path, finding, said(finding)) for finding in result.left]
    return in_order(reports)


def in_order(reports: Iterable[Report]) -> list[Report]:
    """The reports by file and line."""
    return sorted(reports, key=lambda report: (report.path, report.line))


def _report(path: str, finding: Finding, message: str) -> Report:
    """What is said of the file as a whole is printed at its first line."""
    return Report(path, max(finding.line, 1), message, finding.rule, edits=finding.edits)


def why_rejected(content: Content, error: Rejected) -> str:
    """Why Docker rejects a file, in plain words that show nothing of a value."""
    from docker_hooks.dockerfile.causes import cause

    why = cause(decode(content.data), error)
    return f"{why.message}; {why.advice or 'it is left as it is'}"


def accepted(text: str) -> Dockerfile:
    """Read a Dockerfile that Docker builds. Raises Rejected."""
    dockerfile = read(text)
    rejected = rejection(dockerfile)
    if rejected is not None:
        raise rejected
    return dockerfile


def fixed(finding: Finding) -> str:
    """What is printed of a mend that was made."""
    return f"fixed: {finding.message}: {finding.done}" if finding.done else f"fixed: {finding.message}"


def said(finding: Finding) -> str:
    """What is printed of a finding that is not mended."""
    return f"{finding.message}; {finding.advice}" if finding.advice else finding.message


def would(finding: Finding) -> str:
    """What is printed of a finding that could be mended, when files are to be left as they are."""
    return f"{finding.message}; can be mended: {finding.done}" if finding.edits else said(finding)


def found(hook: Hook, subject: Subject) -> list[Finding]:
    """What the hook says of a Dockerfile, in order of place, less what comments silence."""
    findings = list(hook.check(subject))
    if not findings:
        return []
    quiet = silenced(subject.dockerfile, frozenset((hook.id, *hook.same_as)))
    return sorted((finding for finding in findings if finding.line not in quiet), key=lambda finding: finding.line)


def mend(hook: Hook, subject: Subject) -> Mended:
    """Make every mend that can be proven, until the hook has none to make; see `mended`."""
    return mended(subject, partial(found, hook), prove, lambda current: current.dockerfile.text)


def prove(subject: Subject, findings: Sequence[Finding]) -> Subject:
    """The Dockerfile after the edits of some findings. Raises Unproven."""
    after = _proven_together(subject.dockerfile, findings)
    return Subject(subject.path, subject.root, after, subject.memory)


def mended(
    document: Document,
    find: Callable[[Document], list[Finding]],
    prove: Callable[[Document, Sequence[Finding]], Document],
    text_of: Callable[[Document], str],
) -> Mended:
    """Make every mend that can be proven, until there is none to make.

    `find` gives the findings, those of one rule after those of another; in that order the rules have their turns.
    `prove` gives the document after the edits of some findings, or raises Unproven. Where a second look would change
    what a rule has mended, its mends are not made at all.
    """
    endless: set[str] = set()
    while True:
        try:
            return _mended(document, find, prove, text_of, endless)
        except _Endless as error:
            endless.add(error.rule)


class _Endless(Exception):
    """The mends of a rule come to no end."""

    def __init__(self, rule: str) -> None:
        super().__init__(rule)
        self.rule = rule


def _mended(
    document: Document,
    find: Callable[[Document], list[Finding]],
    prove: Callable[[Document, Sequence[Finding]], Document],
    text_of: Callable[[Document], str],
    endless: Container[str],
) -> Mended:
    """As `mended`, without the mends of the rules in `endless`. Raises _Endless."""
    fixed: list[tuple[int, Finding]] = []
    refused: Refusals = {}
    rounds: dict[str, int] = {}
    failed = 0
    current = document
    while True:
        findings = find(current)
        for finding in findings:
            if finding.rule in endless:
                refused[_key(finding)] = "a second run would change the file again"
        mendable = [finding for finding in findings if finding.edits and _key(finding) not in refused]
        if not mendable:
            left = tuple(_refusal(finding, refused) for finding in findings)
            return Mended(text_of(current), tuple(fixed), left)
        rule = mendable[0].rule
        rounds[rule] = rounds.get(rule, 0) + 1
        if rounds[rule] > _MOST_ROUNDS:
            raise _Endless(rule)
        of_rule = [finding for finding in mendable if finding.rule == rule]
        after, made, failures = _made(current, of_rule, prove, refused, _MOST_FAILED - failed)
        failed += failures
        if made:
            lines = _lines_after(text_of(current), [edit for finding in made for edit in finding.edits])
            fixed = [(lines[line], finding) for line, finding in fixed]
            fixed += [(lines[finding.line], finding) for finding in made]
            refused = {(ruled, lines[line], message): why for (ruled, line, message), why in refused.items()}
            current = after


def _key(finding: Finding) -> tuple[str, int, str]:
    return finding.rule, finding.line, finding.message


def _made(
    document: Document,
    findings: Sequence[Finding],
    prove: Callable[[Document, Sequence[Finding]], Document],
    refused: Refusals,
    may_fail: int,
) -> tuple[Document, list[Finding], int]:
    """Make the mends, all at once where that can be proven, else those that can be proven together, in their order.

    What is refused beside others gets its turn alone in the next round; `refused` notes what is refused for good. The
    last of the results is how many proofs have failed; behind `may_fail` of them what fails together is not parted.
    """
    made: list[Finding] = []
    after = document
    reasons: Refusals = {}
    failed = 0
    # Parts of what can't be proven as a whole, the first one on top.
    waiting = [list(findings)]
    while waiting:
        part = waiting.pop()
        try:
            after = prove(document, [*made, *part])
            made += part
        except Unproven as error:
            failed += 1
            if len(part) > 1 and failed < may_fail:
                middle = len(part) // 2
                waiting += [part[middle:], part[:middle]]
            else:
                reasons.update((_key(finding), str(error)) for finding in part)
    if not made:
        refused.update(reasons)
    return after, made, failed


def _proven_together(dockerfile: Dockerfile, findings: Sequence[Finding]) -> Dockerfile:
    _refuse_neighbours(findings)
    declared = Declared(
        adds=tuple(word for finding in findings for word in finding.adds),
        drops=tuple(word for finding in findings for word in finding.drops),
        moves=tuple(word for finding in findings for word in finding.moves),
    )
    return proven(dockerfile, [edit for finding in findings for edit in finding.edits], declared)


def _refuse_neighbours(findings: Sequence[Finding]) -> None:
    """Raise Unproven where the edits of two findings meet: whose words come first would change what is made."""
    places = sorted((edit.start, edit.end, owner) for owner, finding in enumerate(findings) for edit in finding.edits)
    for (_, end, owner), (start, _, other) in pairwise(places):
        if start <= end and owner != other:
            raise Unproven("another mend is made in the same place")


def _refusal(finding: Finding, refused: Refusals) -> Finding:
    if not finding.edits:
        return finding
    reason = f"not mended: {refused[_key(finding)]}"
    advice = f"{finding.advice} ({reason})" if finding.advice else reason
    return finding._replace(edits=(), advice=advice)


def _lines_after(text: str, edits: Iterable[Edit]) -> list[int]:
    """Where each line of `text` stands once the edits are made, by its number; 0 stands for the file as a whole."""
    in_order = sorted(edits, key=lambda edit: edit.end)
    after = [0]
    index = shift = 0
    for line, offset in enumerate(line_starts(text), 1):
        while index < len(in_order) and in_order[index].end <= offset:
            edit = in_order[index]
            shift += edit.text.count("\n") - text.count("\n", edit.start, edit.end)
            index += 1
        after.append(line + shift)
    return after

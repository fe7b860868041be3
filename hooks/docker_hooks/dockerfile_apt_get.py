"""Makes apt-get answer itself, use fresh package lists, and leave none of them in the image.

In every stage: an install or a removal without -y, which asks and gets no answer; `apt-get update` in another RUN
than the install, where Docker caches the lists. In what becomes the final image: package lists that stay in a layer,
because nothing removes them or a later RUN does, which saves nothing; an install of what packages only recommend
(reported; an option mends it).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from functools import partial

from docker_hooks import run
from docker_hooks.dockerfile import images
from docker_hooks.dockerfile.appending import appended, line_joint
from docker_hooks.dockerfile.apt import CACHES, LISTS, Apt, Step, removed_paths
from docker_hooks.dockerfile.edits import Edit, words
from docker_hooks.dockerfile.pragma import silenced
from docker_hooks.dockerfile.programs import invocation
from docker_hooks.dockerfile.reader import Dockerfile, Instruction
from docker_hooks.dockerfile.shell import Command, scan
from docker_hooks.dockerfile.stages import lineage
from docker_hooks.dockerfile.values import NamedTuple
from docker_hooks.entry_point import entry_point
from docker_hooks.finding import Finding
from docker_hooks.project.apt_runs import Apart, AptRun, Need, installs_apart, needs, read_apt_runs
from docker_hooks.subject import Subject

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from typing import Literal

ID = "dockerfile-apt-get"
# Each finding answers to a rule of hadolint's of its own: see `check`.
HOOK_RULES: tuple[str, ...] = ()

_CLEAN_UP = f"rm -rf {LISTS}/*"
_EXEC_FORM = "it is in exec form"
_NESTINGS = {"(": "a subshell", "{": "a group", "$(": "a command substitution", "!": "a negated command"}
# Packages of little use without what they only recommend, and for what (`apt-cache show` of Debian 12).
_RECOMMENDED = (
    (("curl", "wget", "git"), ("ca-certificates",), "fetch by https"),
    (("gcc",), ("libc6-dev", "libc-dev", "build-essential", "g++"), "compile"),
    (("cmake",), ("make", "ninja-build", "build-essential"), "build"),
)
# Images that hold ca-certificates.
_WITH_CERTIFICATES = ("docker.io/library/python", "docker.io/library/buildpack-deps")


class _Case(NamedTuple):
    """A Dockerfile, what all its stages do with apt, and what those do that the final image is made of.

    `needless` are RUNs of these that clean up what is clean. A development container is not `is_shipped`: there one
    installs by hand, and wants the lists.
    """

    subject: Subject
    dockerfile: Dockerfile
    every: tuple[AptRun, ...]
    final: tuple[AptRun, ...]
    needless: tuple[AptRun, ...]
    is_shipped: bool
    silenced: Mapping[str, Container[int]]


def check(subject: Subject, *, recommends: Literal["report", "mend", "allow"] = "report") -> Iterator[Finding]:
    """What is wrong with the use of apt. `recommends` says what to do about recommended packages."""
    if "apt" not in subject.dockerfile.text:
        return
    runs = read_apt_runs(subject)
    if not any(runs.values()):
        return
    chain = lineage(subject.stages, subject.stages[-1])
    final = tuple(one for stage in chain for one in runs[stage.number])
    is_shipped = ".devcontainer" not in subject.path.replace("\\", "/").split("/")
    needless = tuple(_needless(subject, final)) if is_shipped else ()
    every = tuple(one for found in runs.values() for one in found)
    quiet = {name: silenced(subject.dockerfile, frozenset((name,))) for name in (ID, "DL3009", "DL3014", "DL3015", "")}
    case = _Case(subject, subject.dockerfile, every, final, needless, is_shipped, quiet)
    by_rule = {
        "DL3014": _unanswered(case),
        "DL3015": _with_recommended(case, recommends),
        "DL3009": _left_lists(case, needs(subject, runs)),
        "": _apart(case, tuple(installs_apart(subject, runs))),
    }
    for rule, findings in by_rule.items():
        yield from (finding for finding in findings if not _is_silenced(case, finding.line, rule))


@entry_point
def main(argv: Sequence[str]) -> int:
    """The command `dockerfile-apt-get`."""
    return run.run_told(argv, run.Hook(ID, check, HOOK_RULES), arguments, hook)


def hook(options: argparse.Namespace) -> run.Hook:
    """The hook with the options that its command was given."""
    return run.Hook(ID, partial(check, recommends=options.recommends), HOOK_RULES)


def arguments() -> argparse.ArgumentParser:
    """The command's arguments."""
    arguments = run.parser(ID, __doc__ or "")
    choice = arguments.add_mutually_exclusive_group()
    choice.add_argument(
        "--no-recommends",
        dest="recommends",
        action="store_const",
        const="mend",
        default="report",
        help="add --no-install-recommends, save where a package would lack what it needs",
    )
    choice.add_argument(
        "--allow-recommends",
        dest="recommends",
        action="store_const",
        const="allow",
        help="say nothing of installs without --no-install-recommends",
    )
    return arguments


def _is_silenced(case: _Case, line: int, name: str) -> bool:
    """Whether a comment silences a rule, or the hook, at a line."""
    return line in case.silenced[name]


# Options


def _unanswered(case: _Case) -> Iterator[Finding]:
    """Commands that ask."""
    if _is_configured(case, "Get::Assume-Yes"):
        return
    removed = {one.instruction.start for one in case.needless}
    for one in case.every:
        if one.instruction.start in removed:
            continue
        risks = _risks(one)
        for step in one.steps:
            apt, command = step.apt, step.command
            if apt is None or command is None or not apt.asks or apt.is_open or _is_fed(command):
                continue
            message = f"`{apt.program} {apt.action}` without -y asks before it goes on, and a build can't answer"
            yield _option_added(case, one, step, apt, "-y", message, risks)


def _with_recommended(case: _Case, recommends: Literal["report", "mend", "allow"]) -> Iterator[Finding]:
    """Installs in the final image that bring what packages only recommend."""
    if recommends == "allow" or _is_configured(case, "Install-Recommends"):
        return
    reference = images.parse(lineage(case.subject.stages, case.subject.stages[-1])[0].image or "")
    there = {"ca-certificates"} if reference is not None and reference.name in _WITH_CERTIFICATES else set()
    for one in case.final:
        risks = _risks(one)
        for step in one.steps:
            there.update(_names(step.apt) if step.apt is not None and step.kind == "install" else ())
        for step in one.steps:
            apt = step.apt
            if apt is None or not apt.takes_recommended or apt.is_open:
                continue
            message = f"`{apt.program} install` also installs what packages only recommend"
            finding = _option_added(case, one, step, apt, "--no-install-recommends", message, risks)
            lost = _lost(_names(apt), there)
            if lost:
                yield _only_said(finding, f"add --no-install-recommends and {lost}")
            elif recommends == "report" and finding.edits:
                yield _only_said(finding, f"{finding.advice} (the option --no-recommends does it)")
            else:
                yield finding


def _is_configured(case: _Case, setting: str) -> bool:
    """Whether a setting is written to apt's configuration somewhere."""
    steps = (one for one in case.dockerfile.instructions if "apt.conf" in one.joined.text)
    return any(setting in one.value and "apt.conf" in one.value for one in steps)


def _is_fed(command: Command) -> bool:
    """Whether the command reads its answers from somewhere: `yes | apt-get install x`."""
    return command.operator_before in ("|", "|&") or any(
        redirect.operator.startswith("<") for redirect in command.redirects
    )


def _option_added(
    case: _Case, one: AptRun, step: Step, apt: Apt, option: str, message: str, risks: dict[int, str]
) -> Finding:
    """A finding with the edit that puts an option behind the command's action, or with why it isn't made."""
    finding = Finding(one.line(case.dockerfile, step), message, f"add {option}")
    if step.command is None:
        return finding
    if one.script is None:
        return finding._replace(advice=f"{finding.advice} (not mended: {_EXEC_FORM})")
    if step.command.start in risks:
        return finding._replace(advice=f"{finding.advice} (not mended: {risks[step.command.start]})")
    place = one.script.span(apt.word.start, apt.word.end)[1]
    return finding._replace(done=f"{option} is added", edits=(Edit(place, place, f" {option}"),), adds=(option,))


def _only_said(finding: Finding, advice: str) -> Finding:
    return Finding(finding.line, finding.message, advice)


def _names(apt: Apt) -> list[str]:
    """The packages' names without version, release and architecture."""
    return [package.partition("=")[0].partition("/")[0].partition(":")[0] for package in apt.packages]


def _lost(packages: Iterable[str], there: set[str]) -> str:
    """What has to be named because a package only recommends it, and what for; "" for nothing."""
    asked = set(packages)
    for users, needed, purpose in _RECOMMENDED:
        user = next((user for user in users if user in asked), None)
        if user is not None and there.isdisjoint(needed):
            return f"{needed[0]}, which {user} only recommends and needs to {purpose}"
    return ""


def _risks(one: AptRun) -> dict[int, str]:
    """Of each command that may not run, or fail without the RUN failing, where it begins and why that is so."""
    commands = one.script.commands if one.script is not None else ()
    found = dict.fromkeys(_alternatives(commands), "it stands beside `||`")
    for command in commands:
        if command.nesting:
            kind = command.nesting[-1]
            found[command.start] = f"it stands in {_NESTINGS.get(kind, f'`{kind}`')}"
    return found


def _alternatives(commands: Iterable[Command]) -> set[int]:
    """Where the commands begin that `||` is joined to, directly or by `&&` and pipes."""
    found: set[int] = set()
    together: list[int] = []
    for command in commands:
        if command.nesting:
            continue
        if command.operator_before not in ("&&", "||", "|", "|&"):
            together = []
        if command.operator_before == "||":
            found.update(together)
            found.add(command.start)
            together = []
        together.append(command.start)
        if command.operator_after == "||":
            found.update(together)
            together = []
    return found


# Package lists


def _left_lists(case: _Case, needed: dict[int, Need | None]) -> Iterator[Finding]:
    """Lists that stay in the final image, or are removed from it in vain."""
    if not case.is_shipped:
        return
    later: AptRun | None = None
    for one in reversed(case.final):
        if one.leaves_lists and one.installs:
            yield _left(case, one, later, needed[one.instruction.start])
        elif one.leaves_lists:
            yield Finding(
                _update_line(case, one),
                "apt's package lists stay in this layer, and nothing is installed from them in this RUN",
                f"update, install and clean up in one RUN: apt-get update && apt-get install ... && {_CLEAN_UP}",
            )
        later = one if one.removes_lists else later
    yield from (_removed(case, one) for one in case.needless)


def _left(case: _Case, one: AptRun, later: AptRun | None, need: Need | None) -> Finding:
    """Lists stay in the layer into which packages were installed from them."""
    message = "apt's package lists stay in this layer"
    if later is not None:
        message += ": a later RUN removes them in another layer, which saves nothing"
    clean_up = f"sudo {_CLEAN_UP}" if _is_by_sudo(one.last_update) else _CLEAN_UP
    finding = Finding(_update_line(case, one), message, f"remove them in the same RUN: && {clean_up}")
    risks = _risks(one)
    uses = (step.command.start for step in one.steps if step.kind in ("update", "install") and step.command is not None)
    why_not = next((risks[start] for start in uses if start in risks), "")
    if need is not None:
        why_not = f"line {need.line} {need.what}"
    edit = appended(case.dockerfile, one.script, clean_up) if one.script is not None and not why_not else None
    if edit is None:
        why_not = why_not or (_EXEC_FORM if one.script is None else "it might not be reached, or hide a failure")
        return finding._replace(advice=f"{finding.advice} (not mended: {why_not})")
    return finding._replace(done="they are removed in the same RUN", edits=(edit,), adds=("&&", *clean_up.split()))


def _is_by_sudo(step: Step | None) -> bool:
    return step is not None and step.command is not None and step.command.words[0].value == "sudo"


def _update_line(case: _Case, one: AptRun) -> int:
    return one.line(case.dockerfile, one.last_update) if one.last_update is not None else one.instruction.start_line


def _needless(subject: Subject, final: Sequence[AptRun]) -> Iterator[AptRun]:
    """RUNs that do nothing but clean up after apt, where the RUNs before have cleaned up themselves."""
    image = images.known(images.parse(lineage(subject.stages, subject.stages[-1])[0].image or ""))
    # What autoremove would remove: nothing, as long as nothing was removed or replaced.
    has_orphans = image is None
    has_updated = False
    for one in final:
        if has_updated and _only_cleans_up(subject, one, has_orphans):
            yield one
        if one.leaves_lists:
            return
        has_updated = has_updated or one.last_update is not None
        has_orphans = has_orphans or one.script is None or any(map(_may_orphan, one.steps))


def _may_orphan(step: Step) -> bool:
    """Whether packages may be left that nothing needs any more."""
    if step.apt is None:
        return step.kind != "removal"
    return step.apt.action not in ("update", "install", "clean", "autoclean", "autoremove")


def _only_cleans_up(subject: Subject, one: AptRun, has_orphans: bool) -> bool:
    if one.script is None or one.instruction.flags or not one.removes_lists:
        return False
    state = subject.state(one.instruction)
    steps = {step.command.start: step for step in one.steps if step.command is not None}
    for command in one.script.commands:
        call, step = invocation(command), steps.get(command.start)
        if call is None or command.redirects:
            return False
        if step is not None and step.apt is not None:
            harmless = ("clean", "autoclean", "distclean", "dist-clean", *(() if has_orphans else ("autoremove",)))
            if step.apt.action not in harmless:
                return False
        elif call.program != "rm" or not all(map(_is_apts, removed_paths(call, "/", state))):
            return False
    return True


def _is_apts(path: str) -> bool:
    """Whether a path is one of apt's lists and caches."""
    return any(f"{path}/".startswith(f"{folder}/") for folder in ("/var/lib/apt", CACHES))


def _removed(case: _Case, one: AptRun) -> Finding:
    """A RUN that cleans up what is clean."""
    finding = Finding(
        one.instruction.start_line,
        "this clean-up saves nothing: what it removes is no longer there, or lies in an earlier layer that keeps it",
        "remove the RUN",
    )
    instruction, dockerfile = one.instruction, case.dockerfile
    comments = dockerfile.comments
    if dockerfile.comments_within(instruction.start, instruction.end):
        return finding._replace(advice=f"{finding.advice} (not mended: there are comments in it)")
    index = bisect_left(comments, instruction.start, key=lambda comment: comment.start)
    above = comments[index - 1] if index and comments[index - 1].line == instruction.start_line - 1 else None
    if above is not None and ("docker-hooks:" in above.text or "hadolint" in above.text):
        return finding._replace(advice=f"{finding.advice} (not mended: the comment above it is about it)")
    return finding._replace(
        done="the RUN is removed",
        edits=(_without(dockerfile, instruction),),
        drops=words(instruction, dockerfile.text),
    )


def _without(dockerfile: Dockerfile, instruction: Instruction) -> Edit:
    """The edit that takes an instruction's lines out; the end of the file keeps or lacks its line break."""
    text = dockerfile.text
    start = text.rfind("\n", 0, instruction.start) + 1
    end = text.find("\n", instruction.end) + 1
    if end:
        return Edit(start, end, "")
    return Edit(len(text[:start].rstrip("\r\n")), len(text), "")


# update apart from install


def _apart(case: _Case, found: Sequence[Apart]) -> Iterator[Finding]:
    """Installs from lists that Docker caches."""
    for apart in found:
        finding = Finding(
            apart.run.line(case.dockerfile, apart.step),
            "it installs from the package lists of an earlier RUN, which Docker caches and may be outdated",
            f"run `apt-get update` before it in the same RUN, not in line {apart.origin.line} alone",
        )
        if not _is_right_before(apart):
            yield finding
        elif why_not := _why_not_joined(case, apart):
            yield finding._replace(advice=f"{finding.advice} (not mended: {why_not})")
        else:
            yield _joined(case, apart, finding)


def _is_right_before(apart: Apart) -> bool:
    """Whether the lists come from the RUN right before, which does nothing else."""
    origin = apart.origin.run
    is_next = apart.run.before.start == origin.instruction.start
    return is_next and origin.script is not None and len(origin.script.commands) == 1


def _why_not_joined(case: _Case, apart: Apart) -> str:
    """Why `apt-get update` can't be put before what the next RUN does; "" where it can."""
    origin, one = apart.origin.run, apart.run
    if one.script is None:
        return _EXEC_FORM
    if origin.script is None or origin.last_update is None or origin.last_update.apt is None:
        return "it can't be read"
    if one.script.heredoc is not None or origin.script.heredoc is not None:
        return "it is a heredoc"
    if origin.instruction.flags != one.instruction.flags:
        return "their flags differ"
    if origin.instruction.start_line != origin.instruction.end_line:
        return f"line {apart.origin.line} is continued"
    if _is_silenced(case, apart.origin.line, ID):
        return f"a comment keeps line {apart.origin.line} as it is"
    update, commands = origin.script.text, scan(f"{origin.script.text} && {one.script.text}").commands
    before = (*origin.script.commands, *one.script.commands)
    are_kept = [_texts(command) for command in commands] == [_texts(command) for command in before]
    if not are_kept or not commands[0].certain or scan(update).commands[0].end != len(update):
        return "what follows might hide that it failed"
    if apart.step.command is None or apart.step.command.start in _risks(one):
        return "the install may not be reached"
    return ""


def _texts(command: Command) -> list[str]:
    return [word.text for word in (*command.assignments, *command.words)]


def _joined(case: _Case, apart: Apart, finding: Finding) -> Finding:
    """The finding with the edits that move `apt-get update` before what the next RUN does."""
    dockerfile, origin, one = case.dockerfile, apart.origin.run, apart.run
    assert origin.script is not None
    assert one.script is not None
    place = one.script.span(0, 1)[0]
    text = origin.script.text + (line_joint(dockerfile, one.script) or " && ")
    keyword, *moved = words(origin.instruction, dockerfile.text)
    return finding._replace(
        done="`apt-get update` is put before it in the same RUN",
        edits=(_without(dockerfile, origin.instruction), Edit(place, place, text)),
        adds=("&&",),
        drops=(keyword,),
        moves=tuple(moved),
    )

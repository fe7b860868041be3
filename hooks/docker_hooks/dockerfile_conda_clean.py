"""Keeps the package caches of conda, mamba and micromamba out of the image: `conda clean --all --yes`.

What an install downloads and unpacks stays in the `pkgs` folder of the installation, in the layer of the RUN. Only the
same RUN can take it away again: a later one saves nothing. Right already is a RUN that cleans or removes the folder
behind its last install, or has it on a mount. Stages that the final image is not built on cost nothing.

The program that installed also cleans, with `--all --yes` alone: the others' caches lie elsewhere, and
`--force-pkgs-dirs` breaks environments that link into the folder (rapidsai/ci-imgs#256).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from docker_hooks import run
from docker_hooks.dockerfile import images
from docker_hooks.dockerfile.appending import appended
from docker_hooks.dockerfile.installs import install
from docker_hooks.dockerfile.mounts import mounts
from docker_hooks.dockerfile.options import Options, names, parsed
from docker_hooks.dockerfile.programs import Invocation, invocation
from docker_hooks.dockerfile.reader import Instruction
from docker_hooks.dockerfile.regex import regex
from docker_hooks.dockerfile.shell import Command, Word
from docker_hooks.dockerfile.stages import State, lineage
from docker_hooks.dockerfile.values import NamedTuple
from docker_hooks.entry_point import entry_point
from docker_hooks.finding import Finding
from docker_hooks.run import Hook
from docker_hooks.subject import Subject

ID = "dockerfile-conda-clean"
HOOK_RULES = ()

_PROGRAMS = names("conda mamba micromamba")
# Options with which nothing is downloaded.
_WITHOUT_DOWNLOAD = names("-d --dry-run -h --help --offline")
# What `clean` is asked to take away; the index alone is not worth a finding.
_CLEANED = names("-a --all -t --tarballs -p --packages -f --force-pkgs-dirs")
_ROOT_OPTIONS = names("-r --root-prefix")
# Variables that say where the program, its settings or its packages are.
_SETTINGS = ("CONDA_ENVS", "CONDA_PKGS", "CONDA_ROOT", "CONDARC", "HOME=", "MAMBA_", "PATH=")
# An installation as it is usually named.
_INSTALLATION = regex(r"\.?(?:ana|mini|micro)?(?:conda|mamba|forge)[23]?")
# conda before 4.0.3 has no `clean --all` (its CHANGELOG.md, #2211): installers and images of that age, or a pin on it.
_OLD_CONDA = regex(
    r"(?:Mini|Ana)conda[23]?-[123]\.|(?<![\w-])conda==?[123]\.|CONDA_VERSION[= ]\"?[123]\."
    r"|continuumio/(?:mini|ana)conda[23]?:[123]\.|jupyter/[a-z-]+:[1-4]\."
)


class _Use(NamedTuple):
    """A command of a RUN and what it runs."""

    command: Command
    call: Invocation


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for each RUN that leaves a package cache in a layer of the final image."""
    if not any(name in subject.dockerfile.text for name in ("conda", "mamba")):
        return
    chain = lineage(subject.stages, subject.stages[-1])
    image = images.known(images.parse(chain[0].image or ""))
    if image is not None and image.family == "windows":
        return
    is_old = _OLD_CONDA.search(chain[0].image or "") is not None or any(
        _OLD_CONDA.search(instruction.value) for stage in chain for instruction in stage.instructions
    )
    findings: list[Finding] = []
    told = 0
    for stage in chain:
        for written, before in zip(stage.instructions, stage.states, strict=True):
            # A trigger runs in the images that are built on this one.
            instruction, state = (written, before) if written.child is None else (written.child, stage.end)
            if instruction.name != "RUN" or _has_mount(instruction, state):
                continue
            uses = _uses(subject, instruction)
            cleaned = max((index for index, use in enumerate(uses) if _cleans(use.call)), default=-1)
            if cleaned >= 0 and not any(_fills(use.call) for use in uses[:cleaned]):
                saved = "a later RUN cleans it in another layer, which saves nothing"
                findings[told:] = [old._replace(message=f"{old.message} ({saved})") for old in findings[told:]]
                told = len(findings)
            installs = [use for use in uses[cleaned + 1 :] if _fills(use.call)]
            if installs:
                findings.append(_finding(subject, instruction, uses, installs, is_old))
    yield from findings


@entry_point
def main(argv: Sequence[str]) -> int:
    """The command `dockerfile-conda-clean`."""
    return run.run(Hook(ID, check, HOOK_RULES), run.options(argv, ID, __doc__))


def _has_mount(instruction: Instruction, state: State) -> bool:
    """Whether a mount is there for the packages; where its place can't be known, it is taken to be right."""
    targets = [mount.target for mount in mounts(instruction, state) if mount.type in ("cache", "tmpfs")]
    _, folder = state.value("CONDA_PKGS_DIRS")
    return any(
        target is None or target == folder or any(name in target for name in ("pkgs", "conda", "mamba"))
        for target in targets
    )


def _uses(subject: Subject, instruction: Instruction) -> list[_Use]:
    if instruction.json:
        words = tuple(Word(argument, 0, 0, argument) for argument in instruction.arguments or ())
        commands: tuple[Command, ...] = (Command((), words, (), 0, 0, "", "", ()),)
    else:
        commands = subject.script(instruction).commands
    calls = ((command, invocation(command)) for command in commands)
    return [_Use(command, call) for command, call in calls if call is not None]


def _fills(call: Invocation) -> bool:
    """Whether a call downloads packages."""
    found = install(call) if call.program in _PROGRAMS else None
    words = [word.value for word in call.arguments]
    if found is None or not _WITHOUT_DOWNLOAD.isdisjoint(words):
        return False
    # `conda create --name x` makes an empty environment; `conda update --all` names no packages either.
    return bool(found.manifests or found.packages or found.projects or found.unknown) or "create" not in words


def _cleans(call: Invocation) -> bool:
    """Whether a call takes the packages away, or the whole installation."""
    if call.program in _PROGRAMS:
        options = parsed([word.value or "" for word in call.arguments], _ROOT_OPTIONS)
        return options.operands[:1] == ("clean",) and _asks_for_packages(options)
    if call.program in ("rm", "find"):
        return any("pkgs" in word.text.lower() or _is_installation(word) for word in call.arguments)
    # A script of the image's own, such as clean-layer.sh.
    return "clean" in call.program


def _asks_for_packages(options: Options) -> bool:
    """Whether `clean` is to take packages away; its long options may be cut short."""
    return any(option.startswith(name) for name, _ in options.given for option in _CLEANED)


def _is_installation(word: Word) -> bool:
    folder, _, name = word.text.replace('"', "").rstrip("/").rpartition("/")
    return _INSTALLATION.fullmatch(name) is not None and not folder.endswith("bin")


def _finding(
    subject: Subject, instruction: Instruction, uses: Sequence[_Use], installs: Sequence[_Use], is_old: bool
) -> Finding:
    """The finding for a RUN; it is mended where the program is sure to run once more at its end."""
    first, last = installs[0], installs[-1]
    clean = _clean(last)
    finding = Finding(instruction.start_line, f"{first.call.program} leaves its package cache in the layer")
    by_hand = finding._replace(advice=f"run `{clean}` in the same RUN, behind the install")
    if instruction.json:
        return by_hand._replace(advice=f"write it in shell form, with `&& {clean}` behind it")
    script = subject.script(instruction)
    line = script.line(subject.dockerfile.text, first.command.words[0].start)
    reason = next(filter(None, map(_why_unsure, installs)), None) or _why_gone(last, uses)
    if is_old and reason is None:
        reason = "the file names a conda older than 4.0.3, which has no `--all`: there `-tipy` does it"
    edit = appended(subject.dockerfile, script, clean) if reason is None else None
    if edit is None:
        reason = reason or "what is behind the install may keep a further command from running"
        return by_hand._replace(line=line, advice=f"{by_hand.advice} (not mended: {reason})")
    return finding._replace(line=line, done=f"&& {clean}", edits=(edit,), adds=("&&", *clean.split()))


def _clean(use: _Use) -> str:
    """The command that cleans what another one installed: started in the same way, with the same root prefix."""
    last = use.command.words.index(use.call.name)
    words = [word.text for word in use.command.words[: last + 1]]
    arguments = [word.text for word in use.call.arguments]
    prefix: list[str] = []
    if use.call.program != "conda":
        for index, text in enumerate(arguments):
            if text in _ROOT_OPTIONS:
                prefix = arguments[index : index + 2]
            elif text.startswith("--root-prefix="):
                prefix = [text]
    return " ".join([*words, *prefix, "clean", "--all", "--yes"])


def _why_unsure(use: _Use) -> str | None:
    """Why an install may not run, or elsewhere."""
    operators = (use.command.operator_before, use.command.operator_after)
    if use.command.nesting or "||" in operators or use.command.operator_after == "&":
        return "the install is inside a condition, a loop or a subshell"
    if any(word.text.startswith(_SETTINGS) for word in use.command.assignments):
        return "a variable that says where the packages are is set for the install alone"
    return None


def _why_gone(last: _Use, uses: Sequence[_Use]) -> str | None:
    """Why the program may not be found any more at the end of the RUN."""
    behind = [use for use in uses if use.command.start > last.command.start]
    name = last.call.name.text.strip('"')
    if any(use.call.program in ("rm", "mv") and _names_program(use.call, name) for use in behind):
        return "the program is removed behind the install"
    is_relative = "/" in name and not name.startswith(("/", "~", "$"))
    if is_relative and any(use.call.program in ("cd", "pushd") for use in behind):
        return "the program is named by a relative path, and the folder is changed behind the install"
    return None


def _names_program(call: Invocation, name: str) -> bool:
    return any(word.text.rpartition("/")[2].strip('"') == name.rpartition("/")[2] for word in call.arguments)

"""What of a stage that runs as root another user might lack, so that it has to stay root's.

Programs that need root, or give it up themselves; what lies in root's home; ports, files and folders that are root's
alone. Where any of that can't be told, the stage is taken to need root.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from docker_hooks.dockerfile import paths, privileges
from docker_hooks.dockerfile.calls import Call, calls_of
from docker_hooks.dockerfile.known_images import Account, KnownImage
from docker_hooks.dockerfile.ownership import Step, claims, is_owned, steps
from docker_hooks.dockerfile.programs import invocation
from docker_hooks.dockerfile.reader import Instruction
from docker_hooks.dockerfile.remains import Built, Remains, remains
from docker_hooks.dockerfile.script import InstructionScript
from docker_hooks.dockerfile.stages import Stage, State
from docker_hooks.dockerfile.starts import SUBCOMMANDS, hands_over, script_in, start_words, started, started_script
from docker_hooks.dockerfile.starts import start as start_of
from docker_hooks.dockerfile.users import is_root
from docker_hooks.dockerfile.values import NamedTuple
from docker_hooks.dockerfile.writes import may_write, named, named_by, written
from docker_hooks.project.copied import read_started
from docker_hooks.subject import Subject

_MAKERS = ("mkdir", "touch")


class RefusedError(Exception):
    """Another user can't be shown to do as well as root; the text says why."""


class RootStage(NamedTuple):
    """A stage that runs as root, the stages it builds on (it is the last of `chain`), and what its image is."""

    subject: Subject
    stage: Stage
    chain: tuple[Stage, ...]
    image: KnownImage | None

    def instructions(self) -> Iterator[tuple[Instruction, State]]:
        """The instructions of the whole chain, with the state before each."""
        for stage in self.chain:
            yield from zip(stage.instructions, stage.states, strict=True)

    def runs_as_root(self, state: State) -> bool:
        """Whether a step in this state runs as root for certain."""
        if state.user is not None:
            return state.user.value is not None and is_root(state.user.value)
        return self.image is not None and self.image.is_root

    def starts(self) -> tuple[tuple[Instruction, State], ...]:
        """The ENTRYPOINT and the CMD that take effect, with the state before each."""
        heeded = start_of(self.subject.stages, self.stage).heeded
        return tuple((instruction, self.subject.state(instruction)) for instruction in heeded)

    def scripts(self) -> Iterator[tuple[str, str | None, Instruction]]:
        """The scripts that ENTRYPOINT and CMD start: as named, the text (None: can't be read), and by which of them."""
        starts = self.starts()
        is_argument = len(starts) > 1 and not hands_over(starts[0][0])
        for instruction, state in starts:
            path = started_script(start_words(instruction))
            if path is None or (path in SUBCOMMANDS and is_argument):
                continue
            yield path, read_started(self.subject, self.chain, path, state.workdir), instruction


def is_ruled_elsewhere(case: RootStage) -> bool:
    """Whether something else than USER decides, or what the image starts drops its rights itself or has to be root."""
    if case.image is not None and (case.image.ruled_by is not None or case.image.family == "windows"):
        return True
    words = [word for instruction, _ in case.starts() for word in start_words(instruction)]
    if privileges.privileged_program(words):
        return True
    return any(
        privileges.script_needs_root(text) if text is not None else _installs_dropper(case)
        for _, text, _ in case.scripts()
    )


def refuse_what_may_need_root(case: RootStage) -> None:
    """Raise RefusedError where another user might lack something that root has."""
    starts = case.starts()
    if not starts:
        raise RefusedError("it has neither CMD nor ENTRYPOINT, so other images may build on it")
    if any(instruction.name == "ONBUILD" for instruction, _ in case.instructions()):
        raise RefusedError("other images build on it (ONBUILD)")
    for script, text, _ in case.scripts():
        if text is None:
            raise RefusedError(f"the script {script} that it starts can't be read here and may need root")
    port = _port(case)
    if port is not None:
        raise RefusedError(f"it listens on port {port}: below 1024, which outside Docker may need root")
    setup = _setup(case)
    for instruction, state in case.instructions():
        is_old_start = instruction.name in ("CMD", "ENTRYPOINT") and (instruction, state) not in starts
        if is_old_start or not case.runs_as_root(state):
            continue
        script_of = case.subject.script if instruction.name == "RUN" and not instruction.json else None
        if _makes_folders(case, instruction, state):
            raise RefusedError(f"line {instruction.start_line} makes folders in the working directory as root's own")
        why_not = privileges.root_home_use(instruction, script_of, state, setup)
        if why_not is not None:
            raise RefusedError(f"line {instruction.start_line} {why_not}, which another user can't reach")


def refuse_what_stays_roots(
    case: RootStage, account: Account, folders: Sequence[str], copies: Sequence[Instruction]
) -> None:
    """Raise RefusedError where what the image starts may write to, or read, what is root's alone."""
    path = steps(case.chain)
    found = claims(path, case.subject.script, case.image.runs_as if case.image is not None else None)
    given = {copy.start for copy in copies}
    own = frozenset(folders)
    left = remains(
        _built(case, path, given),
        lambda folder: folder in own or is_owned(found, account, folder, len(path)),
        case.stage.end.workdir,
    )
    private = left.first_private()
    if private is not None:
        raise RefusedError(
            f"line {private.line} may leave {private.path} to root alone, so that no other user can read or run it"
        )
    setup = _setup(case)
    for script in _run_first(case):
        where = f"what line {script.instruction.start_line} starts"
        run_first = calls_of(script, case.stage.end, case.stage.end.workdir or "/?0")
        if run_first.reason and may_write(script.text):
            raise RefusedError(f"{where} may write to what stays root's (it can't be read: {run_first.reason})")
        for call in run_first.calls:
            _refuse_call(case, call, left, setup, where)
    for name, value in case.stage.end.environment.known().items():
        for named_path in named_by(name, value):
            if left.may_be_denied(named_path):
                raise RefusedError(f"ENV {name} names {named_path.path}, which stays root's and may be written to")


def _installs_dropper(case: RootStage) -> bool:
    """Whether a program that drops rights, such as gosu, is brought into the image."""
    brings = (instruction.value for instruction, _ in case.instructions() if instruction.name in ("RUN", "COPY", "ADD"))
    return any(privileges.names_dropper(text) for text in brings)


def _setup(case: RootStage) -> privileges.Setup:
    instructions = (instruction for instruction, _ in case.instructions())
    return privileges.setup(instructions, has_python=case.image is not None and case.image.python)


def _port(case: RootStage) -> int | None:
    """The first port below 1024 that the image listens on, as far as it says so; None where it doesn't."""
    state = case.stage.end
    for instruction, before in case.instructions():
        if instruction.name == "EXPOSE":
            port = privileges.exposed_port([before.expand(word) or word for word in instruction.arguments or ()])
            if port is not None:
                return port
    for script in _run_first(case):
        lines = (line for line in script.text.splitlines() if not line.lstrip().startswith("#"))
        written = [word for line in lines for word in line.replace(";", " ; ").split()]
        port = privileges.listening_port([state.expand(word) or word.strip("\"'") for word in written])
        if port is not None:
            return port
    return privileges.port_variable(state.environment.known())


def _run_first(case: RootStage) -> Iterator[InstructionScript]:
    """The scripts that a container runs: of ENTRYPOINT and CMD, and of the files among these that can be read."""
    start = start_of(case.subject.stages, case.stage)
    state = case.subject.state(start.heeded[0]) if start.heeded else State()
    script = started(start, state.shell)
    if script is not None:
        yield script
    if start.entrypoint is not None and len(start.heeded) == 2:
        # A script that is the ENTRYPOINT mostly hands over to CMD.
        handed = started(start._replace(entrypoint=None), state.shell)
        if handed is not None:
            yield handed
    for _, text, instruction in case.scripts():
        if text is not None:
            yield script_in(text, instruction)


def _makes_folders(case: RootStage, instruction: Instruction, state: State) -> bool:
    """Whether a RUN makes folders or files below the working directory, which the program may want to write to."""
    workdir = case.stage.end.workdir
    if workdir is None or instruction.name != "RUN" or instruction.json:
        return False
    script = case.subject.script(instruction)
    before = state.workdir or "/"
    run = calls_of(script, state, before)
    made = [path for call in run.calls if call.program in _MAKERS for path in written(call)]
    if run.reason:
        # It may change its folder, and may make them in the one it begins with.
        calls = filter(None, map(invocation, script.commands))
        words = (word.value or "-" for call in calls if call.program in _MAKERS for word in call.arguments)
        made += [paths.joined(before, word) for word in words if not word.startswith("-")]
    return any(path is not None and path.startswith(workdir.rstrip("/") + "/") for path in made)


def _built(case: RootStage, path: Sequence[Step], given: Collection[int]) -> tuple[Built, ...]:
    """The steps with what they do; `given` are the offsets of the copies that become the user's."""
    workdirs = paths.workdirs(case.subject.stages)
    built = []
    for step in path:
        instruction = step.instruction
        calls: tuple[Call, ...] = ()
        if instruction.name == "RUN":
            calls = calls_of(case.subject.script(instruction), step.before, workdirs[instruction.start]).calls
        built.append(Built(step, case.runs_as_root(step.before), instruction.start in given, calls))
    return tuple(built)


def _refuse_call(case: RootStage, call: Call, left: Remains, setup: privileges.Setup, where: str) -> None:
    if privileges.needs_root(call):
        raise RefusedError(f"{where} runs {call.program}, which needs root")
    why_not = privileges.stale_runner(call, case.stage.end, setup)
    if why_not is not None:
        raise RefusedError(why_not)
    for path in written(call):
        if path is None:
            raise RefusedError(f"{where} writes to files that only the running shell can name")
        if not left.is_writable(path):
            raise RefusedError(f"{where} writes to {path}, which stays root's")
    for named_path in named(call):
        if left.may_be_denied(named_path):
            raise RefusedError(f"{where} names {named_path.path}, which stays root's and may be written to")

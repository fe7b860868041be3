"""Whether the steps of a build can do without files that are copied before them.

A COPY may move behind a step that needs nothing of what it brings and touches nothing where it goes. An install of
dependencies needs its manifests: those are named, so that they can be copied alone before it. What can't be shown to
be independent depends.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path

from docker_hooks.dockerfile import paths
from docker_hooks.dockerfile.calls import Call, Calls, calls_of
from docker_hooks.dockerfile.footprint import footprint, piped
from docker_hooks.dockerfile.installs import CONDA_PROGRAMS, Install
from docker_hooks.dockerfile.options import names
from docker_hooks.dockerfile.reader import Instruction
from docker_hooks.dockerfile.regex import regex
from docker_hooks.dockerfile.stages import Stage, State
from docker_hooks.dockerfile.told_files import FILE_VARIABLES, may_tell, paths_told
from docker_hooks.dockerfile.users import is_root
from docker_hooks.dockerfile.values import NamedTuple
from docker_hooks.project.copies import BuildContext, Copied, copied
from docker_hooks.project.ignorefile import ignore_file_for
from docker_hooks.project.manifests import Closure, dependency_manifests, installs_itself, requirements_closure
from docker_hooks.project.reading import Missing, Unreadable, read_text, read_toml, strings, table
from docker_hooks.subject import Subject

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn


class DependentError(Exception):
    """A step needs what is copied before it, or may; the text says why, to be read behind "not mended:"."""


class ExcludedError(Exception):
    """The ignore file keeps a manifest out of the build: what is installed here isn't what lies there."""


class Need(NamedTuple):
    """A manifest that must be copied ahead: the COPY that brings it, the word of the COPY that names it or its folder,
    its path in the context and the one in the image."""

    copy: Copied
    word: str
    origin: str
    path: str


class Build:
    """A Dockerfile and one of its build contexts: what its instructions copy and run."""

    def __init__(self, subject: Subject, folder: Path) -> None:
        self.subject = subject
        ignore_file = ignore_file_for(Path(subject.path), folder)
        self.context = subject.memory.once(BuildContext, folder, ignore_file)
        self._copied: dict[int, Copied | None] = {}
        self._calls: dict[int, Calls] = {}
        self._closures: dict[str, Closure] = {}

    @cached_property
    def _stages(self) -> tuple[Stage, ...]:
        return paths.for_any_build(self.subject.dockerfile, self.subject.stages)

    @cached_property
    def _workdirs(self) -> dict[int, str]:
        return paths.workdirs(self._stages)

    @cached_property
    def _states(self) -> dict[int, State]:
        return {
            step.start: state
            for stage in self._stages
            for step, state in zip(stage.instructions, stage.states, strict=True)
        }

    @cached_property
    def telling_variables(self) -> tuple[str, ...]:
        """The variables that ENV and ARG set, anywhere in the file, and that may tell an install of files."""
        found: set[str] = set()
        for step in self.subject.dockerfile.instructions:
            arguments = step.arguments or ()
            if step.name in ("ENV", "ARG"):
                assigned = arguments[::3] if step.name == "ENV" else [word.partition("=")[0] for word in arguments]
                found.update(filter(may_tell, assigned))
        return tuple(sorted(found))

    def workdir(self, instruction: Instruction) -> str:
        """The working directory before an instruction of a stage."""
        return self._workdirs[instruction.start]

    def state(self, instruction: Instruction) -> State:
        """What is in force before an instruction of a stage, whatever `--build-arg` says."""
        return self._states[instruction.start]

    def located(self, instruction: Instruction, written: str) -> str:
        """Where a path that an instruction names lies in the image."""
        return paths.located(written, self.state(instruction), self.workdir(instruction))

    def copied(self, instruction: Instruction) -> Copied | None:
        """What a COPY or ADD brings from the context, None for any other instruction."""
        if instruction.start not in self._copied:
            state, workdir = self.state(instruction), self.workdir(instruction)
            self._copied[instruction.start] = copied(instruction, state, workdir, self.context)
        return self._copied[instruction.start]

    def calls(self, instruction: Instruction) -> Calls:
        """The programs that a RUN starts; none for any other instruction."""
        if instruction.name != "RUN":
            return Calls(())
        if instruction.start not in self._calls:
            state, workdir = self.state(instruction), self.workdir(instruction)
            self._calls[instruction.start] = calls_of(self.subject.script(instruction), state, workdir)
        return self._calls[instruction.start]

    def closure(self, origin: str) -> Closure:
        """The files that a manifest of the context needs, itself included."""
        if origin not in self._closures:
            self._closures[origin] = requirements_closure(self.context.folder, origin)
        return self._closures[origin]

    def declares_dependencies(self, place: str) -> bool:
        """Whether the project that lies at `place` in the image, by the COPY that brings it, has dependencies."""
        for step in (step for stage in self.subject.stages for step in stage.instructions):
            copy = self.copied(step)
            for home in (origin for origin, _ in copy.origins(place)) if copy is not None else ():
                try:
                    return _declares_dependencies(self.context.folder / home, self.context.folder)
                except Unreadable:
                    return False
        return False


def _declares_dependencies(home: Path, root: Path) -> bool:
    try:
        pyproject = read_toml(home / "pyproject.toml", root)
    except Missing:
        pyproject = {}
    poetry = table(pyproject, "tool", "poetry", "dependencies")
    if strings(table(pyproject, "project").get("dependencies")) or set(poetry) - {"python"}:
        return True
    for name in ("setup.cfg", "setup.py"):
        try:
            if re.search(r"^[^#\n]*\binstall_requires\s*=", read_text(home / name, root), re.MULTILINE):
                return True
        except Missing:
            continue
    return False


# Settings that the tools look for in the home of the user, which may be where the source goes.
_IN_HOME = names(".config .gitconfig .netrc .pip .pydistutils.cfg .ssh")
_OF_CONDA = names(".condarc .mambarc")
# Files by which these choose the Python that runs.
_VERSIONS = names(".python-version .tool-versions .mise.toml mise.toml")
_VERSION_MANAGERS = regex(r"pyenv|asdf|\bmise\b")
_LOCKS = {"uv": "uv.lock", "poetry": "poetry.lock", "pdm": "pdm.lock", "pipenv": "Pipfile.lock"}
_WITHOUT_PROJECT = {
    "uv": "uv sync --no-install-project",
    "poetry": "poetry install --no-root",
    "pdm": "pdm install --no-self",
}
# An entry of PATH that is a virtual environment's.
_ENVIRONMENT = regex(r"env[^/]*/bin\Z")
_EDITABLE = regex(r"^\s*(?:-e|--editable)\b", re.MULTILINE)
_MOST_STEPS = 1000
_MOST_VARIABLES = 40
_LONGEST_VALUES = 4096
_MOST_FOLDERS = 10


class _Brought(NamedTuple):
    """Who brings a file: the COPY (None where it stays in its place), the word in it, the path in the context."""

    copy: Copied | None
    word: str
    origin: str


class Independence:
    """The COPYs that are to move, and the steps behind them, taken one after the other."""

    def __init__(self, build: Build, earlier: list[Instruction]) -> None:
        """`earlier` are the instructions that the stage has gone through so far, from its base image on."""
        self._build = build
        self._context = build.context
        self._earlier = earlier
        self._environments = [place for step in earlier[:_MOST_STEPS] for place in self._environments_of(step)]
        self._mounts: list[tuple[str, str]] = []
        self._ahead: list[Copied] = []
        self._line = 0
        # Of variables, with their values and the folder of the step: of how many COPYs they are known to name nothing.
        self._apart: dict[tuple[str, str, str], int] = {}
        self.moving: list[Copied] = []
        # The lines that would make the folder of a COPY before it does, with another owner.
        self.made: dict[int, int] = {}

    def move(self, copy: Copied) -> None:
        """Add a COPY to those that are to move. Raises DependentError where it can't."""
        if copy.instruction.flag("exclude") is not None:
            raise DependentError("its --exclude isn't followed here")
        if copy.overlays_system():
            raise DependentError("it may copy into folders of the system")
        has_versions = _VERSION_MANAGERS.search(self._build.subject.dockerfile.text) is not None
        self._check_sent(copy, _IN_HOME | _VERSIONS if has_versions else _IN_HOME)
        self.moving.append(copy)
        self._earlier.append(copy.instruction)

    def _check_sent(self, copy: Copied, settings: frozenset[str]) -> None:
        for source in copy.sources:
            for name in self._context.sent(source, settings):
                raise DependentError(f"it may bring settings that the install reads ({name})")

    def pass_by(self, step: Instruction) -> tuple[Need, ...]:
        """What a step needs ahead if it comes to stand before the COPYs. Raises DependentError, ExcludedError."""
        if len(self._earlier) > _MOST_STEPS:
            raise DependentError("the stage is too long to be followed")
        self._line = step.start_line
        found: list[Need] = []
        if step.name in ("ENV", "ARG"):
            self._check_variables(step)
        elif step.name == "WORKDIR":
            self._check_workdir(step)
        elif step.name == "VOLUME":
            for path in step.arguments or ():
                self._touch(self._build.located(step, path))
        elif step.name in ("COPY", "ADD"):
            self._check_copy(step)
        elif step.name == "RUN":
            found = self._needs_of_run(step)
        self._earlier.append(step)
        self._environments += self._environments_of(step)
        return tuple(dict.fromkeys(found))

    def _refuse(self, reason: str) -> NoReturn:
        raise DependentError(f"line {self._line} {reason}")

    def _check_variables(self, step: Instruction) -> None:
        arguments = step.arguments or ()
        assigned = arguments[::3] if step.name == "ENV" else [word.partition("=")[0] for word in arguments]
        for copy in self.moving:
            used = paths.names_in(" ".join((*copy.instruction.flags, *(copy.instruction.arguments or ()))))
            if not used.isdisjoint(assigned):
                self._refuse("sets a variable that the COPY uses")

    def _check_workdir(self, step: Instruction) -> None:
        place = self._build.located(step, (step.arguments or (".",))[0])
        for copy in self.moving:
            written = (copy.instruction.arguments or (".",))[-1]
            if paths.located(written, self._build.state(copy.instruction), place) != copy.target:
                self._refuse("changes the folder that the source is copied to")
            if paths.relation(place, copy.target) == "inside":
                self._refuse("goes into a folder that the source brings")
            self._note_made(copy, place, step)

    def _note_made(self, copy: Copied, place: str, step: Instruction) -> None:
        """WORKDIR and mkdir make folders for the user in force, COPY for root or --chown."""
        user = self._build.state(step).user
        other = user is not None and (user.value is None or not is_root(user.value))
        if paths.relation(place, copy.target) in ("same", "inside") and (
            other or copy.instruction.flag("chown") is not None or copy.instruction.flag("chmod") is not None
        ):
            self.made.setdefault(copy.instruction.start, step.start_line)

    def _check_copy(self, step: Instruction) -> None:
        """A COPY that stays where it is must not write what the moving ones write too, unless it is the same."""
        target = self._build.located(step, (step.arguments or (".",))[-1])
        other = self._build.copied(step)
        for copy in self.moving:
            if not copy.touches(target) and paths.relation(target, copy.target) != "inside":
                continue
            if other is None:
                self._refuse("copies to where the source is copied too")
            for source in other.sources:
                is_folder = self._context.is_folder(source)
                if not is_folder and not other.is_folder and target == copy.target:
                    self._refuse("copies a file to where the source is copied too")
                place = (
                    target if is_folder or not other.is_folder else posixpath.join(target, posixpath.basename(source))
                )
                if is_folder and paths.relation(place, copy.target) == "above":
                    self._refuse("copies to a folder above the one that the source is copied to")
                if copy.might_bring(place) - {source}:
                    self._refuse("copies something else to where the source is copied too")
                if is_folder and copy.origin(place) is None and copy.is_whole:
                    self._refuse("copies to where the source is copied too")

    def _needs_of_run(self, step: Instruction) -> list[Need]:
        calls = self._build.calls(step)
        if calls.reason:
            self._refuse(f"may need the source: it is more than can be read safely ({calls.reason})")
        self._mounts = list(self._bind_mounts(step))
        in_force = self._in_force(step)
        workdirs = {self._build.workdir(step), *(call.workdir for call in calls.calls if call.install is not None)}
        if len(workdirs) > _MOST_FOLDERS:
            self._refuse("installs in more folders than can be followed")
        for workdir in workdirs:
            self._check_settings(in_force, workdir)
        found: list[Need] = []
        for call in calls.calls:
            found += self._needs_of_call(call, step)
        self._ahead += [need.copy for need in found]
        for call in calls.calls:
            for copy in self.moving:
                how = paths.relation(call.workdir, copy.target)
                is_there = call.workdir == self._build.workdir(step) or any(copy is ahead for ahead in self._ahead)
                if how == "inside" or (how == "same" and not is_there):
                    self._refuse("goes into a folder that the source brings")
        self._mounts = []
        return found

    def _bind_mounts(self, step: Instruction) -> Iterator[tuple[str, str]]:
        """The bind mounts: where in the image, and which path of the context ("" if it is another stage's)."""
        for flag in step.flags:
            if not flag.startswith("--mount="):
                continue
            options = dict(option.partition("=")[::2] for option in flag[len("--mount=") :].split(","))
            target = next((options[key] for key in ("target", "dst", "destination") if key in options), None)
            if options.get("type", "bind") == "bind" and target is not None:
                source = options.get("source", options.get("src", "."))
                origin = "" if "from" in options else posixpath.normpath("/" + source).lstrip("/") or "."
                yield self._build.located(step, target), origin

    def _needs_of_call(self, call: Call, step: Instruction) -> list[Need]:
        for file in call.files:
            if file is None:
                self._refuse("writes or reads a file that can't be known")
            self._touch(paths.joined(call.workdir, file))
        self._check_settings(call.settings, call.workdir)
        for word in call.started:
            self._check_program(word, call.workdir)
        if call.program in CONDA_PROGRAMS:
            for copy in self.moving:
                self._check_sent(copy, _OF_CONDA)
        if call.install is not None:
            return self._needs_of_install(call, call.install, step)
        if call.is_empty or call.program == "cd":
            return []
        touched = footprint(call.program, call.words)
        if touched is None and call.is_piped:
            touched = piped(call.program, call.words)
        if touched is None:
            shown = f" ({call.program})" if call.program else ""
            self._refuse(f"runs what may need the source{shown}")
        for path in touched.paths:
            self._touch(paths.joined(call.workdir, path))
        for folder in touched.folders:
            place = paths.joined(call.workdir, folder)
            for copy in self.moving:
                if any(self._context.is_file(origin) for origin in copy.might_bring(place)):
                    self._refuse("makes a folder where the source has a file")
                self._note_made(copy, place, step)
        found = self._needs_of_uv_settings(call.workdir) if call.program == "uv" and touched.environments else []
        self._environments += [paths.joined(call.workdir, place) for place in touched.environments]
        for place in touched.environments:
            self._check_environment(paths.joined(call.workdir, place))
        return found

    def _check_program(self, word: str, workdir: str) -> None:
        """A program named by its path is the source's own, or that of an environment."""
        if "/" not in word or "=" in word or word.startswith("-"):
            return
        place = paths.joined(workdir, word)
        folder = posixpath.dirname(place)
        if folder == "/bin":
            return
        if posixpath.basename(folder) == "bin":
            self._check_environment(posixpath.dirname(folder))
        else:
            self._touch(place)

    def _in_force(self, step: Instruction) -> list[tuple[str, str | None]]:
        """The variables that tell of files; what may tell of them by the defaults of ARG too."""
        blind, usual = self._build.state(step), self._build.subject.state(step)
        found: list[tuple[str, str | None]] = []
        for name in self._build.telling_variables[:_MOST_VARIABLES]:
            is_set, text = blind.value(name)
            if text is None and not (is_set and name in FILE_VARIABLES):
                is_set, text = usual.value(name)
            if is_set:
                found.append((name, text))
        if (
            len(self._build.telling_variables) > _MOST_VARIABLES
            or sum(len(text or "") for _, text in found) > _LONGEST_VALUES
        ):
            self._refuse("has more variables than can be followed")
        return found

    def _check_settings(self, settings: Iterable[tuple[str, str | None]], workdir: str) -> None:
        """A file that a variable tells of must not be the source's, unless it is copied before that too."""
        for name, text in settings:
            is_path = name in FILE_VARIABLES
            if text is None and is_path:
                self._refuse(f"depends on {name}, whose value can't be known")
            if not text or not may_tell(name):
                continue
            key = (name, text, workdir)
            moving = self.moving[self._apart.get(key, 0) :]
            for path in paths_told(text, relative=is_path) if moving else ():
                place = paths.joined(workdir, path)
                if any(_may_lie_with(copy, place, name) for copy in moving) and not self._stays_before(place):
                    self._touch(place)
            if not self._mounts:
                self._apart[key] = len(self.moving)

    def _stays_before(self, place: str) -> bool:
        """Whether a file that the source brings is brought by a COPY that stays before the step, too."""
        origins = {origin for copy in self.moving for origin in copy.might_bring(place)}
        return len(origins) == 1 and self._context.is_file(*origins) and self._stays(place, *origins)

    def _touch(self, path: str) -> None:
        """Take note that the step uses a path. Raises DependentError where that may be the source's."""
        if any(paths.relation(path, target) in ("same", "inside") for target, _ in self._mounts):
            return
        for place in self._environments:
            if paths.relation(path, place) in ("same", "inside"):
                self._check_environment(place)
                return
        used = [paths.relation(path, copy.target) for copy in self.moving if copy.touches(path)]
        if used:
            how = "into which the source is copied" if "same" in used else "which the source may bring"
            self._refuse(f"uses {_shown(path)}, {how}")

    def _environments_of(self, step: Instruction) -> Iterator[str]:
        """The virtual environments that a step makes, or says that there are."""
        if step.name == "ENV":
            arguments = step.arguments or ()
            for name, text in zip(arguments[::3], arguments[1::3], strict=True):
                if name in ("VIRTUAL_ENV", "UV_PROJECT_ENVIRONMENT"):
                    yield self._build.located(step, text)
                if name == "PATH":
                    for part in text.strip("\"'").split(":"):
                        if _ENVIRONMENT.search(part):
                            yield self._build.located(step, part[: -len("/bin")])
        for call in self._build.calls(step).calls:
            touched = footprint(call.program, call.words)
            for place in touched.environments if touched else ():
                yield paths.joined(call.workdir, place)

    def _check_environment(self, place: str) -> None:
        """An environment made where the source goes would be overwritten by one that lies in the context."""
        for copy in self.moving:
            if not copy.touches(place):
                continue
            how = paths.relation(place, copy.target)
            if how == "unknown" and copy.might_bring(place):
                self._refuse(f"uses the environment {_shown(place)}, which the source may bring")
            if how in ("same", "above"):
                self._refuse(f"uses the environment {_shown(place)}, into which the source is copied")
            if how != "inside":
                continue
            for source in copy.sources:
                origin = posixpath.normpath(posixpath.join(source, paths.below(place, copy.target)))
                if self._context.is_folder(source) and not self._context.excludes(origin):
                    self._refuse(
                        f"makes the environment {_shown(place)}, and the source copied after it might bring another: "
                        f"put **/{posixpath.basename(origin)} into .dockerignore"
                    )

    def _needs_of_install(self, call: Call, install: Install, step: Instruction) -> list[Need]:
        if install.unknown:
            self._refuse(f"has {_shown(install.unknown[0])}, whose value can't be known")
        folder = paths.joined(call.workdir, install.folder or "")
        for project in install.projects:
            place = paths.joined(call.workdir, project)
            if any(copy.touches(place) for copy in self.moving):
                self._refuse("installs the project itself, which needs the source")
        for path in (*install.reads, *install.writes, *(["src"] if install.checkouts else [])):
            self._touch(paths.joined(call.workdir, path))
        for place in self._environments:
            self._check_environment(place)
        found: list[Need] = []
        for manifest in dict.fromkeys(install.manifests):
            found += self._needs_of_manifest(paths.joined(call.workdir, manifest), call.workdir)
        if install.reads_project:
            found += self._needs_of_project(folder, install, step)
        elif install.tool == "uv":
            found += self._needs_of_uv_settings(folder)
        return found

    def _needs_of_manifest(self, path: str, workdir: str) -> list[Need]:
        """The manifest at `path` of the image and the files that it reads, as far as the moving COPYs bring them."""
        brought = self._brought(path)
        if brought is None:
            if any(copy.touches(path) for copy in self.moving):
                self._refuse(f"needs {_shown(path)}, which is not found in the build context")
            self._refuse(f"installs {_shown(path)}, and what that needs can't be known")
        if self._context.excludes(brought.origin):
            raise ExcludedError
        closure = self._build.closure(brought.origin)
        if closure.reason is not None:
            self._refuse(f"can't be done without the source: {closure.reason}")
        found: list[Need] = []
        for origin in sorted(closure.files, key=lambda file: (file != brought.origin, file)):
            beside = posixpath.relpath(origin, posixpath.dirname(brought.origin) or ".")
            place = posixpath.normpath(posixpath.join(posixpath.dirname(path), beside))
            # A COPY may give a file another name.
            place = path if origin == brought.origin else place
            other = self._brought(place)
            if other is None or other.origin != origin or self._context.excludes(origin):
                self._refuse(f"needs {origin}, which is not copied to {_shown(place)}")
            if other.copy is not None and not self._stays(place, origin):
                found.append(Need(other.copy, other.word, origin, place))
            if self._has_checkouts(origin):
                self._touch(paths.joined(workdir, "src"))
        return found

    def _has_checkouts(self, origin: str) -> bool:
        """Whether a requirements file has pip put sources into `src/`: what is left of `-e` in a self-contained one."""
        try:
            return _EDITABLE.search(read_text(self._context.folder / origin, self._context.folder)) is not None
        except Unreadable:
            return False

    def _needs_of_project(self, folder: str, install: Install, step: Instruction) -> list[Need]:
        """What `uv sync`, `poetry install` and their like read in the project's folder."""
        manifest = "Pipfile" if install.tool == "pipenv" else "pyproject.toml"
        brought = self._brought(posixpath.join(folder, manifest))
        if brought is None:
            self._refuse(f"needs {_shown(posixpath.join(folder, manifest))}, which is not found in the build context")
        home = posixpath.dirname(brought.origin)
        root = self._context.folder / home
        if install.installs_project and installs_itself(root, install.tool) is not False:
            first = _WITHOUT_PROJECT[install.tool]
            self._refuse(f"installs the project itself, which needs the source: put `{first}` before the COPY as well")
        manifests = dependency_manifests(root).get(install.tool, ())
        if _LOCKS[install.tool] not in manifests:
            self._refuse(f"would write {_LOCKS[install.tool]}, which is not there")
        self._check_lock(install, step)
        if install.tool == "pdm" and self._has_pdm_scripts(home):
            self._refuse("may run scripts of the project (tool.pdm.scripts)")
        if self._makes_environment(install, home, manifests, step):
            self._check_environment(posixpath.join(folder, ".venv"))
        return [need for name in manifests for need in self._needs_of_manifest(posixpath.join(folder, name), folder)]

    def _check_lock(self, install: Install, step: Instruction) -> None:
        """`uv sync` brings an old lock up to date; the COPY would put the old one back, for a later uv to find."""
        if install.tool != "uv" or not install.locks:
            return
        state = self._build.state(step)
        if any(state.value(name)[1] for name in ("UV_LOCKED", "UV_FROZEN")):
            return
        behind = [other for other in self._build.subject.dockerfile.instructions if other.start > step.start]
        if any(re.search(r"\buv\b", other.value) for other in behind if other.name in ("RUN", "CMD", "ENTRYPOINT")):
            self._refuse("may change uv.lock, which a later uv would find unchanged: add --locked")

    def _has_pdm_scripts(self, home: str) -> bool:
        """Whether PDM runs something before or after it installs (PDM, "Hook Scripts")."""
        try:
            pyproject = read_toml(self._context.folder / home / "pyproject.toml", self._context.folder)
        except Unreadable:
            return True
        return any(name.startswith(("pre_", "post_")) for name in table(pyproject, "tool", "pdm", "scripts"))

    def _makes_environment(self, install: Install, home: str, manifests: tuple[str, ...], step: Instruction) -> bool:
        """Whether the tool makes `.venv` in the project, or would use one that lies there."""
        if install.tool == "uv":
            return not self._build.state(step).value("UV_PROJECT_ENVIRONMENT")[0]
        text = self._build.subject.dockerfile.text.lower().replace("_", "-")
        is_asked_for = "in-project" in text or "poetry.toml" in manifests
        return install.tool == "pdm" or is_asked_for or self._context.exists(posixpath.join(home, ".venv"))

    def _needs_of_uv_settings(self, folder: str) -> list[Need]:
        """`uv pip` and `uv venv` read these files in their folder and those above."""
        found: list[Need] = []
        while folder != "/":
            for name in ("uv.toml", "pyproject.toml", ".python-version"):
                if (brought := self._brought(posixpath.join(folder, name))) and brought.copy is not None:
                    found += self._needs_of_manifest(posixpath.join(folder, name), folder)
            folder = posixpath.dirname(folder)
        return found

    def _brought(self, path: str, *, staying: bool = False) -> _Brought | None:
        """Who brings the file at `path` of the image; None where nobody does. Raises DependentError where unknown."""
        for target, origin in self._mounts:
            how = paths.relation(path, target)
            if origin and how in ("same", "inside"):
                found = posixpath.normpath(posixpath.join(origin, paths.below(path, target)))
                return _Brought(None, "", found) if self._context.exists(found) else None
        possible: set[str] = set()
        for step in reversed(self._earlier):
            if step.name not in ("COPY", "ADD"):
                continue
            copy = self._build.copied(step)
            moves = any(copy is moving for moving in self.moving)
            if staying and moves:
                continue
            if copy is None:
                target = self._build.located(step, (step.arguments or (".",))[-1])
                if paths.relation(path, target) in ("same", "inside"):
                    return None
                continue
            for origin, word in copy.origins(path):
                if possible - {origin}:
                    self._refuse(f"needs {_shown(path)}, and who brings that can't be known")
                return _Brought(copy if moves else None, word, origin)
            possible |= copy.might_bring(path)
        if possible and not staying:
            self._refuse(f"needs {_shown(path)}, and who brings that can't be known")
        return None

    def _stays(self, path: str, origin: str) -> bool:
        """Whether a COPY that stays in its place brings the same file."""
        brought = self._brought(path, staying=True)
        if brought is None or brought.origin != origin:
            return False
        for step in reversed(self._earlier):
            if step.name == "RUN" and self._may_change(step, path):
                return False
            copy = self._build.copied(step)
            if copy is not None and copy.origin(path) == origin and not any(copy is one for one in self.moving):
                return True
        return False

    def _may_change(self, step: Instruction, path: str) -> bool:
        """Whether a RUN may write to a path."""
        calls = self._build.calls(step)
        for call in calls.calls:
            touched = footprint(call.program, call.words)
            if call.install is None and touched is None and call.program != "cd" and not call.is_empty:
                return True
            used = (*call.files, *(touched.paths if touched else ()))
            if any(one is None or paths.relation(path, paths.joined(call.workdir, one)) != "apart" for one in used):
                return True
        return bool(calls.reason)


def _may_lie_with(copy: Copied, place: str, variable: str) -> bool:
    """Whether a path that a variable tells of may be the source's. What lies in a HOME that is its own is known."""
    if variable in FILE_VARIABLES:
        return copy.touches(place)
    how = paths.relation(place, copy.target)
    if how == "unknown":
        return bool(copy.might_bring(place))
    return how == "inside" or (how == "same" and variable != "HOME")


def _shown(path: str) -> str:
    """A path without the mark of what can't be known; what lies in the base image's WORKDIR without that."""
    shown = re.sub(r"^/\?\d+(?:/|\Z)", "", path).replace("/?", "") or "the WORKDIR of the base image"
    return shown if len(shown) <= 60 else shown[:57] + "..."

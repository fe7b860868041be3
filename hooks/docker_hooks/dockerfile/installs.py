"""Recognises commands that install Python dependencies, and what they read from the disk to do so.

The options are those of the tools' own documentation: pip ("pip install"), uv ("uv pip", "uv sync"), Poetry and PDM
("install", "sync"), Pipenv ("install", "sync"), conda, mamba and micromamba ("install", "create", "env"). What adds
a dependency to a project (`poetry add`, `uv add`, `pipenv install requests`) or runs something within one
(`uv run`) is no install here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from docker_hooks.dockerfile.options import Options, names, parsed
from docker_hooks.dockerfile.programs import Invocation
from docker_hooks.dockerfile.regex import regex
from docker_hooks.dockerfile.shell import Word
from docker_hooks.dockerfile.told_files import paths_told
from docker_hooks.dockerfile.values import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    Tool = Literal["pip", "uv", "poetry", "pipenv", "pdm", "conda"]


class Install(NamedTuple):
    """An install of dependencies. Paths and names are as written, relative to the folder in which it runs.

    manifests
        The files named: `-r`, `-c`, `--file`, the operands of `uv pip sync`.
    packages
        Names and URLs, which need nothing from the disk; `checkouts` are those of them that `-e` puts into `src/`.
    projects
        Local projects and archives: `.`, `-e ./lib`, `dist/x.whl`, without their extras.
    reads_project
        It reads the tool's own files (pyproject.toml and a lock, Pipfile) in `folder`, None for where it runs;
        with `installs_project` it installs the project too, if that is a package.
    reads, writes
        Paths that other options name: `--find-links`, `--cert`; `--target`, `--prefix`.
    with_dependencies
        False where it leaves the dependencies out (`--no-deps`).
    locks
        It may write the lock file.
    unknown
        Words whose value only a running shell knows.
    """

    tool: Tool
    manifests: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    checkouts: tuple[str, ...] = ()
    projects: tuple[str, ...] = ()
    reads_project: bool = False
    installs_project: bool = False
    folder: str | None = None
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    with_dependencies: bool = True
    locks: bool = False
    unknown: tuple[str, ...] = ()


# The options of each tool that take a value.
_PIP_VALUED = names(
    "-r --requirement --requirements -c --constraint --constraints -e --editable -t --target --prefix --root --src "
    "-f --find-links -i --index-url --pypi-url --extra-index-url -w --wheel-dir -d --dest --platform --python-version "
    "--implementation --abi --upgrade-strategy -C --config-settings --global-option --install-option --build-option "
    "--no-binary --only-binary --progress-bar --root-user-action --report --group --python --log --keyring-provider "
    "--proxy --retries --timeout --default-timeout --exists-action --trusted-host --cert --client-cert --cache-dir "
    "--use-feature --use-deprecated --hash --build-constraint -b --build"
)
_UV_VALUED = names(
    "-r --requirement --requirements -c --constraint --constraints -e --editable -t --target --prefix -f --find-links "
    "-i --index-url --extra-index-url --index --default-index -b --build-constraint --build-constraints --override "
    "--overrides --excludes --extra --no-extra --group --no-group --only-group --package --no-install-package -p "
    "--python --index-strategy --resolution --prerelease --fork-strategy --link-mode --torch-backend --config-file "
    "--project --directory --python-platform --python-version --cache-dir --exclude-newer --exclude-newer-package "
    "--color --allow-insecure-host --keyring-provider --config-setting --config-settings -C "
    "--no-build-isolation-package --reinstall-package -P --upgrade-package --refresh-package --no-build-package "
    "--no-binary-package --no-sources-package --no-binary --only-binary --env-file --script"
)
_POETRY_VALUED = names("-C --directory -P --project -E --extras --with --without --only")
_PIPENV_VALUED = names(
    "-e --editable -r --requirements -i --index --pypi-mirror --python --categories --extra-pip-args"
)
_PDM_VALUED = names(
    "-G --group --with --without -p --project -L --lockfile --venv -k --skip --override --config-setting -C -c --config"
)
_CONDA_VALUED = names(
    "-f --file -n --name -p --prefix -c --channel --solver --experimental-solver --channel-priority --platform "
    "--subdir --repodata-fn --clone --revision --relocate-prefix -r --root-prefix --rc-file --category"
)
# Options of pip and uv whose value is a path or a URL that is read, and those that hand on what may hold a path.
_READ = names(
    "-f --find-links -i --index-url --extra-index-url --index --default-index --config-file -b --cert --client-cert"
)
_HANDED_ON = names(
    "-C --config-setting --config-settings --global-option --install-option --build-option --extra-pip-args"
)
# Options of any of them whose value, where it can't be known, makes no difference to what is read.
_NAMES_NO_FILE = names(
    "-i --index-url --extra-index-url --index --default-index --trusted-host --proxy --retries --timeout "
    "--default-timeout --python-version --platform --without --with --only --extras --categories --pypi-mirror "
    "--progress-bar --name -n --cache-dir --channel"
)
CONDA_PROGRAMS = ("conda", "mamba", "micromamba")
# The options of `conda run` and its kin that take a value.
_RUN_VALUED = names("-n --name -p --prefix --cwd -r --root-prefix -e --env -a --attach")
_SCHEME = regex(r"(?:[a-z][a-z0-9+.-]*://|(?:git|hg|svn|bzr)\+)", re.IGNORECASE)
_FILE = regex(r"file:(?://)?", re.IGNORECASE)
_INDEX_NAME = regex(r"[\w.-]+=")
_ARCHIVES = (".whl", ".zip", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".tar")


def install(invocation: Invocation, value: Callable[[Word], str | None] = lambda word: word.value) -> Install | None:
    """What an invocation installs; None for anything else. `value` gives a word's value, where it can be known."""
    words, unknown = _values(invocation.arguments, value)
    reader = _READERS.get(invocation.program)
    found = reader(words) if reader else None
    return found and found._replace(unknown=unknown)


def within_environment(invocation: Invocation) -> tuple[Word, ...] | None:
    """The words of the command that `conda run`, `mamba run` or `micromamba run` runs; None for another program."""
    words = invocation.arguments
    if invocation.program not in CONDA_PROGRAMS or not words or words[0].value != "run":
        return None
    index = 1
    while index < len(words) and (words[index].value or "").startswith("-"):
        index += 2 if words[index].value in _RUN_VALUED else 1
    return words[index:]


def _values(words: Sequence[Word], value: Callable[[Word], str | None]) -> tuple[list[str], tuple[str, ...]]:
    """The values of the words, parted where the shell would; those that can't be known are named apart."""
    values: list[str] = []
    unknown: list[str] = []
    for word in words:
        known = value(word)
        if known is None:
            option, equals, _ = word.text.partition("=")
            if (equals and option in _NAMES_NO_FILE) or (values and values[-1] in _NAMES_NO_FILE):
                values.append(f"{option}=" if equals else "")
            else:
                unknown.append(word.text)
        elif word.value is None and not word.text.startswith('"'):
            values += known.split()
        else:
            values.append(known)
    return values, tuple(unknown)


def _pip(words: Sequence[str]) -> Install | None:
    options = parsed(words, _PIP_VALUED)
    if options.operands[:1] not in (("install",), ("wheel",), ("download",)):
        return None
    found = _pip_install("pip", options, options.operands[1:])
    if options.operands[0] != "install":
        places = options.all("-w", "--wheel-dir", "-d", "--dest") or (".",)
        found = found._replace(writes=(*found.writes, *places))
    return found


def _pip_install(tool: Tool, options: Options, operands: Sequence[str]) -> Install:
    editable = options.all("-e", "--editable")
    targets = (*operands, *editable)
    groups = [group.rpartition(":")[0] or "pyproject.toml" for group in options.all("--group")]
    manifests = options.all(
        "-r", "--requirement", "--requirements", "-c", "--constraint", "--constraints", "--build-constraint",
        "--build-constraints", "--override", "--overrides", "--excludes",
    )  # fmt: skip
    return Install(
        tool,
        manifests=(*_local(manifests), *groups),
        packages=tuple(target for target in targets if not _is_local(target, target in editable)),
        checkouts=tuple(target for target in editable if not _is_local(target, True)),
        projects=tuple(_project_path(target) for target in targets if _is_local(target, target in editable)),
        reads=_reads(options),
        writes=options.all("-t", "--target", "--prefix", "--root", "--src"),
        with_dependencies=not options.has("--no-deps", "--no-dependencies"),
    )


def _reads(options: Options) -> tuple[str, ...]:
    """What pip and uv read besides, as far as it lies on the disk."""
    handed_on = (path for text in options.all(*_HANDED_ON) for path in paths_told(text))
    return (*_local(options.all(*_READ)), *handed_on)


def _local(values: Sequence[str]) -> tuple[str, ...]:
    """The paths among paths and URLs; `file:` is a path too, and uv gives an index a name: `name=URL`."""
    places = (_INDEX_NAME.sub("", value) for value in values)
    paths = (place if _FILE.match(place) else "" if _SCHEME.match(place) else place for place in places)
    return tuple(_FILE.sub("", path) for path in paths if path)


def _project_path(project: str) -> str:
    """The path of a local project, without `file:` and extras: `.[dev]` is `.`."""
    path = project.partition("@")[2].strip() if "@" in project and "/" not in project.partition("@")[0] else project
    path = path.removeprefix("file://").removeprefix("file:")
    return path.partition("[")[0] or "."


def _is_local(target: str, is_editable: bool) -> bool:
    """Whether pip takes what it is to install for a path (pip's _looks_like_path and is_archive_file)."""
    named, at, url = target.partition("@")
    place = url.strip() if at and "/" not in named else target
    if place.lower().startswith("file:"):
        return True
    if _SCHEME.match(place) or not target:
        return False
    path = target.partition("[")[0].strip()
    return is_editable or path.startswith(".") or "/" in path or path.lower().endswith(_ARCHIVES)


def _uv(words: Sequence[str]) -> Install | None:
    options = parsed(words, _UV_VALUED)
    folder = next(iter(options.all("--project", "--directory")), None)
    if options.operands[:2] == ("pip", "install"):
        return _pip_install("uv", options, options.operands[2:])._replace(folder=folder)
    if options.operands[:2] == ("pip", "sync"):
        found = _pip_install("uv", options, ())
        return found._replace(manifests=(*options.operands[2:], *found.manifests), folder=folder)
    if options.operands[:1] != ("sync",) or options.has("--script", "--dry-run", "--check"):
        return None
    return Install(
        "uv",
        reads_project=True,
        installs_project=not options.has("--no-install-project", "--no-install-workspace", "--no-install-local"),
        folder=folder,
        reads=_reads(options),
        locks=not options.has("--locked", "--frozen"),
    )


def _poetry(words: Sequence[str]) -> Install | None:
    options = parsed(words, _POETRY_VALUED)
    if options.operands not in (("install",), ("sync",)) or options.has("--only-root", "--dry-run"):
        return None
    return Install(
        "poetry",
        reads_project=True,
        installs_project=not options.has("--no-root"),
        folder=next(iter(options.all("-C", "--directory", "-P", "--project")), None),
    )


def _pipenv(words: Sequence[str]) -> Install | None:
    options = parsed(words, _PIPENV_VALUED)
    named = options.has("-e", "--editable", "-r", "--requirements")
    if options.operands not in (("install",), ("sync",)) or named:
        return None
    return Install("pipenv", reads_project=True, reads=_reads(options))


def _pdm(words: Sequence[str]) -> Install | None:
    options = parsed(words, _PDM_VALUED)
    if options.operands not in (("install",), ("sync",)) or options.has(
        "--dry-run", "-g", "--global", "-L", "--lockfile"
    ):
        return None
    return Install(
        "pdm",
        reads_project=True,
        installs_project=not options.has("--no-self"),
        folder=next(iter(options.all("-p", "--project")), None),
    )


def _conda(words: Sequence[str]) -> Install | None:
    options = parsed(words, _CONDA_VALUED)
    operands = options.operands
    files = options.all("-f", "--file")
    if operands[:2] in (("env", "create"), ("env", "update")):
        # `conda env create somebody/environment` takes one from a server.
        if operands[2:]:
            return None
        files = files or ("environment.yml",)
        operands = operands[1:]
    elif operands[:1] not in (("install",), ("create",), ("update",), ("upgrade",)) or options.has("--clone"):
        return None
    return Install(
        "conda",
        manifests=_local(files),
        packages=tuple(name for name in operands[1:] if not _is_conda_file(name)),
        projects=tuple(name for name in operands[1:] if _is_conda_file(name)),
        reads=_local([place for place in options.all("-c", "--channel") if place.startswith((".", "/", "file:"))]),
        writes=options.all("-p", "--prefix"),
        with_dependencies=not options.has("--no-deps"),
    )


def _is_conda_file(name: str) -> bool:
    return not _SCHEME.match(name) and name.endswith((".conda", ".tar.bz2"))


_READERS: dict[str, Callable[[Sequence[str]], Install | None]] = {
    "pip": _pip,
    "uv": _uv,
    "poetry": _poetry,
    "pipenv": _pipenv,
    "pdm": _pdm,
    **dict.fromkeys(CONDA_PROGRAMS, _conda),
}
# The programs whose installs are read.
PROGRAMS = tuple(_READERS)

"""Says what is wrong with a base image, by its name. It mends nothing: which tag is right, no file tells.

Once of a kind at each FROM: a tag that moves (none, or `latest`), also where the default of an ARG says so; a Python
or a distribution that gets no security updates; a Python that the project's manifests exclude, where the project is
copied into the image; a CUDA `devel` image as the final one, in which nothing is compiled.

Which releases have ended is a table with a date (see `lifecycles`): what is found changes with a version of this
hook, never with the clock.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from docker_hooks import run
from docker_hooks.dockerfile import images
from docker_hooks.dockerfile.images import Reference
from docker_hooks.dockerfile.lifecycles import ended, python_version
from docker_hooks.dockerfile.programs import SHELLS, Invocation, invocation
from docker_hooks.dockerfile.reader import Instruction
from docker_hooks.dockerfile.stages import Stage, lineage
from docker_hooks.dockerfile.starts import start, start_words
from docker_hooks.entry_point import entry_point
from docker_hooks.files import is_within
from docker_hooks.finding import Finding
from docker_hooks.project.copied import read_copied
from docker_hooks.project.pythons import PYTHON_FILES, Wanted, excludes, wanted_pythons
from docker_hooks.project.sources import copied_sources, literal_parent
from docker_hooks.subject import Subject

ID = "dockerfile-base-image"
HOOK_RULES = ("DL3006", "DL3007")

# Repositories whose free tags all move; the release is in the name, and a digest is the one way to pin them.
_ALWAYS_MOVING = ("gcr.io/distroless/", "cgr.dev/chainguard/")
_CUDA = ("docker.io/nvidia/cuda", "nvcr.io/nvidia/cuda", "docker.io/nvidia/cudagl", "docker.io/pytorch/pytorch")
# The patterns are compiled by `re` when they are first used, since most files need none of them.
# What brings another Python than the base image's.
_OTHER_PYTHON = (
    r"\b(?:conda|mamba|micromamba|pixi|pyenv|deadsnakes|uv python|UV_PYTHON)\b|--python[ =]|(?<![/\w])python[23]\.[0-9]"
)
# Words that speak of compiling, in a Dockerfile or among requirements: tools, their packages and settings, and
# packages of Python that compile for CUDA where they are installed or when they run.
_COMPILES = (
    r"(?<![\w.])(?:nvcc|gcc|g\+\+|cc|c\+\+|clang|cmake|make|ninja|ninja-build|meson|bazel|cargo|rustc|rustup|go|swig"
    r"|build-essential|(?:gcc|g\+\+|clang)-[0-9]+|cuda-nvcc[\w-]*|setup\.py|build_ext|configure|autoconf|--no-binary"
    r"|--no-build-isolation|TORCH_CUDA_ARCH_LIST|FORCE_CUDA|CUDA_HOME|CUDA_ARCH\w*|CUDACXX|NVCC\w*|CMAKE_ARGS"
    r"|apex|auto[-_]gptq|autoawq|bitsandbytes|causal[-_]conv1d|cupy|cython|deepspeed|detectron2|diff[-_]gaussian[\w-]*"
    r"|exllama\w*|flash[-_]attn|flashinfer[\w-]*|gsplat|horovod|kaolin|llama[-_]cpp[-_]python|mamba[-_]ssm"
    r"|minkowskiengine|mmcv[\w-]*|nerfacc|numba|pycuda|pytorch3d|sglang|spconv[\w-]*|tensorrt[\w-]*|tinycudann"
    r"|torch[-_](?:cluster|scatter|sparse|spline[-_]conv)|torchsparse|transformer[-_]engine|triton|vllm|xformers)(?!\w)"
)
# Words by which pip installs sources: folders, editable ones, repositories.
_SOURCES = r"\.|\.?/.*|-e|--editable(?:=.*)?|git\+.*|.*@ ?git\+.*|-r.+|--requirements?=.*"
# What runs a script, or installs what a file lists that isn't read here.
_UNKNOWN = SHELLS | {"pdm", "pipenv", "pixi", "poetry"}
_MOST_LISTS = 20


def check(subject: Subject) -> Iterator[Finding]:
    """What is wrong with the base images, at most one finding of a kind for each FROM."""
    references = {
        stage.number: reference
        for stage in subject.stages
        if stage.parent is None and stage.image is not None
        if (reference := images.parse(stage.image)) is not None and reference.registry
    }
    pythons = {number: python_version(reference) for number, reference in references.items()}
    wanted = _wanted(subject) if any(pythons.values()) else {}
    for number, reference in references.items():
        stage = subject.stages[number]
        for found in (
            _moving(stage, reference),
            _outdated(reference),
            _excluded(pythons[number], wanted.get(number, ())),
            _without_compiling(subject, stage, reference),
        ):
            if found is not None:
                message, advice = found
                yield Finding(stage.start.start_line, f"{stage.image} {message}", advice)


@entry_point
def main(argv: Sequence[str]) -> int:
    """The command `dockerfile-base-image`."""
    return run.run(run.Hook(ID, check, HOOK_RULES), run.options(argv, ID, __doc__))


def _moving(stage: Stage, reference: Reference) -> tuple[str, str] | None:
    tag = reference.tag or ""
    if reference.digest or reference.name.startswith(_ALWAYS_MOVING):
        return None
    # A name alone that isn't known may be an image of one's own, or a build context that the build names.
    if not tag and reference.name.startswith("docker.io/library/") and images.known(reference) is None:
        return None
    if tag and "latest" not in (tag, tag.partition("-")[0], tag.rpartition("-")[2]):
        return None
    unless = ", unless the build passes another" if "$" in (stage.start.arguments or ("",))[0] else ""
    what = "moves" if tag else "has no tag"
    return f"{what}: each build takes whatever is latest{unless}", "name the version that you have tested"


def _outdated(reference: Reference) -> tuple[str, str] | None:
    releases = ended(reference)
    if not releases:
        return None
    listed = ", ".join(f"{release.release} reached its end of life in {release.month}" for release in releases)
    return f"gets no security updates: {listed}", "take a release that does"


def _excluded(python: tuple[int, ...] | None, wanted: Sequence[Wanted]) -> tuple[str, str] | None:
    if python is None:
        return None
    for manifest in wanted:
        if excludes(manifest, python):
            version = ".".join(map(str, python))
            written = manifest.written if len(manifest.written) <= 40 else f"{manifest.written[:37]}..."
            return (
                f"brings Python {version}, which {manifest.file} excludes ({written})",
                f"take an image with a Python that {manifest.file} allows, or change what it allows",
            )
    return None


def _wanted(subject: Subject) -> dict[int, tuple[Wanted, ...]]:
    """What the manifests of copied projects say of Python, by the number of the stage that names the base image.

    Nothing for a stage that brings another Python, by conda, pyenv or uv.
    """
    roots: dict[int, int] = {}
    lines: dict[int, int] = {}
    steps: dict[int, list[Instruction]] = {}
    for stage in subject.stages:
        root = roots[stage.number] = stage.number if stage.parent is None else roots[stage.parent]
        lines.update((instruction.start_line, root) for instruction in stage.instructions)
        steps.setdefault(root, []).extend(stage.instructions[1:])
    found: dict[int, dict[Wanted, None]] = {}
    for line, folder in _projects(subject):
        wanted = subject.memory.once(wanted_pythons, folder, Path(subject.root))
        if wanted:
            found.setdefault(lines[line], {}).update(dict.fromkeys(wanted))
    return {
        root: tuple(wanted)
        for root, wanted in found.items()
        if not any(re.search(_OTHER_PYTHON, _text(step)) for step in steps[root])
    }


def _projects(subject: Subject) -> Iterator[tuple[int, Path]]:
    """The folders of the projects that instructions copy or mount, in part at least, with the instructions' lines."""
    from docker_hooks.project.context import contexts_of

    for context in contexts_of(subject):
        is_ours = subject.memory.once(is_within, str(context), subject.root)
        for source in copied_sources(subject) if is_ours else ():
            if source.is_known:
                path = literal_parent(source.path) if source.is_pattern else source.path
                folder = subject.memory.once(_project, context / path, source.is_pattern)
                if folder is not None:
                    yield source.line, folder


def _project(path: Path, is_folder: bool) -> Path | None:
    """The folder of the project that a file, or a folder, is or lies in."""
    if not is_folder and not path.is_dir():
        return path.parent
    if any((path / name).is_file() for name in PYTHON_FILES):
        return path
    return path.parent if path.name == "src" or (path / "__init__.py").is_file() else None


def _without_compiling(subject: Subject, stage: Stage, reference: Reference) -> tuple[str, str] | None:
    chain = lineage(subject.stages, subject.stages[-1])
    if chain[0] is not stage or reference.name not in _CUDA or "devel" not in (reference.tag or "").split("-"):
        return None
    starts = start(subject.stages, chain[-1]).heeded
    # What starts nothing of its own, or a shell, is there to work in, or for others to build on.
    if not starts or all(_is_idle(instruction) for instruction in starts) or _may_compile(subject, chain):
        return None
    return (
        "brings the compilers and headers of CUDA, gigabytes of them, and nothing here compiles",
        "if the program compiles no CUDA code while it runs, build on the runtime variant, or copy from this stage",
    )


def _is_idle(instruction: Instruction) -> bool:
    words = [word.rpartition("/")[2] for word in start_words(instruction)]
    return not words or (len(words) == 1 and words[0] in SHELLS) or words[0] in ("sleep", "tail")


def _may_compile(subject: Subject, chain: Sequence[Stage]) -> bool:
    """Whether anything in the stages speaks of compiling, or can't be read."""
    lists: dict[str, None] = {}
    for instruction in (instruction for stage in chain for instruction in stage.instructions[1:]):
        if re.search(_COMPILES, _text(instruction), re.IGNORECASE):
            return True
        if instruction.name != "RUN":
            continue
        script = subject.script(instruction)
        if script.reason or instruction.json:
            return True
        workdir = subject.state(instruction).workdir or ""
        for command in script.commands:
            call = invocation(command)
            if call is not None and _may_build(call):
                return True
            lists.update(dict.fromkeys(_lists(call, workdir) if call is not None else ()))
    return len(lists) > _MOST_LISTS or any(_lists_sources(read_copied(subject, chain, path)) for path in lists)


def _may_build(call: Invocation) -> bool:
    """Whether a command is a script that isn't known, or installs sources or what a file says that isn't read here."""
    words = [word.value or "$" for word in call.arguments]
    if call.program in _UNKNOWN or call.program.endswith((".sh", ".py")) or call.name.text.startswith(("./", "$")):
        return True
    if call.program == "python":
        return words[:1] not in (["-c"], ["-m"])
    if call.program in ("conda", "mamba", "micromamba"):
        return any(word in ("env", "-f", "--file") or word.startswith("--file=") for word in words)
    if call.program == "uv" and words[:1] != ["pip"]:
        return words[:1] in (["sync"], ["run"], ["build"])
    return call.program in ("pip", "uv") and any(re.fullmatch(_SOURCES, word) for word in words)


def _lists(call: Invocation, workdir: str) -> Iterator[str]:
    """Where the requirements files lie in the image that a command installs."""
    if call.program in ("pip", "uv"):
        for option, word in pairwise(word.value or "$" for word in call.arguments):
            if option in ("-r", "--requirement", "--requirements"):
                yield posixpath.normpath(posixpath.join(workdir, word))


def _lists_sources(text: str | None) -> bool:
    """Whether a requirements file can't be read, or lists what may be compiled."""
    return (
        text is None
        or re.search(rf"{_COMPILES}|^\s*(?:-e|--editable|-r|--requirement|\.)|git\+", text, re.I | re.M) is not None
    )


def _text(instruction: Instruction) -> str:
    return "\n".join((instruction.value, *(heredoc.content for heredoc in instruction.heredocs)))

"""Sets PYTHONUNBUFFERED in images that start Python, so that what it prints is in `docker logs` at once.

Without a terminal Python holds its output back: a job seems to be silent, and what it printed last is lost when it is
killed. Looks at what the final stage starts by its CMD and ENTRYPOINT, and at the script that these name. Right already
is a variable that the stage sets, one it builds on or the base image, and `python -u`.

An image is left alone if its base or what it starts isn't known, or if it starts no Python.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from docker_hooks import run
from docker_hooks.dockerfile import images, starts
from docker_hooks.dockerfile.known_images import KnownImage
from docker_hooks.dockerfile.options import names
from docker_hooks.dockerfile.place import below, new_words
from docker_hooks.dockerfile.programs import Invocation, invocation
from docker_hooks.dockerfile.regex import regex
from docker_hooks.dockerfile.shell import Command, Word, scan
from docker_hooks.dockerfile.stages import Stage, lineage
from docker_hooks.dockerfile.values import NamedTuple
from docker_hooks.entry_point import entry_point
from docker_hooks.finding import Finding
from docker_hooks.project.copied import read_started
from docker_hooks.run import Hook
from docker_hooks.subject import Subject

ID = "dockerfile-python-unbuffered"
HOOK_RULES = ()

_NAME = "PYTHONUNBUFFERED"
_LINE = f"ENV {_NAME}=1"
_PYTHONS = names("python pypy")
# Programs in Python that run the user's code, or whose output is read in the log.
_IN_PYTHON = names(
    "accelerate airflow bokeh celery chainlit dagster dagster-daemon dagster-webserver daphne dask dask-scheduler "
    "dask-worker deepspeed django-admin fastapi flask gunicorn hypercorn kedro litestar locust luigid mlflow panel "
    "prefect py.test pytest rasa rq sanic scrapy streamlit taskiq torchrun twistd uvicorn uwsgi waitress-serve"
)
_SHELLS = names("ash bash dash sh")
# Programs that start what stands behind their options, and those that start what stands anywhere behind.
_INITS = names("catchsegv ddtrace-run dumb-init tini")
_RUNNERS = names(
    "conda gosu hatch mamba micromamba newrelic-admin opentelemetry-instrument pdm pipenv poetry su-exec uv"
)
# So many words behind a runner are looked at, and so many programs that start each other.
_FARTHEST = 10
_DEEPEST = 5
# Flags alone; one that takes a value; the value, if it stands in the same word.
_PYTHON_FLAGS = regex(r"-([a-zA-Z]*?)(?:([cmWX])(.*))?", re.DOTALL)
_COMMENT = regex(r"^[ \t]*#.*", re.MULTILINE)
_PYTHON_IN_TEXT = regex(
    rf"(?<![\w.-])(?:(?:python|pypy)[0-9.]*|{'|'.join(map(re.escape, sorted(_IN_PYTHON)))})(?![\w./-])"
)
_UNBUFFERED_IN_TEXT = regex(rf"{_NAME}|(?:python|pypy)[0-9.]*[ \t]+-[a-zA-Z]*u")


class _Case(NamedTuple):
    """The stages that the final image consists of, and the image below them."""

    subject: Subject
    chain: tuple[Stage, ...]
    image: KnownImage


def check(subject: Subject) -> Iterator[Finding]:
    """A finding where the final stage starts a Python whose output is held back."""
    stage = subject.stages[-1]
    chain = lineage(subject.stages, stage)
    image = images.known(images.parse(chain[0].image or ""))
    if image is None or image.ruled_by is not None or image.family == "windows" or _NAME in image.environment:
        return
    is_set, value = stage.end.environment.get(_NAME)
    if (is_set and value != "") or not _starts_buffered_python(_Case(subject, chain, image)):
        return
    finding = Finding(stage.start.start_line, f"the final stage starts Python without {_NAME}: its output is held back")
    if is_set:
        yield finding._replace(advice=f"{_NAME} is set to nothing, which counts as not set: set it to 1")
        return
    # Below FROM, so that the output of build steps comes at once too.
    edit = below(subject.dockerfile, stage.start, _LINE)
    yield finding._replace(done=_LINE, edits=(edit,), adds=new_words(edit.text, subject.dockerfile.escape))


@entry_point
def main(argv: Sequence[str]) -> int:
    """The command `dockerfile-python-unbuffered`."""
    return run.run(Hook(ID, check, HOOK_RULES), run.options(argv, ID, __doc__))


def _starts_buffered_python(case: _Case) -> bool:
    """Whether what the image starts is known to be Python, and nothing there keeps it from buffering."""
    found = [buffers for command in _started(case) for buffers in _pythons(case, command)]
    return bool(found) and all(found)


def _started(case: _Case) -> tuple[Command, ...]:
    """The commands that the image starts by the file's ENTRYPOINT and CMD; none where it has neither."""
    entrypoint, command = starts.start(case.subject.stages, case.chain[-1])
    first = entrypoint or command
    if first is not None and not first.json:
        return case.subject.script(first).commands
    words = list(entrypoint.arguments or ()) if entrypoint is not None else []
    if command is not None:
        words += command.arguments or () if command.json else ("sh", "-c", command.value)
    if entrypoint is None and words and case.image.family == "distroless" and case.image.python:
        # The ENTRYPOINT of these images is Python itself.
        words = words if words[0].rpartition("/")[2].startswith("python") else ["python", *words]
    return (_command(words),) if words else ()


def _command(words: Sequence[str]) -> Command:
    return Command((), tuple(Word(word, 0, 0, word) for word in words), (), 0, 0, "", "", ())


def _pythons(case: _Case, command: Command, depth: int = 0) -> Iterator[bool]:
    """For each Python that a command is known to start, whether it holds its output back."""
    call = invocation(command)
    if call is None or depth > _DEEPEST:
        return
    values = [word.value or "" for word in call.arguments]
    if any(word.text.startswith(f"{_NAME}=") for word in (*call.assignments, *call.arguments)):
        yield False
    elif call.program in _PYTHONS:
        yield not _is_unbuffered(values)
    elif call.program in _IN_PYTHON:
        yield True
    elif call.program in _INITS or call.program in _RUNNERS:
        behind = _behind_options(values) if call.program in _INITS else _first_started(call)
        inner = command._replace(assignments=(), words=call.arguments[behind:])
        # `uv run main.py` starts Python, whatever the first line of the file says.
        is_for_python = call.program in _RUNNERS and values[behind : behind + 1] and values[behind].endswith(".py")
        yield from (True,) if is_for_python else _pythons(case, inner, depth + 1)
    elif call.program in _SHELLS and (script := _inline_script(values)) is not None:
        for started in scan(script).commands:
            yield from _pythons(case, started, depth + 1)
    else:
        yield from _pythons_of_file(case, call, depth)


def _is_unbuffered(values: Sequence[str]) -> bool:
    """Whether Python is given -u, alone or among other flags, before the script, -c or -m."""
    words = iter(values)
    for word in words:
        match = _PYTHON_FLAGS.fullmatch(word) if word.startswith("-") else None
        if match is None or "u" in match[1] or match[2] in ("c", "m"):
            return match is not None and "u" in match[1]
        if match[2] and not match[3]:
            next(words, None)
    return False


def _behind_options(values: Sequence[str]) -> int:
    """The index of the first word that is no option."""
    return next((index for index, value in enumerate(values) if not value.startswith("-")), len(values))


def _first_started(call: Invocation) -> int:
    """The index of the first word that may be what a runner starts."""
    for index, word in enumerate(call.arguments[:_FARTHEST]):
        started = invocation(_command([word.value or "", ""]))
        if started is not None and (
            started.program in _PYTHONS | _IN_PYTHON | _SHELLS or started.program.endswith((".py", ".sh"))
        ):
            return index
    return len(call.arguments)


def _inline_script(values: Sequence[str]) -> str | None:
    """The script that a shell gets by -c; None where it gets none."""
    words = iter(values)
    for value in words:
        if not value.startswith("-"):
            return None
        if value.endswith("c"):
            return next(words, None)
        if value.endswith("o"):
            next(words, None)
    return None


def _pythons_of_file(case: _Case, call: Invocation, depth: int) -> Iterator[bool]:
    """The same for a script of the user's own, as far as it can be read."""
    values = [word.value or "" for word in (call.name, *call.arguments)]
    values = values[1 + _behind_options(values[1:]) :] if call.program in _SHELLS else values
    text = _read_started(case, values[0], is_named=call.program not in _SHELLS) if values else None
    if text is None:
        return
    interpreter, _, body = text.partition("\n")
    if interpreter.startswith("#!") and "python" in interpreter:
        yield " -u" not in interpreter
        return
    body = _COMMENT.sub("", text)
    if _UNBUFFERED_IN_TEXT.search(body):
        yield False
    elif _PYTHON_IN_TEXT.search(body):
        yield True
    if "$@" in body or "$*" in body:
        yield from _pythons(case, _command(values[1:]), depth + 1)


def _read_started(case: _Case, path: str, *, is_named: bool) -> str | None:
    """The text of the file at a path, or of that name on PATH if it `is_named`; None where it can't be read."""
    program = path if is_named or "/" in path else f"./{path}"
    return read_started(case.subject, case.chain, program, case.chain[-1].end.workdir) if path else None

"""A project before and after the hooks, compared: the row of the table, and what is wrong with it."""

import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from tests.builds.engine import Engine
from tests.builds.images import REAL
from tests.builds.measure import HOME, USER, WORKDIR, Failed, Image, measure
from tests.builds.mend import Mended, run_dockerize, run_hooks
from tests.builds.projects import FIRST, IGNORE, NON_ROOT, Project


class Row(NamedTuple):
    """What one project showed."""

    project: Project
    before: Image | Failed
    after: Image | Failed
    mended: tuple[Mended, ...]  # by the first run of the hooks
    again: tuple[Mended, ...]  # by the second run, which must change nothing
    seconds: float

    @property
    def saved(self) -> int:
        """Bytes that the mended image is smaller by; negative when it is larger, 0 where one of the two failed."""
        if isinstance(self.before, Failed) or isinstance(self.after, Failed):
            return 0
        return self.before.size - self.after.size


def prove(engine: Engine, index: str, project: Project, mend: Callable[[Path], tuple[Mended, ...]] = run_hooks) -> Row:
    """Build a copy of the project, mend it and build it again. `index` is the package index that its files name."""
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(parent, project.name)
        _write(project, folder, index)
        for command in project.prepare:
            _prepare(engine, folder, command)
        if not project.dockerfile:
            run_dockerize(folder)
        before = measure(engine, project, folder, f"{project.name}:before")
        mended = mend(folder)
        again = mend(folder)
        changed = any(hook.changed for hook in mended)
        after = measure(engine, project, folder, f"{project.name}:after") if changed else before
    return Row(project, before, after, mended, again, time.monotonic() - start)


def problems(row: Row) -> list[str]:
    """What the row shows that must not be; empty when every promise held."""
    project, before, after = row.project, row.before, row.after
    found = []
    menders = {hook.hook for hook in row.mended if hook.changed}
    if menders != set(project.faults):
        found.append(f"mended by {_listed(menders)}, not by {_listed(project.faults)}")
    found += [f"{hook.hook} crashes: {hook.crash}" for hook in (*row.mended, *row.again) if hook.crash]
    found += [f"the second run of {hook.hook} changes files" for hook in row.again if hook.changed]
    speakers = {hook.hook for hook in row.again if hook.output}
    if speakers != set(project.reports):
        found.append(f"the second run reports {_listed(speakers)}, not {_listed(project.reports)}")
    if isinstance(after, Failed):
        return [*found, f"does not build once mended: {after.reason}"]
    if isinstance(before, Failed):
        if project.builds_before:
            found.append(f"does not build as it is: {before.reason}")
    else:
        found += _unlike_before(project, before, after)
        found += _not_faulty(project, before)
    found += _broken_promises(project, after)
    if project.prints is not None and (after.exit_code, after.output) != (0, project.prints):
        found.append(f"prints {after.output!r} and exits with {after.exit_code}, not {project.prints!r}")
    if project.saves is not None and row.saved < project.saves:
        found.append(f"saves {row.saved:+,} bytes, not {project.saves:+,}")
    return found


def _unlike_before(project: Project, before: Image, after: Image) -> Iterable[str]:
    if (after.exit_code, after.output) != (before.exit_code, before.output):
        yield f"runs otherwise: {(before.exit_code, before.output)} before, {(after.exit_code, after.output)} after"
    if after.starts != before.starts:
        yield f"starts otherwise: {before.starts} before, {after.starts} after"
    for probe in project.probes:
        if before.answers.get(probe.command) != probe.before:
            yield f"before: {probe.command!r} prints {before.answers.get(probe.command)!r}, not {probe.before!r}"


def _not_faulty(project: Project, before: Image) -> Iterable[str]:
    """The faults that the table claims are there before: without them a mend shows nothing."""
    if NON_ROOT in project.faults and before.answers.get(USER) != "0":
        yield f"not faulty: runs as {before.answers.get(USER)} before"
    if FIRST in project.faults and before.cached is not False:
        yield "not faulty: dependencies stay cached before"
    if IGNORE in project.faults and len(leaked(project, before)) != len(project.kept_out):
        yield f"not faulty: only {_listed(leaked(project, before))} in the image before"


def _broken_promises(project: Project, after: Image) -> Iterable[str]:
    if after.answers.get(USER, "0") == "0":
        yield "runs as root"
    for name, question in (("HOME", HOME), ("WORKDIR", WORKDIR)):
        if after.answers.get(question) != "writable":
            yield f"{name} is not writable: {after.answers.get(question)}"
    if project.dependency_step and after.cached is None:
        yield f"no step has {project.dependency_step!r}"
    if after.cached is False:
        yield "dependencies are installed again after a source file changed"
    if leaked(project, after):
        yield f"still in the image: {_listed(leaked(project, after))}"
    missing = [path for path in project.needed if not _holds(after, path)]
    if missing:
        yield f"missing in the image: {_listed(missing)}"
    for probe in project.probes:
        if after.answers.get(probe.command) != probe.after:
            yield f"{probe.command!r} prints {after.answers.get(probe.command)!r}, not {probe.after!r}"


def leaked(project: Project, image: Image) -> list[str]:
    """The files that must be kept out and are in the image all the same."""
    return [path for path in project.kept_out if _holds(image, path)]


def _holds(image: Image, path: str) -> bool:
    """Whether the image holds the project's file `path`, wherever the project was copied to."""
    return any(file.endswith(f"/{path}") for file in image.files)


def _listed(words: Iterable[str]) -> str:
    return ", ".join(sorted(words)) or "nothing"


def _write(project: Project, folder: Path, index: str) -> None:
    for name, text in project.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace("{index}", index), newline="")
        path.chmod(0o755 if text.startswith("#!") else 0o644)


def _prepare(engine: Engine, folder: Path, command: str) -> None:
    """Run a command, such as one that writes a lock file, on the project in a container of the real base image."""
    ran = engine.docker(
        *("run", "--rm", "--network=host", "--volume", f"{folder}:/project", "--workdir=/project"),
        *(REAL, "sh", "-c", command),
    )
    if ran.returncode:
        raise RuntimeError(f"{command} fails: {ran.stdout}{ran.stderr}")


COLUMNS = (
    *("project", "base", "mended by", "builds", "output", "uid", "home", "workdir"),
    *("cached", "leaks", "bytes saved", "seconds", "verdict"),
)


def table(rows: Iterable[Row]) -> str:
    """All rows as text, "before>after" where the two differ, then totals and whatever is wrong.

    output: of `docker run`; home, workdir: writable; cached: the dependencies, when a source file changed; leaks: files
    that the ignore file should keep out.
    """
    rows = list(rows)
    lines = [COLUMNS, *map(_cells, rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(COLUMNS))]
    text = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]
    changed = [row for row in rows if any(hook.changed for hook in row.mended)]
    failed = [row for row in changed if isinstance(row.after, Failed)]
    saved = [row.saved for row in changed]
    smaller, larger = sum(bytes_ > 0 for bytes_ in saved), sum(bytes_ < 0 for bytes_ in saved)
    text.append(
        f"{len(rows)} projects, {len(changed)} mended; of these {len(failed)} do not build, "
        f"{smaller} are smaller, {larger} larger; {sum(saved):+,} bytes saved in all"
    )
    for row in rows:
        wrong = problems(row)
        said = [line for hook in row.mended for line in hook.output.splitlines()] if wrong else []
        text += [f"{row.project.name}: {problem}" for problem in wrong] + [f"    {line}" for line in said]
    return "\n".join(text)


def _cells(row: Row) -> tuple[str, ...]:
    before, after = row.before, row.after
    menders = [hook.hook.removeprefix("dockerfile-") for hook in row.mended if hook.changed]
    runs = [None if isinstance(image, Failed) else (image.exit_code, image.output) for image in (before, after)]
    return (
        row.project.name,
        row.project.base,
        ", ".join(menders) or "-",
        _pair(row, lambda image: "yes", failed="NO"),
        "-" if None in runs else "same" if runs[0] == runs[1] else "OTHER",
        _pair(row, lambda image: image.answers.get(USER, "?")),
        _pair(row, lambda image: "yes" if image.answers.get(HOME) == "writable" else "no"),
        _pair(row, lambda image: "yes" if image.answers.get(WORKDIR) == "writable" else "no"),
        _pair(row, lambda image: {True: "yes", False: "no", None: "-"}[image.cached]),
        _pair(row, lambda image: str(len(leaked(row.project, image)))),
        f"{row.saved:+,}",
        f"{row.seconds:.0f}",
        "FAILED" if problems(row) else "ok",
    )


def _pair(row: Row, cell: Callable[[Image], str], failed: str = "-") -> str:
    """A cell's value before and after, as "before>after", or once where they are equal."""
    values = [failed if isinstance(image, Failed) else cell(image) for image in (row.before, row.after)]
    return values[0] if values[0] == values[1] else f"{values[0]}>{values[1]}"

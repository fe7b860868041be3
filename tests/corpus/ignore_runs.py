"""Runs the `dockerignore` hook over one project, as its command, and judges what it did to the ignore files."""

from __future__ import annotations

import contextlib
import importlib
import io
import os
import stat
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from docker_hooks.dockerfile.reader import decode
from tests.corpus.discovery import modules
from tests.corpus.ignoring import Rule, is_sent, rules
from tests.corpus.inputs import Source
from tests.corpus.judge import BROKEN, BYTES, COMMENTS, WORDS, Fault
from tests.corpus.project import copied, set_up
from tests.corpus.runs import CRASHES, SECOND_RUN, Outcome, generalised

ID = "dockerignore"
_MODE = 0o751
Main = Callable[[Sequence[str]], int]


def ignore_main() -> Main:
    """The hook's command."""
    module: Any = importlib.import_module(modules()[ID])
    main: Main = module.main
    return main


def ignore_outcome(source: Source, main: Main, *, is_bare: bool) -> Outcome:
    """What the command does to a project."""
    with tempfile.TemporaryDirectory(prefix="docker-hooks-corpus-") as folder:
        root = Path(folder)
        paths = [str(root / path) for path in set_up(source, root, is_bare=is_bare)]
        before = _files(root)
        for path in before:
            (root / path).chmod(_MODE)
        begun = time.perf_counter()
        printed, faults = _run(main, paths)
        seconds = time.perf_counter() - begun
        after = _files(root)
        if not faults:
            faults = [*_judged(root, paths, before, after), *_second_run(main, paths, root, after)]
        lines = [line.partition(": ")[2] for line in printed]
        left = Counter(generalised(line) for line in lines if not line.startswith("fixed:"))
        changed = [path for path in after if after[path] != before.get(path)]
        old, new = ("".join(decode(files.get(path, b"")) for path in changed) for files in (before, after))
        mended = len(lines) - left.total()
        return Outcome(source.name, ID, old, new, len(lines), mended, left, tuple(faults), seconds)


def _run(main: Main, paths: Sequence[str]) -> tuple[list[str], list[Fault]]:
    """The lines that the command prints, and whether it failed."""
    output = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors="surrogateescape")
    try:
        with contextlib.redirect_stdout(output):
            status = main(list(paths))
    except Exception as error:
        return [], [Fault(CRASHES, 1, f"{type(error).__name__}: {error}")]
    output.seek(0)
    lines = output.read().splitlines()
    faults = [Fault(CRASHES, 1, line) for line in lines if "failed on this file" in line]
    if status != (1 if lines else 0):
        faults.append(Fault(CRASHES, 1, f"exit code {status} with {len(lines)} lines"))
    return lines, faults


def _files(root: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and not path.is_symlink()
    }


def _second_run(main: Main, paths: Sequence[str], root: Path, after: dict[str, bytes]) -> Iterator[Fault]:
    printed, faults = _run(main, paths)
    yield from faults
    if _files(root) != after or any(": fixed:" in line for line in printed):
        yield Fault(SECOND_RUN, 1, f"a second run changes the files again: {printed}")


def _judged(root: Path, paths: Sequence[str], before: dict[str, bytes], after: dict[str, bytes]) -> Iterator[Fault]:
    if missing := before.keys() - after.keys():
        yield Fault(BYTES, len(missing), f"gone: {sorted(missing)}")
    for path in after:
        if after[path] == before.get(path):
            continue
        if not path.endswith(".dockerignore"):
            yield Fault(BYTES, 1, f"it touched {path}")
            continue
        if path in before:
            yield from text_faults(decode(before[path]), decode(after[path]))
            if stat.S_IMODE((root / path).stat().st_mode) != _MODE:
                yield Fault(BYTES, 1, "the file's mode changed")
        context = os.path.dirname(path)
        files = [os.path.relpath(file, context or ".") for file in before if file.startswith(context)]
        wanted = [source for dockerfile in paths for source in copied(decode(Path(dockerfile).read_bytes()))]
        yield from sending_faults(decode(before.get(path, b"")), decode(after[path]), files, wanted)


def text_faults(before: str, after: str) -> Iterator[Fault]:
    """What an ignore file lost, line by line."""
    if before.startswith("\ufeff") != after.startswith("\ufeff"):
        yield Fault(BYTES, 1, "the byte order mark came or went")
    if ("\r\n" in after and "\r\n" not in before and "\n" in before) or _bare(after) > _bare(before) == 0 < len(before):
        yield Fault(BYTES, 1, "line breaks of another kind came")
    old, new = (text.removeprefix("\ufeff").splitlines() for text in (before, after))
    lost = Counter(line for line in old if line.startswith("#")) - Counter(new)
    if lost:
        yield Fault(COMMENTS, lost.total(), f"lost: {list(lost)}")
    remaining = iter(new)
    for line in old:
        if not line.startswith("#") and not any(_stands_for(line, other) for other in remaining):
            yield Fault(WORDS, 1, f"{line!r} is gone or out of place")
            return


def _bare(text: str) -> int:
    return text.count("\n") - text.count("\r\n") if "\r\n" in text else 0


def _stands_for(line: str, other: str) -> bool:
    """Whether a line is still there: as it was, at any depth, or without the comment that stood behind it."""
    if other == line:
        return True
    pattern = other.strip()
    written = line.partition(" #")[0].strip()
    return bool(pattern) and pattern in (written, f"**/{written.lstrip('/')}", f"**/{written.removeprefix('./')}")


def sending_faults(before: str, after: str, files: Sequence[str], wanted: Iterable[str]) -> Iterator[Fault]:
    """What was sent to the builder and wanted there but no longer is, and what was kept back but no longer is."""
    try:
        new = rules(after)
    except ValueError as error:
        if _rules(before) is not None:
            yield Fault(BROKEN, 1, f"Docker rejects the ignore file: {error}")
        return
    old = _rules(before) or []
    for source in wanted:
        path = os.path.normpath(source.lstrip("/"))
        within = [file for file in files if file == path or file.startswith(f"{path}/")]
        if any(is_sent(old, file) for file in within) and not any(is_sent(new, file) for file in within):
            yield Fault(BROKEN, 1, f"{source} is copied and no longer sent")
    let_through = [file for file in files if is_sent(new, file) and not is_sent(old, file)]
    if let_through and _rules(before) is not None:
        yield Fault(WORDS, len(let_through), f"no longer kept back: {let_through}")


def _rules(text: str) -> list[Rule] | None:
    try:
        return rules(text)
    except ValueError:
        return None

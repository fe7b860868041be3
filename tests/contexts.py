"""`python -m tests.contexts PROJECT...`: what compose-file and docker-build-context make of whole projects.

Each project is a folder with `.git`; a copy is worked on. Exit code: 0, or 1 if a compose file does not say the same
but for its `version` afterwards.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import yaml

from docker_hooks.project.built import Search, Target
from docker_hooks.project.groups import Limits, found
from docker_hooks.project.ignorefile import parse
from docker_hooks.project.sent import Sender, sending
from docker_hooks.project.unwanted import NAMES
from tests.builds.mend import hooks

COMPOSE = ("project", "compose files", "findings", "dropped", "findings after", "same data", "bytes taken out")
# --max-size 5000 --max-file 1000: what is checked in is seldom as large as the defaults.
LIMITS = Limits(5_000_000, 1_000_000)
CONTEXT = ("project", "contexts", "MB sent", "after dockerignore", "with the lines advised", "of MB in all")


def main(projects: list[str]) -> int:
    """Print the two tables."""
    compose: list[tuple[str, ...]] = [COMPOSE]
    context: list[tuple[str, ...]] = [CONTEXT]
    for project in projects:
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder, "copy")
            shutil.copytree(project, copy, symlinks=True)
            name = Path(project).name
            compose.append((name, *_compose(copy)))
            context.append((name, *_context(copy)))
    for table in (compose, context):
        widths = [max(map(len, column)) for column in zip(*table, strict=True)]
        for row in table:
            print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
        print()
    return 0 if all(row[5] == row[1] for row in compose[1:]) else 1


def _files(hook_id: str, folder: Path) -> list[str]:
    """The files that pre-commit would give a hook."""
    hook = next(hook for hook in hooks() if hook.id == hook_id)
    paths = [path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*")) if path.is_file()]
    return [path for path in paths if re.search(hook.files, path) and not re.search(hook.exclude, path)]


def _said(hook_id: str, folder: Path, *words: str) -> list[str]:
    """The lines that a hook prints."""
    program = f"import sys; from docker_hooks.{hook_id.replace('-', '_')} import main; sys.exit(main())"
    ran = subprocess.run(
        [sys.executable, "-c", program, *words], cwd=folder, capture_output=True, text=True, check=False
    )
    if ran.stderr or ran.returncode not in (0, 1):
        raise RuntimeError(f"{hook_id} fails: {ran.stderr}")
    return ran.stdout.splitlines()


def _compose(folder: Path) -> Iterator[str]:
    files = _files("compose-file", folder)
    before = {file: (folder / file).read_bytes() for file in files}
    findings = _said("compose-file", folder, "--check", *files)
    _said("compose-file", folder, *files)
    after = {file: (folder / file).read_bytes() for file in files}
    yield str(len(files))
    yield str(len(findings))
    yield str(sum(before[file] != after[file] for file in files))
    yield str(len(_said("compose-file", folder, "--check", *files)))
    yield str(sum(_data(before[file]) == _data(after[file]) for file in files))
    yield str(sum(len(before[file]) - len(after[file]) for file in files))


def _data(text: bytes) -> object:
    """What a compose file says, less its version; of one that is no YAML, such as a template, its bytes."""
    try:
        documents = list(yaml.safe_load_all(text))
    except yaml.YAMLError:
        return text
    for document in documents:
        if isinstance(document, dict):
            document.pop("version", None)
    return documents


def _context(folder: Path) -> Iterator[str]:
    contexts, before, advised, whole = _sent(folder)
    files = _files("dockerignore", folder)
    _said("dockerignore", folder, *files)
    _, after, advised, _ = _sent(folder)
    yield str(contexts)
    yield from (f"{size / 1e6:.1f}" for size in (before, after, advised, whole))


def _sent(folder: Path) -> tuple[int, int, int, int]:
    """The number of contexts, and the bytes sent of them, sent with the lines that the hook advises, and in them."""
    search = Search(None, NAMES)
    for file in _files("docker-build-context", folder):
        search.take(folder / file, folder)
    rows = [row for path in search.ignore_files() for row in _sizes(search.target(path))]
    contexts, sent, advised, whole = map(sum, zip((0, 0, 0, 0), *rows, strict=True))
    return contexts, sent, advised, whole


def _sizes(target: Target) -> Iterator[tuple[int, int, int, int]]:
    text = target.path.read_text("utf-8") if target.path.is_file() else ""
    for built in target.builts:
        senders = [Sender(recipe, source) for recipe in built.recipes for source in recipe.sources if source.is_known]
        if not senders:
            continue
        now = sending(built, parse(text), senders, _unseen)
        entries = found(target.builts, built, parse(text), now, LIMITS).entries
        advised = "\n".join((text, *(line for entry in entries for line in entry.lines)))
        yield 1, now.size, sending(built, parse(advised), senders, _unseen).size, now.whole_size


def _unseen() -> None:
    """No progress is shown."""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

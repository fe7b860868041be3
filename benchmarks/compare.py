"""Who finds and mends what: each cell is what a tool does to a small case, and writes peers.md.

python -m benchmarks.compare               the tables
python -m benchmarks.compare --say WORDS   what each tool says of the cases whose title holds these words
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks import tools
from benchmarks.cases import COMPOSE, DOCKERFILES, OTHERS, Case, Files
from benchmarks.damage import parses
from benchmarks.said import Said, run, said
from benchmarks.tables import Table, machine, write
from benchmarks.timing import Command, interleaved
from benchmarks.tools import Tool

PAGE = Path(__file__).parent / "peers.md"
MENDS, UNSAFE, REPORTS, BOTH, BREAKS, NOTHING = "mends", "mends, unsafe", "reports", "says it of both", "breaks it", "–"
_MACHINE_CODE = (b"\x7fELF", b"MZ", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.compare", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--say", metavar="WORDS", help="print what each tool says of these cases, and write nothing")
    options = parser.parse_args(argv)
    dclint = tools.dclint()
    *peers, ours = tools.dockerfile_tools()
    every = [ours, *peers, *([dclint] if dclint else [])]
    of_dockerfiles = [tool for tool in every if tool.takes != "compose"]
    of_compose = [tool for tool in every if tool.takes != "Dockerfile"]
    if options.say is not None:
        for case in (*DOCKERFILES, *COMPOSE, *OTHERS):
            if options.say in case.title:
                print(*_said_of(case, [tool for tool in every if case.paths[0].startswith(tool.takes)]), sep="\n")
        return 0
    note = (
        "*mends*: its fix mode makes a file that parses and has the fault no more; *reports*: it says so; "
        "*says it of both*: also of a file without the fault; *breaks it*: its fix mode makes a file that Docker "
        "rejects. *Unsafe* is what a tool itself calls so, and does on request."
    )
    tables = [
        Table("Dockerfiles and their context", note, heads(of_dockerfiles), _rows(DOCKERFILES, of_dockerfiles)),
        Table("Compose files", "", heads(of_compose), _rows(COMPOSE, of_compose)),
        Table("What docker-hooks does not look for", "", heads(of_dockerfiles), _rows(OTHERS, of_dockerfiles)),
        Table("The tools", "", heads(every), list(_facts(every))),
    ]
    print(machine())
    for table in tables:
        print("", *table.markdown(), sep="\n")
    write(PAGE, "Peers", "python -m benchmarks.compare", tables)
    return 0


def heads(every: Sequence[Tool]) -> tuple[str, ...]:
    """The heads of the columns."""
    return ("", *(tool.name for tool in every))


def _rows(cases: Sequence[Case], every: Sequence[Tool]) -> list[tuple[str, ...]]:
    pairs = [(tool, case) for case in cases for tool in every]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        verdicts = list(pool.map(lambda pair: verdict(*pair), pairs))
    width = len(every)
    return [(case.title, *verdicts[row * width : (row + 1) * width]) for row, case in enumerate(cases)]


def verdict(tool: Tool, case: Case) -> str:
    """What a tool does about a case."""
    finds = bool(about(tool, case, case.wrong))
    if finds and about(tool, case, case.right):
        return BOTH
    for command, word in ((tool.mend, MENDS), (tool.mend_more, UNSAFE)):
        if command and case.mended is not None:
            after = mended(command, case.wrong, case.paths)
            if "Dockerfile" in case.paths and parses(after["Dockerfile"]) and not parses(case.wrong["Dockerfile"]):
                return BREAKS
            if case.mended(after):
                return word
    return REPORTS if finds else NOTHING


def about(tool: Tool, case: Case, files: Files) -> list[Said]:
    """What a tool says of files that is about the case."""
    with tempfile.TemporaryDirectory() as folder:
        put(files, Path(folder))
        findings = said(tool, Path(folder), case.paths)
    return [one for one in findings if re.search(case.about, f"{one.rule} {one.message}")]


def mended(command: Sequence[str], files: Files, paths: Sequence[str]) -> Files:
    """The files after a fix mode."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        put(files, folder)
        run((*command, *paths), folder)
        return {path: (folder / path).read_text() for path in {*files, ".dockerignore"} if (folder / path).exists()}


def put(files: Files, folder: Path) -> None:
    """Write the files of a case, in a repository."""
    (folder / ".git").mkdir()
    (folder / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)


def _said_of(case: Case, every: Sequence[Tool]) -> Iterator[str]:
    yield f"\n{case.title}"
    for tool in every:
        yield f"  {tool.name}: {verdict(tool, case)}"
        yield from (f"    wrong: {one.rule}: {one.message}" for one in about(tool, case, case.wrong))
        yield from (f"    right: {one.rule}: {one.message}" for one in about(tool, case, case.right))


def _facts(every: Sequence[Tool]) -> Iterator[tuple[str, ...]]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        put({**DOCKERFILES[0].wrong, "compose.yaml": "services:\n  job:\n    image: python:3.12-slim\n"}, folder)
        commands = {tool.name: Command((*tool.check, _given(tool)), folder) for tool in every}
        yield "Version", *(tool.environment.version for tool in every)
        yield "SARIF 2.1.0", *("yes" if _writes_sarif(tool, folder) else NOTHING for tool in every)
        runs = interleaved(commands, 5)
    yield "Seconds for one file", *(f"{runs[tool.name].seconds:.2f}" for tool in every)
    sizes = [_sizes(tool) for tool in every]
    yield "Installed, MB", *(f"{size / 1e6:.1f}" for size, _ in sizes)
    yield "of it machine code, MB", *(f"{code / 1e6:.1f}" for _, code in sizes)


def _given(tool: Tool) -> str:
    return "compose.yaml" if tool.name == "dclint" else "Dockerfile"


def _writes_sarif(tool: Tool, folder: Path) -> bool:
    option = "--output" if tool.name == "checkov" else "--format"
    text = run((*tool.check[:1], option, "sarif", *tool.check[1:], _given(tool)), folder).stdout
    if tool.name == "checkov":
        log = folder / "results.sarif"
        text = log.read_text() if log.exists() else ""
    try:
        return bool(json.loads(text)["version"] == "2.1.0")
    except (ValueError, KeyError, TypeError):
        return False


def _sizes(tool: Tool) -> tuple[int, int]:
    """Bytes of what was installed, less what every environment of Python has, and of the machine code in it."""
    total = code = 0
    for path in tool.environment.folder.rglob("*"):
        parts = path.relative_to(tool.environment.folder).parts
        if path.is_symlink() or not path.is_file() or {"pip", "setuptools", "__pycache__"} & set(parts):
            continue
        size = path.stat().st_size
        total += size
        with path.open("rb") as file:
            code += size if file.read(4).startswith(_MACHINE_CODE) else 0
    return total, code


if __name__ == "__main__":
    sys.exit(main())

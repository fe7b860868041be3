"""Holds our shell scanner against `shfmt`'s parser.

    python -m tests.dockerfile.compare_shell [--posix] PATH

compares the two on the script of every RUN in the Dockerfiles at PATH (a folder, or a tar), prints what differs and
the counts, and exits with 1 where the two see other commands.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tarfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import dockerfile

from docker_hooks.dockerfile.shell import Command, Word, scan

Node = dict[str, Any]
Nesting = tuple[str, ...]
Spans = Sequence[tuple[int, int]]


class Comparison(NamedTuple):
    """A script under both: `abstained` is why ours does not read it, `rejected` why shfmt does not.

    `ours` and `theirs` hold one line a command that only one of them sees so.
    """

    script: str
    abstained: str
    rejected: str
    ours: tuple[str, ...] = ()
    theirs: tuple[str, ...] = ()

    @property
    def differs(self) -> bool:
        return bool(self.ours or self.theirs)


def compare(script: str, dialect: str = "bash") -> Comparison:
    """Read a script with both; `dialect` is shfmt's name for one: bash, posix."""
    own = scan(script)
    result = subprocess.run(
        ["shfmt", "-ln", dialect, "--to-json"], input=script.encode(), capture_output=True, check=False
    )
    if result.returncode or own.reason:
        return Comparison(script, own.reason, result.stderr.decode(errors="replace").strip())
    theirs = Counter(_Reference(script).commands(json.loads(result.stdout)))
    ours = Counter(_described(command) for command in own.commands)
    return Comparison(script, "", "", tuple(ours - theirs), tuple(theirs - ours))


def compare_all(scripts: Iterable[str], dialect: str = "bash") -> Iterator[Comparison]:
    """The same for many, two at a time."""
    with ThreadPoolExecutor(2) as pool:
        yield from pool.map(lambda script: compare(script, dialect), scripts)


def run_scripts(text: str) -> list[str]:
    """The scripts of a Dockerfile's RUN instructions in shell form, as the official parser reads them."""
    try:
        commands = dockerfile.parse_string(text)
    except dockerfile.GoParseError:
        return []
    runs = [command for command in commands if command.cmd.upper() == "RUN" and not command.json]
    return [_script(command.value[0], command.heredocs) for command in runs if command.value]


def _script(value: str, heredocs: Sequence[Any]) -> str:
    """BuildKit hands a heredoc that is all of the command to the shell as its script, any other along with it."""
    if len(heredocs) == 1 and re.fullmatch(r"\d*<<-?\s*(['\"]?)\w+\1\s*", value):
        return str(heredocs[0].content)
    return value + "".join(f"\n{heredoc.content}{heredoc.name}" for heredoc in heredocs)


def _described(command: Command) -> str:
    return _line(
        command.nesting,
        command.operator_before,
        command.operator_after,
        (command.start, command.end),
        [_word(word) for word in command.assignments],
        [_word(word) for word in command.words],
        [
            (redirect.descriptor, redirect.operator, redirect.start, redirect.end, *redirect.target[1:3])
            for redirect in command.redirects
        ],
    )


def _word(word: Word) -> tuple[Any, ...]:
    return (word.start, word.end, word.text, word.value)


def _line(*parts: object) -> str:
    return " ".join(repr(part) for part in parts)


class _Reference:
    """Describes the commands of shfmt's syntax tree as `_described` describes ours."""

    def __init__(self, script: str) -> None:
        self.script = script
        self.found: list[str] = []
        encoded = script.encode()
        self.characters = [0] * (len(encoded) + 1)
        place = 0
        for index, character in enumerate(script):
            width = len(character.encode())
            self.characters[place : place + width] = [index] * width
            place += width
        self.characters[place] = len(script)

    def commands(self, tree: Node) -> list[str]:
        self.statements(tree.get("Stmts", []), ())
        return self.found

    def offset(self, place: Node) -> int:
        return self.characters[place["Offset"]]

    def span(self, node: Node) -> tuple[int, int]:
        """Where a node stands; to shfmt, a continuation right behind a word is part of it."""
        start, end = self.offset(node["Pos"]), self.offset(node["End"])
        return start, start + len(re.sub(r"(?<!\\)((?:\\\\)*)(?:\\\n)+\Z", r"\1", self.script[start:end]))

    def statements(self, statements: list[Node], nesting: Nesting, end: int | None = None) -> None:
        before = ""
        for statement in statements:
            after = self.terminator(statement, len(self.script) if end is None else end)
            self.statement(statement, before, after, nesting)
            before = after

    def terminator(self, statement: Node, end: int) -> str:
        if "Semicolon" in statement:
            return self.script[self.offset(statement["Semicolon"])]
        rest = re.compile(r"(?:[ \t]|\\\n)*(?:#[^\n]*)?").match(self.script, self.last_place(statement), end)
        assert rest is not None
        return self.script[rest.end() : end][:1].strip(")")

    def last_place(self, statement: Node) -> int:
        """Where it ends; shfmt's own answer lies behind its heredocs."""
        command = statement.get("Cmd")
        end = self.span(statement)[1] if command is None else self.span(command)[1]
        if command is not None and command["Type"] == "BinaryCmd":
            end = self.last_place(command["Y"])
        return max([end, *(self.span(redirect["Word"])[1] for redirect in statement.get("Redirs", []))])

    def statement(self, node: Node, before: str, after: str, nesting: Nesting, prefix: Spans = ()) -> None:
        """One statement of a list; `prefix` is the `time` before it, which is a word to us."""
        if node.get("Negated"):
            nesting = (*nesting, "!")
        command = node.get("Cmd") or {"Type": "CallExpr"}
        redirects = node.get("Redirs", [])
        self.inner(redirects, nesting)
        kind: str = command["Type"]
        if kind == "BinaryCmd":
            self.statement(command["X"], before, command["Op"], nesting, prefix)
            self.statement(command["Y"], command["Op"], after, nesting)
        elif kind == "TimeClause":
            time = self.offset(command["Time"])
            words = [(time, time + 4)]
            if command.get("PosixFormat"):
                option = self.script.index("-p", time)
                words.append((option, option + 2))
            timed = command.get("Stmt", {})
            self.statement(timed | {"Redirs": redirects + timed.get("Redirs", [])}, before, after, nesting, words)
        elif kind in ("CallExpr", "DeclClause", "TestClause"):
            self.simple(command, redirects, before, after, nesting, prefix)
        else:
            self.compound(command, nesting)

    def compound(self, command: Node, nesting: Nesting) -> None:
        kind: str = command["Type"]
        if kind == "IfClause":
            branch: Node = command
            while branch:
                self.statements(branch.get("Cond", []), (*nesting, "if"))
                self.statements(branch.get("Then", []), (*nesting, "if"))
                branch = branch.get("Else", {})
            return
        if kind == "ForClause":
            self.inner(command["Loop"], nesting)
            inside = "for"
        elif kind == "WhileClause":
            inside = "until" if command.get("Until") else "while"
            self.statements(command.get("Cond", []), (*nesting, inside))
        else:
            inside = {"Block": "{", "Subshell": "("}.get(kind, kind)
        self.statements(command.get("Do", []) + command.get("Stmts", []), (*nesting, inside))

    def simple(
        self, command: Node, redirects: list[Node], before: str, after: str, nesting: Nesting, prefix: Spans
    ) -> None:
        self.inner(command, nesting)
        described = [self.described(*span) for span in prefix]
        if command["Type"] == "TestClause":
            described += self.tested(command)
        elif command["Type"] == "DeclClause":
            described.append(self.described(*self.span(command["Variant"])))
        described += [self.described(*self.span(node), node) for node in command.get("Args", [])]
        assignments = [self.described(*self.span(node), node) for node in command.get("Assigns", [])]
        if prefix:
            described, assignments = sorted(described + assignments, key=lambda word: word[:2]), []
        lines = [
            (
                redirect.get("N", {}).get("Value", ""),
                redirect["Op"],
                self.offset(redirect["Pos"]),
                self.span(redirect["Word"])[1],
                *self.span(redirect["Word"]),
            )
            for redirect in redirects
        ]
        places = [place[:2] for place in (*described, *assignments)] + [line[2:4] for line in lines]
        whole = (min(start for start, _ in places), max(end for _, end in places))
        self.found.append(_line(nesting, before, after, whole, assignments, described, lines))

    def tested(self, command: Node) -> list[tuple[Any, ...]]:
        """The words of `[[ ... ]]`: those of the tree, and the brackets and operators around them."""
        at, end = self.span(command)
        words: list[tuple[Any, ...]] = []
        for node in [*_words(command["X"]), None]:
            start, behind = (end, end) if node is None else self.span(node)
            gap = re.compile(r"\S+").finditer(self.script, at, start)
            words += [self.described(*match.span()) for match in gap]
            words += [] if node is None else [self.described(start, behind, node)]
            at = behind
        return words

    def described(self, start: int, end: int, node: Node | None = None) -> tuple[Any, ...]:
        text = self.script[start:end]
        return (start, end, text, text if node is None else _value(node, text))

    def inner(self, node: object, nesting: Nesting) -> None:
        """The command substitutions in a word, wherever they hide."""
        if isinstance(node, list):
            for item in node:
                self.inner(item, nesting)
        elif isinstance(node, dict):
            if node.get("Type") == "CmdSubst":
                self.statements(node.get("Stmts", []), (*nesting, "$("), self.offset(node["Right"]))
            else:
                for item in node.values():
                    self.inner(item, nesting)


def _words(test: Node) -> Iterator[Node]:
    if test["Type"] == "Word":
        yield test
    else:
        for side in ("X", "Y"):
            yield from _words(test[side]) if side in test else ()


def _value(node: Node, text: str) -> str | None:
    """What a word stands for, from the parts that shfmt finds in it."""
    if "Parts" not in node:  # an assignment
        name = text.partition("=")[0].replace("\\\n", "")
        if node.get("Naked"):
            return _value(node["Value"], text) if "Value" in node else name
        value = _value(node["Value"], text) if "Value" in node else ""
        return None if value is None else f"{name}={value}"
    values = [_part(part) for part in node["Parts"]]
    known = [value for value in values if value is not None]
    bare = "".join(part["Value"] for part in node["Parts"] if part["Type"] == "Lit")
    bare = re.sub(r"(?s)\\.", "", bare)
    braces = "{" in bare and "}" in bare and ("," in bare or ".." in bare)
    return "".join(known) if len(known) == len(values) and not braces else None


def _part(part: Node) -> str | None:
    value: str = part.get("Value", "")
    if part["Type"] == "Lit":
        return re.sub(r"(?s)\\(.)", lambda match: match[1].strip("\n"), value)
    if part.get("Dollar"):
        return None
    if part["Type"] == "SglQuoted":
        return value
    if part["Type"] == "DblQuoted" and all(inner["Type"] == "Lit" for inner in part.get("Parts", [])):
        text = "".join(inner["Value"] for inner in part.get("Parts", []))
        return re.sub(r'\\([$`"\\\n])', lambda match: match[1].strip("\n"), text)
    return None


def _dockerfiles(path: Path) -> Iterator[str]:
    if path.is_dir():
        for file in sorted(path.rglob("*")):
            if file.is_file():
                yield file.read_bytes().decode(errors="replace")
        return
    with tarfile.open(path) as archive:
        for member in archive:
            if content := archive.extractfile(member):
                yield content.read().decode(errors="replace")


def main(arguments: Sequence[str]) -> int:
    """Compare on all scripts at a path and print the result."""
    dialect = "posix" if "--posix" in arguments else "bash"
    paths = [Path(argument) for argument in arguments if argument != "--posix"]
    if len(paths) != 1 or not paths[0].exists():
        print(__doc__, file=sys.stderr)
        return 2
    scripts = dict.fromkeys(script for text in _dockerfiles(paths[0]) for script in run_scripts(text))
    counts: Counter[str] = Counter()
    for result in compare_all(scripts, dialect):
        counts["scripts"] += 1
        counts["rejected by shfmt"] += bool(result.rejected)
        counts["abstained"] += bool(result.abstained and not result.rejected)
        counts["read, though rejected by shfmt"] += bool(result.rejected and not result.abstained)
        counts["different"] += result.differs
        if result.differs or bool(result.abstained) != bool(result.rejected):
            print(
                json.dumps(result.script),
                result.abstained,
                result.rejected,
                *result.ours,
                "-- shfmt:",
                *result.theirs,
                sep="\n  ",
            )
    print(dict(counts))
    return 1 if counts["different"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""What `docker-hooks` is told: by its arguments, and by [tool.docker-hooks] of pyproject.toml."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence

from docker_hooks.catalogue import ALL, REPORTS_ONLY, RULES, explained
from docker_hooks.dockerfile.values import NamedTuple
from docker_hooks.files import read_file, repository_root

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from types import ModuleType
    from typing import Any

FORMATS = ("text", "github", "json", "sarif")
_CONFIG = "pyproject.toml"
_TABLE = "tool.docker-hooks"
_LISTS, _SWITCHES = ("only", "skip"), ("check", "diff")


class WrongUsage(Exception):
    """What was asked for can't be done; the text says why."""


class Settings(NamedTuple):
    """What to do.

    paths: files and folders, none for the whole repository
    rules: the ids of the checks to run
    check: change nothing; diff: show what was or would be changed; format: one of FORMATS
    answer: what to print instead of examining anything, for --list and --explain
    tables: by the id of a hook, the arguments that its table gives it
    """

    paths: tuple[str, ...] = ()
    rules: frozenset[str] = frozenset(RULES)
    check: bool = False
    diff: bool = False
    format: str = "text"
    answer: str | None = None
    tables: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def of(self, rule: str, module: ModuleType) -> argparse.Namespace | None:
        """What the table of a hook tells it, None if there is none. Raises WrongUsage where the hook won't have it."""
        flags = dict(self.tables).get(rule)
        if flags is None:
            return None
        if not hasattr(module, "arguments"):
            raise WrongUsage(f"{_CONFIG}: {_TABLE}.{rule}: {rule} takes no options")
        arguments: argparse.ArgumentParser = module.arguments()
        arguments.prog = f"{_CONFIG} [{_TABLE}.{rule}]"
        try:
            return arguments.parse_args(flags)
        except SystemExit:
            raise WrongUsage(f"{_CONFIG}: {_TABLE}.{rule} is not what {rule} takes") from None


def settings(argv: Sequence[str]) -> Settings:
    """The settings that the arguments and pyproject.toml give; the arguments win. Raises WrongUsage."""
    given = _plain(argv)
    if given is None:
        given = {name: value for name, value in vars(_parser().parse_args(argv)).items() if value is not None}
    paths = given.pop("paths")
    answer = _answer(given)
    if answer is not None:
        return Settings(answer=answer)
    told = {**_configured(), **given}
    tables = tuple((name, _flags(name, table)) for name, table in told.items() if isinstance(table, dict))
    return Settings(
        tuple(paths),
        _chosen(told.get("only"), told.get("skip", ())),
        told.get("check", False),
        told.get("diff", False),
        told.get("format", "text"),
        tables=tables,
    )


def _plain(argv: Sequence[str]) -> dict[str, Any] | None:
    """What the arguments say, as argparse reads them, where they are paths and the plainest of options; else None.

    Loading argparse takes as long as all checks of a Dockerfile.
    """
    given: dict[str, Any] = {"paths": []}
    waiting = iter(argv)
    for argument in waiting:
        name = argument.removeprefix("--")
        if not argument.startswith("-"):
            given["paths"].append(argument)
        elif name in _SWITCHES:
            given[name] = True
        elif name == "format" and (value := next(waiting, "")) in FORMATS:
            given[name] = value
        elif name in _LISTS and not (value := next(waiting, "-")).startswith("-"):
            given.setdefault(name, []).extend(_ids(value))
        else:
            return None
    return given


def _parser() -> argparse.ArgumentParser:
    import argparse

    parser = argparse.ArgumentParser(
        prog=ALL,
        description=explained(ALL),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        argument_default=None,
    )
    parser.add_argument("paths", nargs="*", metavar="PATH", help="files, or folders to find them in")
    parser.add_argument("--check", action="store_const", const=True, help="say what is wrong, and change nothing")
    parser.add_argument("--diff", action="store_const", const=True, help="show what was mended, or would be")
    for name, what in (("--only", "run these checks alone"), ("--skip", "leave these checks out")):
        parser.add_argument(name, action="extend", type=_ids, metavar="ID[,ID]", help=what)
    parser.add_argument("--format", choices=FORMATS, help="how to say it (default: text)")
    parser.add_argument("--list", action="store_const", const=True, help="say which checks there are, and stop")
    parser.add_argument("--explain", metavar="ID", help="say what a check looks for and why, and stop")
    parser.add_argument("--version", action="store_const", const=True, help="say which version this is, and stop")
    return parser


def _ids(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _answer(given: dict[str, Any]) -> str | None:
    """What --list, --explain or --version asks for, None without these; they are taken out of `given`."""
    if given.pop("version", False):
        from importlib.metadata import version

        return f"{ALL} {version(ALL)}\n"
    rule = given.pop("explain", None)
    if rule is not None:
        _assert_known([rule])
        return f"{rule}: {explained(rule)}\n"
    if given.pop("list", False):
        width = max(map(len, RULES))
        rows = (
            f"{rule:{width}}  {'reports' if rule in REPORTS_ONLY else 'mends  '}  "
            f"{explained(rule).partition(chr(10))[0]}\n"
            for rule in RULES
        )
        return "".join(rows)
    return None


def _chosen(only: Iterable[str] | None, skip: Iterable[str]) -> frozenset[str]:
    chosen = list(RULES if only is None else only)
    _assert_known([*chosen, *skip])
    left = frozenset(chosen).difference(skip)
    if not left:
        raise WrongUsage("no check is left to run: look at --only and --skip")
    return left


def _assert_known(rules: Iterable[str]) -> None:
    for rule in rules:
        if rule not in RULES:
            raise WrongUsage(f"there is no check called {rule}; `{ALL} --list` names them")


def _configured() -> dict[str, Any]:
    """The table of the pyproject.toml that is nearest, up to the root of the repository. Raises WrongUsage."""
    folder = os.getcwd()
    root = repository_root(os.path.join(folder, _CONFIG))
    while True:
        path = os.path.join(folder, _CONFIG)
        try:
            data = read_file(path).data
        except OSError:
            data = b""
        if ALL.encode() in data and (table := _table(path, root)) is not None:
            return table
        if folder in (root, os.path.dirname(folder)):
            return {}
        folder = os.path.dirname(folder)


def _table(path: str, root: str) -> dict[str, Any] | None:
    from pathlib import Path

    from docker_hooks.project.reading import Unreadable, read_toml, table

    try:
        tool = table(read_toml(Path(path), Path(root)), "tool")
    except Unreadable as error:
        raise WrongUsage(f"{path} {error}") from None
    if ALL not in tool:
        return None
    found = tool[ALL]
    if not isinstance(found, dict):
        raise WrongUsage(f"{path}: {_TABLE} is no table")
    for name, value in found.items():
        fault = _fault(name, value)
        if fault:
            raise WrongUsage(f"{path}: {_TABLE}: {name} {fault}")
    return {name: [value] if name in _LISTS and isinstance(value, str) else value for name, value in found.items()}


def _fault(name: str, value: object) -> str:
    """What is wrong with an entry of the table, "" if nothing is."""
    if name in _LISTS:
        are_ids = isinstance(value, str) or (isinstance(value, list) and all(isinstance(item, str) for item in value))
        return "" if are_ids else "is no list of ids"
    if name in _SWITCHES:
        return "" if isinstance(value, bool) else "is neither true nor false"
    if name == "format":
        return "" if value in FORMATS else f"is none of {', '.join(FORMATS)}"
    if name in RULES:
        return "" if isinstance(value, dict) else "is no table"
    return "is neither an option nor a check"


def _flags(rule: str, table: Mapping[str, Any]) -> tuple[str, ...]:
    """The arguments of a hook's command that a table stands for. Raises WrongUsage."""
    flags: list[str] = []
    for name, value in table.items():
        values = value if isinstance(value, list) else [value]
        if not all(isinstance(item, (str, int, float)) for item in values) or name in ("check", "help"):
            raise WrongUsage(f"{_CONFIG}: {_TABLE}.{rule}: {name} is no option of {rule}")
        for item in values:
            if item is not False:
                flags.append(f"--{name}" if item is True else f"--{name}={item}")
    return tuple(flags)

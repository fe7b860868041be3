"""Says what is sent to the builder that no image needs: secret files always, the rest if it is large.

FILEs are Dockerfiles, ignore files and compose files; each leads to the build contexts concerned. Of each, the files
that COPY, ADD and bind mounts take are added up, less those that the ignore file keeps back. Where that is more than
--max-size, or one file (or environment, cache, experiment store, .git) is larger than --max-file, the groups that take
up the room are named: data, models, notebooks with output, and what no image needs. Each comes with the lines to add to
the ignore file.

What a Dockerfile copies by name is meant. Sizes are read, not contents, save for the beginning of a large notebook
and of what may be a secret. Nothing is mended: whether an image needs its data, only you know.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path

from docker_hooks import run
from docker_hooks.dockerfile import pragma
from docker_hooks.dockerfile.reader import decode
from docker_hooks.dockerfile.values import NamedTuple
from docker_hooks.entry_point import entry_point
from docker_hooks.files import is_within, read_file, repository_root, shown_path
from docker_hooks.progress import Progress
from docker_hooks.project.built import Built, Search, Target
from docker_hooks.project.groups import DATA_FILES, LARGE, MODELS, NOTEBOOKS, SECRETS, Entry, Found, Limits, found
from docker_hooks.project.ignorefile import parse
from docker_hooks.project.ignoretext import Judge, silenced_lines
from docker_hooks.project.sent import Sender, Sending, Sent, TooLarge, sending
from docker_hooks.project.unwanted import NAMES

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

ID = "docker-build-context"
# In kB of 1,000 bytes, as docker build counts. Contexts that people complain of and then clean up go from gigabytes to
# less than 100 MB: 2.95 GB to 35 MB (PaddlePaddle/Paddle#697), 2.93 GB to 67 MB (pytorch/pytorch#3333), 5.5 GB to 96 MB
# (Sygil-Dev/stable-diffusion#285). A file of code is never 10 MB.
_MAX_SIZE = 100_000
_MAX_FILE = 10_000
_UNIT = 1_000
_MOST_SHOWN = 5
_LARGEST_IGNORE_FILE = 1_000_000
_UNLESS_NEEDED = (DATA_FILES, MODELS, LARGE)


class Options(NamedTuple):
    """What the command was told: the context of all Dockerfiles, and the limits in bytes."""

    context: Path | None = None
    limits: Limits = Limits(_MAX_SIZE * _UNIT, _MAX_FILE * _UNIT)


class _Place(NamedTuple):
    """Where a finding stands."""

    path: str
    line: int


@entry_point
def main(argv: Sequence[str]) -> int:
    """Run the command."""
    plain = run.plain(argv)
    if plain is not None:
        return run.show(examined(plain.files, Options()))
    told = arguments().parse_args(argv)
    return run.show(examined(told.files, options_of(told)))


def options_of(told: argparse.Namespace) -> Options:
    """What the command was told."""
    return Options(told.context, Limits(told.max_size * _UNIT, told.max_file * _UNIT))


def arguments() -> argparse.ArgumentParser:
    """The command's arguments."""
    arguments = run.parser(ID, __doc__ or "")
    arguments.add_argument(
        "--context", type=run.folder, metavar="DIR", help="the build context of the Dockerfiles given"
    )
    arguments.add_argument(
        "--max-size",
        type=_size_in_kb,
        default=_MAX_SIZE,
        metavar="KB",
        help=f"how many kB may be sent before the groups in them are named (default {_MAX_SIZE})",
    )
    arguments.add_argument(
        "--max-file",
        type=_size_in_kb,
        default=_MAX_FILE,
        metavar="KB",
        help=f"how many kB a file may have, or an environment, a cache, a store as a whole (default {_MAX_FILE})",
    )
    return arguments


def _size_in_kb(text: str) -> int:
    import argparse

    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text}: a size in kB is a number, and no less than 0")
    return int(text)


def examined(paths: Iterable[str], options: Options) -> list[run.Report]:
    """Examine the build contexts that the given files lead to, each once."""
    search = Search(options.context, NAMES)
    reports: list[run.Report] = []
    for path in dict.fromkeys(paths):
        reports += run.guarded(ID, path, partial(_taken, search, path, options))
    return run.in_order([*reports, *judged(search, options)])


def judged(search: Search, options: Options) -> list[run.Report]:
    """Examine the build contexts that a search has found."""
    reports: list[run.Report] = []
    for ignore_file in search.ignore_files():
        reports += run.guarded(ID, shown_path(ignore_file), partial(_examined, search, ignore_file, options))
    return reports


def _taken(search: Search, path: str, options: Options) -> list[run.Report]:
    root = repository_root(path)
    if os.path.lexists(path) and not is_within(path, root):
        return [run.Report(path, 1, "it is a link that leads out of the repository: left alone")]
    recipe = search.take(Path(path), Path(root))
    if recipe is not None and recipe.problem is not None:
        message = "Docker rejects this file, so what it copies can't be known"
        return [run.Report(path, max(recipe.problem.line, 1), message)]
    if options.context is not None and not is_within(str(options.context), root):
        return [run.Report(path, 1, f"its context {options.context} lies outside of the repository: left alone")]
    return []


def _examined(search: Search, path: Path, options: Options) -> list[run.Report]:
    target, shown, text = search.target(path), shown_path(path), ""
    if os.path.lexists(path):
        if not is_within(str(path), str(target.root)):
            return []
        text = decode(read_file(shown).data)
    if len(text) > _LARGEST_IGNORE_FILE:
        return [run.Report(shown, 1, f"it has more than {_LARGEST_IGNORE_FILE} characters: left alone")]
    ignore = parse(text)
    for line in ignore.errors:
        return [run.Report(shown, line.number, f"Docker rejects it ({line.error}), so what is sent can't be known")]
    if silenced_lines(text, ID) is None:
        return []
    reports: list[run.Report] = []
    for built in target.builts:
        reports += _context_examined(target, built, text, options.limits)
    return reports


def _context_examined(target: Target, built: Built, text: str, limits: Limits) -> list[run.Report]:
    senders = list(_senders(built))
    if not senders or not built.takes_folders:
        return []
    ignore = parse(text)
    try:
        with Progress(f"files of {shown_path(built.context)}") as progress:
            sent = sending(built, ignore, senders, progress.tick)
            what = found(target.builts, built, ignore, sent, limits)
    except TooLarge as error:
        return [_report(_place(target, senders[0], None), f"the build context is not examined: {error}")]
    return list(_reports(target, sent, what, text, limits))


def _senders(built: Built) -> Iterator[Sender]:
    """The instructions that take something from the context, less those that comments silence."""
    for recipe in built.recipes:
        if recipe.subject is None:
            continue
        silenced = pragma.silenced(recipe.subject.dockerfile, frozenset((ID,)))
        for source in recipe.sources:
            if source.is_known and source.line not in silenced:
                yield Sender(recipe, source)


def _reports(target: Target, sent: Sending, what: Found, text: str, limits: Limits) -> Iterator[run.Report]:
    for file in sent.unreadable[:1]:
        yield _report(
            _place(target, file.sender, None),
            f"{_folders(sent.unreadable)} can't be read ({file.problem}), so what would be sent of it can't be known",
        )
    groups: dict[str, list[Entry]] = {}
    for entry in what.entries:
        groups.setdefault(entry.group, []).append(entry)
    shown = [entry for members in groups.values() for entry in members[:_MOST_SHOWN]]
    large = next((entry for entry in shown if entry.group != SECRETS), None)
    if large is not None:
        yield _report(_place(target, large.sender, large), _summary(sent, what, text, shown, limits))
    elif sum(file.size for file in what.files) > limits.size:
        largest = max(what.files, key=lambda file: file.size)
        yield _report(_place(target, largest.sender, None), _summary(sent, what, text, shown, limits))
    for group, members in groups.items():
        lines = dict.fromkeys(line for entry in members[:_MOST_SHOWN] for line in entry.lines)
        yield _report(
            _place(target, members[0].sender, members[0]),
            f"{group} would be sent to the builder: {_named(members)}; {_advice(group, target.path.name, list(lines))}",
        )


def _summary(sent: Sending, what: Found, text: str, shown: Sequence[Entry], limits: Limits) -> str:
    """What would be sent of how much, and what would be left of it with the lines of the entries shown."""
    message = (
        f"{_size(sent.size)} of {_size(sent.whole_size)} would be sent to the builder, "
        f"{len(sent.files)} of {sent.whole_count} files"
    )
    after = Judge(parse("\n".join((text, *(line for entry in shown for line in entry.lines)))))
    left = [file for file in sent.files if not after.verdict(file.path).excluded] if shown else sent.files
    if shown:
        message += f"; with these lines {_size(sum(file.size for file in left))}"
    meant = {file.path for file in sent.files} - {file.path for file in what.files}
    rest = [file for file in left if file.path not in meant]
    if sum(file.size for file in rest) > limits.size:
        message += f"; {'still ' if shown else ''}large are {_largest_folders(rest)}"
    return message


def _largest_folders(files: Iterable[Sent]) -> str:
    """The files and folders right in the context that most is sent of."""
    sizes: dict[str, int] = {}
    for file in files:
        top, slash, _ = file.path.partition("/")
        sizes[top + slash] = sizes.get(top + slash, 0) + file.size
    largest = sorted(sizes, key=lambda top: (-sizes[top], top))
    return ", ".join(f"{top} ({_size(sizes[top])})" for top in largest[:3])


def _named(members: Sequence[Entry]) -> str:
    named = [
        entry.name
        if entry.group == SECRETS
        else f"{entry.name} ({_size(entry.size)}{f' in {entry.files} files' if entry.files > 1 else ''})"
        for entry in members[:_MOST_SHOWN]
    ]
    more = members[_MOST_SHOWN:]
    if more:
        named.append(f"and {len(more)} more ({_size(sum(entry.size for entry in more))})")
    return ", ".join(named)


def _advice(group: str, name: str, lines: Sequence[str]) -> str:
    add = f"add to {name}: {', '.join(lines)}"
    if group == SECRETS:
        return f"{add}; mount what the program reads when it runs"
    if group == NOTEBOOKS:
        return f"clear their output, or, unless the image needs them, {add}"
    return f"unless the image needs them, {add}; else COPY them by name" if group in _UNLESS_NEEDED else add


def _folders(unreadable: Sequence[Sent]) -> str:
    more = len(unreadable) - 1
    return f"{unreadable[0].path}{f' and {more} more' if more else ''}"


def _place(target: Target, sender: Sender, entry: Entry | None) -> _Place:
    """The exception of the ignore file that lets something through, else the instruction that takes it."""
    if entry is not None and entry.exception is not None:
        return _Place(shown_path(target.path), entry.exception.number)
    return _Place(shown_path(sender.recipe.path), sender.source.line)


def _report(place: _Place, message: str) -> run.Report:
    return run.Report(place.path, place.line, message)


def _size(size: int) -> str:
    """Bytes as docker build shows them."""
    for unit, name in ((1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")):
        if size >= unit:
            return f"{size / unit:.3g} {name}" if size < 100 * unit else f"{size / unit:,.0f} {name}"
    return f"{size} bytes"

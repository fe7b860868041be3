"""What takes up room in a build context and is no code: groups of files, and the lines that would leave them out.

A line is suggested only if it keeps back nothing that a build needs: not what is copied or mounted by name, what a
command names, what the project is built from, nor what belongs to a Python package.
"""

from __future__ import annotations

import os
import posixpath
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path

from docker_hooks.dockerfile.regex import regex
from docker_hooks.dockerfile.values import NamedTuple
from docker_hooks.project.additions import Additions
from docker_hooks.project.built import Built
from docker_hooks.project.ignorefile import IgnoreFile, PatternLine, parse
from docker_hooks.project.ignoretext import Judge
from docker_hooks.project.kinds import (
    CODE,
    DATA,
    MEDIA,
    MODEL,
    NOTEBOOK,
    OTHER,
    has_output,
    is_payload,
    is_served,
    kind_of,
)
from docker_hooks.project.needs import Need
from docker_hooks.project.reading import Unreadable, read_text
from docker_hooks.project.secret_files import secret_kind
from docker_hooks.project.sent import Sender, Sending, Sent, line_for
from docker_hooks.project.sources import Source, literal_parent, matches
from docker_hooks.project.unwanted import IF_NEW, SECTIONS, Item

SECRETS, ENVIRONMENTS, STORES = "secret files", "local environments", "experiment stores"
MODELS, NOTEBOOKS, LARGE = "models", "notebooks with output", "large files"
DATA_FILES = "data files"
# The sections of what no image needs, less those that are judged by more than their names, or small.
_SECTIONS = {
    section.comment.removeprefix("Ignore "): section
    for section in SECTIONS
    if not section.profile and section.comment not in ("Ignore secrets", "Ignore docker specific files")
}
_NODE_MODULES = Item("**/node_modules", ("node_modules/react/index.js",))
_ITEMS = (
    *((title, item) for title, section in _SECTIONS.items() for item in section.items if item.when != IF_NEW),
    (ENVIRONMENTS, _NODE_MODULES),
)
_GROUP_OF = {DATA: DATA_FILES, MEDIA: DATA_FILES, MODEL: MODELS, NOTEBOOK: NOTEBOOKS}
_HEAVY = frozenset({DATA, MEDIA, MODEL, NOTEBOOK})
_IS_NO_DATA = frozenset({CODE, OTHER})
# What may be the path of a secret file; most paths are none, and this tells soonest.
_SECRETIVE = regex(
    r"\.pem|key|\.p12|\.pfx|\.ppk|secret|cred|account|env|netrc|\.pypirc|\.npmrc|\.pgpass|\.my\.cnf|dockercfg|\.docker/"
    r"|\.aws|gcloud|kube|\.ssh|id_[rde]|kaggle",
    re.IGNORECASE,
)
_LARGEST_SECRET = 50_000
_MOST_SECRETS_READ = 1_000
_MOST_NOTEBOOKS_READ = 100
_MOST_ENTRIES = 200


class Limits(NamedTuple):
    """From where on something is said, in bytes: of all that is sent, and of one file (or environment, store ...)."""

    size: int
    file: int


class Entry(NamedTuple):
    """Something that a line would leave out.

    name: the path of a file or folder in the context, or the pattern that stands for several
    lines: what to add to the ignore file
    size, files: the bytes and the number of files that it leaves out
    sender: the instruction that takes it
    exception: the line of the ignore file that re-includes (`!`) it, None if none does
    """

    group: str
    name: str
    lines: tuple[str, ...]
    size: int
    files: int
    sender: Sender
    exception: PatternLine | None


class Found(NamedTuple):
    """What there is to say of a context.

    entries: what lines would leave out, secrets first, then by group, the largest of a group first
    files: all that is sent and not meant: copied by name, or needed to build
    """

    entries: tuple[Entry, ...]
    files: tuple[Sent, ...]


def found(builts: Sequence[Built], built: Built, ignore: IgnoreFile, sending: Sending, limits: Limits) -> Found:
    """What is sent of one context and may not be needed.

    `builts` is all that is built under the ignore file: what one of the builds needs is kept back for none.
    """
    needed = _Needed(builts, ignore)
    never_wanted, rest = _split(needed.others(sending.files), Additions(builts, ignore))
    files = (*(file for members in never_wanted.values() for file in members), *rest)
    is_large = sum(file.size for file in files) > limits.size
    entries = [_entry(title, lines[0], lines, members) for (title, lines), members in never_wanted.items()]
    entries = [entry for entry in entries if entry.size > limits.file or (is_large and _is_much(entry.size, limits))]
    entries += _secrets(rest, built, needed)
    entries += _Tree(rest, built.context, limits, needed, is_large=is_large).entries()
    entries.sort(key=lambda entry: (entry.group != SECRETS, entry.group, -entry.size, entry.name))
    return Found(tuple(entries), files)


def _is_much(size: int, limits: Limits) -> bool:
    """Whether something is worth a word where too much is sent: a hundredth of what may be."""
    return size * 100 > limits.size


@cache
def _never_wanted() -> IgnoreFile:
    """The patterns of the items, each on a line of its own."""
    return parse("\n".join(item.pattern for _, item in _ITEMS))


def _split(
    files: Iterable[Sent], additions: Additions
) -> tuple[dict[tuple[str, tuple[str, ...]], list[Sent]], list[Sent]]:
    """What no image needs, by group and the lines that keep it back, and the other files; not what is needed."""
    judge = Judge(_never_wanted())
    rest: list[Sent] = []
    by_item: dict[int, list[Sent]] = {}
    for file in files:
        verdict = judge.verdict(file.path)
        if verdict.line is None:
            rest.append(file)
        elif not _is_meant(file.exception, verdict.line.pattern, file.path):
            by_item.setdefault(verdict.line.number - 1, []).append(file)
    unwanted = {}
    for index, members in by_item.items():
        title, item = _ITEMS[index]
        if lines := additions.lines(item):
            without = Judge(parse("\n".join(lines)))
            if left_out := [member for member in members if without.verdict(member.path).excluded]:
                unwanted[title, lines] = left_out
    return unwanted, rest


def _secrets(files: Iterable[Sent], built: Built, needed: _Needed) -> Iterator[Entry]:
    read = 0
    for file in files:
        if not 0 < file.size <= _LARGEST_SECRET or read == _MOST_SECRETS_READ or not _SECRETIVE.search(file.path):
            continue
        # By the name alone, or, where that is not enough, as if the contents were the proof.
        if secret_kind(file.path, None) is None and not file.path.lower().endswith((".pem", ".key")):
            continue
        read += 1
        try:
            text = read_text(built.context / file.path, built.context, _LARGEST_SECRET)
        except Unreadable:
            continue
        line = line_for(file.path)
        if line is None or needed.by_name(line, file.path) or _is_meant(file.exception, line, file.path):
            continue
        if secret_kind(file.path, text) is not None:
            yield _entry(SECRETS, file.path, (line,), [file])


class _Folder:
    """A folder with what lies in it: the files right there, and by kind the bytes of all of them."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.files: list[Sent] = []
        self.folders: list[_Folder] = []
        self.bytes: Counter[str] = Counter()
        self.count = 0
        self.largest = 0
        self.is_package = False
        self.group = ""
        self.first: Sent | None = None

    @property
    def size(self) -> int:
        return self.bytes.total()

    def add(self, file: Sent) -> None:
        kind, name = kind_of(file.path), posixpath.basename(file.path)
        self.files.append(file)
        self.bytes[kind] += file.size
        self.count += 1
        self.largest = max(self.largest, file.size)
        self.first = self.first or file
        self.is_package = self.is_package or name == "__init__.py"
        if name == "pyvenv.cfg":
            self.group = ENVIRONMENTS
        elif name.startswith("events.out.tfevents."):
            self.group = STORES

    def take_in(self, below: _Folder) -> None:
        self.folders.append(below)
        self.bytes.update(below.bytes)
        self.count += below.count
        self.largest = max(self.largest, below.largest)
        self.first = self.first or below.first
        if posixpath.basename(below.path) == "conda-meta":
            self.group = ENVIRONMENTS
        elif below.group == STORES and posixpath.basename(self.path) in _RUNS:
            self.group = STORES

    @property
    def holds_data_alone(self) -> bool:
        """Whether there is nothing in it but data, models and notebooks, and what goes along with them."""
        heavy = sum(self.bytes[kind] for kind in _HEAVY)
        return not (self.bytes.keys() & _IS_NO_DATA) and heavy * 2 > self.size


# What folders of experiments, one below for each, are called (TensorBoard, Lightning, Hydra, YOLO).
_RUNS = frozenset({"lightning_logs", "logs", "multirun", "outputs", "runs", "tb_logs", "tensorboard"})


class _Tree:
    """What is sent and isn't unwanted by name, as folders."""

    def __init__(
        self, files: Iterable[Sent], context: Path, limits: Limits, needed: _Needed, *, is_large: bool
    ) -> None:
        self._context = context
        self._limits = limits
        self._needed = needed
        self._is_large = is_large
        self._notebooks_read = 0
        self._suggestions = 0
        self._root = _grown(files)

    def entries(self) -> Iterator[Entry]:
        """The folders and files to speak of."""
        waiting = [(self._root, False)]
        while waiting and self._suggestions < _MOST_ENTRIES:
            folder, in_package = waiting.pop()
            in_package = in_package or folder.is_package
            entry = self._whole(folder, in_package=in_package) if folder.path else None
            if entry:
                yield entry
                continue
            yield from self._single(folder)
            if self._is_large and not in_package:
                yield from self._several(folder)
            waiting += [(below, in_package) for below in reversed(folder.folders)]

    def _whole(self, folder: _Folder, *, in_package: bool) -> Entry | None:
        """A folder that can be left out as a whole, and is large enough."""
        if folder.first is None:
            return None
        if folder.group == ENVIRONMENTS or (folder.group == STORES and CODE not in folder.bytes):
            group, largest = folder.group, folder.size
        elif folder.holds_data_alone and not in_package:
            kind = max(sorted(_HEAVY), key=lambda kind: folder.bytes[kind])
            if kind == MEDIA and is_served(folder.path):
                return None
            group, largest = _GROUP_OF[kind], folder.largest
        else:
            return None
        if largest <= self._limits.file and not (self._is_large and _is_much(folder.size, self._limits)):
            return None
        if group == NOTEBOOKS and not any(self._has_output(file) for file in folder.files):
            return None
        size, count, first, path = folder.size, folder.count, folder.first, folder.path
        while not folder.group and not folder.files and len(folder.folders) == 1:
            folder = folder.folders[0]
            path = folder.path
        return self._suggested(group, path if count > 1 else first.path, size, count, first)

    def _single(self, folder: _Folder) -> Iterator[Entry]:
        """The large files that lie right in a folder."""
        least = self._limits.file
        least_of_notebooks = min(least, self._limits.size // 100) if self._is_large else least
        for file in folder.files:
            if file.size <= least_of_notebooks:
                continue
            kind = kind_of(file.path)
            if file.size <= least and kind != NOTEBOOK:
                continue
            if kind == CODE or (kind == NOTEBOOK and not self._has_output(file)):
                continue
            group = LARGE if kind == MEDIA else _GROUP_OF.get(kind, LARGE if kind == OTHER else DATA_FILES)
            entry = self._suggested(group, file.path, file.size, 1, file)
            if entry:
                yield entry

    def _several(self, folder: _Folder) -> Iterator[Entry]:
        """Data or models by one ending that lie right in a folder among other things, and are large together."""
        by_ending: dict[str, list[Sent]] = {}
        for file in folder.files:
            ending = posixpath.splitext(file.path)[1]
            is_one = kind_of(file.path) in (DATA, MODEL) and file.size <= self._limits.file
            if is_one and ending.isascii() and ending[1:].isalnum():
                by_ending.setdefault(ending, []).append(file)
        for ending, files in by_ending.items():
            size = sum(file.size for file in files)
            parent = line_for(folder.path) if folder.path else ""
            if len(files) < 2 or size <= self._limits.file or parent is None:
                continue
            line = posixpath.join(parent, "*" + ending)
            if not any(self._needed.by_name(line, file.path) for file in files):
                group = _GROUP_OF[kind_of(files[0].path)]
                name = posixpath.join(folder.path, "*" + ending)
                yield _entry(group, name, (line,), files)

    def _suggested(self, group: str, path: str, size: int, count: int, first: Sent) -> Entry | None:
        self._suggestions += 1
        line = line_for(path)
        if line is None or self._needed.by_name(line, path) or _is_meant(first.exception, line, path):
            return None
        return Entry(group, path, (line,), size, count, first.sender, first.exception)

    def _has_output(self, file: Sent) -> bool:
        if kind_of(file.path) != NOTEBOOK or self._notebooks_read == _MOST_NOTEBOOKS_READ:
            return False
        self._notebooks_read += 1
        return has_output(self._context / file.path)


def _grown(files: Iterable[Sent]) -> _Folder:
    """The root of the folders that hold some files."""
    folders = {"": _Folder("")}
    for file in files:
        path = posixpath.dirname(file.path)
        above = path
        while above not in folders:
            folders[above] = _Folder(above)
            above = posixpath.dirname(above)
        folders[path].add(file)
    for path in sorted(folders, key=lambda path: path.count("/"), reverse=True):
        if path:
            folders[posixpath.dirname(path)].take_in(folders[path])
    return folders[""]


def _entry(group: str, name: str, lines: tuple[str, ...], files: Sequence[Sent]) -> Entry:
    first = max(files, key=lambda file: file.size)
    size = sum(file.size for file in files)
    return Entry(group, name, lines, size, len(files), first.sender, first.exception)


def _is_meant(exception: PatternLine | None, line: str, path: str) -> bool:
    """Whether an exception (`!`) of the user's names the very thing that a line would leave out, or something in it."""
    if exception is None:
        return False
    source = Source(exception.pattern, exception.number, "re-includes", is_pattern=True)
    return _names(Need(source, ""), parse(line), path)


class _Needed:
    """What builds need by name, so that no line may leave it out."""

    def __init__(self, builts: Sequence[Built], ignore: IgnoreFile) -> None:
        needs = [(need, built) for built in builts for need in built.needs]
        self._needs = [
            need for need, _ in needs if need.source.is_pattern or need.is_word or not ignore.excludes(need.source.path)
        ]
        self._named = parse("\n".join(filter(None, (_named_line(need, built.context) for need, built in needs))))

    def others(self, files: Iterable[Sent]) -> Iterator[Sent]:
        """The files that are not named, nor lie in a folder that is named for what it holds."""
        judge = Judge(self._named)
        return (file for file in files if not judge.verdict(file.path).excluded)

    def by_name(self, line: str, path: str) -> bool:
        """Whether a build needs `path`, or something in it, that `line` would leave out."""
        alone = parse(line)
        return any(_names(need, alone, path) for need in self._needs)


def _named_line(need: Need, context: Path) -> str | None:
    """The line that stands for what a build needs, if that is a file, a pattern of files or a folder of data."""
    source = need.source
    named = _without_all(source.path)
    if source.is_whole or not source.is_known:
        return None
    if is_payload(named):
        return named if source.is_pattern else line_for(named)
    if source.is_pattern:
        return source.path if named == source.path and not parse(source.path).errors else None
    return line_for(named) if os.path.isfile(os.path.join(context, named)) else None


def _without_all(pattern: str) -> str:
    """The folder that all is taken from: `data` for `data/*`."""
    return re.sub(r"(?:/\*+)+\Z", "", pattern)


def _names(need: Need, alone: IgnoreFile, path: str) -> bool:
    source = need.source
    if need.is_anything:
        return True
    if source.is_whole:
        return False
    named = _without_all(source.path)
    if need.is_word:
        parts = path.split("/")
        tails = ["/".join(parts[index:]) for index in range(len(parts))]
        return any(named == tail or named.startswith(tail + "/") for tail in tails) or (
            f"/{named}/" in f"/{path}" and is_payload(named)
        )
    if alone.excludes(named) or (path.startswith(named + "/") and is_payload(named)):
        return True
    if not source.is_pattern or named != source.path:
        return False
    parent = literal_parent(named)
    if matches(source, path) or (parent and alone.excludes(parent)):
        return True
    return named.startswith("**/") and kind_of(named) in _HEAVY

"""The text of an ignore file: the lines that comments silence, edits, and the proof that these do what they declare.

The text is kept as it is around them: comments, order, line endings, byte order mark, final newline. And for each
path of a sample, which is the context itself as far as it is of a size that can be judged, the walk that Docker
makes must come out as before, but for what the new patterns mean to keep back.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence

from docker_hooks.dockerfile import pragma
from docker_hooks.dockerfile.edits import Edit, Unproven, applied
from docker_hooks.project.ignorefile import ROOT, IgnoreFile, Verdict, parse

_BOM = "\ufeff"


class Judge:
    """The verdicts of an ignore file on many paths; each folder is judged once."""

    def __init__(self, ignore: IgnoreFile) -> None:
        self._ignore = ignore
        self._folders = {"": ROOT}

    def verdict(self, path: str) -> Verdict:
        """Judge a path relative to the context, clean, with `/` between folders."""
        known = path.rpartition("/")[0]
        if known in self._folders:
            return self._ignore.verdict_below(self._folders[known], path)
        while known not in self._folders:
            known = known.rpartition("/")[0]
        verdict = self._folders[known]
        end = len(known)
        while True:
            end = path.find("/", end + 1)
            if end == -1:
                return self._ignore.verdict_below(verdict, path)
            verdict = self._folders[path[:end]] = self._ignore.verdict_below(verdict, path[:end])


def silenced_lines(text: str, hook_id: str) -> frozenset[int] | None:
    """The lines (from 1) below a comment that silences a hook; None if one stands above the first pattern."""
    return pragma.silenced_rows(text.removeprefix(_BOM).split("\n"), hook_id, lambda row: bool(row.strip()))


def newline_of(text: str) -> str:
    """The line ending that a file uses first."""
    at = text.find("\n")
    return "\r\n" if at > 0 and text[at - 1] == "\r" else "\n"


def line_starts(text: str) -> list[int]:
    """The offset of each line, the byte order mark left out; Docker's lines end with `\\n` alone."""
    starts = [len(_BOM) if text.startswith(_BOM) else 0]
    at = text.find("\n")
    while at != -1:
        starts.append(at + 1)
        at = text.find("\n", at + 1)
    return starts


def appended(text: str, lines: Sequence[str]) -> Edit:
    """Add lines at the end, an empty one before them; the file keeps (not) ending in a newline."""
    newline = newline_of(text)
    block = newline.join(lines)
    if not text.strip("\r\n" + _BOM):
        return Edit(len(text), len(text), block + newline)
    if not text.endswith("\n"):
        return Edit(len(text), len(text), 2 * newline + block)
    ends_empty = text.endswith(("\n\n", "\n\r\n"))
    return Edit(len(text), len(text), ("" if ends_empty else newline) + block + newline)


def inserted(text: str, lines: Sequence[str], line: int) -> Edit:
    """Add lines, an empty one behind them, above the paragraph that holds a line (counted from 1)."""
    newline = newline_of(text)
    rows = text.removeprefix(_BOM).split("\n")
    first = line
    while first > 1 and rows[first - 2].strip():
        first -= 1
    start = line_starts(text)[first - 1]
    return Edit(start, start, newline.join(lines) + 2 * newline)


def proven(
    before: str,
    edits: Sequence[Edit],
    adds: Sequence[str],
    paths: Iterable[str],
    needed_by: Callable[[str], str],
) -> str:
    """The text after the edits. `adds` are the patterns that may keep back more than before.

    `needed_by` says who needs a path that is kept back, "" if nobody does. Raises Unproven where the edits can't be
    shown to be right.
    """
    after = applied(before, edits)
    _prove_lines(before, after, edits)
    old, new = parse(before), parse(after)
    if new.errors:
        raise Unproven(f"Docker would reject the file: {new.errors[0].error}")
    old_judge, new_judge, added = Judge(old), Judge(new), Judge(parse("\n".join(adds)))
    for path in dict.fromkeys(paths):
        was, now = old_judge.verdict(path), new_judge.verdict(path)
        if was.excluded and not now.excluded:
            raise Unproven(f"{path} would be sent, which is kept back")
        if now.excluded and not was.excluded:
            if not added.verdict(path).excluded:
                raise Unproven(f"{path} would be kept back")
            if was.line is not None and was.line.negated:
                raise Unproven(f"{path} would be kept back, which {was.line.text.strip()} re-includes")
            if needer := needed_by(path):
                raise Unproven(f"{path} would be kept back, but {needer}")
    return after


def _prove_lines(before: str, after: str, edits: Sequence[Edit]) -> None:
    """Every line that no edit touches stands there as before, and in the same order."""
    if before.startswith(_BOM) != after.startswith(_BOM):
        raise Unproven("it would move the byte order mark")
    if before.strip("\r\n" + _BOM) and before.endswith("\n") != after.endswith("\n"):
        raise Unproven("it would change the end of the file")
    if _bare_newlines(after) > _bare_newlines(before) and "\r\n" in after:
        raise Unproven("it would mix line endings")
    if "\r\n" in after and "\r\n" not in before:
        raise Unproven("it would mix line endings")
    touched = _touched(before, edits)
    rows = iter(after.removeprefix(_BOM).replace("\r\n", "\n").split("\n"))
    for index, row in enumerate(before.removeprefix(_BOM).replace("\r\n", "\n").split("\n")):
        if index not in touched and row not in rows:
            raise Unproven("it would change a line that it should leave")


def _bare_newlines(text: str) -> int:
    return text.count("\n") - text.count("\r\n")


def _touched(text: str, edits: Sequence[Edit]) -> set[int]:
    """The lines, counted from 0, that edits change; not those between which whole lines are inserted."""
    starts = line_starts(text)
    touched: set[int] = set()
    for edit in edits:
        first = bisect_right(starts, edit.start) - 1
        if edit.start == edit.end:
            is_above = edit.start == starts[first] and edit.text.endswith("\n")
            is_below = edit.start == len(text) and edit.text.startswith(("\n", "\r\n"))
            if is_above or is_below:
                continue
        touched.update(range(first, bisect_right(starts, max(edit.start, edit.end - 1))))
    return touched

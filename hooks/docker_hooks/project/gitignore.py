"""Whether git is told to ignore a file, by the `.gitignore` files around it and `.git/info/exclude` (gitignore(5)).

Its patterns are rewritten as Docker's, whose matching takes linear time whatever a stranger wrote. A user's own
ignore file, outside the repository, is not looked at.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from docker_hooks.dockerfile.regex import regex
from docker_hooks.project.ignorefile import ROOT, IgnoreFile, parse
from docker_hooks.project.reading import Missing, Unreadable, read_text

_MOST_PATTERNS = 5_000
_SPECIAL = regex(r"[\\*?\[]")


def may_be_ignored(path: Path, root: Path) -> bool:
    """Whether git ignores the file at `path`, or it can't be known, as outside of the repository `root`."""
    return is_ignored(path, root) is not False


def is_ignored(path: Path, root: Path) -> bool | None:
    """Whether git ignores the file at `path` in the repository `root`; None where that can't be known."""
    try:
        relative = os.path.relpath(os.path.abspath(path), root).replace(os.sep, "/")
    except ValueError:  # Windows: another drive
        return None
    if relative.startswith("../"):
        return None
    folders = relative.split("/")[:-1]
    try:
        rules = list(_rules(root, folders))
    except Unreadable:
        return None
    if len(rules) > _MOST_PATTERNS:
        return None
    for_folders = parse("\n".join(pattern for pattern, _ in rules))
    for_files = parse("\n".join(pattern for pattern, is_for_folders in rules if not is_for_folders))
    # What lies in an ignored folder is ignored for good; else the last pattern that matches the path itself decides.
    above = ("/".join(folders[:depth]) for depth in range(1, len(folders) + 1))
    return any(_is_excluded(for_folders, folder) for folder in above) or _is_excluded(for_files, relative)


def _is_excluded(ignore: IgnoreFile, path: str) -> bool:
    return ignore.verdict_below(ROOT, path).excluded


def _rules(root: Path, folders: list[str]) -> Iterator[tuple[str, bool]]:
    """The patterns that count, relative to `root`, the strongest last, and whether each is for folders alone."""
    places = [(".git/info/exclude", "")]
    for depth in range(len(folders) + 1):
        folder = "".join(f"{name}/" for name in folders[:depth])
        places.append((f"{folder}.gitignore", _SPECIAL.sub(r"\\\g<0>", folder)))
    for file, prefix in places:
        try:
            text = read_text(root / file, root)
        except Missing:
            continue
        for line in text.split("\n"):
            pattern = line.rstrip(" \t\r").replace("[!", "[^")
            if not pattern or pattern.startswith("#"):
                continue
            negation = "!" if pattern.startswith("!") else ""
            pattern = pattern[len(negation) :]
            is_for_folders = pattern.endswith("/")
            pattern = pattern.rstrip("/")
            anywhere = "" if "/" in pattern else "**/"
            yield f"{negation}{prefix}{anywhere}{pattern.lstrip('/')}", is_for_folders

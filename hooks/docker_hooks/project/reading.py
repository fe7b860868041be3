"""Reads the small files that stand around a Dockerfile: manifests and compose files, written by strangers.

A file is read whole or not at all: only a regular file, no larger than a limit, that lies inside the project
even if a link leads to it. Whatever else it is, or is wrong in it, is one exception with a reason.
"""

from __future__ import annotations

import codecs
import os
import stat
import sys
from functools import lru_cache
from pathlib import Path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


# Bytes. Real files are far smaller; the limits bound the time that a hostile one can take.
TEXT_LIMIT = 1_000_000
TOML_LIMIT = 250_000
_DEEPEST_KEY = 100
# UTF-32's mark begins with UTF-16's, so it comes first.
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


class Unreadable(Exception):
    """What a file says can't be known; the message is the reason, without the file's name."""


class Missing(Unreadable):
    """There is no such file."""


def is_inside(path: str | Path, root: str | Path) -> bool:
    """Whether `path`, its links followed, is `root` or lies below it."""
    try:
        real, top = os.path.realpath(path), os.path.realpath(root)
    except ValueError:  # no path at all: it holds a null character
        return False
    return real == top or real.startswith(top.rstrip(os.sep) + os.sep)


def read_text(path: Path, root: Path, limit: int = TEXT_LIMIT) -> str:
    """The text of a file of at most `limit` bytes inside `root`; bytes that are no UTF-8 become surrogates.

    Raises Missing, or Unreadable for what is no regular file, too large, or outside `root`.
    """
    try:
        if not is_inside(path, root):
            raise Unreadable("lies outside the project")
        if not stat.S_ISREG(path.stat().st_mode):
            raise Unreadable("is not a regular file")
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise Missing("does not exist") from error
    except (OSError, ValueError) as error:
        raise Unreadable(f"can't be read ({getattr(error, 'strerror', None) or error})") from error
    if len(data) > limit:
        raise Unreadable(f"is larger than {limit} bytes")
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, errors="replace")
    return data.decode("utf-8", errors="surrogateescape")


def read_toml(path: Path, root: Path) -> dict[str, Any]:
    """The tables of a TOML file. Raises as `read_text`, and Unreadable for what is not TOML."""
    return _toml(read_text(path, root, TOML_LIMIT))


def read_ini(path: Path, root: Path) -> dict[str, dict[str, str]]:
    """The sections of a setup.cfg: options in lower case with `_` for `-`, values with their line breaks.

    A reader of our own, because configparser takes quadratic time for a line of many spaces.
    Raises as `read_text`.
    """
    sections: dict[str, dict[str, str]] = {}
    options: dict[str, str] = {}
    name = ""
    values: dict[str, list[str]] = {}
    for line in read_text(path, root, TOML_LIMIT).splitlines() + ["[]"]:
        text = line.strip()
        if not text or text[0] in "#;":
            continue
        if line[0].isspace() and name:
            values[name].append(text)
        elif text[0] == "[":
            options.update((option, "\n".join(lines)) for option, lines in values.items())
            options, name, values = sections.setdefault(text[1:].partition("]")[0], {}), "", {}
        else:
            sign = min((text.find(mark) for mark in "=:" if mark in text), default=len(text))
            name = text[:sign].strip().lower().replace("-", "_")
            values[name] = [text[sign + 1 :].strip()]
    return sections


def table(value: object, *keys: str) -> dict[str, Any]:
    """The table that a path of keys leads to, empty where there is none: `table(toml, "tool", "poetry")`."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def strings(value: object) -> list[str]:
    """A string, or the strings of a list, as a list; empty for anything else."""
    return [item for item in (value if isinstance(value, list) else [value]) if isinstance(item, str)]


# A memory of what a text means, not of a file: whoever asks reads the file anew.
@lru_cache(maxsize=8)
def _toml(text: str) -> dict[str, Any]:
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib

    # The parser's time grows with the square of a dotted key's length.
    for line in text.splitlines():
        key = line[: min((line.find(mark) for mark in "=," if mark in line), default=len(line))]
        if key.count(".") > _DEEPEST_KEY or line.count(".") > 50 * _DEEPEST_KEY:
            raise Unreadable("nests its keys too deeply")
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError, OverflowError) as error:
        raise Unreadable(f"is not TOML ({error})") from error

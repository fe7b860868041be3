"""The words of a shell script as shfmt sees them, the reference parser of the shell."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

_BESIDE_PYTHON = shutil.which("shfmt", path=str(Path(sys.executable).parent))
_SHFMT = _BESIDE_PYTHON or shutil.which("shfmt") or "shfmt"
_DIALECTS = ("bash", "posix")


class Part(NamedTuple):
    """A word or a comment of a script; `start` and `end` are offsets in its text."""

    kind: str
    start: int
    end: int


@lru_cache(maxsize=1 << 15)
def parts(script: str) -> tuple[Part, ...] | None:
    """The outermost words (redirections' targets and assignments too) and the comments, in order of place.

    None where shfmt can't read the script, neither as bash nor as a POSIX shell.
    """
    data = script.encode()
    tree = _tree(data)
    if tree is None:
        return None
    found = sorted(_found(tree), key=lambda part: part.start)
    if script.isascii():
        return tuple(found)

    def place(offset: int) -> int:
        return len(data[:offset].decode(errors="ignore"))

    return tuple(Part(part.kind, place(part.start), place(part.end)) for part in found)


def _tree(script: bytes) -> Any:
    for dialect in _DIALECTS:
        result = subprocess.run([_SHFMT, "--to-json", f"-ln={dialect}"], input=script, capture_output=True, check=False)
        if result.returncode == 0:
            try:
                return json.loads(result.stdout)
            except RecursionError:
                return None
    return None


def _found(tree: Any) -> list[Part]:
    found: list[Part] = []
    waiting: list[tuple[str, Any]] = [("", tree)]
    while waiting:
        key, node = waiting.pop()
        if isinstance(node, list):
            waiting += ((key, item) for item in node)
        elif isinstance(node, dict):
            if "Hash" in node:
                found.append(_part("comment", node))
            elif key in ("Args", "Assigns") or ("Parts" in node and node.get("Type", "Word") == "Word"):
                if key != "Hdoc":
                    found.append(_part("word", node))
            else:
                waiting += node.items()
    return found


def _part(kind: str, node: Any) -> Part:
    return Part(kind, node["Pos"]["Offset"], node["End"]["Offset"])

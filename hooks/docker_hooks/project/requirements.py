"""Reads pip's requirements files for one question: what else must be there before they can be installed?

A line that names a package or a URL needs nothing beside itself; one that names another file, a project or an
archive on the disk does. The rules are pip's ("Requirements File Format", and pip's req_file and constructors
modules for what that page leaves out); uv follows them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from docker_hooks.dockerfile.values import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    Kind = Literal["requirements", "constraint", "local project", "local file", "find-links", "workspace", "unknown"]


class Reference(NamedTuple):
    """Something on the disk that a manifest needs.

    `kind` is
    - "requirements", "constraint": a file that pip reads too, relative to the file that names it;
    - "local project", "local file": a folder that is built, a wheel or another archive, both relative to the
      folder in which pip runs, not to the file;
    - "find-links": a folder or page of archives, relative to the file, else to the folder in which pip runs;
    - "workspace": a member of a uv workspace, by name or glob;
    - "unknown": what the file doesn't tell, because a variable hides it or pip wouldn't understand it.

    `path` is the path as written, of a file URL its path, without extras and markers; of "unknown" what was
    not understood. `line` is counted from 1, 0 where the format hides it.
    """

    kind: Kind
    path: str
    line: int


# The options that requirements files may hold, and what the value of each refers to if it is no URL; None for
# a value that never names a file, "" for an option without a value. Pip's documentation, "Supported options",
# with those that older versions knew. Indexes may be folders (pip's --index-url).
_OPTIONS: dict[str, Kind | Literal[""] | None] = {
    "-r": "requirements",
    "--requirement": "requirements",
    "-c": "constraint",
    "--constraint": "constraint",
    "-e": "local project",
    "--editable": "local project",
    "-f": "find-links",
    "--find-links": "find-links",
    "-i": "find-links",
    "--index-url": "find-links",
    "--pypi-url": "find-links",
    "--extra-index-url": "find-links",
    "--trusted-host": None,
    "--no-binary": None,
    "--only-binary": None,
    "--all-releases": None,
    "--only-final": None,
    "--use-feature": None,
    "--hash": None,
    "-C": None,
    "--config-settings": None,
    "--global-option": None,
    "--install-option": None,
    "--no-index": "",
    "--pre": "",
    "--prefer-binary": "",
    "--require-hashes": "",
    "--no-require-hashes": "",
    "--process-dependency-links": "",
}
# pip's utils/filetypes.py
_ARCHIVES = (
    ".whl",
    ".zip",
    ".tar.gz",
    ".tgz",
    ".tar",
    ".tar.bz2",
    ".tbz",
    ".tar.xz",
    ".txz",
    ".tlz",
    ".tar.lz",
)
# pip takes these without slashes too; a Windows drive and a file name with a colon are no scheme.
_SCHEME = r"(?i:(?:https?|ftp|ssh|git|file|(?:git|hg|svn|bzr)\+\w+):|[a-z][a-z0-9+.-]+://)"
_NAME = r"[A-Za-z0-9][A-Za-z0-9._-]*"
# uv and PDM replace it by the project's own folder; pip knows no such variable.
_PROJECT_ROOT = "${PROJECT_ROOT}"
# shlex takes quadratic time for one long word.
_LONGEST_QUOTED = 5_000


def requirement_references(text: str) -> tuple[Reference, ...]:
    """What the requirements file with this text needs beside itself; empty for one that is self-contained."""
    references: list[Reference | None] = []
    for number, line in _logical_lines(text):
        requirement, options = _split(line)
        # pip ignores global options behind a requirement.
        references += [requirement_reference(requirement, number)] if requirement else _options(options, number)
    return tuple(filter(None, references))


def requirement_reference(requirement: str, line: int = 0) -> Reference | None:
    """What one requirement without options needs: a name, a URL, `name @ URL` or a path, with its marker.

    None for what an index or a server provides.
    """
    named = _named_target(requirement)
    if named is not None:
        return _local(named, line)
    target = _without_marker(requirement.strip())
    path = _without_extras(target)
    # pip's _looks_like_path and is_archive_file. A variable may stand for anything.
    is_path = target.startswith((".", "${")) or "/" in path or "\\" in path
    if is_path or re.match(_SCHEME, target) or path.lower().endswith(_ARCHIVES):
        return _local(target, line)
    return None


def path_reference(path: str, line: int = 0) -> Reference:
    """The reference to a path that is known to be a project's folder or an archive."""
    if "${" in path.replace(_PROJECT_ROOT, ""):
        return Reference("unknown", path, line)
    path = path.replace(_PROJECT_ROOT, ".")
    return Reference("local file" if path.lower().endswith(_ARCHIVES) else "local project", path, line)


def is_remote(location: str) -> bool:
    """Whether a location is a URL of something that is not on this disk."""
    return bool(re.match(_SCHEME, location)) and not location.lower().startswith("file:")


def file_path(location: str) -> str:
    """The path that a location means: of a file URL its path, of anything else itself."""
    if not location.lower().startswith("file:"):
        return location
    path = location[len("file:") :].partition("#")[0]
    if path.startswith("//"):
        path = "/" + path[2:].partition("/")[2]
    if path.startswith("/" + _PROJECT_ROOT):
        path = path[1:]
    if "%" in path:
        from urllib.parse import unquote

        path = unquote(path)
    return path


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Each line's number and text: continuations joined, then comments and blank lines dropped."""
    joined: list[str] = []
    first = 0
    for number, line in enumerate(text.splitlines(), 1):
        comment = line.lstrip().startswith("#")
        joined.append(" " + line if comment else line.strip("\\") if line.endswith("\\") else line)
        first = first or number
        if line.endswith("\\") and not comment:
            continue
        yield from _uncommented(first, "".join(joined))
        joined, first = [], 0
    yield from _uncommented(first, "".join(joined))


def _uncommented(number: int, line: str) -> Iterator[tuple[int, str]]:
    """A comment starts at a `#` at the line's start or behind white space."""
    mark = line.find("#")
    while mark > 0 and not line[mark - 1].isspace():
        mark = line.find("#", mark + 1)
    line = (line if mark < 0 else line[:mark]).strip()
    if line:
        yield number, line


def _split(line: str) -> tuple[str, str]:
    """The requirement and the options of a line: options start with the first word that starts with `-`."""
    if line.startswith("-"):
        return "", line
    requirement, dash, options = line.partition(" -")
    return requirement, dash.strip() + options


def _options(options: str, line: int) -> Iterator[Reference | None]:
    words = _words(options)
    if words is None:
        yield Reference("unknown", options[:80], line)
        return
    queue = iter(words)
    for word in queue:
        if word.startswith("--"):
            name, equals, value = word.partition("=")
            name = _full_name(name)
        else:
            name, value = word[:2], word[2:]
            equals = value
        kind = _OPTIONS.get(name, "unknown")
        if kind == "":
            continue
        if not equals:
            value = next(queue, "")
        if kind == "unknown" or not value:
            yield Reference("unknown", word, line)
        elif kind == "local project":
            yield _editable(value, line)
        elif kind and not is_remote(value):
            yield Reference("unknown" if "${" in value else kind, file_path(value), line)


def _words(options: str) -> list[str] | None:
    if not any(mark in options for mark in "\"'\\"):
        return options.split()
    if len(options) > _LONGEST_QUOTED:
        return None
    import shlex

    try:
        return shlex.split(options)
    except ValueError:
        return None


def _full_name(name: str) -> str:
    """Python's optparse takes any beginning of a long option that only one option has."""
    matches = [option for option in _OPTIONS if option.startswith(name)]
    return matches[0] if len(matches) == 1 else name


def _editable(value: str, line: int) -> Reference | None:
    """`-e` takes a VCS URL, `name @ URL`, or else a project's folder, which may be a bare name."""
    named = _named_target(value)
    return _local(_without_marker(value) if named is None else named, line)


def _named_target(requirement: str) -> str | None:
    """What stands behind the `@` of `name[extras] @ target`: a URL (PEP 508), for uv also a path."""
    name, at, target = requirement.partition("@")
    if at and re.fullmatch(_NAME, name.partition("[")[0].strip()):
        return _without_marker(target.strip())
    return None


def _local(target: str, line: int) -> Reference | None:
    if is_remote(target):
        return None
    return path_reference(_without_extras(file_path(target)), line)


def _without_marker(requirement: str) -> str:
    """Drops the environment marker: behind `;`, for a URL behind `; ` or ` ;` (PEP 508)."""
    if not re.match(_SCHEME, requirement):
        return requirement.partition(";")[0].strip()
    return requirement.partition("; ")[0].partition(" ;")[0].strip()


def _without_extras(path: str) -> str:
    return path.rpartition("[")[0].rstrip() if path.endswith("]") and not path.startswith("[") else path

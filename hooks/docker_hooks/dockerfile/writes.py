"""Where commands write, and which of the paths that a program is given it may write to.

A container's user can write to folders of its own and to those that are open to all; what else root could write to,
such as /var/log, is refused to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from docker_hooks.dockerfile import paths
from docker_hooks.dockerfile.calls import Call
from docker_hooks.dockerfile.options import Options, names, parsed
from docker_hooks.dockerfile.regex import regex
from docker_hooks.dockerfile.values import NamedTuple

# Programs that write to none of the paths they are given, whatever the options say, and those that `written` knows.
_READERS = names(
    "cat cd chgrp chmod chown cp echo exec export install ln ls mkdir mv rm sed source tensorboard test touch [ ."
)
# Stands for a word that only a running shell knows.
_UNKNOWN = "$?"
# Programs that write to all their operands, to all but the first, and to the last alone.
_TO_ALL = names("mkdir mkfifo mv rm rmdir tee touch truncate unlink")
_TO_ALL_BUT_FIRST = names("chgrp chmod chown")
_TO_LAST = names("cp install ln rsync")
# Programs that fetch or make what they put into the last path they are given, and those that name it by an option.
_TO_LAST_PATH = names("aws gcloud git gsutil papermill rclone")
_TO_OPTIONS = {
    "celery": names("-s --schedule"),
    "coverage": names("-d --directory"),
    "tar": names("-C --directory"),
    "unzip": names("-d"),
    "wget": names("-O --output-document -P --directory-prefix"),
}
# Options of these programs that take a value.
_VALUED = {
    "cp": names("-t --target-directory -S --suffix"),
    "install": names("-t --target-directory -S --suffix -m --mode -o --owner -g --group"),
    "ln": names("-t --target-directory -S --suffix"),
    "mkdir": names("-m --mode"),
    "mv": names("-t --target-directory -S --suffix"),
    "sed": names("-e --expression -f --file"),
    "touch": names("-d --date -r --reference -t"),
    "truncate": names("-s --size -r --reference"),
    **_TO_OPTIONS,
}
# What writes is looked for by name in a script that can't be read.
_MAY_WRITE = regex(
    r"(?<![\w./-])(?:chgrp|chmod|chown|cp|dd|install|ln|mkdir|mv|rm|sed|tee|touch|truncate)\s"
    r"|>(?!>?\s*&|>?\s*\"?/(?:dev|tmp)/)"
)
# Behind sqlite:// a path is relative with three slashes, and absolute with four (SQLAlchemy, "Database URLs").
_SLASHES = r"(?:(?<![\w./:@$}-])|(?<=:///)|(?<=://)(?<!sqlite://)(?<!duckdb://)|(?<=unix:)|(?<=file:))"
_PATH = regex(_SLASHES + r"/(?!/)[\w.+@=-][\w.+@/=-]*")
# Names of options for what is written, of files that are, and of options for what is read whatever else they say.
_WORD = r"(?:^|[-_.])"
_WRITTEN_OPTION = regex(
    _WORD + r"(?:access|error)?-?(?:artifacts?|backend|backup|bind|cache|checkpoints?|data-?dir|db|dest|destination|"
    r"dump|export|junit-?xml|local-?dir|local-directory|log-?(?:file|dir|folder|path)|logs?|out|outdir|outfile|outputs?|"
    r"pid|pid-?file|record|reports?|results?|save|schedule|socket|state|storage|store|temp-?dir|tmp-?dir|tracking|uds|"
    r"uploads?|work-?dir)(?=$|[-_.])"
)
_READ_OPTION = regex(_WORD + r"(?:conf|config|configuration|level|template|format)(?=$|[-_.])")
# A path alone that goes by such a name is one of the server's.
_ROUTE = regex(_WORD + r"(?:prefix|route|url)(?=$|[-_.])")
_WRITTEN_FILE = regex(r"\.(?:db|lock|log|pid|sock|sqlite3?)\Z")
# Variables that name where libraries keep what they write while they run.
_CACHES = names(
    "AIRFLOW_HOME DAGSTER_HOME DATASETS_CACHE HF_DATASETS_CACHE HF_HOME HF_HUB_CACHE HOME HUGGINGFACE_HUB_CACHE "
    "IPYTHONDIR JUPYTER_CONFIG_DIR JUPYTER_DATA_DIR KERAS_HOME MPLCONFIGDIR NUMBA_CACHE_DIR PREFECT_HOME "
    "SENTENCE_TRANSFORMERS_HOME TFHUB_CACHE_DIR TORCH_HOME TRANSFORMERS_CACHE XDG_CACHE_HOME XDG_CONFIG_HOME "
    "XDG_DATA_HOME XDG_STATE_HOME"
)
# ... those that name nothing that a started program writes to, and those that do so if their words say it.
_READ_VARIABLE = regex(r"(?:CONDA|MAMBA|NVM|PIP|POETRY|UV)_\w+|(?:LD_LIBRARY_|PYTHON)?PATH|VIRTUAL_ENV")
_READ_UNLESS_WRITTEN = regex(r"[A-Z]+_PATH")


class Named(NamedTuple):
    """An absolute path that a program is given.

    `is_written` says that it is written, whatever lies there, by its own name or its option's; `is_hinted` that it is,
    unless the build brings something there that may only be read.
    """

    path: str
    is_written: bool
    is_hinted: bool = False


def written(call: Call) -> Iterator[str | None]:
    """The absolute paths that a command writes to, takes away or changes; None for one that can't be known."""
    operands: list[str | None] = list(call.writes)
    options = options_of(call)
    if call.program in _TO_ALL or (call.program == "install" and options.has("-d", "--directory")):
        operands += options.operands
    elif call.program in _TO_ALL_BUT_FIRST:
        operands += options.operands[1:]
    elif call.program in _TO_LAST:
        operands += options.all("-t", "--target-directory") or options.operands[-1:]
    elif call.program == "sed" and options.has("-i", "--in-place"):
        operands += options.operands[0 if options.has("-e", "--expression", "-f", "--file") else 1 :]
    elif call.program == "dd":
        operands += [word[3:] for word in options.operands if word.startswith("of=")]
    elif call.program in _TO_LAST_PATH:
        operands += [word for word in options.operands if word.startswith("/")][-1:]
    elif call.program in _TO_OPTIONS:
        operands += options.all(*_TO_OPTIONS[call.program])
    for operand in operands:
        if operand != "-":
            path = None if operand is None or operand == _UNKNOWN else paths.joined(call.workdir, operand)
            is_hidden = path is not None and path.startswith(("/?$", "/?/")) and not path.startswith("/?$HOME")
            yield None if is_hidden or path == "/?" else path


def options_of(call: Call) -> Options:
    """The options and operands of a command that `written` knows; `$?` for each word that only a running shell does."""
    return parsed([_UNKNOWN if word is None else word for word in call.words], _VALUED.get(call.program, ()))


def may_write(text: str) -> bool:
    """Whether a script that can't be read names a program that writes to files, or redirects into one."""
    return _MAY_WRITE.search(text) is not None


def named(call: Call) -> Iterator[Named]:
    """The absolute paths among the words of a command, the program's own left out."""
    if call.program in _READERS:
        return
    before = ""
    for word in call.words:
        if word is None:
            before = ""
            continue
        option, has_value, _ = word.partition("=") if word.startswith("-") else (before, "", "")
        for path in paths_in(word):
            yield Named(path, option == "-o" or _says_written(option, path))
        before = word if word.startswith("-") and not has_value else ""


def named_by(variable: str, value: str) -> Iterator[Named]:
    """The absolute paths that a variable of the image names to the program that it starts."""
    name = variable.lower().replace("_", "-")
    is_route = value.startswith("/") and _ROUTE.search(name) is not None
    if is_route or _READ_VARIABLE.fullmatch(variable) is not None:
        return
    for path in paths_in(value):
        is_written = variable in _CACHES or _WRITTEN_FILE.search(path) is not None
        is_hinted = _says_written(name, path)
        if is_written or is_hinted or _READ_UNLESS_WRITTEN.fullmatch(variable) is None:
            yield Named(path, is_written, is_hinted)


def paths_in(text: str) -> Iterable[str]:
    """The absolute paths in a text, those of sqlite:////path and file:///path included."""
    return (paths.joined("/", match.group()) for match in _PATH.finditer(text))


def _says_written(name: str, path: str) -> bool:
    """Whether the name of an option or variable, or of the file it stands for, says that the file is written."""
    is_hinted = _WRITTEN_OPTION.search(name) is not None or _WRITTEN_FILE.search(path) is not None
    return is_hinted and _READ_OPTION.search(name) is None

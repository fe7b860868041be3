"""Which files an install is told of otherwise than by its manifests: by variables, by settings and by options.

These are certificates, configurations, indexes and archives in a folder, headers of C. The names are those of the
tools' own documentation (pip, uv, Poetry, conda, OpenSSL, git, GCC).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from docker_hooks.dockerfile.options import names
from docker_hooks.dockerfile.regex import regex

# Variables whose values are paths.
FILE_VARIABLES = names(
    "BASH_ENV CONDARC CURL_CA_BUNDLE GIT_SSL_CAINFO LD_LIBRARY_PATH LD_PRELOAD MAMBARC NETRC PIPENV_PIPFILE "
    "PIP_BUILD_CONSTRAINT PIP_CERT PIP_CLIENT_CERT PIP_CONFIG_FILE PIP_CONSTRAINT PIP_EDITABLE PIP_FIND_LINKS "
    "PIP_REQUIREMENT PIP_TARGET PYTHONHOME REQUESTS_CA_BUNDLE SSL_CERT_DIR SSL_CERT_FILE TEMP TMP TMPDIR "
    "UV_BUILD_CONSTRAINT UV_CONFIG_FILE UV_CONSTRAINT UV_ENV_FILE UV_FIND_LINKS UV_OVERRIDE UV_PROJECT "
    "UV_WORKING_DIRECTORY"
)
# ... those in whose values a path may stand, and those of them that say where to write, or where an environment is.
_TOOL_VARIABLE = regex(
    r"(?:CARGO|CMAKE|GIT|MAMBA|PDM|PIP|PIPENV|PKG_CONFIG|POETRY|RUST|SSH|UV)_\w+|PYTHON(?!PATH)[A-Z]+"
    r"|(?:\w+_)?(?:CA|CERTS?|CERTIFICATES?|SSL)(?:_\w+)?|[A-Z]*FLAGS|CC|CXX|CPATH|\w*(?:INCLUDE|LIBRARY)_PATH"
    r"|CONDA_(?:DEFAULT_)?CHANNELS|XDG_CONFIG_(?:DIRS|HOME)|HOME"
)
_WRITTEN_VARIABLE = regex(r"\w*CACHE_DIR|PYTHONPYCACHEPREFIX|UV_PROJECT_ENVIRONMENT")
# Settings, by the last part of their names, whose values are paths; those that name none that an install reads.
_FILE_SETTINGS = names("build-constraint cert client-cert constraint find-links requirement ssl_verify sslcainfo")
_OTHER_SETTINGS = names("cache-dir directory")
_BETWEEN = regex(r"[\s,;='\"]+")
# An option of a compiler that its path follows at once: -I/include.
_OPTION = regex(r"-[A-Za-z]+(?=[./])")


def may_tell(variable: str) -> bool:
    """Whether a variable may tell an install of a file. PATH, PYTHONPATH and VIRTUAL_ENV don't, nor do an app's own."""
    if variable in FILE_VARIABLES:
        return True
    return _TOOL_VARIABLE.fullmatch(variable) is not None and _WRITTEN_VARIABLE.fullmatch(variable) is None


def paths_told(text: str, *, relative: bool = False) -> Iterator[str]:
    """The paths that stand in a value, those of `file:` and `-I` too: absolute, or with `./` or `../` in front.

    With `relative`, all that it names is taken for a path, unless it is a URL.
    """
    for word in _BETWEEN.split(text):
        _, is_file, url_path = word.rpartition("file:")
        word = url_path.removeprefix("//") if is_file else word
        for part in word.split(":") if "://" not in word else ():
            option = _OPTION.match(part)
            path = part[option.end() :] if option else part
            if path.startswith(("/", "./", "../")) or (relative and path and not path.startswith("-")):
                yield path


def paths_set(words: Sequence[str]) -> Iterator[str]:
    """The paths that `pip config set`, `conda config`, `poetry config` or `git config` write down, given its words."""
    for key, word in pairwise(words):
        name = key.rpartition(".")[2].lower()
        if name not in _OTHER_SETTINGS:
            yield from paths_told(word, relative=name in _FILE_SETTINGS and not {"/", "."}.isdisjoint(word))

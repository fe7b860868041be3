"""What a command touches on the disk, for commands of which that can be told from their words.

A build step may change places with a COPY if it touches nothing that the COPY brings. `make` or `./setup.sh` may
read anything; `apt-get install gcc`, `useradd app` or `chmod +x /usr/local/bin/x` touch what they name, if that.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from docker_hooks.dockerfile.options import Options, names, parsed
from docker_hooks.dockerfile.told_files import paths_set
from docker_hooks.dockerfile.values import NamedTuple


class Footprint(NamedTuple):
    """What a command reads or writes, as paths written relative to the folder in which it runs.

    `folders` are those that it makes if they aren't there, `environments` virtual environments that it makes.
    """

    paths: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    environments: tuple[str, ...] = ()


def footprint(program: str, words: Sequence[str | None]) -> Footprint | None:
    """What `program` touches, given its words (None for one that only a running shell knows); None where unknown."""
    if program in _NAMES_ALONE:
        return Footprint(tuple(path for word in words if word is not None for path in _paths_in(word)))
    known = [_HIDDEN if word is None else word for word in words]
    if program in _SUBCOMMANDS:
        subcommand = next((word for word in known if not word.startswith("-")), "")
        is_known = subcommand in ("", *_SUBCOMMANDS[program]) and not any(word.startswith("--file") for word in known)
        told = paths_set(known) if subcommand == "config" else ()
        return Footprint(tuple(told)) if is_known else None
    reader = _READERS.get(program)
    found = reader(known) if reader is not None else None
    if found is None and program in _FILE_PROGRAMS:
        operands = [word for word in known if not word.startswith("-")]
        options = [path for word in known if word.startswith("-") for path in _paths_in(word)]
        found = Footprint((*operands[_FILE_PROGRAMS[program] :], *options))
    if found is None or any(_HIDDEN in path for paths in found for path in paths):
        return None
    return found


# Stands for a word that isn't known.
_HIDDEN = "\0"
# Programs whose words are names, texts or options: a word is a path only if it looks like one.
_NAMES_ALONE = names(
    ": addgroup adduser add-apt-repository apk apt apt-cache apt-get apt-mark aptitude chpasswd command date "
    "delgroup deluser dnf dpkg-divert dpkg-reconfigure echo exit export false gpasswd groupadd "
    "groupdel groupmod hash id ldconfig locale locale-gen localedef microdnf passwd printf pwd set sleep tdnf "
    "true type umask uname unset update-alternatives update-ca-certificates update-locale useradd userdel usermod "
    "which yum zypper"
)
# Programs that touch the files they name; the number of operands in front that are none: a mode, an owner, a script.
_FILE_PROGRAMS = {
    **dict.fromkeys(names("cat cp debconf-set-selections dpkg gpg head install ln ls md5sum mv rm rmdir rpm"), 0),
    **dict.fromkeys(names("sha1sum sha256sum tail tee touch wc"), 0),
    **dict.fromkeys(names("chgrp chmod chown grep sed"), 1),
}
# Tools of whose subcommands these touch nothing but the tool's own installation, settings and caches.
_SUBCOMMANDS = {
    **dict.fromkeys(names("conda mamba micromamba"), names("activate clean config deactivate info init list")),
    "pip": names("cache check config debug freeze list show uninstall"),
    "corepack": names("enable disable"),
    "playwright": names("install install-deps"),
}
_CURL_VALUED = names(
    "-o --output --output-dir -H --header -A --user-agent -X --request -d --data -u --user -m --max-time --retry "
    "--retry-delay --connect-timeout -w --write-out -e --referer --proto --url -x --proxy"
)
_WGET_VALUED = names(
    "-O --output-document -P --directory-prefix --header -U --user-agent -t --tries -T --timeout -e --execute -o "
    "--output-file -a --append-output --user --password"
)
# Files that package managers install.
_PACKAGES = (".apk", ".deb", ".rpm")
_FILE_TESTS = names("-a -b -c -d -e -f -g -G -h -k -L -O -p -r -s -S -u -w -x")
_SHELLS = names("sh bash dash ash python python3")


def _paths_in(word: str) -> list[str]:
    """The path that a word names by its look: itself, or the value of an option or of an assignment."""
    value = word.partition("=")[2] if "=" in word else word
    is_path = value in (".", "..") or value.startswith(("/", "./", "../", "~")) or value.endswith(_PACKAGES)
    return [value] if is_path else []


def _test(words: Sequence[str]) -> Footprint | None:
    """`test -f FILE` and its like read what they name; to compare strings reads nothing."""
    if any(word in ("-nt", "-ot", "-ef") for word in words):
        return None
    pairs = pairwise(words)
    return Footprint(tuple(word for option, word in pairs if option in _FILE_TESTS))


def _find(words: Sequence[str]) -> Footprint | None:
    start = next((index for index, word in enumerate(words) if word[:1] in ("-", "(", "!")), len(words))
    runs = {after for word, after in pairwise(words) if word in ("-exec", "-execdir", "-ok")}
    return Footprint(tuple(words[:start]) or (".",)) if runs <= {"chmod", "chown", "rm", "strip"} else None


def _mkdir(words: Sequence[str]) -> Footprint | None:
    options = parsed(words, ("-m", "--mode"))
    return None if options.has("-m", "--mode") else Footprint(folders=options.operands)


def _apt_key(words: Sequence[str]) -> Footprint:
    operands = parsed(words, ("--keyring", "--keyserver", "--recv-keys")).operands
    return Footprint(tuple(word for word in operands[1:] if word != "-") if operands[:1] == ("add",) else ())


def _curl(words: Sequence[str]) -> Footprint | None:
    options = parsed(words, _CURL_VALUED)
    if options.has("-T", "--upload-file", "-K", "--config", "-F", "--form") or any(
        data.startswith("@") for data in options.all("-d", "--data")
    ):
        return None
    into_folder = options.all("--output-dir") or (("./",) if options.has("-O", "--remote-name") else ())
    places = (place for place in options.all("-o", "--output") if place != "-")
    return Footprint((*places, *into_folder, *_files_beside_urls(options, _CURL_VALUED)))


def _wget(words: Sequence[str]) -> Footprint | None:
    options = parsed(words, _WGET_VALUED)
    if options.has("-i", "--input-file", "-r", "--recursive", "--post-file"):
        return None
    places = options.all("-O", "--output-document") or options.all("-P", "--directory-prefix") or ("./",)
    return Footprint((*(place for place in places if place != "-"), *_files_beside_urls(options, _WGET_VALUED)))


def _files_beside_urls(options: Options, valued: frozenset[str]) -> tuple[str, ...]:
    """What may be a file among the operands, and in options that aren't known here."""
    values = [value for name, value in options.given if name not in valued and value]
    return tuple(word for word in (*options.operands, *values) if "://" not in word and word != _HIDDEN)


def _tar(words: Sequence[str]) -> Footprint | None:
    options = parsed(words, ("-f", "--file", "-C", "--directory"))
    if options.has("-T", "--files-from", "-X", "--exclude-from"):
        return None
    archives = options.all("-f", "--file")
    # `tar xzf a.tar` has its options in the first operand.
    return Footprint((*archives, *options.operands[not archives :], *(options.all("-C", "--directory") or ("./",))))


def _unzip(words: Sequence[str]) -> Footprint:
    options = parsed(words, ("-d", "-x"))
    return Footprint((*options.operands[:1], *(options.all("-d") or ("./",))))


def _git(words: Sequence[str]) -> Footprint | None:
    options = parsed(words, ("-b", "--branch", "--depth", "-c", "--config", "-C", "-j", "--jobs"))
    if options.operands[:1] == ("config",):
        return Footprint(tuple(paths_set(words))) if options.has("--global", "--system") else None
    if options.operands[:1] != ("clone",) or options.has("-C"):
        return None
    local = tuple(source for source in options.operands[1:2] if ":" not in source and source != _HIDDEN)
    return Footprint((*(options.operands[2:3] or ("./",)), *local))


def _python(words: Sequence[str]) -> Footprint | None:
    """`python -m venv`, `python --version`; any other may import what lies in the folder."""
    if list(words[:2]) in (["-m", "venv"], ["-m", "virtualenv"]):
        return _virtualenv(words[2:])
    return Footprint() if list(words) in (["--version"], ["-V"]) else None


def _virtualenv(words: Sequence[str]) -> Footprint:
    options = parsed(words, ("-p", "--python", "--prompt"))
    return Footprint(environments=options.operands)


def _uv(words: Sequence[str]) -> Footprint | None:
    options = parsed(words, ("-p", "--python", "--prompt", "--index-strategy"))
    if options.operands[:1] == ("venv",):
        return Footprint(environments=options.operands[1:] or (".venv",))
    if options.operands[:2] in (("python", "install"), ("tool", "install")):
        # Without a version to install, uv looks for one in `.python-version`.
        is_named = len(options.operands) > 2 and not any(_paths_in(word) for word in options.operands)
        return Footprint() if is_named and not options.has("--with-editable", "--with-requirements", "-e") else None
    return Footprint() if options.operands[:1] == ("cache",) or list(words) == ["--version"] else None


def _poetry(words: Sequence[str]) -> Footprint | None:
    options = parsed(words, ())
    if options.operands[:1] == ("config",):
        return None if options.has("--local") else Footprint(tuple(paths_set(words)))
    return Footprint() if options.operands[:1] in (("self",), ("cache",)) or options.has("--version") else None


def _pipx(words: Sequence[str]) -> Footprint | None:
    options = parsed(words, ("--python", "--pip-args", "--suffix"))
    local = any(_paths_in(word) for word in options.operands)
    return Footprint() if options.operands[:1] in (("install",), ("ensurepath",)) and not local else None


def _npm(words: Sequence[str]) -> Footprint | None:
    options = parsed(words, ())
    local = any(_paths_in(word) and not word.startswith("@") for word in options.operands)
    is_global = options.has("-g", "--global") and options.operands[:1] in (("install",), ("i",)) and not local
    return Footprint() if is_global else None


def _sourced(words: Sequence[str]) -> Footprint:
    return Footprint(tuple(words[:1]))


def piped(program: str, words: Sequence[str | None]) -> Footprint | None:
    """What a shell or Python touches that runs an installer from a pipe, as in `curl https://... | sh -s -- -y`."""
    if program not in _SHELLS or (words and words[0] not in ("-", "-s", "-e", "-ex", "-x")):
        return None
    return footprint("echo", words)


_READERS: dict[str, Callable[[Sequence[str]], Footprint | None]] = {
    ".": _sourced,
    "source": _sourced,
    "[": _test,
    "[[": _test,
    "test": _test,
    "find": _find,
    "apt-key": _apt_key,
    "mkdir": _mkdir,
    "curl": _curl,
    "wget": _wget,
    "tar": _tar,
    "unzip": _unzip,
    "git": _git,
    "python": _python,
    "virtualenv": _virtualenv,
    "uv": _uv,
    "poetry": _poetry,
    "pipx": _pipx,
    "npm": _npm,
}

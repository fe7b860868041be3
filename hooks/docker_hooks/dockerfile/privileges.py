"""What in a Dockerfile needs root when the image runs, or keeps what it needs in root's home.

A container that starts as root on purpose, to drop to another user or to run a daemon that has to be root, is right
as it is. One whose programs or data lie in /root breaks when another user runs it.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from docker_hooks.dockerfile.options import names
from docker_hooks.dockerfile.programs import SHELLS, Invocation, invocation
from docker_hooks.dockerfile.reader import Instruction
from docker_hooks.dockerfile.regex import regex
from docker_hooks.dockerfile.script import InstructionScript
from docker_hooks.dockerfile.stages import State
from docker_hooks.dockerfile.values import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from docker_hooks.dockerfile.calls import Call

# Programs that are installed for nothing else than to start another as a user of lower rights ...
_DROPPERS = frozenset(("gosu", "su-exec", "suexec", "fixuid", "chpst", "setuidgid", "s6-setuidgid"))
# ... and those of the system that do so too.
_SWITCHERS = _DROPPERS | {"capsh", "chroot", "doas", "runuser", "setpriv", "start-stop-daemon", "su", "sudo"}
# Daemons and supervisors that start as root and see to their users themselves, or can't do without.
_DAEMONS = names(
    "apache2 apache2-foreground apache2ctl apachectl containerd cron crond dnsmasq dockerd dockerd-entrypoint.sh "
    "httpd httpd-foreground init monit my_init mysqld named nginx openvpn php-fpm rsyslogd runit runsvdir "
    "s6-svscan service slapd smbd sshd supervisord systemctl systemd vsftpd xinetd"
)
_ROOT_WORK = names(
    "adduser apk apt apt-get chown chpasswd groupmod ip6tables iptables modprobe mount nft swapon sysctl tcpdump "
    "umount update-ca-certificates useradd usermod"
)
# Options by which programs, started as root, go on as another user.
_DROPPING_OPTIONS = {
    "celery": names("--uid --gid"),
    "gunicorn": names("-u --user -g --group"),
    "uwsgi": names("--uid --gid"),
}
_INIT_SCRIPTS = "/etc/init.d/"
# Programs that install into, or are set up in, the home of the user who runs them.
_HOME_INSTALLERS = frozenset(("asdf", "cargo", "mise", "nvm", "ollama", "pipx", "pyenv", "rbenv", "rustup", "sdk"))
_IN_HOME = regex(r"(?:^|[=:\s\"'(,])(?:~|\$HOME|\$\{HOME\}|/root)(?=[/\s\"':;,)]|$)")
_CACHED_IN_HOME = regex(
    r"from_pretrained|snapshot_download|hf_hub_download|torch\.hub|stanza\.download|whisper\.load_model"
    r"|\b(?:CrossEncoder|SentenceTransformer|WhisperModel|pipeline)\("
)
_NLTK = regex(r"nltk\.download")
_NLTK_FOLDER = regex(r"nltk\.download(?:er(?:[^&;|\n\\]|\\\n){0,200}\s-d|\([^)]{0,200}(?:download_dir|,\s*[\"']/))")
_POETRY_SET_UP = regex(r"virtualenvs\.(?:create\s+false|in-project\s+true)")
_WORDS = regex(r"[\w.+-]+")
_POETRY_CREATES_NONE = regex(r"config\s+virtualenvs\.create\s+false(?!\s+--local)")
_UV_INSTALLS = regex(r"(?<![\w-])uv\s+(?:-[\w=-]+\s+)*(?:pip|run|sync|venv)\b")
# Words of `uv run` that keep it from changing the environment.
_KEEPS_ENVIRONMENT = frozenset(("--isolated", "--no-project", "--no-sync"))
_PORT = regex(r"([0-9]{1,3})(?:-[0-9]+)?(?:/(?:tcp|udp))?\Z")
_PORT_OF_PROGRAM = regex(r"(?::|\A--?(?:[\w.-]*[.-])?port=)([0-9]{1,3})\Z")
_PORT_OPTION = regex(r"--?(?:[\w.-]*[.-])?port")
_SHORT_PORT = regex(r"-p=?([0-9]{2,3})")
# What `-p` says of less than this is a number of processes.
_FIRST_PORT = 20
# Programs whose only number is the port.
_SERVERS = frozenset(("SimpleHTTPServer", "http.server", "runserver"))
# Programs whose number behind a colon is a display's, and other words that name a display.
_X_SERVERS = frozenset(("Xorg", "Xvfb", "Xvnc", "vncserver"))
_DISPLAY = regex(r"--?display :[0-9]|\S* (?:--?display|DISPLAY)=\"?:[0-9]")
_PORT_VARIABLE = regex(r"(?:(?:APP|FLASK_RUN|GRADIO_SERVER|HTTPS?|LISTEN|SERVER|STREAMLIT_SERVER|UVICORN|WEB)_)?PORT")


class Setup(NamedTuple):
    """What of an image decides where programs install, and what of that another user than root finds.

    Whether its base has Python, whether poetry is configured to install outside of the home, whether that is so by a
    file in root's home alone, and whether uv has made an environment.
    """

    has_python: bool = False
    poetry_is_set: bool = False
    poetry_is_set_for_root: bool = False
    uv_has_installed: bool = False


def setup(instructions: Iterable[Instruction], has_python: bool) -> Setup:
    """What the RUNs among the instructions set up, such as `poetry config virtualenvs.create false`."""
    texts = [instruction.value for instruction in instructions if instruction.name == "RUN"]
    by_poetry = [text for text in texts if "virtualenvs." in text]
    return Setup(
        has_python,
        any(_POETRY_SET_UP.search(text) for text in by_poetry),
        any(_POETRY_CREATES_NONE.search(text) for text in by_poetry),
        any(_UV_INSTALLS.search(text) for text in texts if "uv" in text),
    )


def privileged_program(words: Sequence[str]) -> str | None:
    """The word that makes a start command one for root: a program, or its option to drop rights; None without one."""
    options: Collection[str] = ()
    for word in words:
        name = posixpath.basename(word.strip("\"'"))
        drops = name in _SWITCHERS or word.partition("=")[0] in options
        if drops or name in _DAEMONS or word.startswith(_INIT_SCRIPTS):
            return name
        options = _DROPPING_OPTIONS.get(name, options)
    return None


def script_needs_root(text: str) -> bool:
    """Whether the text of a start script names what only root may do, or starts something as another user."""
    names = set(_WORDS.findall(text))
    does = not names.isdisjoint(_SWITCHERS | _DAEMONS | _ROOT_WORK) or privileged_program(text.split()) is not None
    return does or _names_home(text)


def needs_root(call: Call) -> bool:
    """Whether a command does what only root may do."""
    return call.program in _ROOT_WORK or (call.program == "date" and ("-s" in call.words or "--set" in call.words))


def names_dropper(text: str) -> bool:
    """Whether a text names a program that is there to start others as a user of lower rights."""
    return not _DROPPERS.isdisjoint(_WORDS.findall(text))


def exposed_port(words: Iterable[str]) -> int | None:
    """The first port below 1024 among the words of an EXPOSE, or None."""
    return next((int(match[1]) for word in words if (match := _PORT.match(word)) and int(match[1])), None)


def listening_port(words: Sequence[str]) -> int | None:
    """The first port below 1024 that the words of a command have a program listen on, or None."""
    before = ""
    serves = shows = False
    for word in words:
        if _DISPLAY.match(f"{before} {word}") or (shows and word.startswith(":")):
            shows = False
            before = word
            continue
        is_number = word.isdecimal() and word.isascii() and len(word) < 4
        port = _PORT_OF_PROGRAM.search(word)
        short = _SHORT_PORT.fullmatch(f"{before}{word}" if before == "-p" else word)
        if port is not None and int(port[1]):
            return int(port[1])
        if short is not None and int(short[1]) >= _FIRST_PORT:
            return int(short[1])
        if is_number and int(word) and (serves or _PORT_OPTION.fullmatch(before)):
            return int(word)
        serves = serves or word in _SERVERS
        shows = (shows or posixpath.basename(word) in _X_SERVERS) and word not in (";", "&", "&&", "|", "||")
        before = word
    return None


def port_variable(values: Mapping[str, str]) -> int | None:
    """The port below 1024 that a variable such as PORT gives the program, or None."""
    for name, value in values.items():
        if _PORT_VARIABLE.fullmatch(name) and value.isdecimal() and value.isascii() and 0 < int(value[:20]) < 1024:
            return int(value)
    return None


def stale_runner(call: Call, state: State, image: Setup) -> str | None:
    """Why a program that runs another, such as `uv run`, may not work for another user than root, who installed.

    `state` is in force when the image runs. What uv, poetry, pipenv and pdm do was tried out: the last two change
    nothing of an environment that is there.
    """
    if "run" not in call.words:
        return None
    keeps = not _KEEPS_ENVIRONMENT.isdisjoint(call.words) or _is_set(state, "UV_NO_SYNC")
    if call.program == "uv" and image.uv_has_installed and not keeps:
        return "uv run brings root's environment up to date, which another user can't: use uv run --no-sync"
    if call.program == "poetry" and image.poetry_is_set_for_root and not _is_set(state, "POETRY_VIRTUALENVS_CREATE"):
        return "poetry run of another user doesn't see root's configuration: start the program without it"
    return None


def root_home_use(
    instruction: Instruction,
    script_of: Callable[[Instruction], InstructionScript] | None,
    state: State,
    image: Setup,
) -> str | None:
    """How an instruction that root runs makes the image need root's home; None where it does not.

    The answer is to be read behind "line N". `script_of` reads the script of a RUN in shell form, None for others.
    """
    if instruction.name == "RUN" and script_of is not None:
        return _use_by_script(script_of(instruction), state, image)
    names_home = any(_names_home(argument) for argument in instruction.arguments or ())
    is_kept = instruction.name in ("ENV", "COPY", "ADD", "CMD", "ENTRYPOINT", "WORKDIR", "RUN")
    return "names root's home" if names_home and is_kept else None


def _use_by_script(script: InstructionScript, state: State, image: Setup) -> str | None:
    if script.reason:
        return f"may put things into root's home (it can't be read: {script.reason})"
    is_cached = _CACHED_IN_HOME.search(script.text) is not None
    if is_cached or len(_NLTK.findall(script.text)) > len(_NLTK_FOLDER.findall(script.text)):
        return "downloads what is then cached in root's home"
    for command in script.commands:
        call = invocation(command)
        if call is not None and call.program == "rm":
            continue
        if any(_names_home(word.text) for word in (*command.assignments, *command.words)) or any(
            _names_home(redirect.target.text) for redirect in command.redirects
        ):
            return "uses root's home"
        use = _use_by_program(call, command.operator_before, state, image) if call is not None else None
        if use is not None:
            return use
    return None


def _use_by_program(call: Invocation, operator_before: str, state: State, image: Setup) -> str | None:
    program = call.program
    words = [word.value or "" for word in call.arguments]
    subcommand = next((word for word in words if not word.startswith("-")), "")
    if program in SHELLS and operator_before in ("|", "|&"):
        return "pipes an installer into a shell, which may install into root's home"
    if program in SHELLS and "-c" not in words and subcommand:
        return f"runs a script ({subcommand}), which may install into root's home"
    if "--user" in words and (program == "pip" or "install" in words):
        return "installs into root's home (--user)"
    by_variables = ("POETRY_VIRTUALENVS_CREATE", "POETRY_VIRTUALENVS_IN_PROJECT")
    if program == "poetry" and subcommand == "install" and not (image.poetry_is_set or _is_set(state, *by_variables)):
        return "installs into a virtual environment in root's home (poetry's default)"
    is_pipenv = program == "pipenv" and subcommand in ("install", "sync") and "--system" not in words
    if is_pipenv and not _is_set(state, "PIPENV_VENV_IN_PROJECT"):
        return "installs into a virtual environment in root's home (pipenv's default)"
    if program == "uv" and (subcommand == "tool" or words[:2] == ["python", "install"]):
        return "installs into root's home (uv's default)"
    if program == "uv" and subcommand in ("sync", "venv", "run") and not image.has_python:
        return "may install a Python into root's home (uv's default)"
    if program == "playwright" and subcommand == "install" and not _is_set(state, "PLAYWRIGHT_BROWSERS_PATH"):
        return "installs browsers into root's home (playwright's default)"
    if program in ("huggingface-cli", "hf") and "download" in words and not _is_set(state, "HF_HOME"):
        return "downloads what is then cached in root's home"
    if program in _HOME_INSTALLERS:
        return f"installs into root's home ({program}'s default)"
    return None


def _names_home(text: str) -> bool:
    return ("~" in text or "HOME" in text or "/root" in text) and _IN_HOME.search(text) is not None


def _is_set(state: State, *names: str) -> bool:
    return any(state.value(name)[0] for name in names)

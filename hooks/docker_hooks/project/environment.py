"""Which variables of a compose file or an env file hold a secret, by their names and by what is written behind them.

What keeps nobody out is none: the words that everyone takes for a database of their own machine (`postgres`,
`changeme`), and what is named beside, such as the user.
"""

from __future__ import annotations

from collections.abc import Iterable

from docker_hooks.dockerfile.secrets import credentials, is_placeholder, may_be_secret_name

_SHORTEST = 4
_MOST_GUESSES = 50
_EVERYONES = frozenset(
    (
        "12345",
        "123456",
        "admin",
        "airflow",
        "changeme",
        "change_me",
        "default",
        "demo",
        "development",
        "docker",
        "guest",
    )
    + ("localhost", "mariadb", "minio", "minio123", "minioadmin", "mlflow", "mongo", "mysql", "neo4j", "pass", "passwd")
    + ("password", "postgres", "postgresql", "rabbitmq", "redis", "root", "secret", "token", "user", "username")
)
_NAMING = ("USER", "USERNAME", "DB", "DATABASE", "NAME", "LOGIN")


def holds_secret(name: str, value: str, guesses: Iterable[str] = ()) -> bool:
    """Whether the value written for a variable is a secret. `guesses` are words that anyone would try."""
    value = value.strip().strip("'\"")
    found = [credential for credential in credentials(value) if not credential.variables]
    for credential in found:
        in_url = value[credential.start :].removeprefix("://").partition("@")[0]
        if credential.kind != "credentials in a URL" or not _is_open(in_url.partition(":")[2] or in_url, guesses):
            return True
    if "$" in value or found or not may_be_secret_name(name):
        return False
    return not is_placeholder(value, name) and not _is_open(value, guesses)


def known_words(variables: Iterable[tuple[str, str | None]]) -> tuple[str, ...]:
    """What anyone would try: the users and databases that variables name."""
    return tuple(value for name, value in variables if value and name.upper().endswith(_NAMING))[:_MOST_GUESSES]


def secret_in(text: str) -> str | None:
    """The first variable of an env file's text that holds a secret, None if there is none."""
    split = [line.strip().removeprefix("export ").partition("=") for line in text.split("\n")]
    variables = [(name.strip(), value) for name, _, value in split if name and not name.startswith("#")]
    guesses = known_words(variables)
    return next((name for name, value in variables if holds_secret(name, value, guesses)), None)


def _is_open(value: str, guesses: Iterable[str]) -> bool:
    lower = value.lower()
    return len(value) < _SHORTEST or lower in _EVERYONES or any(lower == guess.lower() for guess in guesses)

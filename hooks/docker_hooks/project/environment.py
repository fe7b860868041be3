"""Which variables of a compose file or an env file hold a secret, by their names and by what is written behind them."""

from __future__ import annotations

from collections.abc import Iterable

from docker_hooks.dockerfile.secrets import credentials, is_no_secret, known_words, may_be_secret_name


def holds_secret(name: str, value: str, guesses: Iterable[str] = ()) -> bool:
    """Whether the value written for a variable is a secret. `guesses` are words that anyone would try."""
    value = value.strip().strip("'\"")
    if any(not credential.variables for credential in credentials(value, guesses)):
        return True
    return "$" not in value and may_be_secret_name(name) and not is_no_secret(value, name, guesses)


def secret_in(text: str) -> str | None:
    """The first variable of an env file's text that holds a secret, None if there is none."""
    split = [line.strip().removeprefix("export ").partition("=") for line in text.split("\n")]
    variables = [(name.strip(), value) for name, _, value in split if name and not name.startswith("#")]
    guesses = known_words(variables)
    return next((name for name, value in variables if holds_secret(name, value, guesses)), None)

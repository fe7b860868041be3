"""Options and operands of a command line, in getopt_long's and optparse's form."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from docker_hooks.dockerfile.values import NamedTuple


class Options(NamedTuple):
    """The options given, in order, each with its value ("" where it has none), and the operands."""

    given: tuple[tuple[str, str], ...]
    operands: tuple[str, ...]

    def all(self, *names: str) -> tuple[str, ...]:
        """The values of the options that go by any of `names`."""
        return tuple(value for name, value in self.given if name in names)

    def has(self, *names: str) -> bool:
        """Whether one of the options was given."""
        return any(name in names for name, _ in self.given)


def parsed(words: Sequence[str], valued: Collection[str]) -> Options:
    """Part the words of a command. `valued` are the options that take a value, as `-r` and `--requirement`."""
    given: list[tuple[str, str]] = []
    operands: list[str] = []
    waiting = ""
    only_operands = False
    for word in words:
        if waiting:
            given.append((waiting, word))
            waiting = ""
        elif only_operands or not word.startswith("-") or word == "-":
            operands.append(word)
        elif word == "--":
            only_operands = True
        elif word.startswith("--"):
            name, equals, text = word.partition("=")
            if not equals and name in valued:
                waiting = name
            else:
                given.append((name, text))
        else:
            waiting = _read_letters(word, valued, given)
    return Options(tuple(given), tuple(operands))


def names(text: str) -> frozenset[str]:
    """The names in a text, parted by white space: how tables of them are written."""
    return frozenset(text.split())


def _read_letters(word: str, valued: Collection[str], given: list[tuple[str, str]]) -> str:
    """Read `-abc` or `-rFILE`; the option that still waits for its value, or ""."""
    for index, letter in enumerate(word[1:], start=2):
        name = f"-{letter}"
        if name not in valued:
            given.append((name, ""))
        elif word[index:]:
            given.append((name, word[index:].removeprefix("=")))
            return ""
        else:
            return name
    return ""

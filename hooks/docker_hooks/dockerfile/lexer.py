"""Splits and expands the words of an instruction as BuildKit does (frontend/dockerfile/shell/lex.go).

This is not a shell: it knows quotes, the escape character, `$NAME`, `${NAME}` with its modifiers, and `<<`.
"""

from __future__ import annotations

from docker_hooks.dockerfile.regex import regex
from docker_hooks.dockerfile.values import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    class Values(Protocol):
        """Where the lexer looks a name up: a dict of str, or what behaves like one."""

        def get(self, name: str, /) -> str | None: ...


# Go's unicode.IsSpace; Python's str.isspace also takes the separators U+001C to U+001F.
SPACE = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
# What means nothing, neither to the lexer nor where a substitution may end; \s leaves out U+001C to U+001F, and so is
# quicker to compile than a class of SPACE.
_PLAIN = regex(r"[^\s$'\"<\\`/}]+")
_SPECIAL_PARAMETERS = "@*#?-$!0"
_DEEPEST = 50
# What variables stand for may be so long, in one text: a value made of itself twice over grows without end.
_LONGEST = 2000


class LexError(ValueError):
    """The words can't be read: an open quote, a bad substitution."""


class Lexed(NamedTuple):
    """What a text lexes to: the expanded text, its words, and the names that had no value."""

    text: str
    words: tuple[str, ...]
    unset: frozenset[str]


def lex(
    text: str,
    values: Values,
    *,
    escape: str = "\\",
    raw_quotes: bool = False,
    raw_escapes: bool = False,
    keep_unset: bool = False,
) -> Lexed:
    """Expand `text` with `values` and split it at white space.

    `raw_quotes` and `raw_escapes` keep those characters; `keep_unset` leaves `$NAME` as it stands where
    `values` has no NAME (it is empty otherwise). Raises LexError.
    """
    lexer = _Lexer(text, values, escape, raw_quotes, raw_escapes, keep_unset)
    result, words = lexer.until(None, raw_escapes, 0)
    return Lexed(result, tuple(words), frozenset(lexer.unset))


class _Words:
    """Words gathered from characters; the buffer is shared with inner substitutions, as in BuildKit."""

    def __init__(self, buffer: list[str]) -> None:
        self.buffer = buffer
        self.words: list[str] = []
        self.in_word = False
        buffer.clear()

    def add(self, text: str) -> None:
        for character in text:
            if character not in SPACE:
                self.add_raw(character)
            elif self.in_word and self.buffer:
                self.flush()

    def add_raw(self, text: str) -> None:
        if text:
            self.buffer.append(text)
        self.in_word = True

    def flush(self) -> None:
        if self.buffer:
            self.words.append("".join(self.buffer))
            self.buffer.clear()
            self.in_word = False


class _Lexer:
    def __init__(
        self,
        text: str,
        values: Values,
        escape: str,
        raw_quotes: bool,
        raw_escapes: bool,
        keep_unset: bool,
    ) -> None:
        self.text = text
        self.at = 0
        self.values = values
        self.escape = escape
        self.raw_quotes = raw_quotes
        self.raw_escapes = raw_escapes
        self.keep_unset = keep_unset
        self.unset: set[str] = set()
        self.buffer: list[str] = []
        self.substituted = 0

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def next(self) -> str:
        character = self.text[self.at : self.at + 1]
        self.at += 1
        return character

    def until(self, stop: str | None, raw_escapes: bool, depth: int) -> tuple[str, list[str]]:
        """Read up to `stop` (consumed), or to the end where it is None."""
        if depth > _DEEPEST:
            raise LexError("substitutions are nested too deeply")
        outer_raw_escapes, self.raw_escapes = self.raw_escapes, raw_escapes
        result: list[str] = []
        words = _Words(self.buffer)
        while self.at < len(self.text):
            character = self.peek()
            if character == stop:
                self.at += 1
                break
            if plain := _PLAIN.match(self.text, self.at):
                self.at = plain.end()
                words.add_raw(plain[0])
                result.append(plain[0])
                continue
            if character == "$":
                value = self.dollar(depth)
                words.add(value)
            elif character in "'\"":
                value = self.single_quoted() if character == "'" else self.double_quoted(depth)
                words.add_raw(value)
            elif character == "<":
                value = self.heredoc_operator()
                words.add_raw(value)
            else:
                self.at += 1
                value = character
                if character == self.escape:
                    if self.raw_escapes:
                        words.add_raw(character)
                        result.append(character)
                    value = self.next()
                    if not value:
                        break
                    words.add_raw(value)
                else:
                    words.add(value)
            result.append(value)
        else:
            if stop is not None:
                raise LexError(f"unexpected end of statement while looking for matching {stop}")
        self.raw_escapes = outer_raw_escapes
        words.flush()
        return "".join(result), words.words

    def single_quoted(self) -> str:
        end = self.text.find("'", self.at + 1)
        if end < 0:
            self.at = len(self.text)
            raise LexError("unexpected end of statement while looking for matching single-quote")
        start, self.at = self.at, end + 1
        return self.text[start : end + 1] if self.raw_quotes else self.text[start + 1 : end]

    def double_quoted(self, depth: int) -> str:
        opening = self.next()
        result = [opening] if self.raw_quotes else []
        while True:
            character = self.peek()
            if not character:
                raise LexError("unexpected end of statement while looking for matching double-quote")
            if character == '"':
                self.at += 1
                if self.raw_quotes:
                    result.append(character)
                return "".join(result)
            if character == "$":
                result.append(self.dollar(depth))
                continue
            self.at += 1
            if character == self.escape:
                if self.raw_escapes:
                    result.append(character)
                following = self.peek()
                if not following:
                    continue
                if following in ('"', "$", self.escape):
                    self.at += 1
                    character = following
            result.append(character)

    def heredoc_operator(self) -> str:
        self.at += 1
        if self.peek() != "<":
            return "<"
        start = self.at - 1
        self.at += 1
        while self.peek() and self.peek() in "\t\r ":
            self.at += 1
        return self.text[start : self.at]

    def name(self) -> str:
        start = self.at
        first = self.peek()
        if first and first.isdigit():
            while self.peek().isdigit():
                self.at += 1
        elif first and first in _SPECIAL_PARAMETERS:
            self.at += 1
        else:
            while (character := self.peek()) and (character.isalpha() or character.isdigit() or character == "_"):
                self.at += 1
        return self.text[start : self.at]

    def value(self, name: str) -> str | None:
        value = self.values.get(name)
        if value is None:
            self.unset.add(name)
        return value

    def dollar(self, depth: int) -> str:
        value = self.substitution(depth)
        self.substituted += len(value)
        if self.substituted > _LONGEST:
            raise LexError("a substitution is too long to be read")
        return value

    def substitution(self, depth: int) -> str:
        self.at += 1
        if self.peek() != "{":
            name = self.name()
            if not name:
                return "$"
            value = self.value(name)
            if value is None:
                return "$" + name if self.keep_unset else ""
            return value
        self.at += 1
        if not self.peek():
            raise LexError("syntax error: missing '}'")
        if self.peek() in "{}:":
            raise LexError("syntax error: bad substitution")
        name = self.name()
        modifier = self.next()
        if modifier == "}":
            value = self.value(name)
            if value is None:
                return "${" + name + "}" if self.keep_unset else ""
            return value
        if modifier == "/":
            return self.replaced(name, depth)
        null_is_unset = modifier == ":"
        operator = self.next() if null_is_unset else modifier
        if not operator or operator not in "+-?#%" or (null_is_unset and operator in "#%"):
            raise LexError(f"unsupported modifier ({modifier}{operator if null_is_unset else ''}) in substitution")
        word = self.inner("}", operator in "#%", depth)
        value = self.values.get(name)
        if value is None and self.keep_unset:
            return "${" + name + (":" if null_is_unset else "") + operator + word + "}"
        missing = value is None or (null_is_unset and not value)
        if operator == "-":
            return word if missing else value or ""
        if operator == "+":
            return "" if missing else word
        if operator == "?":
            if missing:
                raise LexError(f"{name}: {word or 'is not allowed to be unset'}")
            return value or ""
        return _trimmed(self.value(name) or "", word, operator)

    def inner(self, stop: str, raw_escapes: bool, depth: int) -> str:
        try:
            return self.until(stop, raw_escapes, depth + 1)[0]
        except LexError as error:
            if self.at >= len(self.text):
                raise LexError(f"syntax error: missing '{stop}'") from error
            raise

    def replaced(self, name: str, depth: int) -> str:
        every = self.peek() == "/"
        if every:
            self.at += 1
        pattern = self.inner("/", True, depth)
        replacement = self.inner("}", True, depth)
        value = self.value(name)
        if value is None:
            return f"${{{name}/{pattern}/{replacement}}}" if self.keep_unset else ""
        if "*" in pattern or "?" in pattern or "\\" in pattern:
            raise LexError("a pattern in a substitution is not read")
        return value.replace(pattern, replacement, -1 if every else 1)


def _trimmed(value: str, pattern: str, operator: str) -> str:
    """`${value#pattern}` and its kin, where the pattern holds no wildcard."""
    pattern = pattern[1:] if pattern[:1] == operator else pattern
    if "*" in pattern or "?" in pattern or "\\" in pattern:
        raise LexError("a pattern in a substitution is not read")
    return value.removeprefix(pattern) if operator == "#" else value.removesuffix(pattern)

r"""Go's regular expressions, as far as Docker makes them out of the patterns of an ignore file.

Go matches in linear time; Python's `re` backtracks, and spells some things otherwise. `parse` reads Go's syntax into
elements, of which a Python regular expression (`python_regex`) or an automaton (`automaton.py`) can be made.
"""

from __future__ import annotations

import re
from functools import cache

from docker_hooks.dockerfile.regex import regex
from docker_hooks.dockerfile.values import NamedTuple

# A set of characters: the first and last code points of ranges, in order and apart.
CharSet = tuple[tuple[int, int], ...]

# The kinds of element: characters; nothing, or any number of characters and a slash behind them (`(.*/)?`); and,
# reading nothing, what must hold between two characters.
CHARS, FOLDERS = "chars", "folders"
START, END, WORD_EDGE, NO_WORD_EDGE = "start", "end", "word edge", "no word edge"


class Element(NamedTuple):
    """One step of a regular expression.

    kind: CHARS or FOLDERS, which read; START, END, WORD_EDGE or NO_WORD_EDGE, which don't
    chars: the characters that it reads; of FOLDERS those in front of the slash
    least, most: how many of them, of CHARS; without a limit if `most` is None
    """

    kind: str
    chars: CharSet = ()
    least: int = 1
    most: int | None = 1

    @property
    def is_wildcard(self) -> bool:
        """Whether it can read more or less."""
        return self.kind == FOLDERS or self.least != self.most


# What stands between the `|`, as sequences of elements: one of them must match from the start of a text on.
Alternatives = tuple[tuple[Element, ...], ...]


class RegexpError(ValueError):
    """Go's regexp.Compile rejects the expression; the text says why."""


def parse(regexp: str) -> Alternatives:
    """Read a Go regular expression that starts with `^`, ends with `$` and has no group but `(.*/)?`.

    Raises RegexpError. (Of the classes `\\p{...}` only the general categories are known, not the scripts.)
    """
    return _Parser(regexp).alternatives()


def literals(text: str) -> list[Element]:
    """Return the elements that read exactly this text."""
    return [Element(CHARS, ((ord(char), ord(char)),)) for char in text]


def any_number(chars: CharSet) -> Element:
    """Return the element that reads any number of these characters."""
    return Element(CHARS, chars, 0, None)


def charset(pairs: str) -> CharSet:
    """Make a set of ranges written as the first and last character of each: `09az`."""
    return tuple((ord(first), ord(last)) for first, last in zip(pairs[::2], pairs[1::2], strict=True))


def others(chars: CharSet) -> CharSet:
    """Return all characters that are not in the set."""
    edges = [-1, *(edge for pair in chars for edge in pair), _LAST + 1]
    gaps = ((last + 1, first - 1) for last, first in zip(edges[::2], edges[1::2], strict=True))
    return tuple((first, last) for first, last in gaps if first <= last)


def contains(chars: CharSet, char: str) -> bool:
    """Say whether the character is in the set."""
    return any(first <= ord(char) <= last for first, last in chars)


_LAST = 0x10FFFF
ANY = ((0, _LAST),)
SLASH = charset("//")
NOT_SLASH = others(SLASH)
DOT = others(charset("\n\n"))


def python_regex(alternatives: Alternatives) -> str:
    """Write the Python regular expression that matches the same."""
    return rf"\A(?:{'|'.join(''.join(map(_spell, elements)) for elements in alternatives)})"


def backtracks_little(alternatives: Alternatives) -> bool:
    """Say whether Python takes no longer for `python_regex` than the pattern's length times the path's.

    Python tries every way to share a path among the wildcards. One wildcard has few; so has one `*` in each component,
    because it must stop at the next slash, with one `**/` in front of a component. This holds for paths without a line
    feed, at which `**` stops.
    """
    if len(alternatives) > 1:
        return False
    elements = alternatives[0]
    if sum(element.is_wildcard for element in elements) < 2:
        return True
    folders = stars = 0  # in the pattern so far; in the component so far
    before = SLASH
    for element in elements:
        if element.kind == FOLDERS:
            if folders or before != SLASH:
                return False
            folders = 1
        elif element.is_wildcard:
            if stars or element.chars not in (NOT_SLASH, DOT):  # `.*` stands at the end alone
                return False
            stars = 1
        elif element.chars == SLASH:
            stars = 0
        elif contains(element.chars, "/"):
            return False
        if element.kind in (CHARS, FOLDERS):
            before = element.chars
    return True


def _spell(element: Element) -> str:
    if element.kind == FOLDERS:
        return f"(?:{_spell_chars(element.chars)}*/)?"
    if element.kind == CHARS:
        return _spell_chars(element.chars) + _spell_number(element.least, element.most)
    return {START: r"\A", END: r"\Z", WORD_EDGE: r"(?a:\b)", NO_WORD_EDGE: r"(?a:\B)"}[element.kind]


def _spell_number(least: int, most: int | None) -> str:
    if least == most == 1:
        return ""
    if (least, most) == (0, None):
        return "*"
    return f"{{{least},{'' if most is None else most}}}"


def _spell_chars(chars: CharSet) -> str:
    if chars == ANY:
        return "(?s:.)"
    if len(chars) == 1 and chars[0][0] == chars[0][1]:
        return re.escape(chr(chars[0][0]))
    rest = others(chars)
    if len(rest) < len(chars) or not chars:
        return f"[^{_spell_ranges(rest)}]"
    return f"[{_spell_ranges(chars)}]"


def _spell_ranges(chars: CharSet) -> str:
    return "".join(f"\\U{first:08x}" if first == last else f"\\U{first:08x}-\\U{last:08x}" for first, last in chars)


_CLASSES = {
    "[:alnum:]": charset("09AZaz"),
    "[:alpha:]": charset("AZaz"),
    "[:ascii:]": charset("\x00\x7f"),
    "[:blank:]": charset("\t\t  "),
    "[:cntrl:]": charset("\x00\x1f\x7f\x7f"),
    "[:digit:]": charset("09"),
    "[:graph:]": charset("!~"),
    "[:lower:]": charset("az"),
    "[:print:]": charset(" ~"),
    "[:punct:]": charset("!/:@[`{~"),
    "[:space:]": charset("\t\r  "),
    "[:upper:]": charset("AZ"),
    "[:word:]": charset("09AZ__az"),
    "[:xdigit:]": charset("09AFaf"),
    r"\d": charset("09"),
    r"\s": charset("\t\n\f\r  "),
    r"\w": charset("09AZ__az"),
}
_CLASSES |= {
    name.replace("[:", "[:^") if name.startswith("[") else name.upper(): others(chars)
    for name, chars in _CLASSES.items()
}
_ASSERTIONS = {"^": START, "$": END, r"\A": START, r"\z": END, r"\b": WORD_EDGE, r"\B": NO_WORD_EDGE}
_CATEGORY = regex(
    r"\\[pP](?P<brace>\{(?P<not>\^?))?(?P<name>C[cfnos]?|L[lmotu]?|M[cen]?|N[dlo]?|P[cdefios]?|S[ckmo]?|Z[lps]?)(?(brace)\})"
)
_ESCAPE = regex(
    r"\\(?:(?P<octal>0[0-7]{0,2}|[1-7][0-7]{1,2})|x(?:(?P<hex>[0-9A-Fa-f]{2})|\{(?P<long_hex>[0-9A-Fa-f]+)\})"
    r"|(?P<control>[afnrtv])|(?P<itself>[\x00-/:-@\[-`{-\x7f]))"
)
_CONTROLS = {"a": "\a", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_REPETITION = regex(r"\{(?P<least>0|[1-9][0-9]*)(?P<comma>,(?P<most>0|[1-9][0-9]*)?)?\}")
_FOLDERS = "(.*/)?"

# One repetition may ask for 1000 at most; all of an expression for a number that Go finds in another way.
_MOST_REPEATED = 1000
_MOST_READ = 100_000


class _Parser:
    """A place in a regular expression, and what can be taken from there; after Go's regexp/syntax/parse.go."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.last_posix_end = text.rfind(":]")

    def alternatives(self) -> Alternatives:
        found = [self._elements()]
        while self._take("|"):
            found.append(self._elements())
        if sum(element.most or element.least for elements in found for element in elements) > _MOST_READ:
            raise RegexpError("its repetitions are too large")
        # Nothing but its own `^` holds an alternative to the start of the text.
        anywhere = any_number(ANY)
        return tuple(
            tuple(elements if elements[:1] == [Element(START)] else [anywhere, *elements]) for elements in found
        )

    def _elements(self) -> list[Element]:
        """Take what stands in front of the next `|`."""
        found: list[Element] = []
        repeatable = False
        while self.at < len(self.text) and self.text[self.at] != "|":
            if self._take(r"\Q"):
                quoted = self.text[self.at :].partition(r"\E")[0]
                found += literals(quoted)
                self.at += len(quoted) + 2
                repeatable = repeatable or quoted != ""
            elif self._take(_FOLDERS):
                found.append(Element(FOLDERS, DOT))
                repeatable = False
            elif self.text[self.at] == "{" and (repetition := _REPETITION.match(self.text, self.at)):
                if not repeatable:
                    raise RegexpError(f"{repetition[0]} has nothing to repeat")
                self.at = repetition.end()
                found[-1:] = _repeated(found[-1], repetition)
                repeatable = False
            else:
                element = self._assertion() or Element(CHARS, self._chars())
                repeatable = not self._take("*")
                found.append(element if repeatable else any_number(element.chars))
        return found

    def _take(self, text: str) -> bool:
        if self.text.startswith(text, self.at):
            self.at += len(text)
            return True
        return False

    def _assertion(self) -> Element | None:
        for text, kind in _ASSERTIONS.items():
            if self._take(text):
                return Element(kind)
        return None

    def _chars(self) -> CharSet:
        if self._take("."):
            return DOT
        if self._take("["):
            return self._class()
        named = self._named_class()
        if named is not None:
            return named
        code = self._code()
        return ((code, code),)

    def _class(self) -> CharSet:
        """Take the rest of `[...]`; `]` as its first character is one of the class."""
        negated = self._take("^")
        ranges: list[tuple[int, int]] = []
        start = self.at
        while self.at == start or not self._take("]"):
            named = self._posix_class() or self._named_class()
            if named is not None:
                ranges += named
                continue
            range_at, first = self.at, self._code()
            last = first
            if self.text.startswith("-", self.at) and self.text[self.at + 1 : self.at + 2] not in ("", "]"):
                self.at += 1
                last = self._code()
            if last < first:
                raise RegexpError(f"the range {self.text[range_at : self.at]} runs backwards")
            ranges.append((first, last))
        return others(_merged(ranges)) if negated else _merged(ranges)

    def _posix_class(self) -> CharSet | None:
        """Take `[:digit:]`, inside a class. It ends at the next `:]`, however far away; without one it is no name."""
        if self.last_posix_end < self.at + 2 or not self.text.startswith("[:", self.at):
            return None
        end = self.text.index(":]", self.at + 2) + 2
        name = self.text[self.at : end]
        if name not in _CLASSES:
            raise RegexpError(f"{name} is no class of characters")
        self.at = end
        return _CLASSES[name]

    def _named_class(self) -> CharSet | None:
        r"""Take `\d`, `\pL`, `\p{Lu}` or the like."""
        if named := _CLASSES.get(self.text[self.at : self.at + 2]):
            self.at += 2
            return named
        if not self.text.startswith((r"\p", r"\P"), self.at):
            return None
        category = _CATEGORY.match(self.text, self.at)
        if not category:
            raise RegexpError(f"{self.text[self.at : self.at + 3]} names no class of characters")
        self.at = category.end()
        negated = category[0].startswith(r"\P") != bool(category["not"])
        return others(_category(category["name"])) if negated else _category(category["name"])

    def _code(self) -> int:
        """Take one character, escaped or not, and return its code point."""
        if self.at >= len(self.text):
            raise RegexpError("[ is not closed by ]")
        if self.text[self.at] != "\\":
            self.at += 1
            return ord(self.text[self.at - 1])
        escape = _ESCAPE.match(self.text, self.at)
        code = _escaped(escape) if escape else _LAST + 1
        if not escape or code > _LAST:
            raise RegexpError(f"{self.text[self.at : self.at + 2]} means nothing here")
        self.at = escape.end()
        return code


def _escaped(escape: re.Match[str]) -> int:
    if escape["octal"]:
        return int(escape["octal"], 8)
    if digits := escape["hex"] or escape["long_hex"]:
        return int(digits, 16)
    return ord(_CONTROLS[escape["control"]] if escape["control"] else escape["itself"])


def _repeated(element: Element, repetition: re.Match[str]) -> list[Element]:
    """Return what a single element with `{2,3}` behind it is."""
    least = _number(repetition["least"])
    most: int | None = _number(repetition["most"] or "0")
    if not repetition["comma"]:
        most = least
    elif not repetition["most"]:
        most = None
    if max(least, most or 0) > _MOST_REPEATED or (most is not None and least > most):
        raise RegexpError(f"{repetition[0]} is no number of repetitions")
    if element.kind == CHARS:
        return [element._replace(least=least, most=most)]
    return [element] if least else []  # what need not hold says nothing


def _number(digits: str) -> int:
    return int(digits) if len(digits) < 5 else _MOST_REPEATED + 1


@cache
def _category(name: str) -> CharSet:
    """Return the characters of a Unicode category: L(etter), Lu (an upper case one), N(umber) ..."""
    import unicodedata

    return _merged(
        [(code, code) for code in range(_LAST + 1) if unicodedata.category(chr(code)).startswith(name)],
    )


def _merged(ranges: list[tuple[int, int]]) -> CharSet:
    """Put ranges in order and join those that touch."""
    merged: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = merged[-1][0], max(last, merged[-1][1])
        else:
            merged.append((first, last))
    return tuple(merged)

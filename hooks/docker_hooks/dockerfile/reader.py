"""Reads a Dockerfile exactly as BuildKit's parser does, and remembers where everything stands.

Equal to BuildKit (frontend/dockerfile/parser) in instruction, flags, arguments, JSON form, heredocs, first and
last line, and in what it rejects. Every character of a joined line maps to its place in the file, so that an
edit can be made there and nowhere else.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right

from docker_hooks.dockerfile.lexer import SPACE, LexError, lex
from docker_hooks.dockerfile.regex import regex
from docker_hooks.dockerfile.values import NamedTuple

BOM = "\ufeff"
# Go's bufio.MaxScanTokenSize: the scanner BuildKit reads lines with takes none longer than this less one, in bytes.
_LONGEST_LINE = 64 * 1024 - 1
_SEPARATOR = regex(r"[\t\v\f\r ]+")
_DIRECTIVE = regex(r"([a-zA-Z][a-zA-Z0-9]*)[\t\n\f\r ]*=[\t\n\f\r ]*([^\t\n\f\r ].*)\Z", re.DOTALL)
_HEREDOC = regex(r"([0-9]*)<<(-?)[\t\n\f\r ]*([^<]*)\Z")
# Arrays of strings without escapes, as most are written; json, which reads all others, takes a while to load.
_JSON_STRING = regex(r'"([^"\\\x00-\x1f]*)"')
_PLAIN_JSON = regex(r'\[\s*(?:"[^"\\\x00-\x1f]*"\s*,\s*)*"[^"\\\x00-\x1f]*"\s*\]'.replace(r"\s", r"[ \t\n\r]"))
# Of characters that are not in SPACE, written with \s: a class that names wide characters takes long to compile.
_WORD = regex(r"[\S\x1c-\x1f]+")
# What has no meaning of its own outside of quotes (without U+001C to U+001F, which have none either), and within.
_UNQUOTED = regex(r"[^\s'\"\\`]+")
_QUOTED = regex("[^'\"\\\\`]+")
# So many ONBUILDs in a row are read; two are rejected as soon as the whole file is.
_DEEPEST = 20
_DIRECTIVES = ("syntax", "escape", "check")


class Rejected(ValueError):
    """Docker rejects the file. `line` (from 1) is where, `message` what BuildKit says."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line
        self.message = message


class Joined(NamedTuple):
    """A logical line: its physical lines without their continuation characters, one after the other.

    `starts[i]` is the offset in `text` where the i-th physical part begins, `places[i]` its offset in the file.
    """

    text: str
    starts: tuple[int, ...]
    places: tuple[int, ...]

    def place(self, offset: int) -> int:
        """The offset in the file of the character at `offset` of `text`."""
        part = bisect_right(self.starts, offset) - 1
        return self.places[part] + offset - self.starts[part]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The offsets in the file of `text[start:end]`, which must not be empty."""
        return self.place(start), self.place(end - 1) + 1


class Heredoc(NamedTuple):
    """A heredoc and its body; `start` and `end` are the body's offsets in the file, the closing line left out."""

    name: str
    expand: bool
    chomp: bool
    descriptor: int
    content: str
    start: int
    end: int


class Comment(NamedTuple):
    """A comment line, `#` included; `line` counts from 1, `start` and `end` are offsets in the file."""

    line: int
    text: str
    start: int
    end: int


class Instruction(NamedTuple):
    """One instruction.

    `keyword` is as written and `name` in upper case. `arguments` are BuildKit's: the JSON strings, the words, the
    triples of ENV and LABEL (name, value, "=" or ""), or the one text of RUN; None where the parser keeps nothing.
    `flags` are without quotes. `joined.text[value_start:value_end]` is what stands behind the flags. `start` and
    `end` are offsets in the file, from the keyword to the end of the last line without its line break; lines count
    from 1. `child` is what ONBUILD holds.
    """

    keyword: str
    name: str
    flags: tuple[str, ...]
    arguments: tuple[str, ...] | None
    json: bool
    heredocs: tuple[Heredoc, ...]
    start_line: int
    end_line: int
    start: int
    end: int
    joined: Joined
    value_start: int
    value_end: int
    child: Instruction | None = None

    @property
    def value(self) -> str:
        """What stands behind the flags, joined."""
        return self.joined.text[self.value_start : self.value_end]

    def flag(self, name: str) -> str | None:
        """The value of `--name=value`, "" for a bare `--name`, None where it is not given."""
        for flag in self.flags:
            key, _, value = flag[2:].partition("=")
            if key == name:
                return value
        return None

    def mentions(self, *texts: str) -> bool:
        """Whether any of the texts stands somewhere in it, heredocs included."""
        said = self.joined.text
        for text in texts:
            if text in said:
                return True
        return bool(self.heredocs) and any(text in heredoc.content for heredoc in self.heredocs for text in texts)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The offsets in the file of `value[start:end]`."""
        return self.joined.span(self.value_start + start, self.value_start + end)


class Dockerfile(NamedTuple):
    """A Dockerfile that BuildKit's parser accepts. `directives` are the parser directives at its top."""

    text: str
    escape: str
    directives: dict[str, str]
    instructions: tuple[Instruction, ...]
    comments: tuple[Comment, ...]

    @property
    def newline(self) -> str:
        """The line ending the file uses first."""
        at = self.text.find("\n")
        return "\r\n" if at > 0 and self.text[at - 1] == "\r" else "\n"

    def comments_within(self, start: int, end: int) -> tuple[Comment, ...]:
        """The comments that begin between two offsets in the file."""
        first, last = (bisect_left(self.comments, place, key=lambda comment: comment.start) for place in (start, end))
        return self.comments[first:last]


def decode(data: bytes) -> str:
    """Bytes to text, every byte surviving `encode`, whatever the encoding."""
    return data.decode("utf-8", "surrogateescape")


def encode(text: str) -> bytes:
    """What `decode` was given."""
    return text.encode("utf-8", "surrogateescape")


def read(text: str) -> Dockerfile:
    """Read the text of a Dockerfile (from `decode`). Raises Rejected where BuildKit's parser does."""
    return _Reader(text).read()


def read_lines(text: str, escape: str) -> Dockerfile:
    """Read lines of a Dockerfile that stand below its directives. Raises Rejected."""
    reader = _Reader(f"{text}\n")
    reader.escape = escape
    reader.directives_done = True
    return reader.read()


class _Line(NamedTuple):
    """A physical line: its text without line break, its offset in the file, and the offset behind its break."""

    text: str
    start: int
    end: int


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.line_number = 0
        self.escape = "\\"
        self.directives: dict[str, str] = {}
        self.directives_done = False
        self.comments: list[Comment] = []

    def read(self) -> Dockerfile:
        instructions: list[Instruction] = []
        while (line := self.next_line()) is not None:
            content = line.text.lstrip(SPACE)
            place = line.start + len(line.text) - len(content)
            if not self.directives_done:
                self.directive(content)
            if content[:1] == "#":
                self.comments.append(Comment(self.line_number, content, place, place + len(content)))
                continue
            start_line = self.line_number
            content, continues = self.continuation(content)
            if not continues and not content:
                continue
            joined, end = self.join(content, place, line, continues)
            instructions.append(self.instruction(joined, start_line, end))
        if not instructions:
            raise Rejected(self.line_number, "file with no instructions")
        return Dockerfile(self.text, self.escape, self.directives, tuple(instructions), tuple(self.comments))

    def next_line(self) -> _Line | None:
        """The next physical line, as bufio.Scanner gives it."""
        start = self.at
        if start >= len(self.text):
            return None
        found = self.text.find("\n", start)
        end = found + 1 if found >= 0 else len(self.text)
        content = self.text[start : found if found >= 0 else end]
        if len(content) * 4 > _LONGEST_LINE and len(encode(content)) > _LONGEST_LINE:
            raise Rejected(self.line_number + 1, f"dockerfile line greater than max allowed size of {_LONGEST_LINE}")
        self.at = end
        self.line_number += 1
        if start == 0 and content[:1] == BOM:
            content = content[1:]
            start = 1
        return _Line(content.rstrip("\r"), start, end)

    def directive(self, content: str) -> None:
        """Take a parser directive such as `# escape=`: only above everything else, each once."""
        match = _DIRECTIVE.match(content[1:].lstrip(SPACE)) if content[:1] == "#" else None
        name = match[1].lower() if match else ""
        if not match or name not in _DIRECTIVES:
            self.directives_done = True
            return
        if name in self.directives:
            raise Rejected(self.line_number, f"only one {name} parser directive can be used")
        value = match[2].rstrip("\t\n\f\r ")
        self.directives[name] = value
        if name == "escape":
            if value not in ("\\", "`"):
                raise Rejected(self.line_number, f"invalid escape token '{value}' does not match ` or \\")
            self.escape = value

    def continuation(self, content: str) -> tuple[str, bool]:
        """The line without a continuation character at its end, and whether there was one."""
        stripped = content.rstrip(" \t")
        if stripped.endswith(self.escape) and stripped[-2:-1] != self.escape:
            return stripped[:-1], True
        return content, False

    def join(self, content: str, place: int, line: _Line, continues: bool) -> tuple[Joined, int]:
        """The logical line that begins with `content`, and the offset where its last line ends."""
        parts, starts, places = [content], [0], [place]
        length = len(content)
        end = line.start + len(line.text)
        while continues and (following := self.next_line()) is not None:
            if not self.directives_done:
                self.directive(following.text)
            stripped = following.text.lstrip(SPACE)
            end = following.start + len(following.text)
            if stripped[:1] == "#":
                start = end - len(stripped)
                self.comments.append(Comment(self.line_number, stripped, start, end))
                continue
            if not stripped:
                continue
            content, continues = self.continuation(following.text)
            if content:
                parts.append(content)
                starts.append(length)
                places.append(following.start)
                length += len(content)
        return Joined("".join(parts), tuple(starts), tuple(places)), end

    def instruction(self, joined: Joined, start_line: int, end: int) -> Instruction:
        try:
            instruction = _instruction(joined, 0, self.escape, _Lines(start_line, self.line_number, end))
        except ValueError as error:
            raise Rejected(start_line, str(error)) from None
        holder = instruction
        if holder.name == "ONBUILD" and holder.child is not None:
            holder = holder.child
        if holder.name not in ("ADD", "COPY", "RUN") or holder.json or "<<" not in joined.text:
            return instruction
        heredocs: list[Heredoc] = []
        for heredoc in _heredocs(joined.text, start_line):
            content, content_start, content_end, end = self.heredoc_body(heredoc, start_line)
            heredocs.append(heredoc._replace(content=content, start=content_start, end=content_end))

        def with_heredocs(one: Instruction, child: Instruction | None) -> Instruction:
            return one._replace(heredocs=tuple(heredocs), end_line=self.line_number, end=end, child=child)

        child = instruction.child
        return with_heredocs(instruction, child and with_heredocs(child, child.child))

    def heredoc_body(self, heredoc: Heredoc, start_line: int) -> tuple[str, int, int, int]:
        """The body, its offsets in the file, and where the closing line ends."""
        start = self.at
        while (line := self.next_line()) is not None:
            closing = line.text.lstrip("\t") if heredoc.chomp else line.text
            if closing == heredoc.name:
                return self.text[start : line.start], start, line.start, line.start + len(line.text)
        raise Rejected(start_line, "unterminated heredoc")


class _Lines(NamedTuple):
    """The first and the last line of an instruction, from 1, and the offset in the file at which that ends."""

    first: int
    last: int
    end: int


def _instruction(joined: Joined, offset: int, escape: str, lines: _Lines, depth: int = 0) -> Instruction:
    """Read the instruction that stands in `joined.text` from `offset` on, without heredocs. Raises ValueError."""
    text = joined.text
    end = len(text.rstrip(SPACE))
    start = len(text) - len(text[offset:].lstrip(SPACE))
    separator = _SEPARATOR.search(text, start, end)
    keyword = text[start : separator.start() if separator else end]
    name = keyword.upper()
    flags: tuple[str, ...] = ()
    value_start = end
    if separator:
        flags, behind = _flags(text[separator.end() : end], escape)
        rest = text[separator.end() + behind : end]
        value_start = end - len(rest.lstrip(SPACE))
    value_start = min(value_start, end)
    value = text[value_start:end]
    child = None
    if name == "ONBUILD":
        if depth == _DEEPEST:
            raise ValueError("Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed")
        if value:
            child = _instruction(joined, value_start, escape, lines, depth + 1)
        arguments, is_json = (child.arguments, child.json) if child is not None else (None, False)
    else:
        arguments, is_json = _arguments(name, value, escape)
    return Instruction(
        keyword=keyword,
        name=name,
        flags=flags,
        arguments=arguments,
        json=is_json,
        heredocs=(),
        start_line=lines.first,
        end_line=lines.last,
        start=joined.place(start) if start < len(text) else joined.places[0],
        end=lines.end,
        joined=joined,
        value_start=value_start,
        value_end=end,
        child=child,
    )


def _flags(text: str, escape: str) -> tuple[tuple[str, ...], int]:
    """The flags at the beginning of `text` and the offset behind them.

    BuildKit reads them byte by byte, each byte as a character of its own; so does this.
    """
    if not text.lstrip(SPACE).startswith("--"):
        return (), 0
    if text.isascii():
        return _flag_words(text, escape)
    data = encode(text)
    words, behind = _flag_words(data.decode("latin-1"), escape)
    return words, len(decode(data[:behind]))


def _flag_words(text: str, escape: str) -> tuple[tuple[str, ...], int]:
    words: list[str] = []
    word: list[str] = []
    quote = ""
    quoted = in_word = False
    at = 0
    while at < len(text):
        character = text[at]
        if not in_word:
            if character in SPACE:
                at += 1
                continue
            if not text.startswith("--", at):
                return tuple(words), at
            in_word = True
        if quote:
            if character == quote:
                quote = ""
                at += 1
                continue
        elif character in SPACE:
            if (flag := "".join(word)) == "--":
                return tuple(words), at
            if quoted or word:
                words.append(flag)
            word, quoted, in_word = [], False, False
            continue
        elif character in "'\"":
            quote, quoted = character, True
            at += 1
            continue
        if character == escape:
            at += 1
            if at == len(text):
                break
            character = text[at]
        word.append(character)
        at += 1
    if in_word and (flag := "".join(word)) != "--" and (quoted or flag):
        words.append(flag)
    return tuple(words), len(text)


def _arguments(name: str, value: str, escape: str) -> tuple[tuple[str, ...] | None, bool]:
    """BuildKit's arguments of an instruction, and whether they are in JSON form. Raises ValueError."""
    if name in ("RUN", "CMD", "ENTRYPOINT", "SHELL"):
        return _maybe_json(value)
    if name in ("COPY", "ADD", "VOLUME"):
        strings = _json_strings(value)
        return (strings, True) if strings is not None else (_split(value), False)
    if name in ("ENV", "LABEL"):
        return _name_values(name, value, escape), False
    if name == "ARG":
        return _words(value, escape) or None, False
    if name in ("FROM", "EXPOSE"):
        return _split(value), False
    if name in ("MAINTAINER", "STOPSIGNAL", "USER", "WORKDIR"):
        return ((value,) if value else None), False
    if name == "HEALTHCHECK":
        return _healthcheck(value)
    return ("",), False


def _split(value: str) -> tuple[str, ...] | None:
    return tuple(_SEPARATOR.split(value)) if value else None


def _maybe_json(value: str) -> tuple[tuple[str, ...] | None, bool]:
    if not value:
        return None, False
    strings = _json_strings(value)
    return (strings, True) if strings is not None else ((value,), False)


def _healthcheck(value: str) -> tuple[tuple[str, ...] | None, bool]:
    if not value:
        return None, False
    # BuildKit looks at bytes here, so that only the spaces of Latin-1 part the words.
    separator = re.search(r"[\t\n\v\f\r ]+", value)
    if separator is None:
        return (value,), False
    command, is_json = _maybe_json(value[separator.end() :])
    return (value[: separator.start()], *(command or ())), is_json


def _json_strings(value: str) -> tuple[str, ...] | None:
    """The strings of a JSON array, or None where `value` is none. Raises ValueError for an array of others."""
    if value[:1] != "[":
        return None
    if value.isascii() and _PLAIN_JSON.fullmatch(value):
        return tuple(_JSON_STRING.findall(value))
    import json

    try:
        strings = json.loads(value, parse_int=_number, parse_float=_number, parse_constant=_no_constant)
    except RecursionError:
        # Deeper than Python reads. Go's JSON reads 10,000 levels, and what is left open at no depth.
        depth = len(value) - len(value.lstrip("[ "))
        if depth > 10_000 or not value.endswith("]]"):
            return None
        strings = [None]
    except ValueError:
        return None
    if not all(isinstance(string, str) for string in strings):
        raise ValueError("when using JSON array syntax, arrays must be comprised of strings only")
    return tuple(
        string.encode("utf-16", "surrogatepass").decode("utf-16", "replace") if not string.isascii() else string
        for string in strings
    )


def _number(digits: str) -> float:
    number = float(digits)
    if number in (float("inf"), float("-inf")):
        raise ValueError("out of range")
    return number


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON")


def _name_values(name: str, value: str, escape: str) -> tuple[str, ...] | None:
    words = _words(value, escape)
    if not words:
        return None
    if "=" not in words[0]:
        parts = _SEPARATOR.split(value, maxsplit=1)
        if len(parts) < 2:
            raise ValueError(f"{name} must have two arguments")
        return parts[0], parts[1], ""
    arguments: list[str] = []
    for word in words:
        key, equals, content = word.partition("=")
        if not equals:
            quoted = word.replace("\\", "\\\\").replace('"', '\\"')
            raise ValueError(f'Syntax error - can\'t find = in "{quoted}". Must be of the form: name=value')
        arguments += (key, content, "=")
    return tuple(arguments)


class Piece(NamedTuple):
    """A word as BuildKit's parseWords gives it, and its offsets in the value it was taken from."""

    text: str
    start: int
    end: int


def _words(value: str, escape: str) -> tuple[str, ...]:
    return tuple(piece.text for piece in pieces(value, escape))


def pieces(value: str, escape: str) -> tuple[Piece, ...]:
    """The words of an ENV, LABEL or ARG: parted at white space, quotes and escapes kept (parseWords)."""
    if not any(mark in value for mark in (escape, "'", '"')):
        return tuple(Piece(word[0], word.start(), word.end()) for word in _WORD.finditer(value))
    found: list[Piece] = []
    length = len(value)
    at = 0
    while (first := _WORD.search(value, at)) is not None:
        start = at = first.start()
        quote = ""
        dangling = False
        while at < length and (quote or value[at] not in SPACE):
            if plain := (_QUOTED if quote else _UNQUOTED).match(value, at):
                at = plain.end()
                continue
            character = value[at]
            if character == escape and quote != "'":
                if at + 1 == length:
                    dangling = True
                at += 1
            elif character == quote:
                quote = ""
            elif not quote and character in "'\"":
                quote = character
            at += 1
        at = min(at, length)
        text = value[start : at - 1 if dangling else at]
        if text:
            found.append(Piece(text, start, at))
    return tuple(found)


def _heredocs(line: str, start_line: int) -> list[Heredoc]:
    """The heredocs that a joined line opens. Raises Rejected."""
    try:
        words = lex(line, {}, raw_quotes=True, raw_escapes=True, keep_unset=True).words
    except LexError:
        return []
    found: list[Heredoc] = []
    for word in words:
        match = _HEREDOC.match(word)
        if not match or not match[3]:
            continue
        try:
            bare = lex(match[3], {}, keep_unset=True).words
            quoted = lex(match[3], {}, raw_quotes=True, keep_unset=True).words
        except LexError as error:
            raise Rejected(start_line, str(error)) from None
        if len(bare) != 1 or len(quoted) != 1:
            continue
        expand = sum(map(bare[0].count, "'\"")) == sum(map(quoted[0].count, "'\""))
        descriptor = int(match[1][:20]) if match[1] else 0
        found.append(Heredoc(bare[0], expand, bool(match[2]), descriptor, "", 0, 0))
    return found

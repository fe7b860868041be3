"""Finds the simple commands in a shell script, with their words and where these stand.

It reads the script of a RUN (or CMD, ENTRYPOINT) in shell form: what the POSIX shell and bash agree on, and the
bash that Dockerfiles use. Where the two differ over what the words are, or the script holds what is not read here
(case, functions, arithmetic commands, arrays ...), it abstains as a whole rather than guess: an empty result with
the reason. It knows nothing of Dockerfiles, and it leaves alone what is in quotes: `sh -c '...'` is one command.

All offsets count characters from the start of the script.
"""

from __future__ import annotations

import re

from docker_hooks.dockerfile.regex import regex
from docker_hooks.dockerfile.values import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn


class Word(NamedTuple):
    """One word of a command.

    `text` is the word as written, from offset `start` up to `end`. `value` is what the shell makes of it, with
    quotes and escapes removed, or None where only a running shell can tell: parameters, substitutions, brace
    expansion, `$'...'`. A pattern (`*.txt`, `torch[cuda]`) and a leading `~` stay in `value` as they are written;
    whether they were quoted shows in `text`.
    """

    text: str
    start: int
    end: int
    value: str | None


class Redirect(NamedTuple):
    """A redirection, `2>&1` or `<<EOF`: from offset `start` up to `end`.

    `descriptor` is the digit before the operator, or "". The word behind `<<` is the heredoc's delimiter; the
    heredoc itself, in the lines that follow, belongs to no word.
    """

    descriptor: str
    operator: str
    target: Word
    start: int
    end: int


class Command(NamedTuple):
    """A simple command: `NAME=value ... word word ... >file`, from offset `start` up to `end`.

    words
        Its name, then its arguments; empty for a command of assignments or redirections alone. `[[ ... ]]` without
        operators inside, `export` and `time` are commands like any other.
    operator_before, operator_after
        What joins it to its neighbours in the same list, which may be compound commands: `&&`, `||`, `|`, `|&`,
        `;`, `&` or a newline; "" at the list's start and end.
    nesting
        What it stands in, outermost first; () at the top level. "if", "while", "until" and "for" (conditions
        and bodies alike), "(" for a subshell, "{" for a group, "!" for a negated pipeline, "$(" for a command
        substitution of either spelling.
    certain
        The script succeeds only if this command ran and succeeded. So it is for a command at the top level in the
        last of the lists, joined by nothing but `&&`, or alone in its list under `set -e`; not for what
        a pipe follows (whether `pipefail` is on isn't known here).
    """

    assignments: tuple[Word, ...]
    words: tuple[Word, ...]
    redirects: tuple[Redirect, ...]
    start: int
    end: int
    operator_before: str
    operator_after: str
    nesting: tuple[str, ...]
    certain: bool = False


class Script(NamedTuple):
    """The commands in order of place; or none, with the `reason` and the `offset` of what could not be read."""

    commands: tuple[Command, ...]
    reason: str = ""
    offset: int = 0


def scan(text: str) -> Script:
    """Read a script: one line whose continuations are joined, or the lines of a heredoc. Takes linear time."""
    scanner = _Scanner(text)
    try:
        scanner.whole()
    except _AbstainError as error:
        return Script((), error.reason, error.offset)
    commands = sorted(scanner.commands, key=lambda command: command.start)
    certain = _certain(scanner.elements, commands)
    return Script(tuple(Command(*one[:-1], certain=True) if one.start in certain else one for one in commands))


# Deeper than anyone writes by hand, and far from Python's own limit: a level takes some ten calls.
_DEEPEST = 20
_PIPES = ("|", "|&")
_JOINTS = ("&&", "||", *_PIPES)
_OPENING = ("if", "while", "until", "for", "{", "!")
_CLOSING = ("then", "elif", "else", "fi", "do", "done", "}")
_UNREAD = {
    "case": "a case statement",
    "esac": "`esac` out of place",
    "]]": "`]]` out of place",
    "function": "a function",
    "select": "a select loop",
    "coproc": "a coprocess",
    "let": "an arithmetic command",
}
_RESERVED = {word: f"`{word}` out of place" for word in (*_OPENING, *_CLOSING, "in")} | _UNREAD

_ENDS_WORD = frozenset(" \t\n;&|()<>")
_BLANKS_FORM = r"(?:[ \t]|\\\n)*"
_BLANKS = regex(_BLANKS_FORM)
_CONTINUATIONS = regex(r"(?:\\\n)+")
_OPERATOR = regex(r"&&|\|\||\|&|\||;|&|\n")
_KEYWORD = regex(rf"(?:{'|'.join(map(re.escape, (*_OPENING, *_CLOSING, 'in')))})(?=[ \t\n;&|()<>]|\Z)")
_COMPOUND_STARTS = ("(", "{", "if", "while", "until", "for")
# What stands behind most commands, and is in no word and no redirection.
_ENDS_COMMAND = (";", "|", "&&", "\n", ")")
_KEYWORD_STARTS = tuple({word[0] for word in (*_OPENING, *_CLOSING, "in")})
# The frequent word: nothing to remove or to expand, and behind it a blank or an operator that is no redirection.
_PLAIN = r"[^ \t\n\\'\"$`|&;<>(){}#]+(?=[ \t\n;&|)]|\Z)"
_PLAIN_WORD = regex(_PLAIN)
_PLAIN_WORD_AND_BLANKS = regex(rf"({_PLAIN}){_BLANKS_FORM}")
_UNQUOTED = regex(r"[^ \t\n\\'\"$`|&;<>()]+")
_DOUBLE_QUOTED = regex(r"[^\"\\$`]+")
_IN_HEREDOC = regex(r"[^\\$`]+")
_IN_BRACES = regex(r"[^}\\'\"$`]+")
_IN_ARITHMETIC = regex(r"[^()\\'\"$`;\n]+")
_NAME = regex(r"[A-Za-z_][A-Za-z0-9_]*")
_PARAMETER = regex(r"[A-Za-z_][A-Za-z0-9_]*|[0-9@*#?$!-]")
_BRACED_PARAMETER = regex(r"(?:[#!]?(?:[A-Za-z_][A-Za-z0-9_]*|[0-9]+|[@*?$!-])|#)(?=[]}:=+?#%/^,@*[-])")
_ASSIGNMENT = regex(r"[A-Za-z_][A-Za-z0-9_]*=")
_BASH_ASSIGNMENT = regex(r"[A-Za-z_][A-Za-z0-9_]*(?:\+=|\[)")
_BASH_DESCRIPTOR = regex(r"\{[A-Za-z_][A-Za-z0-9_]*\}")
_REDIRECTION = regex(r"([0-9]*)(<<<|<<-|<<|<>|<&|<|>>|>&|>\||>)|()(&>>|&>)")
# What the shell takes out of the text between backticks before it reads that as commands.
_ESCAPE_IN_BACKTICKS = regex(r"\\[$`\\]")
_ESCAPE_IN_QUOTED_BACKTICKS = regex(r"\\[$`\\\"]")


class _AbstainError(Exception):
    def __init__(self, reason: str, offset: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.offset = offset


class _Heredoc(NamedTuple):
    """A heredoc whose lines are still to come."""

    delimiter: str
    literal: bool
    tabs: bool
    nesting: tuple[str, ...]


class _Element(NamedTuple):
    """What stands between two operators at the top level; `command` is None for a compound command."""

    command: Command | None
    negated: bool
    operator_after: str


class _Scanner:
    """A recursive-descent reader; it stands at `at` and reads up to `end`."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.end = len(text)
        self.depth = 0
        self.nesting: tuple[str, ...] = ()
        self.heredocs: list[_Heredoc] = []
        self.commands: list[Command] = []
        self.elements: list[_Element] = []

    def abstain(self, reason: str, offset: int | None = None) -> NoReturn:
        raise _AbstainError(reason, self.at if offset is None else offset)

    def whole(self) -> None:
        for character, reason in (("\r", "a carriage return"), ("\0", "a null character")):
            if character in self.text:
                self.abstain(reason, self.text.index(character))
        self.list_until("")
        if self.heredocs:
            self.abstain(f"a heredoc without its end `{self.heredocs[0].delimiter}`")

    # Lists, pipelines and compound commands

    def list_until(self, *closers: str) -> str:
        """Read commands up to one of `closers`, and past it; "" stands for the end of the text."""
        start, operator, empty = self.at, "", True
        while True:
            self.skip_lines()
            closer = self.closer(closers)
            if closer is not None:
                if operator in _JOINTS:
                    self.abstain(f"nothing behind `{operator}`")
                if empty and closer and self.nesting[-1] != "$(":
                    self.abstain("a compound command without commands", start)
                return closer
            if not (empty or operator):
                self.abstain("more words behind a compound command")
            operator, empty = self.pipeline(operator), False

    def closer(self, closers: tuple[str, ...]) -> str | None:
        if self.at >= self.end:
            if "" in closers:
                return ""
            self.abstain(f"the script ends before `{closers[-1]}`")
        closer = ")" if self.text[self.at] == ")" else self.keyword()
        if closer and closer in closers:
            self.at += len(closer)
            return closer
        if closer == ")" or closer in _CLOSING:
            self.abstain(f"`{closer}` out of place")
        return None

    def keyword(self) -> str:
        """The reserved word that begins here, or ""."""
        if not self.text.startswith(_KEYWORD_STARTS, self.at):
            return ""
        match = _KEYWORD.match(self.text, self.at, self.end)
        return match.group() if match else ""

    def pipeline(self, operator: str) -> str:
        """Read what pipes join. `operator` is what stands before it; returns what stands behind it."""
        outer = self.nesting
        if self.text.startswith("!", self.at) and self.keyword():
            self.at += 1
            self.nesting += ("!",)
            self.skip_blanks()
        while True:
            before = operator
            command = None
            if self.compound():
                operator = self.operator()
            else:
                command = self.simple_command(before)
                operator = command.operator_after
                self.commands.append(command)
            if not outer:
                self.elements.append(_Element(command, self.nesting != outer, operator))
            if operator not in _PIPES:
                self.nesting = outer
                return operator
            self.skip_lines()

    def operator(self) -> str:
        """Read what stands behind a command: an operator, a newline, or ""."""
        self.skip_blanks()
        self.skip_comment()
        match = _OPERATOR.match(self.text, self.at, self.end)
        if match is None:
            return ""
        operator = match.group()
        if operator == ";" and self.text.startswith("&", match.end(), self.end):
            self.abstain("`;&` outside a case statement")
        if operator == "\n":
            self.newline()
        else:
            self.at = match.end()
        return operator

    def compound(self) -> bool:
        """Read a compound command with its redirections, if one begins here."""
        if not self.text.startswith(_COMPOUND_STARTS, self.at):
            return False
        if self.text.startswith("((", self.at, self.end):
            self.abstain("an arithmetic command")
        opening = "(" if self.text.startswith("(", self.at, self.end) else self.keyword()
        if opening not in ("(", "{", "if", "while", "until", "for"):
            return False
        self.at += len(opening)
        if opening == "(":
            self.inside("(", ")")
        elif opening == "{":
            self.inside("{", "}")
        elif opening == "if":
            closer = "elif"
            while closer == "elif":
                self.inside("if", "then")
                closer = self.inside("if", "elif", "else", "fi")
            if closer == "else":
                self.inside("if", "fi")
        else:
            if opening == "for":
                self.loop_words()
            else:
                self.inside(opening, "do")
            self.inside(opening, "done")
        self.skip_blanks()
        while self.redirect() is not None:
            self.skip_blanks()
        return True

    def inside(self, kind: str, *closers: str) -> str:
        """Read the commands inside something up to one of `closers`."""
        outer = self.nesting
        self.nesting += (kind,)
        self.descend()
        closer = self.list_until(*closers)
        self.depth -= 1
        self.nesting = outer
        return closer

    def descend(self) -> None:
        self.depth += 1
        if self.depth > _DEEPEST:
            self.abstain("nested too deeply")

    def loop_words(self) -> None:
        """Read `NAME in word ...; do` behind `for`."""
        self.skip_blanks()
        name = _NAME.match(self.text, self.at, self.end)
        if name is None:
            self.abstain("a loop without a variable")
        self.at = name.end()
        self.skip_lines()
        if self.keyword() == "in":
            self.at += 2
            self.skip_blanks()
            while self.word() is not None:
                self.skip_blanks()
            self.skip_comment()
            if not self.text.startswith((";", "\n"), self.at, self.end):
                self.abstain("a loop over more than words")
        if self.text.startswith(";", self.at, self.end):
            self.at += 1
        self.skip_lines()
        if self.keyword() != "do":
            self.abstain("a loop without `do`")
        self.at += 2

    # Blanks, comments and lines

    def skip_blanks(self) -> None:
        if self.text.startswith((" ", "\t", "\\"), self.at):
            self.at = _BLANKS.match(self.text, self.at, self.end).end()  # type: ignore[union-attr]

    def skip_comment(self) -> None:
        if self.text.startswith("#", self.at, self.end):
            end = self.text.find("\n", self.at, self.end)
            self.at = end if end >= 0 else self.end

    def skip_lines(self) -> None:
        """Go to the next word or operator, on this line or a later one."""
        while True:
            self.skip_blanks()
            self.skip_comment()
            if not self.text.startswith("\n", self.at, self.end):
                return
            self.newline()

    def newline(self) -> None:
        """Go to the next line, behind the heredocs that begin there."""
        self.at += 1
        heredocs, self.heredocs = self.heredocs, []
        for heredoc in heredocs:
            self.heredoc(heredoc)

    def heredoc(self, heredoc: _Heredoc) -> None:
        start = line = self.at
        joined = False
        while True:
            if line >= self.end:
                self.abstain(f"a heredoc without its end `{heredoc.delimiter}`", start)
            newline = self.text.find("\n", line, self.end)
            stop = self.end if newline < 0 else newline
            content = self.text[line:stop]
            if not joined and (content.lstrip("\t") if heredoc.tabs else content) == heredoc.delimiter:
                break
            # In a heredoc that expands, a backslash joins lines before the delimiter is looked for.
            joined = not heredoc.literal and (len(content) - len(content.rstrip("\\"))) % 2 == 1
            line = stop + 1
        if not heredoc.literal:
            end, nesting = self.end, self.nesting
            self.end, self.nesting = line, heredoc.nesting
            self.expansions()
            self.end, self.nesting = end, nesting
        self.at = min(stop + 1, self.end)

    def expansions(self) -> None:
        """Read the expansions of a heredoc's lines, up to `end`."""
        while self.at < self.end:
            character = self.text[self.at]
            if character == "\\":
                self.at += 2
            elif character == "$":
                self.dollar(quoted=True)
            elif character == "`":
                self.backticks(quoted=True)
            else:
                self.skip(_IN_HEREDOC)

    def skip(self, ordinary: re.Pattern[str]) -> str:
        match = ordinary.match(self.text, self.at, self.end)
        if match is None:
            self.abstain("an unexpected character")
        self.at = match.end()
        return match.group()

    # Simple commands and words

    def simple_command(self, operator_before: str) -> Command:
        """Read a command and the operator behind it."""
        text, start = self.text, self.at
        end = start
        assignments: list[Word] = []
        words: list[Word] = []
        redirects: list[Redirect] = []
        while True:
            # A command's name has been told from an assignment when the frequent words come.
            if words and (plain := _PLAIN_WORD_AND_BLANKS.match(text, self.at, self.end)):
                word_text, end = plain[1], plain.end(1)
                words.append(Word(word_text, self.at, end, word_text))
                self.at = plain.end()
                continue
            if text.startswith(_ENDS_COMMAND, self.at):
                break
            if (redirect := self.redirect()) is not None:
                redirects.append(redirect)
            elif (word := self.word()) is None:
                break
            elif words or not self.is_assignment(word):
                words.append(word)
            else:
                assignments.append(word)
            end = self.at
            self.skip_blanks()
        if self.text.startswith("(", self.at, self.end):
            self.abstain("a function, an array or a pattern in parentheses")
        if end == start:
            self.abstain("an operator without a command")
        if words:
            self.check_bash_syntax(words, redirects)
        nesting = self.nesting
        return Command(
            tuple(assignments), tuple(words), tuple(redirects), start, end, operator_before, self.operator(), nesting
        )

    def is_assignment(self, word: Word) -> bool:
        """Tell an assignment from a command's name; abstain where the shells don't agree that it is either."""
        written = word.text.replace("\\\n", "")
        reason = _RESERVED.get(written)
        if reason is None and _BASH_ASSIGNMENT.match(written):
            reason = "an assignment that only bash knows"
        if reason is not None:
            self.abstain(reason, word.start)
        return _ASSIGNMENT.match(written) is not None

    def check_bash_syntax(self, words: list[Word], redirects: list[Redirect]) -> None:
        """Abstain from what bash reads differently from a simple command."""
        if words[0].text == "[[" and (words[-1].text != "]]" or redirects):
            self.abstain("operators in `[[`", words[0].start)
        if words[0].text == "time" and any(word.text in _RESERVED for word in words[1:3]):
            self.abstain("`time` before a compound command", words[0].start)

    def redirect(self) -> Redirect | None:
        """Read a redirection, if one begins here."""
        start = self.at
        if start >= self.end or self.text[start] not in "<>&0123456789":
            return None
        match = _REDIRECTION.match(self.text, start, self.end)
        if match is None:
            return None
        descriptor, operator = match.group(1) or "", match.group(2) or match.group(4)
        if len(descriptor) > 1:
            self.abstain("a file descriptor of two digits")
        self.at = match.end()
        if self.text.startswith("(", self.at, self.end):
            self.abstain("a process substitution", start)
        self.skip_blanks()
        # A digit before an operator is the next redirection's descriptor.
        target = None if _REDIRECTION.match(self.text, self.at, self.end) else self.word()
        if target is None:
            self.abstain("a redirection without its target", start)
        if operator in (">&", "<&") and target.text.startswith("-") and target.text != "-":
            self.abstain("words behind a closed descriptor", start)
        if operator in ("<<", "<<-"):
            if target.value is None:
                self.abstain("a heredoc whose delimiter holds an expansion", target.start)
            literal = target.text != target.value
            self.heredocs.append(_Heredoc(target.value, literal, operator == "<<-", self.nesting))
        return Redirect(descriptor, operator, target, start, self.at)

    def word(self) -> Word | None:
        """Read a word, if one begins here."""
        text, start = self.text, self.at
        plain = _PLAIN_WORD.match(text, start, self.end)
        if plain is not None:
            self.at = plain.end()
            return Word(plain.group(), start, self.at, plain.group())
        if self.text.startswith("#", start, self.end):
            return None
        parts: list[str | None] = []
        unquoted: list[str] = []
        while self.at < self.end and (character := text[self.at]) not in _ENDS_WORD:
            if character == "\\":
                continued = _CONTINUATIONS.match(text, self.at, self.end)
                if continued is None:
                    parts.append(self.escaped())
                elif continued.end() < self.end and text[continued.end()] not in _ENDS_WORD:
                    self.at = continued.end()
                else:
                    break
            elif character == "'":
                parts.append(self.single_quoted())
            elif character == '"':
                parts.append(self.double_quoted())
            elif character == "$":
                parts.append(self.dollar(quoted=False))
            elif character == "`":
                parts.append(self.backticks(quoted=False))
            else:
                unquoted.append(self.skip(_UNQUOTED))
                parts.append(unquoted[-1])
        if self.at == start:
            return None
        written = text[start : self.at]
        if _BASH_DESCRIPTOR.fullmatch(written) and text.startswith(("<", ">"), self.at, self.end):
            self.abstain("a file descriptor that only bash knows", start)
        value = None if _has_brace_expansion("".join(unquoted)) else _joined(parts)
        return Word(written, start, self.at, value)

    # Quotes and expansions: each returns the text it stands for, or None where that isn't known

    def escaped(self) -> str:
        if self.at + 1 >= self.end:
            self.abstain("a backslash at the end of the script")
        self.at += 2
        return self.text[self.at - 1]

    def single_quoted(self) -> str:
        start = self.at + 1
        close = self.text.find("'", start, self.end)
        if close < 0:
            self.abstain("a quote that is not closed")
        self.at = close + 1
        return self.text[start:close]

    def double_quoted(self) -> str | None:
        start = self.at
        self.at += 1
        parts: list[str | None] = []
        while not self.text.startswith('"', self.at, self.end):
            character = self.text[self.at] if self.at < self.end else ""
            if not character:
                self.abstain("a quote that is not closed", start)
            elif character == "\\":
                escaped = self.escaped()
                parts.append("" if escaped == "\n" else escaped if escaped in '$`"\\' else "\\" + escaped)
            elif character == "$":
                parts.append(self.dollar(quoted=True))
            elif character == "`":
                parts.append(self.backticks(quoted=True))
            else:
                parts.append(self.skip(_DOUBLE_QUOTED))
        self.at += 1
        return _joined(parts)

    def dollar(self, *, quoted: bool) -> str | None:
        """Read an expansion, or the dollar sign that is none."""
        start, text = self.at, self.text
        self.at += 1
        following = text[self.at] if self.at < self.end else ""
        if following == "(":
            if text.startswith("((", self.at, self.end):
                self.arithmetic()
            else:
                self.substitution()
        elif following == "{":
            self.braces(quoted=quoted)
        elif following == "'" and not quoted:
            self.single_quoted()
            if text[self.at - 2] == "\\":
                self.abstain("an escaped quote in `$'...'`", start)
        elif following == "[" or text.startswith("\\\n", self.at, self.end):
            self.abstain("an expansion that is not read", start)
        elif parameter := _PARAMETER.match(text, self.at, self.end):
            self.at = parameter.end()
        elif following != '"' or quoted:
            return "$"
        return None

    def substitution(self) -> None:
        start, heredocs, self.heredocs = self.at, self.heredocs, []
        self.at += 1
        self.inside("$(", ")")
        if self.heredocs or (heredocs and self.text.find("\n", start, self.at) >= 0):
            self.abstain("a heredoc across a substitution", start)
        self.heredocs = heredocs

    def backticks(self, *, quoted: bool) -> str | None:
        close = self.text.find("`", self.at + 1, self.end)
        if close < 0:
            self.abstain("a backtick that is not closed")
        escapes = _ESCAPE_IN_QUOTED_BACKTICKS if quoted else _ESCAPE_IN_BACKTICKS
        if escape := escapes.search(self.text, self.at + 1, close + 1):
            self.abstain("an escape in backticks", escape.start())
        end, heredocs = self.end, self.heredocs
        self.at, self.end, self.heredocs = self.at + 1, close, []
        self.inside("$(", "")
        if self.heredocs:
            self.abstain("a heredoc across a substitution")
        self.at, self.end, self.heredocs = close + 1, end, heredocs
        return None

    def braces(self, *, quoted: bool) -> None:
        """Read `${...}` from its opening brace on."""
        start = self.at
        self.at += 1
        parameter = _BRACED_PARAMETER.match(self.text, self.at, self.end)
        if parameter is None:
            self.abstain("a bad substitution", start)
        self.at = parameter.end()
        self.descend()
        while self.at < self.end:
            character = self.text[self.at]
            if character == "}":
                self.at += 1
                self.depth -= 1
                return
            if character == "\\":
                self.escaped()
            elif character == "$":
                self.dollar(quoted=quoted)
            elif character == "`":
                self.backticks(quoted=quoted)
            elif quoted and character in "'\"":
                self.abstain("quotes in a quoted `${...}`, which shells read differently")
            elif character == "'":
                self.single_quoted()
            elif character == '"':
                self.double_quoted()
            else:
                self.skip(_IN_BRACES)
        self.abstain("`${` that is not closed", start)

    def arithmetic(self) -> None:
        """Read `$((...))` from its first parenthesis on."""
        start, open_parentheses = self.at, 0
        self.at += 2
        self.descend()
        while not (open_parentheses == 0 and self.text.startswith("))", self.at, self.end)):
            character = self.text[self.at] if self.at < self.end else ""
            if character == "$":
                self.dollar(quoted=True)
            elif character == "`":
                self.backticks(quoted=True)
            elif character == "(" or (character == ")" and open_parentheses):
                self.at += 1
                open_parentheses += 1 if character == "(" else -1
            elif character and character not in ")\\'\";\n":
                self.skip(_IN_ARITHMETIC)
            else:
                self.abstain("`$((` that is no plain arithmetic", start)
        self.at += 2
        self.depth -= 1


def _joined(parts: list[str | None]) -> str | None:
    known = [part for part in parts if part is not None]
    return "".join(known) if len(known) == len(parts) else None


def _has_brace_expansion(unquoted: str) -> bool:
    return "{" in unquoted and "}" in unquoted and ("," in unquoted or ".." in unquoted)


def _certain(elements: list[_Element], commands: list[Command]) -> set[int]:
    """Where the commands begin that must run and succeed for the script to succeed."""
    lists: list[list[_Element]] = [[]]
    for element in elements:
        lists[-1].append(element)
        if element.operator_after not in _JOINTS:
            lists.append([])
    lists = [joined for joined in lists if joined]
    leaving = min((command.start for command in commands if _may_leave(command)), default=None)
    keeps_errexit = not any(_sets_errexit(command, "+") for command in commands)
    errexit = False
    certain: set[int] = set()
    for joined in lists:
        is_last = joined is lists[-1]
        operators = {element.operator_after for element in joined} if is_last or errexit else set()
        if (is_last or (errexit and "&&" not in operators)) and operators.isdisjoint(("||", "&")):
            for element in joined:
                if element.command and not element.negated and element.operator_after not in _PIPES:
                    certain.add(element.command.start)
        first = joined[0]
        if first.command and keeps_errexit and first.operator_after not in (*_PIPES, "&"):
            errexit = errexit or _sets_errexit(first.command, "-")
    return certain if leaving is None else {start for start in certain if start <= leaving}


def _may_leave(command: Command) -> bool:
    """Whether the script may end here, and with success."""
    name = command.words[0].value if command.words else None
    if name in ("exit", "return"):
        status = command.words[1].value if len(command.words) > 1 else None
        return not (status and status.strip("0").isdigit())
    return name == "trap" or (name == "exec" and len(command.words) > 1)


def _sets_errexit(command: Command, sign: str) -> bool:
    """Whether this is `set -e` or `set -o errexit`, in whatever company, or with "+" for `sign` its reverse."""
    if not command.words or command.words[0].value != "set":
        return False
    before = ""
    for value in (word.value or "" for word in command.words[1:]):
        names_an_option = before[:1] in ("-", "+") and before[-1:] == "o"
        if names_an_option and value == "errexit" and before[:1] == sign:
            return True
        if not names_an_option:
            if value == "--" or value[:1] not in ("-", "+"):
                return False
            if value[:1] == sign and "e" in value:
                return True
        before = "" if names_an_option else value
    return False

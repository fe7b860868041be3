"""Why Docker rejects a file, in words for those who wrote it: what is wrong, and what the likely cause is.

BuildKit's own messages name what its parser met, which is often a line below the mistake. No value that the file holds
is repeated, as it may be a secret.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from docker_hooks.dockerfile.reader import Rejected
from docker_hooks.dockerfile.regex import regex
from docker_hooks.dockerfile.rules import FLAGS, NAMES
from docker_hooks.dockerfile.values import NamedTuple

_UTF_16 = regex(r"(?:[^\0]\0){4}|(?:\0[^\0]){4}")
_CONFLICT = regex(r"(?:<{7}|={7}|>{7}|\|{7})(?: |\Z)")
_TEMPLATE = regex(r"\{\{|\{%|<%")
_TYPOGRAPHIC = regex("[\u2018-\u201f]")
_INVISIBLE = regex("[\u00a0\u00ad\u1680\u2000-\u200f\u2028-\u202f\u205f\u2060\u3000\ufeff]")
_OPERATOR = regex(r"&&|\|\|?|;|&|>|<")
_DIRECTIVE = regex(r"\s*#\s*(syntax|escape|check)\s*=\s*(\S)", re.IGNORECASE)
_WITH_HEREDOC = regex(r"\s*(?:RUN|COPY|ADD|ONBUILD)\s", re.IGNORECASE)
# What is rarely longer than a line, and chains nothing.
_ON_ONE_LINE = regex(r"\s*(?:FROM|WORKDIR|USER|EXPOSE|ARG|VOLUME|STOPSIGNAL|SHELL|COPY|ADD)\s", re.IGNORECASE)
_FROM = regex(r"\s*FROM\s", re.IGNORECASE)
_NAME_RUN_ON = regex(rf"({'|'.join(NAMES)})(?=[^A-Za-z0-9_])", re.IGNORECASE)
_HEREDOC = regex(r"<<(-?)[ \t]*(['\"]?)([^\s<>|;&'\"]+)\2")
_MOST_SHOWN = 30


class Cause(NamedTuple):
    """What is wrong with a file, and what to do about it ("" where the one says the other)."""

    message: str
    advice: str = ""


def cause(text: str, rejected: Rejected) -> Cause:
    """Why Docker rejects the file of this text, as far as can be told."""
    lines = [line.rstrip("\r") for line in text.split("\n")]
    return _cause_in_file(text, lines, rejected) or _cause_in_line(lines, rejected)


def _cause_in_file(text: str, lines: Sequence[str], rejected: Rejected) -> Cause | None:
    """A cause that has nothing to do with what the rejected instruction is."""
    at = _line(lines, rejected.line)
    # The byte order marks of UTF-16, each byte decoded by itself; without one, ASCII has a null in every second byte.
    if text[:2] in ("\udcff\udcfe", "\udcfe\udcff") or _UTF_16.match(text):
        return Cause("the file is in UTF-16, as some editors and PowerShell write it", "save it as UTF-8")
    if text and not text.strip("\0"):
        return Cause("the file holds nothing but null bytes, as a write that was cut off leaves", "restore it")
    if "\0" in at:
        return Cause(
            f"a null byte stands in line {rejected.line}, which no text has", "take it out, or restore the file"
        )
    if "\r" in text and "\n" not in text:
        return Cause("its line breaks are carriage returns alone", "save it with line feeds")
    conflict = next((number for number, line in enumerate(lines, 1) if line.startswith("<<<<<<< ")), 0)
    if conflict or _CONFLICT.match(at):
        return Cause(f"a merge conflict of git's stands in line {conflict or rejected.line}", "resolve it")
    if at.lstrip().startswith("```"):
        return Cause("the ``` is Markdown, copied along with the Dockerfile", "remove the line")
    if _TEMPLATE.search(at):
        return Cause(
            "this is a template's placeholder, which Docker doesn't know",
            "give it to Docker once it is filled in, and give the template another name, such as Dockerfile.j2",
        )
    return None


def _cause_in_line(lines: Sequence[str], rejected: Rejected) -> Cause:
    for pattern, explain in _CAUSES:
        match = re.search(pattern, rejected.message)
        if match:
            return explain(match, lines, rejected.line)
    return Cause(rejected.message)


_Explain = Callable[["re.Match[str]", Sequence[str], int], Cause]


def _says(message: str, advice: str = "") -> _Explain:
    """An explanation that is the same wherever it is needed, but for the groups that the pattern found."""

    def explain(match: re.Match[str], _lines: Sequence[str], _number: int) -> Cause:
        return Cause(match.expand(message), match.expand(advice))

    return explain


def _empty(_match: re.Match[str], lines: Sequence[str], _number: int) -> Cause:
    return Cause("the file holds nothing but comments" if any(map(str.strip, lines)) else "the file is empty")


def _unknown_instruction(match: re.Match[str], lines: Sequence[str], number: int) -> Cause:
    keyword, shown = match[1], _shown(match[1])
    message = f"{shown} is no instruction"
    above = _above(lines, number)
    before = _line(lines, above)
    lacking = f"line {above} lacks a backslash at its end"
    ending = _wrong_ending(lines, above)
    if ending:
        return Cause(message, ending)
    if _OPERATOR.match(keyword):
        stray = not above or _ON_ONE_LINE.match(before)
        return Cause(f"a line begins with {shown}", "take it away, or put RUN before it" if stray else lacking)
    if before.endswith(("&&", "||", "|", ",", "(")):
        return Cause(message, lacking)
    if keyword.startswith(("//", "/*", "<!--")):
        return Cause(f"{shown} begins no comment", "write # instead")
    if _INVISIBLE.search(keyword):
        message = "an invisible character stands where a blank belongs, as copied out of a rendered page"
        return Cause(message, "type the line anew")
    run_on = _NAME_RUN_ON.match(keyword)
    if run_on:
        return Cause(message, f"put a blank behind {run_on[1].upper()}")
    is_written_so = keyword.isupper() and not _line(lines, number)[:1].isspace()
    meant = _closest(keyword.upper(), NAMES, 0.66 if is_written_so else 0.75)
    if meant:
        return Cause(message, f"did you mean {meant}?")
    if not any(map(_FROM.match, lines)):
        return Cause(f"this is no Dockerfile: it has no FROM, and {shown} is no instruction")
    if "<<" in before and not _WITH_HEREDOC.match(before):
        return Cause(message, "only RUN, COPY and ADD know heredocs (<<)")
    if not above or is_written_so:
        return Cause(message, f"Docker knows {', '.join(NAMES)}")
    return Cause(message, f"if it belongs to what stands above, {lacking}")


def _wrong_ending(lines: Sequence[str], number: int) -> str:
    """What keeps a line from being continued though it looks as if it were; "" where nothing does."""
    line, escape = _line(lines, number).rstrip(" \t"), _escape(lines)
    if escape == "\\" and line.endswith("\\\\"):
        return f"line {number} ends in more than one backslash, and only one continues a line"
    if re.search(r"\\[ \t]+#", line):
        return f"nothing may stand behind the backslash in line {number}, not even a comment"
    if re.search(r"\\[^\x00-\x7f]+\Z", line):
        return f"an invisible character stands behind the backslash in line {number}"
    if line.endswith((" /", "\t/", "`", "\uff3c", "\\")) and not line.endswith(escape):
        return f"line {number} ends in {line[-1]}, but a {escape} continues a line"
    return ""


def _escape(lines: Sequence[str]) -> str:
    """The character that continues a line, by the directives at the top."""
    for line in lines:
        directive = _DIRECTIVE.match(line)
        if directive is None:
            break
        if directive[1].lower() == "escape":
            return directive[2]
    return "\\"


def _no_equals_sign(_match: re.Match[str], lines: Sequence[str], number: int) -> Cause:
    keyword, joined = _instruction(lines, number)
    message = f"a word without = stands behind {keyword} NAME=..."
    if re.search(r"\s#", joined):
        return Cause(message, "a comment can't stand behind an instruction: give it a line of its own")
    if _TYPOGRAPHIC.search(joined):
        return Cause(message, 'the quotes are typographic, as copied out of a rendered page: write "')
    ending = _wrong_ending(lines, number)
    if ending:
        return Cause(message, ending)
    return Cause(message, f'put a value that holds blanks in quotes: {keyword} NAME="two words"')


def _no_value(match: re.Match[str], lines: Sequence[str], number: int) -> Cause:
    keyword = match[1]
    name = _instruction(lines, number)[1].strip()
    ending = _wrong_ending(lines, number)
    if ending:
        return Cause(f"{keyword} has no value", ending)
    shown = _shown(name.split()[0] if name else "NAME")
    otherwise = f", or ARG {shown} for what is given when it is built" if keyword == "ENV" else ""
    return Cause(f"{keyword} {shown} has no value", f"write {keyword} {shown}=value{otherwise}")


def _nothing_behind(match: re.Match[str], lines: Sequence[str], number: int) -> Cause:
    above = _above(lines, number)
    if above and _line(lines, number)[:1].isspace():
        missing = f"if it belongs to what stands above, line {above} lacks a backslash at its end"
        return Cause(f"{match[1]} has nothing behind it", _wrong_ending(lines, above) or missing)
    return Cause(f"{match[1]} has nothing behind it", "say what it is for, or leave it out")


def _from(_match: re.Match[str], lines: Sequence[str], number: int) -> Cause:
    words = _instruction(lines, number)[1].split()
    if any(word.startswith("#") for word in words):
        return Cause("a comment stands behind FROM", "give it a line of its own")
    if len(words) == 2 and words[1].lower() == "as":
        return Cause("FROM ... AS lacks the name of the stage", "write FROM image AS name")
    if not words:
        return Cause("FROM names no image", "write FROM image, such as FROM python:3.13-slim")
    return Cause("FROM takes an image, or an image, AS and a name", "write FROM image, or FROM image AS name")


def _before_from(_match: re.Match[str], lines: Sequence[str], number: int) -> Cause:
    keyword, _ = _instruction(lines, number)
    if not any(map(_FROM.match, lines)):
        return Cause("the file has no FROM", "begin with the image to build on, such as FROM python:3.13-slim")
    return Cause(f"{keyword} stands before the first FROM", "only ARG may stand there")


def _unknown_flag(match: re.Match[str], lines: Sequence[str], number: int) -> Cause:
    keyword, _ = _instruction(lines, number)
    flag = _shown(match[1])
    known = tuple(FLAGS.get(keyword, ()))
    if keyword in ("CMD", "ENTRYPOINT"):
        return Cause(f"Docker takes {flag} for a flag of {keyword}'s own", f'write {keyword} ["{flag}", ...]')
    if not known:
        return Cause(f"{keyword} takes no flags, and {flag} looks like one", "leave it out")
    if flag == "--from":
        return Cause(f"{keyword} knows no --from", "COPY does")
    meant = _closest(flag[2:], known, 0.7)
    listed = ", ".join(f"--{name}" for name in known)
    return Cause(f"{keyword} knows no {flag}", f"did you mean --{meant}?" if meant else f"it knows {listed}")


def _unterminated(_match: re.Match[str], lines: Sequence[str], number: int) -> Cause:
    """Look for the line that should have ended the heredoc."""
    end = _end(lines, number)
    for dash, _, name in _HEREDOC.findall("\n".join(lines[number - 1 : end])):
        below = range(end, len(lines))
        close = next((at for at in below if (lines[at].lstrip("\t") if dash else lines[at]) == name), None)
        if close is not None:
            end = close + 1
            continue
        shown = _shown(name)
        message = f"the heredoc {shown} has no end"
        if not re.fullmatch(r"[\w.-]+", name):
            return Cause(message, "Docker takes << for its beginning: put it in quotes if it isn't meant so")
        near = next((at for at in below if lines[at].strip().rstrip(";)") == name), None)
        if near is None:
            return Cause(message, f"end it with a line that holds nothing but {shown}")
        if lines[near][:1].isspace():
            return Cause(message, f"in line {near + 1} blanks stand before {shown}, which must begin the line")
        return Cause(message, f"in line {near + 1} more than {shown} stands on the line, blanks perhaps")
    return Cause("a heredoc has no end", "put << in quotes if it begins none")


_CAUSES: tuple[tuple[str, _Explain], ...] = (
    (r"^file with no instructions$", _empty),
    (
        r"line greater than max",
        _says("the line is longer than 65,535 bytes", "break it, or copy what it holds from a file"),
    ),
    (r"^only one (\w+) parser directive", _says(r"the directive # \1= stands here twice", "keep one")),
    (r"^invalid escape token", _says("the directive # escape= knows \\\\ and ` alone")),
    (r"^unterminated heredoc$", _unterminated),
    (
        r"arrays must be comprised of strings only",
        _says("the JSON array holds something else than strings", "put each word in double quotes, numbers too"),
    ),
    (r"^(\w+) must have two arguments$", _no_value),
    (r"^Syntax error - can't find =", _no_equals_sign),
    (r"^no build stage in current context$", _before_from),
    (r"contains no stages to build$", _before_from),
    (r"^unknown instruction: (.*)", _unknown_instruction),
    (r"^FROM requires either one or three arguments$", _from),
    (
        r"^invalid name for build stage",
        _says("the stage has a name that Docker doesn't take", "use letters, digits, - _ and . behind a letter"),
    ),
    (
        r"^(\w+) requires at least two arguments",
        _says(r"\1 names no destination", r"write \1 source destination, such as \1 . ."),
    ),
    (
        r"^(\w+) cannot accept a heredoc as a destination$",
        _says(r"\1 has a heredoc where its destination belongs", r"write \1 <<EOF destination"),
    ),
    (r"^SHELL requires the arguments", _says("SHELL is no JSON array", 'write SHELL ["/bin/bash", "-c"]')),
    (r"^SHELL requires at least", _says("SHELL names no shell", 'write SHELL ["/bin/bash", "-c"]')),
    (r"^(\w+) requires (?:at least|exactly) one argument$", _nothing_behind),
    (
        r"^(\w+) names can not be blank$",
        _says(r"\1 has nothing before a =", r"write \1 NAME=value, without blanks around the ="),
    ),
    (r"^VOLUME specified", _says("VOLUME names an empty path")),
    (r"^Chaining ONBUILD", _says("ONBUILD stands behind ONBUILD")),
    (r"^(\w+) isn't allowed as an ONBUILD trigger$", _says(r"\1 can't stand behind ONBUILD")),
    (r"^HEALTHCHECK NONE takes", _says("more stands behind HEALTHCHECK NONE", "leave it out")),
    (r"^Unknown type", _says("HEALTHCHECK is followed by neither CMD nor NONE", "write HEALTHCHECK CMD command")),
    (r"^Missing command after HEALTHCHECK", _says("HEALTHCHECK CMD names no command")),
    (r"^unknown flag: (.*)", _unknown_flag),
    (r"^duplicate flag specified: (.*)", _says(r"\1 stands here twice", "keep one")),
    (r"^invalid duration on flag: (.*)", _says(r"\1 is given no time", r"write a number and its unit, such as \1=30s")),
    (r"^invalid number on flag: (.*)", _says(r"\1 is given no number", r"write a whole number, such as \1=3")),
    (r"^invalid value on flag: --network$", _says("--network is default, none or host")),
    (r"^invalid value on flag: --security$", _says("--security is insecure or sandbox")),
    (r"^missing a value on flag: (.*)", _says(r"\1 has no value", r"write \1=value, with = and no blank")),
    (r"^expecting boolean value for flag (\S+),", _says(r"\1 is either true or false", r"write \1, or leave it out")),
)


def _line(lines: Sequence[str], number: int) -> str:
    """The line of this number, from 1; "" where there is none."""
    return lines[number - 1] if 0 < number <= len(lines) else ""


def _above(lines: Sequence[str], number: int) -> int:
    """The number of the nearest line above that is neither empty nor a comment; 0 where there is none."""
    for above in range(number - 1, 0, -1):
        content = lines[above - 1].strip()
        if content and not content.startswith("#"):
            return above
    return 0


def _end(lines: Sequence[str], number: int) -> int:
    """The number of the last line of the instruction that begins in line `number`."""
    escape = _escape(lines)
    while number < len(lines) and _line(lines, number).rstrip(" \t").endswith(escape):
        number += 1
    return number


def _instruction(lines: Sequence[str], number: int) -> tuple[str, str]:
    """The keyword of the instruction that begins in this line, and what stands behind it."""
    text = " ".join(lines[number - 1 : _end(lines, number)])
    keyword, *rest = text.lstrip("\ufeff").split(maxsplit=1) or [""]
    return keyword.upper(), rest[0] if rest else ""


def _closest(word: str, known: Sequence[str], likeness: float) -> str:
    """The one of the known words that `word` is nearly the same as, or ""."""
    import difflib

    return next(iter(difflib.get_close_matches(word[:_MOST_SHOWN], known, 1, likeness)), "")


def _shown(word: str) -> str:
    """A word as it may be shown: nothing behind a =, and but the beginning of a long one."""
    name = word.partition("=")[0] or word[:1]
    return name if len(name) <= _MOST_SHOWN else f"{name[:12]}..."

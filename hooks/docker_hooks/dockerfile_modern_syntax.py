"""Writes ENV, LABEL, MAINTAINER and ADD as Docker's documentation does today, with the same meaning.

`ENV name value` becomes `ENV name=value` (LABEL likewise), quoted where the value needs it; MAINTAINER becomes the
label that Docker and the OCI name for it; ADD of files of one's own becomes COPY, unless ADD might unpack or download
one. A value is kept to the letter: what BuildKit makes of the line before and after is compared for each mend.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from docker_hooks import run
from docker_hooks.dockerfile.edits import Edit, words
from docker_hooks.dockerfile.lexer import LexError, lex
from docker_hooks.dockerfile.reader import Dockerfile, Instruction, Rejected, pieces, read_lines
from docker_hooks.dockerfile.regex import regex
from docker_hooks.entry_point import entry_point
from docker_hooks.finding import Finding
from docker_hooks.project.archives import is_plain
from docker_hooks.project.copied import context_folders, is_heredoc
from docker_hooks.subject import Subject

TYPE_CHECKING = False
if TYPE_CHECKING:
    from docker_hooks.dockerfile.lexer import Values

ID = "dockerfile-modern-syntax"
HOOK_RULES = ("DL3020", "DL4000", "LegacyKeyValueFormat", "MaintainerDeprecated")

# What docs.docker.com/reference/build-checks/maintainer-deprecated recommends, from the OCI's annotations.
_AUTHORS = "org.opencontainers.image.authors"
# Those of ADD's flags that COPY knows too.
_SHARED_FLAGS = ("--chown=", "--chmod=", "--link", "--exclude=")
_QUOTES = regex(r"['\"]")


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for each instruction in an old form; what can't be written anew with the same meaning is reported."""
    with_authors: set[int | None] = set()
    for stage in subject.stages:
        has_authors = stage.parent in with_authors or any(map(_names_authors, stage.instructions))
        if has_authors:
            with_authors.add(stage.number)
        for instruction in stage.instructions:
            # The form of what ONBUILD holds is that of the instruction itself.
            holder = instruction.child or instruction
            if holder.name in ("ENV", "LABEL") and (holder.arguments or ("", "", "="))[2] == "":
                yield _name_and_value(subject.dockerfile, instruction, holder)
            elif holder.name == "MAINTAINER":
                yield _maintainer(subject.dockerfile, instruction, has_authors)
            elif holder.name == "ADD" and _adds_plain_files(subject, instruction, holder):
                yield _add(subject.dockerfile, instruction, holder)


def _names_authors(instruction: Instruction) -> bool:
    return instruction.name == "LABEL" and _AUTHORS in (instruction.arguments or ())[::3]


@entry_point
def main(argv: Sequence[str]) -> int:
    """The command `dockerfile-modern-syntax`."""
    return run.run(run.Hook(ID, check, HOOK_RULES), run.options(argv, ID, __doc__))


def _name_and_value(dockerfile: Dockerfile, instruction: Instruction, holder: Instruction) -> Finding:
    name, value = (holder.arguments or ())[:2]
    finding = Finding(
        instruction.start_line,
        f"{holder.name} {name} is written without =, which Docker calls a legacy form",
        advice=f"write {holder.name} {name}=..., with quotes around what holds blanks",
    )
    if value.startswith("="):
        # Nobody means the sign to be part of the value.
        message = f"the = behind {holder.name} {name} is taken for the beginning of the value"
        return finding._replace(message=message, advice=f"write {holder.name} {name}=..., without blanks around the =")
    if not _meanings(value, dockerfile.escape):
        return finding._replace(
            advice=f"{finding.advice} (not mended: Docker can't read its value, look at the quotes)"
        )
    start, end = holder.span(len(holder.value) - len(value), len(holder.value))
    for candidate in _candidates(value, dockerfile.text[start:end], dockerfile.escape):
        text = f"{holder.name} {name}={candidate}"
        if _stands_for(text, name, value, dockerfile.escape):
            edit = Edit(holder.span(0, len(name))[0], end, f"{name}={candidate}")
            return finding._replace(
                done=f"written {holder.name} {name}=..., the same value",
                edits=(edit,),
                adds=_words(text, dockerfile.escape)[1:],
                drops=tuple(piece.text for piece in pieces(holder.value, "\\")),
                moves=_comments_within(dockerfile, edit),
            )
    return finding


def _candidates(value: str, written: str, escape: str) -> Iterator[str]:
    """Ways to write a value behind `=`, the closest to what is `written` (with its line breaks) first."""
    yield written
    if not _QUOTES.search(value):
        yield f'"{written}"'
    if "$" not in value:
        yield _quoted(lex(value, {}, escape=escape).text, escape)
    yield _with_blanks_escaped(value, escape)


def _quoted(text: str, escape: str) -> str:
    """`text` in quotes, so that BuildKit's lexer takes it to the letter."""
    if "'" not in text and any(character in text for character in ('"', "$", escape)):
        return f"'{text}'"
    escaped = text.replace(escape, escape * 2).replace('"', f'{escape}"').replace("$", f"{escape}$")
    return f'"{escaped}"'


def _with_blanks_escaped(value: str, escape: str) -> str:
    parts: list[str] = []
    at = 0
    for piece in pieces(value, escape):
        parts += (escape + blank for blank in value[at : piece.start])
        parts.append(piece.text)
        at = piece.end
    return "".join(parts)


def _stands_for(text: str, name: str, value: str, escape: str) -> bool:
    """Whether BuildKit takes the instruction `text` for `name=`, and as its value the same as in the legacy form."""
    try:
        arguments = _read(text, escape).arguments or ()
    except Rejected:
        return False
    if len(arguments) != 3 or arguments[::2] != (name, "="):
        return False
    if arguments[1] == value:
        return True
    meanings = _meanings(value, escape)
    return bool(meanings) and _meanings(arguments[1], escape) == meanings


@lru_cache(maxsize=16)
def _read(text: str, escape: str) -> Instruction:
    """The one instruction that `text` holds. Raises Rejected."""
    return read_lines(text, escape).instructions[0]


def _words(text: str, escape: str) -> tuple[str, ...]:
    """The words of the one instruction that `text` holds, without its comments."""
    return words(_read(text, escape), text)


class _Everywhere:
    """Gives each variable a value of the same form, which shows where in a text it went."""

    def __init__(self, form: str) -> None:
        self.form = form

    def get(self, name: str) -> str | None:
        return self.form.replace("?", name)


def _meanings(value: str, escape: str) -> tuple[str, ...]:
    """What a value comes to where its variables are set, empty and unset; nothing where it can't be read."""
    found: list[str] = []
    every_case: tuple[Values, ...] = (_Everywhere("\ue000?\ue000"), _Everywhere(""), {})
    for values in every_case:
        try:
            found.append(lex(value, values, escape=escape).text)
        except LexError as error:
            if not found:
                return ()
            found.append(str(error))
    return tuple(found)


def _comments_within(dockerfile: Dockerfile, edit: Edit) -> tuple[str, ...]:
    """The comments on the lines that an edit writes anew; they stay where they are."""
    return tuple(comment.text for comment in dockerfile.comments_within(edit.start, edit.end))


def _maintainer(dockerfile: Dockerfile, instruction: Instruction, has_authors: bool) -> Finding:
    finding = Finding(
        instruction.start_line, "MAINTAINER is deprecated", advice=f'write LABEL {_AUTHORS}="...", or leave it out'
    )
    if has_authors:
        return finding._replace(advice=f"leave it out, the image has a label {_AUTHORS}")
    authors = instruction.value
    keyword = "label" if instruction.keyword.islower() else "LABEL"
    text = f"{keyword} {_AUTHORS}={_quoted(authors, dockerfile.escape)}"
    if not _stands_for(text, _AUTHORS, _quoted(authors, dockerfile.escape), dockerfile.escape):
        return finding
    return finding._replace(
        done=f"written LABEL {_AUTHORS}",
        edits=(Edit(instruction.start, instruction.span(0, len(authors))[1], text),),
        adds=_words(text, dockerfile.escape),
        drops=words(instruction, dockerfile.text),
    )


def _adds_plain_files(subject: Subject, instruction: Instruction, holder: Instruction) -> bool:
    """Whether ADD does with its sources, for certain, what COPY would do."""
    if not all(flag.startswith(_SHARED_FLAGS) for flag in holder.flags):
        return False
    folders = context_folders(subject)
    for source in (holder.arguments or ())[:-1]:
        if is_heredoc(holder, source):
            continue
        # What the variables are when a trigger is pulled, another file says.
        is_unknown = holder is not instruction and "$" in source
        path = None if is_unknown else subject.state(instruction).expand(source, subject.dockerfile.escape)
        if not path or not is_plain(path, folders):
            return False
    return True


def _add(dockerfile: Dockerfile, instruction: Instruction, holder: Instruction) -> Finding:
    finding = Finding(
        instruction.start_line, "ADD of files that are neither downloaded nor unpacked", advice="write COPY"
    )
    keyword_end = holder.start + len(holder.keyword)
    if dockerfile.text[holder.start : keyword_end] != holder.keyword:
        return finding
    keyword = "copy" if holder.keyword.islower() else "COPY"
    # The words beside it change the kind of instruction that they belong to; heredocs are what they are.
    end = holder.span(0, len(holder.value))[1]
    moved = list(words(instruction._replace(heredocs=()), dockerfile.text))
    del moved[0 if holder is instruction else 1]
    before, behind = dockerfile.text[instruction.start : holder.start], dockerfile.text[keyword_end:end]
    edit = Edit(instruction.start, end, before + keyword + behind)
    return finding._replace(
        done="written COPY",
        edits=(edit,),
        adds=(keyword,),
        drops=(holder.keyword,),
        moves=(*moved, *_comments_within(dockerfile, edit)),
    )

"""The shell script that a RUN, CMD or ENTRYPOINT holds, with places in the file."""

from __future__ import annotations

import re
from collections.abc import Iterator

from docker_hooks.dockerfile.lines import line_at
from docker_hooks.dockerfile.reader import Heredoc, Instruction
from docker_hooks.dockerfile.regex import regex
from docker_hooks.dockerfile.shell import Command, scan
from docker_hooks.dockerfile.values import NamedTuple

_CHUNK = regex(r"\S+")
_SHELLS = ("sh", "bash", "dash", "ash")


class InstructionScript(NamedTuple):
    """A script and its commands; where it can't be read, `reason` says why and there are no commands.

    `heredoc` is set where the script is a heredoc's body (`RUN <<EOF`). Offsets of words count in `text`.
    """

    instruction: Instruction
    text: str
    heredoc: Heredoc | None
    commands: tuple[Command, ...]
    reason: str

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The offsets in the file of `text[start:end]`, which must not be empty."""
        if self.heredoc is not None:
            return self.heredoc.start + start, self.heredoc.start + end
        return self.instruction.span(start, end)

    def line(self, dockerfile_text: str, offset: int) -> int:
        """The line in the file, from 1, of the character at `offset` of `text`."""
        return line_at(dockerfile_text, self.span(offset, offset + 1)[0])

    def parts(self) -> Iterator[tuple[int, int]]:
        """Where the outermost words stand, and what stands between them: operators, keywords, comments."""
        words = [
            word
            for command in self.commands
            for word in (
                *command.assignments,
                *command.words,
                *(redirect.target for redirect in command.redirects),
            )
        ]
        at = 0
        for word in sorted(words, key=lambda word: (word.start, -word.end)):
            if word.start < at:
                continue
            yield from ((chunk.start(), chunk.end()) for chunk in _CHUNK.finditer(self.text, at, word.start))
            if word.end > word.start:
                yield word.start, word.end
            at = word.end
        yield from ((chunk.start(), chunk.end()) for chunk in _CHUNK.finditer(self.text, at))


def has_script(instruction: Instruction) -> bool:
    """Whether the instruction is in shell form."""
    return instruction.name in ("RUN", "CMD", "ENTRYPOINT") and not instruction.json


def script_of(instruction: Instruction, shell: tuple[str, ...] | None = None) -> InstructionScript:
    """Read the script of an instruction in shell form; `shell` is the SHELL in force, None for the default."""
    if shell is not None and not any(word.rpartition("/")[2] in _SHELLS for word in shell):
        return InstructionScript(instruction, instruction.value, None, (), "a script for another shell")
    heredoc = _only_heredoc(instruction)
    if heredoc is None and instruction.heredocs and instruction.name == "RUN":
        return InstructionScript(instruction, instruction.value, None, (), "a command that reads a heredoc")
    text = heredoc.content if heredoc is not None else instruction.value
    if heredoc is not None and not _is_for_shell(text):
        return InstructionScript(instruction, text, heredoc, (), "a script for another interpreter")
    script = scan(text.replace("\r\n", " \n") if heredoc is not None else text)
    return InstructionScript(instruction, text, heredoc, script.commands, script.reason)


def _only_heredoc(instruction: Instruction) -> Heredoc | None:
    """The heredoc whose body is the whole script, as in `RUN <<EOF`."""
    if instruction.name != "RUN" or len(instruction.heredocs) != 1:
        return None
    return instruction.heredocs[0] if re.fullmatch(r"<<-?\s*\S+", instruction.value) else None


def _is_for_shell(text: str) -> bool:
    first = text.lstrip("\t").partition("\n")[0]
    if not first.startswith("#!"):
        return True
    words = first[2:].split()
    return bool(words) and words[-1 if words[0].endswith("/env") else 0].rpartition("/")[2] in _SHELLS

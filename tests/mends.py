"""What every mend is held to, whichever hook makes it: the promises of the README."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path

import dockerfile as official

from docker_hooks.dockerfile.reader import Dockerfile, decode
from docker_hooks.finding import Finding
from docker_hooks.run import Hook, accepted, fixed, found, mend
from docker_hooks.subject import Subject


def subject_of(text: str, root: Path | None = None, path: str = "Dockerfile") -> Subject:
    """A Dockerfile in the folder `root`; it is not written there."""
    folder = root or Path("/nowhere")
    return Subject(str(folder / path), str(folder), accepted(text))


def findings_of(check: Callable[[Subject], Iterable[Finding]], text: str, root: Path | None = None) -> list[Finding]:
    """What a check says of a text."""
    return found(Hook("the-hook-under-test", check), subject_of(text, root))


def mended(hook: Hook, text: str, root: Path | None = None, path: str = "Dockerfile") -> str:
    """The text after the hook's mends, held to the promises."""
    subject = subject_of(text, root, path)
    result = mend(hook, subject)
    for variant in (text.replace("\n", "\r\n"), "\ufeff" + text, text.rstrip("\n")):
        _assert_kept(hook, subject_of(variant, root, path), result.text != text)
    _assert_kept(hook, subject, result.text != text)
    return result.text


def _assert_kept(hook: Hook, before: Subject, is_mended: bool) -> None:
    result = mend(hook, before)
    text, after_text = before.dockerfile.text, result.text
    named = [finding for _, finding in result.fixed if re.search(r"\blines? \d", fixed(finding))]
    assert not named, "a mend names a line, where later mends leave another one"
    # Line endings, the byte order mark and the end of the file are no reason to mend less.
    assert (after_text != text) is is_mended
    official.parse_string(after_text.removeprefix("\ufeff"))
    after = Subject(before.path, before.root, accepted(after_text))
    again = mend(hook, after)
    assert again.text == after_text, "a second run changes the file again"
    assert not again.fixed
    assert _comments(before.dockerfile) <= _comments(after.dockerfile), "a comment is lost"
    assert _heredocs(before.dockerfile) <= _heredocs(after.dockerfile), "a heredoc body is changed"
    if "\r\n" in text:
        assert after_text.count("\n") - after_text.count("\r\n") == text.count("\n") - text.count("\r\n")
    assert after_text.endswith("\n") == text.endswith("\n")
    assert after_text.startswith("\ufeff") == text.startswith("\ufeff")
    assert decode(after_text.encode("utf-8", "surrogateescape")) == after_text


def _comments(dockerfile: Dockerfile) -> set[str]:
    return {comment.text for comment in dockerfile.comments}


def _heredocs(dockerfile: Dockerfile) -> set[str]:
    return {
        heredoc.content
        for instruction in dockerfile.instructions
        for heredoc in instruction.heredocs
        if instruction.name != "RUN"
    }

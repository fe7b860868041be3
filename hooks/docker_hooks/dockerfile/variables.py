"""Resolves the variables in FROM with dockerfile-parse, on what our own reader found.

dockerfile-parse knows which ARG a FROM sees and what `$NAME` and `${NAME}` stand for there; its line reader and
its setters are not used. What it lacks, `${NAME:-default}` and its kin, is replaced before it looks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO

from dockerfile_parse import DockerfileParser

from docker_hooks.dockerfile.lexer import LexError, lex


def resolved_images(written: Sequence[str], values: Mapping[str, str], escape: str) -> list[str | None]:
    """What each FROM names: `written` are its words, `values` those of the ARGs above the first FROM.

    None where an image can't be known: a variable without value, or a substitution that Docker rejects.
    """
    plain = [_without_modifiers(image, values, escape) for image in written]
    images = iter(_Images([image for image in plain if image], values).parent_images)
    return [next(images) or None if image else None for image in plain]


class _Images(DockerfileParser):  # type: ignore[misc]
    """The ARGs and FROMs of a Dockerfile, as dockerfile-parse sees them."""

    def __init__(self, images: Sequence[str], values: Mapping[str, str]) -> None:
        super().__init__(fileobj=BytesIO(), build_args=dict(values))
        self.images = images

    @property
    def structure(self) -> list[dict[str, str]]:
        """ARG and FROM alone: nothing else bears on what a FROM names."""
        arguments = [{"instruction": "ARG", "value": f"{name}="} for name in self.build_args]
        return arguments + [{"instruction": "FROM", "value": image} for image in self.images]


def _without_modifiers(image: str, values: Mapping[str, str], escape: str) -> str | None:
    """`image` with `${NAME:-default}` and the like replaced; None where a value is missing."""
    try:
        lexed = lex(image, values, escape=escape)
    except LexError:
        return None
    if lexed.unset or not lexed.text or any(character.isspace() for character in lexed.text):
        return None
    braces = image.count("${")
    return image if braces == sum(image.count("${" + name + "}") for name in values) else lexed.text

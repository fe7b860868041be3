"""YAML as most people write it, read without PyYAML: the same as PyYAML reads, or left to it."""

from __future__ import annotations

import random
from typing import Any

import pytest

from docker_hooks.project.plainyaml import NULL, plain_documents
from docker_hooks.project.reading import Unreadable
from docker_hooks.project.yamlnodes import parse_yaml

COMPOSE = """\
# What starts the project.
version: "3"

services:
  app:
    build:
      context: .  # here
      dockerfile: docker/Dockerfile
      target:
    volumes:
    - .:/srv
    - data:/data # kept
    ports:
      - "8000:80"
      - 80:80
    environment:
      - A=b c
      - 'B=#1'
    command: >
      sh -c "python main.py
      && true"
    x-note: |-
        # no comment
        two: lines

  db:
    image: postgres:16
    restart: ~
volumes:
  data:
"""


def shape(node: Any) -> object:
    if node.id == "scalar":
        return node.value, node.tag == NULL
    if node.id == "sequence":
        return [shape(item) for item in node.value]
    return [(key.value, key.start_mark.line, shape(value)) for key, value in node.value]


def assert_same(text: str) -> bool:
    """Whether the text is read here; then as PyYAML reads it."""
    found = plain_documents(text)
    if found is not None:
        assert [shape(document) for document in found] == [shape(document) for document in parse_yaml(text)]
    return found is not None


@pytest.mark.parametrize(
    "text",
    [
        COMPOSE,
        "\n",
        "# nothing\n",
        "a:\n",
        "a:\n  b: c d\n",
        "- a\n- b\n",
        "a:\n- b\nc: null\n",
        "a: b # c\n",
        "a: b#c\n",
        "a: x:y\n",
        "a: 'it is'\n",
        'a: ""\n',
        "a: >-\n  b\n  c\n\nd: e\n",
        "a: |\n  b\n",
    ],
)
def test_reads_what_pyyaml_reads(text: str) -> None:
    assert assert_same(text)


@pytest.mark.parametrize(
    "text",
    [
        "a: b",
        "a: &x b\nc: *x\n",
        "a: {b: c}\n",
        "a: [b]\n",
        "a: !x b\n",
        "a: b\n  c\n",
        "a: b: c\n",
        "a: 'it''s'\n",
        'a: "\\x41"\n',
        "a:\n   b: c\n  d: e\n",
        "- a: b\n",
        "- - a\n",
        "a: |\n  b\n\n  c\n",
        "a: |\n  b\n    c\n",
        "a: |+\n  b\n",
        "? a\n: b\n",
        "<<: a\n",
        "---\na: b\n",
        "a:\tb\n",
        "a: é\n",
        "a: b\r\n",
        "a\n",
        " a: b\n",
        "a: -1\n",
        "a: @b\n",
    ],
)
def test_leaves_the_rest_to_pyyaml(text: str) -> None:
    assert plain_documents(text) is None


def test_agrees_with_pyyaml_whatever_is_changed() -> None:
    changes = [
        "\n",
        " ",
        "  ",
        "- ",
        ":",
        ": ",
        "#",
        " #",
        '"',
        "'",
        ">",
        "|",
        "~",
        "\n\n",
        "&a",
        "*",
        "!",
        "{",
        "[",
        "?",
    ]
    chance = random.Random(1)
    read = 0
    for _ in range(1500):
        at = chance.randrange(len(COMPOSE))
        text = COMPOSE[:at] + chance.choice(changes) + COMPOSE[at + chance.randrange(3) :]
        try:
            read += assert_same(text)
        except Unreadable as error:
            raise AssertionError(text) from error
    assert read > 300

"""What services say: the words of commands, volumes in both forms, variables."""

from __future__ import annotations

import pytest

from docker_hooks.project.services import Words, env_files, environment, mounts, services, split, words
from docker_hooks.project.yamlnodes import Mappings, parse_yaml


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Words(())),
        ("python main.py", Words(("python", "main.py"))),
        ("  a\tb\n c ", Words(("a", "b", "c"))),
        ("a 'b c' \"d e\"f", Words(("a", "b c", "d ef"))),
        ("a '' b", Words(("a", "", "b"))),
        (r"a\\ b \"c", Words(("a\\", "b", '"c'))),
        ("'a\\b' \"a\\tb\"", Words(("a\\b", "a\tb"))),
        ("a && b", Words(("a",), "&& b")),
        ("a;b", Words(("a",), ";b")),
        ("a 'b && c' | d", Words(("a", "b && c"), "| d")),
        ("a \\; b", Words(("a", ";", "b"))),
        ("a $b", Words(("a", "$b"))),
        ("'a", None),
        ('"a', None),
        ("a\\", None),
        ("(a)", None),
        ("a `b`", None),
    ],
)
def test_splits_a_command_as_compose_does(text: str, expected: Words | None) -> None:
    assert split(text) == expected


def test_reads_services() -> None:
    text = r"""
x-base: &base
  environment: {A: 1, B: , C: $C}
services:
  a:
    <<: *base
    command: [python, main.py, "${X:-y}"]
    entrypoint: [$X]
    env_file: [a.env, {path: b.env, required: false}, {path: $C}]
    volumes:
    - .:/app:ro
    - C:\data:/data
    - data:/d
    - /anonymous
    - $X:/x
    - {type: bind, source: ./s, target: /s}
    - {target: /t}
  b:
    environment: [A=1, B=, C, 'D=a=b']
    env_file: c.env
  c:
"""
    mappings = Mappings()
    a, b, c = services(parse_yaml(text), mappings)
    assert [service.name for service in (a, b, c)] == ["a", "b", "c"]
    assert [variable[:2] for variable in environment(a, mappings)] == [("A", "1"), ("B", None), ("C", "$C")]
    assert [variable[:2] for variable in environment(b, mappings)] == [("A", "1"), ("B", ""), ("C", None), ("D", "a=b")]
    assert words(a.value("command"), mappings) == Words(("python", "main.py", "y"))
    assert words(a.value("entrypoint"), mappings) is None
    assert [file[:2] for file in env_files(a, mappings)] == [("a.env", True), ("b.env", False), (None, True)]
    assert [file[:2] for file in env_files(b, mappings)] == [("c.env", True)]
    assert [mount[:3] for mount in mounts(a, mappings)] == [
        ("bind", ".", "/app"),
        ("bind", r"C:\data", "/data"),
        ("volume", "data", "/d"),
        ("volume", None, "/anonymous"),
        ("", None, None),
        ("bind", "./s", "/s"),
        ("volume", None, "/t"),
    ]
    assert not list(mounts(c, mappings))

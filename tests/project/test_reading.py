"""Small files are read whole or not at all, and never hang, recurse or lead out of the project."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import yaml

from docker_hooks.project.reading import Missing, Unreadable, is_inside, read_ini, read_text, read_toml, strings, table
from docker_hooks.project.yamlnodes import items, pairs, read_yaml, scalar


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", ""),
        (b"a\r\nb", "a\r\nb"),
        (b"\xef\xbb\xbfa", "a"),
        ("a\r\n".encode("utf-16"), "a\r\n"),
        ("a".encode("utf-32"), "a"),
        (b"\xfe\xff\x00a", "a"),
        (b"caf\xe9", "caf\udce9"),
    ],
)
def test_reads_text(tmp_path: Path, data: bytes, text: str) -> None:
    (tmp_path / "file").write_bytes(data)
    assert read_text(tmp_path / "file", tmp_path) == text


def test_reads_no_more_than_the_limit(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x" * 11)
    assert read_text(tmp_path / "file", tmp_path, limit=11) == "x" * 11
    with pytest.raises(Unreadable, match="larger than 10 bytes"):
        read_text(tmp_path / "file", tmp_path, limit=10)


@pytest.mark.parametrize("name", ["none", "folder/none", "file/below"])
def test_tells_what_is_missing(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(Missing):
        read_text(tmp_path / name, tmp_path)


def test_refuses_what_is_no_file_inside_the_project(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (tmp_path / "secret").write_text("secret")
    (root / "out").symlink_to(tmp_path / "secret")
    (root / "in").write_text("text")
    (root / "link").symlink_to("in")
    (root / "loop").symlink_to("loop")
    names = ["out", "../secret", ".", "loop", "a\0b", "x" * 5000]
    if hasattr(os, "mkfifo"):
        os.mkfifo(root / "pipe")
        names.append("pipe")
    assert read_text(root / "link", root) == "text"
    for name in names:
        with pytest.raises(Unreadable):
            read_text(root / name, root)


def test_inside(tmp_path: Path) -> None:
    (tmp_path / "ab").mkdir()
    (tmp_path / "a").mkdir()
    assert is_inside(tmp_path / "a", tmp_path / "a")
    assert not is_inside(tmp_path / "ab", tmp_path / "a")
    assert not is_inside("a\0b", tmp_path)


def test_reads_toml(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_bytes(b"[tool.x]\r\ny = ['a', 1]\r\nz = 'b'\r\n")
    toml = read_toml(tmp_path / "a.toml", tmp_path)
    assert strings(table(toml, "tool", "x").get("y")) == ["a"]
    assert strings(table(toml, "tool", "x").get("z")) == ["b"]
    assert strings(None) == strings({"a": "b"}) == []
    assert table(toml, "tool", "x", "y") == table(toml, "none", "x") == table("text", "tool") == {}


@pytest.mark.parametrize(
    "text",
    [
        "a",
        "a = 1\na = 2",
        "[" * 100_000,
        "a = " + "[" * 100_000,
        "a = " + "{a=" * 50_000,
        "a." * 100_000 + "b = 1",
        "[" + "a." * 100_000 + "b]",
        "a = " + "9" * 100_000,
        'a = "\udc80',
        "a = 9999-99-99",
        "a = \0",
    ],
    ids=lambda text: repr(text[:12]),
)
def test_says_what_is_not_toml(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.toml").write_bytes(text.encode("utf-8", errors="surrogateescape"))
    with pytest.raises(Unreadable):
        read_toml(tmp_path / "a.toml", tmp_path)


def test_reads_ini(tmp_path: Path) -> None:
    (tmp_path / "setup.cfg").write_bytes(
        b"ignored = before any section\n[Metadata]\r\nlong-description = file: README.md,\n  # a comment\n"
        b"    CHANGES.md\r\nVersion: 1 = 2\n\n[options]\npackages =\n    a\n\n    b\n; comment\nalone\n[metadata"
    )
    assert read_ini(tmp_path / "setup.cfg", tmp_path) == {
        "Metadata": {"long_description": "file: README.md,\nCHANGES.md", "version": "1 = 2"},
        "options": {"packages": "\na\nb", "alone": ""},
        "metadata": {},
        "": {},
    }


def test_reads_an_ini_line_of_many_spaces_in_linear_time(tmp_path: Path) -> None:
    (tmp_path / "setup.cfg").write_text("[a]\nx" + " " * 200_000 + "y\n")
    assert read_ini(tmp_path / "setup.cfg", tmp_path)["a"]


YAML = """\
x: &a {b: [1, 2, ~, null, true], c: !foo x}
y: !!str 1
z:
  <<: *a
  ? complex
  : - a
    - |
      text
    - "q"
    - ! 5
    - *a
---
- a
---
"""


def same(one: yaml.Node, other: yaml.Node) -> None:
    assert (type(one), one.tag) == (type(other), other.tag)
    for mark, expected in ((one.start_mark, other.start_mark), (one.end_mark, other.end_mark)):
        assert (mark.line, mark.column) == (expected.line, expected.column)
    assert scalar(one) == scalar(other)
    for item, expected_item in zip(items(one), items(other), strict=True):
        same(item, expected_item)
    for pair, expected_pair in zip(pairs(one), pairs(other), strict=True):
        same(pair[0], expected_pair[0])
        same(pair[1], expected_pair[1])


@pytest.mark.parametrize("text", ["", "# nothing\n", "a", YAML, YAML.replace("\n", "\r\n"), '{"a": [{}, []]}'])
def test_reads_the_nodes_that_pyyaml_composes(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.yml").write_bytes(text.encode())
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    for node, expected in zip(
        read_yaml(tmp_path / "a.yml", tmp_path), yaml.compose_all(text, Loader=loader), strict=True
    ):
        same(node, expected)


def test_reads_yaml_without_libyaml(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(yaml, "CSafeLoader", raising=False)
    (tmp_path / "a.yml").write_text(YAML)
    assert len(read_yaml(tmp_path / "a.yml", tmp_path)) == 3


def test_takes_the_last_of_anchors_with_one_name(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text("a: &x 1\nb: &x 2\nc: *x\n")
    (document,) = read_yaml(tmp_path / "a.yml", tmp_path)
    assert [scalar(value) for _, value in pairs(document)] == ["1", "2", "2"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a: *b", "line 1: found undefined alias"),
        ("a: &x 1\n---\nb: *x\n", "line 3: found undefined alias"),
        ("a: [", "not YAML"),
        ("a:\n\tb: c", "line 2: found character"),
        ("a: \0", "not YAML"),
        ("a: \udc80", "not YAML"),
        ("[" * 100_000, "line 1: nested too deeply"),
        ("- " * 100_000, "line 1: nested too deeply"),
    ],
    ids=lambda text: repr(text[:12]),
)
def test_says_what_is_not_yaml(tmp_path: Path, text: str, reason: str) -> None:
    (tmp_path / "a.yml").write_bytes(text.encode("utf-8", errors="surrogateescape"))
    with pytest.raises(Unreadable, match=reason):
        read_yaml(tmp_path / "a.yml", tmp_path)

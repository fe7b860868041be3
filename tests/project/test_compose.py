"""What compose files build: every form that Compose understands, and what it rejects."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from docker_hooks.project.compose import Build, builds, compose_names, read_compose
from tests.project.trees import write_tree

Expected = dict[str, tuple[object, ...]]

MERGED = """\
x: &x {context: x, target: x}
y: &y {<<: *x, dockerfile: y, target: y}
z: &z {target: z, context: z}
services:
  a: {build: {<<: [*y, *z]}}
  b: {build: {<<: [*z, *y]}}
"""
BASE = "services:\n  base: {build: {context: dir, target: t, dockerfile: d}}\n"


def brief(build: Build) -> tuple[object, ...]:
    """Context, Dockerfile and target: what most cases are about."""
    return (build.context, build.dockerfile, build.target)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("services:\n  a:\n    build: .\n", {"a": (".", "Dockerfile", "")}),
        ("services:\n  a:\n    build: ./dir\n  b:\n    image: x\n", {"a": ("./dir", "Dockerfile", "")}),
        (
            "services:\n  a:\n    build:\n      context: ./dir\n      dockerfile: docker/x.gpu\n      target: run\n",
            {"a": ("./dir", "docker/x.gpu", "run")},
        ),
        ("services:\n  a:\n    build:\n      dockerfile: x.Dockerfile\n", {"a": (".", "x.Dockerfile", "")}),
        ("services:\n  a:\n    build: {}\n", {"a": (".", "Dockerfile", "")}),
        ("services:\n  a:\n    build:\n      context:\n      dockerfile: null\n", {"a": (".", "Dockerfile", "")}),
        ("services:\n  a:\n    build: ''\n", {"a": (".", "Dockerfile", "")}),
        # No build at all
        ("services:\n  a:\n    build:\n  b:\n  c: {image: x}\n", {}),
        ("services:\n", {}),
        ("", {}),
        ("# nothing\n", {}),
        ("version: '3'\nvolumes: {}\n", {}),
        ("services: [a]\n", {}),
        # Syntax
        ('{"services": {"a": {"build": {"context": "dir", "target": "t"}}}}', {"a": ("dir", "Dockerfile", "t")}),
        (
            "services: {a: {build: {context: dir}}, b: {build: ./b}}\n",
            {"a": ("dir", "Dockerfile", ""), "b": ("./b", "Dockerfile", "")},
        ),
        ("\ufeffservices:\r\n  a:\r\n    build: .\r\n", {"a": (".", "Dockerfile", "")}),
        ("services:\n  a:\n    build:\n      context: >-\n        dir\n", {"a": ("dir", "Dockerfile", "")}),
        ("services:\n  1:\n    build: 2\n", {"1": ("2", "Dockerfile", "")}),
        ("services:\n  a:\n    build: .\n    profiles: [gpu]\n", {"a": (".", "Dockerfile", "")}),
        ("services:\n  a:\n    build: !foo dir\n", {"a": ("dir", "Dockerfile", "")}),
        # Contexts that are no folder here
        (
            "services:\n  a:\n    build: https://host/a.git#main:dir\n",
            {"a": ("https://host/a.git#main:dir", "Dockerfile", "")},
        ),
        ("services:\n  a:\n    build: /abs/dir\n", {"a": ("/abs/dir", "Dockerfile", "")}),
        # Variables
        ("services:\n  a:\n    build: ${DIR:-./app}\n", {"a": ("./app", "Dockerfile", "")}),
        ("services:\n  a:\n    build: ${DIR-app}/x\n", {"a": ("app/x", "Dockerfile", "")}),
        ("services:\n  a:\n    build: ${A:-${B:-c}-d}\n", {"a": ("c-d", "Dockerfile", "")}),
        ("services:\n  a:\n    build: ${A:-}\n", {"a": (".", "Dockerfile", "")}),
        ("services:\n  a:\n    build: a$$b{c}\n", {"a": ("a$b{c}", "Dockerfile", "")}),
        ("services:\n  a:\n    build: a$1\n", {"a": ("a$1", "Dockerfile", "")}),
        (
            "services:\n  a:\n    build:\n      context: ${DIR}\n      dockerfile: $FILE\n      target: ${T:?needed}\n",
            {"a": (None, None, None)},
        ),
        ("services:\n  a:\n    build: ${A:+b}\n", {"a": (None, "Dockerfile", "")}),
        ("services:\n  a:\n    build: ${A:-b\n", {"a": (None, "Dockerfile", "")}),
        ("services:\n  a:\n    build: ${A:-$B}\n", {"a": (None, "Dockerfile", "")}),
        ("services:\n  a:\n    build: ${}\n", {"a": (None, "Dockerfile", "")}),
        ('services:\n  a:\n    build: "a\\0b"\n', {"a": (None, "Dockerfile", "")}),
        # Anchors, aliases and merge keys
        (
            "x: &x {context: dir, target: t}\nservices:\n  a: {build: *x}\n  b:\n   build:\n    <<: *x\n    target: u",
            {"a": ("dir", "Dockerfile", "t"), "b": ("dir", "Dockerfile", "u")},
        ),
        (
            "x-s: &s\n  build: dir\nservices:\n  a: *s\n  b:\n    <<: *s\n    image: x\n",
            {"a": ("dir", "Dockerfile", ""), "b": ("dir", "Dockerfile", "")},
        ),
        (
            "services:\n  a: &a\n    build: {context: one}\n  b:\n    <<: *a\n    build: {target: t}\n",
            {"a": ("one", "Dockerfile", ""), "b": (".", "Dockerfile", "t")},
        ),
        (MERGED, {"a": ("x", "y", "y"), "b": ("z", "y", "z")}),
        ("services:\n  a:\n    build:\n      '<<': {context: b}\n", {"a": (".", "Dockerfile", "")}),
        ("services:\n  a: &a\n    build: {<<: *a, context: b}\n", {"a": ("b", "Dockerfile", "")}),
        # extends
        (
            BASE + "  a: {extends: base, build: {target: u}}\n  b: {extends: {service: a}}\n",
            {"base": ("dir", "d", "t"), "a": ("dir", "d", "u"), "b": ("dir", "d", "u")},
        ),
        (
            "services:\n  base:\n    build: dir\n  a:\n    extends: base\n    build: {dockerfile: d}\n",
            {"base": ("dir", "Dockerfile", ""), "a": ("dir", "d", "")},
        ),
        (
            BASE + "  a: {extends: base, build: !reset null}\n  b: {extends: base, build: !override {target: u}}\n",
            {"base": ("dir", "d", "t"), "b": (".", "Dockerfile", "u")},
        ),
        ("services:\n  a:\n    extends:\n    build: .\n", {"a": (".", "Dockerfile", "")}),
        # Documents are merged.
        (
            "services: {a: {build: {context: dir}}}\n---\nservices: {a: {build: {target: t}}, b: {build: b}}\n",
            {"a": ("dir", "Dockerfile", "t"), "b": ("b", "Dockerfile", "")},
        ),
    ],
)
def test_reads_builds(tmp_path: Path, text: str, expected: Expected) -> None:
    path = write_tree(tmp_path, {"compose.yaml": text}) / "compose.yaml"
    compose = read_compose(path, tmp_path)
    assert compose.reason is None
    assert {build.service: brief(build) for build in compose.builds} == expected
    assert builds(path, tmp_path) == compose.builds


def test_reads_all_of_a_build(tmp_path: Path) -> None:
    text = """\
services:
  a:
    image: x
    build:
      context: .
      dockerfile_inline: |
        FROM scratch
      args:
        A: 1
        B: ${X:-two}
        C:
        D: $HIDDEN
      additional_contexts: [one=./one, "two=docker-image://x", three]
  b:
    extends: a
    build:
      args: [A=2, E, "F=x=y"]
      additional_contexts: {one: ../one}
"""
    path = write_tree(tmp_path, {"compose.yaml": text}) / "compose.yaml"
    a, b = builds(path, tmp_path)
    assert a == Build(
        file=path,
        service="a",
        context=".",
        dockerfile=None,
        target="",
        inline=True,
        inline_text="FROM scratch\n",
        additional_contexts=(("one", "./one"), ("two", "docker-image://x"), ("three", None)),
        args=(("A", "1"), ("B", "two"), ("C", None), ("D", None)),
        line=4,
    )
    assert dict(b.args) == {"A": "2", "B": "two", "C": None, "D": None, "E": None, "F": "x=y"}
    assert dict(b.additional_contexts) == {"one": "../one", "two": "docker-image://x", "three": None}
    assert (b.inline, b.line) == (True, 16)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("services: [", "is not YAML"),
        ("services:\n\ta:\n", "is not YAML (line 2"),
        ("a: *b\n", "is not YAML (line 1: found undefined alias)"),
        ("- services\n", "is no compose file"),
        ("text\n", "is no compose file"),
        ("services:\n  a:\n    build: .\n    build: b\n", "line 4: the key build is given twice"),
        ("services:\n  a: {build: .}\n  a: {build: .}\n", "line 3: the key a is given twice"),
        ("x: &x {a: b}\nservices:\n  a:\n    <<: *x\n    <<: *x\n", "line 5: the key << is given twice"),
        ("services:\n  a:\n    extends: b\n", "extends the service b, which isn't there"),
        ("services:\n  a:\n    extends: b\n  b:\n    extends: a\n", "the service a extends itself"),
        ("services:\n  a:\n    extends: {service: $X}\n", "line 3: can't tell what is extended"),
        ("services:\n  a:\n    extends: {service: x, file: $X}\n", "line 3: can't tell what is extended"),
        ("services:\n  a:\n    extends: {service: x, file: gone.yml}\n", "gone.yml does not exist"),
        ("services:\n  a:\n    extends: {service: x, file: ../out.yml}\n", "out.yml lies outside the project"),
        ("include: [compose.yaml]\n", "includes itself"),
        ("include: [gone.yml]\n", "gone.yml does not exist"),
        ("[" * 100_000, "is not YAML (line 1: nested too deeply)"),
        ("#" * 1_000_001, "is larger than"),
    ],
    ids=lambda text: repr(text[:40]),
)
def test_says_why_a_file_builds_nothing(tmp_path: Path, text: str, reason: str) -> None:
    write_tree(tmp_path, {"root/compose.yaml": text, "out.yml": "services: {x: {build: .}}"})
    compose = read_compose(tmp_path / "root/compose.yaml", tmp_path / "root")
    assert compose.builds == ()
    assert compose.reason
    assert compose.reason.startswith(reason)


@pytest.mark.parametrize(
    ("files", "file", "expected"),
    [
        # extends and include of other files: paths are relative to those.
        (
            {
                "compose.yaml": "services:\n  a:\n    extends: {file: common/base.yml, service: x}\n",
                "common/base.yml": "services: {x: {extends: y}, y: {build: ./src}}",
            },
            "compose.yaml",
            {"a": ("common/src", "Dockerfile", "")},
        ),
        (
            {
                "sub/compose.yaml": "services: {a: {extends: {file: ../base.yml, service: x}, build: {target: t}}}",
                "base.yml": "services: {x: {build: {dockerfile: d}}}",
            },
            "sub/compose.yaml",
            {"a": (".", "d", "t")},
        ),
        (
            {
                "compose.yaml": "include: [one/compose.yaml, {path: [two/a.yml, two/b.yml], project_directory: .}]\n"
                "services:\n  b: {build: {target: t}}\n  c: {extends: a}\n",
                "one/compose.yaml": "include: [deep/c.yml]\nservices: {a: {build: .}}",
                "one/deep/c.yml": "services: {d: {build: ..}}",
                "two/a.yml": "services: {b: {build: two/x}}",
                "two/b.yml": "services: {b: {build: {dockerfile: d}}}",
            },
            "compose.yaml",
            {
                "a": ("one", "Dockerfile", ""),
                "b": ("two/x", "d", "t"),
                "c": ("one", "Dockerfile", ""),
                "d": ("one", "Dockerfile", ""),
            },
        ),
        (
            {"compose.yaml": "include: ['oci://host/x', '$X', {path: 'https://host/a'}]\nservices: {a: {build: .}}\n"},
            "compose.yaml",
            {"a": (".", "Dockerfile", "")},
        ),
        # The main file completes an override, and a variant that doesn't say its context.
        (
            {
                "compose.yaml": "services: {a: {build: {context: dir, dockerfile: d}}, b: {build: .}}",
                "compose.override.yaml": "services: {a: {build: {context: other, target: dev}}, c: {build: c}}",
            },
            "compose.override.yaml",
            {"a": ("other", "d", "dev"), "c": ("c", "Dockerfile", "")},
        ),
        (
            {
                "docker-compose.yml": "services: {a: {build: {context: dir, dockerfile: d}}, b: {build: {target: t}}}",
                "docker-compose.prod.yml": "services: {a: {build: {target: run}}, b: {build: {context: .}}}",
            },
            "docker-compose.prod.yml",
            {"a": ("dir", "d", "run"), "b": (".", "Dockerfile", "")},
        ),
        (
            {"compose.yaml": "services: [", "compose.dev.yaml": "services: {a: {build: {target: t}}}"},
            "compose.dev.yaml",
            {"a": (".", "Dockerfile", "t")},
        ),
    ],
)
def test_reads_builds_of_several_files(tmp_path: Path, files: dict[str, str], file: str, expected: Expected) -> None:
    compose = read_compose(write_tree(tmp_path, files) / file, tmp_path)
    assert compose.reason is None
    assert {build.service: brief(build) for build in compose.builds} == expected


def test_contexts_of_another_file_are_relative_to_it(tmp_path: Path) -> None:
    base = (
        "services: {x: {build: {context: /src, additional_contexts: [m=../m, h=~/h, i=docker-image://i, s=service:y]}}}"
    )
    text = "services: {a: {extends: {file: common/base.yml, service: x}}}"
    write_tree(tmp_path, {"compose.yaml": text, "common/base.yml": base})
    (build,) = builds(tmp_path / "compose.yaml", tmp_path)
    assert build.context == "/src"
    assert dict(build.additional_contexts) == {"m": "m", "h": "~/h", "i": "docker-image://i", "s": "service:y"}


@pytest.mark.parametrize(
    "names",
    [
        (),
        ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"),
        ("compose.yml", "compose.override.yml", "compose.prod.yaml", "compose_gpu.yml"),
        ("docker-compose.yml", "docker-compose-dev.yml", "docker-compose.ci.test.yaml", "docker-compose.override.yml"),
    ],
)
def test_names(names: tuple[str, ...]) -> None:
    others = ("Dockerfile", "my-compose.yml", "compose.json", "composed.yml", "docker-compose.yml.j2")
    assert compose_names([*reversed(names), *others]) == names


def lines(count: int, line: str) -> str:
    return "".join(line.format(n, n - 1) for n in range(1, count))


@pytest.mark.parametrize(
    "text",
    [
        "x0: &x0 {build: .}\n" + lines(5_000, "x{0}: &x{0} {{<<: [*x{1}, *x{1}]}}\n") + "services: {a: *x4999}\n",
        "x0: &x0 [a, a]\n" + lines(5_000, "x{0}: &x{0} [*x{1}, *x{1}]\n") + "services: {a: {build: *x4999}}\n",
        "x: &x {" + lines(20_000, "k{0}: v, ") + "}\nservices:\n" + lines(20_000, "  s{0}: {{<<: *x}}\n"),
        "services:\n  s0: {build: .}\n" + lines(20_000, "  s{0}: {{extends: s{1}}}\n"),
        "services:\n  s0: {build: {args: {"
        + lines(20_000, "k{0}: v, ")
        + "}}}\n"
        + lines(9_000, "  s{0}: {{extends: s0}}\n"),
        "services: &s {a: {build: .}, <<: *s}\n",
        "services: {a: {build: '" + "${A:-" * 100_000 + "'}}\n",
        "services: {a: {build: '" + "$" * 500_001 + "'}}\n",
        "include: [" + "compose.yml, " * 50_000 + "]\n",
    ],
    ids=lambda text: repr(text[:20]),
)
def test_takes_linear_time(tmp_path: Path, text: str) -> None:
    write_tree(
        tmp_path, {"compose.yaml": text, "compose.yml": "include: [docker-compose.yml]", "docker-compose.yml": ""}
    )
    start = time.process_time()
    read_compose(tmp_path / "compose.yaml", tmp_path)
    assert time.process_time() - start < 20


def test_files_that_include_each_other_twice(tmp_path: Path) -> None:
    files = {f"{n}.yml": f"include: [{n + 1}.yml, {n + 1}.yml]\n" for n in range(45)}
    write_tree(tmp_path, {"compose.yaml": "include: [0.yml]", **files, "45.yml": "services: {a: {build: .}}"})
    reason = read_compose(tmp_path / "compose.yaml", tmp_path).reason
    assert reason == "holds more than the 100000 nodes that Compose looks at"

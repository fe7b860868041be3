"""What of a context is sent: by which instruction, and less what the ignore file keeps back."""

from __future__ import annotations

from pathlib import Path

import pytest

from docker_hooks.project.built import Built
from docker_hooks.project.context import Contexts, recipe_of
from docker_hooks.project.ignorefile import parse
from docker_hooks.project.sent import Sender, line_for, sending
from tests.project.trees import write_tree

TREE = {
    "Dockerfile": "",
    ".env": "1",
    "data/a.csv": "22",
    "data/b.txt": "333",
    "src/app/main.py": "4444",
    "a[1].txt": "55555",
}


@pytest.mark.parametrize(
    ("lines", "ignore", "sent"),
    [
        (["COPY . ."], "", dict.fromkeys(TREE, 1)),
        (["COPY / /"], "[Da]*\nsrc\ndata\n!data/*.txt\n", {".env": 1, "data/b.txt": 1}),
        (["COPY src /x", "COPY . ."], "", dict.fromkeys(TREE, 2) | {"src/app/main.py": 1}),
        (["COPY data/*.csv /x"], "", {"data/a.csv": 1}),
        (["COPY d* /x"], "", {"data/a.csv": 1, "data/b.txt": 1}),
        (["COPY data/ /x"], "**/*.csv\n", {"data/b.txt": 1}),
        (["COPY ./src/app/../app/main.py /x"], "", {"src/app/main.py": 1}),
        (["COPY a[[]1].txt /x"], "", {"a[1].txt": 1}),
        (["RUN --mount=type=bind,source=a[1].txt,target=/x cat /x"], "", {"a[1].txt": 1}),
        (["ADD .env /x"], "", {".env": 1}),
        (["COPY nothing /x", "COPY dat /x", "COPY rc/app /x"], "", {}),
        (["COPY --from=other . ."], "", {}),
        (["ARG X", "COPY $X /x"], "", {}),
        (["ARG X=src", "COPY $X /x"], "", {"src/app/main.py": 2}),
    ],
)  # fmt: skip
def test_what_is_sent_and_by_which_line(tmp_path: Path, lines: list[str], ignore: str, sent: dict[str, int]) -> None:
    write_tree(tmp_path, TREE)
    recipe = recipe_of(tmp_path / "Dockerfile", tmp_path, "\n".join(("FROM x", *lines, "")))
    senders = [Sender(recipe, source) for source in recipe.sources]
    ticks: list[None] = []
    found = sending(Built(tmp_path, [recipe], Contexts(tmp_path)), parse(ignore), senders, lambda: ticks.append(None))
    assert {file.path: file.sender.source.line - 1 for file in found.files} == sent
    assert found.size == sum(len(TREE[path]) for path in sent)
    assert (found.whole_count, found.whole_size) == (len(TREE), 15)
    assert len(ticks) == len(TREE)
    assert {file.exception.text for file in found.files if file.exception} <= {"!data/*.txt"}


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("data/a.csv", "data/a.csv"),
        ("a b/c", "a b/c"),
        ("a*b?c", "a\\*b\\?c"),
        ("a[1]", "a\\[1\\]"),
        ("a{1}|^", "a\\{1\\}\\|\\^"),
        ("a\\b", "a\\\\b"),
        ("!a", "\\!a"),
        ("#a", "\\#a"),
        (" a ", "?a?"),
        ("a\nb", "a?b"),
        ("caf\udce9", "caf?"),
        ("é", "é"),
    ],
)
def test_the_line_for_a_path(path: str, line: str) -> None:
    assert line_for(path) == line
    assert parse(line).excludes(path)
    assert parse(line).excludes(path + "/below")
    assert not parse(line).excludes(path + "x")
    assert not parse(line).excludes("x/" + path)

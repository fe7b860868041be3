"""Which files git ignores: what `git check-ignore --no-index` says of the same folders."""

from __future__ import annotations

from pathlib import Path

import pytest

from docker_hooks.project.gitignore import may_be_ignored
from tests.project.trees import write_tree

ALL = (".env", "a.env", "conf/.env", "conf/a.env", "conf/deep/a.env")


@pytest.mark.parametrize(
    ("files", "ignored"),
    [
        ({}, ()),
        ({".gitignore": "# .env\n\n"}, ()),
        ({".gitignore": ".env\n"}, (".env", "conf/.env")),
        ({".gitignore": ".env\r\n*.env\r\n"}, ALL),
        ({".gitignore": "/.env"}, (".env",)),
        ({".gitignore": "*.env  \n!a.env\n"}, (".env", "conf/.env")),
        ({".gitignore": "[!a].env\n?.env"}, ("a.env", "conf/a.env", "conf/deep/a.env")),
        ({".gitignore": "conf/*.env\n"}, ("conf/.env", "conf/a.env")),
        ({".gitignore": "conf/**/a.env\n"}, ("conf/a.env", "conf/deep/a.env")),
        ({".gitignore": "**/deep\n"}, ("conf/deep/a.env",)),
        ({".gitignore": "deep/\n.env/\n"}, ("conf/deep/a.env",)),
        # What lies in an ignored folder is ignored for good ...
        ({".gitignore": "conf/\n!conf/a.env\n"}, ("conf/.env", "conf/a.env", "conf/deep/a.env")),
        ({".gitignore": "conf\n", "conf/.gitignore": "!*\n"}, ("conf/.env", "conf/a.env", "conf/deep/a.env")),
        # ... and a folder that is not says nothing of what lies in it.
        ({".gitignore": "conf\n*.env\n!/conf\n"}, ALL),
        ({".gitignore": "/*\n!*/\n"}, (".env", "a.env")),
        ({".gitignore": "conf/*\n!conf/a.env\n"}, ("conf/.env", "conf/deep/a.env")),
        # The nearest file has the last word, and the repository's own list the first.
        ({".gitignore": "*.env\n", "conf/.gitignore": "!*.env\n"}, (".env", "a.env")),
        ({"conf/.gitignore": "/a.env\n"}, ("conf/a.env",)),
        ({".git/info/exclude": "*.env\n", ".gitignore": "!a.env\n"}, (".env", "conf/.env")),
    ],
)
def test_agrees_with_git(tmp_path: Path, files: dict[str, str], ignored: tuple[str, ...]) -> None:
    write_tree(tmp_path, {**dict.fromkeys(ALL, ""), **files})
    assert tuple(path for path in ALL if may_be_ignored(tmp_path / path, tmp_path)) == ignored


def test_what_cant_be_known_may_be_ignored(tmp_path: Path) -> None:
    write_tree(tmp_path, {".gitignore": "x\n" * 5_001, "conf/.gitignore": ""})
    assert may_be_ignored(tmp_path / "a.env", tmp_path)
    assert may_be_ignored(tmp_path / "../a.env", tmp_path)


def test_takes_no_long_time(tmp_path: Path) -> None:
    write_tree(tmp_path, {".gitignore": "*a*a*a*a*a*a*a*a*a*a*b\n"})
    assert not may_be_ignored(tmp_path / ("a" * 250), tmp_path)

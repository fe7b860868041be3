"""The judge of fix modes: what it counts as damage, and what it does not."""

from __future__ import annotations

import pytest

from benchmarks.damage import COMMANDS, COMMENTS, ENDINGS, HEREDOCS, PARSES, SCRIPTS, damage

BEFORE = """\
FROM python:3.12
# what it is for \\
RUN apt-get update && \\
    # the compiler
    apt-get install gcc && \\
    rm -rf /var/lib/apt/lists/*
COPY <<EOF /settings
a  b
EOF
CMD python main.py
"""


@pytest.mark.parametrize(
    ("old", "new", "column"),
    [
        ("gcc && \\\n", "gcc\n\n", PARSES),
        ("FROM python:3.12", "LABEL a=b", PARSES),
        ("gcc && \\", "'gcc && \\", SCRIPTS),
        ("    # the compiler\n", "", COMMENTS),
        ("# what it is for \\\n", "", COMMENTS),
        ("gcc && \\\n    rm", "gcc # && rm", COMMANDS),
        ("a  b", "a b", HEREDOCS),
        ("python:3.12\n", "python:3.12\r\n", ENDINGS),
    ],
)
def test_damage_is_counted(old: str, new: str, column: str) -> None:
    assert old in BEFORE
    assert column in {found.column for found in damage(BEFORE, BEFORE.replace(old, new))}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("install gcc", "install -y gcc"),
        ("    # the compiler\n", "    #the   compiler \\\n"),
        ("# what it is for \\\n", ""),
        ("CMD python main.py", 'CMD ["python", "main.py"]'),
        ("a  b\n", "a  b\n"),
        ("FROM", "# another\nFROM"),
        ("apt-get install gcc", "true"),
        ("    # the compiler\n    apt-get install gcc && \\\n", "    # the compiler\n    # no gcc for once\n"),
    ],
)
def test_what_is_no_damage_is_not(old: str, new: str) -> None:
    after = BEFORE.replace(old, new)
    if "what it is for" not in after:
        after = after.replace("FROM", "# what it is for\nFROM")
    assert list(damage(BEFORE, after)) == []

"""Which comments silence a finding."""

from __future__ import annotations

import pytest

from docker_hooks.dockerfile.pragma import silenced
from docker_hooks.dockerfile.reader import read

NAMES = frozenset(("dockerfile-non-root-user", "DL3002"))
BUILDKIT = frozenset(("dockerfile-secrets", "SecretsUsedInArgOrEnv"))


@pytest.mark.parametrize(
    ("text", "line", "expected"),
    [
        ("FROM a\n# docker-hooks: ignore=dockerfile-non-root-user why\nUSER root\n", 3, True),
        ("FROM a\n# docker-hooks: ignore=other,dockerfile-non-root-user\nUSER root\n", 3, True),
        ("FROM a\n# docker-hooks: ignore=other\nUSER root\n", 3, False),
        ("FROM a\n# docker-hooks: ignore=dockerfile-non-root-user\n# more\n\nUSER root\n", 5, True),
        ("FROM a\n# docker-hooks: ignore=dockerfile-non-root-user\nUSER b\nUSER root\n", 4, False),
        ("# docker-hooks: ignore=dockerfile-non-root-user\nFROM a\nRUN b\nUSER root\n", 4, True),
        ("# syntax=x\n# docker-hooks: ignore=dockerfile-non-root-user\nFROM a\nUSER root\n", 4, True),
        ("FROM a\nRUN a \\\n  # docker-hooks: ignore=dockerfile-non-root-user\n  b\n", 4, True),
        ("FROM a\nRUN a \\\n  # docker-hooks: ignore=dockerfile-non-root-user\n  b \\\n  c\n", 5, False),
        ("FROM a\nRUN <<E\n# docker-hooks: ignore=dockerfile-non-root-user\nE\nUSER root\n", 5, False),
        ("FROM a\n# hadolint ignore=DL3002\nUSER root\n", 3, True),
        ("FROM a\n# hadolint ignore=DL3008, DL3002\nUSER root\n", 3, True),
        ("FROM a\n#hadolint ignore = DL3008,DL3002\nUSER root\n", 3, True),
        ("FROM a\n# hadolint ignore=DL3008\nUSER root\n", 3, False),
        ("# hadolint ignore=DL3002\nFROM a\nUSER root\n", 3, False),
        ("# hadolint ignore=DL3002\nFROM a\n", 2, True),
        ("# hadolint global ignore=DL3002\nFROM a\nUSER root\n", 3, True),
        ("FROM a\n# docker-hooks ignore dockerfile-non-root-user\nUSER root\n", 3, False),
        ("# check=skip=all\nFROM a\nUSER root\n", 3, False),
    ],
)
def test_silences(text: str, line: int, expected: bool) -> None:
    assert (line in silenced(read(text), NAMES)) is expected


@pytest.mark.parametrize(
    ("directive", "expected"),
    [
        ("skip=SecretsUsedInArgOrEnv", True),
        ("skip=StageNameCasing,SecretsUsedInArgOrEnv", True),
        ("skip=StageNameCasing;error=true", False),
        ("error=true;skip=SecretsUsedInArgOrEnv", True),
        ("skip=all", True),
        ("error=true", False),
    ],
)
def test_buildkit_directive(directive: str, expected: bool) -> None:
    assert (3 in silenced(read(f"# check={directive}\nFROM a\nENV TOKEN=x\n"), BUILDKIT)) is expected

"""What dockerfile-syntax says of builds that fail, held against an engine."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.builds.conftest import Workshop
from tests.dockerfile.test_failures import BUILDS, FAILS

pytestmark = pytest.mark.builds


@pytest.mark.parametrize("text", [text for text, _, _ in FAILS.values()], ids=FAILS)
def test_fails(workshop: Workshop, tmp_path: Path, text: str) -> None:
    assert _build(workshop, tmp_path, text) != 0


@pytest.mark.parametrize("text", BUILDS.values(), ids=BUILDS)
def test_builds(workshop: Workshop, tmp_path: Path, text: str) -> None:
    assert _build(workshop, tmp_path, text) == 0


def _build(workshop: Workshop, folder: Path, text: str) -> int:
    for name in ("a", "b"):
        (folder / name).write_text(name)
    (folder / "Dockerfile").write_text(text)
    return workshop.engine.docker("build", ".", folder=folder).returncode

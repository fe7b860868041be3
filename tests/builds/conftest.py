"""The engine and its base images, once for all tests that build; and the table of what they showed, at the end."""

import contextlib
import os
from collections.abc import Iterator
from typing import NamedTuple, NoReturn

import pytest

from tests.builds.engine import Engine, NoEngine, running_engine
from tests.builds.images import base_images
from tests.builds.proof import Row, table

ROWS = pytest.StashKey[list[Row]]()


class Workshop(NamedTuple):
    """What a test needs to build images."""

    engine: Engine
    packages: str  # address of the package index
    rows: list[Row]  # what was shown so far; printed at the end


@pytest.fixture(scope="session")
def workshop(request: pytest.FixtureRequest) -> Iterator[Workshop]:
    """A running engine with all base images. Without one the test is skipped, or fails where CI runs it."""
    with contextlib.ExitStack() as stack:
        try:
            engine = stack.enter_context(running_engine())
            packages = stack.enter_context(base_images(engine))
        except NoEngine as reason:
            without_engine(str(reason))
        yield Workshop(engine, packages, request.config.stash.setdefault(ROWS, []))


def without_engine(reason: str) -> NoReturn:
    """Skip for this reason; but in CI, where nobody would notice the skip, fail."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"CI must build images, and no engine can run here: {reason}", pytrace=False)
    pytest.skip(f"no engine can run here: {reason}")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the table of all projects that were built."""
    rows = config.stash.get(ROWS, [])
    if rows:
        terminalreporter.section("real images")
        terminalreporter.write_line(table(rows))

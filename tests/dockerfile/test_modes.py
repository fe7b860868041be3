"""Which files nobody but their owner can read or run."""

from __future__ import annotations

import pytest

from docker_hooks.dockerfile.modes import hides, is_private, opens
from docker_hooks.dockerfile.reader import read


@pytest.mark.parametrize(
    ("mode", "is_hidden", "is_open"),
    [
        ("755", False, False),
        ("0644", False, False),
        ("700", True, False),
        ("744", True, False),
        ("600", True, False),
        ("640", True, False),
        ("777", False, True),
        ("1777", False, True),
        ("+x", False, False),
        ("a+rx", False, False),
        ("u+x", True, False),
        ("u+w", False, False),
        ("go-rwx", True, False),
        ("o-w", False, False),
        ("u=rwx,go=", True, False),
        ("u=rwx,go=rx", False, False),
        ("a+rwx", False, True),
        ("ugo+w", False, True),
        ("+w", False, True),
        ("g+w", False, False),
        ("$MODE", False, False),
    ],
)
def test_modes(mode: str, is_hidden: bool, is_open: bool) -> None:
    assert (hides(mode), opens(mode)) == (is_hidden, is_open)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ADD https://example.com/a /a", True),
        ("ADD --chmod=644 https://example.com/a /a", False),
        ("ADD --chmod=600 https://example.com/a /a", True),
        ("ADD https://example.com/a.git /a", False),
        ("ADD https://example.com/a.git#main /a", False),
        ("ADD a.tar.gz /a", False),
        ("COPY a /a", False),
        ("COPY --chmod=700 a /a", True),
        ("COPY --chmod=0755 a /a", False),
    ],
)
def test_what_is_brought_for_its_owner_alone(text: str, expected: bool) -> None:
    assert is_private(read(f"FROM a\n{text}\n").instructions[-1]) is expected

"""Values behave as typing's do."""

from __future__ import annotations

import copy
import pickle
from typing import NamedTuple as Theirs

import pytest

from docker_hooks.dockerfile.values import NamedTuple


class Ours(NamedTuple):
    """A value."""

    name: str
    size: int = 0

    @property
    def doubled(self) -> int:
        """A property of it."""
        return self.size * 2


class Typings(Theirs):
    name: str
    size: int = 0


def test_as_typing_does() -> None:
    for arguments, named in ((("a",), {}), (("a", 2), {}), (("a",), {"size": 2}), ((), {"size": 2, "name": "a"})):
        ours, theirs = Ours(*arguments, **named), Typings(*arguments, **named)
        assert (ours.name, ours.size, tuple(ours)) == (theirs.name, theirs.size, tuple(theirs))
        assert hash(ours) == hash(theirs)
        assert repr(ours) == repr(theirs).replace("Typings", "Ours")
        assert tuple(ours._replace(size=9)) == tuple(theirs._replace(size=9))


def test_what_a_class_holds_beside_its_fields() -> None:
    assert Ours.__doc__ == "A value."
    assert Ours("a", 2).doubled == 4
    assert not hasattr(Ours("a"), "__dict__")
    with pytest.raises(AttributeError):
        Ours("a").size = 1  # type: ignore[misc]


def test_copies_are_of_the_same_class() -> None:
    value = Ours("a", 2)
    for other in (copy.deepcopy(value), pickle.loads(pickle.dumps(value)), value._replace(name="a")):
        assert other == value
        assert type(other) is Ours


@pytest.mark.parametrize(("arguments", "named"), [((), {}), (("a", 1, 2), {}), (("a",), {"name": "b"})])
def test_wrong_arguments_are_refused(arguments: tuple[object, ...], named: dict[str, object]) -> None:
    with pytest.raises(TypeError):
        Ours(*arguments, **named)  # type: ignore[arg-type]


def test_unknown_fields_can_not_be_replaced() -> None:
    with pytest.raises(TypeError, match="height"):
        Ours("a")._replace(height=1)  # type: ignore[call-arg]

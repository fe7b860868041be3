"""NamedTuple, whose classes are made in a tenth of the time that typing takes for them.

A command loads a hundred of them; made by typing, that alone would take as long as Python's start.
"""

from __future__ import annotations

import collections

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NamedTuple
else:

    class _Maker(type):
        """Makes a tuple with names for its fields of the annotations in a class body."""

        def __new__(cls, name: str, bases: tuple[type, ...], body: dict[str, Any]) -> type:
            if not bases:
                return super().__new__(cls, name, bases, body)
            fields = tuple(body.get("__annotations__", ()))
            defaults = tuple(body[field] for field in fields if field in body)
            getters = {field: collections._tuplegetter(index, None) for index, field in enumerate(fields)}
            own = {"__slots__": (), "__match_args__": fields, "_fields": fields, "_defaults": defaults}
            return type(name, (_Tuple,), body | getters | own)

    class NamedTuple(metaclass=_Maker):
        """The base of classes of values, as typing.NamedTuple is."""

    class _Tuple(tuple):
        __slots__ = ()
        _fields: tuple[str, ...] = ()
        _defaults: tuple[Any, ...] = ()

        def __new__(cls, *arguments: Any, **named: Any) -> Any:
            """Make the first value, and the function that makes those that follow."""
            names = ", ".join(cls._fields)
            new = eval(f"lambda _cls, {names}: _new(_cls, ({names},))", {"_new": tuple.__new__})
            new.__defaults__ = cls._defaults
            cls.__new__ = staticmethod(new)
            return new(cls, *arguments, **named)

        def __getnewargs__(self) -> tuple[Any, ...]:
            return tuple(self)

        def __repr__(self) -> str:
            values = ", ".join(f"{field}={value!r}" for field, value in zip(self._fields, self, strict=True))
            return f"{type(self).__name__}({values})"

        def _replace(self, **changes: Any) -> Any:
            replaced = tuple.__new__(type(self), map(changes.pop, self._fields, self))
            if changes:
                raise TypeError(f"{type(self).__name__} has no field {', '.join(changes)}")
            return replaced


__all__ = ["NamedTuple"]

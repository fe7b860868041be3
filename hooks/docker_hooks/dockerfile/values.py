"""NamedTuple, whose classes are made in a tenth of the time that typing takes for them.

A command loads a hundred of them; made by typing, that alone would take as long as Python's start.
"""

from __future__ import annotations

import collections
from functools import cache
from types import FunctionType

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
            defaults = tuple([body[field] for field in fields if field in body])
            for index, field in enumerate(fields):
                body[field] = collections._tuplegetter(index, None)
            own = {"__slots__": (), "__new__": _constructor(fields, defaults), "_fields": fields}
            return type(name, (_Tuple,), body | own)

    def _constructor(fields: tuple[str, ...], defaults: tuple[Any, ...]) -> FunctionType:
        """What makes a value of its fields: what does so for any class with as many, under the names of these."""
        code = _template(len(fields)).replace(co_varnames=("_cls", *fields))
        return FunctionType(code, {"_new": tuple.__new__}, "__new__", defaults)

    @cache
    def _template(count: int) -> Any:
        names = "".join(f"_{index}, " for index in range(count))
        return eval(f"lambda _cls, {names}: _new(_cls, ({names}))").__code__

    class NamedTuple(metaclass=_Maker):
        """The base of classes of values, as typing.NamedTuple is."""

    class _Tuple(tuple):
        __slots__ = ()
        _fields: tuple[str, ...] = ()

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

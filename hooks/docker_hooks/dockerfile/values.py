"""NamedTuple, whose classes are made in a tenth of the time that typing takes for them.

A command loads a hundred of them; made by typing, that alone would take as long as Python's start. What a class does
is the same, and mypy is told that it is typing's.

typing reads each annotation, and compiles a function that makes the values of a class. Here classes with the same
number of fields share the code of one such function, each under the names of its own fields. The modules of such
classes import annotations from __future__: without it Python 3.14 shows a class no annotations while it is made.
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
        """Turns the body of a class, whose annotations name its fields, into a kind of tuple."""

        def __new__(cls, name: str, bases: tuple[type, ...], body: dict[str, Any]) -> type:
            if not bases:  # NamedTuple itself
                return super().__new__(cls, name, bases, body)
            fields = tuple(body.get("__annotations__", ()))
            defaults = tuple([body[field] for field in fields if field in body])
            for index, field in enumerate(fields):
                # What collections.namedtuple reads a field by; it is quicker than a property.
                body[field] = collections._tuplegetter(index, None)
            own = {"__slots__": (), "__new__": _constructor(fields, defaults), "_fields": fields}
            return type(name, (_Tuple,), body | own)

    def _constructor(fields: tuple[str, ...], defaults: tuple[Any, ...]) -> FunctionType:
        """The `__new__` of a class with these fields; the defaults are those of the last of them."""
        code = _code_for(len(fields)).replace(co_varnames=("_cls", *fields))
        return FunctionType(code, {"_new": tuple.__new__}, "__new__", defaults)

    @cache
    def _code_for(count: int) -> Any:
        """The code that makes a tuple of its arguments behind the class; they are `_0`, `_1` and so on."""
        arguments = "".join(f"_{index}, " for index in range(count))
        return eval(f"lambda _cls, {arguments}: _new(_cls, ({arguments}))").__code__

    class NamedTuple(metaclass=_Maker):
        """The base of classes of values, as typing.NamedTuple is."""

    class _Tuple(tuple):
        """What the classes have in common."""

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

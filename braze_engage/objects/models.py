"""How the classes of requests, objects and answers are made.

``@model(kw_only=True)`` is ``attrs.frozen`` to users, checkers and cattrs alike. Comparing, hashing
and showing are stated here once instead of being generated and compiled for each class, which is
half of what building a class costs; a group of endpoints has dozens, built on first use.
"""

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar, cast

import attrs

__all__ = ["model"]

C = TypeVar("C", bound=type[object])

if TYPE_CHECKING:
    from attrs import frozen as model
else:

    def model(**options: object) -> Callable[[C], C]:
        """Make a class of frozen values; the options are those of ``attrs.frozen``.

        Args:
            **options: Such as ``kw_only`` and ``field_transformer``.
        """

        def build(cls: C) -> C:
            for name, method in _METHODS.items():
                if name not in vars(cls):
                    setattr(cls, name, method)
            return attrs.frozen(**options)(cls)  # which leaves alone what a class defines itself

        return build


@cache
def _names(kind: Any, column: str) -> tuple[str, ...]:  # Any: attrs knows its classes by no base
    return tuple(field.name for field in attrs.fields(kind) if getattr(field, column))


def _values(value: object) -> tuple[object, ...]:
    kind = cast("Any", type(value))  # Any: object, says a checker, cannot be hashed
    return tuple([getattr(value, name) for name in _names(kind, "eq")])


def _equal(self: object, other: object) -> object:
    if type(other) is not type(self):
        return NotImplemented
    return _values(self) == _values(other)


def _hash(self: object) -> int:
    return hash((type(self), _values(self)))


def _show(self: object) -> str:
    names = _names(cast("Any", type(self)), "repr")  # Any: as above
    shown = ", ".join([f"{name}={getattr(self, name)!r}" for name in names])
    return f"{type(self).__qualname__.rpartition('>.')[2]}({shown})"


_METHODS = {"__eq__": _equal, "__hash__": _hash, "__repr__": _show}

"""What a call carries in ``traits`` or ``properties``."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import partial
from json.encoder import encode_basestring_ascii
from math import isfinite
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, TypeVar

from braze_engage.engage.outcomes import Reason, Unreadable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TypeGuard

__all__ = [
    "NOTHING",
    "encoded",
    "has_entities",
    "is_email",
    "is_entity",
    "is_entity_name",
    "is_list",
    "is_object",
    "kind",
    "maker",
    "objects",
]

_Tuple = TypeVar("_Tuple", bound="tuple[object, ...]")

NOTHING: Final[Mapping[str, object]] = MappingProxyType({})

_ENTITY_MARK: Final = "__entity"
_ENTITY_CONTEXT: Final = "data_graph_entity_context"
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+")
_canonical: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":"), default=str).encode
_SCALARS: Final = frozenset({bool, str, int, float, type(None)})


def maker(cls: type[_Tuple]) -> Callable[[tuple[object, ...]], _Tuple]:
    """Return what makes named tuples from all their fields in half the time of the class itself.

    Args:
        cls: The class.
    """
    return partial(tuple.__new__, cls)  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType] # of no type


def is_object(value: object) -> TypeGuard[Mapping[str, object]]:
    """Tell whether a value is what JSON calls an object.

    Args:
        value: Any value.
    """
    return type(value) is dict or isinstance(value, Mapping)


def is_list(value: object) -> TypeGuard[Sequence[object]]:
    """Tell whether a value is what JSON calls an array.

    Args:
        value: Any value.
    """
    return isinstance(value, (list, tuple))


def kind(value: object) -> str:
    """Name the kind of a value for a message, never the value itself.

    Args:
        value: Any value.
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, str):
        return "text"
    if isinstance(value, (int, float)):
        return "a number"
    if is_list(value):
        return "a list"
    return "an object" if is_object(value) else f"a {type(value).__name__}"


def is_email(value: object) -> bool:
    """Tell whether Braze could take a value for an e-mail address.

    Args:
        value: Any value.
    """
    return isinstance(value, str) and _EMAIL.fullmatch(value) is not None


def objects(
    raw: Mapping[str, object], name: str, stand_in: str
) -> tuple[Mapping[str, object], Mapping[str, object]]:
    """Read the two objects in which calls carry values.

    Args:
        raw: The call.
        name: The one that this type of call carries, ``traits`` or ``properties``.
        stand_in: The other one, which is read where the first is absent or lacks a value.

    Raises:
        Unreadable: The one that counts is not an object.
    """
    first = raw.get(name)
    second = raw.get(stand_in)
    if first is None:
        first, name, second = second, stand_in, None
    if first is None:
        return NOTHING, NOTHING
    if not is_object(first):
        raise Unreadable(Reason.BAD_VALUES, f"{name} is {kind(first)}; it must be an object")
    return first, second if second is not None and is_object(second) else NOTHING


def is_entity_name(name: object) -> bool:
    """Tell whether a name in ``traits`` or ``properties`` belongs to entities of the person.

    Args:
        name: The name.
    """
    return str(name).endswith(_ENTITY_MARK) or name == _ENTITY_CONTEXT


def is_entity(value: Mapping[str, object]) -> bool:
    """Tell whether an object is an entity of the person.

    Args:
        value: The object.
    """
    return _ENTITY_MARK in value


def has_entities(values: Mapping[str, object]) -> bool:
    """Tell whether a call of a linked audience is about entities of its person.

    Args:
        values: ``traits`` or ``properties``.
    """
    for name, value in values.items():
        if str(name).endswith(_ENTITY_MARK):
            return True
        if type(value) in _SCALARS:
            continue
        if is_list(value):
            if any(is_object(item) and _ENTITY_MARK in item for item in value):
                return True
        elif is_object(value) and _ENTITY_MARK in value:
            return True
    return bool(values.get(_ENTITY_CONTEXT))


def encoded(values: Mapping[str, object], key: str) -> str:
    """Write the value under a key as canonical JSON, the last word on the order of two calls.

    Args:
        values: ``traits`` or ``properties``.
        key: The computation key.
    """
    value = values.get(key)
    if isinstance(value, str):
        return encode_basestring_ascii(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null" if key in values else ""
    try:
        if type(value) is int or (type(value) is float and isfinite(value)):
            return repr(value)
        return _canonical(value)
    except (TypeError, ValueError, RecursionError):
        # names that cannot be sorted, a circle, too deep: it still needs a place in the order
        return type(value).__name__

"""JSON objects of any shape as fields of requests: checked, copied, times written as text."""

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, Union, cast, get_args, get_origin

from braze_engage.objects.checks import refused
from braze_engage.objects.fields import own_sequences
from braze_engage.objects.times import braze_time
from braze_engage.objects.values import JsonValue, encoded_size, is_mapping

if TYPE_CHECKING:
    import attrs

__all__ = ["check_object_bytes", "json_object", "own_values"]


# Any: attrs types its attributes by the type of their values, which are of every kind here.
def own_values(
    cls: type[object], fields: list["attrs.Attribute[Any]"]
) -> list["attrs.Attribute[Any]"]:
    """Do as `own_sequences`, and make every field declared as a ``Mapping`` JSON of its own.

    Args:
        cls: The class being built.
        fields: Its fields, with real annotations.
    """
    return [_with_copy(cls.__name__, field) for field in own_sequences(cls, fields)]


def _with_copy(owner: str, field: "attrs.Attribute[Any]") -> "attrs.Attribute[Any]":
    member = _member(field.type)
    if member is None:
        return field
    optional = field.default is None
    copy = _copier(f"{owner}.{field.name}", texts=member is str, optional=optional)
    copy.__annotations__["value"] = field.type  # what help() shows for the constructor
    return field.evolve(converter=copy)


def _member(annotation: object) -> object | None:
    """Find X in ``Mapping[str, X]``, also within Annotated and unions."""
    origin, arms = get_origin(annotation), get_args(annotation)
    if origin is Mapping:
        return cast("object", arms[1])
    if origin is Annotated:
        return _member(arms[0])
    if origin in (Union, UnionType):
        return next(filter(None, map(_member, arms)), None)
    return None


def _copier(field: str, *, texts: bool, optional: bool) -> Callable[[object], object]:
    def copy(value: object) -> object:
        if value is None and optional:
            return None
        made = json_object(field, value)
        if texts and not all(isinstance(item, str) for item in made.values()):
            raise refused(field, value, "give a mapping of texts to texts")
        return made

    return copy


def json_object(field: str, value: object) -> Mapping[str, JsonValue]:
    """Copy a mapping as the JSON object that is sent; a datetime becomes text in UTC.

    Args:
        field: Class and field.
        value: What stands there.

    Raises:
        ConfigurationError: It is no mapping, or holds what JSON does not know.
    """
    if not is_mapping(value):
        raise refused(field, value, "give a mapping of names to values")
    try:
        return cast("Mapping[str, JsonValue]", json.loads(_dumps(dict(value)).encode()))
    except (TypeError, ValueError, RecursionError):
        error = refused(
            field, value, "give text, finite numbers, booleans, times, lists and mappings of these"
        )
    # Raised outside the handler: the error above holds the values, which may be personal.
    raise error


def check_object_bytes(owner: object, name: str, most: int) -> None:
    """Refuse a JSON object that is too large.

    Args:
        owner: The object that holds it.
        name: The field; it may be None.
        most: The most bytes, encoded.

    Raises:
        ConfigurationError: It has more.
    """
    value: Mapping[str, JsonValue] | None = getattr(owner, name)
    size = 0 if value is None else encoded_size(value)
    if size > most:
        remedy = f"give at most {most:,} bytes, it has {size:,}"
        raise refused(f"{type(owner).__name__}.{name}", value, remedy)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return braze_time(value)
    if isinstance(value, date):
        return value.isoformat()
    if is_mapping(value):
        return dict(value)
    raise TypeError


_dumps = json.JSONEncoder(ensure_ascii=False, allow_nan=False, default=_plain).encode

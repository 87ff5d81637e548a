"""Properties of events and purchases.

https://www.braze.com/docs/api/objects_filters/event_object
https://www.braze.com/docs/api/objects_filters/purchase_object
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime

from braze_engage.errors import ConfigurationError
from braze_engage.limits import EVENT_PROPERTIES
from braze_engage.objects.checks import quoted, refused
from braze_engage.objects.times import braze_time
from braze_engage.objects.values import (
    DEPTH,
    JsonValue,
    check_key,
    encoded_size,
    is_list,
    is_mapping,
    scalar,
    unknown,
)

__all__ = ["clean_properties"]


def clean_properties(
    field: str, values: object, reserved: Collection[str], most_bytes: int, *, flat_too: bool
) -> dict[str, JsonValue]:
    """Check and copy properties.

    Args:
        field: Class and field.
        values: The properties.
        reserved: Keys Braze keeps to itself.
        most_bytes: The most bytes they may take, encoded.
        flat_too: Whether that limit holds without lists and objects as well.

    Raises:
        ConfigurationError: Braze would refuse the object, or drop some properties.
    """
    if not is_mapping(values):
        raise refused(field, values, "give a mapping of property names to values")
    if len(values) > EVENT_PROPERTIES:
        raise refused(field, values, f"give at most {EVENT_PROPERTIES}, Braze drops the rest")
    cleaned = _object(field, values, 0)
    for key in reserved:
        if key in cleaned:
            raise ConfigurationError(f"{field} has the key {key!r}: Braze reserves it, rename it")
    if flat_too or any(isinstance(value, (dict, list)) for value in cleaned.values()):
        size = encoded_size(cleaned)
        if size > most_bytes:
            raise refused(field, values, f"give at most {most_bytes:,} bytes, it has {size:,}")
    return cleaned


def _object(path: str, values: Mapping[object, object], depth: int) -> dict[str, JsonValue]:
    cleaned: dict[str, JsonValue] = {}
    for key, value in values.items():
        name = check_key(path, key)
        if name[0] == "$":
            raise ConfigurationError(
                f"{path} has the key {quoted(name)}: begin it with something other than $"
            )
        cleaned[name] = _value(f"{path}.{name}", value, depth)
    return cleaned


def _value(path: str, value: object, depth: int) -> JsonValue:
    plain = scalar(path, value)
    if plain is not None or value is None:
        return plain
    if isinstance(value, datetime):
        return braze_time(value)
    if isinstance(value, date):
        return value.isoformat()
    if depth >= DEPTH:
        raise refused(path, value, f"nest at most {DEPTH} levels")
    if is_mapping(value):
        return _object(path, value, depth + 1)
    if is_list(value):
        return [_item(f"{path}[{index}]", item, depth + 1) for index, item in enumerate(value)]
    raise unknown(path, value)


def _item(path: str, item: object, depth: int) -> JsonValue:
    if isinstance(item, date):
        raise refused(path, item, "a list of properties may not hold times, give text")
    return _value(path, item, depth)

"""Values of custom attributes.

https://www.braze.com/docs/user_guide/data/activation/attributes/nested_custom_attribute_support
https://www.braze.com/docs/user_guide/data/activation/attributes/array_of_objects
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import TypeAlias

from braze_engage.errors import ConfigurationError
from braze_engage.limits import ARRAY_ITEMS, NESTED_BYTES
from braze_engage.objects.checks import check_text, quoted, refused
from braze_engage.objects.times import braze_time, is_time_text
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

__all__ = ["counts_twice", "custom_value"]

_Convert: TypeAlias = Callable[[str, Mapping[object, object], int], JsonValue]

_LAST_YEAR = 3000
_MATCH = {"$identifier_key", "$identifier_value"}
_EDITS: Mapping[object, set[str]] = {
    "$add": set(),
    "$remove": _MATCH,
    "$update": _MATCH | {"$new_object"},
}


def custom_value(path: str, value: object) -> JsonValue:
    """Check and copy the value of one custom attribute.

    Args:
        path: Where it stands, for messages.
        value: A plain value, a time, a list, an object, an operator, or None to remove.

    Raises:
        ConfigurationError: Braze would refuse the value or drop it without a word.
    """
    plain = scalar(path, value)
    if plain is not None or value is None:
        return plain
    if isinstance(value, datetime):
        return braze_time(value)
    if isinstance(value, date):
        return value.isoformat()
    cleaned = _container(path, value)
    if (size := encoded_size(cleaned)) > NESTED_BYTES:
        raise refused(path, value, f"give at most {NESTED_BYTES:,} bytes, it has {size:,}")
    return cleaned


def counts_twice(value: JsonValue) -> bool:
    """Tell whether writing a checked value a second time changes more than the first time.

    Args:
        value: A value of a custom attribute.
    """
    if isinstance(value, Mapping):
        return "inc" in value or "$add" in value or any(map(counts_twice, value.values()))
    return False


def _container(path: str, value: object) -> JsonValue:
    if is_list(value):
        return _array(path, value, 0, _object)
    if not is_mapping(value):
        raise unknown(path, value)
    keys = set(value)
    if keys == {"inc"}:
        return {"inc": _step(f"{path}.inc", value["inc"])}
    if keys and keys <= {"add", "remove"}:
        return {str(key): _members(f"{path}.{key}", items) for key, items in value.items()}
    if keys & set(_EDITS):
        return {str(key): _edits(path, key, edits) for key, edits in value.items()}
    return _object(path, value, 0)


def _step(path: str, value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise refused(path, value, "give an int; a plain object needs another key")
    return value


def _members(path: str, items: object) -> JsonValue:
    if not is_list(items) or any(is_mapping(item) for item in items):
        raise refused(
            path, items, "give a list of text and numbers; a plain object needs another key"
        )
    return _array(path, items, 0, _object)


def _edits(path: str, operator: object, edits: object) -> JsonValue:
    required = _EDITS.get(operator)
    if required is None:
        raise ConfigurationError(
            f"{path} has the key {quoted(operator)} beside an operator: "
            f"give only {', '.join(map(str, _EDITS))}"
        )
    where = f"{path}.{operator}"
    if not is_list(edits) or not all(is_mapping(edit) for edit in edits):
        raise refused(where, edits, "give a list of objects")
    return _array(where, edits, 0, _edit(required) if required else _object)


def _edit(required: set[str]) -> _Convert:
    def convert(path: str, edit: Mapping[object, object], depth: int) -> JsonValue:
        if set(edit) != required:
            raise refused(path, edit, f"give {', '.join(sorted(required))} and nothing else")
        check_text(f"{path}.$identifier_key", edit["$identifier_key"])
        new = edit.get("$new_object", {})
        if not is_mapping(new):
            raise refused(f"{path}.$new_object", new, "give an object")
        return {str(key): _nested(f"{path}.{key}", item, depth) for key, item in edit.items()}

    return convert


def _array(
    path: str, items: Sequence[object], depth: int, convert: _Convert
) -> Sequence[JsonValue]:
    objects = [item for item in items if is_mapping(item)]
    if objects and len(objects) == len(items):
        return [convert(f"{path}[{index}]", item, depth + 1) for index, item in enumerate(objects)]
    if len(items) > ARRAY_ITEMS:
        raise refused(path, items, f"give at most {ARRAY_ITEMS} items")
    return [_item(f"{path}[{index}]", item) for index, item in enumerate(items)]


def _item(path: str, item: object) -> JsonValue:
    plain = scalar(path, item)
    if plain is None:
        raise refused(path, item, "give only text and numbers in a list, or only objects")
    return plain


def _object(path: str, value: Mapping[object, object], depth: int) -> JsonValue:
    if depth > DEPTH:
        raise refused(path, value, f"nest at most {DEPTH} levels")
    if set(value) == {"$time"}:
        return {"$time": _time(f"{path}.$time", value["$time"])}
    cleaned: dict[str, JsonValue] = {}
    for key, item in value.items():
        name = check_key(path, key)
        if "." in name or "$" in name or " " in name:
            raise ConfigurationError(
                f"{path} has the key {quoted(name)}: Braze drops objects whose keys hold a dot, "
                "a dollar sign or a blank, name it otherwise"
            )
        cleaned[name] = _nested(f"{path}.{name}", item, depth)
    return cleaned


def _nested(path: str, value: object, depth: int) -> JsonValue:
    plain = scalar(path, value)
    if plain is not None:
        return plain
    if isinstance(value, date):
        return {"$time": _time(path, value)}
    if is_mapping(value):
        return _object(path, value, depth + 1)
    if is_list(value):
        return _array(path, value, depth, _object)
    if value is None:
        raise refused(
            path,
            value,
            "Braze drops the whole attribute for it; leave the key out, "
            "or give None for the whole attribute to remove it",
        )
    raise unknown(path, value)


def _time(path: str, value: object) -> str:
    if isinstance(value, datetime):
        text = braze_time(value)
    elif isinstance(value, date):
        text = value.isoformat()
    elif is_time_text(value):
        text = value
    else:
        raise refused(path, value, "give a datetime, or text such as 2026-11-23T10:15:00Z")
    if int(text[:4]) > _LAST_YEAR:
        raise refused(path, value, f"give a year up to {_LAST_YEAR}, Braze stores no later one")
    return text

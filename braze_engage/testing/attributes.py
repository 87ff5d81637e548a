"""How Braze takes a value for a custom attribute: types fixed at first sight, no word of refusal.

https://www.braze.com/docs/user_guide/data/activation/attributes/managing_custom_data
https://www.braze.com/docs/user_guide/data/activation/attributes/array_of_objects
"""

from __future__ import annotations

import enum
import re
from typing import NamedTuple

from braze_engage.testing.values import (
    Json,
    JsonObject,
    encoded_size,
    is_number,
    objects,
    parse_time,
)

KEY_CHARACTERS = 255
STRING_CHARACTERS = 255
ARRAY_ITEMS = 500
NESTED_BYTES = 100 * 1024

_INTEGER = re.compile(r"[+-]?\d{1,300}")
_DECIMAL = re.compile(r"[+-]?(\d{1,300}(\.\d*)?|\.\d+)([eE][+-]?\d{1,2})?")
_TRUE = frozenset({"1", "true", "t"})
_FALSE = frozenset({"0", "false", "f"})
_ARRAY_EDITS = frozenset({"add", "remove"})
_OBJECT_EDITS = frozenset({"$add", "$remove", "$update"})


class Kind(enum.Enum):
    """Type of a custom attribute in a workspace."""

    STRING = "string"
    NUMBER = "number"
    BOOLEAN = "boolean"
    TIME = "time"
    ARRAY = "array"
    OBJECT = "object"
    OBJECTS = "array of objects"


class Written(NamedTuple):
    """A value that took, and the types it may belong to: two only for an empty list."""

    kinds: tuple[Kind, ...]
    value: Json


def write_attribute(
    attributes: JsonObject, kinds: dict[str, Kind], key: str, value: Json, *, merge: bool
) -> None:
    """Write one custom attribute, or drop the update in silence as Braze does.

    Args:
        attributes: Custom attributes of the profile; changed in place.
        kinds: Types of the workspace by key; a first value fixes one.
        key: Name; surrounding blanks are stripped.
        value: As sent; None removes the key.
        merge: The object carried ``_merge_objects``.
    """
    name = key.strip()
    if not 0 < len(name) <= KEY_CHARACTERS:
        return
    if value is None:
        attributes.pop(name, None)
        return
    known = kinds.get(name)
    written = _written(attributes.get(name), known, value, merge=merge)
    if written is None or (known is not None and known not in written.kinds):
        return
    attributes[name] = written.value
    if len(written.kinds) == 1:
        kinds[name] = written.kinds[0]


def _written(current: Json, known: Kind | None, value: Json, *, merge: bool) -> Written | None:
    if isinstance(value, dict):
        return _written_object(current, value, merge=merge)
    if isinstance(value, list):
        return _written_list(value)
    kind = known or _kind_of(value)
    taken = _coerced(value, kind)
    if taken is None or (isinstance(taken, str) and len(taken) > STRING_CHARACTERS):
        return None
    return Written((kind,), taken)


def _kind_of(value: Json) -> Kind:
    if isinstance(value, bool):
        return Kind.BOOLEAN
    if isinstance(value, int | float):
        return Kind.NUMBER
    return Kind.STRING if parse_time(value) is None else Kind.TIME


def _coerced(value: Json, kind: Kind) -> Json:
    """Read a scalar as a value of a type; None when it is none."""
    if kind is Kind.STRING:
        return value if isinstance(value, str) else _as_text(value)
    if kind is Kind.TIME:
        return None if parse_time(value) is None else value
    if kind is Kind.BOOLEAN:
        return _as_boolean(value)
    return _as_number(value) if kind is Kind.NUMBER else None


def _as_text(value: Json) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _as_boolean(value: Json) -> bool | None:
    text = _as_text(value).lower()
    return True if text in _TRUE else False if text in _FALSE else None


def _as_number(value: Json) -> int | float | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return value
    text = str(value).strip()
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _DECIMAL.fullmatch(text) else None


def _written_list(value: list[Json]) -> Written | None:
    if not value:
        return Written((Kind.ARRAY, Kind.OBJECTS), [])
    found = objects(value)
    if found is not None:
        return _stored(Kind.OBJECTS, value) if _sound(value) else None
    return _array(value)


def _array(values: list[Json]) -> Written | None:
    for item in values:
        if item is None or isinstance(item, dict | list):
            return None
        if isinstance(item, str) and len(item) > STRING_CHARACTERS:
            return None
    # A repeated value counts where it stands last, and the oldest fall out of a full array.
    last = {_identity(item): item for item in reversed(values)}
    return Written((Kind.ARRAY,), list(reversed(last.values()))[-ARRAY_ITEMS:])


def _identity(item: Json) -> object:
    return isinstance(item, bool), item


def _written_object(current: Json, value: JsonObject, *, merge: bool) -> Written | None:
    keys = value.keys()
    if keys == {"inc"}:
        return _incremented(current, value["inc"])
    if keys and keys <= _ARRAY_EDITS and all(isinstance(part, list) for part in value.values()):
        return _edited_array(current, value)
    if keys and keys <= _OBJECT_EDITS:
        return _edited_objects(current, value, merge=merge)
    if not _sound(value):
        return None
    if merge and isinstance(current, dict):
        return _stored(Kind.OBJECT, _merged(current, value))
    return _stored(Kind.OBJECT, value)


def _incremented(current: Json, step: Json) -> Written | None:
    start = 0 if current is None else current
    if not is_number(step) or not isinstance(step, int) or not isinstance(start, int):
        return None
    return Written((Kind.NUMBER,), start + step)


def _edited_array(current: Json, edits: JsonObject) -> Written | None:
    values = _list(current) + _list(edits.get("add"))
    gone = {_identity(item) for item in _list(edits.get("remove")) if _is_scalar(item)}
    return _array([item for item in values if not _is_scalar(item) or _identity(item) not in gone])


def _is_scalar(item: Json) -> bool:
    return not isinstance(item, dict | list)


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


def _edited_objects(current: Json, edits: JsonObject, *, merge: bool) -> Written | None:
    """Apply ``$add``, ``$remove`` and ``$update``, always in this order."""
    added, removed, updated = (
        objects(edits.get(key, [])) for key in ("$add", "$remove", "$update")
    )
    if added is None or removed is None or updated is None or not _sound([*added]):
        return None
    items = (objects(current) or []) + added
    for edit in removed:
        items = [item for item in items if not _matches(item, edit)]
    for edit in updated:
        new = edit.get("$new_object")
        if not isinstance(new, dict) or not _sound(new):
            return None
        items = [
            (_merged(item, new) if merge else new) if _matches(item, edit) else item
            for item in items
        ]
    return _stored(Kind.OBJECTS, [*items])


def _matches(item: JsonObject, edit: JsonObject) -> bool:
    key = edit.get("$identifier_key")
    return isinstance(key, str) and key in item and item[key] == edit.get("$identifier_value")


def _merged(base: JsonObject, change: JsonObject) -> JsonObject:
    merged = dict(base)
    for key, value in change.items():
        old = merged.get(key)
        if isinstance(old, dict) and isinstance(value, dict):
            merged[key] = _merged(old, value)
        else:
            merged[key] = value
    return merged


def _stored(kind: Kind, value: Json) -> Written | None:
    return Written((kind,), value) if encoded_size(value) <= NESTED_BYTES else None


def _sound(value: Json) -> bool:
    """Tell whether every nested key and value is one Braze stores; one bad one spoils all."""
    if isinstance(value, dict):
        if "$time" in value:
            return len(value) == 1 and parse_time(value["$time"]) is not None
        return all(_sound_key(key) and _sound(inner) for key, inner in value.items())
    if isinstance(value, list):
        return all(_sound(item) for item in value)
    return value is not None


def _sound_key(key: str) -> bool:
    return 0 < len(key) <= KEY_CHARACTERS and not any(sign in key for sign in " .$")

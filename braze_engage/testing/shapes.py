"""Checks of values against the types and limits Braze documents, refused as Braze would: with 400.

Fields Braze does not document are refused too. Braze itself lets most of them pass; a fake that
did would hide typing errors.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

from braze_engage.testing.catalogue import shapes
from braze_engage.testing.checks import known_fields, refuse
from braze_engage.testing.messages import Refused
from braze_engage.testing.values import (
    Json,
    byte_length,
    encoded_size,
    is_number,
    parse_time,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from braze_engage.testing.catalogue import Parameter, Shape

_DATE = re.compile(r"\d{4}-\d\d-\d\d")


def check(param: Parameter, value: Json, where: str) -> None:
    """Refuse a value that is not of the documented type or breaks a limit.

    Args:
        param: What is documented.
        value: What was sent.
        where: Its place in the request, for the message.
    """
    _check_type(param.type, value, where)
    _check_limits(param, value, where)


def _check_type(text: str, value: Json, where: str) -> None:
    """Take a value that fits one alternative; else say what the closest one lacks."""
    kinds = alternatives(text)
    refusals: list[Refused] = []
    for kind in filter(lambda kind: kind.fits(value), kinds):
        try:
            if kind.look_inside is not None:
                kind.look_inside(value, where)
        except Refused as refused:  # noqa: PERF203 - the next alternative may fit
            refusals.append(refused)
        else:
            return
    if refusals:
        unknown = "Unknown field"
        raise next((one for one in refusals if unknown not in one.message), refusals[0])
    refuse(f"'{where}' must be {' or '.join(kind.words for kind in kinds)}")


def check_fields(shape: Shape, value: dict[str, Json], where: str) -> None:
    """Refuse an object with fields that are unknown, missing or wrong.

    Args:
        shape: What is documented.
        value: What was sent.
        where: Its place in the request.
    """
    if not shape.open:
        known_fields(value, [field.name for field in shape.fields], where)
    for field in shape.fields:
        if field.name in value:
            check(field, value[field.name], f"{where}.{field.name}")
        elif field.required:
            refuse(f"'{where}.{field.name}' is required")
    one = shape.exactly_one_of
    if one and len(set(one).intersection(value)) != 1:
        refuse(f"'{where}' must hold exactly one of {', '.join(one)}")


class Kind(NamedTuple):
    """One alternative of a type."""

    words: str
    fits: Callable[[Json], bool]
    look_inside: Callable[[Json, str], None] | None = None


@cache
def alternatives(text: str) -> tuple[Kind, ...]:
    """Read a type into its alternatives."""
    return tuple(map(_kind, split(text)))


def split(text: str, sign: str = "|") -> list[str]:
    """Part a type at a sign outside of its angle brackets."""
    parts, depth = [""], 0
    for char in text:
        depth += (char == "<") - (char == ">")
        if char == sign and not depth:
            parts.append("")
        else:
            parts[-1] += char
    return parts


def inner(text: str) -> str:
    """What stands between the outer angle brackets of a type; of a mapping, the values."""
    between = text[text.index("<") + 1 : -1]
    return split(between, ",")[-1]


def _is_date(value: Json) -> bool:
    return isinstance(value, str) and bool(_DATE.fullmatch(value)) and _is_time(value)


def _is_integer(value: Json) -> bool:
    return isinstance(value, int) and is_number(value)


def _is_time(value: Json) -> bool:
    return parse_time(value) is not None


def _is_given(value: Json) -> bool:
    return value is not None


def _of(kind: type[object]) -> Callable[[Json], bool]:
    return lambda value: isinstance(value, kind)


_PLAIN: Final[dict[str, Kind]] = {
    "any": Kind("any value", _is_given),
    "array": Kind("an array", _of(list)),
    "binary": Kind("a file", _is_given),
    "boolean": Kind("a boolean", _of(bool)),
    "date": Kind("a date", _is_date),
    "datetime": Kind("a time", _is_time),
    "datetime-iso8601": Kind("an ISO 8601 time", _is_time),
    "integer": Kind("an integer", _is_integer),
    "null": Kind("null", _of(type(None))),
    "number": Kind("a number", is_number),
    "object": Kind("an object", _of(dict)),
    "string": Kind("a string", _of(str)),
}


def _kind(text: str) -> Kind:
    if text in _PLAIN:
        return _PLAIN[text]
    if text.startswith("array<"):
        return Kind("an array", _PLAIN["array"].fits, _each(inner(text)))
    if text.startswith("object<"):
        return Kind("an object", _PLAIN["object"].fits, _each(inner(text)))
    name = text.partition(":")[2]
    if text.startswith("object:"):
        return Kind("an object", _PLAIN["object"].fits, _object(name))
    words = [field.name for field in shapes()[name].fields]

    def is_one(value: Json) -> bool:
        return value in words

    return Kind(f"one of {', '.join(words)}", is_one)


def _each(text: str) -> Callable[[Json, str], None]:
    def look(value: Json, where: str) -> None:
        items = value.items() if isinstance(value, dict) else enumerate(_list(value))
        for key, item in items:
            _check_type(text, item, f"{where}[{key}]")

    return look


def _object(name: str) -> Callable[[Json, str], None]:
    def look(value: Json, where: str) -> None:
        if isinstance(value, dict):
            check_fields(shapes()[name], value, where)

    return look


def _list(value: Json) -> Sequence[Json]:
    return value if isinstance(value, list) else [value]


def _check_limits(param: Parameter, value: Json, where: str) -> None:
    if is_number(value):
        assert isinstance(value, int | float)
        _within(where, "", value, param.min, param.max)
    texts = [item for item in _list(value) if isinstance(item, str)]
    for text in texts:
        if param.enum and text not in param.enum:
            refuse(f"'{where}' must be one of {', '.join(param.enum)}")
        if param.pattern and not re.fullmatch(param.pattern, text):
            refuse(f"'{where}' holds characters that are not allowed")
        _within(where, " characters", len(text), None, param.max_chars)
    if isinstance(value, list):
        _within(where, " items", len(value), param.min_items, param.max_items)
    if param.max_bytes is not None:
        size = byte_length(value) if isinstance(value, str) else encoded_size(value)
        _within(where, " bytes", size, param.min_bytes, param.max_bytes)


def _within(where: str, unit: str, value: float, least: float | None, most: float | None) -> None:
    if least is not None and value < least:
        refuse(f"'{where}' must be at least {least:g}{unit}")
    if most is not None and value > most:
        refuse(f"'{where}' must be at most {most:g}{unit}")

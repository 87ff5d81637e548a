"""Properties of events within the limits of Braze.

https://www.braze.com/docs/api/objects_filters/event_object
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from braze_engage import limits
from braze_engage.engage.fitting import (
    MOST_BITS,
    NOT_PLAIN,
    Dropped,
    check_name,
    plain,
    refuse,
    shown,
    size,
)
from braze_engage.engage.outcomes import Reason, Unreadable
from braze_engage.engage.values import is_list, is_object, kind
from braze_engage.objects.values import DEPTH

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["fit_properties"]

_RESERVED: Final = frozenset({"time", "event_name"})


def fit_properties(values: Mapping[str, object]) -> tuple[dict[str, object], list[Dropped]]:
    """Bring the properties of an event into the limits.

    Braze takes 256 of them, texts of 255 characters, and 100 KiB where lists or objects are among
    them. Nulls stay.

    Args:
        values: The properties, which are not changed.

    Returns:
        What is sent, and a word about everything that is left out.
    """
    fitted: dict[str, object] = {}
    cuts: list[Dropped] = []
    large: dict[str, int] = {}
    for name, value in values.items():
        if len(fitted) == limits.EVENT_PROPERTIES:
            cuts.append(Dropped(shown(name), f"Braze keeps {limits.EVENT_PROPERTIES} properties"))
        elif _is_short(value) and _is_ordinary(name):
            fitted[name] = value
        else:
            _fit(name, value, fitted, large, cuts)
    if large:
        _shrink(fitted, large, cuts)
    return fitted, cuts


def _is_short(value: object) -> bool:
    if isinstance(value, str):
        return len(value) <= limits.STRING_CHARACTERS and value.isascii()
    return value is None or (isinstance(value, int) and value.bit_length() <= MOST_BITS)


def _is_ordinary(name: object) -> bool:
    # of the same few names come millions of properties
    return isinstance(name, str) and len(name) <= limits.KEY_CHARACTERS and _is_free(name)


@lru_cache(maxsize=4096)
def _is_free(name: str) -> bool:
    try:
        return _name(name) not in _RESERVED
    except Unreadable:
        return False


def _fit(
    name: str,
    value: object,
    fitted: dict[str, object],
    large: dict[str, int],
    cuts: list[Dropped],
) -> None:
    where = shown(name)
    try:
        if _name(name) in _RESERVED:
            refuse(Reason.BAD_ATTRIBUTE, "Braze keeps this name to itself; rename it")
        fitted[name] = found = _value(where, value, cuts, 0)
    except Unreadable as refusal:
        cuts.append(Dropped(where, refusal.detail))
    else:
        if plain(found) is NOT_PLAIN:
            large[name] = size(found)


def _shrink(fitted: dict[str, object], large: dict[str, int], cuts: list[Dropped]) -> None:
    """Take out the largest lists and objects until the rest is small enough."""
    excess = size(fitted) - limits.EVENT_PROPERTIES_BYTES
    for name in sorted(large, key=large.__getitem__, reverse=True):
        if excess <= 0:
            break
        del fitted[name]
        excess -= large[name]
        cuts.append(
            Dropped(
                shown(name),
                f"it has {large[name]:,} bytes, and with it the properties are over the "
                f"{limits.EVENT_PROPERTIES_BYTES:,} that Braze takes",
            )
        )


def _name(name: object) -> str:
    checked = check_name(name)
    if checked[0] == "$":
        refuse(Reason.BAD_ATTRIBUTE, "its name begins with a dollar sign; name it otherwise")
    return checked


def _value(where: str, value: object, cuts: list[Dropped], depth: int) -> object:
    fitted = plain(value)
    if fitted is not NOT_PLAIN:
        return fitted
    if depth >= DEPTH:
        refuse(Reason.BAD_ATTRIBUTE, f"it is nested more than {DEPTH} levels deep")
    if is_object(value):
        return _object(where, value, cuts, depth + 1)
    if not is_list(value):
        refuse(Reason.BAD_ATTRIBUTE, f"it is {kind(value)}, which JSON does not know")
    kept: list[object] = []
    for index, item in enumerate(value):
        inner = f"{where}[{index}]"
        try:
            kept.append(_value(inner, item, cuts, depth + 1))
        except Unreadable as refusal:
            cuts.append(Dropped(inner, refusal.detail))
    return kept


def _object(
    where: str, value: Mapping[str, object], cuts: list[Dropped], depth: int
) -> dict[str, object]:
    fitted: dict[str, object] = {}
    for name, item in value.items():
        inner = f"{where}.{shown(name)}"
        try:
            fitted[_name(name)] = _value(inner, item, cuts, depth)
        except Unreadable as refusal:
            cuts.append(Dropped(inner, refusal.detail))
    return fitted

"""Properties of events within the limits of Braze.

https://www.braze.com/docs/api/objects_filters/event_object
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from braze_engage import limits
from braze_engage.engage.fitting import (
    MOST_ENCODED,
    NOT_PLAIN,
    Dropped,
    are_filled,
    check_name,
    is_filled,
    is_short,
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
_SURELY_FIT: Final = limits.EVENT_PROPERTIES_BYTES // MOST_ENCODED
"""As many short values with their names are never over the limit."""
_REMEMBERED: Final = 4096
_free: Final[set[str]] = set()
"""Names of properties that were checked before: of the same few come millions."""
_named: Final[set[str]] = set()
"""The same within objects."""


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
    nested = 0
    crowded = len(values) > limits.EVENT_PROPERTIES
    ordinary = _free.issuperset(values)
    for name, value in values.items():
        if crowded and len(fitted) == limits.EVENT_PROPERTIES:
            cuts.append(Dropped(shown(name), f"Braze keeps {limits.EVENT_PROPERTIES} properties"))
            continue
        short, copied = value is None or is_filled(value), value
        if not short:
            if is_list(value):
                short, copied = are_filled(value), list(value)
                nested += len(value)
            elif is_object(value):
                short = all(map(is_short, value.values())) and _are_named(value)
                copied = dict(value)
                nested += len(value)
        if short and (ordinary or _is_free(name)):
            fitted[name] = copied
        elif _fit(name, value, fitted, cuts):
            nested += _SURELY_FIT
    if nested + len(fitted) > _SURELY_FIT and nested:
        _shrink(fitted, cuts)
    return fitted, cuts


def _is_free(name: str) -> bool:
    """Tell whether a property can have a name, and remember it."""
    try:
        if _name(name) in _RESERVED:
            return False
    except Unreadable:
        return False
    if len(_free) >= _REMEMBERED:
        _free.clear()
    _free.add(name)
    return True


def _are_named(value: Mapping[str, object]) -> bool:
    """Tell whether every name within an object is one that Braze takes."""
    if _named.issuperset(value):
        return True
    try:
        names = set(map(_name, value))
    except Unreadable:
        return False
    if len(_named) >= _REMEMBERED:
        _named.clear()
    _named.update(names)
    return True


def _fit(name: str, value: object, fitted: dict[str, object], cuts: list[Dropped]) -> bool:
    """Take what needs a closer look, and tell whether it is a list or an object."""
    where = shown(name)
    try:
        if _name(name) in _RESERVED:
            refuse(Reason.BAD_ATTRIBUTE, "Braze keeps this name to itself; rename it")
        fitted[name] = found = _value(where, value, cuts, 0)
    except Unreadable as refusal:
        cuts.append(Dropped(where, refusal.detail))
        return False
    return plain(found) is NOT_PLAIN


def _shrink(fitted: dict[str, object], cuts: list[Dropped]) -> None:
    """Take out the largest lists and objects until the rest is small enough."""
    excess = size(fitted) - limits.EVENT_PROPERTIES_BYTES
    if excess <= 0:
        return
    large = {name: size(value) for name, value in fitted.items() if plain(value) is NOT_PLAIN}
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

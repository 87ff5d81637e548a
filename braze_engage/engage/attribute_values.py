"""Lists and objects as values of custom attributes.

https://www.braze.com/docs/user_guide/data/activation/attributes/nested_custom_attribute_support
https://www.braze.com/docs/user_guide/data/activation/attributes/array_of_objects
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from braze_engage import limits
from braze_engage.engage.fitting import (
    MOST_ENCODED,
    NOT_PLAIN,
    Dropped,
    are_filled,
    check_name,
    plain,
    refuse,
    shown,
    size,
)
from braze_engage.engage.outcomes import Reason, Unreadable
from braze_engage.engage.values import is_entity, is_list, is_object, kind
from braze_engage.objects.times import is_time_text
from braze_engage.objects.values import DEPTH

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["fit_attribute", "is_flat_list", "is_flat_object"]

_LAST_YEAR: Final = 3000
_TIME: Final = "$time"
_OPERATORS: Final = frozenset({"$add", "$remove", "$update"})
_INSTRUCTIONS: Final = frozenset({"inc", "add", "remove"})
_SURELY_FIT: Final = limits.NESTED_BYTES // MOST_ENCODED
"""As many short values with their names are never over the limit."""
_REMEMBERED: Final = 4096
_named: Final[set[str]] = set()
"""Names within objects that were checked before."""
_IN_NESTED_NAMES: Final = ".$ "


def is_flat_list(items: Sequence[object]) -> bool:
    """Tell at a glance whether a list can be sent as it is.

    Args:
        items: The list; false says nothing about it.
    """
    return len(items) <= _SURELY_FIT and are_filled(items)


def is_flat_object(value: Mapping[str, object]) -> bool:
    """Tell at a glance whether an object can be sent as it is.

    Args:
        value: The object; false says nothing about it.
    """
    if len(value) > _SURELY_FIT:
        return False
    if not _named.issuperset(value):
        try:
            names = set(map(_nested_name, value))
        except Unreadable:
            return False
        if not names.isdisjoint(_INSTRUCTIONS) or is_entity(value):
            return False
        if len(_named) >= _REMEMBERED:
            _named.clear()
        _named.update(names)
    return are_filled(list(value.values()))


def fit_attribute(name: str, value: object, cuts: list[Dropped]) -> object:
    """Bring the value of a custom attribute into the limits.

    Lists keep 500 plain items. Of objects only what Braze stores is kept: no null, and no name
    with a dot, a dollar sign or a blank.

    Args:
        name: The attribute.
        value: Its value, which is not changed.
        cuts: Takes a word about every part that is left out.

    Raises:
        Unreadable: Nothing of it can be sent.
    """
    fitted = plain(value)
    if fitted is not NOT_PLAIN:
        return fitted
    where = shown(name)
    if is_list(value):
        fitted = _list(where, value, cuts, 0)
    elif is_object(value):
        fitted = _outer_object(where, value, cuts)
    else:
        refuse(Reason.BAD_ATTRIBUTE, f"it is {kind(value)}, which JSON does not know")
    if size(fitted) > limits.NESTED_BYTES:
        refuse(
            Reason.TOO_LONG,
            f"it has {size(fitted):,} bytes and Braze stores {limits.NESTED_BYTES:,} at most",
        )
    return fitted


def _outer_object(where: str, value: Mapping[str, object], cuts: list[Dropped]) -> object:
    fitted = _object(where, value, cuts, 0)
    names = fitted.keys()
    if (
        names == {"inc"}
        or (names and names <= {"add", "remove"})
        or not _OPERATORS.isdisjoint(value)
    ):
        refuse(
            Reason.BAD_ATTRIBUTE,
            "Braze reads an object of this shape as an instruction to change the attribute and "
            "not as its value; name the inner values otherwise",
        )
    return fitted


def _object(
    where: str, value: Mapping[str, object], cuts: list[Dropped], depth: int
) -> dict[str, object]:
    if depth > DEPTH:
        refuse(Reason.BAD_ATTRIBUTE, f"it is nested more than {DEPTH} levels deep")
    if _TIME in value and len(value) == 1:
        return {_TIME: _nested_time(value[_TIME])}
    fitted: dict[str, object] = {}
    emptied = False
    for name, item in value.items():
        inner = f"{where}.{shown(name)}"
        try:
            fitted[_nested_name(name)] = _nested(inner, item, cuts, depth)
        except Unreadable as refusal:
            cuts.append(Dropped(inner, refusal.detail))
            emptied = emptied or item is not None
    if emptied and not fitted:
        refuse(Reason.BAD_ATTRIBUTE, "nothing is in the object that Braze would store")
    return fitted


def _nested_name(name: object) -> str:
    checked = check_name(name)
    if any(character in checked for character in _IN_NESTED_NAMES):
        refuse(
            Reason.BAD_ATTRIBUTE,
            "Braze drops objects with a dot, a dollar sign or a blank in a name; name it otherwise",
        )
    return checked


def _nested(where: str, value: object, cuts: list[Dropped], depth: int) -> object:
    fitted = plain(value)
    if isinstance(value, date):
        return {_TIME: _nested_time(fitted)}
    if fitted is None:
        refuse(
            Reason.BAD_ATTRIBUTE,
            "Braze drops the whole attribute for a null inside an object; without the null the "
            "rest is stored",
        )
    if fitted is not NOT_PLAIN:
        return fitted
    if is_list(value):
        return _list(where, value, cuts, depth)
    if not is_object(value):
        refuse(Reason.BAD_ATTRIBUTE, f"it is {kind(value)}, which JSON does not know")
    return _object(where, value, cuts, depth + 1)


def _nested_time(value: object) -> str:
    if not is_time_text(value) or int(value[:4]) > _LAST_YEAR:
        refuse(
            Reason.BAD_ATTRIBUTE,
            f"{_TIME} must be text such as 2026-11-23T10:15:00Z, of a year up to {_LAST_YEAR}",
        )
    return value


def _list(where: str, items: Sequence[object], cuts: list[Dropped], depth: int) -> list[object]:
    kept: list[object] = []
    objects = bool(items) and all(map(is_object, items))
    for index, item in enumerate(items):
        if len(kept) == limits.ARRAY_ITEMS and not objects:
            cuts.append(
                Dropped(where, f"only the first {len(kept)} of {len(items):,} items are sent")
            )
            break
        inner = f"{where}[{index}]"
        try:
            kept.append(
                _object(inner, item, cuts, depth + 1)
                if objects and is_object(item)
                else _item(item)
            )
        except Unreadable as refusal:
            cuts.append(Dropped(inner, refusal.detail))
    if items and not kept:
        refuse(Reason.BAD_ATTRIBUTE, "nothing is in the list that Braze would store")
    return kept


def _item(value: object) -> object:
    fitted = plain(value)
    if fitted is None or fitted is NOT_PLAIN:
        refuse(
            Reason.BAD_ATTRIBUTE,
            f"it is {kind(value)}; Braze takes lists of text and numbers, or of objects alone",
        )
    return fitted

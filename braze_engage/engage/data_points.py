"""What a write costs on contracts that count data points.

Every custom attribute that is written counts, changed or not, null included; of an object every
leaf counts, of a list the whole, of a list of objects every leaf again. Every event counts once.
What Braze does not name is counted too, so a sum may be too high and never too low.
https://www.braze.com/docs/user_guide/data/data_points
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from braze_engage.engage.events import EventChange
from braze_engage.engage.traits import AttributeChange
from braze_engage.engage.values import is_list, is_object

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["attribute_points", "attributes_points", "change_points", "event_points"]

_FREE: Final = frozenset({"email_subscribe", "push_subscribe", "subscription_groups"})
_WHOLE: Final = frozenset({"current_location"})
_RECOMMENDED: Final = "ecommerce."
_TIME: Final = "$time"
_SCALARS: Final = frozenset({bool, str, int, float, type(None)})


def attribute_points(name: str, value: object) -> int:
    """Count the data points of one attribute or profile field.

    Args:
        name: Its name.
        value: What is written; null costs as much as a value.
    """
    if name in _FREE:
        return 0
    return 1 if name in _WHOLE else _leaves(value)


def attributes_points(attributes: Mapping[str, object]) -> int:
    """Count the data points of an entry of ``attributes``.

    Args:
        attributes: Profile fields and custom attributes, without identifier and control fields.
    """
    points = len(attributes)
    for name, value in attributes.items():
        if type(value) not in _SCALARS or name in _FREE:  # most are single values, a point each
            points += attribute_points(name, value) - 1
    return points


def event_points(event: Mapping[str, object]) -> int:
    """Count the data points of an event; the recommended e-commerce events are free.

    Args:
        event: The entry of ``events``.
    """
    return 0 if str(event.get("name")).startswith(_RECOMMENDED) else 1


def change_points(change: object) -> int:
    """Count the data points of a change; memberships of cohorts and deletions are free.

    Args:
        change: What one delivery writes.
    """
    if isinstance(change, EventChange):
        return event_points(change.event)
    return attributes_points(change.attributes) if isinstance(change, AttributeChange) else 0


def _leaves(value: object) -> int:
    if type(value) in _SCALARS:
        return 1
    if is_object(value):
        if _TIME in value:
            return 1
        return sum(map(_leaves, value.values())) or 1
    if is_list(value) and any(map(is_object, value)):
        return sum(map(_leaves, value))
    return 1

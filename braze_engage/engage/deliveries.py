"""What calls become in Braze."""

from __future__ import annotations

from enum import Flag
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Delivery", "delivery_count", "delivery_name", "single_deliveries"]


class Delivery(Flag):
    """What calls become in Braze; combine with ``|``."""

    NONE = 0
    """Nothing: ignored."""
    IDENTIFY = 1
    """Identify calls become custom attributes."""
    TRACK = 2
    """Track calls become custom events."""
    COHORT = 4
    """Membership, from whichever call carries it, becomes a cohort change."""
    BOOLEAN = 8
    """Membership, from whichever call carries it, becomes a boolean custom attribute."""

    # There is one object a value, so its address will do; Enum's own hash is slow, and every
    # call asks for it several times.
    __hash__ = object.__hash__


_SINGLE: Final = (Delivery.IDENTIFY, Delivery.TRACK, Delivery.COHORT, Delivery.BOOLEAN)
_ALL: Final = [Delivery(value) for value in range(1 << len(_SINGLE))]
_SINGLES: Final[Mapping[Delivery, Sequence[Delivery]]] = {
    delivery: tuple(one for one in _SINGLE if one & delivery) or (Delivery.NONE,)
    for delivery in _ALL
}
_COUNTS: Final = {delivery: len(singles) for delivery, singles in _SINGLES.items()}


def single_deliveries(delivery: Delivery) -> Sequence[Delivery]:
    """List the single deliveries in one; that of a deletion has none and counts as one.

    Args:
        delivery: One, several, or none.
    """
    return _SINGLES[delivery]


def delivery_count(delivery: Delivery) -> int:
    """Count the single deliveries in one, as `single_deliveries` lists them.

    Args:
        delivery: One, several, or none.
    """
    return _COUNTS[delivery]


def delivery_name(delivery: Delivery) -> str:
    """Name a delivery, such as ``IDENTIFY|COHORT``; before Python 3.11 several have no name.

    Args:
        delivery: One, several, or none.
    """
    return "|".join(str(single.name) for single in single_deliveries(delivery))

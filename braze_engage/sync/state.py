"""What is remembered between calls: messages carried out, and the newest known membership."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Final, Protocol, runtime_checkable

import attrs

if TYPE_CHECKING:
    from braze_engage.engage.calls import OrderKey
    from braze_engage.engage.identity import Identity
    from braze_engage.engage.rules import Delivery

__all__ = ["Known", "MemoryState", "StateStore"]

_ENTRIES: Final = 200_000


@attrs.frozen(slots=True)
class Known:
    """The newest thing known of one person and key.

    Args:
        order: Its place in time.
        member: Whether the person was made a member or removed.
    """

    order: OrderKey
    member: bool


@runtime_checkable
class StateStore(Protocol):
    """What a sync remembers by; calls come from one thread at a time."""

    @property
    def forgotten(self) -> int:
        """How many entries were dropped for want of room."""
        ...

    def is_done(self, delivery: Delivery, message_id: str) -> bool:
        """Tell whether a delivery of this message came to an end before.

        Args:
            delivery: The kind of delivery.
            message_id: Segment's id of the call.
        """
        ...

    def remember_done(self, delivery: Delivery, message_id: str) -> None:
        """Note that a delivery of this message came to an end.

        Args:
            delivery: The kind of delivery.
            message_id: Segment's id of the call.
        """
        ...

    def membership(self, cohort_id: str, identity: Identity) -> Known | None:
        """Return the newest membership that Braze accepted.

        Args:
            cohort_id: The cohort.
            identity: The person.
        """
        ...

    def remember_membership(self, cohort_id: str, identity: Identity, known: Known) -> None:
        """Note a membership that Braze accepted.

        Args:
            cohort_id: The cohort.
            identity: The person.
            known: Its time and value.
        """
        ...

    def copy(self) -> StateStore:
        """Return an independent copy, for a run that only looks ahead."""
        ...


class MemoryState:
    """State of this process alone, bounded.

    Entries of all kinds share one room and are found by a 64-bit hash; the oldest go first.

    Args:
        capacity: Entries kept.
    """

    def __init__(self, capacity: int = _ENTRIES) -> None:
        self._capacity = capacity
        # An OrderedDict, because taking the oldest out of a plain dict again and again walks over
        # all the places it left empty.
        self._entries: OrderedDict[int, Known | None] = OrderedDict()
        self._forgotten = 0

    @property
    def forgotten(self) -> int:
        """How many entries were dropped for want of room."""
        return self._forgotten

    def is_done(self, delivery: Delivery, message_id: str) -> bool:
        """Tell whether a delivery of this message came to an end before.

        Args:
            delivery: The kind of delivery.
            message_id: Segment's id of the call.
        """
        return hash((delivery.value, message_id)) in self._entries

    def remember_done(self, delivery: Delivery, message_id: str) -> None:
        """Note that a delivery of this message came to an end.

        Args:
            delivery: The kind of delivery.
            message_id: Segment's id of the call.
        """
        self._put(hash((delivery.value, message_id)), None)

    def membership(self, cohort_id: str, identity: Identity) -> Known | None:
        """Return the newest membership that Braze accepted.

        Args:
            cohort_id: The cohort.
            identity: The person.
        """
        return self._entries.get(hash((cohort_id, identity)))

    def remember_membership(self, cohort_id: str, identity: Identity, known: Known) -> None:
        """Note a membership that Braze accepted.

        Args:
            cohort_id: The cohort.
            identity: The person.
            known: Its time and value.
        """
        self._put(hash((cohort_id, identity)), known)

    def copy(self) -> MemoryState:
        """Return an independent copy, for a run that only looks ahead."""
        other = MemoryState(self._capacity)
        other._entries = self._entries.copy()
        return other

    def _put(self, slot: int, value: Known | None) -> None:
        self._entries[slot] = value
        self._entries.move_to_end(slot)
        if len(self._entries) > self._capacity:
            self._entries.popitem(last=False)
            self._forgotten += 1

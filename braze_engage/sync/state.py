"""What is remembered between calls: messages carried out, and the newest known membership."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol, runtime_checkable

import attrs

from braze_engage.engage.calls import OrderKey

if TYPE_CHECKING:
    from braze_engage.engage.audiences import MembershipChange
    from braze_engage.engage.identity import Identity
    from braze_engage.engage.rules import Delivery

__all__ = ["Known", "MemoryState", "StateStore", "is_late", "is_repeat"]

_ENTRIES: Final = 200_000
# Nanoseconds of the years 1 to 9999 need more than 64 bits.
_TIME_BYTES: Final = 12


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


def _pack(known: Known) -> bytes:
    # One object an entry: hundreds of thousands that live long among many that live short would
    # leave the memory of a process in pieces.
    order = known.order
    text = f"{order.message_id}\0{order.value}".encode("utf-8", "surrogatepass")
    times = (
        time.to_bytes(_TIME_BYTES, "big", signed=True)
        for time in (order.time_ns, order.received_ns)
    )
    return b"".join((*times, bytes((known.member,)), text))


def _unpack(packed: bytes) -> Known:
    time_ns = int.from_bytes(packed[:_TIME_BYTES], "big", signed=True)
    received_ns = int.from_bytes(packed[_TIME_BYTES : 2 * _TIME_BYTES], "big", signed=True)
    text = packed[2 * _TIME_BYTES + 1 :].decode("utf-8", "surrogatepass")
    message_id, _, value = text.rpartition("\0")
    order = OrderKey(time_ns, received_ns, message_id, value)
    return Known(order, member=bool(packed[2 * _TIME_BYTES]))


def is_late(state: StateStore, change: MembershipChange) -> bool:
    """Tell whether Braze accepted a newer membership of this person already.

    Args:
        state: What is remembered.
        change: The change at hand.
    """
    known = state.membership(change.cohort_id, change.identity)
    return known is not None and known.order > change.order


def is_repeat(state: StateStore, change: MembershipChange) -> bool:
    """Tell whether a change says what Braze accepted last of this person.

    Args:
        state: What is remembered.
        change: The change at hand.
    """
    known = state.membership(change.cohort_id, change.identity)
    return known is not None and known.member is change.member


class MemoryState:
    """State of this process alone, bounded.

    Entries of all kinds share one room and are found by a 64-bit hash. When the room is full, the
    older half goes at once, so that memory stays flat.

    Args:
        capacity: Entries kept at most.
    """

    def __init__(self, capacity: int = _ENTRIES) -> None:
        self._half = max(capacity // 2, 1)
        self._young: dict[int, bytes] = {}
        self._old: dict[int, bytes] = {}
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
        slot = hash((delivery.value, message_id))
        return slot in self._young or slot in self._old

    def remember_done(self, delivery: Delivery, message_id: str) -> None:
        """Note that a delivery of this message came to an end.

        Args:
            delivery: The kind of delivery.
            message_id: Segment's id of the call.
        """
        self._put(hash((delivery.value, message_id)), b"")

    def membership(self, cohort_id: str, identity: Identity) -> Known | None:
        """Return the newest membership that Braze accepted.

        Args:
            cohort_id: The cohort.
            identity: The person.
        """
        slot = hash((cohort_id, identity))
        packed = self._young.get(slot) or self._old.get(slot)
        return _unpack(packed) if packed else None

    def remember_membership(self, cohort_id: str, identity: Identity, known: Known) -> None:
        """Note a membership that Braze accepted.

        Args:
            cohort_id: The cohort.
            identity: The person.
            known: Its time and value.
        """
        self._put(hash((cohort_id, identity)), _pack(known))

    def copy(self) -> MemoryState:
        """Return an independent copy, for a run that only looks ahead."""
        other = MemoryState(2 * self._half)
        other._young, other._old = dict(self._young), dict(self._old)
        return other

    def _put(self, slot: int, value: bytes) -> None:
        self._old.pop(slot, None)
        self._young[slot] = value
        if len(self._young) > self._half:
            newest = self._young.pop(slot)
            self._forgotten += len(self._old)
            self._old, self._young = self._young, {slot: newest}

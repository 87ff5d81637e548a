"""What is remembered between calls: messages carried out, and the newest known values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol, runtime_checkable

from braze_engage.engage.calls import OrderKey
from braze_engage.sync.known import Known, short

if TYPE_CHECKING:
    from braze_engage.engage.deliveries import Delivery
    from braze_engage.engage.identity import Identity

__all__ = ["MemoryState", "StateStore"]

_ENTRIES: Final = 200_000
_HALF_BITS: Final = 64
_HALF: Final = (1 << _HALF_BITS) - 1


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

    def newest(self, subject: str, identity: Identity) -> Known | None:
        """Return the newest value that Braze accepted.

        Args:
            subject: A cohort or an attribute.
            identity: The person.
        """
        ...

    def remember(self, subject: str, identity: Identity, known: Known) -> None:
        """Note a value that Braze accepted.

        Args:
            subject: A cohort or an attribute.
            identity: The person.
            known: Its time and value.
        """
        ...

    def deleted_ns(self, identity: Identity) -> int | None:
        """Tell when a person was deleted, nanoseconds since 1970 UTC; None for nobody deleted.

        Args:
            identity: The person.
        """
        ...

    def bury(self, identity: Identity, time_ns: int) -> None:
        """Forget everything of a person but that and when they were deleted.

        Args:
            identity: The person.
            time_ns: When they were deleted, nanoseconds since 1970 UTC.
        """
        ...

    def spent(self, period: str) -> int:
        """Tell how many data points were spent.

        Args:
            period: A day such as ``2026-11-02`` or a month such as ``2026-11``.
        """
        ...

    def spend(self, period: str, points: int) -> None:
        """Note data points as spent.

        Args:
            period: A day or a month.
            points: How many; negative to take some back.
        """
        ...

    def copy(self) -> StateStore:
        """Return an independent copy, for a run that only looks ahead."""
        ...


def _pack(known: Known) -> str:
    # One object an entry: hundreds of thousands that live long among many that live short would
    # leave the memory of a process in pieces.
    order, value = known
    return (
        f"{order.time_ns}\0{order.received_ns}\0{order.message_id}\0{short(order.value)}\0{value}"
    )


def _unpack(packed: str) -> Known:
    times_and_message, ordered, value = packed.rsplit("\0", 2)
    time_ns, received_ns, message_id = times_and_message.split("\0", 2)
    return Known(OrderKey(int(time_ns), int(received_ns), message_id, ordered), value)


class MemoryState:
    """State of this process alone, bounded.

    Entries of all kinds share one room and are found by hashes of 64 bits. When the room is full,
    the older half goes at once, so that memory stays flat. Only that people were deleted has a
    room of its own, so that nothing else drives it out.

    Args:
        capacity: Entries kept at most.
    """

    def __init__(self, capacity: int = _ENTRIES) -> None:
        self._half = max(capacity // 2, 1)
        self._most_deleted = max(capacity, 1)
        self._young: dict[int, str] = {}
        self._old: dict[int, str] = {}
        self._deleted: dict[int, int] = {}
        self._spent: dict[str, int] = {}
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
        slot = hash((delivery, message_id))
        return slot in self._young or slot in self._old

    def remember_done(self, delivery: Delivery, message_id: str) -> None:
        """Note that a delivery of this message came to an end.

        Args:
            delivery: The kind of delivery.
            message_id: Segment's id of the call.
        """
        self._put(hash((delivery, message_id)), "")

    def newest(self, subject: str, identity: Identity) -> Known | None:
        """Return the newest value that Braze accepted.

        Args:
            subject: A cohort or an attribute.
            identity: The person.
        """
        slot = _slot(subject, identity)
        packed = self._young.get(slot) or self._old.get(slot)
        return _unpack(packed) if packed else None

    def remember(self, subject: str, identity: Identity, known: Known) -> None:
        """Note a value that Braze accepted.

        Args:
            subject: A cohort or an attribute.
            identity: The person.
            known: Its time and value.
        """
        self._put(_slot(subject, identity), _pack(known))

    def deleted_ns(self, identity: Identity) -> int | None:
        """Tell when a person was deleted, nanoseconds since 1970 UTC; None for nobody deleted.

        Args:
            identity: The person.
        """
        return self._deleted.get(hash(identity)) if self._deleted else None

    def bury(self, identity: Identity, time_ns: int) -> None:
        """Forget everything of a person but that and when they were deleted.

        Args:
            identity: The person.
            time_ns: When they were deleted, nanoseconds since 1970 UTC.
        """
        person = hash(identity) & _HALF
        for slots in (self._young, self._old):
            for slot in [slot for slot in slots if slot >> _HALF_BITS == person]:
                del slots[slot]
        before = self._deleted.pop(hash(identity), time_ns)
        if len(self._deleted) >= self._most_deleted:
            del self._deleted[next(iter(self._deleted))]
            self._forgotten += 1
        self._deleted[hash(identity)] = max(before, time_ns)

    def spent(self, period: str) -> int:
        """Tell how many data points were spent.

        Args:
            period: A day such as ``2026-11-02`` or a month such as ``2026-11``.
        """
        return self._spent.get(period, 0)

    def spend(self, period: str, points: int) -> None:
        """Note data points as spent.

        Args:
            period: A day or a month.
            points: How many; negative to take some back.
        """
        self._spent[period] = self.spent(period) + points

    def copy(self) -> MemoryState:
        """Return an independent copy, for a run that only looks ahead."""
        other = MemoryState(2 * self._half)
        other._young, other._old = dict(self._young), dict(self._old)
        other._deleted, other._spent = dict(self._deleted), dict(self._spent)
        return other

    def _put(self, slot: int, value: str) -> None:
        if self._old:
            self._old.pop(slot, None)
        self._young[slot] = value
        if len(self._young) > self._half:
            newest = self._young.pop(slot)
            self._forgotten += len(self._old)
            self._old, self._young = self._young, {slot: newest}


def _slot(subject: str, identity: Identity) -> int:
    # the person is the upper half, so that all of one person can be found
    return (hash(identity) & _HALF) << _HALF_BITS | hash(subject) & _HALF

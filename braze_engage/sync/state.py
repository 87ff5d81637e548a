"""What is remembered between calls: messages carried out, and the newest known values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol, runtime_checkable

from braze_engage.sync.known import attribute_subject, short
from braze_engage.sync.memories import known_of, pack, pack_attributes, time_of
from braze_engage.sync.memory_room import Room

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from braze_engage.engage.calls import OrderKey
    from braze_engage.engage.deliveries import Delivery
    from braze_engage.engage.identity import Identity
    from braze_engage.sync.known import Known
    from braze_engage.sync.memories import Memory

__all__ = ["MemoryState", "StateStore"]

_ENTRIES: Final = 200_000
_PARTS: Final = 64
_PARTED: Final = 20_000
"""Entries from which on the room has parts."""


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


class MemoryState:
    """State of this process alone, bounded.

    Entries of all kinds share their room and are found by hashes of 64 bits. When a part of it is
    full, the older half of that goes at once, so that memory stays flat. Only that people were
    deleted has a room of its own, so that nothing else drives it out.

    Args:
        capacity: Entries kept at most.
    """

    def __init__(self, capacity: int = _ENTRIES) -> None:
        # Large tables that grow anew again and again would leave holes in the memory of threads.
        parts = _PARTS if capacity >= _PARTED else 1
        self._last = parts - 1
        half = max(capacity // 2 // parts, 1)
        self._rooms = [Room(half) for _ in range(parts)]
        self._capacity = self._most_deleted = max(capacity, 1)
        self._deleted: dict[int, int] = {}
        self._spent: dict[str, int] = {}
        self._forgotten = 0

    @property
    def forgotten(self) -> int:
        """How many entries were dropped for want of room."""
        return self._forgotten + sum(room.forgotten for room in self._rooms)

    @property
    def kept(self) -> int:
        """How many entries there are."""
        return sum(map(len, self._rooms))

    def is_done(self, delivery: Delivery, message_id: str) -> bool:
        """Tell whether a delivery of this message came to an end before.

        Args:
            delivery: The kind of delivery.
            message_id: Segment's id of the call.
        """
        slot = hash((delivery, message_id))
        return self._rooms[slot & self._last].is_done(slot)

    def remember_done(self, delivery: Delivery, message_id: str) -> None:
        """Note that a delivery of this message came to an end.

        Args:
            delivery: The kind of delivery.
            message_id: Segment's id of the call.
        """
        slot = hash((delivery, message_id))
        self._rooms[slot & self._last].remember_done(slot)

    def newest(self, subject: str, identity: Identity) -> Known | None:
        """Return the newest value that Braze accepted.

        Args:
            subject: A cohort or an attribute.
            identity: The person.
        """
        memory = self._memory(identity)
        return None if memory is None else known_of(memory, subject)

    def knows_since(self, identity: Identity, time_ns: int) -> bool:
        """Tell whether Braze may have accepted anything of a person from a moment on.

        Args:
            identity: The person.
            time_ns: The moment, nanoseconds since 1970 UTC.
        """
        memory = self._memory(identity)
        return memory is not None and (not isinstance(memory, str) or time_of(memory) >= time_ns)

    def remember(self, subject: str, identity: Identity, known: Known) -> None:
        """Note a value that Braze accepted.

        Args:
            subject: A cohort or an attribute.
            identity: The person.
            known: Its time and value.
        """
        self._put(identity, pack(subject, known), (subject,), always=True)

    def remember_newer(self, subject: str, identity: Identity, known: Known) -> None:
        """Note a value that Braze accepted, unless a newer one is known.

        Args:
            subject: A cohort or an attribute.
            identity: The person.
            known: Its time and value.
        """
        packed = pack(subject, known._replace(value=short(known.value)))
        self._put(identity, packed, (subject,), always=False)

    def remember_attributes(
        self,
        identity: Identity,
        order: OrderKey,
        attributes: Mapping[str, object],
        text: str | None = None,
    ) -> None:
        """Note attributes that Braze accepted, but those of which a newer value is known.

        Args:
            identity: The person.
            order: Their place in time.
            attributes: Attributes by name.
            text: These as JSON, where they were encoded already.
        """
        packed = pack_attributes(order, attributes, text)
        self._put(identity, packed, map(attribute_subject, attributes), always=False)

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
        slot = hash(identity)
        self._rooms[slot & self._last].forget(slot)
        before = self._deleted.pop(slot, time_ns)
        if len(self._deleted) >= self._most_deleted:
            del self._deleted[next(iter(self._deleted))]
            self._forgotten += 1
        self._deleted[slot] = max(before, time_ns)

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
        other = MemoryState(self._capacity)
        other._rooms = [room.copy() for room in self._rooms]
        other._deleted, other._spent = dict(self._deleted), dict(self._spent)
        return other

    def _memory(self, identity: Identity) -> Memory | None:
        slot = hash(identity)
        return self._rooms[slot & self._last].of(slot)

    def _put(
        self, identity: Identity, packed: str, subjects: Iterable[str], *, always: bool
    ) -> None:
        slot = hash(identity)
        self._rooms[slot & self._last].remember(slot, packed, subjects, always=always)

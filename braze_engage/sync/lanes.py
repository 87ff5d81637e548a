"""What waits for one cohort: the newest change of each person, and when it may go."""

from __future__ import annotations

from collections import deque
from itertools import islice
from math import inf
from typing import TYPE_CHECKING, Final, TypeAlias

from braze_engage.engage.audiences import MembershipChange
from braze_engage.engage.deliveries import Delivery
from braze_engage.sync.waiting import Waiting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from braze_engage.engage.calls import OrderKey
    from braze_engage.engage.identity import Identity
    from braze_engage.sync.ticket import Ticket

__all__ = ["Lane", "MembershipWaiting"]

MembershipWaiting: TypeAlias = Waiting[MembershipChange]

_NEVER: Final = -inf


class Lane:
    """The changes of one cohort; not safe for threads by itself.

    One request of a cohort is under way at a time, because Braze keeps no order between requests,
    and a person just written waits until that write has settled. Of a request that was answered
    nobody is written again before it is accounted for, whatever else may leave meanwhile.

    Args:
        cohort_id: The cohort.

    Attributes:
        in_flight: Who was taken out and is not accounted for yet.
        is_busy: Whether a request is under way.
    """

    __slots__ = (
        "_again",
        "_named_by",
        "_settling",
        "_until",
        "cohort_id",
        "in_flight",
        "is_busy",
        "key",
        "name",
        "name_is_explicit",
        "not_before",
        "pending",
        "since",
    )

    def __init__(self, cohort_id: str) -> None:
        self.cohort_id = cohort_id
        self.name = self.key = ""
        self.name_is_explicit = False
        self.pending: dict[Identity, MembershipWaiting] = {}
        self.in_flight: dict[Identity, MembershipWaiting] = {}
        self.is_busy = False
        self.since = 0.0
        self.not_before = _NEVER
        self._named_by: OrderKey | None = None
        # who waits although they were written or are being written, so that it may be too early
        self._again: set[Identity] = set()
        self._until: dict[Identity, float] = {}
        self._settling: deque[tuple[float, list[Identity]]] = deque()

    def offer(self, change: MembershipChange, ticket: Ticket, now: float) -> list[Ticket]:
        """Take a change in and fold it with what waits.

        Args:
            change: The change.
            ticket: The call it was made of.
            now: Monotonic seconds.

        Returns:
            The calls that a newer one supersedes.
        """
        if self._named_by is None or change.order > self._named_by:
            self.name, self.name_is_explicit = change.cohort_name, change.name_is_explicit
            self.key = change.key
            self._named_by = change.order
        identity = change.identity
        under_way = self.in_flight.get(identity)
        if under_way is not None and change.order <= under_way.change.order:
            return self._join(under_way, change, ticket)
        waiting = self.pending.get(identity)
        if waiting is None:
            if not self.pending:
                self.since = now
            self.pending[identity] = Waiting(change, Delivery.COHORT, ticket)
            if under_way is not None or identity in self._until:
                self._again.add(identity)
            return []
        if change.order <= waiting.change.order:
            return self._join(waiting, change, ticket)
        superseded = waiting.tickets
        waiting.change, waiting.tickets = change, [ticket]
        return superseded

    @staticmethod
    def _join(waiting: MembershipWaiting, change: MembershipChange, ticket: Ticket) -> list[Ticket]:
        if change.order == waiting.change.order:
            waiting.tickets.append(ticket)
            return []
        return [ticket]

    def take(self, limit: int, now: float) -> list[MembershipWaiting]:
        """Take out what may go now; it is in flight until `done`.

        Args:
            limit: How many at most.
            now: Monotonic seconds.
        """
        self._settle(now)
        batch = dict(islice(self.pending.items(), limit))
        soonest = inf
        if self._again:
            batch, soonest = self._first_free(limit)
        for identity in batch:
            del self.pending[identity]
        self.in_flight.update(batch)
        self.is_busy = bool(batch)
        self.not_before = _NEVER if batch else soonest
        self.since = now
        return list(batch.values())

    def _first_free(self, limit: int) -> tuple[dict[Identity, MembershipWaiting], float]:
        """Pick those who may be written, and tell when the first of the others may be."""
        batch: dict[Identity, MembershipWaiting] = {}
        soonest = inf
        for identity, waiting in self.pending.items():
            if identity in self._until:
                soonest = min(soonest, self._until[identity])
            elif identity not in self.in_flight:
                batch[identity] = waiting
                if len(batch) == limit:
                    break
        self._again.difference_update(batch)
        self._again.intersection_update(self.pending)  # others were withdrawn
        return batch, soonest

    def answered(self) -> None:
        """Note that no request is under way any more, though who was in it is still in flight."""
        self.is_busy = False

    def done(self, batch: Sequence[MembershipWaiting], now: float, settle: float) -> None:
        """Note that some who were taken out are accounted for.

        Args:
            batch: Who.
            now: Monotonic seconds.
            settle: Seconds until what was written may be written again.
        """
        if not batch:
            return
        written = [waiting.change.identity for waiting in batch]
        for identity in written:
            del self.in_flight[identity]
        if settle > 0:
            until = now + settle
            self._until.update(dict.fromkeys(written, until))
            self._settling.append((until, written))
        self.not_before = _NEVER  # they may have been all that waits

    def _settle(self, now: float) -> None:
        while self._settling and self._settling[0][0] <= now:
            _, identities = self._settling.popleft()
            for identity in identities:
                del self._until[identity]

    def due(self, size: int, linger: float, *, hungry: bool) -> float | None:
        """Tell when the next request should leave, or None while there is nothing to send.

        Args:
            size: Changes that fill a request.
            linger: Seconds a change waits for others to share its request.
            hungry: Whether to send whatever there is.
        """
        if not self.pending or self.is_busy:
            return None
        if hungry or len(self.pending) >= size:
            return self.not_before
        return max(self.not_before, self.since + linger)

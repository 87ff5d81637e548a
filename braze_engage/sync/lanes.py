"""What waits for one cohort: the newest change of each person, and when it may go."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final, TypeAlias

from braze_engage.engage.audiences import MembershipChange
from braze_engage.engage.deliveries import Delivery
from braze_engage.sync.waiting import Waiting

if TYPE_CHECKING:
    from braze_engage.engage.calls import OrderKey
    from braze_engage.engage.identity import Identity
    from braze_engage.sync.ticket import Ticket

__all__ = ["Lane", "MembershipWaiting"]

MembershipWaiting: TypeAlias = Waiting[MembershipChange]

_NEVER: Final = float("-inf")


class Lane:
    """The changes of one cohort; not safe for threads by itself.

    One request of a cohort is under way at a time, because Braze keeps no order between requests,
    and a person just written waits until that write has settled.

    Args:
        cohort_id: The cohort.
    """

    __slots__ = (
        "_named_by",
        "_settling",
        "_until",
        "cohort_id",
        "in_flight",
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
        self.since = 0.0
        self.not_before = _NEVER
        self._named_by: OrderKey | None = None
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
        """Take out what may go now; it is under way until `done`.

        Args:
            limit: How many at most.
            now: Monotonic seconds.
        """
        self._settle(now)
        batch: list[MembershipWaiting] = []
        soonest = float("inf")
        for identity, waiting in self.pending.items():
            until = self._until.get(identity)
            if until is not None:
                soonest = min(soonest, until)
                continue
            batch.append(waiting)
            if len(batch) == limit:
                break
        for waiting in batch:
            del self.pending[waiting.change.identity]
        self.in_flight = {waiting.change.identity: waiting for waiting in batch}
        self.not_before = _NEVER if batch else soonest
        self.since = now
        return batch

    def done(self, now: float, settle: float) -> None:
        """Note that nothing of this cohort is under way any more.

        Args:
            now: Monotonic seconds.
            settle: Seconds until what was written may be written again.
        """
        if settle > 0 and self.in_flight:
            until = now + settle
            self._until.update(dict.fromkeys(self.in_flight, until))
            self._settling.append((until, list(self.in_flight)))
        self.in_flight = {}

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
        if not self.pending or self.in_flight:
            return None
        if hungry or len(self.pending) >= size:
            return self.not_before
        return max(self.not_before, self.since + linger)

"""Everything of a run that waits, is under way or follows something else."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from braze_engage.engage.audiences import MembershipChange
from braze_engage.engage.deletions import Deletion
from braze_engage.engage.outcomes import Outcome, Reason
from braze_engage.engage.rules import Delivery
from braze_engage.sync.following import Following
from braze_engage.sync.known import cohort_subject, is_late
from braze_engage.sync.people_queue import TrackWork
from braze_engage.sync.remembering import Remembering
from braze_engage.sync.waiting import Waiting

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from braze_engage.engage.identity import Identity
    from braze_engage.sync.cohort_queue import CohortQueue
    from braze_engage.sync.decider import Part
    from braze_engage.sync.deletion_queue import DeletionQueue, DeletionWaiting
    from braze_engage.sync.holding import Holding
    from braze_engage.sync.ledger import Ledger, Ticket
    from braze_engage.sync.people_queue import PeopleQueue
    from braze_engage.sync.sending import Queue, Work
    from braze_engage.sync.state import StateStore
    from braze_engage.sync.waiting import AnyWaiting

__all__ = ["Board"]


class Board:
    """Knows what may go when; not safe for threads by itself.

    A cohort change of a person whose attributes or events are on the way follows them, because
    cohorts ignore people whom Braze does not know. A deletion follows what is under way, ends
    what is older, and what is newer follows it. Whatever follows waits for `gap` seconds, because
    Braze keeps no order between endpoints.

    Args:
        ledger: Keeps account.
        state: What is remembered.
        holding: Keeps what is held back.
        cohorts: Memberships that wait; None without a client.
        people: Attributes and events that wait; None without a client.
        deletions: People who wait to be deleted; None without a client.
        gap: Seconds between dependent writes of one person to different endpoints.
    """

    def __init__(
        self,
        *,
        ledger: Ledger,
        state: StateStore,
        holding: Holding,
        cohorts: CohortQueue | None,
        people: PeopleQueue | None,
        deletions: DeletionQueue | None,
        gap: float,
    ) -> None:
        self._ledger = ledger
        self._state = state
        self._holding = holding
        self._cohorts = cohorts
        self._people = people
        self._deletions = deletions
        self._queues: deque[Queue] = deque(
            queue for queue in (deletions, people, cohorts) if queue is not None
        )
        self._remembering = Remembering(state)
        self._following = Following(people, gap)
        self._deleting: dict[Identity, tuple[DeletionWaiting, list[AnyWaiting]]] = {}
        self.open = 0
        self.no_room = False

    @property
    def hungry(self) -> bool:
        """Whether to send whatever there is, without waiting for more to share a request."""
        return any(queue.hungry for queue in self._queues)

    @hungry.setter
    def hungry(self, hungry: bool) -> None:
        for queue in self._queues:
            queue.hungry = hungry

    def offer(self, parts: Sequence[Part], ticket: Ticket, now: float) -> bool:
        """Take in what is to be sent of one call.

        Args:
            parts: Its deliveries.
            ticket: The call.
            now: Monotonic seconds.

        Returns:
            Whether a request is full.
        """
        full = False
        for part in parts:
            waiting = self._open(part, ticket)
            if waiting is not None and self._route(waiting, now):
                full = True
        return full

    def end(self, part: Part, ticket: Ticket, reason: Reason, now: float) -> None:
        """End a delivery without sending it.

        Args:
            part: The delivery.
            ticket: The call.
            reason: How it ends.
            now: Monotonic seconds.
        """
        waiting = self._open(part, ticket)
        if waiting is not None:
            self.finish([waiting], reason, now)

    def _open(self, part: Part, ticket: Ticket) -> AnyWaiting | None:
        """Begin a delivery, unless it was begun before."""
        delivery = part.delivery
        fresh = self._remembering.begin(delivery, ticket.message_id)
        left = Delivery.NONE
        for single in fresh:
            left |= single
        if not fresh or left != delivery:
            again = (delivery & ~left) or None
            self._ledger.settle(ticket, Reason.SAME_MESSAGE, delivery=again)
        if not fresh:
            return None
        self.open += 1
        return Waiting(part.change, left, ticket, is_membership=part.is_membership)

    def _route(self, waiting: AnyWaiting, now: float) -> bool:
        change = waiting.change
        if isinstance(change, Deletion):
            return self._delete(waiting, now)
        identity: Identity = change.identity
        deleted_ns = self._state.deleted_ns(identity)
        if deleted_ns is not None and change.order.time_ns <= deleted_ns:
            self.finish([waiting], Reason.PERSON_DELETED, now)
            return False
        if identity in self._deleting:
            deletion, parked = self._deleting[identity]
            if change.order <= deletion.change.order:
                self.finish([waiting], Reason.PERSON_DELETED, now)
            else:
                parked.append(waiting)
            return False
        if isinstance(change, MembershipChange):
            return self._membership(waiting, now)
        assert self._people is not None
        full = self._people.offer(waiting, now)
        if self._cohorts is not None:
            for follower in self._cohorts.withdraw(identity):
                self._following.follows(follower, now)
        return full

    def _membership(self, waiting: Waiting[MembershipChange], now: float) -> bool:
        change = waiting.change
        subject = cohort_subject(change.cohort_id)
        if is_late(self._state, subject, change.identity, change.order):
            self.finish([waiting], Reason.NEWER_KNOWN, now)
            return False
        if self._following.follows(waiting, now):
            return False
        return self._to_cohort(waiting, now)

    def _to_cohort(self, waiting: Waiting[MembershipChange], now: float) -> bool:
        assert self._cohorts is not None
        superseded, full = self._cohorts.offer(waiting.change, waiting.tickets[0], now)
        for ticket in superseded:
            self._end(ticket, Delivery.COHORT, Reason.NEWER_KNOWN)
        return full

    def _delete(self, waiting: DeletionWaiting, now: float) -> bool:
        identity, order = waiting.change
        deleted_ns = self._state.deleted_ns(identity)
        if deleted_ns is not None and order.time_ns <= deleted_ns:
            self.finish([waiting], Reason.NEWER_KNOWN, now)
            return False
        if identity in self._deleting:
            first, _ = self._deleting[identity]
            first.change = max(first.change, waiting.change, key=lambda one: one.order)
            first.tickets += waiting.tickets
            return False
        parked: list[AnyWaiting] = []
        self._deleting[identity] = waiting, parked
        for one in self._withdrawn(identity):
            if one.change.order <= order:
                self.finish([one], Reason.PERSON_DELETED, now)
            else:
                parked.append(one)
        if self._following.follows(waiting, now):
            return False
        assert self._deletions is not None
        return self._deletions.offer(waiting, now)

    def _withdrawn(self, identity: Identity) -> list[AnyWaiting]:
        found: list[AnyWaiting] = self._following.withdraw(identity)
        if self._people is not None:
            found += self._people.withdraw(identity)
        if self._cohorts is not None:
            found += self._cohorts.withdraw(identity)
        return found

    def start(self, now: float) -> Work | None:
        """Take out what may go now.

        Args:
            now: Monotonic seconds.
        """
        for waiting in self._following.due(now):
            self._resume(waiting, now)
        for _ in range(len(self._queues)):
            self._queues.rotate(-1)
            work, ended = self._queues[-1].start(now)
            for waiting, reason in ended:
                self.finish([waiting], reason, now)
                self._following.released(waiting.change.identity, now)
            if work is not None:
                return work
        return None

    def _resume(self, waiting: AnyWaiting, now: float) -> None:
        change = waiting.change
        if isinstance(change, Deletion):
            assert self._deletions is not None
            self._deletions.offer(waiting, now)
        elif isinstance(change, MembershipChange) and change.identity not in self._deleting:
            self._to_cohort(waiting, now)
        else:
            self._route(waiting, now)

    def done(self, work: Work, now: float) -> None:
        """Note that nothing of some work is under way any more.

        Args:
            work: What was sent.
            now: Monotonic seconds.
        """
        work.end(now)
        if not isinstance(work, TrackWork):
            return
        for identity in work.people:
            self._following.written(identity, now)

    def finish(
        self, part: Iterable[AnyWaiting], reason: Reason, now: float, detail: str = ""
    ) -> None:
        """Note how changes ended.

        Args:
            part: The changes.
            reason: How they ended.
            now: Monotonic seconds.
            detail: What is wrong and what to do.
        """
        for waiting in part:
            why = reason
            if reason.outcome is Outcome.HELD and not self._holding.keep(waiting, reason):
                self.no_room = True
                why = Reason.NO_ROOM
            change = waiting.change
            self._remembering.values(change, why)
            for ticket in waiting.tickets:
                self._end(ticket, waiting.delivery, why, detail)
            if isinstance(change, Deletion):
                self._deleted(waiting, why, now)

    def _deleted(self, waiting: DeletionWaiting, reason: Reason, now: float) -> None:
        identity, order = waiting.change
        current = self._deleting.get(identity)
        if reason is Reason.ACCEPTED:
            self._state.bury(identity, order.time_ns)
        if current is None or current[0] is not waiting:
            return
        del self._deleting[identity]
        for parked in current[1]:
            if reason is Reason.ACCEPTED:
                self._following.put_off(parked, now)
            else:
                self._route(parked, now)

    def _end(self, ticket: Ticket, delivery: Delivery, reason: Reason, detail: str = "") -> None:
        self.open -= 1
        self._remembering.end(delivery, ticket.message_id, reason)
        self._ledger.settle(ticket, reason, delivery=delivery or None, detail=detail)

    def wait(self, now: float, most: float) -> float:
        """Tell how many seconds pass until something may go.

        Args:
            now: Monotonic seconds.
            most: The answer where nothing waits.
        """
        return min(
            self._following.wait(now, most), *(queue.wait(now, most) for queue in self._queues)
        )

    def leave(self, now: float) -> None:
        """End everything that waits, because the run was stopped.

        Args:
            now: Monotonic seconds.
        """
        left = [waiting for queue in self._queues for waiting in queue.leave()]
        left += self._following.leave()
        left += [waiting for _, parked in self._deleting.values() for waiting in parked]
        self._deleting = {}
        self.finish(left, Reason.STOPPED, now)

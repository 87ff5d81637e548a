"""Everything of a run that waits, is under way or follows something else."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

from braze_engage.engage.audiences import MembershipChange
from braze_engage.engage.deletions import Deletion
from braze_engage.engage.deliveries import Delivery
from braze_engage.engage.outcomes import Outcome, Reason
from braze_engage.sync.deleting import Deleting
from braze_engage.sync.following import Following
from braze_engage.sync.known import cohort_subject, is_deleted, is_late
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
    from braze_engage.sync.ledger import Ledger
    from braze_engage.sync.people_queue import PeopleQueue
    from braze_engage.sync.sending import Queue, Work
    from braze_engage.sync.settling import Recent
    from braze_engage.sync.state import StateStore
    from braze_engage.sync.ticket import Ticket
    from braze_engage.sync.waiting import AnyWaiting

__all__ = ["Board"]

_NONE: Final = Delivery.NONE
_MAY_BE_GONE: Final = frozenset({Reason.ACCEPTED, Reason.ANSWER_LOST})


class Board:
    """Knows what may go when; not safe for threads by itself.

    A cohort change of a person whose attributes or events are on the way follows them, because
    cohorts ignore people whom Braze does not know. A deletion follows what is under way, ends
    what is older, and what is newer follows it. Whatever follows waits for a gap, because Braze
    keeps no order between endpoints.

    Args:
        ledger: Keeps account.
        state: What is remembered.
        holding: Keeps what is held back.
        cohorts: Memberships that wait; None without a client.
        people: Attributes and events that wait; None without a client.
        deletions: People who wait to be deleted; None without a client.
        recent: What ended so recently that what depends on it has to wait.
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
        recent: Recent,
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
        self._following = Following(people, cohorts, recent)
        self._deleting = Deleting()
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
        fresh = self._remembering.begin(delivery, ticket.known_as)
        if fresh is not delivery:
            again = delivery if fresh is None else delivery & ~fresh
            why = self._remembering.again(again, ticket.known_as)
            self._ledger.settle(ticket, why, delivery=again or None)
        if fresh is None:
            return None
        self.open += 1
        return Waiting(part.change, fresh, ticket, is_membership=part.is_membership)

    def _route(self, waiting: AnyWaiting, now: float) -> bool:
        change = waiting.change
        if isinstance(change, Deletion):
            return self._delete(waiting, now)
        if self._ends_with_deletion(waiting, now):
            return False
        if isinstance(change, MembershipChange):
            if self._is_late(waiting, now) or self._following.follows(waiting, now):
                return False
            return self._to_cohort(waiting, now)
        assert self._people is not None
        full = self._people.offer(waiting, now)
        if self._cohorts is not None:
            for follower in self._cohorts.withdraw(change.identity):
                self._following.follows(follower, now)
        return full

    def _ends_with_deletion(self, waiting: AnyWaiting, now: float) -> bool:
        """End what is older than a deletion of the person; what is newer waits for its end."""
        identity = waiting.change.identity
        if not is_deleted(self._state, identity, waiting.change.order):
            if self._deletions is None:
                return False
            if identity not in self._deleting:
                return self._following.after_deletion(waiting, now)
            if self._deleting.park(waiting):
                return True
        self.finish([waiting], Reason.PERSON_DELETED, now)
        return True

    def _is_late(self, waiting: Waiting[MembershipChange], now: float) -> bool:
        change = waiting.change
        subject = cohort_subject(change.cohort_id)
        if not is_late(self._state, subject, change.identity, change.order):
            return False
        self.finish([waiting], Reason.NEWER_KNOWN, now)
        return True

    def _to_cohort(self, waiting: Waiting[MembershipChange], now: float) -> bool:
        assert self._cohorts is not None
        full = False
        for ticket in waiting.tickets:
            superseded, full = self._cohorts.offer(waiting.change, ticket, now)
            for one in superseded:
                self.open -= 1
                self._remembering.end(Delivery.COHORT, one.known_as, Reason.NEWER_KNOWN)
                self._ledger.settle(one, Reason.NEWER_KNOWN, delivery=Delivery.COHORT)
        return full

    def _delete(self, waiting: DeletionWaiting, now: float) -> bool:
        identity, order = waiting.change
        if is_deleted(self._state, identity, order):
            self.finish([waiting], Reason.NEWER_KNOWN, now)
            return False
        if identity in self._deleting:
            self._deleting.join(waiting)
            return False
        self._deleting.begin(waiting)
        for one in self._withdrawn(identity):
            if not self._deleting.park(one):
                self.finish([one], Reason.PERSON_DELETED, now)
        return self._carry_out(waiting, now)

    def _carry_out(self, waiting: DeletionWaiting, now: float) -> bool:
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
        for waiting, has_followed in self._following.due(now):
            self._resume(waiting, now, has_followed=has_followed)
        for _ in range(len(self._queues)):
            self._queues.rotate(-1)
            work, ended = self._queues[-1].start(now)
            for waiting, reason in ended:
                self.finish([waiting], reason, now)
                self._following.released(waiting.change.identity, now)
            if work is not None:
                return work
        return None

    def _resume(self, waiting: AnyWaiting, now: float, *, has_followed: bool) -> None:
        """Send on what has waited long enough; what has followed does so only once."""
        change = waiting.change
        if isinstance(change, Deletion):
            self._carry_out(waiting, now)
        elif not (has_followed and isinstance(change, MembershipChange)):
            self._route(waiting, now)
        elif not (self._ends_with_deletion(waiting, now) or self._is_late(waiting, now)):
            self._to_cohort(waiting, now)

    def done(self, work: Work, now: float) -> None:
        """Note that nothing of some work is under way any more.

        Args:
            work: What was sent.
            now: Monotonic seconds.
        """
        work.end(now)
        if isinstance(work, TrackWork):
            for identity in work.people:
                self._following.written(identity, now)
        elif self._deletions is not None:
            for waiting in work.waiting:
                self._following.changed(waiting.change.identity, now)

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
        if reason.outcome is Outcome.HELD:
            part = self._kept(part, reason, now)
        part = list(part)
        ended = self._remembering.ended(part, reason)
        self.open -= len(ended)
        self._ledger.settle_all(ended, reason, detail)
        for waiting in part:
            if waiting.delivery is _NONE:  # a deletion
                self._deleted(waiting, reason, now)

    def _kept(self, part: Iterable[AnyWaiting], reason: Reason, now: float) -> list[AnyWaiting]:
        """Keep what is held back, and end that for which there is no room."""
        kept: list[AnyWaiting] = []
        for waiting in part:
            if self._holding.keep(waiting, reason):
                kept.append(waiting)
            else:
                self.no_room = True
                self.finish([waiting], Reason.NO_ROOM, now)
        return kept

    def _deleted(self, waiting: DeletionWaiting, reason: Reason, now: float) -> None:
        identity, order = waiting.change
        if reason is Reason.ACCEPTED:
            self._state.bury(identity, order.time_ns)
        if reason in _MAY_BE_GONE:
            self._following.deleted(identity, now)
        for parked in self._deleting.end(waiting):
            self._route(parked, now)

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
        left += self._deleting.leave()
        self.finish(left, Reason.STOPPED, now)

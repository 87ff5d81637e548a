"""Memberships that wait, cohort by cohort."""

from __future__ import annotations

from typing import TYPE_CHECKING

from braze_engage import limits
from braze_engage.engage.outcomes import Reason
from braze_engage.engage.rules import Repeats
from braze_engage.sync.known import Detecting, cohort_subject, is_same
from braze_engage.sync.lanes import Lane

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from braze_engage.engage.audiences import MembershipChange
    from braze_engage.engage.identity import Identity
    from braze_engage.sync.cohort_delivery import SendCohort
    from braze_engage.sync.lanes import MembershipWaiting
    from braze_engage.sync.sending import Finished
    from braze_engage.sync.state import StateStore
    from braze_engage.sync.ticket import Ticket

__all__ = ["CohortQueue"]


class CohortQueue:
    """Lanes with something to send and nothing under way; not safe for threads by itself.

    Finding the next lane costs the same whether there are ten or ten thousand.

    Args:
        send: Sends one batch.
        state: What is remembered.
        lanes: Lanes by cohort id; they outlive the run, since a write of the last one may still
            have to settle.
        repeats: What becomes of a membership that is known already.
        settle: Seconds between two writes of one person.
        linger: Seconds a change waits for others to share its request.
    """

    def __init__(
        self,
        send: SendCohort,
        *,
        state: StateStore,
        lanes: dict[str, Lane],
        repeats: Repeats,
        settle: float,
        linger: float,
    ) -> None:
        self._send = send
        self._state = state
        self._lanes = lanes
        self._suppress = repeats is Repeats.SUPPRESS or isinstance(state, Detecting)
        self._settle = settle
        self._linger = linger
        # The one that waits longest comes first.
        self._waiting: dict[str, Lane] = {}
        self._full: dict[str, Lane] = {}
        self._lanes_of: dict[Identity, set[Lane]] = {}
        self.hungry = False

    def offer(
        self, change: MembershipChange, ticket: Ticket, now: float
    ) -> tuple[list[Ticket], bool]:
        """Take a change in and fold it with what waits for the same cohort.

        Args:
            change: The change.
            ticket: The call it was made of.
            now: Monotonic seconds.

        Returns:
            The calls that a newer one supersedes, and whether a request is full.
        """
        lane = self._lanes.get(change.cohort_id)
        if lane is None:
            lane = self._lanes[change.cohort_id] = Lane(change.cohort_id)
        superseded = lane.offer(change, ticket, now)
        if change.identity in lane.pending:
            self._lanes_of.setdefault(change.identity, set()).add(lane)
        return superseded, self._add(lane)

    def withdraw(self, identity: Identity) -> Iterator[MembershipWaiting]:
        """Take out what waits for one person, of whatever cohort.

        Args:
            identity: The person.
        """
        for lane in self._lanes_of.pop(identity, ()):
            waiting = lane.pending.pop(identity)
            if not lane.pending:
                self._remove(lane)
            yield waiting

    def under_way(self, identity: Identity) -> int:
        """Tell how many requests about one person are under way.

        Args:
            identity: The person.
        """
        return sum(identity in lane.in_flight for lane in self._lanes.values())

    def _add(self, lane: Lane) -> bool:
        if not lane.pending or lane.in_flight:
            return False
        self._waiting.setdefault(lane.cohort_id, lane)
        if len(lane.pending) < limits.COHORT_IDS:
            return False
        self._full[lane.cohort_id] = lane
        return True

    def _remove(self, lane: Lane) -> None:
        self._waiting.pop(lane.cohort_id, None)
        self._full.pop(lane.cohort_id, None)

    def start(
        self, now: float
    ) -> tuple[CohortWork | None, Sequence[tuple[MembershipWaiting, Reason]]]:
        """Take out a batch of one cohort, the full ones first.

        Args:
            now: Monotonic seconds.
        """
        ended: list[tuple[MembershipWaiting, Reason]] = []
        while (lane := self._due(now)) is not None:
            self._remove(lane)
            batch = lane.take(limits.COHORT_IDS, now)
            for waiting in batch:
                self._taken(lane, waiting.change.identity)
            if self._suppress:
                batch = self._changed(batch, ended)
            if batch:
                return CohortWork(self, lane, batch), ended
            lane.done(now, 0.0)
            self._add(lane)
        return None, ended

    def _taken(self, lane: Lane, identity: Identity) -> None:
        lanes = self._lanes_of[identity]
        lanes.discard(lane)
        if not lanes:
            del self._lanes_of[identity]

    def _changed(
        self,
        batch: list[MembershipWaiting],
        ended: list[tuple[MembershipWaiting, Reason]],
    ) -> list[MembershipWaiting]:
        changed: list[MembershipWaiting] = []
        for waiting in batch:
            change = waiting.change
            subject = cohort_subject(change.cohort_id)
            if is_same(self._state, subject, change.identity, change.order.value):
                ended.append((waiting, Reason.SAME_STATE))
            else:
                changed.append(waiting)
        return changed

    def done(self, lane: Lane, now: float) -> None:
        """Note that nothing of a cohort is under way any more.

        Args:
            lane: The cohort.
            now: Monotonic seconds.
        """
        lane.done(now, self._settle)
        self._add(lane)

    def send(
        self,
        lane: Lane,
        batch: Sequence[MembershipWaiting],
        finished: Finished,
        pause: Callable[[float], bool],
    ) -> None:
        """Send a batch that was taken out.

        Args:
            lane: The cohort.
            batch: What to send.
            finished: Told of each part as it ends.
            pause: Waits for seconds; false when the run was halted meanwhile.
        """
        self._send(lane, batch, finished, pause)

    def _due(self, now: float) -> Lane | None:
        for lane in self._full.values():
            if lane.not_before <= now:
                return lane
        return next((lane for lane, due in self._soonest() if due <= now), None)

    def wait(self, now: float, most: float) -> float:
        """Tell how many seconds pass until a lane is due.

        Args:
            now: Monotonic seconds.
            most: The answer where there is none.
        """
        return min((max(due - now, 0.0) for _, due in self._soonest()), default=most)

    def leave(self) -> Iterator[MembershipWaiting]:
        """Take out everything that waits."""
        for lane in list(self._waiting.values()):
            yield from lane.pending.values()
            lane.pending.clear()
            self._remove(lane)
        self._lanes_of.clear()

    def _soonest(self) -> Iterator[tuple[Lane, float]]:
        """Yield lanes that settle, and the first of the others: the rest waited less long."""
        for lane in self._waiting.values():
            due = lane.due(limits.COHORT_IDS, self._linger, hungry=self.hungry)
            assert due is not None
            yield lane, due
            if due > lane.not_before:
                return


class CohortWork:
    """A batch of one cohort.

    Args:
        queue: Where it was taken out.
        lane: The cohort.
        waiting: What to send.
    """

    def __init__(
        self, queue: CohortQueue, lane: Lane, waiting: Sequence[MembershipWaiting]
    ) -> None:
        self._queue = queue
        self._lane = lane
        self.waiting = waiting

    def send(self, finished: Finished, pause: Callable[[float], bool]) -> None:
        """Send it.

        Args:
            finished: Told of each part as it ends.
            pause: Waits for seconds; false when the run was halted meanwhile.
        """
        self._queue.send(self._lane, self.waiting, finished, pause)

    def end(self, now: float) -> None:
        """Note that nothing of it is under way any more.

        Args:
            now: Monotonic seconds.
        """
        self._queue.done(self._lane, now)

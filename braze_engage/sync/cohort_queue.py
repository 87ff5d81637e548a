"""Memberships that wait, cohort by cohort."""

from __future__ import annotations

from math import inf
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

__all__ = ["CohortQueue", "CohortWork"]


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
        # Where people wait or are in flight. Mostly that is one lane, and sets would take more.
        self._lanes_of: dict[Identity, tuple[Lane, ...]] = {}
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
        identity = change.identity
        if identity in lane.pending:
            lanes = self._lanes_of.get(identity, ())
            if lane not in lanes:
                self._lanes_of[identity] = (*lanes, lane)
        return superseded, self._add(lane)

    def withdraw(self, identity: Identity) -> Iterator[MembershipWaiting]:
        """Take out what waits for one person, of whatever cohort.

        Args:
            identity: The person.
        """
        for lane in self._lanes_of.pop(identity, ()):
            waiting = lane.pending.pop(identity, None)
            if not lane.pending:
                self._remove(lane)
            if waiting is not None:
                yield waiting

    def under_way(self, identity: Identity) -> int:
        """Tell how many requests about one person are under way.

        Args:
            identity: The person.
        """
        return sum(identity in lane.in_flight for lane in self._lanes.values())

    def _add(self, lane: Lane) -> bool:
        if not lane.pending or lane.is_busy:
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
            if self._suppress:
                batch = self._changed(lane, batch, ended, now)
            if batch:
                return CohortWork(self, lane, batch), ended
            self._free(lane)
        return None, ended

    def _changed(
        self,
        lane: Lane,
        batch: list[MembershipWaiting],
        ended: list[tuple[MembershipWaiting, Reason]],
        now: float,
    ) -> list[MembershipWaiting]:
        changed: list[MembershipWaiting] = []
        same: list[MembershipWaiting] = []
        for waiting in batch:
            change = waiting.change
            subject = cohort_subject(change.cohort_id)
            if is_same(self._state, subject, change.identity, change.order.value):
                same.append(waiting)
            else:
                changed.append(waiting)
        ended.extend((waiting, Reason.SAME_STATE) for waiting in same)
        self._done(lane, same, now, 0.0)
        return changed

    def answered(self, lane: Lane, now: float) -> bool:
        """Note that no request of a cohort is under way any more.

        Args:
            lane: The cohort.
            now: Monotonic seconds.

        Returns:
            Whether the next one may leave at once.
        """
        self._free(lane)
        due = lane.due(limits.COHORT_IDS, self._linger, hungry=self.hungry)
        return due is not None and due <= now

    def _free(self, lane: Lane) -> None:
        lane.answered()
        self._add(lane)

    def done(self, lane: Lane, batch: Sequence[MembershipWaiting], now: float) -> None:
        """Note that those who were sent are accounted for.

        Args:
            lane: The cohort.
            batch: Who.
            now: Monotonic seconds.
        """
        self._done(lane, batch, now, self._settle)

    def _done(
        self, lane: Lane, batch: Sequence[MembershipWaiting], now: float, settle: float
    ) -> None:
        lane.done(batch, now, settle)
        for waiting in batch:
            identity = waiting.change.identity
            lanes = self._lanes_of.get(identity, ())
            if identity in lane.pending or lane not in lanes:
                continue
            if len(lanes) == 1:
                del self._lanes_of[identity]
            else:
                self._lanes_of[identity] = tuple(one for one in lanes if one is not lane)

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
        soonest = min((due for _, due in self._soonest()), default=inf)
        return min(max(soonest - now, 0.0), most)

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
        self._is_answered = False
        self.waiting = waiting

    def send(self, finished: Finished, pause: Callable[[float], bool]) -> None:
        """Send it.

        Args:
            finished: Told of each part as it ends.
            pause: Waits for seconds; false when the run was halted meanwhile.
        """
        self._queue.send(self._lane, self.waiting, finished, pause)

    def answered(self, now: float) -> bool:
        """Note that Braze answered, though nobody is accounted for yet.

        Args:
            now: Monotonic seconds.

        Returns:
            Whether the next request of the cohort may leave at once.
        """
        self._is_answered = True
        return self._queue.answered(self._lane, now)

    def end(self, now: float) -> None:
        """Note that nothing of it is under way any more.

        Args:
            now: Monotonic seconds.
        """
        self._queue.done(self._lane, self.waiting, now)
        if not self._is_answered:
            self.answered(now)

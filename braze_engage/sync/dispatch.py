"""Carries lanes to Braze on threads, one request a cohort at a time."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Final

from braze_engage import limits
from braze_engage.engage.outcomes import Outcome, Reason
from braze_engage.engage.rules import Delivery, Repeats
from braze_engage.sync.lanes import Lane
from braze_engage.sync.queue import LaneQueue
from braze_engage.sync.sending import Halt
from braze_engage.sync.state import Known, is_late, is_repeat

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from braze_engage.engage.audiences import MembershipChange
    from braze_engage.sync.lanes import Waiting
    from braze_engage.sync.ledger import Ledger, Ticket
    from braze_engage.sync.sending import Send
    from braze_engage.sync.state import StateStore

__all__ = ["Dispatcher"]

_OPEN_CALLS: Final = 20_000
_TICK: Final = 0.5
_LINGER: Final = 0.25
_KNOWN_AFTER: Final = frozenset({Outcome.SENT, Outcome.UNCHANGED})
# An id that ended so is done with; any other may be handed in again.
_REMEMBERED: Final = frozenset(
    {Outcome.SENT, Outcome.UNCHANGED, Outcome.SUPERSEDED, Outcome.REJECTED, Outcome.UNKNOWN}
)


class Dispatcher:
    """Holds the lanes of a run and the threads that empty them.

    Args:
        send: Sends one batch.
        ledger: Keeps account.
        state: What is remembered.
        lanes: Lanes by cohort id; they outlive the run, since a write of the last one may still
            have to settle.
        repeats: What becomes of a membership that is known already.
        threads: Threads at most; 0 sends in the caller's own thread.
        settle: Seconds between two writes of one person.
        linger: Seconds a change waits for others to share its request.
        monotonic: The clock.
    """

    def __init__(  # noqa: PLR0913 - collaborators, put together in one place
        self,
        send: Send,
        *,
        ledger: Ledger,
        state: StateStore,
        lanes: dict[str, Lane],
        repeats: Repeats,
        threads: int,
        settle: float,
        linger: float = _LINGER,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._send = send
        self._ledger = ledger
        self._state = state
        self._repeats = repeats
        self._threads = threads
        self._settle = settle
        self._monotonic = monotonic
        self._lanes = lanes
        self._queue = LaneQueue(limits.COHORT_IDS, linger)
        self._open_ids: set[str] = set()
        self._open = 0
        self._idle = 0
        self._workers: list[threading.Thread] = []
        self._lock = threading.RLock()
        self._work_due = threading.Condition(self._lock)
        self._room = threading.Condition(self._lock)
        self._halted = threading.Event()
        self._closing = False
        self.halt_reason: Halt | None = None

    @property
    def halted(self) -> bool:
        """Whether the run cannot go on."""
        return self._halted.is_set()

    def offer(self, change: MembershipChange, ticket: Ticket) -> None:
        """Take one change in; waits while too many calls are open.

        Args:
            change: The change.
            ticket: The call it was made of.
        """
        with self._lock:
            self._make_room()
            if self._known_already(change, ticket):
                return
            lane = self._lanes.get(change.cohort_id)
            if lane is None:
                lane = self._lanes[change.cohort_id] = Lane(change.cohort_id)
            self._open += 1
            if ticket.message_id is not None:
                self._open_ids.add(ticket.message_id)
            for superseded in lane.offer(change, ticket, self._monotonic()):
                self._end(superseded, Reason.NEWER_KNOWN)
            self._wake(lane, full=self._queue.add(lane))

    def _known_already(self, change: MembershipChange, ticket: Ticket) -> bool:
        message_id = ticket.message_id
        if message_id is not None and (
            message_id in self._open_ids or self._state.is_done(Delivery.COHORT, message_id)
        ):
            self._ledger.settle(ticket, Reason.SAME_MESSAGE, delivery=Delivery.COHORT)
            return True
        if is_late(self._state, change):
            self._remember(ticket, Reason.NEWER_KNOWN)
            self._ledger.settle(ticket, Reason.NEWER_KNOWN, delivery=Delivery.COHORT)
            return True
        return False

    def _make_room(self) -> None:
        while self._open >= _OPEN_CALLS and not self.halted:
            self._queue.hungry = True
            self._call_for_work()
            self._room.wait(_TICK)
        self._queue.hungry = self._closing

    def _wake(self, lane: Lane, *, full: bool) -> None:
        if not self._threads:
            if full:
                self._empty(lane)
        elif full or not self._workers:
            self._call_for_work()

    def _call_for_work(self) -> None:
        if self._idle:
            self._work_due.notify()
        elif len(self._workers) < self._threads:
            worker = threading.Thread(
                target=self._work, name=f"braze-engage-{len(self._workers)}", daemon=True
            )
            self._workers.append(worker)
            worker.start()

    def drain(self) -> None:
        """Send all that waits and return when it has ended."""
        with self._lock:
            self._closing = self._queue.hungry = True
            if not self._threads:
                for lane in self._queue:
                    self._empty(lane)
            elif self._open:
                self._call_for_work()
            while self._open and not self.halted:
                self._room.wait(_TICK)
        self.close()

    def halt(self, reason: Halt) -> None:
        """Let requests under way end and begin no other.

        Args:
            reason: Why; the first one counts.
        """
        with self._lock:
            if self.halt_reason is None:
                self.halt_reason = reason
            self._halted.set()
            self._work_due.notify_all()
            self._room.notify_all()

    def close(self) -> None:
        """Wait for the threads and account for what was left."""
        with self._lock:
            self._closing = self._queue.hungry = True
            self._work_due.notify_all()
        for worker in self._workers:
            worker.join()
        with self._lock:
            for lane in self._queue:
                self._finish(list(lane.pending.values()), Reason.STOPPED)
                lane.pending.clear()
                self._queue.remove(lane)

    def pause(self, seconds: float) -> bool:
        """Wait; false when the run was halted meanwhile.

        Args:
            seconds: How long.
        """
        return not self._halted.wait(seconds)

    def _work(self) -> None:
        while True:
            with self._lock:
                task = self._next()
                while task is None:
                    if self.halted or (self._closing and not self._open):
                        return
                    self._idle += 1
                    self._work_due.wait(self._queue.wait(self._monotonic(), _TICK))
                    self._idle -= 1
                    task = self._next()
            self._carry(*task)

    def _next(self) -> tuple[Lane, list[Waiting]] | None:
        if self.halted:
            return None
        now = self._monotonic()
        while (lane := self._queue.due(now)) is not None:
            batch = self._take(lane, now)
            if batch:
                if self._queue.due(now) is not None:
                    self._call_for_work()
                return lane, batch
        return None

    def _take(self, lane: Lane, now: float) -> list[Waiting]:
        self._queue.remove(lane)
        batch = lane.take(limits.COHORT_IDS, now)
        if self._repeats is Repeats.SUPPRESS:
            same = {waiting for waiting in batch if is_repeat(self._state, waiting.change)}
            self._finish(same, Reason.SAME_STATE)
            batch = [waiting for waiting in batch if waiting not in same]
        if not batch:
            lane.done(now, 0.0)
            self._queue.add(lane)
        return batch

    def _empty(self, lane: Lane) -> None:
        while lane.pending and not self.halted:
            batch = self._take(lane, self._monotonic())
            if batch:
                self._carry(lane, batch)

    def _carry(self, lane: Lane, batch: list[Waiting]) -> None:
        left = {id(waiting): waiting for waiting in batch}

        def finished(part: Sequence[Waiting], reason: Reason, detail: str = "") -> None:
            with self._lock:
                for waiting in part:
                    self._finish([waiting], reason, detail)
                    del left[id(waiting)]

        try:
            self._send(lane, batch, finished, self.pause)
        except Halt as halt:
            self.halt(halt)
        except BaseException as error:  # noqa: BLE001 - whatever it is, no call may be lost
            unexpected = Halt(f"an unexpected {type(error).__name__}; please report it")
            unexpected.__cause__ = error
            self.halt(unexpected)
        finally:
            with self._lock:
                self._finish(list(left.values()), Reason.STOPPED)
                lane.done(self._monotonic(), self._settle)
                self._queue.add(lane)
                self._room.notify_all()

    def _finish(self, part: Iterable[Waiting], reason: Reason, detail: str = "") -> None:
        for waiting in part:
            change = waiting.change
            # What is unchanged is known to hold at the later time too, so that a call from
            # between the two times comes too late.
            if reason.outcome in _KNOWN_AFTER:
                self._state.remember_membership(
                    change.cohort_id, change.identity, Known(change.order, change.member)
                )
            for ticket in waiting.tickets:
                self._end(ticket, reason, detail)

    def _end(self, ticket: Ticket, reason: Reason, detail: str = "") -> None:
        self._open -= 1
        if not self._open:
            self._room.notify_all()
            self._work_due.notify_all()
        self._remember(ticket, reason)
        if ticket.message_id is not None:
            self._open_ids.discard(ticket.message_id)
        self._ledger.settle(ticket, reason, delivery=Delivery.COHORT, detail=detail)

    def _remember(self, ticket: Ticket, reason: Reason) -> None:
        if ticket.message_id is not None and reason.outcome in _REMEMBERED:
            self._state.remember_done(Delivery.COHORT, ticket.message_id)

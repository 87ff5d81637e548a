"""Carries what waits to Braze on threads."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Final

from braze_engage.engage.outcomes import Reason
from braze_engage.errors import StateError
from braze_engage.operation.leaving import before_leaving
from braze_engage.sync.cohort_queue import CohortWork
from braze_engage.sync.keeping import Keeper
from braze_engage.sync.sending import Halt, Interrupted

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from braze_engage.sync.board import Board
    from braze_engage.sync.decider import Part
    from braze_engage.sync.sending import Work
    from braze_engage.sync.ticket import Ticket
    from braze_engage.sync.waiting import AnyWaiting

__all__ = ["Dispatcher"]

_OPEN_CALLS: Final = 20_000
_PUT_OFF_CALLS: Final = 60_000
"""How many more may wait for the gap after a write: 12,000 a second, where the gap is 5 s."""
_TICK: Final = 0.5
_LOOK: Final = 0.1
"""Seconds after which the one who watches the clock looks for what came meanwhile."""
_HEAD_START: Final = 0.005
"""Within that a request leaves; what computes beside it would hold it up as long, bit by bit."""
_NO_ROOM: Final = (
    "so much is held back that no more can be kept; release it with sync.release(reason), "
    "or change the rule that holds it"
)


class Dispatcher:
    """Holds the board of a run and the threads that empty it.

    Args:
        board: Knows what may go when.
        threads: Threads at most; 0 sends in the caller's own thread.
        keeper: Writes down what is under way and what has ended.
        monotonic: The clock.
    """

    def __init__(
        self,
        board: Board,
        *,
        threads: int,
        keeper: Keeper | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._board = board
        self._keeper = keeper or Keeper()
        self._threads = threads
        self._monotonic = monotonic
        self._idle = self._under_way = 0
        self._watched = False
        self._workers: list[threading.Thread] = []
        self._lock = threading.RLock()
        self._work_due = threading.Condition(self._lock)
        # One idle thread watches the clock for all of them: a hundred that do would keep a
        # processor busy with looking.
        self._time_due = threading.Condition(self._lock)
        self._room = threading.Condition(self._lock)
        self._halted = threading.Event()
        self._closing = False
        self.halt_reason: Halt | None = None

    @property
    def halted(self) -> bool:
        """Whether the run cannot go on."""
        return self._halted.is_set()

    def offer(self, parts: Sequence[Part], ticket: Ticket) -> None:
        """Take in what is to be sent of one call; waits while too much is open.

        Args:
            parts: Its deliveries.
            ticket: The call.
        """
        with self._lock:
            if self._board.open >= _OPEN_CALLS:
                self._make_room()
            full = self._board.offer(parts, ticket, self._monotonic())
            if not self._threads:
                if full:
                    self._empty()
            elif full or not self._workers:
                self._call_for_work()

    def end(self, part: Part, ticket: Ticket, reason: Reason) -> None:
        """End a delivery without sending it.

        Args:
            part: The delivery.
            ticket: The call.
            reason: How it ends.
        """
        with self._lock:
            self._board.end(part, ticket, reason, self._monotonic())
            self._check_room()

    def _is_full(self) -> bool:
        board = self._board
        return (
            board.open >= _OPEN_CALLS
            and board.open - min(board.put_off, _PUT_OFF_CALLS) >= _OPEN_CALLS
        )

    def _make_room(self) -> None:
        while self._is_full() and not self.halted:
            self._board.hungry = True
            if not self._threads:
                self._empty()
                break
            self._call_for_work()
            self._room.wait(_TICK)
        self._board.hungry = self._closing

    def _check_room(self) -> None:
        if self._board.no_room:
            self.halt(Halt(_NO_ROOM))
        if self._keeper.trouble is not None:
            self.halt(Halt(str(self._keeper.trouble)))

    def _call_for_work(self) -> None:
        if self._idle:
            self._work_due.notify()
        elif self._watched:
            self._time_due.notify()
        elif self._under_way >= len(self._workers) < self._threads:
            # none of them is about to look for work anyway
            worker = threading.Thread(
                target=self._work, name=f"braze-engage-{len(self._workers)}", daemon=True
            )
            self._workers.append(worker)
            worker.start()

    def drain(self) -> None:
        """Send all that waits and return when it has ended."""
        with self._lock:
            self._closing = self._board.hungry = True
            if not self._threads:
                self._empty()
            elif self._board.open:
                self._call_for_work()
            while self._threads and self._board.open and not self.halted:
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
            self._wake_all()
            self._room.notify_all()

    def close(self) -> None:
        """Wait for the threads and account for what was left."""
        with self._lock:
            self._closing = self._board.hungry = True
            self._wake_all()
        for worker in self._workers:
            worker.join()
        with self._lock:
            self._board.leave(self._monotonic())

    def pause(self, seconds: float) -> bool:
        """Wait; false when the run was halted meanwhile.

        Args:
            seconds: How long.
        """
        return not self._halted.wait(seconds)

    def _work(self) -> None:
        while True:
            with self._lock:
                work = self._next()
                while work is None:
                    if self.halted or (self._closing and not self._board.open):
                        return
                    self._rest()
                    work = self._next()
                if self._idle and not self._watched:
                    self._work_due.notify()  # to watch in turn
            self._carry(work)

    def _rest(self) -> None:
        if self._watched:
            self._idle += 1
            self._work_due.wait()
            self._idle -= 1
            return
        self._watched = True
        self._time_due.wait(self._board.wait(self._monotonic(), _LOOK))
        self._watched = False

    def _wake_all(self) -> None:
        self._work_due.notify_all()
        self._time_due.notify_all()

    def _next(self) -> Work | None:
        if self.halted:
            return None
        work = self._board.start(self._monotonic())
        self._check_room()
        self._tell()
        if work is not None:
            self._under_way += 1
            if self._board.wait(self._monotonic(), _TICK) <= 0:
                self._call_for_work()
        return work

    def _commit(self, finished: Work | None) -> None:
        try:
            self._keeper.commit(finished)
        except StateError as error:
            # What Braze answered stands; nothing more is sent.
            self.halt(Halt(str(error)))

    def _hand_on(self, work: CohortWork) -> None:
        """Let another thread send what follows, before the calls behind work are gone through."""
        with self._lock:
            is_anyone_free = self._idle or self._watched or len(self._workers) < self._threads
            if self.halted or not is_anyone_free or not work.answered(self._monotonic()):
                return
            self._call_for_work()
        self.pause(_HEAD_START)

    def _tell(self) -> None:
        if not self._board.open:
            self._room.notify_all()
            self._wake_all()

    def _empty(self) -> None:
        while (work := self._next()) is not None:
            self._carry(work)

    def _carry(self, work: Work) -> None:
        left: Collection[AnyWaiting] = work.waiting

        def finished(part: Sequence[AnyWaiting], reason: Reason, detail: str = "") -> None:
            nonlocal left
            if isinstance(work, CohortWork) and len(part) == len(left):
                self._hand_on(work)
            with self._lock:
                self._keeper.ended(work, part, reason)
                self._board.finish(part, reason, self._monotonic(), detail)
                over = set(map(id, part))  # what was accepted of a refused call is none of it
                left = [waiting for waiting in left if id(waiting) not in over]
                self._commit(None if left else work)

        is_noted = False

        def note() -> None:
            nonlocal is_noted
            if not is_noted:
                self._keeper.sending(work)
                is_noted = True

        try:
            # Whatever waits for its turn is not under way, should the process end meanwhile.
            with before_leaving(note):
                work.send(finished, self.pause)
        except StateError as error:
            self.halt(Halt(str(error)))
        except Interrupted:
            pass
        except Halt as halt:
            self.halt(halt)
        except BaseException as error:  # noqa: BLE001 - whatever it is, no call may be lost
            unexpected = Halt(f"an unexpected {type(error).__name__}; please report it")
            unexpected.__cause__ = error
            self.halt(unexpected)
        finally:
            with self._lock:
                if left:
                    self._keeper.ended(work, left, Reason.STOPPED)
                    self._board.finish(left, Reason.STOPPED, self._monotonic())
                    self._commit(work)
                self._under_way -= 1
                self._board.done(work, self._monotonic())
                self._check_room()
                self._room.notify_all()
                self._tell()

"""A board whose requests end when and how a test says, at a time that a test says."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from braze_engage.engage.audiences import MembershipChange
from braze_engage.engage.choices import DataPointBudget
from braze_engage.engage.deletions import Deletion
from braze_engage.engage.deliveries import Delivery
from braze_engage.engage.events import EventChange
from braze_engage.engage.outcomes import Reason
from braze_engage.engage.rules import Repeats
from braze_engage.objects import TrackLimits
from braze_engage.sync.board import Board
from braze_engage.sync.budget import Budget
from braze_engage.sync.cohort_queue import CohortQueue
from braze_engage.sync.decider import Part
from braze_engage.sync.deletion_queue import DeletionQueue
from braze_engage.sync.holding import Holding
from braze_engage.sync.ledger import Ledger
from braze_engage.sync.people_queue import PeopleQueue
from braze_engage.sync.settling import Recent
from braze_engage.sync.state import MemoryState
from braze_engage.sync.ticket import Ticket
from braze_engage.sync.track_size import TrackSize

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from braze_engage.sync.entries import TrackEntry
    from braze_engage.sync.lanes import Lane
    from braze_engage.sync.report import Report
    from braze_engage.sync.sending import Finished, Work
    from braze_engage.sync.tally import Tally
    from braze_engage.sync.waiting import AnyWaiting


class Sent(NamedTuple):
    """One request: what kind, about whom, and what it writes of each."""

    kind: str
    people: list[str]
    bodies: list[Any]  # Any: JSON


class Table:
    """A board and everything around it.

    Args:
        settle: Seconds between two writes of one person.
        gap: Seconds between dependent writes.
        linger: Seconds a change waits for others.
        surge: How many changes may wait.
        budget: Data points a run may spend.
        repeats: What becomes of memberships that are known.
        state: What is remembered.
        capacity: How much may be held.
        recent: What settles since the last run.
    """

    def __init__(  # noqa: PLR0913 - what a test may turn
        self,
        *,
        settle: float = 0.0,
        gap: float = 0.0,
        linger: float = 0.0,
        surge: int = 1_000,
        budget: int | None = None,
        repeats: Repeats = Repeats.SEND,
        state: MemoryState | None = None,
        capacity: int = 100,
        recent: Recent | None = None,
        clients: str = "people cohorts deletions",
    ) -> None:
        self.now = 0.0
        self.requests: list[Sent] = []
        self.ending = Reason.ACCEPTED
        self.state = MemoryState() if state is None else state
        self.ledger = Ledger()
        self.holding = Holding(capacity)
        self.recent = Recent.of(settle=settle, gap=gap) if recent is None else recent
        limit = None if budget is None else DataPointBudget(per_run=budget)
        self.people = PeopleQueue(
            self._track,
            state=self.state,
            ledger=self.ledger,
            budget=Budget(limit, self.state, now_ns=lambda: 0),
            size=TrackSize(TrackLimits.COMBINED_75),
            suppress_repeats=repeats is Repeats.SUPPRESS,
            written=self.recent.written,
            linger=linger,
            surge=surge,
        )
        self.cohorts = CohortQueue(
            self._cohort, state=self.state, lanes={}, repeats=repeats, settle=settle, linger=linger
        )
        self.deletions = DeletionQueue(self._delete, linger=linger)
        self.board = Board(
            ledger=self.ledger,
            state=self.state,
            holding=self.holding,
            cohorts=self.cohorts if "cohorts" in clients else None,
            people=self.people if "people" in clients else None,
            deletions=self.deletions if "deletions" in clients else None,
            recent=self.recent,
        )
        self._calls = 0

    # ---- what goes in ----

    def offer(self, *changes: Any, message_id: str | None = None) -> Ticket:  # Any: a change
        """Hand one call in, which comes to some changes."""
        parts = [Part(_delivery_of(change), change) for change in changes]
        deliveries = sum(part.delivery.value.bit_count() or 1 for part in parts)
        ticket = Ticket(self._calls, None, message_id, deliveries)
        self._calls += 1
        self.board.offer(parts, ticket, self.now)
        return ticket

    # ---- what comes out ----

    def start(self) -> Work:
        """Begin the next request."""
        work = self.board.start(self.now)
        assert work is not None
        return work

    def idle(self) -> bool:
        """Whether nothing may go now."""
        return self.board.start(self.now) is None

    def finish(self, work: Work, ending: Reason = Reason.ACCEPTED) -> Sent:
        """End a request that was begun."""
        self.ending = ending
        work.send(self._finished, lambda _: True)
        self.board.done(work, self.now)
        return self.requests[-1]

    def drain(self) -> list[Sent]:
        """Carry out all that may go, as time passes; whatever is left would hang a run."""
        before = len(self.requests)
        self.board.hungry = True
        for _ in range(1_000):
            work = self.board.start(self.now)
            if work is not None:
                self.finish(work)
            elif not self.board.open:
                return self.requests[before:]
            else:
                self.now += self.board.wait(self.now, 0.5)
        raise AssertionError(f"{self.board.open} deliveries never end")

    def report(self) -> Report:
        return self.ledger.report(forgotten=0, seconds=0.0)

    @property
    def reasons(self) -> dict[Reason, int]:
        return dict(self.report().reasons)

    def _finished(self, part: Sequence[AnyWaiting], reason: Reason, detail: str = "") -> None:
        self.board.finish(part, reason, self.now, detail)

    def _track(
        self, entries: Sequence[TrackEntry], tally: Tally, pause: Callable[[float], bool]
    ) -> None:
        assert pause(0.0)
        bodies = [json.loads(entry.encoded) for entry in entries]
        people = list(dict.fromkeys(entry.identity.value for entry in entries))
        self.requests.append(Sent("track", people, bodies))
        if self.ending is Reason.ACCEPTED:
            tally.accepted(entries)
            return
        for entry in entries:
            tally.ended(entry, self.ending)

    def _cohort(
        self,
        lane: Lane,
        batch: Sequence[AnyWaiting],
        finished: Finished,
        pause: Callable[[float], bool],
    ) -> None:
        assert pause(0.0)
        bodies = [(lane.cohort_id, one.change.member) for one in batch]
        self._note("cohort", batch, bodies, finished)

    def _delete(
        self, batch: Sequence[AnyWaiting], finished: Finished, pause: Callable[[float], bool]
    ) -> None:
        assert pause(0.0)
        self._note("delete", batch, [], finished)

    def _note(
        self, kind: str, batch: Sequence[AnyWaiting], bodies: list[Any], finished: Finished
    ) -> None:
        self.requests.append(Sent(kind, [one.change.identity.value for one in batch], bodies))
        finished(batch, self.ending)


def _delivery_of(change: object) -> Delivery:
    if isinstance(change, Deletion):
        return Delivery.NONE
    if isinstance(change, MembershipChange):
        return Delivery.COHORT
    return Delivery.TRACK if isinstance(change, EventChange) else Delivery.IDENTIFY


def kinds(sent: Sequence[Sent]) -> list[str]:
    """What kinds of requests there were, in order."""
    return [one.kind for one in sent]


def steps(table: Table) -> Iterator[Work]:
    """Begin requests as long as there are any."""
    while (work := table.board.start(table.now)) is not None:
        yield work

"""Puts the parts of a run together, for sending and for looking ahead."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final, Protocol

import attrs

from braze_engage.cohorts.changes import PartnerCohorts
from braze_engage.engage.rules import Repeats
from braze_engage.rest.users import Users
from braze_engage.sync.board import Board
from braze_engage.sync.budget import Budget
from braze_engage.sync.cohort_delivery import CohortDelivery
from braze_engage.sync.cohort_queue import CohortQueue
from braze_engage.sync.deletion_queue import DeletionDelivery, DeletionQueue
from braze_engage.sync.dispatch import Dispatcher
from braze_engage.sync.gate import Gate
from braze_engage.sync.intake import Intake
from braze_engage.sync.outage import ASK_EVERY
from braze_engage.sync.patience import Patience
from braze_engage.sync.people_queue import PeopleQueue
from braze_engage.sync.sqlite_state import SqliteState
from braze_engage.sync.track_delivery import TrackDelivery
from braze_engage.sync.track_size import TrackSize
from braze_engage.sync.watching import Watch

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from braze_engage.cohorts.client import CohortClient
    from braze_engage.engage.rules import EngageRules
    from braze_engage.objects import TrackLimits
    from braze_engage.rest.client import BrazeClient
    from braze_engage.sync.cohort_delivery import SendCohort
    from braze_engage.sync.decider import Decider
    from braze_engage.sync.deletion_queue import SendDeletions
    from braze_engage.sync.holding import Holding
    from braze_engage.sync.keeping import Keeper
    from braze_engage.sync.lanes import Lane
    from braze_engage.sync.ledger import Ledger
    from braze_engage.sync.settling import Recent
    from braze_engage.sync.state import StateStore
    from braze_engage.sync.track_delivery import SendTrack

__all__ = ["Clients", "Options", "Run", "Sends", "rehearsal_options"]

_LINGER: Final = 0.25


@attrs.frozen(kw_only=True)
class Clients:
    """Who carries out what; None for a delivery nobody carries out.

    Args:
        rest: Attributes and events.
        cohorts: Memberships of cohorts.
        erase: Deletions.
    """

    rest: BrazeClient | None
    cohorts: CohortClient | None
    erase: BrazeClient | None


@attrs.frozen(kw_only=True)
class Options:
    """Numbers of a run.

    Args:
        threads: Requests under way at once, at most; 0 sends in the caller's own thread.
        settle: Seconds between two writes of one person.
        patience: Seconds Braze may be out of reach.
        probe: Seconds between two attempts while it is, or while a quota is used up.
        linger: Seconds a change waits for others to share its request.
        surge: How many attributes and events may wait; more go at once.
        track_limits: How many objects a request of ``/users/track`` may hold.
        repeat_after_lost_answer: Whether events are sent again that Braze may have counted.
    """

    threads: int
    settle: float
    patience: float
    track_limits: TrackLimits
    repeat_after_lost_answer: bool
    surge: int
    linger: float = _LINGER
    probe: float = ASK_EVERY


def rehearsal_options(options: Options) -> Options:
    """Give the options of a run that only looks ahead: it never waits.

    Args:
        options: Those of the run it rehearses.
    """
    return attrs.evolve(options, threads=0, settle=0.0, linger=float("inf"))


class Sends(Protocol):
    """What stands in for Braze in a run that only looks ahead."""

    @property
    def send_cohort(self) -> SendCohort:
        """Take memberships."""
        ...

    @property
    def send_track(self) -> SendTrack:
        """Take attributes and events."""
        ...

    @property
    def send_deletions(self) -> SendDeletions:
        """Take deletions."""
        ...


class Run:
    """One run: what is read goes through the gate to the board, and from there to Braze.

    Args:
        clients: Who carries out what.
        options: Numbers.
        rules: What becomes of which call.
        decider: Applies them.
        ledger: Keeps account.
        state: What is remembered.
        holding: Keeps what is held back.
        lanes: Lanes by cohort id.
        recent: What ended so recently that what depends on it has to wait.
        paused: Computation keys that are paused.
        keeper: Writes down what is under way and what has ended.
        watch: Watches it; None for nobody.
        stand_in: Takes the place of Braze; None sends.

    Attributes:
        taken: Items of the source taken so far.
    """

    def __init__(  # noqa: PLR0913 - collaborators, put together in one place
        self,
        clients: Clients,
        options: Options,
        *,
        rules: EngageRules,
        decider: Decider,
        ledger: Ledger,
        state: StateStore,
        holding: Holding,
        lanes: dict[str, Lane],
        recent: Recent,
        paused: Collection[str],
        keeper: Keeper,
        watch: Watch | None = None,
        stand_in: Sends | None = None,
    ) -> None:
        self.taken = 0
        self.keeper = keeper
        self._watch = watch or Watch()
        self._clients = clients if stand_in is not None else self._watch.listen(clients)
        self._options = options
        self._rules = rules
        self._ledger = ledger
        self._state = state
        self._stand_in = stand_in
        self._recent = recent
        self.budget = Budget(rules.data_point_budget, state, now_ns=time.time_ns)
        board = Board(
            ledger=ledger,
            state=state,
            holding=holding,
            cohorts=self._cohort_queue(lanes),
            people=self._people_queue(),
            deletions=self._deletion_queue(),
            recent=recent,
        )
        self.dispatcher = Dispatcher(board, threads=options.threads, keeper=keeper)
        self.gate = self.gate_of(paused, null_guard=rules.null_guard)
        self.intake = Intake(
            decider,
            ledger,
            self.gate if paused or rules.null_guard is not None else self.dispatcher.offer,
            cadence=rules.cadence,
            now_ns=time.time_ns,
            keeper=keeper,
        )

    def gate_of(self, paused: Collection[str], *, null_guard: float | None = None) -> Gate:
        """Make a gate to this run.

        Args:
            paused: Computation keys that are paused.
            null_guard: The share of nulls beyond which they are held; None for no guard.
        """
        dispatcher = self.dispatcher
        return Gate(dispatcher.offer, dispatcher.end, paused=paused, null_guard=null_guard)

    def skip(self, items: int, take: Callable[[], int]) -> None:
        """Leave out items of the source that earlier runs dealt with.

        Args:
            items: How many.
            take: Counts one item as taken and gives its number.
        """
        for _ in range(items):
            take()
        self._ledger.skipped(items)

    def _named(self, lane: Lane) -> None:
        if isinstance(self._state, SqliteState):
            self._state.remember_name(
                lane.cohort_id, lane.key, lane.name, explicit=lane.name_is_explicit
            )

    def _patience(self, client: BrazeClient | CohortClient, bucket: str) -> Patience:
        return Patience(
            self._options.patience,
            probe=self._options.probe,
            clock=client.clock,
            outage=self._watch.outage(client, self._options.patience, self._options.probe),
            teller=self._watch.teller,
            bucket=bucket,
        )

    def _cohort_queue(self, lanes: dict[str, Lane]) -> CohortQueue | None:
        client, options, stand_in = self._clients.cohorts, self._options, self._stand_in
        if client is None:
            return None
        return CohortQueue(
            stand_in.send_cohort
            if stand_in is not None
            else CohortDelivery(
                client,
                self._ledger,
                patience=self._patience(client, PartnerCohorts.update_users.bucket),
                named=self._named,
            ),
            state=self._state,
            lanes=lanes,
            repeats=self._rules.repeats,
            settle=options.settle,
            linger=options.linger,
        )

    def _people_queue(self) -> PeopleQueue | None:
        client, options, stand_in = self._clients.rest, self._options, self._stand_in
        if client is None:
            return None
        size = TrackSize(options.track_limits)
        return PeopleQueue(
            stand_in.send_track
            if stand_in is not None
            else TrackDelivery(
                client,
                size=size,
                ledger=self._ledger,
                patience=self._patience(client, size.row.bucket),
                settle=options.settle,
                repeat_after_lost_answer=options.repeat_after_lost_answer,
            ),
            state=self._state,
            ledger=self._ledger,
            budget=self.budget,
            size=size,
            suppress_repeats=self._rules.repeats is Repeats.SUPPRESS,
            written=self._recent.written,
            linger=options.linger,
            surge=options.surge,
        )

    def _deletion_queue(self) -> DeletionQueue | None:
        client, stand_in = self._clients.erase, self._stand_in
        if client is None:
            return None
        return DeletionQueue(
            stand_in.send_deletions
            if stand_in is not None
            else DeletionDelivery(
                client, self._ledger, patience=self._patience(client, Users.delete.bucket)
            ),
            linger=self._options.linger,
        )

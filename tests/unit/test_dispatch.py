from __future__ import annotations

import threading
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from braze_engage import limits
from braze_engage.engage.deliveries import Delivery
from braze_engage.engage.outcomes import Reason
from braze_engage.engage.rules import Repeats
from braze_engage.sync.board import Board
from braze_engage.sync.cohort_queue import CohortQueue
from braze_engage.sync.decider import Part
from braze_engage.sync.dispatch import Dispatcher
from braze_engage.sync.holding import Holding
from braze_engage.sync.ledger import Ledger
from braze_engage.sync.sending import Halt, Interrupted
from braze_engage.sync.settling import Recent
from braze_engage.sync.state import MemoryState
from braze_engage.sync.ticket import Ticket
from tests.support.boards import Table
from tests.support.changes import AUDIENCE, change
from tests.support.writes import attributes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from braze_engage.engage.audiences import MembershipChange
    from braze_engage.sync.cohort_delivery import SendCohort
    from braze_engage.sync.lanes import Lane, MembershipWaiting
    from braze_engage.sync.report import Report
    from braze_engage.sync.sending import Finished


class Sink:
    """Accepts everything; notes batches and how many of one cohort were under way at once."""

    def __init__(self) -> None:
        self.batches: list[tuple[str, list[tuple[str, bool]]]] = []
        self.under_way: Counter[str] = Counter()
        self.most = 0
        self._lock = threading.Lock()

    def __call__(
        self,
        lane: Lane,
        batch: Sequence[MembershipWaiting],
        finished: Finished,
        pause: Callable[[float], bool],
    ) -> None:
        with self._lock:
            self.under_way[lane.cohort_id] += 1
            self.most = max(self.most, *self.under_way.values())
        written = [(w.change.identity.value, w.change.member) for w in batch]
        pause(0.0005)
        with self._lock:
            self.batches.append((lane.cohort_id, written))
            self.under_way[lane.cohort_id] -= 1
        finished(batch, Reason.ACCEPTED)


def _dispatcher(
    send: SendCohort,
    *,
    threads: int = 0,
    state: MemoryState | None = None,
    repeats: Repeats = Repeats.SEND,
    settle: float = 0.0,
    linger: float = 0.25,
) -> tuple[Dispatcher, Ledger]:
    ledger = Ledger()
    known = MemoryState() if state is None else state
    cohorts = CohortQueue(
        send, state=known, lanes={}, repeats=repeats, settle=settle, linger=linger
    )
    board = Board(
        ledger=ledger,
        state=known,
        holding=Holding(),
        cohorts=cohorts,
        people=None,
        deletions=None,
        recent=Recent.of(settle=0.0, gap=0.0),
    )
    dispatcher = Dispatcher(board, threads=threads)
    return dispatcher, ledger


def _offer(dispatcher: Dispatcher, changed: MembershipChange, ticket: Ticket) -> None:
    dispatcher.offer([Part(Delivery.COHORT, changed)], ticket)


def _report(ledger: Ledger) -> Report:
    return ledger.report(forgotten=0, seconds=0.0)


@pytest.mark.parametrize("threads", [0, 1, 8])
def test_every_call_ends_in_one_outcome_and_no_cohort_has_two_requests(threads: int) -> None:
    sink = Sink()
    dispatcher, ledger = _dispatcher(sink, threads=threads)
    total = 0
    for number in range(7_000):
        for cohort in ("aud_1", "aud_2", "aud_3"):
            _offer(
                dispatcher,
                change(f"u{number}", number, cohort=cohort),
                Ticket(total, None, f"{total}"),
            )
            total += 1
    dispatcher.drain()
    assert _report(ledger).outcomes["sent"] == total
    assert sink.most == 1
    written = Counter(person for _, batch in sink.batches for person, _ in batch)
    assert set(written.values()) == {3}
    assert max(len(batch) for _, batch in sink.batches) <= limits.COHORT_IDS


def test_the_same_message_is_a_duplicate_while_open_and_after() -> None:
    state = MemoryState()
    sink = Sink()
    dispatcher, ledger = _dispatcher(sink, state=state)
    _offer(dispatcher, change("u1", 1), Ticket(0, None, "m1"))
    _offer(dispatcher, change("u1", 1), Ticket(1, None, "m1"))
    dispatcher.drain()
    again, second = _dispatcher(sink, state=state)
    _offer(again, change("u1", 1), Ticket(0, None, "m1"))
    again.drain()
    assert _report(ledger).reasons == {Reason.SAME_MESSAGE: 1, Reason.ACCEPTED: 1}
    assert _report(second).reasons == {Reason.SAME_MESSAGE: 1}
    assert len(sink.batches) == 1


def test_a_call_older_than_what_braze_accepted_is_superseded() -> None:
    state = MemoryState()
    sink = Sink()
    first, _ = _dispatcher(sink, state=state)
    _offer(first, change("u1", 5), Ticket(0, None, None))
    first.drain()
    second, ledger = _dispatcher(sink, state=state)
    _offer(second, change("u1", 4, member=False), Ticket(0, None, "m0"))
    second.drain()
    assert _report(ledger).reasons == {Reason.NEWER_KNOWN: 1}
    assert state.is_done(Delivery.COHORT, "m0")
    assert len(sink.batches) == 1


@pytest.mark.parametrize(
    ("repeats", "reason"),
    [(Repeats.SEND, Reason.ACCEPTED), (Repeats.SUPPRESS, Reason.SAME_STATE)],
)
def test_a_repeated_membership_goes_by_the_rule(repeats: Repeats, reason: Reason) -> None:
    state = MemoryState()
    sink = Sink()
    first, _ = _dispatcher(sink, state=state)
    _offer(first, change("u1", 5), Ticket(0, None, None))
    first.drain()
    second, ledger = _dispatcher(sink, state=state, repeats=repeats)
    _offer(second, change("u1", 6), Ticket(0, None, None))
    _offer(second, change("u2", 6), Ticket(1, None, None))
    second.drain()
    expected = Counter({reason: 1}) + Counter({Reason.ACCEPTED: 1})
    assert _report(ledger).reasons == expected


@pytest.mark.parametrize("threads", [0, 2])
def test_when_the_run_halts_nothing_is_lost(threads: int) -> None:
    def halting(
        lane: Lane,
        batch: Sequence[MembershipWaiting],
        finished: Finished,
        pause: Callable[[float], bool],
    ) -> None:
        assert (lane.cohort_id, pause(0.0)) == (AUDIENCE, True)
        finished(batch[:1], Reason.ACCEPTED)
        raise Halt("no key", credentials=True)

    state = MemoryState()
    dispatcher, ledger = _dispatcher(halting, threads=threads, state=state)
    for number in range(10):
        _offer(dispatcher, change(f"u{number}"), Ticket(number, None, f"m{number}"))
    dispatcher.drain()
    assert dispatcher.halt_reason is not None
    assert dispatcher.halt_reason.credentials
    assert _report(ledger).reasons == {Reason.ACCEPTED: 1, Reason.STOPPED: 9}
    assert all(failure.retryable for failure in _report(ledger).failures)
    assert state.is_done(Delivery.COHORT, "m0")
    assert not state.is_done(Delivery.COHORT, "m1")


def test_an_unexpected_error_halts_and_is_kept_as_cause() -> None:
    def broken(
        lane: Lane,
        batch: Sequence[MembershipWaiting],
        finished: Finished,
        pause: Callable[[float], bool],
    ) -> None:
        raise ZeroDivisionError

    dispatcher, ledger = _dispatcher(broken, threads=2)
    _offer(dispatcher, change("u1"), Ticket(0, None, None))
    dispatcher.drain()
    assert isinstance(getattr(dispatcher.halt_reason, "__cause__", None), ZeroDivisionError)
    assert _report(ledger).reasons == {Reason.STOPPED: 1}


@pytest.mark.parametrize("ending", ["accepts", "halts"])
def test_what_follows_leaves_before_the_calls_behind_an_answer_are_gone_through(
    monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    left = threading.Event()
    seen: list[int] = []

    def send(
        lane: Lane,
        batch: Sequence[MembershipWaiting],
        finished: Finished,
        pause: Callable[[float], bool],
    ) -> None:
        assert lane.cohort_id == AUDIENCE
        seen.append(_report(ledger).outcomes["sent"])
        if len(seen) > 1:
            left.set()
            if ending == "halts":
                raise Halt("no more")
        finished(batch, Reason.ACCEPTED)

    dispatcher, ledger = _dispatcher(send, threads=2, settle=9.0)
    monkeypatch.setattr(dispatcher, "pause", lambda _: left.wait(5))
    board = dispatcher._board
    for number in range(2 * limits.COHORT_IDS):
        changed, ticket = change(f"u{number}"), Ticket(number, None, f"m{number}")
        board.offer([Part(Delivery.COHORT, changed)], ticket, 0.0)
    dispatcher.drain()
    assert seen == [0, 0]
    second = Reason.ACCEPTED if ending == "accepts" else Reason.STOPPED
    counted = Counter({Reason.ACCEPTED: limits.COHORT_IDS})
    counted[second] += limits.COHORT_IDS
    assert _report(ledger).reasons == counted


def test_where_no_other_thread_is_free_calls_are_gone_through_at_once() -> None:
    seen: list[int] = []

    def send(
        lane: Lane,
        batch: Sequence[MembershipWaiting],
        finished: Finished,
        pause: Callable[[float], bool],
    ) -> None:
        assert (lane.cohort_id, pause(0.0)) == (AUDIENCE, True)
        seen.append(_report(ledger).outcomes["sent"])
        finished(batch, Reason.ACCEPTED)

    dispatcher, ledger = _dispatcher(send, threads=1)
    for number in range(2 * limits.COHORT_IDS):
        changed = change(f"u{number}")
        dispatcher._board.offer([Part(Delivery.COHORT, changed)], Ticket(number, None, None), 0.0)
    dispatcher.drain()
    assert seen == [0, limits.COHORT_IDS]


def test_the_reader_waits_when_too_many_calls_are_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("braze_engage.sync.dispatch._OPEN_CALLS", 50)
    sink = Sink()
    dispatcher, ledger = _dispatcher(sink, threads=4, settle=0.001)
    for number in range(1_000):
        _offer(
            dispatcher, change(f"u{number}", cohort=f"aud_{number % 7}"), Ticket(number, None, None)
        )
        assert dispatcher._board.open <= 50
    dispatcher.drain()
    assert _report(ledger).outcomes["sent"] == 1_000


def test_a_reader_without_threads_sends_what_waits_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("braze_engage.sync.dispatch._OPEN_CALLS", 50)
    sink = Sink()
    dispatcher, ledger = _dispatcher(sink, linger=60.0)
    for number in range(120):
        _offer(dispatcher, change(f"u{number}"), Ticket(number, None, None))
        assert dispatcher._board.open <= 50
    dispatcher.drain()
    assert _report(ledger).outcomes["sent"] == 120


def test_what_waits_for_the_gap_has_a_room_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise it would keep others from sharing requests, or from being read at all."""
    monkeypatch.setattr("braze_engage.sync.dispatch._OPEN_CALLS", 10)
    monkeypatch.setattr("braze_engage.sync.dispatch._PUT_OFF_CALLS", 20)
    table = Table(gap=5.0, linger=60.0)
    dispatcher = Dispatcher(table.board, threads=0, monotonic=lambda: table.now)
    for number in range(45):
        parts = [
            Part(Delivery.IDENTIFY, attributes(f"u{number}", 1, a=1)),
            Part(Delivery.COHORT, change(f"u{number}", 1)),
        ]
        dispatcher.offer(parts, Ticket(number, None, None, 2))
        assert table.board.open - table.board.put_off <= 12
    assert [len(sent.people) for sent in table.requests[:5]] == [5] * 5
    assert {len(sent.people) for sent in table.requests[6:]} < {1, 2, 3}  # its room is full


def test_the_first_reason_to_halt_counts_and_what_waits_is_interrupted() -> None:
    begun = threading.Barrier(2)

    def send(
        lane: Lane,
        batch: Sequence[MembershipWaiting],
        finished: Finished,
        pause: Callable[[float], bool],
    ) -> None:
        begun.wait(5)
        if lane.cohort_id == "aud_1":
            raise Halt("the first")
        assert not pause(5)
        raise Interrupted

    dispatcher, ledger = _dispatcher(send, threads=2)
    for cohort in ("aud_1", "aud_2"):
        _offer(dispatcher, change("u1", cohort=cohort), Ticket(0, None, None))
    dispatcher.drain()
    dispatcher.halt(Halt("the second"))
    assert dispatcher.halt_reason is not None
    assert dispatcher.halt_reason.why == "the first"
    assert _report(ledger).reasons == {Reason.STOPPED: 2}


def test_a_full_request_waits_for_what_settles() -> None:
    clock = [0.0]
    sink = Sink()
    dispatcher, _ = _dispatcher(sink, settle=9.0, linger=60.0)
    dispatcher._monotonic = lambda: clock[0]
    for run in range(2):
        for number in range(limits.COHORT_IDS):
            _offer(dispatcher, change(f"u{number}", run), Ticket(0, None, None))
        clock[0] += 1.0
    assert len(sink.batches) == 1
    assert dispatcher._board.start(5.0) is None
    assert dispatcher._board.wait(5.0, 60.0) == 4.0
    assert dispatcher._board.start(9.0) is not None


def test_what_lingers_is_sent_while_the_source_is_silent() -> None:
    sent = threading.Event()

    def send(
        lane: Lane,
        batch: Sequence[MembershipWaiting],
        finished: Finished,
        pause: Callable[[float], bool],
    ) -> None:
        finished(batch, Reason.ACCEPTED)
        sent.set()

    dispatcher, ledger = _dispatcher(send, threads=1, linger=0.01)
    _offer(dispatcher, change("u1"), Ticket(0, None, None))
    assert sent.wait(5)
    dispatcher.drain()
    assert _report(ledger).outcomes["sent"] == 1

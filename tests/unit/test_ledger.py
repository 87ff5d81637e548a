"""The account of a run."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING

from braze_engage.engage.deliveries import Delivery
from braze_engage.engage.outcomes import Outcome, Reason
from braze_engage.sync.counts import KeyCounts
from braze_engage.sync.entries import TrackEntry
from braze_engage.sync.lags import Lags
from braze_engage.sync.ledger import Credit, Ledger
from braze_engage.sync.ticket import Ticket
from tests.support.writes import who

if TYPE_CHECKING:
    import pytest

    from braze_engage.sync.report import Report

SECOND = 10**9
BOTH = Delivery.IDENTIFY | Delivery.BOOLEAN


def report(ledger: Ledger) -> Report:
    return ledger.report(forgotten=0, seconds=0.0)


class TestOutcomes:
    def test_a_call_ends_with_the_last_of_its_deliveries(self) -> None:
        ledger = Ledger()
        ticket = Ticket(0, None, None, 3)
        ledger.settle(ticket, Reason.ACCEPTED, delivery=Delivery.COHORT)
        ledger.settle(ticket, Reason.NEWER_KNOWN, delivery=Delivery.TRACK)
        assert report(ledger).calls == 0
        ledger.settle(ticket, Reason.BUDGET, delivery=Delivery.IDENTIFY)
        assert report(ledger).reasons == {Reason.BUDGET: 1}
        assert report(ledger).deliveries["sent"] == 1

    def test_two_deliveries_that_end_alike_count_as_two(self) -> None:
        ledger = Ledger()
        ledger.settle(Ticket(0, None, None, 2), Reason.ACCEPTED, delivery=BOTH)
        assert report(ledger).calls == 1
        assert report(ledger).deliveries["sent"] == 2

    def test_what_is_unknown_is_never_retryable_whatever_else_failed(self) -> None:
        ledger = Ledger()
        for order in ((Reason.ANSWER_LOST, Reason.STOPPED), (Reason.STOPPED, Reason.ANSWER_LOST)):
            ticket = Ticket(0, None, None, 2)
            for reason, delivery in zip(order, (Delivery.TRACK, Delivery.IDENTIFY), strict=True):
                ledger.settle(ticket, reason, delivery=delivery)
        stopped = Ticket(0, None, None, 2)
        ledger.settle(stopped, Reason.STOPPED, delivery=Delivery.TRACK, detail="it was stopped")
        ledger.settle(stopped, Reason.ACCEPTED, delivery=Delivery.IDENTIFY)
        failures = report(ledger).failures
        assert [one.outcome for one in failures] == [Outcome.UNKNOWN] * 2 + [Outcome.FAILED]
        assert [one.retryable for one in failures] == [False, False, True]
        assert failures[2].detail == "it was stopped"
        assert failures[2].delivery is Delivery.TRACK
        assert failures[0].detail == Reason.ANSWER_LOST.text


def entry(name: str, *paid: Credit, creates: bool = True) -> TrackEntry:
    points = sum(one[2] for one in paid)
    return TrackEntry("attributes", who(name), b"{}", (), (), None, paid, points, creates)


class TestCounts:
    def test_objects_and_points_by_key_and_delivery(self) -> None:
        ledger = Ledger()
        two = ("vip", Delivery.IDENTIFY, 2), ("ltv", Delivery.IDENTIFY, 3)
        ledger.tracked([entry("u1", ("vip", Delivery.TRACK, 1)), entry("u1", *two)])
        ledger.tracked([entry("u1", two[0], creates=False)])
        ledger.saved(4)
        ledger.saved(1)
        found = report(ledger)
        assert found.keys == (
            KeyCounts(key="ltv", delivery=Delivery.IDENTIFY, objects=1, data_points=3),
            KeyCounts(key="vip", delivery=Delivery.IDENTIFY, objects=2, data_points=4),
            KeyCounts(key="vip", delivery=Delivery.TRACK, objects=1, data_points=1),
        )
        assert (found.data_points, found.saved_points, found.may_create) == (8, 5, 1)

    def test_people_who_may_be_created_are_counted_once_and_not_without_end(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("braze_engage.sync.ledger._PEOPLE_COUNTED", 2)
        ledger = Ledger()
        ledger.tracked(map(entry, ("u1", "u1", "u2", "u3")))
        assert report(ledger).may_create == 2

    def test_receipts_are_kept_up_to_a_number(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("braze_engage.sync.ledger._FAILURES_KEPT", 2)
        ledger = Ledger()
        for number in range(3):
            ledger.deleted(Ticket(number, None, None), who("u1"))
        assert [one.position for one in report(ledger).receipts] == [0, 1]

    def test_receipts_say_when(self) -> None:
        ledger = Ledger(now_ns=lambda: 1_793_620_800 * SECOND)
        ledger.deleted(Ticket(3, 1, "m3"), who("u1"))
        (receipt,) = report(ledger).receipts
        assert (receipt.position, receipt.index, receipt.message_id) == (3, 1, "m3")
        assert receipt.accepted_at == datetime(2026, 11, 2, 12, tzinfo=timezone.utc)
        assert receipt.identity == who("u1")


class TestLags:
    def test_by_computation(self) -> None:
        ledger = Ledger(now_ns=lambda: 100 * SECOND)
        for at, received in ((10, 12), (20, 26)):
            ledger.lags.came("vip", at * SECOND, received * SECOND, is_stale=at == 10)
        ledger.lags.came("ltv", 50 * SECOND, None, is_stale=False)
        ticket = Ticket(0, None, None)
        ticket.key, ticket.time_ns = "vip", 10 * SECOND
        ledger.settle(ticket, Reason.ACCEPTED, delivery=Delivery.TRACK)
        other = Ticket(0, None, None)
        other.key, other.time_ns = "ltv", 50 * SECOND
        ledger.settle(other, Reason.REFUSED_BY_BRAZE, delivery=Delivery.TRACK)
        ltv, vip = report(ledger).lags
        assert (vip.key, vip.calls, vip.stale) == ("vip", 2, 1)
        assert (vip.received_mean, vip.received_max) == (4.0, 6.0)
        assert (vip.sent_mean, vip.sent_max) == (90.0, 90.0)
        assert (ltv.received_mean, ltv.received_max, ltv.sent_mean) == (None, None, None)

    def test_ahead_of_time_is_less_than_nothing(self) -> None:
        lags = Lags()
        lags.came("vip", 10 * SECOND, 7 * SECOND, is_stale=False)
        (lag,) = lags.listed()
        assert (lag.received_mean, lag.received_max) == (-3.0, -3.0)

    def test_of_so_many_keys_and_no_more(self) -> None:
        lags = Lags()
        for number in range(10_001):
            lags.came(f"k{number}", 0, 0, is_stale=False)
        lags.sent("k10000", 0, 1)
        assert len(lags.listed()) == 10_000
        lags.sent("k0", 0, SECOND)
        assert lags.listed()[0].sent_max == 1.0

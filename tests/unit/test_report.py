from __future__ import annotations

import pickle

import pytest

from braze_engage.engage.deliveries import Delivery
from braze_engage.engage.outcomes import Outcome, Reason
from braze_engage.sync.ledger import Ledger
from braze_engage.sync.report import FailuresLeft, Report, RunStopped
from braze_engage.sync.ticket import Ticket


def _report(ledger: Ledger) -> Report:
    return ledger.report(forgotten=0, seconds=1.25)


def test_a_call_has_the_highest_outcome_of_its_deliveries() -> None:
    ledger = Ledger()
    ticket = Ticket(0, None, "m1", deliveries=2)
    ledger.settle(ticket, Reason.REFUSED_BY_BRAZE, delivery=Delivery.COHORT, detail="no")
    ledger.settle(ticket, Reason.ACCEPTED, delivery=Delivery.IDENTIFY)
    report = _report(ledger)
    assert report.calls == 1
    assert report.outcomes["rejected"] == 1
    assert report.outcomes["sent"] == 0
    assert (report.deliveries["rejected"], report.deliveries["sent"]) == (1, 1)
    (failure,) = report.failures
    assert (failure.delivery, failure.detail) == (Delivery.COHORT, "no")


def test_counts_add_up_and_every_outcome_is_a_key() -> None:
    ledger = Ledger()
    for position, reason in enumerate(Reason):
        ledger.settle(Ticket(position, None, None), reason)
    report = _report(ledger)
    assert sum(report.outcomes.values()) == report.calls == len(Reason)
    assert set(report.outcomes) == set(Outcome)
    assert sum(report.deliveries.values()) == 0


def test_failures_are_what_ranks_above_sent() -> None:
    ledger = Ledger()
    for position, reason in enumerate(Reason):
        ledger.settle(Ticket(position, None, None), reason)
    failures = _report(ledger).failures
    assert {failure.reason for failure in failures} == {
        reason for reason in Reason if reason.outcome.rank > Outcome.SENT.rank
    }
    assert {f.outcome for f in failures if f.retryable} == {Outcome.FAILED}


def test_only_the_first_failures_are_kept() -> None:
    ledger = Ledger()
    for position in range(10_007):
        ledger.settle(Ticket(position, None, None), Reason.BAD_TIME)
    report = _report(ledger)
    assert (len(report.failures), report.failures_total) == (10_000, 10_007)
    assert report.outcomes["malformed"] == 10_007


def test_raise_for_failures() -> None:
    ledger = Ledger()
    ledger.settle(Ticket(0, None, None), Reason.ACCEPTED, delivery=Delivery.COHORT)
    _report(ledger).raise_for_failures()
    ledger.settle(Ticket(3, 2, "m"), Reason.BAD_TIME, detail="timestamp: 'str' is no time")
    report = _report(ledger)
    with pytest.raises(FailuresLeft, match=r"1 of 2 calls failed.*item 3.*timestamp") as caught:
        report.raise_for_failures()
    assert caught.value.report is report


def test_text_shows_counts_cohorts_warnings_and_failures() -> None:
    ledger = Ledger()
    ledger.settle(Ticket(0, None, None), Reason.ACCEPTED, delivery=Delivery.COHORT)
    ledger.settle(Ticket(4, 1, None), Reason.BAD_TIME, detail="timestamp is unreadable")
    ledger.wrote("aud_1", "vip", added=1_200, removed=3)
    ledger.wrote("aud_1", "vip", added=1, removed=0)
    for _ in range(3):
        ledger.requested("partner_cohorts")
    ledger.warn("odd")
    ledger.warn("odd")
    report = ledger.report(forgotten=5, seconds=1.0)
    assert report.requests == 3
    text = str(report)
    for part in ("2 calls, 3 requests", "1,201", "vip", "odd (2)", "item 4[1]", "5 remembered"):
        assert part in text


def test_html_escapes_names() -> None:
    ledger = Ledger()
    ledger.wrote("aud_1", "<script>", added=1, removed=0)
    html = _report(ledger)._repr_html_()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_warnings_are_bounded() -> None:
    ledger = Ledger()
    for number in range(500):
        ledger.warn(f"warning {number}")
    assert len(_report(ledger).warnings) == 100


def test_run_stopped_pickles() -> None:
    stopped = RunStopped("no key", report=_report(Ledger()), position=7, credentials=True)
    copy = pickle.loads(pickle.dumps(stopped))
    assert (copy.why, copy.position, copy.credentials) == ("no key", 7, True)
    assert str(copy) == str(stopped) == "stopped after 7 items: no key"

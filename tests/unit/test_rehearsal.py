"""Runs that only look ahead."""

from __future__ import annotations

import pytest

from braze_engage import Delivery, Reason
from braze_engage.sync.plan import KeySums
from braze_engage.testing import FakeBraze, ManualClock
from tests.support.changes import call
from tests.support.syncs import sync_of

ALL = Delivery.IDENTIFY | Delivery.TRACK | Delivery.COHORT | Delivery.BOOLEAN
GONE = {"type": "delete", "userId": "u1", "timestamp": "2026-11-02T10:00:00Z"}


def test_a_plan_sums_up_by_key_and_delivery_side_by_side() -> None:
    fake = FakeBraze(clock=ManualClock())
    entered = {**call("u2", 1), "type": "track", "event": "Audience Entered"}
    calls = [call("u1", 1), entered, call("u3", 1, member=False)]
    plan = sync_of(fake, rules={"audiences": ALL}).plan(calls)
    sums = plan.by_key["vip"]
    assert (sums.added, sums.removed) == (2, 1)
    assert sums.objects == {Delivery.IDENTIFY: 2, Delivery.BOOLEAN: 1, Delivery.TRACK: 1}
    assert (sums.data_points, plan.data_points, plan.saved_points) == (4, 4, 0)
    assert KeySums().data_points == 0
    assert plan.may_create == 3
    text = str(plan)
    assert "BOOLEAN objects" in text
    assert "TRACK points" in text
    assert "users_track" in text
    assert fake.requests == []


@pytest.mark.parametrize("folded", [False, True])
def test_a_plan_refuses_what_is_too_large_for_a_request_as_a_run_does(*, folded: bool) -> None:
    fake = FakeBraze(clock=ManualClock())
    large = call("u1", 1, message_id="m1")
    large["traits"] |= {f"text_{number}": "x" * 250 for number in range(17_000)}
    others = [call("u1", 2, key="loyal", message_id="m2")] if folded else []
    sync = sync_of(fake, rules={"audiences": Delivery.IDENTIFY})
    calls = [large, *others, call("u2", 3, message_id="m3")]
    plan = sync.plan(calls)
    report = sync.run(calls)
    assert plan.report.reasons == report.reasons
    assert report.reasons[Reason.REFUSED_BY_BRAZE] == 1
    assert [one.detail for one in plan.report.failures] == [one.detail for one in report.failures]
    assert plan.data_points == report.data_points


def test_a_plan_knows_what_folding_saves_and_how_long_the_quota_makes_it_last() -> None:
    fake = FakeBraze(clock=ManualClock())
    calls = [call("u1", at) for at in range(5)]
    plan = sync_of(fake, rules={"audiences": Delivery.IDENTIFY}).plan([*calls, GONE])
    assert (plan.data_points, plan.saved_points) == (0, 0)
    plan = sync_of(fake, rules={"audiences": Delivery.IDENTIFY}).plan(calls)
    assert (plan.data_points, plan.saved_points) == (1, 4)
    assert plan.hours == {"users_track": 1 / 3_600_000}


def test_requests_of_every_kind_can_be_looked_at() -> None:
    fake = FakeBraze(clock=ManualClock())
    plan = sync_of(fake, rules={"audiences": ALL}).plan([GONE, call("u1", 36_001), call("u2", 1)])
    found = list(plan.requests())
    assert {one.path for one in found} == {
        "/users/delete",
        "/users/track",
        "/partners/{partner}/cohorts",
        "/partners/{partner}/cohorts/users",
    }
    assert sum(one.deletions for one in found) == 1
    assert sum(one.data_points for one in found) == 2
    people = {entry["external_id"] for one in found for entry in one.attributes}
    assert people == {"u1", "u2"}
    assert plan.report.receipts == ()


def test_a_cohort_that_is_named_is_not_named_again() -> None:
    fake = FakeBraze(clock=ManualClock())
    sync = sync_of(fake, rules={"audiences": Delivery.COHORT})
    assert len(list(sync.plan([call("u1", 1)]).requests())) == 2
    sync.run([call("u1", 1)])
    assert len(list(sync.plan([call("u1", 2)]).requests())) == 1


def test_what_breaks_while_looking_ahead_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("braze_engage.sync.rehearsal.Rehearsal.send_track", broken)
    fake = FakeBraze(clock=ManualClock())
    sync = sync_of(fake, rules={"audiences": Delivery.IDENTIFY})
    with pytest.raises(RuntimeError, match="unexpected ZeroDivisionError") as caught:
        sync.plan([call("u1", 1)])
    assert isinstance(caught.value.__cause__, ZeroDivisionError)

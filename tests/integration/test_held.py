"""What is held back, and released."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from braze_engage import ConfigurationError, DataPointBudget, Delivery, Reason, RunStopped
from braze_engage.sync.holding import Holding
from braze_engage.sync.state import MemoryState
from braze_engage.testing import FakeBraze, ManualClock
from tests.support.changes import call
from tests.support.syncs import sync_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Raw = dict[str, Any]  # Any: a call is JSON


@pytest.fixture
def fake() -> Iterator[FakeBraze]:
    fake = FakeBraze(clock=ManualClock())
    yield fake
    fake.check()


def trait(person: str, at: int, value: object, *, key: str = "ltv", **more: Any) -> Raw:
    raw = call(person, at, member=value, key=key, cohort=f"tra_{key}", **more)
    raw["context"]["personas"]["computation_class"] = "trait"
    return raw


def attributes(fake: FakeBraze) -> dict[str, Any]:
    return {person: one.custom_attributes for person, one in fake.users.items()}


class TestBudget:
    def test_what_is_over_it_is_held_and_released(self, fake: FakeBraze) -> None:
        sync = sync_of(fake, rules={"data_point_budget": 2})
        calls = [trait(f"u{n}", 1, n, message_id=f"m{n}") for n in range(5)]
        plan = sync.plan(calls)
        report = sync.run(calls)
        assert plan.report.reasons == report.reasons == {Reason.ACCEPTED: 2, Reason.BUDGET: 3}
        assert report.data_points == 2
        held = sync.held()
        assert [(one.position, one.message_id, one.key) for one in held] == [
            (2, "m2", "ltv"),
            (3, "m3", "ltv"),
            (4, "m4", "ltv"),
        ]
        assert {one.reason for one in report.failures} == {Reason.BUDGET}
        assert not any(one.retryable for one in report.failures)
        released = sync.release("budget")
        assert released.reasons == {Reason.ACCEPTED: 3}
        assert sync.held() == ()
        assert attributes(fake) == {f"u{n}": {"ltv": n} for n in range(5)}
        assert sync.run(calls).outcomes["duplicate"] == 5

    def test_what_is_released_is_late_where_something_newer_came(self, fake: FakeBraze) -> None:
        state = MemoryState()
        sync = sync_of(fake, rules={"data_point_budget": 1}, state=state)
        sync.run([trait("u0", 1, 0), trait("u1", 1, 1), trait("u2", 1, 2)])
        sync_of(fake, state=state).run([trait("u1", 5, 5)])
        report = sync.release(Reason.BUDGET)
        assert report.reasons == {Reason.NEWER_KNOWN: 1, Reason.ACCEPTED: 1}
        assert attributes(fake)["u1"] == {"ltv": 5}

    def test_a_day_outlasts_a_run(self, fake: FakeBraze) -> None:
        sync = sync_of(fake, rules={"data_point_budget": DataPointBudget(per_day=3)})
        first = sync.run([trait(f"u{n}", 1, n) for n in range(2)])
        second = sync.run([trait(f"u{n}", 2, n) for n in range(2)])
        assert first.outcomes["sent"] == 2
        assert second.reasons == {Reason.ACCEPTED: 1, Reason.BUDGET: 1}

    def test_a_plan_spends_nothing(self, fake: FakeBraze) -> None:
        sync = sync_of(fake, rules={"data_point_budget": DataPointBudget(per_day=2)})
        calls = [trait(f"u{n}", 1, n) for n in range(2)]
        for _ in range(3):
            assert sync.plan(calls).outcomes["sent"] == 2
        assert sync.run(calls).outcomes["sent"] == 2

    def test_cohorts_cost_nothing(self, fake: FakeBraze) -> None:
        fake.add_users(["u1"])
        rules = {"data_point_budget": 0, "audiences": Delivery.COHORT | Delivery.BOOLEAN}
        sync = sync_of(fake, rules=rules)
        report = sync.run([call("u1", 1)])
        assert report.outcomes["held"] == 1
        assert report.deliveries["sent"] == 1
        assert fake.cohorts["aud_1"].members == {"u1"}
        assert [one.delivery for one in sync.held()] == [Delivery.BOOLEAN]

    def test_what_is_paused_by_now_is_held_back_for_that(
        self, fake: FakeBraze, tmp_path: Path
    ) -> None:
        for state in (None, tmp_path / "engage.db"):
            sync = sync_of(fake, rules={"data_point_budget": 0}, state=state)
            sync.run([trait("u1", 1, 1, message_id="m1"), trait("u1", 2, 2, key="tier")])
            sync.pause("ltv")
            assert sync.release("budget").reasons == {Reason.PAUSED: 1, Reason.ACCEPTED: 1}
            assert [(one.reason, one.key) for one in sync.held()] == [(Reason.PAUSED, "ltv")]
            assert attributes(fake) == {"u1": {"tier": 2}}
            assert sync.release("paused").reasons == {Reason.ACCEPTED: 1}
            assert sync.held() == ()
            assert attributes(fake) == {"u1": {"ltv": 1, "tier": 2}}
            sync.close()
            fake.reset()


class TestNullGuard:
    def test_a_pause_holds_back_what_is_released(self, fake: FakeBraze) -> None:
        sync = sync_of(fake, rules={"null_guard": 0.2})
        sync.run([trait("u1", 1, None)])
        sync.pause("ltv")
        assert sync.release("null_guard").reasons == {Reason.PAUSED: 1}
        assert sync.release("paused").reasons == {Reason.ACCEPTED: 1}

    def test_a_flood_is_held_and_released(self, fake: FakeBraze) -> None:
        sync = sync_of(fake, rules={"null_guard": 0.2})
        sync.run([trait(f"u{n}", 1, n) for n in range(10)])
        calls = [trait(f"u{n}", 2, None if n < 5 else n) for n in range(10)]
        plan = sync.plan(calls)
        report = sync.run(calls)
        assert plan.report.reasons == report.reasons == {Reason.ACCEPTED: 5, Reason.NULL_GUARD: 5}
        assert len(attributes(fake)["u1"]) == 1
        assert sync.release("null_guard").outcomes["sent"] == 5
        assert attributes(fake)["u1"] == {}

    def test_a_null_goes_where_few_are_null(self, fake: FakeBraze) -> None:
        sync = sync_of(fake, rules={"null_guard": 0.2})
        report = sync.run([trait(f"u{n}", 2, None if n < 2 else n) for n in range(10)])
        assert report.outcomes["sent"] == 10
        assert sync.held() == ()


class TestPause:
    @pytest.mark.parametrize("delivery", [one for one in Delivery if one])
    def test_a_paused_key_is_held_until_released(self, fake: FakeBraze, delivery: Delivery) -> None:
        fake.add_users(["u1"])
        sync = sync_of(fake, rules={"overrides": {"vip": delivery}})
        sync.pause("vip")
        raw = {**call("u1", 1, message_id="m1"), "type": "track", "event": "Audience Entered"}
        raw["properties"] = raw["traits"]
        if delivery is Delivery.IDENTIFY:
            raw["type"] = "identify"
        calls = [raw, trait("u1", 1, 1)]
        plan = sync.plan(calls)
        assert sync.explain(raw).reason is Reason.PAUSED
        report = sync.run(calls)
        assert plan.report.reasons == report.reasons == {Reason.PAUSED: 1, Reason.ACCEPTED: 1}
        assert len(fake.requests) == 1
        assert sync.release("paused").outcomes["sent"] == 1
        assert len(fake.requests) > 1
        assert sync.run([{**raw, "messageId": "m2"}]).outcomes["sent"] == 1

    def test_who_was_deleted_meanwhile_is_not_written_when_it_ends(self, fake: FakeBraze) -> None:
        sync = sync_of(fake, rules={"audiences": Delivery.IDENTIFY | Delivery.COHORT})
        sync.pause("vip")
        sync.run([call("u1", 1), call("u1", 36_001)])
        sync.run([{"type": "delete", "userId": "u1", "timestamp": "2026-11-02T10:00:00Z"}])
        report = sync.release("paused")
        assert report.deliveries["superseded"] == 2
        assert report.deliveries["sent"] == 2
        assert fake.users["u1"].custom_attributes == {"vip": True}
        assert fake.cohorts["aud_1"].members == {"u1"}


class TestReleasing:
    def test_only_what_is_held_for_that_reason(self, fake: FakeBraze) -> None:
        sync = sync_of(fake, rules={"data_point_budget": 0})
        sync.pause("vip")
        sync.run([trait("u1", 1, 1), trait("u1", 1, 1, key="vip")])
        assert sync.release("null_guard").calls == 0
        assert len(sync.held()) == 2
        assert sync.release("budget").calls == 1
        assert [one.reason for one in sync.held()] == [Reason.PAUSED]

    def test_an_unknown_reason(self, fake: FakeBraze) -> None:
        with pytest.raises(ConfigurationError, match="budget, null_guard, paused"):
            sync_of(fake).release("accepted")

    def test_within_a_run_it_is_refused_and_nothing_is_lost(self, fake: FakeBraze) -> None:
        sync = sync_of(fake, rules={"data_point_budget": 0})
        sync.run([trait("u1", 1, 1)])

        def source() -> Iterator[object]:
            with pytest.raises(ConfigurationError, match="second EngageSync"):
                sync.release("budget")
            yield trait("u2", 1, 1)

        assert sync.run(source()).outcomes["held"] == 1
        assert len(sync.held()) == 2
        assert sync.release("budget").outcomes["sent"] == 2

    def test_when_it_is_stopped_what_was_not_sent_may_be_handed_in_again(
        self, fake: FakeBraze
    ) -> None:
        sync = sync_of(fake, rules={"data_point_budget": 0})
        calls = [trait("u1", 1, 1, message_id="m1")]
        sync.run(calls)
        fake.host = "rest.iad-01.braze.com"
        with pytest.raises(RunStopped) as caught:
            sync.release("budget")
        assert caught.value.credentials
        assert caught.value.report.outcomes["failed"] == 1
        fake.host = None
        assert sync.run(calls).outcomes["held"] == 1
        assert sync.release("budget").outcomes["sent"] == 1

    @pytest.mark.parametrize("how", ["budget", "pause"])
    def test_more_than_can_be_kept_stops_the_run(self, fake: FakeBraze, how: str) -> None:
        rules = {"data_point_budget": 0} if how == "budget" else {}
        sync = sync_of(fake, rules=rules)
        sync._holding = Holding(3)
        if how == "pause":
            sync.pause("ltv")
        with pytest.raises(RunStopped, match=r"sync\.release") as caught:
            sync.run([trait(f"u{n}", 1, n) for n in range(10)])
        report = caught.value.report
        assert report.outcomes["held"] == 3
        assert report.outcomes["failed"] == report.calls - 3
        assert {one.reason for one in report.failures} <= {
            Reason.BUDGET,
            Reason.PAUSED,
            Reason.NO_ROOM,
            Reason.STOPPED,
        }
        assert sync.release("budget" if how == "budget" else "paused").outcomes["sent"] == 3

    def test_a_plan_of_more_than_can_be_kept_ends_too(
        self, fake: FakeBraze, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("braze_engage.sync.engine.Holding", lambda: Holding(3))
        sync = sync_of(fake)
        sync.pause("ltv")
        plan = sync.plan([trait(f"u{n}", 1, n) for n in range(10)])
        assert plan.outcomes["held"] == 3
        assert plan.report.reasons[Reason.NO_ROOM] == 1
        assert plan.report.calls == 4

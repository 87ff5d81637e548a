"""Events of an audience that say again what the last one said, where repeats are not to be sent."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from braze_engage import Delivery, EngageRules, Reason, Repeats, RunStopped
from braze_engage.sync.state import MemoryState
from tests.support.changes import call
from tests.support.lasting import TRACK, Shop, close

RULES = EngageRules(audiences=Delivery.TRACK, repeats=Repeats.SUPPRESS)
SENT, SAME = Reason.ACCEPTED, Reason.SAME_STATE


def told(person: str, at: int, *, member: object = True, **more: Any) -> dict[str, Any]:
    """A track call of an audience, as Engage sends it."""
    raw = {**call(person, at, member=member, **more), "type": "track"}
    raw["properties"] = raw.pop("traits")
    raw["event"] = "Audience Entered" if member else "Audience Exited"
    return raw


class Days:
    """Runs one after the other, on a file or in memory."""

    def __init__(self, shop: Shop, *, on_file: bool) -> None:
        self.shop = shop
        self.sync = None if on_file else shop.sync(state=MemoryState(), rules=RULES)

    def run(self, *calls: dict[str, Any]) -> dict[Reason, int]:
        if self.sync is None:
            return dict(self.shop.run(calls, rules=RULES).reasons)
        return dict(self.sync.run(calls).reasons)

    def names(self, person: str) -> list[str]:
        return [event.name for event in self.shop.fake.users[person].custom_events]


@pytest.fixture(params=["file", "memory"])
def days(shop: Shop, request: pytest.FixtureRequest) -> Days:
    return Days(shop, on_file=request.param == "file")


def test_only_what_changes_is_sent(days: Days) -> None:
    assert days.run(told("u1", 1)) == {SENT: 1}
    assert days.run(told("u1", 2), told("u2", 2)) == {SENT: 1, SAME: 1}
    assert days.run(told("u1", 3, member=False), told("u1", 4, member="false")) == {
        SENT: 1,
        SAME: 1,
    }
    assert days.run(told("u1", 5), told("u1", 6)) == {SENT: 1, SAME: 1}
    assert days.names("u1") == ["Audience Entered", "Audience Exited", "Audience Entered"]


def test_within_one_run_in_any_order_of_arrival(days: Days) -> None:
    calls = [told("u1", at, member=at in {1, 2, 5}) for at in (4, 2, 5, 1, 3)]
    assert days.run(*calls) == {SENT: 3, SAME: 2}
    assert sorted(days.names("u1")) == ["Audience Entered", "Audience Entered", "Audience Exited"]


def test_audiences_are_told_apart(days: Days) -> None:
    assert days.run(told("u1", 1)) == {SENT: 1}
    # one that was created anew under the same key is another one
    assert days.run(told("u1", 2, cohort="aud_2")) == {SENT: 1}
    assert days.run(told("u1", 3, cohort="aud_2")) == {SAME: 1}


def test_one_that_comes_late_is_sent_and_changes_nothing(days: Days) -> None:
    assert days.run(told("u1", 5)) == {SENT: 1}
    assert days.run(told("u1", 2, member=False)) == {SENT: 1}
    assert days.run(told("u1", 6)) == {SAME: 1}


def test_events_of_entities_are_never_repeats(days: Days) -> None:
    entities = []
    for at in (1, 2):
        raw = told("u1", at)
        raw["properties"]["account__entity"] = {"id": str(at)}
        entities.append(raw)
    assert days.run(*entities) == {SENT: 2}


def test_by_default_every_event_is_sent(shop: Shop) -> None:
    rules = EngageRules(audiences=Delivery.TRACK)
    for at in (1, 2):
        assert dict(shop.run([told("u1", at)], rules=rules).reasons) == {SENT: 1}


def test_a_repetition_saves_a_point_and_the_debugger_says_so(shop: Shop) -> None:
    shop.run([told("u1", 1)], rules=RULES)
    report = shop.run([told("u1", 2)], rules=RULES)
    assert (report.data_points, report.unchanged_points) == (0, 1)
    sync = shop.sync(rules=RULES)
    assert sync.explain(told("u1", 3)).reason is SAME
    assert sync.plan([told("u1", 3), told("u1", 4, member=False)]).report.reasons == {
        SAME: 1,
        SENT: 1,
    }
    close(sync)


def test_after_a_lost_answer_the_next_event_is_sent(shop: Shop) -> None:
    shop.run([told("u1", 1)], rules=RULES)
    shop.fake.drop(TRACK, when="after")
    lost = [told("u1", 2, member=False)]
    try:
        report = shop.run(lost, rules=RULES, outage_patience=timedelta(0))
    except RunStopped as stopped:
        report = stopped.report
    assert report.outcomes["unknown"] == 1
    assert dict(shop.run([told("u1", 3, member=False)], rules=RULES).reasons) == {SENT: 1}

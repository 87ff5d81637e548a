"""With a state file, what Braze holds already is not sent."""

from __future__ import annotations

import contextlib
import itertools
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from braze_engage import Delivery, EngageRules, Reason, RunStopped
from braze_engage.sync.state import MemoryState
from tests.support.changes import AUDIENCE, call
from tests.support.lasting import TRACK, Shop, close, event, trait

BOTH = EngageRules(audiences=Delivery.COHORT | Delivery.IDENTIFY)


def test_an_unchanged_attribute_is_not_sent_and_its_point_is_saved(shop: Shop) -> None:
    shop.run([trait("u1", 1, ltv=5)])
    before = shop.requests
    report = shop.run([trait("u1", 2, ltv=5), trait("u1", 3, ltv=5)])
    assert shop.requests == before
    assert report.reasons == {Reason.SAME_STATE: 1, Reason.NEWER_KNOWN: 1}
    assert (report.unchanged_points, report.data_points) == (1, 0)
    assert "1 by leaving out what Braze holds already" in str(report)


def test_of_several_attributes_the_changed_ones_are_sent(shop: Shop) -> None:
    shop.run([trait("u1", 1, ltv=5, color="Oslo", tags=["a", "b"])])
    report = shop.run([trait("u1", 2, ltv=6, color="Oslo", tags=["a", "b"])])
    assert shop.sent()[-1] == {"external_id": "u1", "ltv": 6}
    assert (report.outcomes["sent"], report.data_points, report.unchanged_points) == (1, 1, 2)
    # what was left out holds at the later time too
    assert shop.run([trait("u1", 1, color="Bergen")]).reasons == {Reason.NEWER_KNOWN: 1}
    assert shop.run([trait("u1", 3, color="Bergen")]).reasons == {Reason.ACCEPTED: 1}


def test_a_value_between_two_equal_ones_comes_too_late(shop: Shop) -> None:
    shop.run([trait("u1", 1, ltv=5)])
    shop.run([trait("u1", 9, ltv=5)])
    assert shop.run([trait("u1", 4, ltv=7)]).reasons == {Reason.NEWER_KNOWN: 1}
    assert shop.fake.users["u1"].custom_attributes == {"ltv": 5}


@pytest.mark.parametrize("order", list(itertools.permutations([(1, 7), (2, 5), (3, 5)])))
def test_within_one_run_the_newest_decides_in_any_order(
    shop: Shop, order: list[tuple[int, int]]
) -> None:
    shop.run([trait("u1", 0, ltv=5)])
    report = shop.run([trait("u1", at, ltv=value) for at, value in order])
    assert shop.fake.users["u1"].custom_attributes == {"ltv": 5}
    assert report.outcomes["sent"] == 0


def test_other_values_are_sent_again_and_null_is_one(shop: Shop) -> None:
    for at, value in enumerate([5, 5.0, "5", None, None, 5]):
        shop.run([trait("u1", at, ltv=value)])
    assert [entry["ltv"] for entry in shop.sent()] == [5, 5.0, "5", None, 5]


def test_events_are_never_unchanged(shop: Shop) -> None:
    for at in range(3):
        assert shop.run([event("u1", at)]).outcomes["sent"] == 1


def test_a_repeated_membership_is_not_sent_for_a_week(shop: Shop) -> None:
    shop.fake.add_users(["u1"])
    shop.run([call("u1", 1)])
    assert shop.run([call("u1", 2)]).reasons == {Reason.SAME_STATE: 1}
    shop.clock.move(days=6)
    assert shop.run([call("u1", 3)]).reasons == {Reason.SAME_STATE: 1}
    shop.clock.move(days=2)
    assert shop.run([call("u1", 4)]).reasons == {Reason.ACCEPTED: 1}
    assert shop.run([call("u1", 5)]).reasons == {Reason.SAME_STATE: 1}
    assert shop.run([call("u1", 6, member=False)]).reasons == {Reason.ACCEPTED: 1}
    assert shop.fake.cohorts[AUDIENCE].members == set()


def test_a_membership_is_sent_again_once_the_profile_came_to_be(shop: Shop) -> None:
    shop.run([call("u1", 1)])
    assert shop.fake.cohorts[AUDIENCE].members == set()
    report = shop.run([trait("u1", 2, ltv=1), call("u1", 3)])
    assert report.outcomes["sent"] == 2
    assert shop.fake.cohorts[AUDIENCE].members == {"u1"}
    assert shop.run([call("u1", 4)]).reasons == {Reason.SAME_STATE: 1}


def test_with_attributes_beside_cohorts_both_are_left_out_the_second_time(shop: Shop) -> None:
    shop.run([call("u1", 1)], rules=BOTH)
    before = shop.requests
    report = shop.run([call("u1", 2)], rules=BOTH)
    assert shop.requests == before
    assert report.reasons == {Reason.SAME_STATE: 1}
    assert shop.fake.cohorts[AUDIENCE].members == {"u1"}


def test_what_braze_ignored_for_want_of_a_profile_is_sent_again(shop: Shop) -> None:
    only = EngageRules(update_existing_only=True)
    shop.run([trait("u1", 1, ltv=5)], rules=only)
    assert "u1" not in shop.fake.users
    assert shop.run([trait("u1", 2, ltv=5)], rules=only).reasons == {Reason.SAME_STATE: 1}
    shop.run([event("u1", 3)])
    assert shop.run([trait("u1", 4, ltv=5)], rules=only).outcomes["sent"] == 1
    assert shop.fake.users["u1"].custom_attributes == {"ltv": 5}
    assert shop.run([trait("u1", 5, ltv=5)], rules=only).outcomes["unchanged"] == 1


@pytest.mark.parametrize("status", [400, 401, 404])
def test_an_answer_that_is_no_success_makes_nothing_known(shop: Shop, status: int) -> None:
    shop.fake.fail(TRACK, status=status, json={"message": "no"})
    with contextlib.suppress(RunStopped):
        shop.run([trait("u1", 1, ltv=5)])
    assert shop.run([trait("u1", 2, ltv=5)]).outcomes["sent"] == 1


def test_after_a_lost_answer_the_old_value_counts_as_unknown(shop: Shop) -> None:
    """Braze may hold the new one, so that going back to the old one has to be sent."""
    shop.run([trait("u1", 1, ltv=5)])
    shop.fake.drop(TRACK, when="after")
    sync = shop.sync(outage_patience=timedelta(0))
    with pytest.raises(RunStopped, match="out of reach"):
        sync.run([trait("u1", 2, ltv=6)])
    close(sync)
    assert shop.fake.users["u1"].custom_attributes == {"ltv": 6}
    assert shop.run([trait("u1", 3, ltv=5)]).outcomes["sent"] == 1
    assert shop.fake.users["u1"].custom_attributes == {"ltv": 5}


def test_what_a_deletion_took_along_is_sent_again(shop: Shop) -> None:
    """A deletion that comes late takes along what is newer and was there already."""
    other = shop.sync()
    sync = shop.sync(erase=other._clients.rest)
    sync.run([trait("u1", 10, ltv=1)])
    gone = {"type": "delete", "userId": "u1", "timestamp": "2026-11-02T00:00:05Z"}
    assert sync.run([gone]).outcomes["sent"] == 1
    assert "u1" not in shop.fake.users
    assert sync.run([trait("u1", 20, ltv=1)]).outcomes["sent"] == 1
    assert shop.fake.users["u1"].custom_attributes == {"ltv": 1}
    assert sync.run([trait("u1", 30, ltv=1)]).outcomes["unchanged"] == 1
    close(sync)
    close(other)


def test_plan_and_explain_know_it_and_change_nothing(shop: Shop) -> None:
    shop.run([trait("u1", 1, ltv=5, color="Oslo"), call("u2", 1)])
    sync = shop.sync()
    for _ in range(2):
        plan = sync.plan(
            [trait("u1", 2, ltv=5, color="Bergen"), trait("u1", 3, ltv=5), call("u2", 3)]
        )
        assert plan.report.unchanged_points == 1
        assert plan.data_points == 1
        assert plan.outcomes["unchanged"] == 2
        assert sync.explain(trait("u1", 4, ltv=5, color="Oslo")).reason is Reason.SAME_STATE
        assert sync.explain(call("u2", 4)).reason is Reason.SAME_STATE
    close(sync)
    assert shop.run([trait("u1", 2, ltv=5, color="Bergen")]).outcomes["sent"] == 1


def test_without_a_state_file_everything_is_sent_as_before(shop: Shop) -> None:
    sync = shop.sync(state=MemoryState())
    for at in range(3):
        assert sync.run([trait("u1", at, ltv=5), call("u1", at)]).outcomes["sent"] == 2


VALUES = st.sampled_from([1, 2, 3, None])
WRITES = st.lists(
    st.tuples(
        st.sampled_from(["u1", "u2"]),
        st.integers(0, 9),
        st.sampled_from(["ltv", "color"]),
        VALUES,
        st.booleans(),
    ),
    max_size=14,
)


@given(WRITES, st.integers(1, 4), st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_what_is_left_out_makes_no_difference(
    tmp_path_factory: pytest.TempPathFactory,
    writes: list[tuple[str, int, str, Any, bool]],
    runs: int,
    random: Any,
) -> None:
    """The profiles are those of somebody who sends everything in time order."""
    calls = [
        trait(
            person,
            at,
            message_id=f"m{number:02}",
            **({name: value, "size": 7} if more else {name: value}),
        )
        for number, (person, at, name, value, more) in enumerate(writes)
    ]
    expected: dict[str, dict[str, Any]] = {}
    for raw in sorted(calls, key=lambda raw: (raw["timestamp"], raw["messageId"])):
        for name, value in raw["traits"].items():
            expected.setdefault(raw["userId"], {})[name] = value
    shop = Shop(tmp_path_factory.mktemp("shop"))
    random.shuffle(calls)
    for number in range(runs):
        shop.run(calls[number::runs])
    found = {person: dict(shop.fake.users[person].custom_attributes) for person in expected}
    assert found == {
        person: {name: value for name, value in values.items() if value is not None}
        for person, values in expected.items()
    }

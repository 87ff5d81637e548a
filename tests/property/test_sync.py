"""What a sync promises whatever comes in and in whatever order."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from braze_engage import CohortClient, EngageRules, EngageSync, Repeats
from braze_engage.testing import FakeBraze
from tests.support.changes import call

if TYPE_CHECKING:
    from collections.abc import Sequence

    from braze_engage.sync.report import Report

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["type", "userId", "traits", "context", "timestamp", "properties", "vip"]
            )
            | st.text(max_size=5),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)

CALLS = st.lists(
    st.builds(
        call,
        st.sampled_from(["u1", "u2", "u3"]),
        st.integers(0, 6),
        member=st.booleans(),
        cohort=st.sampled_from(["aud_1", "aud_2"]),
        message_id=st.none() | st.sampled_from([f"m{n}" for n in range(40)]),
    ),
    max_size=25,
)


def _unambiguous(calls: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Leave out calls that share a message id with another one: those are one message."""
    kept: dict[str, dict[str, Any]] = {}
    for place, raw in enumerate(calls):
        kept.setdefault(raw.get("messageId", f"none {place}"), raw)
    return list(kept.values())


def _sync(fake: FakeBraze, **rules: Any) -> EngageSync:
    cohorts = CohortClient(
        fake.data_import_key,
        data_center="US-06",
        partner=fake.partner,
        partner_key=fake.partner_key,
        session=fake.session(),
    )
    return EngageSync(cohorts=cohorts, settle=0.0, rules=EngageRules(**rules))


def _fake() -> FakeBraze:
    fake = FakeBraze()
    fake.add_users(["u1", "u2", "u3"])
    return fake


def _newest(calls: Sequence[dict[str, Any]]) -> dict[str, set[str]]:
    """The members by the law itself: the greatest order key of each person decides."""
    newest: dict[tuple[str, str], tuple[tuple[str, str, str], bool]] = {}
    for raw in calls:
        cohort = raw["context"]["personas"]["computation_id"]
        member = raw["traits"]["vip"]
        key = (raw["timestamp"], raw.get("messageId", ""), json.dumps(member))
        slot = (cohort, raw["userId"])
        newest[slot] = max(newest.get(slot, (key, member)), (key, member))
    members: dict[str, set[str]] = {}
    for (cohort, person), (_, member) in newest.items():
        members.setdefault(cohort, set())
        if member:
            members[cohort].add(person)
    return members


def _adds_up(report: Report, calls: int) -> None:
    assert report.calls == sum(report.outcomes.values()) == calls


@given(CALLS, st.randoms(use_true_random=False), st.integers(1, 4), st.sampled_from(Repeats))
@settings(max_examples=60, deadline=None)
def test_any_order_of_arrival_and_any_split_into_runs_lead_to_the_same_members(
    calls: list[dict[str, Any]], random: Any, runs: int, repeats: Repeats
) -> None:
    calls = _unambiguous(calls)
    expected = _newest(calls)
    shuffled = list(calls)
    random.shuffle(shuffled)
    fake = _fake()
    sync = _sync(fake, repeats=repeats)
    for number in range(runs):
        part = shuffled[number::runs]
        _adds_up(sync.run(part), len(part))
    assert {key: cohort.members for key, cohort in fake.cohorts.items()} == expected


@given(CALLS)
@settings(max_examples=40, deadline=None)
def test_handing_everything_in_twice_changes_nothing(calls: list[dict[str, Any]]) -> None:
    calls = _unambiguous(calls)
    fake = _fake()
    sync = _sync(fake)
    sync.run(calls)
    before = {key: set(cohort.members) for key, cohort in fake.cohorts.items()}
    _adds_up(sync.run(calls), len(calls))
    assert {key: cohort.members for key, cohort in fake.cohorts.items()} == before


@given(st.lists(JSON | JSON.map(json.dumps) | st.text() | st.binary(), max_size=6))
@settings(max_examples=80, deadline=None)
def test_no_item_whatever_it_is_raises_or_is_changed(items: list[Any]) -> None:
    fake = _fake()
    before = copy.deepcopy(items)
    report = _sync(fake).run(items)
    plan = _sync(fake).plan(items)
    assert repr(items) == repr(before)
    assert sum(report.outcomes.values()) == report.calls
    assert plan.outcomes == report.outcomes
    assert plan.report.reasons == report.reasons


@given(CALLS)
@settings(max_examples=40, deadline=None)
def test_no_request_names_a_person_under_add_and_under_remove(
    calls: list[dict[str, Any]],
) -> None:
    fake = _fake()
    for request in _sync(fake).plan(calls).requests():
        people = [person for change in request.changes for person in change.user_ids]
        assert len(people) == len(set(people)) <= 1_000

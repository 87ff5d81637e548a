"""All sample calls through every combination of deliveries, over a real socket."""

from __future__ import annotations

import json
from collections import Counter
from itertools import chain, combinations
from typing import TYPE_CHECKING, Any

import pytest

from braze_engage import AliasRule, Delivery, IdentityRules, Reason, TrackLimits
from braze_engage.testing import FakeBraze
from tests.support import fold
from tests.support.sample import sample_lines
from tests.support.syncs import LaterClock, sync_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from braze_engage.sync.report import Report

CALLS = 419  # 416 objects, and three lines that hold none
SINGLES = (Delivery.IDENTIFY, Delivery.TRACK, Delivery.COHORT, Delivery.BOOLEAN)
CREATES = Delivery.IDENTIFY | Delivery.TRACK


def combined(chosen: tuple[Delivery, ...]) -> Delivery:
    every = Delivery.NONE
    for one in chosen:
        every |= one
    return every


COMBINATIONS = [
    combined(chosen)
    for chosen in chain.from_iterable(combinations(SINGLES, count) for count in range(1, 5))
]
FEW = [
    Delivery.COHORT | Delivery.IDENTIFY,
    Delivery.TRACK | Delivery.BOOLEAN,
    COMBINATIONS[-1],
]


def rules_for(delivery: Delivery) -> dict[str, Any]:
    """Audiences and journeys as given, traits as far as they may."""
    return {"audiences": delivery, "journeys": delivery, "traits": delivery & CREATES}


def name_of(delivery: Delivery) -> str:
    return "-".join(str(one.name) for one in SINGLES if one in delivery)


@pytest.fixture(scope="module")
def server() -> Iterator[FakeBraze]:
    with FakeBraze(clock=LaterClock()) as fake:
        yield fake


@pytest.fixture
def fake(server: FakeBraze) -> Iterator[FakeBraze]:
    server.reset()
    server.clock = LaterClock()
    seed(server)
    yield server
    server.check()


def seed(fake: FakeBraze, *, people: bool = True) -> None:
    """Fix the types of attributes, and let Braze know everyone."""
    fake.add_user("somebody else", custom_attributes=fold.KINDS)
    if people:
        fake.add_users({raw["userId"] for _, raw in fold.usable_calls()})


def check_state(fake: FakeBraze, delivery: Delivery) -> None:
    """Compare what Braze holds with what the reference fold says."""
    expected = fold.expected(delivery, delivery & CREATES)
    users = {person: one for person, one in fake.users.items() if person != "somebody else"}
    assert not expected.gone & users.keys()
    assert expected.people <= users.keys()
    assert {
        person: one.custom_attributes for person, one in users.items() if one.custom_attributes
    } == expected.attributes
    held = {
        person: {name: value for name in fold.FIELDS if (value := getattr(one, name)) is not None}
        for person, one in users.items()
    }
    assert {person: fields for person, fields in held.items() if fields} == expected.fields
    assert {
        person: Counter((event.name, stamp(event.time)) for event in one.custom_events)
        for person, one in users.items()
        if one.custom_events
    } == expected.events
    assert {key: cohort.members for key, cohort in fake.cohorts.items()} == expected.members


def stamp(moment: Any) -> str:  # Any: a datetime
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z"


def check_outcomes(report: Report, delivery: Delivery) -> None:
    """Compare outcomes with what the description of the sample says."""
    assert report.calls == sum(report.outcomes.values()) == sum(report.reasons.values()) == CALLS
    by_line = {failure.position + 1: failure for failure in report.failures}
    looks_inside = bool(delivery & ~Delivery.TRACK)
    malformed = {*fold.MALFORMED, *(fold.NO_MEMBERSHIP if looks_inside else ())}
    assert {n for n, one in by_line.items() if one.outcome == "malformed"} == malformed
    anonymous = {n for n, one in by_line.items() if one.outcome == "unidentified"}
    if looks_inside:
        assert set(fold.UNIDENTIFIED) <= anonymous
    assert set(report.outcomes) >= {"filtered", "sent", "duplicate"}
    assert len(by_line) == len(malformed) + len(anonymous)
    assert report.reasons[Reason.NOT_A_USER] == 7
    used = {
        line
        for line, raw in fold.usable_calls()
        if fold.deliveries_of(raw, delivery, delivery & CREATES)
    }
    repeated = sum(original in used for original in fold.DUPLICATES.values())
    assert report.outcomes["duplicate"] == repeated
    assert len(report.receipts) == len(fold.DELETIONS)


@pytest.mark.parametrize("delivery", COMBINATIONS, ids=name_of)
def test_every_combination_ends_in_the_state_a_fold_of_the_calls_predicts(
    fake: FakeBraze, delivery: Delivery
) -> None:
    sync = sync_of(fake, socket=True, rules=rules_for(delivery))
    lines = sample_lines()
    plan = sync.plan(lines)
    assert fake.requests == []
    report = sync.run(lines)
    check_state(fake, delivery)
    check_outcomes(report, delivery)
    assert plan.report.reasons == report.reasons
    assert plan.deliveries == report.deliveries
    assert sorted(map(repr, plan.report.keys)) == sorted(map(repr, report.keys))
    assert (plan.data_points, plan.saved_points) == (report.data_points, report.saved_points)
    assert plan.may_create == report.may_create


@pytest.mark.parametrize("delivery", COMBINATIONS, ids=name_of)
def test_order_of_arrival_does_not_matter_and_twice_is_once(delivery: Delivery) -> None:
    fake = FakeBraze(clock=LaterClock())
    seed(fake)
    sync = sync_of(fake, rules=rules_for(delivery))
    lines = sample_lines()
    sync.run(reversed(lines))
    check_state(fake, delivery)
    again = sync.run(lines)
    check_state(fake, delivery)
    assert again.outcomes["sent"] == 0
    fake.check()


@pytest.mark.parametrize("delivery", [one for one in COMBINATIONS if CREATES in one], ids=name_of)
def test_who_is_unknown_is_created_before_the_cohort_hears_of_them(delivery: Delivery) -> None:
    fake = FakeBraze(clock=LaterClock())
    seed(fake, people=False)
    sync_of(fake, rules=rules_for(delivery)).run(sample_lines())
    expected = fold.expected(delivery, delivery & CREATES)
    assert fake.users.keys() - {"somebody else"} == expected.people
    if Delivery.BOOLEAN not in delivery:
        check_state(fake, delivery)
        return
    # who leaves an audience before Braze knows them is nobody, so that is not written
    for person in expected.people:
        found = fake.users[person].custom_attributes
        wanted = expected.attributes.get(person, {})
        assert found.items() <= wanted.items()
        assert {wanted[name] for name in wanted.keys() - found.keys()} <= {False}


@pytest.mark.parametrize("delivery", FEW, ids=name_of)
def test_late_and_reordered_writes_end_right_where_they_may_settle(delivery: Delivery) -> None:
    with FakeBraze(lag=0.05, reorder=True, clock=LaterClock()) as fake:
        seed(fake)
        options = {"settle": 0.15, "consistency_gap": 0.15}
        sync = sync_of(fake, socket=True, rules=rules_for(delivery), **options)
        lines = sample_lines()
        for part in (lines[200:], lines[:200]):
            sync.run(part)
        fake.settle()
        check_state(fake, delivery)


@pytest.mark.parametrize("limits", TrackLimits)
def test_either_limit_is_kept_over_all_sample_calls(limits: TrackLimits) -> None:
    legacy = limits is not TrackLimits.COMBINED_75
    fake = FakeBraze(clock=LaterClock(), legacy_track_limit=legacy)
    seed(fake)
    delivery = COMBINATIONS[-1]
    sync_of(fake, rules=rules_for(delivery), track_limits=limits).run(sample_lines())
    check_state(fake, delivery)
    assert not [one for one in fake.requests if one.status == 400]


@pytest.mark.parametrize("line", fold.DUPLICATES)
def test_a_repeated_delivery_is_a_duplicate_where_the_first_was_used(line: int) -> None:
    lines = sample_lines()
    fake = FakeBraze(clock=LaterClock())
    sync = sync_of(fake, rules=rules_for(COMBINATIONS[-1]))
    first = sync.run([lines[fold.DUPLICATES[line] - 1]])
    second = sync.run([lines[line - 1]])
    if first.outcomes["sent"]:
        assert second.reasons == {Reason.SAME_MESSAGE: 1}
    else:
        assert second.outcomes["unidentified"] == 1


@pytest.mark.parametrize("pair", fold.OUT_OF_ORDER)
def test_of_a_pair_out_of_order_the_later_stamp_wins(pair: tuple[int, int]) -> None:
    lines = sample_lines()
    later, earlier = (lines[line - 1] for line in pair)
    alias = AliasRule(alias_name="$.anonymousId", alias_label="segment")
    rules = rules_for(Delivery.IDENTIFY | Delivery.BOOLEAN)
    rules["identity"] = IdentityRules(user_alias=alias)
    profiles = []
    for arrived in ([later], [later, earlier]):
        fake = FakeBraze(clock=LaterClock())
        raw = json.loads(later)
        named = [(raw["anonymousId"], "segment")] if "anonymousId" in raw else []
        profiles.append(fake.add_user(raw.get("userId"), aliases=named))
        sync = sync_of(fake, rules=rules)
        reports = [sync.run([line]) for line in arrived]
        assert reports[-1].outcomes["sent"] + reports[-1].outcomes["superseded"] == 1
    kept, both = (profile.custom_attributes for profile in profiles)
    assert kept
    assert kept.items() <= both.items()


def test_without_a_client_that_may_erase_each_deletion_is_a_failure() -> None:
    fake = FakeBraze(clock=LaterClock())
    seed(fake)
    report = sync_of(fake, erase=None, rules=rules_for(Delivery.IDENTIFY)).run(sample_lines())
    failed = {one.position + 1: one for one in report.failures if one.outcome == "failed"}
    assert set(failed) == set(fold.DELETIONS)
    assert {one.reason for one in failed.values()} == {Reason.NO_ERASE_CLIENT}
    assert all(one.retryable for one in failed.values())
    assert report.receipts == ()
    assert {"u-1041", "u-1042"} <= fake.users.keys()

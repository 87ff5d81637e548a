"""What Segment's own destination would write to cohorts, and where this library does better.

Every line of ``tests/data/cohort-vectors.jsonl.gz`` holds calls, the mapping of a Segment user, and
the requests that Segment's destination made of them. Lines without a known difference must lead to
the same membership.
"""

from __future__ import annotations

import gzip
import json
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from braze_engage.engage import (
    AliasRule,
    Delivery,
    EngageCall,
    EngageRules,
    Identity,
    IdentityRules,
    MembershipChange,
    Reason,
    Unusable,
    cut,
    membership_change,
    net_membership,
    read_call,
)

TESTS = Path(__file__).parent.parent
RECORDED = TESTS.parent.parent / "shared" / "vectors" / "segment-tests"
NOWHERE = "$.notGiven"
NOON = 1_793_620_800_000_000_000

Case = dict[str, Any]  # Any: a case is JSON
Members = dict[str, dict[Identity, bool]]


def packed_cases() -> list[Case]:
    text = gzip.decompress((TESTS / "data" / "cohort-vectors.jsonl.gz").read_bytes())
    return [json.loads(line) for line in text.splitlines()]


def recorded_cases() -> list[Case]:
    return [
        json.loads(line)
        for path in sorted(RECORDED.glob("*braze-cohorts.syncAudiences.jsonl"))
        for line in path.read_bytes().splitlines()
    ]


CASES = packed_cases()
RECORDED_CASES = recorded_cases()


def path_rule(mapped: object) -> str | tuple[str, ...] | None:
    """Translate a mapping directive into a rule."""
    if not isinstance(mapped, dict):
        return mapped if isinstance(mapped, str) else None
    if "@path" in mapped:
        return str(mapped["@path"])
    branches = mapped["@if"]
    return branches["then"]["@path"], branches["else"]["@path"]


def alias_rule(mapped: object) -> AliasRule | str | tuple[str, ...] | None:
    if isinstance(mapped, dict) and "alias_name" in mapped:
        return AliasRule(
            alias_name=path_rule(mapped["alias_name"]) or NOWHERE,
            alias_label=path_rule(mapped["alias_label"]) or NOWHERE,
        )
    return path_rule(mapped)


def rules_of(case: Case) -> EngageRules:
    mapping = case["input"]["mapping"]
    defaults = {"external_id": {"@path": "$.userId"}}
    mapped = {**(defaults if case["input"].get("useDefaultMappings") else {}), **mapping}
    return EngageRules(
        audiences=Delivery.NONE,
        traits=Delivery.NONE,
        journeys=Delivery.NONE,
        overrides={mapping["personas_audience_key"]: Delivery.COHORT},
        identity=IdentityRules(
            external_id=path_rule(mapped.get("external_id")) or NOWHERE,
            device_id=path_rule(mapped.get("device_id")),
            user_alias=alias_rule(mapped.get("user_alias")),
        ),
    )


def subscribed(case: Case) -> list[object]:
    calls = case["input"]["events"]
    if case["input"].get("subscribe") is None:
        return list(calls)
    return [call for call in calls if call.get("event") in {"Audience Entered", "Audience Exited"}]


def changes_of(case: Case) -> list[MembershipChange | Unusable]:
    """Everything that becomes of the calls for which the mapping was made."""
    rules = rules_of(case)
    found: list[MembershipChange | Unusable] = []
    for raw in subscribed(case):
        call = read_call(raw, now_ns=NOON)
        if isinstance(call, EngageCall):
            none = Delivery.NONE
            if Delivery.COHORT in rules.delivery_for(call, none, none, none)[0]:
                found.append(membership_change(call, rules))
        else:
            found.append(call)
    return found


def members_of(case: Case) -> Members:
    changes = [change for change in changes_of(case) if isinstance(change, MembershipChange)]
    return {
        cohort_id: {identity: change.member for identity, change in people.items()}
        for cohort_id, people in net_membership(changes).items()
    }


def expected_members(case: Case) -> Members:
    members: Members = {}
    for request in membership_requests(case):
        people = members.setdefault(request["cohort_id"], {})
        for entry in request["cohort_changes"]:
            member = not entry.get("should_remove", False)
            for user_id in entry["user_ids"]:
                people[Identity("external_id", user_id)] = member
            for device_id in entry["device_ids"]:
                people[Identity("device_id", device_id)] = member
            for alias in entry["aliases"]:
                identity = Identity("user_alias", alias["alias_name"], alias["alias_label"])
                people[identity] = member
    return members


def membership_requests(case: Case) -> list[Case]:
    return [
        request["json"]
        for request in case["expected"]["requests"]
        if request["url"].endswith("/cohorts/users")
    ]


def stopped_before_members(case: Case) -> bool:
    """Whether Braze's answer to the naming request kept the memberships from being sent."""
    error = case["expected"].get("error")
    name = error["name"] if isinstance(error, dict) else error
    return name in {"HTTPError", "FetchError"} and not membership_requests(case)


def comparable(cases: list[Case]) -> list[Case]:
    return [
        case for case in cases if not case["known_differences"] and not stopped_before_members(case)
    ]


def weakness(name: str) -> Case:
    (case,) = [
        case for case in CASES if case["id"].startswith("known-") and case["id"].endswith(name)
    ]
    return case


def case_id(case: Case) -> str:
    return str(case["id"]).split("#")[0][-80:]


@pytest.mark.parametrize("case", comparable(CASES), ids=case_id)
def test_same_membership(case: Case) -> None:
    assert members_of(case) == expected_members(case)


@pytest.mark.skipif(not RECORDED_CASES, reason="the recorded tests of Segment are not here")
def test_same_membership_in_segments_own_tests() -> None:
    for case in comparable(RECORDED_CASES):
        assert members_of(case) == expected_members(case), case["id"]


def test_the_comparison_is_not_empty() -> None:
    assert len(comparable(CASES)) == 377
    assert sum(bool(expected_members(case)) for case in comparable(CASES)) > 300


@pytest.mark.parametrize("case", [case for case in CASES if case["known_differences"]], ids=case_id)
def test_everything_else_keeps_the_law_too(case: Case) -> None:
    for people in members_of(case).values():
        assert len(people) == len(set(people))
    for change in changes_of(case):
        assert isinstance(change, MembershipChange) or change.detail


class TestBetter:
    """One test for each known difference that lies in reading and folding."""

    def test_stale_membership(self) -> None:
        # an older call of a person never adds a second identity of theirs
        case = weakness("cohort-stale-membership")
        assert len(expected_members(case)["id_aud_S"]) == 2
        assert members_of(case) == {"id_aud_S": {Identity("external_id", "u1S"): True}}

    def test_over_1000(self) -> None:
        case = weakness("cohort-over-1000")
        changes = [change for change in changes_of(case) if isinstance(change, MembershipChange)]
        assert len(changes) == 1001
        assert [len(batch) for batch in cut(changes)] == [1000, 1]

    def test_mixed_batch(self) -> None:
        # a call of another audience is left to its own rule instead of read as a removal
        case = weakness("cohort-mixed-batch")
        assert expected_members(case)["id_aud_S"][Identity("external_id", "u2S")] is False
        assert members_of(case) == {"id_aud_S": {Identity("external_id", "u1S"): True}}

    def test_mixed_batch_with_both_audiences_wanted(self) -> None:
        case = weakness("cohort-mixed-batch")
        calls = [read_call(raw, now_ns=NOON) for raw in subscribed(case)]
        changes = [
            membership_change(call, EngageRules()) for call in calls if isinstance(call, EngageCall)
        ]
        net = net_membership(change for change in changes if isinstance(change, MembershipChange))
        assert {cohort_id: list(people) for cohort_id, people in net.items()} == {
            "id_aud_S": [Identity("external_id", "u1S")],
            "id_other_S": [Identity("external_id", "u2S")],
        }

    def test_equal_timestamps(self) -> None:
        # the same end in either order of arrival
        case = weakness("cohort-equal-timestamps")
        ends = []
        for order in permutations(case["input"]["events"]):
            case["input"]["events"] = list(order)
            ends.append(members_of(case))
        assert ends[0] == ends[1] == {"id_aud_S": {Identity("external_id", "u1S"): True}}

    def test_unordered_time(self) -> None:
        # the call with the unreadable time is refused and cannot win
        case = weakness("cohort-unordered-time")
        (refused, taken) = changes_of(case)
        assert isinstance(refused, Unusable)
        assert refused.reason is Reason.BAD_TIME
        assert isinstance(taken, MembershipChange)
        assert members_of(case) == {"id_aud_S": {Identity("external_id", "u1S"): True}}

    def test_truthy_membership(self) -> None:
        # the word false leaves; null and 0 are no membership at all
        (text, null, zero) = changes_of(weakness("cohort-truthy-membership"))
        assert isinstance(text, MembershipChange)
        assert text.member is False
        for refused in (null, zero):
            assert isinstance(refused, Unusable)
            assert refused.reason is Reason.BAD_MEMBERSHIP

    def test_no_identifier(self) -> None:
        (nobody, somebody) = changes_of(weakness("cohort-no-identifier-success"))
        assert isinstance(nobody, Unusable)
        assert nobody.reason is Reason.NO_IDENTIFIER
        assert isinstance(somebody, MembershipChange)

    def test_alias_key_collision(self) -> None:
        people = members_of(weakness("cohort-alias-key-collision"))["id_aud_S"]
        assert set(people) == {
            Identity("user_alias", "a:b", "c"),
            Identity("user_alias", "a", "b:c"),
        }

    def test_incomplete_alias(self) -> None:
        # it counts as none and the external id is used
        case = weakness("cohort-incomplete-alias-rejects")
        assert expected_members(case) == {}
        assert members_of(case) == {"id_aud_S": {Identity("external_id", "u1S"): True}}

    def test_empty_properties(self) -> None:
        # they do not hide the membership in traits
        case = weakness("cohort-empty-properties-hide-traits")
        person = Identity("external_id", "u1S")
        assert expected_members(case)["id_aud_S"][person] is False
        assert members_of(case) == {"id_aud_S": {person: True}}

"""Membership and its folding."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from braze_engage.engage import (
    Delivery,
    EngageCall,
    EngageRules,
    Identity,
    MembershipChange,
    OrderKey,
    Reason,
    Unusable,
    membership_change,
    net_membership,
    read_call,
    read_membership,
)
from tests.support.changes import change

Raw = dict[str, Any]  # Any: a call is JSON
ABSENT = object()
RULES = EngageRules()


def read(raw: Raw) -> EngageCall:
    call = read_call(raw, now_ns=0)
    assert isinstance(call, EngageCall), call
    return call


def track(
    value: object = ABSENT,
    *,
    event: str = "Audience Entered",
    named: str | None = "audience",
    computation_id: str | None = "aud_1",
    **changes: object,
) -> EngageCall:
    personas = {
        "computation_class": named,
        "computation_id": computation_id,
        "computation_key": "vip",
    }
    properties: Raw = {"audience_key": "vip"}
    if value is not ABSENT:
        properties["vip"] = value
    raw = {
        "type": "track",
        "event": event,
        "messageId": "m1",
        "userId": "u1",
        "properties": properties,
        "context": {"personas": {**personas, "space_id": "spa_1"}},
        "timestamp": "1970-01-01T00:00:01.000Z",
        "receivedAt": "1970-01-01T00:00:02.000Z",
    }
    return read({**raw, **changes})


def identify(value: object = ABSENT, *, named: str = "audience") -> EngageCall:
    traits: Raw = {"email": "a@b.test"} if value is ABSENT else {"vip": value}
    return track(named=named, type="identify", traits=traits, properties=None)


def reason(found: object) -> Reason:
    assert isinstance(found, Unusable)
    assert found.message_id == "m1"
    return found.reason


class TestReading:
    @pytest.mark.parametrize("named", ["audience", "journey_step", "Default"])
    @pytest.mark.parametrize(
        ("value", "member"),
        [
            (True, True),
            (False, False),
            ("true", True),
            ("false", False),
            ("True", True),
            ("FALSE", False),
        ],
    )
    def test_a_boolean_or_its_word(self, named: str, value: object, member: bool) -> None:
        assert read_membership(track(value, named=named), RULES) == (member, None)
        assert read_membership(identify(value, named=named), RULES) == (member, None)

    @pytest.mark.parametrize("event", ["Audience Exited", "Joined", "Test Event"])
    def test_the_boolean_is_the_authority(self, event: str) -> None:
        assert read_membership(track(value=True, event=event), RULES) == (True, None)

    @pytest.mark.parametrize("named", ["audience", "journey_step"])
    @pytest.mark.parametrize(
        "value", [None, 0, 1, "", "maybe", " true", "yes", "1", [], {}, [True], 1.0, float("nan")]
    )
    def test_any_other_value(self, named: str, value: object) -> None:
        # also where the name of the event would say something else
        for call in (
            track(value, named=named, event="Audience Exited"),
            identify(value, named=named),
        ):
            assert reason(read_membership(call, RULES)) is Reason.BAD_MEMBERSHIP

    @pytest.mark.parametrize(
        ("event", "member"), [("Audience Entered", True), ("Audience Exited", False)]
    )
    def test_the_event_decides_where_the_value_is_absent(self, event: str, member: bool) -> None:
        found = read_membership(track(event=event), RULES)
        assert not isinstance(found, Unusable)
        assert found[0] is member
        assert found[1] is not None
        assert "name of the event" in found[1]

    def test_other_names_of_events_by_rule(self) -> None:
        call = track(event="Left")
        assert reason(read_membership(call, RULES)) is Reason.NO_MEMBERSHIP
        rules = EngageRules(event_names={"Left": "Audience Exited"})
        found = read_membership(call, rules)
        assert not isinstance(found, Unusable)
        assert found[0] is False

    def test_absent_otherwise_is_never_a_removal(self) -> None:
        for call in (
            track(event="overdue_accounts_exited"),
            identify(),
            track(event="Audience Exited", named="Default"),
        ):
            assert reason(read_membership(call, RULES)) is Reason.NO_MEMBERSHIP

    def test_a_journey_without_boolean_is_an_event(self) -> None:
        for event in ("Cart Reminder Due", "Audience Exited"):
            call = track(event=event, named="journey_step")
            assert reason(read_membership(call, RULES)) is Reason.JOURNEY_EVENT

    @pytest.mark.parametrize("value", [True, "false", 7, ABSENT])
    def test_a_trait_has_no_membership(self, value: object) -> None:
        call = track(value, named="trait", event="Audience Exited")
        assert reason(read_membership(call, RULES)) is Reason.BAD_MEMBERSHIP

    def test_an_ordinary_call(self) -> None:
        call = track(value=True, context={}, properties={})
        assert reason(read_membership(call, RULES)) is Reason.NOT_ENGAGE

    def test_the_detail_holds_no_value(self) -> None:
        found = read_membership(track("ana@example.test"), RULES)
        assert isinstance(found, Unusable)
        assert "ana@" not in found.detail
        assert "'vip' is text" in found.detail


class TestChange:
    def test_every_part(self) -> None:
        assert membership_change(track(value=True), RULES) == MembershipChange(
            cohort_id="aud_1",
            cohort_name="vip",
            name_is_explicit=False,
            identity=Identity("external_id", "u1"),
            member=True,
            order=OrderKey(1_000_000_000, 2_000_000_000, "m1", "true"),
            key="vip",
            space_id="spa_1",
            warning=None,
        )

    def test_a_name_by_rule(self) -> None:
        found = membership_change(track(value=True), EngageRules(cohort_names={"vip": "VIP"}))
        assert isinstance(found, MembershipChange)
        assert (found.cohort_name, found.name_is_explicit) == ("VIP", True)

    @pytest.mark.parametrize(
        "call", [track("FALSE"), track(event="Audience Exited"), track(value=False)]
    )
    def test_words_and_events_order_like_booleans(self, call: EngageCall) -> None:
        found = membership_change(call, RULES)
        assert isinstance(found, MembershipChange)
        assert found.order == OrderKey(1_000_000_000, 2_000_000_000, "m1", "false")
        assert (found.warning is None) is ("vip" in call.values)

    def test_without_arrival_and_id(self) -> None:
        found = membership_change(track(value=True, receivedAt=None, messageId=None), RULES)
        assert isinstance(found, MembershipChange)
        assert found.order == OrderKey(1_000_000_000, 0, "", "true")

    @pytest.mark.parametrize(
        ("call", "expected"),
        [
            (track(value=True, type="group", traits={"vip": True}), Reason.NOT_A_USER),
            (track(value=True, context={}, properties={}), Reason.NOT_ENGAGE),
            (track(value=True, type="delete"), Reason.NOT_ENGAGE),
            (track(value=True, type="page"), Reason.NOT_ENGAGE),
            (track(properties={"vip": True, "a____entity": "a"}), Reason.ENTITY_EVENT),
            (track(properties={"a____entity": "a"}), Reason.ENTITY_EVENT),
            (track(named="journey_step"), Reason.JOURNEY_EVENT),
            (track("maybe"), Reason.BAD_MEMBERSHIP),
            (identify(), Reason.NO_MEMBERSHIP),
            (track(value=True, computation_id=None), Reason.NO_COMPUTATION_ID),
            (track(value=True, userId=None), Reason.NO_IDENTIFIER),
            (track(value=True, userId=True), Reason.BAD_IDENTIFIER),
            # the higher outcome of two
            (track("maybe", userId=None), Reason.BAD_MEMBERSHIP),
            (track(value=True, computation_id=None, userId=None), Reason.NO_COMPUTATION_ID),
        ],
    )
    def test_what_is_none(self, call: EngageCall, expected: Reason) -> None:
        assert reason(membership_change(call, RULES)) is expected

    def test_a_trait_that_a_rule_sends_to_a_cohort(self) -> None:
        rules = EngageRules(overrides={"vip": Delivery.COHORT})
        found = membership_change(track(value=True, named="trait"), rules)
        assert reason(found) is Reason.BAD_MEMBERSHIP


class TestFolding:
    def test_the_newest_wins_whatever_the_order_of_arrival(self) -> None:
        flips = [change("u1", 1), change("u1", 3, member=False), change("u1", 2), change("u2", 1)]
        for arrival in permutations(flips):
            net = net_membership(arrival)
            assert {identity.value: last.member for identity, last in net["aud_1"].items()} == {
                "u1": False,
                "u2": True,
            }

    def test_ties(self) -> None:
        # entering wins where nothing else tells the two apart
        for arrival in permutations([change("u1", 1), change("u1", 1, member=False)]):
            assert net_membership(arrival)["aud_1"][Identity("external_id", "u1")].member is True

    def test_ties_in_all_but_the_name(self) -> None:
        renamed = [change("u1", 1, name="a"), change("u1", 1, name="b")]
        ends = [net_membership(arrival) for arrival in permutations(renamed)]
        assert ends[0] == ends[1]

    def test_cohorts_are_apart(self) -> None:
        net = net_membership([change("u1", 1), change("u1", 2, member=False, cohort="aud_2")])
        assert [people[Identity("external_id", "u1")].member for people in net.values()] == [
            True,
            False,
        ]

    def test_folding_twice_changes_nothing(self) -> None:
        changes = [change("u1", 1), change("u1", 2, member=False), change("u2", 1)]
        once = net_membership(changes)
        assert net_membership(changes * 2) == once
        assert net_membership(one for people in once.values() for one in people.values()) == once

    def test_nothing(self) -> None:
        assert net_membership([]) == {}

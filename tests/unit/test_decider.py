"""What is to be done with a call."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from braze_engage.engage import (
    Delivery,
    EngageRules,
    IdentityRules,
    MembershipChange,
    OtherCalls,
    Reason,
    Unusable,
    read_call,
)
from braze_engage.engage.deletions import Deletion
from braze_engage.engage.events import EventChange
from braze_engage.engage.traits import AttributeChange
from braze_engage.sync.decider import Decider, Decision, Defaults
from braze_engage.sync.intake import Intake
from braze_engage.sync.ledger import Ledger
from tests.support.changes import call

if TYPE_CHECKING:
    from collections.abc import Sequence

    from braze_engage.sync.decider import Part
    from braze_engage.sync.ticket import Ticket

Raw = dict[str, Any]  # Any: a call is JSON

ID, EV, CO, BO = Delivery.IDENTIFY, Delivery.TRACK, Delivery.COHORT, Delivery.BOOLEAN
NOON = 1_793_620_800 * 10**9
DEFAULTS = Defaults(CO, ID, EV, erases=True)


def decided(raw: object, *, defaults: Defaults = DEFAULTS, **rules: Any) -> Decision:
    reading = read_call(raw, now_ns=NOON)
    return Decider(EngageRules(**rules), defaults).decide(reading, now_ns=NOON)


def track(member: object = True, **more: Any) -> Raw:  # Any: JSON
    raw = {**call("u1", 1, member=member), "type": "track", "event": "Audience Entered"}
    raw["properties"] = raw.pop("traits")
    return {**raw, **more}


def of_class(named: str, raw: Raw) -> Raw:
    raw["context"]["personas"]["computation_class"] = named
    return raw


def other(kind: str, **more: Any) -> Raw:  # Any: JSON
    return {"type": kind, "userId": "u1", "timestamp": "2026-11-02T10:00:00Z", **more}


def kinds(decision: Decision) -> list[tuple[Delivery, str]]:
    return [(part.delivery, type(part.change).__name__) for part in decision.parts]


def reason(decision: Decision) -> Reason:
    (part,) = decision.parts
    assert isinstance(part.change, Unusable)
    return part.change.reason


class TestCombinations:
    @pytest.mark.parametrize(
        ("delivery", "by_identify", "by_track"),
        [
            (ID, [ID], []),
            (EV, [], [EV]),
            (CO, [CO], [CO]),
            (BO, [BO], [BO]),
            (ID | EV, [ID], [EV]),
            (ID | CO, [ID, CO], [CO]),
            (EV | CO, [CO], [EV, CO]),
            (EV | BO, [BO], [BO, EV]),
            (CO | BO, [BO, CO], [BO, CO]),
            (ID | BO, [ID | BO], [BO]),
            (ID | EV | CO, [ID, CO], [EV, CO]),
            (ID | EV | BO, [ID | BO], [BO, EV]),
            (ID | CO | BO, [ID | BO, CO], [BO, CO]),
            (EV | CO | BO, [BO, CO], [BO, EV, CO]),
            (ID | EV | CO | BO, [ID | BO, CO], [BO, EV, CO]),
        ],
    )
    def test_what_applies_to_which_type_of_call(
        self, delivery: Delivery, by_identify: list[Delivery], by_track: list[Delivery]
    ) -> None:
        for raw, expected in ((call("u1", 1), by_identify), (track(), by_track)):
            found = decided(raw, audiences=delivery)
            assert found.delivery == delivery
            if expected:
                assert [part.delivery for part in found.parts] == expected
                assert not any(isinstance(part.change, Unusable) for part in found.parts)
            else:
                assert reason(found) in (Reason.NOT_IDENTIFY, Reason.NOT_TRACK)

    def test_what_two_deliveries_write_alike_is_written_once(self) -> None:
        enriched = call("u1", 1)
        enriched["traits"]["tier"] = "gold"
        found = decided(enriched, audiences=ID | BO)
        assert kinds(found) == [(ID | BO, "AttributeChange")]
        (part,) = found.parts
        assert isinstance(part.change, AttributeChange)
        assert part.change.attributes == {"vip": True, "tier": "gold"}
        assert part.is_membership

    def test_attributes_and_events_come_before_the_cohort(self) -> None:
        found = decided(track(), audiences=ID | EV | CO | BO)
        assert kinds(found) == [
            (BO, "AttributeChange"),
            (EV, "EventChange"),
            (CO, "MembershipChange"),
        ]

    def test_one_delivery_may_fail_and_another_go(self) -> None:
        rules: Raw = {"audiences": EV | CO, "identity": IdentityRules(email="$.email")}
        found = decided({**track(userId=None), "email": "a@x.test"}, **rules)
        assert isinstance(found.parts[0].change, EventChange)
        refused = found.parts[1].change
        assert isinstance(refused, Unusable)
        assert refused.reason is Reason.NO_IDENTIFIER

    def test_of_several_that_do_not_apply_the_one_that_says_more_speaks(self) -> None:
        entity = track()
        entity["properties"]["account____entity"] = "account"
        assert reason(decided(entity, audiences=ID | CO)) is Reason.ENTITY_EVENT
        assert reason(decided(entity, audiences=CO | ID | BO)) is Reason.ENTITY_EVENT
        assert kinds(decided(entity, audiences=EV | CO)) == [(EV, "EventChange")]
        step = of_class("journey_step", track())
        step["properties"] = {"journey_context": {}}
        assert reason(decided(step, journeys=CO | BO)) is Reason.JOURNEY_EVENT
        assert kinds(decided(step, journeys=CO | EV)) == [(EV, "EventChange")]

    def test_a_trait_is_no_membership(self) -> None:
        found = decided(of_class("trait", call("u1", 1)), traits=ID)
        (part,) = found.parts
        assert not part.is_membership


class TestWhichRule:
    @pytest.mark.parametrize(
        ("named", "rule", "delivery"),
        [("audience", "default", CO), ("trait", "default", ID), ("journey_step", "default", EV)],
    )
    def test_defaults_by_class(self, named: str, rule: str, delivery: Delivery) -> None:
        found = decided(of_class(named, call("u1", 1)))
        assert (found.rule, found.delivery) == (rule, delivery)

    def test_an_override_comes_first(self) -> None:
        found = decided(call("u1", 1), audiences=ID, overrides={"vip": CO})
        assert (found.rule, found.delivery) == ('overrides["vip"]', CO)

    def test_ignored_and_without_rule_are_told_apart(self) -> None:
        assert reason(decided(call("u1"), overrides={"vip": Delivery.NONE})) is Reason.IGNORED
        assert reason(decided(call("u1"), audiences=Delivery.NONE)) is Reason.NO_RULE
        unknown = of_class("prediction", call("u1"))
        assert reason(decided(unknown)) is Reason.NO_RULE
        assert kinds(decided(unknown, overrides={"vip": ID})) == [(ID, "AttributeChange")]

    def test_other_calls_are_filtered_or_forwarded(self) -> None:
        identify = other("identify", traits={"plan": "pro"})
        visited = other("track", event="Visited", properties={"page": 1})
        for raw in (identify, visited):
            assert reason(decided(raw)) is Reason.NOT_ENGAGE
        forwarded: Raw = {"other_calls": OtherCalls.FORWARD}
        assert kinds(decided(identify, **forwarded)) == [(ID, "AttributeChange")]
        assert kinds(decided(visited, **forwarded)) == [(EV, "EventChange")]
        assert decided(visited, **forwarded).rule == "other_calls"
        assert reason(decided(other("page"), **forwarded)) is Reason.NOT_ENGAGE
        assert reason(decided(other("group", traits={}), **forwarded)) is Reason.NOT_A_USER

    def test_age(self) -> None:
        old: Raw = {"drop_older_than": timedelta(hours=1)}
        assert reason(decided(call("u1", 0), **old)) is Reason.TOO_OLD
        assert kinds(decided(call("u1", 42_000), **old)) == [(CO, "MembershipChange")]
        forwarded = other("identify", traits={"a": 1})
        decision = decided(forwarded, other_calls=OtherCalls.FORWARD, **old)
        assert reason(decision) is Reason.TOO_OLD

    def test_spaces(self) -> None:
        accepted: Raw = {"spaces": ["spa_1", "spa_2"]}
        for space, is_accepted in (("spa_1", True), ("spa_2", True), ("spa_3", False)):
            found = decided(call("u1", space=space), **accepted)
            assert isinstance(found.parts[0].change, MembershipChange) is is_accepted
        other_one = call("u1", space="spa_3")
        assert reason(decided(other_one, **accepted)) is Reason.OTHER_SPACE
        plain = other("identify", traits={"a": 1})
        decision = decided(plain, other_calls=OtherCalls.FORWARD, **accepted)
        assert kinds(decision) == [(ID, "AttributeChange")]


class TestSpaces:
    def decide(self, decider: Decider, *spaces: object, **more: Any) -> list[Reason | None]:
        found: list[Reason | None] = []
        for space in spaces:
            raw = call("u1", 1, **more)
            raw["context"]["personas"]["space_id"] = space
            decision = decider.decide(read_call(raw, now_ns=NOON), now_ns=NOON)
            change = decision.parts[0].change
            found.append(change.reason if isinstance(change, Unusable) else None)
        return found

    def test_the_first_space_keeps_its_key(self) -> None:
        decider = Decider(EngageRules(), DEFAULTS)
        second = Reason.SECOND_SPACE
        assert self.decide(decider, "a", "b", None, "a") == [None, second, None, None]
        assert self.decide(decider, "b", key="other") == [None]

    def test_a_copy_learns_for_itself(self) -> None:
        decider = Decider(EngageRules(), DEFAULTS)
        copy = decider.copy()
        assert self.decide(copy, "a") == [None]
        assert self.decide(decider, "b") == [None]
        assert self.decide(copy, "b") == [Reason.SECOND_SPACE]

    def test_what_has_no_key_claims_none(self) -> None:
        decider = Decider(EngageRules(other_calls=OtherCalls.FORWARD), DEFAULTS)
        raw = other("identify", traits={"a": 1})
        decision = decider.decide(read_call(raw, now_ns=NOON), now_ns=NOON)
        assert kinds(decision) == [(ID, "AttributeChange")]

    def test_so_many_keys_are_watched_and_no_more(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("braze_engage.sync.decider._KEYS_WATCHED", 1)
        decider = Decider(EngageRules(), DEFAULTS)
        assert self.decide(decider, "a", "b") == [None, Reason.SECOND_SPACE]
        assert self.decide(decider, "a", "b", key="other") == [None, None]


class TestDeletions:
    def test_a_deletion_is_never_filtered(self) -> None:
        raw = other("delete")
        some: list[Raw] = [
            {"spaces": ["spa_1"]},
            {"drop_older_than": timedelta(seconds=1)},
            {"audiences": Delivery.NONE, "traits": Delivery.NONE, "journeys": Delivery.NONE},
        ]
        for rules in some:
            found = decided(raw, **rules)
            (part,) = found.parts
            assert isinstance(part.change, Deletion)
            assert part.delivery is Delivery.NONE

    def test_without_a_way_it_is_a_failure(self) -> None:
        found = decided(other("delete"), defaults=Defaults(CO, ID, EV))
        assert reason(found) is Reason.NO_ERASE_CLIENT

    def test_an_email_is_one_persons_in_any_case(self) -> None:
        identity = IdentityRules(email="$.email")
        found = decided(other("delete", userId=None, email="Ana@X.test"), identity=identity)
        change = found.parts[0].change
        assert isinstance(change, Deletion)
        assert (change.identity.kind, change.identity.value) == ("email", "ana@x.test")
        bad = decided(other("delete", userId=None, email="nobody"), identity=identity)
        assert reason(bad) is Reason.BAD_IDENTIFIER
        assert reason(decided(other("delete", userId=None))) is Reason.NO_IDENTIFIER


class TestIntake:
    def take(self, *items: object, **rules: Any) -> tuple[Ledger, list[tuple[int, int | None]]]:
        ledger = Ledger()
        offered: list[tuple[int, int | None]] = []

        def offer(parts: Sequence[Part], ticket: Ticket) -> None:
            offered.append((len(parts), ticket.index))
            assert ticket.open == sum(part.delivery.value.bit_count() or 1 for part in parts)

        chosen = EngageRules(**rules)
        intake = Intake(
            Decider(chosen, DEFAULTS), ledger, offer, cadence=chosen.cadence, now_ns=lambda: NOON
        )
        for position, item in enumerate(items):
            intake.take(position, item)
        return ledger, offered

    def test_arrays_are_taken_apart(self) -> None:
        _, offered = self.take([call("u1"), call("u2")], call("u3"), audiences=CO | ID | BO)
        assert offered == [(2, 0), (2, 1), (2, None)]

    def test_what_is_unusable_is_settled_at_once(self) -> None:
        ledger, offered = self.take("{", call("u1", member=3), other("page"), [])
        assert offered == []
        assert ledger.report(forgotten=0, seconds=0).reasons == {
            Reason.NOT_JSON: 1,
            Reason.BAD_MEMBERSHIP: 1,
            Reason.NOT_ENGAGE: 1,
        }

    def test_warnings_of_reading_and_of_mapping_are_counted(self) -> None:
        raw = track(receivedAt="2026-11-01T00:00:00Z")
        raw["properties"] = {"audience_key": "vip"}
        ledger, _ = self.take(raw, raw, other("delete"))
        warnings = ledger.report(forgotten=0, seconds=0).warnings
        assert set(warnings.values()) == {2}
        assert len(warnings) == 2

    def test_lag_is_noted_by_computation_filtered_or_not(self) -> None:
        ledger, _ = self.take(
            call("u1", 0),
            {**call("u1", 42_000), "receivedAt": "2026-11-02T11:40:10.000Z"},
            call("u1", key="secret"),
            cadence={"vip": timedelta(hours=1)},
            overrides={"secret": Delivery.NONE},
        )
        secret, vip = ledger.report(forgotten=0, seconds=0).lags
        assert (vip.key, vip.calls, vip.stale, vip.received_max) == ("vip", 2, 1, 10.0)
        assert (secret.key, secret.calls, secret.stale) == ("secret", 1, 0)

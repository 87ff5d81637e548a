"""What becomes of one call, said without sending it."""

from __future__ import annotations

import copy
import json
from datetime import timedelta
from typing import Any

import pytest

from braze_engage import AliasRule, Delivery, EngageRules, IdentityRules, Nulls, Reason, Repeats
from braze_engage.engage.calls import read_call
from braze_engage.sync.decider import Decider, Defaults
from braze_engage.sync.explaining import Explanation, explain
from braze_engage.sync.foreseeing import Foresight
from braze_engage.sync.known import Known
from braze_engage.sync.state import MemoryState
from tests.support.changes import call
from tests.support.writes import order, who

ALL = Delivery.IDENTIFY | Delivery.TRACK | Delivery.COHORT | Delivery.BOOLEAN
MEMBERSHIP = Delivery.COHORT | Delivery.BOOLEAN
NOON = 1_793_620_800 * 10**9  # 2026-11-02 12:00 UTC
AT_1 = 1_793_577_601 * 10**9  # the first second of that day, as of `call`

Raw = dict[str, Any]  # Any: a call is JSON


def explained(
    raw: object,
    *,
    state: MemoryState | None = None,
    paused: tuple[str, ...] = (),
    defaults: Delivery = Delivery.IDENTIFY,
    **rules: Any,  # Any: of EngageRules
) -> Explanation:
    """Explain a call at noon."""
    chosen = EngageRules(**{"audiences": defaults, **rules})
    reading = read_call(raw, now_ns=NOON)
    decider = Decider(chosen, Defaults(defaults, Delivery.IDENTIFY, Delivery.TRACK, erases=True))
    foresight = Foresight(
        MemoryState() if state is None else state,
        suppress_repeats=chosen.repeats is Repeats.SUPPRESS,
        paused=frozenset(paused),
    )
    decision = decider.decide(reading, now_ns=NOON)
    return explain(reading, decision, rules=chosen, foresight=foresight, now_ns=NOON)


def trait(values: Raw, **more: Any) -> Raw:  # Any: JSON
    raw = call("u1", 36_000, key="ltv")
    raw["traits"] = values
    raw["context"]["personas"] |= {"computation_class": "trait", "computation_id": "tra_1"}
    return {**raw, **more}


def entered(person: str = "u1", **more: Any) -> Raw:  # Any: JSON
    raw = {**call(person, 36_000), "type": "track", "event": "Audience Entered"}
    raw["properties"] = raw.pop("traits")
    return {**raw, **more}


def deleted_call(person: str | None = "u1") -> Raw:
    return {"type": "delete", "userId": person, "timestamp": "2026-11-02T10:00:00Z"}


class TestKindsOfCalls:
    def test_a_trait(self) -> None:
        raw = trait({"ltv": 12.5, "first_name": "Ana", "tags": ["a", None]}, messageId="m1")
        before = copy.deepcopy(raw)
        found = explained(raw)
        assert raw == before
        assert found.call is raw
        assert (found.outcome, found.reason) == ("sent", Reason.ACCEPTED)
        assert found.request == {
            "path": "/users/track",
            "body": {
                "attributes": [
                    {"external_id": "u1", "ltv": 12.5, "first_name": "Ana", "tags": ["a"]}
                ]
            },
        }
        assert found.data_points == 3
        assert [one.name for one in found.deliveries[0].dropped] == ["tags[1]"]
        text = str(found)
        for part in (
            "identify, message m1",
            "2026-11-02T10:00:00.000000000Z",
            "trait ltv (tra_1), space spa_1",
            "POST /users/track",
            "data points",
            "tags[1]: ",
            "external_id 'u1'",
        ):
            assert part in text
        assert "<table>" in found._repr_html_()

    def test_every_delivery_of_an_audience_by_identify(self) -> None:
        found = explained(call("u1", 36_000), defaults=ALL)
        assert [one.delivery for one in found.deliveries] == [
            Delivery.IDENTIFY | Delivery.BOOLEAN,
            Delivery.COHORT,
        ]
        assert [one.path for one in found.deliveries] == [
            "/users/track",
            "/partners/{partner}/cohorts/users",
        ]
        assert found.deliveries[1].body == {
            "cohort_id": "aud_1",
            "cohort_changes": [{"user_ids": ["u1"]}],
        }
        assert found.data_points == 1
        assert "IDENTIFY|BOOLEAN" in str(found)

    def test_every_delivery_of_an_audience_by_track(self) -> None:
        found = explained(entered(), defaults=ALL)
        assert [one.delivery for one in found.deliveries] == [
            Delivery.BOOLEAN,
            Delivery.TRACK,
            Delivery.COHORT,
        ]
        assert found.deliveries[1].body == {
            "events": [
                {
                    "external_id": "u1",
                    "name": "Audience Entered",
                    "time": "2026-11-02T10:00:00.000Z",
                    "properties": {"vip": True},
                }
            ]
        }
        assert found.data_points == 2
        assert "Audience Entered" in str(found)

    def test_an_alias(self) -> None:
        alias = AliasRule(alias_name="$.cookie", alias_label="web")
        raw = {**call(None, 36_000), "cookie": "c1"}
        found = explained(raw, identity=IdentityRules(user_alias=alias))
        assert found.identity == who("c1", "user_alias")
        assert "user_alias 'c1' with label 'web'" in str(found)

    def test_a_deletion(self) -> None:
        found = explained(deleted_call())
        assert found.request == {"path": "/users/delete", "body": {"external_ids": ["u1"]}}
        assert found.delivery is Delivery.NONE
        assert found.rule == "deletions are never filtered"
        assert explained(deleted_call(None)).reason is Reason.NO_IDENTIFIER

    @pytest.mark.parametrize(
        ("raw", "reason"),
        [
            (None, Reason.NOT_AN_OBJECT),
            ({"type": "group", "timestamp": "2026-11-02T10:00:00Z"}, Reason.NOT_A_USER),
            ({"type": "page", "timestamp": "2026-11-02T10:00:00Z"}, Reason.NOT_ENGAGE),
            ({**call("u1"), "timestamp": "yesterday"}, Reason.BAD_TIME),
            (call(None), Reason.NO_IDENTIFIER),
            (call("u1", member="maybe"), Reason.BAD_MEMBERSHIP),
            (call("u1", key="secret"), Reason.IGNORED),
        ],
    )
    def test_what_is_not_sent_says_why_and_costs_nothing(self, raw: object, reason: Reason) -> None:
        found = explained(raw, overrides={"secret": Delivery.NONE})
        assert found.reason is reason
        assert found.detail
        assert (found.request, found.identity, found.data_points) == (None, None, 0)
        assert found.outcome is reason.outcome
        assert reason.outcome.value in str(found)

    def test_an_unreadable_call_has_no_raw_and_keeps_its_message_id(self) -> None:
        found = explained({"messageId": "m9", "type": "identify", "context": 3})
        assert found.call is None
        assert "message m9, not readable" in str(found)
        assert "without id, not readable" in str(explained(None))

    def test_the_worst_delivery_speaks_for_the_call(self) -> None:
        found = explained(call("u1", 36_000, key="email"), defaults=ALL)
        assert {one.outcome for one in found.deliveries} == {"malformed", "sent"}
        assert found.outcome == "malformed"
        assert found.worst.delivery is not Delivery.COHORT
        assert found.identity == who("u1")

    def test_a_null_that_a_rule_ignores(self) -> None:
        found = explained(trait({"ltv": None}), nulls=Nulls.IGNORE)
        assert found.reason is Reason.NULL_IGNORED


class TestWhatIsKnown:
    def test_a_duplicate(self) -> None:
        state = MemoryState()
        state.remember_done(Delivery.IDENTIFY, "m1")
        found = explained({**call("u1", 36_000), "messageId": "m1"}, state=state)
        assert found.reason is Reason.SAME_MESSAGE
        assert (found.request, found.data_points) == (None, 0)
        both = explained({**call("u1", 36_000), "messageId": "m1"}, state=state, defaults=ALL)
        assert [one.reason for one in both.deliveries] == [Reason.ACCEPTED] * 2

    @pytest.mark.parametrize("delivery", [Delivery.COHORT, Delivery.IDENTIFY, Delivery.BOOLEAN])
    def test_what_is_late(self, delivery: Delivery) -> None:
        state = MemoryState()
        newer = Known(order(0)._replace(time_ns=NOON), "false")
        for subject in ("cohort aud_1", "attribute vip"):
            state.remember(subject, who("u1"), newer)
        assert explained(call("u1", 1), state=state, defaults=delivery).reason is Reason.NEWER_KNOWN

    @pytest.mark.parametrize("delivery", [Delivery.COHORT, Delivery.IDENTIFY, Delivery.BOOLEAN])
    def test_what_is_known_already_is_left_out_by_rule(self, delivery: Delivery) -> None:
        state = MemoryState()
        for subject in ("cohort aud_1", "attribute vip"):
            state.remember(subject, who("u1"), Known(order(0), "true"))
        sent = explained(call("u1", 1), state=state, defaults=delivery)
        assert sent.reason is Reason.ACCEPTED
        left_out = explained(
            call("u1", 1), state=state, defaults=delivery, repeats=Repeats.SUPPRESS
        )
        assert left_out.reason is Reason.SAME_STATE
        other = call("u1", 1, member=False)
        changed = explained(other, state=state, defaults=delivery, repeats=Repeats.SUPPRESS)
        assert changed.reason is Reason.ACCEPTED

    def test_of_a_call_that_is_partly_late_only_the_rest_is_shown(self) -> None:
        state = MemoryState()
        newer = Known(order(0)._replace(time_ns=NOON), "1")
        state.remember("attribute tier", who("u1"), newer)
        found = explained(trait({"ltv": 1, "tier": "gold"}), state=state)
        assert found.request is not None
        assert found.request["body"] == {"attributes": [{"external_id": "u1", "ltv": 1}]}
        assert found.data_points == 1

    @pytest.mark.parametrize("delivery", [ALL, Delivery.TRACK])
    def test_who_was_deleted_afterwards(self, delivery: Delivery) -> None:
        state = MemoryState()
        state.bury(who("u1"), NOON)
        found = explained(entered(), state=state, defaults=delivery)
        assert {one.reason for one in found.deliveries} == {Reason.PERSON_DELETED}
        assert explained(deleted_call(), state=state).reason is Reason.NEWER_KNOWN
        state = MemoryState()
        state.bury(who("u1"), 5)
        found = explained(entered(), state=state, defaults=delivery)
        assert {one.reason for one in found.deliveries} == {Reason.ACCEPTED}
        assert explained(deleted_call(), state=state).reason is Reason.ACCEPTED

    def test_what_is_paused(self) -> None:
        for raw in (call("u1", 36_000), entered()):
            found = explained(raw, paused=("vip",), defaults=ALL)
            assert {one.reason for one in found.deliveries} == {Reason.PAUSED}
        assert explained(trait({"ltv": 1}), paused=("vip",)).reason is Reason.ACCEPTED
        assert explained(deleted_call(), paused=("vip",)).reason is Reason.ACCEPTED

    def test_explaining_changes_nothing(self) -> None:
        state = MemoryState()
        for _ in range(2):
            raw = {**call("u1", 36_000), "messageId": "m1"}
            assert explained(raw, state=state).outcome == "sent"
        assert (state.kept, state._deleted) == (0, {})


class TestWarnings:
    def test_oddities_and_those_of_reading_and_mapping(self) -> None:
        raw = entered()
        raw["properties"] = {"audience_key": "vip"}
        raw["receivedAt"] = "2026-11-01T00:00:00.000Z"
        found = explained(raw, defaults=MEMBERSHIP, cadence={"vip": timedelta(minutes=5)})
        text = " | ".join(found.warnings)
        assert "five minutes" in text
        assert "name of the event decided" in text
        assert "cadence expects at most 0:05:00" in text
        assert len(found.warnings) == len(set(found.warnings)) == 3
        assert str(found).count("warning") == 3

    def test_a_name_of_a_field_is_refused_with_a_remedy(self) -> None:
        found = explained(call("u1", 36_000, key="external_id"))
        assert found.reason is Reason.CONTROL_FIELD
        assert "rename" in found.detail


def test_no_repr_shows_a_person_or_a_value() -> None:
    raw = call("secret-person", 36_000)
    raw["traits"]["email"] = "secret@example.test"
    shown = repr(explained(raw, defaults=ALL))
    assert "secret" not in shown
    assert json.dumps(raw) not in shown

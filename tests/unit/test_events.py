"""Track calls as custom events."""

from __future__ import annotations

from typing import Any

import pytest

from braze_engage.engage import (
    AliasRule,
    EngageCall,
    EngageRules,
    EventChange,
    Identity,
    IdentityRules,
    OrderKey,
    Reason,
    Unusable,
    event_change,
)
from tests.support.calls import Raw, engage_call, identify, track
from tests.support.track import event as checked

RULES = EngageRules()
ENTERED = {"audience_key": "vip", "vip": True}


def told(call: EngageCall, rules: EngageRules = RULES) -> EventChange:
    found = event_change(call, rules)
    assert isinstance(found, EventChange), found
    assert checked(found.to_json())
    return found


def properties(values: Raw) -> tuple[Raw, dict[str, str]]:
    """The properties that are sent, and what is said about the rest."""
    change = told(track(values))
    sent = change.event["properties"]
    assert isinstance(sent, dict)
    return sent, {dropped.name: dropped.why for dropped in change.dropped}


def refused(found: object) -> Reason:
    assert isinstance(found, Unusable), found
    assert found.message_id == "m1"
    assert found.detail
    return found.reason


class TestChange:
    def test_every_part(self) -> None:
        call = track(ENTERED, key="vip", named="audience", event="Audience Entered")
        assert told(call) == EventChange(
            identity=Identity("external_id", "u1"),
            event={
                "name": "Audience Entered",
                "time": "1970-01-01T00:00:01.000Z",
                "properties": ENTERED,
            },
            order=OrderKey(1_000_000_000, 2_000_000_000, "m1", "true"),
            key="vip",
            space_id="spa_1",
            dropped=(),
            warning=None,
        )

    def test_an_ordinary_call(self) -> None:
        change = told(track({"price": 1}, key=None, event="Bought"))
        assert (change.key, change.space_id) == (None, None)
        assert change.to_json() == {
            "external_id": "u1",
            "name": "Bought",
            "time": "1970-01-01T00:00:01.000Z",
            "properties": {"price": 1},
        }

    def test_by_rule(self) -> None:
        rules = EngageRules(app_id="app-1", update_existing_only=False)
        assert told(track({"ltv": 1}), rules).event == {
            "name": "Trait Computed",
            "time": "1970-01-01T00:00:01.000Z",
            "properties": {"ltv": 1},
            "app_id": "app-1",
            "_update_existing_only": False,
        }

    def test_personal_data_is_not_shown(self) -> None:
        shown = repr(told(track({"ltv": "secret"})))
        assert "u1" not in shown
        assert "secret" not in shown

    @pytest.mark.parametrize(
        ("rules", "identifier"),
        [
            (IdentityRules(email="$.context.traits.email"), {"external_id": "u1"}),
            (
                IdentityRules(external_id=None, email="$.properties.email"),
                {"email": "a@b.test"},
            ),
            (
                IdentityRules(
                    external_id=None, user_alias=AliasRule(alias_name="$.userId", alias_label="x")
                ),
                {"user_alias": {"alias_name": "u1", "alias_label": "x"}},
            ),
        ],
    )
    def test_one_identifier(self, rules: IdentityRules, identifier: Raw) -> None:
        call = track({"email": "A@b.test"})
        sent = told(call, EngageRules(identity=rules)).to_json()
        assert {**sent, **identifier} == sent
        assert len(sent) == 4

    @pytest.mark.parametrize(
        ("call", "expected"),
        [
            (identify({"ltv": 1}), Reason.NOT_TRACK),
            (engage_call("group", None, traits={"ltv": 1}), Reason.NOT_A_USER),
            (engage_call("page", None, key=None), Reason.NOT_TRACK),
            (track({"ltv": 1}, userId=None), Reason.NO_IDENTIFIER),
            (track({"ltv": 1}, event=""), Reason.BAD_EVENT_NAME),
            (track({"ltv": 1}, event=None), Reason.BAD_EVENT_NAME),
            (track({"ltv": 1}, event=" "), Reason.BAD_EVENT_NAME),
            (track({"ltv": 1}, event="$x"), Reason.BAD_EVENT_NAME),
            (track({"ltv": 1}, event="\ud800"), Reason.BAD_EVENT_NAME),
            (track({"ltv": 1}, event="x" * 256), Reason.BAD_EVENT_NAME),
            # the graver of two
            (track({"ltv": 1}, event="", userId=None), Reason.BAD_EVENT_NAME),
        ],
    )
    def test_what_is_none(self, call: EngageCall, expected: Reason) -> None:
        assert refused(event_change(call, RULES)) is expected

    def test_every_kind_of_event(self) -> None:
        entity: Raw = {**ENTERED, "account": [{"ID": "a-9", "__entity": "account"}]}
        for call in (
            track({"journey_context": {"Cart Modified - x.y": {"id": 1}}}, named="journey_step"),
            track(entity, key="vip", named="audience", event="overdue_accounts_entity_entered"),
            track({"vip": "maybe"}, key="vip", named="audience"),
            track({"x": 1}, named="Default"),
        ):
            change = told(call)
            assert change.event["properties"] == call.values
            assert change.dropped == ()

    @pytest.mark.parametrize(
        ("given", "expected"),
        [
            ({"properties": {}}, {}),
            ({"properties": None}, None),
            ({"properties": None, "traits": {"ltv": 2}}, {"ltv": 2}),
        ],
    )
    def test_without_properties(self, given: Raw, expected: Raw | None) -> None:
        assert told(track(None, **given)).event.get("properties") == expected


class TestNames:
    def test_renamed(self) -> None:
        rules = EngageRules(event_names={"Joined": "Audience Entered", "x" * 300: "Long"})
        for arrives, expected in (
            ("Joined", "Audience Entered"),
            ("joined", "joined"),
            ("Audience Entered", "Audience Entered"),
            ("x" * 300, "Long"),
        ):
            assert told(track(ENTERED, event=arrives), rules).event["name"] == expected

    def test_the_longest(self) -> None:
        assert told(track(ENTERED, event="ж" * 255)).event["name"] == "ж" * 255


class TestTime:
    @pytest.mark.parametrize(
        ("changes", "expected"),
        [
            ({}, "1970-01-01T00:00:01.000Z"),
            ({"timestamp": "2026-11-02T09:15:00.066Z"}, "1970-01-01T00:00:02.000Z"),
            (
                {"timestamp": "2026-11-02T09:15:00.066179717Z", "receivedAt": None},
                "2026-11-02T09:15:00.066Z",
            ),
            (
                {"timestamp": "2026-11-02T09:15:00+01:00", "receivedAt": None},
                "2026-11-02T08:15:00.000Z",
            ),
            ({"timestamp": None}, "1970-01-01T00:00:02.000Z"),
        ],
    )
    def test_when_it_happened(self, changes: Raw, expected: str) -> None:
        assert told(track(ENTERED, **changes)).event["time"] == expected

    @pytest.mark.parametrize(
        ("rule", "expected"),
        [
            ("$.receivedAt", "1970-01-01T00:00:02.000Z"),
            ("$.properties.at", "2026-11-02T12:00:00.500Z"),
            (("$.properties.none", "$.timestamp"), "1970-01-01T00:00:01.000Z"),
        ],
    )
    def test_by_rule(self, rule: str | tuple[str, ...], expected: str) -> None:
        call = track({"at": 1_793_620_800_500})
        change = told(call, EngageRules(time=rule))
        assert change.event["time"] == expected
        # order is another matter
        assert change.order.time_ns == 1_000_000_000

    @pytest.mark.parametrize("at", [None, "soon", "05/01/2024", 7, True, []])
    def test_one_that_cannot_be_read(self, at: object) -> None:
        found = event_change(track({"at": at}), EngageRules(time="$.properties.at"))
        assert refused(found) is Reason.BAD_TIME
        assert isinstance(found, Unusable)
        assert "'$.properties.at'" in found.detail

    def test_beyond_the_calendar(self) -> None:
        far = "9999-12-31T23:59:59-01:00"
        found = event_change(track(ENTERED, timestamp=far, receivedAt=None), RULES)
        assert refused(found) is Reason.BAD_TIME


class TestProperties:
    @pytest.mark.parametrize(
        "value",
        [
            *("x" * 255, "ж" * 255, "", 1, 12.5, 2**900, True, None, [], {}, [None], [["a"], {}]),
            *({"a": None}, {"a b": {"c.d": [1, None, {"e": "x"}]}}, {"inc": 1}),
        ],
    )
    def test_kept_as_it_is(self, value: object) -> None:
        assert properties({"ltv": value}) == ({"ltv": value}, {})

    @pytest.mark.parametrize(
        ("values", "sent", "said"),
        [
            ({"a": 1, "time": "x"}, {"a": 1}, {"time": "to itself"}),
            ({"a": 1, "event_name": 1}, {"a": 1}, {"event_name": "to itself"}),
            ({"a": 1, "$b": 1}, {"a": 1}, {"$b": "dollar"}),
            ({"a": 1, "": 1}, {"a": 1}, {"": "empty"}),
            ({"a": 1, "x" * 256: 1}, {"a": 1}, {"x" * 64 + "...": "256 characters"}),
            ({"a": 1, "b": "x" * 256}, {"a": 1}, {"b": "256 characters"}),
            ({"a": 1, "b": float("nan")}, {"a": 1}, {"b": "not finite"}),
            ({"a": 1, "b": 2**1024}, {"a": 1}, {"b": "too large"}),
            ({"a": 1, "b": b"raw"}, {"a": 1}, {"b": "JSON does not know"}),
            ({"b": ["x" * 256, 1]}, {"b": [1]}, {"b[0]": "256 characters"}),
            ({"b": {"c": "x" * 256}}, {"b": {}}, {"b.c": "256 characters"}),
            ({"b": {"$c": 1, "d": 2}}, {"b": {"d": 2}}, {"b.$c": "dollar"}),
            ({"b": {"time": 1}}, {"b": {"time": 1}}, {}),
        ],
    )
    def test_cut(self, values: Raw, sent: Raw, said: dict[str, str]) -> None:
        found, dropped = properties(values)
        assert found == sent
        assert dropped.keys() == said.keys()
        assert all(words in dropped[name] for name, words in said.items())

    def test_names_that_are_no_text(self) -> None:
        values: dict[Any, Any] = {7: 1, "ltv": 1, "\ud800": 1}  # Any: wrong on purpose
        assert properties(values)[0] == {"ltv": 1}

    def test_256_of_them(self) -> None:
        found, dropped = properties({f"p{n}": n for n in range(258)})
        assert len(found) == 256
        assert dropped == dict.fromkeys(("p256", "p257"), "Braze keeps 256 properties")

    def test_nesting(self) -> None:
        value: Raw = {}
        for _ in range(200):
            value = {"a": value}
        found, dropped = properties({"ltv": value})
        assert len(dropped) == 1
        assert "100 levels" in next(iter(dropped.values()))
        assert found["ltv"]["a"]

    def test_100_kib(self) -> None:
        small = ["x" * 250] * 10
        values = {"a": small, "b": ["x" * 250] * 300, "c": ["x" * 250] * 200, "d": "x"}
        found, dropped = properties(values)
        assert found == {"a": small, "c": values["c"], "d": "x"}
        assert dropped.keys() == {"b"}
        assert "102,400" in dropped["b"]

    def test_flat_ones_may_be_larger(self) -> None:
        values = {f"{n:0200}": "ж" * 255 for n in range(200)}
        assert properties(values) == (values, {})
        # with a list among them all count
        found, dropped = properties({**values, "b": [1]})
        assert found == values
        assert dropped.keys() == {"b"}

    def test_what_was_given_is_not_shared(self) -> None:
        values = {"ltv": [1], "a": {"b": 1}}
        found, _ = properties(values)
        assert found == values
        assert found is not values
        assert found["ltv"] is not values["ltv"]
        assert found["a"] is not values["a"]

"""Reading calls."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from collections import OrderedDict
from datetime import datetime, timezone
from itertools import pairwise
from types import MappingProxyType
from typing import Any

import pytest

from braze_engage.engage import (
    CallType,
    Computation,
    ComputationClass,
    EngageCall,
    OrderKey,
    Reason,
    Unusable,
    read_call,
    read_item,
)

NOW = 1_793_620_800_000_000_000
NINE = 1_793_610_900_066_000_000
PERSONAS = {
    "computation_class": "audience",
    "computation_id": "aud_1",
    "computation_key": "vip",
    "namespace": "spa_1",
    "space_id": "spa_1",
}

Raw = dict[str, Any]  # Any: a call is JSON


def identify(**changes: object) -> Raw:
    return {
        "type": "identify",
        "messageId": "personas_1",
        "userId": "u1",
        "traits": {"vip": True, "email": "ana@example.test"},
        "context": {"personas": PERSONAS},
        "timestamp": "2026-11-02T09:15:00.066Z",
        **changes,
    }


def track(**changes: object) -> Raw:
    usual = {"type": "track", "event": "Audience Entered", "properties": {"vip": True}}
    raw = identify(**{**usual, **changes})
    return {name: value for name, value in raw.items() if name != "traits" or "traits" in changes}


def personas(**changes: object) -> Raw:
    return {"personas": {**PERSONAS, **changes}}


def usable(raw: object) -> EngageCall:
    call = read_call(raw, now_ns=NOW)
    assert isinstance(call, EngageCall), call
    return call


def refused(raw: object) -> Unusable:
    call = read_call(raw, now_ns=NOW)
    assert isinstance(call, Unusable), call
    return call


def computation(raw: object) -> Computation:
    found = usable(raw).computation
    assert found is not None
    return found


def test_an_identify_call() -> None:
    raw = identify(
        originalTimestamp="2026-11-02T09:15:00.066179717Z", receivedAt="2026-11-02T09:15:11Z"
    )
    call = usable(raw)
    assert call.type is CallType.IDENTIFY
    assert call.message_id == "personas_1"
    assert call.computation == Computation(ComputationClass.AUDIENCE, "aud_1", "vip", "spa_1")
    assert call.event is None
    assert call.values is raw["traits"]
    assert call.time_ns == NINE + 179_717
    assert call.received_ns == 1_793_610_911_000_000_000
    assert call.order == OrderKey(call.time_ns, call.received_ns, "personas_1", "true")
    assert not call.has_entities
    assert call.warnings == ()
    assert call.raw is raw


def test_a_track_call() -> None:
    raw = track()
    call = usable(raw)
    assert call.type is CallType.TRACK
    assert call.event == "Audience Entered"
    assert call.values is raw["properties"]
    assert call.received_ns is None
    assert call.order == OrderKey(NINE, 0, "personas_1", "true")


def test_the_order_compares_by_time_arrival_id_and_value() -> None:
    keys = [
        OrderKey(1, 9, "z", "z"),
        OrderKey(2, 0, "z", "z"),
        OrderKey(2, 1, "a", "z"),
        OrderKey(2, 1, "b", "false"),
        OrderKey(2, 1, "b", "true"),
    ]
    assert all(older < newer for older, newer in pairwise(keys))


@pytest.mark.parametrize("named", ["page", "screen", "alias"])
def test_calls_that_engage_never_sends(named: str) -> None:
    call = usable({"type": named, "timestamp": "whenever", "context": 1, "properties": 2})
    assert call.type is CallType.OTHER
    assert call.computation is None
    assert call.time_ns == NOW


def test_an_ordinary_call() -> None:
    call = usable(track(context={"library": {"name": "analytics.js"}}, event="Order Completed"))
    assert call.computation is None
    assert call.event == "Order Completed"
    assert call.order == OrderKey(NINE, 0, "personas_1", "")
    assert usable(track(context=None)).computation is None
    assert usable(track(context={"personas": None})).computation is None
    assert usable(track(context={"personas": {}})).computation is None
    assert usable({"type": "track"}).values == {}


def test_a_deletion() -> None:
    # what stands beside the person does not matter
    call = usable(
        {"type": "delete", "userId": "u1", "timestamp": "2026-11-02T09:15:00.066Z", "context": 1}
    )
    assert call.type is CallType.DELETE
    assert call.computation is None
    assert call.time_ns == NINE
    assert refused({"type": "delete", "timestamp": ""}).reason is Reason.BAD_TIME


def test_an_account() -> None:
    call = usable(identify(type="group", groupId="acme-7"))
    assert call.type is CallType.GROUP
    assert call.computation is not None
    assert call.computation.key == "vip"


@pytest.mark.parametrize(
    ("raw", "reason", "words"),
    [
        (None, Reason.NOT_AN_OBJECT, "null"),
        ("personas", Reason.NOT_AN_OBJECT, "text"),
        (True, Reason.NOT_AN_OBJECT, "a boolean"),
        (1.5, Reason.NOT_AN_OBJECT, "a number"),
        ([], Reason.NOT_AN_OBJECT, "a list"),
        (object(), Reason.NOT_AN_OBJECT, "a object"),
        ({}, Reason.NO_TYPE, "type is missing"),
        ({"type": None}, Reason.NO_TYPE, "type is missing"),
        ({"type": ""}, Reason.NO_TYPE, "type is missing"),
        ({"type": "audience"}, Reason.UNKNOWN_TYPE, "identify, track"),
        ({"type": "Identify"}, Reason.UNKNOWN_TYPE, "lower case"),
        ({"type": ["track"]}, Reason.UNKNOWN_TYPE, "type must be"),
        (identify(context="x"), Reason.BAD_CONTEXT, "context is text"),
        (identify(context={"personas": ["vip"]}), Reason.BAD_CONTEXT, "context.personas is a list"),
        (
            identify(context=personas(computation_key=7)),
            Reason.BAD_CONTEXT,
            "computation_key is a number",
        ),
        (
            identify(context=personas(computation_id={})),
            Reason.BAD_CONTEXT,
            "computation_id is an object",
        ),
        (
            identify(context=personas(computation_class=True)),
            Reason.BAD_CONTEXT,
            "computation_class is a boolean",
        ),
        (identify(context=personas(space_id=["s"])), Reason.BAD_CONTEXT, "space_id is a list"),
        (identify(context=personas(computation_id="\ud800")), Reason.BAD_CONTEXT, "surrogate"),
        (identify(context=personas(computation_key="x" * 40_000)), Reason.BAD_CONTEXT, "longer"),
        (identify(traits="vip=true"), Reason.BAD_VALUES, "traits is text"),
        (identify(traits=None, properties=[1]), Reason.BAD_VALUES, "properties is a list"),
        (track(properties=[]), Reason.BAD_VALUES, "properties is a list"),
        (identify(timestamp="yesterday"), Reason.BAD_TIME, "timestamp"),
        (identify(timestamp=""), Reason.BAD_TIME, "timestamp"),
        (identify(timestamp=1714521600), Reason.BAD_TIME, "timestamp"),
        (
            identify(
                context={"personas": {"computation_class": "audience"}}, traits={"a": True, "b": 1}
            ),
            Reason.NO_COMPUTATION_KEY,
            "computation_key",
        ),
        (
            identify(
                context={"personas": {"external_audience_id": "e"}}, traits={"email": "a@b.test"}
            ),
            Reason.NO_COMPUTATION_KEY,
            "computation_key",
        ),
    ],
)
def test_what_cannot_be_used(raw: object, reason: Reason, words: str) -> None:
    before = copy.deepcopy(raw) if isinstance(raw, dict) else raw
    call = refused(raw)
    assert call.reason is reason
    assert words in call.detail
    assert call.message_id == (
        "personas_1" if isinstance(raw, dict) and "messageId" in raw else None
    )
    assert not isinstance(raw, dict) or raw == before


def test_the_detail_holds_no_value() -> None:
    secret = "ana@example.test"
    for raw in (
        identify(traits=secret),
        identify(context=secret),
        identify(timestamp=secret),
        identify(type=secret),
        secret,
    ):
        assert secret not in refused(raw).detail


def test_the_repr_holds_no_personal_data() -> None:
    assert "ana@example.test" not in repr(usable(identify()))
    assert "personas_1" in repr(usable(identify()))


class TestMessageId:
    @pytest.mark.parametrize("value", [None, "", 7, True, ["x"]])
    def test_anything_but_text_is_none(self, value: object) -> None:
        call = usable(identify(messageId=value))
        assert call.message_id is None
        assert call.order.message_id == ""

    def test_snake_case(self) -> None:
        raw = identify(message_id="m1")
        del raw["messageId"]
        assert usable(raw).message_id == "m1"
        assert usable(identify(message_id="m1")).message_id == "personas_1"

    def test_it_can_always_be_encoded(self) -> None:
        broken = usable(identify(messageId="m\ud800")).message_id
        assert broken == "m\\ud800"
        assert usable(identify(messageId="mé")).message_id == "mé"


class TestValues:
    def test_traits_stand_in_for_properties(self) -> None:
        # one page of the warehouse documentation prints a track call like this
        traits = {"trait_key": "ltv", "ltv": 2}
        context = personas(computation_class="trait", computation_key="ltv")
        assert (
            usable({**track(context=context), "properties": None, "traits": traits}).values
            is traits
        )

    def test_the_object_with_the_key_wins(self) -> None:
        full = {"vip": True}
        assert usable(identify(traits=full, properties={})).values is full
        assert usable(identify(traits={}, properties=full)).values is full
        assert usable(identify(traits={"email": "x"}, properties=full)).values is full
        assert usable({**track(properties={}), "traits": full}).values is full
        assert usable({**track(properties=full), "traits": {"vip": False}}).values is full

    def test_the_usual_object_where_none_has_the_key(self) -> None:
        usual = {"a": 1}
        assert usable(identify(traits=usual, properties={"b": 2})).values is usual
        assert usable({**track(), "properties": usual, "traits": {"b": 2}}).values is usual
        assert usable({**track(), "properties": {}, "traits": usual}).values is usual

    def test_a_broken_stand_in_does_not_matter(self) -> None:
        assert usable(identify(properties="x")).values == identify()["traits"]

    @pytest.mark.parametrize("kind", [OrderedDict, MappingProxyType])
    def test_any_mapping(self, kind: type) -> None:
        context = kind({"personas": kind(PERSONAS)})
        call = usable(kind(identify(traits=kind({"vip": False}), context=context)))
        assert call.order.value == "false"


class TestComputation:
    def test_every_part(self) -> None:
        context = personas(
            event_emitter_id="em_1", computation_run_id="run_1", audience_settings={}
        )
        assert computation(identify(context=context)) == Computation(
            ComputationClass.AUDIENCE, "aud_1", "vip", "spa_1", "em_1", "run_1"
        )

    @pytest.mark.parametrize(
        ("named", "computation_class"),
        [
            ("audience", ComputationClass.AUDIENCE),
            ("trait", ComputationClass.TRAIT),
            ("computed_trait", ComputationClass.TRAIT),
            ("journey_step", ComputationClass.JOURNEY_STEP),
            ("Default", ComputationClass.OTHER),
            ("something new", ComputationClass.OTHER),
        ],
    )
    def test_classes(self, named: str, computation_class: ComputationClass) -> None:
        assert (
            computation(identify(context=personas(computation_class=named))).computation_class
            is computation_class
        )

    @pytest.mark.parametrize("blank", [None, "", "  "])
    def test_blank_parts_count_as_absent(self, blank: str | None) -> None:
        context = personas(computation_id=blank, space_id=blank, computation_class=blank)
        assert computation(identify(context=context)) == Computation(
            ComputationClass.AUDIENCE, None, "vip", "spa_1"
        )
        context = personas(space_id=blank, namespace=blank)
        assert computation(identify(context=context)).space_id is None

    @pytest.mark.parametrize(
        ("traits", "computation_id", "computation_class"),
        [
            ({"audience_key": "vip"}, None, ComputationClass.AUDIENCE),
            ({"trait_key": "vip", "vip": True}, "aud_1", ComputationClass.TRAIT),
            ({"vip": True}, None, ComputationClass.AUDIENCE),
            ({"vip": False}, "tra_1", ComputationClass.AUDIENCE),
            ({"vip": 6}, "tra_1", ComputationClass.TRAIT),
            ({"vip": "true"}, "aud_1", ComputationClass.AUDIENCE),
            ({"vip": 6}, "x", ComputationClass.NONE),
            ({"vip": 6}, None, ComputationClass.NONE),
            ({}, None, ComputationClass.NONE),
        ],
    )
    def test_a_missing_class(
        self, traits: Raw, computation_id: str | None, computation_class: ComputationClass
    ) -> None:
        context = personas(computation_class=None, computation_id=computation_id)
        found = computation(identify(traits=traits, context=context))
        assert found.computation_class is computation_class
        assert (found.id, found.key) == (computation_id, "vip")

    @pytest.mark.parametrize("name", ["audience_key", "trait_key"])
    def test_the_key_beside_the_value(self, name: str) -> None:
        context = personas(computation_key=None)
        call = usable(identify(context=context, traits={name: "vip", "vip": True, "tier": 1}))
        assert call.computation is not None
        assert call.computation.key == "vip"
        assert name in call.warnings[0]

    def test_without_personas(self) -> None:
        raw = track(context={}, properties={"audience_key": "vip", "vip": True})
        assert computation(raw) == Computation(ComputationClass.AUDIENCE, None, "vip")
        raw = track(context={}, properties={"trait_key": "ltv", "ltv": 7})
        assert computation(raw) == Computation(ComputationClass.TRAIT, None, "ltv")
        # nothing is guessed about a call that never says it comes from Engage
        assert usable(track(context={}, properties={"vip": True})).computation is None
        assert usable(track(context={}, properties={"audience_key": 7})).computation is None

    def test_the_only_value_is_the_one(self) -> None:
        traits = {"email": "a@b.test", "first_name": "Ana", "user_id": "u1", "dormant": True}
        call = usable(identify(context=personas(computation_key=None), traits=traits))
        assert call.computation is not None
        assert call.computation.key == "dormant"
        assert "only value" in call.warnings[0]

    def test_an_id_in_place_of_the_key(self) -> None:
        context = personas(computation_key="aud_1")
        assert computation(identify(context=context, traits={"dormant": True})).key == "dormant"
        named = {"audience_key": "vip", "vip": True, "tier": "gold"}
        assert computation(identify(context=context, traits=named)).key == "vip"
        # it is a key after all
        assert computation(identify(context=context, traits={"aud_1": True, "x": 1})).key == "aud_1"
        assert computation(identify(context=context, traits={"a": True, "b": 1})).key == "aud_1"

    def test_a_key_from_the_values_must_be_sendable(self) -> None:
        context = personas(computation_key=None)
        assert (
            refused(identify(context=context, traits={"\udfff": True})).reason is Reason.BAD_CONTEXT
        )
        assert (
            refused(identify(context=context, traits={"audience_key": "\udfff"})).reason
            is Reason.BAD_CONTEXT
        )

    def test_a_broken_part_is_refused_whenever_it_comes(self) -> None:
        # what was read before is remembered, refusals are not
        for _ in range(2):
            assert (
                refused(identify(context=personas(event_emitter_id=1))).reason is Reason.BAD_CONTEXT
            )
            assert computation(identify(context=personas(event_emitter_id="1"))).emitter_id == "1"


class TestEntities:
    @pytest.mark.parametrize(
        "properties",
        [
            {"vip": True, "account____entity": "account"},
            {"vip": True, "account": [{"ID": "a", "__entity": "account"}]},
            {"vip": True, "account": [1, {"ID": "a", "__entity": "account"}]},
            {"vip": True, "account": {"ID": "a", "__entity": "account"}},
            {"vip": True, "data_graph_entity_context": {"account": [{"ID": "a-9"}]}},
        ],
    )
    def test_found(self, properties: Raw) -> None:
        assert usable(track(properties=properties)).has_entities

    @pytest.mark.parametrize(
        "properties",
        [
            {"vip": True, "audience_key": "vip"},
            {"vip": True, "list": [1, "__entity", ["__entity"]], "object": {"a": 1}},
            {"vip": True, "data_graph_entity_context": {}},
            {"vip": True, "__entity_count": 5},
            {"vip": True, 7: 1},
        ],
    )
    def test_not_found(self, properties: Raw) -> None:
        context = personas(event_emitter_id="em_1")
        assert not usable(track(properties=properties, context=context)).has_entities

    def test_an_ordinary_call_is_about_none(self) -> None:
        assert not usable(track(context={}, properties={"a__entity": 1})).has_entities


class TestEncodedValue:
    @pytest.mark.parametrize(
        ("value", "encoded"),
        [
            (True, "true"),
            (False, "false"),
            (None, "null"),
            ("true", '"true"'),
            ("é", '"\\u00e9"'),
            ("\ud800", '"\\ud800"'),
            (6, "6"),
            (0.85, "0.85"),
            (float("nan"), "NaN"),
            (["b", "a"], '["b","a"]'),
            ({"b": 1, "a": {"d": 2, "c": 3}}, '{"a":{"c":3,"d":2},"b":1}'),
            (datetime(2026, 11, 2, tzinfo=timezone.utc), '"2026-11-02 00:00:00+00:00"'),
            ({1: 2, "a": 3}, "dict"),
        ],
    )
    def test_canonical(self, value: object, encoded: str) -> None:
        assert usable(identify(traits={"vip": value})).order.value == encoded

    def test_absent(self) -> None:
        assert usable(identify(traits={"email": "x"})).order.value == ""

    def test_a_number_without_end(self) -> None:
        assert usable(identify(traits={"vip": 10**5000})).order.value == "int"

    def test_endless(self) -> None:
        endless: list[object] = []
        endless.append(endless)
        assert usable(identify(traits={"vip": endless})).order.value == "list"
        deep: object = []
        for _ in range(100_000):
            deep = [deep]
        assert usable(identify(traits={"vip": deep})).order.value == "list"


class TestItems:
    def test_a_call(self) -> None:
        raw = identify()
        ((place, call),) = read_item(raw, now_ns=NOW)
        assert place is None
        assert call == usable(raw)

    @pytest.mark.parametrize(
        "text",
        [
            json.dumps(identify()),
            json.dumps(identify()).encode(),
            bytearray(json.dumps(identify()).encode()),
            "\ufeff" + json.dumps(identify()) + "\r\n",
            b"\xef\xbb\xbf" + json.dumps(identify()).encode(),
            json.dumps({"json": identify()}),
        ],
    )
    def test_text(self, text: str | bytes) -> None:
        ((place, call),) = read_item(text, now_ns=NOW)
        assert place is None
        assert call == usable(identify())

    @pytest.mark.parametrize("batch", [list, tuple, json.dumps])
    def test_a_batch(self, batch: Any) -> None:  # Any: three callables of different kinds
        item = batch([identify(), 7, {"json": track()}, [identify()]])
        found = read_item(item, now_ns=NOW)
        assert [place for place, _ in found] == [0, 1, 2, 3]
        assert found[0][1] == usable(identify())
        assert found[2][1] == usable(track())
        reasons = [call.reason for _, call in found if isinstance(call, Unusable)]
        assert reasons == [Reason.NOT_AN_OBJECT, Reason.NOT_AN_OBJECT]

    def test_an_empty_batch_holds_no_call(self) -> None:
        assert read_item("[]", now_ns=NOW) == read_item([], now_ns=NOW) == []

    def test_only_a_wrapper_is_unwrapped(self) -> None:
        ((_, call),) = read_item({"json": "x"}, now_ns=NOW)
        assert isinstance(call, Unusable)
        assert call.reason is Reason.NO_TYPE
        ((_, call),) = read_item({**identify(), "json": track()}, now_ns=NOW)
        assert isinstance(call, EngageCall)
        assert call.type is CallType.IDENTIFY

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("", "character 0"),
            ('{"type": "track"', "character 16"),
            ("{'type': 'track'}", "character 1"),
            ('{"type": "track"} {}', "character 18"),
            ('{"a": NaN}', "NaN"),
            ('{"a": -Infinity}', "-Infinity"),
            (b'{"a": "\xff"}', "byte 7"),
            ("\ud800", "character 0"),
            ("[" * 200_000, "nested"),
            ('{"a": ' + "1" * 10_000 + "}", "digits"),
        ],
    )
    def test_text_that_is_no_json(self, text: str | bytes, words: str) -> None:
        ((place, call),) = read_item(text, now_ns=NOW)
        assert place is None
        assert isinstance(call, Unusable)
        assert call.reason is Reason.NOT_JSON
        assert words in call.detail

    @pytest.mark.parametrize("text", ["null", '"personas"', "17", "true"])
    def test_json_that_is_no_call(self, text: str) -> None:
        ((_, call),) = read_item(text, now_ns=NOW)
        assert isinstance(call, Unusable)
        assert call.reason is Reason.NOT_AN_OBJECT

    def test_of_a_repeated_name_the_last_value_counts(self) -> None:
        text = '{"type": "page", "type": "track", "messageId": "a", "messageId": "b"}'
        ((_, call),) = read_item(text, now_ns=NOW)
        assert isinstance(call, EngageCall)
        assert (call.type, call.message_id) == (CallType.TRACK, "b")


def test_the_room_needs_no_http_library() -> None:
    script = (
        "import sys\n"
        "sys.modules['requests'] = sys.modules['urllib3'] = None\n"
        "import braze_engage.engage\n"
        "print(braze_engage.engage.read_call({'type': 'page'}, now_ns=1).type.value)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "other"

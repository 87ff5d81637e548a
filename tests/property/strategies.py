"""Generators that the property tests share."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from hypothesis import strategies as st

from braze_engage.engage import (
    AliasRule,
    Delivery,
    EngageRules,
    Identity,
    IdentityRules,
    MembershipChange,
    OrderKey,
)

Raw = dict[str, Any]  # Any: a call is JSON

# few of each, so that they meet
KEYS = ["vip", "dormant", "j_o_winback__step_1", "aud_1"]
PEOPLE = ["u1", "u2", "u3"]
SECONDS = st.integers(0, 5)

texts = st.text(st.characters(codec=None), max_size=8) | st.sampled_from(
    ["", " ", "true", "false", "aud_1", "Audience Entered", "\ud800", "2026-11-02T09:15:00.066Z"]
)
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=True, allow_infinity=True)
    | texts
)
names = texts | st.sampled_from(
    [
        "type",
        "context",
        "personas",
        "traits",
        "properties",
        "userId",
        "json",
        "computation_key",
        "computation_id",
        "audience_key",
        "__entity",
    ]
)


def objects(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Raw]:  # Any: JSON
    return st.dictionaries(names, values, max_size=5)


def any_json() -> st.SearchStrategy[Any]:  # Any: JSON
    """Any JSON value, and what Python's parser makes of NaN and Infinity."""
    return st.recursive(
        scalars, lambda inner: st.lists(inner, max_size=4) | objects(inner), max_leaves=12
    )


def often(usual: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:  # Any: JSON
    """Mostly what is usual, now and then any JSON at all."""
    return st.integers(0, 14).flatmap(lambda draw: any_json() if draw == 14 else usual)


def _time(second: int) -> str:
    return datetime.fromtimestamp(second, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z")


times = st.builds(_time, SECONDS)

personas = st.fixed_dictionaries(
    {
        "computation_class": often(
            st.sampled_from(["audience", "trait", "journey_step", "Default"])
        ),
        "computation_id": often(st.sampled_from(["aud_1", "aud_2", "tra_1"])),
        "computation_key": often(st.sampled_from(KEYS)),
    },
    optional={
        "space_id": often(st.just("spa_1")),
        "event_emitter_id": often(st.just("em_1")),
        "computation_run_id": often(st.just("run_1")),
    },
)
values = st.dictionaries(
    st.sampled_from([*KEYS, "audience_key", "trait_key", "email", "account____entity"]),
    often(st.booleans() | st.sampled_from(["true", "False"])),
    max_size=4,
)


def odd_calls() -> st.SearchStrategy[Raw]:
    """Calls of every kind in which any part may be missing or be anything."""
    return st.fixed_dictionaries(
        {
            "type": often(st.sampled_from(["identify", "track"] * 4 + ["group", "delete", "page"])),
            "context": often(st.fixed_dictionaries({"personas": often(personas)})),
            "userId": often(st.sampled_from(PEOPLE)),
        },
        optional={
            "messageId": often(texts),
            "traits": often(values),
            "properties": often(values),
            "event": often(st.sampled_from(["Audience Entered", "Audience Exited"])),
            "timestamp": often(times),
            "originalTimestamp": often(times),
            "receivedAt": often(times),
        },
    )


@st.composite
def memberships(draw: st.DrawFn) -> Raw:
    """Calls of audiences that all can be used, about few people at few moments."""
    key = draw(st.sampled_from(KEYS[:2]))
    value: object = draw(st.booleans() | st.sampled_from(["true", "FALSE", None]))
    event = "Audience Entered" if draw(st.booleans()) else "Audience Exited"
    context: Raw = {
        "personas": {
            "computation_class": "audience",
            "computation_id": f"aud_{key}",
            "computation_key": key,
        },
        "device": {"id": draw(st.sampled_from(["d1", "d2"]))},
        "braze_alias": {
            "alias_name": draw(st.sampled_from(["a:b", "a"])),
            "alias_label": draw(st.sampled_from(["c", "b:c"])),
        },
    }
    return {
        "type": "track",
        "event": event,
        "properties": {"audience_key": key} if value is None else {key: value},
        "userId": draw(st.none() | st.sampled_from(PEOPLE)),
        "context": context,
        "timestamp": draw(times),
        "receivedAt": draw(st.none() | times),
        "messageId": draw(st.none() | st.sampled_from(["m1", "m2"])),
    }


identity_rules = st.sampled_from(
    [
        IdentityRules(),
        IdentityRules(device_id="$.context.device.id"),
        IdentityRules(device_id="$.context.device.id", user_alias="$.context.braze_alias"),
        IdentityRules(user_alias=AliasRule(alias_name="$.traits.email", alias_label="email")),
        IdentityRules(external_id=("$.userId", "$.traits[0]"), email="$.properties.email"),
    ]
)
deliveries = st.none() | st.sampled_from([*Delivery, Delivery.COHORT | Delivery.IDENTIFY])
rules = st.builds(
    EngageRules,
    audiences=deliveries,
    journeys=deliveries,
    overrides=st.dictionaries(st.sampled_from(KEYS), st.sampled_from(list(Delivery)), max_size=2),
    identity=identity_rules,
    event_names=st.sampled_from([{}, {"Joined": "Audience Entered"}]),
    cohort_names=st.dictionaries(st.sampled_from([*KEYS, "aud_2"]), st.just("a name"), max_size=2),
)

identities = st.one_of(
    st.builds(Identity, st.sampled_from(["external_id", "device_id"]), st.text(max_size=4)),
    st.builds(
        Identity, st.just("user_alias"), st.text("a:b", max_size=3), st.text("a:b", max_size=3)
    ),
)
changes = st.builds(
    MembershipChange,
    cohort_id=st.sampled_from(["aud_1", "aud_2"]),
    cohort_name=st.just("vip"),
    name_is_explicit=st.just(value=False),
    identity=identities,
    member=st.booleans(),
    order=st.builds(OrderKey, SECONDS, SECONDS, st.sampled_from(["", "m1"]), st.just("")),
    key=st.just("vip"),
).map(lambda one: one._replace(order=one.order._replace(value=str(one.member).lower())))

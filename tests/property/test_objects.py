"""Whatever the objects accept fits Braze's limits and arrives as it was meant."""

from __future__ import annotations

import copy
import json
from datetime import datetime, timezone
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from braze_engage._wire import encode, unstructure
from braze_engage.errors import ConfigurationError
from braze_engage.objects import (
    CONTROL_FIELDS,
    PROFILE_FIELDS,
    Event,
    Purchase,
    UserAlias,
    UserAttributes,
)

RESERVED = {*PROFILE_FIELDS, *CONTROL_FIELDS, "alias_name", "alias_label"}
MOMENT = datetime(2026, 11, 23, 10, 15, tzinfo=timezone.utc)

texts = st.text(max_size=300) | st.sampled_from(["a" * 255, "é" * 256, "\ud800", "2026-01-01"])
moments = st.datetimes(timezones=st.just(timezone.utc) | st.none())
scalars = (
    texts
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.none()
    | moments
    | st.dates()
    | st.binary(max_size=3)
)
keys = st.text(max_size=12) | st.sampled_from(
    ["inc", "add", "remove", "$add", "$update", "$time", "time", "price", "email", "a.b", "k" * 256]
)
wild = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=12,
)

plain = (
    st.text("aé ü0-", max_size=20)
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False, allow_infinity=False)
)
plain_keys = st.text("abcdefgh_é", min_size=1, max_size=12).filter(lambda key: key not in RESERVED)
trees = st.recursive(
    plain,
    lambda inner: st.dictionaries(plain_keys, inner, max_size=3) | st.lists(plain, max_size=3),
    max_leaves=8,
)
objects = st.dictionaries(plain_keys, trees | moments.filter(lambda moment: moment.year <= 3000))
matches = st.fixed_dictionaries(
    {"$identifier_key": st.just("id"), "$identifier_value": st.integers()}
)
operators = (
    st.fixed_dictionaries({"inc": st.integers()})
    | st.fixed_dictionaries({"add": st.lists(plain)}, optional={"remove": st.lists(plain)})
    | st.fixed_dictionaries(
        {"$add": st.lists(objects, max_size=3)}, optional={"$remove": st.lists(matches)}
    )
)
tame = plain | trees | objects | st.lists(objects, max_size=3) | operators | moments | st.none()
values = st.one_of(tame, tame, tame, wild)
mappings = st.dictionaries(st.one_of(plain_keys, plain_keys, keys), values, max_size=4)


def sent(value: object) -> dict[str, Any]:
    """The object as Braze reads it."""
    parsed = json.loads(encode(unstructure(value)))
    assert isinstance(parsed, dict)
    return parsed


def leaves(value: object) -> list[object]:
    if isinstance(value, dict):
        return [leaf for item in value.values() for leaf in leaves(item)]
    if isinstance(value, list):
        return [leaf for item in value for leaf in leaves(item)]
    return [value]


def inner_keys(value: object) -> list[str]:
    if isinstance(value, dict):
        return [*value, *(key for item in value.values() for key in inner_keys(item))]
    if isinstance(value, list):
        return [key for item in value for key in inner_keys(item)]
    return []


def size(value: object) -> int:
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


@settings(max_examples=200)
@given(mappings)
def test_accepted_custom_attributes_respect_every_limit(custom: dict[str, Any]) -> None:
    given_ = copy.deepcopy(custom)
    try:
        accepted = UserAttributes(external_id="u1", custom=custom)
    except ConfigurationError:
        assert custom == given_
        return
    assert custom == given_
    body = sent(accepted)
    assert body.pop("external_id") == "u1"
    assert set(body) == set(custom)
    assert not RESERVED & set(body)
    for key, value in body.items():
        assert 0 < len(key) <= 255
        assert all(len(leaf) <= 255 for leaf in leaves(value) if isinstance(leaf, str))
        if isinstance(value, (dict, list)):
            assert size(value) <= 100 * 1024
            assert None not in leaves(value)
        if isinstance(value, list):
            assert all(isinstance(item, dict) for item in value) or len(value) <= 500
        for name in inner_keys(value):
            assert not set(". ") & set(name)
            assert "$" not in name or name in {
                "$add",
                "$remove",
                "$update",
                "$time",
                "$identifier_key",
                "$identifier_value",
                "$new_object",
            }


@given(st.dictionaries(plain_keys, trees, max_size=4))
def test_what_json_can_say_arrives_unchanged(custom: dict[str, Any]) -> None:
    assume(not {"inc", "add", "remove"} & set(inner_keys(custom)))
    assert sent(UserAttributes(external_id="u1", custom=custom)) == {"external_id": "u1", **custom}
    event = Event(external_id="u1", name="n", time=MOMENT, properties=custom)
    assert sent(event).get("properties", {}) == custom


@settings(max_examples=200)
@given(mappings, st.sampled_from([Event, Purchase]))
def test_accepted_properties_respect_every_limit(
    properties: dict[str, Any], kind: type[Event | Purchase]
) -> None:
    given_ = copy.deepcopy(properties)
    fields: dict[str, Any] = (
        {"name": "n"} if kind is Event else {"product_id": "p", "currency": "EUR", "price": 1}
    )
    try:
        accepted = kind(external_id="u1", time=MOMENT, properties=properties, **fields)
    except ConfigurationError:
        return
    assert properties == given_
    body = sent(accepted).get("properties", {})
    assert set(body) == set(properties)
    reserved = {"time", "event_name"}
    if kind is Purchase:
        reserved |= {"product_id", "quantity", "price", "currency"}
    assert not reserved & set(body)
    assert len(body) <= 256
    assert all(0 < len(key) <= 255 and key[0] != "$" for key in inner_keys(body))
    assert all(len(leaf) <= 255 for leaf in leaves(body) if isinstance(leaf, str))
    assert size(body) <= (100 if kind is Event else 50) * 1024


@given(st.text(max_size=300), st.text(max_size=300))
def test_an_accepted_alias_has_at_most_236_bytes_each(name: str, label: str) -> None:
    fits = all(0 < len(text.encode("utf-8", "surrogatepass")) <= 236 for text in (name, label))
    try:
        alias = UserAlias(alias_name=name, alias_label=label)
    except ConfigurationError:
        assert not fits or any("\ud800" <= char <= "\udfff" for char in name + label)
        return
    assert fits
    assert sent(alias) == {"alias_name": name, "alias_label": label}


identifiers = st.fixed_dictionaries(
    {},
    optional={
        "external_id": st.text(max_size=5) | st.just("é" * 500),
        "user_alias": st.just(UserAlias(alias_name="a", alias_label="l")),
        "braze_id": st.text(max_size=3),
        "email": st.sampled_from(["a@b.c", "ana", ""]),
        "phone": st.sampled_from(["+4912", ""]),
    },
)


@given(identifiers)
def test_an_accepted_entry_names_exactly_one_person(given_: dict[str, Any]) -> None:
    try:
        body = sent(Event(name="n", time=MOMENT, **given_))
    except ConfigurationError:
        return
    primary = {"external_id", "user_alias", "braze_id"} & set(body)
    assert len(primary) == 1 or (not primary and {"email", "phone"} & set(body))
    assert set(given_) <= set(body)

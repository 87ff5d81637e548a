"""``/users/track`` and its siblings: identifiers, limits, errors and what arrives."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from braze_engage.testing import Alias, ManualClock, Summary
from tests.support.fake_calls import NOW, caller

AT = datetime(2026, 11, 2, 9, 15, tzinfo=timezone.utc)
GROUP = "0f3a1b5c-1d2e-4f50-8a6b-7c8d9e0f1a2b"
EVENT = {"external_id": "u1", "name": "Entered", "time": NOW}
PURCHASE = {"external_id": "u1", "product_id": "shoes", "currency": "EUR", "price": 9.5}
ALL_BAD = "Valid data must be provided in the 'attributes', 'events', or 'purchases' fields."


def people(count: int) -> list[dict[str, object]]:
    return [{"external_id": f"u{number}", "vip": True} for number in range(count)]


def test_everything_sent_arrives() -> None:
    braze = caller()
    answer = braze.track(
        attributes=[{"external_id": "u1", "first_name": "Ana", "vip": True}],
        events=[{**EVENT, "properties": {"key": "ltv"}, "app_id": "app"}],
        purchases=[{**PURCHASE, "time": NOW, "quantity": 3}],
    )
    assert answer.body == {
        "message": "success",
        "attributes_processed": 1,
        "events_processed": 1,
        "purchases_processed": 1,
    }
    user = braze.fake.users["u1"]
    assert (user.external_id, user.first_name) == ("u1", "Ana")
    assert user.custom_attributes == {"vip": True}
    (event,) = user.custom_events
    assert (event.name, event.time, event.properties, event.app_id) == (
        "Entered", AT, {"key": "ltv"}, "app",
    )  # fmt: skip
    assert user.custom_events["Entered"] == Summary("Entered", 1, AT, AT)
    assert user.purchases["shoes"] == Summary("shoes", 3, AT, AT)
    assert user.purchases[0].price == 9.5
    assert braze.fake.object_counts == {"attributes": 1, "events": 1, "purchases": 1}


def test_each_event_is_kept_and_counted_by_name() -> None:
    braze = caller()
    for day in ("03", "01", "02"):
        braze.track(events=[{**EVENT, "time": f"2026-11-{day}"}])
    braze.track(events=[{**EVENT, "name": "Other"}])
    events = braze.fake.users["u1"].custom_events
    assert len(events) == 4
    assert events.names == ("Entered", "Other")
    assert events[1] in events
    assert [event.time.day for event in events[:3]] == [3, 1, 2]
    first, last = (datetime(2026, 11, day, tzinfo=timezone.utc) for day in (1, 3))
    assert events["Entered"] == Summary("Entered", 3, first, last)
    with pytest.raises(KeyError):
        _ = events["entered"]
    assert "Other" in repr(events)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"attributes": people(75)}, 201),
        ({"attributes": people(76)}, 400),
        ({"attributes": people(50), "events": [EVENT] * 25}, 201),
        ({"attributes": people(50), "events": [EVENT] * 26}, 400),
    ],
)
def test_75_objects_together(body: dict[str, Any], status: int) -> None:
    answer = caller().track(**body)
    assert answer.status == status
    if status == 400:
        assert answer.body == {"message": "Max Input Length Exceeded"}


def test_75_objects_each_on_old_contracts() -> None:
    braze = caller(legacy_track_limit=True)
    assert braze.track(attributes=people(75), events=[EVENT] * 75).status == 201
    assert braze.track(attributes=people(76)).status == 400


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "No data parsed"),
        ({"attributes": []}, "No data parsed"),
        ({"attributes": [], "events": [], "purchases": []}, "No data parsed"),
        ({"attributes": {}}, "'attributes' must be an array of objects"),
        ({"attributes": None}, "'attributes' must be an array of objects"),
        ({"events": ["x"]}, "'events' must be an array of objects"),
    ],
)
def test_requests_without_data(body: dict[str, object], message: str) -> None:
    answer = caller().track(**body)
    assert (answer.status, answer.body) == (400, {"message": message})


IDENTIFIER = "'external_id', 'braze_id', 'user_alias', 'email' or 'phone' is required"
EMAIL = "The value provided for the 'email' field is not a valid email."
TWO = "only one of 'external_id', 'braze_id' or 'user_alias' is allowed"
ALIAS = {"alias_name": "a", "alias_label": "l"}


@pytest.mark.parametrize(
    ("array", "item", "error"),
    [
        ("attributes", {"vip": True}, IDENTIFIER),
        ("attributes", {"external_id": None}, IDENTIFIER),
        ("attributes", {"external_id": ""}, IDENTIFIER),
        ("attributes", {"external_id": 7}, IDENTIFIER),
        ("attributes", {"phone": "no"}, IDENTIFIER),
        ("attributes", {"external_id": "x", "user_alias": ALIAS}, TWO),
        ("attributes", {"external_id": "x", "braze_id": "y"}, TWO),
        ("attributes", {"user_alias": {"alias_name": "a"}}, "'user_alias' is not valid"),
        ("attributes", {"user_alias": {**ALIAS, "alias_name": "é" * 119}},
         "'user_alias' is not valid"),
        ("attributes", {"external_id": "é" * 494}, "'external_id' must be fewer than 988 bytes"),
        ("attributes", {"external_id": "x", "email": "nobody"}, EMAIL),
        ("attributes", {"email": "a@b"}, EMAIL),
        ("events", {**EVENT, "name": ""}, "'name' is not valid"),
        ("events", {**EVENT, "time": "yesterday"}, "'time' is not valid"),
        ("events", {"name": "x", "time": NOW}, IDENTIFIER),
        ("events", {**EVENT, "properties": []}, "Invalid 'properties' field"),
        ("events", {**EVENT, "properties": {"time": 1}}, "Invalid 'properties' field"),
        ("events", {**EVENT, "properties": {"$x": 1}}, "Invalid 'properties' field"),
        ("events", {**EVENT, "properties": {"x": ["y" * 103_000]}}, "Invalid 'properties' field"),
        ("purchases", {**PURCHASE, "time": NOW, "currency": "EURO"},
         "'currency' must be an ISO 4217 currency"),
        ("purchases", {**PURCHASE, "time": NOW, "currency": ["EUR"]},
         "'currency' must be an ISO 4217 currency"),
        ("purchases", {**PURCHASE, "time": NOW, "quantity": 101}, "'quantity' is not valid"),
        ("purchases", {**PURCHASE, "time": NOW, "quantity": True}, "'quantity' is not valid"),
        ("purchases", {**PURCHASE, "time": NOW, "price": "9"}, "'price' is not valid"),
        ("purchases", {**PURCHASE, "time": NOW, "product_id": "x" * 256},
         "'product_id' is not valid"),
        ("purchases", {**PURCHASE, "time": NOW, "properties": {"price": 1}},
         "Invalid 'properties' field"),
        ("purchases", PURCHASE, "'time' is not valid"),
    ],
)  # fmt: skip
def test_one_bad_object_does_not_take_the_others_along(
    array: str, item: dict[str, object], error: str
) -> None:
    braze = caller()
    good: dict[str, list[dict[str, object]]] = {"attributes": [{"external_id": "good"}]}
    answer = braze.track(**{**good, array: [*good.get(array, []), item]})
    index = 1 if array == "attributes" else 0
    assert answer.status == 201
    assert answer.body["errors"] == [{"type": error, "input_array": array, "index": index}]
    assert answer.body["attributes_processed"] == 1
    assert answer.body.get(f"{array}_processed") == (1 if array == "attributes" else 0)
    assert list(braze.fake.users) == ["good"]
    alone = braze.track(**{array: [item]})
    assert (alone.status, alone.body["message"]) == (400, ALL_BAD)
    assert alone.body["errors"] == [{"type": error, "input_array": array, "index": 0}]


TOKEN = {"app_id": "app", "token": "t1"}


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"external_id": "x" * 988}, "EXTERNAL_USER_ID_TOO_LARGE"),
        ({"external_id": "u1", "email": "nobody"}, "EMAIL_BAD_FORMAT"),
        ({"external_id": "u1", "email_subscribe": "yes"}, "BAD_EMAIL_SUBSCRIPTION_STATE"),
        ({"external_id": "u1", "push_subscribe": []}, "BAD_PUSH_SUBSCRIPTION_STATE"),
        ({"external_id": "u1", "current_location": [1, 2]}, "BAD_LOCATION_UPDATE"),
        ({"external_id": "u1", "current_location": {"longitude": 1}}, "BAD_LOCATION_UPDATE"),
        ({"external_id": "u1", "push_tokens": "t"}, "BAD_PUSH_TOKEN_VALUE"),
        ({"external_id": "u1", "push_tokens": [{"token": "t"}]}, "BAD_PUSH_TOKEN_APP_ID"),
        ({"external_id": "u1", "push_tokens": [{"app_id": "a"}]}, "BAD_PUSH_TOKEN_STRING"),
        ({"external_id": "u1", "push_tokens": [{**TOKEN, "device_id": "d"}]}, "BAD_DEVICE_ID"),
        ({"push_token_import": True, "push_tokens": []}, "BAD_PUSH_TOKEN_IMPORT"),
        ({"push_token_import": True, "push_tokens": [TOKEN], "external_id": "u1"},
         "BAD_PUSH_TOKEN_IMPORT"),
        ({"external_id": "u1", "subscription_groups": {}}, "BAD_SUBSCRIPTION_GROUP_ARRAY"),
        ({"external_id": "u1", "subscription_groups": [{"subscription_group_id": GROUP}]},
         "BAD_SUBSCRIPTION_GROUP_HASH"),
        ({"external_id": "u1", "subscription_groups": [
            {"subscription_group_id": "news", "subscription_state": "subscribed"}]},
         "BAD_SUBSCRIPTION_GROUP_ID"),
        ({"external_id": "u1", "subscription_groups": [
            {"subscription_group_id": GROUP, "subscription_state": "opted_in"}]},
         "BAD_SUBSCRIPTION_GROUP_STATE"),
        ({"external_id": "u1", "email_subscription_info": {}},
         "INVALID_ATTRIBUTE_EMAIL_SUBSCRIPTION_INFO"),
    ],
)  # fmt: skip
def test_documented_codes(fields: dict[str, object], code: str) -> None:
    answer = caller(documented_codes=True).track(attributes=[fields])
    assert [error["type"] for error in answer.body["errors"]] == [code]


@pytest.mark.parametrize(
    ("item", "created"),
    [
        ({"external_id": "new"}, True),
        ({"external_id": "new", "_update_existing_only": True}, False),
        ({"user_alias": ALIAS}, False),
        ({"user_alias": ALIAS, "_update_existing_only": True}, False),
        ({"user_alias": ALIAS, "_update_existing_only": False}, True),
        ({"email": "a@b.co"}, True),
        ({"email": "a@b.co", "_update_existing_only": True}, False),
        ({"phone": "+4915112345678"}, True),
        ({"phone": "+4915112345678", "_update_existing_only": True}, False),
        ({"braze_id": "00000000000000000000abcd"}, False),
        ({"braze_id": "no hexadecimal"}, False),
    ],
)
@pytest.mark.parametrize(
    ("array", "rest"),
    [
        ("attributes", {"vip": True}),
        ("events", {"name": "Entered", "time": NOW}),
        ("purchases", {"product_id": "p", "currency": "USD", "price": 1, "time": NOW}),
    ],
)
def test_what_creates_profiles(
    item: dict[str, object], array: str, rest: dict[str, object], *, created: bool
) -> None:
    braze = caller()
    assert braze.track(**{array: [{**item, **rest}]}).status == 201
    assert len(braze.fake.users.everyone) == created


def test_identifiers_find_the_profile() -> None:
    braze = caller()
    user = braze.fake.add_user("u1", aliases=[("a", "l")], email="A@b.co", phone="4155550100")
    named: tuple[dict[str, object], ...] = (
        {"external_id": "u1"}, {"user_alias": ALIAS}, {"braze_id": user.braze_id},
        {"email": "a@B.CO"}, {"phone": "+1 (415) 555-0100"}, {"phone": "4155550100"},
    )  # fmt: skip
    for number, identifier in enumerate(named):
        braze.track(attributes=[{**identifier, "seen": number}])
        assert user.custom_attributes["seen"] == number
    assert braze.fake.users.everyone == (user,)
    assert repr(braze.fake.users) == "<Users: 1 external ids, 1 profiles>"
    assert braze.fake.find(user_alias=("a", "l")) is user
    assert braze.fake.find(braze_id=user.braze_id) is user
    assert braze.fake.find(email="a@b.CO") is user
    assert braze.fake.find(phone="415-555-0100") is user
    assert braze.fake.find(device_id="d") is None


def test_a_primary_identifier_makes_an_address_a_plain_field() -> None:
    braze = caller()
    old = braze.fake.add_user(email="ana@b.co")
    braze.track(attributes=[{"external_id": "new", "email": "Ana@B.co"}])
    assert braze.fake.users["new"].email == "ana@b.co"
    assert braze.fake.users["new"] is not old
    braze.track(attributes=[{"external_id": "new", "email": "other@b.co"}])
    assert braze.fake.find(email="ana@b.co") is old


@pytest.mark.parametrize(
    ("array", "rest"),
    [
        ("attributes", {}),
        ("events", {"name": "Entered", "time": NOW}),
        ("purchases", {"product_id": "p", "currency": "USD", "price": 1, "time": NOW}),
    ],
)
def test_of_several_profiles_the_identified_and_latest_is_written(
    array: str, rest: dict[str, object]
) -> None:
    braze = caller()
    first, second = (braze.fake.add_user(name, email="a@b.co") for name in ("u1", "u2"))
    braze.track(**{array: [{"external_id": "u1", **rest}]})
    anonymous = braze.fake.add_user(email="a@b.co")
    braze.track(attributes=[{"email": "a@b.co", "by_email": True}])
    assert first.custom_attributes == {"by_email": True}
    assert second.custom_attributes == anonymous.custom_attributes == {}


def test_attributes_run_first() -> None:
    braze = caller()
    alias = {"user_alias": ALIAS}
    braze.track(
        events=[{**alias, "name": "Entered", "time": NOW}],
        attributes=[{**alias, "_update_existing_only": False, "vip": True}],
    )
    user = braze.fake.find(user_alias=("a", "l"))
    assert user is not None
    assert user.custom_events.names == ("Entered",)
    assert user.aliases == [Alias("a", "l")]


def test_the_future_becomes_now() -> None:
    clock = ManualClock()
    braze = caller(clock=clock)
    now = datetime.fromtimestamp(clock.now(), timezone.utc)
    later, earlier = now + timedelta(days=1), now - timedelta(days=4000)
    braze.track(events=[{**EVENT, "time": moment.isoformat()} for moment in (later, earlier)])
    assert [event.time for event in braze.fake.users["u1"].custom_events] == [now, earlier]


def test_only_256_properties_are_kept() -> None:
    braze = caller()
    braze.track(events=[{**EVENT, "properties": {f"p{number}": 1 for number in range(300)}}])
    (event,) = braze.fake.users["u1"].custom_events
    assert list(event.properties) == [f"p{number}" for number in range(256)]


def test_token_import_makes_anonymous_profiles_once() -> None:
    braze = caller()
    item = {"push_token_import": True, "push_tokens": [{**TOKEN, "device_id": "device-1"}]}
    for _ in range(2):
        assert braze.track(attributes=[item]).status == 201
    (user,) = braze.fake.users.everyone
    lone = {"push_token_import": True, "push_tokens": [{**TOKEN, "token": "t2"}]}
    braze.track(attributes=[lone])
    assert [one.devices for one in braze.fake.users.everyone] == [["device-1"], []]
    assert (user.external_id, user.devices) == (None, ["device-1"])
    assert braze.fake.find(device_id="device-1") is user


def test_bulk_takes_1000_objects_and_100_per_person() -> None:
    braze = caller()
    path = "/users/track/bulk"
    assert braze.post(path, {"attributes": people(1000)}).body["attributes_processed"] == 1000
    assert braze.post(path, {"attributes": people(1001)}).status == 400
    assert braze.post(path, {"events": [EVENT] * 100}).status == 201
    answer = braze.post(path, {"events": [EVENT] * 101})
    assert (answer.status, "100 objects per user" in answer.body["message"]) == (400, True)


@pytest.mark.parametrize(
    ("body", "users"),
    [
        (
            {"attributes": [{"external_id": "u1", " vip ": 1, "email": "a@b.co", "tags": ["x"]}]},
            [{"external_id": "u1", "custom_attributes": {"vip": 1, "tags": ["x"]}}],
        ),
        (
            {"attributes": [{"external_id": "u1", "long": "x" * 256}]},
            [{"external_id": "u1", "custom_attributes": {}}],
        ),
        (
            {"events": [EVENT]},
            [{"external_id": "u1", "custom_events": [
                {"name": "Entered", "first": "2026-11-02T09:15:00.000Z",
                 "last": "2026-11-02T09:15:00.000Z", "count": 1}]}],
        ),
        (
            {"purchases": [{**PURCHASE, "time": NOW, "quantity": 2}]},
            [{"external_id": "u1", "purchase_events": [
                {"product_id": "shoes", "first": "2026-11-02T09:15:00.000Z",
                 "last": "2026-11-02T09:15:00.000Z", "count": 2}]}],
        ),
        ({"attributes": [{"user_alias": ALIAS, "vip": True}]}, []),
    ],
)  # fmt: skip
def test_sync_echoes_what_became_of_it(body: dict[str, object], users: list[object]) -> None:
    answer = caller().post("/users/track/sync", body)
    assert (answer.status, answer.body) == (201, {"users": users, "message": "success"})


@pytest.mark.parametrize(
    "body",
    [
        {"attributes": people(2)},
        {"attributes": people(1), "events": [EVENT]},
        {"attributes": [{"vip": True}]},
    ],
)
def test_sync_takes_exactly_one_good_object(body: dict[str, object]) -> None:
    braze = caller()
    assert braze.post("/users/track/sync", body).status == 400
    assert dict(braze.fake.users) == {}


def test_profiles_need_not_be_kept() -> None:
    braze = caller(keep_profiles=False)
    assert braze.track(attributes=people(75)).status == 201
    assert dict(braze.fake.users) == {}
    assert braze.fake.object_counts == {"attributes": 75}

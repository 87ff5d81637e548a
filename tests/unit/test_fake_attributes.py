"""What becomes of the values of attributes."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest

from braze_engage.testing.values import encoded_size, export_time, iso, parse_time
from tests.support.fake_calls import caller

LONG = "x" * 256
BIG = [{"id": number, "text": "x" * 200} for number in range(600)]


@pytest.mark.parametrize(
    ("writes", "end"),
    [
        # set, overwrite, remove
        ([{"a": 1}, {"a": 2}], {"a": 2}),
        ([{"a": 1}, {"a": None}], {}),
        ([{"a": None}], {}),
        ([{"a": "x"}, {"a": ""}], {"a": ""}),
        ([{" a ": 1}], {"a": 1}),
        ([{"A": 1, "a": 2}], {"A": 1, "a": 2}),
        # too long, in silence
        ([{"a": "x"}, {"a": LONG}], {"a": "x"}),
        ([{"k" * 255: 1, "k" * 256: 1, "  ": 1}], {"k" * 255: 1}),
        # the first value fixes the type; others are coerced or dropped
        ([{"a": 1}, {"a": "2"}], {"a": 2}),
        ([{"a": 1}, {"a": "2.5"}], {"a": 2.5}),
        ([{"a": 1}, {"a": "many"}], {"a": 1}),
        ([{"a": 1}, {"a": ""}], {"a": 1}),
        ([{"a": 1}, {"a": True}], {"a": 1}),
        ([{"a": 1}, {"a": [1]}], {"a": 1}),
        ([{"a": True}, {"a": "F"}], {"a": False}),
        ([{"a": False}, {"a": 1}], {"a": True}),
        ([{"a": False}, {"a": "yes"}], {"a": False}),
        ([{"a": "x"}, {"a": 5}], {"a": "5"}),
        ([{"a": "x"}, {"a": True}], {"a": "true"}),
        ([{"a": "x"}, {"a": {"b": 1}}], {"a": "x"}),
        ([{"a": "2026-01-31"}, {"a": "soon"}], {"a": "2026-01-31"}),
        ([{"a": "2026-01-31"}, {"a": "2027-01-31"}], {"a": "2027-01-31"}),
        ([{"a": "3001-01-31"}, {"a": "soon"}], {"a": "soon"}),
        ([{"a": 1}, {"a": None}, {"a": "x"}], {}),
        ([{"a": [1]}, {"a": 1}], {"a": [1]}),
        ([{"a": {"b": 1}}, {"a": [1]}], {"a": {"b": 1}}),
        # increments
        ([{"a": {"inc": 5}}, {"a": {"inc": -2}}], {"a": 3}),
        ([{"a": 1.5}, {"a": {"inc": 1}}], {"a": 1.5}),
        ([{"a": 1}, {"a": {"inc": 1.5}}], {"a": 1}),
        ([{"a": "x"}, {"a": {"inc": 1}}], {"a": "x"}),
        # arrays
        ([{"a": ["x", "y", "x"]}], {"a": ["y", "x"]}),
        ([{"a": [1, True, "1"]}], {"a": [1, True, "1"]}),
        ([{"a": ["x"]}, {"a": {"add": ["y"]}}], {"a": ["x", "y"]}),
        ([{"a": ["x", "y"]}, {"a": {"add": ["x"]}}], {"a": ["y", "x"]}),
        ([{"a": ["x", "y"]}, {"a": {"add": ["z"], "remove": ["x", "q"]}}], {"a": ["y", "z"]}),
        ([{"a": {"add": ["x"]}}], {"a": ["x"]}),
        ([{"a": {"add": [["x"]]}}], {}),
        ([{"a": list(range(501))}], {"a": list(range(1, 501))}),
        ([{"a": list(range(500))}, {"a": {"add": [500]}}], {"a": list(range(1, 501))}),
        ([{"a": ["x"]}, {"a": [LONG]}], {"a": ["x"]}),
        ([{"a": ["x"]}, {"a": [None]}], {"a": ["x"]}),
        ([{"a": ["x"]}, {"a": ["x", {"b": 1}]}], {"a": ["x"]}),
        ([{"a": []}, {"a": [{"b": 1}]}, {"a": []}], {"a": []}),
        ([{"a": "x"}, {"a": []}], {"a": "x"}),
        # objects
        ([{"a": {"b": 1, "c": 2}}, {"a": {"b": 3}}], {"a": {"b": 3}}),
        ([{"a": {}}], {"a": {}}),
        ([{"a": {"b": 1}}, {"a": {"b": 2, "c": None}}], {"a": {"b": 1}}),
        ([{"a": {"b": 1}}, {"a": {"b c": 2}}], {"a": {"b": 1}}),
        ([{"a": {"b": 1}}, {"a": {"b.c": 2}}], {"a": {"b": 1}}),
        ([{"a": {"b": 1}}, {"a": {"b": {"c": [{"$d": 2}]}}}], {"a": {"b": 1}}),
        ([{"a": {"b": {"$time": "2026-01-31"}}}], {"a": {"b": {"$time": "2026-01-31"}}}),
        ([{"a": {"b": {"$time": "soon"}}}], {}),
        ([{"a": {"b": {"$time": None}}}], {}),
        ([{"a": {"b": 1}}, {"a": {"b": "x" * 102_400}}], {"a": {"b": 1}}),
        # arrays of objects
        ([{"a": [{"id": 1}]}, {"a": {"$add": [{"id": 1}]}}], {"a": [{"id": 1}, {"id": 1}]}),
        (
            [{"a": [{"id": 1}, {"id": 2}]},
             {"a": {"$remove": [{"$identifier_key": "id", "$identifier_value": 1}]}}],
            {"a": [{"id": 2}]},
        ),
        (
            [{"a": [{"id": 1, "n": 1}]},
             {"a": {"$update": [{"$identifier_key": "id", "$identifier_value": 1,
                                 "$new_object": {"id": 1, "m": 2}}]}}],
            {"a": [{"id": 1, "m": 2}]},
        ),
        (
            [{"a": {"$remove": [{"$identifier_key": "id", "$identifier_value": 1}],
                    "$add": [{"id": 1}]}}],
            {"a": []},
        ),
        ([{"a": [{"id": 1}]}, {"a": {"$add": [{"id": None}]}}], {"a": [{"id": 1}]}),
        ([{"a": [{"id": 1}]}, {"a": {"$update": [{"$new_object": 1}]}}], {"a": [{"id": 1}]}),
        ([{"a": [{"id": 1}]}, {"a": {"$add": BIG}}], {"a": [{"id": 1}]}),
    ],
)  # fmt: skip
def test_custom_attributes(writes: list[dict[str, object]], end: dict[str, object]) -> None:
    braze = caller()
    for fields in writes:
        assert braze.attributes(**fields).body == {"message": "success", "attributes_processed": 1}
    assert braze.fake.users["u1"].custom_attributes == end


@pytest.mark.parametrize(
    ("first", "second", "end"),
    [
        ({"b": {"c": 1, "d": 2}}, {"b": {"c": 3}, "e": 4}, {"b": {"c": 3, "d": 2}, "e": 4}),
        ({"b": 1}, {"b": {"c": 1}}, {"b": {"c": 1}}),
        (
            [{"id": 1, "n": 1}, {"id": 2}],
            {"$update": [
                {"$identifier_key": "id", "$identifier_value": 1, "$new_object": {"m": 2}}]},
            [{"id": 1, "n": 1, "m": 2}, {"id": 2}],
        ),
    ],
)  # fmt: skip
def test_objects_are_merged_on_demand(first: object, second: object, end: object) -> None:
    braze = caller()
    braze.attributes(a=first)
    braze.attributes(a=second, _merge_objects=True)
    assert braze.fake.users["u1"].custom_attributes == {"a": end}


def test_a_type_holds_for_the_whole_workspace() -> None:
    braze = caller()
    braze.fake.add_user("seed", custom_attributes={"ltv": 1.5})
    braze.attributes(ltv="much")
    assert braze.fake.users["u1"].custom_attributes == {}
    braze.attributes(ltv="2")
    assert braze.fake.users["u1"].custom_attributes == {"ltv": 2}


GROUP = "0f3a1b5c-1d2e-4f50-8a6b-7c8d9e0f1a2b"


@pytest.mark.parametrize(
    ("name", "sent", "stored"),
    [
        ("first_name", "Ana", "Ana"),
        ("first_name", LONG, None),
        ("first_name", 7, None),
        ("last_name", "Ruiz", "Ruiz"),
        ("home_city", "Madrid", "Madrid"),
        ("email", "Ana@B.Co", "ana@b.co"),
        ("phone", "4155550100", "+14155550100"),
        ("phone", "+49 151 12345678", "+4915112345678"),
        ("country", "es", "ES"),
        ("country", "Spain", None),
        ("language", "es", "es"),
        ("language", "spanish", None),
        ("gender", "F", "F"),
        ("gender", "female", None),
        ("dob", "1990-02-28", "1990-02-28"),
        ("dob", "28.2.1990", None),
        ("time_zone", "Europe/Madrid", "Europe/Madrid"),
        ("image_url", "https://a.b/" + "c" * 1000, "https://a.b/" + "c" * 1000),
        ("image_url", "https://a.b/" + "c" * 1024, None),
        ("email_subscribe", "opted_in", "opted_in"),
        ("push_subscribe", "unsubscribed", "unsubscribed"),
        ("email_open_tracking_disabled", True, True),
        ("email_click_tracking_disabled", "true", None),
        ("date_of_first_session", "2026-01-31", "2026-01-31"),
        ("date_of_last_session", "soon", None),
        ("marked_email_as_spam_at", "2026-01-31T10:00:00Z", "2026-01-31T10:00:00Z"),
        ("current_location", {"longitude": 1, "latitude": 2.5}, {"longitude": 1, "latitude": 2.5}),
        ("facebook", {"id": "1"}, {"id": "1"}),
        ("twitter", {"id": 1}, {"id": 1}),
    ],
)
def test_profile_fields(name: str, sent: object, stored: object) -> None:
    braze = caller()
    assert braze.attributes(**{name: sent}).status == 201
    user: Any = braze.fake.users["u1"]  # Any: a field by its name
    assert getattr(user, name) == stored
    assert user.custom_attributes == {}
    assert braze.attributes(**{name: None}).status == 201
    assert getattr(user, name) is None


def test_any_other_spelling_is_a_custom_attribute() -> None:
    braze = caller()
    braze.attributes(First_Name="Ana", Email="x")
    assert braze.fake.users["u1"].custom_attributes == {"First_Name": "Ana", "Email": "x"}


def test_lists_of_profiles() -> None:
    braze = caller()
    token = {"app_id": "app", "token": "t", "device_id": "device-1"}
    group = {"subscription_group_id": GROUP, "subscription_state": "subscribed"}
    braze.attributes(push_tokens=[token], subscription_groups=[group])
    user = braze.fake.users["u1"]
    assert user.push_tokens == [token]
    assert user.devices == ["device-1"]
    assert user.subscription_groups == {GROUP: "subscribed"}


def test_a_subscription_state_is_shared_by_the_address() -> None:
    braze = caller()
    other = braze.fake.add_user("u2", email="a@b.co")
    braze.fake.add_user("u1", email="a@b.co")
    braze.attributes(email_subscribe="unsubscribed")
    assert other.email_subscribe == "unsubscribed"


def utc(*parts: int) -> datetime:
    year, month, day, *rest = parts
    hour, minute, second, microsecond = [*rest, 0, 0, 0, 0][:4]
    return datetime(year, month, day, hour, minute, second, microsecond, timezone.utc)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-01-31T10:20:30.123456789Z", utc(2026, 1, 31, 10, 20, 30, 123456)),
        ("2026-01-31T10:20:30+01:00", utc(2026, 1, 31, 9, 20, 30)),
        ("2026-01-31T10:20:30-0130", utc(2026, 1, 31, 11, 50, 30)),
        ("2026-01-31T10:20:30:500Z", utc(2026, 1, 31, 10, 20, 30, 500000)),
        ("2026-01-31T10:20:30", utc(2026, 1, 31, 10, 20, 30)),
        ("2026-01-31 10:20", utc(2026, 1, 31, 10, 20)),
        ("2026-01-31", utc(2026, 1, 31)),
        ("01/31/2026", utc(2026, 1, 31)),
        ("Sat 01 31 10:20:30.UTC 2026", utc(2026, 1, 31, 10, 20, 30)),
        ("2026-02-30", None),
        ("0000-01-01", None),
        ("0001-01-01T00:00:00+23:00", None),
        ("3001-01-01", None),
        ("31/01/2026", None),
        ("1795000000", None),
        (1795000000, None),
        (None, None),
    ],
)
def test_forms_of_time(text: Any, moment: datetime | None) -> None:
    assert parse_time(text) == moment


def test_times_are_written_in_two_ways() -> None:
    moment = utc(2026, 1, 31, 10, 20, 30, 123999)
    assert iso(moment) == "2026-01-31T10:20:30.123Z"
    assert export_time(moment) == "2026-01-31 10:20:30.123 UTC"


def test_sizes_are_bytes() -> None:
    assert encoded_size({"é": ["x", 1]}) == 14

"""Braze's objects: what they accept, refuse and send."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from typing import Any, TypeAlias

import attrs
import pytest

from braze_engage._wire import unstructure
from braze_engage.errors import ConfigurationError
from braze_engage.objects import (
    CONTROL_FIELDS,
    PROFILE_FIELDS,
    AliasToIdentify,
    EmailToDelete,
    EmailToIdentify,
    Event,
    ExternalIdRename,
    FacebookProfile,
    Location,
    MergeUpdate,
    NewUserAlias,
    PhoneToDelete,
    PhoneToIdentify,
    Purchase,
    PushToken,
    SubscriptionGroup,
    TwitterProfile,
    UserAlias,
    UserAliasUpdate,
    UserAttributes,
    UserIdentifierRef,
    Verdict,
    Verification,
)
from braze_engage.objects.checks import kind

NOON = datetime(2026, 11, 23, 12, 0, 0, 123_456, timezone(timedelta(hours=2)))
NOON_TEXT = "2026-11-23T10:00:00.123Z"
ALIAS = UserAlias(alias_name="ana", alias_label="crm")
GROUP = "0a1b2c3d-0000-4000-8000-00000000000F"
SURROGATE = "\ud83d"

Make: TypeAlias = Callable[[], object]


class Colour(str, Enum):
    RED = "red"


def refusal(make: Make) -> str:
    with pytest.raises(ConfigurationError) as caught:
        make()
    return str(caught.value)


def attributes(**fields: Any) -> UserAttributes:
    return UserAttributes(**{"external_id": "u1", **fields})


def custom(value: Any) -> Any:
    """What becomes of one custom value."""
    return attributes(custom={"key": value}).custom["key"]


def event(**fields: Any) -> Event:
    return Event(**{"external_id": "u1", "name": "Bought", "time": NOON, **fields})


def purchase(**fields: Any) -> Purchase:
    usual = {"external_id": "u1", "product_id": "shoes", "currency": "EUR", "price": 9.5}
    return Purchase(**{**usual, "time": NOON, **fields})


# ---- who is meant ----


@pytest.mark.parametrize("make", [attributes, event, purchase])
def test_an_external_id_has_at_most_987_bytes(make: Callable[..., Any]) -> None:
    assert make(external_id="é" * 493 + "a").external_id
    assert "give a non-empty text of at most 987 bytes, it has 988" in refusal(
        lambda: make(external_id="é" * 494)
    )
    assert "it has 988" in refusal(lambda: make(external_id="a" * 988))


def attributes_of(**fields: Any) -> UserAttributes:
    return UserAttributes(**fields)


def event_of(**fields: Any) -> Event:
    return Event(name="Bought", time=NOON, **fields)


@pytest.mark.parametrize("make", [attributes_of, event_of])
def test_exactly_one_primary_identifier_or_a_secondary_one(make: Callable[..., Any]) -> None:
    for one in (
        {"external_id": "u1"},
        {"user_alias": ALIAS},
        {"braze_id": "b1"},
        {"email": "ana@example.org"},
        {"phone": "+491234567"},
        {"email": "ana@example.org", "phone": "+491234567"},
        {"external_id": "u1", "email": "ana@example.org", "phone": "+491234567"},
    ):
        assert unstructure(make(**one)).items() >= unstructure(one).items()  # type: ignore[union-attr]  # both are objects
    assert "names no person: give external_id, user_alias," in refusal(make)
    two = refusal(lambda: make(external_id="u1", braze_id="b1"))
    assert "names a person 2 times: give only one of external_id, user_alias and braze_id" in two
    three = refusal(lambda: make(external_id="u1", braze_id="b1", user_alias=ALIAS))
    assert "names a person 3 times" in three


@pytest.mark.parametrize("make", [attributes_of, event_of])
@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"external_id": ""}, "external_id"),
        ({"external_id": 12}, "external_id"),
        ({"external_id": SURROGATE}, "external_id"),
        ({"braze_id": ""}, "braze_id"),
        ({"user_alias": {"alias_name": "a", "alias_label": "b"}}, "user_alias"),
        ({"email": "ana"}, "email"),
        ({"email": "a b@example.org"}, "email"),
        ({"email": "a@b@c"}, "email"),
        ({"phone": ""}, "phone"),
    ],
)
def test_a_malformed_identifier_is_named(
    make: Callable[..., object], fields: dict[str, object], field: str
) -> None:
    assert f".{field} is " in refusal(lambda: make(**fields))


def test_clearing_email_and_phone_names_nobody() -> None:
    assert "names no person" in refusal(lambda: UserAttributes(email=None, phone=None))
    cleared = attributes(email=None, phone=None)
    assert unstructure(cleared) == {"external_id": "u1", "email": None, "phone": None}


@pytest.mark.parametrize(
    "make",
    [
        lambda name: UserAlias(alias_name=name, alias_label="l").alias_name,
        lambda name: UserAlias(alias_name="n", alias_label=name).alias_label,
        lambda name: NewUserAlias(alias_name=name, alias_label="l").alias_name,
        lambda name: (
            UserAliasUpdate(alias_label="l", old_alias_name="o", new_alias_name=name).new_alias_name
        ),
    ],
)
def test_alias_names_have_1_to_236_bytes(make: Callable[[Any], str]) -> None:
    assert make("é" * 118) == "é" * 118
    assert "at most 236 bytes, it has 237" in refusal(lambda: make("é" * 118 + "a"))
    assert "it has 0" in refusal(lambda: make(""))
    assert "of type int" in refusal(lambda: make(7))


def test_an_alias_is_a_pair_and_hashable() -> None:
    assert UserAlias(alias_name="a", alias_label="b") == UserAlias(alias_name="a", alias_label="b")
    assert (
        len(
            {
                UserAlias(alias_name="ab", alias_label="c"),
                UserAlias(alias_name="a", alias_label="bc"),
            }
        )
        == 2
    )


# ---- the identity endpoints ----


def test_entries_send_what_the_reference_shows() -> None:
    assert unstructure(NewUserAlias(alias_name="a", alias_label="l", external_id="u1")) == {
        "alias_name": "a",
        "alias_label": "l",
        "external_id": "u1",
    }
    assert unstructure(AliasToIdentify(external_id="u1", user_alias=ALIAS)) == {
        "external_id": "u1",
        "user_alias": {"alias_name": "ana", "alias_label": "crm"},
    }
    assert unstructure(
        EmailToIdentify(
            external_id="u1",
            email="ana@example.org",
            prioritization=["unidentified", "most_recently_updated"],
        )
    ) == {
        "external_id": "u1",
        "email": "ana@example.org",
        "prioritization": ["unidentified", "most_recently_updated"],
    }
    assert unstructure(
        MergeUpdate(
            identifier_to_merge=UserIdentifierRef(email="a@b.c", prioritization=["identified"]),
            identifier_to_keep=UserIdentifierRef(user_alias=ALIAS),
        )
    ) == {
        "identifier_to_merge": {"email": "a@b.c", "prioritization": ["identified"]},
        "identifier_to_keep": {"user_alias": {"alias_name": "ana", "alias_label": "crm"}},
    }
    assert unstructure(ExternalIdRename(current_external_id="a", new_external_id="b")) == {
        "current_external_id": "a",
        "new_external_id": "b",
    }


PRIORITIZED: list[Callable[..., Any]] = [
    lambda p: EmailToIdentify(external_id="u1", email="a@b.c", prioritization=p),
    lambda p: PhoneToIdentify(external_id="u1", phone="+4912", prioritization=p),
    lambda p: EmailToDelete(email="a@b.c", prioritization=p),
    lambda p: PhoneToDelete(phone="+4912", prioritization=p),
    lambda p: UserIdentifierRef(email="a@b.c", prioritization=p),
    lambda p: UserIdentifierRef(phone="+4912", prioritization=p),
]


@pytest.mark.parametrize("make", PRIORITIZED)
def test_a_prioritization_is_unambiguous(make: Callable[..., Any]) -> None:
    assert make(["identified", "most_recently_updated"]).prioritization == (
        "identified",
        "most_recently_updated",
    )
    assert "prioritization is empty: say which" in refusal(lambda: make([]))
    both = ["identified", "unidentified"]
    assert "at most one of identified and unidentified" in refusal(lambda: make(both))
    twice = ["most_recently_updated", "most_recently_updated"]
    assert "at most one of most_recently_updated and" in refusal(lambda: make(twice))
    assert "prioritization[0] is a text of 5 characters: give one of" in refusal(
        lambda: make(["newes"])
    )
    assert "give a list or tuple" in refusal(lambda: make("identified"))


def test_deletions_know_no_least_recently_updated() -> None:
    least: Any = ["least_recently_updated"]
    assert "give one of identified" in refusal(
        lambda: EmailToDelete(email="a@b.c", prioritization=least)
    )
    assert "give one of identified" in refusal(
        lambda: PhoneToDelete(phone="+49", prioritization=least)
    )
    assert EmailToIdentify(external_id="u", email="a@b.c", prioritization=least)


def test_one_side_of_a_merge_is_one_identifier() -> None:
    assert "holds no identifier: give exactly one of" in refusal(UserIdentifierRef)
    assert "holds external_id and email: give exactly one of" in refusal(
        lambda: UserIdentifierRef(external_id="a", email="a@b.c")
    )
    assert "leave it out, only e-mail and phone need it" in refusal(
        lambda: UserIdentifierRef(external_id="a", prioritization=["identified"])
    )
    alias: Any = {"alias_name": "a"}
    assert "user_alias is no alias: give UserAlias(" in refusal(
        lambda: UserIdentifierRef(user_alias=alias)
    )
    side: Any = {"external_id": "a"}
    assert "MergeUpdate.identifier_to_merge is a mapping of 1 keys" in refusal(
        lambda: MergeUpdate(
            identifier_to_merge=side, identifier_to_keep=UserIdentifierRef(external_id="b")
        )
    )


def test_ids_of_entries_are_checked() -> None:
    long = "a" * 988
    assert "NewUserAlias.external_id" in refusal(
        lambda: NewUserAlias(alias_name="a", alias_label="b", external_id=long)
    )
    assert "AliasToIdentify.external_id" in refusal(
        lambda: AliasToIdentify(external_id=long, user_alias=ALIAS)
    )
    assert "ExternalIdRename.new_external_id" in refusal(
        lambda: ExternalIdRename(current_external_id="a", new_external_id=long)
    )
    assert "UserIdentifierRef.external_id" in refusal(lambda: UserIdentifierRef(external_id=long))


# ---- profile fields ----


def test_every_profile_field_is_sent_under_its_name() -> None:
    value = attributes(
        email="ana@example.org",
        phone="+491234567",
        update_existing_only=False,
        merge_objects=True,
        first_name="Ana",
        last_name="Silva",
        dob=date(1990, 2, 28),
        gender="F",
        country="PT",
        home_city="Porto",
        language="pt",
        time_zone="Europe/Lisbon",
        current_location=Location(longitude=-8.6, latitude=41),
        image_url="https://example.org/a.png",
        email_subscribe="opted_in",
        push_subscribe="unsubscribed",
        email_open_tracking_disabled=True,
        email_click_tracking_disabled=False,
        marked_email_as_spam_at=NOON,
        date_of_first_session="2026-01-02 03:04:05",
        date_of_last_session=NOON,
        subscription_groups=[
            SubscriptionGroup(subscription_group_id=GROUP, subscription_state="subscribed")
        ],
        push_tokens=[PushToken(app_id="app", token="t", device_id="12345678")],
        facebook=FacebookProfile(facebook_id="f", likes=["x"], num_friends=3),
        twitter=TwitterProfile(
            twitter_id=1, screen_name="s", followers_count=2, friends_count=3, statuses_count=4
        ),
        custom={"vip": True},
    )
    sent = unstructure(value)
    assert sent == {
        "external_id": "u1",
        "email": "ana@example.org",
        "phone": "+491234567",
        "_update_existing_only": False,
        "_merge_objects": True,
        "first_name": "Ana",
        "last_name": "Silva",
        "dob": "1990-02-28",
        "gender": "F",
        "country": "PT",
        "home_city": "Porto",
        "language": "pt",
        "time_zone": "Europe/Lisbon",
        "current_location": {"longitude": -8.6, "latitude": 41},
        "image_url": "https://example.org/a.png",
        "email_subscribe": "opted_in",
        "push_subscribe": "unsubscribed",
        "email_open_tracking_disabled": True,
        "email_click_tracking_disabled": False,
        "marked_email_as_spam_at": NOON_TEXT,
        "date_of_first_session": "2026-01-02 03:04:05",
        "date_of_last_session": NOON_TEXT,
        "subscription_groups": [
            {"subscription_group_id": GROUP, "subscription_state": "subscribed"}
        ],
        "push_tokens": [{"app_id": "app", "token": "t", "device_id": "12345678"}],
        "facebook": {"id": "f", "likes": ["x"], "num_friends": 3},
        "twitter": {
            "id": 1,
            "screen_name": "s",
            "followers_count": 2,
            "friends_count": 3,
            "statuses_count": 4,
        },
        "vip": True,
    }
    assert isinstance(sent, dict)
    assert set(sent) - {"vip"} | {"user_alias", "braze_id", "push_token_import"} == (
        PROFILE_FIELDS | CONTROL_FIELDS
    )


CLEARABLE = sorted(PROFILE_FIELDS - {"subscription_groups"})


@pytest.mark.parametrize("field", CLEARABLE)
def test_none_clears_a_profile_field(field: str) -> None:
    assert unstructure(attributes(**{field: None})) == {"external_id": "u1", field: None}


BAD_FIELDS: list[tuple[str, object, str]] = [
    ("first_name", "a" * 256, "is a text of 256 characters: give at most 255 characters"),
    ("last_name", "", "give a non-empty text"),
    ("home_city", 3, "is of type int: give a non-empty text"),
    ("country", SURROGATE, "give text without lone surrogates"),
    ("gender", "X", "give one of M, F, O, N, P"),
    ("email_subscribe", "yes", "give one of opted_in, subscribed, unsubscribed"),
    ("push_subscribe", True, "give one of opted_in, subscribed, unsubscribed"),
    ("image_url", "a" * 1_025, "give at most 1,024 characters"),
    ("email_open_tracking_disabled", "true", "give True or False"),
    ("email_click_tracking_disabled", 1, "give True or False"),
    ("current_location", {"longitude": 1, "latitude": 2}, "give Location(...)"),
    ("facebook", {}, "give FacebookProfile(...)"),
    ("twitter", {}, "give TwitterProfile(...)"),
    ("update_existing_only", "yes", "give True or False"),
    ("merge_objects", None, "give True or False"),
    ("push_tokens", [{"app_id": "a"}], "push_tokens[0] is a mapping of 1 keys: give PushToken"),
    ("push_tokens", "abc", "give a list or tuple"),
    ("subscription_groups", iter([]), "give a list or tuple"),
    ("dob", NOON, "dob: give a date, or text of the form YYYY-MM-DD"),
    ("dob", "1990-02-30", "dob: give a date"),
    ("dob", "28.02.1990", "dob: give a date"),
    ("date_of_last_session", "yesterday", "give a datetime, or text such as"),
    ("date_of_last_session", 1_700_000_000, "time is of type int: give a datetime"),
    ("custom", [1], "is a list of 1 items: give a mapping of names to values"),
]


@pytest.mark.parametrize(("field", "value", "remedy"), BAD_FIELDS)
def test_a_bad_profile_field_is_refused_with_the_remedy(
    field: str, value: object, remedy: str
) -> None:
    assert remedy in refusal(lambda: attributes(**{field: value}))


@pytest.mark.parametrize(
    "form",
    [
        "2026-11-23",
        "2026-11-23T10:15:00Z",
        "2026-11-23T10:15:00.123456+02:00",
        "2026-11-23T10:15:00:123+0200",
        "2026-11-23T10:15:00",
        "2026-11-23 10:15:00",
        "2026-11-23 10:15",
        "11/23/2026",
        "Mon 11 23 10:15:00.UTC 2026",
    ],
)
def test_documented_forms_of_profile_times_are_taken_as_they_are(form: str) -> None:
    assert attributes(date_of_first_session=form).date_of_first_session == form


def test_a_day_may_be_text() -> None:
    assert attributes(dob="1990-02-28").dob == attributes(dob=date(1990, 2, 28)).dob


def test_limits_at_their_border_are_accepted() -> None:
    assert attributes(first_name="é" * 255, image_url="a" * 1_024)
    for size in (8, 255):
        assert PushToken(app_id="a", token="t", device_id="a" * size).device_id
    for size in (7, 256):
        assert "8 to 255 bytes" in refusal(
            lambda size=size: PushToken(app_id="a", token="t", device_id="a" * size)  # type: ignore[misc]  # mypy reads the default as an argument
        )


@pytest.mark.parametrize(
    ("longitude", "latitude", "field"),
    [
        (181, 0, "longitude"),
        (0, -91, "latitude"),
        (float("nan"), 0, "longitude"),
        (0, "1", "latitude"),
        (True, 0, "longitude"),
    ],
)
def test_a_location_is_on_earth(longitude: Any, latitude: Any, field: str) -> None:
    assert f"Location.{field}" in refusal(lambda: Location(longitude=longitude, latitude=latitude))


@pytest.mark.parametrize(
    ("fields", "remedy"),
    [
        ({"subscription_group_id": "g"}, "give the UUID"),
        ({"subscription_state": "opted_in"}, "give one of subscribed, unsubscribed"),
        ({"use_double_opt_in_logic": None}, "give True or False"),
    ],
)
def test_a_subscription_group_is_checked(fields: dict[str, Any], remedy: str) -> None:
    usual = {"subscription_group_id": GROUP, "subscription_state": "subscribed"}
    assert remedy in refusal(lambda: SubscriptionGroup(**{**usual, **fields}))


def test_tokens_of_anonymous_people_are_imported_without_identifier() -> None:
    tokens = [PushToken(app_id="a", token="t")]
    assert unstructure(UserAttributes(push_token_import=True, push_tokens=tokens)) == {
        "push_token_import": True,
        "push_tokens": [{"app_id": "a", "token": "t"}],
    }
    alias = UserAttributes(push_token_import=True, push_tokens=tokens, user_alias=ALIAS)
    assert alias.user_alias == ALIAS
    nothing: list[Any] = [[], None]
    for empty in nothing:
        assert "imports push_tokens: give at least one" in refusal(
            lambda empty=empty: UserAttributes(push_token_import=True, push_tokens=empty)  # type: ignore[misc]  # mypy reads the default as an argument
        )
    assert "give at least one" in refusal(lambda: UserAttributes(push_token_import=True))
    for name in ("external_id", "braze_id"):
        fields: Any = {name: "u1"}
        message = refusal(
            lambda fields=fields: UserAttributes(  # type: ignore[misc]  # mypy reads the default as an argument
                push_token_import=True, push_tokens=tokens, **fields
            )
        )
        assert "imports tokens of anonymous people: leave out external_id and braze_id" in message
    yes: Any = "yes"
    assert "give True or False" in refusal(
        lambda: UserAttributes(push_token_import=yes, push_tokens=tokens)
    )


# ---- custom attributes ----


@pytest.mark.parametrize(
    "key",
    sorted(
        {*PROFILE_FIELDS, *CONTROL_FIELDS, "alias_name", "alias_label", "email_subscription_info"}
    ),
)
def test_a_custom_key_that_braze_reads_otherwise_is_refused(key: str) -> None:
    for spelled in (key, f" {key} "):
        message = refusal(lambda spelled=spelled: attributes(custom={spelled: 1}))  # type: ignore[misc]  # mypy reads the default as an argument
        assert f"UserAttributes.custom has the key {spelled!r}" in message
        assert "or name the custom attribute otherwise" in message


def test_the_remedy_for_a_profile_field_is_the_field() -> None:
    assert "it is a profile field: give it as UserAttributes(email=...)" in refusal(
        lambda: attributes(custom={"email": "a@b.c"})
    )


@pytest.mark.parametrize("key", ["Email", "EMAIL", "merge_objects", "custom", "é" * 255, "a.b $c"])
def test_any_other_key_is_a_custom_attribute(key: str) -> None:
    assert attributes(custom={key: 1}).custom == {key: 1}


@pytest.mark.parametrize("key", ["", "a" * 256, SURROGATE, 1, None])
def test_a_key_has_1_to_255_characters(key: Any) -> None:
    assert "name it with 1 to 255 characters" in refusal(lambda: attributes(custom={key: 1}))


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        (None, None),
        (True, True),
        (-3, -3),
        (1.5, 1.5),
        ("é" * 255, "é" * 255),
        ("", ""),
        (Colour.RED, "red"),
        (NOON, NOON_TEXT),
        (datetime(1, 1, 1), "0001-01-01T00:00:00.000Z"),  # noqa: DTZ001 - without zone on purpose
        (date(2026, 1, 2), "2026-01-02"),
        ([], []),
        (("a", 1, 1.5, True), ["a", 1, 1.5, True]),
        (["x"] * 500, ["x"] * 500),
        ([{"n": i} for i in range(600)], [{"n": i} for i in range(600)]),
        ({}, {}),
        ({"a": {"b": [1, {"c": 2}][:1]}}, {"a": {"b": [1]}}),
        ({"since": NOON}, {"since": {"$time": NOON_TEXT}}),
        ({"since": date(2026, 1, 2)}, {"since": {"$time": "2026-01-02"}}),
        ({"since": {"$time": "2026-01-02"}}, {"since": {"$time": "2026-01-02"}}),
        ([{"since": {"$time": NOON}}], [{"since": {"$time": NOON_TEXT}}]),
        ({"since": {"$time": date(2026, 1, 2)}}, {"since": {"$time": "2026-01-02"}}),
        ({"inc": 5}, {"inc": 5}),
        ({"inc": -5, "of": "a company"}, {"inc": -5, "of": "a company"}),
        ({"add": ["a"]}, {"add": ["a"]}),
        ({"add": ["a"], "remove": ["b", 1]}, {"add": ["a"], "remove": ["b", 1]}),
        ({"$add": [{"id": 1}]}, {"$add": [{"id": 1}]}),
        (
            {"$remove": [{"$identifier_key": "id", "$identifier_value": 1}]},
            {"$remove": [{"$identifier_key": "id", "$identifier_value": 1}]},
        ),
        (
            {
                "$update": [
                    {
                        "$identifier_key": "id",
                        "$identifier_value": 1,
                        "$new_object": {"at": NOON},
                    }
                ]
            },
            {
                "$update": [
                    {
                        "$identifier_key": "id",
                        "$identifier_value": 1,
                        "$new_object": {"at": {"$time": NOON_TEXT}},
                    }
                ]
            },
        ),
    ],
)
def test_a_custom_value_is_sent_so(given: object, sent: object) -> None:
    assert custom(given) == sent
    assert unstructure(attributes(custom={"key": given})) == {"external_id": "u1", "key": sent}


def deep(levels: int) -> dict[str, Any]:
    value: dict[str, Any] = {"leaf": 1}
    for _ in range(levels):
        value = {"a": value}
    return value


MATCH = {"$identifier_key": "id", "$identifier_value": 1}


@pytest.mark.parametrize(
    ("given", "remedy"),
    [
        ("a" * 256, "custom.key is a text of 256 characters: give at most 255 characters"),
        (SURROGATE, "give text without lone surrogates"),
        (float("nan"), "custom.key is of type float: give a finite number, or None"),
        (float("-inf"), "give a finite number"),
        (10**400, "give a smaller number, or text"),
        (Decimal(1), "is of type Decimal: give text, int, float, bool, datetime, a list"),
        (b"abc", "is of type bytes: give text, int"),
        ({1, 2}, "is of type set: give text, int"),
        (["x"] * 501, "custom.key is a list of 501 items: give at most 500 items"),
        (["a", None], "custom.key[1] is None: give only text and numbers in a list, or only"),
        (["a", {"b": 1}], "custom.key[1] is a mapping of 1 keys: give only text and numbers"),
        ([[1]], "custom.key[0] is a list of 1 items: give only text and numbers"),
        ([NOON], "custom.key[0] is a datetime: give only text and numbers"),
        (["a" * 256], "custom.key[0] is a text of 256 characters"),
        ({"a": None}, "custom.key.a is None: Braze drops the whole attribute for it"),
        ({"a.b": 1}, "custom.key has the key 'a.b': Braze drops objects whose keys hold a dot"),
        ({"a b": 1}, "a dollar sign or a blank, name it otherwise"),
        ({"$b": 1}, "custom.key has the key '$b'"),
        ({"": 1}, "name it with 1 to 255 characters"),
        ({2: 1}, "custom.key has the key [of type int]"),
        ({"a": {"b": float("nan")}}, "custom.key.a.b is of type float: give a finite number"),
        ({"a": {1, 2}}, "custom.key.a is of type set"),
        (deep(101), "nest at most 100 levels"),
        ({"at": {"$time": None}}, "custom.key.at.$time is None: give a datetime, or text"),
        ({"at": {"$time": "soon"}}, "custom.key.at.$time is a text of 4 characters"),
        ({"at": {"$time": "3001-01-01"}}, "give a year up to 3000, Braze stores no later one"),
        ({"inc": 1.5}, "custom.key.inc is of type float: give an int; a plain object needs"),
        ({"inc": True}, "custom.key.inc is of type bool: give an int"),
        ({"add": "a"}, "custom.key.add is a text of 1 characters: give a list of text"),
        ({"remove": [{"a": 1}]}, "custom.key.remove is a list of 1 items: give a list of text"),
        ({"add": ["x"] * 501}, "custom.key.add is a list of 501 items: give at most 500"),
        ({"$add": [1]}, "custom.key.$add is a list of 1 items: give a list of objects"),
        ({"$add": {"a": 1}}, "custom.key.$add is a mapping of 1 keys: give a list of objects"),
        ({"$add": [{"a": 1}], "b": 1}, "has the key 'b' beside an operator: give only $add,"),
        ({"$remove": [{"id": 1}]}, "give $identifier_key, $identifier_value and nothing else"),
        ({"$update": [MATCH]}, "give $identifier_key, $identifier_value, $new_object and"),
        ({"$update": [{**MATCH, "$new_object": 1}]}, "$new_object is of type int: give an object"),
        ({"$remove": [{**MATCH, "$identifier_key": 1}]}, "$identifier_key is of type int"),
        ({"$remove": [{**MATCH, "$identifier_value": None}]}, "$identifier_value is None"),
        ({"$time": 1}, "custom.key.$time is of type int"),
        (datetime.max.replace(tzinfo=timezone(-timedelta(hours=1))), "give a year from 1 to 9999"),
    ],
)
def test_a_bad_custom_value_is_refused_with_the_remedy(given: object, remedy: str) -> None:
    assert remedy in refusal(lambda: custom(given))


def sized(count: int, total: int) -> dict[str, Any]:
    """Texts under short keys, which take exactly so many bytes."""
    values = {f"k{i:03}": "x" * 250 for i in range(count)}
    rest = total - len('{"r":""}') - count * len('"k000":"",') - count * 250
    assert 0 < rest <= 255
    return {**values, "r": "y" * rest}


MOST = 100 * 1024


def test_lists_and_objects_have_at_most_100_kib_of_encoded_bytes() -> None:
    assert custom(sized(393, MOST)) == sized(393, MOST)
    assert custom([sized(393, MOST - 2)]) == [sized(393, MOST - 2)]
    assert custom(["é" * 100] * 500)
    for over in (
        sized(393, MOST + 1),
        [sized(393, MOST - 1)],
        {"$add": [sized(393, MOST - len('{"$add":[]}') + 1)]},
    ):
        message = refusal(lambda over=over: custom(over))  # type: ignore[misc]  # mypy reads the default as an argument
        assert "give at most 102,400 bytes, it has 102,401" in message
    accented = sized(393, MOST)
    accented["r"] = accented["r"].replace("y", "é", 1)
    assert "it has 102,401" in refusal(lambda: custom(accented))
    assert "give at most 102,400 bytes" in refusal(lambda: custom(["é" * 255] * 500))


def test_what_a_repeat_would_change_is_known() -> None:
    assert attributes(custom={"a": 1, "b": {"add": ["x"]}, "c": [{"d": 1}]}).repeatable
    assert attributes(custom={"b": {"$remove": [MATCH]}, "c": None}).repeatable
    assert not attributes(custom={"a": {"inc": 1}}).repeatable
    assert not attributes(custom={"a": {"$add": [{"d": 1}]}}).repeatable
    assert not attributes(custom={"a": {"stats": {"inc": 1}}}).repeatable


# ---- events and purchases ----


def test_an_event_sends_what_the_reference_shows() -> None:
    assert unstructure(
        event(
            app_id="app",
            update_existing_only=True,
            properties={
                "n": 1,
                "x": None,
                "at": NOON,
                "day": date(2026, 1, 2),
                "list": ["a", [1], {"b": True}],
                "object": {"at": NOON, "a b": {"c.d": None}},
            },
        )
    ) == {
        "external_id": "u1",
        "app_id": "app",
        "_update_existing_only": True,
        "name": "Bought",
        "time": NOON_TEXT,
        "properties": {
            "n": 1,
            "x": None,
            "at": NOON_TEXT,
            "day": "2026-01-02",
            "list": ["a", [1], {"b": True}],
            "object": {"at": NOON_TEXT, "a b": {"c.d": None}},
        },
    }


def test_a_purchase_sends_what_the_reference_shows() -> None:
    assert unstructure(purchase(price=-1, quantity=2, properties={"color": "red"})) == {
        "external_id": "u1",
        "product_id": "shoes",
        "currency": "EUR",
        "price": -1,
        "quantity": 2,
        "time": NOON_TEXT,
        "properties": {"color": "red"},
    }
    assert "quantity" not in str(unstructure(purchase()))


@pytest.mark.parametrize(
    "form",
    ["2026-11-23T10:15:00Z", "2026-11-23T10:15:00:123Z", "2026-11-23 10:15:00.000 UTC"],
)
def test_times_may_be_text(form: str) -> None:
    assert event(time=form).time == form
    assert purchase(time=form).time == form


@pytest.mark.parametrize(
    "time",
    ["", "11/23/2026", "2026-13-01", "2026-02-30T00:00:00Z", "now", None, 1, date(2026, 1, 1)],
)
@pytest.mark.parametrize("make", [event, purchase])
def test_other_times_are_refused(make: Callable[..., object], time: object) -> None:
    assert "give a datetime, or text such as 2026-11-23T10:15:00Z" in refusal(
        lambda: make(time=time)
    )


@pytest.mark.parametrize(
    ("fields", "remedy"),
    [
        ({"name": ""}, "Event.name is a text of 0 characters: give a non-empty text"),
        ({"name": "a" * 256}, "give at most 255 characters"),
        ({"name": "$bought"}, "Event.name: begin it with something other than $"),
        ({"app_id": ""}, "Event.app_id"),
        ({"update_existing_only": 1}, "Event.update_existing_only"),
        ({"properties": [1]}, "Event.properties is a list of 1 items: give a mapping"),
        ({"properties": {str(i): 1 for i in range(257)}}, "give at most 256, Braze drops the rest"),
        ({"properties": {"time": 1}}, "Event.properties has the key 'time': Braze reserves it"),
        ({"properties": {"event_name": 1}}, "has the key 'event_name'"),
        ({"properties": {"": 1}}, "name it with 1 to 255 characters"),
        ({"properties": {"a" * 256: 1}}, "name it with 1 to 255 characters"),
        ({"properties": {"$a": 1}}, "Event.properties has the key '$a': begin it with something"),
        ({"properties": {"o": {"$a": 1}}}, "Event.properties.o has the key '$a'"),
        ({"properties": {"a": "b" * 256}}, "Event.properties.a is a text of 256 characters"),
        ({"properties": {"a": float("inf")}}, "Event.properties.a is of type float"),
        ({"properties": {"a": [NOON]}}, "Event.properties.a[0] is a datetime: a list of"),
        ({"properties": {"a": {1}}}, "Event.properties.a is of type set"),
        ({"properties": deep(101)}, "nest at most 100 levels"),
    ],
)
def test_a_bad_event_is_refused_with_the_remedy(fields: dict[str, Any], remedy: str) -> None:
    assert remedy in refusal(lambda: event(**fields))


@pytest.mark.parametrize(
    ("fields", "remedy"),
    [
        ({"product_id": "a" * 256}, "Purchase.product_id"),
        ({"currency": "eur"}, "Purchase.currency is a text of 3 characters: give an ISO 4217"),
        ({"currency": "EURO"}, "give an ISO 4217 code such as EUR"),
        ({"currency": "E1R"}, "give an ISO 4217 code"),
        ({"currency": None}, "give an ISO 4217 code"),
        ({"price": float("nan")}, "Purchase.price is of type float: give a finite number"),
        ({"price": "9.5"}, "Purchase.price is a text"),
        ({"price": True}, "Purchase.price is of type bool"),
        ({"quantity": 0}, "Purchase.quantity is of type int: give a whole number, 1 to 100"),
        ({"quantity": 101}, "give a whole number, 1 to 100"),
        ({"quantity": 1.0}, "give a whole number, 1 to 100"),
        ({"quantity": True}, "give a whole number, 1 to 100"),
        ({"properties": {"price": 1}}, "Purchase.properties has the key 'price'"),
        ({"properties": {"event_name": 1}}, "Purchase.properties has the key 'event_name'"),
    ],
)
def test_a_bad_purchase_is_refused_with_the_remedy(fields: dict[str, Any], remedy: str) -> None:
    assert remedy in refusal(lambda: purchase(**fields))


def test_borders_of_events_and_purchases_are_accepted() -> None:
    assert event(name="é" * 255, properties={str(i): 1 for i in range(256)})
    assert event(properties={"Time": 1, "price": 2, "a" * 255: "é" * 255})
    assert purchase(product_id="é" * 255, quantity=100)
    assert event(properties=deep(99))


def test_properties_of_a_purchase_have_at_most_50_kib() -> None:
    assert purchase(properties=sized(196, 50 * 1024))
    assert "Purchase.properties is a mapping of 197 keys: give at most 51,200 bytes" in refusal(
        lambda: purchase(properties=sized(196, 50 * 1024 + 1))
    )


def test_properties_of_an_event_have_at_most_100_kib_where_lists_are_among_them() -> None:
    def listed(total: int) -> dict[str, Any]:
        flat = sized(196, total - len(',"l":[]') - 255 * 199 - len('""') * 199 - 198)
        return {**flat, "l": ["z" * 255] * 199}

    assert event(properties=listed(100 * 1024))
    assert "give at most 102,400 bytes, it has 102,401" in refusal(
        lambda: event(properties=listed(100 * 1024 + 1))
    )
    assert event(properties={f"{'k' * 250}{i:03}": "x" * 255 for i in range(256)})


# ---- what holds for all ----


def test_later_changes_of_what_was_given_change_nothing() -> None:
    values: Any = {"list": [1], "object": {"a": [{"b": 1}]}, "edit": {"add": ["x"]}}
    before = copy.deepcopy(values)
    tokens = [PushToken(app_id="a", token="t")]
    kept = attributes(custom=values, push_tokens=tokens)
    happened = event(properties=values)
    assert values == before
    values["list"].append(2)
    values["object"]["a"][0]["b"] = 2
    values["edit"]["add"].clear()
    values["new"] = 1
    tokens.clear()
    assert kept.custom == before
    assert happened.properties == before
    assert kept.push_tokens == (PushToken(app_id="a", token="t"),)


@pytest.mark.parametrize(
    "value",
    [
        attributes(first_name=None, custom={"a": [1]}),
        event(properties={"a": 1}),
        purchase(),
        ALIAS,
        UserIdentifierRef(email="a@b.c", prioritization=["identified"]),
        Verification(verdict=Verdict.OK, key="REST API key", detail=""),
    ],
)
def test_objects_are_values(value: Any) -> None:
    assert pickle.loads(pickle.dumps(value)) == value
    assert attrs.evolve(value) == value
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        setattr(value, attrs.fields(type(value))[0].name, "x")


def test_a_repr_shows_what_is_given_and_no_more() -> None:
    value = attributes(last_name=None, update_existing_only=False, custom={"a": 1})
    assert repr(value) == (
        "UserAttributes(external_id='u1', update_existing_only=False, last_name=None, "
        "custom={'a': 1})"
    )


@pytest.mark.parametrize(
    "make",
    [
        lambda: attributes(first_name="MARK" * 100),
        lambda: attributes(email="MARK"),
        lambda: attributes(custom={"k": ["MARK" * 100]}),
        lambda: attributes(custom={"k": {"a": {"b": "MARK" * 100}}}),
        lambda: attributes(external_id="MARK" * 500),
        lambda: attributes(date_of_last_session="MARK"),
        lambda: attributes(dob="MARK"),
        lambda: event(properties={"a": ("MARK",), "b": "MARK" * 100}),
        lambda: purchase(currency="MARK"),
        lambda: UserAlias(alias_name="MARK" * 100, alias_label="l"),
        lambda: SubscriptionGroup(subscription_group_id="MARK", subscription_state="subscribed"),
    ],
)
def test_an_error_never_shows_the_value(make: Make) -> None:
    assert "MARK" not in refusal(make)


def test_values_are_described_by_kind_and_size() -> None:
    described = [
        (None, "None"),
        ("abc", "a text of 3 characters"),
        ({"a": 1}, "a mapping of 1 keys"),
        ([1, 2], "a list of 2 items"),
        ((), "a tuple of 0 items"),
        (date(2026, 1, 1), "a date"),
        (NOON, "a datetime"),
        (1, "of type int"),
    ]
    assert [kind(value) for value, _ in described] == [text for _, text in described]


def test_a_long_key_is_shortened_in_a_message() -> None:
    message = refusal(lambda: attributes(custom={"k" * 300: 1}))
    assert f"'{'k' * 64}...'" in message

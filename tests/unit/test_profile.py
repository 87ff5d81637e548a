"""Profile fields: their sources and how their values are written."""

from __future__ import annotations

import pickle
from datetime import date, datetime, timezone
from typing import Any

import pytest

from braze_engage.engage import (
    SEGMENT_PROFILE_FIELDS,
    AttributeChange,
    EngageRules,
    IdentityRules,
    Nulls,
    Reason,
    Unusable,
    attribute_change,
)
from braze_engage.engage.fitting import Dropped, moment, moment_text
from braze_engage.engage.outcomes import Unreadable
from braze_engage.engage.profile import WRITABLE_FIELDS, profile_value
from braze_engage.errors import ConfigurationError
from braze_engage.objects import PROFILE_FIELDS
from tests.support.calls import Raw, identify, ordinary

GROUP = "6f7e4b6c-58a7-4b1e-a5c3-0d3d1f6c3a52"


def written(traits: Raw, rules: EngageRules | None = None, **changes: Any) -> Raw:
    """What an ordinary identify call writes."""
    change = attribute_change(ordinary(traits, **changes), rules or EngageRules())
    assert isinstance(change, AttributeChange), change
    return dict(change.attributes)


def left_out(traits: Raw, rules: EngageRules | None = None, **changes: Any) -> dict[str, str]:
    """What is said about the traits that are left out, beside one that is not."""
    change = attribute_change(ordinary({"plan": 1, **traits}, **changes), rules or EngageRules())
    assert isinstance(change, AttributeChange), change
    return {dropped.name: dropped.why for dropped in change.dropped}


class TestValues:
    @pytest.mark.parametrize(
        ("field", "value", "expected"),
        [
            ("first_name", " Ana ", " Ana "),
            ("email", "Ana@Example.test", "Ana@Example.test"),
            ("email", "zoë@exämple.test", "zoë@exämple.test"),
            ("phone", "+43 1 234", "+43 1 234"),
            ("phone", 33123456789, "33123456789"),
            *[("gender", word, "M") for word in ("M", "male", "MAN", " Male ")],
            *[("gender", word, "F") for word in ("f", "Female", "w", "WOMAN")],
            *[("gender", word, "O") for word in ("O", "other")],
            *[("gender", word, "N") for word in ("n", "Not Applicable")],
            *[("gender", word, "P") for word in ("p", "Prefer not to say")],
            ("dob", "1990-05-01", "1990-05-01"),
            ("dob", "1990-05-01T00:30:00+02:00", "1990-05-01"),
            ("dob", date(1990, 5, 1), "1990-05-01"),
            ("dob", datetime(1990, 5, 1, 1, tzinfo=timezone.utc), "1990-05-01"),
            ("country", "AT", "AT"),
            ("language", "FR", "fr"),
            ("language", "pt-BR", "pt"),
            ("language", "zh_Hans_CN", "zh"),
            ("time_zone", "Europe/Paris", "Europe/Paris"),
            ("time_zone", "America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"),
            ("time_zone", "Etc/GMT+1", "Etc/GMT+1"),
            ("image_url", "https://cdn.example.com/" + "x" * 900, None),
            ("email_subscribe", "Opted_In", "opted_in"),
            ("push_subscribe", " unsubscribed", "unsubscribed"),
            ("email_open_tracking_disabled", True, True),
            ("date_of_first_session", "2026-11-02T09:15:00+01:00", "2026-11-02T08:15:00.000Z"),
            ("date_of_last_session", 1_793_620_800_000, "2026-11-02T12:00:00.000Z"),
            ("marked_email_as_spam_at", 1_793_620_800, "2026-11-02T12:00:00.000Z"),
            (
                "current_location",
                {"latitude": 48.5, "longitude": 2, "city": "x"},
                {"latitude": 48.5, "longitude": 2},
            ),
            ("last_name", None, None),
        ],
    )
    def test_what_is_written(self, field: str, value: object, expected: object) -> None:
        cuts: list[Dropped] = []
        assert profile_value(field, value, cuts) == (value if expected is None else expected)
        assert cuts == []

    @pytest.mark.parametrize(
        ("field", "value", "words"),
        [
            ("first_name", 7, "a number; send text"),
            ("first_name", "", "send null to clear"),
            ("home_city", " ", "send null to clear"),
            ("first_name", "x" * 256, "256 characters"),
            ("first_name", "\ud800", "surrogate"),
            ("email", "ana", "no e-mail address"),
            ("email", "a b@c.test", "no e-mail address"),
            ("email", 7, "no e-mail address"),
            ("email", "a@" + "b" * 300, "302 characters"),
            ("phone", True, "a boolean"),
            ("phone", 1.5, "a number"),
            ("phone", 2**2000, "a number"),
            ("gender", "nonbinary", "M, F, O, N or P"),
            ("dob", 884_514_472_058, "YYYY-MM-DD"),
            ("dob", "1990-02-30", "YYYY-MM-DD"),
            ("dob", "May 1, 1990", "YYYY-MM-DD"),
            ("language", "french!", "such as fr"),
            ("time_zone", "UTC+1 (Paris)", "IANA"),
            ("image_url", "/img/a b.png", "no URL"),
            ("image_url", "https://x.test/\x00", "no URL"),
            ("image_url", "https://x.test/" + "x" * 1_024, "1,024"),
            ("email_subscribe", "yes", "opted_in, subscribed, unsubscribed"),
            ("email_subscribe", True, "send text"),
            ("email_click_tracking_disabled", "true", "true or false"),
            ("date_of_first_session", "yesterday", "ISO 8601"),
            ("date_of_first_session", 12, "ISO 8601"),
            ("date_of_first_session", "9999-12-31T23:59:59-01:00", "ISO 8601"),
            ("current_location", "48,2", "latitude and longitude"),
            ("current_location", {"latitude": 48.5}, "send both"),
            ("current_location", {"latitude": 91, "longitude": 2}, "latitude is no number"),
            ("current_location", {"latitude": True, "longitude": 2}, "latitude is no number"),
            ("current_location", {"latitude": float("nan"), "longitude": 2}, "latitude is no"),
            ("subscription_groups", "raw", "names no subscription group"),
            ("subscription_groups", None, "names no subscription group"),
            ("subscription_groups", [], "names no subscription group"),
        ],
    )
    def test_what_is_refused(self, field: str, value: object, words: str) -> None:
        with pytest.raises(Unreadable, match=words) as refusal:
            profile_value(field, value, [])
        assert refusal.value.reason in {
            Reason.BAD_ATTRIBUTE,
            Reason.TOO_LONG,
            Reason.NOTHING_TO_WRITE,
        }

    def test_subscription_groups_one_by_one(self) -> None:
        cuts: list[Dropped] = []
        good = {"subscription_group_id": GROUP, "subscription_state": "subscribed"}
        twice = {**good, "use_double_opt_in_logic": True}
        bad: list[object] = [
            {**good, "subscription_state": "opted_in"},
            {**good, "subscription_group_id": "7"},
            {**good, "use_double_opt_in_logic": "yes"},
            "raw",
        ]
        value = [{**good, "more": 1}, *bad, twice]
        assert profile_value("subscription_groups", value, cuts) == [good, twice]
        assert [cut.name for cut in cuts] == [f"subscription_groups[{i}]" for i in range(1, 5)]
        assert profile_value("subscription_groups", good, cuts) == [good]

    def test_every_field_has_a_writer(self) -> None:
        assert SEGMENT_PROFILE_FIELDS.keys() == WRITABLE_FIELDS
        assert {"facebook", "twitter", "push_tokens"} == PROFILE_FIELDS - WRITABLE_FIELDS
        for field in WRITABLE_FIELDS - {"subscription_groups"}:
            assert profile_value(field, None, []) is None
            with pytest.raises(Unreadable):
                profile_value(field, [], [])


class TestSources:
    @pytest.mark.parametrize(
        ("traits", "expected"),
        [
            ({"firstName": "Ana"}, {"first_name": "Ana"}),
            ({"first_name": "Ana"}, {"first_name": "Ana"}),
            ({"lastName": "B"}, {"last_name": "B"}),
            ({"email": "a@b.test", "phone": "1"}, {"email": "a@b.test", "phone": "1"}),
            ({"gender": "woman"}, {"gender": "F"}),
            ({"birthday": "1990-05-01T10:00:00Z"}, {"dob": "1990-05-01"}),
            ({"dob": "1990-05-01"}, {"dob": "1990-05-01"}),
            ({"avatar": "https://x.test/a"}, {"image_url": "https://x.test/a"}),
            ({"timezone": "UTC"}, {"time_zone": "UTC"}),
            ({"language": "fr-FR"}, {"language": "fr"}),
            ({"email_subscribe": "subscribed"}, {"email_subscribe": "subscribed"}),
            (
                {"address": {"city": "Graz", "country": "AT", "street": "x"}},
                {
                    "home_city": "Graz",
                    "country": "AT",
                    "address": {"city": "Graz", "country": "AT", "street": "x"},
                },
            ),
            ({"address": "12 rue X"}, {"address": "12 rue X"}),
            ({"firstName": None}, {"first_name": None}),
            ({"firstName": None, "first_name": "Ana"}, {"first_name": "Ana"}),
            ({"firstName": None, "first_name": None}, {"first_name": None}),
            # other standard traits have no field
            (
                {"name": "Ana B", "age": 7, "title": "Dr"},
                {"name": "Ana B", "age": 7, "title": "Dr"},
            ),
        ],
    )
    def test_standard_traits(self, traits: Raw, expected: Raw) -> None:
        assert written(traits) == expected

    def test_the_location_of_the_call(self) -> None:
        location = {"country": "FR", "latitude": 48.5, "longitude": 2.25}
        assert written({"plan": 1}, context={"location": location}) == {
            "plan": 1,
            "country": "FR",
            "current_location": {"latitude": 48.5, "longitude": 2.25},
        }
        address = {"country": "AT"}
        found = written({"address": address}, context={"location": location})
        assert found["country"] == "FR"
        assert written({"country": "DE"}, context={"location": location})["country"] == "DE"

    @pytest.mark.parametrize("location", [None, {}, {"country": None}, {"city": "x"}])
    def test_a_location_that_says_nothing(self, location: object) -> None:
        context = {"location": location}
        assert written({"plan": 1}, context=context) == {"plan": 1}
        assert left_out({}, context=context) == {}

    def test_alternatives(self) -> None:
        assert written({"firstName": "Ana", "first_name": "Eva"}) == {"first_name": "Ana"}
        assert left_out({"firstName": "Ana", "first_name": "Eva"}) == {
            "first_name": "first_name comes from $.traits.firstName"
        }

    def test_a_bad_one_leaves_the_rest(self) -> None:
        said = left_out(
            {"birthday": "soon", "email": "x", "address": {"city": 7}},
            context={"location": {"latitude": 1}},
        )
        assert said.keys() == {
            "birthday",
            "email",
            "$.traits.address.city",
            "$.context.location",
        }
        assert said["birthday"].startswith("dob is not written: ")

    def test_a_trait_in_which_nothing_is(self) -> None:
        assert left_out({"current_location": {}}) == {
            "current_location": "nothing in it could be current_location"
        }

    def test_names_of_fields_without_a_source(self) -> None:
        said = left_out(
            {"country": "AT", "twitter": {}, " email": "a@b.test"}, EngageRules(profile_fields={})
        )
        assert said.keys() == {"country", "twitter", " email"}
        assert all("add it to profile_fields" in why for why in said.values())

    def test_nulls_ignored(self) -> None:
        rules = EngageRules(nulls=Nulls.IGNORE)
        assert written({"phone": None, "address": {"city": None}, "plan": 1}, rules) == {
            "address": {},
            "plan": 1,
        }
        assert "nulls" in left_out({"phone": None}, rules)["phone"]


class TestOtherSources:
    def test_any_path(self) -> None:
        rules = EngageRules(
            profile_fields={
                "language": ("$.traits.lang", "$.context.locale"),
                "home_city": "$.traits.cities[1]",
                "last_name": "$.traits.names.last",
                "phone": "$.phone",
                "email_subscribe": "unsubscribed",
            }
        )
        traits = {"cities": ["Graz", "Linz"], "names": {"last": "B"}, "firstName": "Ana"}
        assert written(traits, rules, context={"locale": "de-AT"}, phone="1") == {
            "language": "de",
            "home_city": "Linz",
            "last_name": "B",
            "phone": "1",
            "email_subscribe": "unsubscribed",
            "cities": ["Graz", "Linz"],
            "names": {"last": "B"},
            "firstName": "Ana",
        }
        assert written({"lang": "fr"}, rules, context={"locale": "de-AT"})["language"] == "fr"
        assert written({"cities": []}, rules) == {"cities": [], "email_subscribe": "unsubscribed"}

    def test_a_literal_gives_way(self) -> None:
        rules = EngageRules(profile_fields={"language": ("$.traits.lang", "en")})
        assert written({"lang": "fr"}, rules) == {"language": "fr"}
        assert written({"lang": None}, rules) == {"language": "en"}
        assert left_out({"lang": None}, rules) == {"lang": "language comes from a rule"}

    def test_a_control_field_as_source(self) -> None:
        rules = EngageRules(profile_fields={"last_name": "$.traits.external_id"})
        assert written({"external_id": "B"}, rules) == {"last_name": "B"}

    def test_rules_with_a_plan_travel(self) -> None:
        rules = EngageRules(profile_fields={"language": "$.traits.lang"}, as_text={"n"})
        copied = pickle.loads(pickle.dumps(rules))
        assert copied == rules
        assert written({"lang": "fr", "n": 1}, copied) == {"language": "fr", "n": "1"}

    @pytest.mark.parametrize(
        ("fields", "words"),
        [
            ({"first_nam": "$.traits.x"}, "did you mean first_name?"),
            ({"zzz": "$.traits.x"}, "it knows country,"),
            ({"push_tokens": "$.traits.x"}, "cannot write push_tokens"),
            ({"external_id": "$.traits.x"}, "no profile field of Braze"),
            ({"email": "$.traits["}, "is no path"),
            ({"email": None}, "must be a path"),
            ({"email": ()}, "lists no alternative"),
            ({"email": "nobody"}, "gives everyone 'nobody'"),
            ({7: "$.traits.x"}, "must hold text"),
            ("email", "must be a mapping"),
        ],
    )
    def test_refusals(self, fields: Any, words: str) -> None:  # Any: wrong on purpose
        with pytest.raises(ConfigurationError) as refusal:
            EngageRules(profile_fields=fields)
        assert words in str(refusal.value)

    def test_what_was_given_is_copied(self) -> None:
        fields = {"language": "$.traits.lang"}
        rules = EngageRules(profile_fields=fields)
        fields.clear()
        assert rules.profile_fields == {"language": "$.traits.lang"}


class TestIdentifiers:
    def test_the_email_that_names_the_person(self) -> None:
        rules = EngageRules(identity=IdentityRules(email="$.traits.email"))
        raw = {"email": "Ana@b.test", "plan": 1}
        change = attribute_change(ordinary(raw, userId=None), rules)
        assert isinstance(change, AttributeChange)
        assert (change.identity.kind, change.identity.value) == ("email", "ana@b.test")
        assert change.attributes == {"plan": 1}
        assert change.dropped == ()

    def test_another_email_than_the_one_that_names_the_person(self) -> None:
        rules = EngageRules(identity=IdentityRules(email="$.context.traits.email"))
        context = {"traits": {"email": "a@b.test"}}
        for email in ("other@b.test", None):
            said = left_out({"email": email}, rules, userId=None, context=context)
            assert "names the person" in said["email"]

    def test_an_email_beside_a_phone_that_names_the_person(self) -> None:
        rules = EngageRules(identity=IdentityRules(phone="$.traits.phone"))
        traits = {"phone": "+431", "email": "a@b.test", "plan": 1}
        change = attribute_change(ordinary(traits, userId=None), rules)
        assert isinstance(change, AttributeChange)
        assert change.attributes == {"plan": 1}
        assert [dropped.name for dropped in change.dropped] == ["email"]

    def test_nothing_but_the_identifier(self) -> None:
        rules = EngageRules(identity=IdentityRules(email="$.traits.email"))
        for call in (ordinary, identify):
            change = attribute_change(
                call({"email": "a@b.test", "ltv": None}, userId=None),
                EngageRules(identity=rules.identity, nulls=Nulls.IGNORE),
            )
            assert isinstance(change, Unusable)
            assert change.reason is Reason.NULL_IGNORED
        change = attribute_change(ordinary({"email": "a@b.test"}, userId=None), rules)
        assert isinstance(change, Unusable)
        assert change.reason is Reason.NOTHING_TO_WRITE


def test_moments() -> None:
    assert moment_text(moment("2026-11-02T09:15:00.066179717Z") or 0) == "2026-11-02T09:15:00.066Z"
    assert moment_text(-1) == "1969-12-31T23:59:59.999Z"
    assert moment_text(0) == "1970-01-01T00:00:00.000Z"
    assert moment_text(10**30) is None
    unclear: list[object] = [12, -1, 10**15, 1e400, True, None, "1714521600", [], float("nan")]
    assert [moment(value) for value in unclear] == [None] * len(unclear)

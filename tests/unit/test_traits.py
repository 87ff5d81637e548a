"""Traits and memberships as attributes."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from itertools import permutations
from typing import Any

import pytest

from braze_engage.engage import (
    AliasRule,
    AttributeChange,
    AttributeWrite,
    Dropped,
    EngageCall,
    EngageRules,
    Enrichment,
    Identity,
    IdentityRules,
    Nulls,
    OrderKey,
    Reason,
    Unusable,
    attribute_change,
    boolean_change,
    fold_attributes,
)
from tests.support.calls import Raw, engage_call, identify, ordinary, track

RULES = EngageRules()
U1 = Identity("external_id", "u1")
ALIAS = Identity("user_alias", "u1", "crm")
SQL = {"ltv_band": "gold", "open_tickets": 3, "store_ids": "12,17", "last_nps": None}


def changed(call: EngageCall, rules: EngageRules = RULES) -> AttributeChange:
    found = attribute_change(call, rules)
    assert isinstance(found, AttributeChange), found
    return found


def written(traits: Raw, rules: EngageRules = RULES) -> Raw:
    """What a computed trait and the traits beside it write."""
    return dict(changed(identify(traits), rules).attributes)


def refused(found: object) -> Reason:
    assert isinstance(found, Unusable), found
    assert found.message_id == "m1"
    assert found.detail
    return found.reason


def audience(value: object, **traits: object) -> EngageCall:
    return identify({"vip": value, **traits}, key="vip", named="audience")


class TestChange:
    def test_every_part(self) -> None:
        assert changed(identify({"ltv": 12.5})) == AttributeChange(
            identity=U1,
            attributes={"ltv": 12.5},
            update_existing_only=None,
            merge_objects=frozenset(),
            order=OrderKey(1_000_000_000, 2_000_000_000, "m1", "12.5"),
            key="ltv",
            space_id="spa_1",
            dropped=(),
            warning=None,
        )

    def test_an_ordinary_call(self) -> None:
        change = changed(ordinary({"plan": "pro"}), EngageRules(update_existing_only=True))
        assert (change.key, change.space_id) == (None, None)
        assert change.update_existing_only is True
        assert change.order == OrderKey(1_000_000_000, 2_000_000_000, "m1", "")

    def test_personal_data_is_not_shown(self) -> None:
        change = changed(identify({"ltv": "secret"}))
        (write,) = fold_attributes([change])[U1]
        for text in (repr(change), repr(write)):
            assert "u1" not in text
            assert "secret" not in text

    @pytest.mark.parametrize(
        ("identity", "expected"),
        [
            (IdentityRules(), U1),
            (IdentityRules(external_id=None, braze_id="$.userId"), Identity("braze_id", "u1")),
            (
                IdentityRules(
                    external_id="$.none",
                    user_alias=AliasRule(alias_name="$.userId", alias_label="crm"),
                    email="$.traits.email",
                ),
                ALIAS,
            ),
            (
                IdentityRules(external_id="$.none", email="$.traits.email", phone="$.phone"),
                Identity("email", "a@b.test"),
            ),
            (IdentityRules(external_id=None, phone="$.phone"), Identity("phone", "+431")),
        ],
    )
    def test_one_identity(self, identity: IdentityRules, expected: Identity) -> None:
        call = identify({"ltv": 1, "email": "A@b.test"}, phone="+431")
        assert changed(call, EngageRules(identity=identity)).identity == expected

    def test_nobody(self) -> None:
        found = attribute_change(identify({"ltv": 1}, userId=None), RULES)
        assert refused(found) is Reason.NO_IDENTIFIER
        assert isinstance(found, Unusable)
        assert "attributes and events" not in found.detail
        assert "an e-mail" in found.detail
        rules = EngageRules(identity=IdentityRules(device_id="$.device", external_id=None))
        found = attribute_change(identify({"ltv": 1}, device="d1"), rules)
        assert isinstance(found, Unusable)
        assert "nothing is there for attributes and events" in found.detail

    def test_an_email_that_is_none(self) -> None:
        rules = EngageRules(identity=IdentityRules(email="$.traits.email"))
        call = identify({"ltv": 1, "email": "ana"}, userId=None)
        assert refused(attribute_change(call, rules)) is Reason.BAD_IDENTIFIER

    @pytest.mark.parametrize(
        ("call", "expected"),
        [
            (track({"ltv": 1}), Reason.NOT_IDENTIFY),
            (engage_call("group", None, traits={"ltv": 1}), Reason.NOT_A_USER),
            (engage_call("delete", None, key=None), Reason.NOT_IDENTIFY),
            (identify({"ltv": 1, "a____entity": "a"}), Reason.ENTITY_EVENT),
            (identify({}), Reason.NO_ATTRIBUTES),
            (identify(None), Reason.NO_ATTRIBUTES),
            (ordinary({}), Reason.NOTHING_TO_WRITE),
            (ordinary(None), Reason.NOTHING_TO_WRITE),
            (audience("maybe"), Reason.BAD_MEMBERSHIP),
            (audience(None), Reason.BAD_MEMBERSHIP),
            (identify({"plan": 1}, key="vip", named="audience"), Reason.NO_MEMBERSHIP),
            (identify({"plan": 1}, key="vip", named="journey_step"), Reason.JOURNEY_EVENT),
            # the graver of two
            (audience("maybe", userId=None), Reason.BAD_MEMBERSHIP),
            (identify({"ltv": "x" * 256}, userId=None), Reason.TOO_LONG),
            (identify({}, userId=None), Reason.NO_ATTRIBUTES),
            (ordinary({}, userId=None), Reason.NO_IDENTIFIER),
        ],
    )
    def test_what_is_none(self, call: EngageCall, expected: Reason) -> None:
        assert refused(attribute_change(call, RULES)) is expected


class TestValues:
    @pytest.mark.parametrize(
        "value",
        [
            *("Sweater", "", " ", "true", "100", "日本", "x" * 255, "ж" * 255, "2026-01-31"),
            *(0, 450, -7, 2**900, 12.5, 450.0, 1e300, True, False, None),
            *([], ["a", 1, 1.5, True], {}, {"name": "ski", "visits": 4}, {"a": {"b": [1, "x"]}}),
            *([{"a": 1}, {"b": "x"}], {"$time": "2026-01-31"}, {"add": 1, "other": 2}),
            {"ключ": "x", "a-b": 1},
        ],
    )
    def test_kept_as_it_is(self, value: object) -> None:
        change = changed(identify({"ltv": value}))
        sent = change.attributes["ltv"]
        assert sent == value
        assert type(sent) is type(value)
        assert change.dropped == ()

    @pytest.mark.parametrize(
        "key",
        ["Invited User?", "3_product_views", "a.b", "$x", " padded ", "日本", "x" * 255, "time"],
    )
    def test_keys_are_kept_as_they_are(self, key: str) -> None:
        assert changed(identify({key: 1}, key=key)).attributes == {key: 1}

    @pytest.mark.parametrize(
        ("value", "expected", "cut"),
        [
            (["a", None, "b"], ["a", "b"], {"ltv[1]": "it is null"}),
            (["a", ["b"], {"c": 1}], ["a"], {"ltv[1]": "a list", "ltv[2]": "an object"}),
            (["a", "x" * 256], ["a"], {"ltv[1]": "256 characters"}),
            (list(range(600)), list(range(500)), {"ltv": "first 500 of 600"}),
            ({"a": 1, "b": None}, {"a": 1}, {"ltv.b": "null inside an object"}),
            ({"a": None}, {}, {"ltv.a": "null inside an object"}),
            ({"a": 1, "b c": 1}, {"a": 1}, {"ltv.b c": "a blank"}),
            ({"a": 1, "b.c": 1, "$d": 1}, {"a": 1}, {"ltv.b.c": "a dot", "ltv.$d": "a dollar"}),
            ({"a": 1, "": 1}, {"a": 1}, {"ltv.": "empty"}),
            ({"a": 1, "x" * 256: 1}, {"a": 1}, {f"ltv.{'x' * 64}...": "256 characters"}),
            ({"a": 1, "t": {"$time": "soon"}}, {"a": 1}, {"ltv.t": "2026-11-23"}),
            ({"a": 1, "t": {"$time": "3001-01-01"}}, {"a": 1}, {"ltv.t": "up to 3000"}),
            ({"a": {"b": {"c": None}}}, {"a": {"b": {}}}, {"ltv.a.b.c": "null inside"}),
            ([{"a": 1, "b": None}], [{"a": 1}], {"ltv[0].b": "null inside"}),
            ([{"a": 1}, {"$x": 1}], [{"a": 1}], {"ltv[1].$x": "a dollar", "ltv[1]": "nothing is"}),
        ],
    )
    def test_cut(self, value: object, expected: object, cut: dict[str, str]) -> None:
        change = changed(identify({"ltv": value}))
        assert change.attributes == {"ltv": expected}
        said = {dropped.name: dropped.why for dropped in change.dropped}
        assert said.keys() == cut.keys()
        assert all(words in said[name] for name, words in cut.items())

    @pytest.mark.parametrize(
        ("value", "reason"),
        [
            ("x" * 256, Reason.TOO_LONG),
            ("\ud800", Reason.BAD_ATTRIBUTE),
            (2**1024, Reason.BAD_ATTRIBUTE),
            (float("nan"), Reason.BAD_ATTRIBUTE),
            (float("inf"), Reason.BAD_ATTRIBUTE),
            ([["a"]], Reason.BAD_ATTRIBUTE),
            ([None], Reason.BAD_ATTRIBUTE),
            ({"a b": 1}, Reason.BAD_ATTRIBUTE),
            ({"$time": "soon"}, Reason.BAD_ATTRIBUTE),
            ({"inc": 5}, Reason.BAD_ATTRIBUTE),
            ({"add": ["a"]}, Reason.BAD_ATTRIBUTE),
            ({"add": ["a"], "remove": ["b"]}, Reason.BAD_ATTRIBUTE),
            ({"inc": 5, "a": None}, Reason.BAD_ATTRIBUTE),
            ({"$add": [{"a": 1}]}, Reason.BAD_ATTRIBUTE),
            ({"$update": [], "a": 1}, Reason.BAD_ATTRIBUTE),
            ({f"k{n}": "x" * 250 for n in range(400)}, Reason.TOO_LONG),
            (["ж" * 255] * 500, Reason.TOO_LONG),
            (b"raw", Reason.BAD_ATTRIBUTE),
        ],
    )
    def test_refused(self, value: object, reason: Reason) -> None:
        assert refused(attribute_change(identify({"ltv": value}), RULES)) is reason
        # beside others it is left out
        for name, other in (("ltv", "plan"), ("plan", "ltv")):
            change = changed(identify({name: value, other: 1}))
            assert change.attributes == {other: 1}
            assert name in {dropped.name for dropped in change.dropped}
            assert (change.warning is None) is (name != "ltv")

    def test_times_of_python(self) -> None:
        at = datetime(2026, 11, 2, 10, 15, tzinfo=timezone(timedelta(hours=1)))
        value = {"at": at, "on": at.date(), "list": [at]}
        assert written({"ltv": at, "plan": at.date(), "prefs": value, "tags": [at]}) == {
            "ltv": "2026-11-02T09:15:00.000Z",
            "plan": "2026-11-02",
            "prefs": {
                "at": {"$time": "2026-11-02T09:15:00.000Z"},
                "on": {"$time": "2026-11-02"},
                "list": ["2026-11-02T09:15:00.000Z"],
            },
            "tags": ["2026-11-02T09:15:00.000Z"],
        }
        early = datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=1)))
        assert refused(attribute_change(identify({"ltv": early}), RULES)) is Reason.BAD_ATTRIBUTE

    def test_what_json_does_not_know(self) -> None:
        change = changed(identify({"ltv": {"a": 1, "b": b"raw", "c": {1, 2}}}))
        assert change.attributes == {"ltv": {"a": 1}}
        assert [dropped.name for dropped in change.dropped] == ["ltv.b", "ltv.c"]

    def test_any_number_of_names(self) -> None:
        rules = EngageRules()
        for n in range(5_000):
            assert written({f"name {n}": n}, rules) == {f"name {n}": n}
        assert len(rules.trait_plan.uses) < 5_000

    def test_nesting(self) -> None:
        value: Raw = {"a": 1}
        for _ in range(200):
            value = {"a": value}
        assert refused(attribute_change(identify({"ltv": value}), RULES)) is Reason.BAD_ATTRIBUTE

    @pytest.mark.parametrize(
        ("key", "reason"),
        [
            *[(key, Reason.CONTROL_FIELD) for key in ("external_id", "braze_id", "user_alias")],
            *[(key, Reason.CONTROL_FIELD) for key in ("_merge_objects", "push_token_import")],
            *[(key, Reason.CONTROL_FIELD) for key in ("_update_existing_only", " external_id ")],
            *[(key, Reason.CONTROL_FIELD) for key in ("alias_name", "email_subscription_info")],
            ("push_tokens", Reason.BAD_ATTRIBUTE),
            (" email", Reason.BAD_ATTRIBUTE),
            ("x" * 256, Reason.TOO_LONG),
        ],
    )
    def test_names(self, key: str, reason: Reason) -> None:
        found = attribute_change(identify({key: "x"}, key=key), RULES)
        assert refused(found) is reason
        change = changed(identify({key: "x", "ltv": 1}))
        assert change.attributes == {"ltv": 1}
        assert len(change.dropped) == 1

    def test_names_that_are_no_text(self) -> None:
        values: dict[Any, Any] = {7: 1, "": 1, "\ud800": 1, "ltv": 1}  # Any: wrong on purpose
        change = changed(identify(values))
        assert change.attributes == {"ltv": 1}
        assert [dropped.name for dropped in change.dropped] == ["a number", "", "\\ud800"]

    def test_a_detail_holds_no_value(self) -> None:
        for value in ("secret" * 50, ["secret", "secret" * 50, None], {"a b": "secret"}):
            found = attribute_change(identify({"ltv": value}), RULES)
            said = (found.detail,) if isinstance(found, Unusable) else found.dropped
            assert said
            assert "secret" not in str(said)


class TestComputedAndBeside:
    def test_all(self) -> None:
        assert written({"ltv": 1, "plan": "pro", "email": "a@b.test"}) == {
            "ltv": 1,
            "plan": "pro",
            "email": "a@b.test",
        }

    def test_computed_only(self) -> None:
        rules = EngageRules(enrichment=Enrichment.COMPUTED_ONLY)
        context = {
            "personas": {"computation_class": "trait", "computation_key": "ltv"},
            "location": {"country": "FR"},
        }
        call = identify({"ltv": 1, "plan": "pro", "email": "a@b.test"}, context=context)
        assert changed(call).attributes.keys() == {"ltv", "plan", "email", "country"}
        change = changed(call, rules)
        assert change.attributes == {"ltv": 1}
        assert [dropped.name for dropped in change.dropped] == ["plan", "email"]
        assert "COMPUTED_ONLY" in change.dropped[0].why

    def test_computed_only_of_an_audience(self) -> None:
        rules = EngageRules(enrichment=Enrichment.COMPUTED_ONLY)
        change = changed(audience(True, plan="pro"), rules)
        assert change.attributes == {"vip": True}
        assert [dropped.name for dropped in change.dropped] == ["plan"]

    def test_computed_only_of_an_ordinary_call(self) -> None:
        rules = EngageRules(enrichment=Enrichment.COMPUTED_ONLY)
        assert changed(ordinary({"plan": "pro"}), rules).attributes == {"plan": "pro"}

    @pytest.mark.parametrize("enrichment", Enrichment)
    def test_sql_traits(self, enrichment: Enrichment) -> None:
        rules = EngageRules(enrichment=enrichment)
        call = identify({**SQL, "country": "AT"}, key="crm_sql_export")
        assert changed(call, rules).attributes == {**SQL, "country": "AT"}

    def test_identifiers_are_no_sql_traits(self) -> None:
        rules = EngageRules(enrichment=Enrichment.COMPUTED_ONLY)
        change = changed(identify({**SQL, "email": "a@b.test", "user_id": "7"}, key="crm"), rules)
        assert change.attributes == SQL
        assert {dropped.name for dropped in change.dropped} == {"email", "user_id"}

    def test_one_bad_sql_trait_leaves_the_rest(self) -> None:
        change = changed(identify({**SQL, "note": "x" * 256}, key="crm"))
        assert change.attributes == SQL
        assert [dropped.name for dropped in change.dropped] == ["note"]
        found = attribute_change(identify({"note": "x" * 256, "first_name": ""}, key="crm"), RULES)
        assert refused(found) is Reason.TOO_LONG

    def test_a_computed_trait_that_is_a_profile_field(self) -> None:
        assert changed(identify({"language": "fr"}, key="language")).attributes == {
            "language": "fr"
        }
        found = attribute_change(identify({"language": "!"}, key="language"), RULES)
        assert refused(found) is Reason.BAD_ATTRIBUTE
        change = changed(identify({"language": "!", "plan": 1}, key="language"))
        assert change.attributes == {"plan": 1}
        assert change.warning is not None
        assert "computed value is not sent: language is not written" in change.warning


class TestNulls:
    def test_forwarded(self) -> None:
        assert written({"ltv": None, "phone": None}) == {"ltv": None, "phone": None}

    def test_ignored(self) -> None:
        rules = EngageRules(nulls=Nulls.IGNORE)
        change = changed(identify({"ltv": None, "plan": 1}), rules)
        assert change.attributes == {"plan": 1}
        assert change.dropped == (Dropped("ltv", "it is null, and a rule ignores nulls"),)
        found = attribute_change(identify({"ltv": None}), rules)
        assert refused(found) is Reason.NULL_IGNORED

    def test_an_exit_as_null_is_not_ignored(self) -> None:
        rules = EngageRules(nulls=Nulls.IGNORE, audience_exit=None)
        assert changed(audience(False), rules).attributes == {"vip": None}


class TestAsText:
    @pytest.mark.parametrize(
        ("value", "text"),
        [
            (450, "450"),
            (450.0, "450"),
            (12.5, "12.5"),
            (1e300, "1e+300"),
            (True, "true"),
            ("x", "x"),
            (None, None),
            (["a", 1], '["a",1]'),
            ({"ключ": 1}, '{"ключ":1}'),
        ],
    )
    def test_written_as_text(self, value: object, text: str | None) -> None:
        assert written({"ltv": value, "n": 1}, EngageRules(as_text={"ltv"})) == {
            "ltv": text,
            "n": 1,
        }

    def test_too_long_as_text(self) -> None:
        found = attribute_change(identify({"ltv": ["abc"] * 100}), EngageRules(as_text={"ltv"}))
        assert refused(found) is Reason.TOO_LONG

    def test_a_membership(self) -> None:
        rules = EngageRules(as_text={"vip"})
        assert changed(audience("TRUE"), rules).attributes == {"vip": "true"}
        assert changed(audience(False), rules).attributes == {"vip": "false"}


class TestMembership:
    @pytest.mark.parametrize("named", ["audience", "journey_step"])
    @pytest.mark.parametrize(("value", "member"), [(True, True), ("False", False), ("true", True)])
    def test_by_identify(self, named: str, value: object, member: bool) -> None:
        call = identify({"vip": value, "plan": "pro"}, key="vip", named=named)
        change = changed(call)
        assert change.attributes == {"vip": member, "plan": "pro"}
        assert change.order.value == str(member).lower()
        assert change.update_existing_only is None

    def test_words_of_traits_stay_words(self) -> None:
        assert written({"ltv": "true", "plan": "false"}) == {"ltv": "true", "plan": "false"}

    def test_exit_as_null(self) -> None:
        rules = EngageRules(audience_exit=None)
        assert changed(audience(False), rules).attributes == {"vip": None}
        assert changed(audience(True), rules).attributes == {"vip": True}
        # of a trait, false is a value
        assert written({"ltv": False}, rules) == {"ltv": False}

    @pytest.mark.parametrize(
        ("key", "reason"),
        [
            ("external_id", Reason.CONTROL_FIELD),
            ("country", Reason.BAD_ATTRIBUTE),
            ("firstName", Reason.BAD_ATTRIBUTE),
        ],
    )
    def test_keys_that_cannot_be(self, key: str, reason: Reason) -> None:
        call = identify({key: True, "plan": 1}, key=key, named="audience")
        assert refused(attribute_change(call, RULES)) is reason
        assert refused(boolean_change(call, RULES)) is reason

    @pytest.mark.parametrize(
        ("call", "member"),
        [
            (audience(True, email="a@b.test"), True),
            (audience("false"), False),
            (track({"vip": True}, key="vip", named="audience"), True),
            (track({"vip": "False"}, key="vip", named="audience"), False),
            (track({"vip": True}, key="vip", named="journey_step"), True),
            (track({}, key="vip", named="audience", event="Audience Exited"), False),
        ],
    )
    def test_boolean(self, call: EngageCall, member: bool) -> None:
        change = boolean_change(call, RULES)
        assert isinstance(change, AttributeChange)
        assert (change.warning is None) is ("vip" in call.values)
        assert change == AttributeChange(
            identity=U1,
            attributes={"vip": member},
            # leaving creates nobody
            update_existing_only=None if member else True,
            merge_objects=frozenset(),
            order=OrderKey(1_000_000_000, 2_000_000_000, "m1", str(member).lower()),
            key="vip",
            space_id="spa_1",
            warning=change.warning,
        )

    def test_boolean_by_rule(self) -> None:
        rules = EngageRules(audience_exit=None, update_existing_only=False)
        left = boolean_change(audience(False), rules)
        entered = boolean_change(audience(True), rules)
        assert isinstance(left, AttributeChange)
        assert isinstance(entered, AttributeChange)
        assert (left.attributes, left.update_existing_only) == ({"vip": None}, True)
        assert entered.update_existing_only is False

    @pytest.mark.parametrize(
        ("call", "expected"),
        [
            (engage_call("group", None, traits={"ltv": True}), Reason.NOT_A_USER),
            (ordinary({"vip": True}), Reason.NOT_ENGAGE),
            (identify({"ltv": True}), Reason.BAD_MEMBERSHIP),
            (audience(7), Reason.BAD_MEMBERSHIP),
            (track({"x": 1}, key="vip", named="journey_step"), Reason.JOURNEY_EVENT),
            (
                track({"vip": True, "a____entity": "a"}, key="vip", named="audience"),
                Reason.ENTITY_EVENT,
            ),
            (
                identify({"vip": True}, key="vip", named="audience", userId=None),
                Reason.NO_IDENTIFIER,
            ),
        ],
    )
    def test_what_is_no_boolean(self, call: EngageCall, expected: Reason) -> None:
        assert refused(boolean_change(call, RULES)) is expected


def change(
    at: int,
    attributes: Raw,
    *,
    only: bool | None = None,
    merge: tuple[str, ...] = (),
    identity: Identity = U1,
    message_id: str = "",
) -> AttributeChange:
    return AttributeChange(
        identity, attributes, only, frozenset(merge), OrderKey(at, 0, message_id, ""), "vip"
    )


def entries(*changes: AttributeChange) -> list[Raw]:
    """What is sent for one person, the same in any order of arrival."""
    found = [fold_attributes(arrival) for arrival in permutations(changes)]
    folded = [[write.to_json() for write in one[changes[0].identity]] for one in found]
    assert all(one == folded[0] for one in folded)
    return folded[0]


class TestFolding:
    def test_the_newest_value_of_each(self) -> None:
        older, newer = change(1, {"a": 1, "b": 1}), change(2, {"b": 2, "c": None})
        (write,) = fold_attributes([newer, older])[U1]
        assert write == AttributeWrite(
            identity=U1,
            attributes={"a": 1, "b": 2, "c": None},
            update_existing_only=None,
            merge_objects=False,
            sources={"a": (older,), "b": (newer,), "c": (newer,)},
        )
        assert write.to_json() == {"external_id": "u1", "a": 1, "b": 2, "c": None}

    def test_people_are_apart(self) -> None:
        other = Identity("email", "a@b.test")
        folded = fold_attributes([change(1, {"a": 1}), change(2, {"a": 2}, identity=other)])
        assert {who: writes[0].to_json() for who, writes in folded.items()} == {
            U1: {"external_id": "u1", "a": 1},
            other: {"email": "a@b.test", "a": 2},
        }
        assert fold_attributes([]) == {}

    def test_an_alias(self) -> None:
        assert entries(change(1, {"a": 1}, only=False, identity=ALIAS)) == [
            {
                "user_alias": {"alias_name": "u1", "alias_label": "crm"},
                "a": 1,
                "_update_existing_only": False,
            }
        ]

    def test_ties(self) -> None:
        first, second = change(1, {"a": 1}), change(1, {"a": 2})
        assert entries(first, second) == [{"external_id": "u1", "a": 2}]
        assert fold_attributes([first, second] * 2) == fold_attributes([first, second])

    def test_leaving_creates_nobody(self) -> None:
        assert entries(change(1, {"vip": False}, only=True)) == [
            {"external_id": "u1", "vip": False, "_update_existing_only": True}
        ]
        # what is older than what creates the person stays apart
        assert entries(change(1, {"vip": False}, only=True), change(2, {"plan": 1})) == [
            {"external_id": "u1", "vip": False, "_update_existing_only": True},
            {"external_id": "u1", "plan": 1},
        ]

    def test_leaving_after_entering_leaves_a_person_behind(self) -> None:
        entered = change(1, {"vip": True})
        assert entries(entered, change(2, {"vip": False}, only=True)) == [
            {"external_id": "u1", "vip": False}
        ]
        assert entries(change(2, {"vip": True}), change(1, {"vip": False}, only=True)) == [
            {"external_id": "u1", "vip": True}
        ]

    def test_an_alias_creates_nobody_by_default(self) -> None:
        entered = change(1, {"a": 1}, identity=ALIAS)
        left = change(2, {"b": False}, only=True, identity=ALIAS)
        assert [len(entry) for entry in entries(entered, left)] == [3, 2]

    def test_objects_are_merged(self) -> None:
        assert entries(
            change(1, {"prefs": {"a": 1, "in": {"x": 1}}, "plan": 1}, merge=("prefs",)),
            change(2, {"prefs": {"b": 2, "in": {"y": [2]}}}, merge=("prefs",)),
            change(3, {"prefs": {"a": 3}, "plan": 3}, merge=("prefs",)),
        ) == [
            {"external_id": "u1", "plan": 3},
            {
                "external_id": "u1",
                "prefs": {"a": 3, "b": 2, "in": {"x": 1, "y": [2]}},
                "_merge_objects": True,
            },
        ]

    def test_sources_of_a_merged_object(self) -> None:
        first = change(1, {"prefs": {"a": 1}}, merge=("prefs",))
        second = change(2, {"prefs": {"b": 2}}, merge=("prefs",))
        (write,) = fold_attributes([second, first])[U1]
        assert write.sources == {"prefs": (first, second)}

    def test_what_was_removed_is_not_merged_into(self) -> None:
        removed = change(2, {"prefs": None})
        assert entries(
            change(1, {"prefs": {"a": 1}}, merge=("prefs",)),
            removed,
            change(3, {"prefs": {"b": 2}}, merge=("prefs",)),
            change(4, {"prefs": {"c": 3}}, merge=("prefs",)),
        ) == [{"external_id": "u1", "prefs": {"b": 2, "c": 3}}]

    def test_a_time_is_not_merged(self) -> None:
        assert entries(
            change(1, {"prefs": {"t": {"$time": "2026-01-01"}}}, merge=("prefs",)),
            change(2, {"prefs": {"t": {"$time": "2026-02-02"}}}, merge=("prefs",)),
        )[0]["prefs"] == {"t": {"$time": "2026-02-02"}}
        time = {"$time": "2026-01-01"}
        assert entries(change(1, {"prefs": time}, merge=("prefs",))) == [
            {"external_id": "u1", "prefs": time}
        ]

    def test_a_union_that_braze_would_not_store(self) -> None:
        large = [{f"{n}-{i}": "x" * 250 for i in range(300)} for n in range(2)]
        (entry,) = entries(
            change(1, {"prefs": large[0]}, merge=("prefs",)),
            change(2, {"prefs": large[1]}, merge=("prefs",)),
        )
        assert entry["prefs"] == large[1]

    def test_merging_by_rule(self) -> None:
        rules = EngageRules(merge_objects={"prefs"})
        found = changed(identify({"ltv": {"a": 1}, "prefs": {"b": 1}}), rules)
        assert found.merge_objects == {"prefs"}
        assert entries(found) == [
            {"external_id": "u1", "ltv": {"a": 1}},
            {"external_id": "u1", "prefs": {"b": 1}, "_merge_objects": True},
        ]

"""Who a call is about."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any, ClassVar

import attrs
import pytest

from braze_engage.engage import (
    AliasRule,
    EngageCall,
    Identity,
    IdentityRules,
    Reason,
    Unusable,
    cohort_identity,
    read_call,
)
from braze_engage.engage.paths import Lookup
from braze_engage.errors import ConfigurationError

if TYPE_CHECKING:
    from braze_engage.engage.paths import PathRule

Raw = dict[str, Any]  # Any: a call is JSON

EMAIL_ALIAS = AliasRule(alias_name="$.context.traits.email", alias_label="email")


def chosen(raw: Raw, rules: IdentityRules | None = None) -> Identity | Unusable:
    call = read_call({"type": "identify", "messageId": "m1", **raw}, now_ns=0)
    assert isinstance(call, EngageCall), call
    return cohort_identity(call, rules or IdentityRules())


def reason(raw: Raw, rules: IdentityRules | None = None) -> Reason:
    refused = chosen(raw, rules)
    assert isinstance(refused, Unusable)
    assert refused.message_id == "m1"
    return refused.reason


class TestExternalId:
    def test_the_user_id_by_default(self) -> None:
        assert chosen({"userId": "u1"}) == Identity("external_id", "u1")
        assert chosen({"user_id": "u1"}) == Identity("external_id", "u1")
        assert chosen({"userId": "u1", "user_id": "u2"}) == Identity("external_id", "u1")
        assert chosen({"userId": None, "user_id": "u2"}) == Identity("external_id", "u2")

    def test_text_stays_as_it_is(self) -> None:
        for value in (" u1 ", "用户", "a\nb", "0", "null"):
            assert chosen({"userId": value}) == Identity("external_id", value)

    def test_whole_numbers_become_text(self) -> None:
        assert chosen({"userId": 1234}) == Identity("external_id", "1234")
        assert chosen({"userId": 0}) == Identity("external_id", "0")

    @pytest.mark.parametrize(
        "value", [True, 1.0, ["u1"], {"id": "u1"}, 1 << 70, "\ud800", "é" * 494]
    )
    def test_values_braze_would_not_take(self, value: object) -> None:
        # and no other identifier steps in
        rules = IdentityRules(device_id="$.context.device.id")
        raw = {"userId": value, "context": {"device": {"id": "d1"}}}
        assert reason(raw, rules) is Reason.BAD_IDENTIFIER

    def test_the_limit_is_in_bytes(self) -> None:
        for value in ("x" * 987, "é" * 493):
            assert chosen({"userId": value}) == Identity("external_id", value)
        assert reason({"userId": "x" * 988}) is Reason.BAD_IDENTIFIER

    @pytest.mark.parametrize(
        "raw", [{}, {"userId": None}, {"userId": ""}, {"userId": "  "}, {"anonymousId": "a"}]
    )
    def test_nobody(self, raw: Raw) -> None:
        assert reason(raw) is Reason.NO_IDENTIFIER

    def test_the_detail_says_where_it_looked_and_no_value(self) -> None:
        refused = chosen({"anonymousId": "secret"})
        assert isinstance(refused, Unusable)
        assert "external_id='$.userId'" in refused.detail
        assert "secret" not in refused.detail
        refused = chosen({"userId": "secret" * 1000})
        assert isinstance(refused, Unusable)
        assert "987" in refused.detail
        assert "secret" not in refused.detail


class TestOrderOfKinds:
    rules = IdentityRules(
        device_id="$.context.device.id", user_alias=EMAIL_ALIAS, email="$.context.traits.email"
    )
    context: ClassVar[Raw] = {"device": {"id": "d1"}, "traits": {"email": "a@b.test"}}

    def test_external_id_device_id_alias(self) -> None:
        raw: Raw = {"userId": "u1", "context": self.context}
        assert chosen(raw, self.rules) == Identity("external_id", "u1")
        raw["userId"] = ""
        assert chosen(raw, self.rules) == Identity("device_id", "d1")
        raw["context"] = {"traits": self.context["traits"]}
        assert chosen(raw, self.rules) == Identity("user_alias", "a@b.test", "email")

    def test_a_cohort_takes_no_email(self) -> None:
        rules = IdentityRules(
            external_id=None, email="$.context.traits.email", braze_id="$.b", phone="$.p"
        )
        assert reason({"userId": "u1", "context": self.context}, rules) is Reason.NO_IDENTIFIER
        refused = chosen({}, rules)
        assert isinstance(refused, Unusable)
        assert "nothing is there for cohorts" in refused.detail

    def test_device_ids_have_a_limit_too(self) -> None:
        raw: Raw = {"context": {"device": {"id": "d" * 256}}}
        assert reason(raw, self.rules) is Reason.BAD_IDENTIFIER


class TestAlias:
    def test_a_path_to_both_halves(self) -> None:
        rules = IdentityRules(user_alias="$.context.braze_alias")
        alias: Raw = {"alias_name": "a:b", "alias_label": "c"}
        assert chosen({"context": {"braze_alias": alias}}, rules) == Identity(
            "user_alias", "a:b", "c"
        )
        alias = {"alias_name": 17, "alias_label": "crm"}
        assert chosen({"context": {"braze_alias": alias}}, rules) == Identity(
            "user_alias", "17", "crm"
        )

    @pytest.mark.parametrize(
        "alias",
        [
            None,
            "crm",
            [],
            {},
            {"alias_name": "a"},
            {"alias_label": "crm"},
            {"alias_name": "", "alias_label": "crm"},
            {"alias_name": "a", "alias_label": " "},
            {"alias_name": None, "alias_label": "crm"},
        ],
    )
    def test_an_incomplete_alias_counts_as_none(self, alias: object) -> None:
        rules = IdentityRules(user_alias="$.context.braze_alias")
        raw = {"context": {"braze_alias": alias}}
        assert reason(raw, rules) is Reason.NO_IDENTIFIER
        assert chosen({**raw, "userId": "u1"}, rules) == Identity("external_id", "u1")

    @pytest.mark.parametrize("half", ["a" * 237, "é" * 119, True, 1.5, ["a"], "\udcff"])
    def test_halves_braze_would_not_take(self, half: object) -> None:
        rules = IdentityRules(user_alias="$.context.alias")
        for alias in (
            {"alias_name": half, "alias_label": "l"},
            {"alias_name": "n", "alias_label": half},
        ):
            assert reason({"context": {"alias": alias}}, rules) is Reason.BAD_IDENTIFIER

    def test_alternatives_for_a_half(self) -> None:
        rule = AliasRule(
            alias_name=("$.traits.email", "$.context.traits.email"), alias_label="email"
        )
        rules = IdentityRules(user_alias=rule)
        assert chosen({"traits": {"email": "x"}}, rules) == Identity("user_alias", "x", "email")
        raw: Raw = {"traits": {"email": " "}, "context": {"traits": {"email": "y"}}}
        assert chosen(raw, rules) == Identity("user_alias", "y", "email")

    def test_an_alias_is_a_pair(self) -> None:
        assert Identity("user_alias", "a:b", "c") != Identity("user_alias", "a", "b:c")


class TestPaths:
    @pytest.mark.parametrize(
        ("rule", "raw", "found"),
        [
            ("$.anonymousId", {"anonymousId": "a1"}, "a1"),
            ("$.anonymousId", {"anonymous_id": "a1"}, "a1"),
            ("$.context.externalIds[0].id", {"context": {"externalIds": [{"id": "x"}]}}, "x"),
            ("$.context.externalIds.0.id", {"context": {"externalIds": [{"id": "x"}]}}, "x"),
            ("$.context.externalIds[1].id", {"context": {"externalIds": [{"id": "x"}]}}, None),
            ("$.context.externalIds[0].id", {"context": {"external_ids": [{"id": "x"}]}}, "x"),
            ("$.traits['android.id']", {"traits": {"android.id": "x"}}, "x"),
            ('$.traits["a]b"]', {"traits": {"a]b": "x"}}, "x"),
            ("$.traits.crm id", {"traits": {"crm id": "x"}}, "x"),
            ("$.traits[7]", {"traits": {"7": "x"}}, "x"),
            ("$.traits.x", {"traits": None}, None),
            ("$.traits.x", {"traits": "text"}, None),
            ("$.traits.x", {"traits": ["x"]}, None),
            ("$.traits.x", {"traits": 0}, None),
            ("$.traits.x", {}, None),
            (("$.a", "$.b"), {"a": "x", "b": "y"}, "x"),
            (("$.a", "$.b"), {"a": "", "b": "y"}, "y"),
            (("$.a", "$.b"), {"a": None, "b": "y"}, "y"),
            (("$.a", "$.b"), {"a": 0, "b": "y"}, 0),
            (("$.a", "$.b"), {}, None),
        ],
    )
    def test_found(self, rule: PathRule, raw: Raw, found: object) -> None:
        assert Lookup.of(rule, "external_id").find(raw) == found

    @pytest.mark.parametrize(
        "rule",
        [
            "userId",
            "",
            " ",
            "$",
            "$userId",
            "$.",
            "$..a",
            "$.a.",
            "$.a[",
            "$.a[x]",
            "$.a[-1]",
            "$.a['b'",
            "$.a['']",
            "$.a]b",
            ("$.userId", "fixed"),
            (),
            7,
            ["$.userId"],
            ("$.a", None),
            True,
        ],
    )
    @pytest.mark.parametrize("name", ["external_id", "braze_id", "device_id", "email", "phone"])
    def test_no_path(self, name: str, rule: object) -> None:
        with pytest.raises(ConfigurationError):
            IdentityRules(**{name: rule})  # type: ignore[arg-type]  # wrong on purpose


class TestConstruction:
    def test_nothing_at_all(self) -> None:
        with pytest.raises(ConfigurationError, match="at least one"):
            IdentityRules(external_id=None)

    def test_an_alias_that_everyone_would_share(self) -> None:
        with pytest.raises(ConfigurationError, match="everyone would get the same alias"):
            AliasRule(alias_name="vip", alias_label="crm")
        AliasRule(alias_name="email", alias_label="$.context.traits.email")

    def test_an_alias_is_no_other_identifier(self) -> None:
        with pytest.raises(ConfigurationError, match="email must be a path"):
            IdentityRules(email=EMAIL_ALIAS)  # type: ignore[arg-type]  # wrong on purpose
        with pytest.raises(ConfigurationError, match="user_alias"):
            IdentityRules(user_alias="crm")

    def test_unknown_keywords(self) -> None:
        with pytest.raises(ConfigurationError, match="did you mean external_id"):
            IdentityRules(externalId="$.userId")  # type: ignore[call-arg]  # wrong on purpose
        with pytest.raises(TypeError, match="alias_label"):
            AliasRule(alias_name="$.a")  # type: ignore[call-arg]  # wrong on purpose

    def test_rules_are_values(self) -> None:
        rules = IdentityRules(user_alias=EMAIL_ALIAS)
        assert rules == IdentityRules(user_alias=EMAIL_ALIAS) != IdentityRules()
        copied = pickle.loads(pickle.dumps(rules))
        assert copied == rules
        assert chosen({"context": {"traits": {"email": "x"}}}, copied) == Identity(
            "user_alias", "x", "email"
        )
        assert attrs.evolve(rules, external_id="$.x").external_id == "$.x"
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            rules.external_id = None  # type: ignore[misc]  # wrong on purpose
        assert (
            repr(EMAIL_ALIAS)
            == "AliasRule(alias_name='$.context.traits.email', alias_label='email')"
        )

"""The rules and their refusals."""

from __future__ import annotations

import inspect
import pickle
from datetime import timedelta
from typing import Any

import attrs
import pytest

from braze_engage.engage import (
    SEGMENT_PROFILE_FIELDS,
    Delivery,
    EngageCall,
    EngageRules,
    Enrichment,
    IdentityRules,
    Nulls,
    OtherCalls,
    Repeats,
    read_call,
)
from braze_engage.errors import BrazeError, ConfigurationError

DEFAULTS = (Delivery.COHORT, Delivery.IDENTIFY, Delivery.TRACK)


def call(computation_class: str | None = "audience", key: str = "vip") -> EngageCall:
    personas = {"computation_class": computation_class, "computation_key": key}
    raw = {"type": "track", "context": {"personas": personas}, "properties": {key: 1}}
    read = read_call(raw, now_ns=0)
    assert isinstance(read, EngageCall)
    return read


def test_defaults() -> None:
    rules = EngageRules()
    assert rules.audiences is rules.traits is rules.journeys is None
    assert rules.overrides == {}
    assert rules.event_names == rules.cohort_names == {}
    assert rules.spaces is None
    assert rules.identity == IdentityRules()
    assert rules.repeats is Repeats.SEND
    assert rules.drop_older_than is None
    assert rules.profile_fields == SEGMENT_PROFILE_FIELDS
    assert rules.enrichment is Enrichment.ALL
    assert rules.as_text == rules.merge_objects == frozenset()
    assert rules.audience_exit is False
    assert rules.nulls is Nulls.FORWARD
    assert rules.null_guard is None
    assert rules.time == "$.timestamp"
    assert rules.other_calls is OtherCalls.FILTER
    assert rules.update_existing_only is None
    assert rules.app_id is None


def test_values_of_the_rules_about_attributes() -> None:
    rules = EngageRules(
        enrichment=Enrichment.COMPUTED_ONLY,
        as_text=["a", "b"],
        merge_objects={"c"},
        audience_exit=None,
        nulls=Nulls.IGNORE,
        null_guard=1,
        time=("$.properties.at", "$.timestamp"),
        other_calls=OtherCalls.FORWARD,
        update_existing_only=False,
        app_id="app-1",
    )
    assert rules.as_text == {"a", "b"}
    assert rules.merge_objects == {"c"}
    assert rules.null_guard == 1
    assert pickle.loads(pickle.dumps(rules)) == rules
    assert attrs.evolve(rules, time="$.timestamp").event_time is None


def test_deliveries_combine() -> None:
    both = Delivery.COHORT | Delivery.IDENTIFY
    assert Delivery.COHORT in both
    assert Delivery.TRACK not in both
    assert not Delivery.NONE
    assert Delivery(0) is Delivery.NONE


class TestDeliveryFor:
    @pytest.mark.parametrize(
        ("computation_class", "delivery"),
        [
            ("audience", Delivery.COHORT),
            ("trait", Delivery.IDENTIFY),
            ("computed_trait", Delivery.IDENTIFY),
            ("journey_step", Delivery.TRACK),
        ],
    )
    def test_default(self, computation_class: str, delivery: Delivery) -> None:
        assert EngageRules().delivery_for(call(computation_class), *DEFAULTS) == (
            delivery,
            "default",
        )

    @pytest.mark.parametrize(
        ("computation_class", "name", "delivery"),
        [
            ("audience", "audiences", Delivery.BOOLEAN),
            ("trait", "traits", Delivery.TRACK),
            ("journey_step", "journeys", Delivery.NONE),
        ],
    )
    def test_rule(self, computation_class: str, name: str, delivery: Delivery) -> None:
        rules = EngageRules(
            audiences=Delivery.BOOLEAN, traits=Delivery.TRACK, journeys=Delivery.NONE
        )
        assert rules.delivery_for(call(computation_class), *DEFAULTS) == (delivery, name)

    def test_override(self) -> None:
        rules = EngageRules(audiences=Delivery.BOOLEAN, overrides={"vip": Delivery.NONE})
        assert rules.delivery_for(call(), *DEFAULTS) == (Delivery.NONE, 'overrides["vip"]')
        assert rules.delivery_for(call(key="other"), *DEFAULTS) == (Delivery.BOOLEAN, "audiences")

    @pytest.mark.parametrize("computation_class", [None, "Default"])
    def test_a_class_nobody_knows(self, computation_class: str | None) -> None:
        delivery, words = EngageRules().delivery_for(call(computation_class), *DEFAULTS)
        assert delivery is Delivery.NONE
        assert "not known" in words
        rules = EngageRules(overrides={"vip": Delivery.COHORT})
        assert rules.delivery_for(call(computation_class), *DEFAULTS)[0] is Delivery.COHORT

    def test_an_ordinary_call(self) -> None:
        ordinary = read_call({"type": "track"}, now_ns=0)
        assert isinstance(ordinary, EngageCall)
        assert EngageRules().delivery_for(ordinary, *DEFAULTS)[0] is Delivery.NONE


class TestEventNames:
    def test_the_names_of_segment(self) -> None:
        rules = EngageRules()
        assert rules.membership_by_event("Audience Entered") is True
        assert rules.membership_by_event("Audience Exited") is False
        for other in ("audience entered", "Trait Computed", "", None):
            assert rules.membership_by_event(other) is None

    def test_names_that_were_set_in_engage(self) -> None:
        rules = EngageRules(
            event_names={
                "Joined": "Audience Entered",
                "Came back": "Audience Entered",
                "Left": "Audience Exited",
                "Trait Computed": "Trait",
            }
        )
        assert rules.membership_by_event("Joined") is True
        assert rules.membership_by_event("Came back") is True
        assert rules.membership_by_event("Left") is False
        assert rules.membership_by_event("Trait") is None
        assert rules.membership_by_event("Audience Entered") is True

    def test_either_side_of_a_pair(self) -> None:
        rules = EngageRules(event_names={"Audience Entered": "Joined", "Audience Exited": "Left"})
        assert rules.membership_by_event("Joined") is True
        assert rules.membership_by_event("Left") is False

    @pytest.mark.parametrize(
        "event_names",
        [
            {"Changed": "Audience Entered", "Audience Exited": "Changed"},
            {"Audience Entered": "Changed", "Audience Exited": "Changed"},
            {"Audience Entered": "Audience Exited"},
        ],
    )
    def test_one_name_for_both(self, event_names: dict[str, str]) -> None:
        with pytest.raises(ConfigurationError, match="entering and for leaving"):
            EngageRules(event_names=event_names)


def test_names_of_cohorts() -> None:
    rules = EngageRules(cohort_names={"vip": "by key", "aud_1": "by id"})
    assert rules.cohort_name("aud_1", "vip") == ("by id", True)
    assert rules.cohort_name("aud_2", "vip") == ("by key", True)
    assert rules.cohort_name("aud_2", "other") == ("other", False)
    assert EngageRules().cohort_name("aud_2", "other") == ("other", False)


class TestRefusals:
    @pytest.mark.parametrize(
        ("given", "words"),
        [
            (
                {"audiences": "cohort"},
                "audiences must be a Delivery such as Delivery.COHORT, not str",
            ),
            ({"audiences": 4}, "not int"),
            ({"journeys": True}, "journeys must be a Delivery"),
            ({"traits": "identify"}, "traits must be a Delivery"),
            ({"traits": Delivery.COHORT}, "a trait is no membership"),
            ({"traits": Delivery.BOOLEAN | Delivery.IDENTIFY}, "a trait is no membership"),
            ({"overrides": ["vip"]}, "overrides must be a mapping"),
            ({"overrides": None}, "overrides must be a mapping"),
            ({"overrides": {"vip": "cohort"}}, "overrides\\['vip'\\] must be a Delivery"),
            ({"overrides": {7: Delivery.NONE}}, "overrides must hold text, not int"),
            ({"overrides": {" ": Delivery.NONE}}, "empty name"),
            ({"spaces": "spa_1"}, "collection of space ids"),
            ({"spaces": b"spa_1"}, "collection of space ids"),
            ({"spaces": 7}, "collection of space ids"),
            ({"spaces": []}, "lists no space"),
            ({"spaces": [""]}, "empty name"),
            ({"spaces": [None]}, "spaces must hold text"),
            (
                {"identity": {"external_id": "$.userId"}},
                "identity must be of type IdentityRules, not dict",
            ),
            ({"identity": None}, "identity must be of type IdentityRules"),
            ({"event_names": [("a", "b")]}, "event_names must be a mapping"),
            ({"event_names": {"a": 7}}, "event_names must hold text"),
            ({"cohort_names": {"vip": ""}}, "cohort_names holds an empty name"),
            ({"cohort_names": "vip"}, "cohort_names must be a mapping"),
            ({"repeats": "suppress"}, "repeats must be of type Repeats, not str"),
            ({"enrichment": "all"}, "enrichment must be of type Enrichment, not str"),
            ({"nulls": None}, "nulls must be of type Nulls"),
            ({"other_calls": True}, "other_calls must be of type OtherCalls"),
            ({"as_text": "ltv"}, "as_text must be a collection of attribute names"),
            ({"as_text": [7]}, "as_text must hold text"),
            ({"merge_objects": 7}, "merge_objects must be a collection"),
            ({"merge_objects": [" "]}, "empty name"),
            ({"as_text": {"a"}, "merge_objects": {"a"}}, "both name \\['a'\\]"),
            ({"audience_exit": True}, "must be False or None"),
            ({"audience_exit": 0}, "must be False or None"),
            ({"null_guard": 1.5}, "share from 0 to 1"),
            ({"null_guard": -0.1}, "share from 0 to 1"),
            ({"null_guard": True}, "share from 0 to 1"),
            ({"null_guard": "0.5"}, "share from 0 to 1"),
            ({"null_guard": float("nan")}, "share from 0 to 1"),
            ({"time": "timestamp"}, "a path begins with"),
            ({"time": None}, "time must be a path"),
            ({"update_existing_only": 1}, "update_existing_only must be of type bool, not int"),
            ({"app_id": " "}, "app_id holds an empty name"),
            ({"app_id": 7}, "app_id must hold text"),
            ({"event_names": {"a": "$b"}}, "the first of which is no \\$"),
            ({"event_names": {"a": "x" * 256}}, "256 characters"),
            ({"profile_fields": None}, "profile_fields must be a mapping"),
            ({"drop_older_than": 3600}, "drop_older_than must be of type timedelta, not int"),
            ({"drop_older_than": timedelta(0)}, "longer than nothing"),
            ({"drop_older_than": timedelta(days=-1)}, "longer than nothing"),
        ],
    )
    def test_wrong_value(self, given: dict[str, Any], words: str) -> None:  # Any: wrong on purpose
        with pytest.raises(ConfigurationError, match=words):
            EngageRules(**given)

    @pytest.mark.parametrize(
        ("given", "words"),
        [
            ({"audience": Delivery.COHORT}, "did you mean audiences?"),
            ({"override": {}}, "did you mean overrides?"),
            ({"cohortNames": {}}, "did you mean cohort_names?"),
            ({"zzz": 1}, "it knows audiences, traits,"),
        ],
    )
    def test_unknown_rule(self, given: dict[str, Any], words: str) -> None:  # Any: wrong on purpose
        with pytest.raises(TypeError) as refusal:
            EngageRules(**given)
        assert isinstance(refusal.value, ConfigurationError)
        assert words in str(refusal.value)
        copied = pickle.loads(pickle.dumps(refusal.value))
        assert (type(copied), str(copied)) == (type(refusal.value), str(refusal.value))

    def test_without_a_keyword(self) -> None:
        with pytest.raises(BrazeError, match="keywords only"):
            EngageRules(Delivery.COHORT)  # type: ignore[call-arg]  # wrong on purpose


class TestFrozen:
    def test_no_rule_can_be_changed(self) -> None:
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            EngageRules().audiences = Delivery.NONE  # type: ignore[misc]  # wrong on purpose

    def test_what_was_given_is_copied(self) -> None:
        overrides = {"vip": Delivery.COHORT}
        names = {"vip": "VIP"}
        spaces = ["spa_1"]
        rules = EngageRules(overrides=overrides, cohort_names=names, spaces=spaces)
        overrides.clear()
        names.clear()
        spaces.clear()
        assert rules.overrides == {"vip": Delivery.COHORT}
        assert rules.cohort_names == {"vip": "VIP"}
        assert rules.spaces == {"spa_1"}

    def test_a_value(self) -> None:
        rules = EngageRules(
            audiences=Delivery.COHORT, spaces={"spa_1"}, drop_older_than=timedelta(1)
        )
        assert pickle.loads(pickle.dumps(rules)) == rules
        assert attrs.evolve(rules, audiences=None) == EngageRules(
            spaces=["spa_1"], drop_older_than=timedelta(days=1)
        )


def test_the_signature_names_every_rule() -> None:
    names = list(inspect.signature(EngageRules).parameters)
    assert names[:3] == ["audiences", "traits", "journeys"]
    assert all(
        parameter.kind is inspect.Parameter.KEYWORD_ONLY
        for parameter in inspect.signature(EngageRules).parameters.values()
    )

"""Bad configuration fails at construction, with a message that says what to do."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Any

import pytest

from braze_engage import (
    ConfigurationError,
    DataPointBudget,
    Delivery,
    EngageRules,
    EngageSync,
    OtherCalls,
    TrackLimits,
)
from braze_engage.sync import options
from braze_engage.sync.decider import Defaults
from braze_engage.sync.state import MemoryState
from braze_engage.testing import FakeBraze, ManualClock
from tests.support.syncs import cohort_client, rest_client

REST_ONLY = ["rest"]
COHORTS_ONLY = ["cohorts"]


def build(clients: list[str], **given: Any) -> EngageSync:
    fake = FakeBraze(clock=ManualClock())
    made: dict[str, Any] = {
        "rest": rest_client(fake),
        "cohorts": cohort_client(fake),
        "erase": rest_client(fake),
    }
    chosen: dict[str, Any] = {name: made[name] for name in clients}
    return EngageSync(**{**chosen, **given})


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"erase": "key"}, "erase: got str; pass a BrazeClient"),
        ({"rest": object()}, "rest: got object"),
        ({"concurrency": 0}, "concurrency: got 0"),
        ({"concurrency": 1.5}, "concurrency"),
        ({"settle": math.nan}, "settle"),
        ({"settle": math.inf}, "settle"),
        ({"settle": "1"}, "settle"),
        ({"settle": True}, "settle"),
        ({"consistency_gap": -1}, "consistency_gap"),
        ({"consistency_gap": timedelta(seconds=-1)}, "consistency_gap"),
        ({"outage_patience": None}, "outage_patience"),
        ({"track_limits": 75}, "TrackLimits.COMBINED_75"),
        ({"repeat_after_lost_answer": 1}, "repeat_after_lost_answer: got int"),
        ({"rules": "vip"}, "rules: got str"),
        ({"state": 3}, "StateStore"),
    ],
)
def test_each_option_is_checked_by_name(given: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        build(["rest", "cohorts"], **given)


@pytest.mark.parametrize(
    "given",
    [
        {"settle": 0, "consistency_gap": 0, "outage_patience": timedelta(0)},
        {"consistency_gap": timedelta(minutes=5), "settle": timedelta(seconds=1)},
        {"track_limits": TrackLimits.LEGACY_225, "repeat_after_lost_answer": True},
        {"state": MemoryState(), "concurrency": 1},
        {"rules": None},
    ],
)
def test_what_makes_sense_is_taken(given: dict[str, Any]) -> None:
    build(["rest", "cohorts"], **given)


@pytest.mark.parametrize(
    ("clients", "rules", "words"),
    [
        (REST_ONLY, {"audiences": Delivery.COHORT}, r"audiences.*CohortClient.*Delivery\.BOOLEAN"),
        (REST_ONLY, {"journeys": Delivery.COHORT | Delivery.TRACK}, "journeys"),
        (REST_ONLY, {"overrides": {"vip": Delivery.COHORT}}, r"overrides\['vip'\]"),
        (COHORTS_ONLY, {"traits": Delivery.IDENTIFY}, r"traits.*BrazeClient"),
        (COHORTS_ONLY, {"audiences": Delivery.BOOLEAN}, r"audiences.*BrazeClient"),
        (COHORTS_ONLY, {"data_point_budget": 5}, "data_point_budget"),
        (COHORTS_ONLY, {"null_guard": 0.5}, "null_guard"),
        (COHORTS_ONLY, {"other_calls": OtherCalls.FORWARD}, "other_calls"),
        (["erase"], {}, "both None"),
    ],
)
def test_a_rule_without_the_client_it_needs_is_refused(
    clients: list[str], rules: dict[str, Any], words: str
) -> None:
    with pytest.raises(ConfigurationError, match=words):
        build(clients, rules=EngageRules(**rules))


@pytest.mark.parametrize(
    ("clients", "defaults"),
    [
        (
            ["rest", "cohorts"],
            Defaults(Delivery.COHORT, Delivery.IDENTIFY, Delivery.TRACK),
        ),
        (
            ["rest", "erase"],
            Defaults(
                Delivery.IDENTIFY | Delivery.TRACK, Delivery.IDENTIFY, Delivery.TRACK, erases=True
            ),
        ),
        (COHORTS_ONLY, Defaults(Delivery.COHORT, Delivery.NONE, Delivery.NONE)),
    ],
)
def test_rules_left_open_stand_for_what_the_clients_allow(
    clients: list[str], defaults: Defaults
) -> None:
    sync = build(clients)
    assert sync._decider._defaults == defaults


def test_overrides_of_nothing_need_no_client() -> None:
    rules = EngageRules(overrides={"a": Delivery.NONE}, audiences=Delivery.NONE)
    build(COHORTS_ONLY, rules=rules)
    build(REST_ONLY, rules=rules)


@pytest.mark.parametrize("wrong", [(), ("",), (3,), ("vip", None)])
def test_a_pause_names_keys(wrong: tuple[Any, ...]) -> None:
    with pytest.raises(ConfigurationError, match="pause"):
        build(REST_ONLY).pause(*wrong)


def test_keys_of_a_pause() -> None:
    assert options.keys(("vip", "ltv", "vip")) == {"vip", "ltv"}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "sets no limit"),
        ({"per_run": -1}, "at least 0"),
        ({"per_day": 1.5}, "per_day"),
        ({"per_month": True}, "per_month"),
    ],
)
def test_a_budget_is_checked(given: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        DataPointBudget(**given)


def test_a_budget_may_be_a_number() -> None:
    assert EngageRules(data_point_budget=7).data_point_budget == DataPointBudget(per_run=7)
    for wrong in (True, 1.5, "7", timedelta(1)):
        with pytest.raises(ConfigurationError, match="data_point_budget"):
            EngageRules(data_point_budget=wrong)  # type: ignore[arg-type]  # what is refused

"""A call that is kept reads back as what it was, whatever it was."""

from __future__ import annotations

import json
import math
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import pytest

from braze_engage.sync.call_json import call_json


def read_back(call: object) -> Any:
    return json.loads(call_json(call))


@pytest.mark.parametrize(
    "call", [None, "{", 7, 1.5, True, ["a", {"b": [1, None]}], {"type": "identify", "n": "\ud800"}]
)
def test_json_stays_what_it_is(call: object) -> None:
    assert read_back(call) == call


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (MappingProxyType({"a": 1}), {"a": 1}),
        ((1, 2), [1, 2]),
        (date(2026, 11, 2), "2026-11-02"),
        (datetime(2026, 11, 2, 9, 15, tzinfo=timezone.utc), "2026-11-02T09:15:00.000Z"),
    ],
)
def test_what_a_run_takes_too_is_written_as_a_run_writes_it(value: object, text: object) -> None:
    assert read_back(MappingProxyType({"traits": {"a": value}})) == {"traits": {"a": text}}


def nested(levels: int) -> object:
    value: object = 1
    for _ in range(levels):
        value = [value]
    return value


def circle() -> dict[str, object]:
    made: dict[str, object] = {}
    made["self"] = made
    return made


@pytest.mark.parametrize(
    "value",
    [
        {1, 2},
        Decimal("1.5"),
        object(),
        pytest.param(10**5000, id="digits"),
        pytest.param(nested(50_000), id="deep"),
        pytest.param(circle(), id="circle"),
        {(1, 2): 3},
        datetime.min.replace(tzinfo=timezone(timedelta(hours=1))),
    ],
)
def test_what_is_no_json_never_becomes_a_value(value: object) -> None:
    kept = read_back({"userId": "u1", "traits": {"ltv": value}})
    assert kept["userId"] == "u1"
    left = kept["traits"]["ltv"]
    while not isinstance(left, float):
        (left,) = left if isinstance(left, list) else left.values()
    assert math.isnan(left)

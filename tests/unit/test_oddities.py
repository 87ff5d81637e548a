"""What is worth knowing about a call that goes through all the same."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from braze_engage.engage import EngageRules
from braze_engage.sync.oddities import oddities
from tests.support.calls import read
from tests.support.changes import call

NOON = 1_793_620_800 * 10**9  # 2026-11-02 12:00 UTC


def odd(raw: dict[str, Any], **rules: Any) -> list[str]:
    return list(oddities(read(raw), EngageRules(**rules), now_ns=NOON))


def recent(**more: Any) -> dict[str, Any]:
    return {**call("u1", 43_000), **more}


def with_context(**more: Any) -> dict[str, Any]:
    raw = recent()
    raw["context"].update(more)
    return raw


def test_an_ordinary_call_has_none() -> None:
    assert odd(recent()) == []
    assert odd(recent(anonymousId="a1", receivedAt="2026-11-02T11:56:41.000Z")) == []


@pytest.mark.parametrize("name", ["anonymousId", "anonymous_id"])
def test_somebody_anonymous(name: str) -> None:
    (found,) = odd(recent(userId=None, **{name: "secret"}))
    assert "anonymousId is no identifier" in found
    assert "secret" not in found
    assert odd(recent(userId=None)) == []
    assert odd(recent(userId=None, user_id="u1", anonymousId="a1")) == []


@pytest.mark.parametrize(
    "context",
    [
        {"library": {"name": "analytics.js"}},
        {"library": {"name": "Segment-iOS"}},
        {"integrations": {"Braze": {"braze_id": "x"}}},
        {"integrations": {"Appboy": True}},
    ],
)
def test_signs_of_device_mode(context: dict[str, Any]) -> None:
    (found,) = odd(with_context(**context))
    assert "device mode" in found
    assert "two profiles" in found


@pytest.mark.parametrize(
    "context",
    [
        {"library": "analytics"},
        {"library": {"name": 3}},
        {"library": {"name": "unknown"}, "integrations": {"Braze": False}},
        {"integrations": ["Braze"]},
    ],
)
def test_no_signs_of_device_mode(context: dict[str, Any]) -> None:
    assert odd(with_context(**context)) == []
    assert odd({**recent(), "type": "track", "event": "x"}) == []


def test_a_call_that_has_no_context_at_all() -> None:
    assert odd({"type": "identify", "userId": "u1", "timestamp": "2026-11-02T11:00:00Z"}) == []


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ("2026-10-23T12:00:00Z", "10.0 days old"),
        ("2026-11-01T11:59:59Z", "1.0 days old"),
    ],
)
def test_backfills(at: str, words: str) -> None:
    (found,) = odd(recent(timestamp=at))
    assert words in found
    assert "drop_older_than" in found


def test_a_cadence_decides_where_there_is_one() -> None:
    within = {"cadence": {"vip": timedelta(minutes=5)}}
    (found,) = odd(recent(timestamp="2026-11-02T11:50:00Z"), **within)
    assert found == "it is 10 minutes old, and cadence expects at most 0:05:00"
    (found,) = odd(recent(timestamp="2026-11-02T09:30:00Z"), **within)
    assert "2.5 hours old" in found
    assert odd(recent(timestamp="2026-11-02T11:56:00Z"), **within) == []
    assert odd(recent(timestamp="2026-10-23T12:00:00Z"), cadence={"vip": timedelta(days=20)}) == []


def test_computations_that_run_in_batches() -> None:
    late = recent(timestamp="2026-11-02T10:00:00Z", receivedAt="2026-11-02T10:10:01Z")
    (found,) = odd(late)
    assert "Segment received it 10 minutes after" in found
    assert odd({**late, "receivedAt": "2026-11-02T10:10:00Z"}) == []

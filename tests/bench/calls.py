"""Calls as Engage sends them, as many as wanted, for every benchmark the same."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

Call = dict[str, Any]  # Any: a call is JSON

_BEGIN: Final = datetime(2026, 11, 2)  # noqa: DTZ001 - written as UTC
_SPACE: Final = "spa_9rXk2mVb7Lq4Tz6Yc1WdPf"
_PLANS: Final = ("free", "pro", "team")
COHORTS: Final = 20


def time_text(milliseconds: int) -> str:
    """Write a time as Segment does.

    Args:
        milliseconds: Since the second of November 2026.
    """
    moment = _BEGIN + timedelta(milliseconds=milliseconds)
    return f"{moment.isoformat(timespec='milliseconds')}Z"


def _call(number: int, kind: str, key: str, values: Call) -> Call:
    computation_class, prefix = ("trait", "tra") if kind == "identify" else ("audience", "aud")
    personas = {
        "computation_class": computation_class,
        "computation_id": f"{prefix}_{key:>027}",
        "computation_key": key,
        "namespace": _SPACE,
        "space_id": _SPACE,
    }
    happened = time_text(number * 7)
    return {
        "type": kind,
        "messageId": f"personas_{number:027}",
        "userId": f"u-{number}",
        "context": {
            "integrations": {"personas": False},
            "library": {"name": "unknown", "version": "unknown"},
            "personas": personas,
        },
        "integrations": {"All": False, "Braze Cloud Mode (Actions)": True},
        "traits" if kind == "identify" else "properties": values,
        "originalTimestamp": f"{happened[:-1]}{number % 1_000_000:06}Z",
        "timestamp": happened,
        "sentAt": None,
        "receivedAt": time_text(number * 7 + 14_063),
    }


def trait(number: int) -> Call:
    """One computed trait of a person of their own, beside the e-mail that Engage adds."""
    values = {"ltv_90d": number / 4, "email": f"user{number}@example.test"}
    return _call(number, "identify", "ltv_90d", values)


def enriched(number: int) -> Call:
    """One computed trait with nine others beside it, and where the person was last."""
    call = _call(
        number,
        "identify",
        "ltv_90d",
        {
            "ltv_90d": number / 4,
            "email": f"user{number}@example.test",
            "firstName": "Ada",
            "lastName": "Lovelace",
            "gender": "Male" if number % 2 else "female",
            "phone": "+33123456789",
            "avatar": f"https://cdn.example.test/{number}.png",
            "address": {"city": "Lyon", "country": "FR", "postalCode": "69001"},
            "vip": number % 3 > 0,
            "last_products": ["boots", "skis", "socks"],
        },
    )
    call["context"]["location"] = {
        "city": "Lyon",
        "country": "FR",
        "latitude": 45.75,
        "longitude": 4.85,
    }
    return call


def event(number: int) -> Call:
    """One event of a person of their own, with six properties."""
    call = _call(
        number,
        "track",
        "vip",
        {
            "audience_key": "vip",
            "vip": number % 3 > 0,
            "plan": _PLANS[number % 3],
            "value": number / 10,
            "tags": ["new", "web"],
            "visit": {"pages": 3, "referrer": None},
        },
    )
    return {**call, "event": "Plan Upgraded" if number % 2 else "Audience Entered"}


def membership(number: int, cohorts: int = 1) -> Call:
    """One person of their own enters or leaves one of the cohorts."""
    member = number % 3 > 0
    key = f"audience_{number % cohorts}"
    call = _call(number, "track", key, {"audience_key": key, key: member})
    return {**call, "event": "Audience Entered" if member else "Audience Exited"}

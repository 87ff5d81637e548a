"""Calls of Engage for tests of mapping."""

from __future__ import annotations

from typing import Any

from braze_engage.engage import EngageCall, read_call

Raw = dict[str, Any]  # Any: a call is JSON


def read(raw: Raw) -> EngageCall:
    call = read_call(raw, now_ns=0)
    assert isinstance(call, EngageCall), call
    return call


def engage_call(
    kind: str,
    values: Raw | None,
    *,
    key: str | None = "ltv",
    named: str = "trait",
    event: str = "Trait Computed",
    **changes: object,
) -> EngageCall:
    """A call of u1; without a key it is not Engage's."""
    context: Raw = {}
    if key is not None:
        context["personas"] = {
            "computation_class": named,
            "computation_id": "cmp_1",
            "computation_key": key,
            "space_id": "spa_1",
        }
    raw: Raw = {
        "type": kind,
        "messageId": "m1",
        "userId": "u1",
        "context": context,
        "timestamp": "1970-01-01T00:00:01.000Z",
        "receivedAt": "1970-01-01T00:00:02.000Z",
        **({"traits": values} if kind == "identify" else {"properties": values, "event": event}),
    }
    return read({**raw, **changes})


def identify(values: Raw | None, **options: Any) -> EngageCall:  # Any: of engage_call
    return engage_call("identify", values, **options)


def track(values: Raw | None, **options: Any) -> EngageCall:  # Any: of engage_call
    return engage_call("track", values, **options)


def ordinary(values: Raw | None, **changes: Any) -> EngageCall:  # Any: of engage_call
    """An identify call that is not Engage's."""
    return engage_call("identify", values, key=None, **changes)

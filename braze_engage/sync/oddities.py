"""What is worth knowing about a call that goes through all the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from braze_engage.engage.times import SECOND_NS
from braze_engage.engage.values import is_object

if TYPE_CHECKING:
    from collections.abc import Iterator

    from braze_engage.engage.calls import EngageCall
    from braze_engage.engage.rules import EngageRules

__all__ = ["oddities"]

_HOUR: Final = 3_600
_DAY: Final = 24 * _HOUR
_BATCH_AFTER: Final = 600
"""Seconds: realtime computations arrive within seconds to a few minutes."""
_SDK_NAMES: Final = ("analytics", "segment")
_BRAZE_NAMES: Final = ("Braze", "Appboy")


def oddities(call: EngageCall, rules: EngageRules, *, now_ns: int) -> Iterator[str]:
    """List what is odd about a call, in words and without personal data.

    Args:
        call: The call.
        rules: Tell how old calls are expected to be.
        now_ns: The moment, nanoseconds since 1970 UTC.
    """
    raw = call.raw
    user_id = raw.get("userId") or raw.get("user_id")
    if not user_id and (raw.get("anonymousId") or raw.get("anonymous_id")):
        yield (
            "it is about somebody anonymous: Segment's anonymousId is no identifier of Braze "
            "unless the app made it one, for example as a user alias"
        )
    yield from _device_mode(call)
    yield from _age(call, rules, now_ns)


def _device_mode(call: EngageCall) -> Iterator[str]:
    context = call.raw.get("context")
    if not is_object(context):
        return
    library, integrations = context.get("library"), context.get("integrations")
    name = library.get("name") if is_object(library) else None
    from_app = isinstance(name, str) and any(word in name.lower() for word in _SDK_NAMES)
    by_sdk = is_object(integrations) and any(integrations.get(word) for word in _BRAZE_NAMES)
    if from_app or by_sdk:
        yield (
            "it shows signs of device mode (context.library or context.integrations): if Braze's "
            "own SDK runs in the app too, both must use the same external id, or Braze gets two "
            "profiles"
        )


def _age(call: EngageCall, rules: EngageRules, now_ns: int) -> Iterator[str]:
    computation = call.computation
    age = (now_ns - call.time_ns) // SECOND_NS
    within = None if computation is None else rules.cadence.get(computation.key)
    if within is not None and age > within.total_seconds():
        yield f"it is {_span(age)} old, and cadence expects at most {within}"
    elif within is None and age > _DAY:
        yield (
            f"it is {_span(age)} old, so it comes from a backfill or a replay; "
            "drop_older_than leaves such calls out"
        )
    if call.received_ns is None:
        return
    late = (call.received_ns - call.time_ns) // SECOND_NS
    if late > _BATCH_AFTER:
        yield (
            f"Segment received it {_span(late)} after it happened, as of a computation that runs "
            "in batches and not in realtime"
        )


def _span(seconds: int) -> str:
    if seconds >= _DAY:
        return f"{seconds / _DAY:.1f} days"
    if seconds >= _HOUR:
        return f"{seconds / _HOUR:.1f} hours"
    return f"{seconds / 60:.0f} minutes"

"""Calls of Segment, read into typed values.

Engage sends nothing but ordinary identify, track and group calls; ``context.personas`` tells them
from the rest. Any key may be missing, unknown keys stay in ``raw``.
https://segment.com/docs/engage/using-engage-data
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final, NamedTuple

import attrs

from braze_engage.engage.computations import (
    Computation,
    ComputationClass,
    known_computation,
    read_computation,
)
from braze_engage.engage.outcomes import Reason, Unreadable
from braze_engage.engage.texts import parse_json
from braze_engage.engage.times import read_stamps
from braze_engage.engage.values import (
    NOTHING,
    encoded,
    has_entities,
    is_list,
    is_object,
    kind,
    maker,
    objects,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = [
    "CallType",
    "Computation",
    "ComputationClass",
    "EngageCall",
    "OrderKey",
    "Unusable",
    "make_order",
    "read_call",
    "read_item",
    "unwrapped",
]


class CallType(Enum):
    """What kind of call it is; ``OTHER`` are page, screen and alias, which Engage never sends."""

    IDENTIFY = "identify"
    TRACK = "track"
    GROUP = "group"
    DELETE = "delete"
    OTHER = "other"


_TRAITS_FIRST: Final = ("traits", "properties")
_PROPERTIES_FIRST: Final = ("properties", "traits")
_TYPES: Final[Mapping[str, tuple[CallType, tuple[str, str] | None]]] = {
    "identify": (CallType.IDENTIFY, _TRAITS_FIRST),
    "track": (CallType.TRACK, _PROPERTIES_FIRST),
    "group": (CallType.GROUP, _TRAITS_FIRST),
    "delete": (CallType.DELETE, None),
    "page": (CallType.OTHER, None),
    "screen": (CallType.OTHER, None),
    "alias": (CallType.OTHER, None),
}
"""With the objects that carry the values, the usual one first."""


class OrderKey(NamedTuple):
    """What decides which of two calls is newer; compares from left to right.

    Args:
        time_ns: When it happened, nanoseconds since 1970 UTC.
        received_ns: When Segment received it; 0 where the call does not say.
        message_id: Empty where the call has none.
        value: The value under the computation key as JSON, empty where there is none.
    """

    time_ns: int
    received_ns: int
    message_id: str
    value: str


make_order: Final[Callable[[tuple[int, int, str, str]], OrderKey]] = maker(OrderKey)


class EngageCall(NamedTuple):
    """A call that can be read.

    A tuple, because a stream makes one for every call and nothing frozen is made faster.

    Args:
        type: What kind of call.
        message_id: Segment's id of the message.
        computation: The computation behind it; None for a call that is not Engage's.
        event: The name of a track call.
        values: ``traits`` or ``properties``, whichever carries the value.
        time_ns: When it happened, nanoseconds since 1970 UTC.
        received_ns: When Segment received it, None where the call does not say.
        warnings: What was odd about it, in words.
        raw: The call as it came, never changed.
    """

    type: CallType
    message_id: str | None
    computation: Computation | None
    event: str | None
    values: Mapping[str, object]
    time_ns: int
    received_ns: int | None
    warnings: tuple[str, ...]
    raw: Mapping[str, object]

    def __repr__(self) -> str:
        # neither values nor raw: they hold personal data
        return f"EngageCall({self.type}, {self.message_id!r}, {self.computation})"

    @property
    def order(self) -> OrderKey:
        """What decides which of two calls is newer."""
        computation = self.computation
        value = "" if computation is None else encoded(self.values, computation.key)
        return make_order((self.time_ns, self.received_ns or 0, self.message_id or "", value))

    @property
    def has_entities(self) -> bool:
        """Whether it is about entities of a linked audience."""
        return self.computation is not None and has_entities(self.values)


# members of enumerations take longer to look up than names of a module
_TRACK: Final = CallType.TRACK
_OTHER: Final = CallType.OTHER
_make_call: Final = maker(EngageCall)


@attrs.frozen
class Unusable:
    """A call, or a delivery of one, that cannot be carried out as it is.

    Args:
        reason: The closed reason; ``reason.outcome`` is what became of it.
        detail: Field, kind and remedy, without any value of the call.
        message_id: Segment's id of the message, where it could be read.
    """

    reason: Reason
    detail: str
    message_id: str | None = None


def read_call(raw: object, *, now_ns: int) -> EngageCall | Unusable:
    """Read one call.

    Args:
        raw: The call as Segment delivers it; it is never changed, and nothing is raised because
            of it.
        now_ns: The moment of reading, nanoseconds since 1970 UTC, for calls without any time.
    """
    if not is_object(raw):
        return Unusable(
            Reason.NOT_AN_OBJECT, f"a call must be an object with a type; this is {kind(raw)}"
        )
    message_id = raw.get("messageId")
    if type(message_id) is not str or not message_id or not message_id.isascii():
        message_id = _message_id(raw)
    try:
        return _read(raw, message_id, now_ns)
    except Unreadable as refusal:
        return Unusable(refusal.reason, refusal.detail, message_id)


def read_item(item: object, *, now_ns: int) -> list[tuple[int | None, EngageCall | Unusable]]:
    """Read what one item of a source holds.

    Args:
        item: A call; its JSON as str or bytes; or a list of calls, as webhooks deliver batches,
            also in JSON and also with every call wrapped as ``{"json": call}``. It is never
            changed, and nothing is raised because of it.
        now_ns: The moment of reading, nanoseconds since 1970 UTC, for calls without any time.

    Returns:
        Every call with its place in the list; the place is None for an item that is no list.
    """
    if is_object(item) and "type" in item:
        return [(None, read_call(item, now_ns=now_ns))]
    if isinstance(item, (str, bytes, bytearray)):
        try:
            item = parse_json(item)
        except Unreadable as refusal:
            return [(None, Unusable(refusal.reason, refusal.detail))]
    if is_list(item):
        return [(place, read_call(unwrapped(raw), now_ns=now_ns)) for place, raw in enumerate(item)]
    return [(None, read_call(unwrapped(item), now_ns=now_ns))]


def unwrapped(raw: object) -> object:
    """Take a call out of what the Extensible Webhook wraps around every one.

    Args:
        raw: A call, or ``{"json": call}``.
    """
    if is_object(raw) and "type" not in raw and is_object(inner := raw.get("json")):
        return inner
    return raw


def _read(raw: Mapping[str, object], message_id: str | None, now_ns: int) -> EngageCall:
    named = raw.get("type")
    known = _TYPES.get(named) if type(named) is str else None
    call_type, names = known or _type(named)
    computation: Computation | None = None
    values = NOTHING
    odd: tuple[str, ...] = ()
    stamped = raw
    event = None
    if names is not None:
        personas = _personas(raw)
        first = raw.get(names[0])
        computation = known_computation(personas, first)
        if computation is not None and is_object(first):
            values = first
        else:
            first, second = objects(raw, *names)
            computation, values, odd = read_computation(personas, first, second)
    elif call_type is _OTHER:
        # of a page, screen or alias call nothing ever becomes, so its times do not matter
        stamped = NOTHING
    time_ns, received_ns, warnings = read_stamps(stamped, now_ns=now_ns)
    if call_type is _TRACK and not isinstance(event := raw.get("event"), str):
        event = None
    return _make_call(
        (
            call_type,
            message_id,
            computation,
            event,
            values,
            time_ns,
            received_ns,
            odd + warnings if odd else warnings,
            raw,
        )
    )


def _type(named: object) -> tuple[CallType, tuple[str, str] | None]:
    if isinstance(named, str) and named in _TYPES:
        return _TYPES[named]
    if named is None or named == "":
        raise Unreadable(Reason.NO_TYPE, "type is missing; it says identify, track or group")
    raise Unreadable(Reason.UNKNOWN_TYPE, f"type must be one of {', '.join(_TYPES)}, in lower case")


def _message_id(raw: Mapping[str, object]) -> str | None:
    value = raw.get("messageId")
    if value is None:
        value = raw.get("message_id")
    if not isinstance(value, str):
        # an id of any other kind could not be told from another one with certainty
        return None
    if not value.isascii():
        value = value.encode("utf-8", "backslashreplace").decode()
    return value or None


def _personas(raw: Mapping[str, object]) -> Mapping[str, object]:
    context = raw.get("context")
    if context is None:
        return NOTHING
    if not is_object(context):
        raise Unreadable(Reason.BAD_CONTEXT, f"context is {kind(context)}; it must be an object")
    personas = context.get("personas")
    if is_object(personas):
        return personas
    if personas is None:
        return NOTHING
    raise Unreadable(
        Reason.BAD_CONTEXT, f"context.personas is {kind(personas)}; it must be an object"
    )

"""Track calls as custom events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from braze_engage import limits
from braze_engage.engage.audiences import read_membership
from braze_engage.engage.calls import CallType, OrderKey, Unusable
from braze_engage.engage.event_properties import fit_properties
from braze_engage.engage.fitting import moment, moment_text
from braze_engage.engage.folding import identifier
from braze_engage.engage.identity import Identity, track_identity
from braze_engage.engage.outcomes import Reason
from braze_engage.engage.rules import Repeats
from braze_engage.engage.values import maker
from braze_engage.objects.checks import wrong_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from braze_engage.engage.calls import EngageCall
    from braze_engage.engage.fitting import Dropped
    from braze_engage.engage.rules import EngageRules

__all__ = ["EventChange", "event_change"]


class EventChange(NamedTuple):
    """One custom event of one person.

    Args:
        identity: Who.
        event: The entry of ``/users/track`` without its identifier.
        order: What decides which of two calls is newer.
        key: The key of the computation, None for a call that is not Engage's.
        space_id: The Engage space it belongs to.
        dropped: Every property that is not sent, and every part that was cut.
        warning: What was odd about it, in words.
        membership: Where repeats are not to be sent, the id of the audience, or its key, and
            whether the event says that the person is in it; else None.
    """

    identity: Identity
    event: Mapping[str, object]
    order: OrderKey
    key: str | None
    space_id: str | None = None
    dropped: tuple[Dropped, ...] = ()
    warning: str | None = None
    membership: tuple[str, bool] | None = None

    def __repr__(self) -> str:
        # neither identity nor properties: they hold personal data
        return f"EventChange({self.key!r})"

    def to_json(self) -> dict[str, object]:
        """Write the entry as ``/users/track`` takes it."""
        identity = self.identity
        if identity.kind == "external_id":
            return {"external_id": identity.value, **self.event}
        return {**identifier(identity), **self.event}


_TRACK: Final = CallType.TRACK
_SUPPRESS: Final = Repeats.SUPPRESS
_make_change: Final = maker(EventChange)


def event_change(call: EngageCall, rules: EngageRules) -> EventChange | Unusable:
    """Turn a track call into a custom event.

    Braze counts every event it is sent, so nothing is folded; whether a membership repeats what was
    sent last is for the sender to know.
    https://www.braze.com/docs/api/objects_filters/event_object

    Args:
        call: The call.
        rules: Identity, names of events, the time that Braze is told, and the app.

    Returns:
        The event, or why there is none.
    """
    if call.type is not _TRACK:
        is_group = call.type is CallType.GROUP
        reason = Reason.NOT_A_USER if is_group else Reason.NOT_TRACK
        return Unusable(reason, reason.text, call.message_id)
    name = _name(call, rules)
    if isinstance(name, Unusable):
        return name
    time = _time(call, rules)
    if isinstance(time, Unusable):
        return time
    identity = track_identity(call, rules.identity)
    if isinstance(identity, Unusable):
        return identity
    properties, cuts = fit_properties(call.values)
    event: dict[str, object] = {"name": name, "time": time}
    if properties or call.raw.get("properties") is not None:
        event["properties"] = properties
    if rules.app_id is not None:
        event["app_id"] = rules.app_id
    if rules.update_existing_only is not None:
        event["_update_existing_only"] = rules.update_existing_only
    computation = call.computation
    return _make_change(
        (
            identity,
            event,
            call.order,
            None if computation is None else computation.key,
            None if computation is None else computation.space_id,
            tuple(cuts),
            None,
            _membership(call, rules) if rules.repeats is _SUPPRESS else None,
        )
    )


def _membership(call: EngageCall, rules: EngageRules) -> tuple[str, bool] | None:
    computation = call.computation
    # of entities there are many in one audience, each with an event of its own
    if computation is None or call.has_entities:
        return None
    membership = read_membership(call, rules)
    if isinstance(membership, Unusable):
        return None
    return computation.id or computation.key, membership[0]


def _name(call: EngageCall, rules: EngageRules) -> str | Unusable:
    arrived = call.event
    if arrived is None or not arrived.strip():
        return _bad_name(call, "a track call needs the name of its event; event is missing")
    name = rules.event_names.get(arrived, arrived)
    if len(name) > limits.EVENT_NAME_CHARACTERS:
        return _bad_name(
            call,
            f"the name has {len(name):,} characters and Braze takes "
            f"{limits.EVENT_NAME_CHARACTERS}; rename the event, or set event_names",
        )
    if name[0] == "$":
        return _bad_name(call, "the name begins with a dollar sign; set event_names")
    if wrong_text(name):
        return _bad_name(call, "the name holds half of a surrogate pair; send valid Unicode")
    return name


def _bad_name(call: EngageCall, detail: str) -> Unusable:
    return Unusable(Reason.BAD_EVENT_NAME, detail, call.message_id)


def _time(call: EngageCall, rules: EngageRules) -> str | Unusable:
    lookup = rules.event_time
    time_ns = call.time_ns if lookup is None else moment(lookup.find(call.raw))
    text = None if time_ns is None else moment_text(time_ns)
    if text is not None:
        return text
    return Unusable(
        Reason.BAD_TIME,
        f"no time can be read under {rules.time!r}; send ISO 8601 such as "
        "2026-11-02T09:15:00.066Z or milliseconds since 1970, or list '$.timestamp' as another "
        "path of the rule",
        call.message_id,
    )

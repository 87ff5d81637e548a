"""Attributes, events and deletions of people on their way, short to write."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from braze_engage.engage.calls import OrderKey
from braze_engage.engage.deletions import Deletion
from braze_engage.engage.deliveries import Delivery
from braze_engage.engage.events import EventChange
from braze_engage.engage.identity import Identity
from braze_engage.engage.traits import AttributeChange
from braze_engage.sync.ticket import Ticket
from braze_engage.sync.waiting import Waiting
from tests.support.changes import SECOND

if TYPE_CHECKING:
    from collections.abc import Collection

    from braze_engage.sync.entries import TrackWaiting


def who(name: str, kind: str = "external_id") -> Identity:
    """Somebody; an alias has the label web."""
    return Identity(kind, name, "web" if kind == "user_alias" else "")


def order(at: int, message_id: str = "", value: str = "") -> OrderKey:
    """A place in time: a second of a made-up day."""
    return OrderKey(at * SECOND, at * SECOND, message_id, value)


def attributes(
    person: str | Identity,
    at: int = 0,
    *,
    only: bool | None = None,
    merge: Collection[str] = (),
    key: str | None = "ltv",
    message_id: str = "",
    **values: object,
) -> AttributeChange:
    """What one call writes to a profile."""
    return AttributeChange(
        identity=who(person) if isinstance(person, str) else person,
        attributes=values,
        update_existing_only=only,
        merge_objects=frozenset(merge),
        order=order(at, message_id),
        key=key,
        space_id="spa_1",
    )


def event(
    person: str | Identity,
    at: int = 0,
    *,
    name: str = "Visited",
    key: str | None = "ltv",
    **more: object,
) -> EventChange:
    """One custom event."""
    return EventChange(
        identity=who(person) if isinstance(person, str) else person,
        event={"name": name, "time": f"1970-01-01T00:{at // 60:02}:{at % 60:02}.000Z", **more},
        order=order(at),
        key=key,
        space_id="spa_1",
    )


def deletion(person: str | Identity, at: int = 0) -> Deletion:
    """Somebody who is to be deleted."""
    return Deletion(who(person) if isinstance(person, str) else person, order(at))


def waiting(
    change: Any,  # Any: a change of any kind
    delivery: Delivery = Delivery.IDENTIFY,
    *,
    position: int = 0,
    is_membership: bool = False,
) -> Waiting[Any]:
    """A change with a call of its own behind it."""
    ticket = Ticket(position, None, None)
    return Waiting(change, delivery, ticket, is_membership=is_membership)


def tracked(*changes: AttributeChange | EventChange) -> list[TrackWaiting]:
    """Attributes and events that wait, numbered."""
    return [
        waiting(
            change,
            Delivery.TRACK if isinstance(change, EventChange) else Delivery.IDENTIFY,
            position=place,
        )
        for place, change in enumerate(changes)
    ]

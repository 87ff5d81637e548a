"""Handlers of the groups "events", "purchases" and "custom_attributes".

https://www.braze.com/docs/api/endpoints/export
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from braze_engage.testing.attributes import ARRAY_ITEMS, Kind
from braze_engage.testing.checks import refuse
from braze_engage.testing.messages import Answer
from braze_engage.testing.paging import linked_page, numbered_page
from braze_engage.testing.values import days_until, iso, parse_time

if TYPE_CHECKING:
    from collections.abc import Iterable

    from braze_engage.testing.definitions import Definition
    from braze_engage.testing.messages import Call, Handlers
    from braze_engage.testing.profiles import Profile, PurchaseRecord
    from braze_engage.testing.state import Workspace
    from braze_engage.testing.values import Json, JsonObject

_NAMES_PAGE = 250
_ARRAYS = (Kind.ARRAY, Kind.OBJECTS)


def list_event_names(workspace: Workspace, call: Call) -> Answer:
    """Answer ``/events/list``."""
    names = [event.name for event in _events(workspace)]
    page: list[Json] = [*numbered_page(call, names, _NAMES_PAGE)]
    return Answer(200, {"message": "success", "events": page})


def list_events(workspace: Workspace, call: Call) -> Answer:
    """Answer ``/events``."""
    page, headers = linked_page(call, _events(workspace))
    events: list[Json] = [
        {
            "name": event.name,
            "description": event.description,
            "included_in_analytics_report": event.included_in_analytics_report,
            "status": event.status,
            "tag_names": [*event.tags],
        }
        for event in page
    ]
    return Answer(200, {"message": "success", "events": events}, headers)


def _events(workspace: Workspace) -> list[Definition]:
    people = workspace.users.everyone
    return workspace.custom_events.with_seen(
        name for person in people for name in person.custom_events.names
    )


def list_attributes(workspace: Workspace, call: Call) -> Answer:
    """Answer ``/custom_attributes``."""
    kinds = workspace.kinds
    page, headers = linked_page(call, workspace.custom_attributes.with_seen(kinds))
    attributes: list[Json] = [
        {
            "array_length": ARRAY_ITEMS if kinds.get(one.name) in _ARRAYS else None,
            "data_type": f"{kinds[one.name].value} (automatically detected)"
            if one.name in kinds
            else "automatically detected",
            "description": one.description,
            "name": one.name,
            "status": one.status,
            "tag_names": [*one.tags],
        }
        for one in page
    ]
    return Answer(200, {"message": "success", "attributes": attributes}, headers)


def list_products(workspace: Workspace, call: Call) -> Answer:
    """Answer ``/purchases/product_list``."""
    people = workspace.users.everyone
    products = list(dict.fromkeys(name for one in people for name in one.purchases.names))
    page: list[Json] = [*numbered_page(call, products)]
    return Answer(200, {"message": "success", "products": page})


def event_series(workspace: Workspace, call: Call) -> Answer:
    """Answer ``/events/data_series``."""
    found = [
        (event.time, event.app_id, 1)
        for person in _in_segment(workspace, call.query.get("segment_id"))
        for event in person.custom_events.named(str(call.query["event"]))
    ]
    return _series(workspace, call, "count", found)


def quantity_series(workspace: Workspace, call: Call) -> Answer:
    """Answer ``/purchases/quantity_series``."""
    bought = [(one.time, one.app_id, one.quantity) for one in _purchases(workspace, call)]
    return _series(workspace, call, "purchase_quantity", bought)


def revenue_series(workspace: Workspace, call: Call) -> Answer:
    """Answer ``/purchases/revenue_series``; the fake knows no exchange rates."""
    found = _purchases(workspace, call)
    return _series(
        workspace,
        call,
        "revenue",
        [(one.time, one.app_id, one.price * one.quantity) for one in found],
    )


def _purchases(workspace: Workspace, call: Call) -> list[PurchaseRecord]:
    product = call.query.get("product")
    return [
        purchase
        for person in workspace.users.everyone
        for purchase in person.purchases
        if product in (None, purchase.product_id)
    ]


def _in_segment(workspace: Workspace, segment_id: Json) -> Iterable[Profile]:
    if segment_id is None:
        return workspace.users.everyone
    segment = workspace.segments.get(str(segment_id))
    if segment is None or not segment.analytics_tracking_enabled:
        refuse("Invalid Segment ID")
    return filter(segment.holds, workspace.users.everyone)


def _series(
    workspace: Workspace, call: Call, name: str, found: Iterable[tuple[datetime, str | None, float]]
) -> Answer:
    """Add up when, in which app and how much."""
    hourly = call.query.get("unit") == "hour"
    sums: dict[str, float] = dict.fromkeys(_times(call, workspace.now(), hourly=hourly), 0)
    for moment, app_id, amount in found:
        at = _hour(moment) if hourly else f"{moment:%Y-%m-%d}"
        if at in sums and call.query.get("app_id") in (None, app_id):
            sums[at] += amount
    data: list[Json] = [_entry(time, name, value) for time, value in sums.items()]
    return Answer(200, {"message": "success", "data": data})


def _entry(time: str, name: str, value: float) -> JsonObject:
    return {"time": time, name: value}


def _times(call: Call, now: datetime, *, hourly: bool) -> list[str]:
    ending_at, length = call.query.get("ending_at"), call.query["length"]
    if not hourly:
        return days_until(ending_at, length, now)
    last = parse_time(ending_at) or now
    count = length if isinstance(length, int) else 0
    return [_hour(last - timedelta(hours=back)) for back in range(count - 1, -1, -1)]


def _hour(moment: datetime) -> str:
    return iso(moment.replace(minute=0, second=0, microsecond=0))


HANDLERS: Final[Handlers] = {
    ("GET", "/custom_attributes"): list_attributes,
    ("GET", "/events"): list_events,
    ("GET", "/events/list"): list_event_names,
    ("GET", "/events/data_series"): event_series,
    ("GET", "/purchases/product_list"): list_products,
    ("GET", "/purchases/quantity_series"): quantity_series,
    ("GET", "/purchases/revenue_series"): revenue_series,
}

"""Handlers of the group "canvas".

https://www.braze.com/docs/api/endpoints/export/canvas/get_canvases
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from braze_engage.testing import launch_routes, messaging
from braze_engage.testing.checks import refuse
from braze_engage.testing.messages import Answer
from braze_engage.testing.values import Json, JsonObject, as_object, days_until, parse_time

if TYPE_CHECKING:
    from braze_engage.testing.launches import Canvas
    from braze_engage.testing.messages import Call, Handlers
    from braze_engage.testing.state import Workspace

_SUCCESS: Final = "success"
_NO_IDENTIFIER: Final = "canvas_id must be a string of the Canvas api identifier"
_PAUSED: Final = "The Canvas is paused or archived. No messages will be sent."
_NUMBERED: Final = ("conversions", "conversions1", "conversions2", "conversions3")


def list_canvases(workspace: Workspace, call: Call) -> Answer:
    """Answer ``/canvas/list``."""
    page = launch_routes.listed(call, workspace.canvases)
    rows: list[Json] = [launch_routes.overview(one) for one in page]
    return Answer(200, {"message": _SUCCESS, "canvases": rows})


def get(workspace: Workspace, call: Call) -> Answer:
    """Answer ``/canvas/details``."""
    one = _canvas(workspace, call)
    first, last = launch_routes.first_and_last(one)
    body: JsonObject = {
        **launch_routes.details(one, one.messages),
        "first_entry": first,
        "last_entry": last,
        "variants": [*one.variants],
        "steps": [_step(call, step) for step in one.steps],
    }
    return Answer(200, body)


def _step(call: Call, step: JsonObject) -> JsonObject:
    messages = as_object(step.get("messages"))
    return {**step, "messages": {key: launch_routes.shown(call, messages[key]) for key in messages}}


def data_series(workspace: Workspace, call: Call) -> Answer:
    """Answer ``/canvas/data_series``: people named in sends, by day."""
    one = _canvas(workspace, call)
    entries = launch_routes.by_day(one.sends)
    days: list[Json] = [
        {"time": day, **_stats(call, one, entries[day])} for day in _days(workspace, call)
    ]
    return Answer(200, {"message": _SUCCESS, "data": {"name": one.name, "stats": days}})


def data_summary(workspace: Workspace, call: Call) -> Answer:
    """Answer ``/canvas/data_summary``: the same, summed up."""
    one = _canvas(workspace, call)
    entries = launch_routes.by_day(one.sends)
    people = sum(entries[day] for day in _days(workspace, call))
    return Answer(
        200, {"message": _SUCCESS, "data": {"name": one.name, **_stats(call, one, people)}}
    )


def _days(workspace: Workspace, call: Call) -> list[str]:
    start, end = (parse_time(call.query.get(f"{name}_at")) for name in ("starting", "ending"))
    length = call.query.get("length")
    if start is not None and end is not None:
        length = (end.date() - start.date()) // timedelta(days=1) + 1
    return days_until(call.query["ending_at"], length, workspace.now())


def _stats(call: Call, one: Canvas, entries: int) -> JsonObject:
    """Count entries for the whole and for the first variant; the rest is none."""
    stats: JsonObject = {"total_stats": {**_counts(), "entries": entries}}
    if call.query.get("include_variant_breakdown") is True:
        stats["variant_stats"] = {
            str(variant["id"]): {
                "name": variant.get("name", ""),
                **_counts(),
                "entries": 0 if place else entries,
            }
            for place, variant in enumerate(one.variants)
        }
    if call.query.get("include_step_breakdown") is True:
        stats["step_stats"] = {
            str(step["id"]): {"name": step.get("name", ""), **_counts(), "messages": {}}
            for step in one.steps
        }
    return stats


def _counts() -> JsonObject:
    by_entry = [f"{name}_by_entry_time" for name in _NUMBERED]
    return {"revenue": 0.0, **dict.fromkeys(_NUMBERED, 0), **dict.fromkeys(by_entry, 0)}


def link_alias_details(workspace: Workspace, call: Call) -> Answer:
    """Answer ``/canvas/url_info/details``."""
    one = _canvas(workspace, call, "Missing or Invalid Canvas ID")
    message = one.messages.get(str(call.query["message_variation_id"]))
    if message is None:
        refuse("Missing or Invalid Message Variant ID")
    return launch_routes.link_aliases(call, one, message)


def trigger_send(workspace: Workspace, call: Call) -> Answer:
    """Answer ``/canvas/trigger/send``; of a paused or archived Canvas with a notice only."""
    one = _canvas(workspace, call)
    _check_context(call)
    if one.archived or not one.enabled:
        messaging.check_broadcast(call.body)
        return Answer(201, {"notice": _PAUSED, "message": _SUCCESS})
    send, errors = launch_routes.trigger(workspace, call, one)
    body: JsonObject = {"dispatch_id": send.dispatch_id, "message": _SUCCESS}
    if errors:
        body["errors"] = errors
    return Answer(201, body)


def schedule_create(workspace: Workspace, call: Call) -> Answer:
    """Answer ``/canvas/trigger/schedule/create``."""
    _check_context(call)
    return launch_routes.create_schedule(workspace, call, _canvas(workspace, call))


def _check_context(call: Call) -> None:
    if "context" in call.body and "canvas_entry_properties" in call.body:
        refuse("'canvas_entry_properties' is the older name of 'context': give one of them")


def schedule_update(workspace: Workspace, call: Call) -> Answer:
    """Answer ``/canvas/trigger/schedule/update``."""
    return launch_routes.update_schedule(workspace, call, _canvas(workspace, call))


def schedule_delete(workspace: Workspace, call: Call) -> Answer:
    """Answer ``/canvas/trigger/schedule/delete``."""
    return launch_routes.delete_schedule(call, _canvas(workspace, call))


def duplicate(workspace: Workspace, call: Call) -> Answer:
    """Answer ``/canvas/duplicate``."""
    one = _canvas(workspace, call)
    return launch_routes.duplicate(workspace, call, workspace.canvases, one)


def _canvas(workspace: Workspace, call: Call, words: str = _NO_IDENTIFIER) -> Canvas:
    key = {**call.query, **call.body}["canvas_id"]
    found = workspace.canvases.get(str(key))
    if found is None:
        refuse(words)
    return found


HANDLERS: Final[Handlers] = {
    ("GET", "/canvas/list"): list_canvases,
    ("GET", "/canvas/details"): get,
    ("GET", "/canvas/data_series"): data_series,
    ("GET", "/canvas/data_summary"): data_summary,
    ("GET", "/canvas/url_info/details"): link_alias_details,
    ("POST", "/canvas/trigger/send"): trigger_send,
    ("POST", "/canvas/trigger/schedule/create"): schedule_create,
    ("POST", "/canvas/trigger/schedule/update"): schedule_update,
    ("POST", "/canvas/trigger/schedule/delete"): schedule_delete,
    ("POST", "/canvas/duplicate"): duplicate,
}

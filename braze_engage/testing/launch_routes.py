"""What the handlers of campaigns and of Canvases have in common."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from braze_engage.testing import messaging
from braze_engage.testing.messages import Answer
from braze_engage.testing.paging import numbered_page
from braze_engage.testing.values import Json, JsonObject, as_object, iso, parse_time, strings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from braze_engage.testing.launches import L as Kind
    from braze_engage.testing.launches import Launch, Launches
    from braze_engage.testing.messages import Call
    from braze_engage.testing.outbox import Send
    from braze_engage.testing.state import Workspace

_SUCCESS = "success"


def listed(call: Call, launches: Mapping[str, Kind]) -> Sequence[Kind]:
    """Choose and sort what a page of a list shows."""
    after = parse_time(call.query.get("last_edit.time[gt]"))
    archived = call.query.get("include_archived") is True
    chosen = [
        one
        for one in launches.values()
        if (archived or not one.archived) and (after is None or one.updated_at > after)
    ]
    if call.query.get("sort_direction") == "desc":
        chosen.reverse()
    return numbered_page(call, chosen)


def overview(one: Launch) -> JsonObject:
    """Show what lists say of campaigns and of Canvases."""
    return {
        "id": one.id,
        "last_edited": iso(one.updated_at),
        "name": one.name,
        "tags": [*one.tags],
    }


def details(one: Launch, messages: Mapping[str, JsonObject]) -> JsonObject:
    """Show what details say of campaigns and of Canvases.

    Args:
        one: Which one.
        messages: Its message variations.
    """
    channels = dict.fromkeys(str(each.get("channel")) for each in messages.values())
    return {
        "message": _SUCCESS,
        "created_at": iso(one.created_at),
        "updated_at": iso(one.updated_at),
        "archived": one.archived,
        "draft": one.draft,
        "enabled": one.enabled,
        "has_post_launch_draft": one.has_post_launch_draft,
        "name": one.name,
        "description": one.description,
        "schedule_type": one.schedule_type,
        "channels": [*channels],
        "tags": [*one.tags],
        "teams": [*one.teams],
    }


def first_and_last(one: Launch) -> tuple[Json, Json]:
    """Tell when something was sent first and last; None where nothing was."""
    times = [send.time for send in one.sends]
    return (iso(min(times)), iso(max(times))) if times else (None, None)


def shown(call: Call, message: Json) -> JsonObject:
    """Show a message variation; whether it can be translated only where that was asked for."""
    asked = call.query.get("include_has_translatable_content") is True
    return {
        **as_object(message),
        **({"has_translatable_content": False} if asked else {}),
    }


def link_aliases(call: Call, one: Launch, message: JsonObject) -> Answer:
    """Answer with the links of a message variation."""
    links: list[Json] = []
    for link in one.links.get(str(call.query["message_variation_id"]), []):
        with_id = call.query.get("includes_link_id") is True
        links.append({key: link[key] for key in link if with_id or key != "link_id"})
    return Answer(
        200,
        {
            "message": _SUCCESS,
            "channel": message.get("channel"),
            "name": message.get("name"),
            "link_data": links,
        },
    )


def by_day(sends: Sequence[Send]) -> Counter[str]:
    """Count the people named in sends, by day."""
    counted: Counter[str] = Counter()
    for send in sends:
        counted[f"{send.time:%Y-%m-%d}"] += len(send.recipients)
    return counted


def trigger(workspace: Workspace, call: Call, one: Launch) -> tuple[Send, list[Json]]:
    """Record a send and write the attributes it brings.

    Returns:
        The send, and what is wrong with single recipients.
    """
    reached = messaging.reach(workspace, call.body)
    return one.send(workspace.now(), call.body, reached.recipients), reached.errors


def create_schedule(workspace: Workspace, call: Call, one: Launch) -> Answer:
    """Record a schedule; attributes of recipients are written when it is made."""
    messaging.check_schedule(workspace, call.body["schedule"])
    reached = messaging.reach(workspace, call.body)
    made = one.schedule(call.body, reached.recipients)
    return Answer(
        201,
        {"dispatch_id": made.dispatch_id, "schedule_id": made.schedule_id, "message": _SUCCESS},
    )


def update_schedule(workspace: Workspace, call: Call, one: Launch) -> Answer:
    """Give a schedule another time."""
    found = messaging.scheduled(one, call)
    messaging.check_schedule(workspace, call.body["schedule"])
    found.schedule = as_object(call.body["schedule"])
    return Answer(201, {"message": _SUCCESS})


def delete_schedule(call: Call, one: Launch) -> Answer:
    """Cancel a schedule."""
    del one.schedules[messaging.scheduled(one, call).schedule_id]
    return Answer(201, {"message": _SUCCESS})


def duplicate(workspace: Workspace, call: Call, launches: Launches[Kind], one: Kind) -> Answer:
    """Copy it, as soon as writes become visible."""

    def write() -> None:
        made = launches.duplicate(one, str(call.body["name"]))
        if "description" in call.body:
            made.description = str(call.body["description"])
        if "tag_names" in call.body:
            made.tags = strings(call.body["tag_names"]) or []

    workspace.submit(write)
    return Answer(202, {"message": _SUCCESS})

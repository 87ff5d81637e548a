"""Handlers of the group "messages".

https://www.braze.com/docs/api/endpoints/messaging/send_messages/post_send_messages
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from braze_engage.testing import messaging
from braze_engage.testing.checks import refuse
from braze_engage.testing.messages import Answer
from braze_engage.testing.values import Json, JsonObject, as_object, encoded_size, iso, parse_time

if TYPE_CHECKING:
    from collections.abc import Mapping

    from braze_engage.testing.launches import Launch
    from braze_engage.testing.messages import Call, Handlers
    from braze_engage.testing.state import Workspace

APPLE_PUSH_BYTES = 1_912
ANDROID_PUSH_BYTES = 4_000

_SUCCESS: Final = "success"
_CHANNELS: Final[Mapping[str, str]] = {
    "apple_push": "ios_push",
    "content_card": "content_cards",
}
"""Channel of the exports, where it is not called as in requests."""
_LONGEST: Final = {
    "apple_push": (APPLE_PUSH_BYTES, "Apple Push Length Exceeded"),
    "android_push": (ANDROID_PUSH_BYTES, "Android Push Length Exceeded"),
}


def send(workspace: Workspace, call: Call) -> Answer:
    """Answer ``/messages/send``."""
    _check(workspace, call)
    made = workspace.messages.send(workspace.now(), call.body)
    body: JsonObject = {"dispatch_id": made.dispatch_id, "message": _SUCCESS}
    if "send_id" in call.body:
        body["send_id"] = call.body["send_id"]
    return Answer(201, body)


def schedule_create(workspace: Workspace, call: Call) -> Answer:
    """Answer ``/messages/schedule/create``."""
    _check(workspace, call)
    messaging.check_schedule(workspace, call.body["schedule"])
    made = workspace.messages.schedule(call.body)
    return Answer(
        201,
        {"dispatch_id": made.dispatch_id, "schedule_id": made.schedule_id, "message": _SUCCESS},
    )


def schedule_update(workspace: Workspace, call: Call) -> Answer:
    """Answer ``/messages/schedule/update``."""
    found = messaging.scheduled(workspace.messages, call)
    if "schedule" in call.body:
        messaging.check_schedule(workspace, call.body["schedule"])
        found.schedule = as_object(call.body["schedule"])
    if "messages" in call.body:
        changed = {**found.request, "messages": call.body["messages"]}
        _check_messages(workspace, changed)
        found.request = changed
    return Answer(201, {"message": _SUCCESS})


def schedule_delete(workspace: Workspace, call: Call) -> Answer:
    """Answer ``/messages/schedule/delete``."""
    found = messaging.scheduled(workspace.messages, call)
    del workspace.messages.schedules[found.schedule_id]
    return Answer(201, {"message": _SUCCESS})


def list_scheduled_broadcasts(workspace: Workspace, call: Call) -> Answer:
    """Answer ``/messages/scheduled_broadcasts``: what has a ``next_send_time``."""
    end = parse_time(call.query["end_time"]) or workspace.now()
    end = end.replace(hour=0, minute=0, second=0, microsecond=0)
    kinds: Mapping[str, Mapping[str, Launch]] = {
        "Campaign": workspace.campaigns,
        "Canvas": workspace.canvases,
    }
    found: list[Json] = [
        {
            "name": one.name,
            "id": one.id,
            "type": kind,
            "tags": [*one.tags],
            "next_send_time": iso(one.next_send_time),
            "schedule_type": "UTC",
        }
        for kind, launches in kinds.items()
        for one in launches.values()
        if one.next_send_time is not None and workspace.now() <= one.next_send_time <= end
    ]
    return Answer(200, {"scheduled_broadcasts": found})


def _check(workspace: Workspace, call: Call) -> None:
    messaging.check_broadcast(call.body)
    _check_messages(workspace, call.body)


def _check_messages(workspace: Workspace, body: JsonObject) -> None:
    messages = {name: as_object(one) for name, one in as_object(body.get("messages")).items()}
    if not messages:
        refuse("No message to send")
    for name, (most, words) in _LONGEST.items():
        text = (
            {key: messages[name].get(key) for key in ("alert", "extra")} if name in messages else {}
        )
        if encoded_size(text) > most:
            refuse(words)
    if "campaign_id" in body:
        _check_variations(workspace, str(body["campaign_id"]), messages)


def _check_variations(
    workspace: Workspace, campaign_id: str, messages: Mapping[str, JsonObject]
) -> None:
    campaign = workspace.campaigns.get(campaign_id)
    if campaign is None:
        refuse("Invalid Campaign ID")
    for name, message in messages.items():
        if "message_variation_id" not in message:
            refuse("Message Variant Unspecified")
        variation = campaign.messages.get(str(message["message_variation_id"]))
        if variation is None:
            refuse("Invalid Message Variant")
        if variation.get("channel") != _CHANNELS.get(name, name):
            refuse("Mismatched Message Type")


HANDLERS: Final[Handlers] = {
    ("POST", "/messages/send"): send,
    ("POST", "/messages/schedule/create"): schedule_create,
    ("POST", "/messages/schedule/update"): schedule_update,
    ("POST", "/messages/schedule/delete"): schedule_delete,
    ("GET", "/messages/scheduled_broadcasts"): list_scheduled_broadcasts,
}

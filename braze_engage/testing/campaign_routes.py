"""Handlers of the group "campaigns".

https://www.braze.com/docs/api/endpoints/export/campaigns/get_campaigns
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from braze_engage.testing import launch_routes
from braze_engage.testing.checks import refuse
from braze_engage.testing.messages import Answer
from braze_engage.testing.values import Json, JsonObject, days_until

if TYPE_CHECKING:
    from braze_engage.testing.launches import Campaign
    from braze_engage.testing.messages import Call, Handlers
    from braze_engage.testing.state import Workspace

_SUCCESS: Final = "success"
_NO_IDENTIFIER: Final = "campaign_id must be a string of the campaign api identifier"


def list_campaigns(workspace: Workspace, call: Call) -> Answer:
    """Answer ``/campaigns/list``."""
    page = launch_routes.listed(call, workspace.campaigns)
    rows: list[Json] = [
        {**launch_routes.overview(one), "is_api_campaign": one.is_api_campaign} for one in page
    ]
    return Answer(200, {"message": _SUCCESS, "campaigns": rows})


def get(workspace: Workspace, call: Call) -> Answer:
    """Answer ``/campaigns/details``."""
    one = _campaign(workspace, call, _NO_IDENTIFIER)
    first, last = launch_routes.first_and_last(one)
    body: JsonObject = {
        **launch_routes.details(one, one.messages),
        "first_sent": first,
        "last_sent": last,
        "messages": {key: launch_routes.shown(call, one.messages[key]) for key in one.messages},
        "conversion_behaviors": [*one.conversion_behaviors],
    }
    return Answer(200, body)


def data_series(workspace: Workspace, call: Call) -> Answer:
    """Answer ``/campaigns/data_series``: people named in sends, by day."""
    one = _campaign(workspace, call, _NO_IDENTIFIER)
    people = launch_routes.by_day(one.sends)
    days = days_until(call.query.get("ending_at"), call.query["length"], workspace.now())
    return Answer(200, {"message": _SUCCESS, "data": [_day(one, day, people[day]) for day in days]})


def _day(one: Campaign, day: str, people: int) -> JsonObject:
    counts: dict[str, Json] = {}
    for key, message in one.messages.items():
        listed = counts.setdefault(str(message["channel"]), [])
        if isinstance(listed, list):
            listed.append({"variation_api_id": key, "sent": people})
    numbered = [f"conversions{number}" for number in ("", "1", "2", "3")]
    return {
        "time": day,
        "messages": counts,
        **dict.fromkeys(numbered, 0),
        **dict.fromkeys([f"{name}_by_send_time" for name in numbered], 0),
        "unique_recipients": people,
        "revenue": 0.0,
    }


def link_alias_details(workspace: Workspace, call: Call) -> Answer:
    """Answer ``/campaigns/url_info/details``."""
    one = _campaign(workspace, call, "Missing or Invalid Campaign ID")
    message = one.messages.get(str(call.query["message_variation_id"]))
    if message is None:
        refuse("Missing or Invalid Message Variant ID")
    return launch_routes.link_aliases(call, one, message)


def trigger_send(workspace: Workspace, call: Call) -> Answer:
    """Answer ``/campaigns/trigger/send``."""
    send, errors = launch_routes.trigger(workspace, call, _campaign(workspace, call))
    body: JsonObject = {"dispatch_id": send.dispatch_id, "message": _SUCCESS}
    if send.send_id is not None:
        body["send_id"] = send.send_id
    if errors:
        body["errors"] = errors
    return Answer(201, body)


def schedule_create(workspace: Workspace, call: Call) -> Answer:
    """Answer ``/campaigns/trigger/schedule/create``."""
    return launch_routes.create_schedule(workspace, call, _campaign(workspace, call))


def schedule_update(workspace: Workspace, call: Call) -> Answer:
    """Answer ``/campaigns/trigger/schedule/update``."""
    return launch_routes.update_schedule(workspace, call, _campaign(workspace, call))


def schedule_delete(workspace: Workspace, call: Call) -> Answer:
    """Answer ``/campaigns/trigger/schedule/delete``."""
    return launch_routes.delete_schedule(call, _campaign(workspace, call))


def duplicate(workspace: Workspace, call: Call) -> Answer:
    """Answer ``/campaigns/duplicate``."""
    one = _campaign(workspace, call)
    return launch_routes.duplicate(workspace, call, workspace.campaigns, one)


def _campaign(workspace: Workspace, call: Call, words: str = "Invalid Campaign ID") -> Campaign:
    key = {**call.query, **call.body}["campaign_id"]
    found = workspace.campaigns.get(str(key))
    if found is None:
        refuse(words)
    return found


HANDLERS: Final[Handlers] = {
    ("GET", "/campaigns/list"): list_campaigns,
    ("GET", "/campaigns/details"): get,
    ("GET", "/campaigns/data_series"): data_series,
    ("GET", "/campaigns/url_info/details"): link_alias_details,
    ("POST", "/campaigns/trigger/send"): trigger_send,
    ("POST", "/campaigns/trigger/schedule/create"): schedule_create,
    ("POST", "/campaigns/trigger/schedule/update"): schedule_update,
    ("POST", "/campaigns/trigger/schedule/delete"): schedule_delete,
    ("POST", "/campaigns/duplicate"): duplicate,
}

"""Handlers of the group "transactional".

https://www.braze.com/docs/api/endpoints/messaging/send_messages/post_send_transactional_message
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from braze_engage.testing import messaging
from braze_engage.testing.checks import refuse
from braze_engage.testing.messages import Answer
from braze_engage.testing.values import JsonObject, as_object, iso

if TYPE_CHECKING:
    from braze_engage.testing.launches import Campaign
    from braze_engage.testing.messages import Call, Handlers
    from braze_engage.testing.outbox import Send
    from braze_engage.testing.state import Workspace

_REMEMBERED: Final = timedelta(hours=24)
_STEPS: Final = ("received_at", "enqueued_at", "executed_at", "sent_at")


def send(workspace: Workspace, call: Call) -> Answer:
    """Answer ``/transactional/v1/campaigns/{campaign_id}/send``; a repeated name sends nothing."""
    campaign = _campaign(workspace, call)
    made = _earlier(workspace, call, campaign) or _send(workspace, call, campaign)
    metadata: JsonObject = dict.fromkeys(_STEPS, iso(made.time))
    metadata["campaign_api_id"] = campaign.id
    if "external_send_id" in call.body:
        metadata["external_send_id"] = call.body["external_send_id"]
    return Answer(201, {"dispatch_id": made.dispatch_id, "status": "sent", "metadata": metadata})


def _earlier(workspace: Workspace, call: Call, campaign: Campaign) -> Send | None:
    name, since = call.body.get("external_send_id"), workspace.now() - _REMEMBERED
    alike = (one for one in campaign.sends if one.request.get("external_send_id") == name)
    return None if name is None else next((one for one in alike if one.time > since), None)


def _send(workspace: Workspace, call: Call, campaign: Campaign) -> Send:
    recipient = as_object(call.body["recipient"])
    creating: JsonObject = {**recipient, "send_to_existing_only": False}
    problem = messaging.write_attributes(workspace, creating)
    if problem is not None:
        refuse(problem)
    return campaign.send(workspace.now(), call.body, [recipient])


def _campaign(workspace: Workspace, call: Call) -> Campaign:
    found = workspace.campaigns.get(call.path["campaign_id"])
    if found is None:
        refuse("Campaign does not exist")
    if not found.transactional:
        refuse("The campaign is not a transactional campaign.")
    if found.archived:
        refuse("The campaign is archived.")
    if not found.enabled:
        refuse("The campaign is paused.")
    return found


HANDLERS: Final[Handlers] = {
    ("POST", "/transactional/v1/campaigns/{campaign_id}/send"): send,
}

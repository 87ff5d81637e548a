"""Rows that send, schedule and copy campaigns."""

from collections.abc import Sequence
from typing import ClassVar

from braze_engage.errors import ConfigurationError
from braze_engage.limits import SEND_PROPERTIES_BYTES
from braze_engage.objects import Accepted, EmailAttachment, Schedule, TriggerProperties
from braze_engage.objects.json_objects import check_object_bytes, own_values
from braze_engage.objects.message_checks import check_instance, check_texts
from braze_engage.objects.models import model
from braze_engage.operation import Family, Operation, Replay
from braze_engage.rest.campaign_parts import Copy, CopyQueued
from braze_engage.rest.send_parts import ScheduleResult, SendResult
from braze_engage.rest.triggers import Triggering

__all__ = [
    "CampaignsTrigger",
    "CreateCampaignSchedule",
    "DeleteCampaignSchedule",
    "DuplicateCampaign",
    "TriggerCampaign",
    "UpdateCampaignSchedule",
]


@model(kw_only=True, field_transformer=own_values)
class _TriggeringCampaign(Triggering):
    foreign: ClassVar[str] = "context"

    campaign_id: str
    send_id: str | None = None
    trigger_properties: TriggerProperties | None = None

    def __attrs_post_init__(self) -> None:
        Triggering.__attrs_post_init__(self)
        check_texts(self, "campaign_id")
        if self.send_id is not None:
            check_texts(self, "send_id")
        check_object_bytes(self, "trigger_properties", SEND_PROPERTIES_BYTES)


@model(kw_only=True, field_transformer=own_values)
class TriggerCampaign(_TriggeringCampaign):
    """A campaign to send now: to recipients, or with broadcast to its whole audience.

    Args:
        campaign_id: API identifier.
        send_id: Tracks this send apart; made by `sends.create_id`.
        trigger_properties: Values for the templates, of all recipients; at most 50 KB.
        broadcast: True reaches the whole target audience; excludes recipients and attachments.
        audience: Filters, as `braze_engage.rest.filters` makes them, applied when Braze sends.
        recipients: At most 50.
        attachments: Files of an e-mail campaign, each at most 2 MB.

    Raises:
        ConfigurationError: Braze would refuse it, or reach nobody.
    """

    attachments: Sequence[EmailAttachment] = ()

    def __attrs_post_init__(self) -> None:
        _TriggeringCampaign.__attrs_post_init__(self)
        if self.broadcast and self.attachments:
            raise ConfigurationError(
                "TriggerCampaign holds broadcast and attachments: leave one out"
            )


@model(kw_only=True, field_transformer=own_values)
class CreateCampaignSchedule(_TriggeringCampaign):
    """A campaign to send later: to recipients, or with broadcast to its whole audience.

    Args:
        campaign_id: API identifier.
        schedule: When.
        send_id: Tracks this send apart; made by `sends.create_id`.
        trigger_properties: Values for the templates, of all recipients; at most 50 KB.
        broadcast: True reaches the whole target audience; excludes recipients.
        audience: Filters, as `braze_engage.rest.filters` makes them, applied when Braze sends.
        recipients: At most 50.

    Raises:
        ConfigurationError: Braze would refuse it, or reach nobody.
    """

    schedule: Schedule

    def __attrs_post_init__(self) -> None:
        _TriggeringCampaign.__attrs_post_init__(self)
        check_instance(self, "schedule", Schedule)


@model(kw_only=True)
class UpdateCampaignSchedule:
    """Another time for a scheduled campaign.

    Args:
        campaign_id: API identifier.
        schedule_id: From `trigger_schedule_create`.
        schedule: The new time.
    """

    campaign_id: str
    schedule_id: str
    schedule: Schedule

    def __attrs_post_init__(self) -> None:
        check_texts(self, "campaign_id", "schedule_id")
        check_instance(self, "schedule", Schedule)


@model(kw_only=True)
class DeleteCampaignSchedule:
    """Which scheduled campaign.

    Args:
        campaign_id: API identifier.
        schedule_id: From `trigger_schedule_create`.
    """

    campaign_id: str
    schedule_id: str

    def __attrs_post_init__(self) -> None:
        check_texts(self, "campaign_id", "schedule_id")


@model(kw_only=True, field_transformer=own_values)
class DuplicateCampaign(Copy):
    """Which campaign, and what the copy is to be.

    Args:
        campaign_id: API identifier.
        name: Name of the copy.
        description: Description of the copy.
        tag_names: Tags that exist; they replace those of the original.
    """

    campaign_id: str

    def __attrs_post_init__(self) -> None:
        Copy.__attrs_post_init__(self)
        check_texts(self, "campaign_id")


class CampaignsTrigger(Family):
    """Rows that send, schedule and copy campaigns."""

    group = "campaigns"

    trigger_send = Operation(
        "POST",
        "/campaigns/trigger/send",
        TriggerCampaign,
        SendResult,
        bucket="broadcast_sends",
        replay=Replay.IF_UNSENT,
        permission="campaigns.trigger.send",
        docs="https://www.braze.com/docs/api/endpoints/messaging/send_messages/post_send_triggered_campaigns",
    )
    """Send an API-triggered campaign now.

    The audience is the one set up in the dashboard, narrowed by filters and recipients; a segment
    cannot be named here. Sends to recipients count against the common rate limit.
    """

    trigger_schedule_create = Operation(
        "POST",
        "/campaigns/trigger/schedule/create",
        CreateCampaignSchedule,
        ScheduleResult,
        bucket="broadcast_sends",
        replay=Replay.IF_UNSENT,
        permission="campaigns.trigger.schedule.create",
        docs="https://www.braze.com/docs/api/endpoints/messaging/schedule_messages/post_schedule_triggered_campaigns",
    )
    """Schedule an API-triggered campaign."""

    trigger_schedule_update = Operation(
        "POST",
        "/campaigns/trigger/schedule/update",
        UpdateCampaignSchedule,
        Accepted,
        bucket="default",
        replay=Replay.ALWAYS,
        permission="campaigns.trigger.schedule.update",
        docs="https://www.braze.com/docs/api/endpoints/messaging/schedule_messages/post_update_scheduled_triggered_campaigns",
    )
    """Move a scheduled API-triggered campaign. Unconfirmed: Braze prints no answer."""

    trigger_schedule_delete = Operation(
        "POST",
        "/campaigns/trigger/schedule/delete",
        DeleteCampaignSchedule,
        Accepted,
        bucket="default",
        replay=Replay.ALWAYS,
        permission="campaigns.trigger.schedule.delete",
        docs="https://www.braze.com/docs/api/endpoints/messaging/schedule_messages/post_delete_scheduled_triggered_messages",
    )
    """Cancel a scheduled API-triggered campaign. Unconfirmed: Braze prints no answer."""

    duplicate = Operation(
        "POST",
        "/campaigns/duplicate",
        DuplicateCampaign,
        CopyQueued,
        bucket="duplicate",
        replay=Replay.IF_UNSENT,
        permission="campaigns.duplicate",
        docs="https://www.braze.com/docs/api/endpoints/messaging/duplicate_messages/post_duplicate_campaigns",
    )
    """Copy a campaign; Braze does it later. Unconfirmed: the answer has no documented body."""

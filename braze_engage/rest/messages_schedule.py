"""Rows that change, cancel and list what is scheduled."""

from datetime import datetime

from braze_engage.objects import Accepted, Messages, Schedule
from braze_engage.objects.message_checks import check_instance, check_texts
from braze_engage.objects.models import model
from braze_engage.operation import Family, Operation, Replay

__all__ = [
    "DeleteMessageSchedule",
    "ListScheduledBroadcasts",
    "MessagesSchedule",
    "ScheduledBroadcast",
    "ScheduledBroadcasts",
    "UpdateMessageSchedule",
]


@model(kw_only=True)
class UpdateMessageSchedule:
    """Another time or other content for scheduled messages.

    Args:
        schedule_id: From `schedule_create`.
        schedule: The new time.
        messages: Replaces all messages; channels left out are dropped.
    """

    schedule_id: str
    schedule: Schedule | None = None
    messages: Messages | None = None

    def __attrs_post_init__(self) -> None:
        check_texts(self, "schedule_id")
        if self.schedule is not None:
            check_instance(self, "schedule", Schedule)
        if self.messages is not None:
            check_instance(self, "messages", Messages)


@model(kw_only=True)
class DeleteMessageSchedule:
    """Which scheduled messages.

    Args:
        schedule_id: From `schedule_create`.
    """

    schedule_id: str

    def __attrs_post_init__(self) -> None:
        check_texts(self, "schedule_id")


@model(kw_only=True)
class ListScheduledBroadcasts:
    """Up to when.

    Args:
        end_time: End of the range; Braze reads it as midnight in UTC.
    """

    end_time: datetime


@model(kw_only=True)
class ScheduledBroadcast:
    """A campaign or Canvas that the dashboard scheduled.

    Args:
        id: API identifier.
        name: Its name.
        type: ``Campaign`` or ``Canvas``.
        tags: Its tags.
        next_send_time: When next, in ISO 8601; it may carry a zone.
        schedule_type: ``local_time_zones``, ``intelligent_delivery``, or the name of the
            company's time zone.
    """

    id: str
    name: str
    type: str | None = None
    tags: tuple[str, ...] = ()
    next_send_time: str | None = None
    schedule_type: str | None = None


@model(kw_only=True)
class ScheduledBroadcasts:
    """What the dashboard scheduled; recurring ones are listed once.

    Args:
        scheduled_broadcasts: Campaigns and Canvases.
    """

    scheduled_broadcasts: tuple[ScheduledBroadcast, ...] = ()


class MessagesSchedule(Family):
    """Rows that change, cancel and list what is scheduled."""

    group = "messages"

    schedule_update = Operation(
        "POST",
        "/messages/schedule/update",
        UpdateMessageSchedule,
        Accepted,
        bucket="default",
        replay=Replay.ALWAYS,
        permission="messages.schedule.update",
        docs="https://www.braze.com/docs/api/endpoints/messaging/schedule_messages/post_update_scheduled_messages",
    )
    """Change scheduled messages. Unconfirmed: Braze prints no answer."""

    schedule_delete = Operation(
        "POST",
        "/messages/schedule/delete",
        DeleteMessageSchedule,
        Accepted,
        bucket="default",
        replay=Replay.ALWAYS,
        permission="messages.schedule.delete",
        docs="https://www.braze.com/docs/api/endpoints/messaging/schedule_messages/post_delete_scheduled_messages",
    )
    """Cancel scheduled messages. Unconfirmed: Braze prints no answer."""

    list_scheduled_broadcasts = Operation(
        "GET",
        "/messages/scheduled_broadcasts",
        ListScheduledBroadcasts,
        ScheduledBroadcasts,
        bucket="default",
        replay=Replay.ALWAYS,
        permission="messages.schedule_broadcasts",
        docs="https://www.braze.com/docs/api/endpoints/messaging/schedule_messages/get_messages_scheduled",
    )
    """List campaigns and Canvases that the dashboard scheduled, up to a time."""

"""Rows that let people enter Canvases, now or later, and copy Canvases."""

from typing import ClassVar

from braze_engage.errors import ConfigurationError
from braze_engage.limits import SEND_PROPERTIES_BYTES
from braze_engage.objects import Accepted, CanvasContext, Schedule
from braze_engage.objects.json_objects import check_object_bytes, own_values
from braze_engage.objects.message_checks import check_instance, check_texts
from braze_engage.objects.models import model
from braze_engage.operation import Family, Operation, Replay
from braze_engage.rest.campaign_parts import Copy, CopyQueued
from braze_engage.rest.send_parts import ScheduleResult
from braze_engage.rest.triggers import Triggering

__all__ = [
    "CanvasEntryResult",
    "CanvasTrigger",
    "CreateCanvasSchedule",
    "DeleteCanvasSchedule",
    "DuplicateCanvas",
    "TriggerCanvas",
    "UpdateCanvasSchedule",
]


@model(kw_only=True, field_transformer=own_values)
class TriggerCanvas(Triggering):
    """A Canvas to enter now: by recipients, or with broadcast by its whole audience.

    Args:
        canvas_id: API identifier.
        context: Values for the templates, of all recipients; at most 50 KB.
        canvas_entry_properties: Deprecated: the older name of context; not together with it.
        broadcast: True reaches the whole target audience; excludes recipients.
        audience: Filters, as `braze_engage.rest.filters` makes them, applied when Braze sends.
        recipients: At most 50.

    Raises:
        ConfigurationError: Braze would refuse it, or reach nobody.
    """

    foreign: ClassVar[str] = "trigger_properties"

    canvas_id: str
    context: CanvasContext | None = None
    canvas_entry_properties: CanvasContext | None = None

    def __attrs_post_init__(self) -> None:
        Triggering.__attrs_post_init__(self)
        check_texts(self, "canvas_id")
        if self.context is not None and self.canvas_entry_properties is not None:
            raise ConfigurationError(
                f"{type(self).__name__} holds context and canvas_entry_properties, two names "
                "of one thing: give context"
            )
        for name in ("context", "canvas_entry_properties"):
            check_object_bytes(self, name, SEND_PROPERTIES_BYTES)


@model(kw_only=True)
class CanvasEntryResult:
    """Braze took the entries, unless there is a notice.

    Args:
        message: ``success``.
        notice: Present where the Canvas is paused or archived: then nothing was sent.
        dispatch_id: Names this transmission, for all its recipients.
        errors: What concerns single recipients; the others enter.
    """

    message: str
    notice: str | None = None
    dispatch_id: str | None = None
    errors: tuple[str, ...] = ()


@model(kw_only=True, field_transformer=own_values)
class CreateCanvasSchedule(TriggerCanvas):
    """A Canvas to enter later: by recipients, or with broadcast by its whole audience.

    Args:
        canvas_id: API identifier.
        schedule: When.
        context: Values for the templates, of all recipients; at most 50 KB.
        canvas_entry_properties: Deprecated: the older name of context; not together with it.
        broadcast: True reaches the whole target audience; excludes recipients.
        audience: Filters, as `braze_engage.rest.filters` makes them, applied when Braze sends.
        recipients: At most 50.

    Raises:
        ConfigurationError: Braze would refuse it, or reach nobody.
    """

    schedule: Schedule

    def __attrs_post_init__(self) -> None:
        TriggerCanvas.__attrs_post_init__(self)
        check_instance(self, "schedule", Schedule)


@model(kw_only=True)
class UpdateCanvasSchedule:
    """Another time for a scheduled Canvas.

    Args:
        canvas_id: API identifier.
        schedule: The new time.
        schedule_id: From `trigger_schedule_create`; Braze marks it optional, yet nothing else says
            which schedule is meant.
    """

    canvas_id: str
    schedule: Schedule
    schedule_id: str | None = None

    def __attrs_post_init__(self) -> None:
        check_texts(self, "canvas_id")
        if self.schedule_id is not None:
            check_texts(self, "schedule_id")
        check_instance(self, "schedule", Schedule)


@model(kw_only=True)
class DeleteCanvasSchedule:
    """Which scheduled Canvas.

    Args:
        canvas_id: API identifier.
        schedule_id: From `trigger_schedule_create`.
    """

    canvas_id: str
    schedule_id: str

    def __attrs_post_init__(self) -> None:
        check_texts(self, "canvas_id", "schedule_id")


@model(kw_only=True, field_transformer=own_values)
class DuplicateCanvas(Copy):
    """Which Canvas, and what the copy is to be.

    Args:
        canvas_id: API identifier.
        name: Name of the copy.
        description: Description of the copy.
        tag_names: Tags that exist; they replace those of the original.
    """

    canvas_id: str

    def __attrs_post_init__(self) -> None:
        Copy.__attrs_post_init__(self)
        check_texts(self, "canvas_id")


class CanvasTrigger(Family):
    """Rows that let people enter Canvases, now or later, and copy Canvases."""

    group = "canvas"

    trigger_send = Operation(
        "POST",
        "/canvas/trigger/send",
        TriggerCanvas,
        CanvasEntryResult,
        bucket="broadcast_sends",
        replay=Replay.IF_UNSENT,
        permission="canvas.trigger.send",
        docs="https://www.braze.com/docs/api/endpoints/messaging/send_messages/post_send_triggered_canvases",
    )
    """Let people enter an API-triggered Canvas now.

    A Canvas that is paused or archived answers with success and a notice, and sends nothing. The
    audience is the one set up in the dashboard, narrowed by filters and recipients; a segment
    cannot be named here. Entries of recipients count against the common rate limit.
    """

    trigger_schedule_create = Operation(
        "POST",
        "/canvas/trigger/schedule/create",
        CreateCanvasSchedule,
        ScheduleResult,
        bucket="broadcast_sends",
        replay=Replay.IF_UNSENT,
        permission="canvas.trigger.schedule.create",
        docs="https://www.braze.com/docs/api/endpoints/messaging/schedule_messages/post_schedule_triggered_canvases",
    )
    """Schedule an API-triggered Canvas."""

    trigger_schedule_update = Operation(
        "POST",
        "/canvas/trigger/schedule/update",
        UpdateCanvasSchedule,
        Accepted,
        bucket="default",
        replay=Replay.ALWAYS,
        permission="canvas.trigger.schedule.update",
        docs="https://www.braze.com/docs/api/endpoints/messaging/schedule_messages/post_update_scheduled_triggered_canvases",
    )
    """Move a scheduled API-triggered Canvas. Unconfirmed: Braze prints no answer."""

    trigger_schedule_delete = Operation(
        "POST",
        "/canvas/trigger/schedule/delete",
        DeleteCanvasSchedule,
        Accepted,
        bucket="default",
        replay=Replay.ALWAYS,
        permission="canvas.trigger.schedule.delete",
        docs="https://www.braze.com/docs/api/endpoints/messaging/schedule_messages/post_delete_scheduled_triggered_canvases",
    )
    """Cancel a scheduled API-triggered Canvas. Unconfirmed: Braze prints no answer."""

    duplicate = Operation(
        "POST",
        "/canvas/duplicate",
        DuplicateCanvas,
        CopyQueued,
        bucket="duplicate",
        replay=Replay.IF_UNSENT,
        permission="canvas.duplicate",
        docs="https://www.braze.com/docs/api/endpoints/messaging/duplicate_messages/post_duplicate_canvases",
    )
    """Copy a Canvas; Braze does it later. Unconfirmed: the answer has no documented body."""

"""Rows that send messages whose content comes with the request, now or later."""

from collections.abc import Sequence
from typing import Literal

from braze_engage.errors import ConfigurationError
from braze_engage.limits import RECIPIENTS
from braze_engage.objects import Messages, Schedule, UserAlias
from braze_engage.objects.aliases import check_external_ids
from braze_engage.objects.checks import at_least_one_of, at_most, check_choice
from braze_engage.objects.fields import own_sequences
from braze_engage.objects.message_checks import check_flags, check_instance, check_texts
from braze_engage.objects.models import model
from braze_engage.operation import Family, Operation, Replay
from braze_engage.rest.filter_values import Audience, connected_audience
from braze_engage.rest.send_parts import (
    ScheduleResult,
    SendResult,
    bucket_of,
    check_broadcast,
)

__all__ = ["CreateMessageSchedule", "MessagesSend", "SendMessages"]

_NAMED = ("external_user_ids", "user_aliases")


@model(kw_only=True, field_transformer=own_sequences)
class _Sending:
    messages: Messages | None = None
    broadcast: bool = False
    external_user_ids: Sequence[str] = ()
    user_aliases: Sequence[UserAlias] = ()
    segment_id: str | None = None
    audience: Audience | None = None
    campaign_id: str | None = None
    send_id: str | None = None
    recipient_subscription_state: Literal["all", "subscribed", "opted_in"] = "subscribed"

    def __attrs_post_init__(self) -> None:
        at_least_one_of(self, *_NAMED, "segment_id", "audience")
        check_broadcast(self, *_NAMED)
        at_most(self, RECIPIENTS, *_NAMED)
        check_external_ids(self, "external_user_ids")
        for name in ("segment_id", "campaign_id", "send_id"):
            if getattr(self, name) is not None:
                check_texts(self, name)
        if self.audience is not None:
            connected_audience(self.audience)
        name, states = type(self).__name__, ("all", "subscribed", "opted_in")
        state = self.recipient_subscription_state
        check_choice(f"{name}.recipient_subscription_state", state, states)
        check_instance(self, "messages", Messages)
        nameless = () if self.messages is None else self.messages.without_variation
        if self.campaign_id is not None and nameless:
            raise ConfigurationError(
                f"{name}.messages: with a campaign_id every message needs message_variation_id, "
                f"{' and '.join(nameless)} has none"
            )


@model(kw_only=True, field_transformer=own_sequences)
class SendMessages(_Sending):
    """Messages to send now, to people that exist.

    Args:
        messages: One for each channel; Braze refuses a send without.
        broadcast: True reaches a whole segment or audience; excludes people named one by one.
        external_user_ids: At most 50 together with user_aliases.
        user_aliases: At most 50 together with external_user_ids.
        segment_id: API identifier; of people named one by one only those who are in the segment.
        audience: Filters, as `braze_engage.rest.filters` makes them, applied when Braze sends.
        campaign_id: An API campaign, for statistics in the dashboard; then every message needs
            ``message_variation_id``.
        send_id: Tracks this send apart: made by `sends.create_id`, or a label of your own.
        recipient_subscription_state: Who gets it; ``subscribed`` are those who are subscribed or
            opted in.
        override_frequency_capping: Whether frequency caps are ignored.

    Raises:
        ConfigurationError: Braze would refuse it, or reach nobody.
    """

    override_frequency_capping: bool = False

    def __attrs_post_init__(self) -> None:
        _Sending.__attrs_post_init__(self)
        check_flags(self, "override_frequency_capping")

    def narrowed_bucket(self) -> str:
        """Count sends to people named one by one against the common pool."""
        return bucket_of(self, *_NAMED)


@model(kw_only=True, field_transformer=own_sequences)
class CreateMessageSchedule(_Sending):
    """Messages to send later, to people that exist.

    Args:
        schedule: When.
        messages: One for each channel; Braze refuses a send without.
        broadcast: True reaches a whole segment or audience; excludes people named one by one.
        external_user_ids: At most 50 together with user_aliases.
        user_aliases: At most 50 together with external_user_ids.
        segment_id: API identifier; of people named one by one only those who are in the segment.
        audience: Filters, as `braze_engage.rest.filters` makes them, applied when Braze sends.
        campaign_id: An API campaign, for statistics in the dashboard; then every message needs
            ``message_variation_id``.
        send_id: Tracks this send apart: made by `sends.create_id`, or a label of your own.
        recipient_subscription_state: Who gets it; ``subscribed`` are those who are subscribed or
            opted in.
        override_messaging_limits: Whether frequency caps are ignored.

    Raises:
        ConfigurationError: Braze would refuse it, or reach nobody.
    """

    schedule: Schedule
    override_messaging_limits: bool = False

    def __attrs_post_init__(self) -> None:
        _Sending.__attrs_post_init__(self)
        check_flags(self, "override_messaging_limits")
        check_instance(self, "schedule", Schedule)


class MessagesSend(Family):
    """Rows that send messages whose content comes with the request, now or later."""

    group = "messages"

    send = Operation(
        "POST",
        "/messages/send",
        SendMessages,
        SendResult,
        bucket="broadcast_sends",
        replay=Replay.IF_UNSENT,
        permission="messages.send",
        docs="https://www.braze.com/docs/api/endpoints/messaging/send_messages/post_send_messages",
    )
    """Send messages now.

    Sends to people named one by one count against the common rate limit.
    """

    schedule_create = Operation(
        "POST",
        "/messages/schedule/create",
        CreateMessageSchedule,
        ScheduleResult,
        bucket="default",
        replay=Replay.IF_UNSENT,
        permission="messages.schedule.create",
        docs="https://www.braze.com/docs/api/endpoints/messaging/schedule_messages/post_schedule_messages",
    )
    """Schedule messages."""

"""The group "sends" of the REST API."""

from collections.abc import Mapping

import attrs

from braze_engage.limits import SEND_ID_CHARACTERS
from braze_engage.objects.checks import check_pattern, check_text
from braze_engage.objects.models import model
from braze_engage.objects.values import JsonValue
from braze_engage.operation import Family, Operation, Replay
from braze_engage.rest.series import DailySeries

__all__ = [
    "CreateSendId",
    "GetSendDataSeries",
    "SendDataSeries",
    "SendId",
    "SendStatistics",
    "Sends",
]


@model(kw_only=True)
class GetSendDataSeries(DailySeries):
    """Which send, and which days.

    Args:
        campaign_id: API identifier of the campaign.
        send_id: Identifier of the send.
        length: How many days, 1 to 100.
        ending_at: The last one; now unless told otherwise.
    """

    campaign_id: str
    send_id: str

    def __attrs_post_init__(self) -> None:
        DailySeries.__attrs_post_init__(self)
        for name in ("campaign_id", "send_id"):
            check_text(f"GetSendDataSeries.{name}", getattr(self, name))


@model(kw_only=True)
class SendStatistics:
    """What a send did on one day.

    Args:
        time: The day, in ISO 8601.
        messages: For each channel, such as ``email`` or ``ios_push``, its variations with their
            counters, which differ by channel.
        conversions: First conversion event.
        conversions1: Second conversion event.
        conversions2: Third conversion event.
        conversions3: Fourth conversion event.
        conversions_by_send_time: The same, counted on the day of the send.
        conversions1_by_send_time: Of the second conversion event.
        conversions2_by_send_time: Of the third conversion event.
        conversions3_by_send_time: Of the fourth conversion event.
        unique_recipients: People reached.
        revenue: In US dollars.
    """

    time: str
    messages: Mapping[str, tuple[Mapping[str, JsonValue], ...]] = attrs.field(
        factory=dict[str, tuple[Mapping[str, JsonValue], ...]]
    )
    conversions: int = 0
    conversions1: int = 0
    conversions2: int = 0
    conversions3: int = 0
    conversions_by_send_time: int = 0
    conversions1_by_send_time: int = 0
    conversions2_by_send_time: int = 0
    conversions3_by_send_time: int = 0
    unique_recipients: int = 0
    revenue: float = 0.0


@model(kw_only=True)
class SendDataSeries:
    """What a send did over time.

    Args:
        message: ``success``.
        data: One entry for each day.
    """

    message: str
    data: tuple[SendStatistics, ...] = ()


@model(kw_only=True)
class CreateSendId:
    """For which campaign.

    Args:
        campaign_id: API identifier of an API campaign.
        send_id: An identifier of your own, up to 64 ASCII characters; Braze makes one otherwise.
    """

    campaign_id: str
    send_id: str | None = None

    def __attrs_post_init__(self) -> None:
        check_text("CreateSendId.campaign_id", self.campaign_id)
        if self.send_id is not None:
            words = "ASCII characters"
            check_pattern(
                "CreateSendId.send_id", self.send_id, r"[\x00-\x7f]+", words, SEND_ID_CHARACTERS
            )

    def narrowed_replay(self) -> Replay:
        """Allow repeats where the identifier is given: they make no second one."""
        return Replay.IF_UNSENT if self.send_id is None else Replay.ALWAYS


@model(kw_only=True)
class SendId:
    """A send identifier.

    Args:
        message: ``success``.
        send_id: What to give as ``send_id`` when sending.
    """

    message: str
    send_id: str


class Sends(Family):
    """Send identifiers and the statistics kept under them."""

    group = "sends"

    data_series = Operation(
        "GET",
        "/sends/data_series",
        GetSendDataSeries,
        SendDataSeries,
        bucket="default",
        replay=Replay.ALWAYS,
        permission="sends.data_series",
        docs="https://www.braze.com/docs/api/endpoints/export/campaigns/get_send_analytics",
    )
    """Read what a tracked send did day by day; Braze keeps this for 14 days after the send."""

    create_id = Operation(
        "POST",
        "/sends/id/create",
        CreateSendId,
        SendId,
        bucket="sends_id_create",
        replay=Replay.IF_UNSENT,
        permission="sends.id.create",
        docs="https://www.braze.com/docs/api/endpoints/messaging/send_messages/post_create_send_ids",
    )
    """Create a send identifier for an API campaign. Each call uses up one of 100 a day."""

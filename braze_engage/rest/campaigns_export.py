"""Rows that read campaigns and their statistics."""

from collections.abc import Mapping
from datetime import datetime
from typing import cast

import attrs

from braze_engage.limits import CAMPAIGN_SERIES_DAYS
from braze_engage.objects import CampaignMessage, ChannelStatistics
from braze_engage.objects.checks import check_range
from braze_engage.objects.message_checks import check_flags, check_texts
from braze_engage.objects.models import model
from braze_engage.operation import Family, Operation, PagedOperation, PageNumbers, Replay
from braze_engage.rest.campaign_parts import Details, LinkAliases, ListEdited

__all__ = [
    "Campaign",
    "CampaignDataSeries",
    "CampaignDay",
    "CampaignDetails",
    "CampaignPage",
    "CampaignsExport",
    "ConversionBehavior",
    "GetCampaign",
    "GetCampaignDataSeries",
    "GetCampaignLinkAliases",
    "ListCampaigns",
]


@model(kw_only=True)
class ListCampaigns(ListEdited):
    """Which page of campaigns.

    Args:
        page: From 0.
        include_archived: Whether archived ones are listed too.
        sort_direction: By time of creation, oldest first unless told otherwise.
        last_edit_after: Only those edited after this time, to the second; without zone it counts
            as UTC. Sent as ``last_edit.time[gt]``.
    """


@model(kw_only=True)
class Campaign:
    """A campaign as listed.

    Args:
        id: API identifier.
        name: Its name.
        last_edited: When, in ISO 8601.
        is_api_campaign: Whether its messages come with requests.
        tags: Its tags.
    """

    id: str
    name: str
    last_edited: str | None = None
    is_api_campaign: bool = False
    tags: tuple[str, ...] = ()


@model(kw_only=True)
class CampaignPage:
    """Up to 100 campaigns.

    Args:
        message: ``success``.
        campaigns: Those of the page.
    """

    message: str
    campaigns: tuple[Campaign, ...] = ()


@model(kw_only=True)
class GetCampaign(Details):
    """Which campaign.

    Args:
        campaign_id: API identifier.
        post_launch_draft_version: Whether the draft made after launch is shown, if there is one.
        include_has_translatable_content: Whether each message says if it can be translated.
    """

    campaign_id: str

    def __attrs_post_init__(self) -> None:
        Details.__attrs_post_init__(self)
        check_texts(self, "campaign_id")


@model(kw_only=True)
class ConversionBehavior:
    """What counts as a conversion.

    Args:
        type: Such as ``Makes Any Purchase``, ``Performs Custom Event`` and ``Starts Session``.
        window: Seconds after the message within which it counts.
        product: Of ``Makes Specific Purchase``.
        custom_event_name: Of ``Performs Custom Event``.
        app_ids: Of ``Upgrades App`` and ``Starts Session``; empty for any app.

    https://www.braze.com/docs/api/endpoints/export/campaigns/get_campaign_details
    """

    type: str
    window: int
    product: str | None = None
    custom_event_name: str | None = None
    app_ids: tuple[str, ...] = ()


def _no_messages() -> Mapping[str, CampaignMessage]:
    return cast("Mapping[str, CampaignMessage]", {})


@model(kw_only=True)
class CampaignDetails:
    """One campaign; times in ISO 8601.

    Args:
        message: ``success``.
        name: Its name.
        created_at: When it was made.
        updated_at: When it was last changed.
        archived: Whether it is archived.
        draft: Whether it is a draft.
        enabled: Whether it is active.
        has_post_launch_draft: Whether there is a draft made after launch.
        description: Its description.
        schedule_type: How it is started.
        channels: Channels it uses.
        first_sent: When it was sent first.
        last_sent: When it was sent last.
        tags: Its tags.
        teams: Teams it belongs to.
        messages: Message variations by id.
        conversion_behaviors: What counts as a conversion.
    """

    message: str
    name: str
    created_at: str | None = None
    updated_at: str | None = None
    archived: bool = False
    draft: bool = False
    enabled: bool = False
    has_post_launch_draft: bool = False
    description: str = ""
    schedule_type: str | None = None
    channels: tuple[str, ...] = ()
    first_sent: str | None = None
    last_sent: str | None = None
    tags: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    messages: Mapping[str, CampaignMessage] = attrs.field(factory=_no_messages)
    conversion_behaviors: tuple[ConversionBehavior, ...] = ()


@model(kw_only=True)
class GetCampaignDataSeries:
    """Which campaign, and which days.

    Args:
        campaign_id: API identifier.
        length: How many days, 1 to 100.
        ending_at: The last one; now unless told otherwise.
    """

    campaign_id: str
    length: int
    ending_at: datetime | None = None

    def __attrs_post_init__(self) -> None:
        check_texts(self, "campaign_id")
        most = CAMPAIGN_SERIES_DAYS
        check_range("GetCampaignDataSeries.length", self.length, least=1, most=most)


def _no_counts() -> Mapping[str, tuple[ChannelStatistics, ...]]:
    return cast("Mapping[str, tuple[ChannelStatistics, ...]]", {})


@model(kw_only=True)
class CampaignDay:
    """What one day brought; conversions of further conversion events are numbered.

    Args:
        time: The day, in ISO 8601.
        messages: Channel, such as ``email`` and ``ios_push``, to counts of its variations.
        conversions: First conversion event.
        conversions1: Second.
        conversions2: Third.
        conversions3: Fourth.
        conversions_by_send_time: First, by the day of the message.
        conversions1_by_send_time: Second.
        conversions2_by_send_time: Third.
        conversions3_by_send_time: Fourth.
        unique_recipients: People reached.
        revenue: In US dollars.
    """

    time: str
    messages: Mapping[str, tuple[ChannelStatistics, ...]] = attrs.field(factory=_no_counts)
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
class CampaignDataSeries:
    """Statistics of a campaign.

    Args:
        message: ``success``.
        data: One entry for each day.
    """

    message: str
    data: tuple[CampaignDay, ...] = ()


@model(kw_only=True)
class GetCampaignLinkAliases:
    """Which message variation (unlisted; names of parameters are unconfirmed).

    Args:
        campaign_id: API identifier.
        message_variation_id: Of an e-mail.
        includes_link_id: Whether ids of links are shown too.
    """

    campaign_id: str
    message_variation_id: str
    includes_link_id: bool = False

    def __attrs_post_init__(self) -> None:
        check_texts(self, "campaign_id", "message_variation_id")
        check_flags(self, "includes_link_id")


class CampaignsExport(Family):
    """Rows that read campaigns and their statistics."""

    group = "campaigns"

    list = PagedOperation(
        "GET",
        "/campaigns/list",
        ListCampaigns,
        CampaignPage,
        items=lambda page: page.campaigns,
        paging=PageNumbers(100),
        bucket="default",
        replay=Replay.ALWAYS,
        permission="campaigns.list",
        docs="https://www.braze.com/docs/api/endpoints/export/campaigns/get_campaigns",
    )
    """List campaigns."""

    get = Operation(
        "GET",
        "/campaigns/details",
        GetCampaign,
        CampaignDetails,
        bucket="default",
        replay=Replay.ALWAYS,
        permission="campaigns.details",
        docs="https://www.braze.com/docs/api/endpoints/export/campaigns/get_campaign_details",
    )
    """Read one campaign with its messages."""

    data_series = Operation(
        "GET",
        "/campaigns/data_series",
        GetCampaignDataSeries,
        CampaignDataSeries,
        bucket="campaigns_data_series",
        replay=Replay.ALWAYS,
        permission="campaigns.data_series",
        docs="https://www.braze.com/docs/api/endpoints/export/campaigns/get_campaign_analytics",
    )
    """Read statistics of a campaign day by day."""

    link_alias_details = Operation(
        "GET",
        "/campaigns/url_info/details",
        GetCampaignLinkAliases,
        LinkAliases,
        bucket="default",
        replay=Replay.ALWAYS,
        permission="campaigns.url_info.details",
        docs="https://www.braze.com/docs/get_campaign_link_alias",
        availability="unlisted",
    )
    """List link aliases of one e-mail variation. Unlisted and unconfirmed: Braze hides the page."""

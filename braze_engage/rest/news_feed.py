"""The group "news_feed" of the REST API."""

from collections.abc import Mapping
from typing import Literal

import attrs

from braze_engage.objects.checks import check_choice, check_flag, check_range, check_text
from braze_engage.objects.models import model
from braze_engage.objects.values import JsonValue
from braze_engage.operation import Family, Operation, PagedOperation, PageNumbers, Replay
from braze_engage.rest.series import HourlySeries

__all__ = [
    "Card",
    "CardDataSeries",
    "CardDetails",
    "CardEngagement",
    "CardPage",
    "GetCard",
    "GetCardDataSeries",
    "ListCards",
    "NewsFeed",
]


@model(kw_only=True)
class ListCards:
    """Which page of cards.

    Args:
        page: From 0.
        include_archived: Whether archived cards are listed too.
        sort_direction: By time of creation, oldest first unless told otherwise.
    """

    page: int = 0
    include_archived: bool = False
    sort_direction: Literal["asc", "desc"] | None = None

    def __attrs_post_init__(self) -> None:
        check_range("ListCards.page", self.page, least=0)
        check_flag("ListCards.include_archived", self.include_archived)
        if self.sort_direction is not None:
            check_choice("ListCards.sort_direction", self.sort_direction, ("asc", "desc"))


@model(kw_only=True)
class Card:
    """A card as listed.

    Args:
        id: API identifier.
        type: ``NewsItem``, ``CaptionedImage``, ``Banner`` or ``DevPick``.
        title: Its title.
        tags: Its tags.
    """

    id: str
    type: str = ""
    title: str = ""
    tags: tuple[str, ...] = ()


@model(kw_only=True)
class CardPage:
    """Up to 100 cards.

    Args:
        message: ``success``.
        cards: Those of the page.
    """

    message: str
    cards: tuple[Card, ...] = ()


@model(kw_only=True)
class GetCard:
    """Which card.

    Args:
        card_id: API identifier.
    """

    card_id: str

    def __attrs_post_init__(self) -> None:
        check_text("GetCard.card_id", self.card_id)


@model(kw_only=True)
class CardDetails:
    """One card; times are text as Braze wrote them.

    Args:
        message: ``success``.
        name: Its name.
        created_at: When it was made.
        updated_at: When it was last changed.
        publish_at: When it is shown first.
        end_at: When it is shown last.
        tags: Its tags.
        title: Its title.
        image_url: Its picture.
        extras: Key-value pairs sent along.
        description: Its text.
        archived: Whether it is archived.
        draft: Whether it is a draft.
    """

    message: str
    name: str
    created_at: str | None = None
    updated_at: str | None = None
    publish_at: str | None = None
    end_at: str | None = None
    tags: tuple[str, ...] = ()
    title: str = ""
    image_url: str | None = None
    extras: Mapping[str, JsonValue] = attrs.field(factory=dict[str, JsonValue])
    description: str = ""
    archived: bool = False
    draft: bool = False


@model(kw_only=True)
class GetCardDataSeries(HourlySeries):
    """Which card, and which days or hours.

    Args:
        card_id: API identifier.
        length: How many days or hours, 1 to 100.
        ending_at: The last one; now unless told otherwise.
        unit: Days unless told otherwise.
    """

    card_id: str

    def __attrs_post_init__(self) -> None:
        HourlySeries.__attrs_post_init__(self)
        check_text("GetCardDataSeries.card_id", self.card_id)


@model(kw_only=True)
class CardEngagement:
    """What people did with a card in one day or hour.

    Args:
        time: The day, or the hour, in ISO 8601.
        clicks: Clicks.
        impressions: Times it was seen.
        unique_clicks: People who clicked.
        unique_impressions: People who saw it.
    """

    time: str
    clicks: int = 0
    impressions: int = 0
    unique_clicks: int = 0
    unique_impressions: int = 0


@model(kw_only=True)
class CardDataSeries:
    """What people did with a card over time.

    Args:
        message: ``success``.
        data: One entry for each day or hour.
    """

    message: str
    data: tuple[CardEngagement, ...] = ()


class NewsFeed(Family):
    """Cards of the retired News Feed."""

    group = "news_feed"

    list = PagedOperation(
        "GET",
        "/feed/list",
        ListCards,
        CardPage,
        items=lambda page: page.cards,
        paging=PageNumbers(100),
        bucket="default",
        replay=Replay.ALWAYS,
        permission="feed.list",
        docs="https://www.braze.com/docs/api/endpoints/export",
        availability="deprecated",
    )
    """List cards (deprecated). Unconfirmed: Braze's newest pages no longer describe it."""

    get = Operation(
        "GET",
        "/feed/details",
        GetCard,
        CardDetails,
        bucket="default",
        replay=Replay.ALWAYS,
        permission="feed.details",
        docs="https://www.braze.com/docs/api/endpoints/export",
        availability="deprecated",
    )
    """Read one card (deprecated). Unconfirmed: Braze's newest pages no longer describe it."""

    data_series = Operation(
        "GET",
        "/feed/data_series",
        GetCardDataSeries,
        CardDataSeries,
        bucket="default",
        replay=Replay.ALWAYS,
        permission="feed.data_series",
        docs="https://www.braze.com/docs/api/endpoints/export",
        availability="deprecated",
    )
    """Read what people did with a card, by day or hour (deprecated).

    Unconfirmed: Braze's newest pages no longer describe it.
    """

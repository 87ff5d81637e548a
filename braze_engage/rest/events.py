"""The group "events" of the REST API."""

from braze_engage.objects.checks import check_range, check_text
from braze_engage.objects.models import model
from braze_engage.operation import (
    Family,
    Links,
    Operation,
    PagedOperation,
    PageNumbers,
    Replay,
)
from braze_engage.rest.series import HourlySeries, check_given

__all__ = [
    "CustomEvent",
    "CustomEventNames",
    "CustomEventPage",
    "EventCount",
    "EventDataSeries",
    "Events",
    "GetEventDataSeries",
    "ListCustomEvents",
    "ListEventNames",
]


@model(kw_only=True)
class ListEventNames:
    """Which page of names.

    Args:
        page: From 0.
    """

    page: int = 0

    def __attrs_post_init__(self) -> None:
        check_range("ListEventNames.page", self.page, least=0)


@model(kw_only=True)
class CustomEventNames:
    """Up to 250 names.

    Args:
        message: ``success``.
        events: Names of custom events.
    """

    message: str
    events: tuple[str, ...] = ()


@model(kw_only=True)
class ListCustomEvents:
    """Which page of custom events.

    Args:
        cursor: From the ``Link`` header of the page before; `items` and `pages` follow it.
    """

    cursor: str | None = None

    def __attrs_post_init__(self) -> None:
        check_given(self, "cursor")


@model(kw_only=True)
class CustomEvent:
    """A custom event of the workspace.

    Args:
        name: Its name.
        description: What somebody typed in the dashboard.
        included_in_analytics_report: Whether it is counted in reports.
        status: Such as ``Active``.
        tag_names: Its tags.
    """

    name: str
    description: str = ""
    included_in_analytics_report: bool = False
    status: str = ""
    tag_names: tuple[str, ...] = ()


@model(kw_only=True)
class CustomEventPage:
    """Up to 50 custom events.

    Args:
        message: ``success``.
        events: Those of the page.
    """

    message: str
    events: tuple[CustomEvent, ...] = ()


@model(kw_only=True)
class GetEventDataSeries(HourlySeries):
    """Which custom event, and which days or hours.

    Args:
        event: Its name.
        length: How many days or hours, 1 to 100.
        ending_at: The last one; now unless told otherwise.
        unit: Days unless told otherwise.
        app_id: Of this app only.
        segment_id: Of this segment only, if analytics tracking is enabled for it.
    """

    event: str
    app_id: str | None = None
    segment_id: str | None = None

    def __attrs_post_init__(self) -> None:
        HourlySeries.__attrs_post_init__(self)
        check_text("GetEventDataSeries.event", self.event)
        check_given(self, "app_id", "segment_id")


@model(kw_only=True)
class EventCount:
    """How often an event happened in one day or hour.

    Args:
        time: The day, or the hour, in ISO 8601.
        count: How often.
    """

    time: str
    count: int


@model(kw_only=True)
class EventDataSeries:
    """How often an event happened over time.

    Args:
        message: ``success``.
        data: One entry for each day or hour.
    """

    message: str
    data: tuple[EventCount, ...] = ()


class Events(Family):
    """Custom events: names, metadata, occurrences over time."""

    group = "events"

    list_names = PagedOperation(
        "GET",
        "/events/list",
        ListEventNames,
        CustomEventNames,
        items=lambda page: page.events,
        paging=PageNumbers(250),
        bucket="events_purchases_lists",
        replay=Replay.ALWAYS,
        permission="events.list",
        docs="https://www.braze.com/docs/api/endpoints/export/custom_events/get_custom_events",
    )
    """List the names of custom events."""

    list = PagedOperation(
        "GET",
        "/events",
        ListCustomEvents,
        CustomEventPage,
        items=lambda page: page.events,
        paging=Links(),
        bucket="events_purchases_lists",
        replay=Replay.ALWAYS,
        permission="events.get",
        docs="https://www.braze.com/docs/api/endpoints/export/custom_events/get_custom_events_data",
    )
    """List custom events with their metadata."""

    data_series = Operation(
        "GET",
        "/events/data_series",
        GetEventDataSeries,
        EventDataSeries,
        bucket="default",
        replay=Replay.ALWAYS,
        permission="events.data_series",
        docs="https://www.braze.com/docs/api/endpoints/export/custom_events/get_custom_events_analytics",
    )
    """Read how often a custom event happened, by day or hour."""

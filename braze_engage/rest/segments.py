"""The group "segments" of the REST API."""

from datetime import datetime
from typing import Literal

from braze_engage.objects import Accepted
from braze_engage.objects.checks import check_choice, check_range, check_text
from braze_engage.objects.models import model
from braze_engage.operation import Family, Operation, PagedOperation, PageNumbers, Replay

__all__ = [
    "CancelSegmentExport",
    "GetSegment",
    "GetSegmentDataSeries",
    "ListSegments",
    "Segment",
    "SegmentDataSeries",
    "SegmentDetails",
    "SegmentPage",
    "SegmentSize",
    "Segments",
]


@model(kw_only=True)
class ListSegments:
    """Which page of segments.

    Args:
        page: From 0.
        sort_direction: By time of creation, oldest first unless told otherwise.
    """

    page: int = 0
    sort_direction: Literal["asc", "desc"] | None = None

    def __attrs_post_init__(self) -> None:
        check_range("ListSegments.page", self.page, least=0)
        if self.sort_direction is not None:
            check_choice("ListSegments.sort_direction", self.sort_direction, ("asc", "desc"))


@model(kw_only=True)
class Segment:
    """A segment as listed.

    Args:
        id: API identifier.
        name: Its name.
        analytics_tracking_enabled: Whether its size is kept for every day.
        tags: Its tags.
    """

    id: str
    name: str
    analytics_tracking_enabled: bool = False
    tags: tuple[str, ...] = ()


@model(kw_only=True)
class SegmentPage:
    """Up to 100 segments.

    Args:
        message: ``success``.
        segments: Those of the page.
    """

    message: str
    segments: tuple[Segment, ...] = ()


@model(kw_only=True)
class GetSegment:
    """Which segment.

    Args:
        segment_id: API identifier.
    """

    segment_id: str

    def __attrs_post_init__(self) -> None:
        check_text("GetSegment.segment_id", self.segment_id)


@model(kw_only=True)
class SegmentDetails:
    """One segment.

    Args:
        message: ``success``.
        created_at: When it was made, in ISO 8601.
        updated_at: When it was last changed, in ISO 8601.
        name: Its name.
        description: Its filters in words.
        text_description: What somebody typed in the dashboard.
        tags: Its tags.
        teams: Teams it belongs to.
    """

    message: str
    name: str
    created_at: str | None = None
    updated_at: str | None = None
    description: str = ""
    text_description: str = ""
    tags: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()


@model(kw_only=True)
class GetSegmentDataSeries:
    """Which segment, and which days.

    Args:
        segment_id: API identifier.
        length: How many days, 1 to 100.
        ending_at: The last one; now unless told otherwise.
    """

    segment_id: str
    length: int
    ending_at: datetime | None = None

    def __attrs_post_init__(self) -> None:
        check_text("GetSegmentDataSeries.segment_id", self.segment_id)
        check_range("GetSegmentDataSeries.length", self.length, least=1, most=100)


@model(kw_only=True)
class SegmentSize:
    """The size of a segment on one day.

    Args:
        time: The day, in ISO 8601.
        size: Members, estimated.
    """

    time: str
    size: int


@model(kw_only=True)
class SegmentDataSeries:
    """The size of a segment over time.

    Args:
        message: ``success``.
        data: One entry for each day.
    """

    message: str
    data: tuple[SegmentSize, ...] = ()


@model(kw_only=True)
class CancelSegmentExport:
    """Which segment.

    Args:
        segment_id: API identifier.
    """

    segment_id: str

    def __attrs_post_init__(self) -> None:
        check_text("CancelSegmentExport.segment_id", self.segment_id)


class Segments(Family):
    """Segments: lists, details, sizes over time."""

    group = "segments"

    list = PagedOperation(
        "GET",
        "/segments/list",
        ListSegments,
        SegmentPage,
        items=lambda page: page.segments,
        paging=PageNumbers(100),
        bucket="default",
        replay=Replay.ALWAYS,
        permission="segments.list",
        docs="https://www.braze.com/docs/api/endpoints/export/segments/get_segment",
    )
    """List segments."""

    get = Operation(
        "GET",
        "/segments/details",
        GetSegment,
        SegmentDetails,
        bucket="default",
        replay=Replay.ALWAYS,
        permission="segments.details",
        docs="https://www.braze.com/docs/api/endpoints/export/segments/get_segment_details",
    )
    """Read one segment."""

    data_series = Operation(
        "GET",
        "/segments/data_series",
        GetSegmentDataSeries,
        SegmentDataSeries,
        bucket="default",
        replay=Replay.ALWAYS,
        permission="segments.data_series",
        docs="https://www.braze.com/docs/api/endpoints/export/segments/get_segment_analytics",
    )
    """Read the size of a segment day by day, where analytics tracking is enabled for it."""

    cancel_export = Operation(
        "POST",
        "/export/segment/cancel",
        CancelSegmentExport,
        Accepted,
        bucket="default",
        replay=Replay.ALWAYS,
        permission="segments.list",
        docs="https://www.braze.com/docs/api/endpoints/export/segments/post_cancel_export",
    )
    """Cancel the running exports of a segment. Unconfirmed: Braze prints no answer."""

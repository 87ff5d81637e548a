"""Rows that read statistics of Canvases."""

from collections.abc import Mapping
from datetime import datetime
from typing import cast

import attrs

from braze_engage.limits import CANVAS_SERIES_DAYS
from braze_engage.objects import ChannelStatistics
from braze_engage.objects.checks import at_least_one_of, check_range
from braze_engage.objects.message_checks import check_flags, check_texts
from braze_engage.objects.models import model
from braze_engage.operation import Family, Operation, Replay

__all__ = [
    "CanvasDataSeries",
    "CanvasDataSummary",
    "CanvasDay",
    "CanvasSeries",
    "CanvasStatistics",
    "CanvasStats",
    "CanvasStepStats",
    "CanvasSummary",
    "GetCanvasDataSeries",
    "GetCanvasDataSummary",
]


@model(kw_only=True)
class _Statistics:
    canvas_id: str
    ending_at: datetime
    starting_at: datetime | None = None
    length: int | None = None
    include_variant_breakdown: bool = False
    include_step_breakdown: bool = False
    include_deleted_step_data: bool = False

    def __attrs_post_init__(self) -> None:
        check_texts(self, "canvas_id")
        at_least_one_of(self, "starting_at", "length")
        if self.length is not None:
            field, most = f"{type(self).__name__}.length", CANVAS_SERIES_DAYS
            check_range(field, self.length, least=1, most=most)
        flags = ("variant_breakdown", "step_breakdown", "deleted_step_data")
        check_flags(self, *(f"include_{flag}" for flag in flags))


@model(kw_only=True)
class GetCanvasDataSeries(_Statistics):
    """Which Canvas, and which days.

    Args:
        canvas_id: API identifier.
        ending_at: End of the range.
        starting_at: Its beginning; this or length is needed.
        length: How many days before the end, 1 to 14; this or starting_at is needed.
        include_variant_breakdown: Whether variants are shown singly.
        include_step_breakdown: Whether steps are shown singly.
        include_deleted_step_data: Whether steps that were deleted are among them.
    """


@model(kw_only=True)
class GetCanvasDataSummary(_Statistics):
    """Which Canvas, and which days.

    Args:
        canvas_id: API identifier.
        ending_at: End of the range.
        starting_at: Its beginning; this or length is needed.
        length: How many days before the end, 1 to 14; this or starting_at is needed.
        include_variant_breakdown: Whether variants are shown singly.
        include_step_breakdown: Whether steps are shown singly.
        include_deleted_step_data: Whether steps that were deleted are among them.
    """


@model(kw_only=True)
class CanvasStats:
    """Counts of a Canvas or variant; conversions of further conversion events are numbered.

    Args:
        name: Of the variant.
        revenue: In US dollars.
        conversions: First conversion event.
        conversions1: Second.
        conversions2: Third.
        conversions3: Fourth.
        conversions_by_entry_time: First, by the day of entry.
        conversions1_by_entry_time: Second.
        conversions2_by_entry_time: Third.
        conversions3_by_entry_time: Fourth.
        entries: How often people entered.

    https://www.braze.com/docs/api/endpoints/export/canvas/get_canvas_analytics_summary
    """

    name: str | None = None
    revenue: float = 0.0
    conversions: int = 0
    conversions1: int = 0
    conversions2: int = 0
    conversions3: int = 0
    conversions_by_entry_time: int = 0
    conversions1_by_entry_time: int = 0
    conversions2_by_entry_time: int = 0
    conversions3_by_entry_time: int = 0
    entries: int = 0


def _no_counts() -> Mapping[str, tuple[ChannelStatistics, ...]]:
    return cast("Mapping[str, tuple[ChannelStatistics, ...]]", {})


@model(kw_only=True)
class CanvasStepStats:
    """Counts of a step; conversions of further conversion events are numbered.

    Args:
        name: Of the step.
        revenue: In US dollars.
        conversions: First conversion event.
        conversions1: Second.
        conversions2: Third.
        conversions3: Fourth.
        conversions_by_entry_time: First, by the day of entry.
        conversions1_by_entry_time: Second.
        conversions2_by_entry_time: Third.
        conversions3_by_entry_time: Fourth.
        messages: Channel to counts of its variations.

    https://www.braze.com/docs/api/endpoints/export/canvas/get_canvas_analytics_summary
    """

    name: str | None = None
    revenue: float = 0.0
    conversions: int = 0
    conversions1: int = 0
    conversions2: int = 0
    conversions3: int = 0
    conversions_by_entry_time: int = 0
    conversions1_by_entry_time: int = 0
    conversions2_by_entry_time: int = 0
    conversions3_by_entry_time: int = 0
    messages: Mapping[str, tuple[ChannelStatistics, ...]] = attrs.field(factory=_no_counts)


def _no_variants() -> Mapping[str, CanvasStats]:
    return cast("Mapping[str, CanvasStats]", {})


def _no_steps() -> Mapping[str, CanvasStepStats]:
    return cast("Mapping[str, CanvasStepStats]", {})


@model(kw_only=True)
class CanvasDay:
    """What one day brought.

    Args:
        time: The day, in ISO 8601.
        total_stats: Of the whole Canvas.
        variant_stats: By variant id, where asked for.
        step_stats: By step id, where asked for.
    """

    time: str
    total_stats: CanvasStats | None = None
    variant_stats: Mapping[str, CanvasStats] = attrs.field(factory=_no_variants)
    step_stats: Mapping[str, CanvasStepStats] = attrs.field(factory=_no_steps)


@model(kw_only=True)
class CanvasSeries:
    """Days of a Canvas.

    Args:
        name: Of the Canvas.
        stats: One entry for each day.
    """

    name: str | None = None
    stats: tuple[CanvasDay, ...] = ()


@model(kw_only=True)
class CanvasDataSeries:
    """Statistics of a Canvas.

    Args:
        message: ``success``.
        data: Its days.
    """

    message: str
    data: CanvasSeries


@model(kw_only=True)
class CanvasSummary:
    """What a range of days brought.

    Args:
        name: Of the Canvas.
        total_stats: Of the whole Canvas.
        variant_stats: By variant id, where asked for.
        step_stats: By step id, where asked for.
    """

    name: str | None = None
    total_stats: CanvasStats | None = None
    variant_stats: Mapping[str, CanvasStats] = attrs.field(factory=_no_variants)
    step_stats: Mapping[str, CanvasStepStats] = attrs.field(factory=_no_steps)


@model(kw_only=True)
class CanvasDataSummary:
    """Statistics of a Canvas, rolled up.

    Args:
        message: ``success``.
        data: Their sums.
    """

    message: str
    data: CanvasSummary


class CanvasStatistics(Family):
    """Rows that read statistics of Canvases."""

    group = "canvas"

    data_series = Operation(
        "GET",
        "/canvas/data_series",
        GetCanvasDataSeries,
        CanvasDataSeries,
        bucket="default",
        replay=Replay.ALWAYS,
        permission="canvas.data_series",
        docs="https://www.braze.com/docs/api/endpoints/export/canvas/get_canvas_analytics",
    )
    """Read statistics of a Canvas day by day."""

    data_summary = Operation(
        "GET",
        "/canvas/data_summary",
        GetCanvasDataSummary,
        CanvasDataSummary,
        bucket="default",
        replay=Replay.ALWAYS,
        permission="canvas.data_summary",
        docs="https://www.braze.com/docs/api/endpoints/export/canvas/get_canvas_analytics_summary",
    )
    """Read statistics of a Canvas, rolled up over a range of days."""

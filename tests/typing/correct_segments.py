"""Correct use of the segments group; it is read, never run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from typing_extensions import assert_type

from braze_engage.objects import Accepted
from braze_engage.operation import Reply
from braze_engage.rest.segments import (
    Segment,
    SegmentDataSeries,
    SegmentDetails,
    SegmentPage,
    Segments,
)

if TYPE_CHECKING:
    from datetime import datetime

    from braze_engage.rest.client import BrazeClient


def rows(braze: BrazeClient, noon: datetime) -> None:
    segments = braze.segments
    assert_type(segments.list(page=1, sort_direction="desc"), SegmentPage)
    assert_type(segments.list.pages(), Iterator[SegmentPage])
    assert_type(segments.list.items(page=1), Iterator[Segment])
    assert_type(segments.list.reply().value.segments[0].tags, tuple[str, ...])
    for segment in segments.list.items():
        assert_type(segments.get(segment_id=segment.id), SegmentDetails)
    series = segments.data_series.reply(segment_id="s", length=7, ending_at=noon)
    assert_type(series, Reply[SegmentDataSeries])
    assert_type(segments.cancel_export(segment_id="s"), Accepted)
    assert_type(Segments.list.permission, str | None)

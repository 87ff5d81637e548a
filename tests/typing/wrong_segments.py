"""Wrong use of the segments group: every marked line, and no other, is an error; never run."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from braze_engage.rest.client import BrazeClient


def rows(braze: BrazeClient) -> None:
    segments = braze.segments
    segments.get()  # type: ignore[call-arg]  # missing argument
    segments.get("s")  # type: ignore[call-arg]  # no positional arguments
    segments.get(segment_id=5)  # type: ignore[arg-type]  # no text
    segments.list(pages=1)  # type: ignore[call-arg]  # unknown argument
    segments.list.items(sort_direction="up")  # type: ignore[arg-type]  # no such direction
    segments.list.pages(page="1")  # type: ignore[arg-type]  # no number
    segments.get.items()  # type: ignore[attr-defined]  # only paged rows have items
    segments.get.pages()  # type: ignore[attr-defined]  # nor pages
    segments.data_series(segment_id="s")  # type: ignore[call-arg]  # no length
    segments.data_series(segment_id="s", length=7, ending_at=5)  # type: ignore[arg-type]  # no time
    for segment in segments.list.items():
        _ = segment.size  # type: ignore[attr-defined]  # a segment as listed has no size

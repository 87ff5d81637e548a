"""Handlers of the group "segments".

https://www.braze.com/docs/api/endpoints/export/segments/get_segment
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from braze_engage.testing.checks import refuse
from braze_engage.testing.messages import Answer
from braze_engage.testing.paging import numbered_page
from braze_engage.testing.values import days_until, iso

if TYPE_CHECKING:
    from braze_engage.testing.messages import Call, Handlers
    from braze_engage.testing.segments import Segment
    from braze_engage.testing.state import Workspace


def list_segments(workspace: Workspace, call: Call) -> Answer:
    """Answer ``/segments/list``."""
    segments = list(workspace.segments.values())
    if call.query.get("sort_direction") == "desc":
        segments.reverse()
    return Answer(
        200,
        {
            "message": "success",
            "segments": [
                {
                    "id": segment.id,
                    "name": segment.name,
                    "analytics_tracking_enabled": segment.analytics_tracking_enabled,
                    "tags": [*segment.tags],
                }
                for segment in numbered_page(call, segments)
            ],
        },
    )


def get(workspace: Workspace, call: Call) -> Answer:
    """Answer ``/segments/details``."""
    segment = _segment(workspace, call.query["segment_id"])
    return Answer(
        200,
        {
            "message": "success",
            "created_at": iso(segment.created_at),
            "updated_at": iso(segment.updated_at),
            "name": segment.name,
            "description": segment.description,
            "text_description": segment.text_description,
            "tags": [*segment.tags],
            "teams": [*segment.teams],
        },
    )


def data_series(workspace: Workspace, call: Call) -> Answer:
    """Answer ``/segments/data_series``."""
    segment = _segment(workspace, call.query["segment_id"])
    if not segment.analytics_tracking_enabled:
        refuse("Analytics tracking is not enabled for this segment")
    days = days_until(call.query.get("ending_at"), call.query["length"], workspace.now())
    return Answer(
        200,
        {"message": "success", "data": [{"time": day, "size": segment.size} for day in days]},
    )


def cancel_export(workspace: Workspace, call: Call) -> Answer:
    """Answer ``/export/segment/cancel``."""
    segment = _segment(workspace, call.body["segment_id"])
    segment.running_exports = 0
    workspace.exports.cancel(segment.id, workspace.settings.clock.now())
    return Answer(201, {"message": "success"})


def _segment(workspace: Workspace, segment_id: object) -> Segment:
    found = workspace.segments.get(str(segment_id))
    if found is None:
        refuse("Invalid Segment ID")
    return found


HANDLERS: Final[Handlers] = {
    ("GET", "/segments/list"): list_segments,
    ("GET", "/segments/details"): get,
    ("GET", "/segments/data_series"): data_series,
    ("POST", "/export/segment/cancel"): cancel_export,
}

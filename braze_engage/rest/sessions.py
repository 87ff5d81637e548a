"""The group "sessions" of the REST API."""

from braze_engage.objects.models import model
from braze_engage.operation import Family, Operation, Replay
from braze_engage.rest.series import HourlySeries, check_given

__all__ = ["GetSessionDataSeries", "SessionCount", "SessionDataSeries", "Sessions"]


@model(kw_only=True)
class GetSessionDataSeries(HourlySeries):
    """Which sessions, and which days or hours.

    Args:
        length: How many days or hours, 1 to 100.
        ending_at: The last one; now unless told otherwise.
        unit: Days unless told otherwise.
        app_id: Of this app only.
        segment_id: Of this segment only, if analytics tracking is enabled for it.
    """

    app_id: str | None = None
    segment_id: str | None = None

    def __attrs_post_init__(self) -> None:
        HourlySeries.__attrs_post_init__(self)
        check_given(self, "app_id", "segment_id")


@model(kw_only=True)
class SessionCount:
    """Sessions of one day or hour.

    Args:
        time: The day, or the hour, in ISO 8601.
        sessions: How many.
    """

    time: str
    sessions: int


@model(kw_only=True)
class SessionDataSeries:
    """Sessions over time.

    Args:
        message: ``success``.
        data: One entry for each day or hour.
    """

    message: str
    data: tuple[SessionCount, ...] = ()


class Sessions(Family):
    """Sessions of apps over time."""

    group = "sessions"

    data_series = Operation(
        "GET",
        "/sessions/data_series",
        GetSessionDataSeries,
        SessionDataSeries,
        bucket="default",
        replay=Replay.ALWAYS,
        permission="sessions.data_series",
        docs="https://www.braze.com/docs/api/endpoints/export/sessions/get_sessions_analytics",
    )
    """Read how many sessions apps had, by day or hour."""

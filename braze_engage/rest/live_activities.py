"""The group "live_activities" of the REST API."""

from braze_engage.operation import Family

__all__ = ["LiveActivities"]


class LiveActivities(Family):
    """Live Activities on iOS, started and updated from here."""

    group = "live_activities"

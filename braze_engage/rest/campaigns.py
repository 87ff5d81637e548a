"""The group "campaigns" of the REST API."""

from braze_engage.operation import Family

__all__ = ["Campaigns"]


class Campaigns(Family):
    """Campaigns: details and statistics, sends and schedules triggered by API."""

    group = "campaigns"

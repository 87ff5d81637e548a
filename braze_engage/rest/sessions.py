"""The group "sessions" of the REST API."""

from braze_engage.operation import Family

__all__ = ["Sessions"]


class Sessions(Family):
    """Sessions of apps over time."""

    group = "sessions"

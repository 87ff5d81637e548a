"""The group "apps" of the REST API."""

from braze_engage.operation import Family

__all__ = ["Apps"]


class Apps(Family):
    """Push credentials of apps."""

    group = "apps"

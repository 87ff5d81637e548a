"""The group "kpi" of the REST API."""

from braze_engage.operation import Family

__all__ = ["Kpi"]


class Kpi(Family):
    """Daily figures of the workspace: new and active users, uninstalls."""

    group = "kpi"

"""The group "cdi" of the REST API."""

from braze_engage.operation import Family

__all__ = ["Cdi"]


class Cdi(Family):
    """Cloud Data Ingestion: integrations and their syncs."""

    group = "cdi"

"""The group "sends" of the REST API."""

from braze_engage.operation import Family

__all__ = ["Sends"]


class Sends(Family):
    """Send identifiers and the statistics kept under them."""

    group = "sends"

"""The group "sms" of the REST API."""

from braze_engage.operation import Family

__all__ = ["Sms"]


class Sms(Family):
    """Phone numbers found invalid."""

    group = "sms"

"""The group "email" of the REST API."""

from braze_engage.operation import Family

__all__ = ["Email"]


class Email(Family):
    """Addresses that bounced or unsubscribed, and their states."""

    group = "email"

"""The group "messages" of the REST API."""

from braze_engage.operation import Family

__all__ = ["Messages"]


class Messages(Family):
    """Messages with content of the request, sent now or scheduled."""

    group = "messages"

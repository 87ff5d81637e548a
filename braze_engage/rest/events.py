"""The group "events" of the REST API."""

from braze_engage.operation import Family

__all__ = ["Events"]


class Events(Family):
    """Custom events: names, metadata, occurrences over time."""

    group = "events"

"""The group "segments" of the REST API."""

from braze_engage.operation import Family

__all__ = ["Segments"]


class Segments(Family):
    """Segments: lists, details, sizes over time."""

    group = "segments"

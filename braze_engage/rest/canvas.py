"""The group "canvas" of the REST API."""

from braze_engage.operation import Family

__all__ = ["Canvas"]


class Canvas(Family):
    """Canvases: details and statistics, entries triggered and scheduled by API."""

    group = "canvas"

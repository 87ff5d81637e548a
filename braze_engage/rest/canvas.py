"""The group "canvas" of the REST API."""

from braze_engage.rest.canvas_export import CanvasExport
from braze_engage.rest.canvas_statistics import CanvasStatistics
from braze_engage.rest.canvas_trigger import CanvasTrigger

__all__ = ["Canvas"]


class Canvas(CanvasExport, CanvasStatistics, CanvasTrigger):
    """Canvases: details and statistics, entries triggered and scheduled by API."""

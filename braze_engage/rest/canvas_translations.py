"""The group "canvas_translations" of the REST API."""

from braze_engage.operation import Family

__all__ = ["CanvasTranslations"]


class CanvasTranslations(Family):
    """Translations of Canvas messages."""

    group = "canvas_translations"

"""The group "catalogs" of the REST API."""

from braze_engage.operation import Family

__all__ = ["Catalogs"]


class Catalogs(Family):
    """Catalogs as a whole."""

    group = "catalogs"

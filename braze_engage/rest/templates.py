"""The group "templates" of the REST API."""

from braze_engage.operation import Family

__all__ = ["Templates"]


class Templates(Family):
    """E-mail templates."""

    group = "templates"

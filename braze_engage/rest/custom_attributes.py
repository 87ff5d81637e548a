"""The group "custom_attributes" of the REST API."""

from braze_engage.operation import Family

__all__ = ["CustomAttributes"]


class CustomAttributes(Family):
    """Custom attributes and their metadata."""

    group = "custom_attributes"

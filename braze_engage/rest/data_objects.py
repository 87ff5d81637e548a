"""The group "data_objects" of the REST API."""

from braze_engage.operation import Family

__all__ = ["DataObjects"]


class DataObjects(Family):
    """Data Objects and their types."""

    group = "data_objects"

"""The group "data_object_relationships" of the REST API."""

from braze_engage.operation import Family

__all__ = ["DataObjectRelationships"]


class DataObjectRelationships(Family):
    """How Data Objects relate to each other and to users."""

    group = "data_object_relationships"

"""The group "data_object_relationships" of the REST API."""

from braze_engage.rest.data_objects_related import ObjectRelationships
from braze_engage.rest.data_objects_users import UserRelationships

__all__ = ["DataObjectRelationships"]


class DataObjectRelationships(ObjectRelationships, UserRelationships):
    """How Data Objects relate to each other and to users."""

    group = "data_object_relationships"

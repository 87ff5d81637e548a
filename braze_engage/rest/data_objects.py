"""The group "data_objects" of the REST API."""

from braze_engage.rest.data_objects_items import DataObjectsItems
from braze_engage.rest.data_objects_types import DataObjectsTypes

__all__ = ["DataObjects"]


class DataObjects(DataObjectsTypes, DataObjectsItems):
    """Data Objects and their types."""

    group = "data_objects"

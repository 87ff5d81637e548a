"""Rows that read and write Data Objects."""

from collections.abc import Mapping

import attrs

from braze_engage.objects import DataObject, JsonValue
from braze_engage.objects.checks import check_text
from braze_engage.objects.models import model
from braze_engage.operation import Family, Operation, PagedOperation, Replay, ToldOffsets
from braze_engage.rest.in_data_objects import InType, OfObject, check_page, copied

__all__ = [
    "CreateDataObject",
    "DataObjectDeleted",
    "DataObjectPage",
    "DataObjectRead",
    "DataObjectsItems",
    "DeleteDataObject",
    "GetDataObject",
    "ListDataObjects",
    "ReplaceDataObject",
    "UpdateDataObject",
]


@model(kw_only=True)
class ListDataObjects(InType):
    """Which page of which objects.

    Args:
        type_name: Machine name of their type.
        search_term: What their identifiers contain.
        limit: Entries of a page, 1 to 250.
        offset: Entries before it.
    """

    search_term: str | None = None
    limit: int = 100
    offset: int = 0

    def __attrs_post_init__(self) -> None:
        InType.__attrs_post_init__(self)
        check_page(self, self.limit, self.offset)


@model(kw_only=True)
class DataObjectPage:
    """Some objects.

    Args:
        items: Those of the page.
        total_count: How many there are.
        has_more: Whether another page follows.
        next_offset: Where it begins.
        offset: Where this one begins.
        limit: Entries of a page.
    """

    items: tuple[DataObject, ...]
    total_count: int | None = None
    has_more: bool = False
    next_offset: int | None = None
    offset: int | None = None
    limit: int | None = None


@model(kw_only=True)
class GetDataObject(OfObject):
    """Which object.

    Args:
        type_name: Machine name of its type.
        external_id: Its identifier within the type.
    """


@model(kw_only=True)
class DataObjectRead:
    """One object.

    Args:
        data_object: The object.
    """

    data_object: DataObject


@model(kw_only=True)
class CreateDataObject(InType):
    """An object to create.

    Args:
        type_name: Machine name of its type.
        external_id: Its identifier, which no other object of the type has.
        attributes: Values by name of the field; others than the schema declares are refused.
        display_name: What the dashboard shows; the identifier unless told otherwise.
    """

    external_id: str
    attributes: Mapping[str, JsonValue] = attrs.field(converter=copied)
    display_name: str | None = None

    def __attrs_post_init__(self) -> None:
        InType.__attrs_post_init__(self)
        check_text(f"{type(self).__name__}.external_id", self.external_id)


@model(kw_only=True)
class ReplaceDataObject(OfObject):
    """Attributes that take the place of those an object has.

    Args:
        type_name: Machine name of its type.
        external_id: Its identifier within the type.
        attributes: Values by name of the field.
        display_name: What the dashboard shows.
    """

    attributes: Mapping[str, JsonValue] = attrs.field(converter=copied)
    display_name: str | None = None


@model(kw_only=True)
class UpdateDataObject(OfObject):
    """Attributes to merge into those an object has.

    Args:
        type_name: Machine name of its type.
        external_id: Its identifier within the type.
        attributes: Values by name of the field; the others stay.
        display_name: What the dashboard shows.
    """

    attributes: Mapping[str, JsonValue] = attrs.field(converter=copied)
    display_name: str | None = None


@model(kw_only=True)
class DeleteDataObject(OfObject):
    """Which object.

    Args:
        type_name: Machine name of its type.
        external_id: Its identifier within the type.
    """


@model(kw_only=True)
class DataObjectDeleted:
    """Whether the object is gone.

    Args:
        deleted: True.
    """

    deleted: bool


class DataObjectsItems(Family):
    """Rows that read and write Data Objects."""

    group = "data_objects"

    list = PagedOperation(
        "GET",
        "/data_objects/objects/{type_name}",
        ListDataObjects,
        DataObjectPage,
        items=lambda page: page.items,
        paging=ToldOffsets(),
        bucket="data_objects_read",
        replay=Replay.ALWAYS,
        permission="data_objects.read",
        docs="https://www.braze.com/docs/api/endpoints/data_objects/objects/get_list_data_objects",
        availability="early access",
    )
    """List the objects of a type (early access)."""

    get = Operation(
        "GET",
        "/data_objects/objects/{type_name}/{external_id}",
        GetDataObject,
        DataObjectRead,
        bucket="data_objects_read",
        replay=Replay.ALWAYS,
        permission="data_objects.read",
        docs="https://www.braze.com/docs/api/endpoints/data_objects/objects/get_data_object",
        availability="early access",
    )
    """Read an object (early access)."""

    create = Operation(
        "POST",
        "/data_objects/objects/{type_name}",
        CreateDataObject,
        DataObjectRead,
        bucket="data_objects_write",
        replay=Replay.IF_UNSENT,
        permission="data_objects.create",
        docs="https://www.braze.com/docs/api/endpoints/data_objects/objects/post_create_data_object",
        availability="early access",
    )
    """Create an object (early access)."""

    replace = Operation(
        "PUT",
        "/data_objects/objects/{type_name}/{external_id}",
        ReplaceDataObject,
        DataObjectRead,
        bucket="data_objects_write",
        replay=Replay.ALWAYS,
        permission="data_objects.update",
        docs="https://www.braze.com/docs/api/endpoints/data_objects/objects/put_replace_data_object",
        availability="early access",
    )
    """Replace the attributes of an object (early access).

    Unconfirmed: whether it creates an object that is missing, and what Braze answers.
    """

    update = Operation(
        "PATCH",
        "/data_objects/objects/{type_name}/{external_id}",
        UpdateDataObject,
        DataObjectRead,
        bucket="data_objects_write",
        replay=Replay.ALWAYS,
        permission="data_objects.update",
        docs="https://www.braze.com/docs/api/endpoints/data_objects/objects/patch_update_data_object",
        availability="early access",
    )
    """Merge attributes into those an object has (early access)."""

    delete = Operation(
        "DELETE",
        "/data_objects/objects/{type_name}/{external_id}",
        DeleteDataObject,
        DataObjectDeleted,
        bucket="data_objects_write",
        replay=Replay.ALWAYS,
        permission="data_objects.delete",
        docs="https://www.braze.com/docs/api/endpoints/data_objects/objects/delete_data_object",
        availability="early access",
    )
    """Delete an object; related ones stay (early access)."""

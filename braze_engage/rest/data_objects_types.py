"""Rows that read the types of Data Objects and how they relate."""

from collections.abc import Mapping
from typing import Literal

import attrs

from braze_engage.objects import JsonValue
from braze_engage.objects.checks import check_choice
from braze_engage.objects.models import model
from braze_engage.operation import Family, Operation, PagedOperation, Replay, ToldOffsets
from braze_engage.rest.in_data_objects import InType, check_page

__all__ = [
    "DataObjectType",
    "DataObjectTypePage",
    "DataObjectTypeRead",
    "DataObjectsTypes",
    "GetDataObjectType",
    "ListDataObjectTypes",
    "ListObjectRelationshipTypes",
    "ListUserRelationshipTypes",
    "ObjectRelationshipType",
    "ObjectRelationshipTypePage",
    "UserRelationshipType",
    "UserRelationshipTypePage",
]


@model(kw_only=True)
class ListDataObjectTypes:
    """Which page of which types.

    Args:
        search_term: How their names begin, in any case.
        limit: Entries of a page, 1 to 250.
        offset: Entries before it.
    """

    search_term: str | None = None
    limit: int = 100
    offset: int = 0

    def __attrs_post_init__(self) -> None:
        check_page(self, self.limit, self.offset)


@model(kw_only=True)
class DataObjectType:
    """A type of Data Objects.

    Args:
        type_name: Its machine name.
        metadata: Such as ``display_name_source``, where that is configured.
        schema_def: JSON Schema of the attributes; only where one type is read.
    """

    type_name: str
    metadata: Mapping[str, JsonValue] = attrs.field(factory=dict[str, JsonValue])
    schema_def: Mapping[str, JsonValue] = attrs.field(factory=dict[str, JsonValue])


@model(kw_only=True)
class DataObjectTypePage:
    """Some types.

    Args:
        items: Those of the page.
        total_count: How many there are.
        has_more: Whether another page follows.
        next_offset: Where it begins.
        offset: Where this one begins.
        limit: Entries of a page.
    """

    items: tuple[DataObjectType, ...]
    total_count: int | None = None
    has_more: bool = False
    next_offset: int | None = None
    offset: int | None = None
    limit: int | None = None


@model(kw_only=True)
class GetDataObjectType(InType):
    """Which type.

    Args:
        type_name: Its machine name.
    """


@model(kw_only=True)
class DataObjectTypeRead:
    """One type.

    Args:
        data_object_type: The type, with its schema.
    """

    data_object_type: DataObjectType


@model(kw_only=True)
class ListUserRelationshipTypes(InType):
    """Which page of the relationships of a type with users.

    Args:
        type_name: Machine name of the type.
        limit: Entries of a page, 1 to 250.
        offset: Entries before it.
    """

    limit: int = 100
    offset: int = 0

    def __attrs_post_init__(self) -> None:
        InType.__attrs_post_init__(self)
        check_page(self, self.limit, self.offset)


@model(kw_only=True)
class UserRelationshipType:
    """A kind of relationship between a type and users.

    Args:
        rel_kind: Its name.
        display_name: What the dashboard shows.
    """

    rel_kind: str
    display_name: str | None = None


@model(kw_only=True)
class UserRelationshipTypePage:
    """Some kinds of relationships.

    Args:
        items: Those of the page.
        total_count: How many there are.
        has_more: Whether another page follows.
        next_offset: Where it begins.
        offset: Where this one begins.
        limit: Entries of a page.
    """

    items: tuple[UserRelationshipType, ...]
    total_count: int | None = None
    has_more: bool = False
    next_offset: int | None = None
    offset: int | None = None
    limit: int | None = None


@model(kw_only=True)
class ListObjectRelationshipTypes(InType):
    """Which page of the relationships of a type with other types.

    Args:
        type_name: Machine name of the type.
        anchor: Whether the type is where they begin or where they end; the former unless told
            otherwise.
        limit: Entries of a page, 1 to 250.
        offset: Entries before it.
    """

    anchor: Literal["source", "target"] | None = None
    limit: int = 100
    offset: int = 0

    def __attrs_post_init__(self) -> None:
        InType.__attrs_post_init__(self)
        check_page(self, self.limit, self.offset)
        if self.anchor is not None:
            check_choice(f"{type(self).__name__}.anchor", self.anchor, ("source", "target"))


@model(kw_only=True)
class ObjectRelationshipType:
    """A kind of relationship between two types.

    Args:
        rel_kind: Its name.
        from_type_name: Where it begins.
        to_type_name: Where it ends.
        display_name: What the dashboard shows.
        related_type_name: The type on the other side.
    """

    rel_kind: str
    from_type_name: str | None = None
    to_type_name: str | None = None
    display_name: str | None = None
    related_type_name: str | None = None


@model(kw_only=True)
class ObjectRelationshipTypePage:
    """Some kinds of relationships.

    Args:
        items: Those of the page.
        total_count: How many there are.
        has_more: Whether another page follows.
        next_offset: Where it begins.
        offset: Where this one begins.
        limit: Entries of a page.
    """

    items: tuple[ObjectRelationshipType, ...]
    total_count: int | None = None
    has_more: bool = False
    next_offset: int | None = None
    offset: int | None = None
    limit: int | None = None


class DataObjectsTypes(Family):
    """Rows that read the types of Data Objects and how they relate."""

    group = "data_objects"

    list_types = PagedOperation(
        "GET",
        "/data_objects/types",
        ListDataObjectTypes,
        DataObjectTypePage,
        items=lambda page: page.items,
        paging=ToldOffsets(),
        bucket="data_objects_read",
        replay=Replay.ALWAYS,
        permission="data_objects.read",
        docs="https://www.braze.com/docs/api/endpoints/data_objects/types/get_list_data_object_types",
        availability="early access",
    )
    """List the types (early access)."""

    get_type = Operation(
        "GET",
        "/data_objects/types/{type_name}",
        GetDataObjectType,
        DataObjectTypeRead,
        bucket="data_objects_read",
        replay=Replay.ALWAYS,
        permission="data_objects.read",
        docs="https://www.braze.com/docs/api/endpoints/data_objects/types/get_data_object_type",
        availability="early access",
    )
    """Read a type with its schema (early access)."""

    list_user_relationship_types = PagedOperation(
        "GET",
        "/data_objects/types/{type_name}/user_relationship_types",
        ListUserRelationshipTypes,
        UserRelationshipTypePage,
        items=lambda page: page.items,
        paging=ToldOffsets(),
        bucket="data_objects_read",
        replay=Replay.ALWAYS,
        permission="data_objects.read",
        docs="https://www.braze.com/docs/api/endpoints/data_objects/types/get_list_user_relationship_types",
        availability="early access",
    )
    """List the kinds of relationships between a type and users (early access)."""

    list_object_relationship_types = PagedOperation(
        "GET",
        "/data_objects/types/{type_name}/object_relationship_types",
        ListObjectRelationshipTypes,
        ObjectRelationshipTypePage,
        items=lambda page: page.items,
        paging=ToldOffsets(),
        bucket="data_objects_read",
        replay=Replay.ALWAYS,
        permission="data_objects.read",
        docs="https://www.braze.com/docs/api/endpoints/data_objects/types/get_list_object_relationship_types",
        availability="early access",
    )
    """List the kinds of relationships between types (early access)."""

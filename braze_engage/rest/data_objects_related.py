"""Rows that relate Data Objects to each other."""

from collections.abc import Mapping
from typing import Literal

import attrs

from braze_engage.objects import DataObject, JsonValue
from braze_engage.objects.checks import check_choice, check_text
from braze_engage.objects.models import model
from braze_engage.operation import Family, Operation, PagedOperation, Replay, ToldOffsets
from braze_engage.rest.in_data_objects import OfObject, check_page, copied

__all__ = [
    "CreateObjectRelationship",
    "DeleteObjectRelationship",
    "ListObjectRelationships",
    "ObjectRelationship",
    "ObjectRelationshipDeleted",
    "ObjectRelationshipPage",
    "ObjectRelationshipRead",
    "ObjectRelationships",
    "ReplaceObjectRelationship",
    "UpdateObjectRelationship",
]

_ANCHORS = ("source", "target")


def _check_anchor(request: object, anchor: str | None) -> None:
    if anchor is not None:
        check_choice(f"{type(request).__name__}.anchor", anchor, _ANCHORS)


@model(kw_only=True)
class ListObjectRelationships(OfObject):
    """Which page of the objects related to an object.

    Args:
        type_name: Machine name of its type.
        external_id: Its identifier within the type.
        anchor: Whether it is where the relationships begin or where they end; the former unless
            told otherwise.
        rel_kind: Only relationships of this kind.
        limit: Entries of a page, 1 to 250.
        offset: Entries before it.
    """

    anchor: Literal["source", "target"] | None = None
    rel_kind: str | None = None
    limit: int = 100
    offset: int = 0

    def __attrs_post_init__(self) -> None:
        OfObject.__attrs_post_init__(self)
        check_page(self, self.limit, self.offset)
        _check_anchor(self, self.anchor)


@model(kw_only=True)
class ObjectRelationship:
    """A relationship between two objects.

    Args:
        rel_kind: Its kind.
        to_data_object: The other one, where the anchor is the source.
        from_data_object: The other one, where the anchor is the target.
        attributes: What is known of the relationship itself.
    """

    rel_kind: str
    to_data_object: DataObject | None = None
    from_data_object: DataObject | None = None
    attributes: Mapping[str, JsonValue] = attrs.field(factory=dict[str, JsonValue])


@model(kw_only=True)
class ObjectRelationshipPage:
    """Some relationships.

    Args:
        items: Those of the page.
        total_count: How many there are.
        has_more: Whether another page follows.
        next_offset: Where it begins.
        offset: Where this one begins.
        limit: Entries of a page.
    """

    items: tuple[ObjectRelationship, ...]
    total_count: int | None = None
    has_more: bool = False
    next_offset: int | None = None
    offset: int | None = None
    limit: int | None = None


@model(kw_only=True)
class ObjectRelationshipRead:
    """One relationship.

    Args:
        object_relationship: The relationship.
    """

    object_relationship: ObjectRelationship


@model(kw_only=True)
class _BetweenObjects(OfObject):
    rel_kind: str
    related_type_name: str
    related_external_id: str
    anchor: Literal["source", "target"] | None = None

    def __attrs_post_init__(self) -> None:
        OfObject.__attrs_post_init__(self)
        for name in ("rel_kind", "related_type_name", "related_external_id"):
            check_text(f"{type(self).__name__}.{name}", getattr(self, name))
        _check_anchor(self, self.anchor)


@model(kw_only=True)
class CreateObjectRelationship(_BetweenObjects):
    """Two objects to relate.

    Args:
        type_name: Machine name of the type of the first.
        external_id: Its identifier within the type.
        rel_kind: Kind of the relationship.
        related_type_name: Machine name of the type of the second.
        related_external_id: Its identifier within the type.
        anchor: Whether the first is where the relationship begins or where it ends; the former
            unless told otherwise.
        attributes: What is known of the relationship itself.
    """

    attributes: Mapping[str, JsonValue] | None = attrs.field(
        default=None, converter=attrs.converters.optional(copied)
    )


@model(kw_only=True)
class ReplaceObjectRelationship(_BetweenObjects):
    """A relationship of two objects to create or replace.

    Args:
        type_name: Machine name of the type of the first.
        external_id: Its identifier within the type.
        rel_kind: Kind of the relationship.
        related_type_name: Machine name of the type of the second.
        related_external_id: Its identifier within the type.
        anchor: Whether the first is where the relationship begins or where it ends; the former
            unless told otherwise.
        attributes: What is known of the relationship itself.
    """

    attributes: Mapping[str, JsonValue] | None = attrs.field(
        default=None, converter=attrs.converters.optional(copied)
    )


@model(kw_only=True)
class UpdateObjectRelationship(_BetweenObjects):
    """Attributes to merge into those a relationship has.

    Unconfirmed: whether the attributes may be left out.

    Args:
        type_name: Machine name of the type of the first.
        external_id: Its identifier within the type.
        rel_kind: Kind of the relationship.
        related_type_name: Machine name of the type of the second.
        related_external_id: Its identifier within the type.
        anchor: Whether the first is where the relationship begins or where it ends; the former
            unless told otherwise.
        attributes: What is known of the relationship itself.
    """

    attributes: Mapping[str, JsonValue] = attrs.field(converter=copied)


@model(kw_only=True)
class DeleteObjectRelationship(_BetweenObjects):
    """Which relationship of two objects.

    Args:
        type_name: Machine name of the type of the first.
        external_id: Its identifier within the type.
        rel_kind: Kind of the relationship.
        related_type_name: Machine name of the type of the second.
        related_external_id: Its identifier within the type.
        anchor: Whether the first is where the relationship begins or where it ends; the former
            unless told otherwise.
    """


@model(kw_only=True)
class ObjectRelationshipDeleted:
    """Whether the relationship is gone.

    Args:
        deleted: True.
    """

    deleted: bool


class ObjectRelationships(Family):
    """Rows that relate Data Objects to each other."""

    group = "data_object_relationships"

    list = PagedOperation(
        "GET",
        "/data_objects/objects/{type_name}/{external_id}/object_relationships",
        ListObjectRelationships,
        ObjectRelationshipPage,
        items=lambda page: page.items,
        paging=ToldOffsets(),
        bucket="data_objects_read",
        replay=Replay.ALWAYS,
        permission="data_objects.read",
        docs="https://www.braze.com/docs/api/endpoints/data_objects/object_relationships/get_list_object_relationships",
        availability="early access",
    )
    """List the objects related to an object (early access)."""

    create = Operation(
        "POST",
        "/data_objects/objects/{type_name}/{external_id}/object_relationships",
        CreateObjectRelationship,
        ObjectRelationshipRead,
        bucket="data_objects_write",
        replay=Replay.IF_UNSENT,
        permission="data_objects.object_relationships.create",
        docs="https://www.braze.com/docs/api/endpoints/data_objects/object_relationships/post_create_object_relationship",
        availability="early access",
    )
    """Relate two objects (early access)."""

    replace = Operation(
        "PUT",
        "/data_objects/objects/{type_name}/{external_id}/object_relationships",
        ReplaceObjectRelationship,
        ObjectRelationshipRead,
        bucket="data_objects_write",
        replay=Replay.ALWAYS,
        permission="data_objects.object_relationships.update",
        docs="https://www.braze.com/docs/api/endpoints/data_objects/object_relationships/put_replace_object_relationship",
        availability="early access",
    )
    """Create or replace a relationship between objects (early access)."""

    update = Operation(
        "PATCH",
        "/data_objects/objects/{type_name}/{external_id}/object_relationships",
        UpdateObjectRelationship,
        ObjectRelationshipRead,
        bucket="data_objects_write",
        replay=Replay.ALWAYS,
        permission="data_objects.object_relationships.update",
        docs="https://www.braze.com/docs/api/endpoints/data_objects/object_relationships/patch_update_object_relationship",
        availability="early access",
    )
    """Merge attributes into a relationship between objects (early access)."""

    delete = Operation(
        "DELETE",
        "/data_objects/objects/{type_name}/{external_id}/object_relationships",
        DeleteObjectRelationship,
        ObjectRelationshipDeleted,
        bucket="data_objects_write",
        replay=Replay.ALWAYS,
        permission="data_objects.object_relationships.delete",
        docs="https://www.braze.com/docs/api/endpoints/data_objects/object_relationships/delete_object_relationship",
        availability="early access",
    )
    """Remove a relationship between objects (early access)."""

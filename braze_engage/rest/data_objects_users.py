"""Rows that relate Data Objects to users."""

from collections.abc import Mapping

import attrs

from braze_engage.objects import JsonValue
from braze_engage.objects.checks import check_text
from braze_engage.objects.models import model
from braze_engage.operation import Family, Operation, PagedOperation, Replay, ToldOffsets
from braze_engage.rest.in_data_objects import OfObject, check_page, copied

__all__ = [
    "CreateUserRelationship",
    "DeleteUserRelationship",
    "ListUserRelationships",
    "RelatedUser",
    "ReplaceUserRelationship",
    "UpdateUserRelationship",
    "UserRelationship",
    "UserRelationshipDeleted",
    "UserRelationshipPage",
    "UserRelationshipRead",
    "UserRelationships",
]


@model(kw_only=True)
class ListUserRelationships(OfObject):
    """Which page of the users related to an object.

    Args:
        type_name: Machine name of its type.
        external_id: Its identifier within the type.
        rel_kind: Only relationships of this kind.
        limit: Entries of a page, 1 to 250.
        offset: Entries before it.
    """

    rel_kind: str | None = None
    limit: int = 100
    offset: int = 0

    def __attrs_post_init__(self) -> None:
        OfObject.__attrs_post_init__(self)
        check_page(self, self.limit, self.offset)


@model(kw_only=True)
class RelatedUser:
    """A user, as relationships name them.

    Args:
        braze_id: The id Braze assigned.
    """

    braze_id: str


@model(kw_only=True)
class UserRelationship:
    """A relationship between an object and a user.

    Args:
        rel_kind: Its kind.
        type_name: Machine name of the type of the object.
        external_id: Its identifier within the type.
        user: The user.
        attributes: What is known of the relationship itself.
    """

    rel_kind: str
    type_name: str | None = None
    external_id: str | None = None
    user: RelatedUser | None = None
    attributes: Mapping[str, JsonValue] = attrs.field(factory=dict[str, JsonValue])


@model(kw_only=True)
class UserRelationshipPage:
    """Some relationships.

    Args:
        items: Those of the page.
        total_count: How many there are.
        has_more: Whether another page follows.
        next_offset: Where it begins.
        offset: Where this one begins.
        limit: Entries of a page.
    """

    items: tuple[UserRelationship, ...]
    total_count: int | None = None
    has_more: bool = False
    next_offset: int | None = None
    offset: int | None = None
    limit: int | None = None


@model(kw_only=True)
class UserRelationshipRead:
    """One relationship.

    Args:
        user_relationship: The relationship.
    """

    user_relationship: UserRelationship


@model(kw_only=True)
class _WithUser(OfObject):
    braze_id: str
    rel_kind: str

    def __attrs_post_init__(self) -> None:
        OfObject.__attrs_post_init__(self)
        for name in ("braze_id", "rel_kind"):
            check_text(f"{type(self).__name__}.{name}", getattr(self, name))


@model(kw_only=True)
class CreateUserRelationship(_WithUser):
    """A user to relate to an object.

    Args:
        type_name: Machine name of the type of the object.
        external_id: Its identifier within the type.
        braze_id: The id Braze assigned to the user.
        rel_kind: Kind of the relationship.
        attributes: What is known of the relationship itself.
    """

    attributes: Mapping[str, JsonValue] | None = attrs.field(
        default=None, converter=attrs.converters.optional(copied)
    )


@model(kw_only=True)
class ReplaceUserRelationship(_WithUser):
    """A relationship with a user to create or replace.

    Args:
        type_name: Machine name of the type of the object.
        external_id: Its identifier within the type.
        braze_id: The id Braze assigned to the user.
        rel_kind: Kind of the relationship.
        attributes: What is known of the relationship itself.
    """

    attributes: Mapping[str, JsonValue] | None = attrs.field(
        default=None, converter=attrs.converters.optional(copied)
    )


@model(kw_only=True)
class UpdateUserRelationship(_WithUser):
    """Attributes to merge into those a relationship has.

    Unconfirmed: whether the attributes may be left out.

    Args:
        type_name: Machine name of the type of the object.
        external_id: Its identifier within the type.
        braze_id: The id Braze assigned to the user.
        rel_kind: Kind of the relationship.
        attributes: What is known of the relationship itself.
    """

    attributes: Mapping[str, JsonValue] = attrs.field(converter=copied)


@model(kw_only=True)
class DeleteUserRelationship(_WithUser):
    """Which relationship with a user.

    Args:
        type_name: Machine name of the type of the object.
        external_id: Its identifier within the type.
        braze_id: The id Braze assigned to the user.
        rel_kind: Kind of the relationship.
    """


@model(kw_only=True)
class UserRelationshipDeleted:
    """Whether the relationship is gone.

    Args:
        deleted: True.
    """

    deleted: bool


class UserRelationships(Family):
    """Rows that relate Data Objects to users."""

    group = "data_object_relationships"

    list_users = PagedOperation(
        "GET",
        "/data_objects/objects/{type_name}/{external_id}/user_relationships",
        ListUserRelationships,
        UserRelationshipPage,
        items=lambda page: page.items,
        paging=ToldOffsets(),
        bucket="data_objects_read",
        replay=Replay.ALWAYS,
        permission="data_objects.user_relationships.read",
        docs="https://www.braze.com/docs/api/endpoints/data_objects/user_relationships/get_list_user_relationships",
        availability="early access",
    )
    """List the users related to an object (early access)."""

    create_user = Operation(
        "POST",
        "/data_objects/objects/{type_name}/{external_id}/users",
        CreateUserRelationship,
        UserRelationshipRead,
        bucket="data_objects_write",
        replay=Replay.IF_UNSENT,
        permission="data_objects.user_relationships.create",
        docs="https://www.braze.com/docs/api/endpoints/data_objects/user_relationships/post_create_user_relationship",
        availability="early access",
    )
    """Relate a user to an object (early access). Unconfirmed: the status of success."""

    replace_user = Operation(
        "PUT",
        "/data_objects/objects/{type_name}/{external_id}/users",
        ReplaceUserRelationship,
        UserRelationshipRead,
        bucket="data_objects_write",
        replay=Replay.ALWAYS,
        permission="data_objects.user_relationships.update",
        docs="https://www.braze.com/docs/api/endpoints/data_objects/user_relationships/put_replace_user_relationship",
        availability="early access",
    )
    """Create or replace a relationship with a user (early access)."""

    update_user = Operation(
        "PATCH",
        "/data_objects/objects/{type_name}/{external_id}/users",
        UpdateUserRelationship,
        UserRelationshipRead,
        bucket="data_objects_write",
        replay=Replay.ALWAYS,
        permission="data_objects.user_relationships.update",
        docs="https://www.braze.com/docs/api/endpoints/data_objects/user_relationships/patch_update_user_relationship",
        availability="early access",
    )
    """Merge attributes into a relationship with a user (early access)."""

    delete_user = Operation(
        "DELETE",
        "/data_objects/objects/{type_name}/{external_id}/users",
        DeleteUserRelationship,
        UserRelationshipDeleted,
        bucket="data_objects_write",
        replay=Replay.ALWAYS,
        permission="data_objects.user_relationships.delete",
        docs="https://www.braze.com/docs/api/endpoints/data_objects/user_relationships/delete_user_relationship",
        availability="early access",
    )
    """Remove a relationship with a user (early access)."""

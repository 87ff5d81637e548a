"""The group "scim" of the REST API."""

from collections.abc import Sequence
from typing import Annotated, Final, Literal, TypeAlias, get_args

from braze_engage.objects import ScimName, ScimPermissions
from braze_engage.objects.checks import check_choice, check_email, check_text, one_to
from braze_engage.objects.fields import own_sequences, wire_name
from braze_engage.objects.models import model
from braze_engage.operation import Family, Operation, Replay

__all__ = [
    "CreateScimUser",
    "DeleteScimUser",
    "Department",
    "FindScimUsers",
    "GetScimUser",
    "Scim",
    "ScimUser",
    "ScimUserDeleted",
    "ScimUserList",
    "UpdateScimUser",
]

Department: TypeAlias = Literal[
    "agency", "bi", "c_suite", "engineering", "finance", "marketing", "pm"
]
"""What Braze knows departments as."""
_SCHEMAS: Final = 10


@model(kw_only=True)
class ScimUser:
    """A dashboard user.

    Args:
        id: Identifier.
        schemas: What of SCIM this is.
        user_name: E-mail address.
        name: First and last name.
        department: One of Braze's words.
        last_sign_in_at: In words and UTC, not in ISO 8601.
        created_at: When the user was made; only where one user is read.
        permissions: What the user may do.
    """

    id: str
    schemas: tuple[str, ...] = ()
    user_name: Annotated[str | None, wire_name("userName")] = None
    name: ScimName | None = None
    department: str | None = None
    last_sign_in_at: Annotated[str | None, wire_name("lastSignInAt")] = None
    created_at: Annotated[str | None, wire_name("createdAt")] = None
    permissions: ScimPermissions | None = None


@model(kw_only=True)
class FindScimUsers:
    """Whom to look for.

    Args:
        filter: ``userName eq "ana@example.com"``, the one form that Braze documents.
    """

    filter: str

    def __attrs_post_init__(self) -> None:
        check_text("FindScimUsers.filter", self.filter)


@model(kw_only=True)
class ScimUserList:
    """Who was found.

    Args:
        schemas: What of SCIM this is.
        total_results: How many.
        resources: Who.
    """

    schemas: tuple[str, ...] = ()
    total_results: Annotated[int, wire_name("totalResults")] = 0
    resources: Annotated[tuple[ScimUser, ...], wire_name("Resources")] = ()


@model(kw_only=True, field_transformer=own_sequences)
class CreateScimUser:
    """A dashboard user to create.

    Args:
        schemas: ``["urn:ietf:params:scim:schemas:core:2.0:User"]``.
        user_name: E-mail address; it cannot be changed later.
        name: First and last name.
        department: One of Braze's words.
        permissions: What the user may do.
    """

    schemas: Sequence[str]
    user_name: Annotated[str, wire_name("userName")]
    name: ScimName
    department: Department
    permissions: ScimPermissions | None = None

    def __attrs_post_init__(self) -> None:
        one_to(self, _SCHEMAS, "schemas")
        check_email("CreateScimUser.user_name", self.user_name)
        check_choice("CreateScimUser.department", self.department, get_args(Department))


@model(kw_only=True)
class GetScimUser:
    """Which dashboard user.

    Args:
        id: Identifier.
    """

    id: str

    def __attrs_post_init__(self) -> None:
        check_text("GetScimUser.id", self.id)


@model(kw_only=True, field_transformer=own_sequences)
class UpdateScimUser:
    """What a dashboard user is to be; what is left out of the permissions is taken away.

    Args:
        id: Identifier.
        schemas: ``["urn:ietf:params:scim:schemas:core:2.0:User"]``.
        name: First and last name.
        department: One of Braze's words.
        permissions: What the user may do.
    """

    id: str
    schemas: Sequence[str]
    name: ScimName
    department: Department
    permissions: ScimPermissions

    def __attrs_post_init__(self) -> None:
        check_text("UpdateScimUser.id", self.id)
        one_to(self, _SCHEMAS, "schemas")
        check_choice("UpdateScimUser.department", self.department, get_args(Department))


@model(kw_only=True)
class DeleteScimUser:
    """Which dashboard user.

    Args:
        id: Identifier.
    """

    id: str

    def __attrs_post_init__(self) -> None:
        check_text("DeleteScimUser.id", self.id)


@model(kw_only=True)
class ScimUserDeleted:
    """Nothing: Braze answers 204 without a body."""


class Scim(Family):
    """Dashboard users, provisioned over SCIM."""

    group = "scim"

    find_users = Operation(
        "GET",
        "/scim/v2/Users",
        FindScimUsers,
        ScimUserList,
        bucket="scim",
        replay=Replay.ALWAYS,
        permission=None,
        docs="https://www.braze.com/docs/api/endpoints/scim/get_search_existing_dashboard_user",
        credential="SCIM token",
    )
    """Find a dashboard user by e-mail address."""

    create_user = Operation(
        "POST",
        "/scim/v2/Users",
        CreateScimUser,
        ScimUser,
        bucket="scim",
        replay=Replay.IF_UNSENT,
        permission=None,
        docs="https://www.braze.com/docs/api/endpoints/scim/post_create_user_account",
        credential="SCIM token",
    )
    """Create a dashboard user. Unconfirmed: Braze does not print the status of success."""

    get_user = Operation(
        "GET",
        "/scim/v2/Users/{id}",
        GetScimUser,
        ScimUser,
        bucket="scim",
        replay=Replay.ALWAYS,
        permission=None,
        docs="https://www.braze.com/docs/api/endpoints/scim/get_see_user_account_information",
        credential="SCIM token",
    )
    """Read a dashboard user."""

    update_user = Operation(
        "PUT",
        "/scim/v2/Users/{id}",
        UpdateScimUser,
        ScimUser,
        bucket="scim",
        replay=Replay.ALWAYS,
        permission=None,
        docs="https://www.braze.com/docs/api/endpoints/scim/put_update_existing_user_account",
        credential="SCIM token",
    )
    """Replace name, department and permissions of a dashboard user."""

    delete_user = Operation(
        "DELETE",
        "/scim/v2/Users/{id}",
        DeleteScimUser,
        ScimUserDeleted,
        bucket="scim",
        replay=Replay.ALWAYS,
        permission=None,
        docs="https://www.braze.com/docs/api/endpoints/scim/delete_existing_dashboard_user",
        credential="SCIM token",
    )
    """Delete a dashboard user."""

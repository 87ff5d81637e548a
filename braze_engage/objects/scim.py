"""What dashboard users are called and may do, as SCIM writes and answers it.

https://www.braze.com/docs/api/objects_filters/scim_api_appendix
"""

from collections.abc import Sequence
from typing import Annotated

from braze_engage.objects.fields import own_sequences, wire_name
from braze_engage.objects.models import model

__all__ = [
    "ScimAppGroup",
    "ScimName",
    "ScimPermissionSet",
    "ScimPermissions",
    "ScimRole",
    "ScimTeam",
]


@model(kw_only=True)
class ScimName:
    """The name of a dashboard user.

    Args:
        given_name: First name.
        family_name: Last name.
    """

    given_name: Annotated[str, wire_name("givenName")]
    family_name: Annotated[str, wire_name("familyName")]


@model(kw_only=True, field_transformer=own_sequences)
class ScimTeam:
    """What a user may do within a team of a workspace.

    Args:
        team_permissions: Braze's words, such as ``admin`` and ``edit_segments``.
        team_name: The team; give this or ``team_id``.
        team_id: The team.
    """

    team_permissions: Annotated[Sequence[str], wire_name("teamPermissions")]
    team_name: Annotated[str | None, wire_name("teamName")] = None
    team_id: Annotated[str | None, wire_name("teamId")] = None


@model(kw_only=True, field_transformer=own_sequences)
class ScimPermissionSet:
    """A set of permissions kept under a name in the dashboard.

    Args:
        name: The set; give this or ``id``.
        id: The set. Unconfirmed: another page of Braze ends the name of the field in ``ID``.
        permissions: What the set allows; only Braze answers this.
    """

    name: Annotated[str | None, wire_name("appGroupPermissionSetName")] = None
    id: Annotated[str | None, wire_name("appGroupPermissionSetId")] = None
    permissions: Sequence[str] = ()


@model(kw_only=True, field_transformer=own_sequences)
class ScimAppGroup:
    """What a user may do within a workspace.

    Args:
        app_group_permissions: Braze's words, such as ``admin``, ``view_campaigns`` or
            ``manage_media_library``.
        app_group_name: The workspace; give this or ``app_group_id``.
        app_group_id: The workspace.
        app_group_permission_sets: At most one set.
        team: Teams of the workspace.
    """

    app_group_permissions: Annotated[Sequence[str], wire_name("appGroupPermissions")]
    app_group_name: Annotated[str | None, wire_name("appGroupName")] = None
    app_group_id: Annotated[str | None, wire_name("appGroupId")] = None
    app_group_permission_sets: Annotated[
        Sequence[ScimPermissionSet], wire_name("appGroupPermissionSets")
    ] = ()
    team: Sequence[ScimTeam] = ()


@model(kw_only=True, field_transformer=own_sequences)
class ScimRole:
    """A role of the dashboard.

    Args:
        role_name: The role; give this or ``role_id``.
        role_id: The role.
        app_group: Workspaces it is for; only Braze answers this.
    """

    role_name: Annotated[str | None, wire_name("roleName")] = None
    role_id: Annotated[str | None, wire_name("roleId")] = None
    app_group: Annotated[Sequence[ScimAppGroup], wire_name("appGroup")] = ()


@model(kw_only=True, field_transformer=own_sequences)
class ScimPermissions:
    """What a dashboard user may do.

    Args:
        app_group: Workspaces, with what is allowed there.
        company_permissions: Of ``admin``, ``manage_company_settings`` and
            ``add_remove_app_groups``.
        roles: Roles of the dashboard.
    """

    app_group: Annotated[Sequence[ScimAppGroup], wire_name("appGroup")]
    company_permissions: Annotated[Sequence[str], wire_name("companyPermissions")] = ()
    roles: Sequence[ScimRole] = ()

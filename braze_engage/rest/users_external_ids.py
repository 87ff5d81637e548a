"""Rows that migrate external ids."""

from collections.abc import Sequence

from braze_engage.limits import IDENTIFIERS_PER_REQUEST
from braze_engage.objects import ExternalIdRename
from braze_engage.objects.aliases import check_external_ids
from braze_engage.objects.checks import one_to
from braze_engage.objects.fields import own_sequences
from braze_engage.objects.models import model
from braze_engage.objects.values import JsonValue
from braze_engage.operation import Family, Operation, Replay

__all__ = [
    "ExternalIdsRemoved",
    "ExternalIdsRenamed",
    "RemoveExternalIds",
    "RenameExternalIds",
    "RenamedExternalId",
    "UsersExternalIds",
]


@model(kw_only=True, field_transformer=own_sequences)
class RenameExternalIds:
    """External ids to rename.

    Args:
        external_id_renames: 1 to 50.
    """

    external_id_renames: Sequence[ExternalIdRename]

    def __attrs_post_init__(self) -> None:
        one_to(self, IDENTIFIERS_PER_REQUEST, "external_id_renames")


@model(kw_only=True)
class RenamedExternalId:
    """An external id that was renamed.

    Args:
        current_external_id: The id before.
        new_external_id: The id now.
    """

    current_external_id: str
    new_external_id: str


@model(kw_only=True)
class ExternalIdsRenamed:
    """Which external ids were renamed and which not.

    Args:
        message: ``success``, also where some failed.
        external_ids: Those renamed; Braze documents text and sends objects.
        rename_errors: One list for each failure, with the index in the request.
    """

    message: str
    external_ids: tuple[str | RenamedExternalId, ...] = ()
    rename_errors: tuple[JsonValue, ...] = ()


@model(kw_only=True, field_transformer=own_sequences)
class RemoveExternalIds:
    """Deprecated external ids to remove.

    Args:
        external_ids: 1 to 50; a primary id is refused.
    """

    external_ids: Sequence[str]

    def __attrs_post_init__(self) -> None:
        one_to(self, IDENTIFIERS_PER_REQUEST, "external_ids")
        check_external_ids(self, "external_ids")


@model(kw_only=True)
class ExternalIdsRemoved:
    """Which external ids were removed and which not.

    Args:
        message: ``success``, also where some failed.
        removed_ids: Those removed.
        removal_errors: One list for each failure, with the index in the request.
    """

    message: str
    removed_ids: tuple[str, ...] = ()
    removal_errors: tuple[JsonValue, ...] = ()


class UsersExternalIds(Family):
    """Rows that migrate external ids."""

    group = "users"

    rename_external_ids = Operation(
        "POST",
        "/users/external_ids/rename",
        RenameExternalIds,
        ExternalIdsRenamed,
        bucket="external_ids_rename",
        replay=Replay.ALWAYS,
        permission="users.external_ids.rename",
        docs="https://www.braze.com/docs/api/endpoints/user_data/external_id_migration/post_external_ids_rename",
    )
    """Give people new external ids; the old ones keep working as deprecated ids."""

    remove_external_ids = Operation(
        "POST",
        "/users/external_ids/remove",
        RemoveExternalIds,
        ExternalIdsRemoved,
        bucket="external_ids_remove",
        replay=Replay.ALWAYS,
        permission="users.external_ids.remove",
        docs="https://www.braze.com/docs/api/endpoints/user_data/external_id_migration/post_external_ids_remove",
    )
    """Remove deprecated external ids; `delete` with one of them would delete the person."""

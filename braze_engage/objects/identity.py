"""Entries of the requests that identify, merge, rename and delete."""

from collections.abc import Sequence
from typing import Literal, TypeAlias

from braze_engage.errors import ConfigurationError
from braze_engage.objects.aliases import UserAlias, check_external_id, check_user_alias
from braze_engage.objects.checks import check_email, check_text, exactly_one_of, refused
from braze_engage.objects.fields import own_sequences
from braze_engage.objects.models import model
from braze_engage.objects.priorities import Prioritization, check_prioritization, follows_recency

__all__ = [
    "AliasToIdentify",
    "DeletePrioritization",
    "EmailToDelete",
    "EmailToIdentify",
    "ExternalIdRename",
    "MergeUpdate",
    "PhoneToDelete",
    "PhoneToIdentify",
    "UserIdentifierRef",
]

DeletePrioritization: TypeAlias = Literal["identified", "unidentified", "most_recently_updated"]
"""The same for deletions, which know no ``least_recently_updated``."""


@model(kw_only=True)
class AliasToIdentify:
    """An alias-only profile to identify.

    Args:
        external_id: Who it is; at most 987 bytes.
        user_alias: The alias; case counts.

    https://www.braze.com/docs/api/objects_filters/aliases_to_identify
    """

    external_id: str
    user_alias: UserAlias

    def __attrs_post_init__(self) -> None:
        check_external_id(self, "external_id")
        check_user_alias(self, self.user_alias)


@model(kw_only=True, field_transformer=own_sequences)
class EmailToIdentify:
    """A profile to identify by its e-mail address.

    Args:
        external_id: Who it is; at most 987 bytes.
        email: The address.
        prioritization: Which profile, if several match; a tie means none.

    https://www.braze.com/docs/api/endpoints/user_data/post_user_identify
    """

    external_id: str
    email: str
    prioritization: Sequence[Prioritization]

    def __attrs_post_init__(self) -> None:
        check_external_id(self, "external_id")
        check_email("EmailToIdentify.email", self.email)
        check_prioritization(self, self.prioritization)


@model(kw_only=True, field_transformer=own_sequences)
class PhoneToIdentify:
    """A profile to identify by its phone number.

    Args:
        external_id: Who it is; at most 987 bytes.
        phone: The number in E.164.
        prioritization: Which profile, if several match; a tie means none.

    https://www.braze.com/docs/api/endpoints/user_data/post_user_identify
    """

    external_id: str
    phone: str
    prioritization: Sequence[Prioritization]

    def __attrs_post_init__(self) -> None:
        check_external_id(self, "external_id")
        check_text("PhoneToIdentify.phone", self.phone)
        check_prioritization(self, self.prioritization)


@model(kw_only=True, field_transformer=own_sequences)
class UserIdentifierRef:
    """One side of a merge: exactly one identifier.

    Args:
        external_id: At most 987 bytes.
        user_alias: An alias.
        email: An e-mail address.
        phone: A phone number in E.164.
        prioritization: With e-mail or phone only: which profile, if several match.

    https://www.braze.com/docs/api/endpoints/user_data/post_users_merge
    """

    external_id: str | None = None
    user_alias: UserAlias | None = None
    email: str | None = None
    phone: str | None = None
    prioritization: Sequence[Prioritization] = ()

    def __attrs_post_init__(self) -> None:
        exactly_one_of(self, "external_id", "user_alias", "email", "phone")
        if self.external_id is not None:
            check_external_id(self, "external_id")
        if self.user_alias is not None:
            check_user_alias(self, self.user_alias)
        if self.email is not None:
            check_email("UserIdentifierRef.email", self.email)
        if self.phone is not None:
            check_text("UserIdentifierRef.phone", self.phone)
        if self.email is not None or self.phone is not None:
            check_prioritization(self, self.prioritization)
        elif self.prioritization:
            raise ConfigurationError(
                "UserIdentifierRef.prioritization: leave it out, only e-mail and phone need it"
            )


@model(kw_only=True)
class MergeUpdate:
    """Two profiles to merge.

    Args:
        identifier_to_merge: The profile that disappears.
        identifier_to_keep: The profile that stays; its values win.

    https://www.braze.com/docs/api/endpoints/user_data/post_users_merge
    """

    identifier_to_merge: UserIdentifierRef
    identifier_to_keep: UserIdentifierRef

    def __attrs_post_init__(self) -> None:
        for name in ("identifier_to_merge", "identifier_to_keep"):
            if not isinstance(side := getattr(self, name), UserIdentifierRef):
                raise refused(f"MergeUpdate.{name}", side, "give UserIdentifierRef(...)")

    @property
    def follows_recency(self) -> bool:
        """Whether a repeat may merge a further profile."""
        sides = (self.identifier_to_merge, self.identifier_to_keep)
        return any(follows_recency(side.prioritization) for side in sides)


@model(kw_only=True, field_transformer=own_sequences)
class EmailToDelete:
    """A profile to delete by its e-mail address.

    Args:
        email: The address.
        prioritization: Which profile, if several match; a tie means none.

    https://www.braze.com/docs/api/endpoints/user_data/post_user_delete
    """

    email: str
    prioritization: Sequence[DeletePrioritization]

    def __attrs_post_init__(self) -> None:
        check_email("EmailToDelete.email", self.email)
        check_prioritization(self, self.prioritization)


@model(kw_only=True, field_transformer=own_sequences)
class PhoneToDelete:
    """A profile to delete by its phone number.

    Args:
        phone: The number in E.164.
        prioritization: Which profile, if several match; a tie means none.

    https://www.braze.com/docs/api/endpoints/user_data/post_user_delete
    """

    phone: str
    prioritization: Sequence[DeletePrioritization]

    def __attrs_post_init__(self) -> None:
        check_text("PhoneToDelete.phone", self.phone)
        check_prioritization(self, self.prioritization)


@model(kw_only=True)
class ExternalIdRename:
    """An external id to rename.

    Args:
        current_external_id: The primary id of the person.
        new_external_id: Never used so far, also not as a deprecated id; at most 987 bytes.

    https://www.braze.com/docs/api/endpoints/user_data/external_id_migration/post_external_ids_rename
    """

    current_external_id: str
    new_external_id: str

    def __attrs_post_init__(self) -> None:
        check_external_id(self, "current_external_id")
        check_external_id(self, "new_external_id")

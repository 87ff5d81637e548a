"""Rows that name, identify, merge and delete profiles."""

from collections.abc import Sequence
from typing import Literal

from braze_engage.limits import IDENTIFIERS_PER_REQUEST
from braze_engage.objects import (
    Accepted,
    AliasToIdentify,
    EmailToDelete,
    EmailToIdentify,
    MergeUpdate,
    NewUserAlias,
    PhoneToDelete,
    PhoneToIdentify,
    UserAlias,
    UserAliasUpdate,
)
from braze_engage.objects.aliases import check_external_ids
from braze_engage.objects.checks import (
    at_least_one_of,
    at_most,
    check_choice,
    exactly_one_of,
    one_to,
)
from braze_engage.objects.fields import own_sequences
from braze_engage.objects.models import model
from braze_engage.objects.priorities import follows_recency
from braze_engage.operation import Family, Operation, Replay

__all__ = [
    "AliasesProcessed",
    "CreateAliases",
    "DeleteUsers",
    "IdentifyUsers",
    "MergeUsers",
    "UpdateAliases",
    "UsersDeleted",
    "UsersIdentity",
]


def _unless(may_choose_another: bool) -> Replay:  # noqa: FBT001 - reads as a sentence
    return Replay.IF_UNSENT if may_choose_another else Replay.ALWAYS


@model(kw_only=True, field_transformer=own_sequences)
class CreateAliases:
    """Aliases to create.

    Args:
        user_aliases: 1 to 50.
    """

    user_aliases: Sequence[NewUserAlias]

    def __attrs_post_init__(self) -> None:
        one_to(self, IDENTIFIERS_PER_REQUEST, "user_aliases")


@model(kw_only=True)
class AliasesProcessed:
    """How many entries Braze took; none of them need have changed anything.

    Args:
        message: ``success``.
        aliases_processed: Entries taken.
    """

    message: str
    aliases_processed: int = 0


@model(kw_only=True, field_transformer=own_sequences)
class UpdateAliases:
    """Aliases to rename, in no certain order.

    Args:
        alias_updates: 1 to 50.
    """

    alias_updates: Sequence[UserAliasUpdate]

    def __attrs_post_init__(self) -> None:
        one_to(self, IDENTIFIERS_PER_REQUEST, "alias_updates")


@model(kw_only=True, field_transformer=own_sequences)
class IdentifyUsers:
    """Profiles to identify; at least one list.

    Args:
        aliases_to_identify: At most 50.
        emails_to_identify: At most 50.
        phone_numbers_to_identify: At most 50.
        merge_behavior: Unconfirmed: older pages know ``none`` and ``merge``, the newest leave the
            field out and merge. Better left out.
    """

    aliases_to_identify: Sequence[AliasToIdentify] = ()
    emails_to_identify: Sequence[EmailToIdentify] = ()
    phone_numbers_to_identify: Sequence[PhoneToIdentify] = ()
    merge_behavior: Literal["none", "merge"] | None = None

    def __attrs_post_init__(self) -> None:
        lists = ("aliases_to_identify", "emails_to_identify", "phone_numbers_to_identify")
        at_least_one_of(self, *lists)
        for name in lists:
            at_most(self, IDENTIFIERS_PER_REQUEST, name)
        if self.merge_behavior is not None:
            check_choice("IdentifyUsers.merge_behavior", self.merge_behavior, ("none", "merge"))

    def narrowed_replay(self) -> Replay:
        """Allow repeats unless the most or least recent of several profiles is meant."""
        emails = any(follows_recency(entry.prioritization) for entry in self.emails_to_identify)
        phones = self.phone_numbers_to_identify
        return _unless(emails or any(follows_recency(entry.prioritization) for entry in phones))


@model(kw_only=True, field_transformer=own_sequences)
class MergeUsers:
    """Profiles to merge, in no certain order.

    Args:
        merge_updates: 1 to 50.
    """

    merge_updates: Sequence[MergeUpdate]

    def __attrs_post_init__(self) -> None:
        one_to(self, IDENTIFIERS_PER_REQUEST, "merge_updates")

    def narrowed_replay(self) -> Replay:
        """Allow repeats unless the most or least recent of several profiles is meant."""
        return _unless(any(update.follows_recency for update in self.merge_updates))


@model(kw_only=True, field_transformer=own_sequences)
class DeleteUsers:
    """Profiles to delete, named by exactly one kind of identifier.

    Args:
        external_ids: 1 to 50; a deprecated id deletes the person too.
        user_aliases: 1 to 50.
        braze_ids: 1 to 50.
        email_addresses: 1 to 50.
        phone_numbers: 1 to 50.
    """

    external_ids: Sequence[str] = ()
    user_aliases: Sequence[UserAlias] = ()
    braze_ids: Sequence[str] = ()
    email_addresses: Sequence[EmailToDelete] = ()
    phone_numbers: Sequence[PhoneToDelete] = ()

    def __attrs_post_init__(self) -> None:
        kinds = ("external_ids", "user_aliases", "braze_ids", "email_addresses", "phone_numbers")
        exactly_one_of(self, *kinds)
        at_most(self, IDENTIFIERS_PER_REQUEST, *kinds)
        check_external_ids(self, "external_ids")

    def narrowed_replay(self) -> Replay:
        """Allow repeats unless the most recent of several profiles is meant."""
        emails = any(follows_recency(entry.prioritization) for entry in self.email_addresses)
        phones = self.phone_numbers
        return _unless(emails or any(follows_recency(entry.prioritization) for entry in phones))


@model(kw_only=True)
class UsersDeleted:
    """How many identifiers Braze queued for deletion.

    Args:
        deleted: Identifiers queued; usually done in a second, at most in five minutes.
        message: ``success``, where Braze sends it.
    """

    deleted: int
    message: str | None = None


class UsersIdentity(Family):
    """Rows that name, identify, merge and delete profiles."""

    group = "users"

    create_aliases = Operation(
        "POST",
        "/users/alias/new",
        CreateAliases,
        AliasesProcessed,
        bucket="user_identity",
        replay=Replay.ALWAYS,
        permission="users.alias.new",
        docs="https://www.braze.com/docs/api/endpoints/user_data/post_user_alias",
    )
    """Give people aliases, or create alias-only profiles.

    An alias already in use, and one for an unknown person, is skipped without a word.
    """

    update_aliases = Operation(
        "POST",
        "/users/alias/update",
        UpdateAliases,
        Accepted,
        bucket="user_identity",
        replay=Replay.ALWAYS,
        permission="users.alias.update",
        docs="https://www.braze.com/docs/api/endpoints/user_data/post_users_alias_update",
    )
    """Rename aliases; an unknown one is skipped without a word. The answer is unconfirmed."""

    identify = Operation(
        "POST",
        "/users/identify",
        IdentifyUsers,
        AliasesProcessed,
        bucket="user_identity",
        replay=Replay.IF_UNSENT,
        permission="users.identify",
        docs="https://www.braze.com/docs/api/endpoints/user_data/post_user_identify",
    )
    """Give alias-, e-mail- or phone-only profiles an external id, or merge them into its owner.

    Success does not prove that a profile matched.
    """

    merge = Operation(
        "POST",
        "/users/merge",
        MergeUsers,
        Accepted,
        bucket="user_identity",
        replay=Replay.IF_UNSENT,
        permission="users.merge",
        docs="https://www.braze.com/docs/api/endpoints/user_data/post_users_merge",
    )
    """Merge profiles for good. Success does not prove that a pair was merged."""

    delete = Operation(
        "POST",
        "/users/delete",
        DeleteUsers,
        UsersDeleted,
        bucket="user_identity",
        replay=Replay.IF_UNSENT,
        permission="users.delete",
        docs="https://www.braze.com/docs/api/endpoints/user_data/post_user_delete",
    )
    """Delete profiles for good."""

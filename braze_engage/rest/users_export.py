"""Rows that export profiles."""

from collections.abc import Sequence
from typing import Literal, TypeAlias

from braze_engage.limits import IDENTIFIERS_PER_REQUEST
from braze_engage.objects import UserAlias
from braze_engage.objects.aliases import check_external_ids
from braze_engage.objects.checks import (
    at_least_one_of,
    at_most,
    check_email,
    check_text,
    exactly_one_of,
    missing,
)
from braze_engage.objects.fields import own_sequences
from braze_engage.objects.models import model
from braze_engage.operation import Family, Operation, Replay
from braze_engage.rest.exported_user import ExportedUser

__all__ = ["ExportField", "ExportUsersByIds", "ExportedUsers", "UsersExport"]

ExportField: TypeAlias = Literal[
    "apps",
    "attributed_campaign",
    "attributed_source",
    "attributed_adgroup",
    "attributed_ad",
    "push_subscribe",
    "email_subscribe",
    "braze_id",
    "country",
    "created_at",
    "created_from",
    "custom_attributes",
    "custom_events",
    "devices",
    "dob",
    "email",
    "external_id",
    "first_name",
    "gender",
    "home_city",
    "language",
    "last_coordinates",
    "last_name",
    "phone",
    "purchases",
    "push_tokens",
    "random_bucket",
    "time_zone",
    "total_revenue",
    "uninstalled_at",
    "user_aliases",
    "campaigns_received",
    "canvases_received",
    "cards_clicked",
]
"""What of a profile can be exported; the last three are unconfirmed."""

_SLOW_FIELDS = {"campaigns_received", "canvases_received"}
_SINGLE = ("device_id", "braze_id", "email_address", "phone")


@model(kw_only=True, field_transformer=own_sequences)
class ExportUsersByIds:
    """Profiles to export: up to 50 by external id or alias, or those of one other identifier.

    Args:
        external_ids: At most 50 together with user_aliases.
        user_aliases: At most 50 together with external_ids.
        device_id: At most one of device_id, braze_id, email_address and phone.
        braze_id: See device_id.
        email_address: See device_id; several profiles may match.
        phone: See device_id; in E.164.
        fields_to_export: What to export. Companies that joined Braze since August 2024 must say,
            and without campaigns and Canvases received Braze allows more requests.
    """

    external_ids: Sequence[str] = ()
    user_aliases: Sequence[UserAlias] = ()
    device_id: str | None = None
    braze_id: str | None = None
    email_address: str | None = None
    phone: str | None = None
    fields_to_export: Sequence[ExportField] = ()

    def __attrs_post_init__(self) -> None:
        at_least_one_of(self, "external_ids", "user_aliases", *_SINGLE)
        at_most(self, IDENTIFIERS_PER_REQUEST, "external_ids", "user_aliases")
        check_external_ids(self, "external_ids")
        singles = [name for name in _SINGLE if not missing(getattr(self, name))]
        if singles:
            exactly_one_of(self, *_SINGLE)
            check_text(f"ExportUsersByIds.{singles[0]}", getattr(self, singles[0]))
        if self.email_address is not None:
            check_email("ExportUsersByIds.email_address", self.email_address)

    def narrowed_bucket(self) -> str:
        """Name the pool: exports of few fields have a larger one."""
        quick = self.fields_to_export and _SLOW_FIELDS.isdisjoint(self.fields_to_export)
        return "users_export_ids_fields" if quick else "users_export_ids"


@model(kw_only=True)
class ExportedUsers:
    """The profiles found.

    Args:
        message: ``success``.
        users: One for each profile found.
        invalid_user_ids: Identifiers without a match.
    """

    message: str
    users: tuple[ExportedUser, ...] = ()
    invalid_user_ids: tuple[str, ...] = ()


class UsersExport(Family):
    """Rows that export profiles."""

    group = "users"

    export_by_ids = Operation(
        "POST",
        "/users/export/ids",
        ExportUsersByIds,
        ExportedUsers,
        bucket="users_export_ids",
        replay=Replay.ALWAYS,
        permission="users.export.ids",
        docs="https://www.braze.com/docs/api/endpoints/export/user_data/post_users_identifier",
    )
    """Export profiles by identifier. A write shows some seconds after it was taken."""

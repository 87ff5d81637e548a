"""Rows that export profiles."""

from collections.abc import Sequence
from typing import Literal, TypeAlias

import attrs

from braze_engage.errors import ConfigurationError
from braze_engage.limits import ATTRIBUTES_TO_EXPORT, IDENTIFIERS_PER_REQUEST
from braze_engage.objects import UserAlias
from braze_engage.objects.aliases import check_external_ids
from braze_engage.objects.checks import (
    at_least_one_of,
    at_most,
    check_choice,
    check_email,
    check_text,
    exactly_one_of,
    missing,
    refused,
)
from braze_engage.objects.fields import own_sequences
from braze_engage.objects.models import model
from braze_engage.operation import Family, Operation, Replay
from braze_engage.rest.exported_user import ExportedUser

__all__ = [
    "ExportField",
    "ExportGlobalControlGroup",
    "ExportStarted",
    "ExportUsersByIds",
    "ExportUsersBySegment",
    "ExportedUsers",
    "UsersExport",
]

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


@model(kw_only=True, field_transformer=own_sequences)
class ExportUsersBySegment:
    """Which segment, and what of its people.

    Args:
        segment_id: API identifier.
        fields_to_export: What to export, at least one; ``custom_attributes`` stands for all of
            them.
        callback_endpoint: Where Braze posts ``success`` and ``url`` when it is done.
        custom_attributes_to_export: At most 500 custom attributes; leave ``custom_attributes`` out
            of the fields then.
        output_format: ``gzip`` only with an object storage of your own connected to Braze.
    """

    segment_id: str
    fields_to_export: Sequence[ExportField]
    callback_endpoint: str | None = None
    custom_attributes_to_export: Sequence[str] = ()
    output_format: Literal["zip", "gzip"] = "zip"

    def __attrs_post_init__(self) -> None:
        check_text("ExportUsersBySegment.segment_id", self.segment_id)
        _check_export(self, self.fields_to_export, self.callback_endpoint, self.output_format)
        at_most(self, ATTRIBUTES_TO_EXPORT, "custom_attributes_to_export")
        if self.custom_attributes_to_export and "custom_attributes" in self.fields_to_export:
            raise ConfigurationError(
                "ExportUsersBySegment holds custom_attributes_to_export and custom_attributes: "
                "leave the latter out of fields_to_export, Braze would export all otherwise"
            )


@model(kw_only=True, field_transformer=own_sequences)
class ExportGlobalControlGroup:
    """What of the people in the Global Control Group.

    Args:
        fields_to_export: What to export, at least one.
        callback_endpoint: Where Braze posts ``success`` and ``url`` when it is done.
        output_format: ``gzip`` only with an object storage of your own connected to Braze.
    """

    fields_to_export: Sequence[ExportField]
    callback_endpoint: str | None = None
    output_format: Literal["zip", "gzip"] = "zip"

    def __attrs_post_init__(self) -> None:
        _check_export(self, self.fields_to_export, self.callback_endpoint, self.output_format)


def _check_export(
    request: object, fields: Sequence[ExportField], callback: object, output_format: str
) -> None:
    owner = type(request).__name__
    if not fields:
        raise ConfigurationError(f"{owner}.fields_to_export is empty: say what to export")
    if callback is not None:
        check_text(f"{owner}.callback_endpoint", callback)
        if not str(callback).startswith(("https://", "http://")):
            raise refused(f"{owner}.callback_endpoint", callback, "give a URL")
    check_choice(f"{owner}.output_format", output_format, ("zip", "gzip"))


@model(kw_only=True)
class ExportStarted:
    """An export that is under way.

    Args:
        message: ``success``.
        object_prefix: How the names of its files begin.
        url: Where to download them once it is done, for a few hours; anyone who knows it may. None
            where an object storage of your own gets the files.
    """

    message: str
    object_prefix: str | None = None
    url: str | None = attrs.field(default=None, repr=False)


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

    export_by_segment = Operation(
        "POST",
        "/users/export/segment",
        ExportUsersBySegment,
        ExportStarted,
        bucket="default",
        replay=Replay.IF_UNSENT,
        permission="users.export.segment",
        docs="https://www.braze.com/docs/api/endpoints/export/user_data/post_users_segment",
    )
    """Start an export of everyone in a segment; `braze_engage.rest.exports` waits for it.

    While one of the same segment is running, or 100 are, Braze answers 429.
    """

    export_global_control_group = Operation(
        "POST",
        "/users/export/global_control_group",
        ExportGlobalControlGroup,
        ExportStarted,
        bucket="default",
        replay=Replay.IF_UNSENT,
        permission="users.export.global_control_group",
        docs="https://www.braze.com/docs/api/endpoints/export/user_data/post_users_global_control_group",
    )
    """Start an export of the Global Control Group; `braze_engage.rest.exports` waits for it."""

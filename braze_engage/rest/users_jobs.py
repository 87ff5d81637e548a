"""Jobs of several requests: exports that are waited for, and erasures."""

# ruff: noqa: PLC0415 - few need them, and they load what the rows do without

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from braze_engage.operation import Family
from braze_engage.rest.users_export import (
    ExportField,
    ExportGlobalControlGroup,
    ExportUsersBySegment,
    UsersExport,
)

if TYPE_CHECKING:
    from braze_engage.rest.erasure import Erasure
    from braze_engage.rest.exports import UserExport

__all__ = ["UsersJobs"]


class UsersJobs(Family):
    """Jobs of several requests."""

    group = "users"

    def segment_export(
        self,
        *,
        segment_id: str,
        fields_to_export: Sequence[ExportField],
        custom_attributes_to_export: Sequence[str] = (),
        callback_endpoint: str | None = None,
    ) -> "UserExport":
        """Start an export of a segment, to be waited for and iterated over.

        Args:
            segment_id: As for `export_by_segment`, and so are the others.
            fields_to_export: What to export, at least one.
            custom_attributes_to_export: At most 500 custom attributes.
            callback_endpoint: Where Braze posts ``success`` and ``url`` when it is done.

        Raises:
            ExportRunning: An export of this segment is running, or 100 of the company are.
        """
        from braze_engage.rest.exports import start_export
        from braze_engage.rest.jobs import job_client

        request = ExportUsersBySegment(
            segment_id=segment_id,
            fields_to_export=fields_to_export,
            custom_attributes_to_export=custom_attributes_to_export,
            callback_endpoint=callback_endpoint,
        )
        return start_export(job_client(self.performer), UsersExport.export_by_segment, request)

    def control_group_export(
        self, *, fields_to_export: Sequence[ExportField], callback_endpoint: str | None = None
    ) -> "UserExport":
        """Start an export of the Global Control Group, to be waited for and iterated over.

        Args:
            fields_to_export: What to export, at least one.
            callback_endpoint: Where Braze posts ``success`` and ``url`` when it is done.

        Raises:
            ExportRunning: 100 exports of the company are running.
        """
        from braze_engage.rest.exports import start_export
        from braze_engage.rest.jobs import job_client

        row = UsersExport.export_global_control_group
        request = ExportGlobalControlGroup(
            fields_to_export=fields_to_export, callback_endpoint=callback_endpoint
        )
        return start_export(job_client(self.performer), row, request)

    def export_at(self, url: str) -> "UserExport":
        """Take up an export that was started before, or elsewhere.

        Args:
            url: From the answer that started it, or from the callback.

        Raises:
            ConfigurationError: It is no address.
        """
        from braze_engage.rest.exports import UserExport
        from braze_engage.rest.jobs import job_client

        return UserExport(job_client(self.performer), url=url)

    def erase(
        self,
        *,
        email: str | None = None,
        external_ids: Iterable[str] = (),
        patience: float = 300.0,
    ) -> "Erasure":
        """Delete everyone behind an address or some external ids, and look whether they are gone.

        Deletion is for good. The key needs ``users.delete`` and ``users.export.ids``.

        Args:
            email: An address; every profile that has it is deleted.
            external_ids: Any number; a deprecated one stands for the person it belonged to.
            patience: Seconds to wait for the deletions to show; Braze takes up to five minutes.

        Returns:
            A receipt, which says whether anything is left.

        Raises:
            ConfigurationError: Not exactly one of both is given, or one is no identifier.
            BrazeError: As for the rows; what was done before is in its ``done``.
        """
        from braze_engage.rest.erasure import erase
        from braze_engage.rest.jobs import job_client

        client = job_client(self.performer)
        return erase(client, email=email, external_ids=external_ids, patience=patience)

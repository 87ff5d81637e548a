"""The group "cdi" of the REST API."""

from braze_engage.objects import Accepted
from braze_engage.objects.checks import check_text
from braze_engage.objects.models import model
from braze_engage.operation import Family, Links, Operation, PagedOperation, Replay

__all__ = [
    "Cdi",
    "CdiIntegration",
    "CdiIntegrationPage",
    "CdiSync",
    "CdiSyncPage",
    "ListCdiIntegrations",
    "ListCdiSyncs",
    "TriggerCdiSync",
]


@model(kw_only=True)
class ListCdiIntegrations:
    """Which page of integrations.

    Args:
        cursor: From the page before.
    """

    cursor: str | None = None


@model(kw_only=True)
class CdiIntegration:
    """An integration of Cloud Data Ingestion.

    Args:
        integration_id: Its id.
        app_group_id: The workspace.
        integration_name: Its name.
        integration_type: What it brings in.
        integration_status: Whether it runs.
        contact_emails: Who is told of failures.
        last_updated_at: When it was last changed, in ISO 8601.
        warehouse_type: Where the data come from.
        last_job_start_time: When the last sync began, in ISO 8601.
        last_job_status: How it ended.
        next_scheduled_run: When the next one begins, in ISO 8601.
    """

    integration_id: str
    app_group_id: str | None = None
    integration_name: str | None = None
    integration_type: str | None = None
    integration_status: str | None = None
    contact_emails: str | None = None
    last_updated_at: str | None = None
    warehouse_type: str | None = None
    last_job_start_time: str | None = None
    last_job_status: str | None = None
    next_scheduled_run: str | None = None


@model(kw_only=True)
class CdiIntegrationPage:
    """Up to 10 integrations.

    Args:
        message: ``success``.
        results: Those of the page.
    """

    message: str
    results: tuple[CdiIntegration, ...] = ()


@model(kw_only=True)
class ListCdiSyncs:
    """Which page of the syncs of which integration.

    Args:
        integration_id: Its id.
        cursor: From the page before.
    """

    integration_id: str
    cursor: str | None = None

    def __attrs_post_init__(self) -> None:
        check_text("ListCdiSyncs.integration_id", self.integration_id)


@model(kw_only=True)
class CdiSync:
    """One sync of an integration.

    Args:
        job_status: ``running``, ``success``, ``partial``, ``error`` or ``config_error``.
        sync_start_time: When it began.
        sync_finish_time: When it ended.
        last_timestamp_synced: Of the newest row it took.
        rows_synced: Rows it took.
        rows_failed_with_errors: Rows it could not take.
    """

    job_status: str
    sync_start_time: str | None = None
    sync_finish_time: str | None = None
    last_timestamp_synced: str | None = None
    rows_synced: int | None = None
    rows_failed_with_errors: int | None = None


@model(kw_only=True)
class CdiSyncPage:
    """Up to 10 syncs.

    Args:
        message: ``success``.
        results: Those of the page.
    """

    message: str
    results: tuple[CdiSync, ...] = ()


@model(kw_only=True)
class TriggerCdiSync:
    """Which integration.

    Args:
        integration_id: Its id.
    """

    integration_id: str

    def __attrs_post_init__(self) -> None:
        check_text("TriggerCdiSync.integration_id", self.integration_id)


class Cdi(Family):
    """Cloud Data Ingestion: integrations and their syncs."""

    group = "cdi"

    list_integrations = PagedOperation(
        "GET",
        "/cdi/integrations",
        ListCdiIntegrations,
        CdiIntegrationPage,
        items=lambda page: page.results,
        paging=Links(),
        bucket="cdi_list",
        replay=Replay.ALWAYS,
        permission="cdi.integration_list",
        docs="https://www.braze.com/docs/api/endpoints/cdi/get_integration_list",
    )
    """List integrations."""

    list_job_sync_status = PagedOperation(
        "GET",
        "/cdi/integrations/{integration_id}/job_sync_status",
        ListCdiSyncs,
        CdiSyncPage,
        items=lambda page: page.results,
        paging=Links(),
        bucket="cdi_job_status",
        replay=Replay.ALWAYS,
        permission="cdi.integration_job_status",
        docs="https://www.braze.com/docs/api/endpoints/cdi/get_job_sync_status",
    )
    """List the syncs of an integration."""

    trigger_sync = Operation(
        "POST",
        "/cdi/integrations/{integration_id}/sync",
        TriggerCdiSync,
        Accepted,
        bucket="cdi_sync",
        replay=Replay.IF_UNSENT,
        permission="cdi.integration_sync",
        docs="https://www.braze.com/docs/api/endpoints/cdi/post_job_sync",
    )
    """Begin a sync. While another one runs Braze answers 429, which is no rate limit then."""

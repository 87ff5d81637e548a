"""Every row of Cloud Data Ingestion against the fake, over a real socket."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from braze_engage.errors import ConfigurationError, Forbidden
from braze_engage.testing import FakeBraze
from tests.support.fake_calls import client_of

if TYPE_CHECKING:
    from braze_engage import BrazeClient


def test_integrations_and_their_syncs_are_listed_to_the_end(
    braze: BrazeClient, fake_braze: FakeBraze
) -> None:
    (integration,) = braze.cdi.list_integrations.items()
    found = list(braze.cdi.list_job_sync_status.items(integration_id=integration.integration_id))
    assert len(found) == 1
    assert fake_braze.requests[-1].path == (
        f"/cdi/integrations/{integration.integration_id}/job_sync_status"
    )
    assert len(fake_braze.requests) == 2  # no Link header, no second page


def test_a_sync_is_begun(braze: BrazeClient, fake_braze: FakeBraze) -> None:
    assert braze.cdi.trigger_sync.reply(integration_id="i1").status == 202
    assert fake_braze.requests[-1].path == "/cdi/integrations/i1/sync"


def test_a_missing_permission_is_named() -> None:
    few = FakeBraze(permissions={"cdi.integration_list"})
    refused = pytest.raises(Forbidden, match=r"cdi\.integration_sync")
    with few as fake, client_of(fake) as braze, refused:
        braze.cdi.trigger_sync(integration_id="i1")


def test_limits_are_checked_before_sending(braze: BrazeClient, fake_braze: FakeBraze) -> None:
    for wrong in (
        lambda: braze.cdi.trigger_sync(integration_id=""),
        lambda: braze.cdi.list_job_sync_status(integration_id=""),
    ):
        with pytest.raises(ConfigurationError, match=r"integration_id"):
            wrong()
    assert fake_braze.requests == []

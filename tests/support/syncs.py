"""Clients and syncs of a fake, with every wait told to be short."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

import attrs

from braze_engage import BrazeClient, CohortClient, EngageRules, EngageSync
from braze_engage._http.retry import RetryPolicy

if TYPE_CHECKING:
    from braze_engage.testing import FakeBraze

AFTER_THE_SAMPLE: Final = 1_795_000_000.0
"""Later than every sample call; the fake turns times of events that lie ahead into now."""

_PERSISTENT: Final = RetryPolicy(attempts=200, base=0.0, cap=0.0)


class LaterClock:
    """Runs like the clock of the machine, and begins after the sample calls."""

    def __init__(self) -> None:
        self._ahead = AFTER_THE_SAMPLE - time.time()

    def now(self) -> float:
        return time.time() + self._ahead

    def monotonic(self) -> float:
        return self.now()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


def rest_client(fake: FakeBraze, *, socket: bool = False, **options: Any) -> BrazeClient:
    """A client of `/users/track` and `/users/delete`."""
    where: dict[str, Any] = _where(fake, socket=socket)
    return BrazeClient(fake.rest_api_key, **{**where, **options})


def cohort_client(fake: FakeBraze, *, socket: bool = False, **options: Any) -> CohortClient:
    """A client of the cohort import."""
    where: dict[str, Any] = _where(fake, socket=socket)
    return CohortClient(
        fake.data_import_key,
        **{**where, "partner": fake.partner, "partner_key": fake.partner_key, **options},
    )


def _where(fake: FakeBraze, *, socket: bool) -> dict[str, Any]:
    there: dict[str, Any] = (
        {"data_center": fake.url} if socket else {"data_center": "US-06", "session": fake.session()}
    )
    return {**there, "retry": _PERSISTENT, "clock": fake.clock, "deadline": 3_600.0}


def sync_of(
    fake: FakeBraze, *, socket: bool = False, rules: dict[str, Any] | None = None, **options: Any
) -> EngageSync:
    """A sync with all three clients, which waits for nothing but what it must.

    It folds as much as a plan does: what is left of `linger` never passes during a test.
    """
    clients = {
        "rest": rest_client(fake, socket=socket),
        "cohorts": cohort_client(fake, socket=socket),
        "erase": rest_client(fake, socket=socket),
    }
    given: dict[str, Any] = {
        **clients,
        "settle": 0.0,
        "consistency_gap": 0.0,
        "concurrency": 8,
        **options,
    }
    sync = EngageSync(rules=EngageRules(**(rules or {})), **given)
    sync._options = attrs.evolve(sync._options, linger=60.0, surge=128 * 75)
    return sync

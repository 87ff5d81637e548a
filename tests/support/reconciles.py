"""Syncs that take full lists, in front of a fake behind a real socket."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from braze_engage import BrazeClient, CohortClient, Delivery, EngageRules, EngageSync
from tests.support.lasting import ONCE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from braze_engage import ListCounts, Report
    from braze_engage.testing import FakeBraze

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=timezone.utc)
COHORT = "aud_1"


def at(minutes: float) -> datetime:
    """A moment of the day of the calls of `tests.support.changes.call`, by minutes after noon."""
    return NOON + timedelta(minutes=minutes)


def people(first: int, end: int) -> list[str]:
    """Ids of people by number."""
    return [f"u{number}" for number in range(first, end)]


def broken(ids: Iterable[str], after: int) -> Iterator[str]:
    """A list that raises in the middle."""
    for number, one in enumerate(ids):
        if number == after:
            raise OSError("the warehouse is gone")
        yield one


class Lists:
    """One workspace of Braze and one state file, opened as often as processes start."""

    def __init__(
        self, fake: FakeBraze, directory: Path, **rules: Any
    ) -> None:  # Any: of EngageRules
        self.fake = fake
        self.path = directory / "engage.db"
        self.rules = rules

    def sync(self, **options: Any) -> EngageSync:  # Any: of EngageSync
        """Open the file, as a process does when it starts."""
        cohorts = CohortClient(
            self.fake.data_import_key,
            data_center=self.fake.url,
            partner=self.fake.partner,
            partner_key=self.fake.partner_key,
            retry=ONCE,
        )
        rest = BrazeClient(self.fake.rest_api_key, data_center=self.fake.url, retry=ONCE)
        given = {
            "rest": rest,
            "cohorts": cohorts,
            "erase": rest,
            "rules": EngageRules(**self.rules),
            "state": str(self.path),
            "settle": 0.0,
            "consistency_gap": 0.0,
            **options,
        }
        return EngageSync(**given)

    def reconcile(self, members: Iterable[str], **options: Any) -> Report:  # Any: of `reconcile`
        """Start a process, reconcile, and end it."""
        given = {"name": "Dormant shoppers", **options}
        with self.sync() as sync:
            return sync.reconcile(COHORT, members=members, **given)

    def run(self, *calls: object) -> Report:
        """Start a process, run, and end it."""
        with self.sync() as sync:
            return sync.run(calls)

    @property
    def members(self) -> set[object]:
        """Who is in the cohort."""
        return set(self.fake.cohorts[COHORT].members)

    def writes(self) -> int:
        """How many requests wrote anything so far."""
        return sum(
            request.path.endswith(("/users", "/users/track")) for request in self.fake.requests
        )


def counts(report: Report) -> ListCounts:
    """What the only list of a report came to."""
    (one,) = report.lists
    return one


def attributes_only() -> dict[str, Any]:  # Any: of EngageRules
    """Rules under which audiences become attributes."""
    return {"audiences": Delivery.BOOLEAN}

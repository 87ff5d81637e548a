"""What a run would send, without sending: the same code less its last step."""

from __future__ import annotations

from collections import Counter, deque
from typing import TYPE_CHECKING, Final

import attrs

from braze_engage import limits
from braze_engage.engage.batches import cut
from braze_engage.engage.outcomes import Reason
from braze_engage.sync.delivery import cohort_changes
from braze_engage.sync.tables import html_table, text_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from braze_engage.cohorts.changes import CohortChange
    from braze_engage.cohorts.client import CohortClient
    from braze_engage.sync.lanes import Lane, Waiting
    from braze_engage.sync.ledger import Ledger
    from braze_engage.sync.report import Failure, Report
    from braze_engage.sync.sending import Finished

__all__ = ["KeySums", "Plan", "PlannedRequest", "Rehearsal"]

_COLUMNS: Final = ("key", "added", "removed", "data points")
_QUOTAS: Final = {"partner_cohorts": limits.COHORT_REQUESTS_PER_HOUR}


@attrs.frozen(kw_only=True)
class PlannedRequest:
    """One request a run would send to the cohort import.

    Args:
        method: HTTP verb.
        path: Path with the partner's name left open.
        cohort_id: The cohort.
        name: The name to give it, for a request that names a cohort.
        changes: The memberships, for a request that changes them.
    """

    method: str
    path: str
    cohort_id: str
    name: str | None = None
    changes: tuple[CohortChange, ...] = ()


@attrs.frozen(kw_only=True)
class KeySums:
    """What a run would write for one computation.

    Args:
        added: Memberships added.
        removed: Memberships removed.
        data_points: What Braze would bill; cohort membership costs none.
    """

    added: int
    removed: int
    data_points: int = 0


class Rehearsal:
    """Stands in for Braze: accepts everything and notes what would have been sent.

    Args:
        ledger: Keeps account.
        cohorts: Knows which cohort bears which name already.
    """

    def __init__(self, ledger: Ledger, cohorts: CohortClient) -> None:
        self._ledger = ledger
        self._cohorts = cohorts
        self._names: dict[str, str] = {}
        self.requests: deque[PlannedRequest] = deque()
        self.added: Counter[str] = Counter()
        self.removed: Counter[str] = Counter()

    def __call__(
        self,
        lane: Lane,
        batch: Sequence[Waiting],
        finished: Finished,
        pause: Callable[[float], bool],  # noqa: ARG002 - there is nothing to wait for
    ) -> None:
        """Note one batch as sent.

        Args:
            lane: The cohort.
            batch: What would be sent.
            finished: Told of each part.
            pause: Not used.
        """
        self._name(lane)
        waiting = {item.change.identity: item for item in batch}
        for changes in cut(item.change for item in batch):
            added = sum(change.member for change in changes)
            self.requests.append(
                PlannedRequest(
                    method="POST",
                    path="/partners/{partner}/cohorts/users",
                    cohort_id=lane.cohort_id,
                    changes=tuple(cohort_changes(changes)),
                )
            )
            self._ledger.wrote(lane.cohort_id, lane.name, added=added, removed=len(changes) - added)
            for change in changes:
                (self.added if change.member else self.removed)[change.key] += 1
            finished([waiting[change.identity] for change in changes], Reason.ACCEPTED)

    def _name(self, lane: Lane) -> None:
        if self._names.get(lane.cohort_id) == lane.name:
            return
        self._names[lane.cohort_id] = lane.name
        explicit = lane.name_is_explicit
        if self._cohorts.is_named(lane.cohort_id, lane.name, explicit=explicit):
            return
        self.requests.append(
            PlannedRequest(
                method="POST",
                path="/partners/{partner}/cohorts",
                cohort_id=lane.cohort_id,
                name=lane.name,
            )
        )
        self._ledger.named()


@attrs.frozen(kw_only=True)
class Plan:
    """What a run would do.

    Args:
        report: Outcomes as a run would report them; ``sent`` reads "would be sent".
        by_key: Sums by computation key.
    """

    report: Report
    by_key: Mapping[str, KeySums]
    _requests: Callable[[], Iterator[PlannedRequest]] = attrs.field(repr=False, alias="requests")

    @property
    def outcomes(self) -> Mapping[str, int]:
        """Calls by outcome."""
        return self.report.outcomes

    @property
    def deliveries(self) -> Mapping[str, int]:
        """Deliveries by outcome."""
        return self.report.deliveries

    @property
    def failures(self) -> Sequence[Failure]:
        """What would rank above ``sent``."""
        return self.report.failures

    @property
    def data_points(self) -> int:
        """Data points Braze would bill."""
        return sum(sums.data_points for sums in self.by_key.values())

    @property
    def hours(self) -> Mapping[str, float]:
        """Hours that Braze's quota makes the run last at least, by rate bucket."""
        return {bucket: self.report.requests / quota for bucket, quota in _QUOTAS.items()}

    def requests(self) -> Iterator[PlannedRequest]:
        """Go through the calls again and yield each request as it would be sent.

        Raises:
            TypeError: The calls came from an iterator, which can be read only once.
        """
        return self._requests()

    def __str__(self) -> str:
        return f"{self.report}\n\n{text_table(_COLUMNS, self._rows())}\n\n{self._time()}"

    def _repr_html_(self) -> str:
        return f"{self.report.to_html()}{html_table(_COLUMNS, self._rows())}<p>{self._time()}</p>"

    def _rows(self) -> list[tuple[object, ...]]:
        return [
            (key, sums.added, sums.removed, sums.data_points)
            for key, sums in sorted(self.by_key.items())
        ]

    def _time(self) -> str:
        return "; ".join(
            f"{self.report.requests:,} requests need at least {hours:.4f} h of the quota {bucket}"
            for bucket, hours in self.hours.items()
        )

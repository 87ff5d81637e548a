"""What a run would send, without sending: the same code less its last step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import attrs

from braze_engage.engage.deliveries import Delivery
from braze_engage.sync.tables import html_table, text_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from braze_engage.cohorts.changes import CohortChange
    from braze_engage.sync.counts import Failure
    from braze_engage.sync.report import Report

__all__ = ["KeySums", "Plan", "PlannedRequest"]

_COLUMNS: Final = (
    "computation",
    *("COHORT added", "removed"),
    *(
        f"{delivery.name} {what}"
        for delivery in (Delivery.BOOLEAN, Delivery.IDENTIFY, Delivery.TRACK)
        for what in ("objects", "points")
    ),
)


@attrs.frozen(kw_only=True)
class PlannedRequest:
    """One request a run would send.

    Args:
        method: HTTP verb.
        path: Path with the partner's name left open.
        cohort_id: The cohort, for requests to the cohort import.
        name: The name to give it, for a request that names a cohort.
        changes: The memberships, for a request that changes them.
        attributes: The entries of attributes, for ``/users/track``.
        events: The entries of events, for ``/users/track``.
        deletions: How many people would be deleted.
        data_points: What Braze would bill for it.
    """

    method: str
    path: str
    cohort_id: str | None = None
    name: str | None = None
    changes: tuple[CohortChange, ...] = ()
    attributes: tuple[Mapping[str, object], ...] = attrs.field(default=(), repr=False)
    events: tuple[Mapping[str, object], ...] = attrs.field(default=(), repr=False)
    deletions: int = 0
    data_points: int = 0


@attrs.frozen(kw_only=True)
class KeySums:
    """What a run would write for one computation.

    Args:
        added: Memberships added to its cohort; these cost no data points.
        removed: Memberships removed from it.
        objects: Entries of ``/users/track`` that carry something of it, by delivery.
        points: Data points by delivery.
    """

    added: int = 0
    removed: int = 0
    objects: Mapping[Delivery, int] = attrs.field(factory=dict[Delivery, int])
    points: Mapping[Delivery, int] = attrs.field(factory=dict[Delivery, int])

    @property
    def data_points(self) -> int:
        """Data points of all deliveries."""
        return sum(self.points.values())


@attrs.frozen(kw_only=True)
class Plan:
    """What a run would do.

    Args:
        report: Outcomes as a run would report them; ``sent`` reads "would be sent".
        by_key: What would be written, by computation key.
        hours: Hours that Braze's quota makes the run last at least, by rate bucket.
    """

    report: Report
    by_key: Mapping[str, KeySums]
    hours: Mapping[str, float]
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
        """Data points Braze would bill; an estimate that may be too high, never too low."""
        return self.report.data_points

    @property
    def saved_points(self) -> int:
        """Data points that folding saves."""
        return self.report.saved_points

    @property
    def may_create(self) -> int:
        """People who get a profile if Braze does not know them yet."""
        return self.report.may_create

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
            (
                key,
                sums.added,
                sums.removed,
                *(
                    by_delivery.get(delivery, 0)
                    for delivery in (Delivery.BOOLEAN, Delivery.IDENTIFY, Delivery.TRACK)
                    for by_delivery in (sums.objects, sums.points)
                ),
            )
            for key, sums in sorted(self.by_key.items())
        ]

    def _time(self) -> str:
        return "; ".join(
            f"the quota {bucket} makes it last {hours:.4f} h at least"
            for bucket, hours in self.hours.items()
        )

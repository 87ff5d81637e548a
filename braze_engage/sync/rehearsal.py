"""Stands in for Braze in a run that only looks ahead."""

from __future__ import annotations

import json
from collections import deque
from typing import TYPE_CHECKING, Final

from braze_engage import limits
from braze_engage.cohorts.changes import PartnerCohorts
from braze_engage.engage.batches import cut
from braze_engage.engage.outcomes import Reason
from braze_engage.rest.users import Users
from braze_engage.sync.cohort_delivery import cohort_changes
from braze_engage.sync.plan import KeySums, PlannedRequest
from braze_engage.sync.track_size import TrackSize

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from braze_engage.cohorts.client import CohortClient
    from braze_engage.engage.deliveries import Delivery
    from braze_engage.objects import TrackLimits
    from braze_engage.sync.deletion_queue import DeletionWaiting
    from braze_engage.sync.entries import TrackEntry
    from braze_engage.sync.lanes import Lane, MembershipWaiting
    from braze_engage.sync.ledger import Ledger
    from braze_engage.sync.report import Report
    from braze_engage.sync.sending import Finished
    from braze_engage.sync.tally import Tally

__all__ = ["Rehearsal", "key_sums", "quota_hours"]

_DELETE: Final = Users.delete.bucket
_COHORTS: Final = PartnerCohorts.update_users.bucket
_PER_HOUR: Final = {
    _COHORTS: limits.COHORT_REQUESTS_PER_HOUR,
    Users.track.bucket: limits.TRACK_BURST_REQUESTS * 3_600 // limits.TRACK_BURST_SECONDS,
    Users.track_bulk.bucket: limits.BULK_REQUESTS_PER_SECOND * 3_600,
    _DELETE: limits.IDENTITY_REQUESTS_PER_MINUTE * 60,
}


class Rehearsal:
    """Stands in for Braze: accepts everything and notes what would have been sent.

    Args:
        ledger: Keeps account.
        cohorts: Knows which cohort bears which name already; None without a client.
        track_limits: Tells the endpoint for attributes and events.
    """

    def __init__(
        self, ledger: Ledger, cohorts: CohortClient | None, track_limits: TrackLimits
    ) -> None:
        self._row = TrackSize(track_limits).row
        self._ledger = ledger
        self._cohorts = cohorts
        self._names: dict[str, str] = {}
        self.requests: deque[PlannedRequest] = deque()
        self.sums: dict[str, list[int]] = {}

    def send_cohort(
        self,
        lane: Lane,
        batch: Sequence[MembershipWaiting],
        finished: Finished,
        pause: Callable[[float], bool],  # noqa: ARG002 - there is nothing to wait for
    ) -> None:
        """Note memberships as sent.

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
                    path=PartnerCohorts.update_users.path,
                    cohort_id=lane.cohort_id,
                    changes=tuple(cohort_changes(changes)),
                )
            )
            self._ledger.requested(_COHORTS)
            self._ledger.wrote(lane.cohort_id, lane.name, added=added, removed=len(changes) - added)
            for change in changes:
                self.sums.setdefault(change.key, [0, 0])[not change.member] += 1
            finished([waiting[change.identity] for change in changes], Reason.ACCEPTED)

    def _name(self, lane: Lane) -> None:
        if self._names.get(lane.cohort_id) == lane.name:
            return
        self._names[lane.cohort_id] = lane.name
        explicit = lane.name_is_explicit
        assert self._cohorts is not None
        if self._cohorts.is_named(lane.cohort_id, lane.name, explicit=explicit):
            return
        self.requests.append(
            PlannedRequest(
                method="POST",
                path=PartnerCohorts.create.path,
                cohort_id=lane.cohort_id,
                name=lane.name,
            )
        )
        self._ledger.requested(_COHORTS)

    def send_track(
        self,
        entries: Sequence[TrackEntry],
        tally: Tally,
        pause: Callable[[float], bool],  # noqa: ARG002 - there is nothing to wait for
    ) -> None:
        """Note entries of attributes and events as sent.

        Args:
            entries: What would be sent.
            tally: Told of each.
            pause: Not used.
        """
        self.requests.append(
            PlannedRequest(
                method="POST",
                path=self._row.path,
                attributes=_decoded(entries, "attributes"),
                events=_decoded(entries, "events"),
                data_points=sum(entry.points for entry in entries),
            )
        )
        tally.requested(self._row.bucket)
        tally.accepted(entries)

    def send_deletions(
        self,
        batch: Sequence[DeletionWaiting],
        finished: Finished,
        pause: Callable[[float], bool],  # noqa: ARG002 - there is nothing to wait for
    ) -> None:
        """Note deletions as sent.

        Args:
            batch: Whom.
            finished: Told of all.
            pause: Not used.
        """
        self.requests.append(
            PlannedRequest(method="POST", path=Users.delete.path, deletions=len(batch))
        )
        self._ledger.requested(_DELETE)
        finished(batch, Reason.ACCEPTED)


def _decoded(entries: Sequence[TrackEntry], array: str) -> tuple[Mapping[str, object], ...]:
    return tuple(json.loads(entry.encoded) for entry in entries if entry.array == array)


def quota_hours(ledger: Ledger) -> Mapping[str, float]:
    """Tell how long Braze's quotas make the requests last at least, by rate bucket.

    Args:
        ledger: Counted the requests.
    """
    counted = ledger.requests
    return {
        bucket: counted[bucket] / per_hour
        for bucket, per_hour in _PER_HOUR.items()
        if counted[bucket]
    }


def key_sums(rehearsal: Rehearsal, report: Report) -> Mapping[str, KeySums]:
    """Put together what would be written, by computation key.

    Args:
        rehearsal: Noted the memberships.
        report: Counts attributes and events.
    """
    objects: dict[str, dict[Delivery, int]] = {key: {} for key in rehearsal.sums}
    points: dict[str, dict[Delivery, int]] = {key: {} for key in rehearsal.sums}
    for one in report.keys:
        objects.setdefault(one.key, {})[one.delivery] = one.objects
        points.setdefault(one.key, {})[one.delivery] = one.data_points
    found: dict[str, KeySums] = {}
    for key, by_delivery in objects.items():
        added, removed = rehearsal.sums.get(key, (0, 0))
        found[key] = KeySums(added=added, removed=removed, objects=by_delivery, points=points[key])
    return found

"""What it costs to retire a computation."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import attrs

from braze_engage import limits
from braze_engage.cohorts.changes import PartnerCohorts
from braze_engage.engage.data_points import attribute_points
from braze_engage.sync.rehearsal import quotas
from braze_engage.sync.tables import html_table, text_table
from braze_engage.sync.track_size import TrackSize

if TYPE_CHECKING:
    from collections.abc import Mapping

    from braze_engage.objects import TrackLimits
    from braze_engage.sync.assembly import Clients
    from braze_engage.sync.plan import PlannedQuota
    from braze_engage.sync.retiring import Retirement
    from braze_engage.sync.sqlite_state import SqliteState

__all__ = ["RetirePlan", "RetireStep", "retire_plan"]

_COLUMNS: Final = ("what", "of", "people", "requests", "data points")
_COHORTS: Final = PartnerCohorts.update_users.bucket


@attrs.frozen(kw_only=True)
class RetireStep:
    """One cohort to empty, or the attributes to clear.

    Args:
        cohort_id: The cohort; None for attributes.
        names: The name of the cohort, or those of the attributes.
        people: How many people lose something by it.
        requests: How many requests that takes at least.
        data_points: What Braze bills for it; memberships of cohorts are free.
    """

    cohort_id: str | None
    names: tuple[str, ...]
    people: int
    requests: int
    data_points: int


@attrs.frozen(kw_only=True)
class RetirePlan:
    """What ``EngageSync.retire`` would take out of Braze.

    Args:
        key: The computation key.
        steps: Cohort by cohort, then the attributes.
        quotas: Requests and hours, by rate pool.
    """

    key: str
    steps: tuple[RetireStep, ...]
    quotas: tuple[PlannedQuota, ...]

    @property
    def hours(self) -> Mapping[str, float]:
        """Hours that the quota makes it last, by rate pool; see `PlannedQuota.hours`."""
        return {quota.bucket: quota.hours for quota in self.quotas}

    @property
    def requests(self) -> int:
        """How many requests it takes at least."""
        return sum(step.requests for step in self.steps)

    @property
    def data_points(self) -> int:
        """What Braze bills for it, on contracts that count data points."""
        return sum(step.data_points for step in self.steps)

    def __str__(self) -> str:
        return f"{text_table(_COLUMNS, self._rows())}\n\n{self._time()}"

    def _repr_html_(self) -> str:
        return f"{html_table(_COLUMNS, self._rows())}<p>{self._time()}</p>"

    def _rows(self) -> list[tuple[object, ...]]:
        return [
            (
                "clear attributes" if step.cohort_id is None else "empty cohort",
                ", ".join(step.names)
                if step.cohort_id is None
                else f"{step.names[0]} ({step.cohort_id})",
                step.people,
                step.requests,
                step.data_points,
            )
            for step in self.steps
        ]

    def _time(self) -> str:
        return "; ".join(map(str, self.quotas))


def retire_plan(
    retirement: Retirement, state: SqliteState, clients: Clients, track_limits: TrackLimits
) -> RetirePlan:
    """Count what a retirement takes out of Braze, without sending anything.

    Args:
        retirement: What it is.
        state: The state file, which is read once.
        clients: Would send it.
        track_limits: How many objects a request of ``/users/track`` may hold.

    Raises:
        StateError: The file cannot be read or written.
    """
    members: Counter[str] = Counter()
    holders = points = 0
    for leaving in retirement.people(state):
        members.update(row.cohort_id for row in leaving.cohorts)
        holders += bool(leaving.attributes)
        points += sum(attribute_points(name, None) for name in leaving.attributes)
    steps = [
        RetireStep(
            cohort_id=row.cohort_id,
            names=(row.name or row.key,),
            people=members[row.cohort_id],
            requests=_requests(members[row.cohort_id], limits.COHORT_IDS),
            data_points=0,
        )
        for row in retirement.cohorts
    ]
    size = TrackSize(track_limits)
    if retirement.attributes:
        steps.append(
            RetireStep(
                cohort_id=None,
                names=retirement.attributes,
                people=holders,
                requests=_requests(holders, size.objects),
                data_points=points,
            )
        )
    buckets = Counter[str]()
    for step in steps:
        buckets[size.row.bucket if step.cohort_id is None else _COHORTS] += step.requests
    return RetirePlan(key=retirement.key, steps=tuple(steps), quotas=quotas(buckets, clients))


def _requests(people: int, most: int) -> int:
    return -(-people // most)

"""What a sync can be asked: what is known of people and cohorts, and what became of audiences."""

from __future__ import annotations

from datetime import datetime, timezone
from functools import partial
from typing import TYPE_CHECKING, Final

from braze_engage.errors import ConfigurationError
from braze_engage.sync.keeping_sync import KeepingSync
from braze_engage.sync.known_cohorts import KnownCohort, KnownCohorts
from braze_engage.sync.missing_users import MissingUsers, members_of
from braze_engage.sync.retire_plan import retire_plan
from braze_engage.sync.retiring import Retirement, feed_retirement

if TYPE_CHECKING:
    from braze_engage.sync.lanes import Lane
    from braze_engage.sync.report import Report
    from braze_engage.sync.retire_plan import RetirePlan

__all__ = ["AskingSync"]

_SECOND_NS: Final = 1_000_000_000


class AskingSync(KeepingSync):
    """A sync that answers questions and cleans up behind deleted audiences."""

    _lanes: dict[str, Lane]

    def cohorts(self) -> KnownCohorts:
        """List the cohorts that were written to, with the names they bear in the dashboard.

        With a state file these are all of it, else those that this sync wrote to.

        Raises:
            StateError: The state file cannot be read.
        """
        if self._lasting is None:
            return KnownCohorts(
                KnownCohort(cohort_id=lane.cohort_id, name=lane.name or None, key=lane.key)
                for lane in list(self._lanes.values())
            )
        state = self._lasting.state
        retired = {
            one.id: datetime.fromtimestamp(one.retired_ns // _SECOND_NS, timezone.utc)
            for one in state.computations()
            if one.retired_ns is not None
        }
        return KnownCohorts(
            KnownCohort(
                cohort_id=row.cohort_id,
                name=row.name,
                key=row.key,
                retired_at=retired.get(row.cohort_id),
            )
            for row in state.cohort_rows()
        )

    def missing_users(self, cohort: str) -> MissingUsers:
        """Find the members of a cohort whom Braze does not know, so that it ignored their adds.

        Members are those that the state file knows. Braze is asked while the answer is gone
        through, 50 people a request, within the rate of ``/users/export/ids``.

        Args:
            cohort: Id of the cohort, or a computation key.

        Returns:
            The missing ones, to be gone through as often as you like; each pass asks again and
            may raise what the client raises. The key needs the permission ``users.export.ids``.

        Raises:
            ConfigurationError: There is no state file, no ``rest=``, or no such cohort.
            StateError: The state file cannot be read.
        """
        state = self._with_file("missing_users").state
        rest = self._clients.rest
        if rest is None:
            raise ConfigurationError(
                "missing_users: Braze is asked through the REST API; pass rest=BrazeClient(...)"
            )
        found = [row.cohort_id for row in state.cohort_rows() if cohort in (row.cohort_id, row.key)]
        if not found:
            raise ConfigurationError(
                "missing_users: the state file knows no such cohort; sync.cohorts() lists them"
            )
        return MissingUsers(partial(members_of, state, found), rest)

    def plan_retire(self, key_or_id: str) -> RetirePlan:
        """Tell what `retire` would take out of Braze and what that costs; nothing is sent.

        Args:
            key_or_id: A computation key, or the id of a computation or cohort.

        Returns:
            People, requests and data points, cohort by cohort; it prints as a table.

        Raises:
            ConfigurationError: There is no state file, it knows nothing of that, or a client that
                has to carry it out is missing.
            StateError: The state file cannot be read.
        """
        state, retirement = self._with_file("retire").state, self._retirement(key_or_id)
        return retire_plan(retirement, state, self._clients, self._options.track_limits)

    def retire(self, key_or_id: str) -> Report:
        """Empty the cohort of a deleted audience, or clear the attribute of a deleted computation.

        Everybody leaves of whom the state file knows that they hold something of it; nobody is
        created, and whoever was deleted is left alone. Data points are counted, and no budget
        holds it back: look at `plan_retire` first. What is retired is marked, and a later run
        warns of calls of it that happened afterwards; they go through. Braze offers no way to
        delete the cohort itself; do so in the dashboard.

        A retirement that was interrupted goes on when it is called again.

        Args:
            key_or_id: A computation key, which retires everything under it; or the id of a
                computation or cohort. Of one that was created anew under the same key, the old id
                retires what its calls wrote and no newer one has.

        Returns:
            The report, in which every person counts as one call.

        Raises:
            ConfigurationError: As for `plan_retire`.
            RunStopped: As for `run`; the mark is not set.
        """
        state, retirement = self._with_file("retire").state, self._retirement(key_or_id)
        now_ns = state.now_ns
        report = self._run(partial(feed_retirement, retirement, state, now_ns))
        state.put_computations(retirement.marked(now_ns))
        state.commit()
        return report

    def revive(self, key_or_id: str) -> None:
        """Take back the mark of `retire`, so that no run warns of calls of it any more.

        Args:
            key_or_id: What was given to `retire`.

        Raises:
            ConfigurationError: There is no state file, or it knows nothing of that.
            StateError: The file cannot be read or written.
        """
        state = self._with_file("revive").state
        retirement = Retirement.of(state, self._rules, key_or_id)
        state.put_computations(retirement.marked(None))
        state.commit()

    def _retirement(self, key_or_id: str) -> Retirement:
        state = self._with_file("retire").state
        retirement = Retirement.of(state, self._rules, key_or_id)
        retirement.check(self._clients)
        return retirement

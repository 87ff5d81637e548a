"""A sync that takes full lists: who is in an audience, or who has which value of a trait."""

from __future__ import annotations

from abc import abstractmethod
from contextlib import closing
from typing import TYPE_CHECKING

from braze_engage.errors import ConfigurationError
from braze_engage.sync import reconcile_checks as checks
from braze_engage.sync.full_list import FullList
from braze_engage.sync.id_lists import opened
from braze_engage.sync.list_job import ListJob
from braze_engage.sync.partitions import Spill
from braze_engage.sync.reconcile import Reconcile
from braze_engage.sync.trying_sync import TryingSync

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from braze_engage.sync.assembly import Run
    from braze_engage.sync.decider import Defaults
    from braze_engage.sync.keeping import Keeper
    from braze_engage.sync.lasting import Lasting
    from braze_engage.sync.ledger import Ledger
    from braze_engage.sync.reconcile_counts import ListCounts
    from braze_engage.sync.report import Report
    from braze_engage.sync.watching import Watch, Watching

__all__ = ["ReconcilingSync"]


class ReconcilingSync(TryingSync):
    """A sync that compares full lists with what Braze holds and sends only the difference."""

    _watching: Watching
    _defaults: Defaults

    @abstractmethod
    def _new_run(self, ledger: Ledger, keeper: Keeper, *, watch: Watch) -> Run: ...

    def reconcile(
        self,
        cohort: str,
        *,
        members: Iterable[str],
        name: str | None = None,
        key: str | None = None,
        as_of: datetime | None = None,
        universe: Iterable[str] | None = None,
        max_removed: float | None = None,
    ) -> Report:
        """Bring the full membership of an audience into Braze, sending only what differs.

        The list is compared with the one before, which the state file keeps in files beside it,
        and with what `run` has brought into Braze since. Nothing is sent before the list has come
        to its end. Hand the same list in again after a stop; what was accepted is not sent again.

        The first list of an audience only adds, because nothing is known yet of who is in it in
        Braze, and the report says so. Where ``IDENTIFY`` or ``BOOLEAN`` deliver the audience,
        the difference becomes attributes; nobody comes to be by leaving. No events are sent.

        Args:
            cohort: The id of the audience, which names the cohort.
            members: External ids of everybody in it, in any order; an id may come twice. Any
                iterable of any length, which is read once.
            name: What the cohort is to be called in Braze, unless the rule ``cohort_names`` says
                so; None for what it is called already.
            key: The computation key, by which rules are chosen and which names the attribute.
                None for the one that calls or an earlier list of the audience bore, else `name`.
            as_of: When the list was taken, with a time zone. Of whom a later call is known is left
                alone. It is needed once the state holds calls of the audience.
            universe: External ids of everybody who may be in it, to remove those of them who are
                not in the list. They do not count for `max_removed`.
            max_removed: How many of those whom Braze is known to hold may be removed: a share
                from 0.0 to 1.0, or a number of people. None allows 5 %, and no empty list.

        Returns:
            What became of everybody; ``lists`` counts added, removed and unchanged.

        Raises:
            TypeError: `members` or `universe` is one text, a mapping, an open file, or no
                iterable.
            ConfigurationError: There is no state file, an argument does not fit, a reconcile of
                the audience is under way, or the list removes too many; nothing was sent.
            StateError: The state file cannot be read or written; nothing was sent.
            RunStopped: The list raised or holds something that is no id, so that nothing was
                sent; or as for `run`.
        """
        lasting = self._with_file("reconcile")
        given = FullList(
            members=members,
            name=name,
            key=key,
            as_of=as_of,
            universe=universe,
            max_removed=max_removed,
        )
        with closing(self._spill(lasting)) as spill:
            job = self._job(lasting, spill, checks.cohort_id(cohort), given)
            return self._reconcile(lasting, spill, [job])

    def plan_reconcile(
        self,
        cohort: str,
        *,
        members: Iterable[str],
        name: str | None = None,
        key: str | None = None,
        as_of: datetime | None = None,
        universe: Iterable[str] | None = None,
    ) -> ListCounts:
        """Compare a full list with what Braze holds, without sending anything.

        Args:
            cohort: As for `reconcile`, like everything else.
            members: An iterator can be read only once, so hand a fresh one to `reconcile`.
            name: As for `reconcile`.
            key: As for `reconcile`.
            as_of: As for `reconcile`.
            universe: As for `reconcile`.

        Returns:
            How many would be added and removed at most, since who was deleted, or had a later
            call before the first list, is found when it is sent.

        Raises:
            TypeError: As for `reconcile`.
            ConfigurationError: As for `reconcile`, though no list removes too many.
            StateError: As for `reconcile`.
            RunStopped: The list raised, or holds something that is no id.
        """
        lasting = self._with_file("plan_reconcile")
        given = FullList(members=members, name=name, key=key, as_of=as_of, universe=universe)
        with closing(self._spill(lasting)) as spill:
            job = self._job(lasting, spill, checks.cohort_id(cohort), given)
            reconcile = self._with_jobs(lasting, spill, [job])
            with reconcile.taken():
                reconcile.read()
                reconcile.compare()
                return job.foreseen()

    def reconcile_all(self, lists: Mapping[str, FullList | Iterable[str]]) -> Report:
        """Bring the full memberships of several audiences into Braze, as `reconcile` does.

        Nothing is sent before all lists have come to their ends, and nothing if one is refused.

        Args:
            lists: By the id of the audience, everybody in it: a `FullList`, or external ids alone
                where nothing else has to be said.

        Returns:
            One report; ``lists`` counts for each audience.

        Raises:
            TypeError: As for `reconcile`, or `lists` is no mapping.
            ConfigurationError: As for `reconcile`, or `lists` is empty.
            StateError: As for `reconcile`.
            RunStopped: As for `reconcile`.
        """
        lasting = self._with_file("reconcile_all")
        given = checks.lists(lists)
        with closing(self._spill(lasting)) as spill:
            jobs = [
                self._job(
                    lasting,
                    spill,
                    cohort,
                    one if isinstance(one, FullList) else FullList(members=one),  # type: ignore[arg-type]  # checked when it is opened
                )
                for cohort, one in given.items()
            ]
            return self._reconcile(lasting, spill, jobs)

    def reconcile_traits(
        self,
        rows: Iterable[tuple[str, object]],
        *,
        key: str,
        as_of: datetime | None = None,
        max_removed: float | None = None,
    ) -> Report:
        """Bring all values of a computed trait into Braze, sending only what differs.

        It does for a table what `reconcile` does for a list. Whoever has a value in Braze and
        stands in the table no more loses it, as a null does by the rules.

        Args:
            rows: Pairs of an external id and a JSON value, in any order; of two pairs of one
                person the last one counts. Any iterable of any length, which is read once.
            key: The computation key.
            as_of: As for `reconcile`.
            max_removed: How many may lose their value, as for `reconcile`.

        Returns:
            What became of everybody; ``lists`` counts values written and taken away.

        Raises:
            TypeError: `rows` is one text, a mapping, an open file, or no iterable.
            ConfigurationError: As for `reconcile`.
            StateError: As for `reconcile`.
            RunStopped: As for `reconcile`.
        """
        lasting = self._with_file("reconcile_traits")
        named = checks.text("key", key)
        if named is None:
            raise ConfigurationError("key: got None; give the computation key of the trait")
        with closing(self._spill(lasting)) as spill:
            job = ListJob(
                audience=named,
                key=named,
                cohort=None,
                name=None,
                called=named,
                found=lasting.state.computation_of(named),
                given_as_of=checks.moment(as_of, lasting.state.now_ns),
                most=checks.max_removed(max_removed),
                members=opened(rows, "rows", pairs=True),
                universe=None,
                spill=spill,
            )
            return self._reconcile(lasting, spill, [job])

    def forget_snapshot(self, audience: str) -> None:
        """Forget what is known of who is in an audience, so that the next list is like the first.

        Args:
            audience: Its id, or the key of a computed trait.

        Raises:
            ConfigurationError: There is no state file, or a reconcile of it is under way.
            StateError: The file cannot be written.
        """
        state = self._with_file("forget_snapshot").state
        state.try_again()
        with state.snapshots() as snapshots:
            snapshots.recall()
            snapshots.forget(snapshots.of_audience(checks.cohort_id(audience)))

    def _spill(self, lasting: Lasting) -> Spill:
        lasting.state.try_again()
        with lasting.state.snapshots() as snapshots:
            snapshots.files.prepare()
            return Spill(snapshots.files.directory)

    def _job(self, lasting: Lasting, spill: Spill, cohort: str, given: FullList) -> ListJob:
        state = lasting.state
        name = checks.text("name", given.name)
        known = state.cohort(cohort) or (None, None)
        # of an audience that became attributes only there is no cohort that tells
        found = state.computation(cohort)
        key = checks.text("key", given.key) or known[0] or (found.key if found else name)
        if key is None:
            named, by_rule = self._rules.cohort_name(cohort, cohort)
            if not by_rule:
                raise ConfigurationError(
                    f"name: no call of {cohort!r} is known, so nothing tells what it is called; "
                    "give name= and, where attributes are written, key="
                )
            key = named
        return ListJob(
            audience=cohort,
            key=key,
            cohort=cohort,
            name=name,
            called=name or known[1] or key,
            found=found,
            given_as_of=checks.moment(given.as_of, state.now_ns),
            most=checks.max_removed(given.max_removed),
            members=opened(given.members, "members"),
            universe=None if given.universe is None else opened(given.universe, "universe"),
            spill=spill,
        )

    def _with_jobs(self, lasting: Lasting, spill: Spill, jobs: Sequence[ListJob]) -> Reconcile:
        return Reconcile(lasting, jobs, rules=self._rules, defaults=self._defaults, spill=spill)

    def _reconcile(self, lasting: Lasting, spill: Spill, jobs: Sequence[ListJob]) -> Report:
        reconcile = self._with_jobs(lasting, spill, jobs)
        with reconcile.taken():
            reconcile.read()
            with self._turn():
                lasting.begin(None)
                reconcile.compare()
                reconcile.begin()
                watch = self._watching.begin()
                return reconcile.send(lasting.keeper(None), watch, self._new_run)

"""Takes out of Braze what a deleted audience or trait left there.

Everybody of whom the state file knows something of it is gone through. What Braze accepts is
noted at once, so that whoever is done is not found again, and a retirement that was interrupted
goes on where it was.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import attrs

from braze_engage.engage.audiences import MembershipChange
from braze_engage.engage.calls import OrderKey
from braze_engage.engage.deliveries import Delivery
from braze_engage.engage.profile import attribute_names
from braze_engage.engage.traits import AttributeChange
from braze_engage.errors import ConfigurationError
from braze_engage.sync.decider import Part
from braze_engage.sync.known import attribute_subject, cohort_subject
from braze_engage.sync.state_computations import KnownComputation
from braze_engage.sync.state_holders import LEFT, NULL
from braze_engage.sync.ticket import Ticket

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from braze_engage.engage.identity import Identity
    from braze_engage.engage.rules import EngageRules
    from braze_engage.sync.assembly import Clients, Run
    from braze_engage.sync.sqlite_state import SqliteState
    from braze_engage.sync.state_cohorts import CohortRow
    from braze_engage.sync.state_rows import Entry

__all__ = ["Leaving", "Retirement", "feed_retirement"]

_FALSE: Final = "false"
_NULL: Final = "null"


class Leaving(NamedTuple):
    """What one person has to lose.

    Args:
        identity: Who.
        cohorts: Cohorts to leave.
        attributes: Attributes to clear.
        last_ns: When the newest call of it happened, nanoseconds since 1970 UTC.
    """

    identity: Identity
    cohorts: Sequence[CohortRow]
    attributes: Sequence[str]
    last_ns: int

    def __repr__(self) -> str:
        # not who it is: that is personal data
        return f"Leaving({len(self.cohorts)} cohorts, {len(self.attributes)} attributes)"


@attrs.frozen(kw_only=True)
class Retirement:
    """What is to be taken out of Braze.

    Args:
        name: The key or the id that was given.
        key: The computation key.
        computations: The computations that end by it.
        cohorts: The cohorts that are emptied.
        attributes: The attributes that are cleared.
        before_ns: Only values of calls before this moment are cleared, since a later computation
            writes the same attribute; None for all.
    """

    name: str
    key: str
    computations: tuple[KnownComputation, ...]
    cohorts: tuple[CohortRow, ...]
    attributes: tuple[str, ...]
    before_ns: int | None

    @classmethod
    def of(cls, state: SqliteState, rules: EngageRules, name: object) -> Retirement:
        """Find out what a key or an id stands for.

        Args:
            state: The state file.
            rules: Tell which attributes a computation is written to.
            name: A computation key, or the id of a computation or cohort.

        Raises:
            ConfigurationError: It is no text, or the file knows nothing of it.
            StateError: The file cannot be read or written.
        """
        if not isinstance(name, str) or not name:
            raise ConfigurationError(
                f"retire: got {type(name).__name__}; give a computation key such as 'vip', or the "
                "id of a computation"
            )
        computations, rows = state.computations(), state.cohort_rows()
        attributes = _known_attributes(state, rules, name)
        by_key = [one for one in computations if one.key == name]
        cohorts = [row for row in rows if row.key == name]
        if by_key or cohorts or attributes:
            return cls(
                name=name,
                key=name,
                computations=tuple(by_key),
                cohorts=tuple(cohorts),
                attributes=attributes,
                before_ns=None,
            )
        return cls._by_id(state, rules, name, computations, rows)

    @classmethod
    def _by_id(
        cls,
        state: SqliteState,
        rules: EngageRules,
        name: str,
        computations: Sequence[KnownComputation],
        rows: Sequence[CohortRow],
    ) -> Retirement:
        one = next((one for one in computations if one.id == name), None)
        cohorts = [row for row in rows if row.cohort_id == name]
        if one is None and not cohorts:
            raise ConfigurationError(
                f"retire: the state file knows no computation {name!r}, neither as key nor as id; "
                "sync.cohorts() lists the cohorts it knows"
            )
        key = one.key if one is not None else cohorts[0].key
        later = [
            other.first_ns
            for other in computations
            if one is not None
            and other.key == key
            and other.space_id == one.space_id
            and other.last_ns > one.last_ns
        ]
        return cls(
            name=name,
            key=key,
            computations=() if one is None else (one,),
            cohorts=tuple(cohorts),
            attributes=_known_attributes(state, rules, key),
            before_ns=min(later, default=None),
        )

    def check(self, clients: Clients) -> None:
        """Check that everything can be carried out.

        Args:
            clients: Who carries out what.

        Raises:
            ConfigurationError: A client is missing.
        """
        if self.cohorts and clients.cohorts is None:
            raise ConfigurationError(
                f"retire: {self.name!r} has a cohort, which needs a CohortClient; "
                "pass cohorts=CohortClient(...)"
            )
        if self.attributes and clients.rest is None:
            raise ConfigurationError(
                f"retire: {self.name!r} has attributes, which need a BrazeClient; "
                "pass rest=BrazeClient(...)"
            )

    def people(self, state: SqliteState) -> Iterator[Leaving]:
        """Go through everybody who has something to lose, in flat memory.

        Args:
            state: The state file.

        Raises:
            StateError: The file cannot be read or written.
        """
        cohorts = {cohort_subject(row.cohort_id): row for row in self.cohorts}
        attributes = {attribute_subject(name): name for name in self.attributes}
        for identity, entries in state.holders([*cohorts, *attributes]):
            leaves = {
                subject: entry
                for subject, entry in entries.items()
                if (entry.code != LEFT if subject in cohorts else self._clears(entry))
            }
            if leaves:
                yield Leaving(
                    identity,
                    [row for subject, row in cohorts.items() if subject in leaves],
                    [name for subject, name in attributes.items() if subject in leaves],
                    max(entry.order.time_ns for entry in leaves.values()),
                )

    def _clears(self, entry: Entry) -> bool:
        if entry.code == NULL:
            return False
        return self.before_ns is None or entry.order.time_ns < self.before_ns

    def marked(self, now_ns: int | None) -> list[KnownComputation]:
        """Mark the computations as retired, or as in use.

        Args:
            now_ns: When they were retired, nanoseconds since 1970 UTC; None takes the mark back.
        """
        computations = list(self.computations)
        if not computations:
            cohort_id = self.cohorts[0].cohort_id if self.cohorts else ""
            computations = [
                KnownComputation(id=cohort_id, key=self.key, space_id=None, first_ns=0, last_ns=0)
            ]
        return [attrs.evolve(one, retired_ns=now_ns) for one in computations]


def feed_retirement(
    retirement: Retirement, state: SqliteState, now_ns: int, run: Run, take: Callable[[], int]
) -> None:
    """Hand what is to be taken out of Braze to a run, as a `Feed`; no budget holds it back.

    Args:
        retirement: What it is.
        state: The state file.
        now_ns: The moment, nanoseconds since 1970 UTC; what happened until then is over.
        run: The run.
        take: Counts one item as taken and gives its number.
    """
    run.budget.lift()
    listed_ns = _listed_ns(retirement, state)
    for leaving in retirement.people(state):
        if run.dispatcher.halted:
            return
        at_ns = max(now_ns, listed_ns + 1, leaving.last_ns + 1)
        parts = list(_parts(leaving, retirement.key, at_ns))
        run.dispatcher.offer(parts, Ticket(take(), None, None, len(parts)))


def _known_attributes(state: SqliteState, rules: EngageRules, key: str) -> tuple[str, ...]:
    """Tell which of the attributes that a computation may be written to the file knows."""
    names = attribute_names(rules.profile_fields, key)
    return tuple(name for name in names if state.knows(attribute_subject(name)))


def _listed_ns(retirement: Retirement, state: SqliteState) -> int:
    """Tell when the latest full list of it was taken, which may lie ahead by another clock."""
    names = {retirement.key, *(row.cohort_id for row in retirement.cohorts)}
    names.update(one.id for one in retirement.computations)
    with state.snapshots() as snapshots:
        snapshots.recall()
        numbers = [number for name in names for number in snapshots.of_audience(name)]
        return max((snapshots.subjects[number].as_of or 0 for number in numbers), default=0)


def _parts(leaving: Leaving, key: str, at_ns: int) -> Iterator[Part]:
    identity = leaving.identity
    if leaving.attributes:
        # whoever Braze does not know has nothing to lose, and must not come to be by it
        order = OrderKey(at_ns, at_ns, "", _NULL)
        cleared = dict.fromkeys(leaving.attributes)
        yield Part(
            Delivery.IDENTIFY,
            AttributeChange(
                identity,
                cleared,
                update_existing_only=True,
                merge_objects=frozenset(),
                order=order,
                key=key,
            ),
        )
    for row in leaving.cohorts:
        order = OrderKey(at_ns, at_ns, "", _FALSE)
        name = row.name or row.key
        yield Part(
            Delivery.COHORT,
            MembershipChange(
                row.cohort_id,
                name,
                row.is_explicit,
                identity,
                member=False,
                order=order,
                key=row.key,
            ),
            is_membership=True,
        )

"""One full list on its way: what it is of, who is in it, and what it came to."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Final

import attrs

from braze_engage.engage.deliveries import Delivery
from braze_engage.engage.outcomes import Outcome, Reason
from braze_engage.objects.values import dumps
from braze_engage.sync.comparing import MemberTarget, Target, ValueTarget
from braze_engage.sync.id_lists import IdList
from braze_engage.sync.known import short
from braze_engage.sync.list_calls import ListCalls
from braze_engage.sync.partitions import MARK, PARTS
from braze_engage.sync.reconcile_checks import check_removals, list_time
from braze_engage.sync.reconcile_counts import ListCounts
from braze_engage.sync.ticket import Ticket

if TYPE_CHECKING:
    from collections.abc import Iterator

    from braze_engage.engage.rules import EngageRules
    from braze_engage.sync.decider import Defaults
    from braze_engage.sync.partitions import Spill
    from braze_engage.sync.reconcile_checks import MaxRemoved
    from braze_engage.sync.state_computations import KnownComputation
    from braze_engage.sync.state_members import StoredMembers
    from braze_engage.sync.state_snapshots import Snapshot

__all__ = ["ListJob", "ListTicket"]

_CAME: Final = "came"
_GONE: Final = "gone"
_FIRST: Final = (
    "nothing was known of who is in {audience!r}, so nobody was removed who is not in the list; "
    "pass universe= once with everybody who may be in it"
)
_FIRST_VALUES: Final = (
    "nothing was known of who has a value of {audience!r}, so nobody lost one who is not in the "
    "table"
)


class ListTicket(Ticket):
    """One person whose membership or value differs.

    Args:
        position: How many differed before.
        deliveries: How many deliveries it has.
        job: The list.
        member: Whether they are in it.
    """

    __slots__ = ("job", "member")

    def __init__(self, position: int, deliveries: int, *, job: ListJob, member: bool) -> None:
        super().__init__(position, None, None, deliveries)
        self.job = job
        self.member = member


class ListJob:
    """One full list.

    Args:
        audience: The cohort's id, or the key of a computed trait.
        key: The computation key.
        cohort: The cohort's id; None for a computed trait.
        name: What the cohort is to be called; None where nothing was said.
        called: What it is called in the report.
        found: What is known of the computation; None for nothing.
        given_as_of: When the list was taken, nanoseconds since 1970 UTC; None where nobody said.
        most: How many may be removed.
        members: The items, which are read once.
        universe: Everybody who may be in it; None where nobody said.
        spill: Has room for it.
    """

    def __init__(  # noqa: PLR0913 - what a caller says, by name
        self,
        *,
        audience: str,
        key: str,
        cohort: str | None,
        name: str | None,
        called: str,
        found: KnownComputation | None,
        given_as_of: int | None,
        most: MaxRemoved,
        members: Iterator[object],
        universe: Iterator[object] | None,
        spill: Spill,
    ) -> None:
        self.audience = audience
        self.key = key
        self._cohort, self._name, self._called = cohort, name, called
        self.found = found
        self._given_as_of, self._most, self._spill = given_as_of, most, spill
        self.field = "members" if cohort is not None else "rows"
        self._members, self._universe = members, universe
        self._list = IdList(spill, audience, self.field, with_values=cohort is None)
        self._others = IdList(spill, f"{audience}\0universe", "universe")
        self.snapshots: list[Snapshot] = []
        self.targets: list[Target] = []
        self.as_of = self._handed_in = 0
        self._known, self._removed = Counter[int](), Counter[int]()
        self._listed = self._alone = self._same = self._came = self._gone = self._deleted = 0
        self._ended: Counter[tuple[Outcome, bool]] = Counter()

    @property
    def taken(self) -> int:
        """How many items were read so far."""
        return self._list.taken

    @property
    def is_valued(self) -> bool:
        """Whether people have values; otherwise they are members."""
        return self._cohort is None

    @property
    def is_first(self) -> bool:
        """Whether nothing was known before of what Braze holds."""
        return any(not one.generation for one in self.snapshots)

    def calls(self, rules: EngageRules, defaults: Defaults) -> ListCalls:
        """Give what makes calls of differences.

        Args:
            rules: The rules of the sync.
            defaults: What rules that are None stand for.

        Raises:
            ConfigurationError: The rules lead to no list.
        """
        return ListCalls(
            rules,
            defaults,
            key=self.key,
            cohort=self._cohort,
            name=self._name,
            as_of=self.as_of,
            handed_in=self._handed_in,
            found=self.found,
        )

    def read(self) -> None:
        """Read the list and the universe to their ends.

        Whatever they raise is passed on.

        Raises:
            ConfigurationError: An item is no id.
            StateError: The disk does not take it.
        """
        self._list.read(self._members)
        if self._universe is not None:
            self._others.read(self._universe)

    def date(self, now_ns: int) -> None:
        """Settle when the list was taken.

        Args:
            now_ns: The moment, nanoseconds since 1970 UTC.

        Raises:
            ConfigurationError: Nobody says it though that matters, or a later list is known.
        """
        last = self.found.last_ns if self.found else None
        self.as_of = list_time(self.audience, self._given_as_of, self.snapshots, last, now_ns)
        self._handed_in = max(now_ns, self.as_of)

    def aim(self, state: StoredMembers, calls: ListCalls) -> None:
        """Look what is known of earlier lists.

        Args:
            state: The state file.
            calls: Tell what the list is brought into.

        Raises:
            StateError: The state cannot be read.
        """
        erased = state.erased()
        for snapshot, (_, delivery, value) in zip(self.snapshots, calls.targets(), strict=True):
            if self._cohort is None:
                self.targets.append(ValueTarget(state, snapshot, delivery, erased))
            else:
                inside = state.code_of(short(dumps(value)))
                self.targets.append(MemberTarget(state, snapshot, delivery, inside, erased))

    def compare(self) -> None:
        """Compare the list with what Braze holds.

        Raises:
            StateError: The state cannot be read.
        """
        for part in range(PARTS):
            listed, universe = self._list.part(part), self._others.part(part)
            differ: set[bytes] = set()
            gone: set[bytes] = set()
            alone: set[bytes] = set()
            people = 0
            for number, target in enumerate(self.targets):
                found, people = target.compare(part, listed, universe, self.as_of)
                self._spill.write((self.audience, _CAME, number, part), found.came)
                self._spill.write((self.audience, _GONE, number, part), found.gone)
                self._known[number] += found.known
                self._removed[number] += found.removed
                differ.update(map(_person, found.came))
                gone.update(found.gone)
                alone.update(found.alone)
            alone -= differ | gone
            self._came += len(differ)
            self._gone += len(gone)
            self._listed += people
            self._alone += len(alone)
            here = len(alone.intersection(map(_person, listed))) if alone else 0
            self._same += people - len(differ) - here

    def check(self) -> None:
        """Refuse a list that is empty, or removes more people than it may.

        Raises:
            ConfigurationError: It does.
        """
        worst = max(self._removed, key=lambda number: self._removed[number])
        check_removals(
            self.audience,
            listed=self._listed,
            known=self._known[worst],
            removed=self._removed[worst],
            most=self._most,
            field=self.field,
        )

    def foreseen(self) -> ListCounts:
        """Give what it would come to, as far as the comparison tells."""
        return attrs.evolve(self.counts(), added=self._came, removed=self._gone)

    def differences(self, part: int) -> Iterator[tuple[str, object, bool, Delivery]]:
        """List what differs in one part: who, the value, whether they are listed, and for what.

        Args:
            part: Which.

        Raises:
            StateError: The disk does not give it.
        """
        for kind, member in ((_CAME, True), (_GONE, False)):
            found: dict[bytes, Delivery] = {}
            for number, target in enumerate(self.targets):
                for line in self._spill.read((self.audience, kind, number, part)):
                    found[line] = found.get(line, Delivery.NONE) | target.delivery
            for line, delivery in found.items():
                person, _, value = line.partition(MARK)
                yield person.decode(), json.loads(value) if value else member, member, delivery

    def closed(self, ticket: ListTicket) -> None:
        """Note that a difference has its outcome.

        Args:
            ticket: The difference.
        """
        reason = ticket.reason
        assert reason is not None
        if reason is Reason.PERSON_DELETED:
            self._deleted += 1
        else:
            self._ended[reason.outcome, ticket.member] += 1

    def renew(self, spill: Spill) -> None:
        """Write new snapshots.

        Args:
            spill: Has room for what they take in.

        Raises:
            StateError: The state cannot be read or written.
        """
        for target in self.targets:
            target.renew(self.as_of, spill)

    def warning(self) -> str | None:
        """Say that nothing was known of what Braze holds, where that matters."""
        if not self.is_first or self._universe is not None:
            return None
        text = _FIRST_VALUES if self._cohort is None else _FIRST
        return text.format(audience=self.audience)

    def counts(self) -> ListCounts:
        """Give what it came to so far."""
        ended = self._ended
        done = {Outcome.SENT, Outcome.UNCHANGED, Outcome.SUPERSEDED}
        return ListCounts(
            audience=self.audience,
            name=self._called,
            listed=self._listed,
            added=ended[Outcome.SENT, True],
            removed=ended[Outcome.SENT, False],
            unchanged=self._same + _both(ended, Outcome.UNCHANGED),
            left_alone=self._alone + _both(ended, Outcome.SUPERSEDED),
            deleted=self._deleted,
            not_done=sum(count for (outcome, _), count in ended.items() if outcome not in done),
            is_first=self.is_first,
        )

    def quiet(self) -> dict[Reason, int]:
        """Count those of whom no call was made, by what became of them."""
        return {Reason.SAME_STATE: self._same, Reason.NEWER_KNOWN: self._alone}


def _person(line: bytes) -> bytes:
    return line.partition(MARK)[0]


def _both(ended: Counter[tuple[Outcome, bool]], outcome: Outcome) -> int:
    return ended[outcome, True] + ended[outcome, False]

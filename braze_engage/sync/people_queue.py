"""Attributes and events that wait, person by person."""

from __future__ import annotations

from collections import OrderedDict
from heapq import heappop, heappush
from itertools import chain
from typing import TYPE_CHECKING

from braze_engage.engage.outcomes import Reason
from braze_engage.sync.cutting import TrackCut
from braze_engage.sync.entries import draft
from braze_engage.sync.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from braze_engage.engage.identity import Identity
    from braze_engage.sync.budget import Budget
    from braze_engage.sync.entries import TrackEntry, TrackWaiting
    from braze_engage.sync.ledger import Ledger
    from braze_engage.sync.sending import Finished
    from braze_engage.sync.settling import Settling
    from braze_engage.sync.state import StateStore
    from braze_engage.sync.track_delivery import SendTrack
    from braze_engage.sync.track_size import TrackSize

__all__ = ["PeopleQueue"]


class _Person(list["TrackWaiting"]):
    """What waits for one person; a list itself, since a run makes one for every person."""

    __slots__ = ("busy", "since", "until")

    def __init__(self, until: float) -> None:
        self.since = 0.0
        self.busy = False
        self.until = until


class PeopleQueue:
    """People with something to write; not safe for threads by itself.

    Of one person one request is under way at a time, because Braze keeps no order between
    requests, and the next one waits until that write has settled. A request is filled from many
    people, the ones that wait longest first.

    Args:
        send: Sends entries.
        state: What is remembered.
        ledger: Keeps account.
        budget: Says what may still be spent.
        size: How much a request may hold.
        suppress_repeats: Whether memberships that are known already are left out.
        written: When the next write of each person may follow; it outlives the run.
        linger: Seconds a change waits for others to share its request, and for newer values of
            the same person to replace it.
        surge: How many changes may wait; more go at once.
    """

    def __init__(  # noqa: PLR0913 - collaborators, put together in one place
        self,
        send: SendTrack,
        *,
        state: StateStore,
        ledger: Ledger,
        budget: Budget,
        size: TrackSize,
        suppress_repeats: bool,
        written: Settling,
        linger: float,
        surge: int,
    ) -> None:
        self._send = send
        self._state = state
        self._ledger = ledger
        self._budget = budget
        self._limit = size
        self._suppress = suppress_repeats
        self._written = written
        self._linger = linger
        self._surge = surge
        self._people: dict[Identity, _Person] = {}
        # Those who may be written now; the one that waits longest comes first. A plain dict that
        # loses its first entry again and again would search for the next one.
        self._ready: OrderedDict[Identity, _Person] = OrderedDict()
        # a heap of those who have something waiting
        self._settling: list[tuple[float, Identity]] = []
        self._size = 0
        self.hungry = False

    def offer(self, waiting: TrackWaiting, now: float) -> bool:
        """Take a change in.

        Args:
            waiting: The change.
            now: Monotonic seconds.

        Returns:
            Whether so much waits that some of it should go.
        """
        identity = waiting.change.identity
        person = self._people.get(identity)
        if person is None:
            person = self._people[identity] = _Person(self._written.until(identity))
            if person.until > now:
                heappush(self._settling, (person.until, identity))
        person.append(waiting)
        if identity in self._ready:
            self._size += 1
        elif not person.busy and person.until <= now:
            self._make_ready(identity, person, now)
        return self._size >= self._surge

    def _make_ready(self, identity: Identity, person: _Person, now: float) -> None:
        person.since = now
        self._ready[identity] = person
        self._size += len(person)

    def rounds(self, identity: Identity) -> int:
        """Tell how many writes of a person have to end until all that waits has gone.

        Args:
            identity: The person.
        """
        person = self._people.get(identity)
        return 0 if person is None else person.busy + bool(person)

    def withdraw(self, identity: Identity) -> list[TrackWaiting]:
        """Take out what waits for one person.

        Args:
            identity: The person.
        """
        person = self._people.get(identity)
        if person is None:
            return []
        if self._ready.pop(identity, None) is not None:
            self._size -= len(person)
        waiting = list(person)
        person.clear()
        return waiting

    def start(self, now: float) -> tuple[TrackWork | None, Sequence[tuple[TrackWaiting, Reason]]]:
        """Take out a request's worth of people.

        Args:
            now: Monotonic seconds.
        """
        self._release(now)
        ended: list[tuple[TrackWaiting, Reason]] = []
        cut = TrackCut(self._limit)
        people: list[Identity] = []
        if self._due(now) > now:
            return None, ended
        saved = unchanged = 0
        while self._ready and not cut.is_full:
            identity, person = self._ready.popitem(last=False)
            drafted = draft(person, self._state, suppress_repeats=self._suppress)
            left_out = drafted.unchanged
            if left_out is not None:
                unchanged += left_out.note()
            taken = cut.take(drafted)
            if taken is None:
                self._ready[identity] = person
                self._ready.move_to_end(identity, last=False)
                break
            entries, rest = taken
            self._size -= len(person)
            person[:] = rest
            saved += drafted.saved
            if left_out is not None:
                unchanged += left_out.points
            ended.extend(drafted.ended)
            afforded = entries if self._budget.is_free else self._affordable(entries, ended)
            if afforded:
                person.busy = True
                people.append(identity)
                cut.add(afforded)
            elif rest:
                self._make_ready(identity, person, now)
            else:
                del self._people[identity]
        self._ledger.saved(saved, unchanged=unchanged)
        if not people:
            return None, ended
        return TrackWork(self, people, cut.entries, send=self._send, ledger=self._ledger), ended

    def _affordable(
        self, entries: Sequence[TrackEntry], ended: list[tuple[TrackWaiting, Reason]]
    ) -> Sequence[TrackEntry]:
        afforded: list[TrackEntry] = []
        attributes = [entry for entry in entries if entry.array == "attributes"]
        # a call may stand behind several entries of attributes, so they go together or not at all
        for part in (attributes, *([entry] for entry in entries if entry.array == "events")):
            if self._budget.take(sum(entry.points for entry in part)):
                afforded += part
            else:
                over = {id(one): one for entry in part for one in entry.calls}
                ended.extend((one, Reason.BUDGET) for one in over.values())
        return afforded

    def end(self, people: Iterable[Identity], now: float, *, unspent: int) -> None:
        """Note that nothing of some people is under way any more.

        Args:
            people: Who.
            now: Monotonic seconds.
            unspent: Data points that were taken for them and not spent.
        """
        self._budget.give_back(unspent)
        for identity in people:
            person = self._people[identity]
            self._written.begin(identity, now)
            if not person:
                # whoever comes again is told by `written` how long to wait
                del self._people[identity]
                continue
            person.busy = False
            person.until = self._written.until(identity)
            if person.until > now:
                heappush(self._settling, (person.until, identity))
            else:
                self._make_ready(identity, person, now)

    def _release(self, now: float) -> None:
        while self._settling and self._settling[0][0] <= now:
            until, identity = heappop(self._settling)
            person = self._people.get(identity)
            if person is None or person.busy or person.until != until:
                continue
            if person:
                if identity not in self._ready:
                    self._make_ready(identity, person, now)
            else:
                del self._people[identity]

    def _due(self, now: float) -> float:
        if not self._ready:
            return float("inf")
        if self.hungry or self._size >= self._surge:
            return now
        return next(iter(self._ready.values())).since + self._linger

    def wait(self, now: float, most: float) -> float:
        """Tell how many seconds pass until a request may go.

        Args:
            now: Monotonic seconds.
            most: The answer where nothing waits.
        """
        settled = self._settling[0][0] if self._settling else float("inf")
        return max(min(self._due(now), settled, now + most) - now, 0.0)

    def leave(self) -> Iterator[TrackWaiting]:
        """Take out everything that waits."""
        self._ready.clear()
        self._size = 0
        for person in self._people.values():
            yield from person
            person.clear()


class TrackWork:
    """One request's worth of people.

    Args:
        queue: Where it was taken out.
        people: Who.
        entries: What to send.
        send: Sends entries.
        ledger: Keeps account.

    Attributes:
        waiting: The changes that are sent.
    """

    def __init__(
        self,
        queue: PeopleQueue,
        people: Sequence[Identity],
        entries: Sequence[TrackEntry],
        *,
        send: SendTrack,
        ledger: Ledger,
    ) -> None:
        self._queue = queue
        self.people = people
        # an attribute of an entry and the events of a person may stand for one change
        self.waiting: Sequence[TrackWaiting] = list(
            dict.fromkeys(chain.from_iterable([entry.calls for entry in entries]))
        )
        self._entries = entries
        self._send = send
        self._ledger = ledger
        self._spent = 0

    def send(self, finished: Finished, pause: Callable[[float], bool]) -> None:
        """Send it.

        Args:
            finished: Told of each part as it ends.
            pause: Waits for seconds; false when the run was halted meanwhile.
        """
        tally = Tally(self._entries, finished, self._ledger)
        try:
            self._send(self._entries, tally, pause)
        finally:
            self._spent = tally.spent

    def end(self, now: float) -> None:
        """Note that nothing of it is under way any more.

        Args:
            now: Monotonic seconds.
        """
        reserved = sum(entry.points for entry in self._entries)
        self._queue.end(self.people, now, unspent=reserved - self._spent)

"""What waits for something else of the same person."""

from __future__ import annotations

import heapq
import itertools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from braze_engage.engage.identity import Identity
    from braze_engage.sync.people_queue import PeopleQueue
    from braze_engage.sync.waiting import AnyWaiting

__all__ = ["Following"]


class Following:
    """The barrier between dependent writes to different endpoints; not safe for threads by itself.

    Braze keeps no order between endpoints and advises a gap between calls that depend on each
    other.
    https://www.braze.com/docs/api/endpoints/user_data/post_user_track

    Args:
        people: Attributes and events that wait or are under way; None without a client.
        gap: Seconds from the end of a write until what depends on it may go.
    """

    def __init__(self, people: PeopleQueue | None, gap: float) -> None:
        self._people = people
        self._gap = gap
        self._followers: dict[Identity, list[AnyWaiting]] = {}
        self._later: list[tuple[float, int, AnyWaiting]] = []
        self._order = itertools.count()
        # When the gap after the last write of a person ends; the first ends first.
        self._written: dict[Identity, float] = {}

    def follows(self, waiting: AnyWaiting, now: float) -> bool:
        """Put off what depends on attributes or events of the same person, if there are any.

        Args:
            waiting: What depends on them.
            now: Monotonic seconds.

        Returns:
            Whether it was put off.
        """
        identity: Identity = waiting.change.identity
        if self._people is not None and self._people.is_busy(identity):
            self._followers.setdefault(identity, []).append(waiting)
            return True
        due = self._written.get(identity)
        if due is None or due <= now:
            return False
        self._push(waiting, due)
        return True

    def put_off(self, waiting: AnyWaiting, now: float) -> None:
        """Put off for the gap.

        Args:
            waiting: What depends on something that has just ended.
            now: Monotonic seconds.
        """
        self._push(waiting, now + self._gap)

    def _push(self, waiting: AnyWaiting, due: float) -> None:
        heapq.heappush(self._later, (due, next(self._order), waiting))

    def written(self, identity: Identity, now: float) -> None:
        """Note that a write of a person has ended.

        Args:
            identity: Who.
            now: Monotonic seconds.
        """
        if self._gap:
            self._written.pop(identity, None)
            self._written[identity] = now + self._gap
            while self._written and self._written[first := next(iter(self._written))] <= now:
                del self._written[first]
        for waiting in self._followers.pop(identity, ()):
            self.put_off(waiting, now)

    def released(self, identity: Identity, now: float) -> None:
        """Note that changes of a person ended without being written.

        Args:
            identity: Who.
            now: Monotonic seconds.
        """
        if identity in self._followers and not (self._people and self._people.is_busy(identity)):
            for waiting in self._followers.pop(identity):
                self._push(waiting, now)

    def due(self, now: float) -> Iterator[AnyWaiting]:
        """Take out what may go now.

        Args:
            now: Monotonic seconds.
        """
        while self._later and self._later[0][0] <= now:
            yield heapq.heappop(self._later)[2]

    def wait(self, now: float, most: float) -> float:
        """Tell how many seconds pass until something may go.

        Args:
            now: Monotonic seconds.
            most: The answer where nothing waits.
        """
        return max(self._later[0][0] - now, 0.0) if self._later else most

    def withdraw(self, identity: Identity) -> list[AnyWaiting]:
        """Take out what waits of one person.

        Args:
            identity: Who.
        """
        found = self._followers.pop(identity, [])
        later = [entry for entry in self._later if entry[2].change.identity == identity]
        if later:
            self._later = [entry for entry in self._later if entry[2].change.identity != identity]
            heapq.heapify(self._later)
        return found + [waiting for _, _, waiting in later]

    def leave(self) -> list[AnyWaiting]:
        """Take out everything that waits."""
        left = [waiting for _, _, waiting in self._later]
        left += [waiting for followers in self._followers.values() for waiting in followers]
        self._later, self._followers = [], {}
        return left

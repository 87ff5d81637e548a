"""What waits for something else of the same person."""

from __future__ import annotations

import heapq
import itertools
from typing import TYPE_CHECKING

from braze_engage.engage.deletions import Deletion

if TYPE_CHECKING:
    from collections.abc import Iterator

    from braze_engage.engage.identity import Identity
    from braze_engage.sync.cohort_queue import CohortQueue
    from braze_engage.sync.people_queue import PeopleQueue
    from braze_engage.sync.settling import Recent
    from braze_engage.sync.waiting import AnyWaiting

__all__ = ["Following"]


class _Follower:
    __slots__ = ("rounds", "waiting")

    def __init__(self, waiting: AnyWaiting, rounds: int) -> None:
        self.waiting = waiting
        self.rounds = rounds


class Following:
    """The barrier between dependent writes to different endpoints; not safe for threads by itself.

    Braze keeps no order between endpoints and advises a gap between calls that depend on each
    other. A cohort change follows the attributes and events that wait or are under way when it
    comes, not those that come later, so that nobody who is written all the time keeps it waiting.
    https://www.braze.com/docs/api/endpoints/user_data/post_user_track

    Args:
        people: Attributes and events that wait or are under way; None without a client.
        cohorts: Memberships that wait or are under way; None without a client.
        recent: What ended so recently that what depends on it has to wait.
    """

    def __init__(
        self, people: PeopleQueue | None, cohorts: CohortQueue | None, recent: Recent
    ) -> None:
        self._people = people
        self._cohorts = cohorts
        self._recent = recent
        self._followers: dict[Identity, list[_Follower]] = {}
        self._later: list[tuple[float, int, AnyWaiting, bool]] = []
        # How often each person is among these: most who are withdrawn are not.
        self._put_off: dict[Identity, int] = {}
        self._order = itertools.count()

    @property
    def put_off(self) -> int:
        """How much waits for a gap."""
        return len(self._later)

    def follows(self, waiting: AnyWaiting, now: float) -> bool:
        """Put off a membership or deletion that depends on something else, if it does.

        Args:
            waiting: What may depend on other writes of the same person.
            now: Monotonic seconds.

        Returns:
            Whether it was put off.
        """
        identity: Identity = waiting.change.identity
        rounds = self._rounds(waiting)
        if rounds:
            self._followers.setdefault(identity, []).append(_Follower(waiting, rounds))
            return True
        until = self._recent.followed.until(identity)
        if until > now:
            self._push(waiting, until)
        return until > now

    def after_deletion(self, waiting: AnyWaiting, now: float) -> bool:
        """Put off what is newer than a deletion that has just ended, if there was one.

        Args:
            waiting: Anything of a person.
            now: Monotonic seconds.

        Returns:
            Whether it was put off.
        """
        until = self._recent.deleted.until(waiting.change.identity)
        if until > now:
            self._push(waiting, until, has_followed=False)
        return until > now

    def _rounds(self, waiting: AnyWaiting) -> int:
        """How many writes have to end first."""
        identity: Identity = waiting.change.identity
        rounds = 0 if self._people is None else self._people.rounds(identity)
        if self._cohorts is not None and isinstance(waiting.change, Deletion):
            rounds += self._cohorts.under_way(identity)
        return rounds

    def _push(self, waiting: AnyWaiting, due: float, *, has_followed: bool = True) -> None:
        identity: Identity = waiting.change.identity
        self._put_off[identity] = self._put_off.get(identity, 0) + 1
        heapq.heappush(self._later, (due, next(self._order), waiting, has_followed))

    def written(self, identity: Identity, now: float) -> None:
        """Note that a write of attributes or events of a person has ended.

        Args:
            identity: Who.
            now: Monotonic seconds.
        """
        self._recent.followed.begin(identity, now)
        self._one_less(identity, now, only_deletions=False)

    def changed(self, identity: Identity, now: float) -> None:
        """Note that a write of a membership of a person has ended.

        Args:
            identity: Who.
            now: Monotonic seconds.
        """
        self._one_less(identity, now, only_deletions=True)

    def _one_less(self, identity: Identity, now: float, *, only_deletions: bool) -> None:
        if identity not in self._followers:
            return
        left: list[_Follower] = []
        for follower in self._followers.pop(identity):
            is_deletion = isinstance(follower.waiting.change, Deletion)
            follower.rounds -= is_deletion or not only_deletions
            if follower.rounds:
                left.append(follower)
            else:
                self._push(follower.waiting, now + self._recent.followed.seconds)
        if left:
            self._followers[identity] = left

    def deleted(self, identity: Identity, now: float) -> None:
        """Note that a person was deleted, or may have been.

        Args:
            identity: Who.
            now: Monotonic seconds.
        """
        self._recent.deleted.begin(identity, now)

    def released(self, identity: Identity, now: float) -> None:
        """Note that changes of a person ended without being written.

        Args:
            identity: Who.
            now: Monotonic seconds.
        """
        for follower in self._followers.pop(identity, ()):
            if not self.follows(follower.waiting, now):
                self._push(follower.waiting, now)

    def due(self, now: float) -> Iterator[tuple[AnyWaiting, bool]]:
        """Take out what may go now, each with whether it has followed what it depends on.

        Args:
            now: Monotonic seconds.
        """
        while self._later and self._later[0][0] <= now:
            _, _, waiting, has_followed = heapq.heappop(self._later)
            identity: Identity = waiting.change.identity
            left = self._put_off.pop(identity) - 1
            if left:
                self._put_off[identity] = left
            yield waiting, has_followed

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
        found = [follower.waiting for follower in self._followers.pop(identity, ())]
        later: list[tuple[float, int, AnyWaiting, bool]] = []
        if self._put_off.pop(identity, 0):
            later = [entry for entry in self._later if entry[2].change.identity == identity]
            self._later = [entry for entry in self._later if entry[2].change.identity != identity]
            heapq.heapify(self._later)
        return found + [waiting for _, _, waiting, _ in later]

    def leave(self) -> list[AnyWaiting]:
        """Take out everything that waits."""
        left = [waiting for _, _, waiting, _ in self._later]
        left += [one.waiting for followers in self._followers.values() for one in followers]
        self._later, self._followers, self._put_off = [], {}, {}
        return left

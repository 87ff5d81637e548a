"""Until when what was written has to be left alone."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from braze_engage.engage.identity import Identity

__all__ = ["Recent", "Settling"]

_LONG_AGO: Final = float("-inf")


class Settling:
    """People for whom something ended so recently that the next thing has to wait.

    Args:
        seconds: How long; 0 for no wait.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._until: dict[Identity, float] = {}
        # The first to be over comes first; of who begins anew only the last one counts.
        self._ends: deque[tuple[float, Identity]] = deque()

    def begin(self, identity: Identity, now: float) -> None:
        """Note that something of a person has just ended.

        Args:
            identity: Who.
            now: Monotonic seconds.
        """
        if self.seconds <= 0:
            return
        until = now + self.seconds
        self._until[identity] = until
        self._ends.append((until, identity))
        while self._ends[0][0] <= now:
            ended, over = self._ends.popleft()
            if self._until.get(over) == ended:
                del self._until[over]

    def until(self, identity: Identity) -> float:
        """Tell when a person's wait is over, monotonic seconds; long ago without one.

        Args:
            identity: Who.
        """
        return self._until.get(identity, _LONG_AGO)


class Recent(NamedTuple):
    """What settles; it outlives a run, since the next one may begin at once.

    Args:
        written: Until the next write of a person to the same endpoint.
        followed: From a write until what depends on it at another endpoint.
        deleted: From a deletion until anything newer of the person.
    """

    written: Settling
    followed: Settling
    deleted: Settling

    @classmethod
    def of(cls, *, settle: float, gap: float) -> Recent:
        """Begin with nothing that settles.

        Args:
            settle: Seconds between two writes of one person.
            gap: Seconds between dependent writes to different endpoints.
        """
        return cls(Settling(settle), Settling(gap), Settling(gap))

"""Which lane is to be served next."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from braze_engage.sync.lanes import Lane

__all__ = ["LaneQueue"]


class LaneQueue:
    """Lanes with something to send and nothing under way; not safe for threads by itself.

    Finding the next lane costs the same whether there are ten or ten thousand.

    Args:
        size: Changes that fill a request.
        linger: Seconds a change waits for others to share its request.
    """

    def __init__(self, size: int, linger: float) -> None:
        self._size = size
        self._linger = linger
        # The one that waits longest comes first.
        self._waiting: dict[str, Lane] = {}
        self._full: dict[str, Lane] = {}
        self.hungry = False

    def __iter__(self) -> Iterator[Lane]:
        return iter(list(self._waiting.values()))

    def add(self, lane: Lane) -> bool:
        """Take a lane in, if it has something to send and nothing under way.

        Args:
            lane: The lane.

        Returns:
            Whether it fills a request.
        """
        if not lane.pending or lane.in_flight:
            return False
        self._waiting.setdefault(lane.cohort_id, lane)
        if len(lane.pending) < self._size:
            return False
        self._full[lane.cohort_id] = lane
        return True

    def remove(self, lane: Lane) -> None:
        """Take a lane out.

        Args:
            lane: The lane.
        """
        self._waiting.pop(lane.cohort_id, None)
        self._full.pop(lane.cohort_id, None)

    def due(self, now: float) -> Lane | None:
        """Return a lane to serve now, the full ones first.

        Args:
            now: Monotonic seconds.
        """
        for lane in self._full.values():
            if lane.not_before <= now:
                return lane
        return next((lane for lane, due in self._soonest() if due <= now), None)

    def wait(self, now: float, most: float) -> float:
        """Tell how many seconds pass until a lane is due.

        Args:
            now: Monotonic seconds.
            most: The answer where there is none.
        """
        return min((max(due - now, 0.0) for _, due in self._soonest()), default=most)

    def _soonest(self) -> Iterator[tuple[Lane, float]]:
        """Yield lanes that settle, and the first of the others: the rest waited less long."""
        for lane in self._waiting.values():
            due = lane.due(self._size, self._linger, hungry=self.hungry)
            if due is not None:
                yield lane, due
                if due > lane.not_before:
                    return

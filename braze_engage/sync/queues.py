"""The queues of a run, each with its turn."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from braze_engage.sync.sending import Queue
    from braze_engage.sync.waiting import AnyWaiting

__all__ = ["Queues"]


class Queues:
    """All queues of a run; not safe for threads by itself.

    Args:
        queues: In the order of their first turns; None for one there is not.
    """

    def __init__(self, *queues: Queue | None) -> None:
        self._queues: deque[Queue] = deque(queue for queue in queues if queue is not None)

    @property
    def hungry(self) -> bool:
        """Whether to send whatever there is, without waiting for more to share a request."""
        return any(queue.hungry for queue in self._queues)

    @hungry.setter
    def hungry(self, hungry: bool) -> None:
        for queue in self._queues:
            queue.hungry = hungry

    def turns(self) -> Iterator[Queue]:
        """Give each its turn; who had one last comes last the next time."""
        for _ in range(len(self._queues)):
            self._queues.rotate(-1)
            yield self._queues[-1]

    def wait(self, now: float, most: float) -> float:
        """Tell how many seconds pass until something may go.

        Args:
            now: Monotonic seconds.
            most: The answer where nothing waits.
        """
        return min((queue.wait(now, most) for queue in self._queues), default=most)

    def leave(self) -> list[AnyWaiting]:
        """Take out everything that waits."""
        return [waiting for queue in self._queues for waiting in queue.leave()]

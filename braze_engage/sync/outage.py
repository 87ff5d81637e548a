"""Whether a host is out of reach: one request asks, the others wait for its answer."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from typing import TYPE_CHECKING, Final

from braze_engage.operation.summing import Summing

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["ASK_EVERY", "Outage"]

_LOG: Final = logging.getLogger("braze_engage.waits")
ASK_EVERY: Final = 30.0
_DOWN_AFTER: Final = 3
"""Failures in a row after which nothing is sent any more but what asks; a single one may be the
fault of its request."""
_TICK: Final = 0.2


class Outage:
    """An outage of one host, over when it answers anything; safe to share by threads.

    Those who failed stand in line; the first asks by sending again, and when that fails, goes to
    the end, so that one request that always fails does not keep the others from finding out that
    the host is back.

    Args:
        patience: Seconds it may last.
        every: Seconds between two attempts to find out.
        monotonic: The clock for waiting.
        now: The clock of the world, seconds since the epoch.
    """

    def __init__(
        self,
        patience: float,
        *,
        every: float = ASK_EVERY,
        monotonic: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.since: float | None = None
        self._patience = patience
        self._every = every
        self._monotonic = monotonic
        self._now = now
        self._changed = threading.Condition()
        self._line: deque[object] = deque()
        self._failures = 0
        self._began = 0.0
        self._ask_at = 0.0
        self._told = Summing(_LOG, monotonic=monotonic)

    def admit(self, who: object, pause: Callable[[float], bool]) -> bool:
        """Wait until a request may be sent; false when the run was halted meanwhile.

        Args:
            who: Stands for the request, whatever number of times it is sent.
            pause: Waits for seconds; false when the run was halted meanwhile.
        """
        if not self._failures:
            return True
        with self._changed:
            if who not in self._line:
                if self._failures < _DOWN_AFTER:
                    return True
                self._line.append(who)
            while self._line and self._line[0] is not who:
                self._changed.wait(_TICK)
                if not pause(0.0):
                    return False
                if who not in self._line:
                    return True  # the host is back
            wait = self._ask_at - self._monotonic() if self._line else 0.0
        return wait <= 0 or pause(wait)

    def answered(self) -> None:
        """Learn that the host answered."""
        if not self._failures:
            return
        with self._changed:
            if self._failures >= _DOWN_AFTER:
                _LOG.info("Braze is back after %.0f s", self._monotonic() - self._began)
            self._failures, self.since = 0, None
            self._line.clear()
            self._changed.notify_all()

    def failed(self, who: object, what: str) -> float:
        """Learn that a request failed, and tell for how many seconds to be patient yet.

        Args:
            who: Stands for the request.
            what: What failed, without words of Braze.
        """
        with self._changed:
            now = self._monotonic()
            if not self._failures:
                self._began, self.since = now, self._now()
            self._failures += 1
            left = self._patience - (now - self._began)
            asked = not self._line or self._line[0] is who
            if who in self._line:
                self._line.remove(who)
            self._line.append(who)
            if asked:
                self._ask_at = now + min(self._every, max(left, 0.0))
            self._changed.notify_all()
        self._told.note(f"{what}; asking again every {self._every:.0f} s")
        return left

    def leave(self, who: object) -> None:
        """Forget a request that is sent no more.

        Args:
            who: Stands for the request.
        """
        if not self._line:
            return
        with self._changed:
            if who in self._line:
                self._line.remove(who)
                self._changed.notify_all()

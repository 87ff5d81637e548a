"""One rate pool: when its next request may leave."""

from __future__ import annotations

import math
import threading
from typing import TYPE_CHECKING, Final

from braze_engage._http.burst import Burst
from braze_engage._http.headers import RateNote

if TYPE_CHECKING:
    from collections.abc import Mapping

    from braze_engage._http.retry import Clock

__all__ = ["RatePool"]

_HOUR: Final = 3_600
_FIRST: Final = 4
"""Requests under way before the first answer tells what the contract allows."""
_OUTAGE: Final = 8
"""Failures in a row after which the pool begins anew with few."""
_SLACK: Final = 1.5
"""Seconds by which two answers may differ on when the same window ends."""
_TICK: Final = 1.0
_SERVER_ERROR: Final = 500


class RatePool:
    """Paces the requests that share one quota of Braze; safe to share by threads.

    Args:
        clock: Tells the time.
        burst: Requests in a number of seconds; None where no short window is known.
        hourly: Requests in a clock hour, counted here; None where headers tell.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        burst: tuple[int, float] | None = None,
        hourly: int | None = None,
    ) -> None:
        self._clock = clock
        self._changed = threading.Condition(threading.Lock())
        self._burst: Burst | None = None
        self._hourly: int | None = None
        self._closed_until = -math.inf  # monotonic, so that a set clock does no harm
        self._hour = 0
        self._sent = 0
        self._window = _Window()
        self._under_way = 0
        self._wide = _FIRST
        self._failed = 0
        self.configure(burst=burst, hourly=hourly)

    def configure(
        self, *, burst: tuple[int, float] | None = None, hourly: int | None = None
    ) -> None:
        """State figures of the contract; what is left out stays as it is.

        Args:
            burst: Requests in a number of seconds.
            hourly: Requests in a clock hour.
        """
        with self._changed:
            if burst is not None:
                self._burst = Burst(*burst)
            if hourly is not None:
                self._hourly = hourly

    def wait_for(self, share: float = 1.0) -> float:
        """Tell the seconds until the pool is open; 0 when it is.

        Args:
            share: The part of the quota the asker may use, up to 1.
        """
        with self._changed:
            return self._wait(share)

    def take(self, share: float = 1.0) -> float:
        """Count one request if the pool is open, else tell the seconds until it is.

        While so many requests are under way that their answers decide, this waits for one of them.
        Whoever is let through calls `done` afterwards, whatever happened.

        Args:
            share: The part of the quota the asker may use, up to 1.

        Returns:
            0 when the request may be sent now, otherwise how long to wait before asking again.
        """
        with self._changed:
            while not (wait := self._wait(share)) and self._under_way >= self._room(share):
                self._changed.wait(_TICK)
            if wait:
                return wait
            self._under_way += 1
            if self._burst is not None:
                self._burst.count(self._clock.monotonic())
            if self._hourly is not None:
                hour = self._clock_hour()
                self._sent = self._sent + 1 if hour == self._hour else 1
                self._hour = hour
            return 0.0

    def done(self) -> None:
        """Learn that a request that was let through is no longer under way."""
        with self._changed:
            self._under_way -= 1
            self._changed.notify_all()

    def note(self, status: int, headers: Mapping[str, str]) -> float | None:
        """Learn from an answer.

        A 429 closes the pool for the time it asks for, any answer that reports nothing remaining
        closes it until the reset. A wait asked for by another refusal concerns that call alone.

        Args:
            status: HTTP status.
            headers: Under lower-case names.

        Returns:
            Seconds Braze asks this call to wait before it is repeated; None when it does not say.
        """
        said = RateNote.read(status, headers, self._clock.now())
        with self._changed:
            now = self._clock.monotonic()
            if said.refused:
                self._refuse(said, now)
            elif status < _SERVER_ERROR:
                self._accept(now)
            else:
                self._fail()
            self._window.note(said, now)
            if said.closed:
                self._closed_until = max(now + said.closed, self._closed_until)
        return said.asked

    def failed(self) -> None:
        """Learn that no answer came."""
        with self._changed:
            self._fail()

    def _accept(self, now: float) -> None:
        self._failed = 0
        self._wide += 1
        if self._burst is not None:
            self._burst.accepted(now)

    def _fail(self) -> None:
        self._failed += 1
        if self._failed >= _OUTAGE:
            self._wide = _FIRST

    def _refuse(self, said: RateNote, now: float) -> None:
        # One dialect refuses without naming the window. While the hour is known to have requests
        # left, and with a wait this short, it is the burst.
        known = 0 < self._window.left(now, 1.0) < math.inf
        if self._burst is None or said.own is None or said.remaining is not None or not known:
            return
        if said.own <= self._burst.seconds + 1:
            self._burst.refused(now)

    def _wait(self, share: float) -> float:
        now = self._clock.monotonic()
        wait = max(0.0, self._closed_until - now)
        if self._hourly is not None and self._sent >= max(1, int(self._hourly * share)):
            hour = self._clock.now() % _HOUR
            if self._hour == self._clock_hour():
                wait = max(wait, _HOUR - hour)
        if self._window.left(now, share) <= 0:
            wait = max(wait, self._window.ends - now)
        if self._burst is not None:
            wait = max(wait, self._burst.wait(now, share))
        return wait

    def _room(self, share: float) -> float:
        """Tell how many requests may be under way."""
        left = self._window.left(self._clock.monotonic(), share)
        return left if self._burst is None else min(left, self._wide)

    def _clock_hour(self) -> int:
        return int(self._clock.now() // _HOUR)


class _Window:
    """The window that headers report, and what is left of it."""

    def __init__(self) -> None:
        self.ends = -math.inf
        self._limit = 0.0
        self._remaining = math.inf

    def note(self, said: RateNote, now: float) -> None:
        if said.remaining is None or not said.reset:
            return
        ends = now + said.reset
        if now >= self.ends or ends > self.ends + _SLACK:
            self.ends, self._remaining = ends, math.inf
        # Answers overtake each other, and what remains only gets less.
        self._remaining = min(self._remaining, said.remaining)
        self._limit = max(said.limit or 0.0, said.remaining)

    def left(self, now: float, share: float) -> float:
        """Requests left for somebody who leaves the rest of the limit to others."""
        if now >= self.ends:
            return math.inf
        return self._remaining - math.ceil(self._limit * (1.0 - share))

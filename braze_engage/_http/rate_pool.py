"""One rate pool: when its next request may leave."""

from __future__ import annotations

import math
import threading
from typing import TYPE_CHECKING, Final

from braze_engage._http.burst import Burst
from braze_engage._http.headers import RateNote
from braze_engage._http.width import Width

if TYPE_CHECKING:
    from collections.abc import Mapping

    from braze_engage._http.retry import Clock

__all__ = ["RatePool"]

_HOUR: Final = 3_600
_SLACK: Final = 1.5
"""Seconds by which two answers may differ on when the same window ends."""
_TICK: Final = 1.0
_SHORT: Final = 60.0
"""A reserve is kept of a window that ends sooner only where real-time calls came so lately: it
begins anew before anybody could miss it."""
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
        self._width = Width() if burst is not None else Width(math.inf)
        self._realtime = -math.inf
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

    def take(self, share: float = 1.0, ends: float = math.inf) -> float:
        """Count one request if the pool is open, else tell the seconds until it is.

        While so many requests are under way that their answers decide, this waits for one of them.
        Whoever is let through calls `done` afterwards, whatever happened.

        Args:
            share: The part of the quota the asker may use, up to 1.
            ends: Until when to wait for others, by the monotonic clock.

        Returns:
            0 when the request may be sent now, otherwise how long to wait before asking again;
            infinity where others were under way until the end.
        """
        with self._changed:
            if share >= 1:
                self._realtime = self._clock.monotonic()
            while not (wait := self._wait(share)) and self._under_way >= self._room(share):
                if self._clock.monotonic() >= ends:
                    return math.inf
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
            # One ended, and one more may be under way than before; waking all costs more than it
            # brings, since most of them would find no room.
            self._changed.notify(2)

    def note(
        self, status: int, headers: Mapping[str, str], sent: float | None = None
    ) -> float | None:
        """Learn from an answer.

        A 429 closes the pool for the time it asks for, any answer that reports nothing remaining
        closes it until the reset. A wait asked for by another refusal concerns that call alone.

        Args:
            status: HTTP status.
            headers: Under lower-case names.
            sent: When its request left, by the monotonic clock; None where nobody looked.

        Returns:
            Seconds Braze asks this call to wait before it is repeated; None when it does not say.
        """
        said = RateNote.read(status, headers, self._clock.now())
        with self._changed:
            now = self._clock.monotonic()
            took = None if sent is None else now - sent
            if said.refused:
                self._width.refused(self._under_way)
                self._refuse(said, now)
            elif status < _SERVER_ERROR:
                self._width.accepted(took, self._under_way)
                if self._burst is not None:
                    self._burst.accepted(now)
            else:
                self._width.failed()
            self._window.note(said, now, took or 0.0)
            if said.closed:
                self._closed_until = max(now + said.closed, self._closed_until)
        return said.asked

    def failed(self) -> None:
        """Learn that no answer came."""
        with self._changed:
            self._width.failed()

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
        if self._left(now, share) <= 0:
            wait = max(wait, self._window.ends - now)
        if self._burst is not None:
            wait = max(wait, self._burst.wait(now, self._short_share(now, share)))
        return wait

    def _room(self, share: float) -> float:
        """Tell how many requests may be under way."""
        return min(self._left(self._clock.monotonic(), share), self._width.limit)

    def _left(self, now: float, share: float) -> float:
        is_short = self._window.ends - now <= _SHORT
        return self._window.left(now, self._short_share(now, share) if is_short else share)

    def _short_share(self, now: float, share: float) -> float:
        return share if now - self._realtime < _SHORT else 1.0

    def _clock_hour(self) -> int:
        return int(self._clock.now() // _HOUR)


class _Window:
    """The window that headers report, and what is left of it."""

    def __init__(self) -> None:
        self.ends = -math.inf
        self._limit = 0.0
        self._remaining = math.inf

    def note(self, said: RateNote, now: float, took: float) -> None:
        if said.remaining is None or not said.reset:
            return
        ends = now + said.reset
        # Seconds left were counted while the answer was on its way, so one that was late must not
        # pass for the first answer of a later window.
        if now >= self.ends or ends - took > self.ends + _SLACK:
            self.ends, self._remaining = ends, math.inf
        # Answers overtake each other, and what remains only gets less.
        self._remaining = min(self._remaining, said.remaining)
        self._limit = max(said.limit or 0.0, said.remaining)

    def left(self, now: float, share: float) -> float:
        """Requests left for somebody who leaves the rest of the limit to others."""
        if now >= self.ends:
            return math.inf
        return self._remaining - math.ceil(self._limit * (1.0 - share))

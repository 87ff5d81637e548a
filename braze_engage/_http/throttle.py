"""Rate pools: what the headers of Braze's answers say about when to send next.

Braze speaks two dialects on one host: ``X-RateLimit-Reset`` is an epoch on most contracts and
seconds left on others, where a 429 carries ``X-Ratelimit-Retry-After`` instead. Windows are fixed
clock periods, so backing off blindly meets the same wall until the period turns.

https://www.braze.com/docs/api/api_limits
"""

from __future__ import annotations

import math
import threading
from datetime import timezone
from email.utils import parsedate_to_datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from braze_engage import limits
from braze_engage._http.retry import SystemClock

if TYPE_CHECKING:
    from collections.abc import Mapping

    from braze_engage._http.retry import Clock

__all__ = ["HOURLY_REQUESTS", "Throttle"]

HOURLY_REQUESTS: Final[Mapping[str, int]] = MappingProxyType(
    {"partner_cohorts": limits.COHORT_REQUESTS_PER_HOUR}
)
"""Pools Braze reports in no header: requests per clock hour, counted here."""

_TOO_MANY_REQUESTS = 429
_HOUR = 3_600
_SMALLEST_EPOCH = 1_000_000_000
_LONGEST_WAIT = 2 * 24 * _HOUR
"""Braze's longest window is a day; a header that asks for more is garbage."""


class Throttle:
    """Knows, per rate pool, how long to wait before the next request; safe to share by threads.

    Args:
        clock: Tells the time; None for the machine's.
        hourly: Pool -> requests per clock hour, for pools that are counted on this side.
    """

    def __init__(
        self, clock: Clock | None = None, *, hourly: Mapping[str, int] = HOURLY_REQUESTS
    ) -> None:
        self._clock = SystemClock() if clock is None else clock
        self._hourly = hourly
        self._lock = threading.Lock()
        self._closed_until: dict[str, float] = {}  # monotonic, so that a set clock does no harm
        self._sent: dict[str, tuple[int, int]] = {}  # clock hour, requests in it

    def wait_for(self, bucket: str) -> float:
        """Tell the seconds until the pool is open; 0 when it is.

        Args:
            bucket: The rate pool.
        """
        with self._lock:
            return self._wait(bucket)

    def take(self, bucket: str) -> float:
        """Count one request if the pool is open, else tell the seconds until it is.

        Args:
            bucket: The rate pool.

        Returns:
            0 when the request may be sent now, otherwise how long to wait before asking again.
        """
        with self._lock:
            wait = self._wait(bucket)
            if not wait and bucket in self._hourly:
                self._sent[bucket] = (self._hour(), self._sent_this_hour(bucket) + 1)
            return wait

    def note(self, bucket: str, status: int, headers: Mapping[str, str]) -> float | None:
        """Learn from an answer.

        A 429 closes the pool for the time it asks for, any answer that reports nothing remaining
        closes it until the reset. A wait asked for by another refusal concerns that call alone.

        Args:
            bucket: The rate pool.
            status: HTTP status.
            headers: Under lower-case names.

        Returns:
            Seconds Braze asks this call to wait before it is repeated; None when it does not say.
        """
        now = self._clock.now()
        asked = _seconds(headers.get("x-ratelimit-retry-after"), now)
        if asked is None:
            asked = _seconds_or_date(headers.get("retry-after"), now)
        reset = _seconds(headers.get("x-ratelimit-reset"), now)
        remaining = _number(headers.get("x-ratelimit-remaining"))
        spent = remaining is not None and remaining <= 0
        closed = reset if spent else None
        if status == _TOO_MANY_REQUESTS:
            # With requests remaining, the window that refused is not the one reset speaks of: a
            # burst limit, or a segment export that is still running.
            if asked is None and (spent or remaining is None):
                asked = reset
            closed = max(asked or 0.0, closed or 0.0)
        if closed:
            self._close(bucket, closed)
        return asked

    def _close(self, bucket: str, seconds: float) -> None:
        with self._lock:
            until = self._clock.monotonic() + seconds
            self._closed_until[bucket] = max(until, self._closed_until.get(bucket, until))

    def _wait(self, bucket: str) -> float:
        wait = 0.0
        until = self._closed_until.get(bucket)
        if until is not None:
            wait = until - self._clock.monotonic()
            if wait <= 0:
                del self._closed_until[bucket]
                wait = 0.0
        quota = self._hourly.get(bucket)
        if quota is not None and self._sent_this_hour(bucket) >= quota:
            wait = max(wait, _HOUR - self._clock.now() % _HOUR)
        return wait

    def _hour(self) -> int:
        return int(self._clock.now() // _HOUR)

    def _sent_this_hour(self, bucket: str) -> int:
        hour, sent = self._sent.get(bucket, (0, 0))
        return sent if hour == self._hour() else 0


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _seconds(text: str | None, now: float) -> float | None:
    """Read a header as seconds from now; a large number is an epoch."""
    number = _number(text)
    if number is None:
        return None
    return _sensible(number - now if number > _SMALLEST_EPOCH else number)


def _seconds_or_date(text: str | None, now: float) -> float | None:
    if _number(text) is not None:
        return _seconds(text, now)
    try:
        moment = parsedate_to_datetime(text or "")
    except (ValueError, TypeError, OverflowError):  # which one depends on the version of Python
        return None
    moment = moment.replace(tzinfo=moment.tzinfo or timezone.utc)
    return _sensible(moment.timestamp() - now)


def _sensible(seconds: float) -> float | None:
    return max(0.0, seconds) if seconds <= _LONGEST_WAIT else None

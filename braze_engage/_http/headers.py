"""What the headers of an answer say about rates, in both dialects of Braze.

``X-RateLimit-Reset`` is an epoch on most contracts and seconds left on others, where a 429 carries
``X-Ratelimit-Retry-After`` in place of the other three.

https://www.braze.com/docs/api/api_limits
"""

from __future__ import annotations

import math
from datetime import timezone
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final

import attrs

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["TOO_MANY_REQUESTS", "RateNote"]

TOO_MANY_REQUESTS: Final = 429

_SMALLEST_EPOCH = 1_000_000_000
_LONGEST_WAIT = 2 * 24 * 3_600
"""Braze's longest window is a day; a header that asks for more is garbage."""


@attrs.frozen(kw_only=True)
class RateNote:
    """What one answer says; None stands for what it leaves out.

    Args:
        status: HTTP status.
        own: Seconds its ``X-Ratelimit-Retry-After`` asks for.
        standard: Seconds its ``Retry-After`` asks for.
        limit: Requests of the window.
        remaining: Requests left in it.
        reset: Seconds until it begins anew.
    """

    status: int
    own: float | None
    standard: float | None
    limit: float | None
    remaining: float | None
    reset: float | None

    @classmethod
    def read(cls, status: int, headers: Mapping[str, str], now: float) -> RateNote:
        """Read the headers of an answer; what is garbage counts as left out.

        Args:
            status: HTTP status.
            headers: Under lower-case names.
            now: Seconds since the epoch.
        """
        return cls(
            status=status,
            own=_seconds(headers.get("x-ratelimit-retry-after"), now),
            standard=_seconds_or_date(headers.get("retry-after"), now),
            limit=_number(headers.get("x-ratelimit-limit")),
            remaining=_number(headers.get("x-ratelimit-remaining")),
            reset=_seconds(headers.get("x-ratelimit-reset"), now),
        )

    @property
    def spent(self) -> bool:
        """Whether nothing of the window remains."""
        return self.remaining is not None and self.remaining <= 0

    @property
    def refused(self) -> bool:
        """Whether the request was one too many."""
        return self.status == TOO_MANY_REQUESTS

    @property
    def asked(self) -> float | None:
        """Seconds Braze asks this call to wait before it is repeated."""
        asked = self.standard if self.own is None else self.own
        # With requests remaining, the window that refused is not the one reset speaks of: a burst
        # limit, or a segment export that is still running.
        if asked is None and self.refused and (self.spent or self.remaining is None):
            return self.reset
        return asked

    @property
    def closed(self) -> float:
        """Seconds for which nothing more of the pool should be sent."""
        until_reset = (self.reset or 0.0) if self.spent else 0.0
        return max((self.asked or 0.0) if self.refused else 0.0, until_reset)


def _number(text: str | None) -> float | None:
    if text is None:
        return None
    try:
        number = float(text)
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
    if text is None or _number(text) is not None:
        return _seconds(text, now)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):  # which one depends on the version of Python
        return None
    moment = moment.replace(tzinfo=moment.tzinfo or timezone.utc)
    return _sensible(moment.timestamp() - now)


def _sensible(seconds: float) -> float | None:
    return max(0.0, seconds) if seconds <= _LONGEST_WAIT else None

"""How late calls come, computation by computation."""

from __future__ import annotations

from typing import Final

from braze_engage.engage.times import SECOND_NS
from braze_engage.sync.counts import Lag

__all__ = ["Lags"]

_KEYS_WATCHED: Final = 10_000


class _Sum:
    __slots__ = ("count", "most", "total")

    def __init__(self) -> None:
        self.count = self.total = self.most = 0

    def add(self, nanoseconds: int) -> None:
        if nanoseconds > self.most or not self.count:
            self.most = nanoseconds
        self.total += nanoseconds
        self.count += 1

    @property
    def mean_seconds(self) -> float | None:
        return self.total / self.count / SECOND_NS if self.count else None

    @property
    def most_seconds(self) -> float | None:
        return self.most / SECOND_NS if self.count else None


class _OfKey:
    __slots__ = ("calls", "received", "sent", "stale")

    def __init__(self) -> None:
        self.calls = self.stale = 0
        self.received = _Sum()
        self.sent = _Sum()


class Lags:
    """Sums by computation key, of the first 10,000 keys; not safe for threads by itself."""

    def __init__(self) -> None:
        self._keys: dict[str, _OfKey] = {}

    def came(self, key: str, time_ns: int, received_ns: int | None, *, is_stale: bool) -> None:
        """Note a call.

        Args:
            key: The computation key.
            time_ns: When it happened, nanoseconds since 1970 UTC.
            received_ns: When it was received, None where the call does not say.
            is_stale: Whether it is older than expected.
        """
        sums = self._keys.get(key)
        if sums is None:
            if len(self._keys) >= _KEYS_WATCHED:
                return
            sums = self._keys[key] = _OfKey()
        sums.calls += 1
        sums.stale += is_stale
        if received_ns is not None:
            sums.received.add(received_ns - time_ns)

    def sent(self, key: str, time_ns: int, now_ns: int) -> None:
        """Note that Braze accepted a call.

        Args:
            key: The computation key.
            time_ns: When it happened, nanoseconds since 1970 UTC.
            now_ns: The moment, nanoseconds since 1970 UTC.
        """
        sums = self._keys.get(key)
        if sums is not None:
            sums.sent.add(now_ns - time_ns)

    def listed(self) -> tuple[Lag, ...]:
        """List what was noted, by key."""
        return tuple(
            Lag(
                key=key,
                calls=sums.calls,
                received_mean=sums.received.mean_seconds,
                received_max=sums.received.most_seconds,
                sent_mean=sums.sent.mean_seconds,
                sent_max=sums.sent.most_seconds,
                stale=sums.stale,
            )
            # sorted takes the pairs at once, since the reading thread may add keys meanwhile
            for key, sums in sorted(self._keys.items())
        )

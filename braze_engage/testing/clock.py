"""Clocks of the fake."""

from __future__ import annotations

import threading
import time
from typing import Protocol


class Clock(Protocol):
    """What the fake asks of a clock; the clock of a client under test fits."""

    def now(self) -> float:
        """Return seconds since the epoch."""
        ...

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        ...


class SystemClock:
    """The clock of the machine."""

    def now(self) -> float:
        """Return seconds since the epoch."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        time.sleep(seconds)


class ManualClock:
    """A clock that moves only when told, for client and fake together.

    ``sleep`` returns at once with the time moved on, so that waits cost a test nothing.

    Args:
        start: First answer of ``now``, in seconds since the epoch.
    """

    def __init__(self, start: float = 1_795_000_000.0) -> None:
        self._now = start
        self._lock = threading.Lock()

    def now(self) -> float:
        """Return seconds since the epoch."""
        return self._now

    def monotonic(self) -> float:
        """Return the same instant: this clock never goes back."""
        return self._now

    def sleep(self, seconds: float) -> None:
        """Move on by that many seconds."""
        with self._lock:
            self._now += max(0.0, seconds)

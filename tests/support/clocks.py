"""A clock for many threads that moves only when somebody sleeps."""

from __future__ import annotations

import threading
from typing import Final

START: Final = 1_800_000_000.0
"""A full clock hour."""


class SharedClock:
    """Moves on when somebody sleeps; those who sleep at the same time sleep side by side."""

    def __init__(self, start: float = START) -> None:
        self.start = self.moment = start
        self._lock = threading.Lock()

    def now(self) -> float:
        return self.moment

    monotonic = now

    def sleep(self, seconds: float) -> None:
        until = self.moment + seconds
        with self._lock:
            self.moment = max(self.moment, until)

    def pause(self, seconds: float) -> bool:
        """Sleep as a run does that nobody halts."""
        self.sleep(seconds)
        return True

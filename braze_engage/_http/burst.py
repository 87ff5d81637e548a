"""Short windows, which no header of Braze reports: so many requests in so many seconds.

Contracts differ and the number of a contract is not documented, so a refusal teaches it.
"""

from __future__ import annotations

from collections import deque
from typing import Final

__all__ = ["Burst"]

_LEAST: Final = 5
"""What a refusal never goes below: others may have used up the window."""
_PROBE_AFTER: Final = 5
"""Full windows without refusal after which a little more is tried; doubled when that fails."""
_LONGEST: Final = 1_000


class Burst:
    """Lets no more than the limit pass in any window of that length, wherever it begins.

    That is stricter than a bucket of tokens, of which twice the limit can leave within a window.
    Not safe to share by threads: the pool that owns it locks.

    Args:
        limit: Requests in a window.
        seconds: Length of a window.
    """

    def __init__(self, limit: int, seconds: float) -> None:
        self.limit = limit
        self.seconds = seconds
        self._most = limit
        self._sent: deque[float] = deque()
        self._accepted: deque[float] = deque()
        self._learned_at: float | None = None
        self._since = 0
        self._patience = _PROBE_AFTER
        self._sure = True
        self._pressed = False

    def wait(self, now: float, share: float) -> float:
        """Tell the seconds until another request may pass; 0 when it may now.

        Args:
            now: The monotonic clock.
            share: The part of the limit the asker may use, up to 1.
        """
        sent, seconds = self._sent, self.seconds
        while sent and sent[0] + seconds <= now:
            sent.popleft()
        allowed = max(1, int(self.limit * share))
        if len(sent) < allowed:
            return 0.0
        self._pressed = True
        return sent[-allowed] + seconds - now

    def count(self, now: float) -> None:
        """Count a request that passes.

        Args:
            now: The monotonic clock.
        """
        self._sent.append(now)

    def accepted(self, now: float) -> None:
        """Learn that Braze took a request, and try a little more after many of them.

        Args:
            now: The monotonic clock.
        """
        accepted = self._accepted
        accepted.append(now)
        while accepted[0] + self.seconds <= now:
            accepted.popleft()
        if self.limit >= self._most:
            return
        self._since += 1
        # Only what somebody waited for can show that the limit was reached.
        if self._pressed and self._since >= self.limit * (self._patience if self._sure else 1):
            self._more()

    def refused(self, now: float) -> None:
        """Learn that Braze refused a request for the window, and that it is as small as that.

        Args:
            now: The monotonic clock.
        """
        while self._accepted and self._accepted[0] + self.seconds <= now:
            self._accepted.popleft()
        seen = min(self._most, max(_LEAST, len(self._accepted)))
        first = self._learned_at is None or now - self._learned_at >= self.seconds
        if first:  # what was under way at the same time tells no more than how far it went
            if self._learned_at is not None:
                self._patience = min(self._patience * 2, _LONGEST)
            self.limit = min(self.limit, seen)
            self._learned_at = now
        else:
            self.limit = max(self.limit, seen)
        self._sure = True
        self._since = 0

    def _more(self) -> None:
        # The first step beyond what was learned is small. When a whole window of it passes, what
        # was learned is no longer so, and the limit doubles from window to window.
        step = self.limit // 8 if self._sure else self.limit
        self.limit = min(self._most, self.limit + max(1, step))
        self._sure = self._pressed = False
        self._since = 0

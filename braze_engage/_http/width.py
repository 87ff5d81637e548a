"""How many requests of a pool may be under way at once: as many as Braze answers without delay."""

from __future__ import annotations

from typing import Final

__all__ = ["Width"]

_FIRST: Final = 4
"""Requests under way where no answer has told yet what the contract allows."""
_OUTAGE: Final = 8
"""Failures in a row after which it begins anew with few."""
_ROUND: Final = 16
_SLOW: Final = 2.0
_SLACK: Final = 0.05
"""Seconds of delay that mean nothing, since threads of this process wait for each other, too."""
_DRIFT: Final = 0.05
_REFUSED: Final = 0.1
"""The part of refusals that is too much; a few come of limits nobody can know."""
_LESS: Final = 0.75
_MORE: Final = 0.125


class Width:
    """Grows while answers come as soon as usual, and shrinks when they take twice as long.

    It is judged from round to round, each as long as what may be under way. What takes longer for
    good becomes usual after a while. Not safe to share by threads: the pool that owns it locks.

    Args:
        limit: Requests that may be under way at first.

    Attributes:
        limit: Requests that may be under way.
    """

    def __init__(self, limit: float = _FIRST) -> None:
        self.limit = float(limit)
        self._usual: float | None = None
        self._was_slow = False
        self._failed = 0
        self._begin_round()

    def accepted(self, seconds: float | None, under_way: int) -> None:
        """Learn of an answer.

        Args:
            seconds: How long it took; None where nobody measured.
            under_way: How many requests were, with this one.
        """
        self._failed = 0
        if seconds is not None:
            self._seconds += seconds
            self._timed += 1
        if under_way * 2 >= self.limit and not self._was_slow:
            self.limit += 1  # which doubles it in a round
        self._count(under_way)

    def refused(self, under_way: int) -> None:
        """Learn that a request was one too many.

        Args:
            under_way: How many requests were, with this one.
        """
        self._failed = 0
        self._refusals += 1
        self._count(under_way)

    def failed(self) -> None:
        """Learn that a request got no answer, or that of a server in trouble."""
        self._failed += 1
        if self._failed >= _OUTAGE:
            self.limit = float(_FIRST)
            self._was_slow = False
            self._begin_round()

    def _begin_round(self) -> None:
        self._answers = self._refusals = self._timed = self._most = 0
        self._seconds = 0.0

    def _count(self, under_way: int) -> None:
        self._answers += 1
        self._most = max(self._most, under_way)
        if self._answers < max(_ROUND, min(self.limit, self._most)):
            return
        if self._is_slow() or self._refusals > self._answers * _REFUSED:
            self.limit = max(float(_FIRST), min(self.limit, self._most) * _LESS)
            self._was_slow = True
        elif self._was_slow and self._most * 2 >= self.limit:
            self.limit += max(1.0, self.limit * _MORE)
        self._begin_round()

    def _is_slow(self) -> bool:
        if not self._timed:
            return False
        average, usual = self._seconds / self._timed, self._usual
        if usual is None or average <= usual:
            self._usual = average
            return False
        self._usual = usual + (average - usual) * _DRIFT
        return average > usual * _SLOW + _SLACK

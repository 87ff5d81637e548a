"""Data points that may still be spent."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING

from braze_engage.engage.times import SECOND_NS

if TYPE_CHECKING:
    from collections.abc import Callable

    from braze_engage.engage.choices import DataPointBudget
    from braze_engage.sync.state import StateStore

__all__ = ["Budget"]


class Budget:
    """Keeps what is spent below the limits; not safe for threads by itself.

    Args:
        limits: The limits, None for none.
        state: Remembers what was spent in a day and a month.
        now_ns: The clock, nanoseconds since the epoch.
    """

    def __init__(
        self, limits: DataPointBudget | None, state: StateStore, *, now_ns: Callable[[], int]
    ) -> None:
        self._limits = limits
        self._state = state
        self._now_ns = now_ns
        self._in_run = 0
        self._lifted = False

    @property
    def is_free(self) -> bool:
        """Whether there are no limits at all."""
        return self._limits is None

    def lift(self) -> None:
        """Let everything through; it is counted all the same."""
        self._lifted = True

    def take(self, points: int) -> bool:
        """Take data points out of the budget.

        Args:
            points: How many.

        Returns:
            Whether there were so many; if not, none is taken.
        """
        if self._limits is None or not points:
            return True
        day, month = self._periods()
        spent = (self._in_run, self._state.spent(day), self._state.spent(month))
        most = (self._limits.per_run, self._limits.per_day, self._limits.per_month)
        pairs = zip(spent, most, strict=True)
        if not self._lifted and any(
            limit is not None and used + points > limit for used, limit in pairs
        ):
            return False
        self._spend(points)
        return True

    def give_back(self, points: int) -> None:
        """Put data points back that were not spent after all.

        Args:
            points: How many.
        """
        if self._limits is not None and points:
            self._spend(-points)

    def _spend(self, points: int) -> None:
        self._in_run += points
        for period in self._periods():
            self._state.spend(period, points)

    def _periods(self) -> tuple[str, str]:
        today = datetime.fromtimestamp(self._now_ns() // SECOND_NS, timezone.utc)
        return f"{today:%Y-%m-%d}", f"{today:%Y-%m}"

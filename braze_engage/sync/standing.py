"""Where a run stands: how much is done, how fast, and what it waits for."""

from __future__ import annotations

import math
from collections import deque
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Final

import attrs

from braze_engage.engage.outcomes import Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Pace", "Standing", "clock_time"]

_LATELY: Final = 30.0
_LONG: Final = 60.0
_BRIEF: Final = 10.0


@attrs.frozen(kw_only=True)
class Standing:
    """Where a run stands at a moment.

    Args:
        done: Items of the source that are dealt with, those before a checkpoint included.
        total: Items of the source, estimated by its size for a file of `read_calls`; None where it
            has no length.
        outcomes: Calls by outcome, those only that occur.
        requests: Requests that Braze accepted.
        skipped: Items before the checkpoint.
        seconds: Time the run has taken.
        rate: Items a second, over the last half minute.
        waits_for: What holds the run up, such as "quota until 14:00"; empty while nothing does.
    """

    done: int
    total: int | None
    outcomes: Mapping[str, int]
    requests: int
    skipped: int = 0
    seconds: float
    rate: float
    waits_for: str = ""

    @property
    def calls(self) -> int:
        """Calls that have their outcome; an item may hold several, or none."""
        return sum(self.outcomes.values())

    @property
    def left(self) -> timedelta | None:
        """Time left at this rate; None where the source has no length or nothing moves."""
        if self.total is None or self.rate <= 0:
            return None
        return timedelta(seconds=max(0, self.total - self.done) / self.rate)

    def __str__(self) -> str:
        of = "" if self.total is None else f" of {self.total:,}"
        left = self.left
        parts = [
            f"{self.done:,}{of} items",
            f"{self.rate:,.0f} items/s",
            *(
                []
                if left is None
                else [f"{timedelta(seconds=math.ceil(left.total_seconds()))} left"]
            ),
            *(f"{self.outcomes[one]:,} {one.value}" for one in Outcome if self.outcomes.get(one)),
            *([self.waits_for] if self.waits_for else []),
        ]
        return ", ".join(parts)


class Pace:
    """How fast items go by, over the last half minute."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque()

    def at(self, now: float, done: int) -> float:
        """Note how much is done, and tell how many items went by a second.

        Args:
            now: Monotonic seconds.
            done: Items.
        """
        seen = self._seen
        seen.append((now, done))
        while len(seen) > 1 and seen[1][0] <= now - _LATELY:
            seen.popleft()
        began, before = seen[0]
        return (done - before) / (now - began) if now > began else 0.0


def clock_time(epoch: float, now: float, *, zone: timezone | None = None) -> str:
    """Write a time that comes soon as a clock on the wall shows it.

    Args:
        epoch: The time, in seconds since 1970.
        now: The present, likewise.
        zone: The zone of the clock; None for that of the machine.
    """
    if epoch - now < _LONG:
        return f"{datetime.fromtimestamp(epoch, zone):%H:%M:%S}"
    # Nobody comes back a moment too early.
    return f"{datetime.fromtimestamp(math.ceil(epoch / _LONG) * _LONG, zone):%H:%M}"

"""What a contract with Braze allows, and how much of it a client may use."""

from __future__ import annotations

import math
from typing import Final, Literal, TypeAlias, cast

import attrs

from braze_engage.errors import ConfigurationError

__all__ = ["PRIORITIES", "Priority", "Quota"]

Priority: TypeAlias = Literal["realtime", "backfill"]

PRIORITIES: Final = ("realtime", "backfill")


@attrs.frozen(kw_only=True)
class Quota:
    """How a client shares the rate limits of its workspace with others of this process.

    The figures concern ``/users/track`` where a `BrazeClient` is given them, the cohort import
    where a `CohortClient` is. Braze's headers are heeded in any case; what they leave out is the
    burst, and the hour until the first answer.

    Args:
        hourly: Requests in a clock hour; None leaves it to the headers, and for the cohort import
            to its documented 250,000.
        burst: Requests in a number of seconds, such as ``(10, 3.0)``; None begins with Braze's
            documented figure and learns a lower one from refusals.
        reserve: The part of each limit that is left to real-time calls by what has the priority
            "backfill", from 0 up to 1.
        priority: "realtime" may use all of a limit, "backfill" all but the reserve. None makes the
            runs of an `EngageSync` backfills, and every other call a real-time one.
        pool: Name of the pool, for clients that share a quota although their keys differ; None
            for one pool per host and key.

    Raises:
        ConfigurationError: A figure is out of range.

    https://www.braze.com/docs/api/api_limits
    """

    hourly: int | None = None
    burst: tuple[int, float] | None = None
    reserve: float = 0.2
    priority: Priority | None = None
    pool: str | None = None

    def __attrs_post_init__(self) -> None:
        if self.hourly is not None and not _is_count(self.hourly):
            raise ConfigurationError(f"hourly is 1 request or more, not {self.hourly!r}")
        if self.burst is not None and not _is_burst(self.burst):
            raise ConfigurationError(
                f"burst is (requests, seconds), such as (3000, 3.0), not {self.burst!r}"
            )
        if not (_is_number(self.reserve) and 0 <= self.reserve < 1):
            raise ConfigurationError(f"reserve is a part from 0 up to 1, not {self.reserve!r}")
        if self.priority is not None and self.priority not in PRIORITIES:
            raise ConfigurationError(f"priority is 'realtime' or 'backfill', not {self.priority!r}")
        named = cast("object", self.pool)
        if named is not None and not (isinstance(named, str) and named.strip()):
            raise ConfigurationError("pool is a name, or None for one pool per host and key")

    def share(self, priority: Priority = "realtime") -> float:
        """Tell the part of each limit that may be used.

        Args:
            priority: What counts where `priority` was not given.
        """
        return 1.0 - self.reserve if (self.priority or priority) == "backfill" else 1.0


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


def _is_burst(value: object) -> bool:
    pair = cast("tuple[object, ...]", value) if isinstance(value, tuple) else ()
    match pair:
        case (requests, seconds):
            return _is_count(requests) and _is_number(seconds) and cast("float", seconds) > 0
        case _:
            return False

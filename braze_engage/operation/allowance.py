"""How many requests of a rate pool somebody may send, as far as that is known beforehand."""

from __future__ import annotations

from typing import Final, NamedTuple

__all__ = ["Allowance"]

_HOUR: Final = 3_600


class Allowance(NamedTuple):
    """What may be sent; the headers of Braze may tell less.

    Args:
        burst: Requests in a number of seconds; None where no short window is known.
        hourly: Requests in a clock hour, less what is left to others; None where only headers tell.
    """

    burst: tuple[int, float] | None
    hourly: int | None

    def hours(self, requests: int) -> float:
        """Tell how long requests last, begun with a full hour; up to an hour less otherwise.

        Args:
            requests: How many.
        """
        full = 0
        if self.hourly is not None and requests:
            full = (requests - 1) // self.hourly
            requests -= full * self.hourly
        if self.burst is not None:
            count, seconds = self.burst
            return full + requests * seconds / count / _HOUR
        return full + (requests / self.hourly if self.hourly is not None else 0.0)

    def __str__(self) -> str:
        limits = [] if self.hourly is None else [f"{self.hourly:,} an hour"]
        if self.burst is not None:
            count, seconds = self.burst
            limits.append(f"{count:,} in {seconds:g} s")
        return ", ".join(limits) or "no limit known"

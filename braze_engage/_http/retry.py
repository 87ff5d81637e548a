"""When to try again: a clock, and a retry policy that is a value."""

from __future__ import annotations

import math
import random
import time
from typing import TYPE_CHECKING, Protocol

import attrs

from braze_engage.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Clock", "Failed", "RetryPolicy", "SystemClock"]

_LARGEST_EXPONENT = 62
"""Doubling further would overflow a float long after every sensible cap."""


class Clock(Protocol):
    """What tells the time and waits; tests bring one of their own."""

    def now(self) -> float:
        """Tell the seconds since the epoch."""
        ...

    def monotonic(self) -> float:
        """Tell seconds that never go backwards."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait.

        Args:
            seconds: How long, 0 or more.
        """
        ...


class SystemClock:
    """The clock of the machine."""

    def now(self) -> float:
        """Tell the seconds since the epoch."""
        return time.time()

    def monotonic(self) -> float:
        """Tell seconds that never go backwards."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait.

        Args:
            seconds: How long, 0 or more.
        """
        time.sleep(seconds)


@attrs.frozen
class Failed:
    """One attempt that failed.

    Args:
        attempt: Its number, from 1.
        what: A status or the name of an error; no text of the vendor.
    """

    attempt: int
    what: str


@attrs.frozen(kw_only=True)
class RetryPolicy:
    """How often and how long to try: capped exponential back-off with full jitter.

    The policy is a value: a failed attempt gives the next one, which carries what failed so far.

    Args:
        attempts: How often a request is sent at most, 1 or more.
        base: Seconds the first back-off may take at most, doubled with each failure.
        cap: Seconds no back-off exceeds.
        random: Gives numbers from 0 up to 1.
        history: What failed so far.

    Raises:
        ConfigurationError: A number is out of range.
    """

    attempts: int = 5
    base: float = 0.5
    cap: float = 20.0
    random: Callable[[], float] = attrs.field(default=random.random, repr=False)
    history: tuple[Failed, ...] = ()

    def __attrs_post_init__(self) -> None:
        if self.attempts < 1:
            raise ConfigurationError(f"attempts must be 1 or more, not {self.attempts}")
        if not (0 <= self.base <= self.cap and math.isfinite(self.cap)):
            raise ConfigurationError(
                f"back-off needs 0 <= base <= cap, not base {self.base} and cap {self.cap}"
            )

    @property
    def attempt(self) -> int:
        """Number of the attempt to make next, from 1."""
        return len(self.history) + 1

    @property
    def exhausted(self) -> bool:
        """Whether no attempt is left."""
        return len(self.history) >= self.attempts

    def after(self, what: str) -> RetryPolicy:
        """Give the policy that follows a failed attempt.

        Args:
            what: What failed: a status or the name of an error.
        """
        return attrs.evolve(self, history=(*self.history, Failed(self.attempt, what)))

    def delay(self) -> float:
        """Draw the seconds to back off before the next attempt; 0 before the first."""
        failures = len(self.history)
        if not failures:
            return 0.0
        exponent = min(failures - 1, _LARGEST_EXPONENT)
        return self.random() * min(self.cap, self.base * 2.0**exponent)

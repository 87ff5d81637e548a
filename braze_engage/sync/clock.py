"""What tells a run the time: the clock of the client that sends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Clock", "pausing"]

_SLICE: Final = 1.0
_NOTHING: Final = 1e-3


class Clock(Protocol):
    """Tells the time and waits; tests bring one of their own."""

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


def pausing(clock: Clock, pause: Callable[[float], bool]) -> Callable[[float], bool]:
    """Give a wait by a clock that ends early when the run is halted.

    Args:
        clock: Waits, at most a second at once.
        pause: Tells by false that the run was halted.
    """

    def wait(seconds: float) -> bool:
        until = clock.monotonic() + seconds
        while pause(0.0):
            left = until - clock.monotonic()
            if left <= _NOTHING:
                return True
            clock.sleep(min(left, _SLICE))
        return False

    return wait

"""Waits of a run, by the clock of the client that sends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from braze_engage.rest.jobs import WaitingClock

__all__ = ["pausing"]

_SLICE: Final = 1.0
_NOTHING: Final = 1e-3


def pausing(clock: WaitingClock, pause: Callable[[float], bool]) -> Callable[[float], bool]:
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

"""What a run waits for at the moment."""

from __future__ import annotations

import math
from datetime import datetime
from typing import TYPE_CHECKING, Final

from braze_engage.operation.hooks import CallHook
from braze_engage.sync.standing import clock_time

if TYPE_CHECKING:
    from braze_engage.operation.hooks import Endpoint
    from braze_engage.sync.outage import Outage

__all__ = ["Waits"]

_BRIEF: Final = 5.0
"""Shorter waits, as for a burst, are part of a steady pace."""


class Waits(CallHook):
    """Learns of waits as a hook.

    Attributes:
        outages: Of the hosts that are called.
    """

    def __init__(self) -> None:
        self.outages: list[Outage] = []
        self._opens = -math.inf

    def on_wait(self, endpoint: Endpoint, seconds: float, opens: float | None, /) -> None:  # noqa: ARG002 - as told
        """Learn that a call waits.

        Args:
            endpoint: Where it is to go.
            seconds: How long.
            opens: Epoch at which its rate pool opens; None when the wait is a back-off.
        """
        if opens is not None and seconds >= _BRIEF:
            self._opens = max(self._opens, opens)

    def told(self, now: float) -> str:
        """Say what the run waits for; empty where it waits for nothing.

        Args:
            now: Seconds since the epoch.
        """
        for outage in self.outages:
            if outage.since is not None:
                return f"Braze out of reach since {datetime.fromtimestamp(outage.since):%H:%M}"  # noqa: DTZ006 - as on the wall
        return f"quota until {clock_time(self._opens, now)}" if self._opens > now else ""

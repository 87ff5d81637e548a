"""Correct ways to watch, which both checkers accept; it is read, never run."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from typing_extensions import assert_type

from braze_engage import Delivery, EngageSync, Hook, Outcome, Reason, Standing

if TYPE_CHECKING:
    from braze_engage import BrazeClient, CallOutcome, Endpoint


class Waits(Hook):
    """Wants to know of waits alone, and calls what it is told as it likes."""

    def on_wait(self, where: Endpoint, seconds: float, opens: float | None) -> None:
        assert_type(where.bucket, str)
        assert_type(opens, float | None)


class Outcomes(Hook):
    """Wants to know of outcomes alone."""

    def on_outcome(self, call: CallOutcome) -> None:
        assert_type(call.outcome, Outcome)
        assert_type(call.reason, Reason)
        assert_type(call.delivery, Delivery | None)
        assert_type(call.key, str | None)


class Lines:
    """A progress of its own."""

    def update(self, standing: Standing) -> None:
        assert_type(standing.left, timedelta | None)

    def close(self) -> None:
        """Show nothing more."""


def watched(rest: BrazeClient) -> None:
    hooks = [Waits(), Outcomes()]
    rest.with_options(hooks=hooks, priority="backfill").with_options(deadline=5)
    EngageSync(rest=rest, hooks=hooks, progress=True)
    EngageSync(rest=rest, hooks=(Waits(),), progress=print)
    EngageSync(rest=rest, progress=Lines())
    EngageSync(rest=rest, progress=None)

"""A ledger that can be read while the run is under way."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from braze_engage.sync.ledger import Ledger

if TYPE_CHECKING:
    from collections.abc import Mapping

    from braze_engage.engage.outcomes import Reason

__all__ = ["OpenLedger", "SoFar"]


class SoFar(NamedTuple):
    """Counts of a moment.

    Args:
        reasons: Calls by reason.
        warnings: Oddities, counted.
        requests: Requests that Braze accepted.
        skipped: Items before the checkpoint.
    """

    reasons: Mapping[Reason, int]
    warnings: Mapping[str, int]
    requests: int
    skipped: int


class OpenLedger(Ledger):
    """A ledger that tells its counts without drawing up a report."""

    def so_far(self) -> SoFar:
        """Tell the counts of this moment."""
        with self._lock:
            return SoFar(
                dict(self._reasons),
                dict(self._warnings),
                sum(self._requests.values()),
                self._skipped,
            )

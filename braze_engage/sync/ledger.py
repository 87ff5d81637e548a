"""Keeps account while a run is under way: each call ends in exactly one outcome."""

from __future__ import annotations

import threading
from collections import Counter
from typing import TYPE_CHECKING, Final

from braze_engage.engage.outcomes import Outcome, Reason
from braze_engage.sync.report import CohortCounts, Failure, Report, all_outcomes

if TYPE_CHECKING:
    from braze_engage.engage.rules import Delivery

__all__ = ["Ledger", "Ticket"]

_FAILURES_KEPT: Final = 10_000
_WARNINGS_KEPT: Final = 100


class Ticket:
    """One call on its way to an outcome.

    Args:
        position: Number of the item in the source, from 0.
        index: Place in an array item, else None.
        message_id: Segment's id of the call.
        deliveries: How many deliveries it has.
    """

    __slots__ = ("delivery", "detail", "index", "message_id", "open", "position", "reason")

    def __init__(
        self, position: int, index: int | None, message_id: str | None, deliveries: int = 1
    ) -> None:
        self.position = position
        self.index = index
        self.message_id = message_id
        self.open = deliveries
        self.reason: Reason | None = None
        self.delivery: Delivery | None = None
        self.detail = ""


class Ledger:
    """Counts outcomes; safe to use from threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._deliveries: Counter[Outcome] = Counter()
        self._reasons: Counter[Reason] = Counter()
        self._warnings: Counter[str] = Counter()
        self._failures: list[Failure] = []
        self._failures_total = 0
        self._cohorts: dict[str, CohortCounts] = {}
        self._requests = 0

    def settle(
        self, ticket: Ticket, reason: Reason, *, delivery: Delivery | None = None, detail: str = ""
    ) -> None:
        """Note how one delivery of a call ended; the call's outcome is its highest.

        Args:
            ticket: The call.
            reason: Why it ended so; tells the outcome.
            delivery: The delivery, or None where the call has none.
            detail: What is wrong and what to do.
        """
        with self._lock:
            if delivery is not None:
                self._deliveries[reason.outcome] += 1
            known = ticket.reason
            if known is None or reason.outcome.rank > known.outcome.rank:
                ticket.reason, ticket.delivery, ticket.detail = reason, delivery, detail
            ticket.open -= 1
            if ticket.open <= 0:
                self._close(ticket)

    def _close(self, ticket: Ticket) -> None:
        reason = ticket.reason
        assert reason is not None
        self._reasons[reason] += 1
        if reason.outcome.rank <= Outcome.SENT.rank:
            return
        self._failures_total += 1
        if len(self._failures) < _FAILURES_KEPT:
            self._failures.append(
                Failure(
                    position=ticket.position,
                    index=ticket.index,
                    message_id=ticket.message_id,
                    delivery=ticket.delivery,
                    outcome=reason.outcome,
                    reason=reason,
                    retryable=reason.outcome is Outcome.FAILED,
                    detail=ticket.detail or reason.text,
                )
            )

    def warn(self, text: str) -> None:
        """Count an oddity of a call that goes through all the same.

        Args:
            text: What is odd, without personal data.
        """
        with self._lock:
            if text in self._warnings or len(self._warnings) < _WARNINGS_KEPT:
                self._warnings[text] += 1

    def named(self) -> None:
        """Count a request that named a cohort."""
        with self._lock:
            self._requests += 1

    def wrote(self, cohort_id: str, name: str, *, added: int, removed: int) -> None:
        """Count an accepted membership request.

        Args:
            cohort_id: The cohort.
            name: Its name.
            added: Memberships added.
            removed: Memberships removed.
        """
        with self._lock:
            self._requests += 1
            before = self._cohorts.get(cohort_id)
            self._cohorts[cohort_id] = CohortCounts(
                cohort_id=cohort_id,
                name=name,
                added=added + (before.added if before else 0),
                removed=removed + (before.removed if before else 0),
                requests=1 + (before.requests if before else 0),
            )

    def report(self, *, forgotten: int, seconds: float) -> Report:
        """Draw up the account as it stands.

        Args:
            forgotten: Entries the state dropped.
            seconds: Time taken so far.
        """
        with self._lock:
            outcomes: Counter[Outcome] = Counter()
            for reason, count in self._reasons.items():
                outcomes[reason.outcome] += count
            return Report(
                calls=sum(outcomes.values()),
                outcomes=all_outcomes(outcomes),
                deliveries=all_outcomes(self._deliveries),
                reasons=dict(self._reasons),
                failures=tuple(self._failures),
                failures_total=self._failures_total,
                warnings=dict(self._warnings),
                cohorts=tuple(self._cohorts.values()),
                requests=self._requests,
                forgotten=forgotten,
                seconds=seconds,
            )

"""Keeps account while a run is under way: each call ends in exactly one outcome."""

from __future__ import annotations

import threading
import time
from collections import Counter
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Final

from braze_engage.engage.deliveries import delivery_count
from braze_engage.engage.outcomes import Outcome, Reason
from braze_engage.sync.counts import CohortCounts, DeletionReceipt, Failure, KeyCounts
from braze_engage.sync.lags import Lags
from braze_engage.sync.people_counted import PeopleCounted
from braze_engage.sync.report import Report, all_outcomes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from braze_engage.engage.deliveries import Delivery
    from braze_engage.engage.identity import Identity
    from braze_engage.sync.entries import TrackEntry
    from braze_engage.sync.ticket import Ticket

__all__ = ["Credit", "Ledger"]

Credit = tuple[str, "Delivery", int]
"""Computation key, delivery and data points of what one entry carries."""

_FAILURES_KEPT: Final = 10_000
_WARNINGS_KEPT: Final = 100
_PEOPLE_COUNTED: Final = 1_000_000


class Ledger:
    """Counts outcomes; safe to use from threads.

    Args:
        now_ns: The clock, nanoseconds since the epoch.
        closed: Told of every call that has its outcome.

    Attributes:
        lags: How late calls come; told by the thread that reads them.
    """

    def __init__(
        self,
        *,
        now_ns: Callable[[], int] = time.time_ns,
        closed: Callable[[Ticket], None] | None = None,
    ) -> None:
        self._closed = closed
        self._now_ns = now_ns
        self._lock = threading.Lock()
        self._deliveries: Counter[Outcome] = Counter()
        self._reasons: Counter[Reason] = Counter()
        self._warnings: Counter[str] = Counter()
        self._failures: list[Failure] = []
        self._failures_total = 0
        self._cohorts: dict[str, CohortCounts] = {}
        self._objects: Counter[tuple[str, Delivery]] = Counter()
        self._points: Counter[tuple[str, Delivery]] = Counter()
        self._saved = 0
        self._unchanged = self._skipped = 0
        self._may_create = PeopleCounted(_PEOPLE_COUNTED)
        self._receipts: list[DeletionReceipt] = []
        self.lags = Lags()
        self._requests: Counter[str] = Counter()

    def settle(
        self, ticket: Ticket, reason: Reason, *, delivery: Delivery | None = None, detail: str = ""
    ) -> None:
        """Note how deliveries of a call ended; the call's outcome is its highest.

        Args:
            ticket: The call.
            reason: Why it ended so; tells the outcome.
            delivery: The delivery, or those that ended alike; None where the call has none.
            detail: What is wrong and what to do.
        """
        self.settle_all([(ticket, delivery)], reason, detail)

    def settle_all(
        self, ended: Sequence[tuple[Ticket, Delivery | None]], reason: Reason, detail: str = ""
    ) -> None:
        """Note how deliveries of many calls ended, which ended alike.

        Args:
            ended: Calls and deliveries, as `settle` takes them.
            reason: Why they ended so.
            detail: What is wrong and what to do.
        """
        outcome = reason.outcome
        rank = outcome.rank
        is_failure = rank > Outcome.SENT.rank
        accepted_ns = self._now_ns() if reason is Reason.ACCEPTED else None
        with self._lock:
            for ticket, delivery in ended:
                count = 1
                if delivery is not None:
                    count = delivery_count(delivery)
                    self._deliveries[outcome] += count
                    if is_failure:
                        ticket.failed |= delivery.value
                        ticket.ended_badly += ((reason, delivery, detail),)
                known = ticket.reason
                if known is None or rank > known.outcome.rank:
                    ticket.reason, ticket.delivery = reason, delivery
                    if is_failure:
                        ticket.detail = detail
                if accepted_ns is not None and ticket.key is not None:
                    self.lags.sent(ticket.key, ticket.time_ns, accepted_ns)
                ticket.open -= count
                if ticket.open <= 0:
                    self._close(ticket)

    def _close(self, ticket: Ticket) -> None:
        reason = ticket.reason
        assert reason is not None
        self._reasons[reason] += 1
        if self._closed is not None:
            self._closed(ticket)
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

    def requested(self, bucket: str) -> None:
        """Count an accepted request.

        Args:
            bucket: Its rate pool.
        """
        with self._lock:
            self._requests[bucket] += 1

    def wrote(self, cohort_id: str, name: str, *, added: int, removed: int) -> None:
        """Count what an accepted membership request wrote.

        Args:
            cohort_id: The cohort.
            name: Its name.
            added: Memberships added.
            removed: Memberships removed.
        """
        with self._lock:
            before = self._cohorts.get(cohort_id)
            self._cohorts[cohort_id] = CohortCounts(
                cohort_id=cohort_id,
                name=name,
                added=added + (before.added if before else 0),
                removed=removed + (before.removed if before else 0),
                requests=1 + (before.requests if before else 0),
            )

    def tracked(self, entries: Sequence[TrackEntry]) -> None:
        """Count accepted entries of ``/users/track``.

        Args:
            entries: Which.
        """
        with self._lock:
            for paid, count in Counter([entry.credits for entry in entries]).items():
                for key, delivery, points in paid:
                    slot = key, delivery
                    self._objects[slot] += count
                    self._points[slot] += points * count
            self._may_create.add(hash(entry.identity) for entry in entries if entry.creates)

    def saved(self, points: int, *, unchanged: int = 0) -> None:
        """Count data points that were not spent.

        Args:
            points: How many folding saved.
            unchanged: How many were saved because Braze held the values already.
        """
        with self._lock:
            self._saved += points
            self._unchanged += unchanged

    def skipped(self, items: int) -> None:
        """Count items of the source that earlier runs dealt with.

        Args:
            items: How many.
        """
        self._skipped += items

    def deleted(self, ticket: Ticket, identity: Identity) -> None:
        """Note that Braze accepted a deletion.

        Args:
            ticket: The call.
            identity: Who is deleted.
        """
        with self._lock:
            if len(self._receipts) < _FAILURES_KEPT:
                self._receipts.append(
                    DeletionReceipt(
                        position=ticket.position,
                        index=ticket.index,
                        message_id=ticket.message_id,
                        identity=identity,
                        accepted_at=datetime.fromtimestamp(self._now_ns() / 1e9, timezone.utc),
                    )
                )

    @property
    def requests(self) -> Counter[str]:
        """Accepted requests by rate pool."""
        return self._requests

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
                warnings={**self._warnings, **self.lags.warnings()},
                cohorts=tuple(self._cohorts.values()),
                keys=self._keys(),
                data_points=sum(self._points.values()),
                saved_points=self._saved,
                unchanged_points=self._unchanged,
                skipped=self._skipped,
                may_create=len(self._may_create),
                lags=self.lags.listed(),
                receipts=tuple(self._receipts),
                requests=sum(self._requests.values()),
                forgotten=forgotten,
                seconds=seconds,
            )

    def _keys(self) -> tuple[KeyCounts, ...]:
        return tuple(
            KeyCounts(
                key=key,
                delivery=delivery,
                objects=objects,
                data_points=self._points[key, delivery],
            )
            for (key, delivery), objects in sorted(
                self._objects.items(), key=lambda pair: (pair[0][0], pair[0][1].value)
            )
        )

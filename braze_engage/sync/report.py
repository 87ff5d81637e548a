"""What became of every call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import attrs

from braze_engage.engage.deliveries import delivery_name
from braze_engage.engage.outcomes import Outcome, Reason
from braze_engage.errors import BrazeError
from braze_engage.sync.tables import html_table, span, text_table

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterator, Mapping, Sequence

    from braze_engage.sync.counts import (
        CohortCounts,
        DeletionReceipt,
        Failure,
        KeyCounts,
        Lag,
    )
    from braze_engage.sync.reconcile_counts import ListCounts

__all__ = ["FailuresLeft", "Report", "RunStopped"]

_SHOWN_FAILURES: Final = 10
_OUTCOME_COLUMNS: Final = ("outcome", "reason", "calls")
_COHORT_COLUMNS: Final = ("cohort", "id", "added", "removed", "requests")
_KEY_COLUMNS: Final = ("computation", "delivery", "objects", "data points")
_LAG_COLUMNS: Final = ("computation", "calls", "received after", "sent after", "stale")
_LIST_COLUMNS: Final = ("list", "people", "added", "removed", "unchanged", "left alone", "not done")


class FailuresLeft(BrazeError):
    """A run ended with failures.

    Args:
        report: The report of the run.
    """

    def __init__(self, report: Report) -> None:
        first = report.failures[0]
        super().__init__(
            f"{report.failures_total:,} of {report.calls:,} calls failed; the first: item "
            f"{first.position}, {first.outcome}, {first.reason}: {first.detail}"
        )
        self.report = report


class RunStopped(BrazeError):
    """A run ended before its source did; what was not delivered may be handed in again.

    Args:
        why: What ended it and what to do.
        report: The report of what was taken.
        position: How many items of the source were taken; the next one is the first not taken.
        credentials: Whether Braze refused a key.
    """

    def __init__(
        self, why: str, *, report: Report, position: int, credentials: bool = False
    ) -> None:
        super().__init__(f"stopped after {position:,} items: {why}")
        self.why = why
        self.report = report
        self.position = position
        self.credentials = credentials


@attrs.frozen(kw_only=True)
class Report:
    """Counts of a run; what they count adds up to the number of calls.

    Args:
        calls: Calls taken, the elements of arrays counted singly.
        outcomes: Calls by outcome; every outcome is a key.
        deliveries: Deliveries by outcome; a call with two deliveries counts twice here.
        reasons: Calls by reason.
        failures: What ranks above ``sent``, the first 10,000 in the order they were known.
        failures_total: How many there were.
        warnings: Oddities of calls that went through all the same, counted.
        cohorts: What was written, cohort by cohort.
        keys: What was written to profiles, by computation and delivery.
        data_points: What Braze bills for that, on contracts that count data points.
        saved_points: What folding saved: the data points of values that newer ones replaced
            before they were sent.
        unchanged_points: What was saved because Braze holds the values already: the data points
            of ``unchanged`` attributes.
        skipped: Items of the source before the checkpoint, which earlier runs dealt with.
        may_create: People who get a profile if Braze does not know them yet; each counted once,
            at most a million of them.
        lags: How late calls came, by computation.
        receipts: Deletions that Braze accepted, the first 10,000.
        lists: What full lists came to, each by itself.
        requests: Requests that Braze accepted.
        forgotten: Entries dropped from a bounded state; above 0, duplicates and late calls may
            have been sent again.
        seconds: Time the run took.
    """

    calls: int
    outcomes: Mapping[str, int]
    deliveries: Mapping[str, int]
    reasons: Mapping[Reason, int]
    failures: Sequence[Failure]
    failures_total: int
    warnings: Mapping[str, int]
    cohorts: Sequence[CohortCounts]
    keys: Sequence[KeyCounts] = ()
    data_points: int = 0
    saved_points: int = 0
    unchanged_points: int = 0
    skipped: int = 0
    may_create: int = 0
    lags: Sequence[Lag] = ()
    receipts: Sequence[DeletionReceipt] = ()
    lists: Sequence[ListCounts] = ()
    requests: int
    forgotten: int
    seconds: float

    def raise_for_failures(self) -> None:
        """Raise if any call ranks above ``sent``.

        Raises:
            FailuresLeft: With this report.
        """
        if self.failures_total:
            raise FailuresLeft(self)

    def __str__(self) -> str:
        parts = [self._headline(), text_table(_OUTCOME_COLUMNS, self._outcome_rows())]
        parts.extend(text_table(*table) for table in self._tables())
        parts.extend(self._notes())
        return "\n\n".join(parts)

    def _repr_html_(self) -> str:
        return self.to_html()

    def to_html(self) -> str:
        """Return the tables as HTML, all text escaped; notebooks show this."""
        parts = [
            f"<p>{self._headline()}</p>",
            html_table(_OUTCOME_COLUMNS, self._outcome_rows()),
        ]
        parts.extend(html_table(*table) for table in self._tables())
        notes = [[line] for note in self._notes() for line in note.splitlines()]
        if notes:
            parts.append(html_table(("notes",), notes))
        return "".join(parts)

    def _headline(self) -> str:
        return f"{self.calls:,} calls, {self.requests:,} requests, {self.seconds:.1f} s"

    def _outcome_rows(self) -> list[tuple[object, ...]]:
        ordered = sorted(self.reasons.items(), key=lambda pair: (pair[0].outcome.rank, -pair[1]))
        return [(reason.outcome.value, reason.text, count) for reason, count in ordered]

    def _tables(self) -> Iterator[tuple[tuple[str, ...], list[tuple[object, ...]]]]:
        if self.lists:
            yield (
                _LIST_COLUMNS,
                [
                    (
                        one.name,
                        one.listed,
                        one.added,
                        one.removed,
                        one.unchanged,
                        one.left_alone + one.deleted,
                        one.not_done,
                    )
                    for one in self.lists
                ],
            )
        if self.cohorts:
            yield (
                _COHORT_COLUMNS,
                [
                    (cohort.name, cohort.cohort_id, cohort.added, cohort.removed, cohort.requests)
                    for cohort in self.cohorts
                ],
            )
        if self.keys:
            yield (
                _KEY_COLUMNS,
                [
                    (
                        one.key or "(not Engage)",
                        delivery_name(one.delivery),
                        one.objects,
                        one.data_points,
                    )
                    for one in self.keys
                ],
            )
        if self.lags:
            yield (
                _LAG_COLUMNS,
                [
                    (
                        lag.key,
                        lag.calls,
                        _span(lag.received_mean, lag.received_max),
                        _span(lag.sent_mean, lag.sent_max),
                        lag.stale,
                    )
                    for lag in self.lags
                ],
            )

    def _notes(self) -> list[str]:
        notes: list[str] = []
        if self.data_points or self.saved_points or self.unchanged_points:
            notes.append(
                f"{self.data_points:,} data points spent, {self.saved_points:,} saved by folding, "
                f"{self.unchanged_points:,} by leaving out what Braze holds already; "
                f"people who get a profile if they have none: {self.may_create:,}"
            )
        if self.skipped:
            notes.append(f"items before the checkpoint, skipped: {self.skipped:,}")
        if self.receipts:
            notes.append(f"people deleted: {len(self.receipts):,}")
        notes += [f"warning: {text} ({count:,})" for text, count in self.warnings.items()]
        if self.forgotten:
            notes.append(
                f"warning: {self.forgotten:,} remembered entries were dropped for want of room; "
                "duplicates and late calls older than those may have been sent again"
            )
        if self.failures_total:
            shown = self.failures[:_SHOWN_FAILURES]
            lines = [f"failures, {len(shown)} of {self.failures_total:,}:"]
            lines.extend(
                f"  item {failure.position}"
                f"{'' if failure.index is None else f'[{failure.index}]'}: "
                f"{failure.outcome.value}, {failure.detail}"
                for failure in shown
            )
            notes.append("\n".join(lines))
        return notes


def _span(mean: float | None, most: float | None) -> str:
    if mean is None or most is None:
        return "-"
    return f"{span(mean)}, at most {span(most)}"


def all_outcomes(counts: Counter[Outcome]) -> dict[str, int]:
    """Spread counts over every outcome, so that each is a key.

    Args:
        counts: What was counted.
    """
    return {outcome: counts[outcome] for outcome in Outcome}

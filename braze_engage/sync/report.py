"""What became of every call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import attrs

from braze_engage.engage.outcomes import Outcome, Reason
from braze_engage.errors import BrazeError
from braze_engage.sync.tables import html_table, text_table

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Mapping, Sequence

    from braze_engage.engage.rules import Delivery

__all__ = ["CohortCounts", "Failure", "FailuresLeft", "Report", "RunStopped"]

_SHOWN_FAILURES: Final = 10
_OUTCOME_COLUMNS: Final = ("outcome", "reason", "calls")
_COHORT_COLUMNS: Final = ("cohort", "id", "added", "removed", "requests")


@attrs.frozen(kw_only=True)
class Failure:
    """A call that did not end well, or not yet.

    Args:
        position: Number of the item in the source, from 0.
        index: Place in the item where that is an array of calls, else None.
        message_id: Segment's id of the call, where it has one.
        delivery: The delivery that failed, or None where the call could not be read.
        outcome: What became of it.
        reason: Why.
        retryable: Whether handing the call in again can help and can do no harm.
        detail: What is wrong and what to do, without personal data.
    """

    position: int
    index: int | None
    message_id: str | None
    delivery: Delivery | None
    outcome: Outcome
    reason: Reason
    retryable: bool
    detail: str


@attrs.frozen(kw_only=True)
class CohortCounts:
    """What was written to one cohort.

    Args:
        cohort_id: The cohort's id, which is the computation's id in Engage.
        name: The name it was given in Braze.
        added: Memberships added.
        removed: Memberships removed.
        requests: Membership requests accepted.
    """

    cohort_id: str
    name: str
    added: int
    removed: int
    requests: int


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
        if self.cohorts:
            parts.append(text_table(_COHORT_COLUMNS, self._cohort_rows()))
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
        if self.cohorts:
            parts.append(html_table(_COHORT_COLUMNS, self._cohort_rows()))
        notes = [[line] for note in self._notes() for line in note.splitlines()]
        if notes:
            parts.append(html_table(("notes",), notes))
        return "".join(parts)

    def _headline(self) -> str:
        return f"{self.calls:,} calls, {self.requests:,} requests, {self.seconds:.1f} s"

    def _outcome_rows(self) -> list[tuple[object, ...]]:
        ordered = sorted(self.reasons.items(), key=lambda pair: (pair[0].outcome.rank, -pair[1]))
        return [(reason.outcome.value, reason.text, count) for reason, count in ordered]

    def _cohort_rows(self) -> list[tuple[object, ...]]:
        return [
            (cohort.name, cohort.cohort_id, cohort.added, cohort.removed, cohort.requests)
            for cohort in self.cohorts
        ]

    def _notes(self) -> list[str]:
        notes = [f"warning: {text} ({count:,})" for text, count in self.warnings.items()]
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


def all_outcomes(counts: Counter[Outcome]) -> dict[str, int]:
    """Spread counts over every outcome, so that each is a key.

    Args:
        counts: What was counted.
    """
    return {outcome: counts[outcome] for outcome in Outcome}

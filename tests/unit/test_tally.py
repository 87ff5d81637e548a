"""From entries that ended to the calls behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from braze_engage.engage.outcomes import Reason
from braze_engage.sync.ledger import Ledger
from braze_engage.sync.tally import Tally
from tests.support.deliveries import entries_of
from tests.support.writes import attributes, event, who

if TYPE_CHECKING:
    from collections.abc import Sequence

    from braze_engage.engage.events import EventChange
    from braze_engage.engage.traits import AttributeChange
    from braze_engage.sync.waiting import AnyWaiting


class Told:
    """A tally, and what it told of each call."""

    def __init__(self, *changes: AttributeChange | EventChange) -> None:
        self.ended: dict[int, tuple[Reason, str]] = {}
        self.parts: list[tuple[int, Reason]] = []
        self.kept: list[AttributeChange] = []
        self.ledger = Ledger()
        self.entries = entries_of(*changes)
        self.tally = Tally(self.entries, self._finished, self.ledger)

    def _finished(self, part: Sequence[AnyWaiting], reason: Reason, detail: str = "") -> None:
        self.parts.append((len(part), reason))
        for one in part:
            if not one.tickets:
                self.kept.append(one.change)
                continue
            assert one.tickets[0].position not in self.ended
            self.ended[one.tickets[0].position] = reason, detail


def test_what_is_accepted_is_told_at_once_together() -> None:
    told = Told(*(attributes(f"u{n}", 1, a=1) for n in range(5)), event("u1", 1))
    told.tally.accepted(told.entries)
    assert told.parts == [(6, Reason.ACCEPTED)]
    assert told.tally.spent == 6
    report = told.ledger.report(forgotten=0, seconds=0)
    assert (report.data_points, report.may_create) == (6, 5)


def test_a_call_ends_when_the_last_of_its_entries_has() -> None:
    told = Told(
        attributes("u1", 1, only=True, a=1),
        attributes("u1", 2, merge=["o"], b=1, o={"x": 1}),
    )
    assert len(told.entries) == 3
    for entry in told.entries:
        assert 1 not in told.ended
        told.tally.accepted([entry])
    assert told.ended == {0: (Reason.ACCEPTED, ""), 1: (Reason.ACCEPTED, "")}


def test_it_ends_with_the_highest_outcome_and_its_detail() -> None:
    told = Told(attributes("u1", 2, merge=["o"], b=1, o={"x": 1}))
    first, second = told.entries
    told.tally.ended(first, Reason.REFUSED_BY_BRAZE, "no")
    told.tally.accepted([second])
    assert told.ended == {0: (Reason.REFUSED_BY_BRAZE, "no")}
    assert told.tally.spent == second.points
    again = Told(attributes("u1", 2, merge=["o"], b=1, o={"x": 1}))
    again.tally.accepted(again.entries[:1])
    again.tally.ended(again.entries[1], Reason.REFUSED_BY_BRAZE, "no")
    assert again.ended == {0: (Reason.REFUSED_BY_BRAZE, "no")}
    # what was accepted of them is told apart, to be remembered
    assert [one.attributes for one in told.kept] == [{"o": {"x": 1}}]
    assert [one.attributes for one in again.kept] == [{"b": 1}]


def test_of_a_refused_call_nothing_is_kept_that_a_newer_one_wrote() -> None:
    told = Told(attributes("u1", 1, merge=["o"], a=1, b=1, o={"x": 1}), attributes("u1", 2, a=2))
    by_names = {frozenset(entry.write.attributes): entry for entry in told.entries if entry.write}
    told.tally.accepted([by_names[frozenset("ab")]])
    told.tally.ended(by_names[frozenset("o")], Reason.REFUSED_BY_BRAZE, "no")
    assert told.ended == {0: (Reason.REFUSED_BY_BRAZE, "no"), 1: (Reason.ACCEPTED, "")}
    assert [one.attributes for one in told.kept] == [{"b": 1}]


def test_what_was_replaced_is_superseded_unless_something_of_it_was_sent() -> None:
    told = Told(
        attributes("u1", 1, a=1),
        attributes("u1", 2, only=True, a=2, b=1),
        attributes("u1", 3, only=False, b=2),
    )
    told.tally.accepted(told.entries)
    assert told.ended == {
        0: (Reason.NEWER_KNOWN, ""),
        1: (Reason.ACCEPTED, ""),
        2: (Reason.ACCEPTED, ""),
    }


def test_what_may_have_been_spent_counts_as_spent() -> None:
    told = Told(event("u1", 1), event("u1", 2))
    told.tally.ended(told.entries[0], Reason.ANSWER_LOST)
    told.tally.ended(told.entries[1], Reason.REFUSED_BY_BRAZE, "no")
    assert told.tally.spent == 1
    assert told.parts == [(1, Reason.ANSWER_LOST), (1, Reason.REFUSED_BY_BRAZE)]
    told.tally.requested("users_track")
    assert told.ledger.requests == {"users_track": 1}


def test_who_cannot_be_created_is_not_counted() -> None:
    told = Told(attributes("u1", 1, only=True, a=1), attributes(who("a", "user_alias"), 1, a=1))
    told.tally.accepted(told.entries)
    assert told.ledger.report(forgotten=0, seconds=0).may_create == 0

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from braze_engage.sync.lanes import Lane
from braze_engage.sync.ticket import Ticket
from tests.support.changes import AUDIENCE, change

if TYPE_CHECKING:
    from collections.abc import Sequence

    from braze_engage.sync.lanes import MembershipWaiting


def _ticket(position: int = 0) -> Ticket:
    return Ticket(position, None, None)


def _lane() -> Lane:
    return Lane(AUDIENCE)


def _people(batch: Sequence[MembershipWaiting]) -> list[str]:
    return [waiting.change.identity.value for waiting in batch]


def _end(
    lane: Lane, batch: Sequence[MembershipWaiting], now: float, *, settle: float = 0.0
) -> None:
    lane.answered()
    lane.done(batch, now, settle)


def test_a_newer_change_supersedes_the_one_that_waits() -> None:
    lane, old, new = _lane(), _ticket(0), _ticket(1)
    assert lane.offer(change("u1", 1), old, 0.0) == []
    assert lane.offer(change("u1", 2, member=False), new, 0.0) == [old]
    (taken,) = lane.take(10, 0.0)
    assert (taken.change.member, taken.tickets) == (False, [new])


def test_an_older_change_is_superseded_at_once() -> None:
    lane, old, new = _lane(), _ticket(0), _ticket(1)
    lane.offer(change("u1", 2), new, 0.0)
    assert lane.offer(change("u1", 1, member=False), old, 0.0) == [old]
    assert lane.take(10, 0.0)[0].change.member is True


def test_the_same_change_twice_is_one_write_for_both_calls() -> None:
    lane, first, second = _lane(), _ticket(0), _ticket(1)
    lane.offer(change("u1", 1), first, 0.0)
    assert lane.offer(change("u1", 1), second, 0.0) == []
    (taken,) = lane.take(10, 0.0)
    assert taken.tickets == [first, second]


def test_an_older_change_does_not_follow_one_under_way() -> None:
    lane, old = _lane(), _ticket(1)
    lane.offer(change("u1", 5), _ticket(0), 0.0)
    lane.take(10, 0.0)
    assert lane.offer(change("u1", 4, member=False), old, 0.0) == [old]
    assert not lane.pending


def test_a_newer_change_waits_for_the_one_under_way() -> None:
    lane = _lane()
    lane.offer(change("u1", 5), _ticket(0), 0.0)
    batch = lane.take(10, 0.0)
    assert lane.offer(change("u1", 6, member=False), _ticket(1), 0.0) == []
    assert lane.due(1, 0.0, hungry=True) is None
    _end(lane, batch, 1.0)
    assert [w.change.member for w in lane.take(10, 1.0)] == [False]


def test_a_person_written_is_written_again_only_when_that_has_settled() -> None:
    lane = _lane()
    lane.offer(change("u1", 1), _ticket(), 0.0)
    _end(lane, lane.take(10, 0.0), 10.0, settle=0.5)
    lane.offer(change("u1", 2, member=False), _ticket(), 10.0)
    lane.offer(change("u2", 2), _ticket(), 10.0)
    batch = lane.take(10, 10.1)
    assert _people(batch) == ["u2"]
    _end(lane, batch, 10.1, settle=0.5)
    assert lane.take(10, 10.2) == []
    assert lane.due(1, 0.0, hungry=True) == 10.5
    assert _people(lane.take(10, 10.5)) == ["u1"]


def test_after_the_answer_others_may_go_and_who_was_in_it_may_not() -> None:
    lane = _lane()
    lane.offer(change("u1", 5), _ticket(), 0.0)
    first = lane.take(10, 0.0)
    lane.offer(change("u1", 6, member=False), _ticket(), 0.0)
    lane.offer(change("u2", 6), _ticket(), 0.0)
    lane.answered()
    second = lane.take(10, 1.0)
    assert _people(second) == ["u2"]
    lane.answered()
    assert lane.take(10, 1.0) == []
    assert lane.due(1, 0.0, hungry=True) == math.inf
    lane.done(first, 1.1, settle=0.5)
    assert lane.take(10, 1.2) == []
    assert lane.due(1, 0.0, hungry=True) == 1.6
    assert _people(lane.take(10, 1.6)) == ["u1"]


def test_until_the_account_an_answered_change_still_meets_others_of_the_person() -> None:
    lane, same, old = _lane(), _ticket(1), _ticket(2)
    lane.offer(change("u1", 5), _ticket(0), 0.0)
    (written,) = lane.take(10, 0.0)
    lane.answered()
    assert lane.offer(change("u1", 4, member=False), old, 0.1) == [old]
    assert lane.offer(change("u1", 5), same, 0.1) == []
    assert written.tickets[1:] == [same]
    assert not lane.pending


def test_an_account_leaves_the_request_under_way_alone() -> None:
    lane = _lane()
    lane.offer(change("u1", 5), _ticket(), 0.0)
    first = lane.take(10, 0.0)
    lane.answered()
    lane.offer(change("u2", 5), _ticket(), 0.0)
    second = lane.take(10, 0.0)
    lane.done(first, 0.1, settle=0.5)
    lane.offer(change("u3", 5), _ticket(), 0.1)
    assert lane.due(1, 0.0, hungry=True) is None
    assert list(lane.in_flight.values()) == second


def test_who_was_withdrawn_meanwhile_is_written_when_they_come_again() -> None:
    lane = _lane()
    lane.offer(change("u1", 5), _ticket(), 0.0)
    first = lane.take(10, 0.0)
    lane.offer(change("u1", 6), _ticket(), 0.0)
    lane.pending.clear()
    _end(lane, first, 0.0)
    lane.offer(change("u2", 5), _ticket(), 0.0)
    lane.offer(change("u1", 6), _ticket(), 0.0)
    assert _people(lane.take(10, 0.0)) == ["u2", "u1"]


def test_a_lane_is_due_when_it_fills_a_request_or_has_lingered() -> None:
    lane = _lane()
    assert lane.due(2, 1.0, hungry=True) is None
    lane.offer(change("u1"), _ticket(), 7.0)
    assert lane.due(2, 1.0, hungry=False) == 8.0
    assert (lane.due(2, 1.0, hungry=True) or 0.0) < 7.0
    lane.offer(change("u2"), _ticket(), 7.1)
    assert (lane.due(2, 1.0, hungry=False) or 0.0) < 7.0


def test_no_more_is_taken_than_asked_for() -> None:
    lane = _lane()
    for number in range(5):
        lane.offer(change(f"u{number}"), _ticket(number), 0.0)
    batch = lane.take(3, 0.0)
    assert len(batch) == 3
    _end(lane, batch, 0.0)
    assert _people(lane.take(3, 0.0)) == ["u3", "u4"]


def test_the_newest_change_names_the_cohort_whatever_the_order_of_arrival() -> None:
    lane = _lane()
    lane.offer(change("u1", 9, name="new name"), _ticket(), 0.0)
    lane.offer(change("u2", 3, name="old name"), _ticket(), 0.0)
    assert lane.name == "new name"

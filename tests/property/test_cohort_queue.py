"""Whatever the order of offers, answers and accounts, the laws of lanes hold."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from braze_engage import limits
from braze_engage.engage.rules import Repeats
from braze_engage.sync.cohort_queue import CohortQueue, CohortWork
from braze_engage.sync.state import MemoryState
from braze_engage.sync.ticket import Ticket
from tests.support.changes import change

if TYPE_CHECKING:
    from collections.abc import Iterator

    from braze_engage.engage.audiences import MembershipChange
    from braze_engage.engage.calls import OrderKey
    from braze_engage.engage.identity import Identity
    from braze_engage.sync.lanes import Lane, MembershipWaiting

PEOPLE = ("u1", "u2", "u3")
COHORTS = ("aud_1", "aud_2")
OFFERS = st.tuples(
    st.just("offer"), st.sampled_from(PEOPLE), st.sampled_from(COHORTS), st.integers(1, 9)
)
STEPS = st.lists(
    st.one_of(
        OFFERS,
        OFFERS,
        st.tuples(st.sampled_from(["start", "answer", "account", "tick"])),
        st.tuples(st.just("start")),
        st.tuples(st.just("withdraw"), st.sampled_from(PEOPLE)),
    ),
    min_size=20,
    max_size=60,
)
"""What happens: calls come, requests leave, are answered and accounted for, time passes."""


class Model:
    """A queue, and what its requests have written.

    Args:
        settle: Seconds between two writes of one person.
    """

    def __init__(self, settle: float) -> None:
        self.settle = settle
        self.now = 0.0
        self.lanes: dict[str, Lane] = {}
        self.queue = CohortQueue(
            lambda *_: None,
            state=MemoryState(),
            lanes=self.lanes,
            repeats=Repeats.SEND,
            settle=settle,
            linger=0.0,
        )
        self.under_way: list[CohortWork] = []
        self.answered: list[CohortWork] = []
        self.written: dict[tuple[str, Identity], tuple[OrderKey, float]] = {}
        self.newest: dict[tuple[str, Identity], OrderKey] = {}
        self.aside: list[MembershipWaiting] = []
        self.calls = 0
        self.ended: Counter[int] = Counter()

    def offer(self, person: str, cohort: str, at: int) -> None:
        self.calls += 1
        self._offer(change(person, at, cohort=cohort, member=at % 2 > 0), self.calls)

    def _offer(self, changed: MembershipChange, call: int) -> None:
        slot = changed.cohort_id, changed.identity
        self.newest[slot] = max(self.newest.get(slot, changed.order), changed.order)
        known = self.written.get(slot)
        if known is not None and known[0] > changed.order:
            self.ended[call] += 1  # as the board does by what is remembered
            return
        superseded, _ = self.queue.offer(changed, Ticket(call, None, None), self.now)
        self.ended.update(ticket.position for ticket in superseded)

    def start(self) -> None:
        work, _ = self.queue.start(self.now)
        if work is None:
            return
        cohorts = [one.change.cohort_id for one in work.waiting]
        busy = {one.waiting[0].change.cohort_id for one in self.under_way}
        assert len(set(cohorts)) == 1
        assert cohorts[0] not in busy
        for one in self.under_way + self.answered:
            assert not {_slot(a) for a in one.waiting} & {_slot(b) for b in work.waiting}
        for waiting in work.waiting:
            known = self.written.get(_slot(waiting))
            assert known is None or known[0] <= waiting.change.order
            assert known is None or known[1] + self.settle <= self.now
        self.under_way.append(work)

    def answer(self) -> None:
        if self.under_way:
            work = self.under_way.pop(0)
            may_follow = work.answered(self.now)
            assert may_follow <= bool(self.lanes[work.waiting[0].change.cohort_id].pending)
            self.answered.append(work)

    def account(self) -> None:
        if self.answered or self.under_way:
            work = self.answered.pop() if self.answered else self.under_way.pop(0)
            for waiting in work.waiting:
                self.written[_slot(waiting)] = waiting.change.order, self.now
                self.ended.update(ticket.position for ticket in waiting.tickets)
            work.end(self.now)

    def tick(self) -> None:
        self.now += 1.0

    def withdraw(self, person: str) -> None:
        waits = {
            cohort
            for cohort, lane in self.lanes.items()
            if any(identity.value == person for identity in lane.pending)
        }
        found = list(self.queue.withdraw(change(person).identity))
        assert {waiting.change.cohort_id for waiting in found} == waits
        self.aside += found

    def drain(self) -> None:
        for waiting in self.aside:
            for ticket in waiting.tickets:
                self._offer(waiting.change, ticket.position)
        for _ in range(1_000):
            if not (self.under_way or self.answered or any(self._pending())):
                return
            self.start()
            self.answer()
            self.account()
            self.now += self.queue.wait(self.now, 0.5)
        raise AssertionError("something never leaves")

    def _pending(self) -> Iterator[bool]:
        return (bool(lane.pending) for lane in self.lanes.values())


def _slot(waiting: MembershipWaiting) -> tuple[str, Identity]:
    return waiting.change.cohort_id, waiting.change.identity


@given(steps=STEPS, settle=st.sampled_from([0.0, 2.0]), size=st.sampled_from([1, 2, 1_000]))
def test_the_newest_is_written_last_and_every_call_ends_once(
    steps: list[tuple[str, ...]], settle: float, size: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(limits, "COHORT_IDS", size)
        model = Model(settle)
        for name, *given_to in steps:
            getattr(model, name)(*given_to)
        model.drain()
    assert {slot: order for slot, (order, _) in model.written.items()} == model.newest
    assert model.ended == Counter(range(1, model.calls + 1))
    assert not any(lane.in_flight or lane.is_busy for lane in model.lanes.values())
    assert not model.queue._lanes_of

"""What is held back, and the budget that holds it back."""

from __future__ import annotations

import pytest

from braze_engage.engage.choices import DataPointBudget
from braze_engage.engage.deliveries import Delivery
from braze_engage.engage.outcomes import Outcome, Reason
from braze_engage.errors import ConfigurationError
from braze_engage.sync.budget import Budget
from braze_engage.sync.holding import Holding, held_reason
from braze_engage.sync.state import MemoryState
from braze_engage.sync.ticket import Ticket
from tests.support.changes import change
from tests.support.writes import attributes, event, waiting

NOON = 1_793_620_800 * 10**9  # 2026-11-02 12:00 UTC
DAY = 86_400 * 10**9


class TestHolding:
    def test_what_is_kept_is_listed_the_oldest_first(self) -> None:
        holding = Holding()
        held = waiting(attributes("u1", 1, a=1, o={"x": 1, "y": 2}), position=7)
        held.tickets.append(Ticket(8, 2, "m8"))
        assert holding.keep(held, Reason.BUDGET)
        assert holding.keep(waiting(event("u1", 1), Delivery.TRACK), Reason.PAUSED)
        assert holding.keep(waiting(change("u1", 1), Delivery.COHORT), Reason.PAUSED)
        listed = holding.listed()
        assert [(one.position, one.index, one.message_id) for one in listed] == [
            (7, None, None),
            (8, 2, "m8"),
            (0, None, None),
            (0, None, None),
        ]
        assert [one.data_points for one in listed] == [3, 3, 1, 0]
        assert [one.key for one in listed] == ["ltv", "ltv", "ltv", "vip"]
        assert [one.reason for one in listed] == [Reason.BUDGET] * 2 + [Reason.PAUSED] * 2
        assert [one.delivery for one in listed][2:] == [Delivery.TRACK, Delivery.COHORT]

    def test_only_what_is_held_for_a_reason_is_taken_out(self) -> None:
        holding = Holding()
        first, second = waiting(event("u1", 1)), waiting(event("u2", 1))
        holding.keep(first, Reason.BUDGET)
        holding.keep(second, Reason.NULL_GUARD)
        assert holding.take(Reason.PAUSED) == []
        assert holding.take(Reason.BUDGET) == [first]
        assert holding.take(Reason.BUDGET) == []
        assert [one.reason for one in holding.listed()] == [Reason.NULL_GUARD]

    def test_there_is_room_for_so_much_and_no_more(self) -> None:
        holding = Holding(1)
        assert holding.keep(waiting(event("u1", 1)), Reason.BUDGET)
        assert not holding.keep(waiting(event("u2", 1)), Reason.BUDGET)
        holding.take(Reason.BUDGET)
        assert holding.keep(waiting(event("u2", 1)), Reason.BUDGET)

    def test_a_reason_is_a_word_or_the_reason_itself(self) -> None:
        for one in Reason:
            if one.outcome is Outcome.HELD:
                assert held_reason(one) is one
                assert held_reason(one.value) is one
        for wrong in (Reason.ACCEPTED, "held", ""):
            with pytest.raises(ConfigurationError, match="budget, null_guard, paused"):
                held_reason(wrong)


class TestBudget:
    def budget(self, state: MemoryState, now: int = NOON, **limits: int) -> Budget:
        limit = DataPointBudget(**limits) if limits else None
        return Budget(limit, state, now_ns=lambda: now)

    def test_without_limits_nothing_is_counted(self) -> None:
        state = MemoryState()
        budget = self.budget(state)
        assert budget.take(10**9)
        budget.give_back(5)
        assert state.spent("2026-11-02") == 0

    def test_a_run_spends_no_more_than_it_may(self) -> None:
        state = MemoryState()
        budget = self.budget(state, per_run=10)
        assert budget.take(7)
        assert not budget.take(4)
        assert budget.take(3)
        assert budget.take(0)
        assert not budget.take(1)
        assert self.budget(state, per_run=10).take(10)

    def test_a_day_and_a_month_outlast_a_run(self) -> None:
        state = MemoryState()
        assert self.budget(state, per_day=10).take(10)
        assert not self.budget(state, per_day=10).take(1)
        assert self.budget(state, NOON + DAY, per_day=10).take(1)
        assert not self.budget(state, NOON + DAY, per_month=11).take(1)
        assert self.budget(state, NOON + 40 * DAY, per_month=11).take(11)
        assert (state.spent("2026-11-02"), state.spent("2026-11-03")) == (10, 1)
        assert (state.spent("2026-11"), state.spent("2026-12")) == (11, 11)

    def test_what_was_not_spent_can_be_given_back(self) -> None:
        state = MemoryState()
        budget = self.budget(state, per_run=10, per_day=10)
        budget.take(10)
        budget.give_back(4)
        budget.give_back(0)
        assert not budget.take(5)
        assert budget.take(4)
        assert state.spent("2026-11-02") == 10

    def test_what_is_lifted_is_counted_all_the_same(self) -> None:
        state = MemoryState()
        budget = self.budget(state, per_run=1)
        budget.lift()
        assert budget.take(100)
        assert state.spent("2026-11") == 100

    def test_a_budget_of_nothing_lets_only_what_is_free_through(self) -> None:
        budget = self.budget(MemoryState(), per_run=0)
        assert budget.take(0)
        assert not budget.take(1)

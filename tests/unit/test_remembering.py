"""Which messages came to an end, and which values are known."""

from __future__ import annotations

import pytest

from braze_engage.engage.deliveries import Delivery
from braze_engage.engage.outcomes import Outcome, Reason
from braze_engage.sync.known import (
    Known,
    attribute_subject,
    cohort_subject,
    is_late,
    is_same,
    short,
)
from braze_engage.sync.remembering import Remembering
from braze_engage.sync.state import MemoryState
from tests.support.changes import change
from tests.support.writes import attributes, deletion, event, order, who

U1 = who("u1")
BOTH = Delivery.IDENTIFY | Delivery.BOOLEAN
DONE = {"sent", "unchanged", "superseded", "rejected", "unknown"}


class TestMessages:
    def test_a_message_is_begun_once_while_it_is_open(self) -> None:
        remembering = Remembering(MemoryState())
        assert remembering.begin(Delivery.TRACK, "m1") is Delivery.TRACK
        assert remembering.begin(Delivery.TRACK, "m1") is None
        assert remembering.begin(Delivery.COHORT, "m1") is Delivery.COHORT

    def test_without_an_id_nothing_is_a_duplicate(self) -> None:
        remembering = Remembering(MemoryState())
        for _ in range(2):
            assert remembering.begin(BOTH, None) == BOTH
        remembering.end(BOTH, None, Reason.ACCEPTED)

    @pytest.mark.parametrize("reason", Reason)
    def test_it_is_done_with_if_it_ended_in_one_of_five_ways(self, reason: Reason) -> None:
        state = MemoryState()
        remembering = Remembering(state)
        remembering.begin(Delivery.TRACK, "m1")
        remembering.end(Delivery.TRACK, "m1", reason)
        is_done = reason.outcome in DONE
        assert state.is_done(Delivery.TRACK, "m1") is is_done
        assert (remembering.begin(Delivery.TRACK, "m1") is None) is is_done

    def test_two_deliveries_in_one_are_remembered_singly(self) -> None:
        state = MemoryState()
        state.remember_done(Delivery.BOOLEAN, "m1")
        remembering = Remembering(state)
        assert remembering.begin(BOTH, "m1") is Delivery.IDENTIFY
        remembering.end(Delivery.IDENTIFY, "m1", Reason.ACCEPTED)
        assert Remembering(state).begin(BOTH, "m1") is None

    def test_a_deletion_has_no_delivery_and_counts_as_one(self) -> None:
        state = MemoryState()
        remembering = Remembering(state)
        assert remembering.begin(Delivery.NONE, "m1") is Delivery.NONE
        assert remembering.begin(Delivery.NONE, "m1") is None
        remembering.end(Delivery.NONE, "m1", Reason.ACCEPTED)
        assert state.is_done(Delivery.NONE, "m1")


class TestValues:
    @pytest.mark.parametrize("reason", Reason)
    def test_a_value_is_known_once_braze_has_it(self, reason: Reason) -> None:
        state = MemoryState()
        remembering = Remembering(state)
        remembering.values(attributes("u1", 3, a=1, b=[1, 2]), reason)
        remembering.values(change("u1", 3, member=False), reason)
        is_known = reason.outcome in (Outcome.SENT, Outcome.UNCHANGED)
        assert (state.newest(attribute_subject("a"), U1) is not None) is is_known
        if is_known:
            assert state.newest(attribute_subject("b"), U1) == Known(order(3), "[1,2]")
            assert state.newest(cohort_subject("aud_1"), U1) == Known(
                order(3, value="false"), "false"
            )

    def test_an_older_value_does_not_replace_a_newer_one(self) -> None:
        state = MemoryState()
        remembering = Remembering(state)
        for at in (3, 2):
            remembering.values(attributes("u1", at, a=at), Reason.ACCEPTED)
        assert state.newest(attribute_subject("a"), U1) == Known(order(3), "3")

    def test_what_is_older_than_a_deletion_is_not_remembered_any_more(self) -> None:
        state = MemoryState()
        state.bury(U1, 5 * 10**9)
        remembering = Remembering(state)
        for at in (4, 5):
            remembering.values(attributes("u1", at, a=at), Reason.ACCEPTED)
            remembering.values(change("u1", at), Reason.ACCEPTED)
        assert state.newest(attribute_subject("a"), U1) is None
        assert state.newest(cohort_subject("aud_1"), U1) is None
        remembering.values(attributes("u1", 6, a=6), Reason.ACCEPTED)
        assert state.newest(attribute_subject("a"), U1) is not None

    def test_events_and_deletions_leave_no_value(self) -> None:
        state = MemoryState()
        remembering = Remembering(state)
        remembering.values(event("u1", 1), Reason.ACCEPTED)
        remembering.values(deletion("u1", 1), Reason.ACCEPTED)
        assert state.kept == 0


class TestKnown:
    def test_subjects_of_cohorts_and_attributes_never_meet(self) -> None:
        assert attribute_subject("vip") != cohort_subject("vip")

    def test_long_values_are_shortened_and_still_told_apart(self) -> None:
        long, other = "x" * 65, "x" * 64 + "y"
        assert short("x" * 64) == "x" * 64
        assert short(long) != short(other)
        assert len(short(long)) == 32
        assert short("\ud800" * 65)
        state = MemoryState()
        Remembering(state).values(attributes("u1", 3, a=long), Reason.ACCEPTED)
        assert state.newest(attribute_subject("a"), U1) == Known(order(3), short(f'"{long}"'))
        assert is_same(state, attribute_subject("a"), U1, f'"{long}"')
        assert not is_same(state, attribute_subject("a"), U1, f'"{other}"')
        assert not is_same(state, attribute_subject("b"), U1, "1")

    def test_a_long_value_in_the_order_does_not_make_the_same_call_late(self) -> None:
        state = MemoryState()
        long = order(3, value="x" * 100)
        state.remember(attribute_subject("a"), U1, Known(long, short("1")))
        assert not is_late(state, attribute_subject("a"), U1, long)
        assert is_late(state, attribute_subject("a"), U1, order(2, value="x" * 100))
        assert not is_late(state, attribute_subject("a"), U1, order(4))

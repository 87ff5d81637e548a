from __future__ import annotations

from braze_engage.engage.calls import OrderKey
from braze_engage.engage.identity import Identity
from braze_engage.engage.rules import Delivery
from braze_engage.sync.state import Known, MemoryState, StateStore

PERSON = Identity("external_id", "u1")
KNOWN = Known(OrderKey(1, 1, "m", "true"), member=True)


def test_memory_state_is_a_store() -> None:
    assert isinstance(MemoryState(), StateStore)


def test_messages_are_remembered_per_delivery() -> None:
    state = MemoryState()
    state.remember_done(Delivery.COHORT, "m1")
    assert state.is_done(Delivery.COHORT, "m1")
    assert not state.is_done(Delivery.TRACK, "m1")
    assert not state.is_done(Delivery.COHORT, "m2")


def test_memberships_are_remembered_per_cohort_and_person() -> None:
    state = MemoryState()
    state.remember_membership("aud_1", PERSON, KNOWN)
    assert state.membership("aud_1", PERSON) == KNOWN
    assert state.membership("aud_2", PERSON) is None
    assert state.membership("aud_1", Identity("device_id", "u1")) is None


def test_the_oldest_entries_of_any_kind_go_first_and_are_counted() -> None:
    state = MemoryState(capacity=2)
    state.remember_membership("aud_1", PERSON, KNOWN)
    state.remember_done(Delivery.COHORT, "m1")
    state.remember_membership("aud_1", PERSON, KNOWN)
    assert state.forgotten == 0
    state.remember_done(Delivery.COHORT, "m2")
    assert state.forgotten == 1
    assert state.membership("aud_1", PERSON) == KNOWN
    assert not state.is_done(Delivery.COHORT, "m1")


def test_a_copy_is_independent() -> None:
    state = MemoryState()
    state.remember_done(Delivery.COHORT, "m1")
    copy = state.copy()
    copy.remember_done(Delivery.COHORT, "m2")
    assert copy.is_done(Delivery.COHORT, "m1")
    assert not state.is_done(Delivery.COHORT, "m2")

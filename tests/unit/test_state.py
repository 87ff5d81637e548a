from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from braze_engage.engage.calls import OrderKey
from braze_engage.engage.deliveries import Delivery
from braze_engage.engage.identity import Identity
from braze_engage.sync.known import Known, attribute_subject, cohort_subject
from braze_engage.sync.state import MemoryState, StateStore

PERSON = Identity("external_id", "u1")
KNOWN = Known(OrderKey(1, 1, "m", "true"), "true")
COHORT = cohort_subject("aud_1")


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
    state.remember(COHORT, PERSON, KNOWN)
    assert state.newest(COHORT, PERSON) == KNOWN
    assert state.newest(cohort_subject("aud_2"), PERSON) is None
    assert state.newest(COHORT, Identity("device_id", "u1")) is None


def test_nothing_is_forgotten_while_there_is_room() -> None:
    state = MemoryState(capacity=10)
    for number in range(10):
        state.remember_done(Delivery.COHORT, f"m{number}")
    assert all(state.is_done(Delivery.COHORT, f"m{number}") for number in range(10))
    assert state.forgotten == 0


def test_the_older_half_of_any_kind_goes_when_the_room_is_full_and_is_counted() -> None:
    state = MemoryState(capacity=4)
    state.remember_done(Delivery.COHORT, "m0")
    state.remember(COHORT, PERSON, KNOWN)
    state.remember_done(Delivery.COHORT, "m1")
    state.remember(COHORT, PERSON, KNOWN)
    state.remember_done(Delivery.COHORT, "m2")
    assert state.forgotten == 1
    assert state.newest(COHORT, PERSON) == KNOWN
    assert not state.is_done(Delivery.COHORT, "m0")
    assert state.is_done(Delivery.COHORT, "m1")


def test_people_are_found_in_both_halves_of_the_room() -> None:
    state = MemoryState(capacity=6)
    people = [Identity("external_id", f"u{number}") for number in range(6)]
    state.bury(Identity("external_id", "nobody"), 1)
    for person in people[:4]:
        state.remember(COHORT, person, KNOWN)
    assert state.kept == 4
    state.remember(attribute_subject("a"), people[0], KNOWN)
    assert state.newest(COHORT, people[0]) == KNOWN
    for person in people[:4]:
        state.bury(person, 5)
    for person in people[:4]:
        assert state.newest(COHORT, person) is None
    assert state.newest(attribute_subject("a"), people[0]) is None
    assert state.kept == 0


def test_the_room_is_as_large_as_it_says_whatever_people_have() -> None:
    state = MemoryState(capacity=20)
    for number in range(200):
        person = Identity("external_id", f"u{number % 7}")
        state.remember(attribute_subject(str(number % 5)), person, KNOWN)
        state.remember_done(Delivery.TRACK, f"m{number}")
        assert state.kept <= 20
    assert state.is_done(Delivery.TRACK, "m199")
    assert state.forgotten > 0


@given(
    st.builds(
        Known,
        st.builds(
            OrderKey,
            st.integers(-(2**70), 2**70),
            st.integers(-(2**70), 2**70),
            st.text(),
            st.sampled_from(["true", "false"]),
        ),
        st.sampled_from(["true", "false", "null"]),
    )
)
def test_what_is_remembered_comes_back_as_it_was(known: Known) -> None:
    state = MemoryState()
    state.remember(COHORT, PERSON, known)
    assert state.newest(COHORT, PERSON) == known


def test_a_copy_is_independent() -> None:
    state = MemoryState()
    state.remember_done(Delivery.COHORT, "m1")
    copy = state.copy()
    copy.remember_done(Delivery.COHORT, "m2")
    assert copy.is_done(Delivery.COHORT, "m1")
    assert not state.is_done(Delivery.COHORT, "m2")


class TestBurials:
    def test_all_of_a_person_goes_and_nothing_else(self) -> None:
        state = MemoryState()
        other = Identity("external_id", "u2")
        subjects = [COHORT, cohort_subject("aud_2"), attribute_subject("a")]
        for person in (PERSON, other):
            for subject in subjects:
                state.remember(subject, person, KNOWN)
        state.remember_done(Delivery.COHORT, "m1")
        state.bury(PERSON, 5)
        assert [state.newest(subject, PERSON) for subject in subjects] == [None] * 3
        assert [state.newest(subject, other) for subject in subjects] == [KNOWN] * 3
        assert state.is_done(Delivery.COHORT, "m1")
        assert state.deleted_ns(PERSON) == 5
        assert state.deleted_ns(other) is None
        assert state.deleted_ns(Identity("email", "u1")) is None

    def test_it_goes_from_both_halves(self) -> None:
        state = MemoryState(capacity=4)
        state.remember(COHORT, PERSON, KNOWN)
        for number in range(2):
            state.remember_done(Delivery.TRACK, f"m{number}")
        state.bury(PERSON, 5)
        state.remember(COHORT, PERSON, KNOWN)
        state.bury(PERSON, 5)
        assert state.newest(COHORT, PERSON) is None
        assert state.kept == 2
        assert state.forgotten == 0

    def test_the_later_deletion_counts(self) -> None:
        state = MemoryState()
        for at in (5, 9, 7):
            state.bury(PERSON, at)
        assert state.deleted_ns(PERSON) == 9

    def test_nothing_but_other_deletions_drives_a_deletion_out(self) -> None:
        state = MemoryState(capacity=4)
        state.bury(PERSON, 5)
        for number in range(100):
            state.remember_done(Delivery.COHORT, f"m{number}")
        assert state.deleted_ns(PERSON) == 5
        forgotten = state.forgotten
        for number in range(4):
            state.bury(Identity("external_id", f"v{number}"), 6)
        assert state.deleted_ns(PERSON) is None
        assert state.deleted_ns(Identity("external_id", "v0")) == 6
        assert state.forgotten == forgotten + 1

    def test_a_copy_knows_deletions_and_what_was_spent_and_keeps_its_own(self) -> None:
        state = MemoryState()
        state.bury(PERSON, 5)
        state.spend("2026-11", 7)
        copy = state.copy()
        copy.bury(PERSON, 6)
        copy.spend("2026-11", 1)
        assert (state.deleted_ns(PERSON), copy.deleted_ns(PERSON)) == (5, 6)
        assert (state.spent("2026-11"), copy.spent("2026-11")) == (7, 8)

    def test_points_are_spent_by_period_and_taken_back(self) -> None:
        state = MemoryState()
        state.spend("2026-11-02", 5)
        state.spend("2026-11-02", -2)
        assert state.spent("2026-11-02") == 3
        assert state.spent("2026-11-03") == 0

"""The state that lasts."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from braze_engage import Delivery, SqliteState
from braze_engage.engage.calls import OrderKey
from braze_engage.engage.identity import Identity
from braze_engage.engage.outcomes import Reason
from braze_engage.sync.known import (
    Detecting,
    Known,
    attribute_subject,
    cohort_subject,
    is_late,
    is_same,
    remember_newer,
)
from braze_engage.sync.state import StateStore
from tests.support.stores import DAY, NOW_NS, SECOND, Clock, raw_bytes, rows_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ANA = Identity("external_id", "ana@example.test")
BEN = Identity("external_id", "ben")
COHORT = cohort_subject("aud_1")
LTV = attribute_subject("ltv_90d")


def order(at: int = 0, message_id: str = "m1", value: str = "") -> OrderKey:
    return OrderKey(NOW_NS + at * SECOND, NOW_NS, message_id, value)


def known(at: int = 0, value: str = "true", message_id: str = "m1") -> Known:
    return Known(order(at, message_id), value)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "engage.db"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def state(path: Path, clock: Clock) -> Iterator[SqliteState]:
    opened = SqliteState(path, now_ns=clock)
    yield opened
    opened.close()


def reopened(state: SqliteState, clock: Clock) -> SqliteState:
    state.close()
    return SqliteState(state.path, now_ns=clock)


def test_it_is_a_store_that_detects_changes(state: SqliteState) -> None:
    assert isinstance(state, StateStore)
    assert isinstance(state, Detecting)
    assert state.forgotten == 0


class TestMessages:
    def test_they_outlive_the_process(self, state: SqliteState, clock: Clock) -> None:
        state.remember_done(Delivery.COHORT, "m1")
        assert state.is_done(Delivery.COHORT, "m1")
        again = reopened(state, clock)
        assert again.is_done(Delivery.COHORT, "m1")
        assert not again.is_done(Delivery.TRACK, "m1")
        assert not again.is_done(Delivery.COHORT, "m2")
        again.remember_done(Delivery.TRACK, "m1")
        again.remember_done(Delivery.NONE, "m2")
        last = reopened(again, clock)
        assert last.is_done(Delivery.COHORT, "m1")
        assert last.is_done(Delivery.TRACK, "m1")
        assert last.is_done(Delivery.NONE, "m2")
        last.close()

    def test_they_are_kept_for_seven_days(self, state: SqliteState, clock: Clock) -> None:
        for number in range(2_500):
            state.remember_done(Delivery.TRACK, f"old{number}")
        state.commit()
        clock.move(days=6)
        state.remember_done(Delivery.TRACK, "young")
        state.remember_done(Delivery.TRACK, "old7")
        self.sweep(state, clock)
        assert state.is_done(Delivery.TRACK, "old8")
        clock.move(days=2)
        self.sweep(state, clock)
        assert rows_of(state.path, "SELECT count(*) FROM messages") == [(2,)]
        assert state.is_done(Delivery.TRACK, "young")
        assert state.is_done(Delivery.TRACK, "old7")

    @staticmethod
    def sweep(state: SqliteState, clock: Clock) -> None:
        for _ in range(6):
            clock.move(seconds=1)
            state.commit()

    def test_a_sweep_works_in_slices_and_goes_on_after_a_restart(
        self, state: SqliteState, clock: Clock
    ) -> None:
        for number in range(2_500):
            state.remember_done(Delivery.TRACK, f"old{number}")
        self.sweep(state, clock)
        clock.move(days=9)
        state.commit()
        (left,) = rows_of(state.path, "SELECT count(*) FROM messages")[0]
        assert 1_000 < left < 2_500
        again = reopened(state, clock)
        self.sweep(again, clock)
        assert rows_of(again.path, "SELECT count(*) FROM messages") == [(0,)]
        again.close()

    def test_a_clock_that_was_set_back_forgets_nothing(
        self, state: SqliteState, clock: Clock
    ) -> None:
        state.remember_done(Delivery.TRACK, "m1")
        state.remember_done(Delivery.TRACK, "m2")
        state.commit()
        clock.move(days=-400)
        self.sweep(state, clock)
        state.remember_done(Delivery.COHORT, "m1")
        self.sweep(state, clock)
        assert state.is_done(Delivery.TRACK, "m1")
        assert state.is_done(Delivery.TRACK, "m2")


class TestValues:
    @pytest.mark.parametrize("value", ["true", "12.5", '"text"', json.dumps("x" * 300), "null"])
    def test_they_outlive_the_process_as_hashes(
        self, state: SqliteState, clock: Clock, value: str
    ) -> None:
        state.accepted(LTV, ANA, known(value=value), sure=True)
        again = reopened(state, clock)
        assert is_same(again, LTV, ANA, value)
        assert not is_same(again, LTV, ANA, value + " ")
        assert not is_same(again, COHORT, ANA, value)
        assert not is_same(again, LTV, BEN, value)
        found = again.newest(LTV, ANA)
        assert found is not None
        assert found.order == order()
        again.close()

    def test_a_person_is_an_identifier_of_a_kind_and_an_alias_a_pair(
        self, state: SqliteState
    ) -> None:
        state.accepted(LTV, Identity("user_alias", "a", "b"), known(), sure=True)
        for other in (("user_alias", "b", "a"), ("user_alias", "ab", ""), ("email", "a", "b")):
            assert state.newest(LTV, Identity(*other)) is None

    def test_the_newer_one_counts_whatever_comes_first(self, state: SqliteState) -> None:
        state.accepted(LTV, ANA, known(5, "5"), sure=True)
        state.accepted(LTV, ANA, known(3, "3"), sure=True)
        assert state.holds(LTV, ANA, "5")
        assert is_late(state, LTV, ANA, order(4))
        assert not is_late(state, LTV, ANA, order(6))

    def test_what_holds_at_a_later_time_too_makes_the_time_between_late(
        self, state: SqliteState
    ) -> None:
        state.accepted(LTV, ANA, known(1, "5"), sure=True)
        remember_newer(state, LTV, ANA, known(9, "5"))
        assert state.holds(LTV, ANA, "5")
        assert is_late(state, LTV, ANA, order(4))

    @pytest.mark.parametrize("first", ["m1", "m2"])
    def test_between_equal_stamps_the_message_id_decides_in_any_order(
        self, state: SqliteState, clock: Clock, first: str
    ) -> None:
        second = {"m1": "m2", "m2": "m1"}[first]
        state.accepted(LTV, ANA, known(value=first, message_id=first), sure=True)
        again = reopened(state, clock)
        late = is_late(again, LTV, ANA, order(message_id=second))
        assert late is (second == "m1")
        again.close()

    def test_without_message_id_the_value_decides(self, state: SqliteState) -> None:
        state.accepted(LTV, ANA, Known(order(0, "", "2"), "2"), sure=True)
        assert is_late(state, LTV, ANA, order(0, "", "1"))
        assert not is_late(state, LTV, ANA, order(0, "", "3"))

    def test_a_call_of_the_far_future_is_kept_like_any_other(
        self, state: SqliteState, clock: Clock
    ) -> None:
        far = OrderKey(253_402_300_799 * SECOND, 0, "m", "")
        state.accepted(LTV, ANA, Known(far, "1"), sure=True)
        again = reopened(state, clock)
        found = again.newest(LTV, ANA)
        assert found is not None
        assert found.order == far
        again.close()

    def test_doubt_leaves_the_time_and_takes_the_value(
        self, state: SqliteState, clock: Clock
    ) -> None:
        state.accepted(LTV, ANA, known(5, "5"), sure=True)
        state.doubt(LTV, ANA)
        state.doubt(LTV, BEN)
        again = reopened(state, clock)
        assert not again.holds(LTV, ANA, "5")
        assert is_late(again, LTV, ANA, order(4))
        assert again.newest(LTV, BEN) is None
        again.close()


class TestReassertion:
    def test_what_braze_may_have_ignored_is_believed_for_a_week(
        self, state: SqliteState, clock: Clock
    ) -> None:
        state.accepted(COHORT, ANA, known(), sure=False)
        state.accepted(LTV, ANA, known(), sure=True)
        clock.move(days=6.9)
        assert state.holds(COHORT, ANA, "true")
        clock.move(days=0.2)
        assert not state.holds(COHORT, ANA, "true")
        assert state.holds(LTV, ANA, "true")

    def test_that_it_holds_at_a_later_time_does_not_renew_it(
        self, state: SqliteState, clock: Clock
    ) -> None:
        state.accepted(COHORT, ANA, known(), sure=False)
        clock.move(days=5)
        remember_newer(state, COHORT, ANA, known(5 * 86_400))
        clock.move(days=3)
        assert not state.holds(COHORT, ANA, "true")
        state.accepted(COHORT, ANA, known(8 * 86_400), sure=False)
        assert state.holds(COHORT, ANA, "true")

    def test_a_profile_that_comes_to_be_ends_the_belief_once(
        self, state: SqliteState, clock: Clock
    ) -> None:
        state.accepted(COHORT, ANA, known(), sure=False)
        state.accepted(LTV, ANA, known(), sure=True)
        assert not state.is_created(ANA)
        state.created(ANA)
        assert state.is_created(ANA)
        assert not state.holds(COHORT, ANA, "true")
        assert state.holds(LTV, ANA, "true")
        state.accepted(COHORT, ANA, known(1), sure=False)
        state.created(ANA)
        again = reopened(state, clock)
        assert again.is_created(ANA)
        assert again.holds(COHORT, ANA, "true")
        again.close()

    def test_a_clock_that_was_set_back_a_little_does_not_matter(
        self, state: SqliteState, clock: Clock
    ) -> None:
        state.accepted(COHORT, ANA, known(), sure=False)
        clock.move(days=-0.5)
        assert state.holds(COHORT, ANA, "true")
        clock.move(days=-5)
        assert not state.holds(COHORT, ANA, "true")


class TestDeletions:
    def test_everything_of_a_person_goes_but_that_they_were_deleted(
        self, state: SqliteState, clock: Clock, path: Path
    ) -> None:
        state.accepted(LTV, ANA, known(1), sure=True)
        state.accepted(COHORT, ANA, known(9), sure=False)
        state.accepted(LTV, BEN, known(1), sure=True)
        for time_ms, content in ((NOW_NS // 10**6, "older"), ((NOW_NS + DAY) // 10**6, "newer")):
            state.keep(
                "letters",
                Reason.NOT_DELIVERED,
                time_ms,
                identity=ANA,
                known_as=content,
                content=json.dumps({"text": content, "id": ANA.value}),
            )
        state.bury(ANA, NOW_NS + 5 * SECOND)
        again = reopened(state, clock)
        assert again.deleted_ns(ANA) == NOW_NS + 5 * SECOND
        assert again.newest(LTV, ANA) is None
        assert again.newest(COHORT, ANA) is not None
        assert again.deleted_ns(BEN) is None
        assert again.newest(LTV, BEN) is not None
        assert [
            json.loads(text)["text"] for (text,) in rows_of(path, "SELECT content FROM letters")
        ] == ["newer"]
        again.bury(ANA, NOW_NS)
        assert again.deleted_ns(ANA) == NOW_NS + 5 * SECOND
        again.close()

    def test_a_tombstone_is_kept_for_ever(self, state: SqliteState, clock: Clock) -> None:
        state.bury(ANA, NOW_NS)
        clock.move(days=4_000)
        again = reopened(state, clock)
        assert again.deleted_ns(ANA) == NOW_NS
        again.close()


class TestBudgets:
    def test_points_are_counted_per_period(self, state: SqliteState, clock: Clock) -> None:
        state.spend("2026-11-02", 7)
        state.spend("2026-11-02", -2)
        assert (state.spent("2026-11-02"), state.spent("2026-11")) == (5, 0)
        again = reopened(state, clock)
        assert again.spent("2026-11-02") == 5
        again.close()

    def test_two_processes_add_up(self, state: SqliteState, path: Path, clock: Clock) -> None:
        other = SqliteState(path, now_ns=clock)
        state.spend("2026-11", 3)
        other.spend("2026-11", 4)
        state.commit()
        other.commit()
        state.remember_done(Delivery.TRACK, "any")
        state.commit()
        assert state.spent("2026-11") == other.spent("2026-11") == 7
        other.close()


class TestSeveral:
    def test_what_two_processes_know_of_one_person_adds_up(
        self, state: SqliteState, path: Path, clock: Clock
    ) -> None:
        other = SqliteState(path, now_ns=clock)
        assert state.newest(LTV, ANA) is None
        other.accepted(LTV, ANA, known(5, "5"), sure=True)
        other.commit()
        state.accepted(LTV, ANA, known(3, "3"), sure=True)
        state.accepted(COHORT, ANA, known(1), sure=False)
        state.commit()
        other.accepted(cohort_subject("aud_2"), ANA, known(1), sure=False)
        other.commit()
        for one in (state, other):
            one.remember_done(Delivery.TRACK, "any")
            one.commit()
            assert one.holds(LTV, ANA, "5")
            assert one.holds(COHORT, ANA, "true")
            assert one.holds(cohort_subject("aud_2"), ANA, "true")
        other.close()

    def test_threads_share_one(self, state: SqliteState) -> None:
        def work(number: int) -> None:
            for at in range(50):
                person = Identity("external_id", f"u{at}")
                state.accepted(attribute_subject(f"a{number}"), person, known(at), sure=True)
                state.remember_done(Delivery.IDENTIFY, f"{number} {at}")
                if not at % 7:
                    state.commit()

        threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        state.commit()
        for number in range(6):
            for at in range(50):
                assert state.is_done(Delivery.IDENTIFY, f"{number} {at}")
                assert state.holds(
                    attribute_subject(f"a{number}"), Identity("external_id", f"u{at}"), "true"
                )

    def test_a_copy_of_the_process_does_not_use_its_connection(self, path: Path) -> None:
        code = (
            "import os, sys\n"
            "from braze_engage import Delivery, SqliteState\n"
            "state = SqliteState(sys.argv[1])\n"
            "state.recover(); state._journal.owner\n"
            "if not os.fork():\n"
            "    state.remember_done(Delivery.TRACK, 'm1')\n"
            "    state.commit()\n"
            "os.wait(); state.commit()"
        )
        done = subprocess.run(
            [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0
        assert "was opened by another process" in done.stderr
        assert rows_of(path, "SELECT count(*) FROM messages") == [(0,)]


class TestFiles:
    def test_only_the_owner_may_read_any_of_them(self, state: SqliteState, path: Path) -> None:
        state.remember_done(Delivery.TRACK, "m1")
        state.commit()
        modes = {one.name: stat.S_IMODE(one.stat().st_mode) for one in path.parent.iterdir()}
        assert set(modes) >= {"engage.db", "engage.db-wal", "engage.db-shm", "engage.db-key"}
        assert set(modes.values()) == {0o600}

    def test_nobody_is_named_in_it(self, state: SqliteState, path: Path) -> None:
        state.accepted(LTV, ANA, known(value='"secret value"'), sure=True)
        state.accepted(COHORT, BEN, known(), sure=False)
        state.remember_done(Delivery.TRACK, "message-77")
        state.bury(BEN, NOW_NS)
        state.close()
        held = raw_bytes(path)
        for word in (ANA.value, "ltv_90d", "aud_1", "secret value", "message-77"):
            assert word.encode() not in held

    def test_many_changes_are_written_without_being_told(self, state: SqliteState) -> None:
        for number in range(2_100):
            state.remember_done(Delivery.TRACK, f"m{number}")
        assert rows_of(state.path, "SELECT count(*) FROM messages") == [(2_000,)]

    def test_a_repr_shows_the_path_alone(self, state: SqliteState, path: Path) -> None:
        assert repr(state) == f"SqliteState({str(path)!r})"


class TestNames:
    def test_they_outlive_the_process(self, state: SqliteState, clock: Clock) -> None:
        state.remember_name("aud_1", "vip", "vip", explicit=False)
        state.remember_name("aud_2", "dormant", "Dormant", explicit=True)
        state.remember_name("aud_1", "vip", "vip 2", explicit=False)
        again = reopened(state, clock)
        again.cohort_seen("aud_3", "vip")
        again.cohort_seen("aud_2", "sleepy")
        again.commit()
        assert again.cohorts_of("vip") == ["aud_1", "aud_3"]
        assert again.cohorts_of("sleepy") == ["aud_2"]
        assert again.cohort_names() == [("aud_1", "vip 2", False), ("aud_2", "Dormant", True)]
        again.close()


class TestAhead:
    def test_what_is_noted_in_it_stays_in_it(self, state: SqliteState) -> None:
        state.accepted(LTV, ANA, known(1, "1"), sure=True)
        state.accepted(COHORT, BEN, known(1), sure=False)
        state.remember_done(Delivery.TRACK, "m1")
        state.spend("2026-11", 3)
        ahead = state.copy()
        assert isinstance(ahead, StateStore)
        assert ahead.is_done(Delivery.TRACK, "m1")
        assert ahead.holds(LTV, ANA, "1")
        ahead.accepted(LTV, ANA, known(2, "2"), sure=True)
        ahead.accepted(LTV, ANA, known(0, "0"), sure=True)
        ahead.remember_done(Delivery.TRACK, "m2")
        ahead.spend("2026-11", 2)
        ahead.created(BEN)
        ahead.doubt(LTV, ANA)
        assert ahead.holds(LTV, ANA, "2")
        assert ahead.spent("2026-11") == 5
        assert ahead.is_created(BEN)
        assert not ahead.holds(COHORT, BEN, "true")
        other = ahead.copy()
        other.bury(ANA, NOW_NS + DAY)
        assert other.deleted_ns(ANA) == NOW_NS + DAY
        assert other.newest(LTV, ANA) is None
        assert not other.holds(LTV, ANA, "1")
        assert ahead.deleted_ns(ANA) is None
        assert ahead.forgotten == 0
        assert state.holds(LTV, ANA, "1")
        assert not state.is_done(Delivery.TRACK, "m2")
        assert state.spent("2026-11") == 3
        assert not state.is_created(BEN)


STEPS = st.lists(
    st.one_of(
        st.tuples(
            st.just("accept"),
            st.integers(0, 2),
            st.integers(0, 2),
            st.integers(0, 9),
            st.sampled_from(["m1", "m2", "m3"]),
        ),
        st.tuples(st.just("bury"), st.integers(0, 2), st.integers(0, 9)),
        st.tuples(st.sampled_from(["commit", "reopen", "other"])),
    ),
    max_size=30,
)


class Model:
    """The law by plain dictionaries, and a state file that is to know the same."""

    def __init__(self, path: Path) -> None:
        self.clock = Clock()
        self.states = [SqliteState(path, now_ns=self.clock)]
        self.path = path
        self.newest: dict[tuple[int, int], tuple[int, str]] = {}
        self.deleted: dict[int, int] = {}
        self.sure: set[tuple[int, int]] = set()

    def accept(self, person: int, subject: int, at: int, message_id: str) -> None:
        if at > self.deleted.get(person, -1):
            value = known(at, f"{at} {message_id}", message_id)
            self.states[0].accepted(f"subject {subject}", self.who(person), value, sure=True)
            slot = (person, subject)
            self.newest[slot] = max(self.newest.get(slot, (-1, "")), (at, message_id))
            if self.newest[slot] == (at, message_id):
                self.sure.add(slot)

    def bury(self, person: int, at: int) -> None:
        self.states[0].bury(self.who(person), NOW_NS + at * SECOND)
        self.sure = {slot for slot in self.sure if slot[0] != person}
        last = self.deleted[person] = max(self.deleted.get(person, -1), at)
        self.newest = {
            slot: found
            for slot, found in self.newest.items()
            if slot[0] != person or found[0] > last
        }

    def commit(self) -> None:
        for one in self.states:
            one.commit()

    def reopen(self) -> None:
        self.states[0] = reopened(self.states[0], self.clock)

    def other(self) -> None:
        """Somebody else goes on with what is written."""
        self.commit()
        if len(self.states) == 1:
            self.states.append(SqliteState(self.path, now_ns=self.clock))
        self.states.reverse()
        self.states[0].remember_done(Delivery.TRACK, "any")
        self.states[0].commit()

    def compare(self) -> None:
        state = self.states[0]
        for person in range(3):
            at = self.deleted.get(person)
            deleted_ns = None if at is None else NOW_NS + at * SECOND
            assert state.deleted_ns(self.who(person)) == deleted_ns
            for subject in range(3):
                found = state.newest(f"subject {subject}", self.who(person))
                expected = self.newest.get((person, subject))
                assert (found and found.order) == (expected and order(*expected))
                if expected is not None:
                    value = f"{expected[0]} {expected[1]}"
                    holds = state.holds(f"subject {subject}", self.who(person), value)
                    assert holds == ((person, subject) in self.sure)

    @staticmethod
    def who(person: int) -> Identity:
        return Identity("external_id", f"u{person}")


@given(STEPS)
@settings(max_examples=60, deadline=None)
def test_it_knows_what_a_plain_dictionary_knows(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[Any, ...]]
) -> None:
    """Newest by the law, whatever is written when, by whom, and read again how often."""
    model = Model(tmp_path_factory.mktemp("state") / "engage.db")
    for name, *values in steps:
        getattr(model, name)(*values)
    model.compare()
    for one in model.states:
        one.close()

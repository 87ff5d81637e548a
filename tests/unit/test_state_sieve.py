"""What a state file is not asked for, because it surely is not there."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from braze_engage import Delivery, SqliteState
from braze_engage.engage.calls import OrderKey
from braze_engage.engage.identity import Identity
from braze_engage.sync.known import Known
from braze_engage.sync.state_db import Database
from braze_engage.sync.state_sieve import Sieve
from tests.support.stores import NOW_NS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TRACK = Delivery.TRACK
HASHES = st.integers(0, 2**72 - 1).map(lambda number: number.to_bytes(9, "big"))
LTV = "attribute ltv_90d"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "engage.db"


@pytest.fixture
def state(path: Path) -> Iterator[SqliteState]:
    opened = SqliteState(path)
    yield opened
    opened.close()


class Asked:
    """How often a file was asked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.times = 0
        self._one = Database.one

        def one(database: Database, *given: object) -> object:
            self.times += 1
            return self._one(database, *given)  # type: ignore[arg-type]  # passed on as they are

        monkeypatch.setattr(Database, "one", one)


def test_without_trust_it_answers_nothing(path: Path) -> None:
    SqliteState(path).close()
    database = Database(path, busy_seconds=1.0)
    sieve = Sieve(database, "messages")
    sieve.add([b"123456789"])
    sieve.missed()
    assert not sieve.lacks(b"987654321")
    sieve.trust()
    sieve.missed()
    assert sieve.lacks(b"987654321")
    sieve.distrust()
    sieve.forget()
    assert not sieve.lacks(b"987654321")
    database.close()


@given(st.sets(HASHES, max_size=40), st.sets(HASHES, max_size=40), st.integers(0, 200))
@settings(max_examples=60, deadline=None)
def test_it_never_lets_a_row_pass_for_absent(
    tmp_path_factory: pytest.TempPathFactory, there: set[bytes], added: set[bytes], misses: int
) -> None:
    """However far the table was read by then; the slices are small, so that there are several."""
    path = tmp_path_factory.mktemp("sieve") / "engage.db"
    SqliteState(path).close()
    database = Database(path, busy_seconds=1.0)
    database.many("INSERT INTO messages (message, done) VALUES (?, 1)", [(one,) for one in there])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("braze_engage.sync.state_sieve._SLICE", 7)
        sieve = Sieve(database, "messages")
        sieve.trust()
        for _ in range(misses):
            sieve.missed()
        sieve.add(added)
    assert not any(sieve.lacks(one) for one in there | added)
    database.close()


class TestMessages:
    def test_a_new_file_is_asked_once_about_many(
        self, state: SqliteState, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked = Asked(monkeypatch)
        with state.alone():
            assert not any(state.is_done(TRACK, f"m{number}") for number in range(500))
        assert asked.times == 1

    def test_what_the_file_holds_is_found(self, path: Path) -> None:
        filled = SqliteState(path)
        for number in range(3_000):
            filled.remember_done(TRACK, f"m{number}")
        filled.close()
        with closing(SqliteState(path)) as state, state.alone():
            for number in range(3_000):
                assert state.is_done(TRACK, f"m{number}")
                assert not state.is_done(TRACK, f"n{number}")

    def test_what_came_to_an_end_meanwhile_is_found(self, state: SqliteState) -> None:
        with state.alone():
            assert not state.is_done(TRACK, "m1")
            state.remember_done(TRACK, "m1")
            assert state.is_done(TRACK, "m1")
            state.commit()
            assert not state.is_done(TRACK, "m2")
            assert state.is_done(TRACK, "m1")

    def test_what_somebody_else_wrote_before_and_after_is_found(self, state: SqliteState) -> None:
        for name in ("m1", "m2"):
            with state.alone():
                assert not state.is_done(TRACK, name)
            other = SqliteState(state.path)
            other.remember_done(TRACK, name)
            other.close()
            assert state.is_done(TRACK, name)
            with state.alone():
                assert state.is_done(TRACK, name)

    def test_what_was_under_way_in_a_dead_process_is_found(self, path: Path) -> None:
        code = (
            "import os, sys\n"
            "from braze_engage import SqliteState\n"
            "from braze_engage.sync.state_journal import Once\n"
            "state = SqliteState(sys.argv[1])\n"
            "state.write_ahead([Once(2, 'm1', 'm1')], []); state.commit()\n"
            "os._exit(1)"
        )
        subprocess.run([sys.executable, "-c", code, str(path)], check=False)
        with closing(SqliteState(path)) as state, state.alone():
            assert not state.is_done(TRACK, "m1")
            state.recover()
            assert state.is_done(TRACK, "m1")

    @pytest.mark.skipif(not hasattr(os, "fork"), reason="this system copies no processes")
    def test_a_copy_of_the_process_is_refused_although_it_could_answer(self, path: Path) -> None:
        code = (
            "import os, sys\n"
            "from braze_engage import Delivery, SqliteState\n"
            "state = SqliteState(sys.argv[1])\n"
            "with state.alone():\n"
            "    state.is_done(Delivery.TRACK, 'm1'); state.is_done(Delivery.TRACK, 'm2')\n"
            "    assert state.failure is None\n"
            "    if not os.fork():\n"
            "        state.is_done(Delivery.TRACK, 'm3')\n"
            "        print(state.failure, file=sys.stderr, flush=True)\n"
            "        os._exit(0)\n"
            "    os.wait()\n"
            "state.close()"
        )
        done = subprocess.run(
            [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0
        assert "was opened by another process" in done.stderr


class TestPeople:
    def test_a_new_file_is_asked_once_about_many(
        self, state: SqliteState, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked = Asked(monkeypatch)
        with state.alone():
            found = [state.deleted_ns(person(number)) for number in range(500)]
        assert found == [None] * 500
        assert asked.times == 1

    def test_who_was_written_is_found_when_memory_has_let_go(
        self, state: SqliteState, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("braze_engage.sync.state_people._KEPT", 5)
        monkeypatch.setattr("braze_engage.sync.state_people._WRITTEN_KEPT", 5)
        with state.alone():
            for number in range(60):
                state.accepted(LTV, person(number), known(number), sure=True)
                if number % 3 == 0:
                    state.commit()
            state.commit()
            assert all(state.holds(LTV, person(number), str(number)) for number in range(60))
            assert state.newest(LTV, person(60)) is None

    def test_somebody_else_is_heard_at_the_next_commit(self, state: SqliteState) -> None:
        other = SqliteState(state.path)
        with state.alone():
            assert state.newest(LTV, person(1)) is None
            other.accepted(LTV, person(1), known(1), sure=True)
            other.accepted(LTV, person(2), known(2), sure=True)
            other.close()
            state.accepted("attribute email", person(1), known(3), sure=True)
            state.commit()
            assert state.holds(LTV, person(1), "1")
            assert state.holds(LTV, person(2), "2")
            assert state.holds("attribute email", person(1), "3")


def person(number: int) -> Identity:
    return Identity("external_id", f"u{number}")


def known(number: int) -> Known:
    return Known(OrderKey(NOW_NS + number, NOW_NS, f"m{number}", ""), str(number))

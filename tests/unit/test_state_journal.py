"""What was under way when a process ended suddenly."""

from __future__ import annotations

import os
import sqlite3
import types
from typing import TYPE_CHECKING, Any

import pytest

from braze_engage import ConfigurationError, Delivery, Outcome, RunStopped, SqliteState, StateError
from braze_engage.engage.outcomes import Reason
from braze_engage.sync.state_db import Database
from braze_engage.sync.state_journal import Once
from braze_engage.sync.trail import NO_TOKEN, Trail, content_hash, with_token
from tests.support.lasting import Shop, close, event
from tests.support.stores import Clock, rows_of
from tests.unit.test_sqlite_state import ANA, BEN, COHORT, LTV, known

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "engage.db"


@pytest.fixture
def state(path: Path) -> Iterator[SqliteState]:
    opened = SqliteState(path, now_ns=Clock())
    yield opened
    opened.close()


def die(state: SqliteState) -> None:
    """Let the system take the mark of a process, as when it is killed."""
    owner = state._journal._owner
    assert owner is not None
    os.close(owner._descriptor)
    state._journal._owner = None
    state._close()


def doomed(path: Path) -> SqliteState:
    """A state of a process with three things under way."""
    state = SqliteState(path, now_ns=Clock())
    for person in (ANA, BEN):
        state.accepted(LTV, person, known(1, "1"), sure=True)
    state.accepted(COHORT, ANA, known(1), sure=False)
    written = [state.reference(LTV, ANA), state.reference(COHORT, ANA)]
    once = [Once(Delivery.TRACK.value, name, f"id {name}") for name in ("m1", "m2")]
    state.write_ahead(once, [one for one in written if one is not None])
    state.commit()
    return state


def test_what_must_not_be_sent_again_is_lost_and_of_values_nobody_knows(
    state: SqliteState, path: Path
) -> None:
    assert not state.is_done(Delivery.TRACK, "m1")
    die(doomed(path))
    assert list(path.parent.glob("*-run-*"))
    state.recover()
    for name in ("m1", "m2"):
        assert state.is_done(Delivery.TRACK, name)
        assert state.is_lost(Delivery.TRACK, name)
        assert not state.is_lost(Delivery.IDENTIFY, name)
    assert {row[0] for row in state.lost_rows()} == {"id m1", "id m2"}
    assert not state.holds(LTV, ANA, "1")
    assert not state.holds(COHORT, ANA, "true")
    assert state.holds(LTV, BEN, "1")
    assert rows_of(path, "SELECT count(*) FROM journal") == [(0,)]
    assert not list(path.parent.glob("*-run-*"))
    state.recover()
    state.found("m1")
    state.commit()
    assert not state.is_lost(Delivery.TRACK, "m1")
    assert len(state.lost_rows()) == 1


def test_what_is_under_way_in_a_living_process_is_left_alone(
    state: SqliteState, path: Path
) -> None:
    living = doomed(path)
    state.recover()
    living.recover()
    assert not state.is_done(Delivery.TRACK, "m1")
    assert state.holds(LTV, ANA, "1")
    assert rows_of(path, "SELECT count(*) FROM journal") == [(1,)]
    living.close()


def test_what_ended_before_is_not_lost(state: SqliteState, path: Path) -> None:
    other = doomed(path)
    other.remember_done(Delivery.TRACK, "m1")
    other.commit()
    die(other)
    state.recover()
    assert not state.is_lost(Delivery.TRACK, "m1")
    assert state.is_lost(Delivery.TRACK, "m2")


def test_people_who_are_gone_by_now_do_not_matter(state: SqliteState, path: Path) -> None:
    other = doomed(path)
    other.bury(ANA, 2**62)
    other.commit()
    die(other)
    state.recover()
    assert state.newest(LTV, ANA) is None
    connection = sqlite3.connect(path)
    connection.execute("DELETE FROM people")
    connection.commit()
    connection.close()
    die(doomed(path))
    connection = sqlite3.connect(path)
    connection.execute("DELETE FROM people")
    connection.commit()
    connection.close()
    state.recover()
    assert state.newest(LTV, BEN) is None


def test_a_value_that_is_in_doubt_or_not_known_needs_no_note(state: SqliteState) -> None:
    assert state.reference(LTV, ANA) is None
    state.accepted(LTV, ANA, known(), sure=True)
    assert state.reference(LTV, ANA) is not None
    state.doubt(LTV, ANA)
    assert state.reference(LTV, ANA) is None


def test_without_room_for_a_mark_nothing_is_sent(
    state: SqliteState, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "open", fail)
    with pytest.raises(StateError, match="No space left"):
        state.write_ahead([Once(2, "m1", None)], [])


class TestInARun:
    @staticmethod
    def leave(shop: Shop, known_as: str, bit: int = Delivery.TRACK.value) -> None:
        """A process that was killed while a call was under way."""
        state = SqliteState(shop.path, now_ns=shop.clock)
        state.write_ahead([Once(bit, known_as, known_as)], [])
        state.commit()
        die(state)

    def test_a_call_that_comes_again_is_unknown_once_and_then_a_duplicate(
        self, tmp_path: Path
    ) -> None:
        shop = Shop(tmp_path)
        self.leave(shop, "m1")
        calls = [event("u1", 1, message_id="m1"), event("u1", 2, message_id="m2")]
        report = shop.run(calls)
        assert (report.outcomes["unknown"], report.outcomes["sent"]) == (1, 1)
        assert report.failures[0].reason is Reason.ANSWER_LOST
        assert shop.run(calls).outcomes["duplicate"] == 2

    def test_one_that_does_not_come_again_is_a_dead_letter_without_its_call(
        self, tmp_path: Path
    ) -> None:
        shop = Shop(tmp_path)
        self.leave(shop, "m1")
        self.leave(shop, "m2", bit=16)
        sync = shop.sync()
        sync.run([])
        first, second = sorted(sync.dead_letters(), key=lambda one: one.message_id or "")
        assert (first.outcome, first.call, first.position) == (Outcome.UNKNOWN, None, None)
        assert (first.delivery, second.delivery) == (Delivery.TRACK, Delivery.NONE)
        assert len(sync.dead_letters(key="ltv")) == 0
        assert len(sync.dead_letters(reason="answer_lost")) == 2
        assert sync.dead_letters().replay(repeat_unknown=True).calls == 0
        assert sync.dead_letters().discard() == 2
        assert len(sync.dead_letters()) == 0
        close(sync)
        assert shop.run([event("u1", 1, message_id="m1")]).outcomes["duplicate"] == 1

    def test_deletions_by_mail_are_not_repeated_and_those_by_id_are(self, tmp_path: Path) -> None:
        shop = Shop(tmp_path)
        erase: Any = shop.sync()._clients.rest  # Any: it has one
        shop.fake.add_users(["u1"])
        seen: list[int] = []
        real = SqliteState.write_ahead

        def spy(self: SqliteState, once: Any, written: Any) -> int:
            seen.append(len(once))
            return real(self, once, written)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(SqliteState, "write_ahead", spy)
            for identity in (
                {"userId": "u1"},
                {"traits": {"email": "ana@example.test"}, "messageId": "d2"},
            ):
                deletion = {"type": "delete", "timestamp": "2026-11-02T01:00:00Z", **identity}
                rule = {"identity": _by_mail()}
                shop.run([deletion], erase=erase, rule=rule)
        assert seen == [1]


def _by_mail() -> Any:  # Any: IdentityRules
    from braze_engage import IdentityRules  # noqa: PLC0415 - here alone

    return IdentityRules(external_id="$.userId", email="$.traits.email")


class TestConfiguration:
    def test_a_refused_file_is_closed_again(self, tmp_path: Path) -> None:
        shop = Shop(tmp_path)
        shop.sync(workspace="shop-eu").close()
        sync = shop.sync(workspace="shop-eu", state=str(shop.path))
        sync.close()
        with pytest.raises(ConfigurationError, match="workspace='shop-eu'"):
            shop.sync(state=str(shop.path))
        with pytest.raises(ConfigurationError, match="name of the workspace"):
            shop.sync(workspace="")

    def test_names_that_cannot_be_read_are_a_matter_of_configuration(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        shop = Shop(tmp_path)
        shop.sync()
        real = Database.rows

        def fail(self: Database, statement: str, values: Any = ()) -> Any:
            if "cohorts" in statement:
                raise StateError("state: disk I/O error")
            return real(self, statement, values)

        monkeypatch.setattr(Database, "rows", fail)
        with pytest.raises(ConfigurationError, match="disk I/O error"):
            shop.sync()

    def test_a_bound_that_cannot_be_written_likewise(
        self, state: SqliteState, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(*_: object) -> None:
            raise StateError("state: database or disk is full")

        monkeypatch.setattr(state._db, "run", fail)
        with pytest.raises(ConfigurationError, match="full"):
            state.bind(hosts={"https://rest.iad-06.braze.com"}, workspace=None)
        monkeypatch.undo()


def test_a_run_that_halts_while_it_sends_what_was_kept_leaves_the_rest(tmp_path: Path) -> None:
    from datetime import timedelta  # noqa: PLC0415 - here alone

    shop = Shop(tmp_path)
    sync = shop.sync(outage_patience=timedelta(0), concurrency=1)
    sync.pause("ltv")
    sync.run([event(f"u{number}", number) for number in range(200)])
    shop.fake.refuse_connection("/users/track", times=9)
    with pytest.raises(RunStopped):
        sync.release("paused")
    assert len(sync.held()) + len(sync.dead_letters()) == 200
    with pytest.raises(RunStopped):
        sync.dead_letters().replay()
    assert len(sync.held()) + len(sync.dead_letters()) == 200
    close(sync)


class TestTrail:
    def test_pairs_of_calls_are_an_array_and_other_pairs_have_a_token(self) -> None:
        calls = (event("u1"), event("u2"))
        assert with_token(calls) == (NO_TOKEN, calls)
        assert with_token((7, event("u1"))) == (7, event("u1"))
        assert with_token((1, 2, 3)) == (NO_TOKEN, (1, 2, 3))

    def test_equal_contents_hash_alike_in_whatever_form(self) -> None:
        raw = event("u1")
        turned = dict(reversed(list(raw.items())))
        proxy = types.MappingProxyType(raw)
        assert content_hash(raw) == content_hash(turned) == content_hash([proxy][0])
        assert content_hash(raw) != content_hash(event("u2"))
        assert content_hash("text") == content_hash(b"text")

    def test_what_is_no_json_is_told_apart_by_kind(self) -> None:
        odd: list[Any] = [object(), {1: 1, "a": 2}, {"a": object()}]
        assert len({content_hash(one) for one in odd}) == 3
        trail, other = Trail(), Trail()
        for one in odd:
            trail.add(NO_TOKEN, one)
            other.add(NO_TOKEN, one)
        assert trail.mark == other.mark

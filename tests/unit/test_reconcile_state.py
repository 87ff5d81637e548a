"""What a state file knows of full lists, whoever writes it, and what disks do to it."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

import pytest

from braze_engage import ConfigurationError, Delivery, RunStopped, SqliteState, StateError
from braze_engage.engage.calls import OrderKey
from braze_engage.engage.identity import Identity
from braze_engage.sync import comparing, listed_people
from braze_engage.sync.known import Known, cohort_subject, is_late
from braze_engage.sync.partitions import SEPARATOR
from braze_engage.sync.snapshot_files import SnapshotFiles
from tests.support.changes import call
from tests.support.lasting import Shop, close
from tests.support.reconciles import COHORT, at, counts, people
from tests.support.stores import rows_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from braze_engage import EngageSync, Report

SUBJECT = cohort_subject(COHORT)
DELETION = {"type": "delete", "userId": "u3", "timestamp": "2026-11-02T06:00:00.000Z"}


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    made = Shop(tmp_path, rule={"audiences": Delivery.COHORT})
    made.fake.add_users(people(0, 200))
    made.clock.move(days=1)
    return made


def reconcile(sync: EngageSync, members: Iterable[str], **options: Any) -> Report:
    return sync.reconcile(COHORT, members=members, name="vip", key="vip", **options)


def once(shop: Shop, members: Iterable[str], **options: Any) -> Report:
    sync = shop.sync()
    try:
        return reconcile(sync, members, **options)
    finally:
        close(sync)


def order(minutes: float, *, member: bool = True) -> OrderKey:
    return OrderKey(int(at(minutes).timestamp() * 1e9), 0, "", "true" if member else "false")


class TestOthers:
    def test_what_another_process_brought_since_counts(self, shop: Shop) -> None:
        one, other = shop.sync(), shop.sync()
        reconcile(one, people(0, 100), as_of=at(-60))
        other.run([call("u3", 11 * 3600 + 60, member=False), call("u150", 11 * 3600 + 60)])
        report = reconcile(one, people(0, 100), as_of=at(0))
        assert (counts(report).added, counts(report).removed) == (1, 1)
        assert set(shop.fake.cohorts[COHORT].members) == set(people(0, 100))
        late = other.run([call("u5", 11 * 3600 + 60, member=False)])
        assert late.outcomes["superseded"] == 1
        close(one)
        close(other)

    def test_a_process_that_opened_the_file_before_the_first_list_learns_of_it(
        self, shop: Shop
    ) -> None:
        one, other = shop.sync(), shop.sync()
        other.run([call("u199", 60)])
        reconcile(one, people(0, 100), as_of=at(-60))
        other.run([call("u150", 60 * 60 * 11 + 60)])
        other.run([call("u151", 60 * 60 * 11 + 60)])
        report = reconcile(one, people(0, 100), as_of=at(0))
        assert counts(report).removed == 2
        close(one)
        close(other)

    def test_without_lists_nothing_is_written_about_members(self, shop: Shop) -> None:
        shop.run([call("u1", 60)])
        tables = {name for (name,) in rows_of(shop.path, "SELECT name FROM sqlite_master")}
        assert not tables & {"members", "snapshots", "erasures"}
        assert not SnapshotFiles(shop.path).directory.exists()

    def test_an_audience_without_lists_is_left_out(self, shop: Shop) -> None:
        once(shop, people(0, 10), as_of=at(0))
        shop.run([call("u1", 13 * 3600, cohort="aud_2", key="loyal")])
        assert rows_of(shop.path, "SELECT DISTINCT subject FROM members") in ([], [(1,)])

    def test_other_identifiers_are_left_out(self, shop: Shop) -> None:
        once(shop, people(0, 10), as_of=at(0))
        state = SqliteState(shop.path, now_ns=shop.clock)
        state.recover()
        somebody = Identity("device_id", "d1")
        before = rows_of(shop.path, "SELECT COUNT(*) FROM members")
        state.accepted(SUBJECT, somebody, Known(order(60), "true"), sure=False)
        state.commit()
        assert rows_of(shop.path, "SELECT COUNT(*) FROM members") == before
        other = somebody._replace(value="d2")
        assert not is_late(state, SUBJECT, other, order(-60))
        state.close()


class TestErased:
    def test_while_a_reconcile_is_under_way_its_end_sees_to_it(self, shop: Shop) -> None:
        rest = shop.sync()._clients.rest
        once(shop, people(0, 20), as_of=at(-360))
        deleting = shop.sync(erase=rest)

        def ids() -> Iterable[str]:
            yield from (one for one in people(0, 20) if one != "u3")
            deleting.run([DELETION])
            assert rows_of(shop.path, "SELECT person FROM erasures") == [("u3",)]

        report = once(shop, ids(), as_of=at(0))
        assert (counts(report).unchanged, counts(report).removed) == (19, 0)
        assert rows_of(shop.path, "SELECT person FROM erasures") == []
        (snapshot,) = SnapshotFiles(shop.path).directory.iterdir()
        assert SEPARATOR + b"u3" + SEPARATOR not in snapshot.read_bytes()
        close(deleting)

    def test_what_changed_since_goes_too(self, shop: Shop) -> None:
        rest = shop.sync()._clients.rest
        once(shop, people(0, 20), as_of=at(-700))
        shop.run([call("u3", 3600), call("u150", 3600)])
        assert ("u150",) in rows_of(shop.path, "SELECT person FROM members")
        shop.run([DELETION, {**DELETION, "userId": "u150"}], erase=rest)
        left = rows_of(shop.path, "SELECT person FROM members")
        assert ("u3",) not in left
        assert ("u150",) not in left


class TestTrouble:
    def test_a_snapshot_that_is_damaged_stops_a_reconcile_and_can_be_forgotten(
        self, shop: Shop
    ) -> None:
        once(shop, people(0, 100), as_of=at(0))
        (path,) = SnapshotFiles(shop.path).directory.iterdir()
        path.write_bytes(path.read_bytes()[:-1])
        before = shop.requests
        with pytest.raises(StateError, match=r"damaged.*forget_snapshot"):
            once(shop, people(0, 100), as_of=at(1))
        assert shop.requests == before
        sync = shop.sync()
        sync.forget_snapshot(COHORT)
        assert counts(reconcile(sync, people(0, 100), as_of=at(1))).unchanged == 100
        close(sync)

    def test_a_late_call_then_stops_a_run(self, shop: Shop) -> None:
        once(shop, people(0, 100), as_of=at(0))
        (path,) = SnapshotFiles(shop.path).directory.iterdir()
        path.unlink()
        sync = shop.sync()
        before = shop.requests
        with pytest.raises(RunStopped, match="forget_snapshot"):
            sync.run([call("u150", 60)])
        assert shop.requests == before
        sync.forget_snapshot(COHORT)
        assert sync.run([call("u150", 60)]).outcomes["sent"] == 1
        close(sync)

    def test_a_disk_that_is_full_at_the_end_loses_nothing(
        self, shop: Shop, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        sync = shop.sync()
        reconcile(sync, people(0, 20), as_of=at(-60))
        with monkeypatch.context() as patch:

            def full(*_: object, **__: object) -> None:
                raise StateError("state: No space left on device; make room")

            patch.setattr(SnapshotFiles, "write", full)
            with pytest.raises(RunStopped, match="make room") as caught:
                reconcile(sync, people(3, 23), as_of=at(0), max_removed=3)
        assert counts(caught.value.report).added == 3
        report = reconcile(sync, people(3, 23), as_of=at(1))
        assert counts(report).unchanged == 20
        assert set(shop.fake.cohorts[COHORT].members) == set(people(3, 23))
        close(sync)

    def test_a_disk_that_is_full_while_a_list_is_read_sends_nothing(
        self, shop: Shop, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(*_: object) -> None:
            raise StateError("state: No space left on device; make room")

        with monkeypatch.context() as patch:
            patch.setattr("braze_engage.sync.partitions.Spill.write", full)
            with pytest.raises(StateError, match="make room"):
                once(shop, people(0, 20))
        assert shop.requests == 0
        assert counts(once(shop, people(0, 20))).added == 20

    def test_a_disk_that_cannot_be_read_while_it_is_sent_stops_it(
        self, shop: Shop, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        once(shop, people(0, 20))
        with monkeypatch.context() as patch:

            def broken(*_: object) -> None:
                raise StateError("state: disk I/O error; look at the disk")

            patch.setattr("braze_engage.sync.list_job.ListJob.differences", broken)
            with pytest.raises(RunStopped, match="look at the disk") as caught:
                once(shop, people(0, 25))
        assert counts(caught.value.report).unchanged == 20
        assert counts(once(shop, people(0, 25))).added == 5

    def test_a_state_that_cannot_be_written_lets_the_audience_go(
        self, shop: Shop, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        sync = shop.sync()
        reconcile(sync, people(0, 20))
        database = sync._lasting.state._db  # type: ignore[union-attr]  # it has a file
        real = database.run

        def run(statement: str, values: Any = ()) -> int:
            if statement == "COMMIT":
                raise StateError("state: database or disk is full; make room and run again")
            return real(statement, values)

        def ids() -> Iterable[str]:
            yield from people(0, 21)
            monkeypatch.setattr(database, "run", run)

        with pytest.raises((StateError, RunStopped), match="make room"):
            reconcile(sync, ids())
        monkeypatch.setattr(database, "run", real)
        assert counts(reconcile(sync, people(0, 21))).added == 1
        close(sync)


class TestLateCalls:
    def test_only_some_parts_stay_in_memory(
        self, shop: Shop, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(listed_people, "_KEPT_BYTES", 60)
        once(shop, people(0, 150), as_of=at(0))
        sync = shop.sync()
        calls = [
            call(person, 60, member=number < 100) for number, person in enumerate(people(0, 200))
        ]
        report = sync.run(calls)
        # 0 to 149 are in the list, 150 to 199 are not, and of them the calls say so too
        assert (report.outcomes["superseded"], report.outcomes["sent"]) == (150, 50)
        kept = sync._lasting.state._listed._parts  # type: ignore[union-attr]  # it has a file
        assert 0 < sum(map(len, kept.values())) <= 60
        close(sync)

    def test_a_trait_of_a_table(self, shop: Shop) -> None:
        sync = shop.sync()
        sync.reconcile_traits([("u1", 1), ("u2", "x")], key="ltv", as_of=at(-60))
        sync.reconcile_traits([("u1", 1), ("u2", "x"), ("u3", 3)], key="ltv", as_of=at(0))
        state = sync._lasting.state  # type: ignore[union-attr]  # it has a file
        state.recover()

        def late(person: str, value: str) -> bool:
            key = order(-1)._replace(value=value)
            return is_late(state, "attribute ltv", Identity("external_id", person), key)

        assert [late("u1", "1"), late("u1", "2"), late("u2", '"x"'), late("u9", "1")] == [
            False,
            True,
            False,
            True,
        ]
        assert not late("u9", "null")
        close(sync)

    def test_what_was_not_written_anew_counts(
        self, shop: Shop, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(comparing, "_SHARE", 9.0)
        once(shop, people(0, 20), as_of=at(-60))
        once(shop, people(0, 21), as_of=at(0))
        assert rows_of(shop.path, "SELECT COUNT(*) FROM members") != [(0,)]
        sync = shop.sync()
        state = sync._lasting.state  # type: ignore[union-attr]  # it has a file
        state.recover()
        person = Identity("external_id", "u20")
        state.commit()
        assert state.later_list_denies(SUBJECT, person, order(-120, member=False)) is False
        assert is_late(state, SUBJECT, person, order(-120, member=False))
        assert counts(reconcile(sync, people(0, 21), as_of=at(1))).unchanged == 21
        close(sync)


def test_a_clock_that_stands_still_puts_lists_in_order(shop: Shop) -> None:
    for end in (20, 21, 20):
        once(shop, people(0, end))
    assert set(shop.fake.cohorts[COHORT].members) == set(people(0, 20))


def test_a_moment_far_away_is_a_moment(shop: Shop) -> None:
    long_ago = datetime(1, 1, 2, tzinfo=timezone.utc)
    once(shop, people(0, 20), as_of=long_ago)
    assert set(shop.fake.cohorts[COHORT].members) == set(people(0, 20))


def test_two_of_one_audience_in_one_call_are_refused_when_they_are_under_way(shop: Shop) -> None:
    sync = shop.sync()

    def ids() -> Iterable[str]:
        yield "u1"
        with suppress(ConfigurationError):
            reconcile(sync, ["u2"])
            pytest.fail("it was not refused")

    reconcile(sync, ids())
    assert set(shop.fake.cohorts[COHORT].members) == {"u1"}
    close(sync)

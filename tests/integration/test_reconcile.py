"""Full lists become cohorts, and only what differs is sent."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

from braze_engage import ConfigurationError, EngageSync, FullList, Reason, RunStopped
from braze_engage.sync import id_lists
from braze_engage.testing import FakeBraze
from tests.support.changes import call
from tests.support.reconciles import COHORT, Lists, at, broken, counts, people

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

USERS = "/partners/segment/cohorts/users"


@pytest.fixture
def fake() -> Iterator[FakeBraze]:
    with FakeBraze() as server:
        server.add_users(people(0, 300))
        yield server


@pytest.fixture
def lists(fake: FakeBraze, tmp_path: Path) -> Lists:
    return Lists(fake, tmp_path)


def test_the_first_list_only_adds_and_says_so(lists: Lists) -> None:
    report = lists.reconcile(people(0, 100))
    assert lists.members == set(people(0, 100))
    assert lists.fake.cohorts[COHORT].name == "Dormant shoppers"
    found = counts(report)
    assert (found.listed, found.added, found.removed, found.is_first) == (100, 100, 0, True)
    assert report.outcomes["sent"] == report.calls == 100
    assert any("universe=" in warning for warning in report.warnings)


def test_then_only_the_difference_is_sent(lists: Lists) -> None:
    lists.reconcile(people(0, 100))
    report = lists.reconcile(reversed(people(3, 102)))
    found = counts(report)
    assert (found.added, found.removed, found.unchanged) == (2, 3, 97)
    assert not found.is_first
    assert not report.warnings
    assert lists.members == set(people(3, 102))
    assert (report.calls, report.outcomes["sent"], report.outcomes["unchanged"]) == (102, 5, 97)
    assert sum(report.reasons.values()) == sum(report.outcomes.values()) == report.calls
    assert (report.cohorts[0].added, report.cohorts[0].removed) == (2, 3)
    assert "Dormant shoppers" in str(report)
    before = lists.writes()
    again = lists.reconcile(people(3, 102), name=None)
    assert lists.writes() == before
    assert counts(again).unchanged == 99
    assert counts(again).name == "Dormant shoppers"


def test_ids_that_come_twice_count_once(lists: Lists) -> None:
    report = lists.reconcile(people(0, 50) * 3)
    assert counts(report).listed == counts(report).added == 50


def test_ids_may_hold_any_character(lists: Lists) -> None:
    odd = ["a\nb", "tab\there", "\x00", "Zoë", "\ud7ff", "þÿ", " x ", "🛒"]
    lists.fake.add_users(odd)
    lists.reconcile(odd)
    assert lists.members == set(odd)
    lists.reconcile(odd[1:], max_removed=1)
    assert lists.members == set(odd[1:])


def test_the_universe_tells_who_is_to_be_removed_at_first(lists: Lists) -> None:
    lists.run(*(call(person, 1) for person in people(90, 110)))
    lists.fake.requests.clear()
    report = lists.reconcile(people(0, 100), universe=people(0, 120), as_of=at(0), key="vip")
    assert lists.members == set(people(0, 100))
    found = counts(report)
    # whom the run added is known to be there; of the others in the universe nothing is
    assert (found.added, found.removed, found.unchanged) == (90, 20, 10)
    assert not report.warnings


class TestTime:
    def test_whoever_a_later_call_is_known_of_is_left_alone(self, lists: Lists) -> None:
        """The list was taken at noon, the calls came after it, and before it."""
        lists.reconcile(people(0, 100), as_of=at(-60))
        lists.run(
            call("u5", 12 * 3600 + 60, member=False),
            call("u200", 12 * 3600 + 60),
            call("u6", 11 * 3600 + 60, member=False),
            call("u201", 11 * 3600 + 60),
        )
        report = lists.reconcile(people(0, 100), as_of=at(0))
        assert lists.members == set(people(0, 100)) - {"u5"} | {"u200"}
        found = counts(report)
        assert (found.added, found.removed, found.left_alone, found.unchanged) == (1, 1, 2, 98)
        assert report.reasons[Reason.NEWER_KNOWN] == 2
        # and when a list is newer than the calls, it counts again
        lists.reconcile(people(0, 100), as_of=at(30))
        assert lists.members == set(people(0, 100))

    def test_a_later_call_is_known_before_the_first_list_too(self, lists: Lists) -> None:
        lists.run(call("u5", 13 * 3600, member=False))
        report = lists.reconcile(people(0, 10), as_of=at(0))
        assert lists.members == set(people(0, 10)) - {"u5"}
        assert (counts(report).added, counts(report).left_alone) == (9, 1)

    def test_at_one_moment_the_list_counts(self, lists: Lists) -> None:
        """Only who has a later call is left alone; of two lists the one counts that came last."""
        lists.reconcile(people(0, 90), as_of=at(-60))
        lists.run(call("u5", 12 * 3600, member=False), call("u200", 12 * 3600))
        lists.reconcile(people(0, 100), as_of=at(0))
        assert lists.members == set(people(0, 100))
        lists.reconcile(people(1, 101), as_of=at(0))
        assert lists.members == set(people(1, 101))
        # nor does a call of that moment that comes now undo it
        lists.run(call("u5", 12 * 3600, member=False, message_id="again"))
        assert lists.members == set(people(1, 101))

    def test_a_call_that_comes_late_does_not_undo_a_list(self, lists: Lists) -> None:
        lists.reconcile(people(0, 100), as_of=at(0))
        report = lists.run(call("u5", 11 * 3600, member=False))
        assert report.reasons[Reason.NEWER_KNOWN] == 1
        assert lists.members == set(people(0, 100))

    def test_nor_does_it_where_the_list_changed_nothing(self, lists: Lists) -> None:
        """What a full list says holds for everybody at its time, whether it was sent or not."""
        lists.reconcile(people(0, 100), as_of=at(-60))
        lists.reconcile(people(0, 101), as_of=at(0))
        before = lists.writes()
        report = lists.run(
            call("u5", 11 * 3600 + 1800, member=False),
            call("u6", 11 * 3600 + 1800),
            call("u200", 11 * 3600 + 1800),
            call("u201", 11 * 3600 + 1800, member=False),
        )
        assert report.reasons[Reason.NEWER_KNOWN] == 2
        # what agrees with the list does no harm, and may mend what Braze ignored
        assert (report.outcomes["sent"], report.outcomes["unchanged"]) == (1, 1)
        assert lists.writes() == before + 1
        assert lists.members == set(people(0, 101))

    def test_the_time_is_needed_where_calls_are_held_back(self, lists: Lists) -> None:
        """They may be newer than the list, and would be lost without a word."""
        with lists.sync() as sync:
            sync.pause("vip")
            sync.run([call("u5", 60, member=False)])
        with pytest.raises(ConfigurationError, match=r"as_of: .*holds calls of 'aud_1'"):
            lists.reconcile(people(0, 100))

    def test_the_time_is_needed_once_calls_are_known(self, lists: Lists) -> None:
        lists.run(call("u5", 60))
        before = lists.writes()
        with pytest.raises(ConfigurationError, match=r"as_of: .*holds calls of 'aud_1'"):
            lists.reconcile(people(0, 10))
        assert lists.writes() == before
        lists.reconcile(people(0, 10), as_of=at(0))
        with pytest.raises(ConfigurationError, match="as_of"):
            lists.reconcile(people(0, 10))

    def test_it_is_needed_after_calls_between_two_lists_too(self, lists: Lists) -> None:
        lists.reconcile(people(0, 10), as_of=at(0))
        lists.reconcile(people(0, 10), as_of=at(1))
        lists.run(call("u200", 13 * 3600))
        with pytest.raises(ConfigurationError, match="as_of"):
            lists.reconcile(people(0, 10))

    def test_an_older_list_is_refused(self, lists: Lists) -> None:
        lists.reconcile(people(0, 100), as_of=at(0))
        with pytest.raises(ConfigurationError, match="taken later is known"):
            lists.reconcile(people(0, 99), as_of=at(-1))
        lists.reconcile(people(0, 101), as_of=at(0))
        assert lists.members == set(people(0, 101))

    def test_a_list_that_was_refused_does_not_count(self, lists: Lists) -> None:
        lists.reconcile(people(0, 100), as_of=at(0))
        with pytest.raises(ConfigurationError, match="max_removed"):
            lists.reconcile(people(0, 9), as_of=at(9))
        lists.reconcile(people(0, 101), as_of=at(5))
        assert lists.members == set(people(0, 101))


class TestRefused:
    @pytest.mark.parametrize("first", [True, False])
    def test_an_empty_list(self, lists: Lists, *, first: bool) -> None:
        if not first:
            lists.reconcile(people(0, 3))
        before = lists.writes()
        with pytest.raises(ConfigurationError, match="is empty, and nothing was sent"):
            lists.reconcile(iter(()))
        assert lists.writes() == before
        lists.reconcile([], max_removed=1.0)
        if not first:
            assert lists.members == set()

    def test_more_than_five_in_a_hundred(self, lists: Lists) -> None:
        lists.reconcile(people(0, 100))
        before = lists.writes()
        with pytest.raises(ConfigurationError, match=r"6 of 100 people .*\(6\.0%\).*max_removed=6"):
            lists.reconcile(people(6, 120))
        assert lists.writes() == before
        lists.reconcile(people(5, 100))
        assert lists.members == set(people(5, 100))

    @pytest.mark.parametrize(("most", "allowed"), [(0, 0), (7, 7), (0.1, 10), (1.0, 100)])
    def test_unless_the_caller_says_so(
        self, fake: FakeBraze, tmp_path: Path, most: float, allowed: int
    ) -> None:
        lists = Lists(fake, tmp_path)
        lists.reconcile(people(0, 100))
        if allowed < 100:
            with pytest.raises(ConfigurationError, match="max_removed"):
                lists.reconcile(people(allowed + 1, 100), max_removed=most)
        lists.reconcile(people(allowed, 100), max_removed=most)
        assert lists.members == set(people(allowed, 100))

    def test_calls_since_do_not_count_against_a_list(self, lists: Lists) -> None:
        """Fifty people came after it was taken."""
        lists.reconcile(people(0, 50), as_of=at(-9))
        lists.run(*(call(person, 13 * 3600) for person in people(50, 100)))
        report = lists.reconcile(people(0, 50), as_of=at(0))
        assert counts(report).left_alone == 50
        assert lists.members == set(people(0, 100))

    def test_a_list_that_raises_in_the_middle(self, lists: Lists) -> None:
        lists.reconcile(people(0, 100))
        before = lists.writes()
        with pytest.raises(
            RunStopped, match=r"after 60 items.*OSError; nothing was sent"
        ) as caught:
            lists.reconcile(broken(people(10, 120), 60))
        assert isinstance(caught.value.__cause__, OSError)
        assert caught.value.position == 60
        assert caught.value.report.calls == 0
        assert lists.writes() == before
        lists.reconcile(people(2, 102))
        assert lists.members == set(people(2, 102))

    def test_a_universe_that_raises(self, lists: Lists) -> None:
        with pytest.raises(RunStopped, match="nothing was sent"):
            lists.reconcile(people(0, 9), universe=broken(people(0, 20), 7))
        assert lists.writes() == 0

    def test_ctrl_c(self, lists: Lists) -> None:
        def ids() -> Iterator[str]:
            yield "u1"
            raise KeyboardInterrupt

        with pytest.raises(RunStopped, match="interrupted"):
            lists.reconcile(ids())

    @pytest.mark.parametrize(
        ("bad", "words"),
        [
            (7, r"members: item 3 is int; give external ids as text"),
            (None, r"item 3 is NoneType"),
            (b"u7", r"item 3 is bytes"),
            ("", r"item 3 is an empty text"),
            ("\ud800", r"item 3 holds half of a surrogate pair"),
            ("x" * 988, r"item 3 has 988 bytes, and Braze takes 987"),
        ],
    )
    def test_what_is_no_id(self, lists: Lists, bad: Any, words: str) -> None:
        with pytest.raises(RunStopped, match=words) as caught:
            lists.reconcile(["u0", "u1", "u2", bad, "u4"])
        assert caught.value.position == 3
        assert lists.writes() == 0

    @pytest.mark.parametrize("bad", ["u1", b"u1", {"u1": True}, 7])
    def test_what_is_no_list(self, lists: Lists, bad: Any) -> None:
        with pytest.raises(TypeError, match="members: got"):
            lists.reconcile(bad)
        with pytest.raises(TypeError, match="universe: got"):
            lists.reconcile(["u1"], universe=bad)

    def test_an_open_file(self, lists: Lists, tmp_path: Path) -> None:
        path = tmp_path / "ids"
        path.write_text("u1\nu2\n")
        with path.open() as file, pytest.raises(TypeError, match="rstrip"):
            lists.reconcile(file)
        with path.open() as file:
            lists.reconcile(line.rstrip("\n") for line in file)
        assert lists.members == {"u1", "u2"}

    def test_arguments_that_do_not_fit(self, lists: Lists) -> None:
        with lists.sync() as sync:
            wrong: list[dict[str, Any]] = [
                {"name": 7},
                {"name": " "},
                {"key": ""},
                {"max_removed": True},
                {"max_removed": -1},
                {"max_removed": 1.5},
                {"max_removed": "all"},
                {"as_of": "2026-11-02"},
                {"as_of": at(0).replace(tzinfo=None)},
                {"as_of": at(0).replace(year=2036)},
            ]
            for options in wrong:
                (name,) = options
                with pytest.raises(ConfigurationError, match=f"{name}: "):
                    sync.reconcile(COHORT, members=["u1"], **{"name": "x", **options})
            for cohort in ("", 7):
                with pytest.raises(ConfigurationError, match="cohort: "):
                    sync.reconcile(cohort, members=["u1"])  # type: ignore[arg-type]  # that is the point
            with pytest.raises(ConfigurationError, match=r"reconcile: .*surrogate"):
                sync.reconcile(COHORT, name="\ud800", members=["u1"])
            with pytest.raises(ConfigurationError, match="name: no call of 'aud_1' is known"):
                sync.reconcile(COHORT, members=["u1"])
        assert lists.writes() == 0

    def test_without_a_state_file(self, lists: Lists) -> None:
        with lists.sync(state=None) as sync:
            for action in (
                lambda: sync.reconcile(COHORT, members=["u1"], name="x"),
                lambda: sync.plan_reconcile(COHORT, members=["u1"], name="x"),
                lambda: sync.reconcile_all({COHORT: ["u1"]}),
                lambda: sync.reconcile_traits([], key="ltv"),
                lambda: sync.forget_snapshot(COHORT),
            ):
                with pytest.raises(ConfigurationError, match=r"needs a state file.*engage\.db"):
                    action()


class TestFailures:
    def test_who_was_not_brought_into_braze_is_brought_by_the_next_list(self, lists: Lists) -> None:
        lists.reconcile(people(0, 100))
        lists.fake.fail(USERS, status=401, json={"message": "Invalid Partner API key"})
        with pytest.raises(RunStopped) as caught:
            lists.reconcile(people(2, 103))
        assert caught.value.credentials
        assert caught.value.position == 101
        assert counts(caught.value.report).not_done == 5
        assert lists.members == set(people(0, 100))
        report = lists.reconcile(people(2, 103))
        assert (counts(report).added, counts(report).removed) == (3, 2)
        assert lists.members == set(people(2, 103))

    def test_an_answer_that_is_lost_leaves_nobody_out(self, lists: Lists) -> None:
        """Braze took the removal of u0 and u1, nobody knows, and the next list has them again."""
        lists.reconcile(people(0, 100))
        lists.fake.drop(USERS, when="after")
        with lists.sync(outage_patience=0) as sync, pytest.raises(RunStopped):
            sync.reconcile(COHORT, members=people(2, 100))
        report = lists.reconcile(people(0, 100))
        assert lists.members == set(people(0, 100))
        assert counts(report).added == 2

    def test_whom_braze_refuses_is_a_failure_and_is_tried_again(self, lists: Lists) -> None:
        lists.reconcile(people(0, 9))
        lists.fake.fail(USERS, status=400, json={"message": "no"})
        report = lists.reconcile(people(0, 10))
        assert counts(report).not_done == report.failures_total == 1
        assert lists.reconcile(people(0, 10)).outcomes["sent"] == 1
        assert lists.members == set(people(0, 10))


class TestDeleted:
    @staticmethod
    def deletion(person: str) -> dict[str, object]:
        return {"type": "delete", "userId": person, "timestamp": "2026-11-02T12:30:00.000Z"}

    def test_nobody_is_written_who_was_deleted(self, lists: Lists) -> None:
        lists.reconcile(people(0, 20), as_of=at(0))
        lists.run(self.deletion("u3"), self.deletion("u250"))
        before = lists.writes()
        report = lists.reconcile([*people(0, 20), "u250"], as_of=at(60))
        assert counts(report).deleted == 2
        assert report.reasons[Reason.PERSON_DELETED] == 2
        assert lists.writes() == before

    def test_nobody_is_removed_who_was_deleted(self, lists: Lists) -> None:
        lists.reconcile(people(0, 20), as_of=at(0))
        lists.run(self.deletion("u3"))
        before = lists.writes()
        report = lists.reconcile(sorted({*people(0, 20)} - {"u3"}), as_of=at(60))
        assert (counts(report).unchanged, counts(report).removed) == (19, 0)
        assert lists.writes() == before

    def test_their_ids_are_in_no_file(self, lists: Lists) -> None:
        lists.fake.add_users(["somebody-special"])
        lists.reconcile([*people(0, 20), "somebody-special"], as_of=at(0))
        files = [path for path in lists.path.parent.rglob("*") if path.is_file()]
        assert any(b"somebody-special" in path.read_bytes() for path in files)
        lists.run(self.deletion("somebody-special"))
        (snapshot,) = (lists.path.parent / "engage.db-snapshots").iterdir()
        assert b"somebody-special" not in snapshot.read_bytes()
        assert counts(lists.reconcile(people(0, 20), as_of=at(60))).unchanged == 20

    def test_who_came_back_is_written_again(self, lists: Lists) -> None:
        lists.reconcile(people(0, 20), as_of=at(0))
        lists.run(self.deletion("u3"))
        lists.run(call("u3", 13 * 3600))
        lists.reconcile(sorted({*people(0, 20)} - {"u3"}), as_of=at(90), max_removed=1)
        assert lists.members == set(people(0, 20)) - {"u3"}


class TestOneAtATime:
    @pytest.mark.parametrize("shared", [True, False])
    def test_a_second_one_of_an_audience_is_refused(self, lists: Lists, *, shared: bool) -> None:
        inside, go_on = threading.Event(), threading.Event()

        def ids() -> Iterator[str]:
            yield from people(0, 5)
            inside.set()
            go_on.wait(10)

        sync = lists.sync()
        other = sync if shared else lists.sync()
        thread = threading.Thread(
            target=lambda: sync.reconcile(COHORT, name="x", members=ids()), daemon=True
        )
        thread.start()
        inside.wait(10)
        with pytest.raises(ConfigurationError, match="one of 'aud_1' is under way"):
            other.reconcile(COHORT, name="x", members=people(0, 3))
        with pytest.raises(ConfigurationError, match="under way"):
            other.forget_snapshot(COHORT)
        other.reconcile("aud_2", name="y", members=people(0, 3))
        other.run([call("u9", 60, cohort="aud_3")])
        go_on.set()
        thread.join()
        assert lists.members == set(people(0, 5))
        other.reconcile(COHORT, members=people(0, 6))
        assert lists.members == set(people(0, 6))
        sync.close()
        other.close()


class TestAll:
    def test_one_report_for_several_audiences(self, lists: Lists) -> None:
        with lists.sync() as sync:
            report = sync.reconcile_all(
                {
                    "aud_1": FullList(members=people(0, 50), name="One"),
                    "aud_2": FullList(members=people(20, 40), name="Two", as_of=at(0)),
                }
            )
            assert [(one.audience, one.added) for one in report.lists] == [
                ("aud_1", 50),
                ("aud_2", 20),
            ]
            assert report.calls == 70
            report = sync.reconcile_all({"aud_1": people(0, 51), "aud_2": people(20, 41)})
            assert [one.added for one in report.lists] == [1, 1]
        assert lists.members == set(people(0, 51))
        assert set(lists.fake.cohorts["aud_2"].members) == set(people(20, 41))

    def test_one_that_is_refused_takes_all_along(self, lists: Lists) -> None:
        with lists.sync() as sync:
            given = {
                "aud_1": FullList(members=people(0, 50), name="One"),
                "aud_2": FullList(members=[], name="Two"),
            }
            with pytest.raises(ConfigurationError, match="aud_2"):
                sync.reconcile_all(given)
            assert lists.writes() == 0
            with pytest.raises(TypeError, match="mapping"):
                sync.reconcile_all([])  # type: ignore[arg-type]  # that is the point
            with pytest.raises(ConfigurationError, match="at least one"):
                sync.reconcile_all({})


def test_looking_ahead_sends_nothing(lists: Lists) -> None:
    lists.reconcile(people(0, 100))
    before = lists.writes()
    with lists.sync() as sync:
        plan = sync.plan_reconcile(COHORT, members=people(50, 120), universe=people(0, 200))
        assert (plan.listed, plan.added, plan.removed, plan.unchanged) == (70, 20, 130, 50)
        empty = sync.plan_reconcile(COHORT, members=[])
        assert (empty.added, empty.removed) == (0, 100)
        with pytest.raises(RunStopped):
            sync.plan_reconcile(COHORT, members=broken(people(0, 9), 3))
        assert lists.writes() == before
        assert counts(sync.reconcile(COHORT, members=people(0, 101))).added == 1
    with lists.sync() as sync:
        late = sync.plan([call("u200", 60), call("u5", 60)])
        assert (late.outcomes["superseded"], late.outcomes["sent"]) == (2, 0)


def test_forgetting_makes_the_next_list_the_first(lists: Lists) -> None:
    lists.reconcile(people(0, 20))
    with lists.sync() as sync:
        sync.forget_snapshot(COHORT)
        sync.forget_snapshot("aud_7")
    assert not list((lists.path.parent / "engage.db-snapshots").iterdir())
    report = lists.reconcile(people(0, 10))
    assert counts(report).is_first
    assert (counts(report).removed, counts(report).unchanged) == (0, 10)


def test_a_long_list_is_spread_and_cut(lists: Lists, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(id_lists, "_CHUNK", 100)
    monkeypatch.setattr(id_lists, "_IN_MEMORY", 300)
    many = [f"m{number}" for number in range(3_500)]
    lists.fake.add_users(many)
    lists.reconcile(many)
    assert lists.members == set(many)
    bodies: list[Any] = [one.json for one in lists.fake.requests if one.path == USERS]
    sizes = [len(change["user_ids"]) for body in bodies for change in body["cohort_changes"]]
    assert sum(sizes) == 3_500
    assert max(sizes) <= 1_000


def test_a_sync_is_one(lists: Lists) -> None:
    with lists.sync() as sync:
        assert isinstance(sync, EngageSync)

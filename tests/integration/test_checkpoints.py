"""A run that was stopped goes on where it was, and nowhere else."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

import pytest

from braze_engage import (
    ConfigurationError,
    Delivery,
    EngageRules,
    Reason,
    RunStopped,
    StateError,
    read_calls,
)
from braze_engage.sync.state import MemoryState
from tests.support.changes import AUDIENCE, call
from tests.support.fake_calls import MEMBERS
from tests.support.lasting import TRACK, Shop, close, event, trait

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path


def events(count: int) -> list[dict[str, Any]]:
    return [event(f"u{number}", number) for number in range(count)]


def broken(items: Iterable[object], after: int) -> Iterator[object]:
    """A source that fails half way."""
    for position, item in enumerate(items):
        if position == after:
            raise OSError("the disk is gone")
        yield item


def stopped(shop: Shop, items: Iterable[object], after: int, **options: Any) -> RunStopped:
    with pytest.raises(RunStopped) as caught:
        shop.run(broken(items, after), checkpoint="nightly", **options)
    return caught.value


def times_sent(shop: Shop) -> list[int]:
    return sorted(int(entry["external_id"][1:]) for entry in shop.sent("events"))


def test_it_goes_on_behind_what_was_dealt_with_and_forgets_when_all_is(shop: Shop) -> None:
    calls = events(10)
    assert stopped(shop, calls, 6).position == 6
    sync = shop.sync()
    found = sync.checkpoint("nightly")
    assert found is not None
    assert (found.name, found.position, found.token) == ("nightly", 6, None)
    report = sync.run(calls, checkpoint="nightly")
    assert (report.skipped, report.calls, report.outcomes["sent"]) == (6, 4, 4)
    assert "skipped: 6" in str(report)
    assert sync.checkpoint("nightly") is None
    close(sync)
    assert times_sent(shop) == list(range(10))


def test_positions_stay_those_of_the_source(shop: Shop) -> None:
    calls = [*events(4), "no call", *events(6)[4:]]
    stopped(shop, calls, 3)
    report = shop.run(calls, checkpoint="nightly")
    assert [failure.position for failure in report.failures] == [4]


@pytest.mark.parametrize(
    "form",
    [lambda raw: raw, json.dumps, lambda raw: json.dumps(raw).encode(), lambda raw: [raw, raw]],
)
def test_every_form_of_an_item_is_told_from_others(
    shop: Shop, form: Callable[[dict[str, Any]], object]
) -> None:
    calls = events(6)
    stopped(shop, map(form, calls), 4)
    before = shop.requests
    changed = [*calls[:2], {**calls[2], "userId": "u99"}, *calls[3:]]
    with pytest.raises(ConfigurationError, match=r"first 4 items.*nothing was sent.*nightly"):
        shop.run(map(form, changed), checkpoint="nightly")
    assert shop.requests == before
    report = shop.run(map(form, calls), checkpoint="nightly")
    assert report.skipped == 4


@pytest.mark.parametrize("count", [0, 2])
def test_a_source_that_is_shorter_is_refused(shop: Shop, count: int) -> None:
    stopped(shop, events(6), 4)
    with pytest.raises(ConfigurationError, match="first 4 items"):
        shop.run(events(count), checkpoint="nightly")
    # the checkpoint is kept
    assert shop.run(events(6), checkpoint="nightly").skipped == 4


def test_a_source_with_rows_in_front_is_refused_before_anything_is_sent(shop: Shop) -> None:
    stopped(shop, events(6), 4)
    before = shop.requests
    with pytest.raises(ConfigurationError, match="not those"):
        shop.run([event("new"), *events(6)], checkpoint="nightly")
    assert shop.requests == before


def test_a_checkpoint_that_is_forgotten_refuses_nothing(shop: Shop) -> None:
    stopped(shop, events(6), 4)
    sync = shop.sync()
    sync.forget_checkpoint("nightly")
    assert sync.run(events(2), checkpoint="nightly").skipped == 0
    close(sync)


def test_the_same_name_serves_the_next_source_whose_calls_are_others(shop: Shop) -> None:
    """Calls without ids are known by their place and by what they say."""
    for at in (0, 100):
        calls = [event(f"u{number}", at + number) for number in range(3)]
        assert shop.run(calls, checkpoint="nightly").outcomes["sent"] == 3
    tokens = list(enumerate(events(3)))
    assert shop.run(tokens, checkpoint="weekly").outcomes["sent"] == 3
    others = [(token, event("u7", token)) for token in range(3)]
    assert shop.run(others, checkpoint="weekly").outcomes["sent"] == 3


def test_the_same_source_again_repeats_no_event(shop: Shop) -> None:
    """A process may be killed between the end of the run and that of the process."""
    assert shop.run(events(3), checkpoint="nightly").outcomes["sent"] == 3
    assert shop.run(events(3), checkpoint="nightly").outcomes["duplicate"] == 3
    assert shop.run(events(3)).outcomes["sent"] == 3


def test_what_follows_the_checkpoint_may_be_another_than_before(shop: Shop) -> None:
    """Nothing but what is dealt with has to be the same: a file that grows, for one."""
    stopped(shop, events(6), 4)
    others = [*events(4), event("u10", 7), event("u11", 8), event("u12", 9)]
    assert shop.run(others, checkpoint="nightly").outcomes["sent"] == 3


class TestTokens:
    @staticmethod
    def pairs(count: int, begin: int = 0) -> list[tuple[object, dict[str, Any]]]:
        return [(["page", n], event(f"u{n}", n)) for n in range(begin, count)]

    def test_a_source_may_begin_at_its_first_item_or_at_the_token(self, shop: Shop) -> None:
        stopped(shop, self.pairs(9), 4)
        sync = shop.sync()
        found = sync.checkpoint("nightly")
        close(sync)
        assert found is not None
        assert (found.position, found.token) == (4, ["page", 3])
        stopped(shop, self.pairs(9), 6)
        report = shop.run(self.pairs(9, begin=5), checkpoint="nightly")
        assert (report.skipped, report.outcomes["sent"]) == (6, 3)
        assert times_sent(shop) == list(range(9))

    def test_a_source_without_the_token_is_refused(self, shop: Shop) -> None:
        stopped(shop, self.pairs(9), 4)
        before = shop.requests
        for other in (self.pairs(9, begin=4), events(9)):
            with pytest.raises(ConfigurationError, match=r"does not hold the token"):
                shop.run(other, checkpoint="nightly")
        assert shop.requests == before

    def test_a_source_that_had_none_may_not_come_with_tokens(self, shop: Shop) -> None:
        stopped(shop, events(9), 4)
        with pytest.raises(ConfigurationError, match="first 4 items"):
            shop.run(self.pairs(9), checkpoint="nightly")

    def test_calls_without_ids_that_share_a_token_are_none_of_them_another(
        self, shop: Shop
    ) -> None:
        """As where a token names a page of a queue; what is behind the first comes again."""
        alike = [("page", event("u1")) for _ in range(4)]
        stopped(shop, [("before", event("u1")), *alike], 4)
        assert len(shop.sent("events")) == 4
        report = shop.run(alike, checkpoint="nightly")
        assert (report.outcomes["duplicate"], report.outcomes["sent"]) == (2, 1)

    def test_some_with_and_some_without_stop_the_run(self, shop: Shop) -> None:
        with pytest.raises(RunStopped, match="a token or none") as caught:
            shop.run([*self.pairs(2), *events(1)], checkpoint="nightly")
        assert isinstance(caught.value.__cause__, ConfigurationError)
        assert caught.value.report.outcomes["sent"] == 2

    def test_a_token_that_is_no_json_stops_the_run(self, shop: Shop) -> None:
        with pytest.raises(RunStopped, match="the token of an item is object"):
            shop.run([(object(), event("u1"))], checkpoint="nightly")

    def test_without_a_checkpoint_tokens_are_left_aside(self, shop: Shop) -> None:
        assert shop.run(self.pairs(3)).outcomes["sent"] == 3
        sync = shop.sync()
        assert sync.plan(self.pairs(3)).outcomes["sent"] == 3
        close(sync)


class TestWhatIsOpen:
    def test_a_call_that_was_not_delivered_holds_the_checkpoint_back(self, shop: Shop) -> None:
        calls = [event("u0", 0), trait("u1", 1, ltv=1), event("u2", 2)]
        shop.fake.fail(TRACK, status=401, json={"message": "no"})
        with pytest.raises(RunStopped) as caught:
            shop.run(calls, checkpoint="nightly")
        assert caught.value.report.outcomes["failed"] == 3
        sync = shop.sync()
        assert len(sync.dead_letters()) == 0
        found = sync.checkpoint("nightly")
        assert found is None or found.position == 0
        assert sync.run(calls, checkpoint="nightly").outcomes["sent"] == 3
        close(sync)

    def test_one_of_an_array_is_enough(self, shop: Shop) -> None:
        """Of two requests one fails: what is behind it was sent and is not sent again."""
        people = [event(f"u{number}", number) for number in range(80)]
        items = [people[:40], [], people[40:78], people[78:]]
        shop.fake.fail(TRACK, status=401, json={"message": "no"})
        with pytest.raises(RunStopped):
            shop.run(items, checkpoint="nightly", concurrency=1)
        report = shop.run(items, checkpoint="nightly")
        assert report.outcomes["sent"] + report.outcomes["duplicate"] == 80
        assert set(times_sent(shop)) == set(range(80))

    @pytest.mark.parametrize("message_id", ["m1", None])
    def test_what_was_stopped_comes_again_though_another_part_is_lost(
        self, shop: Shop, message_id: str | None
    ) -> None:
        """A lost event and a membership that did not go are two things of one call."""
        shop.fake.add_user("u1")
        entered = call("u1", 1, message_id=message_id)
        entered |= {"type": "track", "event": "Audience Entered", "properties": {"vip": True}}
        both = EngageRules(audiences=Delivery.TRACK | Delivery.COHORT)
        shop.fake.drop(TRACK, when="before")
        shop.fake.fail(MEMBERS, status=401, json={"message": "no"})
        with pytest.raises(RunStopped) as caught:
            shop.run([entered], checkpoint="nightly", rules=both)
        assert caught.value.report.outcomes["unknown"] == 1
        sync = shop.sync(rules=both)
        assert [letter.reason for letter in sync.dead_letters()] == [Reason.ANSWER_LOST]
        report = sync.run([entered], checkpoint="nightly")
        assert (report.skipped, report.outcomes["unknown"], report.deliveries["sent"]) == (0, 1, 1)
        (letter,) = sync.dead_letters()
        close(sync)
        assert (letter.call, letter.delivery) == (entered, Delivery.TRACK)
        assert shop.fake.cohorts[AUDIENCE].members == {"u1"}
        assert len(shop.sent("events")) == 1

    def test_what_was_stopped_comes_again_though_another_part_is_refused(self, shop: Shop) -> None:
        shop.fake.add_user("u1")
        entered = call("u1", 1, message_id="m1")
        entered |= {"type": "track", "event": "Audience Entered", "properties": {"vip": True}}
        both = EngageRules(audiences=Delivery.TRACK | Delivery.COHORT)
        shop.fake.refuse_items(lambda one: "name" in one, text="no such event")
        shop.fake.fail(MEMBERS, status=401, json={"message": "no"})
        with pytest.raises(RunStopped) as caught:
            shop.run([entered], checkpoint="nightly", rules=both)
        assert caught.value.report.reasons == {Reason.STOPPED: 1}
        sync = shop.sync(rules=both)
        report = sync.run([entered], checkpoint="nightly")
        assert (report.skipped, report.outcomes["sent"]) == (0, 1)
        (letter,) = sync.dead_letters()
        close(sync)
        assert (letter.reason, letter.delivery) == (Reason.REFUSED_BY_BRAZE, Delivery.TRACK)
        assert "no such event" in letter.detail
        assert shop.fake.cohorts[AUDIENCE].members == {"u1"}

    def test_a_deletion_that_was_stopped_comes_again(self, shop: Shop) -> None:
        shop.fake.add_user("u1")
        erase = shop.sync(state=MemoryState())._clients.rest
        gone = {"type": "delete", "userId": "u1", "timestamp": "2026-11-02T00:00:05Z"}
        shop.fake.fail("/users/delete", status=401, json={"message": "no"})
        with pytest.raises(RunStopped):
            shop.run([gone], checkpoint="nightly", erase=erase)
        report = shop.run([gone], checkpoint="nightly", erase=erase)
        assert (report.skipped, report.outcomes["sent"]) == (0, 1)
        assert "u1" not in shop.fake.users

    def test_what_is_held_counts_as_dealt_with(self, shop: Shop) -> None:
        sync = shop.sync()
        sync.pause("ltv")
        assert sync.run(events(3), checkpoint="nightly").outcomes["held"] == 3
        assert sync.checkpoint("nightly") is None
        close(sync)

    def test_nulls_that_wait_for_the_guard_hold_it_back(self, shop: Shop) -> None:
        calls = [trait("u0", 0, ltv=None), *(trait(f"u{n}", n, ltv=n) for n in range(1, 5))]
        rules = EngageRules(null_guard=0.5)

        def source() -> Iterator[object]:
            yield from calls[:4]
            raise KeyboardInterrupt

        with pytest.raises(RunStopped, match="interrupted"):
            shop.run(source(), checkpoint="nightly", rules=rules)
        report = shop.run(calls, checkpoint="nightly", rules=rules)
        assert report.skipped == 0
        assert report.outcomes["sent"] + report.outcomes["unchanged"] == 5


class TestMemberships:
    def test_they_end_right_after_a_stop(self, shop: Shop) -> None:
        shop.fake.add_users([f"u{number}" for number in range(30)])
        calls = [call(f"u{number % 30}", number, member=number % 7 > 0) for number in range(90)]
        stopped(shop, calls, 50)
        shop.run(calls, checkpoint="nightly")
        newest = {f"u{number % 30}": number % 7 > 0 for number in range(90)}
        expected = {person for person, member in newest.items() if member}
        assert shop.fake.cohorts[AUDIENCE].members == expected

    def test_a_cohort_is_named_once_by_all_processes(self, shop: Shop) -> None:
        for at in range(3):
            shop.run([call("u1", at, member=at % 2 == 0)])
        assert sum(request.path.endswith("/cohorts") for request in shop.fake.requests) == 1
        shop.run([call("u1", 9, member=False, key="vip renamed")])
        assert shop.fake.cohorts[AUDIENCE].name == "vip renamed"


class TestRefusals:
    def test_without_a_state_file_a_checkpoint_is_refused(self, shop: Shop) -> None:
        sync = shop.sync(state=MemoryState())
        for action in (
            lambda: sync.run([], checkpoint="nightly"),
            lambda: sync.checkpoint("nightly"),
            lambda: sync.forget_checkpoint("nightly"),
            sync.dead_letters,
        ):
            with pytest.raises(ConfigurationError, match=r"needs a state file.*engage\.db"):
                action()
        sync.close()

    @pytest.mark.parametrize("name", ["", 7, b"nightly"])
    def test_a_name_is_text(self, shop: Shop, name: Any) -> None:
        sync = shop.sync()
        with pytest.raises(ConfigurationError, match="checkpoint='nightly'"):
            sync.run([], checkpoint=name)
        close(sync)

    def test_two_runs_do_not_share_a_checkpoint(self, shop: Shop) -> None:
        sync, other = shop.sync(), shop.sync()
        inside, go_on = threading.Event(), threading.Event()

        def source() -> Iterator[object]:
            yield event("u1")
            inside.set()
            go_on.wait(10)

        thread = threading.Thread(target=lambda: sync.run(source(), checkpoint="nightly"))
        thread.start()
        inside.wait(10)
        with pytest.raises(ConfigurationError, match="uses 'nightly'"):
            other.run([], checkpoint="nightly")
        go_on.set()
        thread.join()
        assert other.run([event("u2")], checkpoint="weekly").outcomes["sent"] == 1
        other.run([], checkpoint="nightly")
        close(sync)
        close(other)

    def test_a_source_that_raises_while_it_is_skipped_stops_the_run(self, shop: Shop) -> None:
        stopped(shop, events(6), 4)
        error = stopped(shop, events(6), 2)
        assert error.position == 0
        assert isinstance(error.__cause__, OSError)
        assert shop.run(events(6), checkpoint="nightly").skipped == 4


class TestTrouble:
    """The disk is full in the middle of a run."""

    @staticmethod
    def fill(sync: Any, after: int, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
        """Let writing fail once some transactions are written."""
        database = sync._lasting.state._db
        real, left = database.run, [after]

        def run(statement: str, values: Any = ()) -> int:
            if statement == "COMMIT":
                left[0] -= 1
                if left[0] < 0:
                    raise StateError("state: database or disk is full; make room and run again")
            result: int = real(statement, values)
            return result

        monkeypatch.setattr(database, "run", run)
        return lambda: monkeypatch.setattr(database, "run", real)

    @pytest.mark.parametrize("after", range(1, 6))
    def test_the_run_stops_says_why_and_loses_nothing(
        self, shop: Shop, monkeypatch: pytest.MonkeyPatch, after: int
    ) -> None:
        calls = [
            one
            for number in range(60)
            for one in (
                event(f"u{number}", number, message_id=f"e{number}"),
                trait(f"u{number}", number, message_id=f"t{number}", size=number),
            )
        ]
        sync = shop.sync(concurrency=2)
        sync.run([])
        make_room = self.fill(sync, after, monkeypatch)
        with pytest.raises((RunStopped, StateError), match="make room"):
            sync.run(calls, checkpoint="nightly")
        make_room()
        report = sync.run(calls, checkpoint="nightly")
        close(sync)
        assert times_sent(shop) == list(range(60))
        assert report.outcomes["unknown"] == 0
        assert {
            person: shop.fake.users[f"u{person}"].custom_attributes["size"] for person in range(60)
        } == {number: number for number in range(60)}

    def test_after_a_restart_what_was_under_way_is_unknown_and_not_sent_again(
        self, shop: Shop, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        calls = [event(f"u{number}", number, message_id=f"e{number}") for number in range(10)]
        sync = shop.sync()
        sync.run([])
        self.fill(sync, 2, monkeypatch)  # the checkpoint and the journal are written
        with pytest.raises((RunStopped, StateError), match="make room"):
            sync.run(calls, checkpoint="nightly")
        with pytest.raises(StateError):
            close(sync)
        sync._lasting.state._close()  # type: ignore[union-attr]  # as the end of the process does
        report = shop.run(calls, checkpoint="nightly")
        assert report.outcomes["unknown"] + report.outcomes["sent"] == 10
        assert len(set(times_sent(shop))) == len(times_sent(shop))

    def test_a_run_with_a_file_that_cannot_be_read_sends_nothing_and_says_why(
        self, shop: Shop, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        sync = shop.sync()
        sync.run([])
        state = sync._lasting.state  # type: ignore[union-attr]  # it has a file
        real = state._db.one

        def one(statement: str, values: Any = ()) -> Any:
            if "FROM people" in statement:
                raise StateError("state: disk I/O error; look at the file and its disk")
            return real(statement, values)

        monkeypatch.setattr(state._db, "one", one)
        with pytest.raises(RunStopped, match="disk I/O error") as caught:
            sync.run([event(f"u{number}", number, message_id=f"e{number}") for number in range(5)])
        assert shop.sent("events") == []
        report = caught.value.report
        assert report.calls == report.outcomes["failed"]
        assert all(failure.reason is Reason.STOPPED for failure in report.failures)
        monkeypatch.setattr(state._db, "one", real)
        assert sync.run(events(5)).outcomes["sent"] == 5
        close(sync)


def test_a_file_of_lines_is_a_source_like_any_other(shop: Shop, tmp_path: Path) -> None:
    path = tmp_path / "calls.jsonl"
    path.write_text("\n".join(map(json.dumps, events(5))))
    stopped(shop, read_calls(path), 3)
    assert shop.run(read_calls(path), checkpoint="nightly").skipped == 3

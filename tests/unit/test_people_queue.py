"""Attributes and events that wait: who goes when, and with whom."""

from __future__ import annotations

import pytest

from braze_engage import limits
from braze_engage.engage.deliveries import Delivery
from braze_engage.engage.outcomes import Reason
from braze_engage.engage.rules import Repeats
from braze_engage.sync.decider import Part
from braze_engage.sync.settling import Recent, Settling
from braze_engage.sync.ticket import Ticket
from tests.support.boards import Table, steps
from tests.support.writes import attributes, event, tracked, who


def only_people(
    *,
    settle: float = 0.0,
    linger: float = 0.0,
    surge: int = 1_000,
    budget: int | None = None,
    repeats: Repeats = Repeats.SEND,
    recent: Recent | None = None,
) -> Table:
    return Table(
        settle=settle,
        linger=linger,
        surge=surge,
        budget=budget,
        repeats=repeats,
        recent=recent,
        clients="people",
    )


class TestFolding:
    def test_what_waits_for_one_person_is_one_entry_of_the_newest_values(self) -> None:
        table = only_people(linger=1.0)
        table.offer(attributes("u1", 2, a=2))
        table.offer(attributes("u1", 1, a=1, b=1))
        table.offer(attributes("u1", 3, c=None))
        table.now = 1.0
        sent = table.finish(table.start())
        assert sent.bodies == [{"external_id": "u1", "a": 2, "b": 1, "c": None}]
        assert table.reasons == {Reason.ACCEPTED: 3}
        assert (table.report().data_points, table.report().saved_points) == (3, 1)

    def test_a_call_of_which_nothing_is_left_is_superseded(self) -> None:
        table = only_people(linger=1.0)
        table.offer(attributes("u1", 2, a=2))
        table.offer(attributes("u1", 1, a=1))
        table.now = 1.0
        table.finish(table.start())
        assert table.reasons == {Reason.ACCEPTED: 1, Reason.NEWER_KNOWN: 1}

    def test_what_was_accepted_meanwhile_is_not_sent_again_older(self) -> None:
        table = only_people()
        table.offer(attributes("u1", 5, a=5))
        table.drain()
        table.offer(attributes("u1", 4, a=4, b=4))
        table.offer(attributes("u1", 3, a=3))
        assert [one.bodies for one in table.drain()] == [[{"external_id": "u1", "b": 4}]]
        assert table.reasons == {Reason.ACCEPTED: 2, Reason.NEWER_KNOWN: 1}

    def test_where_nothing_is_left_of_anybody_nothing_is_sent(self) -> None:
        table = only_people()
        table.offer(attributes("u1", 5, a=5))
        table.drain()
        table.offer(attributes("u1", 4, a=4))
        assert table.idle()
        assert table.board.open == 0

    @pytest.mark.parametrize(
        ("repeats", "reason"),
        [(Repeats.SEND, Reason.ACCEPTED), (Repeats.SUPPRESS, Reason.SAME_STATE)],
    )
    def test_a_repeated_membership_goes_by_the_rule(self, repeats: Repeats, reason: Reason) -> None:
        table = only_people(repeats=repeats)
        for at in (1, 2):
            part = Part(Delivery.BOOLEAN, attributes("u1", at, key="vip", vip=True), True)
            table.board.offer([part], Ticket(at, None, None), table.now)
            table.drain()
        assert table.reasons[reason] == (2 if reason is Reason.ACCEPTED else 1)

    def test_events_keep_their_order_and_are_never_folded(self) -> None:
        table = only_people(linger=1.0)
        for at in (3, 1, 2, 2):
            table.offer(event("u1", at))
        table.now = 1.0
        times = [body["time"][-7:] for body in table.finish(table.start()).bodies]
        assert times == ["01.000Z", "02.000Z", "02.000Z", "03.000Z"]


class TestOneRequestAPerson:
    def test_nobody_is_written_twice_at_once(self) -> None:
        table = only_people()
        table.offer(attributes("u1", 1, a=1))
        first = table.start()
        table.offer(attributes("u1", 2, a=2))
        table.offer(attributes("u2", 2, a=2))
        assert table.finish(table.start()).people == ["u2"]
        assert table.idle()
        table.finish(first)
        assert table.finish(table.start()).people == ["u1"]

    def test_the_next_write_waits_until_the_last_has_settled_and_is_folded(self) -> None:
        table = only_people(settle=0.5)
        table.offer(attributes("u1", 1, a=1))
        first = table.start()
        table.offer(attributes("u1", 2, a=2))
        table.now = 10.0
        table.finish(first)
        table.offer(attributes("u1", 3, a=3))
        assert table.idle()
        assert table.board.wait(10.2, 60.0) == pytest.approx(0.3)
        table.now = 10.5
        assert table.finish(table.start()).bodies == [{"external_id": "u1", "a": 3}]

    def test_who_settled_without_anything_new_is_forgotten(self) -> None:
        table = only_people(settle=0.5)
        table.offer(attributes("u1", 1, a=1))
        table.finish(table.start())
        assert table.people._people
        table.now = 0.5
        assert table.idle()
        assert not table.people._people

    def test_settle_holds_into_the_next_run(self) -> None:
        recent = Recent.of(settle=0.5, gap=0.0)
        first = only_people(recent=recent)
        first.offer(attributes("u1", 1, a=1))
        first.finish(first.start())
        second = only_people(recent=recent)
        second.offer(attributes("u1", 2, a=2))
        second.offer(attributes("u2", 2, a=2))
        assert second.finish(second.start()).people == ["u2"]
        assert second.idle()
        second.now = 0.5
        assert second.finish(second.start()).people == ["u1"]

    def test_who_is_offered_just_when_settled_is_ready_at_once(self) -> None:
        table = only_people(settle=0.5)
        table.offer(attributes("u1", 1, a=1))
        table.finish(table.start())
        table.now = 0.5
        table.offer(attributes("u1", 2, a=2))
        assert table.finish(table.start()).people == ["u1"]
        table.now = 0.6
        assert table.idle()
        table.now = 1.0
        assert table.idle()
        assert not table.people._people

    def test_what_settles_from_two_runs_ends_each_for_itself(self) -> None:
        recent = Recent.of(settle=0.5, gap=0.0)
        first = only_people(recent=recent)
        first.offer(attributes("u1", 1, a=1))
        first.finish(first.start())
        second = only_people(recent=recent)
        second.now = 0.1
        second.offer(attributes("u2", 1, a=1))
        second.finish(second.start())
        second.offer(attributes("u1", 2, a=2))
        second.now = 0.5
        second.offer(attributes("u1", 3, a=3))
        under_way = second.start()
        second.now = 0.7
        assert second.idle()
        second.finish(under_way)
        assert second.requests[-1].bodies == [{"external_id": "u1", "a": 3}]

    def test_settling_of_nobody_takes_no_room(self) -> None:
        settling = Settling(0.0)
        settling.begin(who("u1"), 1.0)
        assert settling.until(who("u1")) < 0
        settling = Settling(2.0)
        for at in range(100):
            settling.begin(who(f"u{at}"), float(at))
        assert len(settling._until) == 2
        assert settling.until(who("u99")) == 101.0

    def test_who_begins_anew_settles_until_the_later_end(self) -> None:
        settling = Settling(2.0)
        for at, person in ((0.0, "u1"), (1.0, "u1"), (2.5, "u2")):
            settling.begin(who(person), at)
        assert settling.until(who("u1")) == 3.0
        settling.begin(who("u2"), 3.0)
        assert settling.until(who("u1")) < 0
        assert settling.until(who("u2")) == 5.0


class TestRequestsFill:
    def test_a_request_holds_75_objects_and_those_who_wait_longest_go_first(self) -> None:
        table = only_people()
        for number in range(100):
            table.offer(attributes(f"u{number}", 1, a=1))
        first, second = (table.finish(work) for work in steps(table))
        assert first.people == [f"u{number}" for number in range(limits.TRACK_OBJECTS)]
        assert len(second.people) == 25

    def test_changes_linger_for_others(self) -> None:
        table = only_people(linger=0.25)
        table.offer(attributes("u1", 1, a=1))
        table.now = 0.1
        table.offer(attributes("u2", 1, a=1))
        assert table.idle()
        assert table.board.wait(table.now, 60.0) == pytest.approx(0.15)
        table.now = 0.25
        assert table.finish(table.start()).people == ["u1", "u2"]

    def test_where_too_much_waits_some_goes_at_once(self) -> None:
        table = only_people(linger=60.0, surge=3)
        one, two, three = tracked(event("u1", 1), event("u2", 1), event("u1", 2))
        assert not table.people.offer(one, 0.0)
        assert not table.people.offer(two, 0.0)
        assert table.people.start(0.0) == (None, [])
        assert table.people.offer(three, 0.0)
        work, _ = table.people.start(0.0)
        assert work is not None
        assert [one.value for one in work.people] == ["u1", "u2"]

    def test_the_hungry_wait_for_nothing(self) -> None:
        table = only_people(linger=60.0)
        table.offer(attributes("u1", 1, a=1))
        assert table.idle()
        table.board.hungry = True
        assert table.finish(table.start()).people == ["u1"]

    def test_more_events_of_a_person_than_fit_wait_for_the_next_request(self) -> None:
        table = only_people()
        table.offer(attributes("u1", 1, a=1))
        for at in range(100):
            table.offer(event("u1", at))
        first = table.start()
        assert table.idle()
        assert len(table.finish(first).bodies) == limits.TRACK_OBJECTS
        rest = table.drain()
        assert [len(one.bodies) for one in rest] == [26]
        assert [body["time"] for one in rest for body in one.bodies] == sorted(
            body["time"] for one in rest for body in one.bodies
        )

    def test_who_does_not_fit_any_more_opens_the_next_request(self) -> None:
        table = only_people()
        for number in range(limits.TRACK_OBJECTS - 1):
            table.offer(event("u1", number))
        table.offer(attributes("u2", 1, a=1), event("u2", 2), event("u2", 3))
        first = table.finish(table.start())
        second = table.finish(table.start())
        assert (len(first.bodies), first.people) == (75, ["u1", "u2"])
        assert [body["name"] for body in second.bodies] == ["Visited"] * 2

    def test_attributes_that_do_not_fit_together_open_the_next_request(self) -> None:
        table = only_people()
        for number in range(limits.TRACK_OBJECTS - 1):
            table.offer(event(f"e{number}", 1))
        table.offer(attributes("u1", 1, only=True, a=1))
        table.offer(attributes("u1", 2, b=1))
        first = table.finish(table.start())
        second = table.finish(table.start())
        assert (len(first.bodies), len(second.bodies)) == (74, 2)
        assert second.people == ["u1"]


class TestBudget:
    def test_what_is_over_the_budget_is_held_and_the_rest_goes(self) -> None:
        table = only_people(budget=3, linger=1.0)
        table.offer(attributes("u1", 1, a=1, b=1))
        table.offer(attributes("u2", 1, a=1, b=1))
        table.offer(event("u2", 1))
        table.offer(event("u3", 1))
        table.now = 1.0
        assert [body["external_id"] for body in table.finish(table.start()).bodies] == ["u1", "u2"]
        assert table.reasons == {Reason.ACCEPTED: 2, Reason.BUDGET: 2}

    def test_attributes_of_a_person_are_held_all_or_none(self) -> None:
        table = only_people(budget=1, linger=1.0)
        table.offer(attributes("u1", 1, only=True, a=1))
        table.offer(attributes("u1", 2, b=1))
        assert table.idle()
        table.now = 1.0
        assert table.idle()
        assert table.reasons == {Reason.BUDGET: 2}

    def test_held_events_do_not_keep_the_rest_of_many_waiting(self) -> None:
        table = only_people(budget=0)
        for at in range(100):
            table.offer(event("u1", at))
        assert table.idle()
        assert table.board.open == 0
        assert table.reasons == {Reason.BUDGET: 100}

    def test_what_was_not_spent_after_all_is_given_back(self) -> None:
        table = only_people(budget=2)
        table.offer(attributes("u1", 1, a=1, b=1))
        table.finish(table.start(), Reason.REFUSED_BY_BRAZE)
        table.offer(attributes("u2", 1, a=1, b=1))
        table.finish(table.start())
        table.offer(event("u3", 1))
        assert table.idle()
        assert table.reasons == {Reason.REFUSED_BY_BRAZE: 1, Reason.ACCEPTED: 1, Reason.BUDGET: 1}

    def test_what_may_have_been_spent_is_not_given_back(self) -> None:
        table = only_people(budget=1)
        table.offer(event("u1", 1))
        table.finish(table.start(), Reason.ANSWER_LOST)
        table.offer(event("u1", 2))
        assert table.idle()
        assert table.reasons == {Reason.ANSWER_LOST: 1, Reason.BUDGET: 1}


class TestWithdrawing:
    def test_of_one_person_everything_that_waits_comes_out(self) -> None:
        table = only_people(linger=60.0)
        table.offer(attributes("u1", 1, a=1))
        table.offer(event("u1", 1))
        table.offer(event("u2", 1))
        assert len(table.people.withdraw(who("u1"))) == 2
        assert table.people.withdraw(who("u1")) == []
        assert table.people.withdraw(who("nobody")) == []
        assert table.people.rounds(who("u1")) == 0
        assert table.people.rounds(who("u2")) == 1
        table.board.hungry = True
        assert table.finish(table.start()).people == ["u2"]

    def test_what_came_while_a_write_settles_comes_out_too(self) -> None:
        table = only_people(settle=1.0)
        table.offer(attributes("u1", 1, a=1))
        table.finish(table.start())
        table.offer(attributes("u1", 2, a=2))
        assert len(table.people.withdraw(who("u1"))) == 1
        table.now = 1.0
        assert table.idle()

"""What may go when: who follows whom, and what ends instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from braze_engage.engage.deliveries import Delivery
from braze_engage.engage.outcomes import Reason
from braze_engage.sync.cohort_queue import CohortWork
from braze_engage.sync.decider import Part
from braze_engage.sync.known import Known
from braze_engage.sync.settling import Recent
from braze_engage.sync.ticket import Ticket
from tests.support.boards import Table, kinds, steps
from tests.support.changes import change
from tests.support.writes import attributes, deletion, event, order, who

if TYPE_CHECKING:
    from collections.abc import Callable

U1 = who("u1")


class TestCohortsFollowAttributes:
    def test_the_attributes_of_a_call_go_before_its_membership(self) -> None:
        table = Table()
        table.offer(attributes("u1", 1, vip=True), change("u1", 1))
        table.offer(event("u2", 1), change("u2", 1))
        track = table.start()
        assert table.idle()
        table.finish(track)
        assert kinds(table.drain()) == ["cohort"]
        assert table.reasons == {Reason.ACCEPTED: 2}

    def test_a_membership_waits_for_the_gap_after_the_write(self) -> None:
        table = Table(gap=5.0)
        table.offer(attributes("u1", 1, vip=True), change("u1", 1))
        table.finish(table.start())
        table.now = 4.9
        assert table.idle()
        assert table.board.wait(table.now, 60.0) == pytest.approx(0.1)
        table.now = 5.0
        assert table.finish(table.start()).kind == "cohort"

    def test_a_membership_that_comes_in_the_gap_waits_for_its_end(self) -> None:
        table = Table(gap=5.0)
        table.offer(attributes("u1", 1, vip=True))
        table.finish(table.start())
        table.now = 2.0
        table.offer(change("u1", 2))
        table.offer(change("u2", 2))
        assert table.finish(table.start()).people == ["u2"]
        assert table.idle()
        table.now = 5.0
        assert table.finish(table.start()).people == ["u1"]

    def test_a_membership_follows_all_attributes_that_came_before_it(self) -> None:
        # also when the request that is under way is an older one
        table = Table()
        table.offer(attributes("u1", 1, first=1))
        older = table.start()
        table.offer(attributes("u1", 2, second=2), change("u1", 2))
        table.finish(older, Reason.REFUSED_BY_BRAZE)
        sent = table.drain()
        assert kinds(sent) == ["track", "cohort"]
        assert sent[0].bodies == [{"external_id": "u1", "second": 2}]

    def test_a_membership_does_not_follow_attributes_for_ever(self) -> None:
        table = Table()
        table.offer(attributes("u1", 1, a=1), change("u1", 1))
        work = table.start()
        table.offer(attributes("u1", 2, a=2))
        table.finish(work)
        both = list(steps(table))
        assert len(both) == 2
        assert {table.finish(one).kind for one in both} == {"track", "cohort"}

    def test_a_membership_that_waits_follows_attributes_that_come_later(self) -> None:
        table = Table(linger=1.0)
        table.offer(change("u1", 1))
        table.offer(attributes("u1", 2, a=2))
        table.now = 1.0
        assert table.finish(table.start()).kind == "track"
        assert table.idle()
        table.now = 2.0
        assert table.finish(table.start()).kind == "cohort"

    def test_a_membership_under_way_elsewhere_does_not_hide_one_that_waits(self) -> None:
        table = Table()
        table.offer(change("u1", 1))
        under_way = table.start()
        table.offer(change("u1", 1, cohort="aud_2"))
        table.offer(attributes("u1", 2, a=2))
        (track,) = steps(table)
        table.finish(under_way)
        assert table.idle()
        table.finish(track)
        assert table.finish(table.start()).bodies == [("aud_2", True)]

    def test_the_end_of_one_elsewhere_does_not_hide_one_that_waits(self) -> None:
        table = Table()
        table.offer(change("u1", 1))
        under_way = table.start()
        table.offer(attributes("u1", 2, a=2))
        table.finish(table.start())
        table.offer(change("u1", 3, cohort="aud_2"))
        table.finish(under_way)
        table.offer(attributes("u1", 4, a=4))
        (track,) = steps(table)
        assert table.finish(track).kind == "track"
        assert table.finish(table.start()).bodies == [("aud_2", True)]

    def test_a_membership_that_comes_again_follows_attributes_too(self) -> None:
        table = Table()
        for at in (1, 2):
            table.offer(change("u1", at))
            table.finish(table.start())
        table.offer(change("u1", 3))
        table.offer(attributes("u1", 4, a=4))
        assert kinds(table.drain()) == ["track", "cohort"]

    def test_all_calls_behind_a_membership_that_follows_come_to_an_end(self) -> None:
        table = Table(linger=1.0)
        table.offer(change("u1", 1))
        table.offer(change("u1", 1))  # without message id the two are told apart by nothing
        table.offer(attributes("u1", 2, a=2))
        assert kinds(table.drain()) == ["track", "cohort"]
        assert table.reasons == {Reason.ACCEPTED: 3}

    def test_a_membership_goes_when_what_it_followed_ends_unsent(self) -> None:
        table = Table(budget=0)
        table.offer(attributes("u1", 1, a=1), change("u1", 1))
        assert kinds(table.drain()) == ["cohort"]
        assert table.report().deliveries["held"] == 1

    def test_a_late_membership_is_superseded_also_after_it_followed(self) -> None:
        table = Table(gap=5.0)
        table.offer(attributes("u1", 1, a=1), change("u1", 1))
        table.finish(table.start())
        table.state.remember("cohort aud_1", U1, Known(order(7), "true"))
        table.now = 5.0
        assert table.idle()
        assert table.report().deliveries["superseded"] == 1
        table.offer(change("u1", 6))
        assert table.idle()
        assert table.report().deliveries["superseded"] == 2

    def test_the_gap_lasts_into_the_next_run(self) -> None:
        recent = Recent.of(settle=1.0, gap=5.0)
        first = Table(recent=recent)
        first.offer(attributes("u1", 1, a=1))
        first.finish(first.start())
        second = Table(recent=recent)
        second.now = 0.5
        second.offer(attributes("u1", 2, a=2))
        second.offer(change("u1", 3))
        assert second.idle()
        second.now = 1.0
        assert second.finish(second.start()).kind == "track"
        second.now = 5.9
        assert second.idle()
        second.now = 6.0
        assert second.finish(second.start()).kind == "cohort"

    def test_without_cohorts_attributes_follow_nobody(self) -> None:
        table = Table(clients="people")
        table.offer(attributes("u1", 1, a=1))
        table.finish(table.start())
        assert not table.board.open


class TestDeletions:
    def test_a_deletion_ends_what_waits_and_is_older(self) -> None:
        table = Table(linger=1.0)
        table.offer(attributes("u1", 1, a=1), change("u1", 1))
        table.offer(event("u1", 1))
        table.offer(event("u2", 1))
        table.offer(deletion("u1", 5))
        sent = table.drain()
        assert sorted((one.kind, *one.people) for one in sent) == [
            ("delete", "u1"),
            ("track", "u2"),
        ]
        assert table.reasons == {Reason.PERSON_DELETED: 2, Reason.ACCEPTED: 2}

    def test_a_deletion_follows_what_is_under_way(self) -> None:
        table = Table()
        table.offer(attributes("u1", 1, a=1))
        table.offer(change("u2", 1))
        track, cohort = steps(table)
        table.offer(deletion("u1", 5))
        table.offer(deletion("u2", 5))
        assert table.idle()
        table.finish(track)
        assert table.finish(table.start()).people == ["u1"]
        assert table.idle()
        table.finish(cohort)
        assert table.finish(table.start()).people == ["u2"]

    def test_a_deletion_follows_what_was_answered_until_it_is_accounted_for(self) -> None:
        table = Table()
        table.offer(change("u1", 1))
        cohort = table.start()
        assert isinstance(cohort, CohortWork)
        assert not cohort.answered(table.now)
        table.offer(deletion("u1", 5))
        assert table.idle()
        table.finish(cohort)
        assert table.finish(table.start()).kind == "delete"

    def test_a_deletion_reaches_what_waits_for_an_answered_change_of_the_person(self) -> None:
        table = Table()
        table.offer(change("u1", 1))
        cohort = table.start()
        table.offer(change("u1", 2, member=False))
        assert isinstance(cohort, CohortWork)
        assert not cohort.answered(table.now) or table.idle()
        table.offer(deletion("u1", 5))
        table.finish(cohort)
        assert kinds(table.drain()) == ["delete"]
        assert table.reasons == {Reason.ACCEPTED: 2, Reason.PERSON_DELETED: 1}

    def test_a_deletion_follows_both_and_waits_for_the_gap(self) -> None:
        table = Table(gap=2.0, linger=0.0)
        table.offer(change("u1", 1))
        cohort = table.start()
        table.offer(attributes("u1", 2, a=1))
        track = table.start()
        table.offer(deletion("u1", 5))
        table.finish(cohort)
        table.now = 3.0
        assert table.idle()
        table.finish(track)
        table.now = 4.9
        assert table.idle()
        table.now = 5.0
        assert table.finish(table.start()).kind == "delete"

    def test_a_membership_under_way_does_not_let_another_one_go_early(self) -> None:
        table = Table()
        table.offer(change("u1", 1))
        cohort = table.start()
        table.offer(attributes("u1", 2, a=1), change("u1", 2, cohort="aud_2"))
        track = table.start()
        table.finish(cohort)
        assert table.idle()
        table.finish(track)
        assert table.finish(table.start()).bodies == [("aud_2", True)]

    def test_what_is_newer_follows_the_deletion(self) -> None:
        table = Table()
        table.offer(deletion("u1", 5))
        gone = table.start()
        table.offer(attributes("u1", 6, a=6), change("u1", 6))
        table.offer(attributes("u1", 4, a=4), change("u1", 4))
        assert table.idle()
        table.finish(gone)
        assert kinds(table.drain()) == ["track", "cohort"]
        assert table.requests[1].bodies == [{"external_id": "u1", "a": 6}]
        assert table.reasons == {Reason.ACCEPTED: 2, Reason.PERSON_DELETED: 1}

    def test_what_waits_and_is_newer_follows_the_deletion(self) -> None:
        table = Table(linger=1.0)
        table.offer(attributes("u1", 6, a=6), change("u1", 6))
        table.offer(change("u1", 7, cohort="aud_2"))
        table.offer(deletion("u1", 5))
        assert kinds(table.drain()) == ["delete", "track", "cohort", "cohort"]
        assert table.reasons == {Reason.ACCEPTED: 3}

    def test_what_is_newer_waits_for_the_gap_after_the_deletion(self) -> None:
        table = Table(gap=5.0)
        table.offer(deletion("u1", 5))
        gone = table.start()
        table.offer(attributes("u1", 6, a=6), change("u1", 6))
        table.finish(gone)
        table.now = 1.0
        table.offer(event("u1", 7))
        table.offer(change("u1", 7, member=False))
        assert table.idle()
        table.now = 5.0
        assert table.finish(table.start()).kind == "track"
        assert table.idle()
        table.now = 10.0
        assert table.finish(table.start()).bodies == [("aud_1", False)]
        assert not table.board.open

    def test_the_gap_after_a_deletion_lasts_into_the_next_run(self) -> None:
        recent = Recent.of(settle=0.0, gap=5.0)
        first = Table(recent=recent)
        first.offer(deletion("u1", 5))
        first.finish(first.start())
        second = Table(recent=recent, state=first.state)
        second.offer(attributes("u1", 6, a=6))
        assert second.idle()
        second.now = 5.0
        assert second.finish(second.start()).people == ["u1"]

    @pytest.mark.parametrize("make", [lambda who, at: attributes(who, at, a=at), event, change])
    def test_after_a_deletion_nothing_older_is_written(self, make: Callable[..., object]) -> None:
        table = Table()
        table.offer(deletion("u1", 5))
        table.drain()
        for at, reason in ((4, Reason.PERSON_DELETED), (5, Reason.PERSON_DELETED)):
            table.offer(make("u1", at))
            assert table.idle()
            assert table.reasons[reason] == at - 3
        table.offer(make("u1", 6))
        assert len(table.drain()) == 1

    def test_a_second_deletion_joins_the_one_that_waits(self) -> None:
        table = Table(linger=1.0)
        table.offer(deletion("u1", 5))
        table.offer(attributes("u1", 6, a=6), change("u1", 6))
        table.offer(change("u1", 9))
        table.offer(deletion("u1", 8))
        assert kinds(table.drain()) == ["delete", "cohort"]
        assert table.state.deleted_ns(U1) == 8 * 10**9
        assert table.reasons == {Reason.ACCEPTED: 3, Reason.PERSON_DELETED: 1}

    def test_an_older_deletion_that_joins_changes_nothing(self) -> None:
        table = Table(linger=1.0)
        table.offer(deletion("u1", 8))
        table.offer(deletion("u1", 5))
        table.offer(attributes("u1", 7, a=7))
        assert kinds(table.drain()) == ["delete"]
        assert table.state.deleted_ns(U1) == 8 * 10**9

    def test_a_deletion_that_was_carried_out_is_not_repeated(self) -> None:
        table = Table()
        table.offer(deletion("u1", 5))
        table.drain()
        table.offer(deletion("u1", 5))
        table.offer(deletion("u1", 4))
        assert table.idle()
        assert table.reasons == {Reason.ACCEPTED: 1, Reason.NEWER_KNOWN: 2}

    def test_a_deletion_that_is_superseded_leaves_a_newer_one_alone(self) -> None:
        table = Table()
        table.offer(deletion("u1", 3))
        table.drain()
        table.offer(deletion("u1", 9))
        newer = table.start()
        table.offer(attributes("u1", 10, a=1))
        table.offer(deletion("u1", 3))
        assert table.idle()
        table.finish(newer)
        assert kinds(table.drain()) == ["track"]

    def test_the_same_message_is_a_duplicate(self) -> None:
        table = Table()
        table.offer(deletion("u1", 5), message_id="m1")
        table.offer(deletion("u1", 5), message_id="m1")
        table.drain()
        table.offer(deletion("u1", 7), message_id="m1")
        assert table.reasons == {Reason.ACCEPTED: 1, Reason.SAME_MESSAGE: 2}

    def test_a_refused_deletion_lets_what_is_newer_go_and_leaves_no_tombstone(self) -> None:
        table = Table(gap=5.0)
        table.offer(deletion("u1", 5))
        gone = table.start()
        table.offer(attributes("u1", 6, a=6))
        table.finish(gone, Reason.REFUSED_BY_BRAZE)
        assert table.finish(table.start()).kind == "track"
        assert table.state.deleted_ns(U1) is None
        assert table.reasons == {Reason.REFUSED_BY_BRAZE: 1, Reason.ACCEPTED: 1}

    def test_after_a_lost_answer_what_is_newer_waits_for_the_gap(self) -> None:
        table = Table(gap=5.0)
        table.offer(deletion("u1", 5))
        gone = table.start()
        table.offer(attributes("u1", 6, a=6))
        table.finish(gone, Reason.ANSWER_LOST)
        assert table.idle()
        assert kinds(table.drain()) == ["track"]
        assert table.now >= 5.0

    def test_after_a_lost_answer_older_calls_end_and_the_deletion_may_come_again(self) -> None:
        table = Table()
        table.offer(deletion("u1", 5))
        table.finish(table.start(), Reason.ANSWER_LOST)
        table.offer(attributes("u1", 4, a=4))
        assert table.idle()
        assert table.reasons == {Reason.ANSWER_LOST: 1, Reason.PERSON_DELETED: 1}
        table.offer(deletion("u1", 5))
        assert kinds(table.drain()) == ["delete"]
        table.offer(deletion("u1", 5))
        assert table.reasons[Reason.NEWER_KNOWN] == 1

    def test_a_person_is_erased_from_the_state(self) -> None:
        table = Table()
        for person in ("u1", "u2"):
            table.offer(attributes(person, 1, a=1), change(person, 1))
        table.drain()
        table.offer(deletion("u1", 5))
        table.drain()
        for subject in ("cohort aud_1", "attribute a"):
            assert table.state.newest(subject, U1) is None
            assert table.state.newest(subject, who("u2")) is not None

    def test_what_ends_after_the_deletion_leaves_no_trace_in_the_state(self) -> None:
        table = Table()
        table.offer(attributes("u1", 1, a=1))
        work = table.start()
        table.state.bury(U1, 5 * 10**9)
        table.finish(work)
        assert table.state.newest("attribute a", U1) is None

    def test_when_the_run_stops_everything_that_waits_is_accounted_for(self) -> None:
        table = Table(gap=5.0, linger=1.0)
        table.offer(attributes("u1", 1, a=1), change("u1", 1))
        table.offer(attributes("u2", 1, a=1))
        table.offer(deletion("u3", 1))
        table.offer(attributes("u3", 2, a=1), change("u3", 2))
        table.now = 1.0
        table.board.leave(table.now)
        assert table.board.open == 0
        assert table.reasons == {Reason.STOPPED: 4}
        assert table.report().calls == 4

    def test_a_stopped_deletion_under_way_gives_up_what_is_newer_too(self) -> None:
        table = Table()
        table.offer(deletion("u1", 5))
        gone = table.start()
        table.offer(attributes("u1", 6, a=6))
        table.finish(gone, Reason.STOPPED)
        table.board.leave(table.now)
        assert table.reasons == {Reason.STOPPED: 2}

    def test_a_deletion_needs_no_other_client(self) -> None:
        table = Table(clients="deletions")
        table.offer(deletion("u1", 5))
        assert kinds(table.drain()) == ["delete"]

    def test_what_is_put_off_is_withdrawn_too(self) -> None:
        table = Table(gap=5.0)
        for person in ("u1", "u2"):
            table.offer(attributes(person, 1, a=1), change(person, 1))
        table.finish(table.start())
        table.offer(deletion("u1", 5))
        assert sorted((one.kind, *one.people) for one in table.drain()) == [
            ("cohort", "u2"),
            ("delete", "u1"),
        ]
        assert table.report().deliveries["superseded"] == 1

    def test_a_change_older_than_one_under_way_is_superseded_at_once(self) -> None:
        table = Table()
        table.offer(change("u1", 5))
        work = table.start()
        table.offer(change("u1", 4))
        assert table.reasons == {Reason.NEWER_KNOWN: 1}
        table.finish(work)
        assert not table.board.open


class TestHeldBack:
    def test_the_same_message_is_held_once(self) -> None:
        table = Table()
        part = Part(Delivery.IDENTIFY, attributes("u1", 1, a=1))
        table.state.remember_done(Delivery.IDENTIFY, "m1")
        table.board.end(part, Ticket(0, None, "m1"), Reason.PAUSED, 0.0)
        table.board.end(part, Ticket(1, None, "m2"), Reason.PAUSED, 0.0)
        assert table.reasons == {Reason.SAME_MESSAGE: 1, Reason.PAUSED: 1}
        assert table.board.open == 0

    def test_what_is_held_is_kept_as_long_as_there_is_room(self) -> None:
        table = Table(budget=0, capacity=1)
        table.offer(attributes("u1", 1, a=1))
        table.offer(attributes("u2", 1, a=1))
        assert table.idle()
        assert table.board.no_room
        assert table.reasons == {Reason.BUDGET: 1, Reason.NO_ROOM: 1}
        (held,) = table.holding.listed()
        assert (held.reason, held.data_points) == (Reason.BUDGET, 1)

    def test_a_part_that_was_delivered_before_is_left_out(self) -> None:
        table = Table()
        table.offer(attributes("u1", 1, a=1), change("u1", 1), message_id="m1")
        table.drain()
        table.state.remember_done(Delivery.IDENTIFY, "m2")
        ticket = table.offer(attributes("u1", 2, a=2), change("u1", 2), message_id="m2")
        assert kinds(table.drain()) == ["cohort"]
        assert ticket.reason is Reason.ACCEPTED
        assert table.report().deliveries["duplicate"] == 1

    def test_hungry_goes_for_every_queue(self) -> None:
        table = Table(linger=60.0)
        table.board.hungry = True
        assert table.people.hungry
        assert table.cohorts.hungry
        assert table.deletions.hungry
        assert table.board.hungry

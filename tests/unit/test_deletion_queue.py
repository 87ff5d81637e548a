"""People who wait to be deleted, and how they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from braze_engage import limits
from braze_engage._wire import unstructure
from braze_engage.engage.outcomes import Reason
from braze_engage.errors import (
    AnswerLost,
    BadRequest,
    Forbidden,
    NotSent,
    PayloadTooLarge,
    ServerError,
    UnreadableResponse,
)
from braze_engage.rest.users_identity import UsersDeleted
from braze_engage.sync.deletion_queue import DeletionQueue, deletion_request
from braze_engage.sync.sending import Halt
from braze_engage.sync.ticket import Ticket
from tests.support.deliveries import Body, TrackRun
from tests.support.writes import deletion, waiting, who

if TYPE_CHECKING:
    from collections.abc import Sequence

    from braze_engage.sync.deletion_queue import DeletionWaiting

KINDS = ["external_id", "braze_id", "user_alias", "email", "phone"]


def batch(count: int, kind: str = "external_id") -> list[DeletionWaiting]:
    return [
        waiting(deletion(who(named(number, kind), kind), 1), position=number)
        for number in range(count)
    ]


def named(number: int, kind: str) -> str:
    return f"p{number}@example.test" if kind == "email" else f"p{number}"


def deleted(body: Body) -> UsersDeleted:
    return UsersDeleted(deleted=len(body["people"]))


def refusing(*people: str) -> Any:  # Any: an answer
    def answer(body: Body) -> UsersDeleted:
        if guilty := set(people) & set(body["people"]):
            raise BadRequest(f"{min(guilty)} cannot be deleted", status=400)
        return deleted(body)

    return answer


class TestRequest:
    @pytest.mark.parametrize(
        ("kind", "body"),
        [
            ("external_id", {"external_ids": ["a", "b"]}),
            ("braze_id", {"braze_ids": ["a", "b"]}),
            (
                "user_alias",
                {
                    "user_aliases": [
                        {"alias_name": "a", "alias_label": "web"},
                        {"alias_name": "b", "alias_label": "web"},
                    ]
                },
            ),
            (
                "email",
                {
                    "email_addresses": [
                        {
                            "email": "a@x",
                            "prioritization": ["unidentified", "most_recently_updated"],
                        },
                        {
                            "email": "b@x",
                            "prioritization": ["unidentified", "most_recently_updated"],
                        },
                    ]
                },
            ),
            (
                "phone",
                {
                    "phone_numbers": [
                        {"phone": "a", "prioritization": ["unidentified", "most_recently_updated"]},
                        {"phone": "b", "prioritization": ["unidentified", "most_recently_updated"]},
                    ]
                },
            ),
        ],
    )
    def test_each_kind_of_identifier_has_its_list(self, kind: str, body: Body) -> None:
        names = ("a@x", "b@x") if kind == "email" else ("a", "b")
        assert unstructure(deletion_request([who(name, kind) for name in names])) == body


class TestDelivery:
    @pytest.mark.parametrize("kind", KINDS)
    def test_a_list_is_one_request_with_a_receipt_each(self, kind: str) -> None:
        run = TrackRun(deleted)
        run.delete(batch(3, kind))
        people = [named(number, kind) for number in range(3)]
        assert [body["people"] for body in run.client.bodies] == [people]
        assert run.reasons == [Reason.ACCEPTED] * 3
        report = run.ledger.report(forgotten=0, seconds=0)
        assert [one.identity.value for one in report.receipts] == people
        assert [one.position for one in report.receipts] == [0, 1, 2]
        assert report.receipts[0].accepted_at.tzinfo is not None
        assert "p0" not in repr(report.receipts[0])
        assert run.ledger.requests == {"user_identity": 1}

    def test_of_calls_that_share_a_deletion_each_has_a_receipt(self) -> None:
        run = TrackRun(deleted)
        one, two = batch(2)
        one.tickets += two.tickets
        run.delete([one])
        assert len(run.ledger.report(forgotten=0, seconds=0).receipts) == 2

    def test_who_joins_until_the_end_has_a_receipt_too(self) -> None:
        run = TrackRun(deleted)
        (one,) = batch(1)

        def finished(part: Sequence[DeletionWaiting], reason: Reason, detail: str = "") -> None:
            one.tickets.append(Ticket(7, None, None))

        run.deletion([one], finished, run.pause)
        receipts = run.ledger.report(forgotten=0, seconds=0).receipts
        assert [receipt.position for receipt in receipts] == [0, 7]

    def test_one_that_is_refused_never_takes_its_list_along(self) -> None:
        run = TrackRun(refusing("p7"))
        run.delete(batch(50))
        assert run.calls(Reason.REFUSED_BY_BRAZE) == [7]
        assert len(run.calls(Reason.ACCEPTED)) == 49
        assert run.ended[7][1] == "Braze refused it: [id] cannot be deleted"

    def test_too_large_a_list_is_halved(self) -> None:
        run = TrackRun(deleted)
        run.client.errors = [PayloadTooLarge("too large", status=413)]
        run.delete(batch(4))
        assert [body["people"] for body in run.client.bodies[1:]] == [["p0", "p1"], ["p2", "p3"]]

    @pytest.mark.parametrize(
        "error",
        [
            AnswerLost("reset"),
            ServerError("gateway", status=504),
            UnreadableResponse("half", status=200),
        ],
        ids=str,
    )
    def test_by_an_id_of_ones_own_a_deletion_is_repeated_after_a_lost_answer(
        self, error: Exception
    ) -> None:
        run = TrackRun(deleted)
        run.client.errors = [error]
        run.delete(batch(2))
        assert run.reasons == [Reason.ACCEPTED] * 2

    @pytest.mark.parametrize("kind", ["email", "phone"])
    def test_by_an_address_it_might_hit_the_next_person_and_is_not_repeated(
        self, kind: str
    ) -> None:
        run = TrackRun(deleted)
        run.client.errors = [AnswerLost("reset")]
        run.delete(batch(2, kind))
        assert run.reasons == [Reason.ANSWER_LOST] * 2
        assert len(run.client.bodies) == 1
        assert run.ledger.report(forgotten=0, seconds=0).receipts == ()

    @pytest.mark.parametrize("kind", ["external_id", "email"])
    def test_what_was_not_accepted_goes_again(self, kind: str) -> None:
        run = TrackRun(deleted)
        run.client.errors = [NotSent("refused"), ServerError("busy", status=503)]
        run.delete(batch(1, kind))
        assert run.reasons == [Reason.ACCEPTED]

    def test_a_key_that_may_not_delete_ends_the_run(self) -> None:
        run = TrackRun(deleted)
        run.client.errors = [Forbidden("Access Denied", status=403)]
        with pytest.raises(Halt) as caught:
            run.delete(batch(1))
        assert caught.value.credentials
        assert run.ended == {}


def test_a_deletion_shows_nobody() -> None:
    assert repr(deletion("u1", 1)) == "Deletion()"


class TestQueue:
    def queue(self, linger: float = 1.0) -> DeletionQueue:
        self.sent: list[Sequence[DeletionWaiting]] = []
        return DeletionQueue(lambda batch, *_: self.sent.append(batch), linger=linger)

    def test_fifty_share_a_request(self) -> None:
        queue = self.queue()
        everyone = batch(limits.IDENTIFIERS_PER_REQUEST + 1)
        full = [queue.offer(one, 0.0) for one in everyone]
        assert full == [False] * 49 + [True, True]
        work, ended = queue.start(0.0)
        assert work is not None
        assert (len(work.waiting), list(ended)) == (50, [])
        work.send(lambda *_: None, lambda _: True)
        work.end(0.0)
        assert self.sent == [everyone[:50]]
        assert queue.start(0.0) == (None, ())
        assert queue.start(1.0)[0] is not None

    def test_each_kind_has_a_request_of_its_own(self) -> None:
        queue = self.queue(linger=0.0)
        for kind in KINDS:
            queue.offer(batch(1, kind)[0], 0.0)
        kinds = []
        while (work := queue.start(0.0)[0]) is not None:
            kinds.append([one.change.identity.kind for one in work.waiting])
        assert kinds == [[kind] for kind in KINDS]

    def test_a_deletion_lingers_for_others(self) -> None:
        queue = self.queue()
        assert queue.wait(5.0, 60.0) == 60.0
        queue.offer(batch(1)[0], 5.0)
        queue.offer(batch(1, "email")[0], 5.5)
        assert queue.wait(5.25, 60.0) == 0.75
        assert queue.start(5.9) == (None, ())
        work, _ = queue.start(6.0)
        assert work is not None
        assert queue.wait(6.0, 60.0) == 0.5
        queue.hungry = True
        assert queue.wait(6.0, 60.0) == 0.0

    def test_what_waits_can_be_taken_out(self) -> None:
        queue = self.queue()
        for one in [*batch(2), *batch(1, "email")]:
            queue.offer(one, 0.0)
        assert len(list(queue.leave())) == 3
        queue.hungry = True
        assert queue.start(0.0) == (None, ())

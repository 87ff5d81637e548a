"""What becomes of every entry of a request, whatever Braze answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from braze_engage import limits
from braze_engage.engage.outcomes import Reason
from braze_engage.errors import (
    AnswerLost,
    BadRequest,
    Forbidden,
    NotSent,
    PayloadTooLarge,
    RateLimited,
    ServerError,
    Unauthorized,
    UnreadableResponse,
)
from braze_engage.operation import Replay
from braze_engage.sync.sending import Halt, Interrupted
from tests.support.deliveries import Body, TrackRun, refused, refusing, taken
from tests.support.writes import attributes, event

if TYPE_CHECKING:
    from collections.abc import Callable

    from braze_engage.engage.events import EventChange
    from braze_engage.engage.traits import AttributeChange
    from braze_engage.rest.users_track import TrackResult

AMBIGUOUS = [
    AnswerLost("read timed out"),
    ServerError("gateway timeout", status=504),
    ServerError("edge", status=522),
    ServerError("request timeout", status=408),
    UnreadableResponse("half a body", status=201),
]
NOT_ACCEPTED = [
    NotSent("refused"),
    ServerError("oops", status=500),
    ServerError("bad gateway", status=502),
    ServerError("busy", status=503),
]


def people(count: int) -> list[AttributeChange]:
    return [attributes(f"u{number}", 1, n=number) for number in range(count)]


def of(person: str) -> Callable[[Body], bool]:
    return lambda entry: entry["external_id"] == person


def told(*names: str) -> Callable[[Body], bool]:
    """Entries that carry any of these attributes."""
    return lambda entry: any(name in entry for name in names)


class TestAccepted:
    def test_everything_goes_in_one_request_attributes_first(self) -> None:
        run = TrackRun(taken)
        run.deliver(event("u1", 2), attributes("u1", 1, a=1), attributes("u2", 1, b=2))
        assert run.client.bodies == [
            {
                "attributes": [{"external_id": "u1", "a": 1}, {"external_id": "u2", "b": 2}],
                "events": [
                    {"external_id": "u1", "name": "Visited", "time": "1970-01-01T00:00:02.000Z"}
                ],
            }
        ]
        assert run.reasons == [Reason.ACCEPTED] * 3
        assert run.ledger.requests == {"users_track": 1}

    def test_only_attributes_may_be_repeated(self) -> None:
        for change, replay in (
            (attributes("u1", 1, a=1), Replay.ALWAYS),
            (event("u1", 1), Replay.IF_UNSENT),
        ):
            run = TrackRun(taken)
            run.deliver(change)
            assert run.client.replays == [replay]
        run = TrackRun(taken, repeat=True)
        run.deliver(event("u1", 1))
        assert run.client.replays == [Replay.ALWAYS]

    def test_what_a_newer_value_replaced_is_superseded_once_that_is_accepted(self) -> None:
        run = TrackRun(taken)
        run.deliver(attributes("u1", 1, a=1), attributes("u1", 2, a=2))
        assert run.reasons == [Reason.NEWER_KNOWN, Reason.ACCEPTED]


class TestErrorsInA201:
    def test_only_what_is_named_is_rejected(self) -> None:
        run = TrackRun(refusing(of("u2"), text="u2 is blocked"))
        run.deliver(*people(4), event("u2", 1), event("u3", 1))
        assert run.calls(Reason.REFUSED_BY_BRAZE) == [2, 4]
        assert len(run.calls(Reason.ACCEPTED)) == 4
        assert len(run.client.bodies) == 1
        assert run.ended[2][1] == "Braze refused it: [id] is blocked"

    def test_a_folded_entry_is_taken_apart_and_only_the_guilty_call_is_rejected(self) -> None:
        run = TrackRun(refusing(told("bad")))
        run.deliver(
            attributes("u1", 1, a=1),
            attributes("u1", 2, bad=2),
            attributes("u1", 3, c=3),
            attributes("u2", 1, a=1),
        )
        assert run.calls(Reason.REFUSED_BY_BRAZE) == [1]
        assert run.calls(Reason.ACCEPTED) == [0, 2, 3]
        assert len(run.client.bodies) == 2
        assert [entry.keys() - {"external_id"} for entry in run.client.bodies[1]["attributes"]] == [
            {"a"},
            {"bad"},
            {"c"},
        ]

    def test_an_older_value_counts_after_all_where_the_newer_one_was_refused(self) -> None:
        run = TrackRun(refusing(lambda entry: entry.get("a") == 3))
        run.deliver(*(attributes("u1", at, a=at) for at in (1, 2, 3)))
        assert run.reasons == [Reason.ACCEPTED, Reason.ACCEPTED, Reason.REFUSED_BY_BRAZE]
        assert [body["attributes"][0]["a"] for body in run.client.bodies] == [3, 1, 2, 3]

    def test_rounds_about_the_same_attribute_wait_for_each_other_to_settle(self) -> None:
        run = TrackRun(refusing(told("a")), settle=0.7)
        run.deliver(attributes("u1", 1, a=1, b=1), attributes("u1", 2, a=2))
        assert run.pauses == [0.7]
        assert run.reasons == [Reason.REFUSED_BY_BRAZE] * 2

    def test_a_halt_between_two_rounds_leaves_the_rest_undelivered(self) -> None:
        run = TrackRun(refusing(told("a")))
        run.go_on = False
        with pytest.raises(Interrupted):
            run.deliver(attributes("u1", 1, a=1), attributes("u1", 2, a=2))
        assert run.calls(Reason.REFUSED_BY_BRAZE) == [0]

    def test_of_a_call_in_two_entries_only_one_is_refused(self) -> None:
        # the merged object stands in an entry of its own
        run = TrackRun(refusing(told("_merge_objects")))
        run.deliver(
            attributes("u1", 1, merge=["o"], a=1, o={"x": 1}),
            attributes("u1", 2, merge=["o"], o={"y": 1}),
        )
        assert run.reasons == [Reason.REFUSED_BY_BRAZE] * 2
        assert {"external_id": "u1", "a": 1} in run.client.bodies[0]["attributes"]

    def test_an_older_value_is_kept_for_each_entry_that_may_be_refused(self) -> None:
        run = TrackRun(refusing(lambda entry: entry.get("a") == 2 or entry.get("b") == 2))
        run.deliver(
            attributes("u1", 1, a=1, b=1),
            attributes("u1", 2, a=2, only=True),
            attributes("u1", 3, b=2),
        )
        written: Body = {}
        for body in run.client.bodies[1:]:
            for entry in body["attributes"]:
                if entry.get("a") != 2 and entry.get("b") != 2:
                    written |= entry
        assert (written["a"], written["b"]) == (1, 1)
        assert run.reasons == [Reason.ACCEPTED, *[Reason.REFUSED_BY_BRAZE] * 2]

    def test_what_is_taken_apart_fits_into_requests_again(self) -> None:
        run = TrackRun(refusing(told("bad")))
        folded = [
            change
            for number in range(75)
            for change in (
                attributes(f"u{number}", 1, bad=1),
                attributes(f"u{number}", 2, b=2),
                attributes(f"u{number}", 3, c=3),
            )
        ]
        run.deliver(*folded)
        assert max(len(body["attributes"]) for body in run.client.bodies) == limits.TRACK_OBJECTS
        assert len(run.calls(Reason.ACCEPTED)) == 150
        assert len(run.calls(Reason.REFUSED_BY_BRAZE)) == 75

    @pytest.mark.parametrize(
        ("array", "index"), [(None, None), ("attributes", None), ("attributes", 99), (None, 0)]
    )
    def test_without_a_usable_index_attributes_are_bisected(
        self, array: str | None, index: int | None
    ) -> None:
        def answer(body: Body) -> TrackResult:
            guilty = any(map(of("u5"), body["attributes"]))
            return taken(body, *[refused(array, index, "blocked")] * guilty)

        run = TrackRun(answer)
        run.deliver(*people(10))
        assert run.calls(Reason.REFUSED_BY_BRAZE) == [5]
        assert len(run.calls(Reason.ACCEPTED)) == 9
        assert len(run.client.bodies) < 12

    def test_without_a_usable_index_events_are_unknown(self) -> None:
        run = TrackRun(refusing(of("u1"), located=False, text="u1 is blocked"))
        run.deliver(event("u0", 1), event("u1", 1))
        assert run.reasons == [Reason.ANSWER_LOST] * 2
        assert "u1" not in run.ended[0][1]
        assert "[id] is blocked" in run.ended[0][1]
        assert len(run.client.bodies) == 1

    def test_an_error_about_events_leaves_attributes_alone(self) -> None:
        def answer(body: Body) -> TrackResult:
            return taken(body, refused("events", 7))

        run = TrackRun(answer)
        run.deliver(attributes("u1", 1, a=1), event("u1", 1))
        assert run.reasons == [Reason.ACCEPTED, Reason.ANSWER_LOST]

    def test_the_only_attributes_are_not_blamed_for_what_an_event_may_have_done(self) -> None:
        def answer(body: Body) -> TrackResult:
            return taken(body, *[refused()] * ("events" in body))

        run = TrackRun(answer)
        run.deliver(attributes("u1", 1, a=1), event("u1", 1))
        assert run.reasons == [Reason.ACCEPTED, Reason.ANSWER_LOST]
        assert run.client.bodies[1] == {"attributes": [{"external_id": "u1", "a": 1}]}

    def test_an_error_about_an_unknown_array_is_about_any(self) -> None:
        def answer(body: Body) -> TrackResult:
            return taken(body, *[refused("purchases", 0)] * (len(body["attributes"]) > 1))

        run = TrackRun(answer)
        run.deliver(*people(2))
        assert run.reasons == [Reason.ACCEPTED] * 2
        assert len(run.client.bodies) == 3

    def test_two_errors_about_one_entry_reject_it_once(self) -> None:
        run = TrackRun(lambda body: taken(body, refused("events", 0), refused("events", 0, "too")))
        run.deliver(event("u1", 1), event("u2", 1))
        assert run.reasons == [Reason.REFUSED_BY_BRAZE, Reason.ACCEPTED]


class TestRefusedRequests:
    def test_one_bad_item_never_takes_its_request_along(self) -> None:
        def answer(body: Body) -> TrackResult:
            if any(map(of("u42"), body["attributes"])):
                raise BadRequest("u42 is bad", status=400)
            return taken(body)

        run = TrackRun(answer)
        run.deliver(*people(75))
        assert run.calls(Reason.REFUSED_BY_BRAZE) == [42]
        assert len(run.calls(Reason.ACCEPTED)) == 74
        assert len(run.client.bodies) <= 2 * 7 + 1
        assert run.ended[42][1] == "Braze refused it: [id] is bad"

    def test_where_a_400_says_whose_fault_it_is_the_others_go_at_once(self) -> None:
        def answer(body: Body) -> TrackResult:
            errors = [
                {"type": "bad", "input_array": array, "index": index}
                for array in body
                for index, one in enumerate(body[array])
                if one["external_id"] in ("u1", "u2")
            ]
            if errors:
                raise BadRequest("no", status=400, errors=errors)
            return taken(body)

        run = TrackRun(answer)
        run.deliver(*people(4), event("u2", 1))
        assert run.calls(Reason.REFUSED_BY_BRAZE) == [1, 2, 4]
        assert run.calls(Reason.ACCEPTED) == [0, 3]
        assert len(run.client.bodies) == 2

    def test_where_all_of_a_400_is_bad_nothing_goes_again(self) -> None:
        error = BadRequest(
            "no", status=400, errors=[{"type": "x", "input_array": "events", "index": 0}]
        )
        run = TrackRun(taken)
        run.client.errors = [error]
        run.deliver(event("u1", 1))
        assert run.reasons == [Reason.REFUSED_BY_BRAZE]
        assert len(run.client.bodies) == 1

    @pytest.mark.parametrize("errors", [[], ["prose"], [{"type": "x", "index": 0}]])
    def test_a_400_that_does_not_say_is_bisected(self, errors: list[Any]) -> None:
        run = TrackRun(taken)
        run.client.errors = [BadRequest("no", status=400, errors=errors)]
        run.deliver(*people(4))
        assert [len(body["attributes"]) for body in run.client.bodies] == [4, 2, 2]
        assert run.reasons == [Reason.ACCEPTED] * 4

    def test_order_is_kept_when_a_request_is_halved(self) -> None:
        run = TrackRun(taken)
        run.client.errors = [BadRequest("no", status=400)]
        run.deliver(attributes("u1", 1, a=1), event("u1", 2), event("u1", 3))
        assert [list(body) for body in run.client.bodies[1:]] == [["attributes"], ["events"]]

    def test_too_large_a_request_is_halved(self) -> None:
        def answer(body: Body) -> TrackResult:
            if len(body["attributes"]) > 3:
                raise PayloadTooLarge("too large", status=413)
            return taken(body)

        run = TrackRun(answer)
        run.deliver(*people(10))
        assert run.reasons == [Reason.ACCEPTED] * 10

    def test_too_large_an_entry_is_taken_apart(self) -> None:
        def answer(body: Body) -> TrackResult:
            if any(len(entry) > 2 for entry in body["attributes"]):
                raise PayloadTooLarge("too large", status=413)
            return taken(body)

        run = TrackRun(answer)
        run.deliver(attributes("u1", 1, a=1), attributes("u1", 2, b=2))
        assert run.reasons == [Reason.ACCEPTED] * 2

    def test_nothing_over_the_limit_of_bytes_is_ever_sent(self) -> None:
        large: Body = {f"a{at}": "x" * (limits.REQUEST_BYTES // 3) for at in range(4)}
        run = TrackRun(taken)
        run.deliver(
            *(attributes("u1", at, **{name: large[name]}) for at, name in enumerate(large)),
            attributes("u2", 1, a="x" * limits.REQUEST_BYTES),
        )
        assert max(run.client.sizes) <= limits.REQUEST_BYTES
        assert run.reasons == [*[Reason.ACCEPTED] * 4, Reason.REFUSED_BY_BRAZE]
        assert run.ended[4][1] == "Braze refused it: Request Entity Too Large"


class TestLostAnswers:
    @pytest.mark.parametrize("error", AMBIGUOUS, ids=str)
    def test_only_attributes_go_again_after_an_ambiguous_answer(self, error: Exception) -> None:
        run = TrackRun(taken)
        run.client.errors = [error]
        run.deliver(attributes("u1", 1, a=1), event("u1", 1))
        assert run.reasons == [Reason.ACCEPTED, Reason.ANSWER_LOST]
        assert [sorted(body) for body in run.client.bodies] == [
            ["attributes", "events"],
            ["attributes"],
        ]

    @pytest.mark.parametrize("error", AMBIGUOUS, ids=str)
    def test_attributes_alone_are_repeated_until_they_are_taken(self, error: Exception) -> None:
        run = TrackRun(taken)
        run.client.errors = [error, error]
        run.deliver(attributes("u1", 1, a=1))
        assert run.reasons == [Reason.ACCEPTED]
        assert len(run.client.bodies) == 3

    @pytest.mark.parametrize("error", AMBIGUOUS, ids=str)
    def test_events_alone_are_never_repeated(self, error: Exception) -> None:
        run = TrackRun(taken)
        run.client.errors = [error]
        run.deliver(event("u1", 1))
        assert run.reasons == [Reason.ANSWER_LOST]
        assert len(run.client.bodies) == 1
        assert run.tally is not None
        assert run.tally.spent == 1

    @pytest.mark.parametrize("error", AMBIGUOUS, ids=str)
    def test_a_rule_lets_events_be_repeated(self, error: Exception) -> None:
        run = TrackRun(taken, repeat=True)
        run.client.errors = [error]
        run.deliver(attributes("u1", 1, a=1), event("u1", 1))
        assert run.reasons == [Reason.ACCEPTED] * 2
        assert run.client.bodies[0] == run.client.bodies[1]

    @pytest.mark.parametrize("error", NOT_ACCEPTED, ids=str)
    def test_what_was_not_accepted_goes_again_whatever_it_is(self, error: Exception) -> None:
        run = TrackRun(taken)
        run.client.errors = [error]
        run.deliver(attributes("u1", 1, a=1), event("u1", 1))
        assert run.reasons == [Reason.ACCEPTED] * 2
        assert run.pauses == [30.0]


class TestWaitsAndHalts:
    def test_a_quota_is_waited_for_until_it_opens(self) -> None:
        limited = RateLimited("Rate limited", status=429)
        limited.reset_at = 1_120.0
        run = TrackRun(taken)
        run.client.errors = [limited, RateLimited("Rate limited", status=429)]
        run.deliver(event("u1", 1))
        assert run.pauses == [120.0, 60.0]
        assert run.reasons == [Reason.ACCEPTED]

    @pytest.mark.parametrize(
        ("error", "credentials"),
        [
            (Unauthorized("Invalid API key", status=401), True),
            (Forbidden("Access Denied", status=403), True),
            (BadRequest("Found", status=302), False),
        ],
    )
    def test_a_refused_key_or_a_redirect_ends_the_run(
        self, error: Exception, *, credentials: bool
    ) -> None:
        run = TrackRun(taken)
        run.client.errors = [error]
        with pytest.raises(Halt) as caught:
            run.deliver(attributes("u1", 1, a=1), event("u1", 1))
        assert caught.value.credentials is credentials
        assert run.ended == {}

    def test_an_outage_beyond_the_patience_ends_the_run(self) -> None:
        run = TrackRun(taken)
        run.client.errors = [NotSent("refused")] * 9
        with pytest.raises(Halt, match="out of reach"):
            run.deliver(attributes("u1", 1, a=1))
        assert run.pauses == [30.0, 30.0, 30.0, 10.0]

    def test_a_halt_meanwhile_leaves_what_was_not_delivered(self) -> None:
        run = TrackRun(taken)
        run.client.errors = [NotSent("refused")]
        run.go_on = False
        with pytest.raises(Interrupted):
            run.deliver(event("u1", 1))
        assert run.ended == {}


def test_points_are_counted_for_what_was_taken_and_for_what_may_have_been() -> None:
    def answer(body: Body) -> TrackResult:
        if len(body.get("events", ())) > 1:
            raise AnswerLost("reset")
        return refusing(of("u2"))(body)

    run = TrackRun(answer)
    changes: list[AttributeChange | EventChange] = [
        attributes("u1", 1, a=1, b=2),
        attributes("u2", 1, a=1, b=2),
        event("u1", 1),
        event("u2", 1),
    ]
    run.deliver(*changes)
    assert run.tally is not None
    assert run.tally.spent == 2 + 2
    assert run.ledger.report(forgotten=0, seconds=0).data_points == 2

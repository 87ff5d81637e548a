"""One loop: what is repeated, how long it waits, and what is raised in the end."""

from __future__ import annotations

import logging
import pickle
import traceback
from typing import TYPE_CHECKING

import pytest

from braze_engage._http.exchange import Exchange
from braze_engage._http.retry import RetryPolicy
from braze_engage._http.throttle import Throttle
from braze_engage.errors import (
    AnswerLost,
    BadRequest,
    BrazeError,
    ConfigurationError,
    Forbidden,
    NotFound,
    NotSent,
    PayloadTooLarge,
    RateLimited,
    ResourceLocked,
    ResponseError,
    ServerError,
    StateError,
    TransportError,
    Unauthorized,
    UnreadableResponse,
    is_ambiguous,
    is_unsent,
)
from braze_engage.operation import Replay
from braze_engage.operation.hooks import CallHook
from braze_engage.operation.leaving import before_leaving
from tests.unit.exchange_doubles import (
    KEY,
    NOON,
    OTHER_KEY,
    FakeClock,
    FakeTransport,
    answer,
    make_call,
)

if TYPE_CHECKING:
    from braze_engage._http.call import Answer, Call
    from braze_engage.operation.hooks import Endpoint

NOT_ACCEPTED = [423, 429, 500, 502, 503]
AMBIGUOUS = [408, 504, *range(520, 528)]
FINAL = [301, 400, 401, 403, 404, 409, 413, 415, 422, 501, 505, 530]


class Rig:
    """An exchange over doubles; back-off takes 1, 2, 4 s."""

    def __init__(
        self, *steps: Answer | TransportError, takes: float = 0, attempts: int = 4
    ) -> None:
        self.clock = FakeClock()
        self.transport = FakeTransport(self.clock, *steps, takes=takes)
        self.throttle = Throttle(self.clock)
        self.hook = Recorder()
        self.exchange = Exchange(
            self.transport,
            retry=RetryPolicy(attempts=attempts, base=1.0, cap=8.0, random=lambda: 1.0),
            throttle=self.throttle,
            clock=self.clock,
            hooks=[self.hook],
        )

    def fails(self, call: Call) -> BrazeError:
        with pytest.raises(BrazeError) as caught:
            self.exchange.perform(call)
        return caught.value


class Recorder:
    def __init__(self) -> None:
        self.seen: list[tuple[object, ...]] = []

    def on_request(self, endpoint: Endpoint, attempt: int) -> None:
        self.seen.append(("request", attempt))

    def on_retry(self, endpoint: Endpoint, attempt: int, error: BrazeError, delay: float) -> None:
        self.seen.append(("retry", attempt, type(error), delay))

    def on_wait(self, endpoint: Endpoint, seconds: float, opens: float | None) -> None:
        self.seen.append(("wait", seconds) if opens is None else ("quota", seconds, opens))


def not_sent() -> TransportError:
    return NotSent("refused", method="POST", path="/users/track")


def lost() -> TransportError:
    return AnswerLost("reset", method="POST", path="/users/track")


class TestSuccess:
    @pytest.mark.parametrize("status", [200, 201, 202, 204])
    def test_any_2xx_is_one(self, status: int) -> None:
        rig = Rig(answer(status))
        done = rig.exchange.perform(make_call())
        assert (done.status, done.attempts, done.body) == (status, 1, b'{"message":"success"}')
        assert rig.clock.sleeps == []

    @pytest.mark.parametrize("body", [b"", b" \r\n", b"[]", b'{"a":1}', b'\xef\xbb\xbf{"a":1}'])
    def test_a_body_is_empty_or_json(self, body: bytes) -> None:
        assert Rig(answer(200, body)).exchange.perform(make_call()).body == body

    def test_attempts_are_counted(self) -> None:
        rig = Rig(answer(503), not_sent(), answer(201))
        assert rig.exchange.perform(make_call(Replay.IF_UNSENT)).attempts == 3
        assert rig.clock.sleeps == [1.0, 2.0]


class TestWhatIsRepeated:
    @pytest.mark.parametrize("replay", [Replay.ALWAYS, Replay.IF_UNSENT])
    @pytest.mark.parametrize("status", NOT_ACCEPTED)
    def test_not_accepted_is_repeated(self, status: int, replay: Replay) -> None:
        rig = Rig(answer(status), answer(201))
        assert rig.exchange.perform(make_call(replay)).attempts == 2

    @pytest.mark.parametrize("status", AMBIGUOUS)
    def test_ambiguous_is_repeated_where_twice_is_the_same(self, status: int) -> None:
        rig = Rig(answer(status), lost(), answer(200, b"<html>"), answer(201))
        assert rig.exchange.perform(make_call(Replay.ALWAYS)).attempts == 4

    @pytest.mark.parametrize(
        "step", [*map(answer, AMBIGUOUS), lost(), answer(200, b"<html>"), answer(202, b'{"mess')]
    )
    def test_ambiguous_is_not_repeated_otherwise(self, step: Answer | TransportError) -> None:
        rig = Rig(step, answer(201))
        error = rig.fails(make_call(Replay.IF_UNSENT))
        assert is_ambiguous(error)
        assert not is_unsent(error)
        assert len(rig.transport.sent) == 1

    @pytest.mark.parametrize(
        "step", [*map(answer, NOT_ACCEPTED), *map(answer, AMBIGUOUS), not_sent(), lost()]
    )
    def test_never_means_one_attempt(self, step: Answer | TransportError) -> None:
        rig = Rig(step, answer(201))
        rig.fails(make_call(Replay.NEVER))
        assert len(rig.transport.sent) == 1

    @pytest.mark.parametrize("replay", Replay)
    @pytest.mark.parametrize("status", FINAL)
    def test_a_refusal_is_final(self, status: int, replay: Replay) -> None:
        rig = Rig(answer(status), answer(201))
        error = rig.fails(make_call(replay))
        assert isinstance(error, ResponseError)
        assert (error.status, error.attempts) == (status, 1)
        assert not is_ambiguous(error)
        assert not is_unsent(error)

    @pytest.mark.parametrize("step", [*map(answer, NOT_ACCEPTED), not_sent()])
    def test_what_was_not_accepted_says_so(self, step: Answer | TransportError) -> None:
        error = Rig(step, attempts=1).fails(make_call())
        assert is_unsent(error)
        assert not is_ambiguous(error)

    def test_a_foreign_error_says_nothing(self) -> None:
        assert not is_unsent(OSError())
        assert not is_ambiguous(OSError())

    def test_the_last_error_is_raised_when_attempts_run_out(self) -> None:
        rig = Rig(answer(500), lost(), not_sent(), answer(502))
        error = rig.fails(make_call())
        assert isinstance(error, ServerError)
        assert (error.status, error.attempts) == (502, 4)
        rig = Rig(answer(500), answer(500), answer(500), lost())
        lost_one = rig.fails(make_call())
        assert isinstance(lost_one, AnswerLost)
        assert lost_one.attempts == 4


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (301, BadRequest),
        (400, BadRequest),
        (401, Unauthorized),
        (403, Forbidden),
        (404, NotFound),
        (408, ServerError),
        (413, PayloadTooLarge),
        (415, BadRequest),
        (423, ResourceLocked),
        (429, RateLimited),
        (500, ServerError),
        (504, ServerError),
        (520, ServerError),
    ],
)
def test_each_status_has_its_class(status: int, kind: type[ResponseError]) -> None:
    error = Rig(answer(status, b'{"message":"so"}'), attempts=1).fails(make_call())
    assert type(error) is kind
    assert str(error).startswith(f"{status} from POST /users/track: so")
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is kind
    assert vars(copy) == vars(error)


class TestWords:
    def refusal(self, status: int, body: bytes) -> ResponseError:
        error = Rig(answer(status, body), attempts=1).fails(make_call())
        assert isinstance(error, ResponseError)
        return error

    @pytest.mark.parametrize(
        ("body", "message"),
        [
            (b'{"message":"No Recipients"}', "No Recipients"),
            (b'{"error":"No Recipients"}', "No Recipients"),
            (b'{"message":"","error":"No Recipients"}', "No Recipients"),
            (b'{"message":{"deep":1},"error":"No Recipients"}', "No Recipients"),
            (b'"No Recipients"', "No Recipients"),
            (b"No  Recipients\r\n\x00here", "No Recipients here"),
            (b'{"message":"a\\nb\\u001bc"}', "a b c"),
            (
                b"<html><head><TITLE lang=en>\n 502 Bad\nGateway </TITLE>",
                "HTML page: 502 Bad Gateway",
            ),
            (b"<html><body>Oops</body></html>", "an HTML page, not JSON"),
            (b"\xff\xfe\xfa", "\ufffd\ufffd\ufffd"),
            (b"", "no message"),
            (b"[1]", "no message"),
            (b'{"message":null}', "no message"),
            (b"[" * 100_000, "[" * 300),
            (b"x" * 1_000, "x" * 300),
        ],
    )
    def test_the_vendor_is_quoted_with_care(self, body: bytes, message: str) -> None:
        assert self.refusal(400, body).message == message

    @pytest.mark.parametrize(
        ("body", "errors"),
        [
            (b'{"errors":["a","b"]}', ("a", "b")),
            (b'{"errors":[{"type":"t","index":3}]}', ({"type": "t", "index": 3},)),
            (b'{"errors":[["a"]]}', (["a"],)),
            (b'{"errors":"a"}', ("a",)),
            (b'{"errors":null}', ()),
            (b'{"message":"m"}', ()),
            (b"no", ()),
        ],
    )
    def test_errors_are_kept(self, body: bytes, errors: tuple[object, ...]) -> None:
        assert self.refusal(400, body).errors == errors

    def test_errors_too_deep_to_write_are_dropped(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def too_deep(_: object) -> str:
            raise RecursionError

        monkeypatch.setattr("braze_engage._http.answers.json.dumps", too_deep)
        assert self.refusal(400, b'{"errors":["a"]}').errors == ()

    @pytest.mark.parametrize("status", [200, 400, 401, 500])
    def test_an_echoed_secret_is_taken_out(self, status: int) -> None:
        escaped = "".join(f"\\u{ord(char):04x}" for char in KEY.reveal())
        for body in (
            f'{{"message":"key {KEY.reveal()}","errors":["{OTHER_KEY.reveal()}","{escaped}"]}} .',
            f'{{"message":"key {KEY.reveal()}","errors":["{OTHER_KEY.reveal()}","{escaped}"]}}',
            f'{{"errors":[{{"{OTHER_KEY.reveal()}":"{escaped}"}}],"error":"{escaped}"}}',
            f"<title>{KEY.reveal()}</title>",
            "x" * 295 + KEY.reveal(),
        ):
            if status == 200 and body.endswith("}"):
                continue
            error = self.refusal(status, body.encode())
            told = f"{error} {error!r} {vars(error)}"
            assert KEY.reveal()[:5] not in told
            assert OTHER_KEY.reveal()[:5] not in told

    def test_401_names_the_other_suspect(self) -> None:
        error = self.refusal(401, b'{"message":"Invalid API key"}')
        assert "another instance" in error.hint
        assert "rest.iad-06.braze.com" in str(error)

    def test_403_names_the_permission(self) -> None:
        error = self.refusal(403, b"{}")
        assert isinstance(error, Forbidden)
        assert error.permission == "users.track"
        assert "users.track" in str(error)
        bare = Rig(answer(403)).fails(make_call(permission=None))
        assert isinstance(bare, Forbidden)
        assert bare.permission is None
        assert "allow the key this endpoint" in str(bare)

    def test_a_redirect_is_explained(self) -> None:
        error = Rig(answer(302, b"", location="https://elsewhere.example")).fails(make_call())
        assert isinstance(error, BadRequest)
        assert "redirects are never followed" in str(error)
        assert "elsewhere" not in str(error)

    def test_an_unreadable_success_says_where(self) -> None:
        error = Rig(answer(200, b"<title>Hi</title>"), attempts=1).fails(make_call())
        assert isinstance(error, UnreadableResponse)
        assert error.problems == ("no JSON @ $",)
        assert error.message == "HTML page: Hi"


class TestQuota:
    def test_a_429_waits_as_long_as_asked(self) -> None:
        rig = Rig(answer(429, x_ratelimit_retry_after="7"), answer(201))
        assert rig.exchange.perform(make_call(Replay.IF_UNSENT)).attempts == 2
        assert rig.clock.sleeps == [7.0]

    def test_a_429_that_says_nothing_backs_off(self) -> None:
        rig = Rig(answer(429), answer(429, retry_after="0"), answer(201))
        assert rig.exchange.perform(make_call()).attempts == 3
        assert rig.clock.sleeps == [1.0, 2.0]

    def test_a_wait_past_the_deadline_is_not_begun(self) -> None:
        reset = str(int(NOON) + 1_800)
        rig = Rig(answer(429, b'{"message":"slow down"}', x_ratelimit_reset=reset))
        error = rig.fails(make_call())
        assert isinstance(error, RateLimited)
        assert (error.bucket, error.reset_at) == ("users_track", NOON + 1_800)
        assert (error.message, error.attempts) == ("slow down", 1)
        assert rig.clock.sleeps == []

    def test_the_next_call_of_the_pool_knows(self) -> None:
        rig = Rig(answer(429, retry_after="1800"), answer(201))
        rig.fails(make_call())
        error = rig.fails(make_call())
        assert isinstance(error, RateLimited)
        assert (error.bucket, error.reset_at) == ("users_track", NOON + 1_800)
        assert (error.status, error.attempts) == (429, 0)
        assert is_unsent(error)
        assert len(rig.transport.sent) == 1
        assert rig.exchange.perform(make_call(bucket="default")).status == 201

    def test_nothing_remaining_makes_the_next_call_wait(self) -> None:
        rig = Rig(answer(201, x_ratelimit_remaining="0", x_ratelimit_reset="5"), answer(201))
        rig.exchange.perform(make_call())
        rig.exchange.perform(make_call(Replay.NEVER))
        assert rig.clock.sleeps == [5.0]
        assert rig.hook.seen == [("request", 1), ("quota", 5.0, NOON + 5), ("request", 1)]

    def test_a_wait_for_it_takes_no_attempt_away(self) -> None:
        rig = Rig(*[answer(429, retry_after="2")] * 9, answer(503), answer(201), attempts=2)
        assert rig.exchange.perform(make_call()).attempts == 11
        assert rig.clock.sleeps == [2.0] * 9 + [1.0]
        assert rig.hook.seen[:4] == [
            ("request", 1),
            ("retry", 1, RateLimited, 2.0),
            ("quota", 2.0, NOON + 2),
            ("request", 2),
        ]
        assert rig.hook.seen[-2:] == [("wait", 1.0), ("request", 11)]

    def test_one_that_lasts_says_when_the_pool_opens(self) -> None:
        rig = Rig(*[answer(429, retry_after="2")] * 5)
        error = rig.fails(make_call(deadline=9.0))
        assert isinstance(error, RateLimited)
        assert error.attempts == 5
        assert error.reset_at == NOON + 10
        assert rig.clock.sleeps == [2.0, 2.0, 2.0, 2.0]

    def test_one_that_never_says_leaves_it_open(self) -> None:
        error = Rig(answer(429)).fails(make_call(Replay.NEVER))
        assert isinstance(error, RateLimited)
        assert error.reset_at is None

    def test_a_delay_asked_for_by_503_is_honoured(self) -> None:
        rig = Rig(answer(503, retry_after="9"), answer(201))
        rig.exchange.perform(make_call())
        assert rig.clock.sleeps == [9.0]
        rig = Rig(answer(503, retry_after="900"), answer(201))
        error = rig.fails(make_call())
        assert isinstance(error, ServerError)
        assert error.attempts == 1
        assert rig.clock.sleeps == []


class TestDeadline:
    def test_time_outs_shrink_to_what_is_left(self) -> None:
        rig = Rig(answer(500), answer(500), answer(201), takes=4.0)
        rig.exchange.perform(make_call(deadline=14.0))
        first, second, third = rig.transport.sent
        assert (first.connect, first.read, first.call.deadline) == (5.0, 14.0, 14.0)
        assert (second.connect, second.read, second.call.deadline) == (5.0, 9.0, 9.0)
        assert (third.connect, third.read, third.call.deadline) == (3.0, 3.0, 3.0)

    def test_a_back_off_past_it_is_not_begun(self) -> None:
        rig = Rig(answer(500), answer(500), answer(201), takes=3.0)
        error = rig.fails(make_call(deadline=8.0))
        assert isinstance(error, ServerError)
        assert error.attempts == 2
        assert rig.clock.sleeps == [1.0]

    def test_it_may_pass_while_waiting_for_the_pool(self) -> None:
        class Slow(FakeClock):
            def sleep(self, seconds: float) -> None:
                super().sleep(seconds + 10)

        clock = Slow()
        throttle = Throttle(clock)
        throttle.pool(make_call()).note(429, {"retry-after": "5"})
        transport = FakeTransport(clock, answer(201))
        exchange = Exchange(transport, throttle=throttle, clock=clock)
        with pytest.raises(NotSent, match="deadline of 12 s passed before sending") as caught:
            exchange.perform(make_call(deadline=12.0))
        assert caught.value.attempts == 0
        assert transport.sent == []

    def test_and_while_backing_off(self) -> None:
        class Slow(FakeClock):
            def sleep(self, seconds: float) -> None:
                super().sleep(seconds + 100)

        clock = Slow()
        transport = FakeTransport(clock, lost(), answer(201))
        exchange = Exchange(transport, clock=clock)
        with pytest.raises(AnswerLost) as caught:
            exchange.perform(make_call())
        assert caught.value.attempts == 1

    @pytest.mark.parametrize("seconds", [0, -1.0, float("nan"), float("inf")])
    def test_it_is_a_positive_number(self, seconds: float) -> None:
        with pytest.raises(ConfigurationError, match="positive number of seconds"):
            make_call(deadline=seconds)


class TestBeforeLeaving:
    def test_it_is_done_when_nothing_is_waited_for_any_more(self) -> None:
        clock = FakeClock()
        throttle = Throttle(clock)
        throttle.pool(make_call()).note(429, {"retry-after": "5"})
        transport = FakeTransport(clock, answer(503), answer(201))
        exchange = Exchange(transport, throttle=throttle, clock=clock)
        seen: list[tuple[float, int]] = []
        with before_leaving(lambda: seen.append((clock.elapsed, len(transport.sent)))):
            exchange.perform(make_call())
        assert [sent for _, sent in seen] == [0, 1]
        assert seen[0][0] == 5.0
        exchange = Exchange(FakeTransport(clock, answer(201)), throttle=throttle, clock=clock)
        exchange.perform(make_call())
        assert len(seen) == 2

    def test_what_has_to_wait_too_long_does_not_leave(self) -> None:
        clock = FakeClock()
        throttle = Throttle(clock)
        throttle.pool(make_call()).note(429, {"retry-after": "500"})
        exchange = Exchange(FakeTransport(clock), throttle=throttle, clock=clock)
        seen: list[int] = []
        with before_leaving(lambda: seen.append(1)), pytest.raises(RateLimited):
            exchange.perform(make_call())
        assert seen == []

    def test_if_it_cannot_be_done_nothing_leaves_and_the_pool_is_free_again(self) -> None:
        clock = FakeClock()
        throttle = Throttle(clock)
        transport = FakeTransport(clock, *[answer(201)] * 10)
        exchange = Exchange(transport, throttle=throttle, clock=clock)

        def fail() -> None:
            raise StateError("full")

        for _ in range(10):
            with before_leaving(fail), pytest.raises(StateError):
                exchange.perform(make_call())
        assert transport.sent == []
        assert exchange.perform(make_call()).status == 201


class HurryingClock(FakeClock):
    """Three seconds pass whenever somebody looks."""

    def monotonic(self) -> float:
        self.elapsed += 3.0
        return super().monotonic()


@pytest.mark.parametrize("before", [[], [lost()]])
def test_who_finds_no_room_before_the_deadline_says_what_happened(
    before: list[TransportError], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Others are under way, and their answers decide; what was lost before stays lost."""
    monkeypatch.setattr("braze_engage._http.rate_pool._TICK", 0.001)
    clock = HurryingClock()
    throttle = Throttle(clock)
    transport = FakeTransport(clock, *before, answer(201))
    pool = throttle.pool(make_call())

    def fill(*_: object) -> None:
        while pool.take(ends=0.0) == 0:
            pass

    class Filling(CallHook):
        on_wait = fill

    exchange = Exchange(
        transport,
        retry=RetryPolicy(base=0.0, cap=0.0),
        throttle=throttle,
        clock=clock,
        hooks=[Filling()],
    )
    if not before:
        fill()
    with pytest.raises(AnswerLost if before else NotSent) as caught:
        exchange.perform(make_call(deadline=60.0))
    assert caught.value.attempts == len(before)
    assert len(transport.sent) == len(before)


class TestHooks:
    def test_they_see_the_call_go_by(self) -> None:
        rig = Rig(answer(500), not_sent(), answer(201))
        rig.exchange.perform(make_call())
        assert rig.hook.seen == [
            ("request", 1),
            ("retry", 1, ServerError, 1.0),
            ("wait", 1.0),
            ("request", 2),
            ("retry", 2, NotSent, 2.0),
            ("wait", 2.0),
            ("request", 3),
        ]

    def test_one_that_raises_changes_nothing(self, caplog: pytest.LogCaptureFixture) -> None:
        class Broken(Recorder):
            def on_request(self, endpoint: Endpoint, attempt: int) -> None:
                raise ZeroDivisionError

        clock = FakeClock()
        after = Recorder()
        exchange = Exchange(FakeTransport(clock, answer(201)), clock=clock, hooks=[Broken(), after])
        assert exchange.perform(make_call()).status == 201
        assert after.seen == [("request", 1)]
        assert "Broken failed" in caplog.text


def test_logs_name_the_endpoint_and_nothing_private(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    rig = Rig(
        answer(429, retry_after="2", x_secret=KEY.reveal()),
        lost(),
        answer(201, b'{"message":"ana"}', x_ratelimit_remaining="0", x_ratelimit_reset="1"),
        answer(403),
        takes=0.25,
    )
    rig.exchange.perform(make_call())
    rig.fails(make_call())
    assert {record.name for record in caplog.records} == {"braze_engage.http"}
    lines = [record.getMessage() for record in caplog.records]
    assert lines == [
        "POST /users/track -> 429 (bucket users_track, attempt 1, 0.250 s)",
        "POST /users/track failed with 429 (bucket users_track, attempt 1), again in 2.0 s",
        "POST /users/track -> AnswerLost (bucket users_track, attempt 2, 0.250 s)",
        "POST /users/track failed with AnswerLost (bucket users_track, attempt 2), again in 1.0 s",
        "POST /users/track -> 201 (bucket users_track, attempt 3, 0.250 s)",
        "POST /users/track waits 1.0 s for users_track",
        "POST /users/track -> 403 (bucket users_track, attempt 1, 0.250 s)",
    ]


@pytest.mark.parametrize("name", ["connect", "read"])
@pytest.mark.parametrize("seconds", [0, -1, float("inf"), float("nan")])
def test_time_outs_are_positive(name: str, seconds: float) -> None:
    with pytest.raises(ConfigurationError, match=f"{name} is a positive number"):
        Exchange(FakeTransport(FakeClock()), **{name: seconds})  # type: ignore[arg-type]  # one of two


def test_defaults_are_the_machine() -> None:
    transport = FakeTransport(FakeClock(), answer(201))
    exchange = Exchange(transport)
    assert exchange.perform(make_call()).status == 201
    (sent,) = transport.sent
    assert (sent.connect, sent.read) == (5.0, 30.0)
    assert 59 < sent.call.deadline <= 60
    exchange.close()
    assert transport.closed


@pytest.mark.parametrize(
    "steps",
    [[answer(401, KEY.reveal().encode())], [lost()], [answer(200, b"{" + KEY.reveal().encode())]],
)
def test_a_traceback_with_locals_shows_nothing_private(
    steps: list[Answer | TransportError],
) -> None:
    error = Rig(*steps).fails(make_call(Replay.NEVER))
    told = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    assert "perform" in told
    for private in (KEY.reveal(), OTHER_KEY.reveal(), "ana"):
        assert private not in told

"""An outage: one request asks whether the host is back, and the others wait for its answer."""

from __future__ import annotations

import logging
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

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
    ServerError,
    Unauthorized,
)
from braze_engage.operation.hooks import CallHook, Endpoint, Teller
from braze_engage.sync.outage import Outage
from braze_engage.sync.patience import Patience
from braze_engage.sync.sending import Halt, Interrupted
from tests.support.clocks import SharedClock

if TYPE_CHECKING:
    from collections.abc import Callable

SAID = "zx81mark"


class Host:
    """Fails until a moment, for good reasons and bad, and notes when it was asked."""

    def __init__(self, clock: SharedClock, back: float, *, at_once: int = 1) -> None:
        self.clock = clock
        self.at_once = at_once
        self.together = threading.Barrier(at_once)
        self.back = clock.start + back
        self.asked: list[float] = []
        self.lock = threading.Lock()

    def __call__(self) -> str:
        with self.lock:
            self.asked.append(self.clock.monotonic() - self.clock.start)
            is_first = len(self.asked) <= self.at_once
        if is_first:
            self.together.wait()
        if self.clock.monotonic() < self.back:
            raise NotSent("refused", method="POST", path="/users/track")
        return "done"


class Told(CallHook):
    def __init__(self) -> None:
        self.seen: list[tuple[object, ...]] = []

    def on_retry(self, endpoint: Endpoint, _: int, error: BrazeError, delay: float, /) -> None:
        self.seen.append(("retry", endpoint.bucket, type(error), delay))

    def on_wait(self, _: Endpoint, seconds: float, opens: float | None, /) -> None:
        self.seen.append(("wait", seconds, opens))


def ever(_: float) -> bool:
    return True


def failing(*errors: BrazeError) -> Callable[[], str]:
    left = list(errors)

    def send() -> str:
        if left:
            raise left.pop(0)
        return "done"

    return send


@pytest.fixture
def clock() -> SharedClock:
    return SharedClock()


def patience_of(clock: SharedClock, seconds: float = 3_600.0, **options: object) -> Patience:
    return Patience(seconds, clock=clock, **options)  # type: ignore[arg-type]  # a few of many


def test_of_many_one_asks_every_half_minute_and_all_go_on_afterwards(clock: SharedClock) -> None:
    threads = 128
    host = Host(clock, back=600.0, at_once=threads)
    outage = Outage(3_600.0, monotonic=clock.monotonic, now=clock.now)

    def send(_: int) -> str:
        return patience_of(clock, outage=outage).persist(host, ever)

    with ThreadPoolExecutor(threads) as pool:
        assert list(pool.map(send, range(threads))) == ["done"] * threads
    meanwhile = [at for at in host.asked if 0 < at < 600.0]
    assert meanwhile == [30.0 * asked for asked in range(1, 20)]
    assert clock.monotonic() - clock.start == 600
    assert outage.since is None


def test_who_comes_while_it_is_known_does_not_send(clock: SharedClock) -> None:
    outage = Outage(3_600.0, monotonic=clock.monotonic, now=clock.now)
    for _ in range(3):
        outage.failed(object(), "POST /x fails with 503")
    asks = iter([True, True, False])
    assert not outage.admit(object(), lambda _: next(asks))
    assert outage.since == clock.now()


def test_a_single_failure_keeps_nobody_else_from_sending(clock: SharedClock) -> None:
    outage = Outage(3_600.0, monotonic=clock.monotonic, now=clock.now)
    outage.failed(object(), "POST /x fails with 503")
    patience = patience_of(clock, outage=outage)
    assert patience.persist(failing(), ever) == "done"
    assert clock.monotonic() == clock.start


def test_one_request_that_always_fails_does_not_hide_that_the_host_is_back(
    clock: SharedClock,
) -> None:
    outage = Outage(600.0, monotonic=clock.monotonic, now=clock.now)
    guilty, others = object(), [object() for _ in range(3)]
    for one in (guilty, *others):
        outage.failed(one, "POST /x fails with 503")
    assert outage.admit(guilty, clock.pause)
    outage.failed(guilty, "POST /x fails with 503")  # to the end of the line
    assert outage.admit(others[0], clock.pause)
    assert clock.monotonic() - clock.start == 60
    outage.answered()
    assert all(outage.admit(one, ever) for one in (guilty, *others))


def test_who_gives_up_makes_room_for_the_next(clock: SharedClock) -> None:
    outage = Outage(600.0, monotonic=clock.monotonic, now=clock.now)
    first, second = object(), object()
    for one in (first, second, object()):
        outage.failed(one, "POST /x fails with 503")
    outage.leave(first)
    assert outage.admit(second, clock.pause)


def test_a_lost_answer_that_must_not_be_repeated_counts_and_is_raised(clock: SharedClock) -> None:
    outage = Outage(100.0, monotonic=clock.monotonic, now=clock.now)
    patience = patience_of(clock, 100.0, outage=outage)
    for _ in range(3):
        with pytest.raises(AnswerLost):
            patience.persist(failing(AnswerLost("reset")), ever, repeatable=False)
    with pytest.raises(Interrupted):
        patience.persist(failing(), lambda _: False)  # what comes now would wait


def test_an_outage_ends_the_run_after_its_last_question(clock: SharedClock) -> None:
    host = Host(clock, back=10_000.0)
    with pytest.raises(Halt, match="out of reach for 100 s"):
        patience_of(clock, 100.0).persist(host, ever)
    assert host.asked == [0, 30, 60, 90, 100]


def test_a_request_that_fails_alone_ends_the_run_too(clock: SharedClock) -> None:
    outage = Outage(100.0, monotonic=clock.monotonic, now=clock.now)
    patience = patience_of(clock, 100.0, outage=outage)

    def poison() -> str:
        outage.answered()  # another request got through
        raise ServerError("oops", status=500)

    with pytest.raises(Halt, match="out of reach for 100 s"):
        patience.persist(poison, ever)
    assert clock.monotonic() - clock.start == pytest.approx(100, abs=30)


def test_a_locked_cohort_is_no_outage(clock: SharedClock) -> None:
    outage = Outage(100.0, monotonic=clock.monotonic, now=clock.now)
    locked = [ResourceLocked("locked", status=423) for _ in range(9)]
    with pytest.raises(Halt, match="kept a cohort locked for 100 s"):
        patience_of(clock, 100.0, outage=outage).persist(failing(*locked), ever)
    assert outage.since is None


def test_hooks_are_told_of_outages_and_quotas(clock: SharedClock) -> None:
    told = Told()
    patience = patience_of(clock, bucket="users_track", teller=Teller([told]))
    limited = RateLimited("no", status=429)
    limited.reset_at = clock.now() + 1_800
    send = failing(ServerError("oops", status=503), limited, RateLimited("no", status=429))
    assert patience.persist(send, ever) == "done"
    assert told.seen == [
        ("retry", "users_track", ServerError, 30.0),
        ("wait", 30.0, None),
        ("wait", 1_770.0, limited.reset_at),
        ("wait", 60.0, limited.reset_at + 60),
    ]


def test_a_quota_is_waited_for_however_long(clock: SharedClock) -> None:
    limited = RateLimited("no", status=429, attempts=0)
    limited.reset_at = clock.now() + 3_000
    assert patience_of(clock, 0.0).persist(failing(limited), ever) == "done"
    assert clock.monotonic() - clock.start == 3_000


def test_who_had_no_turn_before_its_deadline_says_nothing_of_the_host(clock: SharedClock) -> None:
    outage = Outage(0.0, monotonic=clock.monotonic, now=clock.now)
    late = NotSent("the deadline passed before sending", attempts=0)
    assert patience_of(clock, 0.0, outage=outage).persist(failing(late), ever) == "done"
    assert outage.since is None


def test_a_halt_ends_a_wait_within_a_second(clock: SharedClock) -> None:
    until = clock.start + 10

    with pytest.raises(Interrupted):
        patience_of(clock).persist(failing(NotSent("refused")), lambda _: clock.monotonic() < until)
    assert clock.monotonic() - clock.start == 10


def test_a_halt_ends_a_wait_for_quota(clock: SharedClock) -> None:
    limited = RateLimited("no", status=429)
    limited.reset_at = clock.now() + 3_000
    with pytest.raises(Interrupted):
        patience_of(clock).persist(failing(limited), lambda _: False)
    assert clock.monotonic() == clock.start


def test_the_log_says_so_once_a_minute_and_when_it_is_over(
    clock: SharedClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    patience_of(clock).persist(Host(clock, back=95.0), ever)
    assert caplog.messages == [
        "POST /users/track fails with NotSent; asking again every 30 s",
        "POST /users/track fails with NotSent; asking again every 30 s (2 times)",
        "Braze is back after 120 s",
    ]


@pytest.mark.parametrize(
    "error",
    [
        Unauthorized(SAID, status=401, method="POST", path="/users/track", hint="check the key"),
        Forbidden(SAID, status=403, method="POST", path="/users/track", hint="allow the key"),
        NotFound(SAID, status=404, method="POST", path="/users/track", hint="check the path"),
        BadRequest(SAID, status=302, method="POST", path="/users/track", hint="no redirects"),
        ServerError(SAID, status=503, method="POST", path="/users/track", errors=(SAID,)),
    ],
)
def test_what_ends_a_run_says_status_and_remedy_without_the_words_of_braze(
    error: BadRequest, clock: SharedClock
) -> None:
    with pytest.raises(Halt) as caught:
        patience_of(clock, 0.0).persist(failing(error), ever)
    halt = caught.value
    assert f"{error.status} from POST /users/track" in halt.why
    assert error.hint in halt.why
    assert halt.credentials == (error.status in {401, 403})
    cause = halt.__cause__
    assert type(cause) is type(error)
    assert isinstance(cause, BadRequest | ServerError | Unauthorized | Forbidden | NotFound)
    assert (cause.status, cause.hint, cause.errors) == (error.status, error.hint, ())
    told = traceback.TracebackException.from_exception(cause, capture_locals=True).format()
    assert SAID not in "".join([*told, halt.why, str(vars(cause))])


@pytest.mark.parametrize(
    "error", [BadRequest("no", status=400), PayloadTooLarge("too much", status=413)]
)
def test_what_is_wrong_with_the_request_is_raised(error: BrazeError, clock: SharedClock) -> None:
    with pytest.raises(type(error)):
        patience_of(clock).persist(failing(error), ever)


def test_a_wrong_setting_ends_the_run_in_its_own_words(clock: SharedClock) -> None:
    with pytest.raises(Halt, match="no key") as caught:
        patience_of(clock).persist(failing(ConfigurationError("no key")), ever)
    assert isinstance(caught.value.__cause__, ConfigurationError)

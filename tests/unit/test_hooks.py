"""Who is told of calls: in part, in order, once, and whatever they raise."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import pytest

from braze_engage import BrazeClient, ConfigurationError, FakeBraze, UserAttributes
from braze_engage.operation.hooks import CallHook, Endpoint, Teller
from braze_engage.operation.summing import Summing
from tests.unit.exchange_doubles import FakeClock

if TYPE_CHECKING:
    from collections.abc import Sequence

ANA = UserAttributes(external_id="u1", custom={"a": 1})
TRACK = Endpoint("POST", "/users/track", "users_track")
LOG = logging.getLogger("braze_engage.tests")


class Requests:
    """Wants to know of requests only."""

    def __init__(self) -> None:
        self.seen: list[tuple[Endpoint, int]] = []

    def on_request(self, endpoint: Endpoint, attempt: int) -> None:
        self.seen.append((endpoint, attempt))


class Failing(CallHook):
    def on_request(self, _: Endpoint, __: int, /) -> None:
        raise ZeroDivisionError


def client_of(fake: FakeBraze, *hooks: object) -> BrazeClient:
    given: Any = hooks
    return BrazeClient(
        fake.rest_api_key, data_center="US-06", session=fake.session(), hooks=list(given)
    )


def test_a_hook_has_as_many_methods_as_it_wants() -> None:
    fake, some, derived = FakeBraze(), Requests(), CallHook.__subclasses__()
    fake.fail("/users/track", status=503)
    client_of(fake, some).users.track(attributes=[ANA])
    assert some.seen == [(TRACK, 1), (TRACK, 2)]
    assert Failing in derived


def test_what_it_inherits_does_nothing() -> None:
    fake = FakeBraze()
    fake.fail("/users/track", status=503)
    client_of(fake, Failing()).users.track(attributes=[ANA])  # told of a retry and a wait, too
    assert [request.status for request in fake.requests] == [503, 201]


@pytest.mark.parametrize("hook", [object(), print, Requests])
def test_something_that_is_no_hook_is_refused(hook: object) -> None:
    if hook is Requests:
        hook = type("Misspelt", (), {"on_requests": lambda self: None})()
    with pytest.raises(ConfigurationError, match="has none of the methods on_request, on_retry"):
        client_of(FakeBraze(), hook)


def test_a_single_hook_is_no_list() -> None:
    with pytest.raises(ConfigurationError, match="list of hooks"):
        BrazeClient("key", data_center="US-06", hooks=Requests())  # type: ignore[arg-type]  # that


def test_a_derived_client_tells_further_hooks_and_nobody_twice() -> None:
    fake, first, second = FakeBraze(), Requests(), Requests()
    client = client_of(fake, first)
    hooks: Sequence[Any] = [first, second]
    client.with_options(hooks=hooks).users.track(attributes=[ANA])
    assert (len(first.seen), len(second.seen)) == (1, 1)
    client.users.track(attributes=[ANA])
    assert (len(first.seen), len(second.seen)) == (2, 1)


def test_a_priority_is_one_of_two() -> None:
    with pytest.raises(ConfigurationError, match="priority is 'realtime' or 'backfill'"):
        client_of(FakeBraze()).with_options(priority="high")  # type: ignore[arg-type]  # that


def test_a_hook_that_always_fails_is_logged_once_a_minute(
    caplog: pytest.LogCaptureFixture,
) -> None:
    clock = FakeClock()
    teller = Teller([Failing()], monotonic=clock.monotonic)
    for _ in range(5):
        teller.request(TRACK, 1)
    clock.sleep(60)
    teller.request(TRACK, 1)
    assert [record.getMessage() for record in caplog.records] == [
        "the hook Failing failed",
        "the hook Failing failed (5 times)",
    ]
    assert all(record.exc_info for record in caplog.records)


class TestSumming:
    @pytest.fixture
    def clock(self) -> FakeClock:
        return FakeClock()

    @pytest.fixture
    def summing(self, clock: FakeClock) -> Summing:
        return Summing(LOG, monotonic=clock.monotonic)

    def test_repetitions_within_a_minute_are_one_line(
        self, summing: Summing, clock: FakeClock, caplog: pytest.LogCaptureFixture
    ) -> None:
        for _ in range(1_000):
            summing.note("odd")
            clock.sleep(0.05)
        summing.look()
        assert caplog.messages == ["odd"]
        clock.sleep(11)
        summing.look()
        assert caplog.messages == ["odd", "odd (999 times)"]

    def test_what_came_at_once_is_counted_at_once(
        self, summing: Summing, caplog: pytest.LogCaptureFixture
    ) -> None:
        summing.note("odd", 1_234)
        assert caplog.messages == ["odd (1,234 times)"]

    def test_texts_are_counted_apart(
        self, summing: Summing, caplog: pytest.LogCaptureFixture
    ) -> None:
        for text in ("one", "two", "one"):
            summing.note(text)
        summing.flush()
        summing.flush()
        assert caplog.messages == ["one", "two", "one"]

    def test_so_many_texts_are_known_and_no_more(
        self, summing: Summing, caplog: pytest.LogCaptureFixture
    ) -> None:
        for number in range(1_000):
            summing.note(f"text {number}")
        assert len(caplog.messages) == 200

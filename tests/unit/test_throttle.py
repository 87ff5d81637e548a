"""What headers say about when to send next."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from braze_engage import limits
from braze_engage._http.quota import Quota
from braze_engage._http.throttle import HOURLY_REQUESTS
from tests.unit.exchange_doubles import NOON, FakeClock, Pools

BUCKET = "users_track"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def throttle(clock: FakeClock) -> Pools:
    return Pools(clock)


class TestNothingLeft:
    def test_an_epoch_closes_the_pool_until_then(self, throttle: Pools, clock: FakeClock) -> None:
        headers = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(NOON) + 90)}
        assert throttle.note(BUCKET, 201, headers) is None
        assert throttle.wait_for(BUCKET) == 90
        clock.sleep(89)
        assert throttle.wait_for(BUCKET) == 1
        clock.sleep(1)
        assert throttle.wait_for(BUCKET) == 0

    def test_a_small_number_is_seconds_left(self, throttle: Pools) -> None:
        throttle.note(BUCKET, 201, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "42"})
        assert throttle.wait_for(BUCKET) == 42

    def test_other_pools_stay_open(self, throttle: Pools) -> None:
        throttle.note(BUCKET, 201, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "42"})
        assert throttle.wait_for("default") == 0

    def test_something_left_keeps_it_open(self, throttle: Pools) -> None:
        throttle.note(BUCKET, 201, {"x-ratelimit-remaining": "1", "x-ratelimit-reset": "42"})
        assert throttle.wait_for(BUCKET) == 0

    def test_an_answer_that_was_under_way_does_not_open_it(self, throttle: Pools) -> None:
        throttle.note(BUCKET, 201, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "42"})
        throttle.note(BUCKET, 201, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "7"})
        throttle.note(BUCKET, 201, {"x-ratelimit-remaining": "3", "x-ratelimit-reset": "42"})
        assert throttle.wait_for(BUCKET) == 42

    def test_without_a_reset_nothing_is_known(self, throttle: Pools) -> None:
        throttle.note(BUCKET, 201, {"x-ratelimit-remaining": "0"})
        assert throttle.wait_for(BUCKET) == 0

    def test_a_set_clock_does_not_move_the_wait(self, throttle: Pools, clock: FakeClock) -> None:
        throttle.note(BUCKET, 201, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "42"})
        clock.start += 86_400
        assert throttle.wait_for(BUCKET) == 42


class TestTooManyRequests:
    def test_its_own_header_comes_first(self, throttle: Pools) -> None:
        headers = {
            "x-ratelimit-retry-after": "3",
            "retry-after": "5",
            "x-ratelimit-reset": "7",
        }
        assert throttle.note(BUCKET, 429, headers) == 3
        assert throttle.wait_for(BUCKET) == 3

    def test_then_the_standard_one(self, throttle: Pools) -> None:
        assert throttle.note(BUCKET, 429, {"retry-after": "5", "x-ratelimit-reset": "7"}) == 5

    def test_which_may_be_a_date(self, throttle: Pools) -> None:
        # 2027-01-15 09:00:00 is NOON
        date = "Fri, 15 Jan 2027 09:00:30 GMT"
        assert throttle.note(BUCKET, 429, {"retry-after": date}) == 30
        assert throttle.note(BUCKET, 429, {"retry-after": date.replace("GMT", "-0000")}) == 30

    def test_then_the_reset(self, throttle: Pools) -> None:
        assert throttle.note(BUCKET, 429, {"x-ratelimit-reset": str(NOON + 7)}) == 7
        assert throttle.wait_for(BUCKET) == 7

    def test_and_without_any_nothing_is_known(self, throttle: Pools) -> None:
        assert throttle.note(BUCKET, 429, {}) is None
        assert throttle.wait_for(BUCKET) == 0

    def test_the_reset_of_a_window_that_is_not_used_up_says_nothing(self, throttle: Pools) -> None:
        headers = {"x-ratelimit-remaining": "249990", "x-ratelimit-reset": "3000"}
        assert throttle.note("default", 429, headers) is None
        assert throttle.wait_for("default") == 0

    def test_the_reset_of_one_that_is_does(self, throttle: Pools) -> None:
        headers = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "3000"}
        assert throttle.note("default", 429, headers) == 3000

    def test_the_longer_wait_closes_the_pool(self, throttle: Pools) -> None:
        headers = {
            "retry-after": "2",
            "x-ratelimit-remaining": "0",
            "x-ratelimit-reset": "3000",
        }
        assert throttle.note(BUCKET, 429, headers) == 2
        assert throttle.wait_for(BUCKET) == 3000


@pytest.mark.parametrize("status", [423, 500, 503])
def test_a_wait_asked_for_by_another_refusal_closes_nothing(throttle: Pools, status: int) -> None:
    assert throttle.note(BUCKET, status, {"retry-after": "9"}) == 9
    assert throttle.wait_for(BUCKET) == 0


@pytest.mark.parametrize(
    "text",
    ["", " ", "soon", "nan", "inf", "-inf", "1e999", "5, 5", "1800003600000", "Fri, 99 Foo", "0x1"],
)
def test_garbage_is_ignored(throttle: Pools, text: str) -> None:
    for name in ("x-ratelimit-retry-after", "retry-after", "x-ratelimit-reset"):
        assert throttle.note(BUCKET, 429, {name: text}) is None
    headers = {"x-ratelimit-remaining": text, "x-ratelimit-reset": "60"}
    assert throttle.note(BUCKET, 201, headers) is None
    assert throttle.wait_for(BUCKET) == 0


@pytest.mark.parametrize("text", ["-5", "0", str(NOON - 60), "Thu, 14 Jan 2027 09:00:00 GMT"])
def test_the_past_is_now(throttle: Pools, text: str) -> None:
    assert throttle.note(BUCKET, 429, {"retry-after": text}) == 0
    assert throttle.wait_for(BUCKET) == 0


class TestCountedHere:
    def test_the_cohort_pool_is_known(self) -> None:
        assert HOURLY_REQUESTS == {"partner_cohorts": limits.COHORT_REQUESTS_PER_HOUR}

    def test_the_quota_returns_with_the_clock_hour(self) -> None:
        clock = FakeClock(NOON + 1_800)
        throttle = Pools(clock, Quota(hourly=2))
        assert throttle.take("partner_cohorts") == 0
        assert throttle.take("partner_cohorts") == 0
        assert throttle.take("partner_cohorts") == 1_800
        assert throttle.wait_for("partner_cohorts") == 1_800
        clock.sleep(1_800)
        assert throttle.wait_for("partner_cohorts") == 0
        assert throttle.take("partner_cohorts") == 0

    def test_looking_does_not_count(self) -> None:
        throttle = Pools(FakeClock(), Quota(hourly=1))
        assert throttle.wait_for("partner_cohorts") == 0
        assert throttle.wait_for("partner_cohorts") == 0
        assert throttle.take("partner_cohorts") == 0

    def test_a_refusal_closes_it_too(self, throttle: Pools) -> None:
        throttle.note("partner_cohorts", 429, {"retry-after": "4"})
        assert throttle.take("partner_cohorts") == 4

    def test_other_pools_are_not_counted(self) -> None:
        throttle = Pools(FakeClock(), Quota(hourly=1))
        assert [throttle.take(BUCKET) for _ in range(3)] == [0, 0, 0]

    def test_threads_together_take_no_more_than_the_quota(self) -> None:
        throttle = Pools(FakeClock(), Quota(hourly=100))
        start = threading.Barrier(8)

        def take_many() -> int:
            start.wait()
            return sum(throttle.take("partner_cohorts") == 0 for _ in range(50))

        with ThreadPoolExecutor(8) as threads:
            taken = [threads.submit(take_many) for _ in range(8)]
        assert sum(one.result() for one in taken) == 100


def test_the_machine_clock_is_the_default() -> None:
    throttle = Pools()
    throttle.note(BUCKET, 429, {"retry-after": "60"})
    assert 0 < throttle.wait_for(BUCKET) <= 60

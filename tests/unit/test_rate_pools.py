"""Bursts, hours, reserves, and who shares which pool."""

from __future__ import annotations

import gc
import math
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from braze_engage._http.burst import Burst
from braze_engage._http.quota import Quota
from braze_engage._http.rate_pool import RatePool
from braze_engage._http.throttle import BURSTS, Throttle
from braze_engage.credentials import RestApiKey
from braze_engage.errors import ConfigurationError
from tests.unit.exchange_doubles import KEY, NOON, OTHER_KEY, FakeClock, make_call

if TYPE_CHECKING:
    from collections.abc import Mapping

SUCCESS = {"x-ratelimit-limit": "400", "x-ratelimit-reset": "1800"}


def sent_at_once(pool: RatePool, share: float = 1.0) -> int:
    """Send until the pool is closed, each request answered before the next."""
    for count in range(10_000):
        if pool.take(share):
            return count
        pool.note(201, {})
        pool.done()
    raise AssertionError


def call_in_real_time(pool: RatePool) -> None:
    assert pool.take() == 0
    pool.done()


class TestBurst:
    def test_no_window_holds_more(self) -> None:
        clock = FakeClock()
        pool = RatePool(clock, burst=(10, 3.0))
        assert sent_at_once(pool) == 10
        assert pool.wait_for() == 3.0
        clock.sleep(2.0)
        assert pool.wait_for() == 1.0
        clock.sleep(1.0)
        assert sent_at_once(pool) == 10

    def test_a_backfill_leaves_the_reserve_where_somebody_calls_in_real_time(self) -> None:
        clock = FakeClock()
        pool = RatePool(clock, burst=(10, 3.0))
        call_in_real_time(pool)
        assert sent_at_once(pool, 0.8) == 7
        assert sent_at_once(pool) == 2
        clock.sleep(63)
        assert sent_at_once(pool, 0.8) == 10  # nobody has called for a minute

    def test_of_one_request_nothing_can_be_left(self) -> None:
        clock = FakeClock()
        pool = RatePool(clock, burst=(1, 3.0))
        call_in_real_time(pool)
        clock.sleep(3)
        assert sent_at_once(pool, 0.5) == 1

    def test_the_documented_ones_are_known(self) -> None:
        assert BURSTS["users_track"] == (3_000, 3.0)
        assert BURSTS["users_track_bulk"] == (50, 1.0)


class Server:
    """Takes so many requests in 3 s of the clock, and says as little as Braze does."""

    def __init__(self, clock: FakeClock, burst: int) -> None:
        self.clock = clock
        self.burst = burst
        self.window = 0
        self.used = 0
        self.refusals = 0

    def answer(self) -> tuple[int, Mapping[str, str]]:
        window = int(self.clock.now() // 3)
        self.used = self.used + 1 if window == self.window else 1
        self.window = window
        if self.used <= self.burst:
            return 201, {**SUCCESS, "x-ratelimit-remaining": "300"}
        self.refusals += 1
        return 429, {"x-ratelimit-retry-after": str(3 - int(self.clock.now() % 3))}

    def receive(self, pool: RatePool, requests: int) -> None:
        for _ in range(requests):
            while wait := pool.take():
                self.clock.sleep(wait)
            pool.note(*self.answer())
            pool.done()


class TestLearning:
    def test_a_refusal_teaches_a_lower_limit(self) -> None:
        clock = FakeClock()
        server, pool = Server(clock, 10), RatePool(clock, burst=(3_000, 3.0))
        server.receive(pool, 400)
        assert server.refusals < 12

    def test_it_gets_surer(self) -> None:
        clock = FakeClock()
        server, pool = Server(clock, 10), RatePool(clock, burst=(3_000, 3.0))
        server.receive(pool, 4_000)
        before = server.refusals
        server.receive(pool, 4_000)
        assert server.refusals - before < 8

    def test_a_limit_that_is_no_longer_so_is_forgotten_soon(self) -> None:
        clock = FakeClock()
        server, pool = Server(clock, 10), RatePool(clock, burst=(3_000, 3.0))
        server.receive(pool, 100)
        server.burst = 3_000
        began = clock.now()
        server.receive(pool, 12_000)
        assert clock.now() - began < 120

    @pytest.mark.parametrize(
        "headers",
        [
            {},
            {"retry-after": "2"},
            {"x-ratelimit-retry-after": "900"},
            {"x-ratelimit-retry-after": "2", "x-ratelimit-remaining": "5"},
        ],
    )
    def test_other_refusals_teach_nothing(self, headers: Mapping[str, str]) -> None:
        clock = FakeClock()
        pool = RatePool(clock, burst=(100, 3.0))
        pool.note(201, {**SUCCESS, "x-ratelimit-remaining": "300"})
        pool.note(429, headers)
        clock.sleep(2_000)
        assert sent_at_once(pool) == 100

    def test_nor_does_one_while_the_hour_is_not_known(self) -> None:
        clock = FakeClock()
        pool = RatePool(clock, burst=(100, 3.0))
        pool.note(429, {"x-ratelimit-retry-after": "2"})
        clock.sleep(2)
        assert sent_at_once(pool) == 100

    def test_little_traffic_proves_no_higher_limit(self) -> None:
        burst = Burst(100, 3.0)
        burst.refused(0.0)
        learned = burst.limit
        for second in range(10, 2_000):
            assert burst.wait(second, 1.0) == 0
            burst.count(second)
            burst.accepted(second)
        assert burst.limit == learned < 100


class TestWindowOfTheHeaders:
    def test_what_remains_bounds_what_is_under_way(self) -> None:
        pool = RatePool(FakeClock())
        pool.note(201, {**SUCCESS, "x-ratelimit-remaining": "2"})
        assert [pool.take(), pool.take()] == [0, 0]
        third = threading.Thread(target=pool.take, daemon=True)
        third.start()
        third.join(0.05)
        assert third.is_alive()  # until an answer says what became of the two
        pool.note(201, {**SUCCESS, "x-ratelimit-remaining": "0"})
        pool.done()
        third.join(5)
        assert not third.is_alive()
        assert pool.wait_for() == 1_800

    def test_a_backfill_leaves_the_reserve(self) -> None:
        pool = RatePool(FakeClock())
        pool.note(201, {**SUCCESS, "x-ratelimit-remaining": "81"})
        assert pool.wait_for(0.8) == 0
        pool.note(201, {**SUCCESS, "x-ratelimit-remaining": "80"})
        assert pool.wait_for(0.8) == 1_800
        assert pool.wait_for() == 0

    def test_of_a_window_that_ends_soon_nothing_is_left_for_nobody(self) -> None:
        clock = FakeClock()
        pool = RatePool(clock)
        soon = {**SUCCESS, "x-ratelimit-reset": "60", "x-ratelimit-remaining": "80"}
        pool.note(201, soon)
        assert pool.wait_for(0.8) == 0
        call_in_real_time(pool)
        assert pool.wait_for(0.8) == 60

    def test_answers_may_overtake_each_other(self) -> None:
        pool = RatePool(FakeClock())
        for remaining in ("80", "90"):
            pool.note(201, {**SUCCESS, "x-ratelimit-remaining": remaining})
        assert pool.wait_for(0.8) == 1_800

    def test_a_late_answer_does_not_begin_another_window(self) -> None:
        clock = FakeClock()
        pool = RatePool(clock)
        began = clock.monotonic()
        left = {**SUCCESS, "x-ratelimit-reset": "1800"}
        pool.note(201, {**left, "x-ratelimit-remaining": "80"}, began)
        clock.sleep(5)  # seconds left were counted five seconds ago
        pool.note(201, {**left, "x-ratelimit-remaining": "90"}, began)
        assert pool.wait_for(0.8) == 1_795

    def test_the_next_hour_begins_anew(self) -> None:
        clock = FakeClock()
        pool = RatePool(clock)
        pool.note(201, {**SUCCESS, "x-ratelimit-remaining": "80"})
        clock.sleep(1_800)
        assert pool.wait_for(0.8) == 0
        pool.note(201, {**SUCCESS, "x-ratelimit-remaining": "399"})
        assert pool.wait_for(0.8) == 0


class TestHour:
    def test_it_turns_with_the_clock(self) -> None:
        clock = FakeClock(NOON + 3_000)
        pool = RatePool(clock, hourly=3)
        assert sent_at_once(pool) == 3
        assert pool.wait_for() == 600
        clock.sleep(600)
        assert sent_at_once(pool) == 3

    def test_a_backfill_leaves_the_reserve(self) -> None:
        pool = RatePool(FakeClock(), hourly=400)
        assert sent_at_once(pool, 0.8) == 320
        assert sent_at_once(pool) == 80


class TestRamp:
    def test_few_are_under_way_until_answers_come(self) -> None:
        pool = RatePool(FakeClock(), burst=(3_000, 3.0))
        assert [pool.take() for _ in range(4)] == [0] * 4
        fifth = threading.Thread(target=pool.take, daemon=True)
        fifth.start()
        fifth.join(0.05)
        assert fifth.is_alive()
        pool.note(201, {})
        pool.done()
        fifth.join(5)
        assert not fifth.is_alive()
        assert pool.take() == 0  # one ended, and one more may be under way than before

    def test_an_outage_begins_it_anew(self) -> None:
        pool = RatePool(FakeClock(), burst=(3_000, 3.0))
        sent_at_once(pool)
        for _ in range(4):
            pool.failed()
            pool.note(503, {})
        assert pool._width.limit == 4

    def test_who_finds_no_room_until_the_deadline_gives_up(self) -> None:
        clock = FakeClock()
        pool = RatePool(clock, burst=(3_000, 3.0))
        assert [pool.take() for _ in range(4)] == [0] * 4
        assert pool.take(ends=clock.monotonic()) == math.inf

    def test_without_a_burst_none_waits_until_something_is_wrong(self) -> None:
        pool = RatePool(FakeClock())
        assert [pool.take() for _ in range(500)] == [0] * 500
        for _ in range(8):
            pool.note(503, {})
        assert pool._width.limit == 4


class TestSharing:
    def test_host_key_and_bucket_name_a_pool(self) -> None:
        clock = FakeClock()
        one, other = Throttle(clock), Throttle(clock)
        call = make_call()
        pool = one.pool(call)
        assert one.pool(call) is pool
        assert other.pool(make_call(authorization=RestApiKey(KEY.reveal()))) is pool
        for changes in (
            {"bucket": "default"},
            {"authorization": RestApiKey("another")},
            {"secrets": ()},
            {"url": "https://rest.fra-01.braze.eu/users/track"},
        ):
            assert other.pool(make_call(**changes)) is not pool

    def test_a_name_stands_for_host_and_key(self) -> None:
        clock = FakeClock()
        named = [Throttle(clock, quota=Quota(pool="shop")) for _ in range(2)]
        pool = named[0].pool(make_call())
        assert named[1].pool(make_call(authorization=RestApiKey("another"))) is pool
        assert named[1].pool(make_call(bucket="default")) is not pool
        assert Throttle(clock).pool(make_call()) is not pool

    def test_clocks_and_scopes_keep_pools_apart(self) -> None:
        clock, fake = FakeClock(), object()
        pools = {
            Throttle(clock).pool(make_call()),
            Throttle(FakeClock()).pool(make_call()),
            Throttle(clock, scope=fake).pool(make_call()),
        }
        assert len(pools) == 3

    def test_all_with_the_clock_of_the_machine_share(self) -> None:
        one, other = Throttle(), Throttle()
        call = make_call(url="https://rest.shared.example/x")
        assert one.pool(call) is other.pool(call)

    def test_nothing_is_kept_for_nobody(self) -> None:
        clock = FakeClock()
        throttle = Throttle(clock, quota=Quota(hourly=1))
        assert throttle.pool(make_call()).take() == 0
        assert throttle.pool(make_call()).take() > 0
        del throttle
        gc.collect()
        assert Throttle(clock).pool(make_call()).take() == 0

    def test_the_figures_given_count_for_all_who_share(self) -> None:
        clock = FakeClock()
        plain = Throttle(clock)
        pool = plain.pool(make_call())
        exact = Throttle(clock, quota=Quota(hourly=5, burst=(2, 3.0)))
        assert exact.pool(make_call()) is pool
        assert sent_at_once(pool) == 2
        clock.sleep(3)
        assert sent_at_once(pool) == 2
        clock.sleep(3)
        assert sent_at_once(pool) == 1

    def test_they_concern_one_bucket(self) -> None:
        throttle = Throttle(FakeClock(), quota=Quota(hourly=1))
        pool = throttle.pool(make_call(bucket="default"))
        assert [pool.take() for _ in range(3)] == [0, 0, 0]

    def test_threads_together_take_no_more(self) -> None:
        clock = FakeClock()
        start = threading.Barrier(8)

        def take_many(_: int) -> int:
            throttle = Throttle(clock, quota=Quota(hourly=100))
            start.wait()
            pool = throttle.pool(make_call(bucket="users_track"))
            taken = 0
            for _ in range(50):
                if not pool.take():
                    taken += 1
                    pool.note(201, {})
                    pool.done()
            start.wait()
            return taken

        with ThreadPoolExecutor(8) as threads:
            assert sum(threads.map(take_many, range(8))) == 100


class TestQuota:
    def test_by_default_all_may_be_used(self) -> None:
        assert Quota().share() == 1.0
        assert Quota(priority="backfill").share() == 0.8
        assert Quota().share("backfill") == 0.8
        assert Quota(priority="realtime").share("backfill") == 1.0
        assert Quota(priority="backfill", reserve=0.5).share() == 0.5

    @pytest.mark.parametrize(
        ("given", "message"),
        [
            ({"hourly": 0}, "hourly is 1 request or more"),
            ({"hourly": 1.5}, "hourly is 1 request or more"),
            ({"hourly": True}, "hourly is 1 request or more"),
            ({"burst": 10}, "burst is"),
            ({"burst": (0, 3.0)}, "burst is"),
            ({"burst": (10, 0)}, "burst is"),
            ({"burst": (10, float("nan"))}, "burst is"),
            ({"burst": (10, 3, 1)}, "burst is"),
            ({"reserve": 1}, "reserve is a part"),
            ({"reserve": -0.1}, "reserve is a part"),
            ({"reserve": "20 %"}, "reserve is a part"),
            ({"priority": "low"}, "priority is 'realtime' or 'backfill'"),
            ({"pool": " "}, "pool is a name"),
            ({"pool": 3}, "pool is a name"),
        ],
    )
    def test_a_figure_out_of_range_is_refused(self, given: dict[str, object], message: str) -> None:
        with pytest.raises(ConfigurationError, match=message):
            Quota(**given)  # type: ignore[arg-type]  # the mistakes

    def test_the_name_of_a_pool_shows_no_key(self) -> None:
        throttle = Throttle(FakeClock())
        throttle.pool(make_call())
        assert KEY.reveal() not in repr(vars(throttle))
        assert OTHER_KEY.reveal() not in repr(vars(throttle))

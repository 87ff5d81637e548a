"""Whatever headers hold, a wait is a number that ends, and no quota is overrun."""

from __future__ import annotations

import math

from hypothesis import given, settings
from hypothesis import strategies as st

from braze_engage._http.quota import Quota
from braze_engage._http.rate_pool import RatePool
from tests.unit.exchange_doubles import FakeClock, Pools

DAY = 86_400
NAMES = (
    "x-ratelimit-retry-after",
    "retry-after",
    "x-ratelimit-reset",
    "x-ratelimit-remaining",
    "x-ratelimit-limit",
)
VALUES = st.one_of(
    st.text(max_size=40),
    st.integers().map(str),
    st.integers(-10, 4_000).map(str),
    st.floats().map(repr),
    st.datetimes().map(lambda moment: moment.strftime("%a, %d %b %Y %H:%M:%S GMT")),
)
HEADERS = st.dictionaries(st.sampled_from(NAMES), VALUES)
STATUSES = st.sampled_from([200, 201, 400, 401, 423, 429, 500, 503])


@settings(max_examples=100)
@given(st.lists(st.tuples(STATUSES, HEADERS), max_size=8))
def test_a_pool_always_opens_again(answers: list[tuple[int, dict[str, str]]]) -> None:
    clock = FakeClock()
    throttle = Pools(clock)
    for status, headers in answers:
        asked = throttle.note("default", status, headers)
        assert asked is None or 0 <= asked <= 2 * DAY
    wait = throttle.wait_for("default")
    assert math.isfinite(wait)
    assert 0 <= wait <= 2 * DAY
    clock.elapsed += wait + 1
    assert throttle.take("default") == 0


@settings(max_examples=100)
@given(HEADERS.filter(lambda headers: "x-ratelimit-remaining" not in headers))
def test_only_a_refusal_or_nothing_left_closes_a_pool(headers: dict[str, str]) -> None:
    throttle = Pools(FakeClock())
    throttle.note("default", 201, headers)
    assert throttle.wait_for("default") == 0


@settings(max_examples=50)
@given(
    st.integers(1, 5),
    st.lists(st.floats(0, 3_000), min_size=1, max_size=40),
    st.floats(0, 3_600, exclude_max=True),
)
def test_no_clock_hour_sees_more_than_the_quota(
    quota: int, pauses: list[float], into_the_hour: float
) -> None:
    clock = FakeClock()
    clock.elapsed = into_the_hour
    throttle = Pools(clock, Quota(hourly=quota))
    sent: dict[int, int] = {}
    for pause in pauses:
        clock.elapsed += pause
        while (wait := throttle.take("partner_cohorts")) > 0:
            clock.elapsed += wait
        hour = int(clock.now() // 3_600)
        sent[hour] = sent.get(hour, 0) + 1
    assert max(sent.values()) <= quota


@settings(max_examples=100)
@given(
    st.integers(1, 6),
    st.floats(0.5, 5),
    st.lists(
        st.tuples(
            st.floats(0, 2),
            st.sampled_from([0.5, 0.8, 1.0]),
            st.sampled_from([None, 201, 429, 503]),
        ),
        min_size=1,
        max_size=60,
    ),
)
def test_no_window_wherever_it_begins_sees_more_than_the_burst(
    limit: int, seconds: float, steps: list[tuple[float, float, int | None]]
) -> None:
    clock = FakeClock()
    pool = RatePool(clock, burst=(limit, seconds))
    left: list[float] = []
    for pause, share, status in steps:
        clock.elapsed += pause
        while (wait := pool.take(share)) > 0:
            clock.elapsed += wait
        left.append(clock.monotonic())
        if status is None:
            pool.failed()
        else:
            pool.note(status, {"x-ratelimit-remaining": "9", "x-ratelimit-reset": "900"})
        pool.done()
    for first, after in zip(left, left[limit:], strict=False):
        assert after >= first + seconds

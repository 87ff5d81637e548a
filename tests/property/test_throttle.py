"""Whatever headers hold, a wait is a number that ends, and no quota is overrun."""

from __future__ import annotations

import math

from hypothesis import given, settings
from hypothesis import strategies as st

from braze_engage._http.throttle import Throttle
from tests.unit.exchange_doubles import FakeClock

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
    throttle = Throttle(clock)
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
    throttle = Throttle(FakeClock())
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
    throttle = Throttle(clock, hourly={"partner_cohorts": quota})
    sent: dict[int, int] = {}
    for pause in pauses:
        clock.elapsed += pause
        while (wait := throttle.take("partner_cohorts")) > 0:
            clock.elapsed += wait
        hour = int(clock.now() // 3_600)
        sent[hour] = sent.get(hour, 0) + 1
    assert max(sent.values()) <= quota

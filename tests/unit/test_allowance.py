"""Requests and hours by contract."""

from __future__ import annotations

import pytest

from braze_engage import Allowance, BrazeClient, Delivery, EngageRules, EngageSync, Quota
from braze_engage.objects import TrackLimits
from tests.support.lasting import trait

BURST, HOURLY = (10, 3.0), 400


@pytest.mark.parametrize(
    ("allowance", "requests", "hours"),
    [
        (Allowance(BURST, None), 1_200, 0.1),
        (Allowance(BURST, HOURLY), 400, 400 * 0.3 / 3_600),
        (Allowance(BURST, HOURLY), 401, 1 + 0.3 / 3_600),
        (Allowance(BURST, HOURLY), 1_000, 2 + 200 * 0.3 / 3_600),
        (Allowance(None, HOURLY), 100, 0.25),
        (Allowance(None, HOURLY), 0, 0.0),
        (Allowance(None, None), 1_000_000, 0.0),
    ],
)
def test_an_hour_ends_with_the_clock_and_a_burst_paces_the_rest(
    allowance: Allowance, requests: int, hours: float
) -> None:
    assert allowance.hours(requests) == pytest.approx(hours)


@pytest.mark.parametrize(
    ("allowance", "words"),
    [
        (Allowance(BURST, 1_000), "1,000 an hour, 10 in 3 s"),
        (Allowance(None, None), "no limit known"),
    ],
)
def test_it_says_what_is_allowed(allowance: Allowance, words: str) -> None:
    assert str(allowance) == words


@pytest.mark.parametrize(
    ("limits", "quota", "requests", "hours"),
    [
        (TrackLimits.COMBINED_75, None, 100, 0.1 / 3_600),
        (TrackLimits.COMBINED_75, Quota(hourly=40, burst=BURST), 100, 3 + 4 * 0.3 / 3_600),
        (TrackLimits.COMBINED_75, Quota(hourly=40, reserve=0.0), 100, 2 + 0.02 / 3_600),
        (TrackLimits.COMBINED_75, Quota(hourly=50, priority="realtime"), 100, 1 + 0.05 / 3_600),
        (TrackLimits.LEGACY_225, None, 100, 0.1 / 3_600),
        (TrackLimits.BULK, None, 8, 8 / 50 / 3_600),
    ],
)
def test_a_plan_tells_requests_and_hours_by_contract(
    limits: TrackLimits, quota: Quota | None, requests: int, hours: float
) -> None:
    rest = BrazeClient("key", data_center="US-06", quota=quota)
    sync = EngageSync(
        rest=rest, rules=EngageRules(traits=Delivery.IDENTIFY), track_limits=limits, state=None
    )
    plan = sync.plan(trait(f"u{number}", 1, ltv=number) for number in range(7_500))
    (found,) = plan.quotas
    assert found.bucket == ("users_track_bulk" if limits is TrackLimits.BULK else "users_track")
    assert found.requests == plan.report.requests == requests
    assert plan.hours == {found.bucket: pytest.approx(hours)}
    assert f"{requests:,} requests" in str(plan)

"""Where a run stands, in numbers and in words."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from braze_engage import BrazeClient, FakeBraze, Standing
from braze_engage.operation.hooks import Endpoint
from braze_engage.sync.outage import Outage
from braze_engage.sync.standing import Pace, clock_time
from braze_engage.sync.waits import Waits
from braze_engage.sync.watching import Watch
from tests.support.clocks import START, SharedClock
from tests.support.syncs import cohort_client, rest_client

UTC = timezone.utc
TRACK = Endpoint("POST", "/users/track", "users_track")


def test_its_words_tell_count_rate_time_outcomes_and_waits() -> None:
    standing = Standing(
        done=1_500,
        total=10_000,
        outcomes={"sent": 1_200, "unchanged": 290, "rejected": 10},
        requests=20,
        seconds=3.0,
        rate=500.0,
        waits_for="quota until 14:00",
    )
    assert str(standing) == (
        "1,500 of 10,000 items, 500 items/s, 0:00:17 left, 290 unchanged, 1,200 sent, "
        "10 rejected, quota until 14:00"
    )
    assert standing.calls == 1_500
    assert standing.left == timedelta(seconds=17)


@pytest.mark.parametrize(("total", "rate"), [(None, 5.0), (10, 0.0)])
def test_without_length_or_pace_no_time_is_told(total: int | None, rate: float) -> None:
    standing = Standing(done=5, total=total, outcomes={}, requests=0, seconds=1.0, rate=rate)
    assert standing.left is None
    assert "left" not in str(standing)


def test_the_pace_is_that_of_the_last_half_minute() -> None:
    pace = Pace()
    assert pace.at(0.0, 0) == 0.0
    assert pace.at(10.0, 1_000) == 100.0
    assert [pace.at(10.0 + seconds, 1_000) for seconds in range(1, 41)][-1] == 0.0


@pytest.mark.parametrize(
    ("ahead", "shown"),
    [(3_600.0, "09:00"), (3_599.4, "09:00"), (1_830.0, "08:31"), (59.0, "08:00:59")],
)
def test_a_time_is_shown_as_on_the_wall_and_never_too_early(ahead: float, shown: str) -> None:
    assert clock_time(START + ahead, START, zone=UTC) == shown


class TestWaits:
    def test_a_quota_is_told_until_it_opens(self) -> None:
        waits = Waits()
        assert waits.told(START) == ""
        waits.on_wait(TRACK, 1_800.0, START + 1_800)
        assert waits.told(START) == f"quota until {clock_time(START + 1_800, START)}"
        assert waits.told(START + 1_800) == ""

    def test_bursts_and_back_offs_are_part_of_the_pace(self) -> None:
        waits = Waits()
        waits.on_wait(TRACK, 3.0, START + 3)
        waits.on_wait(TRACK, 20.0, None)
        assert waits.told(START) == ""

    def test_an_outage_goes_before_a_quota(self) -> None:
        clock, waits = SharedClock(), Waits()
        waits.outages.append(Outage(60.0, monotonic=clock.monotonic, now=clock.now))
        waits.on_wait(TRACK, 1_800.0, START + 1_800)
        waits.outages[0].failed(object(), "POST /x fails with 503")
        began = datetime.fromtimestamp(START)  # noqa: DTZ006 - as on the wall
        assert waits.told(START) == f"Braze out of reach since {began:%H:%M}"
        waits.outages[0].answered()
        assert waits.told(START).startswith("quota until ")


def test_an_outage_is_of_a_host_whichever_client_calls_it() -> None:
    watch, fake = Watch(), FakeBraze(clock=SharedClock())
    rest, cohorts = rest_client(fake), cohort_client(fake)
    found = watch.outage(rest, 60.0)
    assert watch.outage(cohorts, 60.0) is found
    elsewhere = BrazeClient("key", data_center="EU-01", clock=fake.clock)  # type: ignore[arg-type]  # has more
    assert watch.outage(elsewhere, 60.0) is not found

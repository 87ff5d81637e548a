"""An hourly quota and a burst nobody told of, in the dialect that hides the burst."""

from __future__ import annotations

import itertools
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from braze_engage import (
    BrazeClient,
    EngageRules,
    EngageSync,
    FakeBraze,
    Hook,
    Quota,
    RateLimited,
    UserAttributes,
)
from braze_engage.engage.deliveries import Delivery
from tests.support.clocks import START, SharedClock

if TYPE_CHECKING:
    from braze_engage import Endpoint

HOURLY, BURST = 400, 10


@pytest.fixture
def clock() -> SharedClock:
    return SharedClock()


@pytest.fixture
def fake(clock: SharedClock) -> FakeBraze:
    return FakeBraze(
        dialect="mau",
        quotas={"users_track": (BURST, 3.0), "users_track_hour": (HOURLY, 3_600.0)},
        clock=clock,
    )


def client_of(fake: FakeBraze, clock: SharedClock, **options: object) -> BrazeClient:
    return BrazeClient(
        fake.rest_api_key,
        data_center="US-06",
        session=fake.session(),
        clock=clock,
        deadline=4 * 3_600.0,
        **options,  # type: ignore[arg-type]  # a few of many
    )


def refused(fake: FakeBraze) -> float:
    statuses = [request.status for request in fake.requests]
    assert set(statuses) <= {201, 429}
    return statuses.count(429) / len(statuses)


@pytest.mark.parametrize("threads", [1, 8, 128])
@pytest.mark.parametrize(
    "quota", [None, Quota(hourly=HOURLY), Quota(hourly=HOURLY, burst=(BURST, 3.0))]
)
def test_nothing_fails_and_few_answers_are_429(
    fake: FakeBraze, clock: SharedClock, threads: int, quota: Quota | None
) -> None:
    client = client_of(fake, clock, quota=quota)

    def track(number: int) -> int:
        done = client.users.track(
            attributes=[UserAttributes(external_id=f"u{number}", custom={"a": 1})]
        )
        return done.attributes_processed or 0

    with ThreadPoolExecutor(threads) as pool:
        assert sum(pool.map(track, range(1_000))) == 1_000
    assert clock.moment - START >= 2 * 3_600
    assert refused(fake) < 0.05


def identify(number: int) -> dict[str, object]:
    return {
        "type": "identify",
        "messageId": f"m{number}",
        "userId": f"u{number}",
        "timestamp": "2026-11-02T07:25:30.277Z",
        "receivedAt": "2026-11-02T07:25:30.377Z",
        "context": {
            "personas": {
                "computation_class": "trait",
                "computation_id": "com_1",
                "computation_key": "ltv",
                "space_id": "spa_1",
            }
        },
        "traits": {"ltv": number},
    }


class Waits(Hook):
    """Notes until when the run waits for the quota of an hour."""

    def __init__(self) -> None:
        self.opens: list[float] = []

    def on_wait(self, _: Endpoint, seconds: float, opens: float | None, /) -> None:
        if opens is not None and seconds > 60:
            self.opens.append(opens)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("deadline", "quota"),
    [(60.0, None), (4 * 3_600.0, None), (60.0, Quota(hourly=HOURLY, burst=(BURST, 3.0)))],
)
def test_a_run_waits_for_its_quota(
    clock: SharedClock, deadline: float, quota: Quota | None
) -> None:
    """Over a socket, from calls to the report: 750 requests, of which an hour takes 400."""
    hook = Waits()
    with FakeBraze(
        dialect="mau",
        quotas={"users_track": (BURST, 3.0), "users_track_hour": (HOURLY, 3_600.0)},
        clock=clock,
    ) as fake:
        rest = BrazeClient(
            fake.rest_api_key, data_center=fake.url, clock=clock, deadline=deadline, quota=quota
        )
        rules = EngageRules(traits=Delivery.IDENTIFY)
        sync = EngageSync(rest=rest, rules=rules, concurrency=16, hooks=[hook])
        report = sync.run(identify(number) for number in range(75 * 750))
        assert report.outcomes["sent"] == 75 * 750
        assert not report.failures
        assert refused(fake) < 0.05
        assert len(fake.users) == 75 * 750
    hours = [request.time // 3_600 for request in fake.requests if request.status == 201]
    assert max(Counter(hours).values()) <= HOURLY * 0.8  # the rest is left to real-time calls
    assert {round((opens - START) / 3_600) for opens in hook.opens} == {1, 2}


def test_a_real_time_client_gives_a_run_all_there_is(fake: FakeBraze, clock: SharedClock) -> None:
    rest = client_of(fake, clock, quota=Quota(priority="realtime"))
    sync = EngageSync(rest=rest, rules=EngageRules(traits=Delivery.IDENTIFY), concurrency=16)
    report = sync.run(identify(number) for number in range(75 * 390))
    assert report.outcomes["sent"] == 75 * 390
    assert clock.moment < START + 3_600


def test_a_backfill_leaves_the_reserve_to_real_time_calls(
    fake: FakeBraze, clock: SharedClock
) -> None:
    backfill = client_of(fake, clock, quota=Quota(priority="backfill")).with_options(deadline=60)
    realtime = client_of(fake, clock).with_options(deadline=60)
    ana = [UserAttributes(external_id="ana", custom={"a": 1})]

    def track_until_refused(client: BrazeClient) -> int:
        before = len(fake.requests)
        with pytest.raises(RateLimited) as caught:
            all(client.users.track(attributes=ana) for _ in itertools.count())
        assert caught.value.reset_at == START + 3_600
        return [request.status for request in fake.requests[before:]].count(201)

    assert track_until_refused(backfill) == HOURLY * 0.8
    assert track_until_refused(realtime) == HOURLY * 0.2
    assert refused(fake) < 0.05

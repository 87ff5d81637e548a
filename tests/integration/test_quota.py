"""An hourly quota and a burst nobody told of, in the dialect that hides the burst."""

from __future__ import annotations

import itertools
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from braze_engage import (
    BrazeClient,
    EngageRules,
    EngageSync,
    FakeBraze,
    Quota,
    RateLimited,
    UserAttributes,
)
from braze_engage.engage.deliveries import Delivery

START = 1_800_000_000.0
"""A full clock hour."""
HOURLY, BURST = 400, 10


class SharedClock:
    """Moves on when somebody sleeps; those who sleep at the same time sleep side by side."""

    def __init__(self) -> None:
        self.moment = START
        self._lock = threading.Lock()

    def now(self) -> float:
        return self.moment

    monotonic = now

    def sleep(self, seconds: float) -> None:
        until = self.moment + seconds
        with self._lock:
            self.moment = max(self.moment, until)


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


def test_a_run_waits_for_its_quota(fake: FakeBraze, clock: SharedClock) -> None:
    sync = EngageSync(
        rest=client_of(fake, clock), rules=EngageRules(traits=Delivery.IDENTIFY), concurrency=16
    )
    report = sync.run(identify(number) for number in range(75 * 450))
    assert report.outcomes["sent"] == 75 * 450
    assert not report.failures
    assert refused(fake) < 0.05


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

"""A host that is out of reach for a while, or for too long."""

from __future__ import annotations

import itertools
import logging
import pickle
import traceback
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from braze_engage import BrazeClient, CohortClient, Delivery, EngageRules, EngageSync, RunStopped
from braze_engage.testing import FakeBraze
from tests.support.changes import call
from tests.support.clocks import SharedClock
from tests.support.lasting import ONCE, event, trait

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TRACK = "/users/track"
MARK = "zx81mark"


@pytest.fixture
def clock() -> SharedClock:
    return SharedClock()


@pytest.fixture
def fake(clock: SharedClock) -> Iterator[FakeBraze]:
    with FakeBraze(clock=clock) as server:
        yield server


def sync_of(fake: FakeBraze, **options: Any) -> EngageSync:  # Any: of EngageSync
    given: dict[str, Any] = {"retry": ONCE, "clock": fake.clock, "data_center": fake.url}
    return EngageSync(
        rest=BrazeClient(fake.rest_api_key, **given),
        cohorts=CohortClient(
            fake.data_import_key, partner=fake.partner, partner_key=fake.partner_key, **given
        ),
        rules=EngageRules(traits=Delivery.IDENTIFY | Delivery.TRACK),
        **{"settle": 0.0, "consistency_gap": 0.0, **options},
    )


def calls(people: int = 400) -> list[dict[str, Any]]:  # Any: a call is JSON
    return [
        made
        for number in range(people)
        for made in (
            trait(f"u{number}", 1, message_id=f"t{number}", ltv=number),
            event(f"u{number}", 2, message_id=f"e{number}"),
            call(f"u{number}", 3, message_id=f"c{number}"),
        )
    ]


def test_nothing_fails_when_the_host_recovers_in_time(fake: FakeBraze, clock: SharedClock) -> None:
    fake.fail(TRACK, status=503, times=20)
    report = sync_of(fake, concurrency=8).run(calls())
    assert not report.failures
    assert report.outcomes["sent"] == 1_200
    assert {person.custom_attributes["ltv"] for person in fake.users.values()} == set(range(400))
    failed = [request.time for request in fake.requests if request.status == 503]
    # All eight may fail that were under way; from then on one request asks at a time.
    close = [at for at, later in itertools.pairwise(sorted(failed)) if later - at < 29]
    assert len(close) <= 8
    assert clock.moment - clock.start >= 11 * 30


def test_an_outage_beyond_the_patience_stops_the_run_and_it_goes_on_later(
    fake: FakeBraze, clock: SharedClock, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "braze_engage")
    options: dict[str, Any] = {
        "state": tmp_path / "engage.db",
        "outage_patience": timedelta(minutes=10),
        "concurrency": 4,
    }
    source = calls()
    fake.fail(TRACK, status=503, times=10_000)
    with sync_of(fake, **options) as sync:
        with pytest.raises(RunStopped, match="out of reach for 600 s") as caught:
            sync.run(source, checkpoint="nightly")
        assert clock.moment - clock.start == pytest.approx(600, abs=31)
        assert sync.checkpoint("nightly") is not None
    assert not fake.users
    assert caught.value.report.outcomes["failed"] == caught.value.report.calls
    asked = [request for request in fake.requests if request.path == TRACK]
    assert len(asked) <= 4 + 22
    fake.reset()
    with sync_of(fake, **options) as sync:
        report = sync.run(source, checkpoint="nightly")
    assert not report.failures
    assert {person.custom_attributes["ltv"] for person in fake.users.values()} == set(range(400))
    assert all(len(person.custom_events) == 1 for person in fake.users.values())


@pytest.mark.parametrize("status", [401, 403, 302, 503])
def test_what_stops_a_run_names_nobody(
    fake: FakeBraze, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "braze_engage")
    body = f'{{"message": "{MARK}@example.test is not allowed", "errors": ["{MARK}"]}}'
    fake.fail(TRACK, status=status, body=body, times=99)
    sync = sync_of(fake, outage_patience=timedelta(0))
    with pytest.raises(RunStopped, match=str(status)) as caught:
        sync.run([trait(f"{MARK}-1", 1, ltv=1)])
    stopped = caught.value
    told = "".join(traceback.TracebackException.from_exception(stopped).format())
    assert MARK not in f"{told}{stopped.why}{caplog.text}"
    assert MARK.encode() not in pickle.dumps(stopped.__cause__)
    assert stopped.credentials == (status in {401, 403})

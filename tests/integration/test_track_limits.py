"""How much of attributes and events shares a request, by contract with Braze."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import attrs
import pytest

from braze_engage import BrazeClient, ConfigurationError, Delivery, EngageRules, EngageSync
from braze_engage.objects import TrackLimits, UserAttributes
from braze_engage.testing import FakeBraze
from tests.support.changes import call

if TYPE_CHECKING:
    from collections.abc import Iterator

    from braze_engage.testing.messages import RecordedRequest

RULES = EngageRules(audiences=Delivery.IDENTIFY | Delivery.TRACK)


@pytest.fixture
def fake() -> Iterator[FakeBraze]:
    with FakeBraze() as server:
        yield server


def _calls(people: int, events: int = 0) -> list[dict[str, Any]]:
    calls = [call(f"u{number}") for number in range(people)]
    for number in range(events):
        track = call("talkative", number)
        track |= {"type": "track", "event": "Audience Entered", "properties": track.pop("traits")}
        calls.append(track)
    return calls


def _objects(request: RecordedRequest) -> int:
    assert isinstance(request.json, dict)
    return sum(len(entries) for entries in request.json.values() if isinstance(entries, list))


def _patient(sync: EngageSync) -> EngageSync:
    """Let a slow machine not send what is not full yet."""
    sync._options = attrs.evolve(sync._options, linger=math.inf)
    return sync


def _run(fake: FakeBraze, limits: TrackLimits, calls: list[dict[str, Any]]) -> list[int]:
    with BrazeClient(fake.rest_api_key, data_center=fake.url) as rest:
        sync = _patient(EngageSync(rest=rest, rules=RULES, settle=0, track_limits=limits))
        planned = [
            len(request.attributes) + len(request.events) for request in sync.plan(calls).requests()
        ]
        report = sync.run(calls)
    assert report.outcomes["sent"] == len(calls)
    fake.check()
    sent = [_objects(request) for request in fake.requests]
    assert sorted(sent) == sorted(planned)
    return sorted(sent, reverse=True)


def test_75_together(fake: FakeBraze) -> None:
    assert _run(fake, TrackLimits.COMBINED_75, _calls(100, 20)) == [75, 45]
    assert {request.path for request in fake.requests} == {"/users/track"}


def test_75_of_each(fake: FakeBraze) -> None:
    fake.legacy_track_limit = True
    assert _run(fake, TrackLimits.LEGACY_225, _calls(100, 20)) == [75, 45]


def test_1000_and_100_of_one_person_in_bulk(fake: FakeBraze) -> None:
    assert _run(fake, TrackLimits.BULK, _calls(1_500, 130)) == [1_000, 600, 30]
    assert {request.path for request in fake.requests} == {"/users/track/bulk"}


def test_a_limit_that_braze_set_lower_is_learned(fake: FakeBraze) -> None:
    fake.fail("/users/track", status=400, json={"message": "Max Input Length Exceeded"})
    with BrazeClient(fake.rest_api_key, data_center=fake.url) as rest:
        sync = _patient(EngageSync(rest=rest, rules=RULES, settle=0, concurrency=1))
        report = sync.run(_calls(150))
    assert report.outcomes["sent"] == 150
    assert [count for text, count in report.warnings.items() if "37" in text] == [1]
    sizes = [_objects(request) for request in fake.requests]
    assert sizes == [75, 37, 38, 37, 37, 1]


def test_a_single_request_of_bulk_goes_to_its_own_row() -> None:
    rest = BrazeClient("key", data_center="US-06")
    with pytest.raises(ConfigurationError, match="track_bulk"):
        rest.users.track(
            attributes=[UserAttributes(external_id="u1")], track_limits=TrackLimits.BULK
        )

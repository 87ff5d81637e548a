"""Laws of the fake."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from braze_engage.testing import FakeBraze, ManualClock
from braze_engage.testing.messages import Request
from braze_engage.testing.routes import ROUTES
from tests.support.fake_calls import NOW, Caller

IDS = st.sampled_from([f"u{number}" for number in range(6)])
WORDS = st.sampled_from(
    ["external_id", "user_alias", "email", "name", "time", "cohort_changes", "user_ids", "inc"]
)
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | FLOATS | st.text() | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS | st.text(), inner),
    max_leaves=12,
)
ENTRIES = st.lists(st.tuples(st.sets(IDS), st.booleans()), min_size=1, max_size=8)


@settings(max_examples=150)
@given(route=st.sampled_from(ROUTES), data=st.data())
def test_any_json_gets_an_answer_that_is_none_of_500(route: Any, data: st.DataObject) -> None:
    braze = Caller(FakeBraze())
    kept = {"partner_api_key", "client_secret"}
    body = {name: data.draw(JSON) for name in sorted(route.fields - kept)}
    unknown = {404} if "{" in route.path else set()  # nothing was made that a path could name
    assert braze.call(route, body).status in {200, 201, 202, 204, 400} | unknown
    braze.fake.check()


@settings(max_examples=150)
@given(value=JSON, second=JSON)
def test_any_value_of_an_attribute_is_taken_or_dropped(value: object, second: object) -> None:
    braze = Caller(FakeBraze())
    for sent in (value, second):
        assert braze.attributes(thing=sent).status == 201
    stored = braze.fake.users["u1"].custom_attributes
    assert set(stored) <= {"thing"}
    assert len(json.dumps(stored)) < 300_000
    braze.fake.check()


@settings(max_examples=100)
@given(requests=st.lists(ENTRIES, max_size=6), known=st.sets(IDS))
def test_membership_is_the_fold_of_the_requests(
    requests: list[list[tuple[set[str], bool]]], known: set[str]
) -> None:
    """Requests in order; inside one, what stands under one sign only is certain."""
    braze = Caller(FakeBraze())
    braze.fake.add_users(known)
    certain: dict[str, bool | None] = {}
    for entries in requests:
        changes = [{"user_ids": sorted(ids), "should_remove": gone} for ids, gone in entries]
        assert braze.change(*changes).status == 201
        for person in known:
            signs = {not gone for ids, gone in entries if person in ids}
            if signs:
                certain[person] = signs.pop() if len(signs) == 1 else None
    members = braze.fake.cohorts["aud_1"].members if requests else set()
    assert members <= known
    for person, member in certain.items():
        assert member is None or (person in members) is member
    assert members <= set(certain)


@settings(max_examples=100)
@given(
    writes=st.lists(st.tuples(IDS, st.text("abc", min_size=1, max_size=2)), max_size=12),
    lag=st.sampled_from([0.0, 1.0]),
    seed=st.integers(0, 1000),
    data=st.data(),
)
def test_lag_and_reorder_lose_and_invent_nothing(
    writes: list[tuple[str, str]], lag: float, seed: int, data: st.DataObject
) -> None:
    clock = ManualClock()
    braze = Caller(FakeBraze(lag=lag, reorder=True, seed=seed, clock=clock))
    for person, name in writes:
        braze.track(events=[{"external_id": person, "name": name, "time": NOW}])
        clock.sleep(data.draw(st.sampled_from([0.0, 0.05, 2.0])))
    clock.sleep(1.0)
    arrived = Counter(
        (person, event.name)
        for person, user in braze.fake.users.items()
        for event in user.custom_events
    )
    assert arrived == Counter(writes)


@settings(max_examples=100)
@given(
    gaps=st.lists(st.floats(0.0, 2.0), max_size=40),
    limit=st.integers(1, 5),
    seconds=st.sampled_from([1.0, 3.0, 60.0]),
)
def test_no_window_of_the_clock_grants_more_than_its_limit(
    gaps: list[float], limit: int, seconds: float
) -> None:
    clock = ManualClock()
    fake = FakeBraze(clock=clock, quotas={"users_track": (limit, seconds)})
    braze = Caller(fake)
    granted: Counter[int] = Counter()
    refused: Counter[int] = Counter()
    for gap in gaps:
        clock.sleep(gap)
        window = int(clock.now() // seconds)
        (granted if braze.attributes().status == 201 else refused)[window] += 1
    assert all(count <= limit for count in granted.values())
    assert all(granted[window] == limit for window in refused)


@given(body=st.binary(max_size=40))
def test_any_bytes_get_an_answer(body: bytes) -> None:
    fake = FakeBraze()
    headers = {"authorization": f"Bearer {fake.rest_api_key}", "content-type": "application/json"}
    request = Request("POST", "/users/track", "", "host", headers, body)
    assert fake._service.handle(request).status == 400
    fake.check()

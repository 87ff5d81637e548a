"""What a sync promises of attributes, events and deletions, in whatever order calls come."""

from __future__ import annotations

import copy
import json
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import attrs
from hypothesis import given, settings
from hypothesis import strategies as st

from braze_engage import Delivery, EngageSync, OtherCalls, TrackLimits, limits
from braze_engage.testing import FakeBraze, ManualClock
from tests.property import strategies as some
from tests.support.syncs import LaterClock, sync_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from braze_engage.sync.report import Report

Raw = dict[str, Any]  # Any: a call is JSON

PEOPLE = ["u1", "u2", "u3"]
NAMES = ["ltv", "tier", "likes"]
VALUES = {
    "ltv": st.none() | st.integers(0, 3),
    "tier": st.none() | st.sampled_from(["gold", "iron"]),
    "likes": st.none() | st.lists(st.sampled_from(["a", "b"]), min_size=1, max_size=2, unique=True),
}
DELIVERIES = [
    Delivery.IDENTIFY | Delivery.BOOLEAN,
    Delivery.IDENTIFY | Delivery.TRACK | Delivery.COHORT,
    Delivery.IDENTIFY | Delivery.TRACK | Delivery.BOOLEAN | Delivery.COHORT,
]
TRACK, DELETE, COHORT = "/users/track", "/users/delete", "cohort"


def stamped(at: int) -> str:
    return f"2026-11-02T00:00:{at:02}.000Z"


def personas(named: str, key: str) -> Raw:
    return {
        "personas": {
            "computation_class": named,
            "computation_id": f"id_{key}",
            "computation_key": key,
        }
    }


@st.composite
def traits(draw: st.DrawFn) -> Raw:
    key = draw(st.sampled_from(NAMES))
    values = {key: draw(VALUES[key])}
    if draw(st.booleans()):
        beside = draw(st.sampled_from(NAMES))
        values.setdefault(beside, draw(VALUES[beside]))
    return {"type": "identify", "traits": values, "context": personas("trait", key)}


@st.composite
def memberships(draw: st.DrawFn) -> Raw:
    member = draw(st.booleans())
    context = personas("audience", draw(st.sampled_from(["vip", "dormant"])))
    key = context["personas"]["computation_key"]
    if draw(st.booleans()):
        return {"type": "identify", "traits": {key: member}, "context": context}
    event = "Audience Entered" if member else "Audience Exited"
    return {"type": "track", "event": event, "properties": {key: member}, "context": context}


def with_times(raw: st.SearchStrategy[Raw]) -> st.SearchStrategy[Raw]:
    return st.builds(
        lambda raw, person, at: {**raw, "userId": person, "timestamp": stamped(at)},
        raw,
        st.sampled_from(PEOPLE),
        st.integers(0, 9),
    )


def numbered(calls: Sequence[Raw]) -> list[Raw]:
    """Give each call an id of its own, so that no two are one message."""
    return [{**raw, "messageId": f"m{place:03}"} for place, raw in enumerate(calls)]


CALLS = st.lists(with_times(traits() | memberships()), max_size=30).map(numbered)
WITH_DELETIONS = st.lists(
    with_times(traits() | memberships() | st.just({"type": "delete"})), max_size=30
).map(numbered)
DELIVERY = st.sampled_from(DELIVERIES)


@contextmanager
def checked() -> Iterator[FakeBraze]:
    """A fake that knows everyone and the type of every attribute."""
    fake = FakeBraze(clock=ManualClock())
    fake.add_user(
        "somebody else",
        custom_attributes={"ltv": 1, "tier": "x", "likes": ["x"], "vip": True, "dormant": True},
    )
    fake.add_users(PEOPLE)
    yield fake
    fake.check()


def syncing(fake: FakeBraze, delivery: Delivery, **options: Any) -> EngageSync:
    rules: Raw = {"audiences": delivery, **options.pop("rules", {})}
    return sync_of(fake, rules=rules, concurrency=4, **options)


class Model:
    """Profiles by the laws alone: of each person and name the newest counts.

    Args:
        calls: In any order.
        delivery: Of audiences; traits are attributes.
    """

    def __init__(self, calls: Sequence[Raw], delivery: Delivery) -> None:
        self.deleted = {
            raw["userId"]: max(
                one["timestamp"] for one in calls if _is_deletion(one, raw["userId"])
            )
            for raw in calls
            if raw["type"] == "delete"
        }
        self.attributes: dict[str, Raw] = {person: {} for person in PEOPLE}
        self.events: dict[str, Counter[tuple[str, str]]] = {person: Counter() for person in PEOPLE}
        self.people = set(PEOPLE) - self.deleted.keys()
        newest: dict[tuple[str, str], tuple[tuple[str, str], Any]] = {}
        for raw in calls:
            self._take(raw, delivery, newest)
        for (person, name), (_, value) in newest.items():
            if value is not None:
                self.attributes[person][name] = value

    def _take(self, raw: Raw, delivery: Delivery, newest: dict[Any, Any]) -> None:
        person, at = raw["userId"], raw["timestamp"]
        if raw["type"] == "delete" or at <= self.deleted.get(person, ""):
            return
        is_audience = raw["context"]["personas"]["computation_class"] == "audience"
        by_track = raw["type"] == "track"
        if by_track and is_audience and Delivery.TRACK in delivery:
            self.events[person][raw["event"], at] += 1
            self.people.add(person)
        if by_track and Delivery.BOOLEAN not in delivery:
            return
        for name, value in (raw.get("traits") or raw["properties"]).items():
            known = newest.get((person, name))
            order = (at, raw["messageId"])
            if known is None or known[0] < order:
                newest[person, name] = order, value
            # leaving by a boolean alone creates nobody
            if not by_track or value:
                self.people.add(person)


def _is_deletion(raw: Raw, person: str) -> bool:
    return (raw["type"], raw["userId"]) == ("delete", person)


def held(fake: FakeBraze) -> dict[str, Raw]:
    return {
        person: fake.users[person].custom_attributes if person in fake.users else {}
        for person in PEOPLE
    }


def without_false(profiles: dict[str, Raw]) -> dict[str, Raw]:
    return {
        person: {name: value for name, value in values.items() if value is not False}
        for person, values in profiles.items()
    }


def happened(fake: FakeBraze) -> dict[str, Counter[tuple[str, str]]]:
    return {
        person: Counter(
            (one.name, f"{one.time:%Y-%m-%dT%H:%M:%S.000Z}")
            for one in (fake.users[person].custom_events if person in fake.users else ())
        )
        for person in PEOPLE
    }


def adds_up(report: Report, calls: Sequence[object]) -> None:
    assert report.calls == sum(report.outcomes.values()) == len(calls)


class TestOneStateInAnyOrder:
    @given(CALLS, DELIVERY, st.randoms(use_true_random=False), st.integers(1, 4))
    @settings(max_examples=60)
    def test_any_order_and_any_split_into_runs_lead_to_the_same_profiles(
        self, calls: list[Raw], delivery: Delivery, random: Any, runs: int
    ) -> None:
        model = Model(calls, delivery)
        shuffled = list(calls)
        random.shuffle(shuffled)
        with checked() as fake:
            sync = syncing(fake, delivery)
            for number in range(runs):
                part = shuffled[number::runs]
                adds_up(sync.run(part), part)
            assert held(fake) == model.attributes
            assert happened(fake) == model.events

    @given(CALLS, DELIVERY)
    @settings(max_examples=40)
    def test_twice_is_once(self, calls: list[Raw], delivery: Delivery) -> None:
        model = Model(calls, delivery)
        with checked() as fake:
            sync = syncing(fake, delivery)
            sync.run(calls + calls)
            again = sync.run(calls)
            adds_up(again, calls)
            assert again.outcomes["duplicate"] == len(calls)
            assert held(fake) == model.attributes
            assert happened(fake) == model.events

    @given(CALLS)
    @settings(max_examples=40)
    def test_without_message_ids_attributes_twice_are_the_same(self, calls: list[Raw]) -> None:
        bare = [{name: raw[name] for name in raw if name != "messageId"} for raw in calls]
        with checked() as fake:
            sync = syncing(fake, Delivery.IDENTIFY | Delivery.BOOLEAN)
            sync.run(bare)
            before = copy.deepcopy(held(fake))
            adds_up(sync.run(bare + bare), bare + bare)
            assert held(fake) == before

    @given(WITH_DELETIONS, DELIVERY, st.randoms(use_true_random=False), st.integers(1, 4))
    @settings(max_examples=80)
    def test_deletions_win_over_all_that_is_older_in_any_order(
        self, calls: list[Raw], delivery: Delivery, random: Any, runs: int
    ) -> None:
        model = Model(calls, delivery)
        shuffled = list(calls)
        random.shuffle(shuffled)
        with checked() as fake:
            sync = syncing(fake, delivery)
            for number in range(runs):
                part = shuffled[number::runs]
                adds_up(sync.run(part), part)
            never_older_after_a_deletion(fake, calls)
            gone = model.deleted.keys() - model.people
            last = {person for person in gone if _is_last(fake, person)}
            assert not last & fake.users.keys()
            for person in model.people - model.deleted.keys():
                assert held(fake)[person] == model.attributes[person]
                assert happened(fake)[person] == model.events[person]

    @given(WITH_DELETIONS, DELIVERY)
    @settings(max_examples=60)
    def test_who_is_deleted_ends_with_what_is_newer_alone(
        self, calls: list[Raw], delivery: Delivery
    ) -> None:
        # deletions first, as a privacy request is handled
        ordered = sorted(calls, key=lambda raw: raw["type"] != "delete")
        model = Model(calls, delivery)
        with checked() as fake:
            adds_up(syncing(fake, delivery).run(ordered), calls)
            if Delivery.TRACK in delivery:
                assert held(fake) == model.attributes
            # who leaves an audience before Braze knows them is nobody, so that is not written
            assert without_false(held(fake)) == without_false(model.attributes)
            assert happened(fake) == model.events
            assert model.people <= fake.users.keys()
            assert not (model.deleted.keys() - model.people) & fake.users.keys()


def _is_last(fake: FakeBraze, person: str) -> bool:
    """Whether the last word about somebody was a deletion."""
    last = [path for path, names, _ in written(fake) if person in names and path != COHORT][-1:]
    return last == [DELETE]


def written(fake: FakeBraze) -> Iterator[tuple[str, set[str], Any]]:
    """Of every request its path, whom it is about and its body."""
    for one in fake.requests:
        body: Any = one.json
        if one.path == TRACK:
            entries = [*body.get("attributes", ()), *body.get("events", ())]
            yield TRACK, {entry["external_id"] for entry in entries}, body
        elif one.path == DELETE:
            yield DELETE, set(body["external_ids"]), body
        elif one.path.endswith("/users"):
            names = {name for change in body["cohort_changes"] for name in change["user_ids"]}
            yield COHORT, names, body


def never_older_after_a_deletion(fake: FakeBraze, calls: Sequence[Raw]) -> None:
    """Look at the requests: what follows a deletion is newer than it."""
    deleted: set[str] = set()
    for path, names, body in written(fake):
        if path == DELETE:
            deleted |= names
        for event in body.get("events", ()) if path == TRACK else ():
            if event["external_id"] in deleted:
                oldest = min(
                    raw["timestamp"] for raw in calls if _is_deletion(raw, event["external_id"])
                )
                assert event["time"] > oldest


class TestRequests:
    @given(CALLS, DELIVERY)
    @settings(max_examples=40)
    def test_attributes_reach_braze_before_the_cohort_hears_of_a_person(
        self, calls: list[Raw], delivery: Delivery
    ) -> None:
        only_identify = [raw for raw in calls if raw["type"] == "identify"]
        with checked() as fake:
            syncing(fake, delivery | Delivery.COHORT).run(only_identify)
            seen: set[str] = set()
            for path, names, _ in written(fake):
                if path == TRACK:
                    seen |= names
                else:
                    assert names <= seen

    @given(CALLS, st.sampled_from(TrackLimits))
    @settings(max_examples=30)
    def test_no_request_breaks_a_limit(self, calls: list[Raw], track_limits: TrackLimits) -> None:
        many = [
            {**raw, "userId": f"u{number}", "messageId": f"{number}-{raw['messageId']}"}
            for raw in calls
            for number in range(12)
        ]
        with checked() as fake:
            fake.legacy_track_limit = track_limits is TrackLimits.LEGACY_225
            sync = syncing(fake, DELIVERIES[-1], track_limits=track_limits)
            sync.run(many)
            for request in sync.plan(many).requests():
                assert len(request.attributes) <= limits.TRACK_OBJECTS
            for one in fake.requests:
                assert one.status == 201
                assert len(one.body) <= limits.REQUEST_BYTES
                body: Any = one.json
                sizes = [len(body.get(name, ())) for name in ("attributes", "events")]
                together = track_limits is TrackLimits.COMBINED_75
                assert (sum(sizes) if together else max(sizes)) <= limits.TRACK_OBJECTS

    @given(CALLS, DELIVERY)
    @settings(max_examples=15)
    def test_nobody_is_in_two_requests_at_once(self, calls: list[Raw], delivery: Delivery) -> None:
        with checked() as fake:
            fake.clock, fake.latency = LaterClock(), 0.001
            sync = syncing(fake, delivery)
            sync._options = _eager(sync._options)
            sync.run(calls)
            tracked = [one for one in fake.requests if one.path == TRACK]
            people = [names for path, names, _ in written(fake) if path == TRACK]
            last: dict[str, float] = {}
            for one, names in zip(tracked, people, strict=True):
                assert one.finished is not None
                assert one.finished > one.time
                assert all(last.get(person, 0.0) <= one.time for person in names)
                last.update(dict.fromkeys(names, one.finished))


def _eager(given: Any) -> Any:  # Any: options of a run
    """Send each change for itself, as soon as it may go."""
    return attrs.evolve(given, linger=0.0, surge=1)


class TestAnything:
    @given(
        st.lists(some.any_json() | some.odd_calls() | some.odd_calls().map(json.dumps), max_size=6),
        st.sampled_from([*DELIVERIES, Delivery.BOOLEAN]),
        st.sampled_from(OtherCalls),
    )
    @settings(max_examples=120)
    def test_any_json_is_mapped_or_gets_a_reason_in_plan_and_run_alike(
        self, items: list[Any], delivery: Delivery, other: OtherCalls
    ) -> None:
        before = repr(items)
        with checked() as fake:
            rules = {"other_calls": other, "traits": Delivery.IDENTIFY | Delivery.TRACK}
            sync = syncing(fake, delivery, rules={**rules, "journeys": delivery})
            for item in items:
                if not isinstance(item, list | str):
                    assert sync.explain(item).reason.text
            plan = sync.plan(items)
            report = sync.run(items)
        assert repr(items) == before
        assert sum(report.outcomes.values()) == report.calls
        assert plan.report.reasons == report.reasons
        assert plan.deliveries == report.deliveries
        assert report.outcomes["rejected"] == 0

    @given(WITH_DELETIONS, DELIVERY)
    @settings(max_examples=40)
    def test_plan_and_run_agree(self, calls: list[Raw], delivery: Delivery) -> None:
        with checked() as fake:
            sync = syncing(fake, delivery)
            plan = sync.plan(calls)
            planned = list(plan.requests())
            assert fake.requests == []
            report = sync.run(calls)
        assert plan.report.reasons == report.reasons
        assert plan.deliveries == report.deliveries
        assert plan.report.keys == report.keys
        assert (plan.data_points, plan.saved_points) == (report.data_points, report.saved_points)
        assert plan.may_create == report.may_create
        assert sum(one.data_points for one in planned) == plan.data_points
        assert sum(one.deletions for one in planned) <= len(calls)

"""Thousands of calls while everything that can go wrong with `/users/track` does."""

from __future__ import annotations

import random
from collections import Counter
from typing import TYPE_CHECKING, Any

import attrs
import pytest

from braze_engage import Delivery, EngageSync, Outcome
from braze_engage.testing import FakeBraze, ManualClock
from tests.support.changes import call
from tests.support.syncs import sync_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from braze_engage.sync.report import Report

Raw = dict[str, Any]  # Any: a call is JSON

TRACK, DELETE = "/users/track", "/users/delete"
CALLS = 2_500
PEOPLE = [f"u{number}" for number in range(150)]
CURSED, MURKY, VENOM = "cursed", "murky", "u13"
"""An attribute that Braze names when it refuses it, one that it does not, and somebody who spoils
the whole request."""
NAMES = ["ltv", "tier", "likes", CURSED, MURKY]
RARE = (1, 1, 1, 0.03, 0.03)


def stamped(raw: Raw, at: int) -> Raw:
    clock = f"{at // 3_600:02}:{at // 60 % 60:02}:{at % 60:02}"
    return {**raw, "timestamp": f"2026-11-02T{clock}.000Z", "messageId": f"m{at}"}


def made_up(rng: random.Random) -> list[Raw]:
    """Traits and events in any order of time, each at a second of its own."""
    calls: list[Raw] = []
    for at in range(CALLS):
        person = rng.choice(PEOPLE)
        (key,) = rng.choices(NAMES, RARE)
        raw = call(person, key=key, member=at, cohort=f"tra_{key}")
        raw["context"]["personas"]["computation_class"] = "trait"
        if rng.random() < 0.4:
            raw |= {"type": "track", "event": "Trait Computed", "properties": {"number": at}}
            del raw["traits"]
        calls.append(stamped(raw, at))
    rng.shuffle(calls)
    return calls


def troubles(fake: FakeBraze) -> list[Callable[[], None]]:
    """What may become of a request; most of them go well."""

    def limited() -> None:
        reset = str(int(fake.clock.now()) + 2)
        fake.fail(TRACK, status=429, headers={"X-RateLimit-Reset": reset})

    return [
        *[lambda: fake.delay(TRACK, 0.0)] * 12,
        *(_failing(fake, status) for status in (500, 502, 503)),
        *(
            _failing(fake, status, applied=applied)
            for status in (408, 504, 522)
            for applied in (False, True)
        ),
        limited,
        lambda: fake.drop(TRACK, when="before"),
        lambda: fake.drop(TRACK, when="after"),
        lambda: fake.truncate(TRACK),
        lambda: fake.fail(TRACK, status=201, body="<html>", applied=True),
    ]


def _failing(fake: FakeBraze, status: int, *, applied: bool = False) -> Callable[[], None]:
    return lambda: fake.fail(TRACK, status=status, applied=applied)


def hurried(sync: EngageSync) -> EngageSync:
    """Send in many small requests."""
    sync._options = attrs.evolve(sync._options, linger=0.002, surge=40)
    return sync


class Chaos:
    """A run through all of it.

    Args:
        fake: Braze.
        seed: Of everything random.
        socket: Whether requests go over one.
        options: Of the sync.
    """

    def __init__(self, fake: FakeBraze, seed: int, *, socket: bool = False, **options: Any) -> None:
        rng = random.Random(seed)
        self.fake = fake
        fake.refuse_items(lambda one: CURSED in one)
        fake.refuse_items(lambda one: MURKY in one, located=False)
        fake.poison(VENOM)
        self.calls = made_up(rng)
        happen = troubles(fake)
        for _ in range(300):
            rng.choice(happen)()
        rules = {"traits": Delivery.IDENTIFY | Delivery.TRACK}
        sync = sync_of(fake, socket=socket, rules=rules, **options)
        self.report: Report = hurried(sync).run(self.calls)
        self.failed = {one.position: one for one in self.report.failures}

    def outcome(self, position: int) -> Outcome | None:
        failure = self.failed.get(position)
        return None if failure is None else failure.outcome

    def check_outcomes(self) -> None:
        """Every call has one outcome, and nobody pays for what another did."""
        report = self.report
        assert report.calls == sum(report.outcomes.values()) == CALLS
        assert len(self.failed) == report.failures_total
        for position, raw in enumerate(self.calls):
            found = self.outcome(position)
            allowed: set[Outcome | None] = {None}
            if raw["userId"] == VENOM or self.is_refused(raw):
                allowed = {Outcome.REJECTED}
            if raw["type"] == "track":
                allowed.add(Outcome.UNKNOWN)
            assert found in allowed
        assert not any(one.retryable for one in report.failures)

    @staticmethod
    def is_refused(raw: Raw) -> bool:
        return bool({CURSED, MURKY} & raw.get("traits", {}).keys())

    def check_attributes(self) -> None:
        """What Braze holds is what a fold of the innocent calls predicts."""
        newest: dict[tuple[str, str], int] = {}
        for raw in self.calls:
            if raw["type"] == "identify" and raw["userId"] != VENOM and not self.is_refused(raw):
                ((name, value),) = raw["traits"].items()
                slot = raw["userId"], name
                newest[slot] = max(newest.get(slot, value), value)
        expected: dict[str, Raw] = {}
        for (person, name), value in newest.items():
            expected.setdefault(person, {})[name] = value
        assert {
            person: one.custom_attributes
            for person, one in self.fake.users.items()
            if one.custom_attributes
        } == expected
        assert VENOM not in self.fake.users

    def counted(self) -> Counter[int]:
        numbers: Counter[int] = Counter()
        for profile in self.fake.users.values():
            for event in profile.custom_events:
                number = event.properties["number"]
                assert isinstance(number, int)
                numbers[number] += 1
        return numbers

    def events(self) -> Iterator[tuple[Outcome | None, int]]:
        """Of every event how it ended, and how often Braze counted it."""
        counted = self.counted()
        for position, raw in enumerate(self.calls):
            if raw["type"] == "track":
                yield self.outcome(position), counted[raw["properties"]["number"]]


@pytest.mark.parametrize("seed", range(4))
def test_nothing_is_lost_or_counted_twice_whatever_happens(seed: int) -> None:
    fake = FakeBraze(clock=ManualClock())
    chaos = Chaos(fake, seed)
    chaos.check_outcomes()
    chaos.check_attributes()
    found = Counter(chaos.events())
    assert set(found) <= {
        (None, 1),
        (Outcome.UNKNOWN, 0),
        (Outcome.UNKNOWN, 1),
        (Outcome.REJECTED, 0),
    }
    # how many share a request that went wrong is a matter of timing
    assert found[None, 1] > 0
    assert found[Outcome.UNKNOWN, 0] + found[Outcome.UNKNOWN, 1] > 0
    fake.check()


@pytest.mark.parametrize("seed", [11])
def test_the_same_over_a_socket(seed: int) -> None:
    with FakeBraze(clock=ManualClock()) as fake:
        chaos = Chaos(fake, seed, socket=True)
        chaos.check_outcomes()
        chaos.check_attributes()
        assert {(end, count) for end, count in chaos.events() if end is None} == {(None, 1)}
        fake.check()


def test_where_a_rule_lets_events_be_repeated_none_is_missing() -> None:
    fake = FakeBraze(clock=ManualClock())
    chaos = Chaos(fake, 21, repeat_after_lost_answer=True)
    chaos.check_outcomes()
    chaos.check_attributes()
    sent = [count for ended, count in chaos.events() if ended is None]
    assert min(sent) == 1
    assert max(sent) > 1
    fake.check()


def test_what_was_unknown_or_rejected_is_not_sent_again() -> None:
    fake = FakeBraze(clock=ManualClock())
    rules = {"traits": Delivery.IDENTIFY | Delivery.TRACK}
    sync = hurried(sync_of(fake, rules=rules))
    fake.refuse_items(lambda one: CURSED in one)
    for _ in range(5):
        fake.drop(TRACK, when="after")
    calls = made_up(random.Random(31))
    first = sync.run(calls)
    assert first.outcomes["unknown"] > 0
    assert first.outcomes["rejected"] > 0
    before = fake.requests_total
    assert sync.run(calls).outcomes["duplicate"] == CALLS
    assert fake.requests_total == before


def test_deletions_are_carried_out_whatever_happens() -> None:
    fake = FakeBraze(clock=ManualClock())
    rng = random.Random(41)
    calls = made_up(rng)
    gone = {"type": "delete", "userId": "u1"}
    late = [
        {**stamped({**gone, "userId": person}, CALLS), "messageId": f"d{person}"}
        for person in PEOPLE[:60]
    ]
    for status in (500, 503, 429, 504):
        fake.fail(DELETE, status=status)
    fake.drop(DELETE, when="after")
    fake.fail(DELETE, status=504, applied=True)
    for _ in range(100):
        rng.choice(troubles(fake))()
    everything = calls + late
    rng.shuffle(everything)
    rules = {"traits": Delivery.IDENTIFY | Delivery.TRACK}
    report = hurried(sync_of(fake, rules=rules)).run(everything)
    assert report.calls == sum(report.outcomes.values()) == len(everything)
    assert len(report.receipts) == 60
    assert not set(PEOPLE[:60]) & fake.users.keys()
    assert set(PEOPLE[60:]) & fake.users.keys()
    assert {one.outcome for one in report.failures} <= {"unknown"}

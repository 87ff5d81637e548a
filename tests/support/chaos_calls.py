"""Calls of every kind in a shuffled order, and what they should leave in Braze by the laws alone.

Nothing of the library reads the calls here: the model is a second opinion.
"""

from __future__ import annotations

import random
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any, Final

from braze_engage import Delivery

if TYPE_CHECKING:
    from collections.abc import Sequence

Raw = dict[str, Any]  # Any: a call is JSON

CURSED, MURKY, VENOM = "cursed", "murky", "u13"
"""An attribute that Braze names when it refuses it, one that it does not, and somebody who spoils
the whole request."""
TRAITS: Final = ("ltv", "tier", "likes", CURSED, MURKY)
AUDIENCES: Final[dict[str, Delivery]] = {
    "vip": Delivery.COHORT | Delivery.IDENTIFY | Delivery.TRACK,
    "loyal": Delivery.BOOLEAN,
    "dormant": Delivery.COHORT,
    "active": Delivery.TRACK | Delivery.BOOLEAN,
}
RULES: Final[Raw] = {"traits": Delivery.IDENTIFY | Delivery.TRACK, "overrides": AUDIENCES}
PHASES: Final = 6
_BEGIN: Final = datetime(2026, 1, 5, tzinfo=timezone.utc)
_LATE: Final = 0.1
_TWICE: Final = 0.01
_RARE: Final = (1.0, 1.0, 1.0, 0.01, 0.003)


def person_of(number: int) -> str:
    return f"u{number}"


def is_guest(person: str) -> bool:
    """Whether Braze learns of a person by the calls."""
    return int(person[1:]) % 20 == 7


def may_go(person: str) -> bool:
    """Whether a person is deleted now and then."""
    return int(person[1:]) % 20 == 11


def stamp(at: int) -> str:
    return f"{_BEGIN + timedelta(milliseconds=at):%Y-%m-%dT%H:%M:%S.%f}"[:-3] + "Z"


class Calls:
    """A list of calls in phases.

    Within a phase the order is random, and some calls come a phase too late. Deletions come at the
    end of a phase, so that what is newer comes after them.

    Args:
        seed: Of everything random.
        count: How many, about.
        people: How many people there are.
    """

    def __init__(self, seed: int, count: int, people: int) -> None:
        self._random = random.Random(seed)
        self.people = [person_of(number) for number in range(people)]
        self.items: list[Raw] = []
        each, late = count // PHASES, list[Raw]()
        for phase in range(PHASES):
            numbers = range(phase * each, (phase + 1) * each)
            calls = [self._call(at) for at in numbers]
            on_time = [one for one in calls if self._random.random() >= _LATE]
            kept = {id(one) for one in on_time}
            due = [*on_time, *late]
            late = [one for one in calls if id(one) not in kept]
            due += [one for one in due if self._random.random() < _TWICE]
            self._random.shuffle(due)
            self.items += due
            if phase < PHASES - 1:
                gone = [one for one in self.people if may_go(one) and self._random.random() < 0.3]
                self.items += [self._deletion(one, numbers[-1]) for one in gone]
        self.items += late

    def _call(self, at: int) -> Raw:
        person = self._random.choice(self.people)
        if self._random.random() < 0.62:
            return self._trait(person, at)
        key = "vip"
        if not (is_guest(person) or may_go(person)):
            key = self._random.choice([*AUDIENCES])
        return self._audience(person, at, key)

    def _trait(self, person: str, at: int) -> Raw:
        (key,) = self._random.choices(TRAITS, _RARE)
        if self._random.random() < 0.6:
            parts: Raw = {"type": "identify", "traits": {key: at}}
        else:
            parts = {"type": "track", "event": "Trait Computed", "properties": {"number": at}}
        return _call(person, at, key, "trait", parts)

    def _audience(self, person: str, at: int, key: str) -> Raw:
        member = self._random.random() < 0.6
        # an event may be lost for good, and with it a profile that others rely on
        if is_guest(person) or may_go(person) or self._random.random() < 0.5:
            return _call(person, at, key, "audience", {"type": "identify", "traits": {key: member}})
        name = "Audience Entered" if member else "Audience Exited"
        properties = {key: member, "number": at}
        parts = {"type": "track", "event": name, "properties": properties}
        return _call(person, at, key, "audience", parts)

    def _deletion(self, person: str, at: int) -> Raw:
        return {
            "type": "delete",
            "userId": person,
            "messageId": f"d{at}-{person}",
            "timestamp": stamp(at),
        }


def _call(person: str, at: int, key: str, kind: str, parts: Raw) -> Raw:
    context = {
        "personas": {
            "computation_class": kind,
            "computation_id": f"id_{key}",
            "computation_key": key,
            "space_id": "spa_1",
        }
    }
    return {
        **parts,
        "userId": person,
        "messageId": f"m{at:08}",
        "timestamp": stamp(at),
        "context": context,
    }


def key_of(raw: Raw) -> str:
    return str(raw["context"]["personas"]["computation_key"])


def number_of(raw: Raw) -> int | None:
    """The number of a call that becomes an event, None for any other."""
    if raw["type"] != "track":
        return None
    if Delivery.TRACK not in AUDIENCES.get(key_of(raw), Delivery.TRACK):
        return None
    number = raw["properties"]["number"]
    assert isinstance(number, int)
    return number


def is_refused(raw: Raw) -> bool:
    """Whether Braze refuses a call itself."""
    return raw["userId"] == VENOM or bool({CURSED, MURKY} & raw.get("traits", {}).keys())


class Model:
    """What should be in Braze: of each person and name the newest counts.

    Args:
        calls: In any order.
    """

    def __init__(self, calls: Sequence[Raw]) -> None:
        self.deleted: dict[str, str] = {}
        for raw in calls:
            if raw["type"] == "delete":
                before = self.deleted.get(raw["userId"], "")
                self.deleted[raw["userId"]] = max(before, raw["timestamp"])
        self.attributes: dict[str, Raw] = {}
        self.members: dict[str, set[str]] = {"id_vip": set(), "id_dormant": set()}
        self.events: dict[int, Raw] = {}
        newest: dict[tuple[str, str], tuple[str, Any]] = {}
        cohorts: dict[tuple[str, str], tuple[str, bool]] = {}
        for raw in calls:
            if not (raw["type"] == "delete" or self.is_gone(raw) or is_refused(raw)):
                self._take(raw, newest, cohorts)
        for (person, name), (_, value) in newest.items():
            self.attributes.setdefault(person, {})[name] = value
        for (person, key), (_, member) in cohorts.items():
            if member:
                self.members[f"id_{key}"].add(person)

    def is_gone(self, raw: Raw) -> bool:
        """Whether a call is older than a deletion of its person."""
        return bool(raw["timestamp"] <= self.deleted.get(raw["userId"], ""))

    def _take(self, raw: Raw, newest: dict[Any, Any], cohorts: dict[Any, Any]) -> None:
        person, key, at = raw["userId"], key_of(raw), raw["timestamp"]
        number = number_of(raw)
        if number is not None:
            self.events[number] = raw
        values = raw.get("traits") or raw["properties"]
        delivery = AUDIENCES.get(key, Delivery.IDENTIFY)
        slot = person, key
        if Delivery.COHORT in delivery:
            _newest(cohorts, slot, (at, values[key]))
        if key not in values:
            return
        if Delivery.BOOLEAN in delivery or (
            Delivery.IDENTIFY in delivery and raw["type"] == "identify"
        ):
            _newest(newest, slot, (at, values[key]))


def _newest(known: dict[Any, Any], slot: tuple[str, str], found: tuple[str, Any]) -> None:
    known[slot] = max(known.get(slot, found), found, key=lambda one: one[0])

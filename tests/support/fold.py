"""What the sample calls should leave in Braze, folded from their JSON and nothing else.

Nothing of the library reads the calls here: this is the second opinion.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import Any, Final, NamedTuple

from braze_engage import Delivery
from tests.support.sample import sample_lines

Json = Any  # Any: JSON
Order = tuple[int, int, str]

MALFORMED: Final = (27, 135, 170, 248, 280, 318, 408, 409, 410)
"""Lines nobody can read."""
NO_MEMBERSHIP: Final = (186, 355)
"""Lines of an audience whose value is missing or no boolean."""
UNIDENTIFIED: Final = (155, 401)
DELETIONS: Final = (392, 393)
DUPLICATES: Final = {
    6: 5, 61: 57, 64: 63, 70: 66, 165: 164, 263: 261, 286: 283, 295: 293, 307: 306,
    316: 312, 340: 338, 347: 336, 360: 359, 412: 411,
}  # fmt: skip
OUT_OF_ORDER: Final = (
    (41, 46), (75, 83), (76, 79), (87, 94), (90, 97), (193, 198), (212, 230), (264, 269),
    (317, 330), (371, 373),
)  # fmt: skip

FIELDS: Final = ("email", "first_name", "country")
"""The traits of the sample that are profile fields."""
KINDS: Final[dict[str, Json]] = {"favorite_category": "ski"}
"""Attributes whose type is fixed beforehand; Braze drops values of another one."""

_DORMANT: Final = "aud_3EXyRUXYDRigRZqgSlvNlFADlsb"
_BY_NAME: Final = {"Audience Entered": True, "Audience Exited": False}
_LONGEST: Final = 255


class Expected(NamedTuple):
    """Of every person with a user id, by user id.

    Args:
        attributes: Custom attributes.
        fields: Profile fields that have a value.
        events: Name and time of every event, counted.
        members: People by cohort.
        people: Everyone who wrote anything and was not deleted afterwards.
        gone: Everyone who was deleted and did not come back.
    """

    attributes: dict[str, dict[str, Json]]
    fields: dict[str, dict[str, Json]]
    events: dict[str, Counter[tuple[str, str]]]
    members: dict[str, set[str]]
    people: set[str]
    gone: set[str]


def nanoseconds(stamp: str) -> int:
    """Digits of a time as a number that grows with it."""
    seconds, _, fraction = stamp.removesuffix("Z").partition(".")
    digits = "".join(sign for sign in seconds if sign.isdigit())
    return int(digits) * 10**9 + int(fraction.ljust(9, "0") or 0)


def order_of(raw: Json) -> Order:
    exact = nanoseconds(raw.get("originalTimestamp", raw["timestamp"]))
    rounded = nanoseconds(raw["timestamp"])
    same_millisecond = exact // 10**6 == rounded // 10**6
    return exact if same_millisecond else rounded, nanoseconds(raw["receivedAt"]), raw["messageId"]


def usable_calls() -> list[tuple[int, Json]]:
    """Line and call of whatever has a user and can be read, repetitions left out."""
    left_out = {*MALFORMED, *NO_MEMBERSHIP, *UNIDENTIFIED, *DUPLICATES}
    calls: list[tuple[int, Json]] = []
    for line, text in enumerate(sample_lines(), 1):
        if line not in left_out:
            item = json.loads(text)
            calls += [(line, raw) for raw in (item if isinstance(item, list) else [item])]
    return [(line, raw) for line, raw in calls if raw.get("userId")]


def deliveries_of(raw: Json, audiences: Delivery, traits: Delivery) -> Delivery:
    """The deliveries that apply to a call of Engage."""
    if raw["type"] not in ("identify", "track") or "personas" not in raw["context"]:
        return Delivery.NONE
    chosen = traits if kind_of(raw) == "trait" else audiences
    wanted = Delivery.IDENTIFY if raw["type"] == "identify" else Delivery.TRACK
    if is_about_entities(raw):
        wanted &= Delivery.TRACK
    elif membership_of(raw) is not None:
        wanted |= Delivery.COHORT | Delivery.BOOLEAN
    return chosen & wanted


def kind_of(raw: Json) -> str:
    personas = raw["context"]["personas"]
    named = personas.get("computation_class")
    if named is None:
        return "audience" if personas["computation_id"].startswith("aud_") else "trait"
    return "trait" if named == "computed_trait" else str(named)


def is_about_entities(raw: Json) -> bool:
    return '__entity"' in json.dumps(raw)


def key_of(raw: Json) -> str:
    return str(raw["context"]["personas"]["computation_key"]).replace(_DORMANT, "dormant_shopper")


def values_of(raw: Json) -> dict[str, Json]:
    """What a call carries: traits by identify, properties by track, the other where absent."""
    first, second = ("traits", "properties") if raw["type"] == "identify" else _TRACK
    found: dict[str, Json] = raw.get(first) or raw.get(second) or {}
    return found


_TRACK: Final = ("properties", "traits")


def membership_of(raw: Json) -> bool | None:
    if kind_of(raw) == "trait":
        return None
    value = values_of(raw).get(key_of(raw))
    if value is None and kind_of(raw) == "audience":
        return _BY_NAME.get(raw.get("event", ""))
    return {"true": True, "false": False}.get(str(value).lower())


def expected(audiences: Delivery, traits: Delivery) -> Expected:
    """Fold the sample calls.

    Args:
        audiences: Delivery of audiences and journeys.
        traits: Delivery of traits.
    """
    deleted = {
        raw["userId"]: nanoseconds(raw["timestamp"])
        for _, raw in usable_calls()
        if raw["type"] == "delete"
    }
    written: dict[tuple[str, str], tuple[Order, Json]] = {}
    in_cohorts: dict[tuple[str, str], tuple[Order, bool]] = {}
    events: dict[str, Counter[tuple[str, str]]] = {}
    cohorts: dict[str, set[str]] = {}
    people: set[str] = set()
    for _, raw in usable_calls():
        apply = deliveries_of(raw, audiences, traits)
        person, order = raw["userId"], order_of(raw)
        member = membership_of(raw) if apply else None
        if Delivery.COHORT in apply:
            cohort = raw["context"]["personas"]["computation_id"]
            cohorts.setdefault(cohort, set())
            in_cohorts[cohort, person] = max(
                in_cohorts.get((cohort, person), (order, False)), (order, bool(member))
            )
        if order[0] <= deleted.get(person, 0):
            in_cohorts = {slot: one for slot, one in in_cohorts.items() if slot[1] != person}
            continue
        values = dict(values_of(raw)) if Delivery.IDENTIFY in apply else {}
        if member is not None and apply & (Delivery.IDENTIFY | Delivery.BOOLEAN):
            values[key_of(raw)] = member
        for name, value in values.items():
            if is_stored(name, value):
                slot = person, name
                known = written.get(slot, (order, value))
                written[slot] = max(known, (order, value), key=lambda one: one[0])
        if Delivery.TRACK in apply:
            stamp = raw["timestamp"]
            events.setdefault(person, Counter())[raw["event"], stamp] += 1
        if apply & ~Delivery.COHORT:
            people.add(person)
    for (cohort, person), (_, member) in in_cohorts.items():
        cohorts[cohort] |= {person} if member else set()
    return Expected(
        _by_person(written, fields=False),
        _by_person(written, fields=True),
        events,
        cohorts,
        people,
        deleted.keys() - people,
    )


def is_stored(name: str, value: Json) -> bool:
    """Whether Braze stores a value: short text, and of the type it saw first."""
    is_short = not isinstance(value, str) or len(value) <= _LONGEST
    fits = not isinstance(value, dict) or name not in KINDS
    return is_short and fits


def _by_person(
    written: dict[tuple[str, str], tuple[Order, Json]], *, fields: bool
) -> dict[str, dict[str, Json]]:
    found: dict[str, dict[str, Json]] = {}
    for (person, name), (_, value) in written.items():
        if value is not None and (name in FIELDS) is fields:
            found.setdefault(person, {})[name] = value
    return found

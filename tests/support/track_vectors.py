"""Calls with the requests that Segment's own destination made of them.

Every line of ``tests/data/track-vectors.jsonl.gz`` holds calls, the mapping of a Segment user, and
the requests for attributes or events.
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

from braze_engage.engage import (
    SEGMENT_PROFILE_FIELDS,
    AliasRule,
    AttributeChange,
    EngageCall,
    EngageRules,
    EventChange,
    IdentityRules,
    OtherCalls,
    Unusable,
    attribute_change,
    event_change,
    fold_attributes,
    read_call,
)
from tests.support.track import event, user_attributes

TESTS = Path(__file__).parent.parent
NOON = 1_793_620_800_000_000_000

Case = dict[str, Any]  # Any: a case is JSON
Entry = dict[str, Any]  # Any: an entry is JSON

IDENTITY = {"external_id", "braze_id", "user_alias", "email", "phone"}
SYNC_MODE = "__segment_internal_sync_mode"
SIMPLE = IDENTITY | {"time", "_update_existing_only", SYNC_MODE}
MAPPED = {
    *("country", "date_of_first_session", "date_of_last_session", "dob", "email_subscribe"),
    *("gender", "language", "marked_email_as_spam_at", "subscription_groups", "time_zone"),
}
SYNC_MODES = {"updateUserProfile2": {"update"}, "trackEvent2": {"add", "update"}}
EMAIL_OF_EVENTS = ("$.context.traits.email", "$.properties.email")
# of an entry of events any of these names the person, of attributes an e-mail is a field too
IDENTIFIERS = {
    "attributes": ("external_id", "braze_id", "user_alias"),
    "events": ("external_id", "braze_id", "user_alias", "email"),
}


def packed_cases() -> list[Case]:
    text = gzip.decompress((TESTS / "data" / "track-vectors.jsonl.gz").read_bytes())
    return [json.loads(line) for line in text.splitlines()]


CASES = packed_cases()


def path_rule(mapped: Any) -> Any:  # Any: JSON; what is no rule is refused by the rules
    """Translate a mapping directive into a rule."""
    if not isinstance(mapped, dict):
        return mapped
    if "@path" in mapped:
        return mapped["@path"]
    branches = mapped["@if"]
    return branches["then"]["@path"], branches["else"]["@path"]


def alias_rule(mapped: Any) -> AliasRule | str:  # Any: JSON
    if "alias_name" not in mapped:
        return str(path_rule(mapped))
    return AliasRule(
        alias_name=path_rule(mapped["alias_name"]), alias_label=path_rule(mapped["alias_label"])
    )


def is_about_events(case: Case) -> bool:
    return str(case["input"]["action"]).startswith("trackEvent")


def rules_of(case: Case) -> EngageRules:
    mapping = case["input"]["mapping"]
    email = EMAIL_OF_EVENTS if is_about_events(case) else "$.traits.email"
    identity: Entry = {}
    if case["input"].get("useDefaultMappings"):
        identity = {"external_id": "$.userId", "braze_id": "$.properties.braze_id", "email": email}
    for kind in IDENTITY & mapping.keys():
        identity[kind] = (alias_rule if kind == "user_alias" else path_rule)(mapping[kind])
    only = mapping.get("_update_existing_only", False)
    if case["input"]["action"].endswith("2"):
        only = mapping.get(SYNC_MODE) == "update"
    fields = {name: path_rule(mapping[name]) for name in MAPPED & mapping.keys()}
    return EngageRules(
        identity=IdentityRules(**identity),
        profile_fields={**SEGMENT_PROFILE_FIELDS, **fields},
        time=path_rule(mapping.get("time", "$.timestamp")),
        other_calls=OtherCalls.FORWARD,
        update_existing_only=only,
        app_id=case["input"]["settings"].get("app_id"),
    )


def changes_of(case: Case) -> list[AttributeChange | EventChange | Unusable]:
    rules = rules_of(case)
    found: list[AttributeChange | EventChange | Unusable] = []
    for raw in case["input"]["events"]:
        call = read_call(raw, now_ns=NOON)
        if not isinstance(call, EngageCall):
            found.append(call)
        elif is_about_events(case):
            found.append(event_change(call, rules))
        else:
            found.append(attribute_change(call, rules))
    return found


def entries_of(case: Case) -> list[Entry]:
    """What is sent, every call for itself."""
    entries: list[Entry] = []
    for change in changes_of(case):
        if isinstance(change, EventChange):
            entries.append(change.to_json())
            assert event(entries[-1])
        elif isinstance(change, AttributeChange):
            (write,) = fold_attributes([change])[change.identity]
            entries.append(write.to_json())
            assert user_attributes(entries[-1])
    if "time" not in case["input"]["mapping"]:
        entries = [without(entry, "time") for entry in entries]
    return entries


def without(entry: Entry, *names: str) -> Entry:
    return {name: value for name, value in entry.items() if name not in names}


def expected_entries(case: Case) -> list[Entry]:
    """What Segment sends, each entry with the first of its identifiers only."""
    entries: list[Entry] = []
    for request in case["expected"]["requests"]:
        for kind, identifiers in IDENTIFIERS.items():
            for entry in request["json"].get(kind, ()):
                named = [name for name in identifiers if entry.get(name) is not None]
                empty = [name for name in identifiers if entry.get(name, "") is None]
                others = [*named[1:], *(name for name in empty if name != "email")]
                entries.append(without(entry, *others))
    if "time" not in case["input"]["mapping"]:
        entries = [without(entry, "time") for entry in entries]
    return entries


def has_two_identifiers(case: Case) -> bool:
    return any(
        sum(entry.get(name) is not None for name in identifiers) > 1
        for request in case["expected"]["requests"]
        for kind, identifiers in IDENTIFIERS.items()
        for entry in request["json"].get(kind, ())
    )


def is_engage(case: Case) -> bool:
    contexts = [call.get("context") for call in case["input"]["events"]]
    return all(isinstance(context, dict) and context.get("personas") for context in contexts)


def is_refused_for_sync_mode(case: Case) -> bool:
    action, mapping = case["input"]["action"], case["input"]["mapping"]
    return action in SYNC_MODES and mapping.get(SYNC_MODE) not in SYNC_MODES[action]


def selected(
    *, engage: bool, differences: set[str] | None = None, mapped: bool = False
) -> list[Case]:
    """Cases with rules that can be told from the mapping."""
    found = []
    for case in CASES:
        names = case["input"].get("mapping", {}).keys()
        known = set(case["known_differences"])
        fits = names <= SIMPLE | MAPPED and names & MAPPED if mapped else names <= SIMPLE
        wanted = not known if differences is None else known and known <= differences
        if fits and wanted and is_engage(case) is engage and not is_refused_for_sync_mode(case):
            found.append(case)
    return found

"""What Segment's own destination would write as attributes and events, and where we do better.

The names of the differences are those of ``docs/segment-parity.md``.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from braze_engage.engage import AttributeChange, EventChange, Reason, Unusable
from braze_engage.objects import PROFILE_FIELDS
from tests.support.track_vectors import (
    CASES,
    MAPPED,
    SIMPLE,
    Case,
    Entry,
    changes_of,
    entries_of,
    expected_entries,
    has_two_identifiers,
    is_about_events,
    is_engage,
    is_refused_for_sync_mode,
    path_rule,
    selected,
    without,
)

PAGE = Path(__file__).parent.parent.parent / "docs" / "segment-parity.md"
ABOUT_ANSWERS = {
    *("empty-body-crash", "empty-request", "endpoint-trailing-slash", "error-index-crash"),
    *("error-index-ignored", "network-error-throws", "over-75", "shared-error-set"),
    *("single-errors-ignored", "v2-sync-mode-message"),
}
NESTED_NULLS = {"braze.updateUserProfile.batch/0004", "braze.updateUserProfile2.single/0141"}
OTHER_LENGTH = {
    # the time of an event, which is receivedAt there, cannot be read
    "braze.trackEvent.batch/0106",
    # no trait at all
    "braze.updateUserProfile.single/0101",
    # a computed trait of which nothing can be stored
    "braze.updateUserProfile2.batch/0020",
    "braze.updateUserProfile2.batch/0055",
}


def case_id(case: Case) -> str:
    return str(case["id"])


class TestEngage:
    """Calls of Engage without a known difference."""

    @pytest.mark.parametrize(
        "case", [one for one in selected(engage=True) if one["id"] not in NESTED_NULLS], ids=case_id
    )
    def test_the_same_entries(self, case: Case) -> None:
        assert entries_of(case) == expected_entries(case)

    def test_the_comparison_is_not_empty(self) -> None:
        compared = selected(engage=True)
        assert len(compared) == 443
        counts = Counter(entry is not None for one in compared for entry in expected_entries(one))
        assert counts[True] == 831
        by_action = Counter(case["input"]["action"] for case in compared)
        assert min(by_action.values()) > 40
        assert sum(not expected_entries(case) for case in compared) == 90
        assert sum(has_two_identifiers(case) for case in compared) == 102
        assert sum("time" in case["input"]["mapping"] for case in compared) == 90

    @pytest.mark.parametrize("case_id", sorted(NESTED_NULLS))
    def test_nulls_inside_objects_are_left_out(self, case_id: str) -> None:
        (case,) = [one for one in CASES if one["id"] == case_id]
        expected = [stored_entry(entry) for entry in expected_entries(case)]
        assert entries_of(case) == expected != expected_entries(case)
        cuts = [change.dropped for change in changes_of(case) if not isinstance(change, Unusable)]
        assert "null inside an object" in cuts[0][0].why

    @pytest.mark.parametrize("case", selected(engage=True, differences=ABOUT_ANSWERS), ids=case_id)
    def test_the_same_entries_where_only_the_answer_is_treated_otherwise(self, case: Case) -> None:
        assert entries_of(case) == expected_entries(case)

    def test_sync_modes_that_segment_refuses(self) -> None:
        # there is no such rule here, so they cannot be set
        refused = [
            case
            for case in CASES
            if case["input"]["mapping"].keys() <= SIMPLE
            and not case["known_differences"]
            and is_engage(case)
            and is_refused_for_sync_mode(case)
        ]
        assert len(refused) == 23
        assert not any(expected_entries(case) for case in refused)


def stored(value: Any) -> Any:  # Any: JSON
    """What Braze can store of a value, None where nothing of it."""
    if isinstance(value, list):
        objects = bool(value) and all(isinstance(item, dict) for item in value)
        plain = [item for item in value if not isinstance(item, (dict, list, type(None)))]
        items = [stored(item) for item in value] if objects else plain
        items = [item for item in items if item is not None]
        return items if items or not value else None
    if isinstance(value, dict):
        found = {
            name: stored(item)
            for name, item in value.items()
            if item is not None and " " not in name
        }
        kept = {name: item for name, item in found.items() if item is not None}
        return kept if kept or all(item is None for item in value.values()) else None
    return value


def stored_entry(entry: Entry) -> Entry:
    fields = {*PROFILE_FIELDS, "user_alias"}
    found = {name: v if name in fields or v is None else stored(v) for name, v in entry.items()}
    return {name: v for name, v in found.items() if v is not None or entry[name] is None}


def comparable(case: Case, ours: Entry, theirs: Entry) -> tuple[Entry, Entry]:
    """Take the differences of ordinary calls out of two entries."""
    if is_about_events(case):
        return ours, theirs
    mapping = case["input"]["mapping"]
    theirs = stored_entry(theirs)
    # a trait that goes to a field as a whole is not written twice
    moved = {"birthday": "dob"}
    for name in MAPPED & mapping.keys():
        path = path_rule(mapping[name])
        if isinstance(path, str) and path.startswith("$.traits.") and path.count(".") == 2:
            moved[path.removeprefix("$.traits.")] = name
    if "dob" not in mapping:
        ours = without(ours, "dob")
    elif "dob" not in ours:  # a number of milliseconds
        theirs = without(theirs, "dob")
    theirs = without(theirs, *(trait for trait, field in moved.items() if trait != field))
    if "country" not in theirs and "country" not in mapping:
        ours = without(ours, "country")  # of the address
    if isinstance(theirs.get("language"), str):
        theirs["language"] = theirs["language"][:2]
    return ours, theirs


class TestOrdinaryCalls:
    """The same comparison with calls that are not Engage's, after the named differences."""

    @pytest.mark.parametrize("mapped", [False, True])
    def test_the_same_entries(self, mapped: bool) -> None:
        cases = selected(engage=False, mapped=mapped) + (
            selected(engage=True, mapped=True) if mapped else []
        )
        same = 0
        for case in cases:
            ours, theirs = entries_of(case), expected_entries(case)
            if case["input"]["mapping"].get("email", "") is None:
                ours = [without(entry, "email") for entry in ours]
            if len(ours) == len(theirs):
                for one, other in zip(ours, theirs, strict=True):
                    left, right = comparable(case, one, other)
                    assert left == right, case["id"]
                same += ours == theirs
            else:
                assert case["id"] in OTHER_LENGTH
        assert (len(cases), same) == ((133, 56) if mapped else (367, 297))


class TestEveryCase:
    @pytest.mark.parametrize(
        "name", sorted({one for case in CASES for one in case["known_differences"]})
    )
    def test_every_known_difference_is_on_the_page(self, name: str) -> None:
        assert f"`{name}`" in PAGE.read_text("utf-8")

    @pytest.mark.parametrize("count", ["443 recorded", "831 entries", "52 more", "500 with"])
    def test_the_page_counts_what_is_compared(self, count: str) -> None:
        assert count in " ".join(PAGE.read_text("utf-8").split())
        assert len(selected(engage=True, differences=ABOUT_ANSWERS)) == 52

    def test_nothing_raises_and_braze_would_take_all(self) -> None:
        sent = 0
        for case in CASES:
            mapping = case["input"]["mapping"]
            # a time that is the same for every call is no rule here
            if mapping.keys() <= SIMPLE | MAPPED and isinstance(mapping.get("time", {}), dict):
                sent += len(entries_of(case))
        assert sent > 2_000

    def test_all_cases_are_there(self) -> None:
        assert len(CASES) == 1_396 + 28
        assert sum(not case["known_differences"] for case in CASES) == 1_078


def weakness(name: str, number: int = 0) -> Case:
    """The smallest case of a known difference."""
    cases = [
        case
        for case in CASES
        if case["id"].startswith("known-weaknesses/") and case["id"].endswith(name)
    ]
    return cases[number]


def only_entry(case: Case) -> Entry:
    (entry,) = entries_of(case)
    return without(entry, "_update_existing_only", "app_id", "time")


def only_change(case: Case) -> AttributeChange | EventChange:
    (change,) = changes_of(case)
    assert not isinstance(change, Unusable), change
    return change


def why(case: Case, name: str) -> str:
    """What is said about something that is left out."""
    (said,) = [dropped.why for dropped in only_change(case).dropped if dropped.name == name]
    return said


def refusal(case: Case) -> Reason:
    (found,) = changes_of(case)
    assert isinstance(found, Unusable)
    return found.reason


def with_time(name: str) -> Case:
    """A weakness about a time that the mapping gives, as a time that the call carries."""
    case = weakness(name)
    (call,) = case["input"]["events"]
    given = case["input"]["mapping"]["time"]
    changed = {**call, "properties": {"at": given}}
    mapping = {"time": {"@path": "$.properties.at"}}
    return {**case, "input": {**case["input"], "mapping": mapping, "events": [changed]}}


class TestBetter:
    """One test for each known difference that lies in mapping."""

    def test_empty_text(self) -> None:
        # no field is written empty, and an empty id is none
        case = weakness("batch-empty-string")
        assert refusal(case) is Reason.NOTHING_TO_WRITE
        case["input"]["events"][0]["traits"]["plan"] = ""
        assert only_entry(case) == {"email": "as@example.com", "plan": ""}

    def test_names_that_only_segment_reserves(self) -> None:
        change = only_change(weakness("reserved-custom-attributes"))
        assert isinstance(change, AttributeChange)
        assert change.attributes == {
            "time": "morning",
            "products": ["a"],
            "properties": {"k": 1},
            "batch_size": 3,
            "enable_batching": False,
            "kept": 1,
        }

    def test_traits_named_like_a_profile_field(self) -> None:
        assert only_entry(weakness("standard-name-dropped")) == {
            "external_id": "u1S",
            "language": "fr",
            "time_zone": "Europe/Paris",
            "country": "FR",
            "dob": "1990-01-02",
            "home_city": "Lyon",
            "kept": 1,
        }

    def test_subscription_groups_are_checked(self) -> None:
        assert refusal(weakness("subscription-groups-passthrough")) is Reason.BAD_ATTRIBUTE

    def test_a_null_last_name(self) -> None:
        assert only_entry(weakness("null-last-name")) == {
            "external_id": "u1S",
            "first_name": None,
            "last_name": None,
        }

    def test_a_null_container_clears_nothing(self) -> None:
        location, traits, properties = (weakness("null-parent-clears", n) for n in range(3))
        assert only_entry(location) == {"external_id": "u1S", "plan": "pro"}
        assert refusal(traits) is Reason.NOTHING_TO_WRITE
        assert only_entry(properties) == {"external_id": "u1S", "name": "Ev"}

    def test_words_for_genders(self) -> None:
        case = weakness("gender-passthrough")
        assert only_entry(case) == {"external_id": "u1S", "gender": "M"}
        case["input"]["events"][0]["traits"] = {"gender": "nonbinary", "plan": "pro"}
        assert only_entry(case) == {"external_id": "u1S", "plan": "pro"}
        assert "M, F, O, N or P" in why(case, "gender")

    def test_half_a_location(self) -> None:
        case = weakness("partial-location")
        case["input"]["events"][0]["traits"] = {"plan": "pro"}
        assert only_entry(case) == {"external_id": "u1S", "plan": "pro"}
        assert "send both" in why(case, "$.context.location")

    def test_a_bad_field_does_not_take_the_rest_along(self) -> None:
        case = weakness("optional-field-rejects-event")
        assert expected_entries(case) == []
        assert only_entry(case) == {"external_id": "u1S", "plan": "pro"}
        assert "no URL" in why(case, "avatar")

    @pytest.mark.parametrize(
        ("name", "time"),
        [
            ("unix-seconds", "2024-05-01T00:00:00.000Z"),
            ("numeric-text-date", None),
            ("overflow-date", None),
            ("loose-date", None),
        ],
    )
    def test_times(self, name: str, time: str | None) -> None:
        # seconds are seconds; what would have to be guessed at is refused
        case = with_time(name)
        if time is None:
            assert refusal(case) is Reason.BAD_TIME
        else:
            assert [entry["time"] for entry in entries_of(case)] == [time]

    def test_an_empty_email_gives_way(self) -> None:
        assert only_entry(weakness("empty-email-hides-fallback")) == {
            "email": "p@example.com",
            "name": "Ev",
            "properties": {"email": "p@example.com"},
        }

    def test_nulls_in_lists(self) -> None:
        # they are left out of a list of the profile, never turned into an empty text
        case = weakness("null-last-name")
        case["input"]["events"][0]["traits"] = {"tags": ["a", None]}
        assert only_entry(case) == {"external_id": "u1S", "tags": ["a"]}
        assert "it is null" in why(case, "tags[1]")

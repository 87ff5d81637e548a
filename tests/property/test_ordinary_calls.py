"""The short ways that ordinary calls take end where the long ones do."""

from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from braze_engage.engage import SEGMENT_PROFILE_FIELDS, EngageRules, Nulls, read_call
from braze_engage.engage import computations as computations_module
from braze_engage.engage.event_properties import fit_properties
from braze_engage.engage.fitting import MOST_ENCODED, is_filled
from braze_engage.engage.trait_draft import TraitDraft
from braze_engage.objects.values import dumps
from tests.property import strategies as some

LIMIT = 100 * 1024
NOW = 1_793_620_800_000_000_000
Raw = dict[str, Any]  # Any: a call is JSON

texts = st.sampled_from(["a", "b c", "é", "日本", "Female", "a@b.test", "fr", "2026-01-31"])
plain = st.booleans() | st.integers() | st.floats() | texts | st.just("x" * 256) | st.none()
inner = st.dictionaries(
    st.sampled_from(["city", "country", "state", "inc", "add", "$time", "a.b", "__entity"]),
    plain | st.lists(plain, max_size=2),
    max_size=3,
)
values = st.dictionaries(
    st.sampled_from(
        [
            *("vip", "ltv", "plan", "email", "phone", "gender", "avatar", "image_url"),
            *("firstName", "first_name", "address", "country", "home_city", "current_location"),
            *("account____entity", "data_graph_entity_context", "subscription_groups"),
        ]
    ),
    plain | st.lists(plain | inner, max_size=3) | inner,
    max_size=6,
)
locations = st.none() | st.fixed_dictionaries(
    {}, optional={"country": plain, "latitude": st.floats(-95, 95), "longitude": st.integers(0, 9)}
)
rules = st.builds(
    EngageRules,
    nulls=st.sampled_from(list(Nulls)),
    as_text=st.sampled_from([frozenset[str](), frozenset({"ltv"})]),
    profile_fields=st.sampled_from(
        [
            SEGMENT_PROFILE_FIELDS,
            {"country": ("$.context.location.country", "$.traits.country"), "language": "fr"},
            {"country": ("$.context.location.country", "$.traits.country")},
            {"home_city": ("$.traits.home_city", "$.traits.address.city", "$.traits.city")},
            {"home_city": "$.traits.address.lines[0]", "email": "$.context.traits.email"},
            {"first_name": "$.traits.plan", "last_name": "$.traits.plan"},
        ]
    ),
)


def exact(value: object) -> str:
    """Write a value so that 1, 1.0 and true differ, whatever the order of names."""
    return json.dumps(value, sort_keys=True)


@given(rules, values, locations | st.just("Lyon"))
def test_shapes_write_what_a_draft_writes_or_leave_it_to_the_draft(
    given_rules: EngageRules, traits: Raw, location: object
) -> None:
    raw = {"traits": traits, "context": {"location": location}}
    before = copy.deepcopy(raw)
    written = given_rules.trait_shapes.attributes(traits, raw)
    assert exact(raw) == exact(before)
    if written is None:
        return
    draft = TraitDraft(given_rules)
    draft.take(traits)
    draft.look_elsewhere(raw)
    draft.fill_fields()
    assert exact(written) == exact(draft.attributes)
    assert (draft.dropped, draft.refused, draft.merged) == ([], {}, [])


def test_shapes_write_what_segment_sends_by_default() -> None:
    traits: Raw = {
        "email": "ana@example.test",
        "firstName": "Ana",
        "address": {"city": "Lyon", "country": "FR"},
        "vip": True,
        "cleared": None,
        "name": "日本",
        "products": ["a", "b"],
    }
    raw = {"context": {"location": {"country": "DE", "latitude": 45.75, "longitude": 4.85}}}
    assert EngageRules().trait_shapes.attributes(traits, raw) == {
        "email": "ana@example.test",
        "first_name": "Ana",
        "address": {"city": "Lyon", "country": "FR"},
        "vip": True,
        "cleared": None,
        "name": "日本",
        "products": ["a", "b"],
        "country": "DE",
        "home_city": "Lyon",
        "current_location": {"latitude": 45.75, "longitude": 4.85},
    }


@given(st.lists(values, max_size=3), st.integers(0, 60), st.integers(0, 60))
def test_properties_are_the_same_one_by_one(several: list[Raw], wide: int, wider: int) -> None:
    properties: Raw = {f"p{number}": one for number, one in enumerate(several)}
    properties |= {"wide": ["\x01" * 255] * wide, "wider": [{"a": "\x01" * 255}] * wider, "time": 1}
    fitted, cuts = fit_properties(properties | (several or [{}])[0])
    alone = [fit_properties({name: one}) for name, one in (properties | fitted).items()]
    together = {name: value for one, _ in alone for name, value in one.items()}
    if len(dumps(together).encode()) <= LIMIT:
        assert exact(fitted) == exact(together)
    else:
        assert len(dumps(fitted).encode()) <= LIMIT
        assert any(f"over the {LIMIT:,}" in cut.why for cut in cuts)


@given(some.scalars.filter(is_filled), st.text("\x01é\ud7ff日😀", min_size=1, max_size=255))
def test_no_short_value_takes_more_bytes_than_is_counted_for_it(value: object, name: str) -> None:
    assert len(dumps({name: value}).encode()) - 1 <= MOST_ENCODED


@given(st.lists(some.odd_calls(), max_size=4))
def test_what_was_read_before_changes_no_reading(calls: list[Raw]) -> None:
    read = [repr(read_call(raw, now_ns=NOW)) for raw in calls]
    for raw, before in zip(calls, read, strict=True):
        computations_module._known.clear()
        assert repr(read_call(raw, now_ns=NOW)) == before


@given(some.any_json())
def test_json_is_written_as_the_standard_library_does(value: object) -> None:
    try:
        expected = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except ValueError:
        return
    assert dumps(value) == expected

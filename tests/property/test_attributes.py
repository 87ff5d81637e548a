"""The laws of attributes and events."""

from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from braze_engage.engage import (
    SEGMENT_PROFILE_FIELDS,
    AliasRule,
    AttributeChange,
    AttributeWrite,
    EngageCall,
    EngageRules,
    Enrichment,
    EventChange,
    Identity,
    IdentityRules,
    Nulls,
    OrderKey,
    Reason,
    Unusable,
    attribute_change,
    boolean_change,
    event_change,
    fold_attributes,
    read_call,
)
from tests.property import strategies as some
from tests.support.track import event, user_attributes

NOW = 1_793_620_800_000_000_000
Raw = dict[str, Any]  # Any: a call is JSON

names = some.texts | st.sampled_from(
    [
        *("vip", "prefs", "plan", "firstName", "first_name", "email", "phone", "gender", "avatar"),
        *("birthday", "address", "country", "city", "language", "timezone", "current_location"),
        *("email_subscribe", "subscription_groups", "dob", "time", "event_name", "inc", "add"),
        *("external_id", "_merge_objects", "user_alias", "alias_name", " email", "push_tokens"),
        *("latitude", "longitude", "$time", "$add", "$x", "a b", "a.b", "x" * 256),
    ]
)
plain = (
    some.scalars
    | st.sampled_from(
        [
            *("a@b.test", "Female", "fr-FR", "Europe/Paris", "1990-05-01", "2026-01-31T10:00:00Z"),
            *("subscribed", "x" * 256, "日本" * 100, 2**2000, 1e400, "TRUE", " "),
        ]
    )
    | st.just(
        {
            "subscription_group_id": "6f7e4b6c-58a7-4b1e-a5c3-0d3d1f6c3a52",
            "subscription_state": "subscribed",
        }
    )
)
values = st.recursive(
    plain,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4),
    max_leaves=10,
)
identities = st.sampled_from(
    [
        IdentityRules(),
        IdentityRules(email="$.traits.email"),
        IdentityRules(external_id=None, email="$.traits.email"),
        IdentityRules(external_id=None, phone="$.traits.phone", email="$.properties.email"),
        IdentityRules(user_alias=AliasRule(alias_name="$.userId", alias_label="x")),
        IdentityRules(
            external_id=None, user_alias=AliasRule(alias_name="$.userId", alias_label="x")
        ),
    ]
)
profile_fields = st.sampled_from(
    [
        SEGMENT_PROFILE_FIELDS,
        {},
        {**SEGMENT_PROFILE_FIELDS, "email_subscribe": "unsubscribed", "language": "$.event"},
        {"home_city": "$.traits.prefs.vip", "first_name": ("$.traits.plan[0]", "$.traits.plan")},
    ]
)
rules = st.builds(
    EngageRules,
    identity=identities,
    profile_fields=profile_fields,
    enrichment=st.sampled_from(Enrichment),
    nulls=st.sampled_from(Nulls),
    as_text=st.sampled_from([(), ("vip", "plan")]),
    merge_objects=st.sampled_from([(), ("prefs",)]),
    audience_exit=st.sampled_from([False, None]),
    time=st.sampled_from(["$.timestamp", "$.properties.time", ("$.event", "$.timestamp")]),
    event_names=st.sampled_from([{}, {"Audience Entered": "In"}]),
    app_id=st.sampled_from([None, "app"]),
    update_existing_only=st.sampled_from([None, True, False]),
)
bags = st.dictionaries(names, values, min_size=1, max_size=6)
CONTEXTS: list[Raw] = [
    {},
    {"location": {"country": "FR", "latitude": 48.5, "longitude": 2.25}, "locale": "fr-FR"},
    {"location": {"country": None, "latitude": 48.5}, "traits": {"email": "c@d.test"}},
]


@st.composite
def likely_calls(draw: st.DrawFn) -> Raw:
    """Identify and track calls with any values, most of which name a person and a time."""
    bag = draw(bags)
    computed = draw(st.sampled_from([None, "trait", "trait", "audience", "Default"]))
    context = dict(draw(st.sampled_from(CONTEXTS)))
    if computed is not None:
        context["personas"] = {"computation_class": computed, "computation_key": "vip"}
        if computed == "audience":
            bag["vip"] = draw(st.sampled_from([True, False, "false"]))
    track = draw(st.booleans())
    return {
        "type": "track" if track else "identify",
        "properties" if track else "traits": bag,
        "event": draw(st.sampled_from(["Audience Entered", "Bought", "$x", "日本"])),
        "userId": draw(some.often(st.sampled_from(some.PEOPLE))),
        "context": context,
        "timestamp": draw(some.often(some.times)),
    }


odd_calls = st.builds(
    lambda call, carried, bag: {**call, carried: bag},
    some.odd_calls(),
    st.sampled_from(["traits", "properties"]),
    bags,
)
calls = st.integers(0, 4).flatmap(lambda draw: odd_calls if draw == 4 else likely_calls())


def same(left: object, right: object) -> bool:
    """Whether two JSON values are equal, where NaN equals itself."""
    return repr(left) == repr(right)


def check_refusal(found: Unusable) -> None:
    assert isinstance(found.reason, Reason)
    assert found.detail.encode()


class TestAnyJsonMapsOrGetsAReason:
    @given(some.any_json() | calls, rules)
    @example({"type": "identify", "traits": {7: 1, True: 2, None: 3}, "userId": "u"}, EngageRules())
    def test_it_does_not_raise_and_braze_would_take_it(
        self, raw: object, rules: EngageRules
    ) -> None:
        before = copy.deepcopy(raw)
        call = read_call(raw, now_ns=NOW)
        if isinstance(call, EngageCall):
            for change in (attribute_change(call, rules), boolean_change(call, rules)):
                if isinstance(change, Unusable):
                    check_refusal(change)
                else:
                    check_attributes(change)
            found = event_change(call, rules)
            if isinstance(found, Unusable):
                check_refusal(found)
            else:
                check_event(found)
        assert same(raw, before)

    @given(calls, rules)
    def test_every_trait_is_accounted_for(self, raw: Raw, rules: EngageRules) -> None:
        call = read_call({**raw, "type": "identify", "properties": None}, now_ns=NOW)
        change = attribute_change(call, rules) if isinstance(call, EngageCall) else None
        if not isinstance(change, AttributeChange):
            return
        traits = raw["traits"] if isinstance(raw.get("traits"), dict) else {}
        said = {dropped.name for dropped in change.dropped}
        for name in traits:
            if name.isascii() and len(name) < 60 and name not in said:
                assert name in change.attributes or is_elsewhere(name, traits, change), name


def is_elsewhere(name: str, traits: Raw, change: AttributeChange) -> bool:
    """Whether a trait went to a profile field of another name, or names the person."""
    if name in {"email", "phone"} and change.identity.kind == name:
        return True
    fields = {
        "firstName": "first_name",
        "birthday": "dob",
        "avatar": "image_url",
        "timezone": "time_zone",
        "plan": "first_name",
    }
    return fields.get(name) in change.attributes


def check_attributes(change: AttributeChange) -> None:
    assert change.attributes
    entries = fold_attributes([change])[change.identity]
    assert sum(len(entry.attributes) for entry in entries) == len(change.attributes)
    for entry in entries:
        sent = entry.to_json()
        assert json.dumps(sent, allow_nan=False, ensure_ascii=False).encode()
        assert user_attributes(sent)
    for dropped in change.dropped:
        assert f"{dropped.name}: {dropped.why}".encode()
    assert change.identity.value not in repr(change) or len(change.identity.value) < 12


def check_event(change: EventChange) -> None:
    sent = change.to_json()
    assert json.dumps(sent, allow_nan=False, ensure_ascii=False).encode()
    assert event(sent).name
    for dropped in change.dropped:
        assert f"{dropped.name}: {dropped.why}".encode()


trees = st.recursive(
    st.sampled_from([1, 2, "x", None, [1], {"$time": "2026-01-31"}]),
    lambda inner: st.dictionaries(st.sampled_from(["a", "b", "$time"]), inner, max_size=2),
    max_leaves=5,
)
MERGED = frozenset({"prefs"})


@st.composite
def changes(draw: st.DrawFn) -> AttributeChange:
    """Changes of few people at few moments; memberships among them must create nobody."""
    found: Raw = draw(
        st.dictionaries(st.sampled_from(["vip", "plan", "prefs"]), trees, min_size=1)
        | st.just({"vip": False})
    )
    return AttributeChange(
        identity=draw(
            st.sampled_from([Identity("external_id", "u1"), Identity("user_alias", "u1", "x")])
        ),
        attributes=found,
        update_existing_only=True if found == {"vip": False} else None,
        merge_objects=MERGED & found.keys(),
        order=OrderKey(draw(st.integers(0, 3)), 0, draw(st.sampled_from(["", "m"])), ""),
        key=draw(st.sampled_from(["vip", None])),
    )


bundles = st.lists(changes(), min_size=1, max_size=5)


def told(folded: dict[Identity, list[AttributeWrite]]) -> dict[Identity, list[object]]:
    return {who: [(entry.to_json(), entry.sources) for entry in folded[who]] for who in folded}


def mergeable(value: object) -> bool:
    return isinstance(value, dict) and "$time" not in value


def merged(stored: Any, value: Any) -> Any:  # Any: JSON
    """What Braze makes of an object that is merged into a stored one."""
    if not (mergeable(stored) and mergeable(value)):
        return value
    return {**stored, **{name: merged(stored.get(name), value[name]) for name in value}}


def written(stored: Raw | None, entries: list[Raw]) -> Raw | None:
    """What is stored after entries were processed one after another."""
    for entry in entries:
        by_alias = "user_alias" in entry
        if stored is None and entry.get("_update_existing_only", by_alias):
            continue
        stored = dict(stored or {})
        for name, value in entry.items():
            if name in {"external_id", "user_alias"} or name.startswith("_"):
                continue
            stored[name] = merged(stored.get(name), value) if "_merge_objects" in entry else value
            if stored[name] is None:
                del stored[name]
    return stored


class TestFolding:
    @given(bundles, st.randoms())
    def test_the_order_of_arrival_does_not_matter(self, arrived: Any, random: Any) -> None:
        shuffled = list(arrived)
        random.shuffle(shuffled)
        assert told(fold_attributes(shuffled)) == told(fold_attributes(arrived))

    @given(bundles)
    def test_twice_is_once(self, arrived: list[AttributeChange]) -> None:
        assert told(fold_attributes(arrived * 2)) == told(fold_attributes(arrived))

    @given(bundles)
    def test_no_name_occurs_in_two_entries_of_a_person(self, arrived: Any) -> None:
        for entries in fold_attributes(arrived).values():
            written = [name for entry in entries for name in entry.attributes]
            assert len(written) == len(set(written))
            for entry in entries:
                assert entry.attributes.keys() == entry.sources.keys()

    @given(bundles, st.none() | st.dictionaries(st.sampled_from(["vip", "plan", "prefs"]), trees))
    def test_the_same_is_stored_as_one_by_one_in_order_of_time(
        self, arrived: list[AttributeChange], stored: Raw | None
    ) -> None:
        folded = fold_attributes(arrived)
        for identity in {change.identity for change in arrived}:
            # of two changes with one order any may count as the newer one
            mine = {change.order: change for change in arrived if change.identity == identity}
            single = [
                entry.to_json()
                for order in sorted(mine)
                for entry in fold_attributes([mine[order]])[identity]
            ]
            entries = [entry.to_json() for entry in fold_attributes(mine.values())[identity]]
            assert folded[identity]
            assert written(stored, entries) == written(stored, single)
            if stored is not None:
                assert written(stored, entries[::-1]) == written(stored, single)

    @given(bundles)
    def test_nothing_that_was_given_is_changed(self, arrived: list[AttributeChange]) -> None:
        before = copy.deepcopy(arrived)
        fold_attributes(arrived)
        assert arrived == before

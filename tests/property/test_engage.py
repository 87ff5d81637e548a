"""The laws of reading and folding calls."""

from __future__ import annotations

import copy
import json
import math
from collections import Counter
from typing import Any

from hypothesis import assume, example, given
from hypothesis import strategies as st

from braze_engage import limits
from braze_engage.engage import (
    Delivery,
    EngageCall,
    EngageRules,
    IdentityRules,
    MembershipChange,
    Reason,
    Unusable,
    cut,
    membership_change,
    net_membership,
    parse_time,
    read_call,
    read_item,
    read_membership,
)
from braze_engage.engage.paths import Lookup
from tests.property import strategies as some

NOW = 1_793_620_800_000_000_000
RULES = EngageRules(
    identity=IdentityRules(device_id="$.context.device.id", user_alias="$.context.braze_alias")
)
DEFAULTS = (Delivery.COHORT, Delivery.IDENTIFY, Delivery.TRACK)

Raw = dict[str, Any]  # Any: a call is JSON


def folded(calls: list[Raw]) -> dict[str, dict[object, bool]]:
    """Who is in which cohort after all calls."""
    read = [read_call(raw, now_ns=NOW) for raw in calls]
    changes = [membership_change(call, RULES) for call in read if isinstance(call, EngageCall)]
    net = net_membership(change for change in changes if isinstance(change, MembershipChange))
    return {
        cohort_id: {identity: last.member for identity, last in people.items()}
        for cohort_id, people in net.items()
    }


def same(left: object, right: object) -> bool:
    """Whether two JSON values are equal, where NaN equals itself."""
    return repr(left) == repr(right)


class TestAnyJsonMapsOrGetsAReason:
    @given(some.any_json() | some.odd_calls(), some.rules)
    def test_nothing_raises_and_nothing_is_changed(self, raw: object, rules: EngageRules) -> None:
        before = copy.deepcopy(raw)
        call = read_call(raw, now_ns=NOW)
        if isinstance(call, EngageCall):
            assert call.raw is raw
            assert call.order.time_ns == call.time_ns
            assert isinstance(call.has_entities, bool)
            delivery, words = rules.delivery_for(call, *DEFAULTS)
            assert isinstance(delivery, Delivery)
            assert words
            change = membership_change(call, rules)
            if isinstance(change, MembershipChange):
                assert change.cohort_id.encode()
                assert change.cohort_name.encode()
                assert len(change.identity.value.encode()) <= limits.EXTERNAL_ID_BYTES
                assert list(cut([change])) == [[change]]
            else:
                assert isinstance(change.reason, Reason)
                assert change.detail.encode()
        else:
            assert isinstance(call.reason, Reason)
            assert call.detail.encode()
        assert same(raw, before)

    @given(some.any_json() | st.text() | st.binary())
    def test_items(self, item: object) -> None:
        found = read_item(item, now_ns=NOW)
        if isinstance(item, list):
            assert [place for place, _ in found] == list(range(len(item)))
        else:
            assert all(isinstance(call, (EngageCall, Unusable)) for _, call in found)
        assert found or item == [] or isinstance(item, (str, bytes))

    @given(st.lists(some.any_json()) | some.odd_calls())
    def test_text_says_what_the_value_says(self, raw: object) -> None:
        try:
            text = json.dumps(raw, allow_nan=False)
        except ValueError:
            ((_, refused),) = read_item(json.dumps(raw), now_ns=NOW)
            assert isinstance(refused, Unusable)
            assert refused.reason is Reason.NOT_JSON
            return
        assert same(read_item(text, now_ns=NOW), read_item(json.loads(text), now_ns=NOW))
        assert same(read_item(text.encode(), now_ns=NOW), read_item(text, now_ns=NOW))

    @given(some.any_json(), some.texts)
    def test_details_hold_no_value(self, value: object, secret: str) -> None:
        assume(len(secret.strip()) > 6)
        secret = f"<{secret}>"
        for raw in (
            {"type": secret, "x": value},
            {"type": "identify", "context": secret},
            {"type": "identify", "traits": secret},
            {"type": "identify", "timestamp": secret},
        ):
            call = read_call(raw, now_ns=NOW)
            assert isinstance(call, Unusable)
            assert secret not in call.detail


class TestTimeDecidesNotArrival:
    @given(st.lists(some.memberships(), max_size=8), st.randoms(use_true_random=False))
    def test_any_order_of_arrival(self, calls: list[Raw], random: Any) -> None:  # Any: a Random
        shuffled = random.sample(calls, len(calls))
        assert folded(shuffled) == folded(calls)

    @given(st.lists(some.memberships(), max_size=6), st.lists(some.memberships(), max_size=6))
    def test_folding_twice_changes_nothing(self, calls: list[Raw], more: list[Raw]) -> None:
        assert folded(calls + more + calls) == folded(calls + more)

    @given(st.lists(some.changes, max_size=10), st.randoms(use_true_random=False))
    def test_parts_can_be_folded_apart(
        self, changes: list[MembershipChange], random: Any
    ) -> None:  # Any: a Random
        middle = random.randint(0, len(changes))
        parts = [net_membership(changes[:middle]), net_membership(changes[middle:])]
        again = (
            change
            for part in reversed(parts)
            for people in part.values()
            for change in people.values()
        )
        assert net_membership(again) == net_membership(changes)

    @given(st.lists(some.changes, min_size=1, max_size=10))
    def test_the_newest_is_kept(self, changes: list[MembershipChange]) -> None:
        for cohort_id, people in net_membership(changes).items():
            for identity, kept in people.items():
                rivals = [
                    change
                    for change in changes
                    if (change.cohort_id, change.identity) == (cohort_id, identity)
                ]
                assert kept.order == max(change.order for change in rivals)


class TestIdentity:
    @given(st.lists(some.memberships(), max_size=8))
    def test_a_person_has_one_identity_however_many_calls(self, calls: list[Raw]) -> None:
        known = [raw for raw in calls if raw["userId"] is not None]
        for people in folded(known).values():
            assert {identity.kind for identity in map(_as_identity, people)} == {"external_id"}
            assert len(people) <= len(some.PEOPLE)

    @given(st.text(min_size=1), st.text(min_size=1), st.text(min_size=1), st.text(min_size=1))
    @example("a:b", "c", "a", "b:c")
    def test_alias_pairs_never_collide(self, name: str, label: str, other: str, mark: str) -> None:
        pairs = [(name, label), (other, mark)]
        assume(
            all(
                half.strip() and len(half.encode()) <= limits.ALIAS_BYTES
                for pair in pairs
                for half in pair
            )
        )
        calls = [
            {
                "type": "identify",
                "traits": {"vip": True},
                "context": {
                    "personas": {
                        "computation_class": "audience",
                        "computation_id": "aud_1",
                        "computation_key": "vip",
                    },
                    "braze_alias": {"alias_name": half, "alias_label": other_half},
                },
            }
            for half, other_half in pairs
        ]
        assert len(folded(calls)["aud_1"]) == len(set(pairs))

    @given(
        some.any_json(),
        st.lists(st.text(st.characters(exclude_characters=".[]'\"", codec="utf-8"), min_size=1)),
    )
    def test_a_path_never_raises(self, raw: object, steps: list[str]) -> None:
        assume(steps)
        Lookup.of("$." + ".".join(steps), "external_id").find({"context": raw, steps[0]: raw})


class TestMembership:
    @given(some.odd_calls())
    def test_an_absent_one_is_never_a_removal(self, raw: Raw) -> None:
        call = read_call(raw, now_ns=NOW)
        if isinstance(call, Unusable) or call.computation is None:
            return
        found = read_membership(call, RULES)
        if isinstance(found, Unusable) or found[0]:
            return
        value = call.values.get(call.computation.key)
        said_so = value is False or (isinstance(value, str) and value.lower() == "false")
        assert said_so or (
            call.event == "Audience Exited" and call.computation.key not in call.values
        )


class TestTimes:
    @given(st.datetimes(), st.integers(0, 999_999_999), st.integers(0, 9))
    def test_what_is_written_is_read(
        self, moment: Any, nanoseconds: int, digits: int
    ) -> None:  # Any: datetime
        fraction = f"{nanoseconds:09}"[:digits]
        whole = moment.replace(microsecond=0)
        text = whole.isoformat() + (f".{fraction}" if fraction else "") + "Z"
        read = parse_time(text)
        expected = parse_time(whole)
        assert read is not None
        assert expected is not None
        assert read - expected == int(fraction.ljust(9, "0"))
        assert parse_time(text[:-1]) == parse_time(text.replace("T", " ")) == read

    @given(st.text("0123456789-:.TZ+ W", max_size=32))
    @example("2026-11-02T09:15:00.+01Z")
    def test_anything_else_is_refused_and_not_guessed_at(self, text: str) -> None:
        read = parse_time(text)
        assert read is None or (len(text) >= len("2026-11-02") and text[4] == text[7] == "-")

    @given(some.any_json())
    def test_no_value_raises(self, value: object) -> None:
        assert isinstance(parse_time(value), (int, type(None)))
        assert not isinstance(value, float) or parse_time(value) is None or math.isnan(value)


class TestBatches:
    @given(st.lists(some.changes, max_size=30), st.integers(1, 7), st.integers(120, 400))
    def test_no_limit_is_broken_and_nothing_is_lost(
        self, changes: list[MembershipChange], ids: int, max_bytes: int
    ) -> None:
        for people in net_membership(changes).values():
            everyone = list(people.values())
            batches = list(cut(everyone, ids=ids, max_bytes=max_bytes))
            assert [change for batch in batches for change in batch] == everyone
            for batch in batches:
                assert 0 < len(batch) <= ids
                assert encoded(batch) <= max_bytes
                assert max(Counter(change.identity for change in batch).values()) == 1

    @given(st.lists(some.changes, min_size=1, max_size=10))
    def test_batches_are_as_large_as_they_may_be(self, changes: list[MembershipChange]) -> None:
        (people, *_) = net_membership(changes).values()
        everyone = list(people.values())
        assert [len(batch) for batch in cut(everyone, ids=3)] == [
            len(everyone[start : start + 3]) for start in range(0, len(everyone), 3)
        ]


def encoded(batch: list[MembershipChange]) -> int:
    people: list[object] = [
        {"alias_name": one.identity.value, "alias_label": one.identity.label}
        if one.identity.kind == "user_alias"
        else one.identity.value
        for one in batch
    ]
    return len(json.dumps(people, ensure_ascii=False, separators=(",", ":")).encode()) - len("[]")


def _as_identity(identity: Any) -> Any:  # Any: keys of a folded cohort
    return identity

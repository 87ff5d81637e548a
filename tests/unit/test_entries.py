"""What waits for one person, folded, and taken apart again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from braze_engage.engage.deliveries import Delivery
from braze_engage.engage.outcomes import Reason
from braze_engage.sync.entries import TrackEntry, apart, draft
from braze_engage.sync.known import Known
from braze_engage.sync.state import MemoryState
from tests.support.writes import attributes, event, order, tracked, waiting, who

if TYPE_CHECKING:
    from braze_engage.engage.traits import AttributeChange
    from braze_engage.sync.entries import Draft, TrackWaiting


def drafted(*changes: Any, state: MemoryState | None = None, suppress: bool = False) -> Draft:
    """Fold changes of one person."""
    known = MemoryState() if state is None else state
    return draft(tracked(*changes), known, suppress_repeats=suppress)


def bodies(entries: Any) -> list[Any]:  # Any: JSON
    return [json.loads(entry.encoded) for entry in entries]


def positions(found: Any) -> list[int]:
    return [one.tickets[0].position for one in found]


def knowing(name: str, at: int, value: str) -> MemoryState:
    state = MemoryState()
    state.remember(f"attribute {name}", who("u1"), Known(order(at), value))
    return state


class TestDraft:
    def test_sources_and_shadows(self) -> None:
        (entry,) = drafted(
            attributes("u1", 1, a=1), attributes("u1", 2, a=2), attributes("u1", 1, b=1)
        ).attributes
        assert bodies([entry]) == [{"external_id": "u1", "a": 2, "b": 1}]
        assert positions(entry.sources) == [1, 2]
        assert positions(entry.shadowed) == [0]
        assert positions(entry.calls) == [1, 2, 0]

    def test_two_calls_told_apart_by_nothing_share_an_entry(self) -> None:
        same = attributes("u1", 1, a=1)
        (entry,) = drafted(same, attributes("u1", 1, a=1), attributes("u1", 2, b=2)).attributes
        assert positions(entry.sources) == [0, 1, 2]
        assert entry.shadowed == ()

    def test_two_calls_at_one_moment_that_say_different_things(self) -> None:
        (entry,) = drafted(attributes("u1", 1, a=1), attributes("u1", 1, a=2)).attributes
        assert len(entry.sources) == len(entry.shadowed) == 1
        (same,) = drafted(attributes("u1", 1, a=2), attributes("u1", 1, a=1)).attributes
        assert same.encoded == entry.encoded

    def test_entries_of_different_flags_are_told_apart(self) -> None:
        found = drafted(
            attributes("u1", 1, only=True, a=1, b=1),
            attributes("u1", 2, b=2),
            attributes("u1", 3, merge=["o"], o={"x": 1}),
        ).attributes
        assert sorted(bodies(found), key=str) == [
            {"external_id": "u1", "a": 1, "_update_existing_only": True},
            {"external_id": "u1", "b": 2},
            {"external_id": "u1", "o": {"x": 1}, "_merge_objects": True},
        ]
        by_name = {name: entry for entry in found for name in "abo" if name in _names(entry)}
        assert positions(by_name["b"].shadowed) == [0]
        assert by_name["a"].shadowed == by_name["o"].shadowed == ()

    def test_what_braze_accepted_a_newer_value_of_is_left_out(self) -> None:
        found = drafted(attributes("u1", 1, a=1, b=1), state=knowing("a", 2, "5"))
        assert bodies(found.attributes) == [{"external_id": "u1", "b": 1}]
        assert list(found.ended) == []
        ended = drafted(attributes("u1", 1, a=1), state=knowing("a", 2, "5"))
        assert [(reason, *positions([one])) for one, reason in ended.ended] == [
            (Reason.NEWER_KNOWN, 0)
        ]
        assert list(ended.attributes) == []
        same = drafted(attributes("u1", 2, a=1), state=knowing("a", 2, "1"))
        assert len(same.attributes) == 1

    @pytest.mark.parametrize(
        ("suppress", "is_membership", "value", "is_left_out"),
        [
            (True, True, True, True),
            (True, True, False, False),
            (True, False, True, False),
            (False, True, True, False),
        ],
    )
    def test_only_a_membership_that_says_the_same_is_unchanged(
        self, *, suppress: bool, is_membership: bool, value: bool, is_left_out: bool
    ) -> None:
        one = waiting(attributes("u1", 5, key="vip", vip=value), is_membership=is_membership)
        found = draft([one], knowing("vip", 2, "true"), suppress_repeats=suppress)
        assert [reason for _, reason in found.ended] == [Reason.SAME_STATE] * is_left_out

    def test_beside_a_known_membership_the_enrichment_goes(self) -> None:
        one = waiting(attributes("u1", 5, key="vip", vip=True, tier="gold"), is_membership=True)
        found = draft([one], knowing("vip", 2, "true"), suppress_repeats=True)
        assert bodies(found.attributes) == [{"external_id": "u1", "tier": "gold"}]

    def test_points_by_key_and_delivery(self) -> None:
        first = waiting(attributes("u1", 1, key="ltv", a=1, o={"x": 1, "y": {"z": 2}}))
        second = waiting(attributes("u1", 2, key="vip", vip=True, a=2), Delivery.BOOLEAN)
        third = waiting(
            attributes("u1", 3, key=None, other=True), Delivery.IDENTIFY | Delivery.BOOLEAN
        )
        found = draft([first, second, third], MemoryState(), suppress_repeats=False)
        (entry,) = found.attributes
        assert sorted(entry.credits, key=str) == [
            ("", Delivery.IDENTIFY, 1),
            ("ltv", Delivery.IDENTIFY, 2),
            ("vip", Delivery.BOOLEAN, 2),
        ]
        assert (entry.points, found.saved) == (5, 1)
        (event_entry,) = drafted(event("u1", 1, name="ecommerce.order_placed")).events
        assert event_entry.points == 0

    @pytest.mark.parametrize(
        ("kind", "only", "creates"),
        [
            ("external_id", None, True),
            ("external_id", False, True),
            ("external_id", True, False),
            ("user_alias", None, False),
            ("user_alias", False, True),
            ("braze_id", None, False),
            ("braze_id", False, False),
            ("email", None, True),
        ],
    )
    def test_who_may_be_created(self, kind: str, *, only: bool | None, creates: bool) -> None:
        (entry,) = drafted(attributes(who("x", kind), 1, only=only, a=1)).attributes
        assert entry.creates is creates
        change = event(who("x", kind), 1)
        flag = {} if only is None else {"_update_existing_only": only}
        (entry,) = drafted(change._replace(event={**change.event, **flag})).events
        assert entry.creates is creates

    def test_events_come_in_order(self) -> None:
        found = drafted(event("u1", 3), event("u1", 1), event("u1", 2))
        assert positions(one.sources[0] for one in found.events) == [1, 2, 0]
        assert found.attributes == []


def _names(entry: TrackEntry) -> set[str]:
    return set(entry.write.attributes) if entry.write else set()


class TestApart:
    def taken_apart(self, *changes: AttributeChange) -> list[list[Any]]:
        (entry,) = drafted(*changes).attributes
        return [bodies(round_) for round_ in apart(entry)]

    def test_what_comes_from_one_call_cannot_be_taken_apart(self) -> None:
        assert self.taken_apart(attributes("u1", 1, a=1, b=2)) == []
        (entry,) = drafted(event("u1", 1)).events
        assert apart(entry) == []

    def test_calls_about_different_attributes_share_a_round(self) -> None:
        found = self.taken_apart(attributes("u1", 2, b=2), attributes("u1", 1, a=1))
        assert found == [[{"external_id": "u1", "a": 1}, {"external_id": "u1", "b": 2}]]

    def test_calls_about_the_same_attribute_go_one_after_the_other(self) -> None:
        found = self.taken_apart(
            attributes("u1", 1, a=1), attributes("u1", 3, a=3), attributes("u1", 2, a=2, b=2)
        )
        assert found == [
            [{"external_id": "u1", "a": 1}],
            [{"external_id": "u1", "a": 2, "b": 2}],
            [{"external_id": "u1", "a": 3}],
        ]

    def test_the_rounds_leave_what_the_entry_would_have_left(self) -> None:
        changes = [
            attributes("u1", at)._replace(attributes={name: at})
            for at, name in enumerate(["a", "b", "a", "c", "b", "a"])
        ]
        (entry,) = drafted(*changes).attributes
        written: dict[str, Any] = {}
        for round_ in apart(entry):
            names = [name for part in round_ for name in _names(part)]
            assert len(names) == len(set(names))
            for body in bodies(round_):
                written |= body
        assert written == json.loads(entry.encoded)

    def test_every_call_stands_in_exactly_one_part(self) -> None:
        (entry,) = drafted(*(attributes("u1", at, a=at) for at in range(4))).attributes
        parts = [part for round_ in apart(entry) for part in round_]
        assert [positions(part.calls) for part in parts] == [[0], [1], [2], [3]]
        everyone: list[TrackWaiting] = [one for part in parts for one in part.calls]
        assert set(map(id, everyone)) == set(map(id, entry.calls))

"""What a write costs on contracts that count data points."""

from __future__ import annotations

import pytest

from braze_engage.engage.data_points import attribute_points, attributes_points, event_points


@pytest.mark.parametrize(
    ("value", "points"),
    [
        (1, 1),
        ("", 1),
        (None, 1),
        (False, 1),
        ([], 1),
        (["a", "b", "c"], 1),
        ({}, 1),
        ({"a": 1}, 1),
        ({"a": 1, "b": {"c": 2, "d": [1, 2]}}, 3),
        ({"a": {}, "b": 1}, 2),
        ([{"a": 1, "b": 2}, {"a": 3}], 3),
        ([{}, {"a": 1}], 2),
        ({"$time": "2026-11-02T00:00:00Z"}, 1),
        ({"when": {"$time": "2026-11-02T00:00:00Z"}, "n": 1}, 2),
        ([{"a": [{"b": 1, "c": 2}]}], 2),
    ],
)
def test_every_leaf_counts_and_a_list_as_a_whole(value: object, points: int) -> None:
    assert attribute_points("anything", value) == points


@pytest.mark.parametrize("name", ["email_subscribe", "push_subscribe", "subscription_groups"])
def test_subscriptions_are_free(name: str) -> None:
    group = {"subscription_group_id": "x", "subscription_state": "subscribed"}
    assert attribute_points(name, [group]) == 0
    assert attributes_points({name: "subscribed", "a": 1}) == 1


def test_a_location_is_one() -> None:
    assert attribute_points("current_location", {"latitude": 1.0, "longitude": 2.0}) == 1


def test_of_an_entry_every_attribute_counts() -> None:
    assert attributes_points({"a": 1, "email": "a@x.test", "o": {"x": 1, "y": 2}}) == 4
    assert attributes_points({}) == 0


@pytest.mark.parametrize(
    ("name", "points"),
    [("Visited", 1), ("ecommerce.order_placed", 0), ("ecommerce", 1), ("Ecommerce.x", 1)],
)
def test_an_event_is_one_unless_braze_recommends_it(name: str, points: int) -> None:
    assert event_points({"name": name, "properties": {"a": {"b": 1}}}) == points
    assert event_points({}) == 1

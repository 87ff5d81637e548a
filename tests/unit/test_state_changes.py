"""What is asked and noted of all attributes of a change at once, beside the same one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from braze_engage import SqliteState
from braze_engage.engage.calls import OrderKey
from braze_engage.engage.identity import Identity
from braze_engage.sync.known import Detecting, attribute_subject
from tests.support.stores import NOW_NS, SECOND, Clock

if TYPE_CHECKING:
    import pytest

NAMES = ("a", "b", "c")
LONG = "long" * 40
VALUES = st.sampled_from([1, True, None, "x", LONG])
ORDERS = st.builds(
    lambda at, message_id, value: OrderKey(NOW_NS + at * SECOND, NOW_NS, message_id, value),
    st.integers(0, 5),
    st.sampled_from(["m1", "m2", ""]),
    st.sampled_from(["", "1", LONG]),
)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["accepted", "created", "still", "doubt", "commit", "bury"]),
        st.integers(0, 1),
        ORDERS,
        st.dictionaries(st.sampled_from(NAMES), VALUES, min_size=1, max_size=3),
    ),
    max_size=15,
)


def take(state: SqliteState, step: tuple[Any, ...], *, singly: bool) -> None:
    name, number, order, attributes = step
    who = Identity("external_id", f"u{number}")
    how: Any = Detecting if singly else SqliteState
    if name in ("accepted", "created"):
        how.all_accepted(state, who, order, attributes, creates=name == "created")
    elif name == "still":
        how.all_still(state, who, order, attributes)
    elif name == "doubt":
        state.doubt(attribute_subject("a"), who)
    elif name == "bury":
        state.bury(who, order.time_ns)
    else:
        state.commit()
    assert how.compared(state, who, order, attributes) == (
        Detecting.compared(state, who, order, attributes)
    )


@given(STEPS)
@settings(max_examples=80, deadline=None)
def test_it_comes_to_the_same_as_one_by_one(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[Any, ...]]
) -> None:
    directory = tmp_path_factory.mktemp("changes")
    clock = Clock()
    key = "a key for both of them"
    states = [
        SqliteState(directory / name, key=key, now_ns=clock) for name in ("singly.db", "whole.db")
    ]
    for step in steps:
        clock.move(seconds=30)
        for state, singly in zip(states, (True, False), strict=True):
            take(state, step, singly=singly)
    told = [
        [
            (state.entry(attribute_subject(name), who), state.is_created(who))
            for name in NAMES
            for who in (Identity("external_id", "u0"), Identity("external_id", "u1"))
        ]
        for state in states
    ]
    assert told[0] == told[1]
    for state in states:
        state.close()

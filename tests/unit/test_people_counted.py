"""People are counted once each, up to a bound, in little memory."""

from __future__ import annotations

import tracemalloc

from hypothesis import given
from hypothesis import strategies as st

from braze_engage.sync.people_counted import PeopleCounted


@given(st.lists(st.integers(-(2**63), 2**63 - 1) | st.integers(-3, 3), max_size=50))
def test_each_is_counted_once(people: list[int]) -> None:
    counted = PeopleCounted(1_000)
    for person in people:
        counted.add([person])
    # nobody in particular is 0, which marks a free place
    assert len(counted) == len({person or 1 for person in people})


def test_many_are_counted_with_and_without_common_bits() -> None:
    counted = PeopleCounted(100_000)
    for person in range(1, 5_001):
        counted.add([person << 20])
        counted.add([person << 44 | 1])
        counted.add([person << 20])
    assert len(counted) == 10_000


def test_no_more_are_counted_than_the_bound() -> None:
    counted = PeopleCounted(3)
    for person in (11, 11, 12, 13, 14, 15):
        counted.add([person])
    assert len(counted) == 3


def test_twenty_thousand_take_less_than_a_megabyte() -> None:
    tracemalloc.start()
    try:
        counted = PeopleCounted(1_000_000)
        for person in range(20_000):
            counted.add([hash(("external_id", f"u-{person}"))])
        assert tracemalloc.get_traced_memory()[0] < 1_000_000
        assert len(counted) == 20_000
    finally:
        tracemalloc.stop()

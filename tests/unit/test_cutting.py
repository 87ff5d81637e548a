"""One request of `/users/track` on its way to being full."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from braze_engage import limits
from braze_engage.objects import TrackLimits
from braze_engage.sync.cutting import TrackCut
from braze_engage.sync.entries import Draft, draft
from braze_engage.sync.state import MemoryState
from braze_engage.sync.track_size import TrackSize
from braze_engage.sync.unchanged import Unchanged
from tests.support.writes import attributes, event, tracked

if TYPE_CHECKING:
    from braze_engage.engage.events import EventChange
    from braze_engage.engage.traits import AttributeChange

NOTHING = Unchanged(MemoryState(), suppress_repeats=False)
LARGE = "x" * (limits.REQUEST_BYTES // 4)


def drafted(person: str, *, attribute_entries: int = 0, events: int = 0, filler: str = "") -> Draft:
    # of different flags each: who must create nobody first, as that is older
    names = (("a", True), ("b", None), ("c", False))[:attribute_entries]
    changes: list[AttributeChange | EventChange] = [
        *(
            attributes(person, at, only=only)._replace(attributes={name: filler})
            for at, (name, only) in enumerate(names)
        ),
        *(event(person, at, properties={"p": filler}) for at in range(events)),
    ]
    return draft(tracked(*changes), MemoryState(), suppress_repeats=False)


def filled(cut: TrackCut, attribute_entries: int, events: int) -> None:
    for number in range(attribute_entries):
        take(cut, drafted(f"a{number}", attribute_entries=1))
    for number in range(events):
        take(cut, drafted(f"e{number}", events=1))


def take(cut: TrackCut, one: Draft) -> tuple[int, int] | None:
    """Put in what fits; how many entries that were, and how many changes have to wait."""
    taken = cut.take(one)
    if taken is None:
        return None
    cut.add(taken[0])
    return len(taken[0]), len(taken[1])


@pytest.mark.parametrize(("attribute_entries", "events"), [(75, 0), (0, 75), (40, 35)])
def test_75_objects_together_fill_a_request(attribute_entries: int, events: int) -> None:
    cut = TrackCut(TrackSize(TrackLimits.COMBINED_75))
    filled(cut, attribute_entries, events)
    assert cut.is_full
    assert take(cut, drafted("u1", attribute_entries=1)) is None
    assert take(cut, drafted("u1", events=1)) is None


def test_75_objects_of_each_array_fill_a_request_on_older_contracts() -> None:
    cut = TrackCut(TrackSize(TrackLimits.LEGACY_225))
    filled(cut, 74, 74)
    assert take(cut, drafted("u1", attribute_entries=1, events=1)) == (2, 0)
    assert cut.is_full
    assert len(cut.entries) == 150


def test_attributes_of_a_person_go_together() -> None:
    cut = TrackCut(TrackSize(TrackLimits.COMBINED_75))
    filled(cut, 74, 0)
    two = drafted("u1", attribute_entries=2)
    assert len(two.attributes) == 2
    assert take(cut, two) is None
    assert take(cut, drafted("u2", attribute_entries=1)) == (1, 0)


def test_events_that_do_not_fit_have_to_wait() -> None:
    cut = TrackCut(TrackSize(TrackLimits.COMBINED_75))
    filled(cut, 73, 0)
    assert take(cut, drafted("u1", attribute_entries=1, events=4)) == (2, 3)
    assert cut.is_full


def test_a_person_of_whom_only_events_are_left_and_none_fits_opens_the_next_request() -> None:
    cut = TrackCut(TrackSize(TrackLimits.LEGACY_225))
    filled(cut, 1, 75)
    assert take(cut, drafted("u1", events=1)) is None
    assert take(cut, drafted("u1", attribute_entries=1, events=1)) == (1, 1)


def test_bytes_count_as_well() -> None:
    cut = TrackCut(TrackSize(TrackLimits.COMBINED_75))
    assert take(cut, drafted("u1", attribute_entries=3, filler=LARGE)) == (3, 0)
    assert take(cut, drafted("u2", attribute_entries=1, filler=LARGE)) is None
    assert take(cut, drafted("u2", events=1, filler=LARGE)) is None
    assert take(cut, drafted("u3", attribute_entries=1)) == (1, 0)
    assert not cut.is_full


def test_events_over_the_limit_of_bytes_have_to_wait() -> None:
    cut = TrackCut(TrackSize(TrackLimits.COMBINED_75))
    assert take(cut, drafted("u1", events=6, filler=LARGE)) == (3, 3)


def test_what_is_over_the_limit_alone_goes_alone() -> None:
    for one in (
        drafted("u1", attribute_entries=1, filler=LARGE * 5),
        drafted("u1", events=1, filler=LARGE * 5),
    ):
        cut = TrackCut(TrackSize(TrackLimits.COMBINED_75))
        assert take(cut, one) == (1, 0)
        assert take(cut, drafted("u2", events=1)) is None


def test_of_nothing_everything_fits() -> None:
    assert TrackCut(TrackSize(TrackLimits.COMBINED_75)).take(Draft([], [], [], 0, NOTHING)) == (
        [],
        [],
    )

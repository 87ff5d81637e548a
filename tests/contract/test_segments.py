"""Every row of the segments group against the fake, over a real socket."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING

import pytest

from braze_engage import BadRequest, BrazeClient
from braze_engage.errors import ConfigurationError
from braze_engage.rest.segments import Segments

if TYPE_CHECKING:
    from collections.abc import Callable

    from braze_engage.testing import FakeBraze


def _list(braze: BrazeClient, fake: FakeBraze) -> None:
    made = [fake.segments.add(f"Segment {number}", tags=["a"]) for number in range(205)]
    page = braze.segments.list(page=2)
    assert [segment.name for segment in page.segments] == [one.name for one in made[200:]]
    newest = next(braze.segments.list.items(sort_direction="desc"))
    assert (newest.id, newest.tags) == (made[-1].id, ("a",))
    before = fake.requests_total
    assert [segment.id for segment in braze.segments.list.items()] == [one.id for one in made]
    assert fake.requests_total - before == 3


def _get(braze: BrazeClient, fake: FakeBraze) -> None:
    made = fake.segments.add("Dormant shoppers", tags=["shop"])
    made.description = "Last used these apps more than 30 days ago"
    found = braze.segments.get(segment_id=made.id)
    assert (found.name, found.description, found.tags) == (made.name, made.description, ("shop",))
    with pytest.raises(BadRequest, match="Invalid Segment ID"):
        braze.segments.get(segment_id="unknown")


def _data_series(braze: BrazeClient, fake: FakeBraze) -> None:
    made = fake.segments.add("Dormant shoppers", size=7)
    last = datetime(2026, 11, 2, 12, tzinfo=timezone.utc)
    found = braze.segments.data_series(segment_id=made.id, length=3, ending_at=last)
    assert [(day.time, day.size) for day in found.data] == [
        ("2026-10-31", 7),
        ("2026-11-01", 7),
        ("2026-11-02", 7),
    ]
    made.analytics_tracking_enabled = False
    with pytest.raises(BadRequest, match="not enabled"):
        braze.segments.data_series(segment_id=made.id, length=3)


def _cancel_export(braze: BrazeClient, fake: FakeBraze) -> None:
    made = fake.segments.add("Dormant shoppers")
    made.running_exports = 2
    assert braze.segments.cancel_export(segment_id=made.id).message == "success"
    assert made.running_exports == 0


SCENES: dict[str, Callable[[BrazeClient, FakeBraze], None]] = {
    "list": _list,
    "get": _get,
    "data_series": _data_series,
    "cancel_export": _cancel_export,
}


@pytest.mark.parametrize("scene", SCENES)
def test_a_row_does_at_the_fake_what_braze_documents(
    scene: str, braze: BrazeClient, fake_braze: FakeBraze
) -> None:
    SCENES[scene](braze, fake_braze)


def test_every_row_has_a_scene() -> None:
    assert {row.name for row in Segments.operations()} == set(SCENES)


def test_limits_are_checked_before_sending(braze: BrazeClient, fake_braze: FakeBraze) -> None:
    for wrong in (
        lambda: braze.segments.list(page=-1),
        lambda: braze.segments.list.items(sort_direction="up"),  # type: ignore[arg-type]  # on purpose
        lambda: braze.segments.get(segment_id=""),
        lambda: braze.segments.data_series(segment_id="s", length=0),
        lambda: braze.segments.data_series(segment_id="s", length=101),
        lambda: braze.segments.data_series(segment_id="s", length=True),
        lambda: braze.segments.cancel_export(segment_id=""),
    ):
        with pytest.raises(ConfigurationError, match=r"Segment"):
            wrong()
    assert fake_braze.requests == []

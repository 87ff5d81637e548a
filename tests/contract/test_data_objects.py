"""Data Objects and how they relate, against the fake over a real socket."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from braze_engage.errors import ConfigurationError

if TYPE_CHECKING:
    from braze_engage import BrazeClient
    from braze_engage.testing import FakeBraze

OBJECT = "/data_objects/objects/store/s-1"


def test_an_object_is_written_with_its_attributes(
    braze: BrazeClient, fake_braze: FakeBraze
) -> None:
    objects = braze.data_objects
    objects.create(type_name="store", external_id="s-1", attributes={"city": "Porto"})
    objects.update(type_name="store", external_id="s-1", attributes={"city": None})
    objects.delete(type_name="store", external_id="s-1")
    made, changed, deleted = fake_braze.requests
    assert (made.method, made.path) == ("POST", "/data_objects/objects/store")
    assert made.json == {"external_id": "s-1", "attributes": {"city": "Porto"}}
    assert (changed.method, changed.path) == ("PATCH", OBJECT)
    assert changed.json == {"attributes": {"city": None}}
    assert (deleted.method, deleted.path, deleted.body) == ("DELETE", OBJECT, b"")


def test_objects_are_read_page_by_page(braze: BrazeClient, fake_braze: FakeBraze) -> None:
    page = braze.data_objects.list(type_name="store", limit=250)
    assert page.items
    assert "limit=250" in fake_braze.requests[-1].query


def test_limits_are_checked_before_sending(braze: BrazeClient, fake_braze: FakeBraze) -> None:
    objects = braze.data_objects
    for wrong in (
        lambda: objects.get(type_name="", external_id="s-1"),
        lambda: objects.get(type_name="store", external_id=""),
        lambda: objects.list(type_name="store", limit=251),
        lambda: objects.list(type_name="store", offset=-1),
    ):
        with pytest.raises(ConfigurationError, match="DataObject"):
            wrong()
    assert fake_braze.requests == []

"""Every row of the device_messaging group against the fake, over a real socket."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

import pytest

from braze_engage.credentials import ClientSideRestKey
from braze_engage.errors import ConfigurationError
from braze_engage.rest.answers import read_answer
from braze_engage.rest.device_messaging import (
    Banner,
    BannerEvent,
    BannerEventError,
    BannerProperty,
    DeviceMessaging,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from braze_engage import BrazeClient
    from braze_engage.testing import FakeBraze

NOON = datetime(2026, 11, 2, 12, tzinfo=timezone.utc)
DEVICE: dict[str, Any] = {"external_user_id": "ana", "app_id": "app", "app_version": "1.2"}
CLICK = BannerEvent(id="b1", event_type="click", timestamp=NOON)


def _sync_banners(braze: BrazeClient, fake: FakeBraze) -> None:
    found = braze.device_messaging.sync_banners(**DEVICE, placements=["home", "cart"])
    assert fake.requests[-1].json == {**DEVICE, "placements": ["home", "cart"]}
    assert fake.requests[-1].headers["authorization"] == f"Bearer {fake.client_side_key}"
    (banner,) = found.banners.values()
    assert isinstance(banner, Banner)


def _track_banner_events(braze: BrazeClient, fake: FakeBraze) -> None:
    found = braze.device_messaging.track_banner_events(**DEVICE, events=[CLICK])
    assert fake.requests[-1].json == {
        **DEVICE,
        "events": [{"id": "b1", "event_type": "click", "timestamp": "2026-11-02T12:00:00.000Z"}],
    }
    assert (found.message, found.errors) == ("success", ())


SCENES: dict[str, Callable[[BrazeClient, FakeBraze], None]] = {
    "sync_banners": _sync_banners,
    "track_banner_events": _track_banner_events,
}


@pytest.mark.parametrize("scene", SCENES)
def test_a_row_does_at_the_fake_what_braze_documents(
    scene: str, braze: BrazeClient, fake_braze: FakeBraze
) -> None:
    SCENES[scene](braze, fake_braze)


def test_every_row_has_a_scene() -> None:
    assert {row.name for row in DeviceMessaging.operations()} == set(SCENES)


def test_limits_are_checked_before_sending(braze: BrazeClient, fake_braze: FakeBraze) -> None:
    rows: Any = braze.device_messaging  # a caller without type checker
    for words, wrong in (
        ("placements", lambda: rows.sync_banners(**DEVICE, placements=[])),
        ("events", lambda: rows.track_banner_events(**DEVICE, events=[])),
        (
            "986",
            lambda: rows.sync_banners(
                **{**DEVICE, "external_user_id": "x" * 987}, placements=["a"]
            ),
        ),
        (
            "255",
            lambda: rows.sync_banners(**{**DEVICE, "app_version": "1" * 256}, placements=["a"]),
        ),
        ("app_id", lambda: rows.sync_banners(**{**DEVICE, "app_id": ""}, placements=["a"])),
        ("event_type", lambda: BannerEvent(id="b", event_type="open", timestamp=NOON)),  # type: ignore[arg-type]  # on purpose
        ("timestamp", lambda: BannerEvent(id="b", event_type="click", timestamp="now")),  # type: ignore[arg-type]  # on purpose
    ):
        with pytest.raises(ConfigurationError, match=words):
            wrong()
    assert fake_braze.requests == []


def test_a_placement_without_banner_is_none() -> None:
    body = (
        b'{"banners": {"cart": null, "home": {"id": "b1", "expires_at": -1, '
        b'"properties": {"colour": {"type": "jsonobject", "value": {"r": [1, 2]}}}}}}'
    )
    found = read_answer(
        DeviceMessaging.sync_banners,
        body,
        status=200,
        attempts=1,
        key=ClientSideRestKey("rest-key-mark"),
    )
    assert found.banners["cart"] is None
    banner = found.banners["home"]
    assert banner is not None
    assert banner.properties["colour"] == BannerProperty(type="jsonobject", value={"r": [1, 2]})


def test_refused_events_are_told_by_their_place() -> None:
    body = (
        b'{"events_processed": 1, "message": "success", "errors": [{"type": "late", "index": 1}]}'
    )
    row = DeviceMessaging.track_banner_events
    found = read_answer(row, body, status=202, attempts=1, key=ClientSideRestKey("rest-key-mark"))
    assert (found.events_processed, found.errors) == (1, (BannerEventError(type="late", index=1),))

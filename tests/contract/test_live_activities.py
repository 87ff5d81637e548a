"""Every row of the live_activities group against the fake, over a real socket."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

import pytest

from braze_engage.errors import ConfigurationError
from braze_engage.objects import ApplePushAlert, LiveActivityNotification
from braze_engage.operation import Replay
from braze_engage.rest.filters import attribute
from braze_engage.rest.live_activities import LiveActivities, UpdateLiveActivity

if TYPE_CHECKING:
    from collections.abc import Callable

    from braze_engage import BrazeClient
    from braze_engage.testing import FakeBraze

NOON = datetime(2026, 11, 2, 12, tzinfo=timezone.utc)
KICK_OFF = LiveActivityNotification(alert=ApplePushAlert(title="Kick-off", body="It begins"))
MATCH: dict[str, Any] = {
    "app_id": "app",
    "activity_id": "match-1",
    "activity_attributes_type": "MatchAttributes",
    "activity_attributes": {"home": "Rome"},
    "content_state": {"score": [0, 0]},
    "notification": KICK_OFF,
}


def _start(braze: BrazeClient, fake: FakeBraze) -> None:
    fans = attribute("club").text.equals("Rome")
    answer = braze.live_activities.start(**MATCH, custom_audience=fans, stale_date=NOON)
    assert answer.message == "success"
    assert fake.requests[-1].json == {
        **MATCH,
        "notification": {"alert": {"title": "Kick-off", "body": "It begins"}},
        "custom_audience": fans.to_json(),
        "stale_date": "2026-11-02T12:00:00.000Z",
    }


def _update(braze: BrazeClient, fake: FakeBraze) -> None:
    answer = braze.live_activities.update(
        app_id="app",
        activity_id="match-1",
        content_state={"score": [1, 0]},
        end_activity=True,
        dismissal_date=NOON,
    )
    assert answer.message == "success"
    assert fake.requests[-1].json == {
        "app_id": "app",
        "activity_id": "match-1",
        "content_state": {"score": [1, 0]},
        "end_activity": True,
        "dismissal_date": "2026-11-02T12:00:00.000Z",
    }


SCENES: dict[str, Callable[[BrazeClient, FakeBraze], None]] = {"start": _start, "update": _update}


@pytest.mark.parametrize("scene", SCENES)
def test_a_row_does_at_the_fake_what_braze_documents(
    scene: str, braze: BrazeClient, fake_braze: FakeBraze
) -> None:
    SCENES[scene](braze, fake_braze)


def test_every_row_has_a_scene() -> None:
    assert {row.name for row in LiveActivities.operations()} == set(SCENES)


def test_limits_are_checked_before_sending(braze: BrazeClient, fake_braze: FakeBraze) -> None:
    for words, wrong in (
        ("exactly one of", {}),
        ("exactly one of", {"segment_id": "s", "external_user_ids": ["u"]}),
        ("51 external_user_ids", {"external_user_ids": ["u"] * 51}),
        (r"external_user_ids\[0\]", {"external_user_ids": ["x" * 988]}),
        ("segment_id", {"segment_id": ""}),
        ("a connected audience", {"custom_audience": {"AND": []}}),
        ("activity_attributes", {"segment_id": "s", "activity_attributes": None}),
        ("notification", {"segment_id": "s", "notification": {"alert": "Hi"}}),
        ("activity_id", {"segment_id": "s", "activity_id": ""}),
    ):
        with pytest.raises(ConfigurationError, match=words):
            braze.live_activities.start(**{**MATCH, **wrong})
    with pytest.raises(ConfigurationError, match="end_activity"):
        braze.live_activities.update(
            app_id="app",
            activity_id="match-1",
            content_state={},
            end_activity="yes",  # type: ignore[arg-type]  # on purpose
        )
    assert fake_braze.requests == []


def test_only_a_notification_would_be_shown_twice() -> None:
    quiet = UpdateLiveActivity(app_id="a", activity_id="m", content_state={})
    loud = UpdateLiveActivity(app_id="a", activity_id="m", content_state={}, notification=KICK_OFF)
    row = LiveActivities.update
    assert (row.replay_of(quiet), row.replay_of(loud)) == (Replay.ALWAYS, Replay.IF_UNSENT)

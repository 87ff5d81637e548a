"""Every row of the canvas group against the fake, over a real socket."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest

from braze_engage import BadRequest, BrazeClient
from braze_engage.errors import ConfigurationError
from braze_engage.objects import Recipient, RecipientAttributes, Schedule
from braze_engage.rest.canvas import Canvas
from braze_engage.rest.canvas_trigger import TriggerCanvas
from braze_engage.rest.filters import email_subscription

if TYPE_CHECKING:
    from collections.abc import Callable

    from braze_engage.testing import FakeBraze
    from braze_engage.testing.launches import Canvas as FakeCanvas

LATER = datetime(2030, 1, 1, 9, tzinfo=timezone.utc)
ANA = Recipient(external_user_id="ana")


def _made(fake: FakeBraze) -> FakeCanvas:
    made = fake.canvases.add("Welcome", tags=["new"])
    made.variants.append({"id": "v1", "name": "Variant 1", "first_step_ids": ["s1"]})
    made.steps.append(
        {
            "id": "s1",
            "name": "Hello",
            "type": "message",
            "next_paths": [{"name": "Everyone", "next_step_id": "s2"}],
            "messages": {"m1": {"channel": "email", "name": "Hello", "subject": "Hi"}},
        }
    )
    return made


def _list(braze: BrazeClient, fake: FakeBraze) -> None:
    made = [fake.canvases.add(f"Canvas {number}") for number in range(101)]
    assert [canvas.id for canvas in braze.canvas.list.items()] == [one.id for one in made]
    (last,) = braze.canvas.list(page=1).canvases
    assert (last.name, last.tags) == ("Canvas 100", ())
    made[0].archived = True
    assert braze.canvas.list().canvases[0].name == "Canvas 1"


def _get(braze: BrazeClient, fake: FakeBraze) -> None:
    made = _made(fake)
    found = braze.canvas.get(canvas_id=made.id)
    assert (found.name, found.tags, found.channels) == ("Welcome", ("new",), ("email",))
    assert found.variants[0].first_step_ids == ("s1",)
    (step,) = found.steps
    assert (step.id, step.next_paths[0].next_step_id) == ("s1", "s2")
    assert step.messages["m1"].subject == "Hi"
    assert found.first_entry is None
    with pytest.raises(BadRequest, match="canvas_id must be a string"):
        braze.canvas.get(canvas_id="unknown")


def _data_series(braze: BrazeClient, fake: FakeBraze) -> None:
    made, now = _made(fake), datetime.now(timezone.utc)
    braze.canvas.trigger_send(canvas_id=made.id, recipients=[ANA])
    found = braze.canvas.data_series(
        canvas_id=made.id,
        ending_at=now,
        starting_at=now - timedelta(days=1),
        include_variant_breakdown=True,
        include_step_breakdown=True,
    )
    assert found.data.name == "Welcome"
    before, today = found.data.stats
    assert before.total_stats is not None
    assert today.total_stats is not None
    assert (before.total_stats.entries, today.total_stats.entries) == (0, 1)
    assert (today.variant_stats["v1"].name, today.variant_stats["v1"].entries) == ("Variant 1", 1)
    assert (today.step_stats["s1"].name, today.step_stats["s1"].messages) == ("Hello", {})
    bare = braze.canvas.data_series(canvas_id=made.id, ending_at=now, length=14)
    assert len(bare.data.stats) == 14
    assert bare.data.stats[0].variant_stats == {}


def _data_summary(braze: BrazeClient, fake: FakeBraze) -> None:
    made, now = _made(fake), datetime.now(timezone.utc)
    for _ in range(2):
        braze.canvas.trigger_send(canvas_id=made.id, recipients=[ANA])
    found = braze.canvas.data_summary(
        canvas_id=made.id, ending_at=now, length=3, include_variant_breakdown=True
    )
    assert found.data.total_stats is not None
    assert (found.data.total_stats.entries, found.data.total_stats.revenue) == (2, 0.0)
    assert found.data.variant_stats["v1"].entries == 2
    assert found.data.step_stats == {}


def _link_alias_details(braze: BrazeClient, fake: FakeBraze) -> None:
    made = _made(fake)
    made.links["m1"] = [{"link_URL": "https://a.example", "link_id": "l1", "link_alias": "shop"}]
    found = braze.canvas.link_alias_details(
        canvas_id=made.id, canvas_step_id="s1", message_variation_id="m1", includes_link_id=True
    )
    assert (found.channel, found.link_data[0].link_id) == ("email", "l1")
    with pytest.raises(BadRequest, match="Missing or Invalid Message Variant ID"):
        braze.canvas.link_alias_details(canvas_id=made.id, message_variation_id="m2")


def _trigger_send(braze: BrazeClient, fake: FakeBraze) -> None:
    made = _made(fake)
    subscribed = email_subscription.is_("subscribed")
    result = braze.canvas.trigger_send(
        canvas_id=made.id,
        context={"plan": "gold"},
        audience=subscribed,
        recipients=[
            Recipient(external_user_id="ana", context={"plan": "silver"}),
            Recipient(
                external_user_id="ben",
                attributes=RecipientAttributes(home_city="Rome"),
                send_to_existing_only=False,
            ),
        ],
    )
    (send,) = made.sends
    assert (result.notice, result.dispatch_id) == (None, send.dispatch_id)
    assert send.request["context"] == {"plan": "gold"}
    assert send.request["audience"] == subscribed.to_json()
    assert send.recipients[0]["context"] == {"plan": "silver"}
    assert fake.users["ben"].home_city == "Rome"
    made.enabled = False
    paused = braze.canvas.trigger_send(canvas_id=made.id, broadcast=True)
    assert paused.notice is not None
    assert (paused.message, paused.dispatch_id) == ("success", None)
    assert len(made.sends) == 1
    with pytest.raises(BadRequest, match="canvas_id"):
        braze.canvas.trigger_send(canvas_id="unknown", broadcast=True)


def _trigger_schedule_create(braze: BrazeClient, fake: FakeBraze) -> None:
    made = _made(fake)
    result = braze.canvas.trigger_schedule_create(
        canvas_id=made.id,
        canvas_entry_properties={"plan": "gold"},
        broadcast=True,
        schedule=Schedule(time=LATER),
    )
    waiting = made.schedules[result.schedule_id]
    assert waiting.request["canvas_entry_properties"] == {"plan": "gold"}
    assert waiting.schedule["time"] == "2030-01-01T09:00:00.000Z"


def _scheduled(braze: BrazeClient, fake: FakeBraze) -> tuple[FakeCanvas, str]:
    made = _made(fake)
    result = braze.canvas.trigger_schedule_create(
        canvas_id=made.id, broadcast=True, schedule=Schedule(time=LATER)
    )
    return made, result.schedule_id


def _trigger_schedule_update(braze: BrazeClient, fake: FakeBraze) -> None:
    made, schedule_id = _scheduled(braze, fake)
    best = Schedule(time="2030-01-02", at_optimal_time=True)
    braze.canvas.trigger_schedule_update(canvas_id=made.id, schedule_id=schedule_id, schedule=best)
    assert made.schedules[schedule_id].schedule == {"time": "2030-01-02", "at_optimal_time": True}
    with pytest.raises(BadRequest, match="Invalid Schedule ID"):
        braze.canvas.trigger_schedule_update(canvas_id=made.id, schedule=best)


def _trigger_schedule_delete(braze: BrazeClient, fake: FakeBraze) -> None:
    made, schedule_id = _scheduled(braze, fake)
    delete = braze.canvas.trigger_schedule_delete
    assert delete(canvas_id=made.id, schedule_id=schedule_id).message == "success"
    assert made.schedules == {}


def _duplicate(braze: BrazeClient, fake: FakeBraze) -> None:
    made = _made(fake)
    braze.canvas.duplicate(canvas_id=made.id, name="Copy", tag_names=["other"])
    _, copy = fake.canvases.values()
    assert (copy.name, copy.tags, copy.steps) == ("Copy", ["other"], made.steps)
    copy.steps.clear()
    assert made.steps


SCENES: dict[str, Callable[[BrazeClient, FakeBraze], None]] = {
    "list": _list,
    "get": _get,
    "data_series": _data_series,
    "data_summary": _data_summary,
    "link_alias_details": _link_alias_details,
    "trigger_send": _trigger_send,
    "trigger_schedule_create": _trigger_schedule_create,
    "trigger_schedule_update": _trigger_schedule_update,
    "trigger_schedule_delete": _trigger_schedule_delete,
    "duplicate": _duplicate,
}


@pytest.mark.parametrize("scene", SCENES)
def test_a_row_does_at_the_fake_what_braze_documents(
    scene: str, braze: BrazeClient, fake_braze: FakeBraze
) -> None:
    SCENES[scene](braze, fake_braze)


def test_every_row_has_a_scene() -> None:
    assert {row.name for row in Canvas.operations()} == set(SCENES)


def test_limits_are_checked_before_sending(braze: BrazeClient, fake_braze: FakeBraze) -> None:
    send, series = braze.canvas.trigger_send, braze.canvas.data_series
    campaigns_only = Recipient(external_user_id="u", trigger_properties={"a": 1})
    for words, wrong in (
        ("names nobody", lambda: send(canvas_id="c")),
        ("broadcast and recip", lambda: send(canvas_id="c", broadcast=True, recipients=[ANA])),
        ("51 recipients", lambda: send(canvas_id="c", recipients=[ANA] * 51)),
        ("trigger_properties", lambda: send(canvas_id="c", recipients=[campaigns_only])),
        (
            "two names of one thing",
            lambda: send(
                canvas_id="c", broadcast=True, context={"a": 1}, canvas_entry_properties={"a": 1}
            ),
        ),
        ("51,200", lambda: send(canvas_id="c", broadcast=True, context={"a": "x" * 52_000})),
        ("starting_at, length", lambda: series(canvas_id="c", ending_at=LATER)),
        ("1 to 14", lambda: series(canvas_id="c", ending_at=LATER, length=15)),
        ("ListCanvases.page", lambda: braze.canvas.list(page=-1)),
        ("name", lambda: braze.canvas.duplicate(canvas_id="c", name="")),
        ("canvas_id", lambda: braze.canvas.get(canvas_id="")),
        (
            "canvas_step_id",
            lambda: braze.canvas.link_alias_details(
                canvas_id="c", message_variation_id="m", canvas_step_id=""
            ),
        ),
        (
            "schedule_id",
            lambda: braze.canvas.trigger_schedule_update(
                canvas_id="c", schedule_id="", schedule=Schedule(time=LATER)
            ),
        ),
    ):
        with pytest.raises(ConfigurationError, match=words):
            wrong()
    assert fake_braze.requests == []


def test_entries_of_named_people_count_against_the_common_pool() -> None:
    row = Canvas.trigger_send
    assert row.bucket_of(TriggerCanvas(canvas_id="c", recipients=[ANA])) == "default"
    assert row.bucket_of(TriggerCanvas(canvas_id="c", broadcast=True)) == "broadcast_sends"


def test_two_names_of_the_context_are_refused(fake_braze: FakeBraze) -> None:
    """The client refuses them itself, so they are sent bare."""
    made = fake_braze.canvases.add("Welcome")
    body: Any = {
        "canvas_id": made.id,
        "broadcast": True,
        "context": {},
        "canvas_entry_properties": {},
    }
    answer = fake_braze.session().post(
        "https://rest.iad-06.braze.com/canvas/trigger/send",
        json=body,
        headers={"Authorization": f"Bearer {fake_braze.rest_api_key}"},
    )
    assert answer.status_code == 400

"""Every row of the messages group against the fake, over a real socket."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest

from braze_engage import BadRequest, BrazeClient, UserAlias
from braze_engage.errors import ConfigurationError
from braze_engage.objects import AndroidPush, ApplePush, Email, Messages, Schedule, Webhook
from braze_engage.rest.filters import attribute
from braze_engage.rest.messages import Messages as MessagesFamily
from braze_engage.rest.messages_send import SendMessages

if TYPE_CHECKING:
    from collections.abc import Callable

    from braze_engage.testing import FakeBraze

HELLO = Messages(email=Email(app_id="app", from_="Shop <a@b.c>", subject="Hi", body="<p>Hi</p>"))
PING = Messages(webhook=Webhook(url="https://a.example", request_method="POST"))
VIPS = attribute("vip").boolean.equals(True)
LATER = Schedule(time=datetime(2030, 1, 1, 9, tzinfo=timezone.utc))


def _variation(name: str) -> Messages:
    return Messages(apple_push=ApplePush(alert="Hi", message_variation_id=name))


def _send(braze: BrazeClient, fake: FakeBraze) -> None:
    alias = UserAlias(alias_name="a", alias_label="crm")
    result = braze.messages.send(
        external_user_ids=["ana"], user_aliases=[alias], messages=HELLO, send_id="autumn"
    )
    (sent,) = fake.messages.sends
    assert (result.dispatch_id, result.send_id) == (sent.dispatch_id, "autumn")
    assert sent.request == {
        "external_user_ids": ["ana"],
        "user_aliases": [{"alias_name": "a", "alias_label": "crm"}],
        "messages": {
            "email": {
                "app_id": "app",
                "from": "Shop <a@b.c>",
                "subject": "Hi",
                "body": "<p>Hi</p>",
            }
        },
        "send_id": "autumn",
    }
    everyone = braze.messages.send(
        audience=VIPS, broadcast=True, messages=HELLO, recipient_subscription_state="opted_in"
    )
    assert everyone.send_id is None
    assert fake.messages.sends[1].broadcast
    assert fake.messages.sends[1].request["audience"] == VIPS.to_json()
    campaign = fake.campaigns.add("API")
    campaign.messages.update({"v1": {"channel": "ios_push"}, "v2": {"channel": "email"}})
    named: Any = {"external_user_ids": ["ana"]}
    braze.messages.send(campaign_id=campaign.id, messages=_variation("v1"), **named)
    for campaign_id, variation, words in (
        ("unknown", "v1", "Invalid Campaign ID"),
        (campaign.id, "v9", "Invalid Message Variant"),
        (campaign.id, "v2", "Mismatched Message Type"),
    ):
        with pytest.raises(BadRequest, match=words):
            braze.messages.send(campaign_id=campaign_id, messages=_variation(variation), **named)
    assert len(fake.messages.sends) == 3


def _schedule_create(braze: BrazeClient, fake: FakeBraze) -> None:
    result = braze.messages.schedule_create(
        segment_id="s1",
        broadcast=True,
        messages=HELLO,
        schedule=LATER,
        override_messaging_limits=True,
    )
    waiting = fake.messages.schedules[result.schedule_id]
    assert waiting.dispatch_id == result.dispatch_id
    assert waiting.schedule == {"time": "2030-01-01T09:00:00.000Z"}
    assert waiting.request["override_messaging_limits"] is True


def _scheduled(braze: BrazeClient) -> str:
    made = braze.messages.schedule_create(external_user_ids=["ana"], messages=HELLO, schedule=LATER)
    return made.schedule_id


def _schedule_update(braze: BrazeClient, fake: FakeBraze) -> None:
    schedule_id = _scheduled(braze)
    braze.messages.schedule_update(schedule_id=schedule_id, messages=PING)
    changed = fake.messages.schedules[schedule_id]
    assert changed.request["messages"] == {
        "webhook": {"url": "https://a.example", "request_method": "POST"}
    }
    assert changed.schedule == {"time": "2030-01-01T09:00:00.000Z"}
    braze.messages.schedule_update(
        schedule_id=schedule_id, schedule=Schedule(time="2031-01-01T00:00:00Z")
    )
    assert changed.schedule == {"time": "2031-01-01T00:00:00Z"}
    with pytest.raises(BadRequest, match="Invalid Schedule ID"):
        braze.messages.schedule_update(schedule_id="unknown", messages=PING)


def _schedule_delete(braze: BrazeClient, fake: FakeBraze) -> None:
    schedule_id = _scheduled(braze)
    assert braze.messages.schedule_delete(schedule_id=schedule_id).message == "success"
    assert fake.messages.schedules == {}


def _list_scheduled_broadcasts(braze: BrazeClient, fake: FakeBraze) -> None:
    now = datetime.now(timezone.utc)
    sale, welcome = fake.campaigns.add("Sale", tags=["shop"]), fake.canvases.add("Welcome")
    sale.next_send_time = now + timedelta(hours=1)
    welcome.next_send_time = now + timedelta(days=40)
    fake.campaigns.add("Never")
    month = braze.messages.list_scheduled_broadcasts(end_time=now + timedelta(days=30))
    (first,) = month.scheduled_broadcasts
    assert (first.id, first.type, first.tags) == (sale.id, "Campaign", ("shop",))
    year = braze.messages.list_scheduled_broadcasts(end_time=now + timedelta(days=365))
    assert [one.type for one in year.scheduled_broadcasts] == ["Campaign", "Canvas"]


SCENES: dict[str, Callable[[BrazeClient, FakeBraze], None]] = {
    "send": _send,
    "schedule_create": _schedule_create,
    "schedule_update": _schedule_update,
    "schedule_delete": _schedule_delete,
    "list_scheduled_broadcasts": _list_scheduled_broadcasts,
}


@pytest.mark.parametrize("scene", SCENES)
def test_a_row_does_at_the_fake_what_braze_documents(
    scene: str, braze: BrazeClient, fake_braze: FakeBraze
) -> None:
    SCENES[scene](braze, fake_braze)


def test_every_row_has_a_scene() -> None:
    assert {row.name for row in MessagesFamily.operations()} == set(SCENES)


def test_limits_are_checked_before_sending(braze: BrazeClient, fake_braze: FakeBraze) -> None:
    send: Any = braze.messages.send  # a caller without type checker
    alias = UserAlias(alias_name="a", alias_label="crm")
    ana: Any = {"external_user_ids": ["ana"], "messages": HELLO}
    for words, wrong in (
        ("give at least one of external_user_ids", {"messages": HELLO}),
        ("names nobody", {"segment_id": "s", "messages": HELLO}),
        ("broadcast and external_user_ids", {**ana, "broadcast": True}),
        ("messages is None", {"external_user_ids": ["ana"]}),
        ("give Messages", {**ana, "messages": {"email": {}}}),
        ("51 external_user_ids and user_aliases", {**ana, "user_aliases": [alias] * 50}),
        (r"external_user_ids\[0\]", {**ana, "external_user_ids": ["x" * 988]}),
        ("recipient_subscription_state", {**ana, "recipient_subscription_state": "none"}),
        ("email has none", {**ana, "campaign_id": "c"}),
        ("segment_id", {**ana, "segment_id": ""}),
        ("a connected audience", {**ana, "audience": {}}),
        ("override_frequency_capping", {**ana, "override_frequency_capping": "yes"}),
    ):
        with pytest.raises(ConfigurationError, match=words):
            send(**wrong)
    with pytest.raises(ConfigurationError, match="schedule_id"):
        braze.messages.schedule_delete(schedule_id="")
    assert fake_braze.requests == []


def test_sends_to_named_people_count_against_the_common_pool() -> None:
    row = MessagesFamily.send
    named = SendMessages(external_user_ids=["ana"], messages=HELLO)
    everyone = SendMessages(segment_id="s", broadcast=True, messages=HELLO)
    assert (row.bucket_of(named), row.bucket_of(everyone)) == ("default", "broadcast_sends")


@pytest.mark.parametrize(
    ("messages", "words"),
    [
        ({}, "No message to send"),
        ({"apple_push": {"alert": "x" * 1_912}}, "Apple Push Length Exceeded"),
        ({"android_push": {"alert": "x" * 4_000, "title": "a"}}, "Android Push Length Exceeded"),
        ({"email": {"app_id": "a", "from": "b"}}, "Message Variant Unspecified"),
    ],
)
def test_what_the_client_would_not_send_is_refused_in_the_words_of_braze(
    messages: object, words: str, fake_braze: FakeBraze
) -> None:
    campaign = fake_braze.campaigns.add("API")
    body: Any = {"external_user_ids": ["u"], "messages": messages, "campaign_id": campaign.id}
    answer = fake_braze.session().post(
        "https://rest.iad-06.braze.com/messages/send",
        json=body,
        headers={"Authorization": f"Bearer {fake_braze.rest_api_key}"},
    )
    assert (answer.status_code, answer.json()) == (400, {"message": words})


def test_a_send_without_recipients_reaches_nobody(fake_braze: FakeBraze) -> None:
    answer = fake_braze.session().post(
        "https://rest.iad-06.braze.com/messages/send",
        json={"segment_id": "s", "messages": {"webhook": {"url": "u", "request_method": "GET"}}},
        headers={"Authorization": f"Bearer {fake_braze.rest_api_key}"},
    )
    assert answer.json() == {"message": "No Recipients"}


def test_silent_push_is_a_message_too() -> None:
    silent = Messages(
        apple_push=ApplePush(content_available=True, message_variation_id="v1"),
        android_push=AndroidPush(send_to_sync=True),
    )
    assert silent.without_variation == ("android_push",)

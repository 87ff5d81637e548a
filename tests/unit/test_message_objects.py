"""What messages, recipients and schedules refuse, and how they are sent."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pytest

from braze_engage import UserAlias
from braze_engage._wire import unstructure
from braze_engage.errors import ConfigurationError
from braze_engage.objects import (
    AndroidConversationMessage,
    AndroidConversationPerson,
    AndroidConversationPush,
    AndroidPush,
    AndroidPushActionButton,
    ApplePush,
    ApplePushActionButton,
    ApplePushAlert,
    ContentCard,
    Email,
    EmailAttachment,
    KindlePush,
    LiveActivityNotification,
    Messages,
    Recipient,
    RecipientAttributes,
    Schedule,
    Sms,
    Webhook,
    WebPush,
    WebPushActionButton,
    WhatsApp,
    WhatsAppFlowButton,
    WhatsAppList,
    WhatsAppListResponseMessage,
    WhatsAppListRow,
    WhatsAppListSection,
    WhatsAppQuickReplyResponseMessage,
    WhatsAppTemplateMessage,
    WhatsAppTextResponseMessage,
)

if TYPE_CHECKING:
    from collections.abc import Callable

GROUP = "1d3f4a5b-6c7d-4e8f-9a0b-1c2d3e4f5a6b"
NOON = datetime(2026, 11, 2, 12, tzinfo=timezone.utc)
ALIAS = UserAlias(alias_name="a", alias_label="crm")
ROW = WhatsAppListRow(row_title="A")
VIP = RecipientAttributes(custom={"vip": True})


def bare(value: object) -> Any:
    """Pass a value as a caller without type checker may."""
    return value


def _sms(**more: Any) -> Sms:
    return Sms(**{"subscription_group_id": GROUP, "body": "Hi", "app_id": "app", **more})


def _whats_app(**more: Any) -> WhatsApp:
    text = WhatsAppTextResponseMessage(body="Hi")
    fields = {"app_id": "app", "subscription_group_id": GROUP, "message": text}
    return WhatsApp(**{**fields, "message_type": "text_response_message", **more})


def _card(**more: Any) -> ContentCard:
    return ContentCard(**{"type": "CLASSIC", "title": "", "description": "Hi", **more})


def _email(**more: Any) -> Email:
    return Email(**{"app_id": "app", "from_": "a@b.c", "body": "Hi", **more})


REFUSED: dict[str, tuple[Callable[[], object], str]] = {
    "apple: no alert": (ApplePush, "ApplePush.alert has no text"),
    "apple: alert without text": (
        lambda: ApplePush(alert=ApplePushAlert(title="Hi")),
        "ApplePush.alert has no text",
    ),
    "apple: no such alert": (lambda: ApplePush(alert=bare(5)), "ApplePush.alert is of type"),
    "apple: alert too long": (lambda: ApplePush(alert="ü" * 957), "1,914 bytes: Braze takes 1,912"),
    "apple: extra too long": (
        lambda: ApplePush(alert="x", extra={"a": "x" * 1_905}),
        "Braze takes 1,912",
    ),
    "apple: reserved key": (lambda: ApplePush(alert="x", extra={"aps": 1}), "reserves it"),
    "apple: level": (
        lambda: ApplePush(alert="x", interruption_level="loud"),  # type: ignore[arg-type]  # on purpose
        "time-sensitive",
    ),
    "apple: score": (lambda: ApplePush(alert="x", relevance_score=1.1), "0.0 to 1.0"),
    "apple: priority": (lambda: ApplePush(alert="x", apns_priority=11), "1 to 10"),
    "apple: asset": (lambda: ApplePush(alert="x", asset_url="https://a"), "asset_file_type"),
    "apple: file type": (
        lambda: ApplePush(alert="x", asset_file_type="exe"),  # type: ignore[arg-type]  # on purpose
        "asset_file_type",
    ),
    "apple: buttons": (
        lambda: ApplePush(alert="x", buttons=[ApplePushActionButton(action_id="b")]),
        "needs category",
    ),
    "apple: button": (
        lambda: ApplePushActionButton(action_id="b", action="URI"),
        "ApplePushActionButton.uri is missing",
    ),
    "apple: silent": (lambda: ApplePush(content_available=bare(1)), "True or False"),
    "live activity": (
        lambda: LiveActivityNotification(alert="Hi"),  # type: ignore[arg-type]  # on purpose
        "give ApplePushAlert",
    ),
    "android: no title": (lambda: AndroidPush(alert="x"), "AndroidPush.title"),
    "android: silent": (lambda: AndroidPush(alert="x", send_to_sync=True), "silent push"),
    "android: too long": (lambda: AndroidPush(alert="x" * 4_001, title="a"), "takes 4,000"),
    "android: priority": (lambda: AndroidPush(alert="x", title="a", priority=3), "-2 to 2"),
    "android: sender": (
        lambda: AndroidPush(alert="x", title="a", android_priority="low"),  # type: ignore[arg-type]  # on purpose
        "normal, high",
    ),
    "android: life": (
        lambda: AndroidPush(alert="x", title="a", time_to_live=2_419_201),
        "0 to 2,419,200",
    ),
    "android: talk": (
        lambda: AndroidPush(alert="x", title="a", conversation_data=bare({})),
        "give AndroidConversationPush",
    ),
    "android: button": (
        lambda: AndroidPushActionButton(text="Go", action="DEEP_LINK"),
        "DEEP_LINK needs to lead somewhere",
    ),
    "android: message": (
        lambda: AndroidConversationMessage(text="Hi", timestamp=-1, person_id="p"),
        "timestamp",
    ),
    "android: person": (lambda: AndroidConversationPerson(id="", name="Ana"), "Person.id"),
    "kindle": (lambda: KindlePush(alert="x", title="a", priority=-3), "KindlePush.priority"),
    "web: action": (
        lambda: WebPushActionButton(text="Go", action="DEEP_LINK"),  # type: ignore[arg-type]  # on purpose
        "OPEN_APP, URI, CLOSE",
    ),
    "web: life": (lambda: WebPush(alert="x", title="a", time_to_live=-1), "0 or more"),
    "web: flag": (
        lambda: WebPush(alert="x", title="a", require_interaction=bare(1)),
        "True or False",
    ),
    "email: no body": (lambda: _email(body=None), "give at least one of body, email_template_id"),
    "email: no sender": (lambda: _email(from_=""), "Email.from_"),
    "email: extension": (
        lambda: EmailAttachment(file_name="a", url="https://a.example/a.EXE?x=a.pdf"),
        "does not attach",
    ),
    "email: headers": (lambda: _email(headers=["a"]), "Email.headers is a list of 1 items"),
    "sms: group": (lambda: _sms(subscription_group_id="g"), "Sms.subscription_group_id"),
    "sms: clicks": (lambda: _sms(user_click_tracking_enabled=True), "link_shortening_enabled=True"),
    "sms: flag": (lambda: _sms(link_shortening_enabled="yes"), "True or False"),
    "card: type": (lambda: _card(type="LARGE"), "CAPTIONED_IMAGE"),
    "card: title": (lambda: _card(title=None), "ContentCard.title is missing: CLASSIC"),
    "card: image": (lambda: _card(type="BANNER"), "ContentCard.image_url is missing"),
    "card: two ends": (lambda: _card(time_to_live=5, expire_at=NOON), "give one of them"),
    "card: life": (lambda: _card(time_to_live=2_592_001), "0 to 2,592,000"),
    "webhook: method": (
        lambda: Webhook(url="https://a", request_method="HEAD"),  # type: ignore[arg-type]  # on purpose
        "POST, PUT, DELETE, GET",
    ),
    "webhook: headers": (
        lambda: Webhook(url="https://a", request_method="GET", request_headers={"a": bare(1)}),
        "texts to texts",
    ),
    "whatsapp: kind": (
        lambda: _whats_app(message_type="flow_response_message"),
        "give WhatsAppFlowResponseMessage",
    ),
    "whatsapp: no kind": (lambda: _whats_app(message_type="song"), "template_message, text"),
    "whatsapp: variables": (
        lambda: WhatsAppTemplateMessage(
            template_name="t", template_language_code="en", button_variables={"0": "a", "1": "b"}
        ),
        "at most one",
    ),
    "whatsapp: headers": (
        lambda: WhatsAppQuickReplyResponseMessage(
            body="Hi", buttons=[], header_text="a", header_image_uri="https://a"
        ),
        "give one of them",
    ),
    "whatsapp: rows": (
        lambda: WhatsAppList(
            list_button_text="Open",
            list_sections=[WhatsAppListSection(section_title="A", list_rows=[ROW] * 6)] * 2,
        ),
        "12 rows: WhatsApp takes 10",
    ),
    "whatsapp: no sections": (
        lambda: WhatsAppList(list_button_text="Open", list_sections=[]),
        "list_sections",
    ),
    "whatsapp: caption": (lambda: WhatsAppFlowButton(caption="x" * 21, flow_id="f"), "20 charac"),
    "messages: none": (Messages, "at least one of apple_push"),
    "messages: other": (
        lambda: Messages(sms=Webhook(url="https://a", request_method="GET")),  # type: ignore[arg-type]  # on purpose
        "Messages.sms is of type Webhook: give Sms",
    ),
    "recipient: nobody": (Recipient, "exactly one of external_user_id"),
    "recipient: two": (
        lambda: Recipient(external_user_id="u", braze_id="b"),
        "external_user_id and braze_id",
    ),
    "recipient: long id": (lambda: Recipient(external_user_id="x" * 988), "987"),
    "recipient: no alias": (lambda: Recipient(user_alias="a"), "give UserAlias"),  # type: ignore[arg-type]  # on purpose
    "recipient: braze id": (lambda: Recipient(braze_id=""), "Recipient.braze_id"),
    "recipient: email alone": (lambda: Recipient(email="a@b.c"), "prioritization is empty"),
    "recipient: no address": (
        lambda: Recipient(email="a", prioritization=["identified"]),
        "Recipient.email",
    ),
    "recipient: priorities": (
        lambda: Recipient(external_user_id="u", prioritization=["identified"]),
        "leave it out",
    ),
    "recipient: large": (
        lambda: Recipient(external_user_id="u", context={"a": "x" * 52_000}),
        "at most 51,200 bytes",
    ),
    "recipient: plain attributes": (
        lambda: Recipient(external_user_id="u", attributes=bare({"a": 1})),
        "give RecipientAttributes",
    ),
    "recipient: creates nothing": (
        lambda: Recipient(external_user_id="u", send_to_existing_only=False),
        "only with attributes",
    ),
    "recipient: creates empty": (
        lambda: Recipient(
            external_user_id="u", send_to_existing_only=False, attributes=RecipientAttributes()
        ),
        "only with attributes",
    ),
    "recipient: creates by alias": (
        lambda: Recipient(user_alias=ALIAS, send_to_existing_only=False, attributes=VIP),
        "never by alias",
    ),
    "attributes: names": (lambda: RecipientAttributes(external_id="u"), "leave it out"),
    "attributes: tokens": (lambda: RecipientAttributes(push_token_import=True), "leave it out"),
    "attributes: value": (lambda: RecipientAttributes(first_name="x" * 256), "first_name"),
    "schedule: time": (lambda: Schedule(time="noon"), "time is a text"),
    "schedule: zone": (lambda: Schedule(time=NOON, in_local_time=True), "has a zone"),
    "schedule: offset": (
        lambda: Schedule(time="2026-11-02T12:00:00-08:00", at_optimal_time=True),
        "has a zone",
    ),
    "schedule: flag": (lambda: Schedule(time=NOON, in_local_time=bare(1)), "True or False"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_braze_would_refuse_is_refused_before(case: str) -> None:
    make, words = REFUSED[case]
    with pytest.raises(ConfigurationError, match=words):
        make()


def test_a_message_of_each_channel_is_sent_as_braze_spells_it() -> None:
    talk = AndroidConversationPush(
        shortcut_id="s",
        reply_person_id="p",
        messages=[AndroidConversationMessage(text="Hi", timestamp=1, person_id="p")],
        persons=[AndroidConversationPerson(id="p", name="Ana")],
    )
    messages = Messages(
        apple_push=ApplePush(
            alert=ApplePushAlert(title="Hi", body="Ana", loc_args=["a"]),
            content_available=True,
            expiry=NOON,
            use_webview=False,
        ),
        android_push=AndroidPush(alert="Hi", title="Ana", conversation_data=talk),
        web_push=WebPush(alert="Hi", title="Ana", buttons=[WebPushActionButton(text="Go")]),
        content_card=ContentCard(type="BANNER", image_url="https://a", ios_use_webview=False),
        whats_app=_whats_app(),
    )
    assert unstructure(messages) == {
        "apple_push": {
            "alert": {"title": "Hi", "body": "Ana", "loc_args": ["a"]},
            "content-available": True,
            "expiry": "2026-11-02T12:00:00.000Z",
            "use_webview": False,
        },
        "android_push": {
            "alert": "Hi",
            "title": "Ana",
            "conversation_data": {
                "shortcut_id": "s",
                "reply_person_id": "p",
                "messages": [{"text": "Hi", "timestamp": 1, "person_id": "p"}],
                "persons": [{"id": "p", "name": "Ana"}],
            },
        },
        "web_push": {"alert": "Hi", "title": "Ana", "buttons": [{"text": "Go"}]},
        "content_card": {"type": "BANNER", "image_url": "https://a", "ios_use_webview": False},
        "whats_app": {
            "app_id": "app",
            "subscription_group_id": GROUP,
            "message_type": "text_response_message",
            "message": {"body": "Hi"},
        },
    }


def test_a_list_of_whats_app_keeps_its_form() -> None:
    section = WhatsAppListSection(section_title="A", list_rows=[ROW])
    choices = WhatsAppList(list_button_text="Open", list_sections=[section])
    assert unstructure(WhatsAppListResponseMessage(body="Hi", list=choices)) == {
        "body": "Hi",
        "list": {
            "list_button_text": "Open",
            "list_sections": [{"section_title": "A", "list_rows": [{"row_title": "A"}]}],
        },
    }


def test_attachments_without_extension_are_left_to_braze() -> None:
    assert EmailAttachment(file_name="bill", url="https://a.example/bill").url.endswith("bill")


@pytest.mark.parametrize(
    ("time", "sent"),
    [
        (NOON, "2026-11-02T12:00:00.000Z"),
        (NOON.astimezone(timezone(timedelta(hours=2))), "2026-11-02T12:00:00.000Z"),
        (NOON.replace(tzinfo=None), "2026-11-02T12:00:00.000"),
        ("2026-11-02T12:00:00Z", "2026-11-02T12:00:00Z"),
        ("2026-11-02", "2026-11-02"),
    ],
)
def test_times_of_schedules(time: datetime | str, sent: str) -> None:
    assert unstructure(Schedule(time=time)) == {"time": sent}


def test_local_times_have_no_zone() -> None:
    local = Schedule(time=NOON.replace(tzinfo=None), in_local_time=True)
    assert unstructure(local) == {"time": "2026-11-02T12:00:00.000", "in_local_time": True}


def test_attributes_of_a_recipient_are_flat_and_name_nobody() -> None:
    attributes = RecipientAttributes(email="a@b.c", last_name=None, custom={"vip": True})
    recipient = Recipient(external_user_id="u", send_to_existing_only=False, attributes=attributes)
    assert unstructure(recipient) == {
        "external_user_id": "u",
        "send_to_existing_only": False,
        "attributes": {"email": "a@b.c", "last_name": None, "vip": True},
    }
    assert repr(attributes).startswith("RecipientAttributes(email=")
    assert RecipientAttributes().empty
    assert not attributes.empty


def test_free_values_are_copied_and_times_become_text() -> None:
    given: dict[str, Any] = {"list": [1, {"a": None}], "at": NOON, "day": date(2026, 11, 2)}
    recipient = Recipient(
        external_user_id="u", trigger_properties={**given, "map": MappingProxyType({"b": 1.5})}
    )
    given["list"].append(2)
    assert recipient.trigger_properties == {
        "list": [1, {"a": None}],
        "at": "2026-11-02T12:00:00.000Z",
        "day": "2026-11-02",
        "map": {"b": 1.5},
    }


@pytest.mark.parametrize("value", [{"a": float("nan")}, {"a": "\ud800"}, {"a": object()}, {1, 2}])
def test_free_values_must_be_json(value: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"Recipient\.context") as caught:
        Recipient(external_user_id="u", context=value)
    assert caught.value.__context__ is None


def test_endless_values_are_refused() -> None:
    endless: dict[str, Any] = {}
    endless["a"] = endless
    with pytest.raises(ConfigurationError, match=r"Recipient\.context"):
        Recipient(external_user_id="u", context=endless)

"""Push messages for Android and Kindle.

https://www.braze.com/docs/api/objects_filters/messaging/android_object
"""

from collections.abc import Mapping, Sequence
from typing import Literal

from braze_engage.errors import ConfigurationError
from braze_engage.limits import ANDROID_PUSH_BYTES, ANDROID_PUSH_SECONDS
from braze_engage.objects.checks import check_choice, check_flag, check_range
from braze_engage.objects.json_objects import own_values
from braze_engage.objects.message_checks import (
    check_button,
    check_instance,
    check_push_bytes,
    check_texts,
)
from braze_engage.objects.models import model
from braze_engage.objects.values import CustomValue

__all__ = [
    "AndroidConversationMessage",
    "AndroidConversationPerson",
    "AndroidConversationPush",
    "AndroidPush",
    "AndroidPushActionButton",
    "KindlePush",
]

_PRIORITY = 2


@model(kw_only=True)
class AndroidPushActionButton:
    """A button of a push.

    Args:
        text: What it says.
        action: What it does.
        uri: Where ``URI`` and ``DEEP_LINK`` lead.
        use_webview: Whether ``URI`` opens inside the app.

    https://www.braze.com/docs/api/objects_filters/messaging/android_object
    """

    text: str
    action: Literal["OPEN_APP", "URI", "DEEP_LINK", "CLOSE"] = "OPEN_APP"
    uri: str | None = None
    use_webview: bool = True

    def __attrs_post_init__(self) -> None:
        check_texts(self, "text")
        check_button(self, self.action, ("OPEN_APP", "URI", "DEEP_LINK", "CLOSE"))


@model(kw_only=True)
class AndroidConversationMessage:
    """One message of a conversation.

    Args:
        text: What was said.
        timestamp: When, in Unix time.
        person_id: By whom.

    https://www.braze.com/docs/api/objects_filters/messaging/android_object
    """

    text: str
    timestamp: int
    person_id: str

    def __attrs_post_init__(self) -> None:
        check_texts(self, "text", "person_id")
        check_range("AndroidConversationMessage.timestamp", self.timestamp, least=0)


@model(kw_only=True)
class AndroidConversationPerson:
    """Who takes part in a conversation.

    Args:
        id: As messages name them.
        name: As shown.

    https://www.braze.com/docs/api/objects_filters/messaging/android_object
    """

    id: str
    name: str

    def __attrs_post_init__(self) -> None:
        check_texts(self, "id", "name")


@model(kw_only=True, field_transformer=own_values)
class AndroidConversationPush:
    """A push shown as a conversation.

    Args:
        shortcut_id: Of the shortcut in the app.
        reply_person_id: Who the person reading it is.
        messages: What was said.
        persons: Who takes part.

    https://www.braze.com/docs/api/objects_filters/messaging/android_object
    """

    shortcut_id: str
    reply_person_id: str
    messages: Sequence[AndroidConversationMessage]
    persons: Sequence[AndroidConversationPerson]

    def __attrs_post_init__(self) -> None:
        check_texts(self, "shortcut_id", "reply_person_id")


@model(kw_only=True, field_transformer=own_values)
class AndroidPush:
    """A push for Android; alert and extra together take at most 4,000 bytes.

    Args:
        alert: Text; needed unless send_to_sync.
        title: Title; needed unless send_to_sync.
        extra: Own values; ``appboy_image_url`` makes it a big picture.
        message_variation_id: Needed with a campaign_id; a variation of this channel.
        notification_channel_id: Channel of the app; the workspace's own where absent.
        priority: -2 to 2.
        android_priority: Priority of sending; the workspace's own where absent.
        send_to_sync: Whether the app wakes without showing anything; then without alert and title.
        collapse_key: A later push of this key replaces it; three own keys at most.
        sound: Name of a sound in the app.
        custom_uri: Where a tap leads.
        use_webview: Whether that opens inside the app.
        summary_text: Below a big picture.
        time_to_live: Seconds, at most 2,419,200.
        notification_id: A later push of this id replaces it.
        push_icon_image_url: A square of at least 40 by 40.
        accent_color: An RGB value.
        send_to_most_recent_device_only: Whether other devices are left out.
        buttons: Buttons.
        conversation_data: Shows it as a conversation.

    Raises:
        ConfigurationError: Braze would refuse the push.

    https://www.braze.com/docs/api/objects_filters/messaging/android_object
    """

    alert: str | None = None
    title: str | None = None
    extra: Mapping[str, CustomValue] | None = None
    message_variation_id: str | None = None
    notification_channel_id: str | None = None
    priority: int = 0
    android_priority: Literal["normal", "high"] | None = None
    send_to_sync: bool = False
    collapse_key: str | None = None
    sound: str | None = None
    custom_uri: str | None = None
    use_webview: bool = False
    summary_text: str | None = None
    time_to_live: int | None = None
    notification_id: int | None = None
    push_icon_image_url: str | None = None
    accent_color: int | None = None
    send_to_most_recent_device_only: bool = False
    buttons: Sequence[AndroidPushActionButton] = ()
    conversation_data: AndroidConversationPush | None = None

    def __attrs_post_init__(self) -> None:
        check_flag("AndroidPush.send_to_sync", self.send_to_sync)
        if not self.send_to_sync:
            check_texts(self, "alert", "title")
        elif self.alert is not None or self.title is not None:
            raise ConfigurationError(
                "AndroidPush.send_to_sync is a silent push: leave out alert and title"
            )
        check_push_bytes(self, self.alert, self.extra, ANDROID_PUSH_BYTES)
        _check_priority(self, self.priority)
        if self.android_priority is not None:
            choices = ("normal", "high")
            check_choice("AndroidPush.android_priority", self.android_priority, choices)
        if self.time_to_live is not None:
            most = ANDROID_PUSH_SECONDS
            check_range("AndroidPush.time_to_live", self.time_to_live, least=0, most=most)
        if self.conversation_data is not None:
            check_instance(self, "conversation_data", AndroidConversationPush)


def _check_priority(push: object, priority: int) -> None:
    field = f"{type(push).__name__}.priority"
    check_range(field, priority, least=-_PRIORITY, most=_PRIORITY)


@model(kw_only=True, field_transformer=own_values)
class KindlePush:
    """A push for Kindle.

    Args:
        alert: Text.
        title: Title.
        extra: Own values.
        message_variation_id: Needed with a campaign_id; a variation of this channel.
        priority: -2 to 2.
        collapse_key: A later push of this key replaces it.
        sound: Name of a sound in the app.
        custom_uri: Where a tap leads.

    https://www.braze.com/docs/api/objects_filters/messaging/kindle_and_fireos_object
    """

    alert: str
    title: str
    extra: Mapping[str, CustomValue] | None = None
    message_variation_id: str | None = None
    priority: int = 0
    collapse_key: str | None = None
    sound: str | None = None
    custom_uri: str | None = None

    def __attrs_post_init__(self) -> None:
        check_texts(self, "alert", "title")
        _check_priority(self, self.priority)

"""Push messages for iOS.

https://www.braze.com/docs/api/objects_filters/messaging/apple_object
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Literal, TypeAlias, cast, get_args

from braze_engage.errors import ConfigurationError
from braze_engage.limits import APPLE_PUSH_BYTES
from braze_engage.objects.checks import (
    check_choice,
    check_flag,
    check_range,
    check_text,
    is_number,
    refused,
)
from braze_engage.objects.fields import wire_name
from braze_engage.objects.json_objects import own_values
from braze_engage.objects.message_checks import check_button, check_instance, check_push_bytes
from braze_engage.objects.models import model
from braze_engage.objects.values import CustomValue

__all__ = [
    "ApplePush",
    "ApplePushActionButton",
    "ApplePushAlert",
    "AssetFileType",
    "InterruptionLevel",
    "LiveActivityNotification",
]

InterruptionLevel: TypeAlias = Literal["passive", "active", "time-sensitive", "critical"]
AssetFileType: TypeAlias = Literal["aif", "gif", "jpg", "m4a", "mp3", "mp4", "png", "wav"]
"""What an asset of a push may be: sound, image or film."""

_PRIORITIES = 10
_TAKEN = ("ab", "aps")


@model(kw_only=True, field_transformer=own_values)
class ApplePushAlert:
    """The text of a push, where it is more than one text.

    Args:
        body: Text; needed unless the push is silent.
        title: Title.
        title_loc_key: Key of a localized title in the app.
        title_loc_args: What is put into it.
        action_loc_key: Key of a localized button.
        loc_key: Key of a localized body.
        loc_args: What is put into it.
        sound: For Live Activities only.

    https://www.braze.com/docs/api/objects_filters/messaging/apple_object
    """

    body: str | None = None
    title: str | None = None
    title_loc_key: str | None = None
    title_loc_args: Sequence[str] = ()
    action_loc_key: str | None = None
    loc_key: str | None = None
    loc_args: Sequence[str] = ()
    sound: str | None = None


@model(kw_only=True)
class ApplePushActionButton:
    """A button of a push.

    Args:
        action_id: Of the category's button, such as ``ab_pb_yes`` of ``ab_cat_yes_no``.
        action: What it does; own categories need ``URI`` or ``DEEP_LINK``. The declining button of
            one of Braze's own categories takes only ``CLOSE``.
        uri: Where ``URI`` and ``DEEP_LINK`` lead.
        use_webview: Whether ``URI`` opens inside the app.

    https://www.braze.com/docs/api/objects_filters/messaging/apple_object
    """

    action_id: str
    action: Literal["OPEN_APP", "URI", "DEEP_LINK", "CLOSE"] | None = None
    uri: str | None = None
    use_webview: bool = True

    def __attrs_post_init__(self) -> None:
        check_text("ApplePushActionButton.action_id", self.action_id)
        check_button(self, self.action, ("OPEN_APP", "URI", "DEEP_LINK", "CLOSE"))


@model(kw_only=True, field_transformer=own_values)
class ApplePush:
    """A push for iOS; alert, extra and the options together take at most 1,912 bytes.

    Args:
        alert: Text or `ApplePushAlert`; needed unless content_available.
        badge: Number on the icon of the app.
        sound: Name of a sound in the app; ``default`` is the usual one.
        extra: Own values; the keys ``ab`` and ``aps`` are Braze's.
        content_available: Whether the app wakes without showing anything.
        interruption_level: How much it interrupts.
        relevance_score: 0.0 to 1.0.
        expiry: When to stop trying.
        custom_uri: Where a tap leads.
        use_webview: Whether that opens inside the app.
        message_variation_id: Needed with a campaign_id; a variation of this channel.
        notification_group_thread_id: Groups it with others.
        asset_url: Rich content; needs asset_file_type.
        asset_file_type: What that is.
        collapse_id: A later push of this id replaces it.
        mutable_content: Whether the app may change it; always so with rich content.
        send_to_most_recent_device_only: Whether other devices are left out.
        category: Needed for buttons.
        buttons: Buttons of the category.
        apns_priority: 10 at once, 5 with regard to power, 1 least.

    Raises:
        ConfigurationError: Braze would refuse the push.

    https://www.braze.com/docs/api/objects_filters/messaging/apple_object
    """

    alert: str | ApplePushAlert | None = None
    badge: int | None = None
    sound: str | None = None
    extra: Mapping[str, CustomValue] | None = None
    content_available: Annotated[bool, wire_name("content-available")] = False
    interruption_level: InterruptionLevel | None = None
    relevance_score: float | None = None
    expiry: datetime | None = None
    custom_uri: str | None = None
    use_webview: bool = True
    message_variation_id: str | None = None
    notification_group_thread_id: str | None = None
    asset_url: str | None = None
    asset_file_type: AssetFileType | None = None
    collapse_id: str | None = None
    mutable_content: bool = False
    send_to_most_recent_device_only: bool = False
    category: str | None = None
    buttons: Sequence[ApplePushActionButton] = ()
    apns_priority: int | None = None

    def __attrs_post_init__(self) -> None:
        check_flag("ApplePush.content_available", self.content_available)
        self._check_alert()
        if any(key in _TAKEN for key in self.extra or {}):
            raise ConfigurationError("ApplePush.extra has a key ab or aps: Braze reserves it")
        if self.interruption_level is not None:
            levels = get_args(InterruptionLevel)
            check_choice("ApplePush.interruption_level", self.interruption_level, levels)
        score = self.relevance_score
        if score is not None and not (is_number(score) and 0 <= score <= 1):
            raise refused("ApplePush.relevance_score", score, "give a number from 0.0 to 1.0")
        if self.asset_file_type is not None:
            kinds = get_args(AssetFileType)
            check_choice("ApplePush.asset_file_type", self.asset_file_type, kinds)
        elif self.asset_url is not None:
            raise ConfigurationError("ApplePush.asset_url needs asset_file_type: say what it is")
        if self.buttons and self.category is None:
            raise ConfigurationError("ApplePush.buttons needs category: say whose buttons they are")
        if self.apns_priority is not None:
            check_range("ApplePush.apns_priority", self.apns_priority, least=1, most=_PRIORITIES)

    def _check_alert(self) -> None:
        body = self.alert.body if isinstance(self.alert, ApplePushAlert) else self.alert
        given = cast("object", self.alert)
        if given is not None and not isinstance(given, (str, ApplePushAlert)):
            raise refused("ApplePush.alert", given, "give text or ApplePushAlert(...)")
        if not body and not self.content_available:
            raise ConfigurationError(
                "ApplePush.alert has no text: give one, or content_available=True for a silent push"
            )
        check_push_bytes(self, body, self.extra, APPLE_PUSH_BYTES)


@model(kw_only=True)
class LiveActivityNotification:
    """What a Live Activity shows as a notification.

    Args:
        alert: Title, body and sound.

    https://www.braze.com/docs/api/endpoints/messaging/live_activity/start
    """

    alert: ApplePushAlert

    def __attrs_post_init__(self) -> None:
        check_instance(self, "alert", ApplePushAlert)

"""Messages of the smaller channels: SMS, Content Cards and webhooks."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal

from braze_engage.errors import ConfigurationError
from braze_engage.limits import CONTENT_CARD_SECONDS
from braze_engage.objects.checks import check_choice, check_flag, check_range
from braze_engage.objects.json_objects import own_values
from braze_engage.objects.message_checks import check_texts
from braze_engage.objects.models import model
from braze_engage.objects.profile import check_group_id
from braze_engage.objects.values import CustomValue

__all__ = ["ContentCard", "Sms", "Webhook"]


@model(kw_only=True, field_transformer=own_values)
class Sms:
    """A text message.

    Args:
        subscription_group_id: UUID of the group that sends it.
        body: Text.
        app_id: Any app of the workspace.
        message_variation_id: Needed with a campaign_id; a variation of this channel.
        media_items: Addresses of images, for MMS.
        link_shortening_enabled: Whether links are shortened.
        user_click_tracking_enabled: Whether clicks are counted by person; needs shortened links.

    https://www.braze.com/docs/api/objects_filters/messaging/sms_object
    """

    subscription_group_id: str
    body: str
    app_id: str
    message_variation_id: str | None = None
    media_items: Sequence[str] = ()
    link_shortening_enabled: bool | None = None
    user_click_tracking_enabled: bool | None = None

    def __attrs_post_init__(self) -> None:
        check_group_id(self)
        check_texts(self, "body", "app_id")
        for name in ("link_shortening_enabled", "user_click_tracking_enabled"):
            if getattr(self, name) is not None:
                check_flag(f"Sms.{name}", getattr(self, name))
        if self.user_click_tracking_enabled and not self.link_shortening_enabled:
            raise ConfigurationError(
                "Sms.user_click_tracking_enabled counts shortened links: "
                "give link_shortening_enabled=True too"
            )


@model(kw_only=True, field_transformer=own_values)
class ContentCard:
    """A Content Card.

    Args:
        type: Its form.
        title: Title, which may be empty; needed unless ``BANNER``.
        description: Text; needed unless ``BANNER``.
        message_variation_id: Needed with a campaign_id; a variation of this channel.
        pinned: Whether it stays on top.
        image_url: Needed for ``CAPTIONED_IMAGE`` and ``BANNER``.
        time_to_live: Seconds until it goes, at most 30 days; not together with expire_at.
        expire_at: When it goes, at most 30 days ahead; not together with time_to_live.
        expire_in_local_time: Whether that is in the zone of each person.
        ios_uri: Where a tap leads on iOS.
        android_uri: Where a tap leads on Android.
        web_uri: Where a click leads in a browser.
        ios_use_webview: Whether that opens inside the app on iOS.
        android_use_webview: Whether that opens inside the app on Android.
        uri_text: Text of the link.
        extra: Own values.

    Raises:
        ConfigurationError: Braze would refuse the card.

    https://www.braze.com/docs/api/objects_filters/messaging/content_cards_object
    """

    type: Literal["CLASSIC", "CAPTIONED_IMAGE", "BANNER"]
    title: str | None = None
    description: str | None = None
    message_variation_id: str | None = None
    pinned: bool = False
    image_url: str | None = None
    time_to_live: int | None = None
    expire_at: datetime | None = None
    expire_in_local_time: bool = False
    ios_uri: str | None = None
    android_uri: str | None = None
    web_uri: str | None = None
    ios_use_webview: bool = True
    android_use_webview: bool = True
    uri_text: str | None = None
    extra: Mapping[str, CustomValue] | None = None

    def __attrs_post_init__(self) -> None:
        check_choice("ContentCard.type", self.type, ("CLASSIC", "CAPTIONED_IMAGE", "BANNER"))
        needed = () if self.type == "BANNER" else ("title", "description")
        pictured = () if self.type == "CLASSIC" else ("image_url",)
        for name in (*needed, *pictured):
            if getattr(self, name) is None:
                raise ConfigurationError(f"ContentCard.{name} is missing: {self.type} needs it")
        if self.time_to_live is not None:
            if self.expire_at is not None:
                raise ConfigurationError(
                    "ContentCard holds time_to_live and expire_at: give one of them"
                )
            most = CONTENT_CARD_SECONDS
            check_range("ContentCard.time_to_live", self.time_to_live, least=0, most=most)


@model(kw_only=True, field_transformer=own_values)
class Webhook:
    """A request that Braze makes.

    Args:
        url: Where to.
        request_method: How.
        request_headers: Headers; set ``Content-Type`` yourself.
        body: Text; write JSON as text.
        message_variation_id: Needed with a campaign_id; a variation of this channel.

    https://www.braze.com/docs/api/objects_filters/messaging/webhook_object
    """

    url: str
    request_method: Literal["POST", "PUT", "DELETE", "GET"]
    request_headers: Mapping[str, str] | None = None
    body: str | None = None
    message_variation_id: str | None = None

    def __attrs_post_init__(self) -> None:
        check_texts(self, "url")
        methods = ("POST", "PUT", "DELETE", "GET")
        check_choice("Webhook.request_method", self.request_method, methods)

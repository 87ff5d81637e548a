"""Push messages for browsers."""

from collections.abc import Mapping, Sequence
from typing import Literal

from braze_engage.objects.checks import check_flag, check_range
from braze_engage.objects.json_objects import own_values
from braze_engage.objects.message_checks import check_button, check_texts
from braze_engage.objects.models import model
from braze_engage.objects.values import CustomValue

__all__ = ["WebPush", "WebPushActionButton"]


@model(kw_only=True)
class WebPushActionButton:
    """A button of a push.

    Args:
        text: What it says.
        action: What it does.
        uri: Where ``URI`` leads.

    https://www.braze.com/docs/api/objects_filters/messaging/web_objects
    """

    text: str
    action: Literal["OPEN_APP", "URI", "CLOSE"] = "OPEN_APP"
    uri: str | None = None

    def __attrs_post_init__(self) -> None:
        check_texts(self, "text")
        check_button(self, self.action, ("OPEN_APP", "URI", "CLOSE"))


@model(kw_only=True, field_transformer=own_values)
class WebPush:
    """A push for browsers.

    Args:
        alert: Text.
        title: Title.
        extra: Own values.
        message_variation_id: Needed with a campaign_id; a variation of this channel.
        custom_uri: Where a click leads.
        image_url: A square icon.
        large_image_url: For Chrome on Windows and Android.
        require_interaction: Whether it stays until someone acts.
        time_to_live: Seconds.
        send_to_most_recent_device_only: Whether other devices are left out.
        buttons: Buttons.

    https://www.braze.com/docs/api/objects_filters/messaging/web_objects
    """

    alert: str
    title: str
    extra: Mapping[str, CustomValue] | None = None
    message_variation_id: str | None = None
    custom_uri: str | None = None
    image_url: str | None = None
    large_image_url: str | None = None
    require_interaction: bool | None = None
    time_to_live: int | None = None
    send_to_most_recent_device_only: bool = False
    buttons: Sequence[WebPushActionButton] = ()

    def __attrs_post_init__(self) -> None:
        check_texts(self, "alert", "title")
        if self.require_interaction is not None:
            check_flag("WebPush.require_interaction", self.require_interaction)
        if self.time_to_live is not None:
            check_range("WebPush.time_to_live", self.time_to_live, least=0)

"""WhatsApp messages.

https://www.braze.com/docs/api/objects_filters/messaging/whats_app_object
"""

from collections.abc import Mapping, Sequence
from typing import Literal, TypeAlias

from braze_engage.errors import ConfigurationError
from braze_engage.limits import WHATS_APP_CAPTION_CHARACTERS, WHATS_APP_LIST_ROWS
from braze_engage.objects.checks import at_least_one_of, check_choice, check_text, refused
from braze_engage.objects.json_objects import own_values
from braze_engage.objects.message_checks import check_texts
from braze_engage.objects.models import model
from braze_engage.objects.profile import check_group_id

__all__ = [
    "WhatsApp",
    "WhatsAppButton",
    "WhatsAppFlowButton",
    "WhatsAppFlowResponseMessage",
    "WhatsAppList",
    "WhatsAppListResponseMessage",
    "WhatsAppListRow",
    "WhatsAppListSection",
    "WhatsAppQuickReplyResponseMessage",
    "WhatsAppTemplateMessage",
    "WhatsAppTextImageResponseMessage",
    "WhatsAppTextResponseMessage",
]


@model(kw_only=True, field_transformer=own_values)
class WhatsAppTemplateMessage:
    """A template that WhatsApp approved.

    Args:
        template_name: Its name.
        template_language_code: Its language.
        header_variables: Index from 0 to value, at most one; text headers only.
        body_variables: Index from 0 to value.
        button_variables: Index of the button to the path of its address, at most one.
        header_media_uri: An image, where the header is one.

    https://www.braze.com/docs/api/objects_filters/messaging/whats_app_object
    """

    template_name: str
    template_language_code: str
    header_variables: Mapping[str, str] | None = None
    body_variables: Mapping[str, str] | None = None
    button_variables: Mapping[str, str] | None = None
    header_media_uri: str | None = None

    def __attrs_post_init__(self) -> None:
        check_texts(self, "template_name", "template_language_code")
        for name in ("header_variables", "button_variables"):
            if len(variables := getattr(self, name) or {}) > 1:
                raise refused(f"WhatsAppTemplateMessage.{name}", variables, "give at most one")


@model(kw_only=True)
class WhatsAppTextResponseMessage:
    """A text.

    Args:
        body: The text.
        preview_url: Whether a link in it is previewed.

    https://www.braze.com/docs/api/objects_filters/messaging/whats_app_object
    """

    body: str
    preview_url: bool | None = None

    def __attrs_post_init__(self) -> None:
        check_texts(self, "body")


@model(kw_only=True)
class WhatsAppTextImageResponseMessage:
    """An image.

    Args:
        image_uri: Where it is.
        caption: Text below it.

    https://www.braze.com/docs/api/objects_filters/messaging/whats_app_object
    """

    image_uri: str
    caption: str | None = None

    def __attrs_post_init__(self) -> None:
        check_texts(self, "image_uri")


@model(kw_only=True)
class WhatsAppButton:
    """A quick reply.

    Args:
        text: What it says.
    """

    text: str

    def __attrs_post_init__(self) -> None:
        check_texts(self, "text")


@model(kw_only=True, field_transformer=own_values)
class WhatsAppQuickReplyResponseMessage:
    """A text with quick replies.

    Args:
        body: The text.
        buttons: The replies.
        header_image_uri: An image above it; not together with header_text.
        header_text: A text above it; not together with header_image_uri.
        footer: A text below it.

    https://www.braze.com/docs/api/objects_filters/messaging/whats_app_object
    """

    body: str
    buttons: Sequence[WhatsAppButton]
    header_image_uri: str | None = None
    header_text: str | None = None
    footer: str | None = None

    def __attrs_post_init__(self) -> None:
        check_texts(self, "body")
        if self.header_image_uri is not None and self.header_text is not None:
            raise ConfigurationError(
                "WhatsAppQuickReplyResponseMessage holds header_image_uri and header_text: "
                "give one of them"
            )


@model(kw_only=True)
class WhatsAppListRow:
    """One choice of a list.

    Args:
        row_title: What it says.
        row_description: More about it.
    """

    row_title: str
    row_description: str | None = None

    def __attrs_post_init__(self) -> None:
        check_texts(self, "row_title")


@model(kw_only=True, field_transformer=own_values)
class WhatsAppListSection:
    """Choices below a title.

    Args:
        section_title: The title.
        list_rows: The choices.
    """

    section_title: str
    list_rows: Sequence[WhatsAppListRow]

    def __attrs_post_init__(self) -> None:
        check_texts(self, "section_title")


@model(kw_only=True, field_transformer=own_values)
class WhatsAppList:
    """A list to choose from.

    Args:
        list_button_text: Text of the button that opens it.
        list_sections: At least one; at most 10 rows in all.
    """

    list_button_text: str
    list_sections: Sequence[WhatsAppListSection]

    def __attrs_post_init__(self) -> None:
        check_texts(self, "list_button_text")
        at_least_one_of(self, "list_sections")
        rows = sum(len(section.list_rows) for section in self.list_sections)
        if rows > WHATS_APP_LIST_ROWS:
            raise ConfigurationError(
                f"WhatsAppList holds {rows} rows: WhatsApp takes {WHATS_APP_LIST_ROWS} in all"
            )


@model(kw_only=True)
class WhatsAppListResponseMessage:
    """A text with a list to choose from.

    Args:
        body: The text.
        list: The list.
        header: A text above it.
        footer: A text below it.

    https://www.braze.com/docs/api/objects_filters/messaging/whats_app_object
    """

    body: str
    list: WhatsAppList
    header: str | None = None
    footer: str | None = None

    def __attrs_post_init__(self) -> None:
        check_texts(self, "body")


@model(kw_only=True)
class WhatsAppFlowButton:
    """The button that opens a flow.

    Args:
        caption: At most 20 characters.
        flow_id: A published flow.
    """

    caption: str
    flow_id: str

    def __attrs_post_init__(self) -> None:
        check_text("WhatsAppFlowButton.caption", self.caption, WHATS_APP_CAPTION_CHARACTERS)
        check_texts(self, "flow_id")


@model(kw_only=True)
class WhatsAppFlowResponseMessage:
    """A text with a flow.

    Args:
        body: The text.
        flow_button: Opens the flow.
        header_text: A text above it.
        footer: A text below it.
        generate_custom_attribute: Whether the answer is kept as a custom attribute.

    https://www.braze.com/docs/api/objects_filters/messaging/whats_app_object
    """

    body: str
    flow_button: WhatsAppFlowButton
    header_text: str | None = None
    footer: str | None = None
    generate_custom_attribute: bool | None = None

    def __attrs_post_init__(self) -> None:
        check_texts(self, "body")


WhatsAppMessage: TypeAlias = (
    WhatsAppTemplateMessage
    | WhatsAppTextResponseMessage
    | WhatsAppTextImageResponseMessage
    | WhatsAppQuickReplyResponseMessage
    | WhatsAppListResponseMessage
    | WhatsAppFlowResponseMessage
)
_KINDS: Mapping[str, type[WhatsAppMessage]] = {
    "template_message": WhatsAppTemplateMessage,
    "text_response_message": WhatsAppTextResponseMessage,
    "text_image_response_message": WhatsAppTextImageResponseMessage,
    "quick_reply_response_message": WhatsAppQuickReplyResponseMessage,
    "list_response_message": WhatsAppListResponseMessage,
    "flow_response_message": WhatsAppFlowResponseMessage,
}


@model(kw_only=True)
class WhatsApp:
    """A WhatsApp message: a template, or a response within 24 hours of the person's own message.

    Args:
        app_id: Any app of the workspace.
        subscription_group_id: UUID of the group that sends it.
        message_type: The kind of message.
        message: Of the class that belongs to the kind.
        message_variation_id: Needed with a campaign_id; a variation of this channel.

    Raises:
        ConfigurationError: The message is of another kind.

    https://www.braze.com/docs/api/objects_filters/messaging/whats_app_object
    """

    app_id: str
    subscription_group_id: str
    message_type: Literal[
        "template_message",
        "text_response_message",
        "text_image_response_message",
        "quick_reply_response_message",
        "list_response_message",
        "flow_response_message",
    ]
    message: WhatsAppMessage
    message_variation_id: str | None = None

    def __attrs_post_init__(self) -> None:
        check_texts(self, "app_id")
        check_group_id(self)
        check_choice("WhatsApp.message_type", self.message_type, tuple(_KINDS))
        kind = _KINDS[self.message_type]
        if not isinstance(self.message, kind):
            raise refused("WhatsApp.message", self.message, f"give {kind.__name__}(...)")

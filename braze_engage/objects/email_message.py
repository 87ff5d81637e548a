"""E-mail messages and what is attached to them."""

from collections.abc import Mapping, Sequence
from os.path import splitext
from typing import Annotated, Final
from urllib.parse import urlsplit

from braze_engage.errors import ConfigurationError
from braze_engage.objects.checks import at_least_one_of, check_text
from braze_engage.objects.fields import wire_name
from braze_engage.objects.json_objects import own_values
from braze_engage.objects.message_checks import check_texts
from braze_engage.objects.models import model
from braze_engage.objects.values import CustomValue

__all__ = ["ATTACHMENT_EXTENSIONS", "Email", "EmailAttachment"]

_EXTENSIONS: Final = (
    "txt csv log css ics jpg jpe jpeg gif png bmp psd tif tiff svg indd ai eps doc docx rtf odt "
    "ott pdf pub pages mobi epub mp3 m4a m4v wma ogg flac wav aif aifc aiff mp4 mov avi mkv mpeg "
    "mpg wmv xls xlsx ods numbers odp ppt pptx pps key zip vcf pkpass"
)
ATTACHMENT_EXTENSIONS: Final = frozenset(_EXTENSIONS.split())
"""What Braze attaches to e-mails, by the extension in the address."""


@model(kw_only=True)
class EmailAttachment:
    """A file that Braze fetches and attaches.

    Args:
        file_name: Name of the file without extension.
        url: Where it is; at most 2 MB, the extension is taken from here. Kept for about a day.
        basic_auth_credential: Name of a credential stored in Braze, where one is needed.

    Raises:
        ConfigurationError: The address ends in an extension Braze does not attach.

    https://www.braze.com/docs/api/objects_filters/messaging/email_object
    """

    file_name: str
    url: str
    basic_auth_credential: str | None = None

    def __attrs_post_init__(self) -> None:
        check_texts(self, "file_name", "url")
        extension = splitext(urlsplit(self.url).path)[1][1:].lower()  # noqa: PTH122 - no path here
        if extension and extension not in ATTACHMENT_EXTENSIONS:
            raise ConfigurationError(
                "EmailAttachment.url ends in an extension that Braze does not attach: "
                "give a file of another kind, such as pdf, png or zip"
            )


@model(kw_only=True, field_transformer=own_values)
class Email:
    """An e-mail.

    Args:
        app_id: Any app of the workspace.
        from_: ``Display Name <user@example.com>``; sent as ``from``.
        subject: Subject; the template's own where absent.
        reply_to: An address, or ``NO_REPLY_TO``; the workspace's own where absent.
        bcc: One of the BCC addresses set in Braze.
        body: HTML; needed without email_template_id.
        plaintext_body: Made from the body where absent.
        preheader: Preview in an inbox.
        email_template_id: Supplies subject, body and should_inline_css unless given here.
        message_variation_id: Needed with a campaign_id; a variation of this channel.
        extras: Unique arguments, on SendGrid.
        headers: Further headers; SparkPost, SendGrid and Amazon SES.
        should_inline_css: Whether CSS is put into the elements; the workspace's own where absent.
        attachments: Files.

    Raises:
        ConfigurationError: It has neither body nor template.

    https://www.braze.com/docs/api/objects_filters/messaging/email_object
    """

    app_id: str
    from_: Annotated[str, wire_name("from")]
    subject: str | None = None
    reply_to: str | None = None
    bcc: str | None = None
    body: str | None = None
    plaintext_body: str | None = None
    preheader: str | None = None
    email_template_id: str | None = None
    message_variation_id: str | None = None
    extras: Mapping[str, CustomValue] | None = None
    headers: Mapping[str, CustomValue] | None = None
    should_inline_css: bool | None = None
    attachments: Sequence[EmailAttachment] = ()

    def __attrs_post_init__(self) -> None:
        check_texts(self, "app_id")
        check_text("Email.from_", self.from_)
        at_least_one_of(self, "body", "email_template_id")

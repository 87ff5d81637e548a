"""The messages of one send, by channel."""

from braze_engage.objects.android_push import AndroidPush, KindlePush
from braze_engage.objects.apple_push import ApplePush
from braze_engage.objects.channels import ContentCard, Sms, Webhook
from braze_engage.objects.checks import at_least_one_of
from braze_engage.objects.email_message import Email
from braze_engage.objects.message_checks import check_instance
from braze_engage.objects.models import model
from braze_engage.objects.web_push import WebPush
from braze_engage.objects.whats_app import WhatsApp

__all__ = ["Messages"]


@model(kw_only=True)
class Messages:
    """At least one message, each for its own channel.

    Args:
        apple_push: For iOS.
        android_push: For Android.
        kindle_push: For Kindle.
        web_push: For browsers.
        email: By e-mail.
        sms: As a text message.
        content_card: As a Content Card.
        webhook: As a request to a server.
        whats_app: By WhatsApp; the page on schedules does not list it.

    Raises:
        ConfigurationError: There is none, or one is of another channel.

    https://www.braze.com/docs/api/objects_filters#messaging-objects
    """

    apple_push: ApplePush | None = None
    android_push: AndroidPush | None = None
    kindle_push: KindlePush | None = None
    web_push: WebPush | None = None
    email: Email | None = None
    sms: Sms | None = None
    content_card: ContentCard | None = None
    webhook: Webhook | None = None
    whats_app: WhatsApp | None = None

    def __attrs_post_init__(self) -> None:
        at_least_one_of(self, *_CHANNELS)
        for name, kind in _CHANNELS.items():
            if getattr(self, name) is not None:
                check_instance(self, name, kind)

    @property
    def without_variation(self) -> tuple[str, ...]:
        """Channels whose message names no ``message_variation_id``."""
        given = {name: getattr(self, name) for name in _CHANNELS}
        return tuple(
            name
            for name, message in given.items()
            if message is not None and message.message_variation_id is None
        )


_CHANNELS = {
    "apple_push": ApplePush,
    "android_push": AndroidPush,
    "kindle_push": KindlePush,
    "web_push": WebPush,
    "email": Email,
    "sms": Sms,
    "content_card": ContentCard,
    "webhook": Webhook,
    "whats_app": WhatsApp,
}

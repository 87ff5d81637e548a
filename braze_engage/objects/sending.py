"""To whom messages go, and what personalizes them."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from braze_engage.errors import ConfigurationError
from braze_engage.limits import SEND_PROPERTIES_BYTES
from braze_engage.objects.aliases import UserAlias, check_external_id, check_user_alias
from braze_engage.objects.attributes import UserAttributes
from braze_engage.objects.checks import (
    check_email,
    check_flag,
    check_text,
    exactly_one_of,
)
from braze_engage.objects.fields import own_sequences
from braze_engage.objects.json_objects import check_object_bytes, own_values
from braze_engage.objects.message_checks import check_instance
from braze_engage.objects.models import model
from braze_engage.objects.priorities import Prioritization, check_prioritization
from braze_engage.objects.values import CustomValue

__all__ = [
    "CanvasContext",
    "Recipient",
    "RecipientAttributes",
    "TransactionalRecipient",
    "TriggerProperties",
]

TriggerProperties: TypeAlias = Mapping[str, CustomValue]
"""Values that templates of a campaign read as ``api_trigger_properties``; at most 50 KB.

https://www.braze.com/docs/api/objects_filters/trigger_properties_object
"""
CanvasContext: TypeAlias = Mapping[str, CustomValue]
"""Values that templates of a Canvas read as ``context``; at most 50 KB.

https://www.braze.com/docs/api/objects_filters/context_object
"""


@model(kw_only=True, field_transformer=own_sequences)
class RecipientAttributes(UserAttributes):
    """What is written to the profile of a recipient before the send.

    The same fields as `braze_engage.UserAttributes` without those that name the person or steer
    the write: the recipient does both.

    Raises:
        ConfigurationError: It names a person, or Braze would drop part of it without a word.

    https://www.braze.com/docs/api/objects_filters/recipient_object
    """

    __repr__ = UserAttributes.__repr__

    def _check_identity(self) -> None:
        for name in ("external_id", "user_alias", "braze_id", "update_existing_only"):
            if getattr(self, name) is not None:
                raise ConfigurationError(
                    f"RecipientAttributes.{name}: leave it out, the recipient says who is meant"
                )
        if self.push_token_import:
            raise ConfigurationError("RecipientAttributes.push_token_import: leave it out")

    @property
    def empty(self) -> bool:
        """Whether nothing would be written."""
        return self == RecipientAttributes()


@model(kw_only=True, field_transformer=own_values)
class Recipient:
    """One person to send to; of several entries for one person Braze takes the last.

    Args:
        external_user_id: At most 987 bytes. Exactly one of external_user_id, user_alias,
            braze_id and email.
        user_alias: Names the person by alias.
        braze_id: Names the person by Braze's own id.
        email: Names the person by address.
        prioritization: With email only: which profile, if several match; a tie means none.
        trigger_properties: For campaigns; they win over those of the request. At most 50 KB.
        context: For Canvases; it wins over that of the request. At most 50 KB.
        send_to_existing_only: False creates the person where unknown; it needs attributes and an
            identifier other than an alias.
        attributes: Written before the send; ``subscription_groups`` for campaigns only.

    Raises:
        ConfigurationError: Braze would refuse the entry.

    https://www.braze.com/docs/api/objects_filters/recipient_object
    """

    external_user_id: str | None = None
    user_alias: UserAlias | None = None
    braze_id: str | None = None
    email: str | None = None
    prioritization: Sequence[Prioritization] = ()
    trigger_properties: TriggerProperties | None = None
    context: CanvasContext | None = None
    send_to_existing_only: bool = True
    attributes: RecipientAttributes | None = None

    def __attrs_post_init__(self) -> None:
        exactly_one_of(self, "external_user_id", "user_alias", "braze_id", "email")
        if self.external_user_id is not None:
            check_external_id(self, "external_user_id")
        if self.user_alias is not None:
            check_user_alias(self, self.user_alias)
        if self.braze_id is not None:
            check_text("Recipient.braze_id", self.braze_id)
        if self.email is not None:
            check_email("Recipient.email", self.email)
            check_prioritization(self, self.prioritization)
        elif self.prioritization:
            raise ConfigurationError(
                "Recipient.prioritization: leave it out, only an e-mail address needs it"
            )
        for name in ("trigger_properties", "context"):
            check_object_bytes(self, name, SEND_PROPERTIES_BYTES)
        if self.attributes is not None:
            check_instance(self, "attributes", RecipientAttributes)
        check_flag("Recipient.send_to_existing_only", self.send_to_existing_only)
        written = self.attributes is not None and not self.attributes.empty
        if not self.send_to_existing_only and (self.user_alias is not None or not written):
            raise ConfigurationError(
                "Recipient.send_to_existing_only: Braze creates people only with attributes and "
                "never by alias, give attributes and another identifier, or leave it True"
            )


@model(kw_only=True)
class TransactionalRecipient:
    """The one person a transactional message goes to.

    Args:
        external_user_id: At most 987 bytes. Exactly one of external_user_id and user_alias.
        user_alias: Names the person by alias.
        attributes: Written before the send; creates the person where unknown.

    https://www.braze.com/docs/api/endpoints/messaging/send_messages/post_send_transactional_message
    """

    external_user_id: str | None = None
    user_alias: UserAlias | None = None
    attributes: RecipientAttributes | None = None

    def __attrs_post_init__(self) -> None:
        exactly_one_of(self, "external_user_id", "user_alias")
        if self.external_user_id is not None:
            check_external_id(self, "external_user_id")
        if self.user_alias is not None:
            check_user_alias(self, self.user_alias)
        if self.attributes is not None:
            check_instance(self, "attributes", RecipientAttributes)

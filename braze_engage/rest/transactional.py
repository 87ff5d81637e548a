"""The group "transactional" of the REST API."""

from braze_engage._wire import Unreadable, decode, structure
from braze_engage.errors import BrazeError
from braze_engage.limits import SEND_PROPERTIES_BYTES
from braze_engage.objects import TransactionalRecipient, TriggerProperties
from braze_engage.objects.checks import check_pattern
from braze_engage.objects.json_objects import check_object_bytes, own_values
from braze_engage.objects.message_checks import check_instance, check_texts
from braze_engage.objects.models import model
from braze_engage.operation import Family, Operation, Replay

__all__ = [
    "SendTransactional",
    "Transactional",
    "TransactionalMetadata",
    "TransactionalPostback",
    "TransactionalSend",
]


@model(kw_only=True, field_transformer=own_values)
class SendTransactional:
    """One message to one person.

    Args:
        campaign_id: API identifier of a transactional campaign.
        recipient: Whom to reach; attributes create the person where unknown.
        external_send_id: Your own name for this send, of letters, digits and ``- _ + / =``. For 24
            hours a second send of this name is not made, which makes repeating safe; postbacks
            carry it.
        trigger_properties: Values for the template; at most 50 KB.

    Raises:
        ConfigurationError: Braze would refuse it.
    """

    campaign_id: str
    recipient: TransactionalRecipient
    external_send_id: str | None = None
    trigger_properties: TriggerProperties | None = None

    def __attrs_post_init__(self) -> None:
        check_texts(self, "campaign_id")
        check_instance(self, "recipient", TransactionalRecipient)
        if self.external_send_id is not None:
            field, words = "SendTransactional.external_send_id", "letters, digits, - _ + / ="
            check_pattern(field, self.external_send_id, r"[A-Za-z0-9_+/=-]+", words)
        check_object_bytes(self, "trigger_properties", SEND_PROPERTIES_BYTES)

    def narrowed_replay(self) -> Replay:
        """Allow repeats of a send that has a name: Braze makes it once."""
        return Replay.IF_UNSENT if self.external_send_id is None else Replay.ALWAYS


@model(kw_only=True)
class TransactionalMetadata:
    """More about a transactional message; times in ISO 8601, each from the event it belongs to on.

    Args:
        campaign_api_id: The campaign.
        external_send_id: Name given to the send.
        received_at: When Braze got the request.
        enqueued_at: When it was queued.
        executed_at: When it was worked on.
        sent_at: When it was handed to the e-mail provider.
        processed_at: When the provider took it.
        delivered_at: When it reached the mailbox.
        bounced_at: When the mailbox refused it.
        aborted_at: When Braze gave it up.
        reason: Why it was given up or refused.
    """

    campaign_api_id: str | None = None
    external_send_id: str | None = None
    received_at: str | None = None
    enqueued_at: str | None = None
    executed_at: str | None = None
    sent_at: str | None = None
    processed_at: str | None = None
    delivered_at: str | None = None
    bounced_at: str | None = None
    aborted_at: str | None = None
    reason: str | None = None


@model(kw_only=True)
class TransactionalSend:
    """What became of a send so far.

    Args:
        dispatch_id: Names it.
        status: ``sent``; the latest status where external_send_id was used before.
        metadata: Times, and what the send belongs to.
    """

    dispatch_id: str
    status: str | None = None
    metadata: TransactionalMetadata | None = None


@model(kw_only=True)
class TransactionalPostback:
    """What Braze posts to your server at each event of a send.

    Args:
        dispatch_id: Names the send.
        status: ``sent``, ``processed``, ``aborted``, ``delivered`` or ``bounced``.
        metadata: Times, and what the send belongs to.

    https://www.braze.com/docs/api/endpoints/messaging/send_messages/post_send_transactional_message
    """

    dispatch_id: str
    status: str
    metadata: TransactionalMetadata

    @classmethod
    def read(cls, body: bytes) -> "TransactionalPostback":
        """Read the body of such a request.

        Args:
            body: As it came in.

        Raises:
            BrazeError: It is no postback.
        """
        try:
            return structure(decode(body), cls)
        except Unreadable as unreadable:
            problem = str(unreadable)
        except ValueError:
            problem = "no JSON"
        # Raised outside the handlers: the errors above hold the body, which may be personal.
        raise BrazeError(f"the body is no postback of a transactional message: {problem}")


class Transactional(Family):
    """Transactional messages, sent with priority."""

    group = "transactional"

    send = Operation(
        "POST",
        "/transactional/v1/campaigns/{campaign_id}/send",
        SendTransactional,
        TransactionalSend,
        bucket="transactional",
        replay=Replay.IF_UNSENT,
        permission="transactional.send",
        docs="https://www.braze.com/docs/api/endpoints/messaging/send_messages/post_send_transactional_message",
    )
    """Send one transactional message to one person, with priority.

    Sends beyond the allotment that was bought are made too. What becomes of it later is posted to
    your server: `TransactionalPostback`.
    """

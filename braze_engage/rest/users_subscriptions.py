"""Rows that look up and delete subscription states by address."""

from collections.abc import Sequence
from typing import Annotated

from braze_engage.objects import SubscriptionIdentifier
from braze_engage.objects.addresses import check_addresses
from braze_engage.objects.checks import at_least_one_of
from braze_engage.objects.fields import WHOLE_BODY, own_sequences
from braze_engage.objects.models import model
from braze_engage.operation import Family, Operation, Replay

__all__ = [
    "AddressSubscriptions",
    "DeleteSubscriptionByIdentifier",
    "EmailSubscribe",
    "EmailSubscription",
    "GetSubscriptionByIdentifier",
    "GroupSubscription",
    "PhoneSubscription",
    "SubscriptionsDeleted",
    "UsersSubscriptions",
]

_DOCS = "https://www.braze.com/docs/api/endpoints/email"


@model(kw_only=True, field_transformer=own_sequences)
class GetSubscriptionByIdentifier:
    """Whose states to look up; at least one address.

    Args:
        email: One address, or up to 50.
        phone: One number in E.164, or up to 50.
    """

    email: str | Sequence[str] = ()
    phone: str | Sequence[str] = ()

    def __attrs_post_init__(self) -> None:
        at_least_one_of(self, "email", "phone")
        check_addresses(self, "email", "phone")


@model(kw_only=True)
class EmailSubscribe:
    """The global state of an e-mail address.

    Args:
        email_subscription_state: Such as ``subscribed``.
        email_subscription_event_date: When it became so, as Braze writes it.
    """

    email_subscription_state: str | None = None
    email_subscription_event_date: str | None = None


@model(kw_only=True)
class GroupSubscription:
    """A state in one subscription group.

    Args:
        subscription_group_id: The group's UUID.
        subscription_group_state: Such as ``subscribed``.
        subscription_group_event_date: When it became so, as Braze writes it.
    """

    subscription_group_id: str
    subscription_group_state: str | None = None
    subscription_group_event_date: str | None = None


@model(kw_only=True)
class EmailSubscription:
    """What Braze keeps of an e-mail address.

    Args:
        email: The address.
        email_subscribe: Its global state.
        subscription_group: Its states in groups.
        hard_bounced_at: When it hard bounced, if it did.
        spam_at: When it marked a message as spam, if it did.
    """

    email: str
    email_subscribe: EmailSubscribe | None = None
    subscription_group: tuple[GroupSubscription, ...] = ()
    hard_bounced_at: str | None = None
    spam_at: str | None = None


@model(kw_only=True)
class PhoneSubscription:
    """What Braze keeps of a phone number.

    Args:
        phone: The number.
        subscription_group: Its states in groups.
    """

    phone: str
    subscription_group: tuple[GroupSubscription, ...] = ()


@model(kw_only=True)
class AddressSubscriptions:
    """What Braze keeps of the addresses asked for.

    Args:
        message: ``success``.
        emails: One entry for each e-mail address.
        phone: One entry for each phone number.
    """

    message: str
    emails: tuple[EmailSubscription, ...] = ()
    phone: tuple[PhoneSubscription, ...] = ()


@model(kw_only=True, field_transformer=own_sequences)
class DeleteSubscriptionByIdentifier:
    """Whose states to delete.

    Args:
        identifiers: One entry for each address.
    """

    identifiers: Annotated[Sequence[SubscriptionIdentifier], WHOLE_BODY] = ()

    def __attrs_post_init__(self) -> None:
        at_least_one_of(self, "identifiers")


@model(kw_only=True)
class SubscriptionsDeleted:
    """Braze took the request.

    Args:
        message: ``success``.
        status: In words of Braze's.
    """

    message: str
    status: str | None = None


class UsersSubscriptions(Family):
    """Rows that look up and delete subscription states by address."""

    group = "users"

    get_subscription_by_identifier = Operation(
        "GET",
        "/users/subscription",
        GetSubscriptionByIdentifier,
        AddressSubscriptions,
        bucket="email_user_subscription",
        replay=Replay.ALWAYS,
        permission=None,
        docs=_DOCS,
        availability="unlisted",
    )
    """Look up what Braze keeps of addresses (unlisted).

    Unconfirmed: Braze's public pages do not describe it.
    """

    delete_subscription_by_identifier = Operation(
        "DELETE",
        "/users/subscription",
        DeleteSubscriptionByIdentifier,
        SubscriptionsDeleted,
        bucket="email_user_subscription",
        replay=Replay.ALWAYS,
        permission=None,
        docs=_DOCS,
        availability="unlisted",
    )
    """Delete the subscription states of addresses (unlisted).

    Unconfirmed: Braze's public pages do not describe it.
    """

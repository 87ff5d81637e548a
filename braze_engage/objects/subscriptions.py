"""Entries of the requests that change subscription states."""

from collections.abc import Sequence
from typing import Literal

from braze_engage.objects.addresses import check_addresses, one_kind_of_address
from braze_engage.objects.checks import at_least_one_of, check_email, check_text, exactly_one_of
from braze_engage.objects.fields import own_sequences
from braze_engage.objects.models import model
from braze_engage.objects.profile import check_subscription

__all__ = ["SubscriptionGroupUpdate", "SubscriptionIdentifier"]


@model(kw_only=True, field_transformer=own_sequences)
class SubscriptionGroupUpdate:
    """A state of one subscription group for some people.

    Args:
        subscription_group_id: The group's UUID.
        subscription_state: Subscribed or unsubscribed.
        external_ids: At most 50.
        emails: At most 50, not together with phones.
        phones: At most 50 in E.164, not together with emails.
        use_double_opt_in_logic: Whether Braze asks people to confirm; SMS groups only.

    https://www.braze.com/docs/api/endpoints/subscription_groups/post_update_user_subscription_group_status_v2
    """

    subscription_group_id: str
    subscription_state: Literal["subscribed", "unsubscribed"]
    external_ids: Sequence[str] = ()
    emails: Sequence[str] = ()
    phones: Sequence[str] = ()
    use_double_opt_in_logic: bool = False

    def __attrs_post_init__(self) -> None:
        check_subscription(self)
        at_least_one_of(self, "external_ids", "emails", "phones")
        one_kind_of_address(self, "emails", "phones")
        check_addresses(self, "external_ids", "emails", "phones")


@model(kw_only=True)
class SubscriptionIdentifier:
    """Whose stored subscription states to delete: exactly one address.

    Args:
        email: An e-mail address.
        phone: A phone number in E.164.

    Unconfirmed: Braze's public pages do not describe it.
    """

    email: str | None = None
    phone: str | None = None

    def __attrs_post_init__(self) -> None:
        exactly_one_of(self, "email", "phone")
        if self.email is not None:
            check_email("SubscriptionIdentifier.email", self.email)
        if self.phone is not None:
            check_text("SubscriptionIdentifier.phone", self.phone)

"""The group "email" of the REST API."""

from collections.abc import Sequence
from datetime import date
from typing import Literal

from braze_engage.errors import ConfigurationError
from braze_engage.limits import LISTED_ADDRESSES
from braze_engage.objects import Accepted, SubscriptionState
from braze_engage.objects.addresses import check_addresses
from braze_engage.objects.checks import at_least_one_of, check_choice, check_email
from braze_engage.objects.fields import own_sequences
from braze_engage.objects.models import model
from braze_engage.operation import Family, Offsets, Operation, PagedOperation, Replay
from braze_engage.rest.dates import check_dates, check_part

__all__ = [
    "Email",
    "HardBounce",
    "HardBouncePage",
    "ListHardBounces",
    "ListUnsubscribes",
    "SetEmailStatus",
    "Unsubscribe",
    "UnsubscribePage",
    "UpdateEmailList",
]


@model(kw_only=True)
class ListHardBounces:
    """Which days or which address, and which part of the list.

    Args:
        end_date: The day whose start, in UTC, ends the list.
        start_date: The first day, before end_date; this or email is needed.
        limit: Addresses in one answer, 1 to 500.
        offset: How many to skip.
        email: One address, whatever the days; not together with limit and offset.
    """

    end_date: date
    start_date: date | None = None
    limit: int = 100
    offset: int = 0
    email: str | None = None

    def __attrs_post_init__(self) -> None:
        at_least_one_of(self, "start_date", "email")
        check_dates(self)
        check_part(self, LISTED_ADDRESSES)
        if self.email is not None:
            check_email("ListHardBounces.email", self.email)
            if (self.limit, self.offset) != (100, 0):
                raise ConfigurationError(
                    "ListHardBounces holds an email and a limit or offset: leave these out, "
                    "Braze looks for one address"
                )


@model(kw_only=True)
class HardBounce:
    """An address that hard bounced.

    Args:
        email: The address.
        hard_bounced_at: When, as Braze writes it.
    """

    email: str
    hard_bounced_at: str | None = None


@model(kw_only=True)
class HardBouncePage:
    """Addresses that hard bounced, newest first.

    Args:
        message: ``success``.
        emails: Those asked for.
    """

    message: str
    emails: tuple[HardBounce, ...] = ()


@model(kw_only=True)
class ListUnsubscribes:
    """Which days or which address, and which part of the list.

    Args:
        start_date: The first day, before end_date; this or email is needed.
        end_date: The last day, needed with start_date. Unconfirmed: a table of Braze's says
            optional, the note below it says required.
        limit: Addresses in one answer, 1 to 500.
        offset: How many to skip.
        sort_direction: By time, newest first unless told otherwise.
        email: One address.
    """

    start_date: date | None = None
    end_date: date | None = None
    limit: int = 100
    offset: int = 0
    sort_direction: Literal["asc", "desc"] = "desc"
    email: str | None = None

    def __attrs_post_init__(self) -> None:
        at_least_one_of(self, "start_date", "email")
        check_dates(self)
        check_part(self, LISTED_ADDRESSES)
        check_choice("ListUnsubscribes.sort_direction", self.sort_direction, ("asc", "desc"))
        if self.email is not None:
            check_email("ListUnsubscribes.email", self.email)


@model(kw_only=True)
class Unsubscribe:
    """An address that unsubscribed.

    Args:
        email: The address.
        unsubscribed_at: When, such as ``2020-06-17 19:27:44 +0000`` or ISO 8601.
    """

    email: str
    unsubscribed_at: str | None = None


@model(kw_only=True)
class UnsubscribePage:
    """Addresses that unsubscribed.

    Args:
        message: ``success``.
        emails: Those asked for.
    """

    message: str
    emails: tuple[Unsubscribe, ...] = ()


@model(kw_only=True, field_transformer=own_sequences)
class SetEmailStatus:
    """A state for some addresses.

    Args:
        email: One address, or up to 50.
        subscription_state: Subscribed, unsubscribed or opted in.
    """

    email: str | Sequence[str]
    subscription_state: SubscriptionState

    def __attrs_post_init__(self) -> None:
        at_least_one_of(self, "email")
        check_addresses(self, "email")
        states = ("subscribed", "unsubscribed", "opted_in")
        check_choice("SetEmailStatus.subscription_state", self.subscription_state, states)


@model(kw_only=True, field_transformer=own_sequences)
class UpdateEmailList:
    """Addresses to put on a list or to take off it.

    Args:
        email: One address, or up to 50.
    """

    email: str | Sequence[str]

    def __attrs_post_init__(self) -> None:
        at_least_one_of(self, "email")
        check_addresses(self, "email")


class Email(Family):
    """Addresses that bounced or unsubscribed, and their states."""

    group = "email"

    list_hard_bounces = PagedOperation(
        "GET",
        "/email/hard_bounces",
        ListHardBounces,
        HardBouncePage,
        items=lambda page: page.emails,
        paging=Offsets(100),
        bucket="default",
        replay=Replay.ALWAYS,
        permission="email.hard_bounces",
        docs="https://www.braze.com/docs/api/endpoints/email/get_list_hard_bounces",
    )
    """List addresses that hard bounced."""

    list_unsubscribes = PagedOperation(
        "GET",
        "/email/unsubscribes",
        ListUnsubscribes,
        UnsubscribePage,
        items=lambda page: page.emails,
        paging=Offsets(100),
        bucket="default",
        replay=Replay.ALWAYS,
        permission="email.unsubscribe",
        docs="https://www.braze.com/docs/api/endpoints/email/get_query_unsubscribed_email_addresses",
    )
    """List addresses that unsubscribed. Braze spells the permission without a final s."""

    set_subscription_status = Operation(
        "POST",
        "/email/status",
        SetEmailStatus,
        Accepted,
        bucket="default",
        replay=Replay.ALWAYS,
        permission="email.status",
        docs="https://www.braze.com/docs/api/endpoints/email/post_email_subscription_status",
    )
    """Set the global state of addresses, for everybody who has them."""

    remove_hard_bounces = Operation(
        "POST",
        "/email/bounce/remove",
        UpdateEmailList,
        Accepted,
        bucket="default",
        replay=Replay.ALWAYS,
        permission="email.bounce.remove",
        docs="https://www.braze.com/docs/api/endpoints/email/post_remove_hard_bounces",
    )
    """Take addresses off the list of hard bounces."""

    remove_spam = Operation(
        "POST",
        "/email/spam/remove",
        UpdateEmailList,
        Accepted,
        bucket="default",
        replay=Replay.ALWAYS,
        permission="email.spam.remove",
        docs="https://www.braze.com/docs/api/endpoints/email/post_remove_spam",
    )
    """Take addresses off the list of those that marked a message as spam."""

    add_to_blocklist = Operation(
        "POST",
        "/email/blocklist",
        UpdateEmailList,
        Accepted,
        bucket="default",
        replay=Replay.ALWAYS,
        permission="email.blacklist",
        docs="https://www.braze.com/docs/api/endpoints/email/post_blocklist",
    )
    """Unsubscribe addresses and mark them as hard bounced. The permission has the older name."""

    add_to_blacklist = Operation(
        "POST",
        "/email/blacklist",
        UpdateEmailList,
        Accepted,
        bucket="default",
        replay=Replay.ALWAYS,
        permission="email.blacklist",
        docs="https://www.braze.com/docs/api/endpoints/email/post_blacklist",
        availability="deprecated",
    )
    """Do the same under its older name (deprecated): use `add_to_blocklist`."""

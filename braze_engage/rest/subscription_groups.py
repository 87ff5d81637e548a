"""The group "subscription_groups" of the REST API."""

from collections.abc import Mapping, Sequence
from typing import Literal

import attrs

from braze_engage.errors import ConfigurationError
from braze_engage.limits import SUBSCRIPTIONS_PAGE
from braze_engage.objects import Accepted, SubscriptionGroupUpdate
from braze_engage.objects.addresses import check_addresses, one_kind_of_address
from braze_engage.objects.checks import at_least_one_of, check_range
from braze_engage.objects.fields import own_sequences
from braze_engage.objects.models import model
from braze_engage.objects.profile import check_group_id, check_subscription
from braze_engage.operation import Family, Offsets, Operation, PagedOperation, Replay

__all__ = [
    "GetSubscriptionStatus",
    "ListSubscriptionGroups",
    "SetSubscriptionStatus",
    "SetSubscriptionStatuses",
    "SubscriptionGroups",
    "SubscriptionStatus",
    "UserSubscriptionGroup",
    "UserSubscriptionGroups",
    "UserSubscriptionGroupsPage",
]


@model(kw_only=True, field_transformer=own_sequences)
class GetSubscriptionStatus:
    """Which group, and whose state; at least one identifier.

    Args:
        subscription_group_id: The group's UUID.
        external_id: One external id, or up to 50.
        email: One address, or up to 50; together with phone only beside external ids.
        phone: One number in E.164, or up to 50; see email.
    """

    subscription_group_id: str
    external_id: str | Sequence[str] = ()
    email: str | Sequence[str] = ()
    phone: str | Sequence[str] = ()

    def __attrs_post_init__(self) -> None:
        check_group_id(self)
        at_least_one_of(self, "external_id", "email", "phone")
        if not self.external_id:
            one_kind_of_address(self)
        check_addresses(self, "external_id", "email", "phone")


@model(kw_only=True)
class SubscriptionStatus:
    """States in one group, whatever the global state, which overrides them.

    Args:
        message: ``success``.
        status: Identifier -> ``Subscribed``, ``Unsubscribed`` or ``Unknown``; Braze writes them in
            lower case too.
    """

    message: str
    status: Mapping[str, str] = attrs.field(factory=dict[str, str], repr=False)


@model(kw_only=True, field_transformer=own_sequences)
class ListSubscriptionGroups:
    """Whose groups, and which part of the list.

    Args:
        external_id: One external id, or up to 50. Unconfirmed: older pages took an e-mail address
            or phone number instead.
        email: One address, or up to 50.
        phone: One number in E.164, or up to 50.
        limit: People in one answer, 1 to 100.
        offset: How many to skip.
    """

    external_id: str | Sequence[str]
    email: str | Sequence[str] = ()
    phone: str | Sequence[str] = ()
    limit: int = SUBSCRIPTIONS_PAGE
    offset: int = 0

    def __attrs_post_init__(self) -> None:
        at_least_one_of(self, "external_id")
        check_addresses(self, "external_id", "email", "phone")
        check_range("ListSubscriptionGroups.limit", self.limit, least=1, most=SUBSCRIPTIONS_PAGE)
        check_range("ListSubscriptionGroups.offset", self.offset, least=0)


@model(kw_only=True)
class UserSubscriptionGroup:
    """A group in which a person's state was changed once.

    Args:
        id: The group's UUID.
        name: Its name.
        channel: Such as ``email``, ``sms`` or ``whatsapp``.
        status: ``Subscribed`` or ``Unsubscribed``, in lower case too.
    """

    id: str
    name: str = ""
    channel: str = ""
    status: str = ""


@model(kw_only=True)
class UserSubscriptionGroups:
    """The groups of one person.

    Args:
        external_id: The person.
        email: Address of the person.
        phone: Number of the person.
        subscription_groups: Those in which the state was changed once; others are left out.
    """

    external_id: str | None = None
    email: str | None = None
    phone: str | None = None
    subscription_groups: tuple[UserSubscriptionGroup, ...] = ()


@model(kw_only=True)
class UserSubscriptionGroupsPage:
    """The groups of up to 100 people.

    Args:
        message: ``success``.
        users: The people.
        total_count: How many there are in all.
    """

    message: str
    users: tuple[UserSubscriptionGroups, ...] = ()
    total_count: int = 0


@model(kw_only=True, field_transformer=own_sequences)
class SetSubscriptionStatus:
    """A state of one group for some people; at least one identifier.

    Args:
        subscription_group_id: The group's UUID.
        subscription_state: Subscribed or unsubscribed.
        external_id: At most 50.
        email: One address, or up to 50; not together with phone.
        phone: One number in E.164, or up to 50; not together with email.
        use_double_opt_in_logic: Whether Braze asks people to confirm; SMS groups only.
    """

    subscription_group_id: str
    subscription_state: Literal["subscribed", "unsubscribed"]
    external_id: Sequence[str] = ()
    email: str | Sequence[str] = ()
    phone: str | Sequence[str] = ()
    use_double_opt_in_logic: bool = False

    def __attrs_post_init__(self) -> None:
        check_subscription(self)
        at_least_one_of(self, "external_id", "email", "phone")
        one_kind_of_address(self)
        check_addresses(self, "external_id", "email", "phone")


@model(kw_only=True, field_transformer=own_sequences)
class SetSubscriptionStatuses:
    """States of several groups.

    Args:
        subscription_groups: One entry for each group and state. E-mail and SMS groups stand
            together only where all people are named by external id. Braze does not say how many
            entries it takes.
    """

    subscription_groups: Sequence[SubscriptionGroupUpdate]

    def __attrs_post_init__(self) -> None:
        at_least_one_of(self, "subscription_groups")
        groups = self.subscription_groups
        if any(one.emails for one in groups) and any(one.phones for one in groups):
            raise ConfigurationError(
                "SetSubscriptionStatuses.subscription_groups hold emails and phones: "
                "send them in two requests, or name all people by external_ids"
            )


class SubscriptionGroups(Family):
    """States of people in subscription groups."""

    group = "subscription_groups"

    get_status = Operation(
        "GET",
        "/subscription/status/get",
        GetSubscriptionStatus,
        SubscriptionStatus,
        bucket="default",
        replay=Replay.ALWAYS,
        permission="subscription.status.get",
        docs="https://www.braze.com/docs/api/endpoints/subscription_groups/get_list_user_subscription_group_status",
    )
    """Read the states of people in one group."""

    list_for_users = PagedOperation(
        "GET",
        "/subscription/user/status",
        ListSubscriptionGroups,
        UserSubscriptionGroupsPage,
        items=lambda page: page.users,
        paging=Offsets(SUBSCRIPTIONS_PAGE),
        bucket="default",
        replay=Replay.ALWAYS,
        permission="subscription.groups.get",
        docs="https://www.braze.com/docs/api/endpoints/subscription_groups/get_list_user_subscription_groups",
    )
    """List the groups of people."""

    set_status = Operation(
        "POST",
        "/subscription/status/set",
        SetSubscriptionStatus,
        Accepted,
        bucket="subscription_status_set",
        replay=Replay.ALWAYS,
        permission="subscription.status.set",
        docs="https://www.braze.com/docs/api/endpoints/subscription_groups/post_update_user_subscription_group_status",
    )
    """Subscribe or unsubscribe people in one group; Braze prefers `set_status_v2`.

    A state of an address that nobody has is kept for 30 days.
    """

    set_status_v2 = Operation(
        "POST",
        "/v2/subscription/status/set",
        SetSubscriptionStatuses,
        Accepted,
        bucket="subscription_status_set",
        replay=Replay.ALWAYS,
        permission="subscription.status.set",
        docs="https://www.braze.com/docs/api/endpoints/subscription_groups/post_update_user_subscription_group_status_v2",
    )
    """Subscribe or unsubscribe people in several groups at once."""

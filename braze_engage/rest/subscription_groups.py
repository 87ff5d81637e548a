"""The group "subscription_groups" of the REST API."""

from braze_engage.operation import Family

__all__ = ["SubscriptionGroups"]


class SubscriptionGroups(Family):
    """States of people in subscription groups."""

    group = "subscription_groups"

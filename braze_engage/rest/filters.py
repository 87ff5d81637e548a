"""Filters on what arrived in Braze: made here, sent as ``audience``, described for the dashboard.

::

    audience = attribute("ltv_90d").number.greater_than(100) & for_audience("dormant_shopper")
    audience.to_json()       # what requests that take a connected audience send
    print(describe(audience))  # which filters of the dashboard find the same people

Braze evaluates a connected audience when it sends. It knows custom attributes, subscription status
and last use; cohorts and events are for segments in the dashboard, and `CohortFilter` and
`EventCountFilter` describe those.

https://www.braze.com/docs/api/objects_filters/connected_audience
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from braze_engage.objects.models import model
from braze_engage.rest.filter_attributes import (
    ArrayAttribute,
    Attribute,
    BooleanAttribute,
    NumberAttribute,
    TextAttribute,
    TimeAttribute,
)
from braze_engage.rest.filter_values import (
    Audience,
    ConnectedAudience,
    ConnectedAudienceFilter,
    CustomAttributeFilter,
    LastUsedAppFilter,
    SubscriptionStatusFilter,
    all_of,
    any_of,
    connected_audience,
)
from braze_engage.rest.filter_words import CohortFilter, EventCountFilter, describe

if TYPE_CHECKING:
    from datetime import datetime

    from braze_engage.objects import SubscriptionState

__all__ = [
    "ArrayAttribute",
    "Attribute",
    "Audience",
    "BooleanAttribute",
    "CohortFilter",
    "ConnectedAudience",
    "ConnectedAudienceFilter",
    "CustomAttributeFilter",
    "EventCountFilter",
    "LastUsedApp",
    "LastUsedAppFilter",
    "NumberAttribute",
    "SubscriptionStatus",
    "SubscriptionStatusFilter",
    "TextAttribute",
    "TimeAttribute",
    "all_of",
    "any_of",
    "attribute",
    "connected_audience",
    "describe",
    "email_subscription",
    "for_audience",
    "for_trait_text",
    "last_used_app",
    "push_subscription",
]


@model()
class SubscriptionStatus:
    """Comparisons of a subscription status: `push_subscription` and `email_subscription`."""

    channel: Literal["push", "email"]

    def is_(self, state: SubscriptionState) -> ConnectedAudienceFilter:
        """Find people in this state."""
        return self._compare("is", state)

    def is_not(self, state: SubscriptionState) -> ConnectedAudienceFilter:
        """Find people in the other states."""
        return self._compare("is_not", state)

    def _compare(
        self, comparison: Literal["is", "is_not"], state: SubscriptionState
    ) -> ConnectedAudienceFilter:
        leaf = SubscriptionStatusFilter(comparison=comparison, value=state)
        if self.channel == "push":
            return ConnectedAudienceFilter(push_subscription_status=leaf)
        return ConnectedAudienceFilter(email_subscription_status=leaf)


@model()
class LastUsedApp:
    """Comparisons of the last use of any app: `last_used_app`. Without zone counts as UTC."""

    def after(self, moment: datetime) -> ConnectedAudienceFilter:
        """Find people who used an app since."""
        return self._compare("after", moment)

    def before(self, moment: datetime) -> ConnectedAudienceFilter:
        """Find people who have not used an app since."""
        return self._compare("before", moment)

    def _compare(
        self, comparison: Literal["after", "before"], moment: datetime
    ) -> ConnectedAudienceFilter:
        leaf = LastUsedAppFilter(comparison=comparison, value=moment)
        return ConnectedAudienceFilter(last_used_app=leaf)


push_subscription: Final = SubscriptionStatus("push")
email_subscription: Final = SubscriptionStatus("email")
last_used_app: Final = LastUsedApp()


def attribute(name: str) -> Attribute:
    """Begin a filter on a custom attribute, as in ``attribute("ltv_90d").number.less_than(5)``.

    Args:
        name: At most 255 characters; a top-level custom attribute, case counts.

    Raises:
        ConfigurationError: It cannot be the name of one.
    """
    return Attribute(name)


def for_audience(key: str) -> ConnectedAudienceFilter:
    """Find the members of an audience that identify calls brought: its attribute is true.

    Args:
        key: Key of the audience, which is the name of the attribute.
    """
    return attribute(key).boolean.equals(True)  # noqa: FBT003 - it is the value


def for_trait_text(key: str, regex: str) -> ConnectedAudienceFilter:
    """Find people whose computed trait holds text in which some part matches.

    Args:
        key: Key of the trait, which is the name of the attribute.
        regex: Perl-compatible, at most 32,764 characters; Braze ignores case.
    """
    return attribute(key).text.matches_regex(regex)

"""The groups of Braze's REST API as attributes of a client, each loaded on first use."""

# ruff: noqa: PLC0415 - families load on first use

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final, cast

from braze_engage.rest.content_groups import ContentGroups

if TYPE_CHECKING:
    from braze_engage.operation import Family, Operation
    from braze_engage.rest.campaigns import Campaigns
    from braze_engage.rest.canvas import Canvas
    from braze_engage.rest.custom_attributes import CustomAttributes
    from braze_engage.rest.email import Email
    from braze_engage.rest.events import Events
    from braze_engage.rest.kpi import Kpi
    from braze_engage.rest.live_activities import LiveActivities
    from braze_engage.rest.messages import Messages
    from braze_engage.rest.news_feed import NewsFeed
    from braze_engage.rest.purchases import Purchases
    from braze_engage.rest.segments import Segments
    from braze_engage.rest.sends import Sends
    from braze_engage.rest.sessions import Sessions
    from braze_engage.rest.sms import Sms
    from braze_engage.rest.subscription_groups import SubscriptionGroups
    from braze_engage.rest.transactional import Transactional
    from braze_engage.rest.users import Users

__all__ = ["GROUPS", "Groups", "rows_of"]


class Groups(ContentGroups):
    """One attribute for each group of Braze's documentation, by the name it has there."""

    @cached_property
    def users(self) -> Users:
        """People: what they did and are, by which names Braze knows them, and their export."""
        from braze_engage.rest.users import Users

        return Users(self)

    @cached_property
    def segments(self) -> Segments:
        """Segments: lists, details, sizes over time."""
        from braze_engage.rest.segments import Segments

        return Segments(self)

    @cached_property
    def campaigns(self) -> Campaigns:
        """Campaigns: details and statistics, sends and schedules triggered by API."""
        from braze_engage.rest.campaigns import Campaigns

        return Campaigns(self)

    @cached_property
    def sends(self) -> Sends:
        """Send identifiers and the statistics kept under them."""
        from braze_engage.rest.sends import Sends

        return Sends(self)

    @cached_property
    def canvas(self) -> Canvas:
        """Canvases: details and statistics, entries triggered and scheduled by API."""
        from braze_engage.rest.canvas import Canvas

        return Canvas(self)

    @cached_property
    def events(self) -> Events:
        """Custom events: names, metadata, occurrences over time."""
        from braze_engage.rest.events import Events

        return Events(self)

    @cached_property
    def custom_attributes(self) -> CustomAttributes:
        """Custom attributes and their metadata."""
        from braze_engage.rest.custom_attributes import CustomAttributes

        return CustomAttributes(self)

    @cached_property
    def purchases(self) -> Purchases:
        """Purchases: products, revenue and quantity over time."""
        from braze_engage.rest.purchases import Purchases

        return Purchases(self)

    @cached_property
    def kpi(self) -> Kpi:
        """Daily figures of the workspace: new and active users, uninstalls."""
        from braze_engage.rest.kpi import Kpi

        return Kpi(self)

    @cached_property
    def sessions(self) -> Sessions:
        """Sessions of apps over time."""
        from braze_engage.rest.sessions import Sessions

        return Sessions(self)

    @cached_property
    def news_feed(self) -> NewsFeed:
        """Cards of the retired News Feed."""
        from braze_engage.rest.news_feed import NewsFeed

        return NewsFeed(self)

    @cached_property
    def messages(self) -> Messages:
        """Messages with content of the request, sent now or scheduled."""
        from braze_engage.rest.messages import Messages

        return Messages(self)

    @cached_property
    def transactional(self) -> Transactional:
        """Transactional messages, sent with priority."""
        from braze_engage.rest.transactional import Transactional

        return Transactional(self)

    @cached_property
    def live_activities(self) -> LiveActivities:
        """Live Activities on iOS, started and updated from here."""
        from braze_engage.rest.live_activities import LiveActivities

        return LiveActivities(self)

    @cached_property
    def subscription_groups(self) -> SubscriptionGroups:
        """States of people in subscription groups."""
        from braze_engage.rest.subscription_groups import SubscriptionGroups

        return SubscriptionGroups(self)

    @cached_property
    def email(self) -> Email:
        """Addresses that bounced or unsubscribed, and their states."""
        from braze_engage.rest.email import Email

        return Email(self)

    @cached_property
    def sms(self) -> Sms:
        """Phone numbers found invalid."""
        from braze_engage.rest.sms import Sms

        return Sms(self)


GROUPS: Final = tuple(
    name
    for groups in (Groups, ContentGroups)
    for name, value in vars(groups).items()
    if isinstance(value, cached_property)
)
"""Names of the groups, in the order of the documentation."""


def rows_of(client: Groups) -> tuple[Operation[..., object], ...]:
    """List every row of every group; this loads all of them.

    Args:
        client: Any client; it is asked for its families only.
    """
    families = (cast("Family", getattr(client, name)) for name in GROUPS)
    return tuple(row for family in families for row in family.operations())

"""What the fake workspace holds besides users and cohorts, open to tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from braze_engage.testing.scripting import Scripting

if TYPE_CHECKING:
    from braze_engage.testing.catalogs import Catalogs
    from braze_engage.testing.content_blocks import ContentBlocks
    from braze_engage.testing.definitions import Definitions
    from braze_engage.testing.email_templates import EmailTemplates
    from braze_engage.testing.exports import Exports
    from braze_engage.testing.launches import Campaign, Canvas, Launches
    from braze_engage.testing.outbox import Outbox
    from braze_engage.testing.preference_centers import PreferenceCenters
    from braze_engage.testing.sdk_keys import SdkKeys
    from braze_engage.testing.segments import Segments
    from braze_engage.testing.state import Workspace
    from braze_engage.testing.subscriptions import AddressLists, SubscriptionGroups
    from braze_engage.testing.translations import Locales, Translations


@attrs.define(kw_only=True, slots=False, eq=False, repr=False)
class Content(Scripting):
    """Each group of endpoints with state is an attribute; ``add`` of it makes a new entry."""

    @property
    def addresses(self) -> AddressLists:
        """Addresses that bounced, complained or unsubscribed, and invalid numbers."""
        return self._settled().addresses

    @property
    def custom_attributes(self) -> Definitions:
        """Custom attributes that were defined; those written to profiles need no definition."""
        return self._settled().custom_attributes

    @property
    def custom_events(self) -> Definitions:
        """Custom events that were defined; those of profiles need no definition."""
        return self._settled().custom_events

    @property
    def exports(self) -> Exports:
        """Exports of segments by prefix; `export_seconds` says how long one takes."""
        return self._settled().exports

    @property
    def catalogs(self) -> Catalogs:
        """Catalogs by name, with their fields, items and selections."""
        return self._settled().catalogs

    @property
    def content_blocks(self) -> ContentBlocks:
        """Content Blocks by API identifier."""
        return self._settled().content_blocks

    @property
    def email_templates(self) -> EmailTemplates:
        """E-mail templates by API identifier."""
        return self._settled().email_templates

    @property
    def locales(self) -> Locales:
        """Locales the workspace translates into, by API identifier."""
        return self._settled().locales

    @property
    def preference_centers(self) -> PreferenceCenters:
        """Preference centers by API identifier."""
        return self._settled().preference_centers

    @property
    def sdk_keys(self) -> SdkKeys:
        """SDK authentication keys by API identifier of their app."""
        return self._settled().sdk_keys

    @property
    def campaigns(self) -> Launches[Campaign]:
        """Campaigns by API identifier, each with its ``sends`` and ``schedules``."""
        return self._settled().campaigns

    @property
    def canvases(self) -> Launches[Canvas]:
        """Canvases by API identifier, each with its ``sends`` and ``schedules``."""
        return self._settled().canvases

    @property
    def messages(self) -> Outbox:
        """What ``/messages/send`` sent, and what ``/messages/schedule/create`` scheduled."""
        return self._settled().messages

    @property
    def segments(self) -> Segments:
        """Segments by API identifier."""
        return self._settled().segments

    @property
    def subscription_groups(self) -> SubscriptionGroups:
        """Subscription groups by UUID."""
        return self._settled().subscription_groups

    @property
    def tags(self) -> set[str]:
        """Tags the workspace knows; templates and Content Blocks take no others."""
        return self._settled().tags

    @property
    def translations(self) -> Translations:
        """Translated messages by kind and identifiers."""
        return self._settled().translations

    def _settled(self) -> Workspace:
        """The workspace, as far as writes have become visible."""
        workspace = self._service.workspace
        with workspace.lock:
            workspace.catch_up()
        return workspace

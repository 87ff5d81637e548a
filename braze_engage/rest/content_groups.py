"""The groups about content, catalogs and settings; `Groups` has the others."""

# ruff: noqa: PLC0415 - families load on first use

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from braze_engage.operation import Performer

if TYPE_CHECKING:
    from braze_engage.rest.apps import Apps
    from braze_engage.rest.campaign_translations import CampaignTranslations
    from braze_engage.rest.canvas_translations import CanvasTranslations
    from braze_engage.rest.catalog_fields import CatalogFields
    from braze_engage.rest.catalog_items import CatalogItems
    from braze_engage.rest.catalog_selections import CatalogSelections
    from braze_engage.rest.catalogs import Catalogs
    from braze_engage.rest.cdi import Cdi
    from braze_engage.rest.content_block_translations import ContentBlockTranslations
    from braze_engage.rest.content_blocks import ContentBlocks
    from braze_engage.rest.data_object_relationships import DataObjectRelationships
    from braze_engage.rest.data_objects import DataObjects
    from braze_engage.rest.device_messaging import DeviceMessaging
    from braze_engage.rest.email_template_translations import EmailTemplateTranslations
    from braze_engage.rest.media_library import MediaLibrary
    from braze_engage.rest.preference_centers import PreferenceCenters
    from braze_engage.rest.scim import Scim
    from braze_engage.rest.sdk_authentication import SdkAuthentication
    from braze_engage.rest.templates import Templates
    from braze_engage.rest.webhook_template_translations import WebhookTemplateTranslations

__all__ = ["ContentGroups"]


class ContentGroups(Performer):
    """One attribute for each of these groups, by the name it has in Braze's documentation."""

    @cached_property
    def templates(self) -> Templates:
        """E-mail templates."""
        from braze_engage.rest.templates import Templates

        return Templates(self)

    @cached_property
    def content_blocks(self) -> ContentBlocks:
        """Content Blocks."""
        from braze_engage.rest.content_blocks import ContentBlocks

        return ContentBlocks(self)

    @cached_property
    def catalogs(self) -> Catalogs:
        """Catalogs as a whole."""
        from braze_engage.rest.catalogs import Catalogs

        return Catalogs(self)

    @cached_property
    def catalog_items(self) -> CatalogItems:
        """Items of catalogs, one by one or many at once."""
        from braze_engage.rest.catalog_items import CatalogItems

        return CatalogItems(self)

    @cached_property
    def catalog_fields(self) -> CatalogFields:
        """Fields of catalogs."""
        from braze_engage.rest.catalog_fields import CatalogFields

        return CatalogFields(self)

    @cached_property
    def catalog_selections(self) -> CatalogSelections:
        """Selections of catalogs."""
        from braze_engage.rest.catalog_selections import CatalogSelections

        return CatalogSelections(self)

    @cached_property
    def preference_centers(self) -> PreferenceCenters:
        """Preference centers and links to them."""
        from braze_engage.rest.preference_centers import PreferenceCenters

        return PreferenceCenters(self)

    @cached_property
    def cdi(self) -> Cdi:
        """Cloud Data Ingestion: integrations and their syncs."""
        from braze_engage.rest.cdi import Cdi

        return Cdi(self)

    @cached_property
    def media_library(self) -> MediaLibrary:
        """Images and other assets of the media library."""
        from braze_engage.rest.media_library import MediaLibrary

        return MediaLibrary(self)

    @cached_property
    def sdk_authentication(self) -> SdkAuthentication:
        """Keys of SDK authentication."""
        from braze_engage.rest.sdk_authentication import SdkAuthentication

        return SdkAuthentication(self)

    @cached_property
    def apps(self) -> Apps:
        """Push credentials of apps."""
        from braze_engage.rest.apps import Apps

        return Apps(self)

    @cached_property
    def scim(self) -> Scim:
        """Dashboard users, provisioned over SCIM."""
        from braze_engage.rest.scim import Scim

        return Scim(self)

    @cached_property
    def campaign_translations(self) -> CampaignTranslations:
        """Translations of campaign messages."""
        from braze_engage.rest.campaign_translations import CampaignTranslations

        return CampaignTranslations(self)

    @cached_property
    def canvas_translations(self) -> CanvasTranslations:
        """Translations of Canvas messages."""
        from braze_engage.rest.canvas_translations import CanvasTranslations

        return CanvasTranslations(self)

    @cached_property
    def content_block_translations(self) -> ContentBlockTranslations:
        """Translations of Content Blocks."""
        from braze_engage.rest.content_block_translations import ContentBlockTranslations

        return ContentBlockTranslations(self)

    @cached_property
    def email_template_translations(self) -> EmailTemplateTranslations:
        """Translations of e-mail templates."""
        from braze_engage.rest.email_template_translations import EmailTemplateTranslations

        return EmailTemplateTranslations(self)

    @cached_property
    def webhook_template_translations(self) -> WebhookTemplateTranslations:
        """Translations of webhook templates."""
        from braze_engage.rest.webhook_template_translations import WebhookTemplateTranslations

        return WebhookTemplateTranslations(self)

    @cached_property
    def device_messaging(self) -> DeviceMessaging:
        """Banners as a device gets them; takes the client-side REST key."""
        from braze_engage.rest.device_messaging import DeviceMessaging

        return DeviceMessaging(self)

    @cached_property
    def data_objects(self) -> DataObjects:
        """Data Objects and their types."""
        from braze_engage.rest.data_objects import DataObjects

        return DataObjects(self)

    @cached_property
    def data_object_relationships(self) -> DataObjectRelationships:
        """How Data Objects relate to each other and to users."""
        from braze_engage.rest.data_object_relationships import DataObjectRelationships

        return DataObjectRelationships(self)

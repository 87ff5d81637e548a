"""The group "campaign_translations" of the REST API."""

from braze_engage.objects import Accepted, SourceTexts, Translations
from braze_engage.objects.models import model
from braze_engage.objects.translations import ReadDraftTranslations, UpdateTranslations
from braze_engage.operation import Family, Operation, Replay

__all__ = ["CampaignTranslations", "ReadCampaignTranslations", "UpdateCampaignTranslations"]


@model(kw_only=True)
class ReadCampaignTranslations(ReadDraftTranslations):
    """Which message, and which locale; every id is a UUID.

    Args:
        campaign_id: The campaign.
        message_variation_id: The variation of its message.
        locale_id: Only this locale.
        post_launch_draft_version: Whether the draft that follows a launch is meant.
    """

    ids = ("campaign_id", "message_variation_id")

    campaign_id: str
    message_variation_id: str


@model(kw_only=True)
class UpdateCampaignTranslations(UpdateTranslations):
    """The texts of a message in one locale; every id is a UUID.

    Args:
        campaign_id: The campaign.
        message_variation_id: The variation of its message.
        locale_id: The locale.
        translation_map: Id of a translation tag -> text.
    """

    ids = ("campaign_id", "message_variation_id")

    campaign_id: str
    message_variation_id: str


class CampaignTranslations(Family):
    """Translations of campaign messages."""

    group = "campaign_translations"

    list = Operation(
        "GET",
        "/campaigns/translations",
        ReadCampaignTranslations,
        Translations,
        bucket="translations",
        replay=Replay.ALWAYS,
        permission="campaigns.translations.get",
        docs="https://www.braze.com/docs/api/endpoints/translations/campaigns/get_translation_campaign",
    )
    """List the translations of a campaign message."""

    get_source = Operation(
        "GET",
        "/campaigns/translations/source",
        ReadCampaignTranslations,
        SourceTexts,
        bucket="translations",
        replay=Replay.ALWAYS,
        permission="campaigns.translations.get",
        docs="https://www.braze.com/docs/api/endpoints/translations/campaigns/get_source_campaign",
    )
    """Read the texts of a campaign message that are to be translated."""

    update = Operation(
        "PUT",
        "/campaigns/translations",
        UpdateCampaignTranslations,
        Accepted,
        bucket="translations",
        replay=Replay.ALWAYS,
        permission="campaigns.translations.update",
        docs="https://www.braze.com/docs/api/endpoints/translations/campaigns/put_update_translation_campaign",
    )
    """Set the translations of a campaign message for one locale."""

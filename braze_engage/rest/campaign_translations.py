"""The group "campaign_translations" of the REST API."""

from braze_engage.operation import Family

__all__ = ["CampaignTranslations"]


class CampaignTranslations(Family):
    """Translations of campaign messages."""

    group = "campaign_translations"

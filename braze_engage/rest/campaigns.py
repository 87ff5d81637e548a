"""The group "campaigns" of the REST API."""

from braze_engage.rest.campaigns_export import CampaignsExport
from braze_engage.rest.campaigns_trigger import CampaignsTrigger

__all__ = ["Campaigns"]


class Campaigns(CampaignsExport, CampaignsTrigger):
    """Campaigns: details and statistics, sends and schedules triggered by API."""

"""A profile as Braze exports it.

https://www.braze.com/docs/api/endpoints/export/user_data/post_users_identifier
"""

from collections.abc import Mapping
from typing import Annotated

import attrs

from braze_engage.objects.fields import wire_name
from braze_engage.objects.models import model
from braze_engage.objects.values import JsonValue

__all__ = [
    "ExportedActivity",
    "ExportedAlias",
    "ExportedApp",
    "ExportedCampaign",
    "ExportedCanvas",
    "ExportedCanvasStep",
    "ExportedCard",
    "ExportedDevice",
    "ExportedEngagement",
    "ExportedPushToken",
    "ExportedUser",
]


@model(kw_only=True)
class ExportedAlias:
    """An alias of a profile."""

    alias_name: str | None = None
    alias_label: str | None = None


@model(kw_only=True)
class ExportedApp:
    """An app the person used."""

    name: str | None = None
    platform: str | None = None
    version: str | None = None
    sessions: int | None = None
    first_used: str | None = None
    last_used: str | None = None


@model(kw_only=True)
class ExportedActivity:
    """A custom event or purchased product of the last 90 days; count and first are all-time."""

    name: str | None = None
    first: str | None = None
    last: str | None = None
    count: int | None = None


@model(kw_only=True)
class ExportedDevice:
    """A device of the person."""

    model: str | None = None
    os: str | None = None
    carrier: str | None = None
    idfv: str | None = None
    idfa: str | None = None
    device_id: str | None = None
    google_ad_id: str | None = None
    roku_ad_id: str | None = None
    ad_tracking_enabled: bool | None = None


@model(kw_only=True)
class ExportedPushToken:
    """A push token of the person."""

    app: str | None = None
    platform: str | None = None
    token: str | None = None
    device_id: str | None = None
    notifications_enabled: bool | None = None
    provisionally_opted_in: bool | None = None


@model(kw_only=True)
class ExportedEngagement:
    """What the person did with a campaign."""

    opened_email: bool | None = None
    opened_push: bool | None = None
    clicked_email: bool | None = None
    clicked_triggered_in_app_message: bool | None = None


@model(kw_only=True)
class ExportedCampaign:
    """A campaign received in the last 90 days."""

    name: str | None = None
    api_campaign_id: str | None = None
    last_received: str | None = None
    engaged: ExportedEngagement | None = None
    converted: bool | None = None
    multiple_converted: bool | None = None
    variation_name: str | None = None
    variation_api_id: str | None = None
    in_control: bool | None = None


@model(kw_only=True)
class ExportedCanvasStep:
    """A step of a Canvas received in the last 90 days."""

    name: str | None = None
    api_canvas_step_id: str | None = None
    last_received: str | None = None


@model(kw_only=True)
class ExportedCanvas:
    """A Canvas received in the last 90 days."""

    name: str | None = None
    api_canvas_id: str | None = None
    last_received_message: str | None = None
    last_entered: str | None = None
    last_exited: str | None = None
    last_entered_control_at: str | None = None
    variation_name: str | None = None
    in_control: bool | None = None
    steps_received: tuple[ExportedCanvasStep, ...] = ()


@model(kw_only=True)
class ExportedCard:
    """A card the person clicked."""

    name: str | None = None


@model(kw_only=True)
class ExportedUser:
    """A profile. What is None or empty was not asked for, or is not set; Braze omits both.

    Times are text as Braze wrote them: ``2020-07-10 15:00:00.000 UTC`` or ISO 8601.
    """

    external_id: str | None = None
    braze_id: str | None = None
    user_aliases: tuple[ExportedAlias, ...] = ()
    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    phone: str | None = None
    dob: str | None = None
    gender: str | None = None
    country: str | None = None
    home_city: str | None = None
    language: str | None = None
    time_zone: str | None = None
    last_coordinates: tuple[float, ...] = ()
    """Longitude and latitude, as documented; the documented sample has them the other way."""
    email_subscribe: str | None = None
    push_subscribe: str | None = None
    custom_attributes: Mapping[str, JsonValue] = attrs.field(factory=dict[str, JsonValue])
    custom_events: tuple[ExportedActivity, ...] = ()
    purchases: tuple[ExportedActivity, ...] = ()
    total_revenue: float | None = None
    apps: tuple[ExportedApp, ...] = ()
    devices: tuple[ExportedDevice, ...] = ()
    push_tokens: tuple[ExportedPushToken, ...] = ()
    campaigns_received: tuple[ExportedCampaign, ...] = ()
    canvases_received: tuple[ExportedCanvas, ...] = ()
    cards_clicked: tuple[ExportedCard, ...] = ()
    attributed_campaign: str | None = None
    attributed_source: str | None = None
    attributed_adgroup: str | None = None
    attributed_ad: str | None = None
    created_at: str | None = None
    created_from: str | None = None
    """How the profile came to be; segment exports only."""
    uninstalled_at: str | None = None
    random_bucket: int | None = None
    older_braze_id: Annotated[str | None, wire_name("appboy_id")] = None
    """What older answers call ``braze_id``; unconfirmed."""

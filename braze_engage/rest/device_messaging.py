"""The group "device_messaging" of the REST API."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal, cast

import attrs

from braze_engage.limits import APP_VERSION_CHARACTERS, DEVICE_USER_ID_BYTES
from braze_engage.objects import JsonValue
from braze_engage.objects.checks import (
    at_least_one_of,
    check_bytes,
    check_choice,
    check_text,
)
from braze_engage.objects.fields import own_sequences
from braze_engage.objects.message_checks import check_instance, check_texts
from braze_engage.objects.models import model
from braze_engage.operation import Family, Operation, Replay

__all__ = [
    "Banner",
    "BannerEvent",
    "BannerEventError",
    "BannerEventsProcessed",
    "BannerProperty",
    "Banners",
    "DeviceMessaging",
    "SyncBanners",
    "TrackBannerEvents",
]


@model(kw_only=True)
class _Device:
    external_user_id: str
    app_id: str
    app_version: str

    def __attrs_post_init__(self) -> None:
        name = type(self).__name__
        check_bytes(f"{name}.external_user_id", self.external_user_id, DEVICE_USER_ID_BYTES)
        check_texts(self, "app_id")
        check_text(f"{name}.app_version", self.app_version, APP_VERSION_CHARACTERS)


@model(kw_only=True, field_transformer=own_sequences)
class SyncBanners(_Device):
    """Whose banners, and in which places (beta).

    Args:
        external_user_id: At most 986 bytes.
        app_id: The app.
        app_version: Its version; at most 255 characters.
        placements: At least one; the SDKs of Braze ask for 10 at most.
    """

    placements: Sequence[str]

    def __attrs_post_init__(self) -> None:
        _Device.__attrs_post_init__(self)
        at_least_one_of(self, "placements")


@model(kw_only=True)
class BannerProperty:
    """A value that comes with a banner.

    Args:
        type: ``number``, ``string``, ``boolean``, ``image``, ``jsonobject`` or ``datetime``.
        value: The value.
    """

    type: str
    value: JsonValue = None

    @classmethod
    def from_wire(cls, value: object) -> "BannerProperty":
        """Read a property, whose value may be any JSON.

        Args:
            value: As Braze sends it.
        """
        entry = cast("Mapping[str, JsonValue]", value)
        return cls(type=str(entry["type"]), value=entry.get("value"))


def _no_properties() -> Mapping[str, BannerProperty]:
    return cast("Mapping[str, BannerProperty]", {})


@model(kw_only=True)
class Banner:
    """A banner to show.

    Args:
        id: Names it in events.
        placement_id: Where to show it.
        is_control: Whether the person is in a control group: show nothing, yet report it.
        is_test_send: Whether somebody tries it out.
        expires_at: When it goes, in Unix seconds; -1 for never.
        properties: Its values by name.

    https://www.braze.com/docs/api/device_messaging_api/endpoints/banners/post_sync_banners
    """

    id: str
    placement_id: str | None = None
    is_control: bool = False
    is_test_send: bool = False
    expires_at: int = -1
    properties: Mapping[str, BannerProperty] = attrs.field(factory=_no_properties)


def _no_banners() -> Mapping[str, Banner | None]:
    return cast("Mapping[str, Banner | None]", {})


@model(kw_only=True)
class Banners:
    """What a person should see.

    Args:
        banners: Placement to banner; None where there is nothing to show.
    """

    banners: Mapping[str, Banner | None] = attrs.field(factory=_no_banners)


@model(kw_only=True)
class BannerEvent:
    """What somebody did with a banner.

    Args:
        id: Of the banner.
        event_type: What; ``dismiss`` hides the banner from then on.
        timestamp: When.

    https://www.braze.com/docs/api/device_messaging_api/endpoints/banners/post_track_banner_events
    """

    id: str
    event_type: Literal["impression", "click", "dismiss"]
    timestamp: datetime

    def __attrs_post_init__(self) -> None:
        check_texts(self, "id")
        choices = ("impression", "click", "dismiss")
        check_choice("BannerEvent.event_type", self.event_type, choices)
        check_instance(self, "timestamp", datetime)


@model(kw_only=True, field_transformer=own_sequences)
class TrackBannerEvents(_Device):
    """What a person did with banners (beta).

    Args:
        external_user_id: At most 986 bytes.
        app_id: The app.
        app_version: Its version; at most 255 characters.
        events: At least one; Braze checks each by itself.
    """

    events: Sequence[BannerEvent]

    def __attrs_post_init__(self) -> None:
        _Device.__attrs_post_init__(self)
        at_least_one_of(self, "events")


@model(kw_only=True)
class BannerEventError:
    """An event that Braze did not use.

    Args:
        type: Why.
        index: Its place in the request.
    """

    type: str = ""
    index: int | None = None


@model(kw_only=True)
class BannerEventsProcessed:
    """How many events Braze took.

    Args:
        message: ``success``.
        events_processed: Events taken.
        errors: Those that were not.
    """

    message: str
    events_processed: int = 0
    errors: tuple[BannerEventError, ...] = ()


class DeviceMessaging(Family):
    """Banners as a device gets them; takes the client-side REST key."""

    group = "device_messaging"

    sync_banners = Operation(
        "POST",
        "/v1/device-messaging/banners/sync",
        SyncBanners,
        Banners,
        bucket="device_messaging",
        replay=Replay.ALWAYS,
        permission="banners.sync",
        docs="https://www.braze.com/docs/api/device_messaging_api/endpoints/banners/post_sync_banners",
        availability="beta",
        credential="client-side REST key",
    )
    """Fetch the banners a person should see (beta)."""

    track_banner_events = Operation(
        "POST",
        "/v1/device-messaging/banners/track",
        TrackBannerEvents,
        BannerEventsProcessed,
        bucket="device_messaging",
        replay=Replay.IF_UNSENT,
        permission="banners.track",
        docs="https://www.braze.com/docs/api/device_messaging_api/endpoints/banners/post_track_banner_events",
        availability="beta",
        credential="client-side REST key",
    )
    """Report impressions, clicks and dismissals of banners (beta)."""

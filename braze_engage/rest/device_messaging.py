"""The group "device_messaging" of the REST API."""

from braze_engage.operation import Family

__all__ = ["DeviceMessaging"]


class DeviceMessaging(Family):
    """Banners as a device gets them; takes the client-side REST key."""

    group = "device_messaging"

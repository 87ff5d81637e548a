"""The group "preference_centers" of the REST API."""

from braze_engage.operation import Family

__all__ = ["PreferenceCenters"]


class PreferenceCenters(Family):
    """Preference centers and links to them."""

    group = "preference_centers"

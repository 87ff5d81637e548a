"""The group "sdk_authentication" of the REST API."""

from braze_engage.operation import Family

__all__ = ["SdkAuthentication"]


class SdkAuthentication(Family):
    """Keys of SDK authentication."""

    group = "sdk_authentication"

"""The group "media_library" of the REST API."""

from braze_engage.operation import Family

__all__ = ["MediaLibrary"]


class MediaLibrary(Family):
    """Images and other assets of the media library."""

    group = "media_library"

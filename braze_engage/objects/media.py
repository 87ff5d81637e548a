"""Assets of the media library.

https://www.braze.com/docs/api/endpoints/media_library/manage_assets/create
"""

from braze_engage.objects.models import model

__all__ = ["MediaAsset"]


@model(kw_only=True)
class MediaAsset:
    """An asset of the media library.

    Args:
        name: Its name.
        size: Its bytes.
        url: Where it is served.
        ext: Its ending, such as ``png``.
    """

    name: str | None = None
    size: int | None = None
    url: str | None = None
    ext: str | None = None

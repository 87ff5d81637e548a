"""The group "media_library" of the REST API."""

from braze_engage.objects import Upload
from braze_engage.objects.checks import at_least_one_of, check_text, exactly_one_of
from braze_engage.objects.media import MediaAsset
from braze_engage.objects.models import model
from braze_engage.operation import Family, Operation, Replay

__all__ = [
    "AssetsCreated",
    "CreateAsset",
    "FailedAsset",
    "FileReplaced",
    "MediaLibrary",
    "ReplaceFile",
]


@model(kw_only=True)
class CreateAsset:
    """An image, or a ZIP of images without folders.

    Args:
        asset_url: A public address to take it from; or else `asset_file`.
        asset_file: The file: images up to 5 MB, a ZIP up to 5 MB unpacked. Unconfirmed: Braze does
            not print the form.
        name: What it is called; the name of the file unless told otherwise.
    """

    asset_url: str | None = None
    asset_file: Upload | None = None
    name: str | None = None

    def __attrs_post_init__(self) -> None:
        exactly_one_of(self, "asset_url", "asset_file")


@model(kw_only=True)
class FailedAsset:
    """A file of a ZIP that was not taken.

    Args:
        name: Its name.
        size: Its bytes.
        ext: Its ending.
        error: What is wrong with it.
    """

    name: str | None = None
    size: int | None = None
    ext: str | None = None
    error: str | None = None


@model(kw_only=True)
class AssetsCreated:
    """What became of the files.

    Args:
        new_assets: Those that were taken.
        errors: Those of a ZIP that were not.
        dashboard_url: Where to see them.
    """

    new_assets: tuple[MediaAsset, ...] = ()
    errors: tuple[FailedAsset, ...] = ()
    dashboard_url: str | None = None


@model(kw_only=True)
class ReplaceFile:
    """Which asset, and the file that takes its place.

    Args:
        asset_id: The asset.
        asset_url: A public address to take the file from; give this or `asset_file`.
        asset_file: The file, of the same kind as the one it replaces. Unconfirmed: Braze does not
            print the form.
    """

    asset_id: str
    asset_url: str | None = None
    asset_file: Upload | None = None

    def __attrs_post_init__(self) -> None:
        check_text("ReplaceFile.asset_id", self.asset_id)
        at_least_one_of(self, "asset_url", "asset_file")


@model(kw_only=True)
class FileReplaced:
    """The asset afterwards.

    Args:
        info: What Braze says.
        new_image_asset: The asset.
    """

    info: str | None = None
    new_image_asset: MediaAsset | None = None


class MediaLibrary(Family):
    """Images and other assets of the media library."""

    group = "media_library"

    create = Operation(
        "POST",
        "/media_library/create",
        CreateAsset,
        AssetsCreated,
        bucket="media_library_create",
        replay=Replay.IF_UNSENT,
        permission="media_library.create",
        docs="https://www.braze.com/docs/api/endpoints/media_library/manage_assets/create",
    )
    """Add an image, or a ZIP of images."""

    replace_file = Operation(
        "PUT",
        "/media_library/replace_file",
        ReplaceFile,
        FileReplaced,
        bucket="media_library_replace",
        replay=Replay.ALWAYS,
        permission="media_library.replace",
        docs="https://www.braze.com/docs/api/endpoints/media_library/manage_assets/replace_file",
    )
    """Replace the file behind an asset, which keeps its id."""

"""Files that are sent with a request."""

from typing import cast

import attrs

from braze_engage.objects.checks import check_text, refused
from braze_engage.objects.models import model

__all__ = ["Upload"]


@model(kw_only=True)
class Upload:
    """A file to upload.

    Args:
        file_name: Its name; the ending says what it is.
        content: Its bytes.

    Raises:
        ConfigurationError: There is no name or no content.
    """

    file_name: str
    content: bytes = attrs.field(repr=False)

    def __attrs_post_init__(self) -> None:
        check_text("Upload.file_name", self.file_name)
        given = cast("object", self.content)
        if not isinstance(given, bytes) or not given:
            raise refused("Upload.content", given, "give the bytes of the file")

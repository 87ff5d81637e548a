"""The group "content_block_translations" of the REST API."""

from braze_engage.objects import Accepted, SourceTexts, Translations
from braze_engage.objects.models import model
from braze_engage.objects.translations import ReadTranslations, UpdateTranslations
from braze_engage.operation import Family, Operation, Replay

__all__ = [
    "ContentBlockTranslations",
    "ReadContentBlockTranslations",
    "UpdateContentBlockTranslations",
]


@model(kw_only=True)
class ReadContentBlockTranslations(ReadTranslations):
    """Which message, and which locale; every id is a UUID.

    Args:
        content_block_id: The Content Block.
        locale_id: Only this locale.
    """

    ids = ("content_block_id",)

    content_block_id: str


@model(kw_only=True)
class UpdateContentBlockTranslations(UpdateTranslations):
    """The texts of a message in one locale; every id is a UUID.

    Args:
        content_block_id: The Content Block.
        locale_id: The locale.
        translation_map: Id of a translation tag -> text.
    """

    ids = ("content_block_id",)

    content_block_id: str


class ContentBlockTranslations(Family):
    """Translations of Content Blocks."""

    group = "content_block_translations"

    list = Operation(
        "GET",
        "/content_blocks/translations",
        ReadContentBlockTranslations,
        Translations,
        bucket="translations",
        replay=Replay.ALWAYS,
        permission="content_blocks.translations.get",
        docs="https://www.braze.com/docs/api/endpoints/translations/content_blocks/get_translation_content_block",
    )
    """List the translations of a Content Block."""

    get_source = Operation(
        "GET",
        "/content_blocks/translations/source",
        ReadContentBlockTranslations,
        SourceTexts,
        bucket="translations",
        replay=Replay.ALWAYS,
        permission="content_blocks.translations.get",
        docs="https://www.braze.com/docs/api/endpoints/translations/content_blocks/get_source_content_block",
    )
    """Read the texts of a Content Block that are to be translated."""

    update = Operation(
        "PUT",
        "/content_blocks/translations",
        UpdateContentBlockTranslations,
        Accepted,
        bucket="translations",
        replay=Replay.ALWAYS,
        permission="content_blocks.translations.update",
        docs="https://www.braze.com/docs/api/endpoints/translations/content_blocks/put_update_translation_content_block",
    )
    """Set the translations of a Content Block for one locale."""

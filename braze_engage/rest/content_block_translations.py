"""The group "content_block_translations" of the REST API."""

from braze_engage.operation import Family

__all__ = ["ContentBlockTranslations"]


class ContentBlockTranslations(Family):
    """Translations of Content Blocks."""

    group = "content_block_translations"

"""The group "content_blocks" of the REST API."""

from braze_engage.operation import Family

__all__ = ["ContentBlocks"]


class ContentBlocks(Family):
    """Content Blocks."""

    group = "content_blocks"

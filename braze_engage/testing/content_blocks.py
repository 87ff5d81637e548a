"""Content Blocks of the fake workspace. Knows no HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from braze_engage.testing.entries import Entries
from braze_engage.testing.values import Json, new_id

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime


@attrs.define(kw_only=True)
class ContentBlock:
    """One Content Block; a test may change it at any time.

    Args:
        id: API identifier.
        name: Unique in the workspace.
        content: HTML or text.
        created_at: When it was made.
        last_edited: When it was last changed.
        description: What it is for.
        state: "active" or "draft".
        tags: Tags.
        inclusion_count: How many messages include it.
        inclusion_data: What is told of them.
        deleted: Whether somebody deleted it in the dashboard.
    """

    id: str
    name: str
    content: str
    created_at: datetime
    last_edited: datetime
    description: str = ""
    state: str = "active"
    tags: list[str] = attrs.field(factory=list[str])
    inclusion_count: int = 0
    inclusion_data: list[Json] = attrs.field(factory=list[Json])
    deleted: bool = False

    @property
    def content_type(self) -> str:
        """What the content is."""
        return "html" if "<" in self.content else "text"

    @property
    def liquid_tag(self) -> str:
        """What includes it in a message."""
        return f"{{{{content_blocks.${{{self.name}}}}}}}"


class ContentBlocks(Entries[ContentBlock]):
    """Content Blocks by API identifier, oldest first."""

    changed_at = "last_edited"

    def add(
        self, name: str, content: str = "", *, state: str = "active", tags: Iterable[str] = ()
    ) -> ContentBlock:
        """Put a Content Block into the workspace.

        Args:
            name: Its name.
            content: HTML or text.
            state: "active" or "draft".
            tags: Tags.
        """
        now = self._now()
        made = ContentBlock(
            id=new_id("content block", len(self)),
            name=name,
            content=content,
            created_at=now,
            last_edited=now,
            state=state,
            tags=[*tags],
        )
        self._by_id[made.id] = made
        return made

    def named(self, name: str) -> ContentBlock | None:
        """Find a Content Block that was not deleted.

        Args:
            name: Its name.
        """
        blocks = (block for block in self.values() if not block.deleted)
        return next((block for block in blocks if block.name == name), None)

"""The group "content_blocks" of the REST API."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal, TypeAlias

from braze_engage.limits import (
    CONTENT_BLOCK_BYTES,
    CONTENT_BLOCK_DESCRIPTION_CHARACTERS,
    CONTENT_BLOCK_NAME_CHARACTERS,
    LISTED_TEMPLATES,
)
from braze_engage.objects import JsonValue
from braze_engage.objects.checks import (
    check_bytes,
    check_choice,
    check_flag,
    check_pattern,
    check_range,
    check_text,
)
from braze_engage.objects.fields import own_sequences
from braze_engage.objects.models import model
from braze_engage.objects.times import check_period
from braze_engage.operation import Family, Offsets, Operation, PagedOperation, Replay

__all__ = [
    "ContentBlock",
    "ContentBlockDetails",
    "ContentBlockPage",
    "ContentBlockState",
    "ContentBlockWritten",
    "ContentBlocks",
    "CreateContentBlock",
    "GetContentBlock",
    "ListContentBlocks",
    "UpdateContentBlock",
]

ContentBlockState: TypeAlias = Literal["active", "draft"]


@model(kw_only=True)
class ListContentBlocks:
    """Which Content Blocks.

    Args:
        modified_after: Only those changed then or later.
        modified_before: Only those changed then or earlier.
        limit: How many in one page, 1 to 1,000.
        offset: How many to skip.
    """

    modified_after: datetime | None = None
    modified_before: datetime | None = None
    limit: int = 100
    offset: int = 0

    def __attrs_post_init__(self) -> None:
        check_range("ListContentBlocks.limit", self.limit, least=1, most=LISTED_TEMPLATES)
        check_range("ListContentBlocks.offset", self.offset, least=0)
        check_period(self, "modified_after", "modified_before")


@model(kw_only=True)
class ContentBlock:
    """A Content Block as listed.

    Args:
        content_block_id: API identifier.
        name: Its name, unique in the workspace.
        content_type: ``html`` or ``text``.
        liquid_tag: What includes it in a message.
        inclusion_count: How many messages include it.
        created_at: When it was made, in ISO 8601.
        last_edited: When it was last changed, in ISO 8601.
        tags: Its tags.
    """

    content_block_id: str
    name: str
    content_type: str | None = None
    liquid_tag: str | None = None
    inclusion_count: int = 0
    created_at: str | None = None
    last_edited: str | None = None
    tags: tuple[str, ...] = ()


@model(kw_only=True)
class ContentBlockPage:
    """As many Content Blocks as were asked for, or fewer at the end.

    Args:
        message: ``success``.
        count: How many there are in this page.
        content_blocks: Those of the page.
    """

    message: str
    count: int = 0
    content_blocks: tuple[ContentBlock, ...] = ()


@model(kw_only=True)
class GetContentBlock:
    """Which Content Block.

    Args:
        content_block_id: API identifier.
        include_inclusion_data: Whether to tell the message variations that include it.
    """

    content_block_id: str
    include_inclusion_data: bool = False

    def __attrs_post_init__(self) -> None:
        check_text("GetContentBlock.content_block_id", self.content_block_id)
        check_flag("GetContentBlock.include_inclusion_data", self.include_inclusion_data)


@model(kw_only=True)
class ContentBlockDetails:
    """One Content Block.

    Args:
        message: ``success``.
        content_block_id: API identifier.
        name: Its name, unique in the workspace.
        content: HTML or text.
        description: What it is for.
        content_type: ``html`` or ``text``.
        tags: Its tags.
        created_at: When it was made, in ISO 8601.
        last_edited: When it was last changed, in ISO 8601.
        inclusion_count: How many messages include it.
        inclusion_data: The message variations that include it, where that was asked for; Braze
            does not say what an entry holds.
    """

    message: str
    content_block_id: str
    name: str
    content: str
    description: str = ""
    content_type: str | None = None
    tags: tuple[str, ...] = ()
    created_at: str | None = None
    last_edited: str | None = None
    inclusion_count: int = 0
    inclusion_data: tuple[Mapping[str, JsonValue], ...] = ()


@model(kw_only=True, field_transformer=own_sequences)
class CreateContentBlock:
    """A new Content Block.

    Args:
        name: At most 99 letters, digits, - and _; unique in the workspace, and fixed once the
            block is active.
        content: HTML or text, less than 50 KB.
        description: What it is for, at most 249 characters.
        state: An active block cannot become a draft again.
        tags: Tags that exist already.
    """

    name: str
    content: str
    description: str | None = None
    state: ContentBlockState = "active"
    tags: Sequence[str] = ()

    def __attrs_post_init__(self) -> None:
        _check(self)


@model(kw_only=True)
class ContentBlockWritten:
    """The Content Block that was made or changed.

    Args:
        message: ``success``.
        content_block_id: API identifier.
        liquid_tag: What includes it in a message.
        created_at: When it was made, in ISO 8601.
    """

    message: str
    content_block_id: str
    liquid_tag: str | None = None
    created_at: str | None = None


@model(kw_only=True, field_transformer=own_sequences)
class UpdateContentBlock:
    """What to change of a Content Block; what is left out stays.

    Args:
        content_block_id: API identifier.
        name: As for a new block; Braze refuses it for an active one.
        content: HTML or text, less than 50 KB.
        description: What it is for, at most 249 characters.
        state: Braze refuses ``draft`` for an active block.
        tags: Tags that exist already. None leaves them, an empty list takes them away.
    """

    content_block_id: str
    name: str | None = None
    content: str | None = None
    description: str | None = None
    state: ContentBlockState | None = None
    tags: Sequence[str] | None = None

    def __attrs_post_init__(self) -> None:
        check_text("UpdateContentBlock.content_block_id", self.content_block_id)
        _check(self)


def _check(block: CreateContentBlock | UpdateContentBlock) -> None:
    """Check what a new block must have and an old one may have."""
    owner, must = type(block).__name__, isinstance(block, CreateContentBlock)
    if must or block.name is not None:
        words = "letters, digits, - and _"
        most = CONTENT_BLOCK_NAME_CHARACTERS
        check_pattern(f"{owner}.name", block.name, r"[A-Za-z0-9_-]+", words, most)
    if must or block.content is not None:
        check_bytes(f"{owner}.content", block.content, CONTENT_BLOCK_BYTES)
    if block.description is not None:
        most = CONTENT_BLOCK_DESCRIPTION_CHARACTERS
        check_text(f"{owner}.description", block.description, most)
    if must or block.state is not None:
        check_choice(f"{owner}.state", block.state, ("active", "draft"))


class ContentBlocks(Family):
    """Content Blocks."""

    group = "content_blocks"

    list = PagedOperation(
        "GET",
        "/content_blocks/list",
        ListContentBlocks,
        ContentBlockPage,
        items=lambda page: page.content_blocks,
        paging=Offsets(100),
        bucket="default",
        replay=Replay.ALWAYS,
        permission="content_blocks.list",
        docs="https://www.braze.com/docs/api/endpoints/templates/content_blocks_templates/get_list_email_content_blocks",
    )
    """List Content Blocks."""

    get = Operation(
        "GET",
        "/content_blocks/info",
        GetContentBlock,
        ContentBlockDetails,
        bucket="default",
        replay=Replay.ALWAYS,
        permission="content_blocks.info",
        docs="https://www.braze.com/docs/api/endpoints/templates/content_blocks_templates/get_see_email_content_blocks_information",
    )
    """Read one Content Block."""

    create = Operation(
        "POST",
        "/content_blocks/create",
        CreateContentBlock,
        ContentBlockWritten,
        bucket="default",
        replay=Replay.IF_UNSENT,
        permission="content_blocks.create",
        docs="https://www.braze.com/docs/api/endpoints/templates/content_blocks_templates/post_create_email_content_block",
    )
    """Create a Content Block. A repeat makes no second one, it fails because the name is taken."""

    update = Operation(
        "POST",
        "/content_blocks/update",
        UpdateContentBlock,
        ContentBlockWritten,
        bucket="default",
        replay=Replay.ALWAYS,
        permission="content_blocks.update",
        docs="https://www.braze.com/docs/api/endpoints/templates/content_blocks_templates/post_update_content_block",
    )
    """Change a Content Block."""

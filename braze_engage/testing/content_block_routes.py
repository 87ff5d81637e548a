"""Handlers of the group "content_blocks".

https://www.braze.com/docs/api/endpoints/templates/content_blocks_templates
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from braze_engage.testing.checks import refuse
from braze_engage.testing.liquid import changed_page, check_tags, included_blocks, is_malformed
from braze_engage.testing.messages import Answer
from braze_engage.testing.values import iso

if TYPE_CHECKING:
    from braze_engage.testing.content_blocks import ContentBlock
    from braze_engage.testing.messages import Call, Handlers
    from braze_engage.testing.state import Workspace
    from braze_engage.testing.values import Json, JsonObject


def list_blocks(workspace: Workspace, call: Call) -> Answer:
    """Answer ``/content_blocks/list``."""
    blocks = [block for block in workspace.content_blocks.values() if not block.deleted]
    page: list[Json] = [
        {
            "content_block_id": block.id,
            "name": block.name,
            "content_type": block.content_type,
            "liquid_tag": block.liquid_tag,
            "inclusion_count": block.inclusion_count,
            "created_at": iso(block.created_at),
            "last_edited": iso(block.last_edited),
            "tags": [*block.tags],
        }
        for block in changed_page(call, blocks, lambda block: block.last_edited)
    ]
    return Answer(200, {"message": "success", "count": len(page), "content_blocks": page})


def get(workspace: Workspace, call: Call) -> Answer:
    """Answer ``/content_blocks/info``."""
    block = _block(workspace, call.query)
    told: JsonObject = {"inclusion_data": [*block.inclusion_data]}
    return Answer(
        200,
        {
            "message": "success",
            "content_block_id": block.id,
            "name": block.name,
            "content": block.content,
            "description": block.description,
            "content_type": block.content_type,
            "tags": [*block.tags],
            "created_at": iso(block.created_at),
            "last_edited": iso(block.last_edited),
            "inclusion_count": block.inclusion_count,
            **(told if call.query.get("include_inclusion_data") else {}),
        },
    )


def create(workspace: Workspace, call: Call) -> Answer:
    """Answer ``/content_blocks/create``."""
    name = str(call.body["name"])
    _check(workspace, name, call.body)
    made = workspace.content_blocks.add(name)
    workspace.content_blocks.change(made, call.body)
    return _written(made)


def update(workspace: Workspace, call: Call) -> Answer:
    """Answer ``/content_blocks/update``."""
    block = _block(workspace, call.body)
    fields = {name: call.body[name] for name in call.body if name != "content_block_id"}
    name = str(fields.get("name", block.name))
    if block.state == "active" and name != block.name:
        refuse("Content Block name cannot be updated for active Content Blocks")
    if block.state == "active" and fields.get("state") == "draft":
        refuse("Active Content Block can not be updated to Draft. Create a new Content Block.")
    _check(workspace, name, fields, block)
    workspace.content_blocks.change(block, fields)
    return _written(block)


def _check(
    workspace: Workspace, name: str, fields: JsonObject, block: ContentBlock | None = None
) -> None:
    if workspace.content_blocks.named(name) not in (None, block):
        refuse("Content Block with this name already exists")
    content = fields.get("content")
    if isinstance(content, str):
        if not content.strip():
            refuse("Content cannot be blank")
        if is_malformed(content):
            refuse("Content contains malformed liquid")
        if name in included_blocks(content):
            refuse("Content Block cannot be referenced within itself")
    if fields.get("description") == "":
        refuse("Content Block description cannot be blank")
    check_tags(workspace, fields.get("tags"))


def _written(block: ContentBlock) -> Answer:
    return Answer(
        201,
        {
            "message": "success",
            "content_block_id": block.id,
            "liquid_tag": block.liquid_tag,
            "created_at": iso(block.created_at),
        },
    )


def _block(workspace: Workspace, given: JsonObject) -> ContentBlock:
    found = workspace.content_blocks.get(str(given["content_block_id"]))
    if found is None:
        refuse("Content Block ID is invalid for this workspace")
    if found.deleted:
        refuse("Content Block has been deleted")
    return found


HANDLERS: Final[Handlers] = {
    ("GET", "/content_blocks/list"): list_blocks,
    ("GET", "/content_blocks/info"): get,
    ("POST", "/content_blocks/create"): create,
    ("POST", "/content_blocks/update"): update,
}

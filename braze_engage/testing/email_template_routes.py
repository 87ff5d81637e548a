"""Handlers of the group "templates".

https://www.braze.com/docs/api/endpoints/templates/email_templates
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from braze_engage.testing.checks import refuse
from braze_engage.testing.liquid import changed_page, check_tags, included_blocks
from braze_engage.testing.messages import Answer
from braze_engage.testing.values import iso

if TYPE_CHECKING:
    from braze_engage.testing.email_templates import EmailTemplate
    from braze_engage.testing.messages import Call, Handlers
    from braze_engage.testing.state import Workspace
    from braze_engage.testing.values import Json, JsonObject


def list_templates(workspace: Workspace, call: Call) -> Answer:
    """Answer ``/templates/email/list``."""
    templates = [one for one in workspace.email_templates.values() if not one.drag_and_drop]
    page: list[Json] = [
        {
            "email_template_id": template.id,
            "template_name": template.template_name,
            "created_at": iso(template.created_at),
            "updated_at": iso(template.updated_at),
            "tags": [*template.tags],
        }
        for template in changed_page(call, templates, lambda one: one.updated_at)
    ]
    return Answer(200, {"message": "success", "count": len(page), "templates": page})


def get(workspace: Workspace, call: Call) -> Answer:
    """Answer ``/templates/email/info``."""
    template = _template(workspace, call.query)
    return Answer(
        200,
        {
            "message": "success",
            "email_template_id": template.id,
            "template_name": template.template_name,
            "description": template.description,
            "subject": template.subject,
            "preheader": template.preheader,
            "body": template.body,
            "plaintext_body": template.plaintext_body,
            "should_inline_css": template.should_inline_css,
            "tags": [*template.tags],
            "created_at": iso(template.created_at),
            "updated_at": iso(template.updated_at),
        },
    )


def create(workspace: Workspace, call: Call) -> Answer:
    """Answer ``/templates/email/create``."""
    _check(workspace, call.body)
    made = workspace.email_templates.add(str(call.body["template_name"]))
    workspace.email_templates.change(made, call.body)
    return Answer(201, {"message": "success", "email_template_id": made.id})


def update(workspace: Workspace, call: Call) -> Answer:
    """Answer ``/templates/email/update``."""
    template = _template(workspace, call.body)
    fields = {name: call.body[name] for name in call.body if name != "email_template_id"}
    _check(workspace, fields)
    workspace.email_templates.change(template, fields)
    return Answer(201, {"message": "success", "email_template_id": template.id})


def _check(workspace: Workspace, fields: JsonObject) -> None:
    if fields.get("template_name") == "":
        refuse("Template name is required")
    check_tags(workspace, fields.get("tags"))
    if any(workspace.content_blocks.named(name) is None for name in _includes(fields)):
        refuse("Email must have valid Content Block names")


def _includes(fields: JsonObject) -> list[str]:
    texts = (fields.get(name) for name in ("subject", "preheader", "body", "plaintext_body"))
    return [name for text in texts for name in included_blocks(text)]


def _template(workspace: Workspace, given: JsonObject) -> EmailTemplate:
    found = workspace.email_templates.get(str(given["email_template_id"]))
    if found is None:
        refuse("Invalid Email Template ID")
    return found


HANDLERS: Final[Handlers] = {
    ("GET", "/templates/email/list"): list_templates,
    ("GET", "/templates/email/info"): get,
    ("POST", "/templates/email/create"): create,
    ("POST", "/templates/email/update"): update,
}

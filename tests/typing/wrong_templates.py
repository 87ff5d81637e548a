"""Wrong use of the groups of templates: every marked line, and no other, is an error; never run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from braze_engage.objects import PreferenceCenterLinkTag

if TYPE_CHECKING:
    from braze_engage.rest.client import BrazeClient


def rows(braze: BrazeClient) -> None:
    templates = braze.templates
    templates.create_email_template(template_name="T", body="x")  # type: ignore[call-arg]  # no subject
    templates.get_email_template(id="t")  # type: ignore[call-arg]  # no such argument
    templates.list_email_templates(modified_after="2026-11-02")  # type: ignore[arg-type]  # no time
    templates.get_email_template.items()  # type: ignore[attr-defined]  # one is no page
    blocks = braze.content_blocks
    blocks.create(name="a", content="x", state="old")  # type: ignore[arg-type]  # no such state
    blocks.update(name="a")  # type: ignore[call-arg]  # no block
    for block in blocks.list.items():
        _ = block.content  # type: ignore[attr-defined]  # a block as listed has no content
    braze.preference_centers.create(name="a")  # type: ignore[call-arg]  # no pages
    PreferenceCenterLinkTag(rel="author", href="x")  # type: ignore[arg-type]  # no such relation
    email = braze.email_template_translations
    email.list(template_id="t", locale_id="l")  # type: ignore[call-arg]  # not of this row
    email.update(template_id="t", locale_id="l", translation_map=5)  # type: ignore[arg-type]  # no map
    canvas = braze.canvas_translations
    canvas.list(workflow_id="w", step_id="s")  # type: ignore[call-arg]  # no variation
    braze.apps.update_push_credential(app_id="a", firebase="e30=")  # type: ignore[arg-type]  # text
    braze.sdk_authentication.delete_key(key_id="k")  # type: ignore[call-arg]  # no app

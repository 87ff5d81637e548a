"""Every row of the templates group against the fake, over a real socket."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest

from braze_engage import BadRequest, BrazeClient
from braze_engage.errors import ConfigurationError
from braze_engage.rest.templates import Templates
from tests.support.fake_calls import Caller

if TYPE_CHECKING:
    from collections.abc import Callable

    from braze_engage.testing import FakeBraze

NOON = datetime(2026, 11, 2, 12, tzinfo=timezone.utc)


def _list(braze: BrazeClient, fake: FakeBraze) -> None:
    made = [fake.email_templates.add(f"Template {number}") for number in range(5)]
    for hours, template in enumerate(made):
        template.updated_at = NOON + timedelta(hours=hours)
    made[1].drag_and_drop = True
    before = fake.requests_total
    listed = [*braze.templates.list_email_templates.items(limit=3)]
    assert [one.email_template_id for one in listed] == [one.id for one in made if one != made[1]]
    assert fake.requests_total - before == 2
    page = braze.templates.list_email_templates(modified_after=NOON + timedelta(hours=3))
    assert [template.template_name for template in page.templates] == ["Template 3", "Template 4"]
    assert page.count == 2


def _get(braze: BrazeClient, fake: FakeBraze) -> None:
    made = fake.email_templates.add("Welcome", subject="Hi", body="<p>Hi</p>", tags=["new"])
    made.description = "First mail"
    found = braze.templates.get_email_template(email_template_id=made.id)
    assert (found.template_name, found.subject, found.body) == ("Welcome", "Hi", "<p>Hi</p>")
    assert (found.description, found.tags) == ("First mail", ("new",))
    assert (found.preheader, found.plaintext_body, found.should_inline_css) == ("", "", False)
    with pytest.raises(BadRequest, match="Invalid Email Template ID"):
        braze.templates.get_email_template(email_template_id="unknown")


def _create(braze: BrazeClient, fake: FakeBraze) -> None:
    fake.tags.add("new")
    fake.content_blocks.add("footer")
    create = braze.templates.create_email_template
    done = create(
        template_name="Welcome",
        subject="Hi",
        body="<p>Hi</p>{{content_blocks.${footer}}}",
        plaintext_body="Hi",
        preheader="there",
        tags=["new"],
        should_inline_css=True,
    )
    made = fake.email_templates[done.email_template_id]
    assert (made.template_name, made.subject, made.preheader) == ("Welcome", "Hi", "there")
    assert (made.plaintext_body, made.tags, made.should_inline_css) == ("Hi", ["new"], True)
    again = create(template_name="Welcome", subject="Hi", body="<p>Hi</p>")
    assert again.email_template_id != made.id
    with pytest.raises(BadRequest, match="tags could not be found"):
        create(template_name="T", subject="Hi", body="x", tags=["old"])
    with pytest.raises(BadRequest, match="valid Content Block names"):
        create(template_name="T", subject="{{content_blocks.${header}}}", body="x")


def _update(braze: BrazeClient, fake: FakeBraze) -> None:
    made = fake.email_templates.add("Welcome", subject="Hi", body="x", tags=["new"])
    update = braze.templates.update_email_template
    done = update(email_template_id=made.id, subject="Hello", tags=[])
    assert done.email_template_id == made.id
    assert (made.subject, made.template_name, made.tags) == ("Hello", "Welcome", [])
    with pytest.raises(BadRequest, match="Invalid Email Template ID"):
        update(email_template_id="unknown", subject="Hello")


SCENES: dict[str, Callable[[BrazeClient, FakeBraze], None]] = {
    "list_email_templates": _list,
    "get_email_template": _get,
    "create_email_template": _create,
    "update_email_template": _update,
}


@pytest.mark.parametrize("scene", SCENES)
def test_a_row_does_at_the_fake_what_braze_documents(
    scene: str, braze: BrazeClient, fake_braze: FakeBraze
) -> None:
    SCENES[scene](braze, fake_braze)


def test_every_row_has_a_scene() -> None:
    assert {row.name for row in Templates.operations()} == set(SCENES)


def test_the_fake_refuses_what_the_client_would_not_send(fake_braze: FakeBraze) -> None:
    call = Caller(fake_braze)
    nameless = {"template_name": "", "subject": "Hi", "body": "x"}
    answer = call.post("/templates/email/create", nameless)
    assert answer.body["message"] == "Template name is required"
    query = "modified_after=2026-11-02&modified_before=2026-11-01"
    answer = call.send(f"/templates/email/list?{query}", b"", method="GET")
    assert "must be earlier than" in answer.body["message"]


def test_limits_are_checked_before_sending(braze: BrazeClient, fake_braze: FakeBraze) -> None:
    rows = braze.templates
    naive = NOON.replace(tzinfo=None)
    for wrong in (
        lambda: rows.list_email_templates(limit=0),
        lambda: rows.list_email_templates(limit=1_001),
        lambda: rows.list_email_templates(offset=-1),
        lambda: rows.list_email_templates(
            modified_after=naive, modified_before=NOON - timedelta(hours=1)
        ),
        lambda: rows.get_email_template(email_template_id=""),
        lambda: rows.create_email_template(template_name="", subject="Hi", body="x"),
        lambda: rows.create_email_template(template_name="T", subject="", body="x"),
        lambda: rows.create_email_template(template_name="T", subject="Hi", body=""),
        lambda: rows.create_email_template(template_name="T", subject="Hi", body="x" * 409_601),
        lambda: rows.create_email_template(template_name="T", subject="Hi", body="x", tags="new"),
        lambda: rows.create_email_template(
            template_name="T",
            subject="Hi",
            body="x",
            should_inline_css="yes",  # type: ignore[arg-type]  # on purpose
        ),
        lambda: rows.update_email_template(email_template_id=""),
        lambda: rows.update_email_template(email_template_id="t", template_name=""),
        lambda: rows.update_email_template(email_template_id="t", body="x" * 409_601),
        lambda: rows.update_email_template(email_template_id="t", should_inline_css=1),  # type: ignore[arg-type]  # on purpose
    ):
        with pytest.raises(ConfigurationError, match=r"EmailTemplate"):
            wrong()
    assert fake_braze.requests == []

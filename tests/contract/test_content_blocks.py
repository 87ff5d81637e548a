"""Every row of the content_blocks group against the fake, over a real socket."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, TypeAlias

import pytest

from braze_engage import BadRequest, BrazeClient
from braze_engage.errors import ConfigurationError
from braze_engage.rest.content_blocks import ContentBlocks
from tests.support.fake_calls import Caller

if TYPE_CHECKING:
    from collections.abc import Callable

    from braze_engage.testing import FakeBraze

Refusals: TypeAlias = "tuple[tuple[Callable[[], object], str], ...]"
NOON = datetime(2026, 11, 2, 12, tzinfo=timezone.utc)


def _list(braze: BrazeClient, fake: FakeBraze) -> None:
    made = [fake.content_blocks.add(f"block-{number}") for number in range(250)]
    for hours, block in enumerate(made):
        block.last_edited = NOON + timedelta(hours=hours)
    made[3].deleted = True
    page = braze.content_blocks.list(limit=2, offset=3)
    assert [block.content_block_id for block in page.content_blocks] == [made[4].id, made[5].id]
    assert page.count == 2
    first = next(braze.content_blocks.list.items())
    assert (first.name, first.liquid_tag) == ("block-0", "{{content_blocks.${block-0}}}")
    assert (first.content_type, first.inclusion_count, first.tags) == ("text", 0, ())
    before = fake.requests_total
    assert len([*braze.content_blocks.list.items()]) == 249
    assert fake.requests_total - before == 3
    between = braze.content_blocks.list(
        modified_after=NOON + timedelta(hours=1), modified_before=NOON + timedelta(hours=4)
    )
    found = [block.name for block in between.content_blocks]
    assert found == ["block-1", "block-2", "block-4"]


def _get(braze: BrazeClient, fake: FakeBraze) -> None:
    made = fake.content_blocks.add("footer", "<p>Bye</p>", tags=["legal"])
    made.inclusion_data = [{"campaign_id": "c1"}]
    found = braze.content_blocks.get(content_block_id=made.id)
    assert (found.name, found.content, found.content_type) == ("footer", "<p>Bye</p>", "html")
    assert (found.tags, found.inclusion_data) == (("legal",), ())
    found = braze.content_blocks.get(content_block_id=made.id, include_inclusion_data=True)
    assert found.inclusion_data == ({"campaign_id": "c1"},)
    made.deleted = True
    with pytest.raises(BadRequest, match="has been deleted"):
        braze.content_blocks.get(content_block_id=made.id)
    with pytest.raises(BadRequest, match="invalid for this workspace"):
        braze.content_blocks.get(content_block_id="unknown")


def _create(braze: BrazeClient, fake: FakeBraze) -> None:
    fake.tags.add("legal")
    done = braze.content_blocks.create(
        name="footer", content="Bye", description="Last lines", state="draft", tags=["legal"]
    )
    made = fake.content_blocks[done.content_block_id]
    assert (made.name, made.content, made.description) == ("footer", "Bye", "Last lines")
    assert (made.state, made.tags, done.liquid_tag) == ("draft", ["legal"], made.liquid_tag)
    create = braze.content_blocks.create
    refusals: Refusals = (
        (lambda: create(name="footer", content="Bye"), "already exists"),
        (lambda: create(name="b", content=" "), "Content cannot be blank"),
        (lambda: create(name="b", content="{{ x"), "malformed liquid"),
        (lambda: create(name="b", content="{{content_blocks.${b}}}"), "within itself"),
        (lambda: create(name="b", content="x", tags=["new"]), "tags could not be found"),
    )
    for refusal, words in refusals:
        with pytest.raises(BadRequest, match=words):
            refusal()
    assert len(fake.content_blocks) == 1


def _update(braze: BrazeClient, fake: FakeBraze) -> None:
    made = fake.content_blocks.add("footer", "Bye", state="draft", tags=["legal"])
    fake.content_blocks.add("header")
    update = braze.content_blocks.update
    done = update(content_block_id=made.id, name="end", state="active", tags=[])
    assert (made.name, made.content, made.state, made.tags) == ("end", "Bye", "active", [])
    assert done.liquid_tag == "{{content_blocks.${end}}}"
    assert update(content_block_id=made.id, name="end", content="x").content_block_id == made.id
    refusals: Refusals = (
        (lambda: update(content_block_id=made.id, name="other"), "cannot be updated for active"),
        (lambda: update(content_block_id=made.id, state="draft"), "updated to Draft"),
        (lambda: update(content_block_id="unknown", content="x"), "invalid for this workspace"),
    )
    for refusal, words in refusals:
        with pytest.raises(BadRequest, match=words):
            refusal()
    made.state = "draft"
    with pytest.raises(BadRequest, match="already exists"):
        update(content_block_id=made.id, name="header")


SCENES: dict[str, Callable[[BrazeClient, FakeBraze], None]] = {
    "list": _list,
    "get": _get,
    "create": _create,
    "update": _update,
}


@pytest.mark.parametrize("scene", SCENES)
def test_a_row_does_at_the_fake_what_braze_documents(
    scene: str, braze: BrazeClient, fake_braze: FakeBraze
) -> None:
    SCENES[scene](braze, fake_braze)


def test_every_row_has_a_scene() -> None:
    assert {row.name for row in ContentBlocks.operations()} == set(SCENES)


def test_the_fake_refuses_what_the_client_would_not_send(fake_braze: FakeBraze) -> None:
    made = fake_braze.content_blocks.add("footer", state="draft")
    call = Caller(fake_braze)
    blank = {"content_block_id": made.id, "description": ""}
    assert "cannot be blank" in call.post("/content_blocks/update", blank).body["message"]


def test_limits_are_checked_before_sending(braze: BrazeClient, fake_braze: FakeBraze) -> None:
    blocks = braze.content_blocks
    for wrong in (
        lambda: blocks.list(limit=0),
        lambda: blocks.list(limit=1_001),
        lambda: blocks.list(offset=-1),
        lambda: blocks.list(modified_after=NOON, modified_before=NOON - timedelta(seconds=1)),
        lambda: blocks.get(content_block_id=""),
        lambda: blocks.get(content_block_id="b", include_inclusion_data="yes"),  # type: ignore[arg-type]  # on purpose
        lambda: blocks.create(name="", content="x"),
        lambda: blocks.create(name="no blanks", content="x"),
        lambda: blocks.create(name="a" * 100, content="x"),
        lambda: blocks.create(name="a", content=""),
        lambda: blocks.create(name="a", content="é" * 25_600),
        lambda: blocks.create(name="a", content="x", description=""),
        lambda: blocks.create(name="a", content="x", description="x" * 250),
        lambda: blocks.create(name="a", content="x", state="old"),  # type: ignore[arg-type]  # on purpose
        lambda: blocks.create(name="a", content="x", tags=[""]),
        lambda: blocks.create(name=None, content="x"),  # type: ignore[arg-type]  # on purpose
        lambda: blocks.update(content_block_id=""),
        lambda: blocks.update(content_block_id="b", name="no blanks"),
        lambda: blocks.update(content_block_id="b", content="x" * 51_200),
    ):
        with pytest.raises(ConfigurationError, match=r"ContentBlock"):
            wrong()
    assert fake_braze.requests == []

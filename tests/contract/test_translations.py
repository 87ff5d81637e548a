"""Every row of the five groups of translations against the fake, over a real socket."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from braze_engage import BadRequest, BrazeClient, NotFound
from braze_engage.errors import ConfigurationError
from braze_engage.operation import Bound
from tests.support.fake_calls import Caller

if TYPE_CHECKING:
    from braze_engage.testing import FakeBraze
    from braze_engage.testing.translations import Kind

ID = "1d3f4a5b-6c7d-4e8f-9a0b-1c2d3e4f5a6b"
OTHER_ID = "2d3f4a5b-6c7d-4e8f-9a0b-1c2d3e4f5a6b"
GROUPS: dict[str, tuple[Kind, tuple[str, ...]]] = {
    "campaign_translations": ("campaign", ("campaign_id", "message_variation_id")),
    "canvas_translations": ("canvas", ("workflow_id", "step_id", "message_variation_id")),
    "content_block_translations": ("content block", ("content_block_id",)),
    "email_template_translations": ("email template", ("template_id",)),
    "webhook_template_translations": ("webhook template", ("template_id",)),
}
EACH_GROUP = pytest.mark.parametrize("group", GROUPS)
SOURCE = {"greeting": "Hello", "farewell": "Bye"}


def row(braze: BrazeClient, group: str, name: str) -> Bound[Any, Any]:
    """A row by name, of whichever group."""
    found = getattr(getattr(braze, group), name)
    assert isinstance(found, Bound)
    return found


def message(group: str) -> dict[str, str]:
    return dict.fromkeys(GROUPS[group][1], ID)


@EACH_GROUP
def test_texts_are_read_set_and_listed(
    group: str, braze: BrazeClient, fake_braze: FakeBraze
) -> None:
    spanish, german = (fake_braze.locales.add(name) for name in ("es-MX", "de-DE"))
    kind, ids = GROUPS[group]
    made = fake_braze.translations.add(kind, *(ID for _ in ids), source=SOURCE)
    source = row(braze, group, "get_source")(**message(group))
    assert source.translations.translation_map == SOURCE
    update = row(braze, group, "update")
    for locale, text in ((spanish, "Hola"), (german, "Hallo")):
        update(**message(group), locale_id=locale.uuid, translation_map={"greeting": text})
    update(**message(group), locale_id=spanish.uuid, translation_map={"farewell": ""})
    assert made.by_locale[spanish.uuid] == {"greeting": "Hola", "farewell": ""}
    found = row(braze, group, "list")(**message(group)).translations
    assert [one.locale.name for one in found] == ["es-MX", "de-DE"]
    assert found[1].translation_map == {"greeting": "Hallo"}
    locale = found[0].locale
    assert (locale.uuid, locale.language, locale.country) == (spanish.uuid, "es", "MX")
    assert locale.locale_key == "es-mx"


@EACH_GROUP
def test_the_fake_refuses_what_braze_would(
    group: str, braze: BrazeClient, fake_braze: FakeBraze
) -> None:
    locale = fake_braze.locales.add("es-MX")
    update = row(braze, group, "update")
    texts = {"greeting": "Hola"}
    with pytest.raises(NotFound):
        update(**message(group), locale_id=locale.uuid, translation_map=texts)
    kind, ids = GROUPS[group]
    made = fake_braze.translations.add(kind, *(ID for _ in ids), source={})
    with pytest.raises(BadRequest, match="does not support multi-language"):
        update(**message(group), locale_id=locale.uuid, translation_map=texts)
    made.source = SOURCE
    with pytest.raises(BadRequest, match="locale code does not exist"):
        update(**message(group), locale_id=OTHER_ID, translation_map=texts)
    with pytest.raises(BadRequest, match="errors when parsing"):
        update(**message(group), locale_id=locale.uuid, translation_map={"unknown": "x"})
    assert made.by_locale == {}


@pytest.mark.parametrize("group", [group for group in GROUPS if group[0] == "c"])
def test_one_locale_may_be_asked_for(group: str, braze: BrazeClient, fake_braze: FakeBraze) -> None:
    spanish, german = (fake_braze.locales.add(name) for name in ("es-MX", "de-DE"))
    kind, ids = GROUPS[group]
    made = fake_braze.translations.add(kind, *(ID for _ in ids), source=SOURCE)
    made.by_locale = {spanish.uuid: {}, german.uuid: {"greeting": "Hallo"}}
    (found,) = row(braze, group, "list")(**message(group), locale_id=german.uuid).translations
    assert found.translation_map == {"greeting": "Hallo"}
    with pytest.raises(BadRequest, match="locale code does not exist"):
        row(braze, group, "get_source")(**message(group), locale_id=OTHER_ID)


@pytest.mark.parametrize(
    ("group", "name"),
    [("email_template_translations", "list_for_locale"), ("webhook_template_translations", "list")],
)
def test_one_locale_of_a_template_may_be_asked_for(
    group: str, name: str, braze: BrazeClient, fake_braze: FakeBraze
) -> None:
    spanish = fake_braze.locales.add("es-MX")
    made = fake_braze.translations.add(GROUPS[group][0], ID, source=SOURCE)
    made.by_locale = {spanish.uuid: {"greeting": "Hola"}}
    (found,) = row(braze, group, name)(template_id=ID, locale_id=spanish.uuid).translations
    assert found.translation_map == {"greeting": "Hola"}
    assert len(row(braze, group, name)(template_id=ID).translations) == 1


@pytest.mark.parametrize("group", ["campaign_translations", "canvas_translations"])
def test_a_draft_has_texts_of_its_own(
    group: str, braze: BrazeClient, fake_braze: FakeBraze
) -> None:
    kind, ids = GROUPS[group]
    made = fake_braze.translations.add(kind, *(ID for _ in ids), source=SOURCE)
    source = row(braze, group, "get_source")
    asked = {**message(group), "post_launch_draft_version": True}
    assert source(**asked).translations.translation_map == SOURCE
    made.draft = type(made)(source={"greeting": "Hi"})
    assert source(**asked).translations.translation_map == {"greeting": "Hi"}
    assert source(**message(group)).translations.translation_map == SOURCE


def test_tags_in_content_are_what_is_translated(braze: BrazeClient, fake_braze: FakeBraze) -> None:
    text = "{% translation greeting %}Hello{% endtranslation %} {{${first_name}}}"
    block = braze.content_blocks.create(name="hello", content=text)
    blocks = braze.content_block_translations
    found = blocks.get_source(content_block_id=block.content_block_id)
    assert found.translations.translation_map == {"greeting": "Hello"}
    locale = fake_braze.locales.add("es-MX")
    texts = {"greeting": "Hola"}
    blocks.update(
        content_block_id=block.content_block_id, locale_id=locale.uuid, translation_map=texts
    )
    braze.content_blocks.update(
        content_block_id=block.content_block_id, content=text.replace("Hello", "Hi")
    )
    found = blocks.get_source(content_block_id=block.content_block_id)
    assert found.translations.translation_map == {"greeting": "Hi"}
    (kept,) = blocks.list(content_block_id=block.content_block_id).translations
    assert kept.translation_map == texts
    template = fake_braze.email_templates.add("Welcome", subject=text)
    source = braze.email_template_translations.get_source(template_id=template.id)
    assert source.translations.translation_map == {"greeting": "Hello"}


def test_errors_of_one_language_are_a_list(fake_braze: FakeBraze) -> None:
    fake_braze.translations.add("content block", ID, source={})
    path = f"/content_blocks/translations?content_block_id={ID}"
    answer = Caller(fake_braze).send(path, b"", method="GET")
    assert answer.body["errors"] == [{"message": answer.body["message"]}]
    assert [*fake_braze.translations] == [("content block", ID)]
    assert len(fake_braze.translations) == 1


@EACH_GROUP
def test_every_row_has_a_scene(group: str, braze: BrazeClient) -> None:
    names = {one.name for one in type(getattr(braze, group)).operations()}
    assert names - {"list_for_locale"} == {"list", "get_source", "update"}


@EACH_GROUP
def test_limits_are_checked_before_sending(
    group: str, braze: BrazeClient, fake_braze: FakeBraze
) -> None:
    whole: dict[str, Any] = {**message(group), "locale_id": ID, "translation_map": {"a": "b"}}
    ids = (*GROUPS[group][1], "locale_id")
    wrong = [{**whole, name: value} for name in ids for value in ("", "x", ID[1:])]
    maps = ("text", {"": "b"}, {"a": 1}, {"a": "\ud800"})
    wrong += [{**whole, "translation_map": texts} for texts in maps]
    for request in wrong:
        with pytest.raises(ConfigurationError, match=r"Translations|translation_map"):
            row(braze, group, "update")(**request)
    for name in GROUPS[group][1]:
        with pytest.raises(ConfigurationError, match=name):
            row(braze, group, "list")(**{**message(group), name: "x"})
    assert fake_braze.requests == []


def test_limits_of_reading_are_checked_before_sending(
    braze: BrazeClient, fake_braze: FakeBraze
) -> None:
    for wrong in (
        lambda: braze.content_block_translations.list(content_block_id=ID, locale_id="es"),
        lambda: braze.email_template_translations.list_for_locale(template_id=ID, locale_id="es"),
        lambda: braze.webhook_template_translations.get_source(template_id="x"),
        lambda: braze.campaign_translations.list(
            campaign_id=ID,
            message_variation_id=ID,
            post_launch_draft_version="yes",  # type: ignore[arg-type]  # on purpose
        ),
    ):
        with pytest.raises(ConfigurationError, match=r"Translations|Source"):
            wrong()
    assert fake_braze.requests == []

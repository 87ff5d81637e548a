"""Every row of the preference_centers group against the fake, over a real socket."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from braze_engage import BrazeClient, NotFound
from braze_engage.errors import ConfigurationError
from braze_engage.objects import PreferenceCenterLinkTag, PreferenceCenterOptions
from braze_engage.rest.preference_centers import PreferenceCenters

if TYPE_CHECKING:
    from collections.abc import Callable

    from braze_engage.testing import FakeBraze


def _list(braze: BrazeClient, fake: FakeBraze) -> None:
    made = [fake.preference_centers.add(name) for name in ("news", "shop")]
    found = braze.preference_centers.list().preference_centers
    assert [one.name for one in found] == ["news", "shop"]
    assert [one.preference_center_api_id for one in found] == [one.id for one in made]


def _get(braze: BrazeClient, fake: FakeBraze) -> None:
    made = fake.preference_centers.add("news")
    made.preference_center_page_html = "<p>Choose</p>"
    found = braze.preference_centers.get(preference_center_id=made.id)
    assert (found.name, found.preference_center_title) == ("news", "Preference Center")
    assert (found.preference_center_page_html, found.state) == ("<p>Choose</p>", "active")
    assert found.redirect_page_html is None
    with pytest.raises(NotFound):
        braze.preference_centers.get(preference_center_id="unknown")


def _create_url(braze: BrazeClient, fake: FakeBraze) -> None:
    made = fake.preference_centers.add("news")
    urls = [
        braze.preference_centers.create_url(preference_center_id=made.id, user_id=user_id)
        for user_id in ("u1", "u 2/?", "u1")
    ]
    assert urls[0] == urls[2] != urls[1]
    assert urls[1].preference_center_url == made.url("u 2/?")


def _create(braze: BrazeClient, fake: FakeBraze) -> None:
    icon = PreferenceCenterLinkTag(rel="icon", type="image/png", sizes="32x32", href="/a.png")
    done = braze.preference_centers.create(
        name="news",
        preference_center_page_html="<p>Choose</p>",
        confirmation_page_html="<p>Done</p>",
        preference_center_title="News",
        state="draft",
        options=PreferenceCenterOptions(meta_viewport_content="width=1", links_tags=[icon]),
    )
    made = fake.preference_centers[done.preference_center_api_id]
    assert (made.name, made.preference_center_title, made.state) == ("news", "News", "draft")
    assert done.liquid_tag == "{{preference_center.${news}}}"
    head = braze.preference_centers.get(preference_center_id=made.id).preference_center_options
    assert head is not None
    assert head.meta_viewport_content == "width=1"
    assert (head.links_tags[0].rel, head.links_tags[0].href) == ("icon", "/a.png")


def _update(braze: BrazeClient, fake: FakeBraze) -> None:
    made = fake.preference_centers.add("news")
    done = braze.preference_centers.update(
        preference_center_id=made.id,
        preference_center_page_html="<p>New</p>",
        confirmation_page_html="<p>Done</p>",
        state="draft",
    )
    assert done.preference_center_api_id == made.id
    assert (made.preference_center_page_html, made.state) == ("<p>New</p>", "draft")
    assert made.preference_center_title == "Preference Center"


SCENES: dict[str, Callable[[BrazeClient, FakeBraze], None]] = {
    "list": _list,
    "get": _get,
    "create_url": _create_url,
    "create": _create,
    "update": _update,
}


@pytest.mark.parametrize("scene", SCENES)
def test_a_row_does_at_the_fake_what_braze_documents(
    scene: str, braze: BrazeClient, fake_braze: FakeBraze
) -> None:
    SCENES[scene](braze, fake_braze)


def test_every_row_has_a_scene() -> None:
    assert {row.name for row in PreferenceCenters.operations()} == set(SCENES)


def test_limits_are_checked_before_sending(braze: BrazeClient, fake_braze: FakeBraze) -> None:
    rows = braze.preference_centers
    pages: Any = {"preference_center_page_html": "x", "confirmation_page_html": "x"}
    for wrong in (
        lambda: rows.get(preference_center_id=""),
        lambda: rows.create_url(preference_center_id="", user_id="u1"),
        lambda: rows.create_url(preference_center_id="p", user_id=""),
        lambda: rows.create(name="no blanks", **pages),
        lambda: rows.create(name="", **pages),
        lambda: rows.create(name="a", **{**pages, "confirmation_page_html": ""}),
        lambda: rows.create(name="a", state="old", **pages),  # type: ignore[arg-type]  # on purpose
        lambda: rows.update(preference_center_id="", **pages),
        lambda: rows.update(preference_center_id="p", state="old", **pages),  # type: ignore[arg-type]  # on purpose
        lambda: PreferenceCenterLinkTag(rel="author", href="x"),  # type: ignore[arg-type]  # on purpose
        lambda: PreferenceCenterLinkTag(rel="icon", href=""),
        lambda: PreferenceCenterLinkTag(rel="icon", href="x", type="text"),  # type: ignore[arg-type]  # on purpose
        lambda: PreferenceCenterOptions(links_tags=["icon"]),  # type: ignore[list-item]  # on purpose
    ):
        with pytest.raises(ConfigurationError, match=r"PreferenceCenter"):
            wrong()
    assert fake_braze.requests == []

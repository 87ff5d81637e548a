"""Every row of the media library against the fake, over a real socket."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from braze_engage.errors import ConfigurationError
from braze_engage.objects import Upload

if TYPE_CHECKING:
    from braze_engage import BrazeClient
    from braze_engage.testing import FakeBraze

PICTURE = Upload(file_name="mark.png", content=b"\x89PNG-mark")
ADDRESS = "https://example.test/mark.png"


def test_a_file_goes_as_a_form_and_an_address_as_json(
    braze: BrazeClient, fake_braze: FakeBraze
) -> None:
    assert braze.media_library.create.reply(asset_file=PICTURE, name="Mark").value.new_assets
    braze.media_library.create(asset_url=ADDRESS)
    form, document = fake_braze.requests
    assert b"\x89PNG-mark" in form.body
    assert b'filename="mark.png"' in form.body
    assert document.json == {"asset_url": ADDRESS}


def test_a_file_takes_the_place_of_another(braze: BrazeClient, fake_braze: FakeBraze) -> None:
    braze.media_library.replace_file(asset_id="a1", asset_url=ADDRESS)
    assert fake_braze.requests[-1].method == "PUT"
    assert fake_braze.requests[-1].json == {"asset_id": "a1", "asset_url": ADDRESS}


def test_limits_are_checked_before_sending(braze: BrazeClient, fake_braze: FakeBraze) -> None:
    library = braze.media_library
    for wrong in (
        library.create,
        lambda: library.create(asset_url=ADDRESS, asset_file=PICTURE),
        lambda: library.replace_file(asset_id="", asset_url=ADDRESS),
        lambda: library.replace_file(asset_id="a1"),
    ):
        with pytest.raises(ConfigurationError, match=r"CreateAsset|ReplaceFile"):
            wrong()
    assert fake_braze.requests == []

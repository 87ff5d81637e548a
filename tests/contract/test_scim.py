"""Dashboard users over SCIM, with the credential that they need."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from braze_engage import BrazeClient
from braze_engage.errors import ConfigurationError, Unauthorized
from braze_engage.objects import ScimName

if TYPE_CHECKING:
    from braze_engage.testing import FakeBraze

ANA = ScimName(given_name="Ana", family_name="Lima")
SCHEMAS = ["urn:ietf:params:scim:schemas:core:2.0:User"]


def client(fake: FakeBraze, token: str | None) -> BrazeClient:
    return BrazeClient(
        fake.rest_api_key,
        data_center=fake.url,
        scim_token=token,
        scim_origin="braze-engage.example" if token else None,
    )


def test_the_token_goes_in_place_of_the_key(fake_braze: FakeBraze) -> None:
    with client(fake_braze, fake_braze.scim_token) as braze:
        braze.scim.create_user(
            schemas=SCHEMAS, user_name="ana@example.test", name=ANA, department="marketing"
        )
    (request,) = fake_braze.requests
    assert isinstance(request.json, dict)
    assert request.json["userName"] == "ana@example.test"
    assert request.json["name"] == {"givenName": "Ana", "familyName": "Lima"}
    headers = {name.lower(): value for name, value in request.headers.items()}
    assert headers["x-request-origin"] == "braze-engage.example"


def test_deleting_answers_without_a_body(fake_braze: FakeBraze) -> None:
    with client(fake_braze, fake_braze.scim_token) as braze:
        assert braze.scim.delete_user.reply(id="dXNlcg").status == 204


def test_a_wrong_token_is_refused_without_showing_it(fake_braze: FakeBraze) -> None:
    with client(fake_braze, "scim-token-mark") as braze, pytest.raises(Unauthorized) as caught:
        braze.scim.get_user(id="dXNlcg")
    assert "scim-token-mark" not in str(caught.value)


def test_without_a_token_nothing_is_sent(fake_braze: FakeBraze) -> None:
    without = client(fake_braze, None)
    with without as braze, pytest.raises(ConfigurationError, match="scim_token"):
        braze.scim.get_user(id="dXNlcg")
    assert fake_braze.requests == []


def test_limits_are_checked_before_sending(fake_braze: FakeBraze) -> None:
    with client(fake_braze, fake_braze.scim_token) as braze:
        for wrong in (
            lambda: braze.scim.get_user(id=""),
            lambda: braze.scim.find_users(filter=""),
            lambda: braze.scim.create_user(
                schemas=SCHEMAS, user_name="nobody", name=ANA, department="marketing"
            ),
            lambda: braze.scim.create_user(
                schemas=SCHEMAS,
                user_name="ana@example.test",
                name=ANA,
                department="weather",  # type: ignore[arg-type]  # on purpose
            ),
        ):
            with pytest.raises(ConfigurationError, match="ScimUser"):
                wrong()
    assert fake_braze.requests == []

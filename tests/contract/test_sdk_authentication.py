"""Every row of the sdk_authentication group against the fake, over a real socket."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from braze_engage import BadRequest, BrazeClient
from braze_engage.errors import ConfigurationError
from braze_engage.rest.sdk_authentication import SdkAuthentication
from tests.support.fake_calls import Caller

if TYPE_CHECKING:
    from collections.abc import Callable

    from braze_engage.testing import FakeBraze

PEM = "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkq+/8=\n-----END PUBLIC KEY-----\n"


def _list_keys(braze: BrazeClient, fake: FakeBraze) -> None:
    made = fake.sdk_keys.add("app-1", PEM, description="iOS", primary=True)
    fake.sdk_keys.add("app-2", PEM)
    (found,) = braze.sdk_authentication.list_keys(app_id="app-1").keys
    assert (found.id, found.rsa_public_key) == (made.id, PEM)
    assert (found.description, found.is_primary) == ("iOS", True)
    assert braze.sdk_authentication.list_keys(app_id="app-3").keys == ()


def _create_key(braze: BrazeClient, fake: FakeBraze) -> None:
    create = braze.sdk_authentication.create_key
    ids = [
        create(app_id="app", rsa_public_key_str=PEM, description=text, make_primary=primary).id
        for text, primary in (("one", True), ("two", False), ("three", True))
    ]
    assert [key.id for key in fake.sdk_keys["app"]] == ids
    assert [key.is_primary for key in fake.sdk_keys["app"]] == [False, False, True]
    with pytest.raises(BadRequest, match="up to 3"):
        create(app_id="app", rsa_public_key_str=PEM, description="four")


def _set_primary_key(braze: BrazeClient, fake: FakeBraze) -> None:
    old = fake.sdk_keys.add("app", PEM, primary=True)
    new = fake.sdk_keys.add("app", PEM)
    keys = braze.sdk_authentication.set_primary_key(app_id="app", key_id=new.id).keys
    assert [(key.id, key.is_primary) for key in keys] == [(old.id, False), (new.id, True)]
    with pytest.raises(BadRequest, match="does not exist for this app"):
        braze.sdk_authentication.set_primary_key(app_id="other", key_id=new.id)


def _delete_key(braze: BrazeClient, fake: FakeBraze) -> None:
    kept = fake.sdk_keys.add("app", PEM, primary=True)
    gone = fake.sdk_keys.add("app", PEM)
    with pytest.raises(BadRequest, match=r"primary .* cannot be deleted"):
        braze.sdk_authentication.delete_key(app_id="app", key_id=kept.id)
    keys = braze.sdk_authentication.delete_key(app_id="app", key_id=gone.id).keys
    assert [key.id for key in keys] == [kept.id]
    assert fake.sdk_keys["app"] == [kept]


SCENES: dict[str, Callable[[BrazeClient, FakeBraze], None]] = {
    "list_keys": _list_keys,
    "create_key": _create_key,
    "set_primary_key": _set_primary_key,
    "delete_key": _delete_key,
}


@pytest.mark.parametrize("scene", SCENES)
def test_a_row_does_at_the_fake_what_braze_documents(
    scene: str, braze: BrazeClient, fake_braze: FakeBraze
) -> None:
    SCENES[scene](braze, fake_braze)


def test_every_row_has_a_scene() -> None:
    assert {row.name for row in SdkAuthentication.operations()} == set(SCENES)


def test_the_fake_refuses_what_the_client_would_not_send(fake_braze: FakeBraze) -> None:
    call = Caller(fake_braze)
    path = "/app_group/sdk_authentication/create"
    key = {"app_id": "app", "rsa_public_key_str": PEM, "description": "iOS"}
    assert call.post(path, {**key, "rsa_public_key_str": "x"}).status == 400
    assert call.post(path, {**key, "description": ""}).status == 400
    assert call.post(path, key).status == 201
    assert [*fake_braze.sdk_keys] == ["app"]
    assert len(fake_braze.sdk_keys) == 1


def test_limits_are_checked_before_sending(braze: BrazeClient, fake_braze: FakeBraze) -> None:
    rows = braze.sdk_authentication
    private = PEM.replace("PUBLIC", "PRIVATE")
    for wrong in (
        lambda: rows.list_keys(app_id=""),
        lambda: rows.create_key(app_id="", rsa_public_key_str=PEM, description="iOS"),
        lambda: rows.create_key(app_id="a", rsa_public_key_str="", description="iOS"),
        lambda: rows.create_key(app_id="a", rsa_public_key_str="MIIB", description="iOS"),
        lambda: rows.create_key(app_id="a", rsa_public_key_str=private, description="iOS"),
        lambda: rows.create_key(app_id="a", rsa_public_key_str=PEM, description=""),
        lambda: rows.create_key(
            app_id="a",
            rsa_public_key_str=PEM,
            description="iOS",
            make_primary=1,  # type: ignore[arg-type]  # on purpose
        ),
        lambda: rows.set_primary_key(app_id="", key_id="k"),
        lambda: rows.set_primary_key(app_id="a", key_id=""),
        lambda: rows.delete_key(app_id="", key_id="k"),
        lambda: rows.delete_key(app_id="a", key_id=""),
    ):
        with pytest.raises(ConfigurationError, match=r"SdkAuthenticationKey"):
            wrong()
    assert fake_braze.requests == []

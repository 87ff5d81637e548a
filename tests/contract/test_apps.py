"""Every row of the apps group against the fake, over a real socket."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING

import pytest

from braze_engage.errors import ConfigurationError
from braze_engage.objects import (
    ApplePushCredential,
    FirebasePushCredential,
    HuaweiPushCredential,
    KindlePushCredential,
)
from braze_engage.rest.apps import Apps, UpdatePushCredential

if TYPE_CHECKING:
    from braze_engage import BrazeClient
    from braze_engage.testing import FakeBraze

MARK = "mark-4be1c7"
APPLE = ApplePushCredential(
    certificate=MARK,
    jwt_key_id=MARK,
    jwt_team_id="team",
    jwt_bundle_id="com.example",
    apns_gateway="prod",
)
REQUESTS = {
    "apple": UpdatePushCredential(app_id="app", apple=APPLE),
    "firebase": UpdatePushCredential(
        app_id="app", firebase=FirebasePushCredential(credential=MARK)
    ),
    "huawei": UpdatePushCredential(
        app_id="app", huawei=HuaweiPushCredential(app_id="1", app_secret=MARK)
    ),
    "kindle": UpdatePushCredential(
        app_id="app", kindle=KindlePushCredential(client_id="1", client_secret=MARK)
    ),
}


@pytest.mark.parametrize("platform", REQUESTS)
def test_push_credentials_go_over_the_wire(
    platform: str, braze: BrazeClient, fake_braze: FakeBraze
) -> None:
    done = braze.perform(Apps.update_push_credential, REQUESTS[platform])
    assert (done.status, done.value.message) == (201, "success")
    sent = fake_braze.requests[-1].json
    assert isinstance(sent, dict)
    assert sent.keys() == {"app_id", platform}
    assert MARK in str(sent[platform])


@pytest.mark.parametrize("platform", REQUESTS)
def test_push_credentials_show_themselves_nowhere_else(platform: str) -> None:
    request = REQUESTS[platform]
    assert platform in repr(request)
    assert MARK not in repr(request)
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(request)


def test_every_row_has_a_scene() -> None:
    assert {row.name for row in Apps.operations()} == {"update_push_credential"}


def test_limits_are_checked_before_sending(braze: BrazeClient, fake_braze: FakeBraze) -> None:
    update = braze.apps.update_push_credential
    firebase = FirebasePushCredential(credential=MARK)
    for wrong in (
        lambda: update(app_id="app"),
        lambda: update(app_id="app", apple=APPLE, firebase=firebase),
        lambda: update(app_id="", firebase=firebase),
        lambda: FirebasePushCredential(credential=""),
        lambda: HuaweiPushCredential(app_id="", app_secret=MARK),
        lambda: HuaweiPushCredential(app_id="1", app_secret=""),
        lambda: KindlePushCredential(client_id="", client_secret=MARK),
        lambda: KindlePushCredential(client_id="1", client_secret=""),
        lambda: ApplePushCredential(
            certificate=MARK,
            jwt_key_id="",
            jwt_team_id="team",
            jwt_bundle_id="com.example",
            apns_gateway="prod",
        ),
        lambda: ApplePushCredential(
            certificate=MARK,
            jwt_key_id=MARK,
            jwt_team_id="team",
            jwt_bundle_id="com.example",
            apns_gateway="test",  # type: ignore[arg-type]  # on purpose
        ),
    ):
        with pytest.raises(ConfigurationError, match=r"PushCredential") as caught:
            wrong()
        assert MARK not in str(caught.value)
    assert fake_braze.requests == []

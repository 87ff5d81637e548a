"""The group "apps" of the REST API."""

from braze_engage.objects import (
    Accepted,
    ApplePushCredential,
    FirebasePushCredential,
    HuaweiPushCredential,
    KindlePushCredential,
)
from braze_engage.objects.checks import check_text, exactly_one_of
from braze_engage.objects.models import model
from braze_engage.operation import Family, Operation, Replay

__all__ = ["Apps", "UpdatePushCredential"]


@model(kw_only=True)
class UpdatePushCredential:
    """New push credentials of an app; exactly one platform.

    Args:
        app_id: API identifier of the app.
        apple: For iOS and the like.
        firebase: For Android.
        huawei: For Huawei.
        kindle: For Kindle.
    """

    app_id: str
    apple: ApplePushCredential | None = None
    firebase: FirebasePushCredential | None = None
    huawei: HuaweiPushCredential | None = None
    kindle: KindlePushCredential | None = None

    def __attrs_post_init__(self) -> None:
        check_text("UpdatePushCredential.app_id", self.app_id)
        exactly_one_of(self, "apple", "firebase", "huawei", "kindle")


class Apps(Family):
    """Push credentials of apps."""

    group = "apps"

    update_push_credential = Operation(
        "POST",
        "/apps/push_credential/update",
        UpdatePushCredential,
        Accepted,
        bucket="push_credential",
        replay=Replay.ALWAYS,
        permission="apps.push_credential",
        docs="https://www.braze.com/docs/api/endpoints/apps/post_update_push_credential",
    )
    """Replace the push credentials of an app on one platform."""

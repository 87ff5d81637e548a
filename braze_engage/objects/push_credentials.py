"""What lets Braze send push messages in the name of an app, for each platform.

They are secrets: none shows itself, and none is pickled.

https://www.braze.com/docs/api/endpoints/apps/post_update_push_credential
"""

from typing import TYPE_CHECKING, Literal, NoReturn

import attrs

from braze_engage.objects.checks import check_choice, check_text
from braze_engage.objects.models import model

if TYPE_CHECKING:
    from typing import SupportsIndex

__all__ = [
    "ApplePushCredential",
    "FirebasePushCredential",
    "HuaweiPushCredential",
    "KindlePushCredential",
]


class _Unpickled:
    __slots__ = ()

    def __reduce_ex__(self, protocol: "SupportsIndex") -> NoReturn:
        raise TypeError(f"{type(self).__name__} is not pickled; let workers read it themselves")


@model(kw_only=True)
class ApplePushCredential(_Unpickled):
    """What Apple wants.

    Args:
        certificate: Base64 of a .p8 key; .p12 and .pem are refused.
        jwt_key_id: Id of that key.
        jwt_team_id: Id of the team.
        jwt_bundle_id: Id of the app.
        apns_gateway: ``prod``, or ``dev`` for builds of developers.
    """

    certificate: str = attrs.field(repr=False)
    jwt_key_id: str = attrs.field(repr=False)
    jwt_team_id: str
    jwt_bundle_id: str
    apns_gateway: Literal["prod", "dev"]

    def __attrs_post_init__(self) -> None:
        for name in ("certificate", "jwt_key_id", "jwt_team_id", "jwt_bundle_id"):
            check_text(f"ApplePushCredential.{name}", getattr(self, name))
        check_choice("ApplePushCredential.apns_gateway", self.apns_gateway, ("prod", "dev"))


@model(kw_only=True)
class FirebasePushCredential(_Unpickled):
    """What Firebase wants.

    Args:
        credential: Base64 of the JSON of a service account.
    """

    credential: str = attrs.field(repr=False)

    def __attrs_post_init__(self) -> None:
        check_text("FirebasePushCredential.credential", self.credential)


@model(kw_only=True)
class HuaweiPushCredential(_Unpickled):
    """What Huawei wants.

    Args:
        app_id: The app at Huawei.
        app_secret: Its secret.
    """

    app_id: str
    app_secret: str = attrs.field(repr=False)

    def __attrs_post_init__(self) -> None:
        check_text("HuaweiPushCredential.app_id", self.app_id)
        check_text("HuaweiPushCredential.app_secret", self.app_secret)


@model(kw_only=True)
class KindlePushCredential(_Unpickled):
    """What Amazon wants.

    Args:
        client_id: The client at Amazon.
        client_secret: Its secret.
    """

    client_id: str
    client_secret: str = attrs.field(repr=False)

    def __attrs_post_init__(self) -> None:
        check_text("KindlePushCredential.client_id", self.client_id)
        check_text("KindlePushCredential.client_secret", self.client_secret)

"""The group "sdk_authentication" of the REST API."""

from braze_engage.objects.checks import check_flag, check_pattern, check_text
from braze_engage.objects.models import model
from braze_engage.operation import Family, Operation, Replay

__all__ = [
    "CreateSdkAuthenticationKey",
    "DeleteSdkAuthenticationKey",
    "ListSdkAuthenticationKeys",
    "SdkAuthentication",
    "SdkAuthenticationKey",
    "SdkAuthenticationKeyCreated",
    "SdkAuthenticationKeys",
    "SetPrimarySdkAuthenticationKey",
]

_PEM = r"\s*-----BEGIN (RSA )?PUBLIC KEY-----[A-Za-z0-9+/=\s]+-----END (RSA )?PUBLIC KEY-----\s*"


@model(kw_only=True)
class ListSdkAuthenticationKeys:
    """Of which app.

    Args:
        app_id: API identifier of the app.
    """

    app_id: str

    def __attrs_post_init__(self) -> None:
        check_text("ListSdkAuthenticationKeys.app_id", self.app_id)


@model(kw_only=True)
class SdkAuthenticationKey:
    """A public key that tells whether tokens of users are genuine.

    Args:
        id: API identifier.
        rsa_public_key: The key in PEM.
        description: What it is for.
        is_primary: Whether it is the one to use; the others are only accepted.
    """

    id: str
    rsa_public_key: str = ""
    description: str = ""
    is_primary: bool = False


@model(kw_only=True)
class SdkAuthenticationKeys:
    """All keys of an app, after the request.

    Args:
        keys: One entry for each.
    """

    keys: tuple[SdkAuthenticationKey, ...] = ()


@model(kw_only=True)
class CreateSdkAuthenticationKey:
    """A new key; an app has at most three.

    Args:
        app_id: API identifier of the app.
        rsa_public_key_str: An RSA public key in PEM. The private one stays with you.
        description: What it is for.
        make_primary: Whether it becomes the primary key.
    """

    app_id: str
    rsa_public_key_str: str
    description: str
    make_primary: bool = False

    def __attrs_post_init__(self) -> None:
        check_text("CreateSdkAuthenticationKey.app_id", self.app_id)
        field, words = "CreateSdkAuthenticationKey.rsa_public_key_str", "a public key in PEM"
        check_pattern(field, self.rsa_public_key_str, _PEM, words)
        check_text("CreateSdkAuthenticationKey.description", self.description)
        check_flag("CreateSdkAuthenticationKey.make_primary", self.make_primary)


@model(kw_only=True)
class SdkAuthenticationKeyCreated:
    """The new key.

    Args:
        id: API identifier.
    """

    id: str


@model(kw_only=True)
class _OneKey:
    app_id: str
    key_id: str

    def __attrs_post_init__(self) -> None:
        check_text(f"{type(self).__name__}.app_id", self.app_id)
        check_text(f"{type(self).__name__}.key_id", self.key_id)


@model(kw_only=True)
class SetPrimarySdkAuthenticationKey(_OneKey):
    """Which key of which app.

    Args:
        app_id: API identifier of the app.
        key_id: API identifier of the key.
    """


@model(kw_only=True)
class DeleteSdkAuthenticationKey(_OneKey):
    """Which key of which app.

    Args:
        app_id: API identifier of the app.
        key_id: API identifier of the key.
    """


class SdkAuthentication(Family):
    """Keys of SDK authentication."""

    group = "sdk_authentication"

    list_keys = Operation(
        "GET",
        "/app_group/sdk_authentication/keys",
        ListSdkAuthenticationKeys,
        SdkAuthenticationKeys,
        bucket="default",
        replay=Replay.ALWAYS,
        permission="sdk_authentication.keys",
        docs="https://www.braze.com/docs/api/endpoints/sdk_authentication/get_sdk_authentication_keys",
    )
    """List the SDK authentication keys of an app."""

    create_key = Operation(
        "POST",
        "/app_group/sdk_authentication/create",
        CreateSdkAuthenticationKey,
        SdkAuthenticationKeyCreated,
        bucket="default",
        replay=Replay.IF_UNSENT,
        permission="sdk_authentication.create",
        docs="https://www.braze.com/docs/api/endpoints/sdk_authentication/post_create_sdk_authentication_key",
    )
    """Add an SDK authentication key to an app."""

    set_primary_key = Operation(
        "PUT",
        "/app_group/sdk_authentication/primary",
        SetPrimarySdkAuthenticationKey,
        SdkAuthenticationKeys,
        bucket="default",
        replay=Replay.ALWAYS,
        permission="sdk_authentication.primary",
        docs="https://www.braze.com/docs/api/endpoints/sdk_authentication/put_primary_sdk_authentication_key",
    )
    """Make a key the primary one of its app."""

    delete_key = Operation(
        "DELETE",
        "/app_group/sdk_authentication/delete",
        DeleteSdkAuthenticationKey,
        SdkAuthenticationKeys,
        bucket="default",
        replay=Replay.ALWAYS,
        permission="sdk_authentication.delete",
        docs="https://www.braze.com/docs/api/endpoints/sdk_authentication/delete_sdk_authentication_key",
    )
    """Delete a key, which must not be the primary one."""

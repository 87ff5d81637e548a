"""Handlers of the group "sdk_authentication".

https://www.braze.com/docs/api/endpoints/sdk_authentication
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from braze_engage.testing.checks import refuse
from braze_engage.testing.messages import Answer

if TYPE_CHECKING:
    from braze_engage.testing.messages import Call, Handlers
    from braze_engage.testing.sdk_keys import SdkKey
    from braze_engage.testing.state import Workspace
    from braze_engage.testing.values import Json, JsonObject

MOST_KEYS: Final = 3
_PEM = re.compile(r"\s*-----BEGIN (RSA )?PUBLIC KEY-----\s[\w+/=\s]+-----END \1?PUBLIC KEY-----\s*")


def list_keys(workspace: Workspace, call: Call) -> Answer:
    """Answer ``/app_group/sdk_authentication/keys``."""
    return _keys(workspace, call.query)


def create_key(workspace: Workspace, call: Call) -> Answer:
    """Answer ``/app_group/sdk_authentication/create``."""
    app_id, text = str(call.body["app_id"]), str(call.body["rsa_public_key_str"])
    if not _PEM.fullmatch(text):
        refuse("Invalid RSA public key")
    if not call.body["description"]:
        refuse("Description cannot be empty")
    if len(workspace.sdk_keys[app_id]) >= MOST_KEYS:
        refuse(f"An app can have up to {MOST_KEYS} SDK Authentication keys")
    made = workspace.sdk_keys.add(
        app_id,
        text,
        description=str(call.body["description"]),
        primary=call.body.get("make_primary") is True,
    )
    return Answer(201, {"id": made.id})


def set_primary_key(workspace: Workspace, call: Call) -> Answer:
    """Answer ``/app_group/sdk_authentication/primary``."""
    workspace.sdk_keys.make_primary(str(call.body["app_id"]), _key(workspace, call))
    return _keys(workspace, call.body)


def delete_key(workspace: Workspace, call: Call) -> Answer:
    """Answer ``/app_group/sdk_authentication/delete``."""
    key = _key(workspace, call)
    if key.is_primary:
        refuse("The primary SDK Authentication key cannot be deleted")
    workspace.sdk_keys[str(call.body["app_id"])].remove(key)
    return _keys(workspace, call.body)


def _keys(workspace: Workspace, given: JsonObject) -> Answer:
    keys: list[Json] = [
        {
            "id": key.id,
            "rsa_public_key": key.rsa_public_key,
            "description": key.description,
            "is_primary": key.is_primary,
        }
        for key in workspace.sdk_keys[str(given["app_id"])]
    ]
    return Answer(200, {"keys": keys})


def _key(workspace: Workspace, call: Call) -> SdkKey:
    keys = workspace.sdk_keys[str(call.body["app_id"])]
    found = next((key for key in keys if key.id == call.body["key_id"]), None)
    if found is None:
        refuse("The SDK Authentication key does not exist for this app")
    return found


HANDLERS: Final[Handlers] = {
    ("GET", "/app_group/sdk_authentication/keys"): list_keys,
    ("POST", "/app_group/sdk_authentication/create"): create_key,
    ("PUT", "/app_group/sdk_authentication/primary"): set_primary_key,
    ("DELETE", "/app_group/sdk_authentication/delete"): delete_key,
}

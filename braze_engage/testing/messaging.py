"""What the endpoints that send messages have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from braze_engage.testing.values import JsonObject

_ONE_BY_ONE = ("recipients", "external_user_ids", "user_aliases")


def bucket(body: JsonObject) -> str:
    """Choose the small pool for broadcasts; sends to people named one by one use the common one.

    https://www.braze.com/docs/api/api_limits
    """
    named = any(body.get(name) for name in _ONE_BY_ONE)
    return "default" if named and not body.get("broadcast") else "broadcast_sends"

"""Entries of ``/users/track`` as the typed objects that refuse what Braze would drop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from braze_engage.objects import (
    PROFILE_FIELDS,
    Event,
    Location,
    SubscriptionGroup,
    UserAlias,
    UserAttributes,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

Entry = dict[str, Any]  # Any: an entry is JSON

_CONTROL = {"_update_existing_only": "update_existing_only", "_merge_objects": "merge_objects"}
_IDENTIFIERS = ("external_id", "braze_id")


def user_attributes(entry: Mapping[str, object]) -> UserAttributes:
    """Build the typed object of one entry of ``attributes``."""
    given: Entry = {}
    custom: Entry = {}
    for name, value in entry.items():
        if name in _CONTROL:
            given[_CONTROL[name]] = value
        elif name == "user_alias":
            given[name] = _alias(value)
        elif name == "current_location" and isinstance(value, dict):
            given[name] = Location(**value)
        elif name == "subscription_groups" and isinstance(value, list):
            given[name] = [SubscriptionGroup(**group) for group in value]
        elif name in PROFILE_FIELDS or name in _IDENTIFIERS:
            given[name] = value
        else:
            custom[name] = value
    return UserAttributes(**given, custom=custom)


def event(entry: Mapping[str, object]) -> Event:
    """Build the typed object of one entry of ``events``."""
    given: Entry = dict(entry)
    if "_update_existing_only" in given:
        given["update_existing_only"] = given.pop("_update_existing_only")
    if "user_alias" in given:
        given["user_alias"] = _alias(given["user_alias"])
    return Event(**given)


def _alias(value: Any) -> UserAlias:  # Any: an entry is JSON
    return UserAlias(**value)

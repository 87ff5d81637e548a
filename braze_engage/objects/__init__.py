"""Braze's objects as typed values, checked before anything is sent.

A name is fetched from its module when it is first asked for: a group of endpoints pays for the
objects it uses.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from braze_engage.objects.activity import Event, Purchase, TrackLimits
    from braze_engage.objects.aliases import NewUserAlias, UserAlias, UserAliasUpdate
    from braze_engage.objects.answers import Accepted, Verdict, Verification
    from braze_engage.objects.attributes import CONTROL_FIELDS, PROFILE_FIELDS, UserAttributes
    from braze_engage.objects.identity import (
        AliasToIdentify,
        DeletePrioritization,
        EmailToDelete,
        EmailToIdentify,
        ExternalIdRename,
        MergeUpdate,
        PhoneToDelete,
        PhoneToIdentify,
        Prioritization,
        UserIdentifierRef,
    )
    from braze_engage.objects.profile import (
        FacebookProfile,
        Gender,
        Location,
        PushToken,
        SubscriptionGroup,
        SubscriptionState,
        TwitterProfile,
    )
    from braze_engage.objects.uploads import Upload
    from braze_engage.objects.values import CustomValue, JsonValue

__all__ = [
    "CONTROL_FIELDS",
    "PROFILE_FIELDS",
    "Accepted",
    "AliasToIdentify",
    "CustomValue",
    "DeletePrioritization",
    "EmailToDelete",
    "EmailToIdentify",
    "Event",
    "ExternalIdRename",
    "FacebookProfile",
    "Gender",
    "JsonValue",
    "Location",
    "MergeUpdate",
    "NewUserAlias",
    "PhoneToDelete",
    "PhoneToIdentify",
    "Prioritization",
    "Purchase",
    "PushToken",
    "SubscriptionGroup",
    "SubscriptionState",
    "TrackLimits",
    "TwitterProfile",
    "Upload",
    "UserAlias",
    "UserAliasUpdate",
    "UserAttributes",
    "UserIdentifierRef",
    "Verdict",
    "Verification",
]

_HOME = {
    "Accepted": "answers",
    "AliasToIdentify": "identity",
    "CONTROL_FIELDS": "attributes",
    "CustomValue": "values",
    "DeletePrioritization": "identity",
    "EmailToDelete": "identity",
    "EmailToIdentify": "identity",
    "Event": "activity",
    "ExternalIdRename": "identity",
    "FacebookProfile": "profile",
    "Gender": "profile",
    "JsonValue": "values",
    "Location": "profile",
    "MergeUpdate": "identity",
    "NewUserAlias": "aliases",
    "PROFILE_FIELDS": "attributes",
    "PhoneToDelete": "identity",
    "PhoneToIdentify": "identity",
    "Prioritization": "identity",
    "Purchase": "activity",
    "PushToken": "profile",
    "SubscriptionGroup": "profile",
    "SubscriptionState": "profile",
    "TrackLimits": "activity",
    "TwitterProfile": "profile",
    "Upload": "uploads",
    "UserAlias": "aliases",
    "UserAliasUpdate": "aliases",
    "UserAttributes": "attributes",
    "UserIdentifierRef": "identity",
    "Verdict": "answers",
    "Verification": "answers",
}
"""Name -> the module that defines it."""


if not TYPE_CHECKING:  # a checker would take any name for one of these

    def __getattr__(name: str) -> object:
        if name not in _HOME:
            raise AttributeError(f"module 'braze_engage.objects' has no attribute {name!r}")
        value = getattr(import_module(f"braze_engage.objects.{_HOME[name]}"), name)
        globals()[name] = value
        return value

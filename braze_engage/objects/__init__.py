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
    from braze_engage.objects.preference_centers import (
        PreferenceCenterLinkTag,
        PreferenceCenterOptions,
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
    from braze_engage.objects.push_credentials import (
        ApplePushCredential,
        FirebasePushCredential,
        HuaweiPushCredential,
        KindlePushCredential,
    )
    from braze_engage.objects.subscriptions import SubscriptionGroupUpdate, SubscriptionIdentifier
    from braze_engage.objects.translations import (
        Locale,
        MessageTexts,
        SourceTexts,
        Translation,
        Translations,
    )
    from braze_engage.objects.uploads import Upload
    from braze_engage.objects.values import CustomValue, JsonValue

__all__ = [
    "CONTROL_FIELDS",
    "PROFILE_FIELDS",
    "Accepted",
    "AliasToIdentify",
    "ApplePushCredential",
    "CustomValue",
    "DeletePrioritization",
    "EmailToDelete",
    "EmailToIdentify",
    "Event",
    "ExternalIdRename",
    "FacebookProfile",
    "FirebasePushCredential",
    "Gender",
    "HuaweiPushCredential",
    "JsonValue",
    "KindlePushCredential",
    "Locale",
    "Location",
    "MergeUpdate",
    "MessageTexts",
    "NewUserAlias",
    "PhoneToDelete",
    "PhoneToIdentify",
    "PreferenceCenterLinkTag",
    "PreferenceCenterOptions",
    "Prioritization",
    "Purchase",
    "PushToken",
    "SourceTexts",
    "SubscriptionGroup",
    "SubscriptionGroupUpdate",
    "SubscriptionIdentifier",
    "SubscriptionState",
    "TrackLimits",
    "Translation",
    "Translations",
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
    "ApplePushCredential": "push_credentials",
    "CONTROL_FIELDS": "attributes",
    "CustomValue": "values",
    "DeletePrioritization": "identity",
    "EmailToDelete": "identity",
    "EmailToIdentify": "identity",
    "Event": "activity",
    "ExternalIdRename": "identity",
    "FacebookProfile": "profile",
    "FirebasePushCredential": "push_credentials",
    "Gender": "profile",
    "HuaweiPushCredential": "push_credentials",
    "JsonValue": "values",
    "KindlePushCredential": "push_credentials",
    "Locale": "translations",
    "Location": "profile",
    "MergeUpdate": "identity",
    "MessageTexts": "translations",
    "NewUserAlias": "aliases",
    "PROFILE_FIELDS": "attributes",
    "PhoneToDelete": "identity",
    "PhoneToIdentify": "identity",
    "PreferenceCenterLinkTag": "preference_centers",
    "PreferenceCenterOptions": "preference_centers",
    "Prioritization": "identity",
    "Purchase": "activity",
    "PushToken": "profile",
    "SourceTexts": "translations",
    "SubscriptionGroup": "profile",
    "SubscriptionGroupUpdate": "subscriptions",
    "SubscriptionIdentifier": "subscriptions",
    "SubscriptionState": "profile",
    "TrackLimits": "activity",
    "Translation": "translations",
    "Translations": "translations",
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

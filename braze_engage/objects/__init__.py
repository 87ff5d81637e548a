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
    from braze_engage.objects.catalogs import (
        Catalog,
        CatalogField,
        CatalogItem,
        CatalogItemRef,
        CatalogSelection,
        CatalogSelectionFilter,
    )
    from braze_engage.objects.data_objects import DataObject
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
    from braze_engage.objects.media import MediaAsset
    from braze_engage.objects.profile import (
        FacebookProfile,
        Gender,
        Location,
        PushToken,
        SubscriptionGroup,
        SubscriptionState,
        TwitterProfile,
    )
    from braze_engage.objects.scim import (
        ScimAppGroup,
        ScimName,
        ScimPermissions,
        ScimPermissionSet,
        ScimRole,
        ScimTeam,
    )
    from braze_engage.objects.uploads import Upload
    from braze_engage.objects.values import CustomValue, JsonValue

__all__ = [
    "CONTROL_FIELDS",
    "PROFILE_FIELDS",
    "Accepted",
    "AliasToIdentify",
    "Catalog",
    "CatalogField",
    "CatalogItem",
    "CatalogItemRef",
    "CatalogSelection",
    "CatalogSelectionFilter",
    "CustomValue",
    "DataObject",
    "DeletePrioritization",
    "EmailToDelete",
    "EmailToIdentify",
    "Event",
    "ExternalIdRename",
    "FacebookProfile",
    "Gender",
    "JsonValue",
    "Location",
    "MediaAsset",
    "MergeUpdate",
    "NewUserAlias",
    "PhoneToDelete",
    "PhoneToIdentify",
    "Prioritization",
    "Purchase",
    "PushToken",
    "ScimAppGroup",
    "ScimName",
    "ScimPermissionSet",
    "ScimPermissions",
    "ScimRole",
    "ScimTeam",
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
    "Catalog": "catalogs",
    "CatalogField": "catalogs",
    "CatalogItem": "catalogs",
    "CatalogItemRef": "catalogs",
    "CatalogSelection": "catalogs",
    "CatalogSelectionFilter": "catalogs",
    "CustomValue": "values",
    "DataObject": "data_objects",
    "DeletePrioritization": "identity",
    "EmailToDelete": "identity",
    "EmailToIdentify": "identity",
    "Event": "activity",
    "ExternalIdRename": "identity",
    "FacebookProfile": "profile",
    "Gender": "profile",
    "JsonValue": "values",
    "Location": "profile",
    "MediaAsset": "media",
    "MergeUpdate": "identity",
    "NewUserAlias": "aliases",
    "PROFILE_FIELDS": "attributes",
    "PhoneToDelete": "identity",
    "PhoneToIdentify": "identity",
    "Prioritization": "identity",
    "Purchase": "activity",
    "PushToken": "profile",
    "ScimAppGroup": "scim",
    "ScimName": "scim",
    "ScimPermissionSet": "scim",
    "ScimPermissions": "scim",
    "ScimRole": "scim",
    "ScimTeam": "scim",
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

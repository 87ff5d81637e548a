"""Braze's objects as typed values, checked before anything is sent."""

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
    "UserAlias",
    "UserAliasUpdate",
    "UserAttributes",
    "UserIdentifierRef",
    "Verdict",
    "Verification",
]

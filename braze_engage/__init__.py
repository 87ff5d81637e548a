"""Carries Segment Engage audiences and traits into Braze.

Importing this package loads nothing else: every public name is fetched from its module when it is
first asked for, so a program pays for the parts it uses.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from braze_engage.cohorts.changes import CohortChange, CohortReply, CohortWrite
    from braze_engage.cohorts.client import CohortClient
    from braze_engage.credentials import (
        ClientSideRestKey,
        DataImportKey,
        KeySource,
        PartnerKey,
        RestApiKey,
        ScimToken,
        Secret,
    )
    from braze_engage.data_centers import DataCenter, UnconfirmedDataCenter
    from braze_engage.data_import_keys import (
        CallableKeys,
        DataImportKeyRing,
        EnvironmentKeys,
        JsonKeyFile,
        KeyState,
        KeyStore,
        StoredKey,
    )
    from braze_engage.engage.choices import Enrichment, Nulls, OtherCalls
    from braze_engage.engage.identity import AliasRule, IdentityRules
    from braze_engage.engage.outcomes import Outcome, Reason
    from braze_engage.engage.profile import SEGMENT_PROFILE_FIELDS
    from braze_engage.engage.rules import Delivery, EngageRules, Repeats
    from braze_engage.errors import (
        AnswerLost,
        BadRequest,
        BrazeError,
        ConfigurationError,
        Forbidden,
        MappingError,
        NotFound,
        NotSent,
        PayloadTooLarge,
        RateLimited,
        ResourceLocked,
        ResponseError,
        ServerError,
        TransportError,
        Unauthorized,
        UnreadableResponse,
    )
    from braze_engage.objects import (
        AliasToIdentify,
        DeletePrioritization,
        EmailToDelete,
        EmailToIdentify,
        Event,
        ExternalIdRename,
        FacebookProfile,
        Gender,
        Location,
        MergeUpdate,
        NewUserAlias,
        PhoneToDelete,
        PhoneToIdentify,
        Prioritization,
        Purchase,
        PushToken,
        SubscriptionGroup,
        SubscriptionState,
        TrackLimits,
        TwitterProfile,
        UserAlias,
        UserAliasUpdate,
        UserAttributes,
        UserIdentifierRef,
        Verdict,
        Verification,
    )
    from braze_engage.operation import UNSET, Operation, PagedOperation, Replay, Reply
    from braze_engage.rest.client import BrazeClient
    from braze_engage.rest.users_track import TrackError, TrackResult
    from braze_engage.sync.debugger import Check, Explanation
    from braze_engage.sync.engine import EngageSync
    from braze_engage.sync.plan import KeySums, Plan, PlannedRequest
    from braze_engage.sync.report import CohortCounts, Failure, FailuresLeft, Report, RunStopped
    from braze_engage.sync.source import read_calls
    from braze_engage.testing import FakeBraze

__all__ = [
    "SEGMENT_PROFILE_FIELDS",
    "UNSET",
    "AliasRule",
    "AliasToIdentify",
    "AnswerLost",
    "BadRequest",
    "BrazeClient",
    "BrazeError",
    "CallableKeys",
    "Check",
    "ClientSideRestKey",
    "CohortChange",
    "CohortClient",
    "CohortCounts",
    "CohortReply",
    "CohortWrite",
    "ConfigurationError",
    "DataCenter",
    "DataImportKey",
    "DataImportKeyRing",
    "DeletePrioritization",
    "Delivery",
    "EmailToDelete",
    "EmailToIdentify",
    "EngageRules",
    "EngageSync",
    "Enrichment",
    "EnvironmentKeys",
    "Event",
    "Explanation",
    "ExternalIdRename",
    "FacebookProfile",
    "Failure",
    "FailuresLeft",
    "FakeBraze",
    "Forbidden",
    "Gender",
    "IdentityRules",
    "JsonKeyFile",
    "KeySource",
    "KeyState",
    "KeyStore",
    "KeySums",
    "Location",
    "MappingError",
    "MergeUpdate",
    "NewUserAlias",
    "NotFound",
    "NotSent",
    "Nulls",
    "Operation",
    "OtherCalls",
    "Outcome",
    "PagedOperation",
    "PartnerKey",
    "PayloadTooLarge",
    "PhoneToDelete",
    "PhoneToIdentify",
    "Plan",
    "PlannedRequest",
    "Prioritization",
    "Purchase",
    "PushToken",
    "RateLimited",
    "Reason",
    "Repeats",
    "Replay",
    "Reply",
    "Report",
    "ResourceLocked",
    "ResponseError",
    "RestApiKey",
    "RunStopped",
    "ScimToken",
    "Secret",
    "ServerError",
    "StoredKey",
    "SubscriptionGroup",
    "SubscriptionState",
    "TrackError",
    "TrackLimits",
    "TrackResult",
    "TransportError",
    "TwitterProfile",
    "Unauthorized",
    "UnconfirmedDataCenter",
    "UnreadableResponse",
    "UserAlias",
    "UserAliasUpdate",
    "UserAttributes",
    "UserIdentifierRef",
    "Verdict",
    "Verification",
    "__version__",
    "read_calls",
]

__version__: str

_HOME = {
    "AliasRule": "engage.identity",
    "AliasToIdentify": "objects",
    "AnswerLost": "errors",
    "BadRequest": "errors",
    "BrazeClient": "rest.client",
    "BrazeError": "errors",
    "CallableKeys": "data_import_keys",
    "Check": "sync.debugger",
    "ClientSideRestKey": "credentials",
    "CohortChange": "cohorts.changes",
    "CohortClient": "cohorts.client",
    "CohortCounts": "sync.report",
    "CohortReply": "cohorts.changes",
    "CohortWrite": "cohorts.changes",
    "ConfigurationError": "errors",
    "DataCenter": "data_centers",
    "DataImportKey": "credentials",
    "DataImportKeyRing": "data_import_keys",
    "DeletePrioritization": "objects",
    "Delivery": "engage.rules",
    "EmailToDelete": "objects",
    "EmailToIdentify": "objects",
    "EngageRules": "engage.rules",
    "EngageSync": "sync.engine",
    "Enrichment": "engage.choices",
    "EnvironmentKeys": "data_import_keys",
    "Event": "objects",
    "Explanation": "sync.debugger",
    "ExternalIdRename": "objects",
    "FacebookProfile": "objects",
    "Failure": "sync.report",
    "FailuresLeft": "sync.report",
    "FakeBraze": "testing",
    "Forbidden": "errors",
    "Gender": "objects",
    "IdentityRules": "engage.identity",
    "JsonKeyFile": "data_import_keys",
    "KeySource": "credentials",
    "KeyState": "data_import_keys",
    "KeyStore": "data_import_keys",
    "KeySums": "sync.plan",
    "Location": "objects",
    "MappingError": "errors",
    "MergeUpdate": "objects",
    "NewUserAlias": "objects",
    "NotFound": "errors",
    "NotSent": "errors",
    "Nulls": "engage.choices",
    "Operation": "operation",
    "OtherCalls": "engage.choices",
    "Outcome": "engage.outcomes",
    "PagedOperation": "operation",
    "PartnerKey": "credentials",
    "PayloadTooLarge": "errors",
    "PhoneToDelete": "objects",
    "PhoneToIdentify": "objects",
    "Plan": "sync.plan",
    "PlannedRequest": "sync.plan",
    "Prioritization": "objects",
    "Purchase": "objects",
    "PushToken": "objects",
    "RateLimited": "errors",
    "Reason": "engage.outcomes",
    "Repeats": "engage.rules",
    "Replay": "operation",
    "Reply": "operation",
    "Report": "sync.report",
    "ResourceLocked": "errors",
    "ResponseError": "errors",
    "RestApiKey": "credentials",
    "RunStopped": "sync.report",
    "SEGMENT_PROFILE_FIELDS": "engage.profile",
    "ScimToken": "credentials",
    "Secret": "credentials",
    "ServerError": "errors",
    "StoredKey": "data_import_keys",
    "SubscriptionGroup": "objects",
    "SubscriptionState": "objects",
    "TrackError": "rest.users_track",
    "TrackLimits": "objects",
    "TrackResult": "rest.users_track",
    "TransportError": "errors",
    "TwitterProfile": "objects",
    "UNSET": "operation",
    "Unauthorized": "errors",
    "UnconfirmedDataCenter": "data_centers",
    "UnreadableResponse": "errors",
    "UserAlias": "objects",
    "UserAliasUpdate": "objects",
    "UserAttributes": "objects",
    "UserIdentifierRef": "objects",
    "Verdict": "objects",
    "Verification": "objects",
    "read_calls": "sync.source",
}
"""Public name -> the module that defines it."""


if not TYPE_CHECKING:  # a checker would take any name for a public one

    def __getattr__(name: str) -> object:
        if name == "__version__":
            value = _version()
        elif name in _HOME:
            value = getattr(import_module(f"braze_engage.{_HOME[name]}"), name)
        else:
            raise AttributeError(f"module 'braze_engage' has no attribute {name!r}")
        globals()[name] = value
        return value


def _version() -> str:
    from importlib import metadata  # noqa: PLC0415 - slow to import and seldom asked for

    try:
        return metadata.version("braze_engage")
    except metadata.PackageNotFoundError:  # shipped as bare files, as Spark does
        return "0+unknown"


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

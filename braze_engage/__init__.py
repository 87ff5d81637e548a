"""Carries Segment Engage audiences and traits into Braze.

Importing this package loads nothing else: every public name is fetched from its module when it is
first asked for, so a program pays for the parts it uses.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from braze_engage._http.quota import Quota
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
    from braze_engage.engage.choices import DataPointBudget, Enrichment, Nulls, OtherCalls
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
        StateError,
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
    from braze_engage.sync.counts import (
        CohortCounts,
        DeletionReceipt,
        Failure,
        KeyCounts,
        Lag,
    )
    from braze_engage.sync.dead_letters import DeadLetter, DeadLetters
    from braze_engage.sync.debugger import Check, SentTest
    from braze_engage.sync.engine import EngageSync
    from braze_engage.sync.explaining import ExplainedDelivery, Explanation
    from braze_engage.sync.full_list import FullList
    from braze_engage.sync.holding import Held
    from braze_engage.sync.plan import KeySums, Plan, PlannedRequest
    from braze_engage.sync.reconcile_counts import ListCounts
    from braze_engage.sync.report import FailuresLeft, Report, RunStopped
    from braze_engage.sync.source import read_calls
    from braze_engage.sync.sqlite_state import SqliteState
    from braze_engage.sync.state_checkpoints import Checkpoint
    from braze_engage.sync.why import Why
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
    "Checkpoint",
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
    "DataPointBudget",
    "DeadLetter",
    "DeadLetters",
    "DeletePrioritization",
    "DeletionReceipt",
    "Delivery",
    "EmailToDelete",
    "EmailToIdentify",
    "EngageRules",
    "EngageSync",
    "Enrichment",
    "EnvironmentKeys",
    "Event",
    "ExplainedDelivery",
    "Explanation",
    "ExternalIdRename",
    "FacebookProfile",
    "Failure",
    "FailuresLeft",
    "FakeBraze",
    "Forbidden",
    "FullList",
    "Gender",
    "Held",
    "IdentityRules",
    "JsonKeyFile",
    "KeyCounts",
    "KeySource",
    "KeyState",
    "KeyStore",
    "KeySums",
    "Lag",
    "ListCounts",
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
    "Quota",
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
    "SentTest",
    "ServerError",
    "SqliteState",
    "StateError",
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
    "Why",
    "__version__",
    "read_calls",
]

__version__: str

_NAMES = {
    "_http.quota": "Quota",
    "cohorts.changes": "CohortChange CohortReply CohortWrite",
    "cohorts.client": "CohortClient",
    "credentials": (
        "ClientSideRestKey DataImportKey KeySource PartnerKey RestApiKey ScimToken Secret"
    ),
    "data_centers": "DataCenter UnconfirmedDataCenter",
    "data_import_keys": (
        "CallableKeys DataImportKeyRing EnvironmentKeys JsonKeyFile KeyState KeyStore StoredKey"
    ),
    "engage.choices": "DataPointBudget Enrichment Nulls OtherCalls",
    "engage.identity": "AliasRule IdentityRules",
    "engage.outcomes": "Outcome Reason",
    "engage.profile": "SEGMENT_PROFILE_FIELDS",
    "engage.rules": "Delivery EngageRules Repeats",
    "errors": (
        "AnswerLost BadRequest BrazeError ConfigurationError Forbidden MappingError NotFound "
        "NotSent PayloadTooLarge RateLimited ResourceLocked ResponseError ServerError "
        "StateError TransportError Unauthorized UnreadableResponse"
    ),
    "objects": (
        "AliasToIdentify DeletePrioritization EmailToDelete EmailToIdentify Event "
        "ExternalIdRename FacebookProfile Gender Location MergeUpdate NewUserAlias "
        "PhoneToDelete PhoneToIdentify Prioritization Purchase PushToken SubscriptionGroup "
        "SubscriptionState TrackLimits TwitterProfile UserAlias UserAliasUpdate UserAttributes "
        "UserIdentifierRef Verdict Verification"
    ),
    "operation": "Operation PagedOperation Replay Reply UNSET",
    "rest.client": "BrazeClient",
    "rest.users_track": "TrackError TrackResult",
    "sync.counts": "CohortCounts DeletionReceipt Failure KeyCounts Lag",
    "sync.dead_letters": "DeadLetter DeadLetters",
    "sync.debugger": "Check SentTest",
    "sync.engine": "EngageSync",
    "sync.explaining": "ExplainedDelivery Explanation",
    "sync.full_list": "FullList",
    "sync.holding": "Held",
    "sync.plan": "KeySums Plan PlannedRequest",
    "sync.reconcile_counts": "ListCounts",
    "sync.report": "FailuresLeft Report RunStopped",
    "sync.source": "read_calls",
    "sync.sqlite_state": "SqliteState",
    "sync.state_checkpoints": "Checkpoint",
    "sync.why": "Why",
    "testing": "FakeBraze",
}
_HOME = {name: home for home, names in _NAMES.items() for name in names.split()}
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

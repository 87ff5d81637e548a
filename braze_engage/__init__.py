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
    from braze_engage.engage.deliveries import Delivery
    from braze_engage.engage.identity import AliasRule, IdentityRules
    from braze_engage.engage.outcomes import Outcome, Reason
    from braze_engage.engage.profile import SEGMENT_PROFILE_FIELDS
    from braze_engage.engage.rules import EngageRules, Repeats
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
    from braze_engage.operation.allowance import Allowance
    from braze_engage.operation.hooks import Endpoint
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
    from braze_engage.sync.hooks import CallOutcome, Hook
    from braze_engage.sync.known_cohorts import KnownCohort, KnownCohorts
    from braze_engage.sync.missing_users import MissingUsers
    from braze_engage.sync.plan import KeySums, Plan, PlannedQuota, PlannedRequest
    from braze_engage.sync.progress import Progress
    from braze_engage.sync.reconcile_counts import ListCounts
    from braze_engage.sync.report import FailuresLeft, Report, RunStopped
    from braze_engage.sync.retire_plan import RetirePlan, RetireStep
    from braze_engage.sync.source import read_calls
    from braze_engage.sync.sqlite_state import SqliteState
    from braze_engage.sync.standing import Standing
    from braze_engage.sync.state_checkpoints import Checkpoint
    from braze_engage.sync.why import Ending, Why
    from braze_engage.testing import FakeBraze

__all__ = [
    "SEGMENT_PROFILE_FIELDS",
    "UNSET",
    "AliasRule",
    "AliasToIdentify",
    "Allowance",
    "AnswerLost",
    "BadRequest",
    "BrazeClient",
    "BrazeError",
    "CallOutcome",
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
    "Ending",
    "Endpoint",
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
    "Hook",
    "IdentityRules",
    "JsonKeyFile",
    "KeyCounts",
    "KeySource",
    "KeyState",
    "KeyStore",
    "KeySums",
    "KnownCohort",
    "KnownCohorts",
    "Lag",
    "ListCounts",
    "Location",
    "MappingError",
    "MergeUpdate",
    "MissingUsers",
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
    "PlannedQuota",
    "PlannedRequest",
    "Prioritization",
    "Progress",
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
    "RetirePlan",
    "RetireStep",
    "RunStopped",
    "ScimToken",
    "Secret",
    "SentTest",
    "ServerError",
    "SqliteState",
    "Standing",
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

if not TYPE_CHECKING:  # a checker would take any name for a public one

    def __getattr__(name: str) -> object:
        from braze_engage._homes import HOME  # noqa: PLC0415 - nothing is loaded with the package

        if name == "__version__":
            value = _version()
        elif name in HOME:
            value = getattr(import_module(f"braze_engage.{HOME[name]}"), name)
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

"""Which module defines each public name; nothing is imported before it is asked for."""

from __future__ import annotations

from typing import Final

__all__ = ["HOME"]

_NAMES: Final = {
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
    "engage.deliveries": "Delivery",
    "engage.rules": "EngageRules Repeats",
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
    "operation.allowance": "Allowance",
    "operation.hooks": "Endpoint",
    "rest.client": "BrazeClient",
    "rest.users_track": "TrackError TrackResult",
    "sync.counts": "CohortCounts DeletionReceipt Failure KeyCounts Lag",
    "sync.dead_letters": "DeadLetter DeadLetters",
    "sync.debugger": "Check SentTest",
    "sync.engine": "EngageSync",
    "sync.explaining": "ExplainedDelivery Explanation",
    "sync.full_list": "FullList",
    "sync.holding": "Held",
    "sync.hooks": "CallOutcome Hook",
    "sync.known_cohorts": "KnownCohort KnownCohorts",
    "sync.missing_users": "MissingUsers",
    "sync.plan": "KeySums Plan PlannedQuota PlannedRequest",
    "sync.progress": "Progress",
    "sync.reconcile_counts": "ListCounts",
    "sync.report": "FailuresLeft Report RunStopped",
    "sync.retire_plan": "RetirePlan RetireStep",
    "sync.source": "read_calls",
    "sync.sqlite_state": "SqliteState",
    "sync.standing": "Standing",
    "sync.state_checkpoints": "Checkpoint",
    "sync.why": "Ending Why",
    "testing": "FakeBraze",
}
HOME: Final = {name: home for home, names in _NAMES.items() for name in names.split()}
"""Public name -> the module that defines it, below the package."""

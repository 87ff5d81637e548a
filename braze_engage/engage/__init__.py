"""Pure functions from calls of Segment Engage to changes in Braze."""

from braze_engage.engage.audiences import (
    MembershipChange,
    membership_change,
    net_membership,
    read_membership,
)
from braze_engage.engage.batches import cut
from braze_engage.engage.calls import (
    CallType,
    Computation,
    ComputationClass,
    EngageCall,
    OrderKey,
    Unusable,
    read_call,
    read_item,
)
from braze_engage.engage.choices import Enrichment, Nulls, OtherCalls
from braze_engage.engage.deliveries import Delivery
from braze_engage.engage.events import EventChange, event_change
from braze_engage.engage.fitting import Dropped
from braze_engage.engage.folding import AttributeWrite, fold_attributes
from braze_engage.engage.identity import (
    AliasRule,
    Identity,
    IdentityRules,
    cohort_identity,
    track_identity,
)
from braze_engage.engage.outcomes import Outcome, Reason
from braze_engage.engage.profile import SEGMENT_PROFILE_FIELDS
from braze_engage.engage.rules import EngageRules, Repeats
from braze_engage.engage.times import parse_time
from braze_engage.engage.traits import AttributeChange, attribute_change, boolean_change

__all__ = [
    "SEGMENT_PROFILE_FIELDS",
    "AliasRule",
    "AttributeChange",
    "AttributeWrite",
    "CallType",
    "Computation",
    "ComputationClass",
    "Delivery",
    "Dropped",
    "EngageCall",
    "EngageRules",
    "Enrichment",
    "EventChange",
    "Identity",
    "IdentityRules",
    "MembershipChange",
    "Nulls",
    "OrderKey",
    "OtherCalls",
    "Outcome",
    "Reason",
    "Repeats",
    "Unusable",
    "attribute_change",
    "boolean_change",
    "cohort_identity",
    "cut",
    "event_change",
    "fold_attributes",
    "membership_change",
    "net_membership",
    "parse_time",
    "read_call",
    "read_item",
    "read_membership",
    "track_identity",
]

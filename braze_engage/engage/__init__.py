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
from braze_engage.engage.identity import AliasRule, Identity, IdentityRules, cohort_identity
from braze_engage.engage.outcomes import Outcome, Reason
from braze_engage.engage.rules import Delivery, EngageRules, Repeats
from braze_engage.engage.times import parse_time

__all__ = [
    "AliasRule",
    "CallType",
    "Computation",
    "ComputationClass",
    "Delivery",
    "EngageCall",
    "EngageRules",
    "Identity",
    "IdentityRules",
    "MembershipChange",
    "OrderKey",
    "Outcome",
    "Reason",
    "Repeats",
    "Unusable",
    "cohort_identity",
    "cut",
    "membership_change",
    "net_membership",
    "parse_time",
    "read_call",
    "read_item",
    "read_membership",
]

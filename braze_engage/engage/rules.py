"""Rules: what becomes of which call."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final

import attrs

from braze_engage.engage import rule_checks
from braze_engage.engage.choices import DataPointBudget, Enrichment, Nulls, OtherCalls
from braze_engage.engage.computations import ComputationClass
from braze_engage.engage.deliveries import (
    Delivery,
)
from braze_engage.engage.identity import IdentityRules
from braze_engage.engage.keywords import checked_keywords
from braze_engage.engage.paths import Lookup, PathRule
from braze_engage.engage.profile import SEGMENT_PROFILE_FIELDS
from braze_engage.engage.trait_plan import TraitPlan
from braze_engage.engage.trait_shapes import TraitShapes, shapes_for

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import timedelta

    from braze_engage.engage.calls import EngageCall

__all__ = [
    "EngageRules",
    "Repeats",
]

# https://segment.com/docs/engage/audiences: the names where nobody set others
_ENTERED: Final = "Audience Entered"
_EXITED: Final = "Audience Exited"
_TIMESTAMP: Final = "$.timestamp"


_MEMBERSHIP: Final = Delivery.COHORT | Delivery.BOOLEAN
_AUDIENCE: Final = ComputationClass.AUDIENCE
_TRAIT: Final = ComputationClass.TRAIT


class Repeats(Enum):
    """What becomes of a membership that repeats the known state, also of an event that tells it."""

    SEND = "send"
    """It is sent again, which repairs what may have been lost in Braze."""
    SUPPRESS = "suppress"
    """It is unchanged, and not sent."""


def _delivery(value: object, where: str) -> Delivery:
    if not isinstance(value, Delivery):
        rule_checks.refuse(
            f"{where} must be a Delivery such as Delivery.COHORT, not {type(value).__name__}"
        )
    return value


def _audiences(value: Delivery | None) -> Delivery | None:
    return None if value is None else _delivery(value, "audiences")


def _journeys(value: Delivery | None) -> Delivery | None:
    return None if value is None else _delivery(value, "journeys")


def _traits(value: Delivery | None) -> Delivery | None:
    if value is not None and _delivery(value, "traits") & _MEMBERSHIP:
        rule_checks.refuse(
            "traits cannot be delivered as COHORT or BOOLEAN, because a trait is no membership; "
            "use Delivery.IDENTIFY, Delivery.TRACK or both"
        )
    return value


def _overrides(value: Mapping[str, Delivery]) -> Mapping[str, Delivery]:
    pairs = rule_checks.pairs(value, "overrides", '{"vip": Delivery.COHORT}')
    return {
        rule_checks.name(key, "overrides"): _delivery(delivery, f"overrides[{key!r}]")
        for key, delivery in pairs.items()
    }


def _repeats(value: Repeats) -> Repeats:
    return rule_checks.instance(value, Repeats, "repeats")


def _memberships(rules: EngageRules) -> Mapping[str, bool]:
    """Which event names mean entering and which leaving."""
    meaning = {_ENTERED: True, _EXITED: False}
    for pair in rules.event_names.items():
        for name, other in (pair, pair[::-1]):
            if other in (_ENTERED, _EXITED):
                member = other == _ENTERED
                if meaning.setdefault(name, member) is not member:
                    rule_checks.refuse(
                        f"event_names gives {name!r} for entering and for leaving; "
                        "give the two different names"
                    )
    return meaning


def _plan(rules: EngageRules) -> TraitPlan:
    both = rules.as_text & rules.merge_objects
    if both:
        rule_checks.refuse(
            f"as_text and merge_objects both name {sorted(both)}; text cannot be merged, "
            "so take them out of one of the two"
        )
    return TraitPlan(rules.profile_fields, rules.as_text, rules.merge_objects)


def _event_time(rules: EngageRules) -> Lookup | None:
    return None if rules.time == _TIMESTAMP else Lookup.of(rules.time, "time")


@checked_keywords
@attrs.frozen(kw_only=True)
class EngageRules:
    """What becomes of which call.

    Args:
        audiences: Delivery of audiences; None for what the clients allow.
        traits: Delivery of computed traits; None for what the clients allow.
        journeys: Delivery of event-triggered journeys; None for what the clients allow.
        overrides: Delivery by computation key, before the three above. ``Delivery.NONE`` ignores
            a computation.
        spaces: The space ids to accept. None accepts one space; a second one that uses the same
            key is an error.
        identity: Where the identifiers of a person come from.
        profile_fields: Braze's profile fields and the paths they come from; of a tuple the first
            present one wins.
        enrichment: Which traits of an identify call are written.
        as_text: Traits that are written as text, so that the dashboard's filter "matches regex"
            works on them.
        merge_objects: Traits whose objects are merged into the stored ones instead of replacing
            them.
        audience_exit: What an attribute becomes when a person leaves: False, or None to remove
            it.
        nulls: What becomes of traits that are null.
        null_guard: The share of nulls, 0 to 1, beyond which the nulls of a key are held.
        event_names: Other names of events, the name as it arrives to the name Braze is told.
            Paired with ``Audience Entered`` or ``Audience Exited``, on either side, a name also
            means entering or leaving where a track call lacks the membership value: write the
            names that were set in Engage, as in ``{"Joined": "Audience Entered"}``.
        time: Where the time that Braze is told comes from, for events; nothing else depends on
            it.
        repeats: What becomes of a membership that repeats the known state: of a cohort change, a
            boolean attribute, or an event that says again what the event before it said.
        other_calls: What becomes of identify and track calls that are not Engage's.
        update_existing_only: Whether unknown people are left alone; None for Braze's own default,
            which creates them unless an alias names them.
        app_id: The app that events are counted for.
        cohort_names: Names of cohorts, by cohort id or computation key. Without one a cohort has
            the computation key as its name.
        cadence: How old calls of a computation are expected to be at most when they arrive, by
            computation key; older ones go through with a warning.
        drop_older_than: Calls of a greater age are filtered; None keeps all.
        data_point_budget: The data points that a run may spend, or a `DataPointBudget`; what is
            over it is held until it is released. None for no limit.

    Raises:
        ConfigurationError: Something does not fit; the message says what to change. For an
            unknown keyword it is a TypeError as well.
    """

    audiences: Delivery | None = attrs.field(default=None, converter=_audiences)
    traits: Delivery | None = attrs.field(default=None, converter=_traits)
    journeys: Delivery | None = attrs.field(default=None, converter=_journeys)
    overrides: Mapping[str, Delivery] = attrs.field(
        factory=dict[str, Delivery], converter=_overrides
    )
    spaces: Collection[str] | None = attrs.field(default=None, converter=rule_checks.spaces)
    identity: IdentityRules = attrs.field(factory=IdentityRules, converter=rule_checks.identity)
    profile_fields: Mapping[str, PathRule] = attrs.field(
        default=SEGMENT_PROFILE_FIELDS, converter=rule_checks.profile_fields
    )
    enrichment: Enrichment = attrs.field(default=Enrichment.ALL, converter=rule_checks.enrichment)
    as_text: frozenset[str] = attrs.field(default=frozenset(), converter=rule_checks.as_text)
    merge_objects: frozenset[str] = attrs.field(
        default=frozenset(), converter=rule_checks.merge_objects
    )
    audience_exit: bool | None = attrs.field(default=False, converter=rule_checks.audience_exit)
    nulls: Nulls = attrs.field(default=Nulls.FORWARD, converter=rule_checks.nulls)
    null_guard: float | None = attrs.field(default=None, converter=rule_checks.null_guard)
    event_names: Mapping[str, str] = attrs.field(
        factory=dict[str, str], converter=rule_checks.event_names
    )
    time: PathRule = attrs.field(default=_TIMESTAMP, converter=rule_checks.time)
    repeats: Repeats = attrs.field(default=Repeats.SEND, converter=_repeats)
    other_calls: OtherCalls = attrs.field(
        default=OtherCalls.FILTER, converter=rule_checks.other_calls
    )
    update_existing_only: bool | None = attrs.field(
        default=None, converter=rule_checks.update_existing_only
    )
    app_id: str | None = attrs.field(default=None, converter=rule_checks.app_id)
    cohort_names: Mapping[str, str] = attrs.field(
        factory=dict[str, str], converter=rule_checks.cohort_names
    )
    cadence: Mapping[str, timedelta] = attrs.field(
        factory=dict[str, "timedelta"], converter=rule_checks.cadence
    )
    drop_older_than: timedelta | None = attrs.field(default=None, converter=rule_checks.age)
    data_point_budget: DataPointBudget | None = attrs.field(
        default=None, converter=rule_checks.data_point_budget
    )
    _meanings: Mapping[str, bool] = attrs.field(
        init=False, repr=False, eq=False, default=attrs.Factory(_memberships, takes_self=True)
    )
    trait_plan: TraitPlan = attrs.field(
        init=False, repr=False, eq=False, default=attrs.Factory(_plan, takes_self=True)
    )
    trait_shapes: TraitShapes = attrs.field(
        init=False, repr=False, eq=False, default=attrs.Factory(shapes_for, takes_self=True)
    )
    event_time: Lookup | None = attrs.field(
        init=False, repr=False, eq=False, default=attrs.Factory(_event_time, takes_self=True)
    )

    def delivery_for(
        self,
        call: EngageCall,
        default_audiences: Delivery,
        default_traits: Delivery,
        default_journeys: Delivery,
    ) -> tuple[Delivery, str]:
        """Tell what a call becomes, and the words of the rule that decided.

        Args:
            call: The call.
            default_audiences: What None stands for in ``audiences``.
            default_traits: What None stands for in ``traits``.
            default_journeys: What None stands for in ``journeys``.
        """
        computation = call.computation
        if computation is None:
            return Delivery.NONE, "not a call of Engage"
        override = self.overrides.get(computation.key)
        if override is not None:
            return override, f'overrides["{computation.key}"]'
        computation_class = computation.computation_class
        if computation_class is _AUDIENCE:
            return _chosen(self.audiences, "audiences", default_audiences)
        if computation_class is _TRAIT:
            return _chosen(self.traits, "traits", default_traits)
        if computation_class is ComputationClass.JOURNEY_STEP:
            return _chosen(self.journeys, "journeys", default_journeys)
        return Delivery.NONE, "no rule, because the class of the computation is not known"

    def membership_by_event(self, event: str | None) -> bool | None:
        """Tell what the name of a track call says about membership, None where it says nothing.

        Args:
            event: The name.
        """
        return None if event is None else self._meanings.get(event)

    def cohort_name(self, cohort_id: str, key: str) -> tuple[str, bool]:
        """Tell the name of a cohort, and whether a rule gives it.

        Args:
            cohort_id: The id of the computation.
            key: The key of the computation.
        """
        names = self.cohort_names
        name = (names.get(cohort_id) or names.get(key)) if names else None
        return (key, False) if name is None else (name, True)


def _chosen(rule: Delivery | None, name: str, default: Delivery) -> tuple[Delivery, str]:
    return (default, "default") if rule is None else (rule, name)

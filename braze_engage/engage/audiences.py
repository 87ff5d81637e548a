"""Membership in audiences, and what it comes to in a cohort."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from braze_engage.engage.calls import CallType, OrderKey, Unusable, make_order
from braze_engage.engage.computations import ComputationClass
from braze_engage.engage.identity import cohort_identity
from braze_engage.engage.outcomes import Reason
from braze_engage.engage.values import has_entities, kind, maker

if TYPE_CHECKING:
    from collections.abc import Iterable

    from braze_engage.engage.calls import Computation, EngageCall
    from braze_engage.engage.identity import Identity
    from braze_engage.engage.rules import EngageRules

__all__ = [
    "MembershipChange",
    "membership_change",
    "membership_order",
    "net_membership",
    "read_membership",
]

# members of enumerations take longer to look up than names of a module
_TRAIT: Final = ComputationClass.TRAIT
_GROUP: Final = CallType.GROUP
_TEXTS: Final = {"true": True, "false": False}
_BY_EVENT: Final = (
    "the value under the computation key is missing, so the name of the event decided"
)


class MembershipChange(NamedTuple):
    """One person enters or leaves one cohort.

    Args:
        cohort_id: The id of the computation, stable across renames.
        cohort_name: What the cohort is called in Braze.
        name_is_explicit: Whether a rule gives the name; else it is the computation key.
        identity: Who.
        member: Whether they are in the cohort from then on.
        order: What decides which of two changes is newer.
        key: The key of the computation.
        space_id: The Engage space it belongs to.
        warning: What was odd about it, in words.
    """

    cohort_id: str
    cohort_name: str
    name_is_explicit: bool
    identity: Identity
    member: bool
    order: OrderKey
    key: str
    space_id: str | None = None
    warning: str | None = None

    def __repr__(self) -> str:
        # without the identity, which is personal data
        return f"MembershipChange({self.key!r}, member={self.member})"


_make_change: Final = maker(MembershipChange)


def read_membership(call: EngageCall, rules: EngageRules) -> tuple[bool, str | None] | Unusable:
    """Read whether the person of a call is in the audience.

    The boolean under the computation key decides, or the text true or false in any case, which
    journeys send. Where a track call of an audience lacks it, the name of the event decides.
    Nothing else is guessed at: a missing value is never a removal.

    Args:
        call: The call.
        rules: Tell the names of events.

    Returns:
        The membership and a warning, or why there is none.
    """
    computation = call.computation
    if computation is None:
        return _unusable(call, Reason.NOT_ENGAGE, Reason.NOT_ENGAGE.text)
    key = computation.key
    value = call.values.get(key)
    if value is True or value is False:
        member: bool | None = value
    elif isinstance(value, str):
        member = _TEXTS.get(value.lower())
    else:
        member = None
    if member is None:
        return _without_boolean(call, computation, rules)
    if computation.computation_class is _TRAIT:
        return _no_audience(call)
    return member, None


def _without_boolean(
    call: EngageCall, computation: Computation, rules: EngageRules
) -> tuple[bool, str | None] | Unusable:
    key = computation.key
    computation_class = computation.computation_class
    if computation_class is _TRAIT:
        return _no_audience(call)
    if key in call.values:
        return _unusable(
            call,
            Reason.BAD_MEMBERSHIP,
            f"the value under {key!r} is {kind(call.values.get(key))}; "
            "it must be true or false, or one of these words",
        )
    if computation_class is ComputationClass.JOURNEY_STEP:
        return _unusable(call, Reason.JOURNEY_EVENT, Reason.JOURNEY_EVENT.text)
    if computation_class is ComputationClass.AUDIENCE:
        member = rules.membership_by_event(call.event)
        if member is not None:
            return member, _BY_EVENT
    return _unusable(
        call,
        Reason.NO_MEMBERSHIP,
        f"there is no value under {key!r}, which is never read as a removal; "
        "if events were renamed in Engage, list their names in event_names",
    )


def _no_audience(call: EngageCall) -> Unusable:
    return _unusable(
        call,
        Reason.BAD_MEMBERSHIP,
        "a computed trait has no membership; deliver it as Delivery.IDENTIFY or Delivery.TRACK",
    )


def _unusable(call: EngageCall, reason: Reason, detail: str) -> Unusable:
    return Unusable(reason, detail, call.message_id)


def membership_change(call: EngageCall, rules: EngageRules) -> MembershipChange | Unusable:
    """Turn a call into a change of a cohort.

    Args:
        call: The call.
        rules: Identity, names of events and names of cohorts.

    Returns:
        The change, or why there is none.
    """
    computation = call.computation
    if computation is None or call.type is _GROUP or has_entities(call.values):
        return _no_person(call)
    membership = read_membership(call, rules)
    if isinstance(membership, Unusable):
        return membership
    cohort_id = computation.id
    if cohort_id is None:
        return _unusable(
            call,
            Reason.NO_COMPUTATION_ID,
            "context.personas.computation_id is missing; it names the cohort, since a key can "
            "be used again",
        )
    identity = cohort_identity(call, rules.identity)
    if isinstance(identity, Unusable):
        return identity
    member, warning = membership
    name, name_is_explicit = rules.cohort_name(cohort_id, computation.key)
    return _make_change(
        (
            cohort_id,
            name,
            name_is_explicit,
            identity,
            member,
            membership_order(call, member=member),
            computation.key,
            computation.space_id,
            warning,
        )
    )


def membership_order(call: EngageCall, *, member: bool) -> OrderKey:
    """Tell what decides which of two memberships is newer.

    Args:
        call: The call.
        member: The membership; words and names of events take part in the order like the booleans
            they stand for.
    """
    return make_order(
        (
            call.time_ns,
            call.received_ns or 0,
            call.message_id or "",
            "true" if member else "false",
        )
    )


def _no_person(call: EngageCall) -> Unusable:
    if call.type is CallType.GROUP:
        reason = Reason.NOT_A_USER
    else:
        reason = Reason.NOT_ENGAGE if call.computation is None else Reason.ENTITY_EVENT
    return _unusable(call, reason, reason.text)


def net_membership(
    changes: Iterable[MembershipChange],
) -> dict[str, dict[Identity, MembershipChange]]:
    """Fold changes into the last word about every person in every cohort.

    The result does not depend on the order of arrival, and folding a change twice changes
    nothing.

    Args:
        changes: In any order.

    Returns:
        The newest change by cohort id and identity.
    """
    net: dict[str, dict[Identity, MembershipChange]] = {}
    for change in changes:
        people = net.setdefault(change.cohort_id, {})
        known = people.get(change.identity)
        if known is None or _precedence(known) < _precedence(change):
            people[change.identity] = change
    return net


def _precedence(change: MembershipChange) -> tuple[OrderKey, str, str, str]:
    # beyond the order only names are left to tell two changes apart
    return change.order, change.key, change.space_id or "", change.warning or ""

"""Traits and memberships as attributes of a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from braze_engage.engage.audiences import membership_order, read_membership
from braze_engage.engage.calls import CallType, OrderKey, Unusable
from braze_engage.engage.choices import Enrichment
from braze_engage.engage.computations import IDENTIFIER_NAMES, ComputationClass
from braze_engage.engage.fitting import shown
from braze_engage.engage.identity import track_identity
from braze_engage.engage.outcomes import Reason
from braze_engage.engage.trait_draft import TraitDraft
from braze_engage.engage.trait_plan import PLAIN
from braze_engage.engage.values import NOTHING, maker

if TYPE_CHECKING:
    from collections.abc import Mapping

    from braze_engage.engage.calls import EngageCall
    from braze_engage.engage.computations import Computation
    from braze_engage.engage.fitting import Dropped
    from braze_engage.engage.identity import Identity
    from braze_engage.engage.rules import EngageRules

__all__ = ["AttributeChange", "attribute_change", "boolean_change"]

_IDENTIFY: Final = CallType.IDENTIFY
_ALL: Final = Enrichment.ALL
_MEMBERSHIP: Final = (ComputationClass.AUDIENCE, ComputationClass.JOURNEY_STEP)
_NONE: Final[frozenset[str]] = frozenset()
_ENRICHMENT: Final = "it is not computed, and enrichment is COMPUTED_ONLY"


class AttributeChange(NamedTuple):
    """What one call writes to the profile of one person.

    Args:
        identity: Who.
        attributes: Profile fields and custom attributes by name, as they stand in an entry of
            ``/users/track``; without identifier and control fields.
        update_existing_only: Whether an unknown person is left alone; None for Braze's default.
        merge_objects: The attributes whose objects are merged into the stored ones. One entry
            holds only such or none of them; `fold_attributes` takes them apart.
        order: What decides which of two values is newer.
        key: The key of the computation, None for a call that is not Engage's.
        space_id: The Engage space it belongs to.
        dropped: Every trait that is not written, and every part that was cut.
        warning: What was odd about it, in words.
    """

    identity: Identity
    attributes: Mapping[str, object]
    update_existing_only: bool | None
    merge_objects: frozenset[str]
    order: OrderKey
    key: str | None
    space_id: str | None = None
    dropped: tuple[Dropped, ...] = ()
    warning: str | None = None

    def __repr__(self) -> str:
        # neither identity nor values: they hold personal data
        return f"AttributeChange({self.key!r}, {len(self.attributes)} attributes)"


_make_change: Final = maker(AttributeChange)


def attribute_change(call: EngageCall, rules: EngageRules) -> AttributeChange | Unusable:
    """Turn an identify call into attributes.

    The computed value, and by rule the traits beside it, become custom attributes or profile
    fields. A trait that cannot be sent is left out with a reason, and a call of which nothing is
    left is unusable; where the computed value is left out, the change carries a warning.
    https://www.braze.com/docs/api/objects_filters/user_attributes_object

    Args:
        call: The call.
        rules: Identity, profile fields and everything about traits.

    Returns:
        The change, or why there is none.
    """
    return _ordinary(call, rules) or _closely(call, rules)


def _ordinary(call: EngageCall, rules: EngageRules) -> AttributeChange | None:
    """Turn a call of which nothing is out of the ordinary into attributes, else say nothing."""
    computation = call.computation
    if computation is None or call.type is not _IDENTIFY or rules.enrichment is not _ALL:
        return None
    key = computation.key
    values = call.values
    member: bool | None = None
    if computation.computation_class in _MEMBERSHIP:
        value = values.get(key)
        if not isinstance(value, bool) or rules.trait_plan.uses.get(key) is not PLAIN:
            return None
        member = value
    identity = rules.identity.usual(call.raw)
    attributes = rules.trait_shapes.attributes(values, call.raw)
    if identity is None or not attributes:
        return None
    if member is None:
        order = call.order
    else:
        order = membership_order(call, member=member)
        attributes[key] = member or rules.audience_exit
    return _make_change(
        (
            identity,
            attributes,
            rules.update_existing_only,
            _NONE,
            order,
            key,
            computation.space_id,
            (),
            None,
        )
    )


def _closely(call: EngageCall, rules: EngageRules) -> AttributeChange | Unusable:
    if call.type is not CallType.IDENTIFY:
        is_group = call.type is CallType.GROUP
        return _unusable(call, Reason.NOT_A_USER if is_group else Reason.NOT_IDENTIFY)
    computation = call.computation
    draft = TraitDraft(rules)
    if computation is None:
        draft.take(call.values)
        draft.look_elsewhere(call.raw)
        return _change(call, rules, draft, call.order, rules.update_existing_only)
    if call.has_entities:
        return _unusable(call, Reason.ENTITY_EVENT)
    order: OrderKey | None = None
    values = call.values
    if computation.computation_class in _MEMBERSHIP:
        membership = read_membership(call, rules)
        if isinstance(membership, Unusable):
            return membership
        order = membership_order(call, member=membership[0])
        draft.take_membership(computation.key, membership[0] or rules.audience_exit)
        if draft.refused:
            return _refused(call, draft.refused)
        values = _without(values, computation.key)
    if rules.enrichment is Enrichment.ALL:
        draft.take(values)
        draft.look_elsewhere(call.raw)
    else:
        draft.take(_computed(values, computation, draft, whole=order is None))
    return _change(call, rules, draft, order or call.order, rules.update_existing_only)


def boolean_change(call: EngageCall, rules: EngageRules) -> AttributeChange | Unusable:
    """Turn membership, from whichever call carries it, into a boolean attribute.

    Leaving an audience only updates people whom Braze knows, so it creates nobody; where the call
    is delivered as an event too, which creates them, a sync writes it to everybody.

    Args:
        call: The call.
        rules: Identity, names of events, and what an attribute becomes on exit.

    Returns:
        The change, or why there is none.
    """
    computation = call.computation
    if call.type is CallType.GROUP:
        return _unusable(call, Reason.NOT_A_USER)
    if computation is None:
        return _unusable(call, Reason.NOT_ENGAGE)
    if call.has_entities:
        return _unusable(call, Reason.ENTITY_EVENT)
    membership = read_membership(call, rules)
    if isinstance(membership, Unusable):
        return membership
    member, warning = membership
    draft = TraitDraft(rules)
    draft.take_membership(computation.key, member or rules.audience_exit)
    only = rules.update_existing_only if member else True
    change = _change(call, rules, draft, membership_order(call, member=member), only)
    if isinstance(change, Unusable) or warning is None:
        return change
    return change._replace(warning=warning)


def _without(values: Mapping[str, object], key: str) -> Mapping[str, object]:
    if len(values) == 1:
        return NOTHING
    return {name: value for name, value in values.items() if name != key}


def _computed(
    values: Mapping[str, object], computation: Computation, draft: TraitDraft, *, whole: bool
) -> Mapping[str, object]:
    """Choose the computed values, and say of the others that they are left out."""
    key = computation.key
    if not whole:
        chosen: Mapping[str, object] = {}
    elif key in values:
        chosen = {key: values[key]}
    else:
        # the key of an SQL trait names the query, and each of its columns is a trait
        chosen = {name: value for name, value in values.items() if name not in IDENTIFIER_NAMES}
    for name in values:
        if name not in chosen:
            draft.leave_out(name, _ENRICHMENT)
    return chosen


def _change(
    call: EngageCall,
    rules: EngageRules,
    draft: TraitDraft,
    order: OrderKey,
    update_existing_only: bool | None,  # noqa: FBT001 - a flag of Braze, passed on
) -> AttributeChange | Unusable:
    draft.fill_fields()
    identity = track_identity(call, rules.identity)
    if not isinstance(identity, Unusable):
        draft.leave_out_identifier(identity)
    if not draft.attributes:
        refusal = _refusal(call, draft)
        return _graver(identity, refusal) if isinstance(identity, Unusable) else refusal
    if isinstance(identity, Unusable):
        return identity
    computation = call.computation
    key = None if computation is None else computation.key
    warning = None
    if draft.refused and key in draft.refused:
        warning = f"the computed value is not sent: {draft.refused[key][1]}"
    return AttributeChange(
        identity,
        draft.attributes,
        update_existing_only,
        frozenset(draft.merged) if draft.merged else _NONE,
        order,
        key,
        None if computation is None else computation.space_id,
        tuple(draft.dropped),
        warning,
    )


def _refusal(call: EngageCall, draft: TraitDraft) -> Unusable:
    """Why a call writes nothing."""
    if draft.refused:
        return _refused(call, draft.refused)
    if draft.ignored:
        return _unusable(call, Reason.NULL_IGNORED)
    if call.computation is not None and not call.values:
        return _unusable(call, Reason.NO_ATTRIBUTES)
    return _unusable(call, Reason.NOTHING_TO_WRITE)


def _refused(call: EngageCall, refused: Mapping[str, tuple[Reason, str]]) -> Unusable:
    name = max(refused, key=lambda name: refused[name][0].outcome.rank)
    reason, detail = refused[name]
    return Unusable(reason, f"{shown(name)}: {detail}", call.message_id)


def _unusable(call: EngageCall, reason: Reason) -> Unusable:
    return Unusable(reason, reason.text, call.message_id)


def _graver(first: Unusable, second: Unusable) -> Unusable:
    return first if first.reason.outcome.rank > second.reason.outcome.rank else second

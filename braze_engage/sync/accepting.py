"""What is known of a person after Braze accepted something of theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from braze_engage.engage.audiences import MembershipChange
from braze_engage.engage.events import EventChange
from braze_engage.engage.traits import AttributeChange
from braze_engage.objects.values import dumps
from braze_engage.sync.known import Known, attribute_subject, cohort_subject

if TYPE_CHECKING:
    from collections.abc import Iterator

    from braze_engage.engage.identity import Identity
    from braze_engage.sync.known import Detecting

__all__ = ["doubt_change", "note_accepted", "note_unchanged", "told_by", "written_subjects"]

_NEVER_CREATING: Final = frozenset({"user_alias", "braze_id"})


def note_accepted(state: Detecting, change: object) -> None:
    """Note what Braze holds after it accepted a change.

    Args:
        state: What is remembered.
        change: A membership, attributes, an event or a deletion.
    """
    if isinstance(change, MembershipChange):
        known = Known(change.order, change.order.value)
        state.accepted(cohort_subject(change.cohort_id), change.identity, known, sure=False)
        state.cohort_seen(change.cohort_id, change.key)
    elif isinstance(change, EventChange):
        identity = change.identity
        if _creates(change.event.get("_update_existing_only"), identity):
            state.created(identity)
        if (told := told_by(change)) is not None:
            subject, member = told
            sure = state.is_created(identity)
            state.accepted(subject, identity, Known(change.order, dumps(member)), sure=sure)
    elif isinstance(change, AttributeChange):
        identity = change.identity
        creates = _creates(change.update_existing_only, identity)
        state.all_accepted(identity, change.order, change.attributes, creates=creates)


def note_unchanged(state: Detecting, change: object) -> None:
    """Note that what a change writes holds at its time too, since Braze holds it already.

    Args:
        state: What is remembered.
        change: A membership, attributes or an event.
    """
    if isinstance(change, MembershipChange):
        order = change.order
        state.still(cohort_subject(change.cohort_id), change.identity, order, change.member)
    elif isinstance(change, EventChange):
        if (told := told_by(change)) is not None:
            subject, member = told
            # what repeats an event that is on its way is known once that has arrived
            if state.holds(subject, change.identity, dumps(member)):
                state.still(subject, change.identity, change.order, member)
    elif isinstance(change, AttributeChange):
        state.all_still(change.identity, change.order, change.attributes)


def _creates(update_existing_only: object, identity: Identity) -> bool:
    if update_existing_only is None:
        return identity.kind not in _NEVER_CREATING
    return not update_existing_only


def doubt_change(state: Detecting, change: object) -> None:
    """Note that nobody knows what Braze holds of a change that may have arrived.

    Args:
        state: What is remembered.
        change: A membership, attributes, an event or a deletion.
    """
    for subject, identity in written_subjects(change):
        state.doubt(subject, identity)


def written_subjects(change: object) -> Iterator[tuple[str, Identity]]:
    """List the cohorts, attributes or events of an audience that a change writes, with the person.

    Args:
        change: A membership, attributes, an event or a deletion.
    """
    if isinstance(change, MembershipChange):
        yield cohort_subject(change.cohort_id), change.identity
    elif isinstance(change, EventChange):
        if (told := told_by(change)) is not None:
            yield told[0], change.identity
    elif isinstance(change, AttributeChange):
        for name in change.attributes:
            yield attribute_subject(name), change.identity


def told_by(event: EventChange) -> tuple[str, bool] | None:
    """Give what an event tells of a membership: what that is known of, and whether it is one.

    Args:
        event: The event.

    Returns:
        None where it tells of none, or its repeats are to be sent.
    """
    if event.membership is None:
        return None
    computation, member = event.membership
    return f"events {computation}", member

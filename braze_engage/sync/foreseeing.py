"""What would become of a change if it came now, going by what is remembered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from braze_engage.engage.audiences import MembershipChange
from braze_engage.engage.deletions import Deletion
from braze_engage.engage.events import EventChange
from braze_engage.engage.outcomes import Reason
from braze_engage.engage.traits import AttributeChange
from braze_engage.sync.entries import draft
from braze_engage.sync.known import Detecting, cohort_subject, is_deleted, is_late, is_same
from braze_engage.sync.remembering import Remembering
from braze_engage.sync.ticket import Ticket
from braze_engage.sync.unchanged import Unchanged
from braze_engage.sync.waiting import Waiting

if TYPE_CHECKING:
    from collections.abc import Collection

    from braze_engage.engage.deliveries import Delivery
    from braze_engage.sync.decider import Change
    from braze_engage.sync.state import StateStore

__all__ = ["Foresight"]


class Foresight:
    """Goes by the state of a moment.

    Args:
        state: What is remembered.
        suppress_repeats: Whether memberships that are known already are left out.
        paused: Computation keys that are paused.
    """

    def __init__(
        self, state: StateStore, *, suppress_repeats: bool, paused: Collection[str]
    ) -> None:
        self._state = state
        self._suppress = suppress_repeats
        self._repeats_end = suppress_repeats or isinstance(state, Detecting)
        self._paused = paused

    def foresee(
        self, delivery: Delivery, change: Change, message_id: str | None, *, is_membership: bool
    ) -> tuple[Reason, Change]:
        """Tell how a delivery would end, and what of it would be sent.

        Args:
            delivery: Which.
            change: What it writes.
            message_id: Segment's id of the call.
            is_membership: Whether it says that a person is in an audience.
        """
        if message_id is not None and Remembering(self._state).begin(delivery, message_id) is None:
            return Reason.SAME_MESSAGE, change
        if not isinstance(change, Deletion) and change.key in self._paused:
            return Reason.PAUSED, change
        if isinstance(change, AttributeChange) and not self._is_deleted(change):
            waiting = Waiting(change, delivery, Ticket(0, None, None), is_membership=is_membership)
            drafted = draft([waiting], self._state, suppress_repeats=self._suppress)
            ended = [reason for _, reason in drafted.ended]
            # less what is known to be newer
            return (ended[0], change) if ended else (Reason.ACCEPTED, waiting.change)
        return self._whole(change), change

    def _whole(self, change: Change) -> Reason:
        """Foresee what goes as a whole or not at all."""
        if self._is_deleted(change):
            is_deletion = isinstance(change, Deletion)
            return Reason.NEWER_KNOWN if is_deletion else Reason.PERSON_DELETED
        if isinstance(change, EventChange):
            unchanged = Unchanged(self._state, suppress_repeats=self._suppress)
            return unchanged.leave_out_event(change) or Reason.ACCEPTED
        return self._membership(change) if isinstance(change, MembershipChange) else Reason.ACCEPTED

    def _is_deleted(self, change: Change) -> bool:
        return is_deleted(self._state, change.identity, change.order)

    def _membership(self, change: MembershipChange) -> Reason:
        subject, identity = cohort_subject(change.cohort_id), change.identity
        if is_late(self._state, subject, identity, change.order):
            return Reason.NEWER_KNOWN
        if self._repeats_end and is_same(self._state, subject, identity, change.order.value):
            return Reason.SAME_STATE
        return Reason.ACCEPTED

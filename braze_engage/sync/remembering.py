"""Which messages came to an end, and which values Braze accepted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from braze_engage.engage.audiences import MembershipChange
from braze_engage.engage.outcomes import Outcome, Reason
from braze_engage.engage.rules import single_deliveries
from braze_engage.engage.traits import AttributeChange
from braze_engage.objects.values import dumps
from braze_engage.sync.accepting import note_accepted, note_unchanged
from braze_engage.sync.known import (
    Detecting,
    Known,
    attribute_subject,
    cohort_subject,
    is_deleted,
    remember_newer,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from braze_engage.engage.rules import Delivery
    from braze_engage.objects.values import JsonValue
    from braze_engage.sync.state import StateStore

__all__ = ["Remembering"]

_KNOWN_AFTER: Final = frozenset({Outcome.SENT, Outcome.UNCHANGED})
# An id that ended so is done with; any other may be handed in again.
_DONE: Final = frozenset(
    {Outcome.SENT, Outcome.UNCHANGED, Outcome.SUPERSEDED, Outcome.REJECTED, Outcome.UNKNOWN}
)


class Remembering:
    """Remembers for one run, and in the state beyond it; not safe for threads by itself.

    Args:
        state: What is remembered.
    """

    def __init__(self, state: StateStore) -> None:
        self._state = state
        self._open: set[tuple[Delivery, str]] = set()

    def begin(self, delivery: Delivery, message_id: str | None) -> Sequence[Delivery]:
        """Begin deliveries of a message.

        Args:
            delivery: Which; none for a deletion.
            message_id: Segment's id, None where it has none, so that it is no duplicate.

        Returns:
            The single deliveries that were not begun before.
        """
        singles = single_deliveries(delivery)
        if message_id is None:
            return singles
        fresh = [
            single
            for single in singles
            if (single, message_id) not in self._open
            and not self._state.is_done(single, message_id)
        ]
        self._open.update((single, message_id) for single in fresh)
        return fresh

    def end(self, delivery: Delivery, message_id: str | None, reason: Reason) -> None:
        """End deliveries of a message.

        Args:
            delivery: Which; none for a deletion.
            message_id: Segment's id, if it has one.
            reason: How they ended.
        """
        if message_id is None:
            return
        for single in single_deliveries(delivery):
            self._open.discard((single, message_id))
            if reason.outcome in _DONE:
                self._state.remember_done(single, message_id)

    def again(self, delivery: Delivery, message_id: str | None) -> Reason:
        """Say why deliveries that were begun before are not begun again.

        Args:
            delivery: Which.
            message_id: What the message is remembered by.
        """
        state = self._state
        if message_id is not None and isinstance(state, Detecting):
            for single in single_deliveries(delivery):
                if state.is_lost(single, message_id):
                    state.found(message_id)
                    return Reason.ANSWER_LOST
        return Reason.SAME_MESSAGE

    def values(self, change: object, reason: Reason) -> None:
        """Note what Braze holds after a change ended.

        What is unchanged is known to hold at the later time too, so that a call from between the
        two times comes too late. Of who was deleted meanwhile nothing is kept.

        Args:
            change: The change.
            reason: How it ended.
        """
        if reason.outcome not in _KNOWN_AFTER:
            return
        if isinstance(self._state, Detecting):
            note = note_accepted if reason.outcome is Outcome.SENT else note_unchanged
            note(self._state, change)
            return
        if not isinstance(change, MembershipChange | AttributeChange):
            return
        if is_deleted(self._state, change.identity, change.order):
            return
        if isinstance(change, MembershipChange):
            subject, value = cohort_subject(change.cohort_id), change.order.value
            remember_newer(self._state, subject, change.identity, Known(change.order, value))
        else:
            for name, written in change.attributes.items():
                known = Known(change.order, dumps(cast("JsonValue", written)))
                remember_newer(self._state, attribute_subject(name), change.identity, known)

"""Which messages came to an end, and which values Braze accepted."""

from __future__ import annotations

from collections import defaultdict
from functools import partial
from typing import TYPE_CHECKING, Final

from braze_engage.engage.audiences import MembershipChange
from braze_engage.engage.deliveries import Delivery, single_deliveries
from braze_engage.engage.events import EventChange
from braze_engage.engage.outcomes import Outcome, Reason
from braze_engage.engage.traits import AttributeChange
from braze_engage.objects.values import dumps
from braze_engage.sync.accepting import note_accepted, note_unchanged, told_by
from braze_engage.sync.known import (
    Detecting,
    Known,
    attribute_subject,
    cohort_subject,
    is_deleted,
    is_same,
    remember_newer,
)
from braze_engage.sync.state import MemoryState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from braze_engage.engage.identity import Identity
    from braze_engage.sync.state import StateStore
    from braze_engage.sync.ticket import Ticket
    from braze_engage.sync.waiting import AnyWaiting

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
        # in memory a change is one step, and every call that is sent takes it
        self._memory = state if isinstance(state, MemoryState) else None
        self._remember: Callable[[str, Identity, Known], None] = (
            partial(remember_newer, state) if self._memory is None else self._memory.remember_newer
        )
        self._open: defaultdict[Delivery, set[str]] = defaultdict(set)

    def begin(self, delivery: Delivery, message_id: str | None) -> Delivery | None:
        """Begin deliveries of a message.

        Args:
            delivery: Which; none for a deletion.
            message_id: Segment's id, None where it has none, so that it is no duplicate.

        Returns:
            Those that were not begun before; None if there is no such delivery.
        """
        if message_id is None:
            return delivery
        fresh: Delivery | None = None
        for single in single_deliveries(delivery):
            if message_id in self._open[single] or self._state.is_done(single, message_id):
                continue
            self._open[single].add(message_id)
            fresh = single if fresh is None else fresh | single
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
        is_done = reason.outcome in _DONE
        for single in single_deliveries(delivery):
            self._open[single].discard(message_id)
            if is_done:
                self._state.remember_done(single, message_id)

    def ended(
        self, part: Iterable[AnyWaiting], reason: Reason
    ) -> list[tuple[Ticket, Delivery | None]]:
        """Note how changes ended, for the messages behind them and for the values they write.

        Args:
            part: The changes.
            reason: How they ended.

        Returns:
            The calls behind them, with their delivery; None for a deletion.
        """
        calls: list[tuple[Ticket, Delivery | None]] = []
        none = Delivery.NONE
        for waiting in part:
            delivery = waiting.delivery
            self.values(waiting.change, reason, waiting.text)
            named = None if delivery is none else delivery
            for ticket in waiting.tickets:
                self.end(delivery, ticket.known_as, reason)
                calls.append((ticket, named))
        return calls

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

    def values(self, change: object, reason: Reason, text: str | None = None) -> None:
        """Note what Braze holds after a change ended.

        What is unchanged is known to hold at the later time too, so that a call from between the
        two times comes too late. Of who was deleted meanwhile nothing is kept.

        Args:
            change: The change.
            reason: How it ended.
            text: Its attributes as JSON, where they were encoded already.
        """
        if reason.outcome not in _KNOWN_AFTER:
            return
        if isinstance(self._state, Detecting):
            note = note_accepted if reason.outcome is Outcome.SENT else note_unchanged
            note(self._state, change)
            return
        if not isinstance(change, (AttributeChange, EventChange, MembershipChange)):
            return
        identity, order = change.identity, change.order
        if is_deleted(self._state, identity, order):
            return
        if isinstance(change, MembershipChange):
            known = Known(order, order.value)
            self._remember(cohort_subject(change.cohort_id), identity, known)
        elif isinstance(change, EventChange):
            self._told(change, reason)
        elif self._memory is not None:
            self._memory.remember_attributes(identity, order, change.attributes, text)
        else:
            for name, written in change.attributes.items():
                known = Known(order, dumps(written))
                self._remember(attribute_subject(name), identity, known)

    def _told(self, event: EventChange, reason: Reason) -> None:
        told = told_by(event)
        if told is None:
            return
        subject, value = told[0], dumps(told[1])
        # what repeats an event that is on its way is known once that has arrived
        if reason is Reason.ACCEPTED or is_same(self._state, subject, event.identity, value):
            self._remember(subject, event.identity, Known(event.order, value))

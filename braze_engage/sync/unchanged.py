"""What of the attributes that wait for one person Braze holds already, or holds newer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from braze_engage.engage.data_points import attribute_points, event_points
from braze_engage.engage.outcomes import Reason
from braze_engage.objects.values import dumps
from braze_engage.sync.accepting import told_by
from braze_engage.sync.known import (
    Detecting,
    Known,
    attribute_subject,
    is_late,
    is_same,
    remember_newer,
)
from braze_engage.sync.state import MemoryState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from braze_engage.engage.calls import OrderKey
    from braze_engage.engage.events import EventChange
    from braze_engage.engage.identity import Identity
    from braze_engage.engage.traits import AttributeChange
    from braze_engage.sync.state import StateStore
    from braze_engage.sync.waiting import Waiting

__all__ = ["Unchanged", "is_any_late"]


def is_any_late(state: StateStore, change: AttributeChange) -> bool:
    """Tell whether Braze accepted something newer of any attribute.

    Args:
        state: What is remembered.
        change: The change.
    """
    identity, order = change.identity, change.order
    if isinstance(state, MemoryState) and not state.knows_since(identity, order.time_ns):
        return False
    for name in change.attributes:
        if is_late(state, attribute_subject(name), identity, order):
            return True
    return False


class Unchanged:
    """Leaves out what need not be sent, of one person at one moment.

    With a state that lasts that is every value which Braze holds already; otherwise it is, by
    rule, a membership that repeats what Braze accepted last.

    Args:
        state: What is remembered; it is not changed before `note`.
        suppress_repeats: Whether repeated memberships are left out.

    Attributes:
        points: Data points of changes of which nothing is sent because Braze holds it.
    """

    def __init__(self, state: StateStore, *, suppress_repeats: bool) -> None:
        self._state = state
        self._detecting = state if isinstance(state, Detecting) else None
        self._suppress = suppress_repeats
        self._held: dict[str, OrderKey] = {}
        self._notes: list[tuple[str, Identity, Known]] = []
        self._reduced = 0
        self._told: dict[str, bool] = {}
        self.points = 0

    def leave_out(self, waiting: Waiting[AttributeChange]) -> Reason | None:
        """Leave out of a change what need not be sent; the newest change comes first.

        Args:
            waiting: The change; what is left of it stays in it.

        Returns:
            Why nothing of it is sent, None where something is.
        """
        change = waiting.change
        late: set[str] = set()
        same: dict[str, str] = {}
        if self._detecting is None:
            self._look_singly(waiting, late, same)
        else:
            self._look(self._detecting, change, late, same)
        if not late and not same:
            return None
        if len(late) + len(same) == len(change.attributes):
            self.points += _points(change, same)
            return Reason.SAME_STATE if same else Reason.NEWER_KNOWN
        self._reduce(waiting, late, same)
        return None

    def _look(
        self, state: Detecting, change: AttributeChange, late: set[str], same: dict[str, str]
    ) -> None:
        found = state.compared(change.identity, change.order, change.attributes)
        if not found and not self._held:
            return
        for name in change.attributes:
            text = found.get(name)
            if self._is_held_later(name, change) or (text is None and name in found):
                late.add(name)
            elif text is not None:
                same[name] = text
                self._held.setdefault(name, change.order)

    def _look_singly(
        self, waiting: Waiting[AttributeChange], late: set[str], same: dict[str, str]
    ) -> None:
        change = waiting.change
        for name, value in change.attributes.items():
            subject = attribute_subject(name)
            if self._is_held_later(name, change) or is_late(
                self._state, subject, change.identity, change.order
            ):
                late.add(name)
            elif self._suppress and waiting.is_membership and name == change.key:
                text = dumps(value)
                if is_same(self._state, subject, change.identity, text):
                    same[name] = text
                    self._held.setdefault(name, change.order)

    def _is_held_later(self, name: str, change: AttributeChange) -> bool:
        held = self._held.get(name)
        return held is not None and change.order < held

    def _reduce(
        self, waiting: Waiting[AttributeChange], late: set[str], same: Mapping[str, str]
    ) -> None:
        change = waiting.change
        self._reduced += _points(change, same)
        for name, text in same.items():
            known = Known(change.order, text)
            self._notes.append((attribute_subject(name), change.identity, known))
        waiting.change = change._replace(
            attributes={
                name: value
                for name, value in change.attributes.items()
                if name not in late and name not in same
            }
        )

    def leave_out_event(self, change: EventChange) -> Reason | None:
        """Leave out an event of a membership that the event before it told already.

        Args:
            change: The event; the oldest comes first.

        Returns:
            Why it is not sent, None where it is.
        """
        told = told_by(change) if self._suppress else None
        if told is None:
            return None
        subject, member = told
        before = self._told.get(subject)
        if before is None:
            if is_late(self._state, subject, change.identity, change.order):
                return None
            if is_same(self._state, subject, change.identity, dumps(member)):
                before = member
        if before is member:
            self.points += event_points(change.event)
            return Reason.SAME_STATE
        self._told[subject] = member
        return None

    def note(self) -> int:
        """Note that what was left out of changes that are sent holds at their time too.

        Returns:
            The data points of it; it is left out once and for all.
        """
        for subject, identity, known in self._notes:
            remember_newer(self._state, subject, identity, known)
        return self._reduced


def _points(change: AttributeChange, names: Mapping[str, str]) -> int:
    return sum(attribute_points(name, change.attributes[name]) for name in names)

"""What stands between reading and sending: pauses, and the guard against floods of nulls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from braze_engage.engage.outcomes import Reason
from braze_engage.engage.traits import AttributeChange

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from braze_engage.sync.decider import Part
    from braze_engage.sync.intake import Offer
    from braze_engage.sync.ticket import Ticket

__all__ = ["End", "Gate"]

_DECIDED_AFTER: Final = 1_000


class End(Protocol):
    """Takes in a delivery that ends without being sent."""

    def __call__(self, part: Part, ticket: Ticket, reason: Reason) -> None:
        """End a delivery.

        Args:
            part: The delivery.
            ticket: The call.
            reason: How it ends.
        """
        ...


class _Seen:
    __slots__ = ("deferred", "nulls", "values")

    def __init__(self) -> None:
        self.values = self.nulls = 0
        self.deferred: list[tuple[Part, Ticket]] = []


class Gate:
    """Holds back what is paused, and the nulls of a computation of which too many are null.

    Whether too many are null is decided after 1,000 values of a computation, or at the end of the
    run; until then its nulls wait.

    Args:
        offer: Takes in what may be sent.
        end: Takes in what is held back.
        paused: Computation keys that are paused.
        null_guard: The share of nulls, 0 to 1, beyond which they are held; None for no guard.
    """

    def __init__(
        self, offer: Offer, end: End, *, paused: Collection[str], null_guard: float | None
    ) -> None:
        self._offer = offer
        self._end = end
        self._paused = paused
        self._guard = null_guard
        self._seen: dict[str, _Seen] = {}

    def __call__(self, parts: Sequence[Part], ticket: Ticket) -> None:
        """Take in what is to be sent of one call.

        Args:
            parts: Its deliveries.
            ticket: The call.
        """
        if not self._paused and self._guard is None:
            self._offer(parts, ticket)
            return
        through: list[Part] = []
        for part in parts:
            key = getattr(part.change, "key", None)
            if key is not None and key in self._paused:
                self._end(part, ticket, Reason.PAUSED)
            elif key is None or self._guard is None or not self._waits(key, part, ticket):
                through.append(part)
        if through:
            self._offer(through, ticket)

    def _waits(self, key: str, part: Part, ticket: Ticket) -> bool:
        change = part.change
        if not isinstance(change, AttributeChange) or part.is_membership:
            return False
        seen = self._seen.setdefault(key, _Seen())
        seen.values += 1
        is_null = _is_null(change)
        seen.nulls += is_null
        if is_null:
            seen.deferred.append((part, ticket))
        if seen.values >= _DECIDED_AFTER:
            self._decide(seen)
        return is_null

    def _decide(self, seen: _Seen) -> None:
        assert self._guard is not None
        deferred, seen.deferred = seen.deferred, []
        flooded = seen.nulls > self._guard * seen.values
        for part, ticket in deferred:
            if flooded:
                self._end(part, ticket, Reason.NULL_GUARD)
            else:
                self._offer([part], ticket)

    def settle(self) -> None:
        """Decide about everything that waits, at the end of a run."""
        for seen in self._seen.values():
            self._decide(seen)

    def leave(self) -> None:
        """Give up what waits, because the run was stopped."""
        for seen in self._seen.values():
            deferred, seen.deferred = seen.deferred, []
            for part, ticket in deferred:
                self._end(part, ticket, Reason.STOPPED)


def _is_null(change: AttributeChange) -> bool:
    key = change.key
    if key is not None and key in change.attributes:
        return change.attributes[key] is None
    # SQL traits: a row that vanished makes all its columns null
    return all(value is None for value in change.attributes.values())

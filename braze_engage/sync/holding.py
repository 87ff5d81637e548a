"""What is held back until somebody releases it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import attrs

from braze_engage.engage.data_points import change_points
from braze_engage.engage.outcomes import Outcome, Reason
from braze_engage.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from braze_engage.engage.deliveries import Delivery
    from braze_engage.sync.waiting import AnyWaiting

__all__ = ["Held", "Holding", "held_reason"]

_CAPACITY: Final = 50_000


@attrs.frozen(kw_only=True)
class Held:
    """A delivery that is held back.

    Args:
        reason: Why: `Reason.BUDGET`, `Reason.NULL_GUARD` or `Reason.PAUSED`.
        key: The computation key, None for a call that is not Engage's.
        delivery: The delivery.
        message_id: Segment's id of the call, where it has one.
        position: Number of the item in the source it came from, from 0.
        index: Place in that item where it is an array of calls, else None.
        data_points: What it would cost.
    """

    reason: Reason
    key: str | None
    delivery: Delivery
    message_id: str | None
    position: int
    index: int | None
    data_points: int


class Holding:
    """Keeps what is held back, in memory and bounded; not safe for threads by itself.

    Args:
        capacity: How many deliveries at most.
    """

    def __init__(self, capacity: int = _CAPACITY) -> None:
        self._capacity = capacity
        self._kept: list[tuple[Reason, AnyWaiting]] = []

    def keep(self, waiting: AnyWaiting, reason: Reason) -> bool:
        """Keep a delivery.

        Args:
            waiting: What is held back.
            reason: Why.

        Returns:
            Whether there was room for it.
        """
        if len(self._kept) >= self._capacity:
            return False
        self._kept.append((reason, waiting))
        return True

    def take(self, reason: Reason) -> list[AnyWaiting]:
        """Take out everything that is held back for a reason.

        Args:
            reason: Which.
        """
        taken = [waiting for why, waiting in self._kept if why is reason]
        self._kept = [(why, waiting) for why, waiting in self._kept if why is not reason]
        return taken

    def listed(self) -> Sequence[Held]:
        """List what is held back, the oldest first."""
        return tuple(
            Held(
                reason=reason,
                key=waiting.change.key,
                delivery=waiting.delivery,
                message_id=ticket.message_id,
                position=ticket.position,
                index=ticket.index,
                data_points=change_points(waiting.change),
            )
            for reason, waiting in self._kept
            for ticket in waiting.tickets
        )


def held_reason(reason: Reason | str) -> Reason:
    """Check a reason for which something may be held back.

    Args:
        reason: The reason, or its word.

    Raises:
        ConfigurationError: Nothing is ever held back for it.
    """
    known = [one for one in Reason if one.outcome is Outcome.HELD]
    for one in known:
        if one == reason:
            return one
    raise ConfigurationError(
        f"release: nothing is held back for that; give one of {', '.join(map(str, known))}"
    )

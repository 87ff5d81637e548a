"""One call on its way to an outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from braze_engage.engage.calls import EngageCall, Unusable
    from braze_engage.engage.deliveries import Delivery
    from braze_engage.engage.outcomes import Reason
    from braze_engage.sync.letters import Table

__all__ = ["Ticket"]


class Ticket:
    """One call on its way to an outcome.

    Args:
        position: Number of the item in the source, from 0.
        index: Place in an array item, else None.
        message_id: Segment's id of the call.
        deliveries: How many deliveries it has.
    """

    # A run makes one for every call, and of most calls nothing of this is ever set.
    key: str | None = None
    time_ns = 0
    reason: Reason | None = None
    delivery: Delivery | None = None
    detail = ""
    failed = 0
    ended_badly: tuple[tuple[Reason, Delivery, str], ...] = ()
    # what is written down if it fails
    call: EngageCall | Unusable | None = None
    item: object = None
    rule = ""
    letter: tuple[Table, int] | None = None

    def __init__(
        self, position: int, index: int | None, message_id: str | None, deliveries: int = 1
    ) -> None:
        self.position = position
        self.index = index
        self.message_id = message_id
        self.known_as = message_id  # what it is remembered by
        self.open = deliveries

"""A change on its way to Braze."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar

if TYPE_CHECKING:
    from braze_engage.engage.deliveries import Delivery
    from braze_engage.sync.ticket import Ticket

__all__ = ["AnyWaiting", "Waiting"]

C = TypeVar("C")


class Waiting(Generic[C]):
    """A change that waits or is under way, with the calls it stands for.

    Args:
        change: The change.
        delivery: What delivers it; two where both write the same, none for a deletion.
        ticket: The call it was made of.
        is_membership: Whether it says that a person is in an audience.

    Attributes:
        text: The attributes of the change as JSON, where it is sent alone.
    """

    __slots__ = ("change", "delivery", "is_membership", "text", "tickets")

    def __init__(
        self, change: C, delivery: Delivery, ticket: Ticket, *, is_membership: bool = False
    ) -> None:
        self.change = change
        self.delivery = delivery
        self.tickets = [ticket]
        self.is_membership = is_membership
        self.text: str | None = None


AnyWaiting: TypeAlias = Waiting[Any]  # Any: changes of every kind end alike

"""What Braze accepted of a call of which it refused something else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from braze_engage.engage.deliveries import Delivery
from braze_engage.engage.traits import AttributeChange
from braze_engage.sync.waiting import Waiting

if TYPE_CHECKING:
    from collections.abc import Iterable

    from braze_engage.sync.entries import TrackEntry, TrackWaiting

__all__ = ["accepted_part"]


def accepted_part(
    one: TrackWaiting, accepted: Iterable[TrackEntry]
) -> Waiting[AttributeChange] | None:
    """Tell what Braze holds of a call, although the call as a whole did not end well.

    Args:
        one: The call's change.
        accepted: Entries that Braze accepted.

    Returns:
        A change that stands for no call, to be remembered; None where nothing was accepted.
    """
    change = one.change
    if not isinstance(change, AttributeChange):
        return None
    names = {
        name
        for entry in accepted
        if entry.write is not None and any(one is source for source in entry.sources)
        for name in entry.write.attributes
        if any(change.order == by.order for by in entry.write.sources[name])
    }
    if not names:
        return None
    written = {name: value for name, value in change.attributes.items() if name in names}
    partly = Waiting(change._replace(attributes=written), Delivery.NONE, one.tickets[0])
    partly.tickets = []
    return partly

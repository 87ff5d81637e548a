"""How much one request of ``/users/track`` or its bulk sibling holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from braze_engage import limits
from braze_engage.objects import TrackLimits
from braze_engage.rest.users import Users

if TYPE_CHECKING:
    from braze_engage.operation import Operation
    from braze_engage.rest.users_track import TrackResult

__all__ = ["TrackSize"]

_ROOM: Final = 64 * limits.KIB
"""Bytes left free in a bulk request, whose limit Braze's pages state differently."""


class TrackSize:
    """The limits of a run; they only ever become smaller.

    Args:
        track_limits: What the contract with Braze allows.

    Attributes:
        objects: Entries of a request, of each array or together.
        together: Whether the arrays count together.
        per_person: Entries of one person in a request.
        bytes: Bytes of a request.
        row: The endpoint.
    """

    def __init__(self, track_limits: TrackLimits) -> None:
        bulk = track_limits is TrackLimits.BULK
        self.objects = limits.BULK_OBJECTS if bulk else limits.TRACK_OBJECTS
        self.together = track_limits is not TrackLimits.LEGACY_225
        self.per_person = limits.BULK_OBJECTS_PER_USER if bulk else self.objects
        self.bytes = limits.BULK_BYTES - _ROOM if bulk else limits.REQUEST_BYTES
        self.row: Operation[..., TrackResult] = Users.track_bulk if bulk else Users.track

    def lower(self, sent: int) -> bool:
        """Note that Braze found a request to hold too many entries.

        Args:
            sent: How many it held.

        Returns:
            Whether the limit became smaller by that.
        """
        fewer = max(sent // 2, 1)
        if fewer >= self.objects:
            return False
        self.objects = fewer
        return True
